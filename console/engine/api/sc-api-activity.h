/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/api/sc-api-request.h"

G_BEGIN_DECLS

#define SC_API_USER_MAX 240u /* bytes of who a client says that it is */

/* (transfer full): the text of a Seatcast-User header (nullable): percent-encoded UTF-8; empty unless it is one line of
 * at most SC_API_USER_MAX bytes */
char *sc_api_activity_parse_user (const char *header);

/* Records what the request asked for, of whom and what came of it, before the answer is sent. What it is about is read
 * from the path, the body and the answer alike, for all routes that have an action; their handlers need not care. */
void sc_api_activity_record (ScApiRequest *request, guint status, const ScJson *answer);

G_END_DECLS
