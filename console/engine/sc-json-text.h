/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-json.h"

G_BEGIN_DECLS

/* A JSON string of any text: JSON is UTF-8, paths and the system's words need not be. @text: (nullable): the empty
 * string */
ScJson *sc_json_text (const char *text);
/* RFC 3339 in UTC; null for 0 and for what no calendar holds. @time: µs since 1970 */
ScJson *sc_json_time (gint64 time);

G_END_DECLS
