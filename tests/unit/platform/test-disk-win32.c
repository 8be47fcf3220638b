/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-disk-host.h"

#include <string.h>

#include "common/platform/sc-nt.h"

#include "test-dir.h"
#include "test-junction.h"

/* Opens a file as another program might. */
static HANDLE
hold (const char *directory, const char *name, DWORD access, DWORD share)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);
  g_autofree wchar_t *wide = sc_nt_to_wide (path);
  HANDLE handle = CreateFileW (wide, access, share, NULL, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
  g_assert_true (handle != INVALID_HANDLE_VALUE);
  return handle;
}

static void
test_held_by_others (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autoptr (ScDisk) disk = test_disk_open (dir);
  g_autoptr (GError) error = NULL;
  ScDiskInfo info;

  sc_disk_file_close (test_disk_open_file (disk, "image", SC_DISK_CREATE));
  sc_disk_file_close (test_disk_open_file (disk, "new", SC_DISK_CREATE));
  HANDLE other = hold (dir, "image", GENERIC_READ, SC_NT_SHARE_ALL);
  test_disk_assert_busy (disk, "image", SC_DISK_READ);
  test_disk_assert_busy (disk, "image", SC_DISK_WRITE);
  sc_disk_file_close (test_disk_open_file (disk, "image", SC_DISK_READ)); /* looking is allowed */
  g_assert_false (sc_disk_rename (disk, "new", "image", &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_BUSY);
  g_clear_error (&error);
  CloseHandle (other);

  other = hold (dir, "image", GENERIC_READ, 0);
  g_assert_null (sc_disk_open (disk, "image", SC_DISK_READ, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_BUSY);
  g_clear_error (&error);
  g_assert_false (sc_disk_remove (disk, "image", &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_BUSY);
  g_clear_error (&error);
  g_assert_true (sc_disk_info (disk, "image", &info, &error)); /* its size can be asked all the same */
  CloseHandle (other);
  g_assert_true (sc_disk_rename (disk, "new", "image", &error));
  g_assert_no_error (error);
}

/* Not for ever, and only for what passes by itself. */
static void
test_wait_for_others (void)
{
  static const DWORD passing[] = { ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION, ERROR_ACCESS_DENIED,
                                   ERROR_DELETE_PENDING };
  static const DWORD lasting[] = { ERROR_SUCCESS, ERROR_FILE_NOT_FOUND, ERROR_DISK_FULL };
  for (guint i = 0; i < G_N_ELEMENTS (passing); i++) {
    guint attempt = 0, n = 0;
    while (sc_nt_wait_for_others (passing[i], &attempt))
      g_assert_cmpuint (++n, <, 100);
    g_assert_cmpuint (n, >, 1);
  }
  for (guint i = 0; i < G_N_ELEMENTS (lasting); i++) {
    guint attempt = 0;
    g_assert_false (sc_nt_wait_for_others (lasting[i], &attempt));
  }
}

/* What is one name on Unix may be several here. */
static void
test_more_than_a_name (void)
{
  static const char *const bad[] = { "a\\b",         "..\\x",        "\\x",      "C:x",   "C:\\x",
                                     "image:stream", "image::$DATA", "a/..\\..", "a/b:c", "\xff\xfe" };
  test_auto_dir dir = test_dir_make ();
  g_autoptr (ScDisk) disk = test_disk_open (dir);
  g_autoptr (GError) error = NULL;

  sc_disk_file_close (test_disk_open_file (disk, "image", SC_DISK_CREATE));
  sc_disk_file_close (test_disk_open_file (disk, "a/file", SC_DISK_CREATE));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_assert_null (sc_disk_open (disk, bad[i], SC_DISK_CREATE, &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
    g_clear_error (&error);
    g_assert_false (sc_disk_rename (disk, "image", bad[i], &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
    g_clear_error (&error);
  }
  g_assert_true (sc_disk_remove (disk, "image", &error));
  g_assert_true (sc_disk_remove (disk, "a/file", &error));
  g_assert_true (sc_disk_remove (disk, "a", &error));
  g_assert_no_error (error);
  g_autoptr (GPtrArray) names = sc_disk_list (disk, ".", &error);
  g_assert_cmpuint (names->len, ==, 0);
}

static void
test_case (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autoptr (ScDisk) disk = test_disk_open (dir);
  g_autoptr (GError) error = NULL;
  ScDiskInfo small, large;

  sc_disk_file_close (test_disk_open_file (disk, "Image.vmdk", SC_DISK_CREATE));
  g_assert_true (sc_disk_info (disk, "image.VMDK", &small, &error));
  g_assert_true (sc_disk_rename (disk, "image.vmdk", "IMAGE.vmdk", &error));
  g_assert_true (sc_disk_info (disk, "image.vmdk", &large, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (small.id, ==, large.id);
  g_autoptr (GPtrArray) names = sc_disk_list (disk, ".", &error);
  g_assert_cmpuint (names->len, ==, 1);
  g_assert_cmpint (g_ascii_strcasecmp (names->pdata[0], "image.vmdk"), ==, 0); /* Wine keeps the old spelling */
}

static void
test_junctions (void)
{
  static const char *const paths[] = { "directory", "directory/secret", "directory/new" };
  test_auto_dir outside = test_dir_make ();
  test_auto_dir dir = test_dir_make ();
  g_autoptr (ScDisk) disk = test_disk_open (dir);
  g_autoptr (GError) error = NULL;
  g_autofree char *secret = g_build_filename (outside, "secret", NULL);
  ScDiskInfo info;

  test_dir_write (secret, "secret", 6);
  g_assert_true (sc_disk_make_directory (disk, "directory", &error));
  if (!test_junction_make (dir, "directory", outside)) {
    g_test_skip ("This file system has no junctions");
    return;
  }
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_assert_null (sc_disk_open (disk, paths[i], SC_DISK_CREATE, &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
    g_clear_error (&error);
    g_assert_false (sc_disk_info (disk, paths[i], &info, &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
    g_clear_error (&error);
    g_assert_false (sc_disk_make_directory (disk, paths[i], &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
    g_clear_error (&error);
    g_assert_null (sc_disk_list (disk, paths[i], &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
    g_clear_error (&error);
  }
  g_assert_false (sc_disk_remove (disk, "directory/secret", &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_true (sc_disk_remove (disk, "directory", &error)); /* the junction goes, not what it names */
  g_assert_no_error (error);
  g_assert_true (g_file_test (secret, G_FILE_TEST_EXISTS));
}

static DWORD
read_attributes (const char *directory, const char *name)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);
  g_autofree wchar_t *wide = sc_nt_to_wide (path);
  DWORD attributes = GetFileAttributesW (wide);
  g_assert_true (attributes != INVALID_FILE_ATTRIBUTES);
  return attributes;
}

static gboolean
knows_sparse_files (const char *directory)
{
  DWORD flags = 0;
  HANDLE handle = hold (directory, ".", GENERIC_READ, SC_NT_SHARE_ALL);
  g_assert_true (GetVolumeInformationByHandleW (handle, NULL, 0, NULL, NULL, &flags, NULL, 0));
  CloseHandle (handle);
  return (flags & FILE_SUPPORTS_SPARSE_FILES) != 0;
}

/* Hyper-V does not start a virtual disk that is a sparse file. */
static void
test_sparse (void)
{
  static const char *const whole[] = { "disk.vhdx", "disk.VHD.updating", "a.vmdk/disk.avhdx.updating" };
  static const char *const sparse[] = { "disk.vmdk", "disk.vmdk.updating", "a.vhdx/disk.vdi" };
  test_auto_dir dir = test_dir_make ();
  g_autoptr (ScDisk) disk = test_disk_open (dir);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (whole) + G_N_ELEMENTS (sparse); i++) {
    gboolean may = i >= G_N_ELEMENTS (whole);
    const char *path = may ? sparse[i - G_N_ELEMENTS (whole)] : whole[i];
    g_autoptr (ScDiskFile) file = test_disk_open_file (disk, path, SC_DISK_CREATE);
    guint8 last = 0xff;
    g_assert_true (sc_disk_file_write_at (file, 131071, "x", 1, &error));
    g_assert_true (sc_disk_file_punch (file, 0, 131072, &error));
    g_assert_true (sc_disk_file_read_at (file, 131071, &last, 1, &error));
    g_assert_no_error (error);
    g_assert_cmpuint (last, ==, 0);
    gboolean is = (read_attributes (dir, path) & FILE_ATTRIBUTE_SPARSE_FILE) != 0;
    g_assert_true (!is || may);
    if (may && knows_sparse_files (dir))
      g_assert_true (is);
  }
}

/* Windows' time begins in 1601, and some values are not times. */
static void
test_times (void)
{
  static const gint64 times[] = { G_MININT64, -G_GINT64_CONSTANT (11644473600) * G_USEC_PER_SEC, 0, G_MAXINT64 };
  test_auto_dir dir = test_dir_make ();
  g_autoptr (ScDisk) disk = test_disk_open (dir);
  g_autoptr (ScDiskFile) file = test_disk_open_file (disk, "image", SC_DISK_CREATE);
  g_autoptr (GError) error = NULL;
  ScDiskInfo info, before = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (times); i++) {
    g_assert_true (sc_disk_file_set_mtime (file, times[i], &error));
    g_assert_true (sc_disk_file_info (file, &info, &error));
    g_assert_no_error (error);
    g_assert_true (i == 0 || info.mtime >= before.mtime);
    before = info;
  }
  g_assert_true (sc_disk_file_set_mtime (file, 0, &error));
  g_assert_true (sc_disk_file_info (file, &info, &error));
  g_assert_cmpint (info.mtime, ==, 0);
}

void
test_disk_add_host_tests (void)
{
  g_test_add_func ("/platform/disk/held-by-others", test_held_by_others);
  g_test_add_func ("/platform/disk/wait-for-others", test_wait_for_others);
  g_test_add_func ("/platform/disk/more-than-a-name", test_more_than_a_name);
  g_test_add_func ("/platform/disk/case", test_case);
  g_test_add_func ("/platform/disk/junctions", test_junctions);
  g_test_add_func ("/platform/disk/sparse", test_sparse);
  g_test_add_func ("/platform/disk/times", test_times);
}
