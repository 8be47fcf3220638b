/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/apply/sc-apply-private.h"

#include "common/sc-error.h"
#include "common/sc-path.h"

gboolean
sc_apply_is_to_change (const ScApplyTemplate *template)
{
  return template->changes && !template->busy && template->want != NULL;
}

/* A template that the version has not goes before the others are complete if a file of the root takes its name. */
static gboolean
make_way (ScApply *self, const ScApplyTemplate *root, GError **error)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < root->files->len; i++) {
    const ScApplyFile *file = root->files->pdata[i];

    if (file->want != NULL)
      g_hash_table_add (names, sc_path_fold (file->path));
  }
  for (guint i = 0; i < self->plan->templates->len; i++) {
    ScApplyTemplate *template = self->plan->templates->pdata[i];
    g_autofree char *name = sc_path_fold (template->name);

    if (template->want == NULL && template->changes && g_hash_table_contains (names, name) &&
        !sc_apply_committer_remove (self->committer, template, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
sc_apply_commit_template (ScApply *self, ScApplyTemplate *template, GError **error)
{
  sc_apply_set_current_template (self, template->name);
  if (strcmp (template->name, SC_TEMPLATE_ROOT) == 0 && !make_way (self, template, error))
    return FALSE;
  if (sc_apply_writer_prepare_commit (self->writer, template, error) &&
      sc_apply_committer_commit (self->committer, template, error)) {
    g_ptr_array_add (self->committed, g_strdup (template->name));
    return TRUE;
  }
  self->stage = SC_APPLY_FAILED;
  return FALSE;
}

gboolean
sc_apply_commit_whole (ScApply *self, GCancellable *cancellable, GError **error)
{
  GPtrArray *templates = self->plan->templates;

  for (guint i = 0; i < templates->len; i++) {
    ScApplyTemplate *template = templates->pdata[i];

    if (!sc_apply_check_cancelled (cancellable, error))
      return FALSE;
    if (sc_apply_is_to_change (template) && template->remaining == 0 &&
        !sc_apply_commit_template (self, template, error))
      return FALSE;
  }
  return TRUE;
}

static guint64
undo_budget (const ScApplySettings *settings, const ScDiskSpace *space, guint64 used)
{
  if (settings->undo_budget != SC_APPLY_DEFAULT)
    return (guint64) settings->undo_budget;
  return (space->free + used) / 10;
}

static gboolean
remove_templates (ScApply *self, GCancellable *cancellable, GError **error)
{
  GPtrArray *templates = self->plan->templates;

  for (guint i = 0; i < templates->len; i++) {
    ScApplyTemplate *template = templates->pdata[i];
    g_autoptr (GError) local = NULL;

    if (template->want != NULL || !template->changes)
      continue;
    sc_apply_set_current_template (self, template->name);
    if (!sc_apply_check_cancelled (cancellable, error))
      return FALSE;
    template->busy = FALSE;
    if (sc_apply_committer_remove (self->committer, template, &local)) {
      g_ptr_array_add (self->committed, g_strdup (template->name));
      continue;
    }
    if (!g_error_matches (local, SC_ERROR, SC_ERROR_BUSY)) {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
    g_message ("%s", local->message);
    template->busy = TRUE;
  }
  return TRUE;
}

static gboolean
trim_undo_store (ScApply *self, GError **error)
{
  guint64 used = sc_apply_undo_get_bytes (self->undo);
  ScDiskSpace space;

  sc_apply_handles_close_under (self->handles, SC_APPLY_UNDO_DIRECTORY "/");
  return sc_disk_space (self->disk, &space, error) &&
         sc_apply_undo_trim (self->undo, undo_budget (&self->settings, &space, used), error);
}

/* Manifests that the undo store's steps refer to stay. */
static gboolean
prune_manifests (ScApply *self, GError **error)
{
  g_autoptr (GHashTable) ids = g_hash_table_new (sc_chunk_id_hash, sc_chunk_id_equal_func);
  GPtrArray *steps = sc_apply_undo_get_steps (self->undo);

  for (guint i = 0; i < steps->len; i++)
    g_hash_table_add (ids, &((ScApplyStep *) steps->pdata[i])->from);
  return sc_seat_state_prune_manifests (self->state, ids, error);
}

static gboolean
has_busy (const ScApply *self)
{
  for (guint i = 0; i < self->plan->templates->len; i++)
    if (((ScApplyTemplate *) self->plan->templates->pdata[i])->busy)
      return TRUE;
  return FALSE;
}

static gboolean
set_version (ScApply *self, GError **error)
{
  return has_busy (self) || (sc_seat_state_set_version (self->state, self->version, error) &&
                             sc_seat_state_add_version (self->state, self->version, &self->manifest, error) &&
                             (self->stays_pending || sc_seat_state_set_pending (self->state, 0, 0, NULL, NULL, error)));
}

gboolean
sc_apply_finish (ScApply *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->work);

  if (self->stage != SC_APPLY_BEGUN || !sc_apply_is_complete (self)) {
    g_set_error (error, SC_ERROR, SC_ERROR_STATE,
                 "Version %" G_GUINT64_FORMAT " is not complete: %u chunks are lacking", self->version,
                 sc_apply_wanted_get_n_lacking (self->plan->wanted));
    return FALSE;
  }
  if (!sc_apply_commit_whole (self, cancellable, error) || !remove_templates (self, cancellable, error) ||
      !set_version (self, error) || !trim_undo_store (self, error) || !prune_manifests (self, error))
    return FALSE;
  self->stage = SC_APPLY_FINISHED;
  sc_apply_set_current_template (self, "");
  return TRUE;
}
