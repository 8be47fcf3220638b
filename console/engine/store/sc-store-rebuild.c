/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/store/sc-pack-scan.h"
#include "console/engine/store/sc-store-private.h"

#include "common/sc-error.h"

#define TEMPORARY_INDEX "index-rebuild.db"

/*
 * Which versions exist (docs/store.md): a version exists once its entry is whole in a pack. A publish that fails cuts
 * the entry off again before it says so; after a crash the entry, if it is whole, makes the version exist at the next
 * start, because everything it names was durable before it was written.
 */
typedef struct {
  ScStore *store;
  ScStoreIndex *index;
  ScStoreReport *report;
  guint32 pack; /* being read */
} Recovery;

static gboolean
take_version (Recovery *self, const ScPackEntry *entry, const guint8 *stored, gboolean in_order, gboolean *taken,
              GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GBytes) bytes =
      sc_store_unpack_manifest (entry->encoding, stored, entry->stored_length, entry->length, &local);
  g_autoptr (ScVersionManifest) version = bytes == NULL ? NULL : sc_version_manifest_parse (bytes, &local);
  g_autoptr (ScVersionManifest) other = NULL;
  guint64 number;

  if (version == NULL || !sc_chunk_id_equal (&entry->id, sc_version_manifest_get_id (version))) {
    sc_store_report_add (self->report, "pack %u: a version's manifest is damaged: %s", self->pack,
                         local != NULL ? local->message : "its hash is wrong");
    self->report->damaged++;
    return TRUE;
  }
  number = sc_version_manifest_get_number (version);
  g_clear_error (&local);
  other = sc_store_index_get_version (self->index, number, &local);
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  *taken = other == NULL || sc_chunk_id_equal (sc_version_manifest_get_id (other), &entry->id) || in_order;
  if (other != NULL && !sc_chunk_id_equal (sc_version_manifest_get_id (other), &entry->id))
    sc_store_report_add (self->report,
                         "pack %u: version %" G_GUINT64_FORMAT
                         " is there twice, with different content; the %s one counts",
                         self->pack, number, *taken ? "later" : "earlier");
  return !*taken || sc_store_index_put_version (self->index, version, TRUE, error);
}

static gboolean
take_entry (const ScPackEntry *entry, guint64 offset, const guint8 *stored, gboolean in_order, gpointer user_data,
            GError **error)
{
  Recovery *self = user_data;
  gboolean taken = TRUE;
  ScStoreRow row = { .kind = entry->kind,
                     .entry = { .id = entry->id,
                                .pack = self->pack,
                                .offset = offset,
                                .stored_length = entry->stored_length,
                                .length = entry->length,
                                .encoding = entry->encoding } };

  self->report->entries++;
  self->report->bytes += SC_PACK_ENTRY_HEADER_SIZE + entry->stored_length;
  if (entry->kind == SC_PACK_ENTRY_VERSION && !take_version (self, entry, stored, in_order, &taken, error))
    return FALSE;
  return !taken || sc_store_index_put (self->index, &row, FALSE, error);
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  guint32 x = *(const guint32 *) a, y = *(const guint32 *) b;

  return x < y ? -1 : x > y;
}

/* (element-type guint32): of the pack files that are there, in order */
static GArray *
list_pack_files (ScStore *self, GError **error)
{
  g_autoptr (GPtrArray) names = sc_disk_list (self->disk, SC_PACK_DIRECTORY, error);
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (guint32));

  if (names == NULL)
    return NULL;
  for (guint i = 0; i < names->len; i++) {
    guint32 number = sc_pack_parse_name (g_ptr_array_index (names, i));

    if (number != 0)
      g_array_append_val (numbers, number);
  }
  g_array_sort (numbers, compare_numbers);
  return g_steal_pointer (&numbers);
}

/* Takes in what lies behind @known bytes. @end: (out): of the last sound entry */
static gboolean
recover_pack (Recovery *self, guint64 known, guint64 size, guint64 *end, ScProgress *progress,
              GCancellable *cancellable, GError **error)
{
  g_autoptr (ScPack) pack = sc_pack_open (self->store->disk, self->pack, error);
  ScPackScan scan = { .places = self->report->problems };

  if (pack == NULL || !sc_pack_scan (pack, known, size, &scan, take_entry, self, progress, cancellable, error))
    return FALSE;
  self->report->damaged += scan.damaged;
  *end = scan.end;
  return sc_store_index_set_pack (self->index, self->pack, scan.end, error);
}

/* The pack's length on the disk against the index. @tails: gets the pack when it has a torn tail to cut off */
static gboolean
compare_pack (Recovery *self, GArray *tails, ScProgress *progress, GCancellable *cancellable, GError **error)
{
  g_autofree char *path = sc_pack_make_path (self->pack);
  ScStorePackRow tail = { .number = self->pack };
  ScDiskInfo info;
  guint64 known = 0;
  gboolean found;

  if (!sc_disk_info (self->store->disk, path, &info, error) ||
      !sc_store_index_get_pack (self->index, self->pack, &known, &found, error))
    return FALSE;
  if (!found)
    known = 0;
  if (info.size < known) {
    sc_store_report_add (self->report,
                         "pack %u is damaged: %" G_GUINT64_FORMAT " of its %" G_GUINT64_FORMAT
                         " bytes are missing at its end",
                         self->pack, known - info.size, known);
    self->report->damaged++;
  }
  if (info.size <= known)
    return TRUE;
  if (!recover_pack (self, known, info.size, &tail.size, progress, cancellable, error))
    return FALSE;
  if (tail.size < info.size)
    g_array_append_val (tails, tail);
  return TRUE;
}

static gboolean
find_missing_packs (ScStoreIndex *self, const GArray *numbers, ScStoreReport *report, GError **error)
{
  g_autoptr (GArray) packs = sc_store_index_list_packs (self, error);

  if (packs == NULL)
    return FALSE;
  for (guint i = 0; i < packs->len; i++) {
    const ScStorePackRow *row = &g_array_index (packs, ScStorePackRow, i);

    if (row->size == 0 || g_array_binary_search ((GArray *) numbers, &row->number, compare_numbers, NULL))
      continue;
    sc_store_report_add (report, "pack %u is missing", row->number);
    report->damaged++;
  }
  return TRUE;
}

static gboolean
cut_tails (ScStore *self, const GArray *tails, GError **error)
{
  for (guint i = 0; i < tails->len; i++) {
    const ScStorePackRow *tail = &g_array_index (tails, ScStorePackRow, i);
    g_autofree char *path = sc_pack_make_path (tail->number);
    g_autoptr (ScDiskFile) file = sc_disk_open (self->disk, path, SC_DISK_WRITE, error);

    if (file == NULL || !sc_disk_file_truncate (file, tail->size, error) || !sc_disk_file_sync (file, error))
      return FALSE;
  }
  return TRUE;
}

static guint64
sum_pack_files (ScStore *self, const GArray *numbers)
{
  guint64 sum = 0;

  for (guint i = 0; i < numbers->len; i++) {
    g_autofree char *path = sc_pack_make_path (g_array_index (numbers, guint32, i));
    ScDiskInfo info;

    if (sc_disk_info (self->disk, path, &info, NULL))
      sum += info.size;
  }
  return sum;
}

static gboolean
recover_all (Recovery *self, const GArray *numbers, GArray *tails, gboolean fresh, ScProgress *progress,
             GCancellable *cancellable, GError **error)
{
  if (fresh && !sc_store_index_clear (self->index, error))
    return FALSE;
  for (guint i = 0; i < numbers->len; i++) {
    self->pack = g_array_index (numbers, guint32, i);
    if (!compare_pack (self, tails, progress, cancellable, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
sc_store_recover (ScStore *self, ScStoreIndex *index, gboolean fresh, ScStoreReport *report, ScProgress *progress,
                  GCancellable *cancellable, GError **error)
{
  g_autoptr (GArray) numbers = list_pack_files (self, error);
  g_autoptr (GArray) tails = g_array_new (FALSE, FALSE, sizeof (ScStorePackRow));
  Recovery recovery = { .store = self, .index = index, .report = report };

  if (numbers == NULL)
    return FALSE;
  sc_progress_start (progress, "rebuilding", fresh ? sum_pack_files (self, numbers) : 0);
  if (!sc_store_index_begin (index, error))
    return FALSE;
  if (!recover_all (&recovery, numbers, tails, fresh, progress, cancellable, error) ||
      !find_missing_packs (index, numbers, report, error) || !sc_store_index_commit (index, error)) {
    sc_store_index_rollback (index);
    return FALSE;
  }
  /* With the index gone the tail may be anything, such as entries whose first one is damaged: it stays, and is looked
   * at again */
  return fresh || cut_tails (self, tails, error);
}

/* The old index serves readers until the new one is whole. */
static ScStoreReport *
rebuild (ScStore *self, ScStoreIndex *index, ScProgress *progress, GCancellable *cancellable, GError **error)
{
  g_autoptr (ScStoreReport) report = sc_store_report_new ();
  g_autoptr (GPtrArray) versions = NULL;
  guint32 next_pack = 1;
  gboolean ok;

  ok = sc_store_index_get_next_pack (self->index, &next_pack, error);
  if (!ok || !sc_store_index_raise_next_pack (index, next_pack, error) ||
      !sc_store_recover (self, index, TRUE, report, progress, cancellable, error))
    return NULL;
  versions = sc_store_index_list_versions (index, error);
  if (versions == NULL)
    return NULL;
  report->versions = versions->len;
  ok = sc_store_index_copy_from (self->index, index, error);
  return ok ? g_steal_pointer (&report) : NULL;
}

static gboolean
remove_temporary (ScStore *self, GError **error)
{
  static const char *const names[] = { TEMPORARY_INDEX, TEMPORARY_INDEX "-wal", TEMPORARY_INDEX "-shm" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (GError) local = NULL;

    if (!sc_disk_remove (self->disk, names[i], &local) && !g_error_matches (local, SC_ERROR, SC_ERROR_NOT_FOUND)) {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  }
  return TRUE;
}

ScStoreReport *
sc_store_rebuild_index (ScStore *self, ScProgress *progress, GCancellable *cancellable, GError **error)
{
  ScStoreReport *report = NULL;
  ScStoreIndex *index = NULL;

  if (!sc_store_begin_writing (self, error))
    return NULL;
  if (remove_temporary (self, error))
    index = sc_store_index_open (self->directory, TEMPORARY_INDEX, error);
  if (index != NULL)
    report = rebuild (self, index, progress, cancellable, error);
  sc_store_index_close (index);
  remove_temporary (self, NULL); /* the next rebuild removes it, too */
  sc_store_end_writing (self);
  return report;
}
