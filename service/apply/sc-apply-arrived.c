/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/apply/sc-apply-arrived.h"

#include "common/sc-error.h"

#define CHECK_EVERY 64u /* chunks between looks at the free space */

typedef struct {
  const ScApplyArrivedInput *input;
  GCancellable *cancellable;
  ScApplyTemplate *template;
  ScTemplateManifest *target;
  ScChunkIndex *before; /* chunks that the template has when it is back */
  ScApplyStep *step;    /* (nullable): until there is something to keep */
  guint n_read;
  gboolean full;
  guint8 buffer[SC_CHUNK_SIZE];
} Save;

static gboolean
goes_back (const ScApplyTemplate *template)
{
  static const ScChunkId nothing;
  const ScSeatTemplate *row = template->row;
  const ScChunkId *want = template->want != NULL ? sc_template_manifest_get_id (template->want) : &nothing;

  return row != NULL && row->state == SC_TEMPLATE_UPDATING && !template->busy &&
         sc_chunk_id_equal (&row->manifest, want) && !sc_chunk_id_equal (&row->target, want) &&
         !sc_chunk_id_equal (&row->target, &nothing);
}

/* (nullable): the file that the other version's update has worked on, where it lies now */
static ScApplyFile *
find_worked_on (const ScApplyTemplate *template, const char *relative)
{
  for (guint i = 0; i < template->files->len; i++) {
    ScApplyFile *file = template->files->pdata[i];
    ScApplyFile *candidates[] = { file, file->before };

    for (guint j = 0; j < G_N_ELEMENTS (candidates); j++)
      if (candidates[j] != NULL && candidates[j]->place != NULL && strcmp (candidates[j]->relative, relative) == 0 &&
          g_str_has_suffix (candidates[j]->place, SC_PATH_UPDATING_SUFFIX))
        return candidates[j];
  }
  return NULL;
}

static gboolean
is_worth_it (const Save *self, const ScManifestFile *file, guint32 chunk)
{
  const ScChunkId *id = &file->chunks[chunk];
  ScChunkId zeros;

  sc_chunk_id_of_zeros (&zeros, sc_chunk_length (file->size, chunk));
  return !sc_chunk_id_equal (&zeros, id) && sc_chunk_index_find (self->before, id) == SC_CHUNK_INDEX_NONE &&
         sc_apply_undo_find (self->input->undo, id) == SC_CHUNK_INDEX_NONE;
}

static gboolean
has_room (Save *self)
{
  ScDiskSpace space;

  if (self->n_read++ % CHECK_EVERY == 0)
    self->full = !sc_disk_space (self->input->disk, &space, NULL) || space.free <= self->input->reserve;
  return !self->full;
}

/* One that cannot be kept is sent again; no reason to fail. */
static void
keep (Save *self, const ScChunkId *id, guint32 length)
{
  g_autoptr (GError) local = NULL;

  if (self->step == NULL)
    self->step =
        sc_apply_undo_add_step (self->input->undo, self->template->name, sc_template_manifest_get_id (self->target),
                                self->template->row->version, &local);
  if (self->step != NULL && sc_apply_undo_add (self->input->undo, self->step, id, self->buffer, length, &local))
    return;
  g_message ("What has arrived of template “%s” is not kept any further: %s", self->template->name, local->message);
  self->full = TRUE;
}

static gboolean
save_file (Save *self, const ScManifestFile *file, GError **error)
{
  ScApplyFile *source = find_worked_on (self->template, file->path);
  ScDiskFile *handle = source != NULL ? sc_apply_handles_open (self->input->handles, source, NULL) : NULL;
  ScDiskInfo info;

  if (handle == NULL || !sc_disk_file_info (handle, &info, NULL))
    return TRUE;
  for (guint32 i = 0; i < file->n_chunks && !self->full; i++) {
    guint64 offset = (guint64) i * SC_CHUNK_SIZE;
    guint32 length = sc_chunk_length (file->size, i);
    ScChunkId actual;

    if (!sc_apply_check_cancelled (self->cancellable, error))
      return FALSE;
    if (offset + length > info.size || !is_worth_it (self, file, i) || !has_room (self) ||
        !sc_disk_file_read_at (handle, offset, self->buffer, length, NULL))
      continue;
    sc_chunk_id_of (&actual, self->buffer, length);
    if (sc_chunk_id_equal (&actual, &file->chunks[i]))
      keep (self, &actual, length);
  }
  return TRUE;
}

static void
index_before (Save *self)
{
  ScTemplateManifest *want = self->template->want;

  for (guint i = 0; want != NULL && i < sc_template_manifest_get_n_files (want); i++) {
    const ScManifestFile *file = sc_template_manifest_get_file (want, i);

    for (guint64 j = 0; j < file->n_chunks; j++)
      sc_chunk_index_add (self->before, &file->chunks[j], NULL);
  }
}

/* What was kept of it before counts, too: the budget does not take it as long as the seat may go there again. */
static void
spare_steps (Save *self)
{
  GPtrArray *steps = sc_apply_undo_get_steps (self->input->undo);

  for (guint i = 0; i < steps->len; i++) {
    ScApplyStep *step = steps->pdata[i];

    if (strcmp (step->template_name, self->template->name) == 0 &&
        sc_chunk_id_equal (&step->from, sc_template_manifest_get_id (self->target)))
      step->spared = TRUE;
  }
}

static gboolean
end_step (Save *self, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (self->step == NULL ||
      (sc_apply_undo_sync (self->input->undo, &local) && sc_apply_undo_seal (self->input->undo, self->step, 0, &local)))
    return TRUE;
  g_message ("What has arrived of template “%s” is not kept: %s", self->template->name, local->message);
  return sc_apply_undo_drop (self->input->undo, self->step, error);
}

static gboolean
save_template (const ScApplyArrivedInput *input, ScApplyTemplate *template, GCancellable *cancellable, GError **error)
{
  g_autoptr (GBytes) bytes = sc_seat_state_load_manifest (input->state, &template->row->target, NULL);
  g_autoptr (ScTemplateManifest) target = bytes != NULL ? sc_template_manifest_parse (bytes, NULL) : NULL;
  g_autoptr (ScChunkIndex) before = sc_chunk_index_new ();
  g_autofree Save *self = NULL;
  gboolean saved = TRUE;

  if (target == NULL)
    return TRUE;
  self = g_new0 (Save, 1);
  self->input = input;
  self->cancellable = cancellable;
  self->template = template;
  self->target = target;
  self->before = before;
  index_before (self);
  for (guint i = 0; saved && i < sc_template_manifest_get_n_files (target); i++)
    saved = save_file (self, sc_template_manifest_get_file (target, i), error);
  if (!end_step (self, saved ? error : NULL))
    return FALSE;
  spare_steps (self);
  return saved;
}

gboolean
sc_apply_arrived_save (const ScApplyArrivedInput *input, GCancellable *cancellable, GError **error)
{
  for (guint i = 0; i < input->templates->len; i++) {
    ScApplyTemplate *template = input->templates->pdata[i];

    if (goes_back (template) && !save_template (input, template, cancellable, error))
      return FALSE;
  }
  return TRUE;
}
