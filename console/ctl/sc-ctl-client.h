/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-error.h"
#include "console/client/sc-client.h"

G_BEGIN_DECLS

/**
 * ScCtlClient:
 *
 * ScClient for a program that does one thing after the other: requests block. One thread.
 */
typedef struct _ScCtlClient ScCtlClient;

/**
 * sc_ctl_client_new:
 * @connection_path: (nullable): NULL: $SEATCAST_CONNECTION, the user's configuration, the console's own file, the first
 * that is there
 *
 * Connects nowhere yet. Errors: %SC_ERROR_UNREACHABLE when there is no connection file, %SC_ERROR_DENIED when it
 * may not be read, and those of sc_connection_load()
 */
ScCtlClient *sc_ctl_client_new (const char *connection_path, GError **error);
/* With an empty token: as nobody, who may sign in. */
ScCtlClient *sc_ctl_client_new_for (const ScConnection *connection);
void sc_ctl_client_free (ScCtlClient *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScCtlClient, sc_ctl_client_free)
const ScConnection *sc_ctl_client_get_connection (ScCtlClient *self);

/**
 * sc_ctl_client_request:
 * @method: "GET", "POST"
 * @path: from /v1 on, escaped
 * @body: (nullable) (transfer none): an object
 *
 * Returns: (transfer full): the answer's object. Errors: what the console answered, under its code in SC_ERROR;
 * %SC_ERROR_UNREACHABLE, %SC_ERROR_DENIED
 */
ScJson *sc_ctl_client_request (ScCtlClient *self, const char *method, const char *path, ScJson *body, GError **error);

/* @event: (transfer none): an object with "type", or NULL once when the connection has ended. */
typedef void (*ScCtlEventFunc) (ScJson *event, gpointer data);

/* Opens /v1/events; @func runs from the default main context until the client is freed or the connection ends. */
gboolean sc_ctl_client_listen (ScCtlClient *self, ScCtlEventFunc func, gpointer data, GError **error);

G_END_DECLS
