/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/bench/apply/counting-disk.h"

typedef struct {
  ScDisk base;
  ScDisk *inner;
  BenchDiskCounts *counts;
} CountingDisk;

typedef struct {
  ScDiskFile base;
  ScDiskFile *inner;
} CountingFile;

static ScDisk *
inner_disk (ScDisk *disk)
{
  return ((CountingDisk *) disk)->inner;
}

static ScDiskFile *
inner_file (ScDiskFile *file)
{
  return ((CountingFile *) file)->inner;
}

static BenchDiskCounts *
counts_of (ScDiskFile *file)
{
  return ((CountingDisk *) file->disk)->counts;
}

static void
counting_free (ScDisk *disk)
{
  sc_disk_free (inner_disk (disk));
  g_free (disk->root);
  g_free (disk);
}

static ScDiskFile *
counting_open (ScDisk *disk, const char *path, ScDiskFlags flags, GError **error)
{
  g_autoptr (ScDiskFile) inner = sc_disk_open (inner_disk (disk), path, flags, error);
  CountingFile *file;

  if (inner == NULL)
    return NULL;
  file = g_new0 (CountingFile, 1);
  file->base.disk = disk;
  file->base.path = g_strdup (path);
  file->inner = g_steal_pointer (&inner);
  return &file->base;
}

static void
counting_file_close (ScDiskFile *file)
{
  sc_disk_file_close (inner_file (file));
  g_free (file->path);
  g_free (file);
}

static gboolean
counting_file_read_at (ScDiskFile *file, guint64 offset, void *data, gsize length, GError **error)
{
  gint64 begin = g_get_monotonic_time ();
  gboolean done;

  counts_of (file)->read_bytes += length;
  done = sc_disk_file_read_at (inner_file (file), offset, data, length, error);
  counts_of (file)->read_time += g_get_monotonic_time () - begin;
  return done;
}

static gboolean
counting_file_write_at (ScDiskFile *file, guint64 offset, const void *data, gsize length, GError **error)
{
  gint64 begin = g_get_monotonic_time ();
  gboolean done;

  counts_of (file)->written_bytes += length;
  done = sc_disk_file_write_at (inner_file (file), offset, data, length, error);
  counts_of (file)->write_time += g_get_monotonic_time () - begin;
  return done;
}

static gboolean
counting_file_punch (ScDiskFile *file, guint64 offset, guint64 length, GError **error)
{
  counts_of (file)->punched_bytes += length;
  return sc_disk_file_punch (inner_file (file), offset, length, error);
}

static gboolean
counting_file_allocate (ScDiskFile *file, guint64 offset, guint64 length, GError **error)
{
  return sc_disk_file_allocate (inner_file (file), offset, length, error);
}

static gboolean
counting_file_truncate (ScDiskFile *file, guint64 size, GError **error)
{
  return sc_disk_file_truncate (inner_file (file), size, error);
}

static gboolean
counting_file_clone (ScDiskFile *file, ScDiskFile *source, GError **error)
{
  return sc_disk_file_clone (inner_file (file), inner_file (source), error);
}

static gboolean
counting_file_sync (ScDiskFile *file, GError **error)
{
  gint64 begin = g_get_monotonic_time ();
  gboolean done;

  counts_of (file)->n_syncs++;
  done = sc_disk_file_sync (inner_file (file), error);
  counts_of (file)->sync_time += g_get_monotonic_time () - begin;
  return done;
}

static gboolean
counting_file_set_mtime (ScDiskFile *file, gint64 mtime, GError **error)
{
  return sc_disk_file_set_mtime (inner_file (file), mtime, error);
}

static gboolean
counting_file_info (ScDiskFile *file, ScDiskInfo *info, GError **error)
{
  return sc_disk_file_info (inner_file (file), info, error);
}

static gboolean
counting_info (ScDisk *disk, const char *path, ScDiskInfo *info, GError **error)
{
  return sc_disk_info (inner_disk (disk), path, info, error);
}

static gboolean
counting_rename (ScDisk *disk, const char *from, const char *to, GError **error)
{
  return sc_disk_rename (inner_disk (disk), from, to, error);
}

static gboolean
counting_remove (ScDisk *disk, const char *path, GError **error)
{
  return sc_disk_remove (inner_disk (disk), path, error);
}

static gboolean
counting_make_directory (ScDisk *disk, const char *path, GError **error)
{
  return sc_disk_make_directory (inner_disk (disk), path, error);
}

static gboolean
counting_sync_directory (ScDisk *disk, const char *path, GError **error)
{
  gint64 begin = g_get_monotonic_time ();
  gboolean done;

  ((CountingDisk *) disk)->counts->n_syncs++;
  done = sc_disk_sync_directory (inner_disk (disk), path, error);
  ((CountingDisk *) disk)->counts->sync_time += g_get_monotonic_time () - begin;
  return done;
}

static gboolean
counting_set_read_only (ScDisk *disk, const char *path, gboolean read_only, GError **error)
{
  return sc_disk_set_read_only (inner_disk (disk), path, read_only, error);
}

static GPtrArray *
counting_list (ScDisk *disk, const char *path, GError **error)
{
  return sc_disk_list (inner_disk (disk), path, error);
}

static gboolean
counting_space (ScDisk *disk, ScDiskSpace *space, GError **error)
{
  return sc_disk_space (inner_disk (disk), space, error);
}

static const ScDiskClass counting_class = {
  .free = counting_free,
  .open = counting_open,
  .file_close = counting_file_close,
  .file_read_at = counting_file_read_at,
  .file_write_at = counting_file_write_at,
  .file_punch = counting_file_punch,
  .file_allocate = counting_file_allocate,
  .file_truncate = counting_file_truncate,
  .file_clone = counting_file_clone,
  .file_sync = counting_file_sync,
  .file_set_mtime = counting_file_set_mtime,
  .file_info = counting_file_info,
  .info = counting_info,
  .rename = counting_rename,
  .remove = counting_remove,
  .make_directory = counting_make_directory,
  .sync_directory = counting_sync_directory,
  .set_read_only = counting_set_read_only,
  .list = counting_list,
  .space = counting_space,
};

ScDisk *
bench_counting_disk_new (ScDisk *inner, BenchDiskCounts *counts)
{
  CountingDisk *self = g_new0 (CountingDisk, 1);

  self->base.klass = &counting_class;
  self->base.root = g_strdup (sc_disk_get_root (inner));
  self->inner = inner;
  self->counts = counts;
  return &self->base;
}
