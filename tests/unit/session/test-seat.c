/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-seat.h"
#include "tests/unit/hasty-clients.h"

#define GUARD 60 /* s after which a test that waits has failed */

static gboolean
time_is_up (gpointer data)
{
  g_error ("what the test waits for does not happen");
  return G_SOURCE_REMOVE;
}

void
test_wait_for (TestFunc done, gpointer data)
{
  guint guard = g_timeout_add_seconds (GUARD, time_is_up, NULL);

  while (!done (data))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (guard);
}

static void
on_connection (SoupServer *server, SoupServerMessage *message, const char *path, SoupWebsocketConnection *connection,
               gpointer data)
{
  TestGate *self = data;

  sc_seat_hub_accept (self->hub, connection, self->owner, "127.0.0.1", "127.0.0.2");
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer data)
{
  TestGate *self = data;
  g_autoptr (GSocketAddress) local = g_socket_connection_get_local_address (connection, NULL);
  g_autoptr (GSocketAddress) remote = g_socket_connection_get_remote_address (connection, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (soup_server_accept_iostream (self->server, G_IO_STREAM (connection), local, remote, &error));
  g_assert_no_error (error);
  return TRUE;
}

TestGate *
test_gate_new (ScSeatHub *hub)
{
  TestGate *self = g_new0 (TestGate, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any_port = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) address = NULL;

  self->hub = g_object_ref (hub);
  expect_hasty_clients ();
  self->server = soup_server_new (NULL, NULL);
  soup_server_add_websocket_handler (self->server, "/v1/seat", NULL, NULL, on_connection, self, NULL);
  /* a listener of our own: libsoup 3.2 leaks the sockets that its own accepts, which the leak checker would report */
  self->listener = g_socket_service_new ();
  g_socket_listener_add_address (G_SOCKET_LISTENER (self->listener), any_port, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, NULL, &address, &error);
  g_assert_no_error (error);
  g_signal_connect (self->listener, "incoming", G_CALLBACK (on_incoming), self);
  self->url =
      g_strdup_printf ("ws://127.0.0.1:%u/v1/seat", g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)));
  return self;
}

void
test_gate_free (TestGate *self)
{
  g_socket_service_stop (self->listener);
  g_socket_listener_close (G_SOCKET_LISTENER (self->listener));
  g_object_unref (self->listener);
  soup_server_disconnect (self->server);
  g_object_unref (self->server);
  g_object_unref (self->hub);
  g_free (self->url);
  g_free (self);
}

/* As every seat does: an order counts if it is signed, is this seat's, and is newer than all before. */
static void
check_order (TestSeat *self, const ScControlMessage *message)
{
  g_assert_nonnull (self->anchors);
  g_assert_true (sc_signature_is_of_version (&message->version.signature, self->anchors->signing_keys,
                                             self->anchors->n_signing_keys, message->version.version,
                                             &message->version.manifest));
  g_assert_true (sc_signature_is_of_order (
      &message->version.order_signature, self->anchors->signing_keys, self->anchors->n_signing_keys, self->id,
      message->version.order, message->version.version, &message->version.manifest, message->version.hooks));
  g_assert_cmpuint (message->version.order, >, self->last_order);
  self->last_order = message->version.order;
}

static void
take_trust (TestSeat *self, ScControlMessage *message)
{
  sc_anchors_free (self->anchors);
  self->anchors = sc_anchors_copy (message->trust.anchors);
  self->renew = message->trust.renew;
  self->n_trusts++;
  sc_control_message_free (message);
}

/* Before a session: it lacks no manifest that others could want, too, and hears ordinary packets and the largest:
 * what of it was not probed is ignored. */
static void
answer_listen (TestSeat *self, ScControlMessage *order)
{
  g_autoptr (ScControlMessage) listening = sc_control_message_new (SC_CONTROL_LISTENING, order->session);
  g_autoptr (ScControlMessage) heard = sc_control_message_new (SC_CONTROL_HEARD, order->session);
  gsize length = ((gsize) order->listen.manifests->len + 7) / 8;

  listening->listening.lacks = g_bytes_new_take (g_malloc0 (length), length);
  if (soup_websocket_connection_get_state (self->connection) == SOUP_WEBSOCKET_STATE_OPEN) {
    test_seat_send (self, listening);
    heard->heard.payload = SC_CAST_SYMBOL_SIZE;
    test_seat_send (self, heard);
    heard->heard.payload = SC_CAST_SYMBOL_SIZE_MAX;
    test_seat_send (self, heard);
  }
  sc_control_message_free (order);
}

static void
on_message (SoupWebsocketConnection *connection, gint type, GBytes *bytes, TestSeat *self)
{
  g_autoptr (GError) error = NULL;
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);
  ScControlMessage *message = sc_control_message_parse (text, length, &error);

  g_assert_no_error (error);
  if (message->type == SC_CONTROL_TRUST) {
    take_trust (self, message);
    return;
  }
  if (message->type == SC_CONTROL_LISTEN) {
    answer_listen (self, message);
    return;
  }
  if (message->type == SC_CONTROL_PREPARE || message->type == SC_CONTROL_CATCH_UP)
    check_order (self, message);
  g_ptr_array_add (self->messages, message);
}

static void
on_closed (SoupWebsocketConnection *connection, TestSeat *self)
{
  self->close_code = soup_websocket_connection_get_close_code (connection);
  if (self->close_code == 0)
    self->close_code = SOUP_WEBSOCKET_CLOSE_ABNORMAL;
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer data)
{
  TestSeat *self = data;
  g_autoptr (GError) error = NULL;

  self->connection = soup_session_websocket_connect_finish (SOUP_SESSION (source), result, &error);
  g_assert_no_error (error);
  soup_websocket_connection_set_max_incoming_payload_size (self->connection, SC_CONTROL_MAX_BYTES);
  g_signal_connect (self->connection, "message", G_CALLBACK (on_message), self);
  g_signal_connect (self->connection, "closed", G_CALLBACK (on_closed), self);
}

static gboolean
is_connected (gpointer data)
{
  return ((TestSeat *) data)->connection != NULL;
}

TestSeat *
test_seat_new (TestGate *gate, const char *id)
{
  TestSeat *self = g_new0 (TestSeat, 1);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", gate->url);

  self->id = g_strdup (id);
  self->session = soup_session_new ();
  self->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_control_message_free);
  soup_session_websocket_connect_async (self->session, message, NULL, NULL, G_PRIORITY_DEFAULT, NULL, on_connected,
                                        self);
  test_wait_for (is_connected, self);
  return self;
}

static gboolean
is_closed (gpointer data)
{
  return ((TestSeat *) data)->close_code != 0;
}

void
test_seat_free (TestSeat *self)
{
  if (soup_websocket_connection_get_state (self->connection) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (self->connection, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  test_wait_for (is_closed, self);
  g_object_unref (self->connection);
  g_object_unref (self->session);
  g_ptr_array_unref (self->messages);
  sc_anchors_free (self->anchors);
  g_free (self->id);
  g_free (self);
}

void
test_seat_send (TestSeat *self, const ScControlMessage *message)
{
  g_autofree char *text = sc_control_message_to_json (message);

  soup_websocket_connection_send_text (self->connection, text);
}

void
test_seat_send_inventory (TestSeat *self, const char *room)
{
  g_autoptr (ScControlMessage) message = sc_control_message_new (SC_CONTROL_INVENTORY, 0);
  ScInventory *inventory = message->inventory != NULL ? message->inventory : sc_inventory_new ();
  char **const texts[] = {
    &inventory->seat,    &inventory->name, &inventory->room, &inventory->os, &inventory->service_version,
    &inventory->address, &inventory->mac
  };
  const char *const values[] = { self->id, self->id + 32, room, "Debian", "0.1.0", "127.0.0.1", "02:fc:00:00:00:01" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_free (*texts[i]);
    *texts[i] = g_strdup (values[i]);
  }
  inventory->total_bytes = 1000;
  inventory->free_bytes = 500;
  message->inventory = inventory;
  test_seat_send (self, message);
}

static gboolean
has_message (gpointer data)
{
  return ((TestSeat *) data)->messages->len > 0 || ((TestSeat *) data)->close_code != 0;
}

ScControlMessage *
test_seat_expect (TestSeat *self, ScControlType type)
{
  ScControlMessage *message;

  test_wait_for (has_message, self);
  g_assert_cmpuint (self->messages->len, >, 0);
  message = g_ptr_array_steal_index (self->messages, 0);
  g_assert_cmpint (message->type, ==, type);
  return message;
}

void
test_seat_expect_close (TestSeat *self, gushort code)
{
  test_wait_for (is_closed, self);
  g_assert_cmpuint (self->close_code, ==, code);
}

void
test_seat_send_failed (TestSeat *self, guint64 session)
{
  g_autoptr (ScControlMessage) message = sc_control_message_new (SC_CONTROL_FAILED, session);

  message->failed.code = g_strdup ("state");
  message->failed.message = g_strdup ("its volume forgets");
  test_seat_send (self, message);
}
