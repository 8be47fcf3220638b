/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-apply-writer.h"

#include "common/sc-error.h"

struct _ScApplyWriter {
  ScApplyPlan *plan;
  ScApplyHandles *handles;
  ScApplyStash *stash;
  guint n_given_up; /* sources that turned out to be damaged */
  guint8 buffer[SC_CHUNK_SIZE];
};

ScApplyWriter *
sc_apply_writer_new (ScApplyPlan *plan, ScApplyHandles *handles, ScApplyStash *stash)
{
  ScApplyWriter *self = g_new0 (ScApplyWriter, 1);

  self->plan = plan;
  self->handles = handles;
  self->stash = stash;
  return self;
}

void
sc_apply_writer_free (ScApplyWriter *self)
{
  g_free (self);
}

static ScApplyFile *
get_file (ScApplyWriter *self, guint index)
{
  return self->plan->files->pdata[index];
}

static gboolean
is_to_write (const ScApplyFile *file)
{
  return file->changes && file->want != NULL;
}

/* Applies @function to each run of adjacent chunks for which @predicate holds. */
static gboolean
for_each_run (const ScApplyFile *file, gboolean (*predicate) (const ScApplyFile *, guint32), ScDiskFile *handle,
              gboolean (*function) (ScDiskFile *, guint64, guint64, GError **), GError **error)
{
  guint32 n = (guint32) file->want->n_chunks;

  for (guint32 i = 0; i < n; i++) {
    guint32 first = i;
    guint64 start = (guint64) first * SC_CHUNK_SIZE;

    while (i < n && predicate (file, i))
      i++;
    if (i > first && !function (handle, start, MIN ((guint64) i * SC_CHUNK_SIZE, file->want->size) - start, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
needs_space (const ScApplyFile *file, guint32 chunk)
{
  return !sc_apply_file_is_right (file, chunk) && sc_apply_file_lacks_space (file, chunk) &&
         !sc_apply_file_wants_zeros (file, chunk);
}

/* Beyond the old end there are holes already. */
static gboolean
needs_hole (const ScApplyFile *file, guint32 chunk)
{
  return (guint64) chunk * SC_CHUNK_SIZE < file->info.size && !sc_apply_file_is_right (file, chunk) &&
         sc_apply_file_wants_zeros (file, chunk);
}

static gboolean
allocate_file (ScApplyWriter *self, ScApplyFile *file, GError **error)
{
  gboolean create = file->place == NULL;
  ScDiskFile *handle;

  if (create)
    file->place = sc_apply_file_dup_updating_path (file);
  handle = sc_apply_handles_open_writable (self->handles, file, create, error);
  if (handle == NULL)
    return FALSE;
  file->dirty = TRUE;
  /* what shrinks is cut at the commit: until then its end serves as a source */
  if (file->info.size < file->want->size && !sc_disk_file_truncate (handle, file->want->size, error))
    return FALSE;
  return for_each_run (file, needs_space, handle, sc_disk_file_allocate, error);
}

gboolean
sc_apply_writer_allocate (ScApplyWriter *self, ScProgress *progress, GCancellable *cancellable, GError **error)
{
  sc_progress_start (progress, "reserving space", 0);
  for (guint i = 0; i < self->plan->files->len; i++) {
    ScApplyFile *file = get_file (self, i);

    if (!is_to_write (file))
      continue;
    sc_progress_set_item (progress, file->path);
    if (!sc_apply_check_cancelled (cancellable, error) || !allocate_file (self, file, error))
      return FALSE;
  }
  return TRUE;
}

/* Reads what is believed to be chunk @id and makes sure that it is. */
static gboolean
read_chunk (ScApplyWriter *self, ScApplyFile *file, guint32 chunk, const ScChunkId *id, guint8 *data, gsize *length,
            GError **error)
{
  ScChunkId actual;
  ScDiskFile *handle;

  if (file->place == NULL) {
    g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND, "%s is not there any more", file->path);
    return FALSE;
  }
  *length = sc_chunk_length (file->have_size, chunk);
  handle = sc_apply_handles_open (self->handles, file, error);
  if (handle == NULL || !sc_disk_file_read_at (handle, (guint64) chunk * SC_CHUNK_SIZE, data, *length, error))
    return FALSE;
  sc_chunk_id_of (&actual, data, *length);
  if (!sc_chunk_id_equal (&actual, id)) {
    g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT, "Chunk %u of %s is not what it was", chunk, file->path);
    return FALSE;
  }
  return TRUE;
}

static gboolean
read_wanted (ScApplyWriter *self, guint32 index, gsize *length, GError **error)
{
  guint32 source = sc_apply_wanted_get_source (self->plan->wanted, index), chunk;
  ScApplyFile *file;

  if (sc_apply_wanted_get_state (self->plan->wanted, index) == SC_APPLY_WANTED_STASHED)
    return sc_apply_stash_read (self->stash, source, self->buffer, length, error);
  file = sc_apply_sources_get (self->plan->sources, source, &chunk);
  return read_chunk (self, file, chunk, sc_apply_wanted_get_id (self->plan->wanted, index), self->buffer, length,
                     error);
}

/* What cannot be read here comes from outside. */
static void
give_up_source (ScApplyWriter *self, guint32 index, const GError *reason)
{
  if (self->n_given_up++ == 0)
    g_message ("Not all that should lie on this seat does, it is received anew. The first such chunk: %s",
               reason->message);
  sc_apply_wanted_set_state (self->plan->wanted, index, SC_APPLY_WANTED_LACKING, 0);
}

static gboolean
fill_stash (ScApplyWriter *self, ScProgress *progress, GCancellable *cancellable, GError **error)
{
  GArray *to_stash = self->plan->to_stash;

  for (guint i = 0; i < to_stash->len; i++) {
    guint32 index = g_array_index (to_stash, guint32, i), record;
    g_autoptr (GError) local = NULL;
    gsize length;

    if (!sc_apply_check_cancelled (cancellable, error))
      return FALSE;
    if (!read_wanted (self, index, &length, &local)) {
      give_up_source (self, index, local);
      continue;
    }
    if (!sc_apply_stash_add (self->stash, sc_apply_wanted_get_id (self->plan->wanted, index), self->buffer, length,
                             &record, error))
      return FALSE;
    sc_apply_wanted_set_state (self->plan->wanted, index, SC_APPLY_WANTED_STASHED, record);
    sc_progress_add (progress, length);
  }
  return sc_apply_stash_sync (self->stash, error);
}

static gboolean
copy_chunks (ScApplyWriter *self, ScProgress *progress, GCancellable *cancellable, GError **error)
{
  for (guint32 i = 0; i < sc_apply_wanted_size (self->plan->wanted); i++) {
    ScApplyWantedState state = sc_apply_wanted_get_state (self->plan->wanted, i);
    g_autoptr (GError) local = NULL;
    gsize length;

    if (state != SC_APPLY_WANTED_LOCAL && state != SC_APPLY_WANTED_STASHED)
      continue;
    if (!sc_apply_check_cancelled (cancellable, error))
      return FALSE;
    if (!read_wanted (self, i, &length, &local))
      give_up_source (self, i, local);
    else if (!sc_apply_writer_put (self, i, self->buffer, error))
      return FALSE;
    sc_progress_add (progress, sc_apply_wanted_get_length (self->plan->wanted, i));
  }
  return TRUE;
}

static gboolean
sync_files (ScApplyWriter *self, GError **error)
{
  for (guint i = 0; i < self->plan->files->len; i++)
    if (!sc_apply_handles_sync (self->handles, get_file (self, i), error))
      return FALSE;
  return TRUE;
}

static gboolean
make_holes (ScApplyWriter *self, GCancellable *cancellable, GError **error)
{
  for (guint i = 0; i < self->plan->files->len; i++) {
    ScApplyFile *file = get_file (self, i);
    ScDiskFile *handle;

    if (!is_to_write (file))
      continue;
    if (!sc_apply_check_cancelled (cancellable, error))
      return FALSE;
    handle = sc_apply_handles_open_writable (self->handles, file, FALSE, error);
    if (handle == NULL)
      return FALSE;
    file->dirty = TRUE;
    if (!for_each_run (file, needs_hole, handle, sc_disk_file_punch, error))
      return FALSE;
  }
  return TRUE;
}

static guint64
bytes_to_copy (ScApplyWriter *self)
{
  ScApplyWanted *wanted = self->plan->wanted;
  guint64 bytes = (guint64) self->plan->to_stash->len * SC_CHUNK_SIZE;

  for (guint32 i = 0; i < sc_apply_wanted_size (wanted); i++) {
    ScApplyWantedState state = sc_apply_wanted_get_state (wanted, i);

    if (state == SC_APPLY_WANTED_LOCAL || state == SC_APPLY_WANTED_STASHED)
      bytes += sc_apply_wanted_get_length (wanted, i);
  }
  return bytes;
}

gboolean
sc_apply_writer_copy (ScApplyWriter *self, ScProgress *progress, GCancellable *cancellable, GError **error)
{
  sc_progress_start (progress, "copying", bytes_to_copy (self));
  return fill_stash (self, progress, cancellable, error) && copy_chunks (self, progress, cancellable, error) &&
         sync_files (self, error) && make_holes (self, cancellable, error) && sync_files (self, error) &&
         sc_apply_stash_remove (self->stash, error);
}

gboolean
sc_apply_writer_put (ScApplyWriter *self, guint32 index, const guint8 *data, GError **error)
{
  ScApplyWanted *wanted = self->plan->wanted;
  guint32 length = sc_apply_wanted_get_length (wanted, index), cursor = 0;
  ScApplyPlace place;

  while (sc_apply_wanted_next_place (wanted, index, &cursor, &place)) {
    ScApplyFile *file = get_file (self, place.file);
    ScDiskFile *handle = sc_apply_handles_open_writable (self->handles, file, FALSE, error);

    if (handle == NULL)
      return FALSE;
    file->dirty = TRUE;
    if (!sc_disk_file_write_at (handle, (guint64) place.chunk * SC_CHUNK_SIZE, data, length, error))
      return FALSE;
  }
  for (cursor = 0; sc_apply_wanted_next_place (wanted, index, &cursor, &place);)
    ((ScApplyTemplate *) self->plan->templates->pdata[get_file (self, place.file)->template])->remaining--;
  sc_apply_wanted_set_state (wanted, index, SC_APPLY_WANTED_DONE, 0);
  return TRUE;
}

gboolean
sc_apply_writer_read_reference (ScApplyWriter *self, guint32 index, const ScChunkId *reference, guint8 *data,
                                gsize *length, GError **error)
{
  guint32 cursor = 0, source, chunk;
  ScApplyPlace place;
  ScApplyFile *file;

  while (sc_apply_wanted_next_place (self->plan->wanted, index, &cursor, &place)) {
    file = get_file (self, place.file);
    if (place.chunk < file->n_have && sc_chunk_id_equal (&file->have[place.chunk], reference) &&
        read_chunk (self, file, place.chunk, reference, data, length, NULL))
      return TRUE;
  }
  source = sc_apply_sources_find (self->plan->sources, reference);
  if (source != SC_APPLY_SOURCE_NONE) {
    file = sc_apply_sources_get (self->plan->sources, source, &chunk);
    if (read_chunk (self, file, chunk, reference, data, length, NULL))
      return TRUE;
  }
  g_set_error_literal (error, SC_ERROR, SC_ERROR_NOT_FOUND,
                       "This seat has not got the chunk that a frame refers to: the whole chunk is fetched instead");
  return FALSE;
}
