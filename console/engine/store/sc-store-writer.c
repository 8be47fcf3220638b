/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/store/sc-store-writer.h"

#include "common/sc-error.h"

#define BUFFER_SIZE (4u * 1024 * 1024)
/* Bytes between two checkpoints: what a crash can make a publish store again. Each costs a flush of the disk. */
#define CHECKPOINT_BYTES (256u * 1024 * 1024)

typedef struct {
  char *directory;
  char *path;
  ScScanInfo info;
  GBytes *chunks;
} PendingFile;

struct _ScStoreWriter {
  ScStore *store;
  ScDiskFile *file; /* (nullable): of the pack that is appended to */
  guint32 pack;
  guint64 checkpointed; /* bytes of the pack that are durable and in the index */
  guint64 written;      /* bytes handed to the disk; the buffer follows */
  GByteArray *buffer;
  GArray *rows;     /* ScStoreRow of the entries since the checkpoint: all of this pack */
  GPtrArray *files; /* PendingFile */
  gboolean failed;  /* to write or to flush: what came since the checkpoint is given up */
};

static void
pending_file_free (gpointer data)
{
  PendingFile *file = data;

  g_free (file->directory);
  g_free (file->path);
  g_bytes_unref (file->chunks);
  g_free (file);
}

ScStoreWriter *
sc_store_writer_new (ScStore *store)
{
  ScStoreWriter *self = g_new0 (ScStoreWriter, 1);

  self->store = store;
  self->buffer = g_byte_array_sized_new (BUFFER_SIZE + SC_PACK_ENTRY_HEADER_SIZE + SC_CHUNK_SIZE);
  self->rows = g_array_new (FALSE, FALSE, sizeof (ScStoreRow));
  self->files = g_ptr_array_new_with_free_func (pending_file_free);
  return self;
}

/* The entries since the checkpoint must not be found again: one of them may be a version that was reported as failed.
 */
static void
rewind_pack (ScStoreWriter *self)
{
  g_autoptr (GError) error = NULL;

  if (self->file == NULL || self->written == self->checkpointed)
    return;
  if (sc_disk_file_truncate (self->file, self->checkpointed, &error) && sc_disk_file_sync (self->file, &error))
    return;
  g_warning ("Pack %u could not be cut back: %s", self->pack, error->message);
  sc_store_lock (self->store);
  g_free (self->store->broken);
  self->store->broken =
      g_strdup_printf ("pack %u could not be cut back after a failure (%s)", self->pack, error->message);
  sc_store_unlock (self->store);
}

void
sc_store_writer_free (ScStoreWriter *self)
{
  if (self == NULL)
    return;
  rewind_pack (self);
  g_clear_pointer (&self->file, sc_disk_file_close);
  g_byte_array_unref (self->buffer);
  g_array_unref (self->rows);
  g_ptr_array_unref (self->files);
  g_free (self);
}

gboolean
sc_store_writer_start_pack (ScStoreWriter *self, GError **error)
{
  g_autofree char *path = NULL;
  gboolean ok;

  if (self->file != NULL && !sc_store_writer_checkpoint (self, NULL, error))
    return FALSE;
  g_clear_pointer (&self->file, sc_disk_file_close);
  ok = sc_store_index_get_next_pack (self->store->index, &self->pack, error);
  if (!ok)
    return FALSE;
  path = sc_pack_make_path (self->pack);
  self->checkpointed = self->written = 0;
  self->file = sc_disk_open (self->store->disk, path, SC_DISK_WRITE | SC_DISK_CREATE, error);
  /* the file's name is durable before anything in it counts */
  return self->file != NULL && sc_disk_sync_directory (self->store->disk, SC_PACK_DIRECTORY, error);
}

/* Goes on with the last pack, where there is room in it and its length is what the index says. */
static gboolean
open_last_pack (ScStoreWriter *self, GError **error)
{
  g_autoptr (GArray) packs = NULL;
  g_autofree char *path = NULL;
  const ScStorePackRow *last;
  ScDiskInfo info;

  packs = sc_store_index_list_packs (self->store->index, error);
  if (packs == NULL)
    return FALSE;
  if (packs->len == 0)
    return sc_store_writer_start_pack (self, error);
  last = &g_array_index (packs, ScStorePackRow, packs->len - 1);
  path = sc_pack_make_path (last->number);
  if (last->size >= self->store->pack_limit || !sc_disk_info (self->store->disk, path, &info, NULL) ||
      info.size != last->size)
    return sc_store_writer_start_pack (self, error);
  self->pack = last->number;
  self->checkpointed = self->written = last->size;
  self->file = sc_disk_open (self->store->disk, path, SC_DISK_WRITE, error);
  return self->file != NULL;
}

static gboolean
write_buffer (ScStoreWriter *self, GError **error)
{
  guint64 offset = self->written;

  if (self->buffer->len == 0)
    return TRUE;
  self->written += self->buffer->len; /* also when it fails half-way: that much may have to be cut off */
  self->failed = TRUE;
  if (!sc_disk_file_write_at (self->file, offset, self->buffer->data, self->buffer->len, error)) {
    g_prefix_error (
        error, "The store in %s cannot take more data; what was published before is safe: ", self->store->directory);
    return FALSE;
  }
  self->failed = FALSE;
  g_byte_array_set_size (self->buffer, 0);
  return TRUE;
}

/* After a failed flush the system may have dropped what it could not write (and forgotten that it did): no second try.
 */
static gboolean
flush (ScStoreWriter *self, GError **error)
{
  if (self->failed) {
    g_set_error (error, SC_ERROR, SC_ERROR_STATE, "An earlier write to pack %u failed", self->pack);
    return FALSE;
  }
  if (!write_buffer (self, error))
    return FALSE;
  self->failed = !sc_disk_file_sync (self->file, error);
  return !self->failed;
}

gboolean
sc_store_writer_append (ScStoreWriter *self, const ScPackEntry *entry, const guint8 *header, const guint8 *stored,
                        GError **error)
{
  ScStoreRow row = { .kind = entry->kind };

  if (self->file == NULL && !open_last_pack (self, error))
    return FALSE;
  if (self->written + self->buffer->len - self->checkpointed >= CHECKPOINT_BYTES &&
      !sc_store_writer_checkpoint (self, NULL, error))
    return FALSE;
  if (self->written + self->buffer->len >= self->store->pack_limit && !sc_store_writer_start_pack (self, error))
    return FALSE;
  row.entry = (ScStoreEntry){ .id = entry->id,
                              .pack = self->pack,
                              .offset = self->written + self->buffer->len,
                              .stored_length = entry->stored_length,
                              .length = entry->length,
                              .encoding = entry->encoding };
  g_byte_array_append (self->buffer, header, SC_PACK_ENTRY_HEADER_SIZE);
  g_byte_array_append (self->buffer, stored, entry->stored_length);
  g_array_append_val (self->rows, row);
  return self->buffer->len < BUFFER_SIZE || write_buffer (self, error);
}

void
sc_store_writer_add_file (ScStoreWriter *self, const char *directory, const char *path, const ScScanInfo *info,
                          GBytes *chunks)
{
  PendingFile *file = g_new0 (PendingFile, 1);

  file->directory = g_strdup (directory);
  file->path = g_strdup (path);
  file->info = *info;
  file->chunks = g_bytes_ref (chunks);
  g_ptr_array_add (self->files, file);
}

static gboolean
put_rows (ScStoreWriter *self, ScVersionManifest *version, GError **error)
{
  ScStoreIndex *index = self->store->index;

  for (guint i = 0; i < self->rows->len; i++)
    if (!sc_store_index_put (index, &g_array_index (self->rows, ScStoreRow, i), TRUE, error))
      return FALSE;
  if (self->rows->len > 0 && !sc_store_index_set_pack (index, self->pack, self->written, error))
    return FALSE;
  for (guint i = 0; i < self->files->len; i++) {
    PendingFile *file = g_ptr_array_index (self->files, i);

    if (!sc_store_index_put_file (index, file->directory, file->path, &file->info, file->chunks, error))
      return FALSE;
  }
  return version == NULL || sc_store_index_put_version (index, version, FALSE, error);
}

gboolean
sc_store_writer_checkpoint (ScStoreWriter *self, ScVersionManifest *version, GError **error)
{
  gboolean ok;

  if (self->rows->len == 0 && self->files->len == 0 && version == NULL)
    return TRUE;
  if (self->rows->len > 0 && !flush (self, error))
    return FALSE;
  ok = sc_store_index_begin (self->store->index, error);
  if (ok) {
    ok = put_rows (self, version, error) && sc_store_index_commit (self->store->index, error);
    if (!ok)
      sc_store_index_rollback (self->store->index);
  }
  if (!ok)
    return FALSE;
  self->checkpointed = self->written;
  g_array_set_size (self->rows, 0);
  g_ptr_array_set_size (self->files, 0);
  return TRUE;
}

guint64
sc_store_writer_append_manifest (ScStoreWriter *self, ScPackEntryKind kind, const ScChunkId *id, GBytes *bytes,
                                 GError **error)
{
  guint8 header[SC_PACK_ENTRY_HEADER_SIZE];
  ScPackEntry entry = { .kind = kind, .id = *id, .length = (guint32) g_bytes_get_size (bytes) };
  g_autoptr (GBytes) stored = sc_store_pack_manifest (bytes, &entry.encoding);
  const guint8 *data = g_bytes_get_data (stored, NULL);

  entry.stored_length = (guint32) g_bytes_get_size (stored);
  sc_pack_entry_write_header (&entry, data, header);
  return sc_store_writer_append (self, &entry, header, data, error) ? entry.stored_length : 0;
}
