/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-file-scan.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test-dir.h"

static void
test_links (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autofree char *root = test_scan_resolve (dir);
  g_autofree char *image = g_build_filename (root, "a", "image", NULL);
  g_autofree char *link_to_file = g_build_filename (root, "file", NULL);
  g_autofree char *link_to_directory = g_build_filename (root, "b", NULL);
  g_autofree char *through = g_build_filename (root, "b", "image", NULL);
  g_autoptr (GError) error = NULL;
  ScScanInfo info;
  test_scan_write (dir, "a/image", "x", 1);
  g_assert_cmpint (symlink ("a/image", link_to_file), ==, 0);
  g_assert_cmpint (symlink ("a", link_to_directory), ==, 0);

  g_assert_true (sc_scan_info (link_to_file, &info, &error));
  g_assert_cmpint (info.kind, ==, SC_SCAN_LINK);
  test_scan_assert_not_opened (link_to_file, SC_ERROR_CHANGED);
  test_scan_assert_not_opened (through, SC_ERROR_CHANGED);
  g_autofree char *resolved = test_scan_resolve (through);
  g_assert_cmpstr (resolved, ==, image);
  sc_scan_file_close (test_scan_open (resolved));
}

static void
test_others (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autofree char *root = test_scan_resolve (dir);
  g_autofree char *fifo = g_build_filename (root, "fifo", NULL);
  g_autoptr (GError) error = NULL;
  ScScanInfo info;
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  g_assert_true (sc_scan_info (fifo, &info, &error));
  g_assert_cmpint (info.kind, ==, SC_SCAN_OTHER);
  test_scan_assert_not_opened (fifo, SC_ERROR_CHANGED); /* and does not wait for a writer */
}

/* Names are bytes here, and publishing says which one it cannot take. */
static void
test_bytes (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autoptr (GError) error = NULL;
  test_scan_write (dir, "\xff\xfe", "x", 1);
  g_autoptr (GPtrArray) found = sc_scan_list (dir, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 1);
  g_assert_cmpstr (found->pdata[0], ==, "\xff\xfe");
}

gboolean
test_scan_resolves_long (void)
{
  return TRUE;
}

void
test_scan_add_system (void)
{
  g_test_add_func ("/platform/file-scan/links", test_links);
  g_test_add_func ("/platform/file-scan/others", test_others);
  g_test_add_func ("/platform/file-scan/bytes", test_bytes);
}
