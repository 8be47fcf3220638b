/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-disk.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "common/sc-error.h"
#include "test-dir.h"
#include "test-mount.h"

#define MIB (1024u * 1024u)
#define IMAGE_SIZE (512u * MIB) /* a sparse file; mkfs.xfs refuses less than 300 MiB */
#define FILE_SIZE (64u * MIB)
#define FILL_BYTE 0x5a

static ScDisk *
open_disk (const char *root)
{
  g_autoptr (GError) error = NULL;
  ScDisk *disk = sc_disk_system (root, &error);
  g_assert_no_error (error);
  return disk;
}

static ScDiskFile *
create_file (ScDisk *disk, const char *path)
{
  g_autoptr (GError) error = NULL;
  ScDiskFile *file = sc_disk_open (disk, path, SC_DISK_CREATE, &error);
  g_assert_no_error (error);
  return file;
}

static void
fill (ScDiskFile *file, guint8 byte, guint64 size)
{
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *data = g_malloc (MIB);
  memset (data, byte, MIB);
  for (guint64 offset = 0; offset < size; offset += MIB)
    sc_disk_file_write_at (file, offset, data, MIB, &error);
  sc_disk_file_sync (file, &error);
  g_assert_no_error (error);
}

static void
assert_filled (ScDiskFile *file, guint64 offset, guint8 byte, guint64 size)
{
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *expected = g_malloc (MIB);
  g_autofree guint8 *data = g_malloc (MIB);
  memset (expected, byte, MIB);
  for (guint64 end = offset + size; offset < end; offset += MIB) {
    sc_disk_file_read_at (file, offset, data, MIB, &error);
    g_assert_no_error (error);
    g_assert_cmpmem (data, MIB, expected, MIB);
  }
}

static guint64
free_space (ScDisk *disk)
{
  g_autoptr (GError) error = NULL;
  ScDiskSpace space;
  sc_disk_space (disk, &space, &error);
  g_assert_no_error (error);
  return space.free;
}

static void
assert_empty (ScDisk *disk, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) names = sc_disk_list (disk, path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (names->len, ==, 0);
}

static gboolean
run (const char *program, const char *const *arguments)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  gint status = 1;
  g_ptr_array_add (argv, (gpointer) program);
  for (; *arguments != NULL; arguments++)
    g_ptr_array_add (argv, (gpointer) *arguments);
  g_ptr_array_add (argv, NULL);
  return g_spawn_sync (NULL, (char **) argv->pdata, NULL,
                       G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL,
                       NULL, &status, NULL) &&
         g_spawn_check_wait_status (status, NULL);
}

/* Mounts a new file system of @type on @dir/mnt. Returns: (nullable) (transfer full): where; NULL when the test was
 * skipped */
static char *
mount_new (const char *dir, const char *type)
{
  g_autofree char *mkfs = g_strconcat ("mkfs.", type, NULL);
  g_autofree char *image = g_build_filename (dir, "image", NULL);
  g_autofree char *target = g_build_filename (dir, "mnt", NULL);
  test_dir_write (image, "", 0);
  g_assert_cmpint (truncate (image, IMAGE_SIZE), ==, 0);
  g_assert_cmpint (g_mkdir (target, 0755), ==, 0);
  if (geteuid () != 0)
    g_test_skip ("only root mounts an image");
  else if (!run (mkfs, (const char *const[]){ "-q", image, NULL }))
    g_test_skip_printf ("%s is missing or failed", mkfs);
  else if (!test_mount_enter ())
    g_test_skip ("a mount namespace of our own is not allowed here");
  else if (!run ("mount", (const char *const[]){ "-t", type, "-o", "loop", image, target, NULL }))
    g_test_skip_printf ("this system cannot mount %s from an image", type);
  else
    return g_steal_pointer (&target);
  return NULL;
}

static void
assert_refused (ScDiskFile *file, ScDiskFile *source, ScError code)
{
  g_autoptr (GError) error = NULL;
  g_assert_false (sc_disk_file_clone (file, source, &error));
  g_assert_error (error, SC_ERROR, (gint) code);
  g_assert_nonnull (strstr (error->message, file->path));
  g_assert_nonnull (strstr (error->message, source->path));
}

static void
check_sharing (ScDisk *disk)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScDiskFile) original = create_file (disk, "template/disk.vmdk");
  fill (original, FILL_BYTE, FILE_SIZE);
  g_autoptr (ScDiskFile) clone = create_file (disk, "template/disk.vmdk.updating");
  ScDiskInfo info;
  guint64 before = free_space (disk);

  g_assert_true (sc_disk_file_clone (clone, original, &error));
  g_assert_no_error (error);
  g_assert_true (sc_disk_file_sync (clone, &error));
  g_assert_true (sc_disk_sync_directory (disk, "template", &error));
  g_assert_cmpuint (free_space (disk) + FILE_SIZE / 8, >=, before);
  g_assert_true (sc_disk_file_info (clone, &info, &error));
  g_assert_cmpuint (info.size, ==, FILE_SIZE);
  assert_filled (clone, 0, FILL_BYTE, FILE_SIZE);

  /* each can be written to without the other */
  fill (clone, 1, 2 * MIB);
  assert_filled (original, 0, FILL_BYTE, FILE_SIZE);
  fill (original, 2, MIB);
  assert_filled (clone, 0, 1, 2 * MIB);
  assert_filled (clone, 2 * MIB, FILL_BYTE, FILE_SIZE - 2 * MIB);
  assert_refused (clone, original, SC_ERROR_EXISTS);
  assert_filled (clone, 0, 1, 2 * MIB);
}

/* As libvirt sets it for its images. Not a matter of XFS. */
static void
check_without_copy_on_write (ScDisk *disk)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (sc_disk_get_root (disk), "nocow", NULL);
  g_autoptr (ScDiskFile) original = create_file (disk, "nocow");
  g_autoptr (ScDiskFile) clone = create_file (disk, "nocow-2");
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  int flags = FS_NOCOW_FL;
  g_assert_cmpint (ioctl (fd, FS_IOC_SETFLAGS, &flags), ==, 0);
  close (fd);
  fill (original, FILL_BYTE, MIB);
  g_assert_true (sc_disk_file_clone (clone, original, &error));
  g_assert_no_error (error);
  assert_filled (clone, 0, FILL_BYTE, MIB);
}

static void
test_clones (gconstpointer type)
{
  test_auto_dir dir = test_dir_make ();
  g_autofree char *root = mount_new (dir, type);
  if (root == NULL)
    return;
  ScDisk *disk = open_disk (root);
  g_assert_true (sc_disk_can_clone (disk, "repo/.seatcast/undo"));
  assert_empty (disk, "repo/.seatcast/undo");
  check_sharing (disk);
  if (strcmp (type, "btrfs") == 0)
    check_without_copy_on_write (disk);

  /* another file system: no clone, and nothing of it */
  g_autoptr (ScDisk) elsewhere = open_disk (dir);
  ScDiskFile *near = create_file (disk, "near");
  g_autoptr (ScDiskFile) far = create_file (elsewhere, "far");
  fill (near, FILL_BYTE, MIB);
  assert_refused (far, near, SC_ERROR_INVALID);
  sc_disk_file_close (near);

  /* a trial that was cut off is cleared away, one that cannot be is no clone */
  sc_disk_file_close (create_file (disk, "repo/.seatcast/undo/.clone-trial"));
  g_assert_true (sc_disk_can_clone (disk, "repo/.seatcast/undo"));
  assert_empty (disk, "repo/.seatcast/undo");
  g_assert_false (sc_disk_can_clone (disk, "template/disk.vmdk"));
  sc_disk_free (disk);
  g_assert_cmpint (umount2 (root, MNT_DETACH), ==, 0);
}

static void
test_does_not_clone (void)
{
  test_auto_dir dir = test_dir_make ();
  if (!test_mount_memory (dir, 4 * MIB)) {
    g_test_skip ("This user may not mount a file system that does not clone");
    return;
  }
  ScDisk *disk = open_disk (dir);
  ScDiskFile *original = create_file (disk, "a");
  ScDiskFile *clone = create_file (disk, "b");
  fill (original, FILL_BYTE, MIB);
  g_assert_false (sc_disk_can_clone (disk, "x/y"));
  assert_empty (disk, "x/y");
  assert_refused (clone, original, SC_ERROR_SYSTEM);
  sc_disk_file_close (original);
  sc_disk_file_close (clone);
  sc_disk_free (disk);
  g_assert_cmpint (umount2 (dir, MNT_DETACH), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/platform/disk/clone/btrfs", "btrfs", test_clones);
  g_test_add_data_func ("/platform/disk/clone/xfs", "xfs", test_clones);
  g_test_add_func ("/platform/disk/clone/tmpfs", test_does_not_clone);
  return g_test_run ();
}
