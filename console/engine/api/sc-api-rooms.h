/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/api/sc-api-request.h"

G_BEGIN_DECLS

/* Tells the API's clients what the room is like now, or that it is gone. @name: empty: the seats without a room */
void sc_api_tell_room (const ScApiParts *parts, const char *name);
/* Tells them of every seat of the room. */
void sc_api_touch_seats (const ScApiParts *parts, const char *room);
/* Answers with the room as it is now. */
void sc_api_reply_room (ScApiRequest *request, guint status, const char *name);
/* Answers with one seat, and what its last verification found, which a list leaves out. */
void sc_api_reply_seat (ScApiRequest *request, guint status, const char *seat);
/* The name that a room is to have, which the body has as @key, without blanks around it. Returns: (transfer full).
 * Errors: %SC_ERROR_INVALID */
char *sc_api_parse_room (const ScJson *body, const char *key, GError **error);
/* Returns: (transfer full) (element-type utf8): the ids of the seats that @body lists as "seats", by ids or names, each
 * once; at least one. Errors: %SC_ERROR_INVALID, %SC_ERROR_NOT_FOUND */
GPtrArray *sc_api_parse_seats (ScCatalog *catalog, const ScJson *body, GError **error);

G_END_DECLS
