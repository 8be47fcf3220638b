/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/apply/sc-apply-private.h"

#include "common/sc-error.h"

static GBytes *
make_lacks (ScApplyWanted *wanted, GPtrArray *templates)
{
  g_autoptr (ScChunkIndex) index = sc_version_chunks_collect (templates);
  guint32 n = sc_chunk_index_size (index);
  gsize length = (gsize) n / 8 + (n % 8 != 0);
  guint8 *bits = g_malloc0 (MAX (length, 1));

  for (guint32 i = 0; i < n; i++) {
    guint32 number = sc_apply_wanted_find (wanted, sc_chunk_index_get (index, i));

    if (number != SC_CHUNK_INDEX_NONE && sc_apply_wanted_get_state (wanted, number) == SC_APPLY_WANTED_LACKING)
      bits[i / 8] |= (guint8) (1u << (i % 8));
  }
  return g_bytes_new_take (bits, length);
}

guint64
sc_apply_reserve (const ScApplySettings *settings, const ScDiskSpace *space)
{
  if (settings->reserve != SC_APPLY_DEFAULT)
    return (guint64) settings->reserve;
  return MAX (2ull * 1024 * 1024 * 1024, space->total / 50);
}

static gboolean
make_plan (ScApply *self, GPtrArray *templates, ScProgress *progress, GCancellable *cancellable, GError **error)
{
  ScApplyPlanInput input = { .progress = progress, .cancellable = cancellable, .throttle = self->settings.throttle };
  ScDiskSpace space;

  self->stash = sc_apply_stash_new (self->disk, error);
  self->undo = self->stash != NULL ? sc_apply_undo_new (self->disk, error) : NULL;
  self->kept = self->undo != NULL ? sc_apply_kept_new (self->disk, self->state, self->undo, error) : NULL;
  if (self->kept == NULL || !sc_disk_space (self->disk, &space, error))
    return FALSE;
  input.world = (ScApplyWorld){ self->disk, self->state, self->undo, self->kept };
  input.stash = self->stash;
  input.reserve = sc_apply_reserve (&self->settings, &space);
  self->plan = sc_apply_plan_new (&input, templates, error);
  return self->plan != NULL;
}

static void
make_workers (ScApply *self)
{
  ScApplyWorld world = { self->disk, self->state, self->undo, self->kept };
  ScApplyWriterParts parts = { .plan = self->plan, .stash = self->stash, .undo = self->undo };

  self->handles = parts.handles = sc_apply_handles_new (self->disk);
  self->saver = parts.saver =
      sc_apply_saver_new (self->disk, self->plan, self->handles, self->undo, self->plan->ways.reserve);
  self->writer = sc_apply_writer_new (&parts);
  self->committer = sc_apply_committer_new (&world, self->plan, self->handles, self->version);
}

/* Tells which templates are in use now; changes nothing. */
static void
find_busy (ScApply *self)
{
  for (guint i = 0; i < self->plan->templates->len; i++) {
    ScApplyTemplate *template = self->plan->templates->pdata[i];
    g_autoptr (GError) local = NULL;

    if (template->changes && !sc_apply_committer_check (self->committer, template, &local) &&
        g_error_matches (local, SC_ERROR, SC_ERROR_BUSY))
      g_ptr_array_add (self->needs->busy, g_strdup (template->name));
  }
  sc_apply_handles_close_all (self->handles);
}

ScApply *
sc_apply_new (ScDisk *disk, ScSeatState *state, const ScApplySettings *settings, ScVersionManifest *version,
              GPtrArray *templates, ScProgress *progress, GCancellable *cancellable, GError **error)
{
  g_autoptr (ScApply) self = g_new0 (ScApply, 1);

  g_mutex_init (&self->work);
  g_mutex_init (&self->lock);
  self->disk = disk;
  self->state = state;
  self->settings = *settings;
  self->version = sc_version_manifest_get_number (version);
  self->manifest = *sc_version_manifest_get_id (version);
  self->current_template = g_strdup ("");
  self->committed = g_ptr_array_new_with_free_func (g_free);
  if (!make_plan (self, templates, progress, cancellable, error))
    return NULL;
  make_workers (self);
  self->lacks = make_lacks (self->plan->wanted, templates);
  self->lacks_bytes = sc_apply_wanted_get_lacking_bytes (self->plan->wanted);
  self->needs = sc_apply_plan_get_needs (self->plan);
  find_busy (self);
  return g_steal_pointer (&self);
}

void
sc_apply_free (ScApply *self)
{
  if (self == NULL)
    return;
  g_free (self->chunks);
  g_clear_pointer (&self->committer, sc_apply_committer_free);
  g_clear_pointer (&self->writer, sc_apply_writer_free);
  g_clear_pointer (&self->saver, sc_apply_saver_free);
  g_clear_pointer (&self->handles, sc_apply_handles_free);
  g_clear_pointer (&self->plan, sc_apply_plan_free);
  g_clear_pointer (&self->kept, sc_apply_kept_free);
  g_clear_pointer (&self->undo, sc_apply_undo_free);
  g_clear_pointer (&self->stash, sc_apply_stash_free);
  g_clear_pointer (&self->lacks, g_bytes_unref);
  g_clear_pointer (&self->committed, g_ptr_array_unref);
  g_free (self->current_template);
  sc_needs_free (self->needs);
  g_mutex_clear (&self->work);
  g_mutex_clear (&self->lock);
  g_free (self);
}

GBytes *
sc_apply_get_lacks (ScApply *self)
{
  return g_bytes_ref (self->lacks);
}

guint64
sc_apply_get_lacks_bytes (ScApply *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->lacks_bytes;
}

const ScNeeds *
sc_apply_get_needs (ScApply *self)
{
  return self->needs;
}

void
sc_apply_set_hooked (ScApply *self, gboolean before, gboolean after)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->work);

  self->holds_commits = before;
  self->stays_pending = after;
}

GStrv
sc_apply_dup_changing (ScApply *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->work);
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (guint i = 0; i < self->committed->len; i++)
    g_strv_builder_add (names, self->committed->pdata[i]);
  for (guint i = 0; i < self->plan->templates->len; i++) {
    const ScApplyTemplate *template = self->plan->templates->pdata[i];

    if (template->changes && !template->busy)
      g_strv_builder_add (names, template->name);
  }
  return g_strv_builder_end (names);
}

guint
sc_apply_get_n_committed (ScApply *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->work);

  return self->committed->len;
}

GStrv
sc_apply_dup_busy (ScApply *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->work);
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (guint i = 0; i < self->plan->templates->len; i++) {
    const ScApplyTemplate *template = self->plan->templates->pdata[i];

    if (template->busy)
      g_strv_builder_add (names, template->name);
  }
  return g_strv_builder_end (names);
}

guint64
sc_apply_get_done_bytes (ScApply *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->done_bytes;
}

char *
sc_apply_dup_current_template (ScApply *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return g_strdup (self->current_template);
}

void
sc_apply_set_current_template (ScApply *self, const char *name)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (strcmp (self->current_template, name) == 0)
    return;
  g_free (self->current_template);
  self->current_template = g_strdup (name);
}

gboolean
sc_apply_wants (ScApply *self, const ScChunkId *id)
{
  guint32 index = sc_apply_wanted_find (self->plan->wanted, id);

  return index != SC_CHUNK_INDEX_NONE &&
         sc_apply_wanted_get_state (self->plan->wanted, index) == SC_APPLY_WANTED_LACKING;
}

GArray *
sc_apply_list_wanted (ScApply *self, guint max)
{
  ScApplyWanted *wanted = self->plan->wanted;
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (ScChunkId));

  for (guint32 i = 0; i < sc_apply_wanted_size (wanted) && ids->len < max; i++)
    if (sc_apply_wanted_get_state (wanted, i) == SC_APPLY_WANTED_LACKING)
      g_array_append_val (ids, *sc_apply_wanted_get_id (wanted, i));
  return ids;
}

gboolean
sc_apply_is_complete (ScApply *self)
{
  return sc_apply_wanted_get_n_lacking (self->plan->wanted) == 0;
}

gboolean
sc_apply_flush (ScApply *self, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->work);

  if (self->stage != SC_APPLY_BEGUN || sc_apply_writer_flush (self->writer, error))
    return TRUE;
  self->stage = SC_APPLY_FAILED;
  return FALSE;
}
