/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-connection.h"
#include "common/sc-json.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ScClient:
 *
 * A client of the console's HTTPS API. It trusts the authority that its connection names, and sends its token
 * and who asks with every request. Asynchronous; lives in the main context that was the default when it was made.
 *
 * Signals: "event" (ScJson *event): an object with "type"; "closed": the connection for events has ended, once a
 * successful sc_client_listen_async()
 */
#define SC_TYPE_CLIENT (sc_client_get_type ())
G_DECLARE_FINAL_TYPE (ScClient, sc_client, SC, CLIENT, GObject)

/* @connection: with an empty token it asks as nobody, who may sign in. @program: for the user agent: "seatcastctl".
 * Connects nowhere yet. */
ScClient *sc_client_new (const ScConnection *connection, const char *program);
const ScConnection *sc_client_get_connection (ScClient *self);

/**
 * sc_client_request_async:
 * @method: "GET", "POST"
 * @path: from /v1 on, escaped: sc_client_path()
 * @body: (nullable) (transfer none): an object; made into text at once
 */
void sc_client_request_async (ScClient *self, const char *method, const char *path, ScJson *body,
                              GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full): the answer's object. Errors: what the console answered, under its code in SC_ERROR;
 * %SC_ERROR_UNREACHABLE, %SC_ERROR_DENIED; %G_IO_ERROR_CANCELLED */
ScJson *sc_client_request_finish (ScClient *self, GAsyncResult *result, GError **error);

/* Opens /v1/events; replaces a connection that is still open, without "closed". Errors as of a request. */
void sc_client_listen_async (ScClient *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean sc_client_listen_finish (ScClient *self, GAsyncResult *result, GError **error);

/**
 * sc_client_fetch_fingerprint_async:
 * @url: "https://HOST:PORT"
 *
 * Asks who answers at @url before anything is trusted or told: the SHA-256, in lower-case hex, of the authority that it
 * shows. Whether the certificate is that authority's is found out when a connection that names it is used.
 */
void sc_client_fetch_fingerprint_async (const char *url, GCancellable *cancellable, GAsyncReadyCallback callback,
                                        gpointer user_data);
char *sc_client_fetch_fingerprint_finish (GAsyncResult *result, GError **error);

/* (transfer full): "/v1/seats/" + escaped "Röhre 1" + "/catch-up"; NULL-terminated: odd parts are literal, even ones
 * are escaped */
char *sc_client_path (const char *literal, ...) G_GNUC_NULL_TERMINATED;

G_END_DECLS
