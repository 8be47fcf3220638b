/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-disk.h"

#include <string.h>

#include "common/sc-error.h"

/* Our own code makes these paths, among them names such as "x.vmdk.updating" that a manifest may not hold; so only what
 * could lead out of the root, or name one file in two ways, is refused here. */
static gboolean
check_path (ScDisk *self, const char *path, gboolean root_allowed, GError **error)
{
  gboolean valid = path[0] != '\0' && path[0] != '/';
  if (strcmp (path, ".") == 0) {
    valid = root_allowed;
  } else {
    const char *component = path;
    while (valid && component != NULL) {
      gsize length = strcspn (component, "/");
      valid = length > 0 && !(length == 1 && component[0] == '.') &&
              !(length == 2 && component[0] == '.' && component[1] == '.');
      component = component[length] == '/' ? component + length + 1 : NULL;
    }
  }
  if (!valid)
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "“%s” is not a path beneath “%s”: it must be relative and without “.” and “..”", path, self->root);
  return valid;
}

/* Offsets are off_t in the end, which is signed. */
static gboolean
check_range (ScDiskFile *file, guint64 offset, guint64 length, GError **error)
{
  if (offset <= G_MAXINT64 && length <= G_MAXINT64 - offset)
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
               "%s: the range of %" G_GUINT64_FORMAT " bytes at %" G_GUINT64_FORMAT " is larger than a file can be",
               file->path, length, offset);
  return FALSE;
}

void
sc_disk_free (ScDisk *self)
{
  if (self != NULL)
    self->klass->free (self);
}

const char *
sc_disk_get_root (ScDisk *self)
{
  return self->root;
}

ScDiskFile *
sc_disk_open (ScDisk *self, const char *path, ScDiskFlags flags, GError **error)
{
  return check_path (self, path, FALSE, error) ? self->klass->open (self, path, flags, error) : NULL;
}

void
sc_disk_file_close (ScDiskFile *file)
{
  if (file != NULL)
    file->disk->klass->file_close (file);
}

gboolean
sc_disk_file_read_at (ScDiskFile *file, guint64 offset, void *data, gsize length, GError **error)
{
  return check_range (file, offset, length, error) &&
         file->disk->klass->file_read_at (file, offset, data, length, error);
}

gboolean
sc_disk_file_write_at (ScDiskFile *file, guint64 offset, const void *data, gsize length, GError **error)
{
  return check_range (file, offset, length, error) &&
         file->disk->klass->file_write_at (file, offset, data, length, error);
}

gboolean
sc_disk_file_punch (ScDiskFile *file, guint64 offset, guint64 length, GError **error)
{
  return check_range (file, offset, length, error) && file->disk->klass->file_punch (file, offset, length, error);
}

gboolean
sc_disk_file_allocate (ScDiskFile *file, guint64 offset, guint64 length, GError **error)
{
  return check_range (file, offset, length, error) && file->disk->klass->file_allocate (file, offset, length, error);
}

gboolean
sc_disk_file_truncate (ScDiskFile *file, guint64 size, GError **error)
{
  return check_range (file, 0, size, error) && file->disk->klass->file_truncate (file, size, error);
}

gboolean
sc_disk_file_sync (ScDiskFile *file, GError **error)
{
  return file->disk->klass->file_sync (file, error);
}

gboolean
sc_disk_file_set_mtime (ScDiskFile *file, gint64 mtime, GError **error)
{
  return file->disk->klass->file_set_mtime (file, mtime, error);
}

gboolean
sc_disk_file_info (ScDiskFile *file, ScDiskInfo *info, GError **error)
{
  return file->disk->klass->file_info (file, info, error);
}

gboolean
sc_disk_info (ScDisk *self, const char *path, ScDiskInfo *info, GError **error)
{
  return check_path (self, path, TRUE, error) && self->klass->info (self, path, info, error);
}

gboolean
sc_disk_rename (ScDisk *self, const char *from, const char *to, GError **error)
{
  return check_path (self, from, FALSE, error) && check_path (self, to, FALSE, error) &&
         self->klass->rename (self, from, to, error);
}

gboolean
sc_disk_remove (ScDisk *self, const char *path, GError **error)
{
  return check_path (self, path, FALSE, error) && self->klass->remove (self, path, error);
}

gboolean
sc_disk_make_directory (ScDisk *self, const char *path, GError **error)
{
  return check_path (self, path, TRUE, error) && self->klass->make_directory (self, path, error);
}

gboolean
sc_disk_sync_directory (ScDisk *self, const char *path, GError **error)
{
  return check_path (self, path, TRUE, error) && self->klass->sync_directory (self, path, error);
}

gboolean
sc_disk_set_read_only (ScDisk *self, const char *path, gboolean read_only, GError **error)
{
  return check_path (self, path, FALSE, error) && self->klass->set_read_only (self, path, read_only, error);
}

GPtrArray *
sc_disk_list (ScDisk *self, const char *path, GError **error)
{
  return check_path (self, path, TRUE, error) ? self->klass->list (self, path, error) : NULL;
}

gboolean
sc_disk_space (ScDisk *self, ScDiskSpace *space, GError **error)
{
  return self->klass->space (self, space, error);
}
