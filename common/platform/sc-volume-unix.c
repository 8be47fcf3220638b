/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-volume.h"

#include "common/platform/sc-mounts.h"
#include "common/sc-error.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* What Debian's and Ubuntu's live systems, dracut's and overlayroot have on the kernel's command line. */
static gboolean
is_live (void)
{
  static const char *const signs[] = { "boot=live", "boot=casper", "rd.live.image", "overlayroot=tmpfs", NULL };
  g_autofree char *text = NULL;
  gboolean live = FALSE;

  if (!g_file_get_contents ("/proc/cmdline", &text, NULL, NULL))
    return FALSE;
  g_auto (GStrv) words = g_strsplit_set (text, " \n", -1);
  for (char **word = words; *word != NULL; word++) {
    if (g_str_equal (*word, "persistence") || g_str_equal (*word, "persistent"))
      return FALSE;
    for (const char *const *sign = signs; *sign != NULL; sign++)
      live = live || g_str_has_prefix (*word, *sign);
  }
  return live;
}

/* Btrfs and F2FS mark directories; elsewhere nobody knows these flags. Returns: FS_COMPR_FL and others */
static int
find_marks (int fd)
{
  int flags = 0;
  return ioctl (fd, FS_IOC_GETFLAGS, &flags) == 0 ? flags : 0;
}

static gboolean
find_mount_id (int fd, guint64 *id, const char *directory, GError **error)
{
  struct statx found;

  if (statx (fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &found) != 0)
    return sc_error_set_errno (error, errno, SC_ERROR_SYSTEM, "Cannot find the volume of “%s”", directory);
  *id = (found.stx_mask & STATX_MNT_ID) != 0 ? found.stx_mnt_id : 0; /* 0: a kernel before 5.8 */
  return TRUE;
}

/* The file system that an overlay writes to. A container sees the name that its host used, which lies on the overlay
 * itself here: then it is not known. Returns: (nullable) (transfer none) */
static const char *
find_upper (const GPtrArray *mounts, const ScMount *overlay)
{
  g_autofree char *upper = sc_mount_get_option (overlay, "upperdir");
  const ScMount *below = upper != NULL && g_path_is_absolute (upper) ? sc_mounts_find_path (mounts, upper) : NULL;

  return below != NULL && below != overlay ? below->file_system : NULL;
}

ScVolume *
sc_volume_inspect (const char *directory, gboolean ask, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GPtrArray) mounts = NULL;
  guint64 id = 0;
  int fd = open (directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0) {
    sc_error_set_errno (error, errno, SC_ERROR_SYSTEM, "Cannot open “%s” to look at its volume", directory);
    return NULL;
  }
  int marks = find_marks (fd);
  gboolean known = find_mount_id (fd, &id, directory, error);
  close (fd);
  if (!known || !g_file_get_contents ("/proc/self/mountinfo", &text, NULL, error))
    return NULL;
  mounts = sc_mounts_parse (text);
  const ScMount *mount = sc_mounts_find (mounts, id);
  if (mount == NULL)
    return sc_volume_new ();
  const ScVolumeFacts facts = { .file_system = mount->file_system,
                                .where = mount->target,
                                .options = mount->options,
                                .upper_file_system = find_upper (mounts, mount),
                                .live = g_str_equal (mount->target, "/") && is_live (),
                                .compressed = (marks & FS_COMPR_FL) != 0,
                                .uncompressed = (marks & FS_NOCOMP_FL) != 0,
                                .overwritten = (marks & FS_NOCOW_FL) != 0 };
  return sc_volume_judge (&facts);
}
