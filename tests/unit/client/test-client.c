/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-system.h"
#include "common/sc-error.h"
#include "console/client/sc-client.h"
#include "console/client/sc-connection-file.h"
#include "tests/unit/tls-server.h"
#include "tests/unit/trust/test-authority.h"

#include <glib/gstdio.h>
#include <libsoup/soup.h>

/* ScClient and a server that is not always the console: on loopback. */

/* A system whose certificate authorities have signed whatever anybody shows. */
typedef struct {
  GTlsDatabase parent;
} TrustingDatabase;
typedef GTlsDatabaseClass TrustingDatabaseClass;
GType trusting_database_get_type (void);
G_DEFINE_TYPE (TrustingDatabase, trusting_database, G_TYPE_TLS_DATABASE)

static GTlsCertificateFlags
trust (GTlsDatabase *self, GTlsCertificate *chain, const gchar *purpose, GSocketConnectable *identity,
       GTlsInteraction *interaction, GTlsDatabaseVerifyFlags flags, GCancellable *cancellable, GError **error)
{
  return 0;
}

static void
trusting_database_class_init (TrustingDatabaseClass *class)
{
  class->verify_chain = trust;
}

static void
trusting_database_init (TrustingDatabase *self)
{
}

typedef struct {
  TestAuthority *authority;
  SoupServer *server;
  TlsServer *tls;
  char *url;
  const char *fingerprint; /* the authority's */
  guint n_requests;
  const char *redirect; /* (nullable): where to */
  GPtrArray *listeners; /* SoupWebsocketConnection */
} Fixture;

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  Fixture *fixture = data;

  fixture->n_requests++;
  if (fixture->redirect != NULL) {
    soup_server_message_set_redirect (message, SOUP_STATUS_TEMPORARY_REDIRECT, fixture->redirect);
    return;
  }
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_STATIC, "{\"name\":\"lab\"}", 14);
}

static void
on_listener (SoupServer *server, SoupServerMessage *message, const char *path, SoupWebsocketConnection *connection,
             gpointer data)
{
  Fixture *fixture = data;

  fixture->n_requests++;
  g_ptr_array_add (fixture->listeners, g_object_ref (connection));
}

static void
fixture_set_up (Fixture *fixture, gconstpointer data)
{
  fixture->authority = test_authority_new ();
  fixture->fingerprint = fixture->authority->fingerprint;
  fixture->listeners = g_ptr_array_new_with_free_func (g_object_unref);
  fixture->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (fixture->server, NULL, on_request, fixture, NULL);
  soup_server_add_websocket_handler (fixture->server, "/v1/events", NULL, NULL, on_listener, fixture, NULL);
  fixture->tls = tls_server_new (fixture->server, fixture->authority->tls);
  fixture->url = tls_server_make_url (fixture->tls);
}

static void
fixture_tear_down (Fixture *fixture, gconstpointer data)
{
  g_ptr_array_unref (fixture->listeners);
  tls_server_free (fixture->tls);
  g_object_unref (fixture->server);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  test_authority_free (fixture->authority);
  g_free (fixture->url);
}

/* As if every certificate were signed by an authority that the system knows. */
static GTlsDatabase *
trust_all (void)
{
  GTlsBackend *backend = g_tls_backend_get_default ();
  GTlsDatabase *before = g_tls_backend_get_default_database (backend);
  g_autoptr (GTlsDatabase) database = g_object_new (trusting_database_get_type (), NULL);

  g_tls_backend_set_default_database (backend, database);
  return before;
}

static void
trust_again (GTlsDatabase *before)
{
  g_tls_backend_set_default_database (g_tls_backend_get_default (), before);
  g_object_unref (before);
}

static void
take_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

static ScClient *
new_client (Fixture *fixture, const char *fingerprint)
{
  g_autoptr (ScConnection) connection = sc_connection_new (fixture->url, "secret", fingerprint);

  return sc_client_new (connection, "test");
}

static ScJson *
ask (ScClient *client, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sc_client_request_async (client, "GET", "/v1", NULL, NULL, take_result, &result);
  return sc_client_request_finish (client, wait_for (&result), error);
}

static gboolean
listen_to (ScClient *client, GCancellable *cancellable, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sc_client_listen_async (client, cancellable, take_result, &result);
  return sc_client_listen_finish (client, wait_for (&result), error);
}

static char *
fetch_fingerprint (const char *url, GCancellable *cancellable, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sc_client_fetch_fingerprint_async (url, cancellable, take_result, &result);
  return sc_client_fetch_fingerprint_finish (wait_for (&result), error);
}

static void
assert_pinned (Fixture *fixture)
{
  g_autofree char *other = g_strnfill (64, '0');
  g_autoptr (ScClient) ours = new_client (fixture, fixture->fingerprint);
  g_autoptr (ScClient) wrong = new_client (fixture, other);
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = ask (ours, &error);
  guint n_requests = fixture->n_requests;

  g_assert_no_error (error);
  g_assert_cmpstr (json_string_value (json_object_get (answer, "name")), ==, "lab");
  g_assert_null (ask (wrong, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_DENIED);
  g_clear_error (&error);
  g_assert_false (listen_to (wrong, NULL, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_DENIED);
  g_assert_cmpuint (fixture->n_requests, ==, n_requests); /* nor has it seen the token */
}

static void
test_pinned (Fixture *fixture, gconstpointer data)
{
  GTlsDatabase *before;

  assert_pinned (fixture);
  before = trust_all ();
  assert_pinned (fixture);
  trust_again (before);
}

static void
test_fingerprint (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *stranger = fetch_fingerprint (fixture->url, NULL, &error);
  g_autofree char *trusted = NULL;
  g_autofree char *known = NULL;
  g_autoptr (ScClient) client = new_client (fixture, fixture->fingerprint);
  g_autoptr (ScJson) answer = NULL;
  GTlsDatabase *before;

  g_assert_no_error (error);
  g_assert_cmpstr (stranger, ==, fixture->fingerprint);
  before = trust_all ();
  trusted = fetch_fingerprint (fixture->url, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (trusted, ==, fixture->fingerprint);
  g_assert_cmpuint (fixture->n_requests, ==, 0); /* nothing is told to whoever that is */
  trust_again (before);

  /* nor does it matter that we have spoken with each other before */
  answer = ask (client, &error);
  g_assert_no_error (error);
  known = fetch_fingerprint (fixture->url, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (known, ==, fixture->fingerprint);
}

static void
test_redirect (Fixture *fixture, gconstpointer data)
{
  Fixture elsewhere = { 0 };
  g_autoptr (ScClient) client = new_client (fixture, fixture->fingerprint);
  g_autoptr (GError) error = NULL;
  g_autofree char *there = NULL;
  GTlsDatabase *before;

  fixture_set_up (&elsewhere, NULL);
  there = g_strconcat (elsewhere.url, "/v1", NULL);
  fixture->redirect = there;
  before = trust_all ();
  g_assert_null (ask (client, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_SYSTEM);
  g_assert_cmpuint (fixture->n_requests, ==, 1);
  g_assert_cmpuint (elsewhere.n_requests, ==, 0);
  trust_again (before);
  fixture_tear_down (&elsewhere, NULL);
}

static void
count (ScClient *client, gpointer data)
{
  (*(guint *) data)++;
}

static void
count_event (ScClient *client, ScJson *event, gpointer data)
{
  (*(guint *) data)++;
}

static void
run_for (guint milliseconds)
{
  gint64 end = g_get_monotonic_time () + milliseconds * G_TIME_SPAN_MILLISECOND;

  while (g_get_monotonic_time () < end) {
    g_main_context_iteration (NULL, FALSE);
    g_usleep (1000);
  }
}

static void
on_refused (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  soup_server_message_set_status (message, SOUP_STATUS_UNAUTHORIZED, NULL);
}

/* Who is not signed in any more is told so, and does not knock for ever. */
static void
test_listening_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScClient) client = new_client (fixture, fixture->fingerprint);
  g_autoptr (GError) error = NULL;

  soup_server_add_early_handler (fixture->server, "/v1/events", on_refused, NULL, NULL);
  g_assert_false (listen_to (client, NULL, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_DENIED);
  g_assert_nonnull (strstr (error->message, "sign in"));
}

/* The second connection takes the place of the first one, which ends without "closed". */
static void
test_listens_twice (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScClient) client = new_client (fixture, fixture->fingerprint);
  g_autoptr (GError) error = NULL;
  guint n_events = 0;
  guint n_closed = 0;

  g_signal_connect (client, "event", G_CALLBACK (count_event), &n_events);
  g_signal_connect (client, "closed", G_CALLBACK (count), &n_closed);
  g_assert_true (listen_to (client, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (listen_to (client, NULL, &error));
  g_assert_no_error (error);
  while (fixture->listeners->len < 2 ||
         soup_websocket_connection_get_state (g_ptr_array_index (fixture->listeners, 0)) == SOUP_WEBSOCKET_STATE_OPEN)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (n_closed, ==, 0);
  soup_websocket_connection_send_text (g_ptr_array_index (fixture->listeners, 1), "{\"type\":\"x\"}");
  while (n_events == 0)
    g_main_context_iteration (NULL, TRUE);
  soup_websocket_connection_close (g_ptr_array_index (fixture->listeners, 1), SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  while (n_closed == 0)
    g_main_context_iteration (NULL, TRUE);
  run_for (50);
  g_assert_cmpuint (n_events, ==, 1);
  g_assert_cmpuint (n_closed, ==, 1);
}

typedef struct {
  gboolean done, listens;
  GError *error;
} Listening;

static void
on_listening (GObject *source, GAsyncResult *result, gpointer data)
{
  Listening *listening = data;

  listening->done = TRUE;
  listening->listens = sc_client_listen_finish (SC_CLIENT (source), result, &listening->error);
}

static void
tell_all (GPtrArray *listeners)
{
  for (guint i = 0; i < listeners->len; i++) {
    SoupWebsocketConnection *listener = g_ptr_array_index (listeners, i);

    if (soup_websocket_connection_get_state (listener) == SOUP_WEBSOCKET_STATE_OPEN)
      soup_websocket_connection_send_text (listener, "{\"type\":\"x\"}");
  }
}

/* Whenever it is cancelled, there is no connection afterwards that tells events. */
static void
test_cancelled_listening (Fixture *fixture, gconstpointer data)
{
  guint n_cancelled = 0;

  for (guint turns = 0; turns < 36; turns += 3) {
    g_autoptr (ScClient) client = new_client (fixture, fixture->fingerprint);
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    Listening listening = { 0 };
    guint n_events = 0;
    guint n_closed = 0;

    g_signal_connect (client, "event", G_CALLBACK (count_event), &n_events);
    g_signal_connect (client, "closed", G_CALLBACK (count), &n_closed);
    sc_client_listen_async (client, cancellable, on_listening, &listening);
    for (guint i = 0; i < turns && !listening.done; i++)
      g_main_context_iteration (NULL, TRUE);
    g_cancellable_cancel (cancellable);
    while (!listening.done)
      g_main_context_iteration (NULL, TRUE);
    while (listening.listens && fixture->listeners->len == 0)
      g_main_context_iteration (NULL, TRUE);
    run_for (5);
    tell_all (fixture->listeners);
    while (listening.listens && n_events == 0)
      g_main_context_iteration (NULL, TRUE);
    run_for (5);
    g_assert_cmpuint (n_events, ==, listening.listens ? 1 : 0);
    g_assert_cmpuint (n_closed, ==, 0);
    if (!listening.listens)
      g_assert_error (listening.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    n_cancelled += !listening.listens;
    g_clear_error (&listening.error);
    g_ptr_array_set_size (fixture->listeners, 0);
  }
  g_assert_cmpuint (n_cancelled, >, 0);
}

static gboolean
stay (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* One that never comes to reading the events does not gather them for ever: it has to ask for everything anew. */
static void
test_slow_reader (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScClient) client = new_client (fixture, fixture->fingerprint);
  g_autofree char *filler = g_strnfill (1024 * 1024, 'x');
  g_autofree char *text = g_strdup_printf ("{\"type\":\"x\",\"text\":\"%s\"}", filler);
  g_autoptr (GError) error = NULL;
  guint busy = g_idle_add_full (G_PRIORITY_DEFAULT, stay, NULL, NULL);
  guint n_events = 0;
  guint n_closed = 0;

  g_signal_connect (client, "event", G_CALLBACK (count_event), &n_events);
  g_signal_connect (client, "closed", G_CALLBACK (count), &n_closed);
  g_assert_true (listen_to (client, NULL, &error));
  g_assert_no_error (error);
  while (fixture->listeners->len == 0)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < 40; i++)
    soup_websocket_connection_send_text (g_ptr_array_index (fixture->listeners, 0), text);
  while (n_closed == 0)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (busy);
  run_for (50);
  g_assert_cmpuint (n_events, ==, 0);
  g_assert_cmpuint (n_closed, ==, 1);
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer data)
{
  g_ptr_array_add (data, g_object_ref (connection));
  return TRUE;
}

/* One that takes connections and never says a word, and one that speaks another language. */
static void
test_fingerprint_of_a_mute (void)
{
  g_autoptr (GSocketService) service = g_socket_service_new ();
  g_autoptr (GPtrArray) connections = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  guint16 port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (service), NULL, &error);
  g_autofree char *url = g_strdup_printf ("https://127.0.0.1:%u", port);

  g_assert_no_error (error);
  g_signal_connect (service, "incoming", G_CALLBACK (on_incoming), connections);
  sc_client_fetch_fingerprint_async (url, cancellable, take_result, &result);
  while (connections->len == 0)
    g_main_context_iteration (NULL, TRUE);
  run_for (50);
  g_assert_null (result);
  g_cancellable_cancel (cancellable);
  g_assert_null (sc_client_fetch_fingerprint_finish (wait_for (&result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_clear_object (&result);

  g_ptr_array_set_size (connections, 0);
  sc_client_fetch_fingerprint_async (url, NULL, take_result, &result);
  while (connections->len == 0)
    g_main_context_iteration (NULL, TRUE);
  g_output_stream_write_all (g_io_stream_get_output_stream (g_ptr_array_index (connections, 0)),
                             "HTTP/1.1 200 OK\r\n\r\n", 19, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (sc_client_fetch_fingerprint_finish (wait_for (&result), &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_UNREACHABLE);
  g_socket_service_stop (service);
}

static void
test_fingerprint_of_no_console (void)
{
  static const char *const urls[] = { "", "lab", "https://", "https://a b", "http://127.0.0.1:1", "ftp://127.0.0.1" };

  for (guint i = 0; i < G_N_ELEMENTS (urls); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (fetch_fingerprint (urls[i], NULL, &error));
    g_assert_true (error != NULL && error->domain == SC_ERROR);
  }
}

/* Each place that was looked at is told. */
static void
test_no_connection_file (void)
{
  g_autofree char *own = sc_connection_file_get_own ();
  g_autofree char *engine = sc_connection_file_get_engine_directory ();
  g_autofree char *console = sc_system_get_console_directory ();
  g_autoptr (GError) error = NULL;
  g_autofree char *found = sc_connection_file_find (&error);

  if (found != NULL) {
    g_test_skip ("there is a connection file on this machine");
    return;
  }
  g_assert_error (error, SC_ERROR, SC_ERROR_UNREACHABLE);
  g_assert_nonnull (strstr (error->message, own));
  g_assert_nonnull (strstr (error->message, console));
  g_assert_nonnull (strstr (error->message, engine));
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_unsetenv ("SEATCAST_CONNECTION");
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  ADD ("/client/pinned", test_pinned);
  ADD ("/client/redirect", test_redirect);
  ADD ("/client/listening-refused", test_listening_refused);
  ADD ("/client/listens-twice", test_listens_twice);
  ADD ("/client/cancelled-listening", test_cancelled_listening);
  ADD ("/client/slow-reader", test_slow_reader);
  ADD ("/client/fingerprint/of-anybody", test_fingerprint);
  g_test_add_func ("/client/fingerprint/of-a-mute", test_fingerprint_of_a_mute);
  g_test_add_func ("/client/no-connection-file", test_no_connection_file);
  g_test_add_func ("/client/fingerprint/of-no-console", test_fingerprint_of_no_console);
  return g_test_run ();
}
