/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-fetch.h"
#include "sc-test-console.h"

#include <string.h>

/* A console that answers, keeps the connection, and closes it only when the next request has been sent on it: the
 * client tries again on a connection of its own, and has to be known there, too. */

typedef struct {
  GSocketListener *listener;
  GTlsCertificate *tls;
  gint n_known; /* connections on which a certificate was shown */
} Console;

static gboolean
accept_any (GTlsConnection *connection, GTlsCertificate *certificate, GTlsCertificateFlags flags, gpointer data)
{
  return TRUE;
}

static GTlsConnection *
greet (Console *console)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) plain = g_socket_listener_accept (console->listener, NULL, NULL, &error);
  GTlsConnection *connection = NULL;

  g_assert_no_error (error);
  connection = G_TLS_CONNECTION (g_tls_server_connection_new (G_IO_STREAM (plain), console->tls, &error));
  g_assert_no_error (error);
  g_object_set (connection, "authentication-mode", G_TLS_AUTHENTICATION_REQUESTED, NULL);
  g_signal_connect (connection, "accept-certificate", G_CALLBACK (accept_any), NULL);
  g_tls_connection_handshake (connection, NULL, &error);
  g_assert_no_error (error);
  console->n_known += g_tls_connection_get_peer_certificate (connection) != NULL;
  return connection;
}

static void
read_request (GTlsConnection *connection)
{
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  char request[4096];

  g_assert_cmpint (g_input_stream_read (input, request, sizeof request, NULL, NULL), >, 0);
}

static void
answer (GTlsConnection *connection)
{
  static const char text[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  g_autoptr (GError) error = NULL;

  g_output_stream_write_all (output, text, strlen (text), NULL, NULL, &error);
  g_assert_no_error (error);
}

static gpointer
serve (gpointer data)
{
  Console *console = data;
  g_autoptr (GTlsConnection) first = greet (console);
  g_autoptr (GTlsConnection) second = NULL;

  read_request (first);
  answer (first);
  read_request (first);
  g_io_stream_close (G_IO_STREAM (first), NULL, NULL);
  second = greet (console);
  read_request (second);
  answer (second);
  g_io_stream_close (G_IO_STREAM (second), NULL, NULL);
  return NULL;
}

typedef struct {
  gboolean done;
  GBytes *bytes;
  GError *error;
} Wait;

static void
on_fetched (GObject *source, GAsyncResult *result, gpointer data)
{
  Wait *wait = data;

  wait->bytes = sc_fetch_finish (NULL, result, &wait->error);
  wait->done = TRUE;
}

static void
fetch_ok (ScFetch *fetch)
{
  ScFetchRequest request = { .path = "/v1/manifests/x", .max_bytes = 16 };
  Wait wait = { 0 };

  sc_fetch_async (fetch, &request, NULL, on_fetched, &wait);
  sc_test_run_until (&wait.done);
  g_assert_no_error (wait.error);
  g_assert_cmpuint (g_bytes_get_size (wait.bytes), ==, 2);
  g_bytes_unref (wait.bytes);
}

static void
test_certificate_is_shown_again (void)
{
  ScTestConsole seat;
  Console console = { .listener = g_socket_listener_new () };
  g_autoptr (GError) error = NULL;
  guint16 port = g_socket_listener_add_any_inet_port (console.listener, NULL, &error);
  g_autofree char *url = g_strdup_printf ("https://127.0.0.1:%u", port);
  g_autoptr (ScConnection) connection = NULL;
  ScFetch *fetch = NULL;
  GThread *thread = NULL;

  g_assert_no_error (error);
  sc_test_console_init (&seat);
  console.tls = seat.authority->tls;
  connection = test_authority_make_connection (seat.authority, url, "");
  fetch = sc_fetch_new (connection, seat.identity);
  thread = g_thread_new ("console", serve, &console);
  fetch_ok (fetch);
  fetch_ok (fetch);
  g_thread_join (thread);
  g_assert_cmpint (console.n_known, ==, 2);
  sc_fetch_free (fetch);
  g_object_unref (console.listener);
  sc_test_console_clear (&seat);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fetch-again/certificate-is-shown-again", test_certificate_is_shown_again);
  return g_test_run ();
}
