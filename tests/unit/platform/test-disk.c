/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-disk-host.h"

#include <glib/gstdio.h>
#include <string.h>

#include "common/sc-error.h"
#include "test-dir.h"

#define CHUNK 65536u

ScDisk *
test_disk_open (const char *root)
{
  g_autoptr (GError) error = NULL;
  ScDisk *disk = sc_disk_system (root, &error);
  g_assert_no_error (error);
  return disk;
}

ScDiskFile *
test_disk_open_file (ScDisk *disk, const char *path, ScDiskFlags flags)
{
  g_autoptr (GError) error = NULL;
  ScDiskFile *file = sc_disk_open (disk, path, flags, &error);
  g_assert_no_error (error);
  g_assert_nonnull (file);
  return file;
}

void
test_disk_assert_busy (ScDisk *disk, const char *path, ScDiskFlags flags)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (sc_disk_open (disk, path, flags | SC_DISK_EXCLUSIVE, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_BUSY);
}

static void
write_text (ScDiskFile *file, guint64 offset, const char *text)
{
  g_autoptr (GError) error = NULL;
  sc_disk_file_write_at (file, offset, text, strlen (text), &error);
  g_assert_no_error (error);
}

static void
test_read_write (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autoptr (ScDisk) disk = test_disk_open (dir);
  g_autoptr (GError) error = NULL;
  g_autoptr (ScDiskFile) file = test_disk_open_file (disk, "a/b/disk.vmdk.updating", SC_DISK_WRITE | SC_DISK_CREATE);
  ScDiskInfo info, same;
  char text[5];

  g_assert_cmpstr (sc_disk_get_root (disk), ==, dir);
  write_text (file, 10, "hello");
  g_assert_true (sc_disk_file_read_at (file, 10, text, 5, &error));
  g_assert_cmpmem (text, 5, "hello", 5);
  g_assert_false (sc_disk_file_read_at (file, 11, text, 5, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, "disk.vmdk.updating"));
  g_assert_nonnull (strstr (error->message, "15"));
  g_clear_error (&error);
  g_assert_false (sc_disk_file_write_at (file, G_MAXUINT64 - 1, text, 5, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_clear_error (&error);

  g_assert_true (sc_disk_file_set_mtime (file, 1234567890123456, &error));
  g_assert_true (sc_disk_file_sync (file, &error));
  g_assert_true (sc_disk_file_info (file, &info, &error));
  g_assert_cmpuint (info.size, ==, 15);
  g_assert_cmpint (info.mtime, ==, 1234567890123456);
  g_assert_false (info.directory);
  g_assert_true (sc_disk_info (disk, "a/b/disk.vmdk.updating", &same, &error));
  g_assert_cmpuint (same.id, ==, info.id);
  g_assert_true (sc_disk_file_set_mtime (file, -1, &error));
  g_assert_true (sc_disk_file_info (file, &info, &error));
  g_assert_cmpint (info.mtime, ==, -1);
  g_assert_true (sc_disk_file_truncate (file, 12, &error));
  g_assert_true (sc_disk_file_info (file, &info, &error));
  g_assert_cmpuint (info.size, ==, 12);
  g_assert_no_error (error);
}

static void
test_names (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autoptr (ScDisk) disk = test_disk_open (dir);
  g_autoptr (GError) error = NULL;
  ScDiskInfo info;
  ScDiskSpace space;

  g_assert_true (sc_disk_make_directory (disk, "x/y", &error));
  g_assert_true (sc_disk_make_directory (disk, "x/y", &error));
  g_assert_true (sc_disk_make_directory (disk, ".", &error));
  sc_disk_file_close (test_disk_open_file (disk, "x/a", SC_DISK_CREATE));
  sc_disk_file_close (test_disk_open_file (disk, "x/B", SC_DISK_CREATE));
  g_autoptr (GPtrArray) names = sc_disk_list (disk, "x", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (names->len, ==, 3);
  g_assert_cmpstr (names->pdata[0], ==, "B");
  g_assert_cmpstr (names->pdata[1], ==, "a");
  g_assert_cmpstr (names->pdata[2], ==, "y");

  g_assert_true (sc_disk_rename (disk, "x/B", "x/y/c", &error));
  g_assert_true (sc_disk_rename (disk, "x/a", "x/y/c", &error)); /* replaces */
  g_assert_true (sc_disk_sync_directory (disk, "x/y", &error));
  g_assert_true (sc_disk_sync_directory (disk, ".", &error));
  g_assert_false (sc_disk_remove (disk, "x/y", &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_true (sc_disk_remove (disk, "x/y/c", &error));
  g_assert_true (sc_disk_remove (disk, "x/y", &error));
  g_assert_false (sc_disk_info (disk, "x/y", &info, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (sc_disk_open (disk, "x/none", SC_DISK_READ, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (sc_disk_open (disk, "x", SC_DISK_READ, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_true (sc_disk_info (disk, ".", &info, &error));
  g_assert_true (info.directory);
  g_assert_true (sc_disk_space (disk, &space, &error));
  g_assert_cmpuint (space.total, >=, space.free);
  g_assert_cmpuint (space.free, >, 0);
  g_assert_no_error (error);
}

static void
test_beneath (void)
{
  static const char *const bad[] = { "",     "/",   "/etc/passwd", "..",   "../x", "a/../b",
                                     "a/..", "./a", "a/.",         "a//b", "a/",   "." };
  test_auto_dir dir = test_dir_make ();
  g_autoptr (ScDisk) disk = test_disk_open (dir);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (sc_disk_open (disk, bad[i], SC_DISK_CREATE, &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
    g_clear_error (&error);
    g_assert_false (sc_disk_rename (disk, "a", bad[i], &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  }
}

static void
test_exclusive (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autoptr (ScDisk) disk = test_disk_open (dir);
  ScDiskFile *first = test_disk_open_file (disk, "image", SC_DISK_CREATE | SC_DISK_EXCLUSIVE);

  test_disk_assert_busy (disk, "image", SC_DISK_WRITE);
  test_disk_assert_busy (disk, "image", SC_DISK_READ);
  sc_disk_file_close (first);
  sc_disk_file_close (test_disk_open_file (disk, "image", SC_DISK_READ | SC_DISK_EXCLUSIVE));
  sc_disk_file_close (test_disk_open_file (disk, "image", SC_DISK_WRITE | SC_DISK_EXCLUSIVE));
}

/* A name of 240 bytes is the longest that a manifest may have; several of them are more than the 260 characters of
 * Windows' own programs. */
static void
test_long_names (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autoptr (ScDisk) disk = test_disk_open (dir);
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_strnfill (240, 'n');
  g_autofree char *directory = g_strconcat (name, "/", name, "/Übung 日本", NULL);
  g_autofree char *path = g_strconcat (directory, "/", name, NULL);
  g_autofree char *renamed = g_strconcat (directory, "/größer.vmdk", NULL);
  g_autoptr (GPtrArray) names = NULL;

  sc_disk_file_close (test_disk_open_file (disk, path, SC_DISK_CREATE));
  g_assert_true (sc_disk_rename (disk, path, renamed, &error));
  names = sc_disk_list (disk, directory, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (names->len, ==, 1);
  g_assert_cmpstr (names->pdata[0], ==, "größer.vmdk");
  g_assert_true (sc_disk_remove (disk, renamed, &error));
  /* upwards one by one: what removes the test's directory knows no such paths on Windows */
  for (char *slash; (slash = strrchr (directory, '/')) != NULL; *slash = '\0')
    g_assert_true (sc_disk_remove (disk, directory, &error));
  g_assert_true (sc_disk_remove (disk, name, &error));
  g_assert_no_error (error);
}

/* More than a system tells of at once. */
static void
test_many_names (void)
{
  const guint n = 300;
  test_auto_dir dir = test_dir_make ();
  g_autoptr (ScDisk) disk = test_disk_open (dir);
  g_autoptr (GError) error = NULL;
  g_autofree char *stem = g_strnfill (200, 'm');

  for (guint i = 0; i < n; i++) {
    g_autofree char *name = g_strdup_printf ("%s-%04u", stem, i);
    sc_disk_file_close (test_disk_open_file (disk, name, SC_DISK_CREATE));
  }
  g_autoptr (GPtrArray) names = sc_disk_list (disk, ".", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (names->len, ==, n);
  for (guint i = 0; i < n; i++) {
    g_autofree char *name = g_strdup_printf ("%s-%04u", stem, i);
    g_assert_cmpstr (names->pdata[i], ==, name);
  }
}

static void
test_space_of_a_file (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autoptr (ScDisk) disk = test_disk_open (dir);
  g_autoptr (GError) error = NULL;
  g_autoptr (ScDiskFile) file = test_disk_open_file (disk, "image", SC_DISK_CREATE);
  g_autofree guint8 *data = g_malloc (4 * CHUNK);
  ScDiskInfo full, reserved, punched;

  memset (data, 0xa5, 4 * CHUNK);
  g_assert_true (sc_disk_file_write_at (file, 0, data, 4 * CHUNK, &error));
  g_assert_true (sc_disk_file_sync (file, &error));
  g_assert_true (sc_disk_file_info (file, &full, &error));
  g_assert_true (sc_disk_file_punch (file, CHUNK, 2 * CHUNK, &error));
  g_assert_true (sc_disk_file_punch (file, 0, 0, &error));
  g_assert_true (sc_disk_file_sync (file, &error));
  g_assert_true (sc_disk_file_info (file, &punched, &error));
  g_assert_cmpuint (punched.size, ==, 4 * CHUNK);
  g_assert_cmpuint (punched.allocated, <=, full.allocated);
  g_assert_true (sc_disk_file_read_at (file, 0, data, 4 * CHUNK, &error));
  for (guint i = 0; i < 4 * CHUNK; i++)
    g_assert_cmpuint (data[i], ==, i >= CHUNK && i < 3 * CHUNK ? 0 : 0xa5);

  g_assert_true (sc_disk_file_allocate (file, CHUNK, 8 * CHUNK, &error));
  g_assert_true (sc_disk_file_allocate (file, 0, 0, &error));
  g_assert_true (sc_disk_file_allocate (file, 0, CHUNK, &error)); /* less than there is changes nothing */
  g_assert_true (sc_disk_file_info (file, &reserved, &error));
  g_assert_cmpuint (reserved.size, ==, 4 * CHUNK); /* the size is the caller's matter */
  g_assert_cmpuint (reserved.allocated, >=, punched.allocated);
  g_assert_no_error (error);
}

static void
test_read_only (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autoptr (ScDisk) disk = test_disk_open (dir);
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (dir, "image", NULL);
  GStatBuf st;

  sc_disk_file_close (test_disk_open_file (disk, "image", SC_DISK_CREATE));
  g_assert_true (sc_disk_set_read_only (disk, "image", TRUE, &error));
  g_assert_cmpint (g_stat (path, &st), ==, 0);
  g_assert_cmpuint (st.st_mode & 0222, ==, 0);
  g_assert_true (sc_disk_set_read_only (disk, "image", FALSE, &error));
  g_assert_cmpint (g_stat (path, &st), ==, 0);
  g_assert_cmpuint (st.st_mode & 0200, ==, 0200);

  /* it keeps nobody from replacing or removing the file */
  g_assert_true (sc_disk_set_read_only (disk, "image", TRUE, &error));
  sc_disk_file_close (test_disk_open_file (disk, "new", SC_DISK_CREATE));
  g_assert_true (sc_disk_rename (disk, "new", "image", &error));
  g_assert_cmpint (g_stat (path, &st), ==, 0);
  g_assert_cmpuint (st.st_mode & 0200, ==, 0200);
  g_assert_true (sc_disk_set_read_only (disk, "image", TRUE, &error));
  g_assert_true (sc_disk_remove (disk, "image", &error));
  g_assert_no_error (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/platform/disk/read-write", test_read_write);
  g_test_add_func ("/platform/disk/names", test_names);
  g_test_add_func ("/platform/disk/beneath", test_beneath);
  g_test_add_func ("/platform/disk/exclusive", test_exclusive);
  g_test_add_func ("/platform/disk/long-names", test_long_names);
  g_test_add_func ("/platform/disk/many-names", test_many_names);
  g_test_add_func ("/platform/disk/space-of-a-file", test_space_of_a_file);
  g_test_add_func ("/platform/disk/read-only", test_read_only);
  test_disk_add_host_tests ();
  return g_test_run ();
}
