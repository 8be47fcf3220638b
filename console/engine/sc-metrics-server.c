/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/sc-metrics-server.h"

#include "common/sc-error.h"
#include "console/engine/api/sc-api-gate.h"
#include "console/engine/sc-listen.h"
#include "console/engine/sc-metrics-text.h"

#define MAX_CONNECTIONS 16u
#define IDLE_SECONDS 10
#define JSON_TYPE "application/json"

struct _ScMetricsServer {
  ScMetrics *metrics;
  ScHealth *health;
  GSocketService *service;
  SoupServer *server;
  GHashTable *connections; /* GSocketAddress, unowned: of those that are open */
  char *url;               /* of the metrics */
  guint16 port;
};

/* libsoup drops the address with its connection. */
static void
on_address_gone (gpointer data, GObject *where_it_was)
{
  g_hash_table_remove (((ScMetricsServer *) data)->connections, where_it_was);
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer data)
{
  ScMetricsServer *self = data;
  GSocket *socket = g_socket_connection_get_socket (connection);
  g_autoptr (GSocketAddress) local = g_socket_connection_get_local_address (connection, NULL);
  g_autoptr (GSocketAddress) remote = g_socket_connection_get_remote_address (connection, NULL);
  g_autoptr (ScApiGate) gate = NULL;

  if (local == NULL || remote == NULL || g_hash_table_size (self->connections) >= MAX_CONNECTIONS)
    return TRUE; /* it is closed */
  g_socket_set_timeout (socket, IDLE_SECONDS);
  gate = sc_api_gate_new (G_IO_STREAM (connection), NULL);
  if (soup_server_accept_iostream (self->server, G_IO_STREAM (gate), local, remote, NULL)) {
    g_hash_table_add (self->connections, remote);
    g_object_weak_ref (G_OBJECT (remote), on_address_gone, self);
  }
  return TRUE;
}

static void
reply (SoupServerMessage *message, guint status, const char *type, const char *text)
{
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, type, SOUP_MEMORY_COPY, text, strlen (text));
}

static void
on_metrics_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SoupServerMessage) message = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = sc_metrics_get_finish (SC_METRICS (source), result, &error);

  if (text != NULL)
    reply (message, SOUP_STATUS_OK, SC_METRICS_TEXT_TYPE, text);
  else
    reply (message, SOUP_STATUS_SERVICE_UNAVAILABLE, "text/plain",
           "the figures cannot be read: see the engine's log\n");
  if (text == NULL)
    g_warning ("the metrics cannot be read: %s", error->message);
  soup_server_message_unpause (message);
}

static void
reply_health (ScMetricsServer *self, SoupServerMessage *message)
{
  gboolean ok;
  g_autoptr (ScJson) json = sc_health_check (self->health, g_get_monotonic_time (), &ok);
  g_autofree char *text = sc_json_to_text (json);

  reply (message, ok ? SOUP_STATUS_OK : SOUP_STATUS_SERVICE_UNAVAILABLE, JSON_TYPE, text);
}

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  ScMetricsServer *self = user_data;
  const char *method = soup_server_message_get_method (message);
  gboolean reads = g_str_equal (method, "GET") || g_str_equal (method, "HEAD");

  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Connection", "close");
  if (!reads) {
    reply (message, SOUP_STATUS_METHOD_NOT_ALLOWED, "text/plain", "GET only\n");
  } else if (g_str_equal (path, "/metrics")) {
    soup_server_message_pause (message);
    sc_metrics_get_async (self->metrics, on_metrics_ready, g_object_ref (message));
  } else if (g_str_equal (path, "/health")) {
    reply_health (self, message);
  } else {
    reply (message, SOUP_STATUS_NOT_FOUND, "text/plain", "there are /metrics and /health\n");
  }
}

/* What has a body is refused before it is read. */
static void
on_headers (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_NONE ||
      soup_message_headers_get_content_length (headers) == 0)
    return;
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Connection", "close");
  reply (message, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, "text/plain", "no body is taken\n");
}

ScMetricsServer *
sc_metrics_server_new (ScMetrics *metrics, ScHealth *health, const char *listen, GError **error)
{
  g_autoptr (GInetSocketAddress) address = sc_listen_parse (listen, error);
  g_autoptr (GSocketAddress) effective = NULL;
  g_autoptr (ScMetricsServer) self = NULL;
  g_autoptr (GError) local = NULL;

  if (address == NULL)
    return NULL;
  self = g_new0 (ScMetricsServer, 1);
  self->metrics = metrics;
  self->health = health;
  self->connections = g_hash_table_new (NULL, NULL);
  self->server = g_object_new (SOUP_TYPE_SERVER, "raw-paths", TRUE, NULL);
  soup_server_add_early_handler (self->server, "/", on_headers, self, NULL);
  soup_server_add_handler (self->server, "/", on_request, self, NULL);
  self->service = g_socket_service_new ();
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  if (!g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), G_SOCKET_ADDRESS (address),
                                      G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &effective, &local)) {
    g_set_error (error, SC_ERROR,
                 g_error_matches (local, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE) ? SC_ERROR_BUSY : SC_ERROR_SYSTEM,
                 "the metrics cannot be served on %s: %s: choose another address by --metrics", listen, local->message);
    return NULL;
  }
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (effective));
  g_autofree char *where = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (effective));
  self->url = g_strdup_printf ("http://%s/metrics", where);
  return g_steal_pointer (&self);
}

const char *
sc_metrics_server_get_url (ScMetricsServer *self)
{
  return self->url;
}

guint16
sc_metrics_server_get_port (ScMetricsServer *self)
{
  return self->port;
}

void
sc_metrics_server_free (ScMetricsServer *self)
{
  GHashTableIter iter;
  gpointer address;

  if (self == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->service, self);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_object_unref (self->service);
  soup_server_disconnect (self->server);
  g_object_unref (self->server);
  g_hash_table_iter_init (&iter, self->connections);
  while (g_hash_table_iter_next (&iter, &address, NULL))
    g_object_weak_unref (address, on_address_gone, self);
  g_hash_table_unref (self->connections);
  g_free (self->url);
  g_free (self);
}
