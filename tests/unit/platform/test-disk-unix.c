/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-disk-host.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/sc-error.h"
#include "test-dir.h"
#include "test-mount.h"

#define LOOKS 20000u /* at a file that another process opens meanwhile: some coincide */

static void
test_links (void)
{
  test_auto_dir outside = test_dir_make ();
  test_auto_dir dir = test_dir_make ();
  g_autoptr (ScDisk) disk = test_disk_open (dir);
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
  g_autoptr (ScDisk) disk = test_disk_open (dir);
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

/* As most others do: no lock, the file is only open. */
static gboolean
lock_nothing (int fd)
{
  return TRUE;
}

typedef struct {
  int flags; /* of open() */
  LockFunc lock;
} Holder;

/* Another process that holds @path until it is ended. */
static pid_t
hold (const char *path, const Holder *holder)
{
  int ready[2];
  char answer = 'n';
  g_assert_cmpint (pipe (ready), ==, 0);
  pid_t child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0) {
    int fd = open (path, holder->flags);
    answer = fd >= 0 && holder->lock (fd) ? 'y' : 'n';
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
test_held_by_others (void)
{
  static const Holder holders[] = { { O_RDWR, lock_whole },
                                    { O_RDWR, lock_like_qemu },
                                    { O_RDWR, lock_nothing },
                                    { O_RDONLY, lock_nothing } /* the parent of a linked clone */ };
  test_auto_dir dir = test_dir_make ();
  g_autoptr (ScDisk) disk = test_disk_open (dir);
  g_autofree char *path = g_build_filename (dir, "image", NULL);

  sc_disk_file_close (test_disk_open_file (disk, "image", SC_DISK_CREATE));
  for (guint i = 0; i < G_N_ELEMENTS (holders); i++) {
    pid_t child = hold (path, &holders[i]);
    test_disk_assert_busy (disk, "image", SC_DISK_WRITE);
    test_disk_assert_busy (disk, "image", SC_DISK_READ);
    sc_disk_file_close (test_disk_open_file (disk, "image", SC_DISK_READ)); /* looking is allowed */
    kill (child, SIGKILL);
    g_assert_cmpint (waitpid (child, NULL, 0), ==, child);
    sc_disk_file_close (test_disk_open_file (disk, "image", SC_DISK_READ | SC_DISK_EXCLUSIVE));
    sc_disk_file_close (test_disk_open_file (disk, "image", SC_DISK_WRITE | SC_DISK_EXCLUSIVE));
  }
}

/* Another process that opens @path again and again, as a hypervisor does that is about to start, until it is ended. */
static G_NORETURN void
open_for_ever (const char *path)
{
  for (;;)
    close (open (path, O_RDONLY));
}

/* Looking whether somebody has a file must not end the process that looks, whoever opens the file just then. */
static void
test_opened_meanwhile (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autoptr (ScDisk) disk = test_disk_open (dir);
  g_autofree char *path = g_build_filename (dir, "image", NULL);
  int status = 0;

  sc_disk_file_close (test_disk_open_file (disk, "image", SC_DISK_CREATE));
  pid_t opener = fork ();
  if (opener == 0)
    open_for_ever (path);
  pid_t looker = fork ();
  if (looker == 0) {
    for (guint i = 0; i < LOOKS; i++) {
      g_autoptr (ScDiskFile) file = sc_disk_open (disk, "image", SC_DISK_READ | SC_DISK_EXCLUSIVE, NULL);
    }
    _exit (0);
  }
  g_assert_cmpint (waitpid (looker, &status, 0), ==, looker);
  kill (opener, SIGKILL);
  g_assert_cmpint (waitpid (opener, NULL, 0), ==, opener);
  g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
}

static void
test_no_space (void)
{
  test_auto_dir dir = test_dir_make ();
  if (!test_mount_memory (dir, 1024 * 1024)) {
    g_test_skip ("This user may not mount a small file system");
    return;
  }
  g_autoptr (GError) error = NULL;
  ScDisk *disk = test_disk_open (dir);
  ScDiskFile *file = test_disk_open_file (disk, "image", SC_DISK_CREATE);
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

void
test_disk_add_host_tests (void)
{
  g_test_add_func ("/platform/disk/links", test_links);
  g_test_add_func ("/platform/disk/special-files", test_special_files);
  g_test_add_func ("/platform/disk/held-by-others", test_held_by_others);
  g_test_add_func ("/platform/disk/opened-meanwhile", test_opened_meanwhile);
  g_test_add_func ("/platform/disk/no-space", test_no_space);
}
