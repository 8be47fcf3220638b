/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/sc-window.h"

G_BEGIN_DECLS

/* Tells in the window of templates that are in use for longer than their room's policy likes. */
void sc_reminder_news_watch (ScWindow *window);

G_END_DECLS
