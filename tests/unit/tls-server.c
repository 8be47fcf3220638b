/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/tls-server.h"

#include <gio/gnetworking.h>

#define PEER_KEY "tls-server-peer" /* of the address that libsoup hands on with each message */

struct _TlsServer {
  SoupServer *server;
  GTlsCertificate *certificate;
  GSocketService *service;
  GCancellable *ending;
  guint n_handshakes;
  guint16 port;
};

static gboolean
accept_any (GTlsConnection *connection, GTlsCertificate *certificate, GTlsCertificateFlags errors, gpointer data)
{
  return TRUE;
}

static void
keep_peer (GSocketAddress *address, GTlsConnection *connection)
{
  GTlsCertificate *peer = g_tls_connection_get_peer_certificate (connection);

  if (peer != NULL)
    g_object_set_data_full (G_OBJECT (address), PEER_KEY, g_object_ref (peer), g_object_unref);
}

GTlsCertificate *
tls_server_get_peer (SoupServerMessage *message)
{
  return g_object_get_data (G_OBJECT (soup_server_message_get_remote_address (message)), PEER_KEY);
}

static void
on_handshake_done (GObject *source, GAsyncResult *result, gpointer data)
{
  TlsServer *self = data;
  g_autoptr (GIOStream) stream = G_IO_STREAM (source);
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GSocketAddress) local_address = NULL;
  g_autoptr (GSocketAddress) remote_address = NULL;
  g_autoptr (GError) error = NULL;

  self->n_handshakes--;
  g_object_get (stream, "base-io-stream", &connection, NULL);
  if (g_tls_connection_handshake_finish (G_TLS_CONNECTION (stream), result, &error))
    local_address = g_socket_connection_get_local_address (connection, &error);
  if (local_address != NULL)
    remote_address = g_socket_connection_get_remote_address (connection, &error);
  if (remote_address != NULL && !g_cancellable_is_cancelled (self->ending)) {
    keep_peer (remote_address, G_TLS_CONNECTION (stream));
    if (soup_server_accept_iostream (self->server, stream, local_address, remote_address, &error))
      return;
  }
  /* many a client here does not want to speak with this server */
  g_socket_close (g_socket_connection_get_socket (connection), NULL);
}

/* Without a database of authorities: each connection would read all those of the system. */
static GIOStream *
begin_tls (TlsServer *self, GSocketConnection *connection)
{
  GType type = g_tls_backend_get_server_connection_type (g_tls_backend_get_default ());
  g_autoptr (GError) error = NULL;
  GIOStream *stream = g_initable_new (type, NULL, &error, "base-io-stream", connection, "certificate",
                                      self->certificate, "database", NULL, NULL);

  g_assert_no_error (error);
  return stream;
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer data)
{
  TlsServer *self = data;
  GIOStream *stream = begin_tls (self, connection);

  g_socket_set_option (g_socket_connection_get_socket (connection), IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (stream), FALSE);
  g_object_set (stream, "authentication-mode", G_TLS_AUTHENTICATION_REQUESTED, NULL);
  g_signal_connect (stream, "accept-certificate", G_CALLBACK (accept_any), NULL);
  self->n_handshakes++;
  g_tls_connection_handshake_async (G_TLS_CONNECTION (stream), G_PRIORITY_DEFAULT, self->ending, on_handshake_done,
                                    self);
  return TRUE;
}

TlsServer *
tls_server_new (SoupServer *server, GTlsCertificate *certificate)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;
  TlsServer *self = g_new0 (TlsServer, 1);

  self->server = g_object_ref (server);
  self->certificate = g_object_ref (certificate);
  self->ending = g_cancellable_new ();
  self->service = g_socket_service_new ();
  g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), address, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, NULL, &bound, &error);
  g_assert_no_error (error);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  return self;
}

void
tls_server_free (TlsServer *self)
{
  g_signal_handlers_disconnect_by_data (self->service, self);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_cancellable_cancel (self->ending);
  while (self->n_handshakes > 0)
    g_main_context_iteration (NULL, TRUE);
  soup_server_disconnect (self->server);
  g_object_unref (self->service);
  g_object_unref (self->ending);
  g_object_unref (self->certificate);
  g_object_unref (self->server);
  g_free (self);
}

char *
tls_server_make_url (TlsServer *self)
{
  return g_strdup_printf ("https://127.0.0.1:%u", self->port);
}
