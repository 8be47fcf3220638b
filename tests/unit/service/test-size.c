/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sizes as an administrator writes them. */
#include "common/sc-error.h"
#include "service/apply/sc-apply.h"
#include "service/sc-size.h"

static void
test_good (void)
{
  static const struct {
    const char *text;
    gint64 bytes;
  } cases[] = {
    { "0", 0 },
    { "512", 512 },
    { "1K", 1024 },
    { "3m", 3 * 1024 * 1024 },
    { "20G", G_GINT64_CONSTANT (20) << 30 },
    { "2T", G_GINT64_CONSTANT (2) << 40 },
    { "8388607T", G_GINT64_CONSTANT (8388607) << 40 },
    { "9223372036854775807", G_MAXINT64 },
    { "default", SC_APPLY_DEFAULT },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    gint64 bytes = -77;

    g_assert_true (sc_size_parse ("--reserve", cases[i].text, &bytes, &error));
    g_assert_no_error (error);
    g_assert_cmpint (bytes, ==, cases[i].bytes);
  }
}

static void
test_bad (void)
{
  static const char *const cases[] = { "",    "G",   "-1",  "1.5G", "1GB",      "1 G",     " 1",
                                       "0x1", "1KK", "ten", "+1",   "8388608T", "Default", "9223372036854775808",
                                       "\xff" };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    gint64 bytes = -77;

    g_assert_false (sc_size_parse ("--undo-budget", cases[i], &bytes, &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
    g_assert_nonnull (strstr (error->message, "--undo-budget"));
    g_assert_nonnull (strstr (error->message, "such as 512M or 20G"));
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/service/size/good", test_good);
  g_test_add_func ("/service/size/bad", test_bad);
  return g_test_run ();
}
