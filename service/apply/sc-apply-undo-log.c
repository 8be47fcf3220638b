/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/apply/sc-apply-undo-log.h"

#include "common/sc-error.h"
#include "common/sc-pack-entry.h"
#include "service/apply/sc-apply-undo-index.h"

#define PIECE (1024u * 1024)

struct _ScApplyUndoLog {
  ScDisk *disk;
  char *path;
  ScFrameCoder *coder;
  ScDiskFile *file; /* (nullable): opened when needed */
  gboolean exists;
  gboolean writable;   /* so is @file */
  gboolean named;      /* its directory entry is durable */
  gboolean unsynced;   /* something of the file may not be durable */
  gboolean failed;     /* nobody knows what is durable */
  ScChunkIndex *index; /* record numbers by id */
  GArray *offsets;     /* guint64: of the records */
  guint64 written;     /* bytes of the file; @buffer goes there */
  GByteArray *buffer;
  guint8 *frame; /* SC_FRAME_MAX bytes */
};

static gboolean
set_damage (GError **error, const ScApplyUndoLog *self, guint64 offset, const char *what)
{
  g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT,
               "The undo log %s is damaged at byte %" G_GUINT64_FORMAT ": %s; what is lost there is sent again when it "
               "is needed",
               self->path, offset, what);
  return FALSE;
}

static gboolean
open_for_reading (ScApplyUndoLog *self, GError **error)
{
  if (self->file == NULL)
    self->file = sc_disk_open (self->disk, self->path, SC_DISK_READ, error);
  return self->file != NULL;
}

/* Bytes of a record, wherever they are: the buffer begins with one and holds whole ones. */
static gboolean
fetch (ScApplyUndoLog *self, guint64 offset, void *data, gsize length, GError **error)
{
  if (offset < self->written)
    return open_for_reading (self, error) && sc_disk_file_read_at (self->file, offset, data, length, error);
  memcpy (data, self->buffer->data + (offset - self->written), length);
  return TRUE;
}

static gboolean
read_header (ScApplyUndoLog *self, guint64 offset, ScPackEntry *entry, GError **error)
{
  guint8 header[SC_PACK_ENTRY_HEADER_SIZE];

  if (!fetch (self, offset, header, sizeof header, error) || !sc_pack_entry_parse_header (entry, header, error))
    return FALSE;
  return entry->kind == SC_PACK_ENTRY_CHUNK || set_damage (error, self, offset, "the entry is not a chunk");
}

/* The chunk of @entry, which lies at @offset: checksum, decoding and hash are right. */
static gboolean
read_chunk (ScApplyUndoLog *self, guint64 offset, const ScPackEntry *entry, guint8 *data, GError **error)
{
  ScChunkId actual;

  if (!fetch (self, offset + SC_PACK_ENTRY_HEADER_SIZE, self->frame, entry->stored_length, error) ||
      !sc_pack_entry_check (entry, self->frame, error) ||
      !sc_frame_decode (self->coder, entry->encoding, self->frame, entry->stored_length, NULL, 0, data, entry->length,
                        error))
    return FALSE;
  sc_chunk_id_of (&actual, data, entry->length);
  return sc_chunk_id_equal (&actual, &entry->id) || set_damage (error, self, offset, "the chunk is not what it says");
}

static void
remember (ScApplyUndoLog *self, const ScChunkId *id, guint64 offset)
{
  gboolean added = FALSE;

  sc_chunk_index_add (self->index, id, &added);
  if (added)
    g_array_append_val (self->offsets, offset);
}

/*
 * A record whose header is whole and whose chunk is not is passed over, so that damage in the middle costs one chunk. A
 * header that is not whole ends the log: nothing says where the next one is. What the disk does not give is damage like
 * any other: a bad sector in what was kept must not keep the seat from its next update.
 * @end: where the last record ends that is used; @n_damaged: (inout)
 */
static void
scan_records (ScApplyUndoLog *self, guint64 size, gboolean check, guint64 *end, guint *n_damaged)
{
  g_autofree guint8 *data = g_malloc (SC_CHUNK_SIZE);
  ScPackEntry entry;
  guint64 next;

  for (guint64 offset = 0;
       size - offset > SC_PACK_ENTRY_HEADER_SIZE && self->offsets->len < SC_APPLY_UNDO_LOG_MAX_RECORDS; offset = next) {
    if (!read_header (self, offset, &entry, NULL))
      break;
    if (entry.stored_length > size - offset - SC_PACK_ENTRY_HEADER_SIZE)
      break;
    next = offset + SC_PACK_ENTRY_HEADER_SIZE + entry.stored_length;
    if (!check || read_chunk (self, offset, &entry, data, NULL)) {
      remember (self, &entry.id, offset);
      *end = next;
    } else {
      (*n_damaged)++;
    }
  }
}

static char *
dup_index_path (const ScApplyUndoLog *self)
{
  g_autofree char *directory = g_path_get_dirname (self->path);

  return g_strconcat (directory, "/" SC_APPLY_UNDO_LOG_INDEX, NULL);
}

/* Whether the last record is where the index has it: another log's may have the same size. */
static gboolean
check_last (ScApplyUndoLog *self, GError **error)
{
  guint32 last = self->offsets->len - 1;
  guint64 offset;
  ScPackEntry entry;

  if (self->offsets->len == 0)
    return set_damage (error, self, 0, "by the index it is empty");
  offset = g_array_index (self->offsets, guint64, last);
  return read_header (self, offset, &entry, error) &&
         (sc_chunk_id_equal (&entry.id, sc_chunk_index_get (self->index, last)) ||
          set_damage (error, self, offset, "by the index another chunk is there"));
}

/* Returns: FALSE, with nothing read, when the index is of no use */
static gboolean
read_index (ScApplyUndoLog *self, guint64 size)
{
  g_autofree char *path = dup_index_path (self);
  g_autoptr (GError) error = NULL;

  if (sc_apply_undo_index_read (self->disk, path, size, self->index, self->offsets, &error) &&
      check_last (self, &error))
    return TRUE;
  g_debug ("The undo log %s is walked through: %s", self->path, error->message);
  g_clear_pointer (&self->index, sc_chunk_index_free);
  self->index = sc_chunk_index_new ();
  g_array_set_size (self->offsets, 0);
  return FALSE;
}

static gboolean
scan (ScApplyUndoLog *self, gboolean check, GError **error)
{
  guint n_damaged = 0;
  guint64 end = 0;
  ScDiskInfo info;

  if (!sc_disk_file_info (self->file, &info, error))
    return FALSE;
  self->written = info.size;
  if (!check && info.size > 0 && read_index (self, info.size))
    return TRUE;
  scan_records (self, info.size, check, &end, &n_damaged);
  self->written = end;
  if (end < info.size || n_damaged > 0)
    g_message ("The undo log %s is whole up to byte %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
               " and has %u damaged records before that: what is lost there is sent again when it is needed",
               self->path, end, info.size, n_damaged);
  return TRUE;
}

ScApplyUndoLog *
sc_apply_undo_log_new (ScDisk *disk, const char *path, ScFrameCoder *coder, gboolean check, GError **error)
{
  g_autoptr (ScApplyUndoLog) self = g_new0 (ScApplyUndoLog, 1);
  g_autoptr (GError) local = NULL;

  self->disk = disk;
  self->path = g_strdup (path);
  self->coder = coder;
  self->index = sc_chunk_index_new ();
  self->offsets = g_array_new (FALSE, FALSE, sizeof (guint64));
  self->buffer = g_byte_array_new ();
  self->frame = g_malloc (SC_FRAME_MAX);
  self->exists = open_for_reading (self, &local);
  if (self->exists && !scan (self, check, error))
    return NULL;
  sc_apply_undo_log_close (self);
  /* what is not a file has nothing to say either */
  if (g_error_matches (local, SC_ERROR, SC_ERROR_INVALID)) {
    g_message ("There is no undo log: %s", local->message);
  } else if (local != NULL && !g_error_matches (local, SC_ERROR, SC_ERROR_NOT_FOUND)) {
    g_propagate_error (error, g_steal_pointer (&local));
    return NULL;
  }
  return g_steal_pointer (&self);
}

void
sc_apply_undo_log_free (ScApplyUndoLog *self)
{
  if (self == NULL)
    return;
  sc_apply_undo_log_close (self);
  g_clear_pointer (&self->index, sc_chunk_index_free);
  g_array_unref (self->offsets);
  g_byte_array_unref (self->buffer);
  g_free (self->frame);
  g_free (self->path);
  g_free (self);
}

void
sc_apply_undo_log_close (ScApplyUndoLog *self)
{
  g_clear_pointer (&self->file, sc_disk_file_close);
  self->writable = FALSE;
}

const ScChunkIndex *
sc_apply_undo_log_get_chunks (const ScApplyUndoLog *self)
{
  return self->index;
}

guint64
sc_apply_undo_log_get_size (const ScApplyUndoLog *self)
{
  return self->written + self->buffer->len;
}

gboolean
sc_apply_undo_log_read (ScApplyUndoLog *self, guint32 record, guint8 *data, gsize *length, GError **error)
{
  guint64 offset = g_array_index (self->offsets, guint64, record);
  ScPackEntry entry;

  if (!read_header (self, offset, &entry, error) || !read_chunk (self, offset, &entry, data, error))
    return FALSE;
  if (!sc_chunk_id_equal (&entry.id, sc_chunk_index_get (self->index, record)))
    return set_damage (error, self, offset, "there is another chunk now");
  *length = entry.length;
  return TRUE;
}

static gboolean
make_writable (ScApplyUndoLog *self, GError **error)
{
  if (self->failed) {
    g_set_error (error, SC_ERROR, SC_ERROR_STATE,
                 "The disk has failed to keep the undo log %s, so it has to be read anew before it is added to",
                 self->path);
    return FALSE;
  }
  if (self->writable)
    return TRUE;
  sc_apply_undo_log_close (self);
  self->file = sc_disk_open (self->disk, self->path, SC_DISK_WRITE | SC_DISK_CREATE, error);
  if (self->file == NULL || !sc_disk_file_truncate (self->file, self->written, error))
    return FALSE;
  self->exists = self->writable = self->unsynced = TRUE;
  return TRUE;
}

static gboolean
write_out (ScApplyUndoLog *self, GError **error)
{
  if (self->buffer->len == 0)
    return TRUE;
  if (!make_writable (self, error) ||
      !sc_disk_file_write_at (self->file, self->written, self->buffer->data, self->buffer->len, error))
    return FALSE;
  self->unsynced = TRUE;
  self->written += self->buffer->len;
  g_byte_array_set_size (self->buffer, 0);
  return TRUE;
}

gboolean
sc_apply_undo_log_resume (ScApplyUndoLog *self, GError **error)
{
  return !self->exists || (make_writable (self, error) && sc_apply_undo_log_sync (self, error));
}

gboolean
sc_apply_undo_log_add (ScApplyUndoLog *self, const ScChunkId *id, const guint8 *data, gsize length, GError **error)
{
  ScPackEntry entry = { .kind = SC_PACK_ENTRY_CHUNK, .length = (guint32) length, .id = *id };
  guint8 header[SC_PACK_ENTRY_HEADER_SIZE];

  if (sc_chunk_index_find (self->index, id) != SC_CHUNK_INDEX_NONE)
    return TRUE;
  if (!make_writable (self, error) || (self->buffer->len >= PIECE && !write_out (self, error)))
    return FALSE;
  if (self->offsets->len >= SC_APPLY_UNDO_LOG_MAX_RECORDS) {
    g_set_error (error, SC_ERROR, SC_ERROR_NO_SPACE, "The undo log %s has as many chunks as it may", self->path);
    return FALSE;
  }
  entry.stored_length = (guint32) sc_frame_encode (self->coder, data, length, NULL, 0, self->frame, &entry.encoding);
  if (entry.encoding == SC_ENCODING_ZERO)
    return TRUE;
  remember (self, id, sc_apply_undo_log_get_size (self));
  sc_pack_entry_write_header (&entry, self->frame, header);
  g_byte_array_append (self->buffer, header, sizeof header);
  g_byte_array_append (self->buffer, self->frame, entry.stored_length);
  return TRUE;
}

gboolean
sc_apply_undo_log_sync (ScApplyUndoLog *self, GError **error)
{
  g_autofree char *directory = g_path_get_dirname (self->path);

  if (self->buffer->len == 0 && !self->unsynced && !self->failed)
    return TRUE;
  if (!make_writable (self, error) || !write_out (self, error))
    return FALSE;
  self->failed = !sc_disk_file_sync (self->file, error) ||
                 (!self->named && !sc_disk_sync_directory (self->disk, directory, error));
  self->named = !self->failed;
  self->unsynced = self->failed;
  return !self->failed;
}

/* A seat without room for the index does without it. */
static gboolean
write_index (ScApplyUndoLog *self, GError **error)
{
  g_autofree char *path = dup_index_path (self);
  g_autoptr (GError) local = NULL;
  ScDiskInfo info;

  if (self->offsets->len == 0)
    return TRUE;
  /* there may be more in the file than was whole */
  if (!sc_disk_info (self->disk, self->path, &info, error))
    return FALSE;
  if (sc_apply_undo_index_write (self->disk, path, self->index, self->offsets, info.size, &local))
    return TRUE;
  if (!g_error_matches (local, SC_ERROR, SC_ERROR_NO_SPACE)) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  g_debug ("The undo log %s stays without an index: %s", self->path, local->message);
  return TRUE;
}

gboolean
sc_apply_undo_log_seal (ScApplyUndoLog *self, GError **error)
{
  if (!sc_apply_undo_log_sync (self, error))
    return FALSE;
  sc_apply_undo_log_close (self);
  return write_index (self, error);
}
