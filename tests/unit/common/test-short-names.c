/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-short-names.h"

typedef struct {
  const char *generated; /* has the form, or has not */
  const char *sibling;
  gboolean clash;
} Row;

static const Row rows[] = {
  /* the first letters, spaces and dots left out */
  { "LONGFI~1.VMD", "Long file.vmdk", TRUE },
  { "longfi~1.vmd", "Long file.vmdk", TRUE },
  { "LONGFI~1.VMD", "longfilename.vmd", TRUE },
  { "LONGFI~1.VMD", "long.fi.le.vmdk", TRUE },
  { "LONGFI~1.VMD", "..long fi.vmdk", TRUE },
  { "HIDDEN~1", ".hiddenthing", TRUE },
  { "README~1", "readme file", TRUE },
  { "A_B_C_~1.TXT", "a+b,c;d.txt", TRUE },
  { "WINDOW~4.VMX", "Windows 11.vmx", TRUE },
  { "WIN~2~1.VMX", "win~2 something.vmx", TRUE },
  { "NOTES~1.MD", "notes .md", TRUE },
  { "FILE~1.GZ", "file tar.gz", TRUE },
  { "DISKTA~1.GZ", "disk.tar.gz", TRUE },
  /* a longer number leaves less of the name */
  { "LONGF~10.VMD", "Long file.vmdk", TRUE },
  { "LON~1000.VMD", "Long file.vmdk", TRUE },
  { "L~100000.VMD", "Long file.vmdk", TRUE },
  /* two letters and a checksum */
  { "LO8F2A~1.VMD", "Long file.vmdk", TRUE },
  { "lo8f2a~9.vmd", "Long file.vmdk", TRUE },
  { "AB12CD~1.ISO", "a b.iso", TRUE },
  { "X0F0F~1", " x", TRUE },
  /* characters outside ASCII become what the code page has for them */
  { "GRE~1.VMD", "Größe.vmdk", TRUE },
  { "GR__E~1.VMD", "Größe.vmdk", TRUE },
  { "GROSSE~1.VMD", "Größe.vmdk", TRUE },
  { "WHAT~1.VMD", "ディスク.vmdk", TRUE },
  { "GRÖSSE~1.VMD", "Größe 2.vmdk", TRUE },
  { "FILE~1.X", "file.жжж", TRUE },
  /* not this sibling's */
  { "LONGFI~1.VMD", "Long file.vmx", FALSE },
  { "LONGFI~1.VMD", "Long one.vmdk", FALSE },
  { "LONGFI~1.VMD", "Short file.vmdk", FALSE },
  { "LONGFI~1", "Long file.vmdk", FALSE },
  { "XX8F2A~1.VMD", "Long file.vmdk", FALSE },
  { "LO8G2A~1.VMD", "Long file.vmdk", FALSE },
  { "GRAB~1.VMD", "Größe.vmx", FALSE },
  { "LONGER~1.VMD", "Long fichier ö.vmdk", FALSE },
  /* the sibling needs no other name */
  { "LONGFI~1.VMD", "LONGFI~2.VMD", FALSE },
  { "DISK~1.VMD", "disk.vmd", FALSE },
  { "README~1", "readme", FALSE },
  { "LONGFI~1.VMD", "LONGFI~1.VMD", FALSE },
  /* no generated name looks like this */
  { "LONGFI~A.VMD", "Long file.vmdk", FALSE },
  { "LONGFI~.VMD", "Long file.vmdk", FALSE },
  { "LONGFI~1.VMDK", "Long file.vmdk", FALSE },
  { "LONGFILE~1.VMD", "Long file.vmdk", FALSE },
  { "LONGFI~123.VMD", "Long file.vmdk", FALSE },
  { "LONGFI~1.V.D", "Long file.v.d", FALSE },
  { "LONGFI1.VMD", "Long file.vmdk", FALSE },
};

static void
test_rows (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (ScShortNames) names = sc_short_names_new ();

    g_test_message ("%s beside %s", rows[i].generated, rows[i].sibling);
    sc_short_names_add (names, rows[i].generated);
    sc_short_names_add (names, rows[i].sibling);
    g_assert_cmpstr (sc_short_names_find (names, rows[i].sibling), ==, rows[i].clash ? rows[i].generated : NULL);
  }
}

/* In whatever order, and when several have the same beginning. */
static void
test_several (void)
{
  static const char *const both[] = { "LONGFI~1.VMD", "GRÖSSE~1.VMD", "GRÖSSE~2.VMD" };

  for (guint order = 0; order < 2; order++) {
    g_autoptr (ScShortNames) names = sc_short_names_new ();

    for (guint i = 0; i < G_N_ELEMENTS (both); i++)
      sc_short_names_add (names, both[order == 0 ? i : G_N_ELEMENTS (both) - 1 - i]);
    g_assert_cmpstr (sc_short_names_find (names, "Long file.vmdk"), ==, "LONGFI~1.VMD");
    g_assert_nonnull (sc_short_names_find (names, "GRÖSSE~1.VMD"));
    g_assert_nonnull (sc_short_names_find (names, "GRÖSSE~2.VMD"));
    g_assert_null (sc_short_names_find (names, "LONGFI~1.VMD"));
    g_assert_null (sc_short_names_find (names, "Long file.vmx"));
  }
}

static void
test_updating (void)
{
  static const char *const yes[] = { "LONGFI~1.UPD", "disk~12.upd", "LO8F2A~1.UPD" };
  static const char *const no[] = { "LONGFI~1.VMD", "LONGFI.UPD", "LONGFI~1.UPDATE", "LONGFI~1", "LONGFILE~1.UPD" };

  for (gsize i = 0; i < G_N_ELEMENTS (yes); i++)
    g_assert_true (sc_short_name_is_updating (yes[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (no); i++)
    g_assert_false (sc_short_name_is_updating (no[i]));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/short-names/rows", test_rows);
  g_test_add_func ("/short-names/several", test_several);
  g_test_add_func ("/short-names/updating", test_updating);
  return g_test_run ();
}
