/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/api/sc-api-request.h"

G_BEGIN_DECLS

/* Records what the request asked for, of whom and what came of it, before the answer is sent. What it is about is read
 * from the path, the body and the answer alike, for all routes that have an action; their handlers need not care. */
void sc_api_activity_record (ScApiRequest *request, guint status, const ScJson *answer);

G_END_DECLS
