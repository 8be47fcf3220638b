/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-listener.h"

#include "console/engine/api/sc-api-gate.h"
#include "console/engine/api/sc-api-strangers.h"

#include <gio/gnetworking.h>

#define IDLE_SECONDS 60
#define BACKLOG 1024      /* connections that the system takes while this thread does something else */
#define ACCEPTS 64u       /* at a turn of the main loop */
#define ACCEPT_AGAIN 200u /* ms, where the system has no more to give */
#define STRANGER_KEY "sc-api-stranger"
#define PEER_KEY "sc-api-peer"
#define SOCKET_KEY "sc-api-socket"
#define LISTENER_KEY "sc-api-listener"

struct _ScApiListener {
  SoupServer *server;
  GTlsCertificate *certificate;
  GSocket *socket; /* (nullable): listens */
  GSource *accept; /* (nullable) */
  ScApiStrangers *strangers;
  guint idle_seconds;
};

/* libsoup tells of no certificate where the TLS is ours, but hands on this very address. */
void
sc_api_listener_keep_peer (GSocketAddress *remote_address, GTlsCertificate *peer)
{
  if (peer != NULL)
    g_object_set_data_full (G_OBJECT (remote_address), PEER_KEY, g_object_ref (peer), g_object_unref);
}

/* The handshake's stranger belongs from now on to the address of its peer, which lives as long as the server's
 * connection: libsoup does not close the socket of a client that closes first, so that is done where it is refused. */
static void
on_handshake_done (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ScApiStranger) stranger = data;
  g_autoptr (GIOStream) stream = G_IO_STREAM (source); /* the reference of on_turn() */
  g_autoptr (GSocket) socket = g_object_ref (sc_api_stranger_get_socket (stranger));
  ScApiListener *listener = g_object_get_data (source, LISTENER_KEY);
  g_autoptr (GSocketAddress) local_address = NULL;
  g_autoptr (GSocketAddress) remote_address = NULL;
  g_autoptr (ScApiGate) gate = NULL;
  g_autoptr (GError) error = NULL;

  if (g_tls_connection_handshake_finish (G_TLS_CONNECTION (source), result, &error))
    local_address = g_socket_get_local_address (socket, &error);
  if (local_address != NULL)
    remote_address = g_socket_get_remote_address (socket, &error);
  if (remote_address != NULL && !sc_api_stranger_is_refused (stranger)) {
    sc_api_stranger_greeted (stranger);
    sc_api_listener_keep_peer (remote_address, g_tls_connection_get_peer_certificate (G_TLS_CONNECTION (source)));
    g_object_set_data_full (G_OBJECT (remote_address), STRANGER_KEY, g_steal_pointer (&stranger),
                            (GDestroyNotify) sc_api_stranger_free);
    g_object_set_data_full (G_OBJECT (remote_address), SOCKET_KEY, g_object_ref (socket), g_object_unref);
    gate = sc_api_gate_new (stream, socket);
    if (soup_server_accept_iostream (listener->server, G_IO_STREAM (gate), local_address, remote_address, &error))
      return;
  }
  if (error != NULL)
    g_debug ("a connection was not made: %s", error->message);
  g_socket_close (socket, NULL);
}

/* Seats show a certificate, staff do not. Whether it is good for anything is found out when a request comes, so that
 * the seat is told why it is not (sc-api-auth.c). */
static gboolean
on_accept_certificate (GTlsConnection *connection, GTlsCertificate *certificate, GTlsCertificateFlags flags,
                       gpointer data)
{
  return TRUE;
}

/* No database of authorities: with GIO's default one every connection reads all authorities of the system, which takes
 * 8 ms of this thread, and no client of ours is judged by them. */
static GIOStream *
begin_tls (ScApiListener *self, GSocketConnection *connection, GError **error)
{
  GType type = g_tls_backend_get_server_connection_type (g_tls_backend_get_default ());

  return g_initable_new (type, NULL, error, "base-io-stream", connection, "certificate", self->certificate, "database",
                         NULL, NULL);
}

static void
on_turn (ScApiStranger *stranger, gpointer data)
{
  ScApiListener *self = data;
  g_autoptr (GError) error = NULL;
  GIOStream *stream = begin_tls (self, sc_api_stranger_get_connection (stranger), &error);

  if (stream == NULL) {
    g_warning ("cannot begin TLS on a connection: %s", error->message);
    sc_api_stranger_free (stranger);
    return;
  }
  /* HTTP and WebSocket say themselves where a message ends */
  g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (stream), FALSE);
  g_object_set (stream, "authentication-mode", G_TLS_AUTHENTICATION_REQUESTED, NULL);
  g_signal_connect (stream, "accept-certificate", G_CALLBACK (on_accept_certificate), NULL);
  g_object_set_data (G_OBJECT (stream), LISTENER_KEY, self);
  g_tls_connection_handshake_async (G_TLS_CONNECTION (stream), G_PRIORITY_DEFAULT,
                                    sc_api_stranger_get_cancellable (stranger), on_handshake_done, stranger);
}

static void
take_connection (ScApiListener *self, GSocket *socket)
{
  g_autoptr (GSocketConnection) connection = g_socket_connection_factory_create_connection (socket);

  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  g_socket_set_timeout (socket, self->idle_seconds);
  sc_api_strangers_add (self->strangers, connection);
}

static void
stop_accepting (ScApiListener *self)
{
  if (self->accept != NULL)
    g_source_destroy (self->accept);
  g_clear_pointer (&self->accept, g_source_unref);
}

static gboolean on_incoming (GSocket *socket, GIOCondition condition, gpointer data);

static void
start_accepting (ScApiListener *self)
{
  stop_accepting (self);
  self->accept = g_socket_create_source (self->socket, G_IO_IN, NULL);
  g_source_set_callback (self->accept, G_SOURCE_FUNC (on_incoming), self, NULL);
  g_source_attach (self->accept, g_main_context_get_thread_default ());
}

static gboolean
on_accept_again (gpointer data)
{
  start_accepting (data);
  return G_SOURCE_REMOVE;
}

/* There are no more files, say: the connections stay with the system, which would tell of them again at once. */
static void
accept_later (ScApiListener *self, const GError *error)
{
  g_warning ("cannot take connections, which is tried again: %s", error->message);
  stop_accepting (self);
  self->accept = g_timeout_source_new (ACCEPT_AGAIN);
  g_source_set_callback (self->accept, on_accept_again, self, NULL);
  g_source_attach (self->accept, g_main_context_get_thread_default ());
}

/* Many at a turn: the system's queue has one end, and at that of a thousand seats that all come back staff would stand,
 * whom the strangers' turns let through (GSocketService takes one at a turn). */
static gboolean
on_incoming (GSocket *listening, GIOCondition condition, gpointer data)
{
  ScApiListener *self = data;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < ACCEPTS; i++) {
    g_autoptr (GSocket) socket = NULL;

    g_clear_error (&error); /* also of a client that did not wait */
    socket = g_socket_accept (listening, NULL, &error);
    if (socket != NULL)
      take_connection (self, socket);
    else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
      return G_SOURCE_CONTINUE;
  }
  if (error != NULL)
    accept_later (self, error);
  return G_SOURCE_CONTINUE;
}

void
sc_api_listener_trust (ScApiListener *self, SoupServerMessage *message)
{
  GSocketAddress *address = soup_server_message_get_remote_address (message);

  if (address != NULL)
    g_object_set_data (G_OBJECT (address), STRANGER_KEY, NULL);
}

GSocket *
sc_api_listener_get_socket (SoupServerMessage *message)
{
  GSocketAddress *address = soup_server_message_get_remote_address (message);

  return address != NULL ? g_object_get_data (G_OBJECT (address), SOCKET_KEY) : NULL;
}

GTlsCertificate *
sc_api_listener_get_peer (SoupServerMessage *message)
{
  GSocketAddress *address = soup_server_message_get_remote_address (message);

  return address != NULL ? g_object_get_data (G_OBJECT (address), PEER_KEY) : NULL;
}

void
sc_api_listener_set_certificate (ScApiListener *self, GTlsCertificate *certificate)
{
  g_set_object (&self->certificate, certificate);
}

void
sc_api_listener_set_limits (ScApiListener *self, guint strangers, guint stranger_seconds, guint idle_seconds)
{
  sc_api_strangers_set_limits (self->strangers, strangers, stranger_seconds);
  self->idle_seconds = idle_seconds;
}

ScApiListener *
sc_api_listener_new (SoupServer *server, GTlsCertificate *certificate)
{
  ScApiListener *self = g_new0 (ScApiListener, 1);

  self->server = g_object_ref (server);
  self->certificate = g_object_ref (certificate);
  self->strangers = sc_api_strangers_new (on_turn, self);
  self->idle_seconds = IDLE_SECONDS;
  return self;
}

void
sc_api_listener_free (ScApiListener *self)
{
  if (self == NULL)
    return;
  stop_accepting (self);
  g_clear_object (&self->socket);
  sc_api_strangers_free (self->strangers);
  g_object_unref (self->certificate);
  g_object_unref (self->server);
  g_free (self);
}

guint16
sc_api_listener_listen (ScApiListener *self, GSocketAddress *address, GError **error)
{
  g_autoptr (GSocket) socket =
      g_socket_new (g_socket_address_get_family (address), G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);
  g_autoptr (GSocketAddress) effective = NULL;

  if (socket == NULL || !g_socket_bind (socket, address, TRUE, error))
    return 0;
  g_socket_set_listen_backlog (socket, BACKLOG);
  g_socket_set_blocking (socket, FALSE);
  effective = g_socket_listen (socket, error) ? g_socket_get_local_address (socket, error) : NULL;
  if (effective == NULL)
    return 0;
  g_set_object (&self->socket, socket);
  start_accepting (self);
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (effective));
}
