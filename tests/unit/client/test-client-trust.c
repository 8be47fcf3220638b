/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "common/trust/sc-certificate.h"
#include "console/client/sc-client.h"
#include "console/client/sc-connection-file.h"
#include "tests/unit/tls-server.h"

#include <glib/gstdio.h>
#include <libsoup/soup.h>

/* Whom ScClient trusts and what it tells: a server with a certificate of an authority, on loopback. */

typedef struct {
  ScPrivateKey *key; /* the authority's */
  ScCertificate *authority;
  SoupServer *server;
  TlsServer *tls;
  char *url;
  char *fingerprint;
  guint n_requests;
  char *authorization; /* (nullable) of the last one */
} Fixture;

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  Fixture *fixture = data;
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  fixture->n_requests++;
  g_free (fixture->authorization);
  fixture->authorization = g_strdup (soup_message_headers_get_one (headers, "Authorization"));
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_STATIC, "{}", 2);
}

/* @name: what the certificate is for */
static GTlsCertificate *
issue (Fixture *fixture, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScPrivateKey) key = sc_private_key_new (SC_KEY_P256, &error);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  g_assert_no_error (error);
  g_ptr_array_add (names, (gpointer) name);
  g_autoptr (ScCertificate) certificate = sc_certificate_issue_console (fixture->authority, fixture->key, key, names,
                                                                        g_get_real_time () / G_USEC_PER_SEC, &error);
  g_assert_no_error (error);
  GTlsCertificate *tls = sc_certificate_to_tls (certificate, key, fixture->authority, &error);
  g_assert_no_error (error);
  return tls;
}

static void
fixture_set_up (Fixture *fixture, gconstpointer name)
{
  g_autoptr (GError) error = NULL;

  fixture->key = sc_private_key_new (SC_KEY_P256, &error);
  g_assert_no_error (error);
  fixture->authority =
      sc_certificate_new_authority (fixture->key, "a test", g_get_real_time () / G_USEC_PER_SEC, &error);
  g_assert_no_error (error);
  fixture->fingerprint = sc_certificate_get_fingerprint (fixture->authority);
  g_autoptr (GTlsCertificate) certificate = issue (fixture, name);

  fixture->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (fixture->server, NULL, on_request, fixture, NULL);
  fixture->tls = tls_server_new (fixture->server, certificate);
  fixture->url = tls_server_make_url (fixture->tls);
}

static void
fixture_tear_down (Fixture *fixture, gconstpointer name)
{
  tls_server_free (fixture->tls);
  g_object_unref (fixture->server);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  sc_certificate_free (fixture->authority);
  sc_private_key_free (fixture->key);
  g_free (fixture->url);
  g_free (fixture->fingerprint);
  g_free (fixture->authorization);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
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

/* Returns: whether it was answered */
static gboolean
ask (Fixture *fixture, const char *token, const char *fingerprint, GError **error)
{
  g_autoptr (ScConnection) connection = sc_connection_new (fixture->url, token, fingerprint);
  g_autoptr (ScClient) client = sc_client_new (connection, "test");
  g_autoptr (GAsyncResult) result = NULL;

  sc_client_request_async (client, "GET", "/v1/me", NULL, NULL, on_done, &result);
  g_autoptr (ScJson) answer = sc_client_request_finish (client, wait_for (&result), error);
  return answer != NULL;
}

static void
test_tells_its_token_and_nothing_without_one (Fixture *fixture, gconstpointer name)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (ask (fixture, "mine", fixture->fingerprint, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (fixture->authorization, ==, "Bearer mine");
  g_assert_true (ask (fixture, "", fixture->fingerprint, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (fixture->authorization, ==, NULL);
  g_assert_cmpuint (fixture->n_requests, ==, 2);
}

static void
test_tells_nothing_to_another_authority (Fixture *fixture, gconstpointer name)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (ask (fixture, "mine", "0000000000000000000000000000000000000000000000000000000000000000", &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_DENIED);
  g_assert_null (strstr (error->message, "mine"));
  g_assert_cmpuint (fixture->n_requests, ==, 0);
}

/* A certificate of the right authority, for another machine. */
static void
test_tells_nothing_to_another_host (Fixture *fixture, gconstpointer name)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (ask (fixture, "mine", fixture->fingerprint, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_DENIED);
  g_assert_cmpuint (fixture->n_requests, ==, 0);
}

static void
test_shows_the_authority_and_tells_nothing (Fixture *fixture, gconstpointer name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  sc_client_fetch_fingerprint_async (fixture->url, NULL, on_done, &result);
  g_autofree char *fingerprint = sc_client_fetch_fingerprint_finish (wait_for (&result), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (fingerprint, ==, fixture->fingerprint);
  g_assert_cmpuint (fixture->n_requests, ==, 0);
}

static void
test_knows_an_engines_own_file (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *directory = g_dir_make_tmp ("seatcast-engine-XXXXXX", &error);
  g_assert_no_error (error);
  g_autofree char *connection = g_build_filename (directory, "connection", NULL);
  g_autofree char *catalog = g_build_filename (directory, "catalog.db", NULL);

  g_assert_false (sc_connection_file_is_engines (connection));
  g_assert_true (g_file_set_contents (catalog, "", 0, &error));
  g_assert_true (sc_connection_file_is_engines (connection));
  g_assert_cmpint (g_unlink (catalog), ==, 0);
  g_assert_cmpint (g_rmdir (directory), ==, 0);
}

#define ADD(path, name, func) g_test_add (path, Fixture, name, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/client-trust/token", "127.0.0.1", test_tells_its_token_and_nothing_without_one);
  ADD ("/client-trust/another-authority", "127.0.0.1", test_tells_nothing_to_another_authority);
  ADD ("/client-trust/another-host", "127.0.0.2", test_tells_nothing_to_another_host);
  ADD ("/client-trust/shown", "127.0.0.1", test_shows_the_authority_and_tells_nothing);
  g_test_add_func ("/client-trust/engines-file", test_knows_an_engines_own_file);
  return g_test_run ();
}
