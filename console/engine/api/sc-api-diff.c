/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-diff.h"

#include "console/engine/api/sc-api-json.h"

#define LOCATE_BATCH 4096u

/* One side of the comparison; both members NULL: nothing. */
typedef struct {
  ScVersionManifest *version;
  GPtrArray *templates; /* ScTemplateManifest */
} Side;

static void
side_clear (Side *side)
{
  g_clear_pointer (&side->version, sc_version_manifest_unref);
  g_clear_pointer (&side->templates, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Side, side_clear)

static gboolean
side_load (Side *side, ScStore *store, guint64 number, GError **error)
{
  if (number == 0) {
    side->templates = g_ptr_array_new ();
    return TRUE;
  }
  side->version = sc_store_get_version (store, number, error);
  if (side->version == NULL)
    return FALSE;
  side->templates = sc_store_get_templates (store, side->version, error);
  return side->templates != NULL;
}

static const ScTemplateManifest *
find_template (const Side *side, const char *name)
{
  for (guint i = 0; i < side->templates->len; i++) {
    const ScTemplateManifest *manifest = g_ptr_array_index (side->templates, i);

    if (g_str_equal (sc_template_manifest_get_name (manifest), name))
      return manifest;
  }
  return NULL;
}

static gboolean
files_equal (const ScManifestFile *a, const ScManifestFile *b)
{
  return a->size == b->size && a->mtime == b->mtime && a->attributes == b->attributes && a->n_chunks == b->n_chunks &&
         (a->n_chunks == 0 || memcmp (a->chunks, b->chunks, a->n_chunks * sizeof *a->chunks) == 0);
}

static const char *
change_of (gconstpointer before, gconstpointer after)
{
  if (before == NULL)
    return "added";
  return after == NULL ? "removed" : "changed";
}

/* @before, @after: one may be NULL */
static ScJson *
file_change (const ScManifestFile *before, const ScManifestFile *after)
{
  const ScManifestFile *shown = after != NULL ? after : before;
  ScJson *json = json_object ();

  sc_api_json_set_text (json, "path", shown->path);
  sc_api_json_set_text (json, "change", change_of (before, after));
  sc_api_json_set_uint (json, "size_bytes", shown->size);
  if (before != NULL)
    sc_api_json_set_uint (json, "old_size_bytes", before->size);
  else
    json_object_set_new (json, "old_size_bytes", json_null ());
  return json;
}

static ScJson *
template_change (const ScTemplateManifest *before, const ScTemplateManifest *after)
{
  const ScTemplateManifest *shown = after != NULL ? after : before;
  ScJson *json = json_object ();
  ScJson *files = json_array ();

  sc_api_json_set_text (json, "name", sc_template_manifest_get_name (shown));
  sc_api_json_set_text (json, "change", change_of (before, after));
  sc_api_json_set_uint (json, "size_bytes", sc_template_manifest_get_size (shown));
  for (guint i = 0; after != NULL && i < sc_template_manifest_get_n_files (after); i++) {
    const ScManifestFile *file = sc_template_manifest_get_file (after, i);
    const ScManifestFile *old = before != NULL ? sc_template_manifest_find_file (before, file->path) : NULL;

    if (old == NULL || !files_equal (old, file))
      json_array_append_new (files, file_change (old, file));
  }
  for (guint i = 0; before != NULL && i < sc_template_manifest_get_n_files (before); i++) {
    const ScManifestFile *file = sc_template_manifest_get_file (before, i);

    if (after == NULL || sc_template_manifest_find_file (after, file->path) == NULL)
      json_array_append_new (files, file_change (file, NULL));
  }
  json_object_set_new (json, "files", files);
  return json;
}

static ScJson *
changed_templates (const Side *from, const Side *to)
{
  ScJson *list = json_array ();

  for (guint i = 0; i < to->templates->len; i++) {
    const ScTemplateManifest *after = g_ptr_array_index (to->templates, i);
    const ScTemplateManifest *before = find_template (from, sc_template_manifest_get_name (after));

    if (before == NULL ||
        !sc_chunk_id_equal (sc_template_manifest_get_id (before), sc_template_manifest_get_id (after)))
      json_array_append_new (list, template_change (before, after));
  }
  for (guint i = 0; i < from->templates->len; i++) {
    const ScTemplateManifest *before = g_ptr_array_index (from->templates, i);

    if (find_template (to, sc_template_manifest_get_name (before)) == NULL)
      json_array_append_new (list, template_change (before, NULL));
  }
  return list;
}

static gboolean
add_stored_lengths (ScStore *store, GArray *ids, guint64 *bytes, GError **error)
{
  g_autofree ScStoreEntry *entries = g_new (ScStoreEntry, MAX (ids->len, 1));

  if (!sc_store_locate (store, (const ScChunkId *) ids->data, ids->len, entries, error))
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    *bytes += entries[i].stored_length;
  g_array_set_size (ids, 0);
  return TRUE;
}

static gboolean
measure_lack (ScStore *store, const Side *from, const Side *to, guint64 *chunks, guint64 *bytes, GError **error)
{
  g_autoptr (ScChunkIndex) had = sc_version_chunks_collect (from->templates);
  g_autoptr (ScChunkIndex) needed = sc_version_chunks_collect (to->templates);
  g_autoptr (GArray) batch = g_array_sized_new (FALSE, FALSE, sizeof (ScChunkId), LOCATE_BATCH);

  for (guint32 i = 0; i < sc_chunk_index_size (needed); i++) {
    const ScChunkId *id = sc_chunk_index_get (needed, i);

    if (sc_chunk_index_find (had, id) != SC_CHUNK_INDEX_NONE)
      continue;
    g_array_append_vals (batch, id, 1);
    (*chunks)++;
    if (batch->len == LOCATE_BATCH && !add_stored_lengths (store, batch, bytes, error))
      return FALSE;
  }
  return add_stored_lengths (store, batch, bytes, error);
}

ScJson *
sc_api_diff_versions (ScStore *store, guint64 from, guint64 to, GError **error)
{
  g_auto (Side) before = { NULL };
  g_auto (Side) after = { NULL };
  guint64 chunks = 0;
  guint64 bytes = 0;
  ScJson *json = NULL;

  if (!side_load (&before, store, from, error) || !side_load (&after, store, to, error) ||
      !measure_lack (store, &before, &after, &chunks, &bytes, error))
    return NULL;

  json = json_object ();
  sc_api_json_set_uint (json, "from", from);
  sc_api_json_set_uint (json, "to", to);
  json_object_set_new (json, "templates", changed_templates (&before, &after));
  sc_api_json_set_uint (json, "chunks_to_send", chunks);
  sc_api_json_set_uint (json, "bytes_to_send", bytes);
  return json;
}
