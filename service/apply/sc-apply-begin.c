/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/apply/sc-apply-arrived.h"
#include "service/apply/sc-apply-private.h"

#include "common/sc-error.h"
#include "common/sc-path.h"

/* The plan's room, as it is now. */
static gboolean
check_space (ScApply *self, GError **error)
{
  ScApplyWays ways = self->plan->ways;
  g_autofree char *missing_text = NULL;
  ScDiskSpace space;
  guint64 missing;

  if (!sc_disk_space (self->disk, &space, error))
    return FALSE;
  ways.free = space.free;
  missing = sc_apply_ways_get_missing (&ways);
  if (missing == 0)
    return TRUE;
  missing_text = g_format_size_full (missing, G_FORMAT_SIZE_LONG_FORMAT);
  g_set_error (error, SC_ERROR, SC_ERROR_NO_SPACE,
               "Version %" G_GUINT64_FORMAT " needs %" G_GUINT64_FORMAT " bytes more on %s, and %" G_GUINT64_FORMAT
               " bytes must stay free, but only %" G_GUINT64_FORMAT " are free: make room for %s",
               self->version, ways.growth + ways.moved, sc_disk_get_root (self->disk), ways.reserve, space.free,
               missing_text);
  return FALSE;
}

/* The root's files make way at the beginning even when the version has none: a template may take the name of one. */
static gboolean
is_to_begin (const ScApplyTemplate *template)
{
  return template->changes && !template->busy &&
         (template->want != NULL || strcmp (template->name, SC_TEMPLATE_ROOT) == 0);
}

/* What only busy templates want is not asked for. */
static void
leave_chunks (ScApply *self)
{
  ScApplyWanted *wanted = self->plan->wanted;

  for (guint32 i = 0; i < sc_apply_wanted_size (wanted); i++) {
    gboolean needed = FALSE;
    ScApplyPlace place;

    for (guint32 cursor = 0; !needed && sc_apply_wanted_next_place (wanted, i, &cursor, &place);) {
      const ScApplyFile *file = self->plan->files->pdata[place.file];

      needed = !((ScApplyTemplate *) self->plan->templates->pdata[file->template])->busy;
    }
    if (!needed)
      sc_apply_wanted_set_state (wanted, i, SC_APPLY_WANTED_LEFT, 0);
  }
}

/* Opens what is going to be changed: a template of which a file is in use is left out. */
static gboolean
check_templates (ScApply *self, GError **error)
{
  GPtrArray *templates = self->plan->templates;
  gboolean any_busy = FALSE;

  for (guint i = 0; i < templates->len; i++) {
    ScApplyTemplate *template = templates->pdata[i];
    g_autoptr (GError) local = NULL;

    template->busy = FALSE;
    if (!is_to_begin (template) || sc_apply_committer_check (self->committer, template, &local))
      continue;
    if (!g_error_matches (local, SC_ERROR, SC_ERROR_BUSY)) {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
    g_message ("%s", local->message);
    template->busy = any_busy = TRUE;
  }
  if (any_busy)
    leave_chunks (self);
  return TRUE;
}

static gboolean
begin_templates (ScApply *self, GError **error)
{
  GPtrArray *templates = self->plan->templates;

  for (guint i = 0; i < templates->len; i++)
    if (is_to_begin (templates->pdata[i]) && !sc_apply_committer_begin (self->committer, templates->pdata[i], error))
      return FALSE;
  for (guint i = 0; i < templates->len; i++)
    if (is_to_begin (templates->pdata[i]) && !sc_apply_committer_hide (self->committer, templates->pdata[i], error))
      return FALSE;
  return TRUE;
}

/* A step whose update is over, although a crash came before it was said so. */
static gboolean
is_stale (const ScApplyStep *step, const ScSeatTemplate *row)
{
  return !step->sealed &&
         (row == NULL || (row->state != SC_TEMPLATE_UPDATING && !sc_chunk_id_equal (&row->manifest, &step->from)));
}

/* Brings the undo store in order: what a crash left, and the old steps that have to make room. */
static gboolean
tidy_undo_store (ScApply *self, GError **error)
{
  GPtrArray *steps = sc_apply_undo_get_steps (self->undo), *to_evict = self->plan->ways.to_evict;

  if (!sc_apply_undo_clean (self->undo, error))
    return FALSE;
  for (guint i = 0; i < steps->len; i++) {
    ScApplyStep *step = steps->pdata[i];
    g_autoptr (GError) local = NULL;
    g_autoptr (ScSeatTemplate) row = sc_seat_state_get_template (self->state, step->template_name, &local);

    if (local != NULL) {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
    if (is_stale (step, row) && !sc_apply_undo_seal (self->undo, step, SC_APPLY_UNDO_KEPT_UNKNOWN, error))
      return FALSE;
  }
  for (guint i = 0; i < to_evict->len; i++)
    if (!sc_apply_undo_drop (self->undo, to_evict->pdata[i], error))
      return FALSE;
  g_ptr_array_set_size (to_evict, 0);
  return TRUE;
}

static gboolean
save_arrived (ScApply *self, GCancellable *cancellable, GError **error)
{
  const ScApplyArrivedInput input = { .disk = self->disk,
                                      .state = self->state,
                                      .undo = self->undo,
                                      .handles = self->handles,
                                      .templates = self->plan->templates,
                                      .reserve =
                                          self->plan->ways.reserve + sc_apply_ways_get_peak (&self->plan->ways) };

  return sc_apply_arrived_save (&input, cancellable, error);
}

static gboolean
make_room (ScApply *self, ScProgress *progress, GCancellable *cancellable, GError **error)
{
  return begin_templates (self, error) && sc_apply_writer_allocate (self->writer, progress, cancellable, error) &&
         sc_apply_writer_copy (self->writer, progress, cancellable, error);
}

gboolean
sc_apply_begin (ScApply *self, ScProgress *progress, GCancellable *cancellable, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->work);
  guint64 lacking;

  if (self->stage != SC_APPLY_PLANNED) {
    g_set_error_literal (error, SC_ERROR, SC_ERROR_STATE, "This update has begun already: plan a new one");
    return FALSE;
  }
  if (!sc_apply_check_cancelled (cancellable, error) || !check_space (self, error) || !check_templates (self, error))
    return FALSE;

  self->stage = SC_APPLY_FAILED;
  if (!tidy_undo_store (self, error) || !save_arrived (self, cancellable, error) ||
      !make_room (self, progress, cancellable, error))
    return FALSE;
  lacking = sc_apply_wanted_get_lacking_bytes (self->plan->wanted);
  g_mutex_lock (&self->lock);
  self->lacks_bytes = lacking;
  g_mutex_unlock (&self->lock);
  if (!self->holds_commits && !sc_apply_commit_whole (self, cancellable, error))
    return FALSE;
  self->stage = SC_APPLY_BEGUN;
  return TRUE;
}
