/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/api/sc-api-request.h"
#include "console/engine/schedule/sc-selection.h"

G_BEGIN_DECLS

#define SC_API_MAX_SEATS 4096u
#define SC_API_MAX_ROOMS 256u
#define SC_API_MIN_RATE_CAP (1000ull * 1000)              /* bits/s, as --rate */
#define SC_API_MAX_RATE_CAP (400ull * 1000 * 1000 * 1000) /* bits/s */

/* Members that several requests have. Errors of all: %SC_ERROR_INVALID, %SC_ERROR_NOT_FOUND. */

/**
 * sc_api_parse_selection:
 * @body: may have "templates": names of @version's; null or missing: all of them
 * @version: not 0
 *
 * Returns: (transfer full)
 */
ScSelection *sc_api_parse_selection (ScStore *store, const ScJson *body, guint64 version, GError **error);
/* The same of @body's "version", which may be 0. @selection: (out) (nullable): NULL: nothing */
gboolean sc_api_parse_assignment (ScStore *store, const ScJson *body, ScSelection **selection, GError **error);
/* The rooms that @body has as "rooms", each once and all there; NULL without an error where it has none.
 * Returns: (transfer full) (nullable) (element-type utf8) */
GPtrArray *sc_api_parse_rooms (ScCatalog *catalog, const ScJson *body, GError **error);
/* @key: may be missing, which leaves @value */
gboolean sc_api_parse_flag (const ScJson *body, const char *key, gboolean *value, GError **error);
/* The same of bits/s on the wire, SC_API_MIN_RATE_CAP to SC_API_MAX_RATE_CAP, or 0: as fast as the seats take it.
 * @is_set: (out): whether @body has it */
gboolean sc_api_parse_rate_cap (const ScJson *body, const char *key, gboolean *is_set, guint64 *value, GError **error);
/* RFC 3339 with a zone. @time: (out): µs since 1970 */
gboolean sc_api_parse_time (const char *what, const char *text, gint64 *time, GError **error);

G_END_DECLS
