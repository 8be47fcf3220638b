/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-hooks.h"

#include "tests/fuzz/fuzz.h"

/* What is taken is within the caps, and has a program that can be named. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GPtrArray) hooks = sc_hooks_parse (text, NULL);

  if (hooks == NULL)
    return 0;
  g_assert_cmpuint (hooks->len, <=, SC_HOOKS_MAX);
  g_assert_true (hooks->len == 0 || strlen (text) <= SC_HOOKS_MAX_BYTES);
  for (guint i = 0; i < hooks->len; i++) {
    const ScHook *hook = hooks->pdata[i];

    g_assert_cmpuint (g_strv_length (hook->run), >=, 1);
    g_assert_cmpuint (g_strv_length (hook->run), <=, SC_HOOKS_MAX_ARGUMENTS);
    g_assert_true (sc_hook_is_absolute (hook->run[0], hook->os));
    g_assert_cmpuint (hook->timeout, >=, 1);
    g_assert_cmpuint (hook->timeout, <=, SC_HOOKS_MAX_TIMEOUT);
    for (guint j = 0; hook->run[j] != NULL; j++)
      g_assert_cmpuint (strlen (hook->run[j]), <=, SC_HOOKS_MAX_ARGUMENT);
  }
  return 0;
}
