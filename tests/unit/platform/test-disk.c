/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-disk.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/sc-error.h"
#include "test-dir.h"

#define CHUNK 65536u

static ScDisk *
open_disk (const char *root)
{
  g_autoptr (GError) error = NULL;
  ScDisk *disk = sc_disk_system (root, &error);
  g_assert_no_error (error);
  return disk;
}

static ScDiskFile *
open_file (ScDisk *disk, const char *path, ScDiskFlags flags)
{
  g_autoptr (GError) error = NULL;
  ScDiskFile *file = sc_disk_open (disk, path, flags, &error);
  g_assert_no_error (error);
  g_assert_nonnull (file);
  return file;
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
  g_autoptr (ScDisk) disk = open_disk (dir);
  g_autoptr (GError) error = NULL;
  g_autoptr (ScDiskFile) file = open_file (disk, "a/b/disk.vmdk.updating", SC_DISK_WRITE | SC_DISK_CREATE);
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
  g_autoptr (ScDisk) disk = open_disk (dir);
  g_autoptr (GError) error = NULL;
  ScDiskInfo info;
  ScDiskSpace space;

  g_assert_true (sc_disk_make_directory (disk, "x/y", &error));
  g_assert_true (sc_disk_make_directory (disk, "x/y", &error));
  g_assert_true (sc_disk_make_directory (disk, ".", &error));
  sc_disk_file_close (open_file (disk, "x/b", SC_DISK_CREATE));
  sc_disk_file_close (open_file (disk, "x/B", SC_DISK_CREATE));
  g_autoptr (GPtrArray) names = sc_disk_list (disk, "x", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (names->len, ==, 3);
  g_assert_cmpstr (names->pdata[0], ==, "B");
  g_assert_cmpstr (names->pdata[1], ==, "b");
  g_assert_cmpstr (names->pdata[2], ==, "y");

  g_assert_true (sc_disk_rename (disk, "x/B", "x/y/c", &error));
  g_assert_true (sc_disk_rename (disk, "x/b", "x/y/c", &error)); /* replaces */
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
  g_autoptr (ScDisk) disk = open_disk (dir);
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
test_links (void)
{
  test_auto_dir outside = test_dir_make ();
  test_auto_dir dir = test_dir_make ();
  g_autoptr (ScDisk) disk = open_disk (dir);
  g_autofree char *secret = g_build_filename (outside, "secret", NULL);
  g_autofree char *directory_link = g_build_filename (dir, "directory", NULL);
  g_autofree char *file_link = g_build_filename (dir, "file", NULL);
  static const char *const paths[] = { "file", "directory/secret", "directory/new" };
  ScDiskInfo info;

  test_dir_write (secret, "secret", 6);
  g_assert_cmpint (symlink (outside, directory_link), ==, 0);
  g_assert_cmpint (symlink (secret, file_link), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    GError *errors[6] = { NULL };
    g_assert_null (sc_disk_open (disk, paths[i], SC_DISK_READ, &errors[0]));
    g_assert_null (sc_disk_open (disk, paths[i], SC_DISK_CREATE, &errors[1]));
    g_assert_false (sc_disk_info (disk, paths[i], &info, &errors[2]));
    g_assert_false (sc_disk_set_read_only (disk, paths[i], TRUE, &errors[3]));
    g_assert_null (sc_disk_list (disk, paths[i], &errors[4]));
    g_assert_false (sc_disk_make_directory (disk, paths[i], &errors[5]));
    for (guint j = 0; j < G_N_ELEMENTS (errors); j++) {
      g_assert_error (errors[j], SC_ERROR, SC_ERROR_INVALID);
      g_clear_error (&errors[j]);
    }
  }
  g_autoptr (GError) error = NULL;
  g_assert_false (sc_disk_remove (disk, "directory/secret", &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (sc_disk_rename (disk, "directory/secret", "mine", &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_true (sc_disk_remove (disk, "file", &error)); /* the link goes, not what it names */
  g_assert_no_error (error);
  g_assert_true (g_file_test (secret, G_FILE_TEST_EXISTS));
}

static void
test_special_files (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autoptr (ScDisk) disk = open_disk (dir);
  g_autoptr (GError) error = NULL;
  g_autofree char *fifo = g_build_filename (dir, "fifo", NULL);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  g_assert_null (sc_disk_open (disk, "fifo", SC_DISK_READ, &error)); /* and does not wait for a writer */
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (sc_disk_system (fifo, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_SYSTEM);
}

typedef gboolean (*LockFunc) (int fd);

static gboolean
lock_whole (int fd)
{
  return flock (fd, LOCK_EX | LOCK_NB) == 0;
}

/* As QEMU holds an image that a guest may write: shared locks on single bytes. */
static gboolean
lock_like_qemu (int fd)
{
  struct flock range = { .l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = 201, .l_len = 1 };
  return fcntl (fd, F_OFD_SETLK, &range) == 0;
}

/* Another process that holds @path until it is ended. */
static pid_t
hold (const char *path, LockFunc lock)
{
  int ready[2];
  char answer = 'n';
  g_assert_cmpint (pipe (ready), ==, 0);
  pid_t child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0) {
    int fd = open (path, O_RDWR);
    answer = fd >= 0 && lock (fd) ? 'y' : 'n';
    if (write (ready[1], &answer, 1) == 1)
      pause ();
    _exit (1);
  }
  g_assert_cmpint (read (ready[0], &answer, 1), ==, 1);
  g_assert_cmpint (answer, ==, 'y');
  close (ready[0]);
  close (ready[1]);
  return child;
}

static void
assert_busy (ScDisk *disk, const char *path, ScDiskFlags flags)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (sc_disk_open (disk, path, flags | SC_DISK_EXCLUSIVE, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_BUSY);
}

static void
test_exclusive (void)
{
  static const LockFunc locks[] = { lock_whole, lock_like_qemu };
  test_auto_dir dir = test_dir_make ();
  g_autoptr (ScDisk) disk = open_disk (dir);
  g_autofree char *path = g_build_filename (dir, "image", NULL);
  ScDiskFile *first = open_file (disk, "image", SC_DISK_CREATE | SC_DISK_EXCLUSIVE);

  assert_busy (disk, "image", SC_DISK_WRITE);
  assert_busy (disk, "image", SC_DISK_READ);
  sc_disk_file_close (first);
  for (guint i = 0; i < G_N_ELEMENTS (locks); i++) {
    pid_t child = hold (path, locks[i]);
    assert_busy (disk, "image", SC_DISK_WRITE);
    assert_busy (disk, "image", SC_DISK_READ);
    sc_disk_file_close (open_file (disk, "image", SC_DISK_READ)); /* looking is allowed */
    kill (child, SIGKILL);
    g_assert_cmpint (waitpid (child, NULL, 0), ==, child);
    sc_disk_file_close (open_file (disk, "image", SC_DISK_READ | SC_DISK_EXCLUSIVE));
    sc_disk_file_close (open_file (disk, "image", SC_DISK_WRITE | SC_DISK_EXCLUSIVE));
  }
}

static void
test_space_of_a_file (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autoptr (ScDisk) disk = open_disk (dir);
  g_autoptr (GError) error = NULL;
  g_autoptr (ScDiskFile) file = open_file (disk, "image", SC_DISK_CREATE);
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
  g_assert_true (sc_disk_file_info (file, &reserved, &error));
  g_assert_cmpuint (reserved.size, ==, 4 * CHUNK); /* the size is the caller's matter */
  g_assert_cmpuint (reserved.allocated, >=, punched.allocated);
  g_assert_no_error (error);
}

static void
test_read_only (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autoptr (ScDisk) disk = open_disk (dir);
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (dir, "image", NULL);
  GStatBuf st;

  sc_disk_file_close (open_file (disk, "image", SC_DISK_CREATE));
  g_assert_true (sc_disk_set_read_only (disk, "image", TRUE, &error));
  g_assert_cmpint (g_stat (path, &st), ==, 0);
  g_assert_cmpuint (st.st_mode & 0222, ==, 0);
  g_assert_true (sc_disk_set_read_only (disk, "image", FALSE, &error));
  g_assert_cmpint (g_stat (path, &st), ==, 0);
  g_assert_cmpuint (st.st_mode & 0222, ==, 0200);
  g_assert_no_error (error);
}

/* A file system of 1 MiB, in a namespace of our own; FALSE where this user may not. */
static gboolean
mount_small (const char *directory)
{
  return unshare (geteuid () == 0 ? CLONE_NEWNS : CLONE_NEWUSER | CLONE_NEWNS) == 0 &&
         mount ("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
         mount ("tmpfs", directory, "tmpfs", 0, "size=1m") == 0;
}

static void
test_no_space (void)
{
  test_auto_dir dir = test_dir_make ();
  if (!mount_small (dir)) {
    g_test_skip ("This user may not mount a small file system");
    return;
  }
  g_autoptr (GError) error = NULL;
  ScDisk *disk = open_disk (dir);
  ScDiskFile *file = open_file (disk, "image", SC_DISK_CREATE);
  g_autofree guint8 *data = g_malloc0 (2 * 1024 * 1024);

  g_assert_false (sc_disk_file_allocate (file, 0, 2 * 1024 * 1024, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NO_SPACE);
  g_assert_nonnull (strstr (error->message, "image"));
  g_clear_error (&error);
  g_assert_false (sc_disk_file_write_at (file, 0, data, 2 * 1024 * 1024, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NO_SPACE);
  sc_disk_file_close (file);
  sc_disk_free (disk);
  g_assert_cmpint (umount2 (dir, MNT_DETACH), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/platform/disk/read-write", test_read_write);
  g_test_add_func ("/platform/disk/names", test_names);
  g_test_add_func ("/platform/disk/beneath", test_beneath);
  g_test_add_func ("/platform/disk/links", test_links);
  g_test_add_func ("/platform/disk/special-files", test_special_files);
  g_test_add_func ("/platform/disk/exclusive", test_exclusive);
  g_test_add_func ("/platform/disk/space-of-a-file", test_space_of_a_file);
  g_test_add_func ("/platform/disk/read-only", test_read_only);
  g_test_add_func ("/platform/disk/no-space", test_no_space);
  return g_test_run ();
}
