/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-listener.h"

#include <gio/gnetworking.h>

#define STRANGER_SECONDS 15
#define IDLE_SECONDS 60
#define MAX_STRANGERS 256u /* at once; 80 seats that come back together are not to be refused */
#define STRANGER_KEY "sc-api-stranger"

struct _ScApiListener {
  SoupServer *server;
  GTlsCertificate *certificate;
  GSocketService *service;
  GQueue strangers; /* Stranger (unowned), oldest first */
  guint max_strangers;
  guint stranger_seconds;
  guint idle_seconds;
};

/* Belongs to its handshake, and then to the address of its peer, which lives as long as the server's connection:
 * libsoup does not close the socket of a client that closes first, so that is done here. */
typedef struct {
  ScApiListener *listener; /* (unowned): NULL when it is no longer among the strangers */
  GList link;
  GSocket *socket;
  GCancellable *cancellable;
  guint timeout;
} Stranger;

static void
stranger_leave (Stranger *self)
{
  if (self->listener != NULL)
    g_queue_unlink (&self->listener->strangers, &self->link);
  self->listener = NULL;
  g_clear_handle_id (&self->timeout, g_source_remove);
}

static void
stranger_free (gpointer data)
{
  Stranger *self = data;

  stranger_leave (self);
  g_object_unref (self->socket);
  g_object_unref (self->cancellable);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Stranger, stranger_free)

/* Whoever reads from the connection finds its end. */
static void
stranger_refuse (Stranger *self)
{
  stranger_leave (self);
  g_cancellable_cancel (self->cancellable);
  g_socket_shutdown (self->socket, TRUE, TRUE, NULL);
}

static gboolean
on_stranger_timeout (gpointer data)
{
  Stranger *self = data;

  self->timeout = 0;
  stranger_refuse (self);
  return G_SOURCE_REMOVE;
}

static Stranger *
stranger_new (ScApiListener *listener, GSocketConnection *connection)
{
  Stranger *self = g_new0 (Stranger, 1);

  self->listener = listener;
  self->link.data = self;
  self->socket = g_object_ref (g_socket_connection_get_socket (connection));
  self->cancellable = g_cancellable_new ();
  self->timeout = g_timeout_add_seconds (listener->stranger_seconds, on_stranger_timeout, self);
  g_queue_push_tail_link (&listener->strangers, &self->link);
  return self;
}

static void
on_handshake_done (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Stranger) stranger = data;
  g_autoptr (GIOStream) stream = G_IO_STREAM (source); /* the reference of on_incoming() */
  g_autoptr (GSocket) socket = g_object_ref (stranger->socket);
  g_autoptr (GSocketAddress) local_address = NULL;
  g_autoptr (GSocketAddress) remote_address = NULL;
  g_autoptr (GError) error = NULL;
  ScApiListener *listener = stranger->listener;

  if (g_tls_connection_handshake_finish (G_TLS_CONNECTION (source), result, &error))
    local_address = g_socket_get_local_address (socket, &error);
  if (local_address != NULL)
    remote_address = g_socket_get_remote_address (socket, &error);
  if (remote_address != NULL && listener != NULL) {
    g_object_set_data_full (G_OBJECT (remote_address), STRANGER_KEY, g_steal_pointer (&stranger), stranger_free);
    if (soup_server_accept_iostream (listener->server, stream, local_address, remote_address, &error))
      return;
  }
  if (error != NULL)
    g_debug ("a connection was not made: %s", error->message);
  g_socket_close (socket, NULL);
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer data)
{
  ScApiListener *self = data;
  g_autoptr (GError) error = NULL;
  GSocket *socket = g_socket_connection_get_socket (connection);
  GIOStream *stream = g_tls_server_connection_new (G_IO_STREAM (connection), self->certificate, &error);
  Stranger *stranger = NULL;

  if (stream == NULL) {
    g_warning ("cannot begin TLS on a connection: %s", error->message);
    return TRUE;
  }
  if (g_queue_get_length (&self->strangers) >= self->max_strangers)
    stranger_refuse (g_queue_peek_head (&self->strangers));
  /* HTTP and WebSocket say themselves where a message ends */
  g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (stream), FALSE);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  g_socket_set_timeout (socket, self->idle_seconds);

  stranger = stranger_new (self, connection);
  g_tls_connection_handshake_async (G_TLS_CONNECTION (stream), G_PRIORITY_DEFAULT, stranger->cancellable,
                                    on_handshake_done, stranger);
  return TRUE;
}

void
sc_api_listener_trust (ScApiListener *self, SoupServerMessage *message)
{
  GSocketAddress *address = soup_server_message_get_remote_address (message);

  if (address != NULL)
    g_object_set_data (G_OBJECT (address), STRANGER_KEY, NULL);
}

void
sc_api_listener_set_limits (ScApiListener *self, guint strangers, guint stranger_seconds, guint idle_seconds)
{
  self->max_strangers = strangers;
  self->stranger_seconds = stranger_seconds;
  self->idle_seconds = idle_seconds;
}

ScApiListener *
sc_api_listener_new (SoupServer *server, GTlsCertificate *certificate)
{
  ScApiListener *self = g_new0 (ScApiListener, 1);

  self->server = g_object_ref (server);
  self->certificate = g_object_ref (certificate);
  self->service = g_socket_service_new ();
  sc_api_listener_set_limits (self, MAX_STRANGERS, STRANGER_SECONDS, IDLE_SECONDS);
  g_queue_init (&self->strangers);
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  return self;
}

void
sc_api_listener_free (ScApiListener *self)
{
  if (self == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->service, self);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_object_unref (self->service);
  while (!g_queue_is_empty (&self->strangers))
    stranger_refuse (g_queue_peek_head (&self->strangers));
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
