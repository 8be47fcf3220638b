/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-system.h"
#include "common/sc-connection.h"
#include "common/sc-error.h"
#include "console/engine/sc-engine.h"
#include "console/engine/trust/sc-authority.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
  char *directory;
  ScEngineConfig config;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->directory = g_dir_make_tmp ("seatcast-engine-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->config = (ScEngineConfig){
    .directory = fixture->directory,
    .listen = "127.0.0.1:0",
    .sessions = { .group = (char *) "239.192.77.0", .port = 28471, .rate_cap = 1000000, .mtu = 1500 },
  };
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name = NULL;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    if (g_file_test (child, G_FILE_TEST_IS_DIR))
      remove_tree (child);
    else
      g_assert_cmpint (g_unlink (child), ==, 0);
  }
  g_assert_cmpint (g_rmdir (path), ==, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  remove_tree (fixture->directory);
  g_free (fixture->directory);
}

static ScConnection *
start_and_stop (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScEngine) engine = sc_engine_start (&fixture->config, &error);
  ScConnection *connection = NULL;

  g_assert_no_error (error);
  connection = sc_connection_load (sc_engine_get_connection_path (engine), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (connection->url, ==, sc_engine_get_url (engine));
  return connection;
}

/* Seats keep the token and the fingerprint that they were given: both outlive a restart. */
static void
test_restart (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScConnection) first = start_and_stop (fixture);
  g_autoptr (ScConnection) second = NULL;

  g_assert_true (g_str_has_prefix (first->url, "https://127.0.0.1:"));
  g_assert_cmpuint (strlen (first->token), >=, 43);
  fixture->config.url = "https://console.lab.example:8470";
  second = start_and_stop (fixture);
  g_assert_cmpstr (second->url, ==, "https://console.lab.example:8470");
  g_assert_cmpstr (second->token, ==, first->token);
  g_assert_cmpstr (second->fingerprint, ==, first->fingerprint);
}

static void
test_any_address (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScConnection) connection = NULL;

  fixture->config.listen = "0.0.0.0:0";
  connection = start_and_stop (fixture);
  g_assert_null (strstr (connection->url, "0.0.0.0")); /* no seat could reach that */
  g_assert_true (g_str_has_prefix (connection->url, "https://"));
}

static void
assert_refused (const ScEngineConfig *config, ScError code, const char *named)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScEngine) engine = sc_engine_start (config, &error);

  g_assert_null (engine);
  g_assert_error (error, SC_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, named));
}

static void
test_second_engine (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScEngine) engine = sc_engine_start (&fixture->config, &error);

  g_assert_no_error (error);
  assert_refused (&fixture->config, SC_ERROR_BUSY, fixture->directory);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  static const char *const unsound[] = { "127.0.0.1", "somewhere:80", "127.0.0.1:99999", ":8470", "", "127.0.0.1:x" };
  g_autofree char *connection = g_build_filename (fixture->directory, "connection", NULL);
  g_autofree char *catalog = g_build_filename (fixture->directory, "catalog.db", NULL);
  g_autofree char *noise = g_strnfill (8192, 'n');
  g_autofree char *left = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (unsound); i++) {
    fixture->config.listen = unsound[i];
    assert_refused (&fixture->config, SC_ERROR_INVALID, "ADDRESS:PORT");
  }
  fixture->config.listen = "127.0.0.1:0";

  /* a token that cannot be read is not replaced in silence: every seat would be locked out */
  g_assert_true (g_file_set_contents (connection, "[console]\nurl=https://x:1\n", -1, NULL));
  assert_refused (&fixture->config, SC_ERROR_INVALID, connection);
  g_assert_true (g_file_get_contents (connection, &left, NULL, NULL));
  g_assert_cmpstr (left, ==, "[console]\nurl=https://x:1\n");
  g_assert_cmpint (g_unlink (connection), ==, 0);

  g_assert_true (g_file_set_contents (catalog, noise, 8192, NULL));
  assert_refused (&fixture->config, SC_ERROR_CORRUPT, catalog);
}

static ScCertificate *
load_console_certificate (Fixture *fixture)
{
  g_autofree char *path = g_build_filename (fixture->directory, SC_AUTHORITY_FOLDER, "console.crt", NULL);
  g_autoptr (GError) error = NULL;
  ScCertificate *certificate = sc_certificate_load (path, &error);

  g_assert_no_error (error);
  return certificate;
}

/* All by which it can be reached, and what it is told. */
static void
test_names (Fixture *fixture, gconstpointer data)
{
  static const char *const more[] = { "console.lab.example", "10.99.0.1", NULL };
  static const char *const wanted[] = { "console.lab.example", "10.99.0.1", "lab.example",
                                        "localhost",           "127.0.0.1", "::1" };
  g_autoptr (ScConnection) connection = NULL;
  g_autoptr (ScCertificate) certificate = NULL;
  g_autoptr (GPtrArray) names = NULL;
  g_autofree char *host_name = sc_system_get_host_name ();
  g_autofree char *own = sc_certificate_normalize_name (host_name);

  fixture->config.names = more;
  fixture->config.url = "https://lab.example:8470";
  connection = start_and_stop (fixture);
  certificate = load_console_certificate (fixture);
  names = sc_certificate_get_names (certificate);
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    g_assert_true (g_ptr_array_find_with_equal_func (names, wanted[i], g_str_equal, NULL));
  g_assert_true (g_ptr_array_find_with_equal_func (names, own, g_str_equal, NULL));
}

/* It is not replaced in silence: every seat would be locked out. */
static void
test_lost_authority (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScConnection) first = start_and_stop (fixture);
  g_autoptr (ScConnection) second = NULL;
  g_autofree char *connection = g_build_filename (fixture->directory, "connection", NULL);
  g_autofree char *folder = g_build_filename (fixture->directory, SC_AUTHORITY_FOLDER, NULL);

  remove_tree (folder);
  assert_refused (&fixture->config, SC_ERROR_NOT_FOUND, folder);
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_unlink (connection), ==, 0);
  second = start_and_stop (fixture);
  g_assert_cmpstr (first->fingerprint, !=, second->fingerprint);
}

/* Of an engine that had no authority: there is nobody who needs its token. */
static void
test_former_connection (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->directory, "connection", NULL);
  g_autoptr (ScConnection) connection = NULL;

  g_assert_true (g_file_set_contents (path,
                                      "[console]\nurl=https://h:1\ntoken=old\ncertificate-sha256="
                                      "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n",
                                      -1, NULL));
  connection = start_and_stop (fixture);
  g_assert_cmpstr (connection->token, !=, "old");
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/engine/restart", test_restart);
  ADD ("/engine/any-address", test_any_address);
  ADD ("/engine/second-engine", test_second_engine);
  ADD ("/engine/refused", test_refused);
  ADD ("/engine/names", test_names);
  ADD ("/engine/lost-authority", test_lost_authority);
  ADD ("/engine/former-connection", test_former_connection);
  return g_test_run ();
}
