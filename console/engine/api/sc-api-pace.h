/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/api/sc-api-request.h"

G_BEGIN_DECLS

/**
 * ScApiPace:
 *
 * Requests of seats that catch up, whose answers wait for their turn under the rates of ScSessions (ScCatchUpPacer). A
 * request that waits costs a paused message, no thread; one whose client has gone away is dropped, and uses nothing.
 * Main thread only.
 */
typedef struct _ScApiPace ScApiPace;

/* @sessions: outlives it */
ScApiPace *sc_api_pace_new (ScSessions *sessions);
/* Those that still wait are refused. */
void sc_api_pace_free (ScApiPace *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScApiPace, sc_api_pace_free)

typedef void (*ScApiPaceFunc) (ScApiRequest *request, gconstpointer data);
/* Calls @go, which answers, when @bytes may be sent to the seat that asks: now, or later. @room: the seat's. @data:
 * (transfer full) */
void sc_api_pace_wait (ScApiPace *self, ScApiRequest *request, const char *room, guint64 bytes, ScApiPaceFunc go,
                       gpointer data, GDestroyNotify free_data);
guint sc_api_pace_count (ScApiPace *self); /* of those that wait */

G_END_DECLS
