/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-identity.h"

#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <string.h>

#include "common/sc-connection.h"
#include "common/sc-error.h"
#include "test-dir.h"
#include "test-private.h"

#define DIGITS "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static GTlsCertificate *
make_identity (const char *dir)
{
  g_autoptr (GError) error = NULL;
  GTlsCertificate *certificate = sc_identity_load_or_create (dir, &error);
  g_assert_no_error (error);
  return certificate;
}

static char *
make_fingerprint (const char *dir)
{
  g_autoptr (GTlsCertificate) certificate = make_identity (dir);
  return sc_identity_fingerprint (certificate);
}

static void
test_create (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autoptr (GTlsCertificate) certificate = make_identity (dir);
  g_autofree char *key_path = g_build_filename (dir, "console.key", NULL);
  g_autofree char *fingerprint = sc_identity_fingerprint (certificate);
  g_autofree char *again = make_fingerprint (dir);
  g_autofree char *subject = NULL;
  g_autoptr (GDateTime) from = g_tls_certificate_get_not_valid_before (certificate);
  g_autoptr (GDateTime) until = g_tls_certificate_get_not_valid_after (certificate);
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) far = g_date_time_add_years (now, 19);

  g_assert_cmpuint (strlen (fingerprint), ==, 64);
  g_assert_cmpstr (fingerprint, ==, again);
  g_object_get (certificate, "subject-name", &subject, NULL);
  g_assert_cmpstr (subject, ==, "CN=Seatcast console");
  g_assert_cmpint (g_date_time_compare (from, now), <, 0);
  g_assert_cmpint (g_date_time_compare (until, far), >, 0);
  test_private_assert (key_path);
}

static void
test_half (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autofree char *key_path = g_build_filename (dir, "console.key", NULL);
  g_autofree char *certificate_path = g_build_filename (dir, "console.crt", NULL);
  g_autofree char *first = make_fingerprint (dir);
  g_autoptr (GError) error = NULL;

  /* a crash between the two files: the key stays, the certificate is made */
  g_autofree char *key = test_dir_hash (key_path);
  g_assert_cmpint (g_unlink (certificate_path), ==, 0);
  g_autofree char *second = make_fingerprint (dir);
  g_autofree char *same_key = test_dir_hash (key_path);
  g_assert_cmpstr (key, ==, same_key);
  g_assert_cmpstr (first, !=, second);

  g_assert_cmpint (g_unlink (key_path), ==, 0);
  g_autofree char *certificate = test_dir_hash (certificate_path);
  g_assert_null (sc_identity_load_or_create (dir, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "restore it from a backup"));
  g_clear_error (&error);
  g_assert_false (g_file_test (key_path, G_FILE_TEST_EXISTS));
  g_autofree char *same_certificate = test_dir_hash (certificate_path);
  g_assert_cmpstr (certificate, ==, same_certificate);

  test_dir_write (key_path, "rubbish", 7);
  g_assert_null (sc_identity_load_or_create (dir, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_CORRUPT);
}

static void
test_mismatch (void)
{
  test_auto_dir dir = test_dir_make ();
  test_auto_dir other = test_dir_make ();
  g_autofree char *ours = g_build_filename (dir, "console.key", NULL);
  g_autofree char *theirs = g_build_filename (other, "console.key", NULL);
  g_autofree char *first = make_fingerprint (dir);
  g_autofree char *second = make_fingerprint (other);
  g_autoptr (GError) error = NULL;
  g_assert_cmpstr (first, !=, second);
  g_assert_cmpint (g_rename (theirs, ours), ==, 0);
  g_assert_null (sc_identity_load_or_create (dir, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, "same backup"));
}

static void
test_tokens (void)
{
  g_autofree char *a = sc_identity_make_token ();
  g_autofree char *b = sc_identity_make_token ();
  g_assert_cmpuint (strlen (a), ==, 43);
  g_assert_cmpuint (strspn (a, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), ==, 43);
  g_assert_cmpstr (a, !=, b);
  g_assert_true (sc_identity_token_equal (a, a));
  g_assert_false (sc_identity_token_equal (a, b));
  g_assert_false (sc_identity_token_equal ("abc", "ab"));
  g_assert_false (sc_identity_token_equal ("", ""));
  g_assert_false (sc_identity_token_equal (NULL, NULL));
  g_assert_false (sc_identity_token_equal (a, NULL));
}

static void
test_connection_file (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autofree char *path = g_build_filename (dir, "seat.conf", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (ScConnection) connection = sc_connection_new ("https://10.1.0.5:8470/", "t0ken", DIGITS);

  test_dir_write (path, "old", 3); /* made for all to read, and replaced */
  g_assert_true (sc_connection_save (connection, path, &error));
  g_assert_no_error (error);
  test_private_assert (path);
  g_autoptr (ScConnection) loaded = sc_connection_load (path, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (loaded->url, ==, "https://10.1.0.5:8470");
  g_assert_cmpstr (loaded->token, ==, "t0ken");
  g_assert_cmpstr (loaded->fingerprint, ==, DIGITS);

  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_null (sc_connection_load (path, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, path));
  g_clear_error (&error);
  g_assert_null (sc_connection_load (dir, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_SYSTEM);
}

static gboolean
accepted (const char *url, const char *token, const char *fingerprint)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text =
      g_strdup_printf ("[console]\nurl=%s\ntoken=%s\ncertificate-sha256=%s\n", url, token, fingerprint);
  g_autoptr (ScConnection) connection = sc_connection_parse (text, strlen (text), &error);
  if (connection == NULL) {
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
    g_assert_true (token[0] == '\0' || strstr (error->message, token) == NULL);
  }
  return connection != NULL;
}

static void
test_connection_rules (void)
{
  static const char *const bad_urls[] = {
    "",
    "http://h:1",
    "https://",
    "https:///x",
    "https://h/path",
    "https://u:p@h",
    "https://h?q",
    "https://h#f",
    "https://h:99999",
    "h:8470",
    "https://h:0",
  };
  g_autoptr (GError) error = NULL;
  g_autofree char *long_token = g_strnfill (257, 'x');
  g_autofree char *long_text = g_strnfill (20000, '#');
  g_assert_true (accepted ("https://h", "s3cret", DIGITS));
  g_assert_true (accepted ("https://[::1]:8470", "s3cret", DIGITS));
  g_assert_true (
      accepted ("https://h//", "s3cret", "ABCDEF6789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"));
  for (guint i = 0; i < G_N_ELEMENTS (bad_urls); i++)
    g_assert_false (accepted (bad_urls[i], "s3cret", DIGITS));
  g_assert_false (accepted ("https://h", "", DIGITS));
  g_assert_false (accepted ("https://h", "two words", DIGITS));
  g_assert_false (accepted ("https://h", long_token, DIGITS));
  g_assert_false (accepted ("https://h", "s3cret", DIGITS "0"));
  g_assert_false (accepted ("https://h", "s3cret", "abc"));
  g_assert_true (accepted ("https://h", "back\\qslash", DIGITS));
  g_assert_null (sc_connection_parse ("[console]\n", 10, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (sc_connection_parse (long_text, 20000, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_clear_error (&error);

  g_autoptr (ScConnection) wrong = sc_connection_new ("http://h", "t", DIGITS);
  g_assert_false (sc_connection_save (wrong, "/nonexistent/never-written", &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
}

static void
handle_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, "text/plain", SOUP_MEMORY_STATIC, "hello", 5);
}

static gboolean
check_certificate (SoupMessage *message, GTlsCertificate *certificate, GTlsCertificateFlags flags, gpointer user_data)
{
  return sc_connection_accepts (user_data, certificate);
}

typedef struct {
  GMainLoop *loop;
  GBytes *body;
  GError *error;
} Reply;

static void
on_reply (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Reply *reply = user_data;
  reply->body = soup_session_send_and_read_finish (SOUP_SESSION (source), result, &reply->error);
  g_main_loop_quit (reply->loop);
}

/* A request by a client that pins what @connection says. Returns: the body, or %NULL with @error */
static GBytes *
request (const ScConnection *connection, GError **error)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  /* a seat reaches its console directly, and a proxy's resolver would keep threads */
  g_autoptr (SoupSession) session = soup_session_new_with_options ("proxy-resolver", NULL, NULL);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", connection->url);
  Reply reply = { .loop = loop };
  g_signal_connect (message, "accept-certificate", G_CALLBACK (check_certificate), (gpointer) connection);
  soup_session_send_and_read_async (session, message, G_PRIORITY_DEFAULT, NULL, on_reply, &reply);
  g_main_loop_run (loop);
  if (reply.error != NULL)
    g_propagate_error (error, reply.error);
  return reply.body;
}

static void
test_pinning (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autoptr (GTlsCertificate) certificate = make_identity (dir);
  g_autofree char *fingerprint = sc_identity_fingerprint (certificate);
  g_autoptr (SoupServer) server = soup_server_new ("tls-certificate", certificate, NULL);
  g_autoptr (GError) error = NULL;
  soup_server_add_handler (server, NULL, handle_request, NULL, NULL);
  soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_HTTPS | SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  GSList *uris = soup_server_get_uris (server);
  g_autofree char *url = g_uri_to_string (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);

  g_autofree char *other = g_strdup (fingerprint);
  other[0] = other[0] == '0' ? '1' : '0';
  g_autoptr (ScConnection) wrong = sc_connection_new (url, "token", other);
  g_assert_null (request (wrong, &error));
  g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
  g_clear_error (&error);

  /* afterwards, so that the server also comes to see that the first client went */
  g_autoptr (ScConnection) right = sc_connection_new (url, "token", fingerprint);
  g_autoptr (GBytes) body = request (right, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (body, NULL), g_bytes_get_size (body), "hello", 5);
  soup_server_disconnect (server);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/platform/identity/create", test_create);
  g_test_add_func ("/platform/identity/half", test_half);
  g_test_add_func ("/platform/identity/mismatch", test_mismatch);
  g_test_add_func ("/platform/identity/tokens", test_tokens);
  g_test_add_func ("/platform/identity/pinning", test_pinning);
  g_test_add_func ("/platform/connection/file", test_connection_file);
  g_test_add_func ("/platform/connection/rules", test_connection_rules);
  return g_test_run ();
}
