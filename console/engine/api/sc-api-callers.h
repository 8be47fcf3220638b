/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/api/sc-api-request.h"

G_BEGIN_DECLS

#define SC_API_CALLERS_SEAT 24u /* requests at once; a seat's service has 8, and as many of before its restart */
#define SC_API_CALLERS_USER 64u
#define SC_API_CALLERS_CACHE 256u       /* it asks for a room or more */
#define SC_API_CALLERS_BODY_SECONDS 60u /* until the whole request is there */
#define SC_API_CALLERS_SECONDS 900u     /* until the whole answer is taken: 49 MB at 0.5 Mbit/s */

/**
 * ScApiCallers:
 *
 * What somebody who is known may ask for at once, and how long that may take. A request holds its answer, of up to 8
 * MiB and more, until the client has taken it: a seat that asks and does not read must not use up the console's memory.
 * WebSockets are no requests once they are made. Main thread only.
 */
typedef struct _ScApiCallers ScApiCallers;

ScApiCallers *sc_api_callers_new (void);
void sc_api_callers_free (ScApiCallers *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScApiCallers, sc_api_callers_free)
/* For tests: how long a request and an answer may take. */
void sc_api_callers_set_limits (ScApiCallers *self, guint body_seconds, guint seconds);

/* Counts @request, whose principal is known, until it is over, and ends it by shutting down @socket (nullable) when
 * that takes too long. The local administrator is not counted. Returns: FALSE when there are too many of that caller:
 * it is not counted */
gboolean sc_api_callers_enter (ScApiCallers *self, ScApiRequest *request, GSocket *socket);
/* The whole of the request is there. */
void sc_api_callers_heard (ScApiCallers *self, ScApiRequest *request);
/* It has become a WebSocket. */
void sc_api_callers_leave (ScApiCallers *self, ScApiRequest *request);

G_END_DECLS
