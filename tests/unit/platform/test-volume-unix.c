/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-volume.h"
#include "test-dir.h"
#include "test-mount.h"
#include "test-volume.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#define IMAGE_SIZE (256 * 1024 * 1024) /* a sparse file */

static ScVolume *
inspect (const char *directory)
{
  g_autoptr (GError) error = NULL;
  ScVolume *volume = sc_volume_inspect (directory, TRUE, &error);
  g_assert_no_error (error);
  g_assert_nonnull (volume);
  return volume;
}

static char *
make_directory (const char *parent, const char *name)
{
  char *path = g_build_filename (parent, name, NULL);
  g_assert_cmpint (g_mkdir (path, 0755), ==, 0);
  return path;
}

static gboolean
run (const char *const *argv)
{
  gint status = 1;
  return g_spawn_sync (NULL, (char **) argv, NULL,
                       G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL,
                       NULL, &status, NULL) &&
         g_spawn_check_wait_status (status, NULL);
}

/* Memory, and overlays upon memory and upon a disk's directory. */
static void
test_memory (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autofree char *reason = NULL;
  g_autofree char *memory = make_directory (dir, "memory");
  g_autofree char *target = make_directory (dir, "target");
  if (!test_mount_memory (memory, 1 << 20)) {
    g_test_skip ("a mount namespace of our own is not allowed here");
    return;
  }
  g_autoptr (ScVolume) plain = inspect (memory);
  g_assert_cmpstr (plain->file_system, ==, "tmpfs");
  g_assert_cmpuint (plain->traits, ==, SC_VOLUME_FORGETS);
  reason = g_strdup_printf ("%s is a tmpfs: in memory", memory);
  g_assert_cmpstr (plain->reason, ==, reason);

  g_autofree char *lower = make_directory (memory, "lower");
  g_autofree char *upper = make_directory (memory, "upper");
  g_autofree char *work = make_directory (memory, "work");
  g_autofree char *options = g_strdup_printf ("lowerdir=%s,upperdir=%s,workdir=%s", lower, upper, work);
  if (mount ("overlay", target, "overlay", 0, options) == 0) {
    g_autofree char *deeper = make_directory (target, "templates");
    g_autoptr (ScVolume) overlay = inspect (deeper);
    g_assert_cmpstr (overlay->file_system, ==, "overlay");
    g_assert_cmpuint (overlay->traits, ==, SC_VOLUME_FORGETS);
    g_assert_nonnull (strstr (overlay->reason, "changes are in memory"));
    g_assert_cmpint (umount (target), ==, 0);
  } else {
    g_test_message ("this system has no overlay here");
  }
  g_assert_cmpint (umount (memory), ==, 0);
}

/* As containers have it: nothing is lost there at a restart. */
static void
test_overlay_on_disk (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autoptr (ScVolume) below = inspect (dir);
  g_autofree char *target = make_directory (dir, "target");
  g_autofree char *lower = make_directory (dir, "lower");
  g_autofree char *upper = make_directory (dir, "upper");
  g_autofree char *work = make_directory (dir, "work");
  g_autofree char *options = g_strdup_printf ("lowerdir=%s,upperdir=%s,workdir=%s", lower, upper, work);
  if ((below->traits & SC_VOLUME_FORGETS) != 0) {
    g_test_skip ("the tests' directory is in memory");
  } else if (geteuid () != 0 || !test_mount_enter () || mount ("overlay", target, "overlay", 0, options) != 0) {
    g_test_skip ("an overlay cannot be mounted here");
  } else {
    g_autoptr (ScVolume) overlay = inspect (target);
    g_assert_cmpstr (overlay->file_system, ==, "overlay");
    g_assert_cmpuint (overlay->traits, ==, 0);
    g_assert_cmpint (umount (target), ==, 0);
  }
}

/* What an administrator can do where the whole of Btrfs is mounted with compression, as Fedora does. */
static void
check_exempt (const char *target)
{
  static const char *const marks[] = { "+m", "+C" };

  for (guint i = 0; i < G_N_ELEMENTS (marks); i++) {
    g_autofree char *directory = make_directory (target, marks[i]);

    g_assert_true (run ((const char *const[]){ "chattr", marks[i], directory, NULL }));
    g_autoptr (ScVolume) volume = inspect (directory);
    g_assert_cmpuint (volume->traits, ==, 0);
  }
}

static void
check_compressed (const char *target)
{
  g_autoptr (ScVolume) whole = inspect (target);
  g_autofree char *marked = make_directory (target, "marked");

  g_assert_cmpstr (whole->file_system, ==, "btrfs");
  g_assert_cmpuint (whole->traits, ==, SC_VOLUME_COMPRESSES);
  g_assert_nonnull (strstr (whole->reason, "btrfs mounted with compress=zstd"));
  check_exempt (target);
  g_assert_true (run ((const char *const[]){ "mount", "-o", "remount,compress=no", target, NULL }));
  g_autoptr (ScVolume) without = inspect (target);
  g_assert_cmpuint (without->traits, ==, 0);
  g_assert_true (run ((const char *const[]){ "chattr", "+c", marked, NULL }));
  g_autoptr (ScVolume) directory = inspect (marked);
  g_assert_cmpuint (directory->traits, ==, SC_VOLUME_COMPRESSES);
  g_assert_cmpstr (directory->reason, ==, "the directory is compressed (btrfs)");
}

static void
test_compressed (void)
{
  test_auto_dir dir = test_dir_make ();
  g_autofree char *image = g_build_filename (dir, "image", NULL);
  g_autofree char *target = make_directory (dir, "mnt");

  test_dir_write (image, "", 0);
  g_assert_cmpint (truncate (image, IMAGE_SIZE), ==, 0);
  if (geteuid () != 0)
    g_test_skip ("only root mounts an image");
  else if (!run ((const char *const[]){ "mkfs.btrfs", "-q", image, NULL }))
    g_test_skip ("mkfs.btrfs is missing or failed");
  else if (!test_mount_enter () ||
           !run ((const char *const[]){ "mount", "-o", "loop,compress=zstd", image, target, NULL }))
    g_test_skip ("this system cannot mount btrfs from an image");
  else {
    check_compressed (target);
    g_assert_cmpint (umount (target), ==, 0);
  }
}

void
test_volume_add_system (void)
{
  g_test_add_func ("/volume/memory", test_memory);
  g_test_add_func ("/volume/overlay-on-disk", test_overlay_on_disk);
  g_test_add_func ("/volume/compressed", test_compressed);
}
