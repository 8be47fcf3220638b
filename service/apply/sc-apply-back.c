/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/apply/sc-apply-back.h"

#include "service/apply/sc-apply-kept.h"

typedef struct {
  ScSeatState *state;
  ScApplyUndo *undo;
  ScChunkIndex *chunks; /* that lie in files */
  GHashTable *current;  /* ScChunkId (owned): manifests of templates that are as they say */
} Back;

static void
back_clear (Back *self)
{
  g_clear_pointer (&self->undo, sc_apply_undo_free);
  g_clear_pointer (&self->chunks, sc_chunk_index_free);
  g_clear_pointer (&self->current, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Back, back_clear)

static void
add_chunks (Back *self, const ScChunkId *ids, guint64 n)
{
  for (guint64 i = 0; i < n; i++) {
    gboolean added;

    sc_chunk_index_add (self->chunks, &ids[i], &added);
  }
}

/* A manifest that is not there only means that it leads nowhere. */
static ScTemplateManifest *
load_template (Back *self, const ScChunkId *id)
{
  g_autoptr (GBytes) bytes = sc_seat_state_load_manifest (self->state, id, NULL);

  return bytes != NULL ? sc_template_manifest_parse (bytes, NULL) : NULL;
}

static gboolean
add_templates (Back *self, GError **error)
{
  g_autoptr (GPtrArray) rows = sc_seat_state_list_templates (self->state, error);

  for (guint i = 0; rows != NULL && i < rows->len; i++) {
    const ScSeatTemplate *row = rows->pdata[i];
    g_autoptr (ScTemplateManifest) manifest =
        row->state == SC_TEMPLATE_CURRENT ? load_template (self, &row->manifest) : NULL;

    if (manifest == NULL)
      continue;
    g_hash_table_add (self->current, g_memdup2 (&row->manifest, sizeof row->manifest));
    for (guint j = 0; j < sc_template_manifest_get_n_files (manifest); j++) {
      const ScManifestFile *file = sc_template_manifest_get_file (manifest, j);

      add_chunks (self, file->chunks, file->n_chunks);
    }
  }
  return rows != NULL;
}

static gboolean
add_kept (Back *self, ScDisk *disk, GError **error)
{
  g_autoptr (ScApplyKept) kept = sc_apply_kept_new (disk, self->state, self->undo, error);
  GPtrArray *files;

  if (kept == NULL)
    return FALSE;
  files = sc_apply_kept_get_files (kept);
  for (guint i = 0; i < files->len; i++) {
    const ScApplyFile *file = files->pdata[i];

    add_chunks (self, file->have, file->n_have);
  }
  return TRUE;
}

static gboolean
has_chunk (Back *self, const ScManifestFile *file, guint64 index)
{
  const ScChunkId *id = &file->chunks[index];
  ScChunkId zeros;

  if (sc_chunk_index_find (self->chunks, id) != SC_CHUNK_INDEX_NONE ||
      sc_apply_undo_find (self->undo, id) != SC_CHUNK_INDEX_NONE)
    return TRUE;
  sc_chunk_id_of_zeros (&zeros, sc_chunk_length (file->size, index));
  return sc_chunk_id_equal (&zeros, id);
}

static gboolean
has_template (Back *self, const ScChunkId *id)
{
  g_autoptr (ScTemplateManifest) manifest = NULL;

  if (g_hash_table_contains (self->current, id))
    return TRUE;
  manifest = load_template (self, id);
  if (manifest == NULL)
    return FALSE;
  for (guint i = 0; i < sc_template_manifest_get_n_files (manifest); i++) {
    const ScManifestFile *file = sc_template_manifest_get_file (manifest, i);

    for (guint64 j = 0; j < file->n_chunks; j++)
      if (!has_chunk (self, file, j))
        return FALSE;
  }
  return TRUE;
}

static gboolean
has_version (Back *self, const ScSeatVersion *version)
{
  g_autoptr (GBytes) bytes = sc_seat_state_load_manifest (self->state, &version->manifest, NULL);
  g_autoptr (ScVersionManifest) manifest = bytes != NULL ? sc_version_manifest_parse (bytes, NULL) : NULL;

  if (manifest == NULL)
    return FALSE;
  for (guint i = 0; i < sc_version_manifest_get_n_templates (manifest); i++)
    if (!has_template (self, &sc_version_manifest_get_template (manifest, i)->id))
      return FALSE;
  return TRUE;
}

GArray *
sc_apply_back_list (ScDisk *disk, ScSeatState *state, guint64 *undo_bytes, GError **error)
{
  g_auto (Back) self = { .state = state };
  g_autoptr (GArray) versions = sc_seat_state_list_versions (state, error);
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
  guint64 current = sc_seat_state_get_version (state);

  if (versions == NULL)
    return NULL;
  self.chunks = sc_chunk_index_new ();
  self.current = g_hash_table_new_full (sc_chunk_id_hash, sc_chunk_id_equal_func, g_free, NULL);
  self.undo = sc_apply_undo_new (disk, error);
  if (self.undo == NULL || !add_templates (&self, error) || !add_kept (&self, disk, error))
    return NULL;
  *undo_bytes = sc_apply_undo_get_bytes (self.undo);
  for (guint i = versions->len; i > 0; i--) {
    const ScSeatVersion *version = &g_array_index (versions, ScSeatVersion, i - 1);

    if (version->number != current && has_version (&self, version))
      g_array_append_val (numbers, version->number);
  }
  return g_steal_pointer (&numbers);
}
