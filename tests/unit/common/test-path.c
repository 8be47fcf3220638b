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
    "com⁴.txt",
    "com1x",
    "~WRL0001.tmp",
    "LONGFI~1.VMD",
    "backup~2.vmdk",
    "SEATCA~1.VMD",
    "SEATS~1",
    "~$report.docx",
    "a~1",
    " leading space",
    "$Extended",
    "עברית.vmdk",
    "Größe und Maß, 5½″; [x]+=y.vmx",
    "\U0001F4BE.iso",
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
    "COM¹",
    "com².log",
    "LPT³ .x",
    "CONIN$",
    "conout$.txt",
    "$Extend",
    "$mft/x",
    "a/$RECYCLE.BIN",
    "System Volume Information",
    "c1\xc2\x85"
    "control",
    "line\u2028separator",
    "invoice\u202efdp.exe",
    "isolate\u2067d",
    "samba\uf03aname",
    "\ufffe",
    "not\ufdd0a character",
    "\U0001fffe",
    "LONGFI~1.UPD",
    "disk~12.upd",
    "a. ",
    "disk.vmdk.updating",
    "disk.UPDATING",
    "bad\xff",
    ".seatcast",
    ".SeatCast/x",
    "SEATCA~1",
    "seatc~12/undo",
    "SE1F0C~1",
    "SYSTEM~1",
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

/* 240 bytes are never more than 240 of the 255 units that NTFS allows, whatever the characters. */
static void
test_longest_component_in_utf16 (void)
{
  static const char *const characters[] = { "x", "ä", "デ", "\U0001F4BE" };

  for (gsize i = 0; i < G_N_ELEMENTS (characters); i++) {
    g_autoptr (GString) name = g_string_new (NULL);
    g_autofree gunichar2 *units = NULL;
    glong n_units;

    while (name->len + strlen (characters[i]) <= SC_PATH_MAX_COMPONENT)
      g_string_append (name, characters[i]);
    g_assert_true (sc_path_check_component (name->str, NULL));
    units = g_utf8_to_utf16 (name->str, -1, NULL, &n_units, NULL);
    g_assert_cmpint (n_units + (glong) strlen (SC_PATH_UPDATING_SUFFIX), <=, 255);
    g_string_append (name, "xxxx");
    g_assert_false (sc_path_check_component (name->str, NULL));
  }
}

static void
assert_same_fold (const char *a, const char *b)
{
  g_autofree char *fold_a = sc_path_fold (a);
  g_autofree char *fold_b = sc_path_fold (b);

  g_assert_cmpstr (fold_a, ==, fold_b);
}

static void
test_fold (void)
{
  static const char *const same[][2] = { { "Disk.VMDK", "disk.vmdk" }, { "Ä", "a\xcc\x88" },   { "ﬁle", "file" },
                                         { "ΌΔΟΣ", "όδος" },           { "Ⅷ", "viii" },        { "가", "\u1100\u1161" },
                                         { "K.vhd", "k.vhd" },         { "Straße", "STRASSE" } };
  static const char *const different[][2] = { { "a", "b" },    { "a", "ä" }, { "disk1", "disk₂" },
                                              { "a b", "ab" }, { "o", "ø" }, { "デ", "テ" } };

  for (gsize i = 0; i < G_N_ELEMENTS (same); i++)
    assert_same_fold (same[i][0], same[i][1]);
  for (gsize i = 0; i < G_N_ELEMENTS (different); i++) {
    g_autofree char *a = sc_path_fold (different[i][0]);
    g_autofree char *b = sc_path_fold (different[i][1]);

    g_assert_cmpstr (a, !=, b);
  }
}

/* NTFS holds two names for the same one if each character has the same capital, alone and beside others. */
static void
test_fold_joins_all_that_ntfs_does (void)
{
  static const char *const before[] = { "", "a", "α", "\u0928" };
  guint n_pairs = 0;

  for (gunichar c = 0x21; c < 0x10000; c++) {
    char small[8] = "", capital[8] = "";

    if ((c >= 0xd800 && c <= 0xdfff) || g_unichar_toupper (c) == c)
      continue;
    n_pairs++;
    g_unichar_to_utf8 (c, small);
    g_unichar_to_utf8 (g_unichar_toupper (c), capital);
    for (gsize i = 0; i < G_N_ELEMENTS (before); i++) {
      g_autofree char *a = g_strconcat (before[i], small, ".vmdk", NULL);
      g_autofree char *b = g_strconcat (before[i], capital, ".VMDK", NULL);

      assert_same_fold (a, b);
    }
  }
  g_assert_cmpuint (n_pairs, >, 1000);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/path/good", test_good_paths);
  g_test_add_func ("/path/bad", test_bad_paths);
  g_test_add_func ("/path/length-caps", test_length_caps);
  g_test_add_func ("/path/longest-component-in-utf16", test_longest_component_in_utf16);
  g_test_add_func ("/path/fold", test_fold);
  g_test_add_func ("/path/fold-joins-all-that-ntfs-does", test_fold_joins_all_that_ntfs_does);
  return g_test_run ();
}
