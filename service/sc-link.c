/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-link.h"

#include "common/sc-error.h"
#include "common/sc-text.h"

#define FRAME_REASON 123u    /* bytes that a close frame can bear */
#define MAX_CLOSE_REASON 96u /* bytes of a reason that go into one: a cut character may become longer */

struct _ScLink {
  ScFetch *fetch;
  ScLinkEvents events;
  gpointer user_data;
  ScBackoff backoff;
  GCancellable *cancellable; /* of the attempt under way */
  SoupMessage *message;      /* its request */
  char *local_address;
  SoupWebsocketConnection *socket; /* (nullable) */
  gint64 connected_at, alive_at;   /* µs */
  GSource *retry, *watch;
  gboolean complained; /* the failure has been logged as a warning */
};

static void connect_now (ScLink *self);

ScLink *
sc_link_new (ScFetch *fetch, const ScLinkEvents *events, gpointer user_data)
{
  ScLink *self = g_new0 (ScLink, 1);

  self->fetch = fetch;
  self->events = *events;
  self->user_data = user_data;
  self->backoff = (ScBackoff) SC_BACKOFF_INIT;
  return self;
}

static void
clear_source (GSource **source)
{
  if (*source != NULL) {
    g_source_destroy (*source);
    g_clear_pointer (source, g_source_unref);
  }
}

static void
drop_socket (ScLink *self)
{
  clear_source (&self->watch);
  if (self->socket == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->socket, self);
  if (soup_websocket_connection_get_state (self->socket) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (self->socket, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, NULL);
  g_clear_object (&self->socket);
}

void
sc_link_free (ScLink *self)
{
  clear_source (&self->retry);
  drop_socket (self);
  /* An attempt under way sees the cancellation and does not touch the link any more */
  if (self->cancellable != NULL) {
    g_signal_handlers_disconnect_by_data (self->message, self);
    g_cancellable_cancel (self->cancellable);
  }
  g_clear_object (&self->cancellable);
  g_clear_object (&self->message);
  g_free (self->local_address);
  g_free (self);
}

void
sc_link_set_backoff (ScLink *self, const ScBackoff *backoff)
{
  self->backoff = *backoff;
}

static gboolean
on_retry (gpointer user_data)
{
  ScLink *self = user_data;

  g_clear_pointer (&self->retry, g_source_unref);
  connect_now (self);
  return G_SOURCE_REMOVE;
}

static void
retry_later (ScLink *self, const char *reason)
{
  guint delay = sc_backoff_next (&self->backoff, g_random_double ());

  g_log (G_LOG_DOMAIN, self->complained ? G_LOG_LEVEL_DEBUG : G_LOG_LEVEL_WARNING,
         "No connection to the console: %s; trying again, next in %u ms", reason, delay);
  self->complained = TRUE;
  self->retry = sc_backoff_wait (delay, NULL, on_retry, self);
}

static void
lose (ScLink *self, const char *reason)
{
  if (self->socket == NULL)
    return;
  if (g_get_monotonic_time () - self->connected_at > SC_LINK_SETTLED_AFTER * G_USEC_PER_SEC)
    sc_backoff_reset (&self->backoff);
  drop_socket (self);
  retry_later (self, reason);
  self->events.lost (self->user_data);
}

static void
on_closed (SoupWebsocketConnection *socket, gpointer user_data)
{
  ScLink *self = user_data;
  const char *data = soup_websocket_connection_get_close_data (socket);
  g_autofree char *reason =
      g_strdup_printf ("it was closed (%u%s%s)", soup_websocket_connection_get_close_code (socket),
                       data != NULL && *data != '\0' ? ": " : "", data != NULL ? data : "");
  lose (self, reason);
}

static void
on_error (SoupWebsocketConnection *socket, GError *error, gpointer user_data)
{
  lose (user_data, error->message);
}

static void
on_pong (SoupWebsocketConnection *socket, GBytes *bytes, gpointer user_data)
{
  ScLink *self = user_data;
  self->alive_at = g_get_monotonic_time ();
}

/* It lives until the other end has it, or libsoup's time for that has passed. */
static void
close_with_reason (SoupWebsocketConnection *socket, const char *reason)
{
  GString *line = g_string_new (NULL);

  if (soup_websocket_connection_get_state (socket) == SOUP_WEBSOCKET_STATE_OPEN) {
    sc_text_append_line (line, reason, MAX_CLOSE_REASON);
    g_signal_connect (g_object_ref (socket), "closed", G_CALLBACK (g_object_unref), NULL);
    soup_websocket_connection_close (socket, SOUP_WEBSOCKET_CLOSE_PROTOCOL_ERROR,
                                     line->len <= FRAME_REASON ? line->str : NULL);
  }
  g_string_free (line, TRUE);
}

static gboolean
is_for_seats (ScControlType type)
{
  return type >= SC_CONTROL_WELCOME;
}

static void
on_message (SoupWebsocketConnection *socket, int type, GBytes *bytes, gpointer user_data)
{
  ScLink *self = user_data;
  g_autoptr (ScControlMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);

  self->alive_at = g_get_monotonic_time ();
  if (type == SOUP_WEBSOCKET_DATA_TEXT)
    message = sc_control_message_parse (text, length, &error);
  else
    g_set_error (&error, SC_ERROR, SC_ERROR_INVALID, "a binary message");
  if (message != NULL && !is_for_seats (message->type))
    g_set_error (&error, SC_ERROR, SC_ERROR_INVALID, "a message that only seats send");
  if (message != NULL && message->type == SC_CONTROL_WELCOME && message->welcome.protocol != SC_CONTROL_PROTOCOL)
    g_set_error (&error, SC_ERROR, SC_ERROR_INVALID, "it speaks protocol %u and this seat %u: update the older of both",
                 message->welcome.protocol, SC_CONTROL_PROTOCOL);
  if (error != NULL) {
    /* so that the console can tell of it: nobody may look here */
    close_with_reason (socket, error->message);
    g_autofree char *reason = g_strconcat ("the console broke the protocol: ", error->message, NULL);
    lose (self, reason);
    return;
  }
  self->events.message (self->user_data, g_steal_pointer (&message));
}

static gboolean
on_watch (gpointer user_data)
{
  ScLink *self = user_data;

  if (g_get_monotonic_time () - self->alive_at > SC_LINK_DEAD_AFTER * G_USEC_PER_SEC)
    lose (self, "the console does not answer pings");
  return G_SOURCE_CONTINUE;
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SoupWebsocketConnection) socket =
      soup_session_websocket_connect_finish (SOUP_SESSION (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* the link is gone */
  ScLink *self = user_data;
  guint status = soup_message_get_status (self->message);
  g_signal_handlers_disconnect_by_data (self->message, self);
  g_clear_object (&self->message);
  g_clear_object (&self->cancellable);
  if (socket == NULL) {
    g_autofree char *why = sc_fetch_describe (self->fetch, error, "");
    gboolean denied = status == SOUP_STATUS_UNAUTHORIZED || status == SOUP_STATUS_FORBIDDEN;
    retry_later (self, denied ? "it does not let this seat in" : why);
    if (denied && self->events.refused != NULL)
      self->events.refused (self->user_data);
    return;
  }
  self->socket = g_steal_pointer (&socket);
  self->connected_at = self->alive_at = g_get_monotonic_time ();
  self->complained = FALSE;
  soup_websocket_connection_set_max_incoming_payload_size (self->socket, SC_CONTROL_MAX_BYTES);
  soup_websocket_connection_set_keepalive_interval (self->socket, SC_LINK_PING);
  g_signal_connect (self->socket, "message", G_CALLBACK (on_message), self);
  g_signal_connect (self->socket, "closed", G_CALLBACK (on_closed), self);
  g_signal_connect (self->socket, "error", G_CALLBACK (on_error), self);
  g_signal_connect (self->socket, "pong", G_CALLBACK (on_pong), self);
  self->watch = g_timeout_source_new_seconds (SC_LINK_PING);
  g_source_set_callback (self->watch, on_watch, self, NULL);
  g_source_attach (self->watch, g_main_context_get_thread_default ());
  self->events.connected (self->user_data, self->local_address != NULL ? self->local_address : "");
}

/* The address of a connection's own end; an IPv4 address inside an IPv6 one is unwrapped. */
static char *
local_address_of (GSocketConnection *connection)
{
  g_autoptr (GSocketAddress) address = g_socket_connection_get_local_address (connection, NULL);

  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return NULL;
  g_autofree char *text =
      g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
  return g_strdup (g_str_has_prefix (text, "::ffff:") ? text + strlen ("::ffff:") : text);
}

static void
on_network_event (SoupMessage *message, GSocketClientEvent event, GIOStream *connection, gpointer user_data)
{
  ScLink *self = user_data;

  if (event != G_SOCKET_CLIENT_CONNECTED || !G_IS_SOCKET_CONNECTION (connection))
    return;
  g_free (self->local_address);
  self->local_address = local_address_of (G_SOCKET_CONNECTION (connection));
}

static void
connect_now (ScLink *self)
{
  self->message = sc_fetch_new_message (self->fetch, "GET", SC_LINK_PATH);
  if (self->message == NULL) {
    retry_later (self, "the console's address in the settings is not one");
    return;
  }
  g_clear_pointer (&self->local_address, g_free);
  self->cancellable = g_cancellable_new ();
  g_signal_connect (self->message, "network-event", G_CALLBACK (on_network_event), self);
  soup_session_websocket_connect_async (sc_fetch_get_session (self->fetch), self->message, NULL, NULL,
                                        G_PRIORITY_DEFAULT, self->cancellable, on_connected, self);
}

void
sc_link_start (ScLink *self)
{
  if (self->socket == NULL && self->cancellable == NULL && self->retry == NULL)
    connect_now (self);
}

void
sc_link_reconnect (ScLink *self)
{
  if (self->socket == NULL)
    return; /* the next one is on its way */
  drop_socket (self);
  self->events.lost (self->user_data);
  connect_now (self);
}

gboolean
sc_link_send (ScLink *self, const ScControlMessage *message)
{
  if (self->socket == NULL || soup_websocket_connection_get_state (self->socket) != SOUP_WEBSOCKET_STATE_OPEN)
    return FALSE;
  g_autofree char *text = sc_control_message_to_json (message);
  soup_websocket_connection_send_text (self->socket, text);
  return TRUE;
}
