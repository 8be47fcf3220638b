/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/client/sc-connection-file.h"
#include "console/gui/sc-connector.h"
#include "console/gui/sc-engine-launcher.h"
#include "tests/gui/fake-engine.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define TIMEOUT (60 * G_TIME_SPAN_SECOND)
#define OTHER_FINGERPRINT "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

#define wait_for(condition)                                                                                            \
  do {                                                                                                                 \
    for (gint64 end = g_get_monotonic_time () + TIMEOUT; !(condition);) {                                              \
      g_assert_cmpint (g_get_monotonic_time (), <, end);                                                               \
      if (!g_main_context_iteration (NULL, FALSE))                                                                     \
        g_usleep (1000);                                                                                               \
    }                                                                                                                  \
  } while (FALSE)

/* A console, what connects it, and a directory for an engine of its own. Directories are g_test_init()'s. */
typedef struct {
  char *directory;
  ScConsole *console;
  ScConnector *connector;
  guint n_started;
} Fixture;

static void
on_started (ScConnector *connector, gpointer data)
{
  ((Fixture *) data)->n_started++;
}

static void
make (Fixture *fixture, const ScConnectorConfig *config)
{
  g_clear_object (&fixture->connector);
  g_clear_object (&fixture->console);
  fixture->console = sc_console_new ();
  fixture->connector = sc_connector_new (fixture->console, config);
  fixture->n_started = 0;
  g_signal_connect (fixture->connector, "engine-started", G_CALLBACK (on_started), fixture);
  sc_connector_start (fixture->connector);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->directory = sc_connection_file_get_engine_directory ();
}

/* The process of the engine in the directory. */
static GPid
engine_of (Fixture *fixture)
{
  g_autofree char *path = g_build_filename (fixture->directory, "lock.process", NULL);
  g_autofree char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) ? (GPid) g_ascii_strtoull (text, NULL, 10) : 0;
}

static void
end_engine (Fixture *fixture)
{
  GPid engine = engine_of (fixture);

  if (engine == 0 || kill (engine, SIGTERM) != 0)
    return;
  wait_for (kill (engine, 0) != 0);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->connector);
  g_clear_object (&fixture->console);
  end_engine (fixture);
  g_free (fixture->directory);
}

static ScConnectorConfig
own_engine (void)
{
  return (ScConnectorConfig){ .listen = "127.0.0.1:0" };
}

static char *
save (const ScConnection *connection)
{
  g_autoptr (GError) error = NULL;
  char *path = g_build_filename (g_get_user_data_dir (), "named", NULL);

  g_assert_cmpint (g_mkdir_with_parents (g_get_user_data_dir (), 0700), ==, 0);
  g_assert_true (sc_connection_save (connection, path, &error));
  g_assert_no_error (error);
  return path;
}

/* A URL of this machine where nobody listens. */
static char *
silent_url (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);

  return g_strdup_printf ("https://127.0.0.1:%u", port);
}

static ScConsoleState
state_of (Fixture *fixture)
{
  return sc_console_get_state (fixture->console);
}

static gboolean
connected (Fixture *fixture)
{
  return state_of (fixture) == SC_CONSOLE_CONNECTED;
}

static gboolean
needs_no_connection_file (void)
{
  g_autofree char *found = sc_connection_file_find (NULL);

  if (found == NULL)
    return TRUE;
  g_test_skip ("there is a connection file on this machine");
  return FALSE;
}

static void
test_start_engine (Fixture *fixture, gconstpointer data)
{
  ScConnectorConfig config = own_engine ();
  g_autofree char *log = NULL;
  g_autofree char *text = NULL;
  g_autofree char *found = NULL;
  g_autofree char *file = g_build_filename (fixture->directory, "connection", NULL);
  GStatBuf status;

  if (!needs_no_connection_file ())
    return;
  make (fixture, &config);
  g_assert_cmpint (sc_connector_get_state (fixture->connector), ==, SC_CONNECTOR_STARTING);
  wait_for (connected (fixture));
  g_assert_cmpuint (fixture->n_started, ==, 1);
  g_assert_cmpint (sc_connector_get_state (fixture->connector), ==, SC_CONNECTOR_IDLE);
  log = sc_connector_get_log (fixture->connector);
  g_assert_true (g_file_get_contents (log, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "listening on"));
  g_assert_cmpint (g_stat (fixture->directory, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0700);

  /* the CLI finds it, too */
  found = sc_connection_file_find (NULL);
  g_assert_cmpstr (found, ==, file);

  /* it outlives who has started it, and is found by who comes next */
  make (fixture, &config);
  wait_for (connected (fixture));
  g_assert_cmpuint (fixture->n_started, ==, 0);
  g_assert_null (sc_connector_get_log (fixture->connector));
  g_assert_cmpint (getsid (engine_of (fixture)), ==, engine_of (fixture));
}

static void
test_start_again (Fixture *fixture, gconstpointer data)
{
  ScConnectorConfig config = own_engine ();
  g_autofree char *file = g_build_filename (fixture->directory, "connection", NULL);
  g_autofree char *old_log = g_build_filename (fixture->directory, "log.old", NULL);
  g_autoptr (ScConnection) copy = NULL;
  g_autofree char *named = NULL;

  config.connection_file = file;
  make (fixture, &config);
  g_assert_cmpint (sc_connector_get_state (fixture->connector), ==, SC_CONNECTOR_FAILED);
  g_assert_nonnull (strstr (sc_connector_get_error (fixture->connector)->message, file));
  sc_connector_start_engine (fixture->connector);
  wait_for (connected (fixture));
  end_engine (fixture);
  wait_for (state_of (fixture) == SC_CONSOLE_LOST);

  /* a copy of its connection file names it just as well */
  copy = sc_connection_load (file, NULL);
  named = save (copy);
  config.connection_file = named;
  make (fixture, &config);
  wait_for (fixture->n_started == 1);
  wait_for (connected (fixture));
  g_assert_true (g_file_test (old_log, G_FILE_TEST_EXISTS));
}

static void
test_failed_engine (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  g_autofree char *listen = g_strdup_printf ("127.0.0.1:%u", port);
  ScConnectorConfig config = own_engine ();

  if (!needs_no_connection_file ())
    return;
  config.listen = listen;
  make (fixture, &config);
  wait_for (sc_connector_get_state (fixture->connector) == SC_CONNECTOR_FAILED);
  g_assert_true (g_str_has_prefix (sc_connector_get_error (fixture->connector)->message, "port "));
  g_assert_cmpint (state_of (fixture), ==, SC_CONSOLE_IDLE);

  config.program = "/nowhere/seatcast-consoled";
  make (fixture, &config);
  g_assert_cmpint (sc_connector_get_state (fixture->connector), ==, SC_CONNECTOR_STARTING);
  wait_for (sc_connector_get_state (fixture->connector) == SC_CONNECTOR_FAILED);
  g_assert_nonnull (strstr (sc_connector_get_error (fixture->connector)->message, "/nowhere/"));
}

static void
test_foreign_engine (Fixture *fixture, gconstpointer data)
{
  g_autofree char *url = silent_url ();
  g_autoptr (ScConnection) connection = sc_connection_new (url, "token", OTHER_FINGERPRINT);
  g_autofree char *file = save (connection);
  ScConnectorConfig config = own_engine ();

  config.connection_file = file;
  make (fixture, &config);
  wait_for (state_of (fixture) == SC_CONSOLE_LOST);
  g_assert_true (sc_connector_is_local_engine_down (fixture->connector));
  g_assert_cmpuint (fixture->n_started, ==, 0);
  g_assert_cmpint (engine_of (fixture), ==, 0);

  sc_connector_start_engine (fixture->connector);
  wait_for (connected (fixture));
  g_assert_cmpuint (fixture->n_started, ==, 1);
  g_assert_false (sc_connector_is_local_engine_down (fixture->connector));
}

static void
test_url (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FakeEngine) engine = fake_engine_new ();
  const ScConnection *connection = fake_engine_get_connection (engine);
  g_autoptr (ScConnection) changed = sc_connection_new (connection->url, connection->token, OTHER_FINGERPRINT);
  g_autofree char *path = sc_connection_file_for_url (connection->url);
  g_autofree char *directory = g_path_get_dirname (path);
  ScConnectorConfig config = { .url = connection->url };

  make (fixture, &config);
  g_assert_cmpint (sc_connector_get_state (fixture->connector), ==, SC_CONNECTOR_UNKNOWN);
  g_assert_cmpstr (sc_connector_get_url (fixture->connector), ==, connection->url);
  g_assert_cmpuint (fake_engine_count (engine, "GET", "/"), ==, 0);
  sc_connector_connect (fixture->connector, connection);
  wait_for (connected (fixture));

  g_assert_cmpint (g_mkdir_with_parents (directory, 0700), ==, 0);
  g_assert_true (sc_connection_save (connection, path, NULL));
  make (fixture, &config);
  wait_for (connected (fixture));

  g_assert_true (sc_connection_save (changed, path, NULL));
  make (fixture, &config);
  wait_for (state_of (fixture) == SC_CONSOLE_REFUSED);
  g_assert_error (sc_console_get_error (fixture->console), SC_ERROR, SC_ERROR_DENIED);
}

static void
test_find_program (void)
{
  g_autofree char *engine = g_strdup (g_getenv ("SEATCAST_CONSOLED"));
  g_autofree char *found = sc_engine_launcher_find (NULL);

  g_assert_cmpstr (found, ==, engine);
}

static void
test_url_of_text (void)
{
  static const struct {
    const char *text;
    const char *url; /* NULL: none */
  } cases[] = {
    { "https://lab:8470", "https://lab:8470" },
    { " https://lab:8470/ ", "https://lab:8470" },
    { "lab", "https://lab:8470" },
    { "10.1.0.5:9000", "https://10.1.0.5:9000" },
    { "https://[fd00::1]", "https://[fd00::1]:8470" },
    { "", NULL },
    { "https://", NULL },
    { "http://lab:8470", NULL },
    { "https://lab/path", NULL },
    { "two words", NULL },
    { "lab:port", NULL },
    { "somebody@lab", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *url = sc_connector_url_of_text (cases[i].text);

    g_assert_cmpstr (url, ==, cases[i].url);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_unsetenv ("SEATCAST_CONNECTION");
  g_assert_nonnull (g_getenv ("SEATCAST_CONSOLED"));
  g_test_add_func ("/connector/find-program", test_find_program);
  g_test_add_func ("/connector/url-of-text", test_url_of_text);
  g_test_add ("/connector/start-engine", Fixture, NULL, set_up, test_start_engine, tear_down);
  g_test_add ("/connector/start-again", Fixture, NULL, set_up, test_start_again, tear_down);
  g_test_add ("/connector/failed-engine", Fixture, NULL, set_up, test_failed_engine, tear_down);
  g_test_add ("/connector/foreign-engine", Fixture, NULL, set_up, test_foreign_engine, tear_down);
  g_test_add ("/connector/url", Fixture, NULL, set_up, test_url, tear_down);
  return g_test_run ();
}
