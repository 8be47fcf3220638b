/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/apply/sc-apply-plan.h"

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
  sc_apply_ways_clear (&self->ways);
  g_free (self);
}

static gboolean
add_template (ScApplyPlan *self, const ScApplyWorld *world, const char *name, ScTemplateManifest *want, GError **error)
{
  ScApplyTemplate *template = sc_apply_template_new (world, self->templates->len, name, want, error);

  if (template == NULL)
    return FALSE;
  g_ptr_array_add (self->templates, template);
  for (guint i = 0; i < template->files->len; i++)
    g_ptr_array_add (self->files, template->files->pdata[i]);
  return TRUE;
}

static gboolean
add_templates (ScApplyPlan *self, const ScApplyWorld *world, GPtrArray *wanted, GError **error)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) rows = sc_seat_state_list_templates (world->state, error);

  if (rows == NULL)
    return FALSE;
  for (guint i = 0; i < wanted->len; i++) {
    const char *name = sc_template_manifest_get_name (wanted->pdata[i]);

    g_hash_table_add (names, (gpointer) name);
    if (!add_template (self, world, name, wanted->pdata[i], error))
      return FALSE;
  }
  for (guint i = 0; i < rows->len; i++) {
    const ScSeatTemplate *row = rows->pdata[i];

    if (!g_hash_table_contains (names, row->name) && !add_template (self, world, row->name, NULL, error))
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

/* Its template is going to be left out; if not, the plan is made again. Until then it counts as unchanged. */
static void
leave_unread (ScApplyFile *file)
{
  file->unread = TRUE;
  if (file->old == NULL || file->old->size != file->info.size)
    return;
  file->have = file->old->chunks;
  file->n_have = (guint32) file->old->n_chunks;
  file->have_size = file->old->size;
}

/* Hashes what lies at @start. What the disk does not give is lacking: its id is that of nothing. */
static void
read_chunks (ScDiskFile *file, guint64 start, guint8 *buffer, gsize length, ScChunkId *ids)
{
  gboolean whole = sc_disk_file_read_at (file, start, buffer, length, NULL);

  for (gsize offset = 0; offset < length; offset += SC_CHUNK_SIZE) {
    gsize chunk_length = MIN (length - offset, SC_CHUNK_SIZE);
    g_autoptr (GError) error = NULL;

    if (whole || sc_disk_file_read_at (file, start + offset, buffer + offset, chunk_length, &error)) {
      hash_chunk (&ids[offset / SC_CHUNK_SIZE], buffer + offset, chunk_length);
    } else {
      g_warning ("%s", error->message);
      memset (&ids[offset / SC_CHUNK_SIZE], 0, sizeof *ids);
    }
  }
}

static gboolean
hash_file (ScApplyFile *file, const ScApplyPlanInput *input, GError **error)
{
  guint32 n = count_to_hash (file);
  g_autofree guint8 *buffer = g_malloc (READ_CHUNKS * SC_CHUNK_SIZE);
  g_autofree ScChunkId *ids = g_new (ScChunkId, MAX (n, 1));
  const char *place = file->place != NULL ? file->place : file->base->place;
  g_autoptr (GError) local = NULL;
  g_autoptr (ScDiskFile) handle = sc_disk_open (input->world.disk, place, SC_DISK_READ, &local);

  if (handle == NULL && file->place != NULL && g_error_matches (local, SC_ERROR, SC_ERROR_BUSY)) {
    leave_unread (file);
    return TRUE;
  }
  if (handle == NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  sc_progress_set_item (input->progress, file->path);
  for (guint32 first = 0; first < n; first += READ_CHUNKS) {
    guint64 start = (guint64) first * SC_CHUNK_SIZE;
    gsize length = MIN (file->info.size - start, (guint64) MIN (n - first, READ_CHUNKS) * SC_CHUNK_SIZE);

    if (!sc_apply_check_cancelled (input->cancellable, error))
      return FALSE;
    read_chunks (handle, start, buffer, length, &ids[first]);
    sc_progress_add (input->progress, length);
    sc_throttle_spend (input->throttle, length, input->cancellable);
  }
  file->hashed = g_steal_pointer (&ids);
  file->n_have = n;
  file->have_size = file->info.size;
  believe_rest (file, n);
  file->have = file->hashed;
  return TRUE;
}

static gboolean
hash_files (ScApplyPlan *self, const ScApplyPlanInput *input, GError **error)
{
  guint64 total = 0;

  for (guint i = 0; i < self->files->len; i++) {
    const ScApplyFile *file = self->files->pdata[i];

    if (sc_apply_template_must_hash (file))
      total += MIN (file->info.size, file->want->size);
  }
  sc_progress_start (input->progress, "verifying", total);
  for (guint i = 0; i < self->files->len; i++)
    if (sc_apply_template_must_hash (self->files->pdata[i]) && !hash_file (self->files->pdata[i], input, error))
      return FALSE;
  return TRUE;
}

/* Lists what file @index wants. Returns: the disk space that it grows by, bytes */
static guint64
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
  if (file->place != NULL && (file->unread || strcmp (file->place, file->path) != 0))
    growth = MIN (growth, content - MIN (content, file->info.allocated));
  return growth;
}

static gboolean
is_to_go (const ScApplyPlan *self, const ScApplyStep *step)
{
  return g_ptr_array_find (self->ways.to_evict, step, NULL);
}

/* Whether a log has the chunk that does not have to make room. */
static gboolean
is_saved (const ScApplyPlan *self, ScApplyUndo *undo, const ScChunkId *id)
{
  GPtrArray *steps = sc_apply_undo_get_steps (undo);

  if (sc_apply_undo_find (undo, id) == SC_CHUNK_INDEX_NONE)
    return FALSE;
  for (guint i = 0; i < steps->len; i++)
    if (!is_to_go (self, steps->pdata[i]) && sc_apply_undo_has (undo, steps->pdata[i], id))
      return TRUE;
  return FALSE;
}

/* Decides which wanted chunks can be had on this seat. What the update leaves in its place is the best source; what it
 * overwrites itself goes to the log first, or is copied in time. */
static void
resolve (ScApplyPlan *self, const ScApplyPlanInput *input)
{
  for (guint32 i = 0; i < sc_apply_wanted_size (self->wanted); i++) {
    const ScChunkId *id = sc_apply_wanted_get_id (self->wanted, i);
    guint32 source = sc_apply_sources_find (self->sources, id);
    guint32 record = sc_apply_stash_find (input->stash, id);

    if (record != SC_CHUNK_INDEX_NONE)
      sc_apply_wanted_set_state (self->wanted, i, SC_APPLY_WANTED_STASHED, record);
    else if (source != SC_APPLY_SOURCE_NONE)
      sc_apply_wanted_set_state (self->wanted, i, SC_APPLY_WANTED_LOCAL, source);
    else if (is_saved (self, input->world.undo, id))
      sc_apply_wanted_set_state (self->wanted, i, SC_APPLY_WANTED_SAVED, 0);
  }
}

gboolean
sc_apply_plan_find_killer (const ScApplyPlan *self, guint32 index, guint32 *killer)
{
  const ScApplyFile *file;
  guint32 chunk;

  if (sc_apply_wanted_get_state (self->wanted, index) != SC_APPLY_WANTED_LOCAL)
    return FALSE;
  file = sc_apply_sources_get (self->sources, sc_apply_wanted_get_source (self->wanted, index), &chunk);
  if (file->want == NULL || file->way != SC_WAY_FORWARD || chunk >= file->want->n_chunks ||
      sc_apply_file_is_right (file, chunk))
    return FALSE;
  *killer = sc_apply_wanted_find (self->wanted, &file->want->chunks[chunk]);
  return *killer != SC_CHUNK_INDEX_NONE && sc_apply_wanted_is_here (self->wanted, *killer);
}

/* A file that the undo store gives back whole is as good as new: it overwrites nothing. */
static ScWay
way_to_tell (const ScApplyFile *file)
{
  return sc_apply_kept_is_in_undo_store (file) && file->way == SC_WAY_FORWARD ? SC_WAY_NEW : file->way;
}

static void
count_way (ScNeeds *needs, const ScApplyFile *file)
{
  ScWay way = way_to_tell (file);

  needs->ways[way].files++;
  for (guint32 i = 0; i < file->want->n_chunks; i++)
    if (!sc_apply_file_is_right (file, i) && !sc_apply_file_wants_zeros (file, i))
      needs->ways[way].bytes += sc_chunk_length (file->want->size, i);
}

ScNeeds *
sc_apply_plan_get_needs (const ScApplyPlan *self)
{
  ScNeeds *needs = sc_needs_new ();

  needs->lacks_bytes = sc_apply_wanted_get_lacking_bytes (self->wanted);
  for (guint32 i = 0; i < sc_apply_wanted_size (self->wanted); i++)
    if (sc_apply_wanted_get_state (self->wanted, i) != SC_APPLY_WANTED_LACKING)
      needs->local_bytes += sc_apply_wanted_get_length (self->wanted, i);
  needs->peak_bytes = sc_apply_ways_get_peak (&self->ways);
  needs->missing_bytes = sc_apply_ways_get_missing (&self->ways);
  needs->free_bytes = self->ways.free;
  needs->reserve_bytes = self->ways.reserve;
  for (guint i = 0; i < self->files->len; i++) {
    const ScApplyFile *file = self->files->pdata[i];

    if (file->want != NULL && file->changes)
      count_way (needs, file);
  }
  return needs;
}

/* What has to be written, and by which way. */
static gboolean
want_files (ScApplyPlan *self, const ScApplyPlanInput *input, GError **error)
{
  ScApplyWaysInput ways = { .disk = input->world.disk,
                            .undo = input->world.undo,
                            .kept = input->world.kept,
                            .templates = self->templates,
                            .reserve = input->reserve };

  for (guint i = 0; i < self->templates->len; i++)
    sc_apply_template_settle (self->templates->pdata[i]);
  for (guint i = 0; i < self->files->len; i++) {
    const ScApplyFile *file = self->files->pdata[i];

    if (file->changes && file->want != NULL)
      ways.growth += want_file (self, i);
  }
  return sc_apply_ways_choose (&self->ways, &ways, error);
}

static gboolean
will_go (const ScApplyPlan *self, const ScApplyFile *file)
{
  for (guint i = 0; i < self->ways.to_evict->len; i++)
    if (sc_apply_ways_is_kept_in (self->ways.to_evict->pdata[i], file))
      return TRUE;
  return FALSE;
}

/* Everything on the seat that has content: the templates' files, and what lies whole in the undo store. */
static gboolean
find_sources (ScApplyPlan *self, const ScApplyPlanInput *input, GError **error)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new ();
  GPtrArray *kept = sc_apply_kept_get_files (input->world.kept);

  g_ptr_array_extend (files, self->files, NULL, NULL);
  for (guint i = 0; i < kept->len; i++)
    if (!will_go (self, kept->pdata[i]))
      g_ptr_array_add (files, kept->pdata[i]);
  self->sources = sc_apply_sources_new (files, error);
  if (self->sources == NULL)
    return FALSE;
  resolve (self, input);
  return TRUE;
}

ScApplyPlan *
sc_apply_plan_new (const ScApplyPlanInput *input, GPtrArray *templates, GError **error)
{
  g_autoptr (ScApplyPlan) self = g_new0 (ScApplyPlan, 1);

  self->templates = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_apply_template_free);
  self->files = g_ptr_array_new ();
  self->wanted = sc_apply_wanted_new ();
  if (!add_templates (self, &input->world, templates, error))
    return NULL;
  drop_aliases (self);
  if (!hash_files (self, input, error) || !want_files (self, input, error) || !find_sources (self, input, error))
    return NULL;
  return g_steal_pointer (&self);
}
