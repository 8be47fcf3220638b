/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/api/sc-api.h"

G_BEGIN_DECLS

/* Tells the API's clients what the room is like now, or that it is gone. @name: empty: the seats without a room */
void sc_api_tell_room (const ScApiParts *parts, const char *name);

/* A room's name from outside: the member @key of @body. (transfer full). Errors: %SC_ERROR_INVALID */
char *sc_api_parse_room (const ScJson *body, const char *key, GError **error);

G_END_DECLS
