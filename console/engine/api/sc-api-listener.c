/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-listener.h"

#include <gio/gnetworking.h>

#define HANDSHAKE_SECONDS 10
#define MAX_HANDSHAKES 256u /* at once; 80 seats that come back together are not to be refused */

struct _ScApiListener {
  SoupServer *server;
  GTlsCertificate *certificate;
  GSocketService *service;
  GHashTable *handshakes; /* Handshake (unowned): each is freed by its own callback */
};

typedef struct {
  ScApiListener *listener; /* (unowned): NULL once it is gone */
  GSocketConnection *connection;
  GCancellable *cancellable;
  guint timeout;
} Handshake;

static void
handshake_free (Handshake *handshake)
{
  if (handshake->listener != NULL)
    g_hash_table_remove (handshake->listener->handshakes, handshake);
  g_source_remove (handshake->timeout);
  g_object_unref (handshake->connection);
  g_object_unref (handshake->cancellable);
  g_free (handshake);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Handshake, handshake_free)

static gboolean
on_handshake_timeout (gpointer data)
{
  g_cancellable_cancel (((Handshake *) data)->cancellable);
  return G_SOURCE_CONTINUE; /* removed with the handshake, whose end follows */
}

static void
on_handshake_done (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Handshake) handshake = data;
  g_autoptr (GIOStream) stream = G_IO_STREAM (source); /* the reference of on_incoming() */
  g_autoptr (GSocketAddress) local_address = NULL;
  g_autoptr (GSocketAddress) remote_address = NULL;
  g_autoptr (GError) error = NULL;
  gboolean done = g_tls_connection_handshake_finish (G_TLS_CONNECTION (source), result, &error);

  if (done)
    local_address = g_socket_connection_get_local_address (handshake->connection, &error);
  if (local_address != NULL)
    remote_address = g_socket_connection_get_remote_address (handshake->connection, &error);
  if (remote_address != NULL && handshake->listener != NULL &&
      soup_server_accept_iostream (handshake->listener->server, stream, local_address, remote_address, &error))
    return;
  if (error != NULL)
    g_debug ("a connection was not made: %s", error->message);
  g_io_stream_close (G_IO_STREAM (handshake->connection), NULL, NULL);
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer data)
{
  ScApiListener *self = data;
  g_autoptr (GError) error = NULL;
  GIOStream *stream = NULL;
  Handshake *handshake = NULL;

  if (g_hash_table_size (self->handshakes) >= MAX_HANDSHAKES) {
    g_warning ("too many connections begin at once: one is refused");
    return TRUE;
  }
  stream = g_tls_server_connection_new (G_IO_STREAM (connection), self->certificate, &error);
  if (stream == NULL) {
    g_warning ("cannot begin TLS on a connection: %s", error->message);
    return TRUE;
  }
  /* HTTP and WebSocket say themselves where a message ends */
  g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (stream), FALSE);
  g_socket_set_option (g_socket_connection_get_socket (connection), IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);

  handshake = g_new0 (Handshake, 1);
  handshake->listener = self;
  handshake->connection = g_object_ref (connection);
  handshake->cancellable = g_cancellable_new ();
  handshake->timeout = g_timeout_add_seconds (HANDSHAKE_SECONDS, on_handshake_timeout, handshake);
  g_hash_table_add (self->handshakes, handshake);
  g_tls_connection_handshake_async (G_TLS_CONNECTION (stream), G_PRIORITY_DEFAULT, handshake->cancellable,
                                    on_handshake_done, handshake);
  return TRUE;
}

ScApiListener *
sc_api_listener_new (SoupServer *server, GTlsCertificate *certificate)
{
  ScApiListener *self = g_new0 (ScApiListener, 1);

  self->server = g_object_ref (server);
  self->certificate = g_object_ref (certificate);
  self->service = g_socket_service_new ();
  self->handshakes = g_hash_table_new (NULL, NULL);
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  return self;
}

void
sc_api_listener_free (ScApiListener *self)
{
  GHashTableIter iter;
  gpointer key = NULL;

  if (self == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->service, self);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_object_unref (self->service);

  g_hash_table_iter_init (&iter, self->handshakes);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    Handshake *handshake = key;

    handshake->listener = NULL;
    g_cancellable_cancel (handshake->cancellable);
  }
  g_hash_table_unref (self->handshakes);
  g_object_unref (self->certificate);
  g_object_unref (self->server);
  g_free (self);
}

guint16
sc_api_listener_listen (ScApiListener *self, GSocketAddress *address, GError **error)
{
  g_autoptr (GSocketAddress) effective = NULL;

  if (!g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), address, G_SOCKET_TYPE_STREAM,
                                      G_SOCKET_PROTOCOL_TCP, NULL, &effective, error))
    return 0;
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (effective));
}
