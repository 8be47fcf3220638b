/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/store/full-disk.h"

#include "common/sc-error.h"

static FullDisk *
full_disk (ScDisk *disk)
{
  return (FullDisk *) disk;
}

/* Of everything that changes the disk. Returns: FALSE when it is to fail */
static gboolean
change (FullDisk *self, const char *what, const char *path, const char *to, GError **error)
{
  if (self->journal != NULL)
    g_ptr_array_add (self->journal, g_strjoin (" ", what, path, to, NULL));
  if (self->fail_at != 1) {
    self->fail_at -= self->fail_at > 0;
    return TRUE;
  }
  g_set_error (error, SC_ERROR, SC_ERROR_SYSTEM, "Cannot %s %s: Input/output error", what, path);
  return FALSE;
}

static ScDiskFile *
full_open (ScDisk *disk, const char *path, ScDiskFlags flags, GError **error)
{
  ScDisk *system = full_disk (disk)->system;
  ScDiskFile *file = NULL;

  if ((flags & SC_DISK_CREATE) == 0 || change (full_disk (disk), "create", path, NULL, error))
    file = system->klass->open (system, path, flags, error);
  if (file != NULL)
    file->disk = disk;
  return file;
}

static gboolean
full_write_at (ScDiskFile *file, guint64 offset, const void *data, gsize length, GError **error)
{
  FullDisk *self = full_disk (file->disk);
  gsize taken = (gsize) MIN (length, self->room);

  if (!change (self, "write", file->path, NULL, error))
    return FALSE;
  if (taken > 0 && !self->system->klass->file_write_at (file, offset, data, taken, error))
    return FALSE;
  self->room -= taken;
  if (taken == length)
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_NO_SPACE, "Cannot write %s: No space left on device", file->path);
  return FALSE;
}

static gboolean
full_sync (ScDiskFile *file, GError **error)
{
  FullDisk *self = full_disk (file->disk);

  if (!change (self, "sync", file->path, NULL, error))
    return FALSE;
  if (!self->sync_fails)
    return self->system->klass->file_sync (file, error);
  g_set_error (error, SC_ERROR, SC_ERROR_SYSTEM, "Cannot flush %s: Input/output error", file->path);
  return FALSE;
}

static gboolean
full_truncate (ScDiskFile *file, guint64 size, GError **error)
{
  FullDisk *self = full_disk (file->disk);

  if (!change (self, "truncate", file->path, NULL, error))
    return FALSE;
  if (!self->truncate_fails)
    return self->system->klass->file_truncate (file, size, error);
  g_set_error (error, SC_ERROR, SC_ERROR_SYSTEM, "Cannot truncate %s: Input/output error", file->path);
  return FALSE;
}

static gboolean
full_info (ScDisk *disk, const char *path, ScDiskInfo *info, GError **error)
{
  return sc_disk_info (full_disk (disk)->system, path, info, error);
}

static gboolean
full_rename (ScDisk *disk, const char *from, const char *to, GError **error)
{
  return change (full_disk (disk), "rename", from, to, error) &&
         sc_disk_rename (full_disk (disk)->system, from, to, error);
}

static gboolean
full_remove (ScDisk *disk, const char *path, GError **error)
{
  return change (full_disk (disk), "remove", path, NULL, error) &&
         sc_disk_remove (full_disk (disk)->system, path, error);
}

static gboolean
full_make_directory (ScDisk *disk, const char *path, GError **error)
{
  return change (full_disk (disk), "make", path, NULL, error) &&
         sc_disk_make_directory (full_disk (disk)->system, path, error);
}

static gboolean
full_sync_directory (ScDisk *disk, const char *path, GError **error)
{
  return change (full_disk (disk), "sync", path, NULL, error) &&
         sc_disk_sync_directory (full_disk (disk)->system, path, error);
}

static GPtrArray *
full_list (ScDisk *disk, const char *path, GError **error)
{
  return sc_disk_list (full_disk (disk)->system, path, error);
}

static void
full_free (ScDisk *disk)
{
  sc_disk_free (full_disk (disk)->system);
  g_clear_pointer (&full_disk (disk)->journal, g_ptr_array_unref);
  g_free (disk->root);
  g_free (disk);
}

FullDisk *
full_disk_new (const char *root)
{
  FullDisk *self = g_new0 (FullDisk, 1);

  self->system = sc_disk_system (root, NULL);
  g_assert_nonnull (self->system);
  self->klass = *self->system->klass;
  self->klass.free = full_free;
  self->klass.open = full_open;
  self->klass.file_write_at = full_write_at;
  self->klass.file_sync = full_sync;
  self->klass.file_truncate = full_truncate;
  self->klass.info = full_info;
  self->klass.rename = full_rename;
  self->klass.remove = full_remove;
  self->klass.make_directory = full_make_directory;
  self->klass.sync_directory = full_sync_directory;
  self->klass.list = full_list;
  self->base.klass = &self->klass;
  self->base.root = g_strdup (root);
  self->room = G_MAXUINT64;
  return self;
}
