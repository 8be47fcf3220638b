/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/apply/test-special.h"
#include "tests/unit/apply/test-undo.h"

#include <glib/gstdio.h>

#define FIRST "0000000000000001"
#define MAX_STEPS 4096u

/* No step, and nothing that keeps the next update from going on. */
static void
test_hostile_description (gconstpointer data)
{
  g_autoptr (TestUndo) self = test_undo_new (NULL);
  const char *text = data;

  test_undo_put_file (self, "0000000000000005/step.json", text);
  test_undo_put_file (self, "0000000000000005/log", "nothing");
  test_undo_reopen (self);
  g_assert_cmpuint (test_undo_count (self), ==, 0);
  test_undo_clean (self);
  g_assert_false (test_undo_is_there (self, "0000000000000005"));
}

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define DESCRIPTION(format, name, from, version, bytes)                                                                \
  "{\"format\":" format ",\"template\":" name ",\"from\":\"" from "\",\"version\":" version ",\"sealed\":true,"        \
  "\"bytes\":" bytes "}"

static const char *const hostile[] = {
  "",
  "{}",
  "[]",
  "{\"format\":1",
  DESCRIPTION ("2", "\"a\"", HEX, "1", "1"),
  DESCRIPTION ("1", "\"../a\"", HEX, "1", "1"),
  DESCRIPTION ("1", "\"a/b\"", HEX, "1", "1"),
  DESCRIPTION ("1", "\"\"", HEX, "1", "1"),
  DESCRIPTION ("1", "7", HEX, "1", "1"),
  DESCRIPTION ("1", "\"a\"", "0123", "1", "1"),
  DESCRIPTION ("1", "\"a\"", HEX, "-1", "1"),
  DESCRIPTION ("1", "\"a\"", HEX, "\"1\"", "1"),
  DESCRIPTION ("1", "\"a\"", HEX, "1", "9223372036854775807"),
  DESCRIPTION ("1", "\"a\"", HEX, "1", "1") "x",
};

static void
test_description (void)
{
  g_autoptr (TestUndo) self = test_undo_new (NULL);
  g_autofree char *spaces = g_strnfill (65536, ' ');
  g_autofree char *long_text = g_strconcat (DESCRIPTION ("1", "\"a\"", HEX, "1", "1"), spaces, NULL);

  test_undo_put_file (self, "0000000000000003/step.json", long_text);
  test_undo_put_file (self, "0000000000000005/step.json", DESCRIPTION ("1", "\".\"", HEX, "9", "77"));
  test_undo_put_file (self, "0000000000000007/step.json/is-a-directory", "");
  test_undo_put_file (self, "0000000000000009", "is a file");
  test_undo_reopen (self);
  g_assert_cmpuint (test_undo_count (self), ==, 1);
  g_assert_cmpuint (test_undo_get_step (self, 0)->id, ==, 5);
  g_assert_cmpstr (test_undo_get_step (self, 0)->template_name, ==, ".");
  g_assert_cmpuint (test_undo_get_step (self, 0)->version, ==, 9);
  g_assert_cmpuint (test_undo_get_step (self, 0)->bytes, ==, 77);
  g_assert_true (test_undo_get_step (self, 0)->sealed);
}

static void
test_log_is_no_file (void)
{
  g_autoptr (TestUndo) self = test_undo_new (NULL);
  g_autofree char *log = test_undo_path (self, "0000000000000002/log");

  test_undo_put_file (self, FIRST "/step.json", DESCRIPTION ("1", "\"a\"", HEX, "9", "77"));
  test_undo_put_file (self, FIRST "/log/is-a-directory", "");
  test_undo_put_file (self, "0000000000000002/step.json", DESCRIPTION ("1", "\"a\"", HEX, "9", "77"));
  test_special_link ("/dev/zero", log);
  test_undo_reopen (self);
  g_assert_cmpuint (test_undo_count (self), ==, 2);
  test_undo_drop (self, test_undo_get_step (self, 0));
  test_undo_drop (self, test_undo_get_step (self, 0));
  g_assert_false (test_undo_is_there (self, FIRST));
}

static void
test_deep_directories (void)
{
  g_autoptr (TestUndo) self = test_undo_new (NULL);
  g_autoptr (GString) deep = g_string_new ("0000000000000003");

  for (guint i = 0; i < 40; i++)
    g_string_append (deep, "/d");
  test_undo_put_file (self, deep->str, "");
  test_undo_put_file (self, "0000000000000004/log", "");
  test_undo_reopen (self);
  test_undo_clean (self);
  g_assert_true (test_undo_is_there (self, "0000000000000003"));
  g_assert_false (test_undo_is_there (self, "0000000000000004"));
  g_assert_cmpuint (test_undo_open_step (self, "a", 1)->id, ==, 5);
}

static void
test_too_many_steps (void)
{
  g_autoptr (TestUndo) self = test_undo_new (NULL);

  for (guint i = 1; i <= MAX_STEPS + 2; i++) {
    g_autofree char *name = g_strdup_printf ("%016x/step.json", i);

    test_undo_put_file (self, name, DESCRIPTION ("1", "\"a\"", HEX, "1", "1"));
  }
  test_undo_reopen (self);
  g_assert_cmpuint (test_undo_count (self), ==, MAX_STEPS);
  g_assert_cmpuint (test_undo_get_step (self, 0)->id, ==, 3);
  g_assert_cmpuint (test_undo_open_step (self, "b", 1)->id, ==, MAX_STEPS + 3);
  g_assert_cmpuint (test_undo_count (self), ==, MAX_STEPS);
  g_assert_cmpuint (test_undo_get_step (self, 0)->id, ==, 4);
  test_undo_clean (self);
  g_assert_false (test_undo_is_there (self, FIRST));
  g_assert_false (test_undo_is_there (self, "0000000000000003"));
  g_assert_true (test_undo_is_there (self, "0000000000000004"));
}

static void
be_silent (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_handler ("Seatcast", G_LOG_LEVEL_MESSAGE, be_silent, NULL);
  g_test_add_func ("/apply-undo-hostile/some-whole", test_description);
  g_test_add_func ("/apply-undo-hostile/log-is-no-file", test_log_is_no_file);
  g_test_add_func ("/apply-undo-hostile/deep-directories", test_deep_directories);
  g_test_add_func ("/apply-undo-hostile/too-many-steps", test_too_many_steps);
  for (guint i = 0; i < G_N_ELEMENTS (hostile); i++) {
    g_autofree char *path = g_strdup_printf ("/apply-undo-hostile/description/%u", i);

    g_test_add_data_func (path, hostile[i], test_hostile_description);
  }
  return g_test_run ();
}
