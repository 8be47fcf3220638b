/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "common/sc-manifest.h"
#include "common/sc-siblings.h"

#include <string.h>

static void
test_good (void)
{
  static const char *const paths[] = {
    "LONGFI~1.VMD", "a",    "a-x/a",          "a.b/LONGFI~1.VMD", "deep/a/b/c",       "deep/a/b/d",
    "deep/b/a/c",   "long", "x/LONGFI~1.VMD", "y/Long file.vmdk", "z/Long file.vmdk", "z/a",
    "z/b/a",        "z/c/A"
  };
  g_autoptr (GError) error = NULL;

  g_assert_true (sc_siblings_check (paths, G_N_ELEMENTS (paths), &error));
  g_assert_no_error (error);
  g_assert_true (sc_siblings_check (NULL, 0, &error));
}

static void
test_bad (void)
{
  static const struct {
    const char *paths[4]; /* sorted */
    const char *named;    /* in the message */
  } rows[] = {
    { { "Disk.vmdk", "disk.VMDK" }, "“disk.VMDK”" },
    { { "same", "same" }, "twice" },
    { { "Dir/a", "dir/b" }, "“Dir” and “dir”" },
    { { "x/Dir/a", "x/dir/b" }, "x/“Dir”" },
    { { "a", "a/b" }, "a file and a directory" },
    { { "a", "a-x", "a/b" }, "a file and a directory" },
    { { "A/b", "a" }, "“A” and “a”" },
    { { "x/A\xcc\x88", "x/Ä" }, "Unicode form" },
    { { "Ümlaut/a", "ümlaut/b" }, "“ümlaut”" },
    { { "LONGFI~1.VMD", "Long file.vmdk" }, "rename “LONGFI~1.VMD”" },
    { { "Long file.vmdk", "longfi~1.vmd" }, "rename “longfi~1.vmd”" },
    { { "LONGDI~1/a", "Long directory/a" }, "rename “LONGDI~1”" },
    { { "t/LONGDI~1", "t/Long directory/a" }, "t/“LONGDI~1”" },
    { { "a/b/c/LONGFI~1.VMD", "a/b/c/Long file.vmdk", "a/b/c/d" }, "a/b/c/“LONGFI~1.VMD”" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    guint n = 0;

    while (n < G_N_ELEMENTS (rows[i].paths) && rows[i].paths[n] != NULL)
      n++;
    g_assert_false (sc_siblings_check (rows[i].paths, n, &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
    g_test_message ("%s", error->message);
    g_assert_nonnull (strstr (error->message, rows[i].named));
  }
}

/* A seat checks what a console gives it: such manifests are refused when they are parsed. */
static void
test_manifests (void)
{
  g_autoptr (ScTemplateManifestBuilder) builder = sc_template_manifest_builder_new ("Lab 1");
  const ScManifestTemplate templates[] = { { .name = "LONGNA~1" }, { .name = "Long name of a template" } };
  g_autoptr (GError) error = NULL;

  sc_template_manifest_builder_add (builder, "dir/b", 0, 0, 0, NULL, 0);
  sc_template_manifest_builder_add (builder, "Dir/a", 0, 0, 0, NULL, 0);
  g_assert_null (sc_template_manifest_builder_end (builder, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "“Lab 1”"));
  g_clear_error (&error);
  g_assert_null (sc_version_manifest_new (1, 0, "a", "n", templates, G_N_ELEMENTS (templates), &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "rename “LONGNA~1”"));
}

/* A hostile console's worst: as many as there can be, all of the form and all needing one. */
static void
test_many (void)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < SC_MANIFEST_MAX_FILES / 2; i++)
    g_ptr_array_add (paths, g_strdup_printf ("%02X%04X~%u.VMD", i >> 16, i & 0xffff, i % 9 + 1));
  for (guint i = 0; i < SC_MANIFEST_MAX_FILES / 2; i++)
    g_ptr_array_add (paths, g_strdup_printf ("d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/z%06u long name.vmdk", i));
  g_assert_true (sc_siblings_check ((const char *const *) paths->pdata, paths->len, &error));
  g_assert_no_error (error);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/siblings/good", test_good);
  g_test_add_func ("/siblings/bad", test_bad);
  g_test_add_func ("/siblings/manifests", test_manifests);
  g_test_add_func ("/siblings/many", test_many);
  return g_test_run ();
}
