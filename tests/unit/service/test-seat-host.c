/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A seat whose settings come, change and go while it runs. */
#include "common/sc-error.h"
#include "sc-test-service.h"
#include "service/sc-seat-host.h"

#include <glib/gstdio.h>

#define WHERE "set them there"

typedef struct {
  ScTestService seat;
  char *connection; /* path of the file */
  GHashTable *local, *policy;
  GSource *watch; /* (nullable): the host's */
  ScSeatHost *host;
  guint n_reads;
  GError *ended;
} Fixture;

static char *
get (const char *name, gboolean policy, gpointer user_data)
{
  Fixture *f = user_data;
  const char *text = g_hash_table_lookup (f->policy, name);

  if (text == NULL && !policy)
    text = g_hash_table_lookup (f->local, name);
  return g_strdup (text);
}

static ScSeatSettings *
read_settings (gpointer user_data, GError **error)
{
  Fixture *f = user_data;
  const ScSeatSettingsSource source = { get, f, WHERE, "POLICY", "LOCAL" };
  const ScServiceOptions options = { .connection = f->connection, .state = f->seat.state };

  f->n_reads++;
  return sc_seat_settings_read (&source, &options, error);
}

static gboolean
never (GSource *source, GSourceFunc callback, gpointer user_data)
{
  g_source_set_ready_time (source, -1);
  return callback (user_data);
}

static GSource *
watch (gpointer user_data)
{
  static GSourceFuncs funcs = { NULL, NULL, never, NULL, NULL, NULL };
  Fixture *f = user_data;

  f->watch = g_source_new (&funcs, sizeof (GSource));
  return g_source_ref (f->watch);
}

static void
on_ended (const GError *error, gpointer user_data)
{
  Fixture *f = user_data;

  g_assert_null (f->ended);
  f->ended = g_error_copy (error);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  const ScSeatHostWorld world = { read_settings, watch, on_ended, f };

  sc_test_service_set_up (&f->seat, data);
  f->connection = g_build_filename (f->seat.root, "connection", NULL);
  f->local = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  f->policy = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  f->host = sc_seat_host_new (&world, 1);
}

static gboolean
set_done (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
quit (Fixture *f)
{
  gboolean stopped = FALSE;

  sc_seat_host_quit (f->host, set_done, &stopped);
  sc_test_run_until (&stopped);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_pointer (&f->host, sc_seat_host_free);
  g_clear_pointer (&f->watch, g_source_unref);
  g_clear_error (&f->ended);
  g_hash_table_unref (f->local);
  g_hash_table_unref (f->policy);
  sc_test_service_tear_down (&f->seat, data);
  g_free (f->connection);
}

static void
set (GHashTable *table, const char *name, const char *value)
{
  g_hash_table_insert (table, g_strdup (name), g_strdup (value));
}

static void
set_all (Fixture *f, GHashTable *table)
{
  const ScConnection *connection = f->seat.console.connection;

  set (table, SC_SETTING_CONSOLE, connection->url);
  set (table, SC_SETTING_TOKEN, connection->token);
  set (table, SC_SETTING_FINGERPRINT, connection->fingerprint);
  set (table, SC_SETTING_TEMPLATES, f->seat.repository);
}

static void
save_connection (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  sc_connection_save (f->seat.console.connection, f->connection, &error);
  g_assert_no_error (error);
}

static void
tell_change (Fixture *f)
{
  g_source_set_ready_time (f->watch, 0);
}

static void
start (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  sc_seat_host_start (f->host, &error);
  g_assert_no_error (error);
}

/* Not g_test_expect_message(): what an inspection of the volume has found may be told in between. */
static const char *awaited;
static guint told; /* how often */

static gboolean
is_awaited (GLogLevelFlags level, const char *text)
{
  return awaited != NULL && (level & G_LOG_LEVEL_WARNING) != 0 && g_pattern_match_simple (awaited, text);
}

static gboolean
is_fatal (const char *domain, GLogLevelFlags level, const char *text, gpointer user_data)
{
  return !is_awaited (level, text);
}

static void
on_log (const char *domain, GLogLevelFlags level, const char *text, gpointer user_data)
{
  if (is_awaited (level, text))
    told++;
  else
    g_log_default_handler (domain, level, text, user_data);
}

static void
expect_waiting (const char *pattern)
{
  awaited = pattern;
  told = 0;
  g_test_log_set_fatal_handler (is_fatal, NULL);
  g_log_set_default_handler (on_log, NULL);
}

static void
assert_told (void)
{
  g_assert_cmpuint (told, ==, 1);
  awaited = NULL;
}

/* The name in the next inventory that the console gets. */
static void
assert_seen_as (Fixture *f, const char *name)
{
  g_autoptr (ScControlMessage) inventory = sc_test_service_wait_for (&f->seat, SC_CONTROL_INVENTORY);

  g_assert_cmpstr (inventory->inventory->name, ==, name);
}

/* After inventories of a service that was before. */
static void
wait_to_be_seen_as (Fixture *f, const char *name)
{
  g_autoptr (ScControlMessage) seen = NULL;

  do {
    g_clear_pointer (&seen, sc_control_message_free);
    seen = sc_test_service_wait_for (&f->seat, SC_CONTROL_INVENTORY);
  } while (!g_str_equal (seen->inventory->name, name));
}

/* ---- where settings come from ---- */

static void
test_missing (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (read_settings (f, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_assert_cmpstr (error->message, ==, "Settings are missing (Console, Token, CAFingerprint, Templates): " WHERE);
  g_clear_error (&error);
  set_all (f, f->local); /* of which the token does not count: everybody may read it there */
  g_assert_null (read_settings (f, &error));
  g_assert_cmpstr (error->message, ==, "Settings are missing (Token): " WHERE);
}

static void
test_order (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  set_all (f, f->local);
  set (f->local, SC_SETTING_CONSOLE, "https://local:1");
  set (f->local, "Room", "local");
  set (f->local, "Reserve", "1G");
  save_connection (f);
  g_autoptr (ScSeatSettings) of_file = read_settings (f, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (of_file->connection->url, ==, f->seat.console.connection->url);
  g_assert_cmpstr (of_file->connection->token, ==, f->seat.console.connection->token);
  g_assert_cmpstr (of_file->options.room, ==, "local");
  g_assert_cmpstr (of_file->options.reserve, ==, "1G");
  g_assert_cmpstr (of_file->options.state, ==, f->seat.state);

  set (f->policy, SC_SETTING_CONSOLE, "https://policy:1/");
  set (f->policy, SC_SETTING_TOKEN, "of-policy");
  set (f->policy, "Room", "policy");
  g_autoptr (ScSeatSettings) of_policy = read_settings (f, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (of_policy->connection->url, ==, "https://policy:1");
  g_assert_cmpstr (of_policy->connection->token, ==, "of-policy");
  g_assert_cmpstr (of_policy->connection->fingerprint, ==, f->seat.console.connection->fingerprint);
  g_assert_cmpstr (of_policy->options.room, ==, "policy");
  g_assert_false (sc_seat_settings_equal (of_file, of_policy));
  g_autoptr (ScSeatSettings) again = read_settings (f, &error);
  g_assert_true (sc_seat_settings_equal (again, of_policy));
}

static void
test_wrong (Fixture *f, gconstpointer data)
{
  static const struct {
    const char *name, *value;
  } wrong[] = { { SC_SETTING_CONSOLE, "http://plain:1" },
                { SC_SETTING_TOKEN, "two words" },
                { SC_SETTING_FINGERPRINT, "12" },
                { "Reserve", "much" },
                { "UndoBudget", "-1" },
                { "Interface", "eth0" },
                { "Name", "two\nlines" },
                { "AcceptVolume", "everything" } };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;

    g_hash_table_remove_all (f->policy);
    set_all (f, f->policy);
    set (f->policy, wrong[i].name, wrong[i].value);
    g_assert_null (read_settings (f, &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
    g_assert_null (strstr (error->message, "two words"));
    g_autofree char *named = g_strconcat (wrong[i].name, " (POLICY) ", NULL);
    g_assert_true (g_str_has_prefix (error->message, named));
  }
}

/* The place that a wrong value is said to be in is the one that it was taken from. */
static void
test_wrong_place (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  set_all (f, f->policy);
  set (f->local, "Reserve", "much");
  g_assert_null (read_settings (f, &error));
  g_assert_true (g_str_has_prefix (error->message, "Reserve (LOCAL) “much” "));
  g_clear_error (&error);
  g_hash_table_remove_all (f->local);
  g_hash_table_remove_all (f->policy);
  save_connection (f);
  set (f->local, SC_SETTING_TEMPLATES, f->seat.repository);
  set (f->policy, SC_SETTING_FINGERPRINT, "12:34");
  g_assert_null (read_settings (f, &error));
  g_assert_cmpstr (error->message, ==, "CAFingerprint (POLICY) “12:34” must be 64 hexadecimal digits, without colons");
}

/* ---- the host ---- */

static void
test_waits (Fixture *f, gconstpointer data)
{
  expect_waiting ("Waiting for settings. Settings are missing (Console, Token, CAFingerprint, Templates)*");
  start (f);
  assert_told ();
  g_assert_true (sc_seat_host_is_waiting (f->host));
  set (f->policy, SC_SETTING_TEMPLATES, f->seat.repository);
  expect_waiting ("Waiting for settings. Settings are missing (Console, Token, CAFingerprint):*");
  f->n_reads = 0;
  tell_change (f);
  while (f->n_reads == 0)
    g_main_context_iteration (NULL, TRUE);
  assert_told ();
  set_all (f, f->policy);
  tell_change (f);
  sc_test_service_wait_for_inventory (&f->seat);
  g_assert_false (sc_seat_host_is_waiting (f->host));
  quit (f);
}

static void
test_changes (Fixture *f, gconstpointer data)
{
  save_connection (f);
  set (f->local, SC_SETTING_TEMPLATES, f->seat.repository);
  set (f->local, "Name", "first");
  start (f);
  assert_seen_as (f, "first");
  set (f->local, "Name", "second");
  tell_change (f);
  wait_to_be_seen_as (f, "second");
  expect_waiting ("Waiting for settings. Settings are missing (Templates)*");
  g_hash_table_remove (f->local, SC_SETTING_TEMPLATES);
  tell_change (f);
  while (!sc_seat_host_is_waiting (f->host))
    g_main_context_iteration (NULL, TRUE);
  assert_told ();
  quit (f);
}

static void
wait_for_reads (Fixture *f, guint n)
{
  while (f->n_reads < n)
    g_main_context_iteration (NULL, TRUE);
}

/* A file that cannot be read, for a virus scanner or a backup holds it, tells nobody when it can be again. */
static void
test_looks_again (Fixture *f, gconstpointer data)
{
  set (f->local, SC_SETTING_TEMPLATES, f->seat.repository);
  g_assert_cmpint (g_mkdir (f->connection, 0700), ==, 0);
  expect_waiting ("Waiting for settings. Cannot read the connection file*");
  start (f);
  g_assert_true (sc_seat_host_is_waiting (f->host));
  wait_for_reads (f, 2);
  assert_told ();
  g_assert_cmpint (g_rmdir (f->connection), ==, 0);
  save_connection (f);
  sc_test_service_wait_for_inventory (&f->seat);

  /* and nothing that runs is ended for that */
  g_assert_cmpint (g_remove (f->connection), ==, 0);
  g_assert_cmpint (g_mkdir (f->connection, 0700), ==, 0);
  expect_waiting ("Waiting for settings. Cannot read the connection file*");
  f->n_reads = 0;
  tell_change (f);
  wait_for_reads (f, 1);
  assert_told ();
  g_assert_cmpint (g_rmdir (f->connection), ==, 0);
  save_connection (f);
  wait_for_reads (f, f->n_reads + 1);
  g_assert_false (sc_seat_host_is_waiting (f->host));
  quit (f);
}

/* Said once, while it looks again and again; then the service goes on by itself. */
static void
expect_to_wait_for (Fixture *f, const char *directory)
{
  g_autofree char *pattern = g_strdup_printf ("Waiting for directories.*%s*", directory);

  expect_waiting (pattern);
  tell_change (f);
  while (!sc_seat_host_is_waiting (f->host))
    g_main_context_iteration (NULL, TRUE);
  wait_for_reads (f, f->n_reads + 3);
  assert_told ();
  g_assert_true (sc_seat_host_is_waiting (f->host));
  g_assert_null (f->ended);
}

/* Disks that come late, or are mounted by somebody, are waited for. */
static void
test_directories (Fixture *f, gconstpointer data)
{
  g_autofree char *late = g_build_filename (f->seat.root, "late", NULL);
  g_autofree char *in_file = g_build_filename (f->connection, "state", NULL);
  g_autofree char *state = g_strdup (f->seat.state);

  save_connection (f);
  set (f->local, SC_SETTING_TEMPLATES, late);
  expect_waiting ("Waiting for directories. The directory of the templates*late*");
  start (f);
  wait_for_reads (f, 3);
  assert_told ();
  g_assert_cmpint (g_mkdir (late, 0755), ==, 0);
  sc_test_service_wait_for_inventory (&f->seat);
  g_assert_false (sc_seat_host_is_waiting (f->host));

  g_free (f->seat.state);
  f->seat.state = g_strdup (in_file); /* a directory that cannot be made */
  set (f->local, "Name", "second");
  expect_to_wait_for (f, "state");
  g_free (f->seat.state);
  f->seat.state = g_steal_pointer (&state);
  wait_to_be_seen_as (f, "second");
  quit (f);
}

/* Complete settings with which there can be no service end it, with the reason. */
static void
test_cannot (Fixture *f, gconstpointer data)
{
  g_autofree char *nowhere = g_build_filename (f->seat.root, "other-state", NULL);
  g_autoptr (GError) error = NULL;

  save_connection (f);
  set (f->local, SC_SETTING_TEMPLATES, f->seat.repository);
  start (f);
  sc_test_service_wait_for_inventory (&f->seat);
  g_autofree char *own = f->seat.state;
  f->seat.state = g_steal_pointer (&nowhere);
  g_autoptr (ScSeatState) other = sc_seat_state_open (f->seat.state, &error); /* as a second service has it */
  g_assert_no_error (error);
  set (f->local, "Room", "other");
  tell_change (f);
  while (f->ended == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (f->ended, SC_ERROR, SC_ERROR_BUSY);

  const ScSeatHostWorld world = { read_settings, watch, on_ended, f };
  g_clear_pointer (&f->watch, g_source_unref);
  sc_seat_host_free (f->host);
  f->host = sc_seat_host_new (&world, 1);
  g_assert_false (sc_seat_host_start (f->host, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_BUSY);
  g_free (f->seat.state);
  f->seat.state = g_steal_pointer (&own);
}

/* Told to end while the old service ends for a new one: it does not begin anew. */
static void
test_quit_while_changing (Fixture *f, gconstpointer data)
{
  save_connection (f);
  set (f->local, SC_SETTING_TEMPLATES, f->seat.repository);
  start (f);
  sc_test_service_wait_for_inventory (&f->seat);
  set (f->local, "Room", "other");
  f->n_reads = 0;
  tell_change (f);
  while (f->n_reads == 0)
    g_main_context_iteration (NULL, TRUE);
  quit (f);
  g_assert_cmpuint (f->n_reads, ==, 1);
  g_assert_true (sc_seat_host_is_waiting (f->host));
  g_assert_null (f->ended);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/seat-settings/missing", Fixture, NULL, set_up, test_missing, tear_down);
  g_test_add ("/seat-settings/order", Fixture, NULL, set_up, test_order, tear_down);
  g_test_add ("/seat-settings/wrong", Fixture, NULL, set_up, test_wrong, tear_down);
  g_test_add ("/seat-settings/wrong-place", Fixture, NULL, set_up, test_wrong_place, tear_down);
  g_test_add ("/seat-host/waits", Fixture, NULL, set_up, test_waits, tear_down);
  g_test_add ("/seat-host/changes", Fixture, NULL, set_up, test_changes, tear_down);
  g_test_add ("/seat-host/looks-again", Fixture, NULL, set_up, test_looks_again, tear_down);
  g_test_add ("/seat-host/directories", Fixture, NULL, set_up, test_directories, tear_down);
  g_test_add ("/seat-host/cannot", Fixture, NULL, set_up, test_cannot, tear_down);
  g_test_add ("/seat-host/quit-while-changing", Fixture, NULL, set_up, test_quit_while_changing, tear_down);
  return g_test_run ();
}
