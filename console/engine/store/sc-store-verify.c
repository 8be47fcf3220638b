/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/store/sc-store-private.h"
#include "console/engine/store/sc-store-writer.h"

#include "common/sc-error.h"

typedef struct {
  ScStore *store;
  ScStoreReport *report;
  ScFrameCoder *coder;
  ScChunkIndex *sound;   /* read, and right */
  ScChunkIndex *bad;     /* damaged, or needed and not there */
  GPtrArray *reasons;    /* (element-type utf8) (nullable elements): why, by the index in bad */
  GHashTable *used;      /* indexes in bad that a version needs */
  GHashTable *templates; /* ScChunkId → GString: the versions that have the template */
  ScProgress *progress;
  GCancellable *cancellable;
} Verify;

static guint32
add_bad (Verify *self, const ScChunkId *id, char *reason)
{
  gboolean added;
  guint32 index = sc_chunk_index_add (self->bad, id, &added);

  if (!added) {
    g_free (reason);
    return index;
  }
  self->report->damaged++;
  if (index >= SC_STORE_MAX_PROBLEMS) /* more are not told */
    g_clear_pointer (&reason, g_free);
  g_ptr_array_add (self->reasons, reason);
  return index;
}

static gboolean
verify_entry (const ScStoreRow *row, gpointer user_data, GError **error)
{
  Verify *self = user_data;
  const ScStoreEntry *entry = &row->entry;
  g_autoptr (GError) local = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (!sc_store_check_cancelled (self->cancellable, "Verifying", error))
    return FALSE;
  bytes = sc_store_read_row (self->store, row, self->coder, &local);
  self->report->entries++;
  self->report->bytes += SC_PACK_ENTRY_HEADER_SIZE + entry->stored_length;
  sc_progress_add (self->progress, SC_PACK_ENTRY_HEADER_SIZE + entry->stored_length);
  if (bytes != NULL) {
    sc_chunk_index_add (self->sound, &entry->id, NULL);
  } else if (g_error_matches (local, SC_ERROR, SC_ERROR_CORRUPT) ||
             g_error_matches (local, SC_ERROR, SC_ERROR_NOT_FOUND)) {
    add_bad (self, &entry->id,
             g_strdup_printf ("pack %u, offset %" G_GUINT64_FORMAT ": %s", entry->pack, entry->offset, local->message));
  } else {
    /* no right to read, a disk that does not answer: says nothing about the data, which stays in the index */
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  return TRUE;
}

/* What a version needs and is not sound. @where: what of the version it is */
static void
check_needed (Verify *self, const ScChunkId *id, const char *versions, const char *where)
{
  char hex[SC_CHUNK_ID_HEX_LENGTH + 1];
  const char *reason;
  guint32 index;

  if (sc_chunk_index_find (self->sound, id) != SC_CHUNK_INDEX_NONE)
    return;
  index = add_bad (self, id, g_strdup ("not in the store"));
  g_hash_table_add (self->used, GUINT_TO_POINTER (index));
  if (self->report->problems->len >= SC_STORE_MAX_PROBLEMS)
    return;
  sc_chunk_id_to_hex (id, hex);
  reason = index < self->reasons->len ? g_ptr_array_index (self->reasons, index) : NULL;
  sc_store_report_add (self->report, "version %s, %s needs %s: %s", versions, where, hex,
                       reason != NULL ? reason : "damaged");
}

static void
check_file (Verify *self, const char *versions, const char *template_name, const ScManifestFile *file)
{
  g_autofree char *where = g_strdup_printf ("template “%s”, file “%s”", template_name, file->path);
  ScChunkId zeros, last_zeros;

  if (file->n_chunks == 0)
    return;
  sc_chunk_id_of_zeros (&zeros, SC_CHUNK_SIZE);
  sc_chunk_id_of_zeros (&last_zeros, sc_chunk_length (file->size, file->n_chunks - 1));
  for (gsize i = 0; i < file->n_chunks; i++)
    if (!sc_chunk_id_equal (&file->chunks[i], &zeros) && !sc_chunk_id_equal (&file->chunks[i], &last_zeros))
      check_needed (self, &file->chunks[i], versions, where);
}

static gboolean
verify_template (Verify *self, const ScChunkId *id, const char *versions, GError **error)
{
  g_autoptr (ScTemplateManifest) manifest = NULL;
  g_autoptr (GError) local = NULL;

  if (!sc_store_check_cancelled (self->cancellable, "Verifying", error))
    return FALSE;
  if (sc_chunk_index_find (self->sound, id) == SC_CHUNK_INDEX_NONE) {
    check_needed (self, id, versions, "a template's manifest");
    return TRUE;
  }
  manifest = sc_store_get_template (self->store, id, &local);
  if (manifest == NULL) { /* its bytes are those of its hash, but break a rule */
    sc_store_report_add (self->report, "version %s: %s", versions, local->message);
    self->report->damaged++;
    return TRUE;
  }
  for (guint f = 0; f < sc_template_manifest_get_n_files (manifest); f++)
    check_file (self, versions, sc_template_manifest_get_name (manifest), sc_template_manifest_get_file (manifest, f));
  return TRUE;
}

static void
string_free (gpointer data)
{
  g_string_free (data, TRUE);
}

/* Each template once, with the versions that have it. */
static void
note_templates (Verify *self, GPtrArray *versions)
{
  for (guint v = 0; v < versions->len; v++) {
    ScVersionManifest *version = g_ptr_array_index (versions, v);

    for (guint t = 0; t < sc_version_manifest_get_n_templates (version); t++) {
      const ScChunkId *id = &sc_version_manifest_get_template (version, t)->id;
      GString *names = g_hash_table_lookup (self->templates, id);

      if (names == NULL) {
        names = g_string_new (NULL);
        g_hash_table_insert (self->templates, (gpointer) id, names);
      }
      g_string_append_printf (names, "%s%" G_GUINT64_FORMAT, names->len > 0 ? ", " : "",
                              sc_version_manifest_get_number (version));
    }
  }
}

static gboolean
verify_versions (Verify *self, GPtrArray *versions, GError **error)
{
  GHashTableIter iter;
  gpointer id, names;

  note_templates (self, versions);
  for (guint v = 0; v < versions->len; v++) {
    ScVersionManifest *version = g_ptr_array_index (versions, v);
    g_autofree char *number = g_strdup_printf ("%" G_GUINT64_FORMAT, sc_version_manifest_get_number (version));

    check_needed (self, sc_version_manifest_get_id (version), number, "its own manifest");
    sc_store_check_signature (self->store, version, self->report);
  }
  g_hash_table_iter_init (&iter, self->templates);
  while (g_hash_table_iter_next (&iter, &id, &names))
    if (!verify_template (self, id, ((GString *) names)->str, error))
      return FALSE;
  for (guint i = 0; i < self->reasons->len; i++)
    if (!g_hash_table_contains (self->used, GUINT_TO_POINTER (i)))
      sc_store_report_add (self->report, "%s; no version needs it",
                           (const char *) g_ptr_array_index (self->reasons, i));
  return TRUE;
}

/* Damaged entries leave the index: they are never served, and the next publish of the same data stores them again. */
static gboolean
forget_bad (Verify *self, GError **error)
{
  ScStoreIndex *index = self->store->index;
  gboolean ok;

  if (sc_chunk_index_size (self->bad) == 0)
    return TRUE;
  ok = sc_store_index_begin (index, error);
  if (ok) {
    for (guint32 i = 0; ok && i < sc_chunk_index_size (self->bad); i++)
      ok = sc_store_index_forget (index, sc_chunk_index_get (self->bad, i), error);
    ok = ok && sc_store_index_forget_files (index, self->bad, error) && sc_store_index_commit (index, error);
    if (!ok)
      sc_store_index_rollback (index);
  }
  return ok;
}

/* A version's own manifest is in the index, too: a lost entry is written anew, so that the index can be rebuilt. */
static gboolean
heal_versions (Verify *self, GPtrArray *versions, GError **error)
{
  g_autoptr (ScStoreWriter) writer = sc_store_writer_new (self->store);

  for (guint v = 0; v < versions->len; v++) {
    ScVersionManifest *version = g_ptr_array_index (versions, v);

    if (sc_chunk_index_find (self->bad, sc_version_manifest_get_id (version)) != SC_CHUNK_INDEX_NONE &&
        sc_store_writer_append_manifest (writer, SC_PACK_ENTRY_VERSION, sc_version_manifest_get_id (version),
                                         sc_version_manifest_get_bytes (version), error) == 0)
      return FALSE;
  }
  return sc_store_writer_checkpoint (writer, NULL, error);
}

static gboolean
verify_all (Verify *self, GError **error)
{
  g_autoptr (GPtrArray) versions = sc_store_list_versions (self->store, error);
  g_autoptr (ScStoreIndex) reader = NULL;
  g_autoptr (GArray) packs = NULL;
  guint64 total = 0;

  reader = versions == NULL ? NULL : sc_store_open_reader (self->store, error);
  packs = reader == NULL ? NULL : sc_store_index_list_packs (reader, error);
  if (packs == NULL)
    return FALSE;
  for (guint i = 0; i < packs->len; i++)
    total += g_array_index (packs, ScStorePackRow, i).size;
  self->report->versions = versions->len;
  sc_progress_start (self->progress, "verifying", total);
  return sc_store_foreach_entry (reader, 0, verify_entry, self, error) && verify_versions (self, versions, error) &&
         forget_bad (self, error) && heal_versions (self, versions, error);
}

ScStoreReport *
sc_store_verify (ScStore *self, ScProgress *progress, GCancellable *cancellable, GError **error)
{
  g_autoptr (ScStoreReport) report = sc_store_report_new ();
  Verify verify = { .store = self, .report = report, .progress = progress, .cancellable = cancellable };
  gboolean ok;

  if (!sc_store_begin_writing (self, error))
    return NULL;
  sc_store_drop_packs (self, 0); /* a file that is open may be one that was deleted or replaced since */
  sc_store_forget_signatures (self);
  verify.coder = sc_frame_coder_new ();
  verify.sound = sc_chunk_index_new ();
  verify.bad = sc_chunk_index_new ();
  verify.reasons = g_ptr_array_new_with_free_func (g_free);
  verify.used = g_hash_table_new (NULL, NULL);
  verify.templates = g_hash_table_new_full (sc_chunk_id_hash, sc_chunk_id_equal_func, NULL, string_free);
  ok = verify_all (&verify, error);
  g_hash_table_unref (verify.templates);
  g_hash_table_unref (verify.used);
  g_ptr_array_unref (verify.reasons);
  sc_chunk_index_free (verify.bad);
  sc_chunk_index_free (verify.sound);
  sc_frame_coder_free (verify.coder);
  sc_store_end_writing (self);
  return ok ? g_steal_pointer (&report) : NULL;
}
