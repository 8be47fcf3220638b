/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Programs of others: this one runs itself. */
#include "common/platform/sc-program.h"
#include "common/sc-error.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

static char *own_path;

static void
keep (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static ScProgramEnd *
run_until_end (guint timeout, GCancellable *cancellable, const char *const *argv, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_auto (GStrv) environment = g_environ_setenv (g_get_environ (), "SC_TEST_WORD", "said", TRUE);

  sc_program_run_async (argv, (const char *const *) environment, NULL, timeout, cancellable, keep, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return sc_program_run_finish (result, error);
}

/* This program as a child, in @mode. */
static ScProgramEnd *
run_child (guint timeout, GCancellable *cancellable, const char *mode, const char *argument, GError **error)
{
  const char *argv[] = { own_path, "--child", mode, argument, NULL };

  return run_until_end (timeout, cancellable, argv, error);
}

static void
test_status (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScProgramEnd) good = run_child (60, NULL, "exit", "0", &error);
  g_autoptr (ScProgramEnd) bad = run_child (60, NULL, "exit", "7", &error);

  g_assert_no_error (error);
  g_assert_false (good->timed_out);
  g_assert_cmpint (good->status, ==, 0);
  g_assert_cmpstr (good->output, ==, "");
  g_assert_cmpint (bad->status, ==, 7);
}

/* It may have ended before anybody looks. */
static void
test_at_once (void)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 100; i++) {
    g_autoptr (ScProgramEnd) end = run_child (60, NULL, "exit", "3", &error);

    g_assert_no_error (error);
    g_assert_cmpint (end->status, ==, 3);
  }
}

/* Arguments come as they were given, whatever a shell would make of them; so does the environment. */
static void
test_arguments (void)
{
  static const char *const arguments[] = { "a b", "", "\"", "\\", "a\\\"b\\\\", "$HOME %PATH% `x`; *" };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (arguments); i++) {
    g_autoptr (ScProgramEnd) end = run_child (60, NULL, "say", arguments[i], &error);
    g_autofree char *expected = g_strdup_printf ("said “%s”", arguments[i]);
    g_autofree char *line = sc_program_last_line (end->output, 1000);

    g_assert_no_error (error);
    g_assert_cmpstr (line, ==, expected);
  }
}

static void
test_much_output (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScProgramEnd) end = run_child (60, NULL, "much", "", &error);
  g_autofree char *line = sc_program_last_line (end->output, 10);

  g_assert_no_error (error);
  g_assert_cmpuint (strlen (end->output), <=, SC_PROGRAM_MAX_OUTPUT);
  g_assert_cmpuint (strlen (end->output), >, SC_PROGRAM_MAX_OUTPUT / 2);
  g_assert_cmpstr (line, ==, "the end of"); /* also of what went to the other output */
}

/* Neither it nor what it has started is left, whether it ends by itself, is too slow, or is cancelled. */
static void
check_nobody_is_left (guint timeout, const char *mode, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *directory = g_dir_make_tmp ("seatcast-test-XXXXXX", &error);
  g_autofree char *file = g_build_filename (directory, "alive", NULL);
  g_autoptr (ScProgramEnd) end = run_child (timeout, cancellable, mode, file, &error);

  if (cancellable != NULL)
    g_assert_error (error, SC_ERROR, SC_ERROR_CANCELLED);
  else
    g_assert_no_error (error);
  if (end != NULL)
    g_assert_true (end->timed_out == (strcmp (mode, "leave") != 0));
  /* the grandchild writes the file again and again as long as it lives */
  g_usleep (50000);
  g_remove (file);
  g_usleep (200000);
  g_assert_false (g_file_test (file, G_FILE_TEST_EXISTS));
  g_rmdir (directory);
}

static void
test_too_slow (void)
{
  check_nobody_is_left (1, "hang", NULL);
}

static void
test_left_behind (void)
{
  check_nobody_is_left (60, "leave", NULL);
}

/* One that has left the group is out of reach, and may write without an end: it is not listened to any more. */
static void
test_left_behind_talking (void)
{
  static const char *const argv[] = { "/bin/sh", "-c", "for i in 1 2 3 4 5 6; do setsid yes & done; sleep 0.2; exit 5",
                                      NULL };
  g_autofree char *setsid = g_find_program_in_path ("setsid");
  g_autoptr (GError) error = NULL;
  g_autoptr (ScProgramEnd) end = NULL;

  if (setsid == NULL || !g_file_test (argv[0], G_FILE_TEST_IS_EXECUTABLE)) {
    g_test_skip ("there is no setsid here");
    return;
  }
  end = run_until_end (60, NULL, argv, &error);
  g_assert_no_error (error);
  g_assert_cmpint (end->status, ==, 5);
}

static gboolean
cancel (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_REMOVE;
}

static void
test_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_timeout_add (300, cancel, cancellable);
  check_nobody_is_left (60, "hang", cancellable);
}

static void
test_cancelled_before (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (run_child (60, cancellable, "hang", "", &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_CANCELLED);
}

static void
test_not_there (void)
{
  g_autofree char *directory = g_path_get_dirname (own_path);
  g_autofree char *path = g_build_filename (directory, "no-such-program.exe", NULL);
  const char *argv[] = { path, NULL };
  g_autoptr (GError) error = NULL;

  g_assert_null (run_until_end (60, NULL, argv, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "no-such-program"));
}

static void
test_last_line (void)
{
  static const char *const lines[][2] = { { "", "" },
                                          { "\n \n", "" },
                                          { "one", "one" },
                                          { "one\ntwo\n\n", "two" },
                                          { "one\r\ntwo\r\n", "two" },
                                          { "123456789", "12345678" },
                                          { "1234567\xc3\xbc", "1234567" } };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_autofree char *line = sc_program_last_line (lines[i][0], 8);

    g_assert_cmpstr (line, ==, lines[i][1]);
  }
}

/* ---- the children ---- */

static G_GNUC_NORETURN void
live (const char *file)
{
  for (;;) {
    g_file_set_contents (file, "alive", -1, NULL);
    g_usleep (10000);
  }
}

/* A grandchild that does not end, once it lives. */
static void
start_grandchild (const char *file)
{
  char *argv[] = { own_path, (char *) "--child", (char *) "live", (char *) file, NULL };
  g_autoptr (GError) error = NULL;

  if (!g_spawn_async (NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, NULL, &error))
    g_error ("%s", error->message);
  while (!g_file_test (file, G_FILE_TEST_EXISTS))
    g_usleep (10000);
}

static int
child (const char *mode, const char *argument)
{
  if (strcmp (mode, "exit") == 0)
    return (int) g_ascii_strtoll (argument, NULL, 10);
  if (strcmp (mode, "live") == 0)
    live (argument);
  if (strcmp (mode, "say") == 0)
    printf ("not this\n%s “%s”\n", g_getenv ("SC_TEST_WORD"), argument);
  if (strcmp (mode, "much") == 0) {
    for (guint i = 0; i < 100000; i++)
      printf ("%u\n", i);
    fflush (stdout);
    fprintf (stderr, "the end of it\n");
  }
  if (strcmp (mode, "hang") == 0 || strcmp (mode, "leave") == 0)
    start_grandchild (argument);
  while (strcmp (mode, "hang") == 0)
    g_usleep (G_USEC_PER_SEC);
  return 0;
}

int
main (int argc, char **argv)
{
  g_autofree char *path = g_canonicalize_filename (argv[0], NULL);

  own_path = path;
  if (argc == 4 && strcmp (argv[1], "--child") == 0)
    return child (argv[2], argv[3]);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/program/status", test_status);
  g_test_add_func ("/program/at-once", test_at_once);
  g_test_add_func ("/program/arguments", test_arguments);
  g_test_add_func ("/program/output", test_much_output);
  g_test_add_func ("/program/too-slow", test_too_slow);
  g_test_add_func ("/program/left-behind", test_left_behind);
  g_test_add_func ("/program/left-behind/talking", test_left_behind_talking);
  g_test_add_func ("/program/cancelled", test_cancelled);
  g_test_add_func ("/program/cancelled/before", test_cancelled_before);
  g_test_add_func ("/program/not-there", test_not_there);
  g_test_add_func ("/program/last-line", test_last_line);
  return g_test_run ();
}
