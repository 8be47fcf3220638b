/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A seat whose settings come, change and go while it runs. */
#include "common/sc-error.h"
#include "sc-test-host.h"

#include <glib/gstdio.h>

/* ---- where settings come from ---- */

static void
test_missing (ScTestHost *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (sc_test_host_read (f, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_assert_cmpstr (error->message, ==, "Settings are missing (Console, CAFingerprint, Templates): " SC_TEST_HOST_WHERE);
  g_clear_error (&error);
  sc_test_host_set_all (f, f->local); /* of which the token does not count: everybody may read it there */
  g_autoptr (ScSeatSettings) settings = sc_test_host_read (f, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (settings->connection->token, ==, "");
  g_assert_cmpstr (settings->where, ==, SC_TEST_HOST_WHERE);
}

static void
test_order (ScTestHost *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  sc_test_host_set_all (f, f->local);
  sc_test_host_set (f->local, SC_SETTING_CONSOLE, "https://local:1");
  sc_test_host_set (f->local, "Room", "local");
  sc_test_host_set (f->local, "Reserve", "1G");
  sc_test_host_save_connection (f);
  g_autoptr (ScSeatSettings) of_file = sc_test_host_read (f, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (of_file->connection->url, ==, f->seat.console.connection->url);
  g_assert_cmpstr (of_file->connection->token, ==, f->seat.console.connection->token);
  g_assert_cmpstr (of_file->options.room, ==, "local");
  g_assert_cmpstr (of_file->options.reserve, ==, "1G");
  g_assert_cmpstr (of_file->options.state, ==, f->seat.state);

  sc_test_host_set (f->policy, SC_SETTING_CONSOLE, "https://policy:1/");
  sc_test_host_set (f->policy, SC_SETTING_TOKEN, "of-policy");
  sc_test_host_set (f->policy, "Room", "policy");
  g_autoptr (ScSeatSettings) of_policy = sc_test_host_read (f, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (of_policy->connection->url, ==, "https://policy:1");
  g_assert_cmpstr (of_policy->connection->token, ==, "of-policy");
  g_assert_cmpstr (of_policy->connection->fingerprint, ==, f->seat.console.connection->fingerprint);
  g_assert_cmpstr (of_policy->options.room, ==, "policy");
  g_assert_false (sc_seat_settings_equal (of_file, of_policy));
  g_autoptr (ScSeatSettings) again = sc_test_host_read (f, &error);
  g_assert_true (sc_seat_settings_equal (again, of_policy));
}

/* Hooks are told of the directory, and run in another one. */
static void
test_relative (ScTestHost *f, gconstpointer data)
{
  g_autoptr (ScSeatSettings) settings = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *here = g_get_current_dir ();
  g_autofree char *whole = g_build_filename (here, "some", "templates", NULL);

  sc_test_host_set_all (f, f->local);
  sc_test_host_set (f->local, SC_SETTING_TEMPLATES, "some/templates");
  settings = sc_test_host_read (f, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (settings->options.repository, ==, whole);
}

static void
test_wrong (ScTestHost *f, gconstpointer data)
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
    sc_test_host_set_all (f, f->policy);
    sc_test_host_set (f->policy, wrong[i].name, wrong[i].value);
    g_assert_null (sc_test_host_read (f, &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
    g_assert_null (strstr (error->message, "two words"));
    g_autofree char *named = g_strconcat (wrong[i].name, " (POLICY) ", NULL);
    g_assert_true (g_str_has_prefix (error->message, named));
  }
}

/* The place that a wrong value is said to be in is the one that it was taken from. */
static void
test_wrong_place (ScTestHost *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  sc_test_host_set_all (f, f->policy);
  sc_test_host_set (f->local, "Reserve", "much");
  g_assert_null (sc_test_host_read (f, &error));
  g_assert_true (g_str_has_prefix (error->message, "Reserve (LOCAL) “much” "));
  g_clear_error (&error);
  g_hash_table_remove_all (f->local);
  g_hash_table_remove_all (f->policy);
  sc_test_host_save_connection (f);
  sc_test_host_set (f->local, SC_SETTING_TEMPLATES, f->seat.repository);
  sc_test_host_set (f->policy, SC_SETTING_FINGERPRINT, "12:34");
  g_assert_null (sc_test_host_read (f, &error));
  g_assert_cmpstr (error->message, ==, "CAFingerprint (POLICY) “12:34” must be 64 hexadecimal digits, without colons");
}

/* ---- the host ---- */

static void
test_waits (ScTestHost *f, gconstpointer data)
{
  sc_test_host_expect ("Waiting for settings. Settings are missing (Console, CAFingerprint, Templates)*");
  sc_test_host_start (f);
  sc_test_host_assert_told ();
  g_assert_true (sc_seat_host_is_waiting (f->host));
  sc_test_host_set (f->policy, SC_SETTING_TEMPLATES, f->seat.repository);
  sc_test_host_expect ("Waiting for settings. Settings are missing (Console, CAFingerprint):*");
  f->n_reads = 0;
  sc_test_host_tell_change (f);
  while (f->n_reads == 0)
    g_main_context_iteration (NULL, TRUE);
  sc_test_host_assert_told ();
  sc_test_host_set_all (f, f->policy);
  sc_test_host_tell_change (f);
  sc_test_service_wait_for_inventory (&f->seat);
  g_assert_false (sc_seat_host_is_waiting (f->host));
  sc_test_host_quit (f);
}

static void
test_changes (ScTestHost *f, gconstpointer data)
{
  sc_test_host_save_connection (f);
  sc_test_host_set (f->local, SC_SETTING_TEMPLATES, f->seat.repository);
  sc_test_host_set (f->local, "Name", "first");
  sc_test_host_start (f);
  sc_test_host_assert_seen_as (f, "first");
  sc_test_host_set (f->local, "Name", "second");
  sc_test_host_tell_change (f);
  sc_test_host_wait_to_be_seen_as (f, "second");
  sc_test_host_expect ("Waiting for settings. Settings are missing (Templates)*");
  g_hash_table_remove (f->local, SC_SETTING_TEMPLATES);
  sc_test_host_tell_change (f);
  while (!sc_seat_host_is_waiting (f->host))
    g_main_context_iteration (NULL, TRUE);
  sc_test_host_assert_told ();
  sc_test_host_quit (f);
}

/* A file that cannot be read, for a virus scanner or a backup holds it, tells nobody when it can be again. */
static void
test_looks_again (ScTestHost *f, gconstpointer data)
{
  sc_test_host_set (f->local, SC_SETTING_TEMPLATES, f->seat.repository);
  g_assert_cmpint (g_mkdir (f->connection, 0700), ==, 0);
  sc_test_host_expect ("Waiting for settings. Cannot read the connection file*");
  sc_test_host_start (f);
  g_assert_true (sc_seat_host_is_waiting (f->host));
  sc_test_host_wait_for_reads (f, 2);
  sc_test_host_assert_told ();
  g_assert_cmpint (g_rmdir (f->connection), ==, 0);
  sc_test_host_save_connection (f);
  sc_test_service_wait_for_inventory (&f->seat);

  /* and nothing that runs is ended for that */
  g_assert_cmpint (g_remove (f->connection), ==, 0);
  g_assert_cmpint (g_mkdir (f->connection, 0700), ==, 0);
  sc_test_host_expect ("Waiting for settings. Cannot read the connection file*");
  f->n_reads = 0;
  sc_test_host_tell_change (f);
  sc_test_host_wait_for_reads (f, 1);
  sc_test_host_assert_told ();
  g_assert_cmpint (g_rmdir (f->connection), ==, 0);
  sc_test_host_save_connection (f);
  sc_test_host_wait_for_reads (f, f->n_reads + 1);
  g_assert_false (sc_seat_host_is_waiting (f->host));
  sc_test_host_quit (f);
}

/* Said once, while it looks again and again; then the service goes on by itself. */
static void
expect_to_wait_for (ScTestHost *f, const char *directory)
{
  g_autofree char *pattern = g_strdup_printf ("Waiting for directories.*%s*", directory);

  sc_test_host_expect (pattern);
  sc_test_host_tell_change (f);
  while (!sc_seat_host_is_waiting (f->host))
    g_main_context_iteration (NULL, TRUE);
  sc_test_host_wait_for_reads (f, f->n_reads + 3);
  sc_test_host_assert_told ();
  g_assert_true (sc_seat_host_is_waiting (f->host));
  g_assert_null (f->ended);
}

/* Disks that come late, or are mounted by somebody, are waited for. */
static void
test_directories (ScTestHost *f, gconstpointer data)
{
  g_autofree char *late = g_build_filename (f->seat.root, "late", NULL);
  g_autofree char *in_file = g_build_filename (f->connection, "state", NULL);
  g_autofree char *state = g_strdup (f->seat.state);

  sc_test_host_save_connection (f);
  sc_test_host_set (f->local, SC_SETTING_TEMPLATES, late);
  sc_test_host_expect ("Waiting for directories. The directory of the templates*late*");
  sc_test_host_start (f);
  sc_test_host_wait_for_reads (f, 3);
  sc_test_host_assert_told ();
  g_assert_cmpint (g_mkdir (late, 0755), ==, 0);
  sc_test_service_wait_for_inventory (&f->seat);
  g_assert_false (sc_seat_host_is_waiting (f->host));

  g_free (f->seat.state);
  f->seat.state = g_strdup (in_file); /* a directory that cannot be made */
  sc_test_host_set (f->local, "Name", "second");
  expect_to_wait_for (f, "state");
  g_free (f->seat.state);
  f->seat.state = g_steal_pointer (&state);
  sc_test_host_wait_to_be_seen_as (f, "second");
  sc_test_host_quit (f);
}

/* Complete settings with which there can be no service end it, with the reason. */
static void
test_cannot (ScTestHost *f, gconstpointer data)
{
  g_autofree char *nowhere = g_build_filename (f->seat.root, "other-state", NULL);
  g_autoptr (GError) error = NULL;

  sc_test_host_save_connection (f);
  sc_test_host_set (f->local, SC_SETTING_TEMPLATES, f->seat.repository);
  sc_test_host_start (f);
  sc_test_service_wait_for_inventory (&f->seat);
  g_autofree char *own = f->seat.state;
  f->seat.state = g_steal_pointer (&nowhere);
  g_autoptr (ScSeatState) other = sc_seat_state_open (f->seat.state, &error); /* as a second service has it */
  g_assert_no_error (error);
  sc_test_host_set (f->local, "Room", "other");
  sc_test_host_tell_change (f);
  while (f->ended == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (f->ended, SC_ERROR, SC_ERROR_BUSY);

  const ScSeatHostWorld world = { sc_test_host_read, sc_test_host_watch, sc_test_host_on_ended, NULL, f };
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
test_quit_while_changing (ScTestHost *f, gconstpointer data)
{
  sc_test_host_save_connection (f);
  sc_test_host_set (f->local, SC_SETTING_TEMPLATES, f->seat.repository);
  sc_test_host_start (f);
  sc_test_service_wait_for_inventory (&f->seat);
  sc_test_host_set (f->local, "Room", "other");
  f->n_reads = 0;
  sc_test_host_tell_change (f);
  while (f->n_reads == 0)
    g_main_context_iteration (NULL, TRUE);
  sc_test_host_quit (f);
  g_assert_cmpuint (f->n_reads, ==, 1);
  g_assert_true (sc_seat_host_is_waiting (f->host));
  g_assert_null (f->ended);
}

int
main (int argc, char **argv)
{
  sc_test_host_init (&argc, &argv);
  g_test_add ("/seat-settings/missing", ScTestHost, NULL, sc_test_host_set_up, test_missing, sc_test_host_tear_down);
  g_test_add ("/seat-settings/order", ScTestHost, NULL, sc_test_host_set_up, test_order, sc_test_host_tear_down);
  g_test_add ("/seat-settings/relative", ScTestHost, NULL, sc_test_host_set_up, test_relative, sc_test_host_tear_down);
  g_test_add ("/seat-settings/wrong", ScTestHost, NULL, sc_test_host_set_up, test_wrong, sc_test_host_tear_down);
  g_test_add ("/seat-settings/wrong-place", ScTestHost, NULL, sc_test_host_set_up, test_wrong_place,
              sc_test_host_tear_down);
  g_test_add ("/seat-host/waits", ScTestHost, NULL, sc_test_host_set_up, test_waits, sc_test_host_tear_down);
  g_test_add ("/seat-host/changes", ScTestHost, NULL, sc_test_host_set_up, test_changes, sc_test_host_tear_down);
  g_test_add ("/seat-host/looks-again", ScTestHost, NULL, sc_test_host_set_up, test_looks_again,
              sc_test_host_tear_down);
  g_test_add ("/seat-host/directories", ScTestHost, NULL, sc_test_host_set_up, test_directories,
              sc_test_host_tear_down);
  g_test_add ("/seat-host/cannot", ScTestHost, NULL, sc_test_host_set_up, test_cannot, sc_test_host_tear_down);
  g_test_add ("/seat-host/quit-while-changing", ScTestHost, NULL, sc_test_host_set_up, test_quit_while_changing,
              sc_test_host_tear_down);
  return g_test_run ();
}
