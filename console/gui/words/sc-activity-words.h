/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-item.h"

G_BEGIN_DECLS

/* What an entry of the API's Activity is about, translated: "Deploy version 4 to Lab 1". A pure function.
 * Returns: (transfer full) */
char *sc_activity_words (ScJson *entry);

G_END_DECLS
