/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-file-scan.h"

#include <string.h>

#include "common/platform/sc-nt.h"
#include "test-dir.h"
#include "test-junction.h"

static HANDLE
hold (const char *path, DWORD access, DWORD share)
{
  g_autofree wchar_t *wide = sc_nt_to_wide (path);
  HANDLE handle = CreateFileW (wide, access, share, NULL, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL);
  g_assert_true (handle != INVALID_HANDLE_VALUE);
  return handle;
}

/* A virtual machine that runs has its image open for hours, and the file's times stand still meanwhile. */
static void
test_writers (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autofree char *root = test_scan_resolve (dir);
  g_autofree char *path = g_build_filename (root, "image", NULL);
  g_autoptr (GError) error = NULL;
  ScScanInfo info;
  test_scan_write (dir, "image", "x", 1);

  HANDLE writer = hold (path, GENERIC_READ | GENERIC_WRITE, SC_NT_SHARE_ALL);
  test_scan_assert_not_opened (path, SC_ERROR_BUSY);
  CloseHandle (writer);
  HANDLE alone = hold (path, GENERIC_READ, 0);
  test_scan_assert_not_opened (path, SC_ERROR_BUSY);
  g_assert_true (sc_scan_info (path, &info, &error)); /* looking is possible all the same */
  g_assert_no_error (error);
  CloseHandle (alone);
  HANDLE reader = hold (path, GENERIC_READ, FILE_SHARE_READ);
  g_autoptr (ScScanFile) file = test_scan_open (path);
  g_assert_true (sc_scan_file_info (file, &info, &error));
  g_assert_no_error (error);
  CloseHandle (reader);
  writer = hold (path, GENERIC_WRITE, SC_NT_SHARE_ALL); /* we are not in its way */
  g_assert_false (sc_scan_file_info (file, &info, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_CHANGED);
  CloseHandle (writer);
}

static void
test_short_names (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autofree char *root = test_scan_resolve (dir);
  g_autofree char *path = g_build_filename (root, "a long name of a disk.vmdk", NULL);
  g_autofree wchar_t *wide = sc_nt_to_wide (path);
  wchar_t short_path[MAX_PATH];
  test_scan_write (dir, "a long name of a disk.vmdk", "x", 1);
  DWORD n = GetShortPathNameW (wide, short_path, G_N_ELEMENTS (short_path));
  g_assert_cmpuint (n, >, 0);
  g_autofree char *text = g_utf16_to_utf8 ((const gunichar2 *) short_path, n, NULL, NULL, NULL);
  if (strchr (text, '~') == NULL) {
    g_test_skip ("This volume makes no short names");
    return;
  }
  g_autofree char *resolved = test_scan_resolve (text);
  g_assert_cmpstr (resolved, ==, path);
}

static void
test_paths (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autofree char *root = test_scan_resolve (dir);
  g_autofree char *stream = g_build_filename (root, "image:stream", NULL);
  g_autofree char *forward = g_strdelimit (g_build_filename (root, "a", "image", NULL), "\\", '/');
  g_autofree char *prefixed = g_strconcat ("\\\\?\\", root, "\\a\\image", NULL);
  test_scan_write (dir, "image", "x", 1);
  test_scan_write (dir, "a/image", "x", 1);

  g_assert_false (g_str_has_prefix (root, "\\\\?\\"));
  test_scan_assert_not_opened (stream, SC_ERROR_INVALID);
  test_scan_assert_not_opened ("image", SC_ERROR_INVALID); /* not absolute */
  sc_scan_file_close (test_scan_open (forward));
  sc_scan_file_close (test_scan_open (prefixed));
  g_autofree char *resolved = test_scan_resolve (prefixed);
  g_assert_true (sc_scan_lies_beneath (resolved, root));
  g_assert_true (sc_scan_lies_beneath ("C:\\a", "C:\\"));
  g_assert_true (sc_scan_lies_beneath ("\\\\server\\share\\a", "\\\\server\\share"));
  g_assert_false (sc_scan_lies_beneath ("C:\\ab", "C:\\a"));
}

static void
test_half_a_pair (void)
{
  static const WCHAR half[] = { L'x', 0xd800, L'y', 0 };
  test_auto_dir dir = test_dir_make ();
  g_autofree char *path = g_build_filename (dir, "Z", NULL);
  g_autofree wchar_t *wide = sc_nt_to_wide (path);
  g_autofree wchar_t *bad = g_new0 (wchar_t, wcslen (wide) + G_N_ELEMENTS (half));
  g_autofree char *shown = sc_nt_name_to_utf8 ((const gunichar2 *) half, 3);
  g_autoptr (GError) error = NULL;
  g_assert_cmpstr (shown, ==, "x\xef\xbf\xbdy");
  memcpy (bad, wide, (wcslen (wide) - 1) * sizeof *wide);
  memcpy (bad + wcslen (wide) - 1, half, sizeof half);
  HANDLE handle = CreateFileW (bad, GENERIC_WRITE, 0, NULL, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, NULL);
  if (handle == INVALID_HANDLE_VALUE) {
    g_test_skip ("This file system wants whole surrogate pairs");
    return;
  }
  CloseHandle (handle);
  g_autoptr (GPtrArray) found = sc_scan_list (dir, &error);
  g_assert_null (found);
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "x\xef\xbf\xbdy"));
  g_assert_true (DeleteFileW (bad));
}

static void
test_junctions (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autofree char *root = test_scan_resolve (dir);
  g_autofree char *target = g_build_filename (root, "a", NULL);
  g_autofree char *image = g_build_filename (root, "a", "image", NULL);
  g_autofree char *junction = g_build_filename (root, "b", NULL);
  g_autofree char *through = g_build_filename (root, "b", "image", NULL);
  g_autoptr (GError) error = NULL;
  ScScanInfo info;
  test_scan_write (dir, "a/image", "x", 1);
  g_autofree wchar_t *wide = sc_nt_to_wide (junction);
  g_assert_true (CreateDirectoryW (wide, NULL));
  if (!test_junction_make (root, "b", target)) {
    g_test_skip ("This file system has no junctions");
    return;
  }
  g_assert_true (sc_scan_info (junction, &info, &error));
  g_assert_no_error (error);
  g_assert_cmpint (info.kind, ==, SC_SCAN_LINK);
  test_scan_assert_not_opened (through, SC_ERROR_CHANGED);
  g_autofree char *resolved = test_scan_resolve (through);
  g_assert_cmpstr (resolved, ==, image);
  g_assert_true (RemoveDirectoryW (wide));
}

static gboolean
is_wine (void)
{
  return GetProcAddress (GetModuleHandleW (L"ntdll.dll"), "wine_get_version") != NULL;
}

gboolean
test_scan_resolves_long (void)
{
  return !is_wine ();
}

/* Its root is a mount point to Wine, and so is /proc, which the volume's name does not lead to. */
static void
test_mounted (void)
{
  g_autoptr (GError) error = NULL;

  if (!is_wine () || !g_file_test ("Z:\\proc\\version", G_FILE_TEST_EXISTS)) {
    g_test_skip ("Only Wine has Z: for the root directory");
    return;
  }
  g_autofree char *root = test_scan_resolve ("Z:\\");
  g_assert_cmpstr (root, ==, "Z:\\");
  g_autofree char *path = test_scan_resolve ("z:/etc/passwd");
  g_assert_cmpstr (path, ==, "Z:\\etc\\passwd");
  sc_scan_file_close (test_scan_open (path));
  g_assert_null (sc_scan_resolve ("Z:\\proc\\version", &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "drive letter"));
}

void
test_scan_add_system (void)
{
  g_test_add_func ("/platform/file-scan/writers", test_writers);
  g_test_add_func ("/platform/file-scan/short-names", test_short_names);
  g_test_add_func ("/platform/file-scan/paths", test_paths);
  g_test_add_func ("/platform/file-scan/half-a-pair", test_half_a_pair);
  g_test_add_func ("/platform/file-scan/mounted", test_mounted);
  g_test_add_func ("/platform/file-scan/junctions", test_junctions);
}
