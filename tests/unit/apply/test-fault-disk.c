/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/apply/test-fault-disk.h"

#include "common/sc-error.h"

#include <string.h>

typedef struct {
  ScDisk base;
  ScDisk *inner;
  TestFaults *faults;
} FaultDisk;

typedef struct {
  ScDiskFile base;
  ScDiskFile *inner;
} FaultFile;

static ScDisk *
inner_disk (ScDisk *disk)
{
  return ((FaultDisk *) disk)->inner;
}

static ScDiskFile *
inner_file (ScDiskFile *file)
{
  return ((FaultFile *) file)->inner;
}

static gboolean
fail (ScDisk *disk, GError **error)
{
  gboolean no_space = ((FaultDisk *) disk)->faults->no_space;

  g_set_error (error, SC_ERROR, no_space ? SC_ERROR_NO_SPACE : SC_ERROR_SYSTEM, "injected failure");
  return FALSE;
}

/* Whether a read may go on. */
static gboolean
pass (ScDisk *disk, GError **error)
{
  TestFaults *faults = ((FaultDisk *) disk)->faults;

  return !faults->failing || faults->no_space || fail (disk, error);
}

/* Whether a change may go on. */
static gboolean
count (ScDisk *disk, gboolean takes_space, GError **error)
{
  TestFaults *faults = ((FaultDisk *) disk)->faults;

  if (!faults->no_space || takes_space) {
    faults->operations++;
    if (faults->fail_after != 0 && faults->operations > faults->fail_after)
      faults->failing = TRUE;
  }
  return !faults->failing || (faults->no_space && !takes_space) || fail (disk, error);
}

static void
fault_free (ScDisk *disk)
{
  sc_disk_free (inner_disk (disk));
  g_free (disk->root);
  g_free (disk);
}

static ScDiskFile *
fault_open (ScDisk *disk, const char *path, ScDiskFlags flags, GError **error)
{
  gboolean create = (flags & SC_DISK_CREATE) != 0;
  ScDiskFile *inner;
  FaultFile *file;

  if (!(create ? count (disk, TRUE, error) : pass (disk, error)))
    return NULL;
  inner = sc_disk_open (inner_disk (disk), path, flags, error);
  if (inner == NULL)
    return NULL;
  file = g_new0 (FaultFile, 1);
  file->base.disk = disk;
  file->base.path = g_strdup (path);
  file->inner = inner;
  return &file->base;
}

static void
fault_close (ScDiskFile *file)
{
  sc_disk_file_close (inner_file (file));
  g_free (file->path);
  g_free (file);
}

static gboolean
fault_read (ScDiskFile *file, guint64 offset, void *data, gsize length, GError **error)
{
  const char *corrupt = ((FaultDisk *) file->disk)->faults->corrupt;

  if (!pass (file->disk, error) || !sc_disk_file_read_at (inner_file (file), offset, data, length, error))
    return FALSE;
  if (corrupt != NULL && strcmp (corrupt, file->path) == 0 && length > 0)
    ((guint8 *) data)[0] ^= 1;
  return TRUE;
}

static gboolean
fault_write (ScDiskFile *file, guint64 offset, const void *data, gsize length, GError **error)
{
  if (count (file->disk, TRUE, error))
    return sc_disk_file_write_at (inner_file (file), offset, data, length, error);
  /* what a crash leaves of a write: some of it */
  if (!((FaultDisk *) file->disk)->faults->no_space)
    sc_disk_file_write_at (inner_file (file), offset, data, length / 3, NULL);
  return FALSE;
}

static gboolean
fault_punch (ScDiskFile *file, guint64 offset, guint64 length, GError **error)
{
  return count (file->disk, FALSE, error) && sc_disk_file_punch (inner_file (file), offset, length, error);
}

static gboolean
fault_allocate (ScDiskFile *file, guint64 offset, guint64 length, GError **error)
{
  return count (file->disk, TRUE, error) && sc_disk_file_allocate (inner_file (file), offset, length, error);
}

static gboolean
fault_truncate (ScDiskFile *file, guint64 size, GError **error)
{
  return count (file->disk, FALSE, error) && sc_disk_file_truncate (inner_file (file), size, error);
}

static gboolean
fault_sync (ScDiskFile *file, GError **error)
{
  return count (file->disk, FALSE, error) && sc_disk_file_sync (inner_file (file), error);
}

static gboolean
fault_set_mtime (ScDiskFile *file, gint64 mtime, GError **error)
{
  return count (file->disk, FALSE, error) && sc_disk_file_set_mtime (inner_file (file), mtime, error);
}

static gboolean
fault_file_info (ScDiskFile *file, ScDiskInfo *info, GError **error)
{
  return pass (file->disk, error) && sc_disk_file_info (inner_file (file), info, error);
}

static gboolean
fault_info (ScDisk *disk, const char *path, ScDiskInfo *info, GError **error)
{
  return pass (disk, error) && sc_disk_info (inner_disk (disk), path, info, error);
}

static gboolean
fault_rename (ScDisk *disk, const char *from, const char *to, GError **error)
{
  return count (disk, FALSE, error) && sc_disk_rename (inner_disk (disk), from, to, error);
}

static gboolean
fault_remove (ScDisk *disk, const char *path, GError **error)
{
  return count (disk, FALSE, error) && sc_disk_remove (inner_disk (disk), path, error);
}

static gboolean
fault_make_directory (ScDisk *disk, const char *path, GError **error)
{
  return count (disk, TRUE, error) && sc_disk_make_directory (inner_disk (disk), path, error);
}

static gboolean
fault_sync_directory (ScDisk *disk, const char *path, GError **error)
{
  return count (disk, FALSE, error) && sc_disk_sync_directory (inner_disk (disk), path, error);
}

static gboolean
fault_set_read_only (ScDisk *disk, const char *path, gboolean read_only, GError **error)
{
  return count (disk, FALSE, error) && sc_disk_set_read_only (inner_disk (disk), path, read_only, error);
}

static GPtrArray *
fault_list (ScDisk *disk, const char *path, GError **error)
{
  return pass (disk, error) ? sc_disk_list (inner_disk (disk), path, error) : NULL;
}

static gboolean
fault_space (ScDisk *disk, ScDiskSpace *space, GError **error)
{
  guint64 fake = ((FaultDisk *) disk)->faults->fake_free;

  if (!pass (disk, error) || !sc_disk_space (inner_disk (disk), space, error))
    return FALSE;
  if (fake != 0)
    space->free = fake;
  return TRUE;
}

static const ScDiskClass fault_class = {
  .free = fault_free,
  .open = fault_open,
  .file_close = fault_close,
  .file_read_at = fault_read,
  .file_write_at = fault_write,
  .file_punch = fault_punch,
  .file_allocate = fault_allocate,
  .file_truncate = fault_truncate,
  .file_sync = fault_sync,
  .file_set_mtime = fault_set_mtime,
  .file_info = fault_file_info,
  .info = fault_info,
  .rename = fault_rename,
  .remove = fault_remove,
  .make_directory = fault_make_directory,
  .sync_directory = fault_sync_directory,
  .set_read_only = fault_set_read_only,
  .list = fault_list,
  .space = fault_space,
};

ScDisk *
test_fault_disk_new (const char *root, TestFaults *faults)
{
  g_autoptr (GError) error = NULL;
  FaultDisk *self = g_new0 (FaultDisk, 1);

  self->base.klass = &fault_class;
  self->base.root = g_strdup (root);
  self->faults = faults;
  self->inner = sc_disk_system (root, &error);
  g_assert_no_error (error);
  return &self->base;
}
