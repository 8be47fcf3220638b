/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The engine's listener and clients with a certificate, by whatever TLS library GLib has here. */
#include "console/engine/api/sc-api-listener.h"

#include "tests/unit/hasty-clients.h"
#include "tests/unit/trust/test-authority.h"

#include <string.h>

typedef struct {
  TestAuthority *authority;
  SoupServer *server;
  ScApiListener *listener;
  ScConnection *connection;
  SoupSession *client;
  GTlsCertificate *shown; /* by the client of the last request */
  guint n_requests;
  char *console; /* fingerprint of what the console has shown last */
} Fixture;

static void
note_client (Fixture *fixture, SoupServerMessage *message)
{
  fixture->n_requests++;
  g_set_object (&fixture->shown, sc_api_listener_get_peer (message));
}

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  note_client (data, message);
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, "text/plain", SOUP_MEMORY_STATIC, "hello", 5);
}

static void
on_websocket (SoupServer *server, SoupServerMessage *message, const char *path, SoupWebsocketConnection *connection,
              gpointer data)
{
  note_client (data, message);
  soup_websocket_connection_close (connection, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
}

static gint64
now (void)
{
  return g_get_real_time () / G_TIME_SPAN_SECOND;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autofree char *url = NULL;
  g_autoptr (GError) error = NULL;
  guint16 port = 0;

  expect_hasty_clients ();
  fixture->authority = test_authority_new ();
  fixture->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (fixture->server, "/", on_request, fixture, NULL);
  soup_server_add_websocket_handler (fixture->server, "/seat", NULL, NULL, on_websocket, fixture, NULL);
  fixture->listener = sc_api_listener_new (fixture->server, fixture->authority->tls);
  port = sc_api_listener_listen (fixture->listener, address, &error);
  g_assert_no_error (error);
  url = g_strdup_printf ("https://127.0.0.1:%u", port);
  fixture->connection = test_authority_make_connection (fixture->authority, url, "token");
  fixture->client = soup_session_new_with_options ("proxy-resolver", NULL, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  soup_session_abort (fixture->client);
  g_object_unref (fixture->client);
  sc_api_listener_free (fixture->listener);
  soup_server_disconnect (fixture->server);
  g_object_unref (fixture->server);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_object (&fixture->shown);
  sc_connection_free (fixture->connection);
  test_authority_free (fixture->authority);
  g_free (fixture->console);
}

static gboolean
accept_console (SoupMessage *message, GTlsCertificate *certificate, GTlsCertificateFlags flags, gpointer data)
{
  Fixture *fixture = data;
  g_autoptr (ScCertificate) console = sc_certificate_of_tls (certificate, NULL);

  g_free (fixture->console);
  fixture->console = sc_certificate_get_fingerprint (console);
  return sc_connection_accepts (fixture->connection, certificate);
}

/* @certificate: (nullable): what the client shows */
static SoupMessage *
new_message (Fixture *fixture, const char *path, GTlsCertificate *certificate)
{
  g_autofree char *url = g_strconcat (fixture->connection->url, path, NULL);
  SoupMessage *message = soup_message_new ("GET", url);

  g_clear_object (&fixture->shown);
  g_signal_connect (message, "accept-certificate", G_CALLBACK (accept_console), fixture);
  if (certificate != NULL)
    soup_message_set_tls_client_certificate (message, certificate);
  return message;
}

typedef struct {
  gboolean done;
  GError *error;
} Wait;

static void
on_reply (GObject *source, GAsyncResult *result, gpointer data)
{
  Wait *wait = data;
  g_autoptr (GBytes) body = soup_session_send_and_read_finish (SOUP_SESSION (source), result, &wait->error);

  g_assert_true (wait->error != NULL || g_bytes_get_size (body) == 5);
  wait->done = TRUE;
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer data)
{
  Wait *wait = data;
  g_autoptr (SoupWebsocketConnection) connection =
      soup_session_websocket_connect_finish (SOUP_SESSION (source), result, &wait->error);

  g_assert_true (wait->error != NULL || connection != NULL);
  wait->done = TRUE;
}

static void
request (Fixture *fixture, GTlsCertificate *certificate, GError **error)
{
  g_autoptr (SoupMessage) message = new_message (fixture, "/", certificate);
  Wait wait = { 0 };

  soup_session_send_and_read_async (fixture->client, message, G_PRIORITY_DEFAULT, NULL, on_reply, &wait);
  while (!wait.done)
    g_main_context_iteration (NULL, TRUE);
  if (wait.error != NULL)
    g_propagate_error (error, wait.error);
}

/* @seat: (nullable): whose certificate the client is to have shown; NULL: none. */
static void
assert_shown (Fixture *fixture, const char *seat)
{
  g_autoptr (ScCertificate) certificate = NULL;
  g_autofree char *shown = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (fixture->shown != NULL, ==, seat != NULL);
  if (seat == NULL)
    return;
  certificate = sc_certificate_of_tls (fixture->shown, &error);
  g_assert_no_error (error);
  sc_certificate_check (certificate, fixture->authority->anchors->authorities, SC_CERTIFICATE_SEAT, NULL, now (),
                        &error);
  g_assert_no_error (error);
  shown = sc_certificate_get_seat (certificate);
  g_assert_cmpstr (shown, ==, seat);
}

static void
assert_request (Fixture *fixture, GTlsCertificate *certificate, const char *seat)
{
  g_autoptr (GError) error = NULL;

  request (fixture, certificate, &error);
  g_assert_no_error (error);
  assert_shown (fixture, seat);
}

/* Each request has a connection of its own, and TLS takes up again what it knows of the one before: the certificate
 * must not be lost by that. */
static void
test_again (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GTlsCertificate) seat = test_authority_make_seat (fixture->authority, TEST_AUTHORITY_SEAT, now ());

  for (guint i = 0; i < 4; i++)
    assert_request (fixture, seat, TEST_AUTHORITY_SEAT);
  g_assert_cmpuint (fixture->n_requests, ==, 4);
}

static void
test_none (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 3; i++)
    assert_request (fixture, NULL, NULL);
}

/* As a seat does that enrols, and then has its certificate renewed, in one session of its TLS library. */
static void
test_change (Fixture *fixture, gconstpointer data)
{
  static const char other[] = "7d1f8ad2-6a0a-4e3f-8f5e-5d0b6a1c2e02";
  g_autoptr (GTlsCertificate) first = test_authority_make_seat (fixture->authority, TEST_AUTHORITY_SEAT, now ());
  g_autoptr (GTlsCertificate) second = test_authority_make_seat (fixture->authority, other, now ());

  for (guint i = 0; i < 2; i++) {
    assert_request (fixture, NULL, NULL);
    assert_request (fixture, NULL, NULL);
    assert_request (fixture, first, TEST_AUTHORITY_SEAT);
    assert_request (fixture, first, TEST_AUTHORITY_SEAT);
    assert_request (fixture, second, other);
    assert_request (fixture, second, other);
  }
}

static void
test_websocket (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GTlsCertificate) seat = test_authority_make_seat (fixture->authority, TEST_AUTHORITY_SEAT, now ());

  for (guint i = 0; i < 2; i++) {
    g_autoptr (SoupMessage) message = new_message (fixture, "/seat", seat);
    Wait wait = { 0 };

    soup_session_websocket_connect_async (fixture->client, message, NULL, NULL, G_PRIORITY_DEFAULT, NULL, on_connected,
                                          &wait);
    while (!wait.done || fixture->n_requests == i)
      g_main_context_iteration (NULL, TRUE);
    g_assert_no_error (wait.error);
    assert_shown (fixture, TEST_AUTHORITY_SEAT);
  }
}

/* TLS takes it, so that the API can say why it does not. */
static void
test_strangers (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TestAuthority) other = test_authority_new ();
  g_autoptr (GTlsCertificate) stranger = test_authority_make_seat (other, TEST_AUTHORITY_SEAT, now ());
  g_autoptr (GTlsCertificate) expired =
      test_authority_make_seat (fixture->authority, TEST_AUTHORITY_SEAT, now () - 500 * 24 * 60 * 60);
  GTlsCertificate *const certificates[] = { stranger, expired, other->tls };

  for (guint i = 0; i < G_N_ELEMENTS (certificates); i++) {
    g_autoptr (ScCertificate) shown = NULL;
    g_autoptr (ScCertificate) wanted = sc_certificate_of_tls (certificates[i], NULL);
    g_autoptr (GError) error = NULL;

    request (fixture, certificates[i], &error);
    g_assert_no_error (error);
    g_assert_nonnull (fixture->shown);
    shown = sc_certificate_of_tls (fixture->shown, &error);
    g_assert_no_error (error);
    g_assert_true (sc_certificate_equal (shown, wanted));
    g_assert_false (sc_certificate_check (shown, fixture->authority->anchors->authorities, SC_CERTIFICATE_SEAT, NULL,
                                          now (), NULL));
  }
}

/* Nothing is told to who is not the console. */
static void
test_other_console (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TestAuthority) other = test_authority_new ();
  g_autoptr (GTlsCertificate) seat = test_authority_make_seat (fixture->authority, TEST_AUTHORITY_SEAT, now ());
  g_autoptr (GError) error = NULL;

  sc_api_listener_set_certificate (fixture->listener, other->tls);
  request (fixture, seat, &error);
  g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
  g_assert_cmpuint (fixture->n_requests, ==, 0);
}

static void
test_renewed_console (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GTlsCertificate) seat = test_authority_make_seat (fixture->authority, TEST_AUTHORITY_SEAT, now ());
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autoptr (ScCertificate) renewed = NULL;
  g_autoptr (GTlsCertificate) tls = NULL;
  g_autofree char *before = NULL;
  g_autofree char *wanted = NULL;
  g_autoptr (GError) error = NULL;

  assert_request (fixture, seat, TEST_AUTHORITY_SEAT);
  before = g_strdup (fixture->console);
  g_ptr_array_add (names, (gpointer) "127.0.0.1");
  renewed = sc_certificate_issue_console (fixture->authority->certificate, fixture->authority->key,
                                          fixture->authority->console_key, names, now (), &error);
  g_assert_no_error (error);
  tls = sc_certificate_to_tls (renewed, fixture->authority->console_key, fixture->authority->certificate, &error);
  g_assert_no_error (error);
  sc_api_listener_set_certificate (fixture->listener, tls);
  assert_request (fixture, seat, TEST_AUTHORITY_SEAT);
  wanted = sc_certificate_get_fingerprint (renewed);
  g_assert_cmpstr (before, !=, wanted);
  g_assert_cmpstr (fixture->console, ==, wanted);
}

#define ADD(name, function) g_test_add ("/mutual-tls/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("again", test_again);
  ADD ("none", test_none);
  ADD ("change", test_change);
  ADD ("websocket", test_websocket);
  ADD ("strangers", test_strangers);
  ADD ("other-console", test_other_console);
  ADD ("renewed-console", test_renewed_console);
  return g_test_run ();
}
