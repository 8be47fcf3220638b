/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Batch files, which cmd.exe runs. */
#include "common/platform/sc-program.h"
#include "common/sc-error.h"

#include <glib/gstdio.h>
#include <string.h>
#include <windows.h>

typedef struct {
  char *directory, *path;
} Fixture;

static void
set_up (Fixture *f, gconstpointer name)
{
  static const char batch[] = "@echo off\r\necho the word is %SC_TEST_WORD%\r\nexit /b 3\r\n";
  g_autoptr (GError) error = NULL;

  f->directory = g_dir_make_tmp ("seatcast test (1) & 2-XXXXXX", &error);
  f->path = g_build_filename (f->directory, name, NULL);
  g_file_set_contents (f->path, batch, -1, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer name)
{
  g_assert_cmpint (g_remove (f->path), ==, 0);
  g_assert_cmpint (g_rmdir (f->directory), ==, 0);
  g_free (f->directory);
  g_free (f->path);
}

static void
keep (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static ScProgramEnd *
run (const char *const *argv, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_auto (GStrv) environment = g_environ_setenv (g_get_environ (), "SC_TEST_WORD", "a & b", TRUE);

  sc_program_run_async (argv, (const char *const *) environment, NULL, 60, NULL, keep, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return sc_program_run_finish (result, error);
}

static void
test_alone (Fixture *f, gconstpointer name)
{
  const char *const argv[] = { f->path, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (ScProgramEnd) end = run (argv, &error);

  g_assert_no_error (error);
  g_test_message ("%s", end->output);
  g_assert_nonnull (strstr (end->output, "the word is a"));
  g_assert_cmpint (end->status, ==, 3);
}

static void
test_with_arguments (Fixture *f, gconstpointer name)
{
  const char *const argv[] = { f->path, "one", NULL };
  g_autoptr (GError) error = NULL;

  g_assert_null (run (argv, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "without arguments"));
}

/* cmd.exe would put a variable there. */
static void
test_name_with_a_variable (Fixture *f, gconstpointer name)
{
  const char *const argv[] = { f->path, NULL };
  g_autoptr (GError) error = NULL;

  g_assert_null (run (argv, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
}

/* Who wants arguments starts the command interpreter himself, and it finds its options. */
static void
test_by_the_interpreter (Fixture *f, gconstpointer name)
{
  wchar_t system[MAX_PATH];
  g_autofree char *directory = NULL;
  g_autofree char *program = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (GetSystemDirectoryW (system, MAX_PATH), >, 0);
  directory = g_utf16_to_utf8 ((const gunichar2 *) system, -1, NULL, NULL, NULL);
  program = g_build_filename (directory, "cmd.exe", NULL);
  const char *const argv[] = { program, "/d", "/c", "echo", "said", "&&", "exit", "/b", "5", NULL };
  g_autoptr (ScProgramEnd) end = run (argv, &error);

  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (end->output, "said"));
  g_assert_cmpint (end->status, ==, 5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/program-batch/cmd", Fixture, "hook.cmd", set_up, test_alone, tear_down);
  g_test_add ("/program-batch/bat", Fixture, "a hook.BAT", set_up, test_alone, tear_down);
  g_test_add ("/program-batch/arguments", Fixture, "hook.cmd", set_up, test_with_arguments, tear_down);
  g_test_add ("/program-batch/variable", Fixture, "%TEMP%.cmd", set_up, test_name_with_a_variable, tear_down);
  g_test_add ("/program-batch/interpreter", Fixture, "hook.cmd", set_up, test_by_the_interpreter, tear_down);
  return g_test_run ();
}
