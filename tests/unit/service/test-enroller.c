/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a seat asks a console to let it in, against a real server. */
#include "common/sc-error.h"
#include "sc-test-enrolment.h"
#include "service/sc-enrol-command.h"
#include "service/sc-enroller.h"

#include <glib/gstdio.h>

typedef struct {
  ScTestConsole console;
  char *state;
  char *repository; /* (nullable): of --enrol */
  ScSeatMachine *machine;
  ScSeatIdentity *identity;
  ScEnroller *enroller;
  ScTestEnrolment enrolment;
  guint n_told;
  ScEnrollerState told;
  char *words;
} Fixture;

static void
on_told (ScEnrollerState state, const char *words, gpointer user_data)
{
  Fixture *f = user_data;

  f->n_told++;
  f->told = state;
  g_free (f->words);
  f->words = g_strdup (words);
  if (state == SC_ENROLLER_APPROVED || state == SC_ENROLLER_DENIED)
    g_clear_pointer (&f->enroller, sc_enroller_free);
}

static void
open_identity (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&f->identity, sc_seat_identity_free);
  f->identity = sc_seat_identity_open (f->state, f->machine, f->console.connection->fingerprint, &error);
  g_assert_no_error (error);
}

static void
make_enroller (Fixture *f, const ScConnection *connection)
{
  const ScServiceOptions options = { .name = (char *) "pc-07", .room = (char *) "R 1" };
  const ScBackoff quick = { .base = 1, .max = 5 };
  g_autoptr (ScEnrolRequest) facts = sc_seat_settings_describe (&options, f->machine);

  f->enroller = sc_enroller_new (connection, f->identity, facts, on_told, f);
  sc_enroller_set_backoff (f->enroller, &quick);
  sc_enroller_start (f->enroller, 0);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  sc_test_console_init (&f->console);
  sc_test_enrolment_init (&f->enrolment, &f->console);
  f->state = g_dir_make_tmp ("seatcast-test-XXXXXX", &error);
  g_assert_no_error (error);
  f->machine = sc_test_machine_new ();
  open_identity (f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_pointer (&f->enroller, sc_enroller_free);
  g_clear_pointer (&f->identity, sc_seat_identity_free);
  g_free (f->repository);
  sc_seat_machine_free (f->machine);
  sc_test_console_clear (&f->console);
  sc_test_enrolment_clear (&f->enrolment);
  sc_test_remove_tree (f->state);
  g_free (f->state);
  g_free (f->words);
}

static void
run_until_told (Fixture *f, guint n)
{
  while (f->n_told < n)
    g_main_context_iteration (NULL, TRUE);
}

static void
assert_enrolled (Fixture *f)
{
  open_identity (f);
  g_assert_cmpstr (sc_seat_identity_get_refusal (f->identity), ==, NULL);
  g_assert_cmpstr (sc_seat_identity_get_seat (f->identity), ==, TEST_AUTHORITY_SEAT);
}

static void
test_approved (Fixture *f, gconstpointer data)
{
  make_enroller (f, f->console.connection);
  run_until_told (f, 1);
  g_assert_cmpint (f->told, ==, SC_ENROLLER_APPROVED);
  g_assert_cmpstr (f->enrolment.asked->token, ==, SC_TEST_TOKEN);
  g_assert_cmpstr (f->enrolment.asked->name, ==, "pc-07");
  g_assert_cmpstr (f->enrolment.asked->room, ==, "R 1");
  g_assert_cmpstr (f->enrolment.asked->machine, ==, f->machine->id);
  g_assert_cmpstr (f->enrolment.asked->service_version, ==, SC_VERSION);
  assert_enrolled (f);
}

/* It waits as long as the console says, asks again with the same key, and even so after a restart. */
static void
test_pending (Fixture *f, gconstpointer data)
{
  guint8 first[SC_KEY_ID_SIZE];

  f->enrolment.say = SC_TEST_SAY_PENDING;
  make_enroller (f, f->console.connection);
  run_until_told (f, 1);
  g_assert_cmpint (f->told, ==, SC_ENROLLER_WAITING);
  g_assert_cmpstr (f->words, ==, "for a reason");
  memcpy (first, f->enrolment.key_id, sizeof first);
  sc_enroller_hurry (f->enroller);
  run_until_told (f, 2);
  g_assert_cmpmem (f->enrolment.key_id, sizeof first, first, sizeof first);
  g_clear_pointer (&f->enroller, sc_enroller_free);
  open_identity (f);
  f->enrolment.say = SC_TEST_SAY_APPROVED;
  make_enroller (f, f->console.connection);
  run_until_told (f, 3);
  g_assert_cmpint (f->told, ==, SC_ENROLLER_APPROVED);
  g_assert_cmpmem (f->enrolment.key_id, sizeof first, first, sizeof first);
  g_assert_cmpuint (f->enrolment.n_asked, ==, 3);
  assert_enrolled (f);
}

static void
test_denied (Fixture *f, gconstpointer data)
{
  f->enrolment.say = SC_TEST_SAY_DENIED;
  make_enroller (f, f->console.connection);
  run_until_told (f, 1);
  g_assert_cmpint (f->told, ==, SC_ENROLLER_DENIED);
  g_assert_cmpstr (f->words, ==, "for a reason");
  g_assert_null (f->enroller);
  open_identity (f);
  g_assert_cmpstr (sc_seat_identity_get_seat (f->identity), ==, NULL);
}

/* Whatever is wrong with an answer, it asks again. */
static void
test_failures (Fixture *f, gconstpointer data)
{
  static const struct {
    ScTestSay say;
    const char *words;
  } failures[] = {
    { SC_TEST_SAY_BUSY, "too many ask" },
    { SC_TEST_SAY_NONSENSE, "state" },
    { SC_TEST_SAY_OTHER_KEY, "another key" },
  };

  f->enrolment.say = failures[0].say;
  make_enroller (f, f->console.connection);
  for (guint i = 0; i < G_N_ELEMENTS (failures); i++) {
    f->enrolment.say = failures[i].say;
    do
      run_until_told (f, f->n_told + 1);
    while (strstr (f->words, failures[i].words) == NULL); /* one of the former kind may be on its way */
    g_assert_cmpint (f->told, ==, SC_ENROLLER_FAILED);
  }
  f->enrolment.say = SC_TEST_SAY_APPROVED;
  while (f->told != SC_ENROLLER_APPROVED)
    g_main_context_iteration (NULL, TRUE);
  assert_enrolled (f);
}

/* Of another authority than the settings name: nothing is sent to it, above all not the token. */
static void
test_stranger (Fixture *f, gconstpointer data)
{
  g_autofree char *fingerprint = g_strnfill (64, 'a');
  g_autoptr (ScConnection) wrong = sc_connection_new (f->console.connection->url, SC_TEST_TOKEN, fingerprint);

  make_enroller (f, wrong);
  run_until_told (f, 2);
  g_assert_cmpint (f->told, ==, SC_ENROLLER_FAILED);
  g_assert_nonnull (strstr (f->words, "is not accepted as the console"));
  g_assert_null (strstr (f->words, "does not answer")); /* it did */
  g_assert_null (strstr (f->words, SC_TEST_TOKEN));
  g_assert_cmpuint (f->enrolment.n_asked, ==, 0);
}

/* The authority was changed since the settings were made: a seat that has enrolled before knows the new one, and may
 * enrol anew. */
static void
test_after_rotation (Fixture *f, gconstpointer data)
{
  g_autofree char *fingerprint = g_strnfill (64, 'a');
  g_autoptr (ScConnection) old = sc_connection_new (f->console.connection->url, SC_TEST_TOKEN, fingerprint);

  make_enroller (f, f->console.connection);
  run_until_told (f, 1);
  g_assert_cmpint (f->told, ==, SC_ENROLLER_APPROVED);
  make_enroller (f, old);
  run_until_told (f, 2);
  g_assert_cmpint (f->told, ==, SC_ENROLLER_APPROVED);
  assert_enrolled (f);
}

/* Freed while it waits, and while a question is under way: nothing follows. */
static void
test_freed (Fixture *f, gconstpointer data)
{
  make_enroller (f, f->console.connection);
  g_clear_pointer (&f->enroller, sc_enroller_free);
  make_enroller (f, f->console.connection);
  while (f->enrolment.n_asked == 0)
    g_main_context_iteration (NULL, TRUE);
  g_clear_pointer (&f->enroller, sc_enroller_free);
  g_assert_cmpuint (f->n_told, ==, 0);
  make_enroller (f, f->console.connection); /* whose end shows that the loop ran long enough */
  run_until_told (f, 1);
  g_assert_cmpint (f->told, ==, SC_ENROLLER_APPROVED);
}

/* ---- --enrol ---- */

static ScEnrolCommandResult
run_command (Fixture *f, const ScConnection *connection, GError **error)
{
  const ScServiceOptions options = { .name = (char *) "pc-07", .repository = f->repository };
  const ScEnrolCommand command = { connection, f->state, &options, f->machine };

  return sc_enrol_command_run (&command, error);
}

static void
test_command (Fixture *f, gconstpointer data)
{
  g_autoptr (ScConnection) nobody =
      sc_connection_new ("https://127.0.0.1:1", SC_TEST_TOKEN, f->console.connection->fingerprint);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (run_command (f, nobody, &error), ==, 1);
  g_assert_error (error, SC_ERROR, SC_ERROR_UNREACHABLE);
  g_clear_error (&error);
  f->enrolment.say = SC_TEST_SAY_DENIED;
  g_assert_cmpint (run_command (f, f->console.connection, &error), ==, 1);
  g_assert_error (error, SC_ERROR, SC_ERROR_DENIED);
  g_clear_error (&error);
  f->enrolment.say = SC_TEST_SAY_PENDING;
  g_assert_cmpint (run_command (f, f->console.connection, &error), ==, 3);
  g_assert_no_error (error);
  f->enrolment.say = SC_TEST_SAY_APPROVED;
  g_assert_cmpint (run_command (f, f->console.connection, &error), ==, 0);
  g_assert_no_error (error);
  assert_enrolled (f);
  guint asked = f->enrolment.n_asked;
  g_assert_cmpint (run_command (f, f->console.connection, &error), ==, 0); /* said again by a script */
  g_assert_cmpuint (f->enrolment.n_asked, ==, asked);
}

/* Before it asks, so that it is not first seen when the seat stays away. */
static void
test_repository (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  if (g_test_subprocess ()) {
    f->repository = data != NULL ? g_build_filename (f->state, data, NULL) : g_strdup (f->state);
    run_command (f, f->console.connection, &error);
    g_assert_no_error (error);
    return;
  }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
  if (data != NULL)
    g_test_trap_assert_stdout ("*nothere* is not there*Approved*");
  else
    g_test_trap_assert_stdout_unmatched ("*is not there*");
}

static void
test_options (void)
{
  static const struct {
    const char *url, *fingerprint, *words;
  } wrong[] = {
    { "http://10.1.0.5:8470", NULL, "--enrol must" },
    { "10.1.0.5:8470", "aa", "--enrol must" },
    { "https://10.1.0.5:8470", NULL, "--ca-fingerprint is missing" },
    { "https://10.1.0.5:8470", "aa", "--ca-fingerprint must" },
  };
  g_autofree char *fingerprint = g_strnfill (64, 'A');
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) told = NULL;
    g_assert_false (sc_enrol_command_check_console (wrong[i].url, wrong[i].fingerprint, &told));
    g_assert_error (told, SC_ERROR, SC_ERROR_INVALID);
    g_assert_nonnull (strstr (told->message, wrong[i].words));
  }
  g_assert_true (sc_enrol_command_check_console ("https://10.1.0.5:8470/", fingerprint, &error));
  g_assert_no_error (error);
}

static void
test_token (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->state, "token", NULL);
  g_autoptr (GError) error = NULL;

  g_autofree char *given = sc_enrol_command_read_token ("abc", NULL, &error);
  g_assert_cmpstr (given, ==, "abc");
  g_assert_true (g_file_set_contents (path, "def\r\nand more\n", -1, NULL));
  g_autofree char *of_file = sc_enrol_command_read_token (NULL, path, &error);
  g_assert_cmpstr (of_file, ==, "def");
  g_assert_no_error (error);
  g_assert_true (g_file_set_contents (path, "two words\n", -1, NULL));
  g_assert_null (sc_enrol_command_read_token (NULL, path, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_assert_null (strstr (error->message, "two words"));
  g_clear_error (&error);
  g_assert_null (sc_enrol_command_read_token ("abc", path, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (sc_enrol_command_read_token (NULL, NULL, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/enroller/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("approved", test_approved);
  ADD ("pending", test_pending);
  ADD ("denied", test_denied);
  ADD ("failures", test_failures);
  ADD ("stranger", test_stranger);
  ADD ("after-rotation", test_after_rotation);
  ADD ("freed", test_freed);
  ADD ("command", test_command);
  ADD ("token", test_token);
  g_test_add ("/enroller/repository", Fixture, NULL, set_up, test_repository, tear_down);
  g_test_add ("/enroller/no-repository", Fixture, "nothere", set_up, test_repository, tear_down);
  g_test_add_func ("/enroller/options", test_options);
  return g_test_run ();
}
