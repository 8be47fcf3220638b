/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "common/sc-hooks.h"

#include <string.h>

#define GOOD "\"when\":\"before-commit\",\"os\":\"linux\",\"run\":[\"/bin/true\"],\"timeout_seconds\":60"

static void
test_none (void)
{
  static const char *const texts[] = { NULL, "", "{\"hooks\":[]}" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) hooks = sc_hooks_parse (texts[i], &error);

    g_assert_no_error (error);
    g_assert_cmpuint (hooks->len, ==, 0);
  }
}

static void
test_some (void)
{
  const char *text = "{\"hooks\":[{" GOOD "},"
                     "{\"when\":\"after-commit\",\"os\":\"windows\",\"run\":[\"C:\\\\Tools\\\\a b.exe\",\"\",\"x y\"],"
                     "\"timeout_seconds\":3600},"
                     "{\"when\":\"after-commit\",\"os\":\"any\",\"run\":[\"/opt/x\"],\"timeout_seconds\":1}]}";
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) hooks = sc_hooks_parse (text, &error);
  const ScHook *hook;

  g_assert_no_error (error);
  g_assert_cmpuint (hooks->len, ==, 3);
  hook = hooks->pdata[0];
  g_assert_cmpint (hook->when, ==, SC_HOOK_BEFORE_COMMIT);
  g_assert_cmpuint (hook->timeout, ==, 60);
  g_assert_true (sc_hook_is_for (hook, SC_HOOK_LINUX));
  g_assert_false (sc_hook_is_for (hook, SC_HOOK_WINDOWS));
  hook = hooks->pdata[1];
  g_assert_cmpint (hook->when, ==, SC_HOOK_AFTER_COMMIT);
  g_assert_cmpstr (hook->run[0], ==, "C:\\Tools\\a b.exe");
  g_assert_cmpstr (hook->run[1], ==, "");
  g_assert_cmpstr (hook->run[2], ==, "x y");
  g_assert_null (hook->run[3]);
  g_assert_false (sc_hook_is_for (hook, SC_HOOK_LINUX));
  hook = hooks->pdata[2];
  g_assert_true (sc_hook_is_for (hook, SC_HOOK_LINUX) && sc_hook_is_for (hook, SC_HOOK_WINDOWS));
}

static void
test_refused (void)
{
  static const struct {
    const char *text;
    const char *says;
  } cases[] = {
    { "x", "" },
    { "[]", "" },
    { "{}", "hooks" },
    { "{\"hooks\":{}}", "hooks" },
    { "{\"hooks\":[],\"more\":1}", "more" },
    { "{\"hooks\":[7]}", "hook 1" },
    { "{\"hooks\":[{" GOOD "},{" GOOD ",\"shell\":true}]}", "hook 2: the member “shell”" },
    { "{\"hooks\":[{\"os\":\"linux\",\"run\":[\"/x\"],\"timeout_seconds\":1}]}", "when" },
    { "{\"hooks\":[{\"when\":\"never\",\"os\":\"linux\",\"run\":[\"/x\"],\"timeout_seconds\":1}]}",
      "“never”, but must be one of “before-commit”, “after-commit”" },
    { "{\"hooks\":[{\"when\":\"after-commit\",\"os\":\"hurd\",\"run\":[\"/x\"],\"timeout_seconds\":1}]}",
      "“hurd”, but must be one of “linux”, “windows”, “any”" },
    { "{\"hooks\":[{\"when\":\"after-commit\",\"os\":\"linux\",\"run\":[],\"timeout_seconds\":1}]}", "absolute" },
    { "{\"hooks\":[{\"when\":\"after-commit\",\"os\":\"linux\",\"run\":[\"x\"],\"timeout_seconds\":1}]}", "absolute" },
    { "{\"hooks\":[{\"when\":\"after-commit\",\"os\":\"any\",\"run\":[\"../x\"],\"timeout_seconds\":1}]}", "absolute" },
    { "{\"hooks\":[{\"when\":\"after-commit\",\"os\":\"linux\",\"run\":[\"C:\\\\x\"],\"timeout_seconds\":1}]}",
      "absolute" },
    { "{\"hooks\":[{\"when\":\"after-commit\",\"os\":\"windows\",\"run\":[\"/x\"],\"timeout_seconds\":1}]}",
      "absolute" },
    { "{\"hooks\":[{\"when\":\"after-commit\",\"os\":\"windows\",\"run\":[\"\\\\\\\\server\\\\x\"],\"timeout_seconds\":"
      "1}]}",
      "absolute" },
    { "{\"hooks\":[{\"when\":\"after-commit\",\"os\":\"windows\",\"run\":[\"C:x\"],\"timeout_seconds\":1}]}",
      "absolute" },
    { "{\"hooks\":[{\"when\":\"after-commit\",\"os\":\"linux\",\"run\":\"/x\",\"timeout_seconds\":1}]}", "run" },
    { "{\"hooks\":[{\"when\":\"after-commit\",\"os\":\"linux\",\"run\":[1],\"timeout_seconds\":1}]}", "run" },
    { "{\"hooks\":[{\"when\":\"after-commit\",\"os\":\"linux\",\"run\":[\"/x\"],\"timeout_seconds\":0}]}", "timeout" },
    { "{\"hooks\":[{\"when\":\"after-commit\",\"os\":\"linux\",\"run\":[\"/x\"],\"timeout_seconds\":3601}]}",
      "timeout" },
    { "{\"hooks\":[{\"when\":\"after-commit\",\"os\":\"linux\",\"run\":[\"/x\"],\"timeout_seconds\":-1}]}", "timeout" },
    { "{\"hooks\":[{\"when\":\"after-commit\",\"os\":\"linux\",\"run\":[\"/x\"]}]}", "timeout" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (sc_hooks_parse (cases[i].text, &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
    if (strstr (error->message, cases[i].says) == NULL)
      g_error ("“%s” does not say “%s”", error->message, cases[i].says);
  }
}

static char *
make_many (guint n_hooks, guint n_arguments, gsize length)
{
  GString *text = g_string_new ("{\"hooks\":[");
  g_autofree char *argument = g_strnfill (length, 'x');

  for (guint i = 0; i < n_hooks; i++) {
    g_string_append_printf (text, "%s{\"when\":\"after-commit\",\"os\":\"linux\",\"run\":[\"/x\"", i > 0 ? "," : "");
    for (guint j = 1; j < n_arguments; j++)
      g_string_append_printf (text, ",\"%s\"", argument);
    g_string_append (text, "],\"timeout_seconds\":1}");
  }
  g_string_append (text, "]}");
  return g_string_free (text, FALSE);
}

static gboolean
takes (guint n_hooks, guint n_arguments, gsize length)
{
  g_autofree char *text = make_many (n_hooks, n_arguments, length);
  g_autoptr (GPtrArray) hooks = sc_hooks_parse (text, NULL);

  return hooks != NULL;
}

static void
test_caps (void)
{
  g_assert_true (takes (SC_HOOKS_MAX, SC_HOOKS_MAX_ARGUMENTS, 10));
  g_assert_false (takes (SC_HOOKS_MAX + 1, 1, 1));
  g_assert_false (takes (1, SC_HOOKS_MAX_ARGUMENTS + 1, 1));
  g_assert_true (takes (1, 2, SC_HOOKS_MAX_ARGUMENT));
  g_assert_false (takes (1, 2, SC_HOOKS_MAX_ARGUMENT + 1));
  g_assert_false (takes (1, 6, SC_HOOKS_MAX_ARGUMENT)); /* the whole text */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hooks/none", test_none);
  g_test_add_func ("/hooks/some", test_some);
  g_test_add_func ("/hooks/refused", test_refused);
  g_test_add_func ("/hooks/caps", test_caps);
  return g_test_run ();
}
