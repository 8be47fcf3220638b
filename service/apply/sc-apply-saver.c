/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/apply/sc-apply-saver.h"

#include "common/sc-error.h"

struct _ScApplySaver {
  ScDisk *disk;
  ScApplyPlan *plan;
  ScApplyHandles *handles;
  ScApplyUndo *undo;
  guint64 reserve;
  gboolean unsynced;
  guint8 buffer[SC_CHUNK_SIZE];
};

ScApplySaver *
sc_apply_saver_new (ScDisk *disk, ScApplyPlan *plan, ScApplyHandles *handles, ScApplyUndo *undo, guint64 reserve)
{
  ScApplySaver *self = g_new0 (ScApplySaver, 1);

  self->disk = disk;
  self->plan = plan;
  self->handles = handles;
  self->undo = undo;
  self->reserve = reserve;
  return self;
}

void
sc_apply_saver_free (ScApplySaver *self)
{
  g_free (self);
}

static gboolean
give_up_step (ScApplySaver *self, ScApplyTemplate *template, GError **error)
{
  ScApplyStep *step = g_steal_pointer (&template->step);
  g_autofree char *files = sc_apply_undo_dup_files_prefix (step);

  g_message ("There is no room to keep what template “%s” was: it is updated all the same, but only a session leads "
             "back",
             template->name);
  template->keeps = FALSE;
  for (guint i = 0; i < template->files->len; i++) {
    ScApplyFile *file = template->files->pdata[i];

    if (file->want != NULL && file->way == SC_WAY_UNDO)
      file->way = SC_WAY_FORWARD;
  }
  sc_apply_handles_close_under (self->handles, files);
  return sc_apply_undo_drop (self->undo, step, error);
}

gboolean
sc_apply_saver_give_up (ScApplySaver *self, gboolean *given_up, GError **error)
{
  *given_up = FALSE;
  for (guint i = 0; i < self->plan->templates->len; i++) {
    ScApplyTemplate *template = self->plan->templates->pdata[i];

    if (template->step == NULL)
      continue;
    *given_up = TRUE;
    if (!give_up_step (self, template, error))
      return FALSE;
  }
  return TRUE;
}

/* Worth keeping: what the last commit put there, and what another place is still going to get a copy of. */
static gboolean
must_keep (const ScApplySaver *self, const ScApplyFile *file, guint32 chunk)
{
  guint32 wanted;

  if (chunk >= file->n_have || sc_apply_file_has_zeros (file, chunk))
    return FALSE;
  if (sc_apply_file_has_old (file, chunk))
    return TRUE;
  wanted = sc_apply_wanted_find (self->plan->wanted, &file->have[chunk]);
  return wanted != SC_CHUNK_INDEX_NONE &&
         sc_apply_wanted_get_state (self->plan->wanted, wanted) == SC_APPLY_WANTED_LOCAL;
}

gboolean
sc_apply_saver_save (ScApplySaver *self, ScApplyFile *file, guint32 chunk, gboolean *held, GError **error)
{
  ScApplyTemplate *template = self->plan->templates->pdata[file->template];
  const ScChunkId *id = &file->have[chunk];
  g_autoptr (GError) local = NULL;
  ScDiskFile *handle;
  ScChunkId actual;
  guint32 length;

  if (file->way != SC_WAY_UNDO || template->step == NULL || !must_keep (self, file, chunk))
    return TRUE;
  *held = TRUE;
  if (sc_apply_undo_has (self->undo, template->step, id))
    return TRUE;
  length = sc_chunk_length (file->have_size, chunk);
  handle = sc_apply_handles_open (self->handles, file, error);
  if (handle == NULL)
    return FALSE;
  if (!sc_disk_file_read_at (handle, (guint64) chunk * SC_CHUNK_SIZE, self->buffer, length, &local)) {
    g_message ("The way back lacks chunk %u of %s: %s", chunk, file->path, local->message);
    return TRUE;
  }
  sc_chunk_id_of (&actual, self->buffer, length);
  if (!sc_chunk_id_equal (&actual, id)) {
    g_message ("The way back lacks chunk %u of %s, which is not what it was", chunk, file->path);
    return TRUE;
  }
  self->unsynced = TRUE;
  if (sc_apply_undo_add (self->undo, template->step, id, self->buffer, length, &local))
    return TRUE;
  if (g_error_matches (local, SC_ERROR, SC_ERROR_NO_SPACE))
    return give_up_step (self, template, error);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
keeps_reserve (ScApplySaver *self, gboolean *kept, GError **error)
{
  ScDiskSpace space;

  if (!sc_disk_space (self->disk, &space, error))
    return FALSE;
  *kept = space.free >= self->reserve;
  return TRUE;
}

gboolean
sc_apply_saver_sync (ScApplySaver *self, GError **error)
{
  g_autoptr (GError) local = NULL;
  gboolean kept = FALSE, given_up;

  if (!self->unsynced)
    return TRUE;
  if (!sc_apply_undo_sync (self->undo, &local) && !g_error_matches (local, SC_ERROR, SC_ERROR_NO_SPACE)) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  self->unsynced = FALSE;
  if (local != NULL)
    return sc_apply_saver_give_up (self, &given_up, error);
  if (!keeps_reserve (self, &kept, error))
    return FALSE;
  return kept || sc_apply_saver_give_up (self, &given_up, error);
}
