/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/api/sc-api.h"

G_BEGIN_DECLS

/* Rooms as the API shows them. @name: empty: the seats that are in none. Errors: %SC_ERROR_NOT_FOUND. (transfer full)
 */
ScJson *sc_api_json_of_room (const ScApiParts *parts, const char *name, GError **error);
/* An array: all of them, first those seats that are in none, if there are any. (transfer full) */
ScJson *sc_api_json_of_rooms (const ScApiParts *parts, GError **error);

G_END_DECLS
