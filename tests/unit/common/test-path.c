/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "common/sc-path.h"

#include <string.h>

static void
test_good_paths (void)
{
  static const char *const good[] = {
    "disk.vmdk",
    "Windows 11/disk-s001.vmdk",
    "ümläut/ディスク.vhdx",
    ".hidden",
    "a/b/c/d/e/f",
    "console.log",
    "com10.txt",
    "lpt",
    "nul1",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_true (sc_path_check_relative (good[i], &error));
    g_assert_no_error (error);
  }
}

static void
test_bad_paths (void)
{
  static const char *const bad[] = {
    "",
    "/",
    "/etc/passwd",
    "a//b",
    "a/",
    "..",
    "../x",
    "a/../b",
    ".",
    "a/./b",
    "a\\b",
    "C:",
    "x:y",
    "what?",
    "a*",
    "a\"b",
    "<",
    ">",
    "a|b",
    "tab\there",
    "new\nline",
    "\x7f",
    "dot.",
    "space ",
    "CON",
    "con.txt",
    "aux",
    "NUL.tar.gz",
    "com1",
    "LPT9.log",
    "COM0",
    "Prn .txt",
    "disk.vmdk.updating",
    "disk.UPDATING",
    "bad\xff",
    ".seatcast",
    ".SeatCast/x",
    "a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_test_message ("“%s”", g_utf8_validate (bad[i], -1, NULL) ? bad[i] : "(not UTF-8)");
    g_assert_false (sc_path_check_relative (bad[i], &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
  }
}

static void
test_length_caps (void)
{
  g_autofree char *component = g_strnfill (SC_PATH_MAX_COMPONENT + 1, 'x');
  g_autofree char *path = g_strnfill (SC_PATH_MAX_BYTES + 1, 'x');
  g_autoptr (GError) error = NULL;

  g_assert_false (sc_path_check_relative (component, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  component[SC_PATH_MAX_COMPONENT] = '\0';
  g_assert_true (sc_path_check_relative (component, NULL));
  for (gsize i = 100; i < strlen (path); i += 101)
    path[i] = '/';
  g_assert_false (sc_path_check_relative (path, NULL));
}

static void
test_fold (void)
{
  const char *const same[][2] = { { "Disk.VMDK", "disk.vmdk" }, { "Ä", "a\xcc\x88" }, { "ﬁle", "file" } };

  for (gsize i = 0; i < G_N_ELEMENTS (same); i++) {
    g_autofree char *a = sc_path_fold (same[i][0]);
    g_autofree char *b = sc_path_fold (same[i][1]);

    g_assert_cmpstr (a, ==, b);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/path/good", test_good_paths);
  g_test_add_func ("/path/bad", test_bad_paths);
  g_test_add_func ("/path/length-caps", test_length_caps);
  g_test_add_func ("/path/fold", test_fold);
  return g_test_run ();
}
