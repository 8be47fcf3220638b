/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/sc-events.h"

/* A client answers a ping every KEEPALIVE_SECONDS; one that is owed more than MAX_UNANSWERED_BYTES without having
 * answered does not keep up, and what is queued for it must not grow without bound. A thousand seats in a session make
 * some 6 MB a second. */
#define KEEPALIVE_SECONDS 1
#define MAX_UNANSWERED_BYTES (16u * 1024 * 1024)
#define MAX_CLIENTS 256
#define MAX_INCOMING_BYTES 1024 /* clients have nothing to say here */

typedef struct {
  SoupWebsocketConnection *connection; /* (owned) */
  gsize unanswered;                    /* bytes sent since the last pong */
  ScEvents *owner;                     /* (unowned) */
  char *session;                       /* (nullable) */
  guint timeout;
} Client;

struct _ScEvents {
  GPtrArray *clients; /* Client */
};

static void
client_free (gpointer data)
{
  Client *client = data;

  g_clear_handle_id (&client->timeout, g_source_remove);
  g_object_unref (client->connection);
  g_free (client->session);
  g_free (client);
}

ScEvents *
sc_events_new (void)
{
  ScEvents *self = g_new0 (ScEvents, 1);

  self->clients = g_ptr_array_new_with_free_func (client_free);
  return self;
}

static void
drop_client (ScEvents *self, Client *client, gushort code, const char *reason)
{
  SoupWebsocketConnection *connection = client->connection;

  g_signal_handlers_disconnect_by_data (connection, self);
  if (soup_websocket_connection_get_state (connection) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (connection, code, reason);
  g_ptr_array_remove_fast (self->clients, client);
}

void
sc_events_free (ScEvents *self)
{
  if (self == NULL)
    return;
  while (self->clients->len > 0)
    drop_client (self, g_ptr_array_index (self->clients, 0), SOUP_WEBSOCKET_CLOSE_GOING_AWAY, "the engine ends");
  g_ptr_array_unref (self->clients);
  g_free (self);
}

static Client *
find_client (ScEvents *self, SoupWebsocketConnection *connection)
{
  for (guint i = 0; i < self->clients->len; i++) {
    Client *client = g_ptr_array_index (self->clients, i);

    if (client->connection == connection)
      return client;
  }
  return NULL;
}

static void
on_closed (SoupWebsocketConnection *connection, gpointer user_data)
{
  ScEvents *self = user_data;
  Client *client = find_client (self, connection);

  if (client != NULL)
    drop_client (self, client, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
}

static void
on_pong (SoupWebsocketConnection *connection, GBytes *payload, gpointer user_data)
{
  ScEvents *self = user_data;
  Client *client = find_client (self, connection);

  if (client != NULL)
    client->unanswered = 0;
}

void
sc_events_end_session (ScEvents *self, const char *session)
{
  for (guint i = self->clients->len; i > 0; i--) {
    Client *client = g_ptr_array_index (self->clients, i - 1);

    if (g_strcmp0 (client->session, session) == 0)
      drop_client (self, client, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION, "your session is over: sign in again");
  }
}

static gboolean
on_session_over (gpointer data)
{
  Client *client = data;

  client->timeout = 0;
  drop_client (client->owner, client, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION, "your session is over: sign in again");
  return G_SOURCE_REMOVE;
}

void
sc_events_subscribe (ScEvents *self, SoupWebsocketConnection *connection, const char *session, guint seconds)
{
  Client *client = NULL;

  if (self->clients->len >= MAX_CLIENTS) {
    soup_websocket_connection_close (connection, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION,
                                     "too many clients listen already");
    return;
  }
  client = g_new0 (Client, 1);
  client->owner = self;
  client->connection = g_object_ref (connection);
  client->session = g_strdup (session);
  if (session != NULL)
    client->timeout = g_timeout_add_seconds (seconds, on_session_over, client);
  soup_websocket_connection_set_max_incoming_payload_size (connection, MAX_INCOMING_BYTES);
  soup_websocket_connection_set_keepalive_interval (connection, KEEPALIVE_SECONDS);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), self);
  g_signal_connect (connection, "pong", G_CALLBACK (on_pong), self);
  g_ptr_array_add (self->clients, client);
}

gboolean
sc_events_has_clients (ScEvents *self)
{
  return self->clients->len > 0;
}

guint
sc_events_count_clients (ScEvents *self)
{
  return self->clients->len;
}

void
sc_events_emit (ScEvents *self, const char *type, ScJson *body)
{
  g_autoptr (ScJson) event = NULL;
  g_autofree char *text = NULL;
  gsize length = 0;

  if (!sc_events_has_clients (self))
    return;

  event = json_object ();
  json_object_set_new (event, "type", json_string (type));
  json_object_update (event, body);
  text = sc_json_to_text (event);
  length = strlen (text);

  for (guint i = self->clients->len; i > 0; i--) {
    Client *client = g_ptr_array_index (self->clients, i - 1);

    if (soup_websocket_connection_get_state (client->connection) != SOUP_WEBSOCKET_STATE_OPEN)
      continue; /* "closed" follows */
    if (client->unanswered + length > MAX_UNANSWERED_BYTES) {
      drop_client (self, client, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION, "you do not read fast enough");
      continue;
    }
    client->unanswered += length;
    soup_websocket_connection_send_text (client->connection, text);
  }
}
