/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/apply/test-fault-disk.h"

#include "common/sc-error.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
  ScDisk base;
  ScDisk *inner;
  TestFaults *faults;
  GPtrArray *log;  /* Undo: what is not durable, in order */
  guint n_removed; /* names of removed files, which are kept until the end */
} FaultDisk;

/* How to take one change back: bytes, a size, or a name. */
typedef struct {
  ScDiskFile *file; /* (nullable): for bytes and sizes */
  guint64 id;
  guint64 offset;
  GBytes *bytes; /* (nullable): NULL: a size */
  guint64 size;
  char *from; /* (nullable): what @to was called before; NULL: it did not exist */
  char *to;
} Undo;

#define REMOVED "../removed-"

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

/* (transfer full): @path as the inner disk knows it */
static char *
inner_path (ScDisk *disk, const char *path)
{
  return ((FaultDisk *) disk)->faults->ignore_case ? g_ascii_strdown (path, -1) : g_strdup (path);
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
undo_free (Undo *undo)
{
  g_clear_pointer (&undo->file, sc_disk_file_close);
  g_clear_pointer (&undo->bytes, g_bytes_unref);
  g_free (undo->from);
  g_free (undo->to);
  g_free (undo);
}

/* Remembers what the range holds, or with @length 0 the size. */
static void
log_data (ScDiskFile *file, guint64 offset, guint64 length)
{
  FaultDisk *disk = (FaultDisk *) file->disk;
  Undo *undo = g_new0 (Undo, 1);
  ScDiskInfo info;

  g_assert_true (sc_disk_file_info (inner_file (file), &info, NULL));
  undo->file = sc_disk_open (disk->inner, file->path, SC_DISK_WRITE, NULL);
  g_assert_nonnull (undo->file);
  undo->id = info.id;
  undo->offset = offset;
  undo->size = info.size;
  if (length > 0) {
    gsize n = offset < info.size ? (gsize) MIN (length, info.size - offset) : 0;
    guint8 *old = g_malloc (MAX (n, 1));

    g_assert_true (sc_disk_file_read_at (inner_file (file), offset, old, n, NULL));
    undo->bytes = g_bytes_new_take (old, n);
  }
  g_ptr_array_add (disk->log, undo);
}

static void
log_name (ScDisk *disk, const char *from, const char *to)
{
  Undo *undo = g_new0 (Undo, 1);

  undo->from = g_strdup (from);
  undo->to = g_strdup (to);
  g_ptr_array_add (((FaultDisk *) disk)->log, undo);
}

static void
forget_data (ScDiskFile *file)
{
  GPtrArray *log = ((FaultDisk *) file->disk)->log;
  ScDiskInfo info;

  g_assert_true (sc_disk_file_info (inner_file (file), &info, NULL));
  for (guint i = log->len; i-- > 0;)
    if (((Undo *) log->pdata[i])->file != NULL && ((Undo *) log->pdata[i])->id == info.id)
      g_ptr_array_remove_index (log, i);
}

static void
forget_names (ScDisk *disk, const char *directory)
{
  GPtrArray *log = ((FaultDisk *) disk)->log;

  for (guint i = log->len; i-- > 0;) {
    const Undo *undo = log->pdata[i];
    const char *name = undo->from != NULL && !g_str_has_prefix (undo->from, REMOVED) ? undo->from : undo->to;
    g_autofree char *parent = undo->file == NULL ? g_path_get_dirname (name) : NULL;

    g_autofree char *path = parent != NULL ? g_build_filename (disk->root, parent, NULL) : NULL;

    /* that a directory is gone for good implies that what it held is */
    if (parent != NULL && (strcmp (parent, directory) == 0 || !g_file_test (path, G_FILE_TEST_IS_DIR)))
      g_ptr_array_remove_index (log, i);
  }
}

static void
take_back_data (Undo *undo)
{
  if (undo->bytes != NULL) {
    gsize n;
    gconstpointer old = g_bytes_get_data (undo->bytes, &n);

    g_assert_true (sc_disk_file_write_at (undo->file, undo->offset, old, n, NULL));
  }
  g_assert_true (sc_disk_file_truncate (undo->file, undo->size, NULL));
}

static void
take_back_name (ScDisk *disk, Undo *undo)
{
  g_autofree char *to = g_build_filename (disk->root, undo->to, NULL);
  g_autofree char *from = undo->from != NULL ? g_build_filename (disk->root, undo->from, NULL) : NULL;
  g_autofree char *parent = g_path_get_dirname (from != NULL && g_str_has_prefix (undo->to, REMOVED) ? from : to);

  g_mkdir_with_parents (parent, 0755);
  if (from != NULL)
    g_assert_cmpint (g_rename (to, from), ==, 0);
  else
    g_assert_cmpint (g_remove (to), ==, 0);
}

void
test_fault_disk_cut_power (ScDisk *disk, GRand *random)
{
  GPtrArray *log = ((FaultDisk *) disk)->log;
  guint kept = (guint) g_rand_int_range (random, 0, (gint32) log->len + 1);

  for (guint i = log->len; i-- > 0;) {
    Undo *undo = log->pdata[i];

    if (undo->file == NULL && i >= kept)
      take_back_name (disk, undo);
    else if (undo->file != NULL && g_rand_boolean (random))
      take_back_data (undo);
  }
  g_ptr_array_set_size (log, 0);
}

static void
fault_free (ScDisk *disk)
{
  g_ptr_array_unref (((FaultDisk *) disk)->log);
  sc_disk_free (inner_disk (disk));
  g_free (disk->root);
  g_free (disk);
}

static ScDiskFile *
fault_open (ScDisk *disk, const char *path, ScDiskFlags flags, GError **error)
{
  g_autofree char *inner_name = inner_path (disk, path);
  gboolean create = (flags & SC_DISK_CREATE) != 0;
  gboolean existed;
  ScDiskFile *inner;
  FaultFile *file;
  ScDiskInfo info;

  if (!(create ? count (disk, TRUE, error) : pass (disk, error)))
    return NULL;
  existed = sc_disk_info (inner_disk (disk), inner_name, &info, NULL);
  inner = sc_disk_open (inner_disk (disk), inner_name, flags, error);
  if (inner == NULL)
    return NULL;
  if (!existed)
    log_name (disk, NULL, inner_name);
  file = g_new0 (FaultFile, 1);
  file->base.disk = disk;
  file->base.path = g_strdup (inner_name);
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
  log_data (file, offset, length);
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
  log_data (file, offset, length);
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
  log_data (file, 0, 0);
  return count (file->disk, FALSE, error) && sc_disk_file_truncate (inner_file (file), size, error);
}

static gboolean
fault_clone (ScDiskFile *file, ScDiskFile *source, GError **error)
{
  return count (file->disk, TRUE, error) && sc_disk_file_clone (inner_file (file), inner_file (source), error);
}

static gboolean
fault_sync (ScDiskFile *file, GError **error)
{
  if (!count (file->disk, FALSE, error))
    return FALSE;
  forget_data (file);
  return sc_disk_file_sync (inner_file (file), error);
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
  g_autofree char *inner_name = inner_path (disk, path);

  return pass (disk, error) && sc_disk_info (inner_disk (disk), inner_name, info, error);
}

static gboolean
fault_rename (ScDisk *disk, const char *from, const char *to, GError **error)
{
  g_autofree char *inner_from = inner_path (disk, from);
  g_autofree char *inner_to = inner_path (disk, to);

  if (!count (disk, FALSE, error) || !sc_disk_rename (inner_disk (disk), inner_from, inner_to, error))
    return FALSE;
  log_name (disk, inner_from, inner_to);
  return TRUE;
}

static gboolean
fault_remove (ScDisk *disk, const char *path, GError **error)
{
  g_autofree char *name = g_strdup_printf (REMOVED "%u", ((FaultDisk *) disk)->n_removed++);
  g_autofree char *inner_name = inner_path (disk, path);
  g_autofree char *from = g_build_filename (disk->root, inner_name, NULL);
  g_autofree char *to = g_build_filename (disk->root, name, NULL);

  if (!count (disk, FALSE, error))
    return FALSE;
  if (g_file_test (from, G_FILE_TEST_IS_DIR))
    return sc_disk_remove (inner_disk (disk), inner_name, error);
  g_assert_cmpint (g_rename (from, to), ==, 0);
  log_name (disk, inner_name, name);
  return TRUE;
}

static gboolean
fault_make_directory (ScDisk *disk, const char *path, GError **error)
{
  g_autofree char *inner_name = inner_path (disk, path);

  return count (disk, TRUE, error) && sc_disk_make_directory (inner_disk (disk), inner_name, error);
}

static gboolean
fault_sync_directory (ScDisk *disk, const char *path, GError **error)
{
  g_autofree char *inner_name = inner_path (disk, path);

  if (!count (disk, FALSE, error) || !sc_disk_sync_directory (inner_disk (disk), inner_name, error))
    return FALSE;
  forget_names (disk, inner_name);
  return TRUE;
}

static gboolean
fault_set_read_only (ScDisk *disk, const char *path, gboolean read_only, GError **error)
{
  g_autofree char *inner_name = inner_path (disk, path);

  return count (disk, FALSE, error) && sc_disk_set_read_only (inner_disk (disk), inner_name, read_only, error);
}

static GPtrArray *
fault_list (ScDisk *disk, const char *path, GError **error)
{
  g_autofree char *inner_name = inner_path (disk, path);

  return pass (disk, error) ? sc_disk_list (inner_disk (disk), inner_name, error) : NULL;
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
  .file_clone = fault_clone,
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
  self->log = g_ptr_array_new_with_free_func ((GDestroyNotify) undo_free);
  self->inner = sc_disk_system (root, &error);
  g_assert_no_error (error);
  return &self->base;
}
