/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The control connection against a real WebSocket server, and the back-off. */
#include "common/sc-error.h"
#include "sc-test-console.h"
#include "service/sc-link.h"

typedef struct {
  ScTestConsole console;
  ScFetch *fetch;
  ScLink *link;
  SoupWebsocketConnection *socket; /* the console's end of the newest connection */
  guint n_accepted, n_refused, n_connected, n_lost, n_messages, n_told_refused;
  guint refuse;              /* so many attempts are answered 401 */
  ScControlMessage *message; /* the last one */
  char *local_address;
  char *received; /* by the console */
  gboolean done;
} Fixture;

static void
on_server_message (SoupWebsocketConnection *socket, int type, GBytes *bytes, gpointer user_data)
{
  Fixture *f = user_data;
  g_free (f->received);
  f->received = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  f->done = TRUE;
}

static void
on_accepted (SoupServer *server, SoupServerMessage *message, const char *path, SoupWebsocketConnection *socket,
             gpointer user_data)
{
  Fixture *f = user_data;
  g_set_object (&f->socket, socket);
  g_signal_connect (socket, "message", G_CALLBACK (on_server_message), f);
  f->n_accepted++;
}

/* Runs before the WebSocket handler. */
static void
check_seat (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  Fixture *f = user_data;

  g_assert_null (soup_message_headers_get_one (soup_server_message_get_request_headers (message), "Authorization"));
  g_assert_true (sc_test_console_is_seat (&f->console, message, TEST_AUTHORITY_SEAT));
  if (f->refuse > 0) {
    f->refuse--;
    f->n_refused++;
    soup_server_message_set_status (message, SOUP_STATUS_UNAUTHORIZED, NULL);
  }
}

static void
on_connected (gpointer user_data, const char *local_address)
{
  Fixture *f = user_data;
  f->n_connected++;
  g_free (f->local_address);
  f->local_address = g_strdup (local_address);
  f->done = TRUE;
}

static void
on_message (gpointer user_data, ScControlMessage *message)
{
  Fixture *f = user_data;
  f->n_messages++;
  g_clear_pointer (&f->message, sc_control_message_free);
  f->message = message;
  f->done = TRUE;
}

static void
on_lost (gpointer user_data)
{
  Fixture *f = user_data;
  f->n_lost++;
}

static void
on_refused (gpointer user_data)
{
  Fixture *f = user_data;
  f->n_told_refused++;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  static const ScLinkEvents events = { on_connected, on_message, on_lost, on_refused };
  ScBackoff quick = { .base = 1, .max = 5 };

  sc_test_console_init (&f->console);
  soup_server_add_early_handler (f->console.server, "/v1/seat", check_seat, f, NULL);
  soup_server_add_websocket_handler (f->console.server, "/v1/seat", NULL, NULL, on_accepted, f, NULL);
  f->fetch = sc_fetch_new (f->console.connection, f->console.identity);
  f->link = sc_link_new (f->fetch, &events, f);
  sc_link_set_backoff (f->link, &quick);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  sc_link_free (f->link);
  sc_fetch_free (f->fetch);
  g_clear_object (&f->socket);
  sc_test_console_clear (&f->console);
  g_clear_pointer (&f->message, sc_control_message_free);
  g_free (f->local_address);
  g_free (f->received);
}

static void
run (Fixture *f)
{
  f->done = FALSE;
  sc_test_run_until (&f->done);
}

static void
say (Fixture *f, const ScControlMessage *message)
{
  g_autofree char *text = sc_control_message_to_json (message);
  soup_websocket_connection_send_text (f->socket, text);
}

static ScControlMessage *
welcome (guint32 protocol)
{
  ScControlMessage *message = sc_control_message_new (SC_CONTROL_WELCOME, 0);
  message->welcome.protocol = protocol;
  message->welcome.console = g_strdup ("console");
  return message;
}

static void
test_messages (Fixture *f, gconstpointer data)
{
  g_autoptr (ScControlMessage) hello = welcome (SC_CONTROL_PROTOCOL);
  g_autoptr (ScControlMessage) done = sc_control_message_new (SC_CONTROL_DONE, 5);

  g_assert_false (sc_link_send (f->link, done));
  sc_link_start (f->link);
  run (f);
  g_assert_cmpuint (f->n_connected, ==, 1);
  g_assert_cmpstr (f->local_address, ==, "127.0.0.1");
  done->done.version = 9;
  g_assert_true (sc_link_send (f->link, done));
  run (f);
  g_autoptr (ScControlMessage) received = sc_control_message_parse (f->received, strlen (f->received), NULL);
  g_assert_nonnull (received);
  g_assert_cmpint (received->type, ==, SC_CONTROL_DONE);
  g_assert_cmpuint (received->done.version, ==, 9);
  say (f, hello);
  run (f);
  g_assert_cmpint (f->message->type, ==, SC_CONTROL_WELCOME);
  g_assert_cmpuint (f->n_lost, ==, 0);
}

/* Whatever ends a connection, the next one follows. */
static void
test_reconnects (Fixture *f, gconstpointer data)
{
  g_autoptr (ScControlMessage) wrong_way = sc_control_message_new (SC_CONTROL_JOINED, 5);
  g_autoptr (ScControlMessage) later = welcome (SC_CONTROL_PROTOCOL + 1);

  sc_link_start (f->link);
  run (f);
  for (guint i = 1; i <= 5; i++) {
    g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "*No connection to the console*");
    if (i == 1)
      soup_websocket_connection_close (f->socket, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
    else if (i == 2)
      soup_websocket_connection_send_text (f->socket, "{\"type\":\"nonsense\"}");
    else if (i == 3)
      soup_websocket_connection_send_binary (f->socket, "x", 1);
    else if (i == 4)
      say (f, wrong_way);
    else
      say (f, later);
    run (f);
    g_test_assert_expected_messages ();
    g_assert_cmpuint (f->n_lost, ==, i);
    g_assert_cmpuint (f->n_connected, ==, i + 1);
    g_assert_cmpuint (f->n_messages, ==, 0);
  }
}

/* The console is told why, so that somebody sees it. */
static void
test_other_protocol (Fixture *f, gconstpointer data)
{
  g_autoptr (ScControlMessage) later = welcome (SC_CONTROL_PROTOCOL + 1);

  sc_link_start (f->link);
  run (f);
  g_autoptr (SoupWebsocketConnection) first = g_object_ref (f->socket);
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "*No connection to the console*");
  say (f, later);
  while (soup_websocket_connection_get_state (first) != SOUP_WEBSOCKET_STATE_CLOSED)
    g_main_context_iteration (NULL, TRUE);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (soup_websocket_connection_get_close_code (first), ==, SOUP_WEBSOCKET_CLOSE_PROTOCOL_ERROR);
  g_assert_nonnull (strstr (soup_websocket_connection_get_close_data (first), "it speaks protocol"));
  while (f->n_connected < 2) /* SoupServer must not be ended during a handshake: its thread waits for this one */
    g_main_context_iteration (NULL, TRUE);
}

static void
test_refused (Fixture *f, gconstpointer data)
{
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING,
                         "*No connection to the console: it does not let this seat in*");
  f->refuse = 3;
  sc_link_start (f->link);
  run (f);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (f->n_refused, ==, 3);
  g_assert_cmpuint (f->n_told_refused, ==, 3);
  g_assert_cmpuint (f->n_connected, ==, 1);
  g_assert_cmpuint (f->n_lost, ==, 0);
}

/* Freed while an attempt is under way, while connected and while it waits: no event follows. */
static void
test_freed (Fixture *f, gconstpointer data)
{
  static const ScLinkEvents events = { on_connected, on_message, on_lost, on_refused };
  ScBackoff slow = SC_BACKOFF_INIT;

  for (int i = 0; i < 3; i++) {
    ScLink *link = sc_link_new (f->fetch, &events, f);
    sc_link_set_backoff (link, &slow);
    f->refuse = i == 2 ? 1 : 0;
    if (i == 2)
      g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "*No connection to the console*");
    sc_link_start (link);
    guint accepted = f->n_accepted;
    while (i == 1 && f->n_connected == 0)
      g_main_context_iteration (NULL, TRUE);
    while (i == 2 && f->n_refused == 0)
      g_main_context_iteration (NULL, TRUE);
    if (i == 0)
      g_assert_cmpuint (f->n_accepted, ==, accepted);
    sc_link_free (link);
  }
  guint connected = f->n_connected;
  sc_link_start (f->link); /* whose connection shows that the loop ran long enough */
  run (f);
  g_assert_cmpuint (f->n_connected, ==, connected + 1);
  g_assert_cmpuint (f->n_lost, ==, 0);
}

static void
test_backoff (void)
{
  ScBackoff low = SC_BACKOFF_INIT, high = SC_BACKOFF_INIT;
  guint bound = SC_BACKOFF_BASE;

  for (guint i = 0; i < 100; i++) {
    bound = MIN (bound * 2, SC_BACKOFF_MAX);
    g_assert_cmpuint (sc_backoff_next (&low, 0.0), ==, SC_BACKOFF_BASE);
    guint delay = sc_backoff_next (&high, 0.999999);
    g_assert_cmpuint (delay, <, bound);
    g_assert_cmpuint (delay, >, bound - bound / 100 - 2);
  }
  sc_backoff_reset (&high);
  g_assert_cmpuint (sc_backoff_next (&high, 0.5), ==, SC_BACKOFF_BASE + SC_BACKOFF_BASE / 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/service/link/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("messages", test_messages);
  ADD ("reconnects", test_reconnects);
  ADD ("other-protocol", test_other_protocol);
  ADD ("refused", test_refused);
  ADD ("freed", test_freed);
  g_test_add_func ("/service/link/backoff", test_backoff);
  return g_test_run ();
}
