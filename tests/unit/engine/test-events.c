/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/engine/engine-fixture.h"

#include <string.h>

/* Events to clients that read, and to one that does not. */

#define EVENT_BYTES (128u * 1024)

static ScJson *
make_event (void)
{
  g_autofree char *filler = g_strnfill (EVENT_BYTES, 'x');

  return json_pack ("{s:s}", "text", filler);
}

static void
count (SoupWebsocketConnection *connection, SoupWebsocketDataType type, GBytes *bytes, gpointer data)
{
  (*(guint *) data)++;
}

/* Of a thousand seats that all tell how far they are, for some seconds: 6 MB/s. */
static void
test_reader (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SoupWebsocketConnection) client = engine_fixture_connect (fixture, "/v1/events", TRUE, &error);
  g_autoptr (ScJson) event = make_event ();
  gint64 next = g_get_monotonic_time ();
  guint n_told = 0;
  guint n_heard = 0;

  g_assert_no_error (error);
  soup_websocket_connection_set_max_incoming_payload_size (client, EVENT_BYTES * 2);
  g_signal_connect (client, "message", G_CALLBACK (count), &n_heard);
  while (!sc_events_has_clients (fixture->parts.events))
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < 16; i++) {
    for (guint j = 0; j < 12; j++, n_told++)
      sc_events_emit (fixture->parts.events, "seat", event);
    next += G_USEC_PER_SEC / 4;
    while (n_heard < n_told || g_get_monotonic_time () < next) {
      g_assert_true (sc_events_has_clients (fixture->parts.events));
      g_main_context_iteration (NULL, FALSE);
      g_usleep (100);
    }
  }
  g_signal_handlers_disconnect_by_data (client, &n_heard);
}

static gboolean
accept_any (GTlsConnection *connection, GTlsCertificate *certificate, GTlsCertificateFlags errors, gpointer data)
{
  return TRUE;
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  *(GSocketConnection **) data = g_socket_client_connect_to_host_finish (G_SOCKET_CLIENT (source), result, &error);
  g_assert_no_error (error);
}

static void
on_connecting (GSocketClient *client, GSocketClientEvent event, GSocketConnectable *connectable, GIOStream *connection,
               gpointer data)
{
  if (event == G_SOCKET_CLIENT_TLS_HANDSHAKING)
    g_signal_connect (connection, "accept-certificate", G_CALLBACK (accept_any), NULL);
}

/* A client that asks for events and then reads nothing. */
static GSocketConnection *
connect_mute (EngineFixture *fixture)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autofree char *request =
      g_strdup_printf ("GET /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nUpgrade: websocket\r\n"
                       "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                       "Sec-WebSocket-Version: 13\r\n\r\n",
                       fixture->token);
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection = NULL;

  g_socket_client_set_tls (client, TRUE);
  g_signal_connect (client, "event", G_CALLBACK (on_connecting), NULL);
  g_socket_client_connect_to_host_async (client, "127.0.0.1", fixture->port, NULL, on_connected, &connection);
  while (connection == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), request, strlen (request), NULL,
                             NULL, &error);
  g_assert_no_error (error);
  return connection;
}

static void
test_mute (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (GSocketConnection) connection = connect_mute (fixture);
  g_autoptr (ScJson) event = make_event ();
  gsize n_bytes = 0;

  while (!sc_events_has_clients (fixture->parts.events))
    g_main_context_iteration (NULL, TRUE);
  while (sc_events_has_clients (fixture->parts.events)) {
    sc_events_emit (fixture->parts.events, "seat", event);
    n_bytes += EVENT_BYTES;
    g_assert_cmpuint (n_bytes, <, 64 * 1024 * 1024);
    g_main_context_iteration (NULL, FALSE);
  }
}

#define ADD(path, func) g_test_add (path, EngineFixture, NULL, engine_fixture_set_up, func, engine_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/events/reader", test_reader);
  ADD ("/events/mute", test_mute);
  return g_test_run ();
}
