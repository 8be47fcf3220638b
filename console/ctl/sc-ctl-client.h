/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-connection.h"
#include "common/sc-error.h"
#include "common/sc-json.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/**
 * ScCtlClient:
 *
 * A client of the console's HTTPS API. It trusts exactly the certificate that the connection file pins, and sends its
 * token with every request. Requests block; one thread.
 */
typedef struct _ScCtlClient ScCtlClient;

/* The code that the API calls @nick; %SC_ERROR_SYSTEM for one that is not known here. */
ScError sc_ctl_error_code (const char *nick);

/**
 * sc_ctl_client_new:
 * @connection_path: (nullable): NULL: $SEATCAST_CONNECTION, the user's configuration, the console's own file, the first
 * that is there
 *
 * Connects nowhere yet. Errors: %SC_ERROR_UNREACHABLE when there is no connection file, %SC_ERROR_DENIED when it
 * may not be read, and those of sc_connection_load()
 */
ScCtlClient *sc_ctl_client_new (const char *connection_path, GError **error);
void sc_ctl_client_free (ScCtlClient *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScCtlClient, sc_ctl_client_free)

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
