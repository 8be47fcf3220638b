/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-waiting-item.h"

G_BEGIN_DECLS

/* "10.1.0.17 · 52:54:00:12:34:56 · Debian 12 · asked 5 minutes ago". @now: µs since 1970 */
char *sc_waiting_words_facts (const ScWaitingInfo *info, gint64 now);
/* Why it waits: of a machine that is known by another key, which one, how it was recognised, and what that may mean. */
char *sc_waiting_words_why (const ScWaitingInfo *info, gint64 now);

G_END_DECLS
