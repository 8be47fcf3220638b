/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/apply/sc-apply-stash.h"

#include "common/sc-error.h"
#include "common/sc-path.h"

#define STASH_PATH SC_PATH_PRIVATE "/stash"
#define HEADER_SIZE 36u

struct _ScApplyStash {
  ScDisk *disk;
  ScDiskFile *file; /* (nullable): writable once something was added */
  gboolean writable;
  ScChunkIndex *index; /* record numbers by id */
  GArray *offsets;     /* guint64: of the records */
  guint64 end;         /* where the next record goes */
};

static void
reset (ScApplyStash *self)
{
  g_clear_pointer (&self->file, sc_disk_file_close);
  g_clear_pointer (&self->index, sc_chunk_index_free);
  self->index = sc_chunk_index_new ();
  g_array_set_size (self->offsets, 0);
  self->writable = FALSE;
  self->end = 0;
}

static gboolean
read_header (ScApplyStash *self, guint64 offset, ScChunkId *id, guint32 *length, GError **error)
{
  guint8 header[HEADER_SIZE];
  guint32 le_length;

  if (!sc_disk_file_read_at (self->file, offset, header, sizeof header, error))
    return FALSE;
  memcpy (id->bytes, header, sizeof id->bytes);
  memcpy (&le_length, header + sizeof id->bytes, sizeof le_length);
  *length = GUINT32_FROM_LE (le_length);
  return TRUE;
}

static void
remember (ScApplyStash *self, const ScChunkId *id, guint32 length, guint32 *record)
{
  gboolean added = FALSE;

  *record = sc_chunk_index_add (self->index, id, &added);
  if (added)
    g_array_append_val (self->offsets, self->end);
  else
    g_array_index (self->offsets, guint64, *record) = self->end;
  self->end += HEADER_SIZE + length;
}

/* Whether the record's chunk @id, which is the next one, is what it says. */
static gboolean
check_chunk (ScApplyStash *self, const ScChunkId *id, guint32 length, guint8 *buffer)
{
  ScChunkId actual;

  if (!sc_disk_file_read_at (self->file, self->end + HEADER_SIZE, buffer, length, NULL))
    return FALSE;
  sc_chunk_id_of (&actual, buffer, length);
  return sc_chunk_id_equal (&actual, id);
}

/* After a power cut a header may be there without its chunk. Such a record must not be promised to a plan, which would
 * look nowhere else for the chunk. */
static gboolean
scan (ScApplyStash *self, GError **error)
{
  g_autofree guint8 *buffer = g_malloc (SC_CHUNK_SIZE);
  ScDiskInfo info;

  if (!sc_disk_file_info (self->file, &info, error))
    return FALSE;
  while (info.size - self->end > HEADER_SIZE) {
    ScChunkId id;
    guint32 length, record;

    if (!read_header (self, self->end, &id, &length, NULL)) /* a bad sector ends it as a torn record does */
      break;
    if (length == 0 || length > SC_CHUNK_SIZE || length > info.size - self->end - HEADER_SIZE)
      break;
    if (check_chunk (self, &id, length, buffer))
      remember (self, &id, length, &record);
    else
      self->end += HEADER_SIZE + length;
  }
  return TRUE;
}

ScApplyStash *
sc_apply_stash_new (ScDisk *disk, GError **error)
{
  g_autoptr (ScApplyStash) self = g_new0 (ScApplyStash, 1);
  g_autoptr (GError) local = NULL;

  self->disk = disk;
  self->offsets = g_array_new (FALSE, FALSE, sizeof (guint64));
  reset (self);
  self->file = sc_disk_open (disk, STASH_PATH, SC_DISK_READ, &local);
  if (self->file == NULL && !g_error_matches (local, SC_ERROR, SC_ERROR_NOT_FOUND)) {
    g_propagate_error (error, g_steal_pointer (&local));
    return NULL;
  }
  if (self->file != NULL && !scan (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
sc_apply_stash_free (ScApplyStash *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->file, sc_disk_file_close);
  g_clear_pointer (&self->index, sc_chunk_index_free);
  g_array_unref (self->offsets);
  g_free (self);
}

gboolean
sc_apply_stash_is_empty (const ScApplyStash *self)
{
  return self->file == NULL;
}

guint32
sc_apply_stash_find (const ScApplyStash *self, const ScChunkId *id)
{
  return sc_chunk_index_find (self->index, id);
}

gboolean
sc_apply_stash_read (ScApplyStash *self, guint32 record, guint8 *data, gsize *length, GError **error)
{
  guint64 offset = g_array_index (self->offsets, guint64, record);
  ScChunkId id, actual;
  guint32 stored;

  if (!read_header (self, offset, &id, &stored, error) ||
      !sc_disk_file_read_at (self->file, offset + HEADER_SIZE, data, stored, error))
    return FALSE;
  sc_chunk_id_of (&actual, data, stored);
  if (!sc_chunk_id_equal (&actual, sc_chunk_index_get (self->index, record))) {
    g_set_error_literal (error, SC_ERROR, SC_ERROR_CORRUPT, "A chunk in " STASH_PATH " is damaged");
    return FALSE;
  }
  *length = stored;
  return TRUE;
}

static gboolean
make_writable (ScApplyStash *self, GError **error)
{
  if (self->writable)
    return TRUE;
  g_clear_pointer (&self->file, sc_disk_file_close);
  self->file = sc_disk_open (self->disk, STASH_PATH, SC_DISK_WRITE | SC_DISK_CREATE | SC_DISK_EXCLUSIVE, error);
  /* a torn end would hide what is written behind it */
  if (self->file == NULL || !sc_disk_file_truncate (self->file, self->end, error))
    return FALSE;
  self->writable = TRUE;
  return TRUE;
}

gboolean
sc_apply_stash_add (ScApplyStash *self, const ScChunkId *id, const guint8 *data, gsize length, guint32 *record,
                    GError **error)
{
  guint8 header[HEADER_SIZE];
  guint32 le_length = GUINT32_TO_LE ((guint32) length);

  if (!make_writable (self, error))
    return FALSE;
  memcpy (header, id->bytes, sizeof id->bytes);
  memcpy (header + sizeof id->bytes, &le_length, sizeof le_length);
  if (!sc_disk_file_write_at (self->file, self->end, header, sizeof header, error) ||
      !sc_disk_file_write_at (self->file, self->end + HEADER_SIZE, data, length, error))
    return FALSE;
  remember (self, id, (guint32) length, record);
  return TRUE;
}

gboolean
sc_apply_stash_sync (ScApplyStash *self, GError **error)
{
  return !self->writable ||
         (sc_disk_file_sync (self->file, error) && sc_disk_sync_directory (self->disk, SC_PATH_PRIVATE, error));
}

gboolean
sc_apply_stash_remove (ScApplyStash *self, GError **error)
{
  if (self->file == NULL)
    return TRUE;
  reset (self);
  return sc_disk_remove (self->disk, STASH_PATH, error) && sc_disk_sync_directory (self->disk, SC_PATH_PRIVATE, error);
}
