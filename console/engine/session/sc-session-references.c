/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-session-references.h"

#include <string.h>

/* Bit k: seats of kind k. */
typedef struct {
  guint32 now;  /* have it */
  guint32 kept; /* have it at a place that the version leaves as it is */
} Held;

struct _ScSessionReferences {
  const ScChunkIndex *chunks;
  const ScSessionHolders *holders;
  ScChunkIndex *ids;
  GArray *held;      /* Held per id */
  guint32 *same;     /* per chunk of the version */
  ScChunkId of_zero; /* the id of a whole chunk of zeros */
};

/* What seats of each kind have of one template; %NULL: nothing that is known, or the version's already. */
typedef struct {
  ScTemplateManifest *manifests[SC_SESSION_MAX_KINDS];
} Before;

static void
before_clear (Before *self)
{
  for (guint i = 0; i < SC_SESSION_MAX_KINDS; i++)
    g_clear_pointer (&self->manifests[i], sc_template_manifest_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Before, before_clear)

void
sc_session_references_free (ScSessionReferences *self)
{
  if (self == NULL)
    return;
  sc_chunk_index_free (self->ids);
  g_array_unref (self->held);
  g_free (self->same);
  g_free (self);
}

static guint32
get_mask (const ScSessionReferences *self, const ScChunkId *id)
{
  guint32 chunk = sc_chunk_index_find (self->chunks, id);

  return chunk != SC_CHUNK_INDEX_NONE ? sc_session_holders_get_mask (self->holders, chunk) : 0;
}

static gboolean
is_wanted (const ScSessionReferences *self, const ScTemplateManifest *template)
{
  for (guint i = 0; i < sc_template_manifest_get_n_files (template); i++) {
    const ScManifestFile *file = sc_template_manifest_get_file (template, i);

    for (gsize j = 0; j < file->n_chunks; j++)
      if (get_mask (self, &file->chunks[j]) != 0)
        return TRUE;
  }
  return FALSE;
}

static void
load_before (const ScSessionReferences *self, ScStore *store, const ScTemplateManifest *template, Before *before)
{
  for (guint k = 0; k < sc_session_holders_get_n_kinds (self->holders); k++) {
    GPtrArray *templates = sc_session_holders_get_kind (self->holders, k)->templates;

    for (guint i = 0; i < templates->len; i++) {
      const ScInventoryTemplate *has = g_ptr_array_index (templates, i);

      if (strcmp (has->name, sc_template_manifest_get_name (template)) == 0 &&
          !sc_chunk_id_equal (&has->manifest, sc_template_manifest_get_id (template)))
        before->manifests[k] = sc_store_get_template (store, &has->manifest, NULL); /* its version may be deleted */
    }
  }
}

static gboolean
is_zero (const ScSessionReferences *self, const ScManifestFile *file, gsize index)
{
  guint32 length = sc_chunk_length (file->size, index);
  ScChunkId zeros;

  if (length == SC_CHUNK_SIZE)
    return sc_chunk_id_equal (&file->chunks[index], &self->of_zero);
  sc_chunk_id_of_zeros (&zeros, length);
  return sc_chunk_id_equal (&file->chunks[index], &zeros);
}

static void
add_chunks (ScSessionReferences *self, const ScTemplateManifest *template, guint kind)
{
  for (guint i = 0; i < sc_template_manifest_get_n_files (template); i++) {
    const ScManifestFile *file = sc_template_manifest_get_file (template, i);

    for (gsize j = 0; j < file->n_chunks; j++) {
      guint32 number;

      if (is_zero (self, file, j))
        continue;
      number = sc_chunk_index_add (self->ids, &file->chunks[j], NULL);
      if (number == self->held->len)
        g_array_set_size (self->held, number + 1);
      g_array_index (self->held, Held, number).now |= 1u << kind;
    }
  }
}

/* What seats of a kind have at place @index of file @path. */
static guint32
get_at_place (const ScSessionReferences *self, ScTemplateManifest *before, const char *path, gsize index)
{
  const ScManifestFile *file = before != NULL ? sc_template_manifest_find_file (before, path) : NULL;

  return file != NULL && index < file->n_chunks ? sc_chunk_index_find (self->ids, &file->chunks[index])
                                                : SC_CHUNK_INDEX_NONE;
}

/* What the seats that want @chunk have at place @index of file @path, if that is the same for all of them, or at least
 * somewhere else at those that have another and keep it. */
static guint32
find_at_place (const ScSessionReferences *self, const Before *before, const char *path, gsize index, guint32 chunk)
{
  guint32 mask = sc_session_holders_get_mask (self->holders, chunk), found = SC_CHUNK_INDEX_NONE;
  gboolean everywhere = sc_session_holders_is_forward (self->holders, chunk);

  for (guint k = 0; k < SC_SESSION_MAX_KINDS; k++) {
    guint32 number = mask & 1u << k ? get_at_place (self, before->manifests[k], path, index) : SC_CHUNK_INDEX_NONE;

    if (everywhere && mask & 1u << k &&
        (number == SC_CHUNK_INDEX_NONE || (found != SC_CHUNK_INDEX_NONE && number != found)))
      return SC_CHUNK_INDEX_NONE;
    if (found == SC_CHUNK_INDEX_NONE && number != SC_CHUNK_INDEX_NONE &&
        sc_session_references_are_held (self, number, chunk))
      found = number;
  }
  return found;
}

static void
note_kept (ScSessionReferences *self, const Before *before, const ScManifestFile *file, gsize index)
{
  guint32 number = sc_chunk_index_find (self->ids, &file->chunks[index]);

  for (guint k = 0; number != SC_CHUNK_INDEX_NONE && k < SC_SESSION_MAX_KINDS; k++)
    if (get_at_place (self, before->manifests[k], file->path, index) == number)
      g_array_index (self->held, Held, number).kept |= 1u << k;
}

static void
note_places (ScSessionReferences *self, const ScTemplateManifest *template, const Before *before)
{
  for (guint i = 0; i < sc_template_manifest_get_n_files (template); i++) {
    const ScManifestFile *file = sc_template_manifest_get_file (template, i);

    for (gsize j = 0; j < file->n_chunks; j++) {
      guint32 chunk = sc_chunk_index_find (self->chunks, &file->chunks[j]);

      note_kept (self, before, file, j);
      if (chunk != SC_CHUNK_INDEX_NONE && self->same[chunk] == SC_CHUNK_INDEX_NONE)
        self->same[chunk] = find_at_place (self, before, file->path, j, chunk);
    }
  }
}

ScSessionReferences *
sc_session_references_new (ScStore *store, const ScVersionManifest *version, const ScChunkIndex *chunks,
                           const ScSessionHolders *holders, GError **error)
{
  g_autoptr (GPtrArray) templates = sc_store_get_templates (store, version, error);
  guint32 n_chunks = sc_chunk_index_size (chunks);
  ScSessionReferences *self;

  if (templates == NULL)
    return NULL;
  self = g_new0 (ScSessionReferences, 1);
  self->chunks = chunks;
  self->holders = holders;
  self->ids = sc_chunk_index_new ();
  self->held = g_array_new (FALSE, TRUE, sizeof (Held));
  self->same = g_new (guint32, MAX (n_chunks, 1));
  memset (self->same, 0xff, n_chunks * sizeof *self->same);
  sc_chunk_id_of_zeros (&self->of_zero, SC_CHUNK_SIZE);
  for (guint i = 0; i < templates->len; i++) {
    const ScTemplateManifest *template = g_ptr_array_index (templates, i);
    g_auto (Before) before = { { NULL } };

    if (!is_wanted (self, template))
      continue;
    load_before (self, store, template, &before);
    for (guint k = 0; k < SC_SESSION_MAX_KINDS; k++)
      if (before.manifests[k] != NULL)
        add_chunks (self, before.manifests[k], k);
    note_places (self, template, &before);
  }
  return self;
}

guint32
sc_session_references_get_n (const ScSessionReferences *self)
{
  return sc_chunk_index_size (self->ids);
}

guint32
sc_session_references_find (const ScSessionReferences *self, const ScChunkId *id)
{
  return sc_chunk_index_find (self->ids, id);
}

guint32
sc_session_references_find_same (const ScSessionReferences *self, guint32 chunk)
{
  return self->same[chunk];
}

gboolean
sc_session_references_are_held (const ScSessionReferences *self, guint32 number, guint32 chunk)
{
  guint32 mask = sc_session_holders_get_mask (self->holders, chunk);

  return mask != 0 && (mask & ~g_array_index (self->held, Held, number).now) == 0;
}

gboolean
sc_session_references_serves (const ScSessionReferences *self, guint32 number, guint32 chunk)
{
  guint32 mask = sc_session_holders_get_mask (self->holders, chunk);

  if (!sc_session_references_are_held (self, number, chunk))
    return FALSE;
  return !sc_session_holders_is_forward (self->holders, chunk) ||
         (mask & ~g_array_index (self->held, Held, number).kept) == 0;
}

GArray *
sc_session_references_choose (const ScSessionReferences *self, guint32 max)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (ScChunkId));
  guint32 n = sc_chunk_index_size (self->ids);
  g_autofree guint8 *chosen = g_malloc0 (MAX (n, 1));

  for (guint32 i = 0; i < sc_chunk_index_size (self->chunks) && ids->len < max; i++) {
    guint32 number = self->same[i];

    if (number == SC_CHUNK_INDEX_NONE || chosen[number])
      continue;
    chosen[number] = TRUE;
    g_array_append_vals (ids, sc_chunk_index_get (self->ids, number), 1);
  }
  for (guint32 i = 0; i < n && ids->len < max; i++)
    if (!chosen[i])
      g_array_append_vals (ids, sc_chunk_index_get (self->ids, i), 1);
  return ids;
}
