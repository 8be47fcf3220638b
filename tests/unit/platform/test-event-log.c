/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-event-log.h"

static void
test_viewer_finds_no_insertions (void)
{
  static const struct {
    const char *text, *escaped;
  } cases[] = {
    { "a template “%1%1.vmdk” and %20", "a template “% 1% 1.vmdk” and % 20" },
    { "100 % of 5 %, %s, %%, %", "100 % of 5 %, %s, %%, %" },
    { "%%1", "%% 1" },
    { "", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *escaped = sc_event_log_escape (cases[i].text);

    g_assert_cmpstr (escaped, ==, cases[i].escaped);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/event-log/escape", test_viewer_finds_no_insertions);
  return g_test_run ();
}
