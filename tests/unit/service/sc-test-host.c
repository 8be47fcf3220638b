/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sc-test-host.h"

#include "common/sc-error.h"

#include <glib/gstdio.h>
#include <string.h>

static char *
get (const char *name, gboolean policy, gpointer user_data)
{
  ScTestHost *f = user_data;
  const char *text = g_hash_table_lookup (f->policy, name);

  if (text == NULL && !policy)
    text = g_hash_table_lookup (f->local, name);
  return g_strdup (text);
}

ScSeatSettings *
sc_test_host_read (gpointer user_data, GError **error)
{
  ScTestHost *f = user_data;
  const ScSeatSettingsSource source = { get, f, SC_TEST_HOST_WHERE, "POLICY", "LOCAL" };
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

GSource *
sc_test_host_watch (gpointer user_data)
{
  static GSourceFuncs funcs = { NULL, NULL, never, NULL, NULL, NULL };
  ScTestHost *f = user_data;

  f->watch = g_source_new (&funcs, sizeof (GSource));
  return g_source_ref (f->watch);
}

void
sc_test_host_on_ended (const GError *error, gpointer user_data)
{
  ScTestHost *f = user_data;

  g_assert_null (f->ended);
  f->ended = g_error_copy (error);
}

static void
check_seat (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  static const char words[] = "{\"error\":{\"code\":\"denied\",\"message\":\"it was revoked\"}}";
  ScTestHost *f = user_data;

  if (!f->refuse)
    return;
  f->n_refused++;
  soup_server_message_set_status (message, SOUP_STATUS_UNAUTHORIZED, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_STATIC, words, strlen (words));
}

void
sc_test_host_set_up (ScTestHost *f, gconstpointer data)
{
  const ScSeatHostWorld world = { sc_test_host_read, sc_test_host_watch, sc_test_host_on_ended, NULL, f };

  sc_test_service_set_up (&f->seat, data);
  sc_test_enrolment_init (&f->enrolment, &f->seat.console);
  soup_server_add_early_handler (f->seat.console.server, "/v1/seat", check_seat, f, NULL);
  if (data != SC_TEST_HOST_STRANGER)
    sc_seat_identity_free (sc_test_console_enrol (&f->seat.console, f->seat.state));
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

void
sc_test_host_quit (ScTestHost *f)
{
  gboolean stopped = FALSE;

  sc_seat_host_quit (f->host, set_done, &stopped);
  sc_test_run_until (&stopped);
}

void
sc_test_host_tear_down (ScTestHost *f, gconstpointer data)
{
  g_clear_pointer (&f->host, sc_seat_host_free);
  g_clear_pointer (&f->watch, g_source_unref);
  g_clear_error (&f->ended);
  g_hash_table_unref (f->local);
  g_hash_table_unref (f->policy);
  sc_test_service_tear_down (&f->seat, data);
  sc_test_enrolment_clear (&f->enrolment);
  g_free (f->connection);
}

void
sc_test_host_set (GHashTable *table, const char *name, const char *value)
{
  g_hash_table_insert (table, g_strdup (name), g_strdup (value));
}

void
sc_test_host_set_all (ScTestHost *f, GHashTable *table)
{
  const ScConnection *connection = f->seat.console.connection;

  sc_test_host_set (table, SC_SETTING_CONSOLE, connection->url);
  sc_test_host_set (table, SC_SETTING_TOKEN, connection->token);
  sc_test_host_set (table, SC_SETTING_FINGERPRINT, connection->fingerprint);
  sc_test_host_set (table, SC_SETTING_TEMPLATES, f->seat.repository);
}

void
sc_test_host_save_connection (ScTestHost *f)
{
  g_autoptr (GError) error = NULL;

  sc_connection_save (f->seat.console.connection, f->connection, &error);
  g_assert_no_error (error);
}

void
sc_test_host_tell_change (ScTestHost *f)
{
  g_source_set_ready_time (f->watch, 0);
}

void
sc_test_host_start (ScTestHost *f)
{
  g_autoptr (GError) error = NULL;

  sc_seat_host_start (f->host, &error);
  g_assert_no_error (error);
}

/* Not g_test_expect_message(): what an inspection of the volume has found may be told in between. */
static const char *awaited;
static gboolean ignoring; /* what else is told */
static guint told;        /* how often */

static gboolean
is_awaited (GLogLevelFlags level, const char *text)
{
  return awaited != NULL && (level & G_LOG_LEVEL_WARNING) != 0 && g_pattern_match_simple (awaited, text);
}

static gboolean
is_fatal (const char *domain, GLogLevelFlags level, const char *text, gpointer user_data)
{
  return !is_awaited (level, text) && !ignoring;
}

static void
on_log (const char *domain, GLogLevelFlags level, const char *text, gpointer user_data)
{
  if (is_awaited (level, text))
    told++;
  else
    g_log_default_handler (domain, level, text, user_data);
}

void
sc_test_host_expect (const char *pattern)
{
  awaited = pattern;
  told = 0;
  g_test_log_set_fatal_handler (is_fatal, NULL);
  g_log_set_default_handler (on_log, NULL);
}

void
sc_test_host_assert_told (void)
{
  g_assert_cmpuint (told, ==, 1);
  awaited = NULL;
}

void
sc_test_host_wait_to_be_told (void)
{
  while (told == 0)
    g_main_context_iteration (NULL, TRUE);
}

void
sc_test_host_ignore (gboolean ignore)
{
  ignoring = ignore;
  if (ignore && awaited == NULL)
    sc_test_host_expect ("-");
  else if (!ignore)
    awaited = NULL;
}

/* The name in the next inventory that the console gets. */
void
sc_test_host_assert_seen_as (ScTestHost *f, const char *name)
{
  g_autoptr (ScControlMessage) inventory = sc_test_service_wait_for (&f->seat, SC_CONTROL_INVENTORY);

  g_assert_cmpstr (inventory->inventory->name, ==, name);
}

/* After inventories of a service that was before. */
void
sc_test_host_wait_to_be_seen_as (ScTestHost *f, const char *name)
{
  g_autoptr (ScControlMessage) seen = NULL;

  do {
    g_clear_pointer (&seen, sc_control_message_free);
    seen = sc_test_service_wait_for (&f->seat, SC_CONTROL_INVENTORY);
  } while (!g_str_equal (seen->inventory->name, name));
}

void
sc_test_host_wait_for_reads (ScTestHost *f, guint n)
{
  while (f->n_reads < n)
    g_main_context_iteration (NULL, TRUE);
}

void
sc_test_host_init (int *argc, char ***argv)
{
  g_autoptr (ScSeatMachine) machine = sc_test_machine_new ();

  g_setenv ("SEATCAST_MACHINE", machine->id, TRUE);
  g_test_init (argc, argv, NULL);
}
