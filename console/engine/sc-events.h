/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-json.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/**
 * ScEvents:
 *
 * Tells every client of /v1/events what changed:
 * {"type":"seat|room|session|operation|version|activity|settings|users-changed|schedules-changed|reminder|…", …the
 * changed thing as the API shows it}; "reminder": {"seat": id, "name", "room", "since": time, "templates": […]}, whose
 * templates are in use past the room's deadline. A client that does not read fast enough is disconnected; it asks again
 * for what it shows. Main thread only.
 */
typedef struct _ScEvents ScEvents;

ScEvents *sc_events_new (void);
void sc_events_free (ScEvents *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScEvents, sc_events_free)
/* @session: (nullable): hash of the token of the session behind it, which ends in @seconds */
void sc_events_subscribe (ScEvents *self, SoupWebsocketConnection *client, const char *session, guint seconds);
/* Its clients are disconnected. */
void sc_events_end_session (ScEvents *self, const char *session);
/* Whether anybody listens: spares the making of bodies. */
gboolean sc_events_has_clients (ScEvents *self);
guint sc_events_count_clients (ScEvents *self);
/* @body: (transfer none): an object; "type" is added */
void sc_events_emit (ScEvents *self, const char *type, ScJson *body);

G_END_DECLS
