/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-disk.h"

#include <string.h>

#include "common/sc-error.h"

#define TRIAL_SIZE (16u * 1024u) /* more than any file system keeps inside its own records */

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

void
sc_disk_set_compressing (ScDisk *self, gboolean compressing)
{
  self->compressing = compressing;
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
sc_disk_file_clone (ScDiskFile *file, ScDiskFile *source, GError **error)
{
  ScDiskInfo info;
  if (file->disk != source->disk) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "“%s” cannot be a clone of “%s”: they are on different disks",
                 file->path, source->path);
    return FALSE;
  }
  if (!sc_disk_file_info (file, &info, error))
    return FALSE;
  if (info.size != 0) {
    g_set_error (error, SC_ERROR, SC_ERROR_EXISTS, "“%s” cannot be a clone of “%s”: it is not empty", file->path,
                 source->path);
    return FALSE;
  }
  return file->disk->klass->file_clone (file, source, error);
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
  *space = (ScDiskSpace){ 0 };
  return self->klass->space (self, space, error);
}

/* Both files are new and empty. */
static gboolean
try_clone (ScDiskFile *original, ScDiskFile *clone, GError **error)
{
  g_autofree guint8 *written = g_malloc (TRIAL_SIZE);
  g_autofree guint8 *read = g_malloc0 (TRIAL_SIZE);
  for (guint i = 0; i < TRIAL_SIZE; i++)
    written[i] = (guint8) (i % 251 + 1);
  /* some file systems only clone what is on the disk */
  if (!sc_disk_file_write_at (original, 0, written, TRIAL_SIZE, error) || !sc_disk_file_sync (original, error) ||
      !sc_disk_file_clone (clone, original, error) || !sc_disk_file_read_at (clone, 0, read, TRIAL_SIZE, error))
    return FALSE;
  return memcmp (written, read, TRIAL_SIZE) == 0;
}

/* Returns: whether nothing is at @path any more */
static gboolean
remove_trial (ScDisk *self, const char *path, GError **error)
{
  g_autoptr (GError) failure = NULL;
  if (sc_disk_remove (self, path, &failure) || g_error_matches (failure, SC_ERROR, SC_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

gboolean
sc_disk_can_clone (ScDisk *self, const char *directory)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *original_path = g_strconcat (directory, "/.clone-trial", NULL);
  g_autofree char *clone_path = g_strconcat (directory, "/.clone-trial-2", NULL);
  gboolean can = FALSE;
  /* a trial that a power cut ended may have left its files */
  if (sc_disk_make_directory (self, directory, &error) && remove_trial (self, original_path, &error) &&
      remove_trial (self, clone_path, &error)) {
    g_autoptr (ScDiskFile) original = sc_disk_open (self, original_path, SC_DISK_CREATE, &error);
    g_autoptr (ScDiskFile) clone = original != NULL ? sc_disk_open (self, clone_path, SC_DISK_CREATE, &error) : NULL;
    can = clone != NULL && try_clone (original, clone, &error);
  }
  if (error != NULL)
    g_debug ("“%s” does not clone: %s", self->root, error->message);
  gboolean removed = remove_trial (self, original_path, NULL);
  return remove_trial (self, clone_path, NULL) && removed && can;
}
