/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/store/sc-store-private.h"
#include "console/engine/store/sc-store-writer.h"

#include "common/sc-error.h"

typedef struct {
  guint32 number;
  guint64 size; /* on the disk */
  guint64 live; /* bytes of entries that a version needs, headers included */
} PackUse;

typedef struct {
  ScStore *store;
  ScStoreIndex *reader;
  ScStoreReport *report;
  ScChunkIndex *live; /* everything that a version needs */
  ScChunkIndex *dead; /* entries that go away with their packs */
  GArray *uses;       /* PackUse, by number */
  GArray *rows;       /* ScStoreRow: the live ones of the pack that is copied */
  ScStoreWriter *writer;
  ScProgress *progress;
  GCancellable *cancellable;
} Gc;

static gboolean
add_live_template (Gc *self, const ScManifestTemplate *named, GError **error)
{
  g_autoptr (ScTemplateManifest) manifest = NULL;
  gboolean added;

  sc_chunk_index_add (self->live, &named->id, &added);
  if (!added)
    return TRUE;
  manifest = sc_store_get_template (self->store, &named->id, error);
  if (manifest == NULL) {
    g_prefix_error (error, "Nothing was freed, for it is not known what template “%s” needs: ", named->name);
    return FALSE;
  }
  for (guint f = 0; f < sc_template_manifest_get_n_files (manifest); f++) {
    const ScManifestFile *file = sc_template_manifest_get_file (manifest, f);

    for (gsize i = 0; i < file->n_chunks; i++)
      sc_chunk_index_add (self->live, &file->chunks[i], NULL);
  }
  return TRUE;
}

static gboolean
collect_live (Gc *self, GError **error)
{
  g_autoptr (GPtrArray) versions = sc_store_list_versions (self->store, error);

  if (versions == NULL)
    return FALSE;
  for (guint v = 0; v < versions->len; v++) {
    ScVersionManifest *version = g_ptr_array_index (versions, v);

    sc_chunk_index_add (self->live, sc_version_manifest_get_id (version), NULL);
    for (guint t = 0; t < sc_version_manifest_get_n_templates (version); t++)
      if (!sc_store_check_cancelled (self->cancellable, "Cleaning up", error) ||
          !add_live_template (self, sc_version_manifest_get_template (version, t), error))
        return FALSE;
  }
  self->report->versions = versions->len;
  return sc_store_drop_signatures (self->store, versions, error);
}

static gboolean
list_uses (Gc *self, GError **error)
{
  g_autoptr (GArray) packs = NULL;

  packs = sc_store_index_list_packs (self->store->index, error);
  if (packs == NULL)
    return FALSE;
  for (guint i = 0; i < packs->len; i++) {
    const ScStorePackRow *row = &g_array_index (packs, ScStorePackRow, i);
    g_autofree char *path = sc_pack_make_path (row->number);
    PackUse use = { .number = row->number };
    ScDiskInfo info;

    use.size = sc_disk_info (self->store->disk, path, &info, NULL) ? info.size : 0;
    g_array_append_val (self->uses, use);
  }
  return TRUE;
}

static int
compare_uses (gconstpointer a, gconstpointer b)
{
  const PackUse *x = a, *y = b;

  return x->number < y->number ? -1 : x->number > y->number;
}

static PackUse *
find_use (Gc *self, guint32 pack)
{
  PackUse key = { .number = pack };
  guint index;

  return g_array_binary_search (self->uses, &key, compare_uses, &index) ? &g_array_index (self->uses, PackUse, index)
                                                                        : NULL;
}

static gboolean
is_live (Gc *self, const ScStoreRow *row)
{
  return sc_chunk_index_find (self->live, &row->entry.id) != SC_CHUNK_INDEX_NONE;
}

static gboolean
count_entry (const ScStoreRow *row, gpointer user_data, GError **error)
{
  Gc *self = user_data;
  PackUse *use = find_use (self, row->entry.pack);

  self->report->entries++;
  self->report->bytes += SC_PACK_ENTRY_HEADER_SIZE + row->entry.stored_length;
  if (use != NULL && is_live (self, row))
    use->live += SC_PACK_ENTRY_HEADER_SIZE + row->entry.stored_length;
  return sc_store_check_cancelled (self->cancellable, "Cleaning up", error);
}

/* A pack that is missing or cut off, with entries that are needed, is verify's business. */
static gboolean
is_mostly_garbage (const PackUse *use)
{
  return use->live == 0 || (use->live <= use->size && use->size - use->live > use->size / 2);
}

static gboolean
collect_dead (const ScStoreRow *row, gpointer user_data, GError **error)
{
  Gc *self = user_data;
  const PackUse *use = find_use (self, row->entry.pack);

  if (use != NULL && is_mostly_garbage (use) && !is_live (self, row))
    sc_chunk_index_add (self->dead, &row->entry.id, NULL);
  return sc_store_check_cancelled (self->cancellable, "Cleaning up", error);
}

/* First of all: a file whose chunks go away has to be read again at the next publish. */
static gboolean
forget_files (Gc *self, GError **error)
{
  ScStoreIndex *index = self->store->index;
  gboolean ok;

  ok = sc_store_index_begin (index, error);
  if (ok) {
    ok = sc_store_index_forget_files (index, self->dead, error) && sc_store_index_commit (index, error);
    if (!ok)
      sc_store_index_rollback (index);
  }
  return ok;
}

static gboolean
collect_rows (const ScStoreRow *row, gpointer user_data, GError **error)
{
  Gc *self = user_data;

  if (is_live (self, row))
    g_array_append_val (self->rows, *row);
  return TRUE;
}

/* Copies what is needed of a pack to another one and makes the index point there. */
static gboolean
copy_live (Gc *self, const PackUse *use, GError **error)
{
  g_autoptr (ScPack) pack = sc_store_get_pack (self->store, use->number, error);
  g_autoptr (GByteArray) stored = g_byte_array_new ();

  g_array_set_size (self->rows, 0);
  if (pack == NULL || !sc_store_foreach_entry (self->reader, use->number, collect_rows, self, error))
    return FALSE;
  for (guint i = 0; i < self->rows->len; i++) {
    const ScStoreEntry *known = &g_array_index (self->rows, ScStoreRow, i).entry;
    guint8 header[SC_PACK_ENTRY_HEADER_SIZE];
    ScPackEntry entry;

    if (!sc_store_check_cancelled (self->cancellable, "Cleaning up", error) ||
        !sc_pack_read_entry (pack, known->offset, use->size, &entry, stored, error))
      return FALSE;
    if (!sc_chunk_id_equal (&entry.id, &known->id)) {
      g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT,
                   "Pack %u holds another entry at offset %" G_GUINT64_FORMAT " than the index says", use->number,
                   known->offset);
      return FALSE;
    }
    sc_pack_entry_write_header (&entry, stored->data, header);
    if (!sc_store_writer_append (self->writer, &entry, header, stored->data, error))
      return FALSE;
    sc_progress_add (self->progress, SC_PACK_ENTRY_HEADER_SIZE + stored->len);
  }
  return sc_store_writer_checkpoint (self->writer, NULL, error);
}

/* The index forgets the pack before its file goes: a crash between leaves a file that the next start takes in again,
 * and the next gc frees. */
static gboolean
remove_pack (Gc *self, const PackUse *use, GError **error)
{
  g_autofree char *path = sc_pack_make_path (use->number);
  g_autoptr (GError) local = NULL;
  ScStoreIndex *index = self->store->index;
  gboolean ok;

  ok = sc_store_index_begin (index, error);
  if (ok) {
    ok = sc_store_index_forget_pack (index, use->number, error) && sc_store_index_commit (index, error);
    if (!ok)
      sc_store_index_rollback (index);
  }
  if (!ok)
    return FALSE;
  sc_store_drop_packs (self->store, use->number);
  if (!sc_disk_remove (self->store->disk, path, &local) && !g_error_matches (local, SC_ERROR, SC_ERROR_NOT_FOUND)) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  self->report->freed_bytes += use->size - use->live;
  return sc_disk_sync_directory (self->store->disk, SC_PACK_DIRECTORY, error);
}

static gboolean
free_pack (Gc *self, const PackUse *use, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (use->live == 0)
    return remove_pack (self, use, error);
  if (self->writer == NULL) {
    /* never to a pack that is there already: that one may go, too */
    self->writer = sc_store_writer_new (self->store);
    if (!sc_store_writer_start_pack (self->writer, error))
      return FALSE;
  }
  if (copy_live (self, use, &local))
    return remove_pack (self, use, error);
  if (!g_error_matches (local, SC_ERROR, SC_ERROR_CORRUPT)) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  /* a damaged pack keeps what it has: verify says what is lost, a publish heals it */
  sc_store_report_add (self->report, "pack %u is not cleaned up: %s", use->number, local->message);
  self->report->damaged++;
  return TRUE;
}

static gboolean
collect_garbage (Gc *self, GError **error)
{
  guint64 to_copy = 0;

  sc_progress_start (self->progress, "collecting", 0);
  if (!collect_live (self, error) || !list_uses (self, error) ||
      !sc_store_foreach_entry (self->reader, 0, count_entry, self, error) ||
      !sc_store_foreach_entry (self->reader, 0, collect_dead, self, error) || !forget_files (self, error))
    return FALSE;
  for (guint i = 0; i < self->uses->len; i++)
    if (is_mostly_garbage (&g_array_index (self->uses, PackUse, i)))
      to_copy += g_array_index (self->uses, PackUse, i).live;
  sc_progress_start (self->progress, "copying", to_copy);
  for (guint i = 0; i < self->uses->len; i++)
    if (is_mostly_garbage (&g_array_index (self->uses, PackUse, i)) &&
        !free_pack (self, &g_array_index (self->uses, PackUse, i), error))
      return FALSE;
  return TRUE;
}

ScStoreReport *
sc_store_gc (ScStore *self, ScProgress *progress, GCancellable *cancellable, GError **error)
{
  g_autoptr (ScStoreReport) report = sc_store_report_new ();
  Gc gc = { .store = self, .report = report, .progress = progress, .cancellable = cancellable };
  gboolean ok;

  if (!sc_store_begin_writing (self, error))
    return NULL;
  gc.live = sc_chunk_index_new ();
  gc.dead = sc_chunk_index_new ();
  gc.uses = g_array_new (FALSE, FALSE, sizeof (PackUse));
  gc.rows = g_array_new (FALSE, FALSE, sizeof (ScStoreRow));
  gc.reader = sc_store_open_reader (self, error);
  ok = gc.reader != NULL && collect_garbage (&gc, error);
  sc_store_writer_free (gc.writer);
  sc_store_index_close (gc.reader);
  g_array_unref (gc.rows);
  g_array_unref (gc.uses);
  sc_chunk_index_free (gc.dead);
  sc_chunk_index_free (gc.live);
  sc_store_end_writing (self);
  return ok ? g_steal_pointer (&report) : NULL;
}
