/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-apply-plan.h"

#include "common/sc-error.h"
#include "common/sc-path.h"

#define READ_CHUNKS 16u /* read at once while hashing: 1 MiB */

gboolean
sc_apply_check_cancelled (GCancellable *cancellable, GError **error)
{
  if (!g_cancellable_is_cancelled (cancellable))
    return TRUE;
  g_set_error_literal (error, SC_ERROR, SC_ERROR_CANCELLED,
                       "The update was cancelled; what has arrived is kept for the next one");
  return FALSE;
}

void
sc_apply_plan_free (ScApplyPlan *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->sources, sc_apply_sources_free);
  g_clear_pointer (&self->wanted, sc_apply_wanted_free);
  g_clear_pointer (&self->files, g_ptr_array_unref);
  g_clear_pointer (&self->templates, g_ptr_array_unref);
  g_clear_pointer (&self->to_stash, g_array_unref);
  g_free (self);
}

guint64
sc_apply_plan_get_needed_bytes (const ScApplyPlan *self)
{
  return self->growth + (guint64) self->to_stash->len * SC_APPLY_STASH_RECORD_SIZE;
}

static gboolean
add_template (ScApplyPlan *self, ScDisk *disk, ScSeatState *state, const char *name, ScTemplateManifest *want,
              GError **error)
{
  ScApplyTemplate *template = sc_apply_template_new (disk, state, self->templates->len, name, want, error);

  if (template == NULL)
    return FALSE;
  g_ptr_array_add (self->templates, template);
  for (guint i = 0; i < template->files->len; i++)
    g_ptr_array_add (self->files, template->files->pdata[i]);
  return TRUE;
}

static gboolean
add_templates (ScApplyPlan *self, ScDisk *disk, ScSeatState *state, GPtrArray *wanted, GError **error)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) rows = sc_seat_state_list_templates (state, error);

  if (rows == NULL)
    return FALSE;
  for (guint i = 0; i < wanted->len; i++) {
    const char *name = sc_template_manifest_get_name (wanted->pdata[i]);

    g_hash_table_add (names, (gpointer) name);
    if (!add_template (self, disk, state, name, wanted->pdata[i], error))
      return FALSE;
  }
  for (guint i = 0; i < rows->len; i++) {
    const ScSeatTemplate *row = rows->pdata[i];

    if (!g_hash_table_contains (names, row->name) && !add_template (self, disk, state, row->name, NULL, error))
      return FALSE;
  }
  return TRUE;
}

/* Where case is ignored, a template that goes and one that comes in another spelling are the same directory: a file
 * that both have must not be removed with the old one. */
static void
drop_aliases (ScApplyPlan *self)
{
  g_autoptr (GHashTable) wanted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < self->files->len; i++) {
    ScApplyFile *file = self->files->pdata[i];

    if (file->want != NULL && file->place != NULL)
      g_hash_table_insert (wanted, sc_path_fold (file->path), file);
  }
  for (guint i = 0; i < self->files->len; i++) {
    ScApplyFile *file = self->files->pdata[i];
    g_autofree char *key = file->want == NULL && file->place != NULL ? sc_path_fold (file->path) : NULL;
    const ScApplyFile *same = key != NULL ? g_hash_table_lookup (wanted, key) : NULL;

    if (same == NULL || same->info.id != file->info.id)
      continue;
    g_clear_pointer (&file->place, g_free);
    file->have = NULL;
    file->n_have = 0;
  }
}

static guint32
count_to_hash (const ScApplyFile *file)
{
  return (guint32) MIN (sc_chunk_count (file->info.size), file->want->n_chunks);
}

static void
hash_chunk (ScChunkId *id, const guint8 *data, gsize length)
{
  if (sc_chunk_is_zero (data, length))
    sc_chunk_id_of_zeros (id, length);
  else
    sc_chunk_id_of (id, data, length);
}

/* What lies behind the wanted end is not hashed: it may serve as a source, and whoever reads a source checks it. */
static void
believe_rest (ScApplyFile *file, guint32 n_hashed)
{
  if (file->old == NULL || file->old->size != file->info.size || file->old->n_chunks <= n_hashed)
    return;
  file->hashed = g_renew (ScChunkId, file->hashed, file->old->n_chunks);
  memcpy (file->hashed + n_hashed, file->old->chunks + n_hashed,
          (file->old->n_chunks - n_hashed) * sizeof *file->hashed);
  file->n_have = (guint32) file->old->n_chunks;
}

static gboolean
hash_file (ScApplyFile *file, ScDisk *disk, ScProgress *progress, GCancellable *cancellable, GError **error)
{
  guint32 n = count_to_hash (file);
  g_autofree guint8 *buffer = g_malloc (READ_CHUNKS * SC_CHUNK_SIZE);
  g_autofree ScChunkId *ids = g_new (ScChunkId, MAX (n, 1));
  g_autoptr (ScDiskFile) handle = sc_disk_open (disk, file->place, SC_DISK_READ, error);

  if (handle == NULL)
    return FALSE;
  sc_progress_set_item (progress, file->path);
  for (guint32 first = 0; first < n; first += READ_CHUNKS) {
    guint64 start = (guint64) first * SC_CHUNK_SIZE;
    gsize length = MIN (file->info.size - start, (guint64) MIN (n - first, READ_CHUNKS) * SC_CHUNK_SIZE);

    if (!sc_apply_check_cancelled (cancellable, error) || !sc_disk_file_read_at (handle, start, buffer, length, error))
      return FALSE;
    for (gsize offset = 0; offset < length; offset += SC_CHUNK_SIZE)
      hash_chunk (&ids[first + offset / SC_CHUNK_SIZE], buffer + offset, MIN (length - offset, SC_CHUNK_SIZE));
    sc_progress_add (progress, length);
  }
  file->hashed = g_steal_pointer (&ids);
  file->n_have = n;
  file->have_size = file->info.size;
  believe_rest (file, n);
  file->have = file->hashed;
  return TRUE;
}

static gboolean
hash_files (ScApplyPlan *self, ScDisk *disk, ScProgress *progress, GCancellable *cancellable, GError **error)
{
  guint64 total = 0;

  for (guint i = 0; i < self->files->len; i++) {
    const ScApplyFile *file = self->files->pdata[i];

    if (sc_apply_template_must_hash (file))
      total += MIN (file->info.size, file->want->size);
  }
  sc_progress_start (progress, "verifying", total);
  for (guint i = 0; i < self->files->len; i++)
    if (sc_apply_template_must_hash (self->files->pdata[i]) &&
        !hash_file (self->files->pdata[i], disk, progress, cancellable, error))
      return FALSE;
  return TRUE;
}

static void
want_file (ScApplyPlan *self, guint index)
{
  ScApplyFile *file = self->files->pdata[index];
  ScApplyTemplate *template = self->templates->pdata[file->template];
  guint64 growth = 0, content = 0;

  for (guint32 i = 0; i < file->want->n_chunks; i++) {
    guint32 length = sc_chunk_length (file->want->size, i);

    if (sc_apply_file_wants_zeros (file, i))
      continue;
    content += length;
    if (sc_apply_file_is_right (file, i))
      continue;
    sc_apply_wanted_add (self->wanted, &file->want->chunks[i], length, index, i);
    template->remaining++;
    if (sc_apply_file_lacks_space (file, i))
      growth += length;
  }
  /* an earlier update may have reserved the space already */
  if (file->place != NULL && strcmp (file->place, file->path) != 0)
    growth = MIN (growth, content - MIN (content, file->info.allocated));
  self->growth += growth;
}

/* Decides which wanted chunks can be had on this seat. */
static void
resolve (ScApplyPlan *self, const ScApplyStash *stash)
{
  for (guint32 i = 0; i < sc_apply_wanted_size (self->wanted); i++) {
    const ScChunkId *id = sc_apply_wanted_get_id (self->wanted, i);
    guint32 source = sc_apply_sources_find (self->sources, id);
    guint32 record = sc_apply_stash_find (stash, id);

    if (record != SC_CHUNK_INDEX_NONE)
      sc_apply_wanted_set_state (self->wanted, i, SC_APPLY_WANTED_STASHED, record);
    else if (source != SC_APPLY_SOURCE_NONE)
      sc_apply_wanted_set_state (self->wanted, i, SC_APPLY_WANTED_LOCAL, source);
  }
}

/* Whether a copy of another chunk is going to overwrite the place that @source means. All copies are made before
 * anything that was received is written and before anything is truncated or removed, so only copies endanger a source.
 */
static gboolean
is_overwritten_by_copy (const ScApplyPlan *self, guint32 source)
{
  guint32 chunk, wanted;
  const ScApplyFile *file = sc_apply_sources_get (self->sources, source, &chunk);

  if (file->want == NULL || chunk >= file->want->n_chunks || sc_apply_file_is_right (file, chunk))
    return FALSE;
  wanted = sc_apply_wanted_find (self->wanted, &file->want->chunks[chunk]);
  return wanted != SC_CHUNK_INDEX_NONE && sc_apply_wanted_get_state (self->wanted, wanted) != SC_APPLY_WANTED_LACKING;
}

/* What does not fit into the stash is received instead. */
static gboolean
choose_stash (ScApplyPlan *self, ScDisk *disk, GError **error)
{
  ScDiskSpace space;
  guint64 room;

  if (!sc_disk_space (disk, &space, error))
    return FALSE;
  room = space.free - MIN (space.free, self->growth + SC_APPLY_RESERVE);
  for (guint32 i = 0; i < sc_apply_wanted_size (self->wanted); i++) {
    if (sc_apply_wanted_get_state (self->wanted, i) != SC_APPLY_WANTED_LOCAL ||
        !is_overwritten_by_copy (self, sc_apply_wanted_get_source (self->wanted, i)))
      continue;
    if ((guint64) (self->to_stash->len + 1) * SC_APPLY_STASH_RECORD_SIZE <= room)
      g_array_append_val (self->to_stash, i);
    else
      sc_apply_wanted_set_state (self->wanted, i, SC_APPLY_WANTED_LACKING, 0);
  }
  return TRUE;
}

ScApplyPlan *
sc_apply_plan_new (ScDisk *disk, ScSeatState *state, GPtrArray *templates, ScApplyStash *stash, ScProgress *progress,
                   GCancellable *cancellable, GError **error)
{
  g_autoptr (ScApplyPlan) self = g_new0 (ScApplyPlan, 1);

  self->templates = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_apply_template_free);
  self->files = g_ptr_array_new ();
  self->wanted = sc_apply_wanted_new ();
  self->to_stash = g_array_new (FALSE, FALSE, sizeof (guint32));
  if (!add_templates (self, disk, state, templates, error))
    return NULL;
  drop_aliases (self);
  if (!hash_files (self, disk, progress, cancellable, error))
    return NULL;

  for (guint i = 0; i < self->templates->len; i++)
    sc_apply_template_settle (self->templates->pdata[i]);
  for (guint i = 0; i < self->files->len; i++)
    if (((ScApplyFile *) self->files->pdata[i])->changes && ((ScApplyFile *) self->files->pdata[i])->want != NULL)
      want_file (self, i);
  self->sources = sc_apply_sources_new (self->files, error);
  if (self->sources == NULL)
    return NULL;
  resolve (self, stash);
  if (!choose_stash (self, disk, error))
    return NULL;
  return g_steal_pointer (&self);
}
