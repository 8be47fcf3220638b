/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/apply/sc-apply-writer.h"

#include "common/sc-error.h"
#include "service/apply/sc-apply-order.h"

#define STASHED_AT_ONCE (SC_APPLY_STASH_MAX / SC_APPLY_STASH_RECORD_SIZE) /* cycles of copies */

struct _ScApplyWriter {
  ScApplyPlan *plan;
  ScApplyHandles *handles;
  ScApplyStash *stash;
  ScApplyUndo *undo;
  ScApplySaver *saver;
  guint n_given_up;   /* sources that turned out to be damaged */
  GArray *held;       /* guint32: wanted chunks that wait for the logs */
  GByteArray *batch;  /* their content, each SC_CHUNK_SIZE after the other */
  guint64 n_unsynced; /* bytes written since the files were synced */
  guint8 buffer[SC_CHUNK_SIZE];
};

ScApplyWriter *
sc_apply_writer_new (const ScApplyWriterParts *parts)
{
  ScApplyWriter *self = g_new0 (ScApplyWriter, 1);

  self->plan = parts->plan;
  self->handles = parts->handles;
  self->stash = parts->stash;
  self->undo = parts->undo;
  self->saver = parts->saver;
  self->held = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->batch = g_byte_array_new ();
  return self;
}

void
sc_apply_writer_free (ScApplyWriter *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->held);
  g_byte_array_unref (self->batch);
  g_free (self);
}

static ScApplyFile *
get_file (ScApplyWriter *self, guint index)
{
  return self->plan->files->pdata[index];
}

static ScApplyTemplate *
get_template (ScApplyWriter *self, const ScApplyFile *file)
{
  return self->plan->templates->pdata[file->template];
}

static gboolean
is_to_write (ScApplyWriter *self, const ScApplyFile *file)
{
  return file->changes && file->want != NULL && !get_template (self, file)->busy;
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

/* To grow a file makes another chunk of its last one, if that is short: after a crash it could not be told any more. */
static gboolean
save_short_ends (ScApplyWriter *self, GError **error)
{
  gboolean held = FALSE;

  for (guint i = 0; i < self->plan->files->len; i++) {
    ScApplyFile *file = get_file (self, i);

    if (is_to_write (self, file) && file->n_have > 0 && file->have_size < file->want->size &&
        file->have_size % SC_CHUNK_SIZE != 0 &&
        !sc_apply_saver_save (self->saver, file, file->n_have - 1, &held, error))
      return FALSE;
  }
  return sc_apply_saver_sync (self->saver, error);
}

gboolean
sc_apply_writer_allocate (ScApplyWriter *self, ScProgress *progress, GCancellable *cancellable, GError **error)
{
  sc_progress_start (progress, "reserving space", 0);
  if (!save_short_ends (self, error))
    return FALSE;
  for (guint i = 0; i < self->plan->files->len; i++) {
    ScApplyFile *file = get_file (self, i);

    if (!is_to_write (self, file))
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
  ScApplyFile *lying = file->place == NULL && file->twin != NULL ? file->twin : file;
  ScChunkId actual;
  ScDiskFile *handle;

  if (lying->place == NULL) {
    g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND, "%s is not there any more", file->path);
    return FALSE;
  }
  *length = sc_chunk_length (file->have_size, chunk);
  handle = sc_apply_handles_open (self->handles, lying, error);
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
read_saved (ScApplyWriter *self, const ScChunkId *id, guint8 *data, gsize *length, GError **error)
{
  guint32 record = sc_apply_undo_find (self->undo, id);

  if (record != SC_CHUNK_INDEX_NONE)
    return sc_apply_undo_read (self->undo, record, data, length, error);
  g_set_error_literal (error, SC_ERROR, SC_ERROR_NOT_FOUND, "A chunk is not in the undo store any more");
  return FALSE;
}

static gboolean
read_source (ScApplyWriter *self, guint32 index, gsize *length, GError **error)
{
  guint32 source = sc_apply_wanted_get_source (self->plan->wanted, index), chunk;
  ScApplyFile *file = sc_apply_sources_get (self->plan->sources, source, &chunk);

  return read_chunk (self, file, chunk, sc_apply_wanted_get_id (self->plan->wanted, index), self->buffer, length,
                     error);
}

/* What was in its place may be in the log by now; and what cannot be read in one place may be there, too. */
static gboolean
read_wanted (ScApplyWriter *self, guint32 index, gsize *length, GError **error)
{
  ScApplyWantedState state = sc_apply_wanted_get_state (self->plan->wanted, index);
  g_autoptr (GError) first = NULL, last = NULL;

  if (state == SC_APPLY_WANTED_LOCAL && read_source (self, index, length, &first))
    return TRUE;
  if (state == SC_APPLY_WANTED_STASHED &&
      sc_apply_stash_read (self->stash, sc_apply_wanted_get_source (self->plan->wanted, index), self->buffer, length,
                           &first))
    return TRUE;
  if (read_saved (self, sc_apply_wanted_get_id (self->plan->wanted, index), self->buffer, length, &last))
    return TRUE;
  g_propagate_error (error, first != NULL ? g_steal_pointer (&first) : g_steal_pointer (&last));
  return FALSE;
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
sync_files (ScApplyWriter *self, GError **error)
{
  for (guint i = 0; i < self->plan->files->len; i++)
    if (!sc_apply_handles_sync (self->handles, get_file (self, i), error))
      return FALSE;
  return TRUE;
}

static gboolean
copy_chunk (ScApplyWriter *self, guint32 index, ScProgress *progress, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local = NULL;
  gsize length;

  if (!sc_apply_check_cancelled (cancellable, error))
    return FALSE;
  if (!read_wanted (self, index, &length, &local))
    give_up_source (self, index, local);
  else if (!sc_apply_writer_put (self, index, self->buffer, error))
    return FALSE;
  sc_progress_add (progress, sc_apply_wanted_get_length (self->plan->wanted, index));
  return TRUE;
}

/* Puts chunks aside, one of each of @n cycles; durable. What cannot be read, and what there is no room for, comes from
 * outside. */
static gboolean
fill_stash (ScApplyWriter *self, const guint32 *first, guint n, guint64 room, GError **error)
{
  for (guint i = 0; i < n; i++) {
    const ScChunkId *id = sc_apply_wanted_get_id (self->plan->wanted, first[i]);
    g_autoptr (GError) local = NULL;
    guint32 record;
    gsize length;

    if ((guint64) (i + 1) * SC_APPLY_STASH_RECORD_SIZE > room)
      sc_apply_wanted_set_state (self->plan->wanted, first[i], SC_APPLY_WANTED_LACKING, 0);
    else if (!read_wanted (self, first[i], &length, &local))
      give_up_source (self, first[i], local);
    else if (!sc_apply_stash_add (self->stash, id, self->buffer, length, &record, error))
      return FALSE;
    else
      sc_apply_wanted_set_state (self->plan->wanted, first[i], SC_APPLY_WANTED_STASHED, record);
  }
  return sc_apply_stash_sync (self->stash, error);
}

static gboolean
copy_cycle (ScApplyWriter *self, ScApplyOrder *order, guint32 first, ScProgress *progress, GCancellable *cancellable,
            GError **error)
{
  guint32 index = first;

  do {
    index = sc_apply_order_next (order, index);
    if (sc_apply_wanted_get_state (self->plan->wanted, index) != SC_APPLY_WANTED_LACKING &&
        !copy_chunk (self, index, progress, cancellable, error))
      return FALSE;
  } while (index != first);
  return TRUE;
}

/* What was copied from the stash is durable before it goes. */
static gboolean
empty_stash (ScApplyWriter *self, GError **error)
{
  return sc_apply_stash_is_empty (self->stash) || (sc_apply_writer_flush (self, error) && sync_files (self, error) &&
                                                   sc_apply_stash_remove (self->stash, error));
}

/* The stash holds one chunk of each cycle, so many cycles at a time as it may have chunks; what a crash left in it,
 * which has been copied by now, does not add to that. */
static gboolean
copy_cycles (ScApplyWriter *self, ScApplyOrder *order, ScProgress *progress, GCancellable *cancellable, GError **error)
{
  GArray *cycles = sc_apply_order_get_cycles (order);
  guint64 room = sc_apply_ways_get_room (&self->plan->ways);
  guint64 peak = sc_apply_ways_get_peak (&self->plan->ways), left = room - MIN (room, peak);

  for (guint start = 0; start < cycles->len; start += STASHED_AT_ONCE) {
    const guint32 *first = &g_array_index (cycles, guint32, start);
    guint n = MIN (cycles->len - start, STASHED_AT_ONCE);

    if (!empty_stash (self, error) || !fill_stash (self, first, n, left, error))
      return FALSE;
    for (guint i = 0; i < n; i++)
      if (!copy_cycle (self, order, first[i], progress, cancellable, error))
        return FALSE;
  }
  return TRUE;
}

static gboolean
copy_chunks (ScApplyWriter *self, ScProgress *progress, GCancellable *cancellable, GError **error)
{
  g_autoptr (ScApplyOrder) order = sc_apply_order_new (self->plan);
  GArray *free = sc_apply_order_get_free (order);

  for (guint i = 0; i < free->len; i++)
    if (!copy_chunk (self, g_array_index (free, guint32, i), progress, cancellable, error))
      return FALSE;
  return copy_cycles (self, order, progress, cancellable, error);
}

/* What lies where holes will be, saved. */
static gboolean
save_holes (ScApplyWriter *self, ScApplyFile *file, GError **error)
{
  gboolean held = FALSE;

  for (guint32 i = 0; i < file->want->n_chunks; i++)
    if (needs_hole (file, i) && !sc_apply_saver_save (self->saver, file, i, &held, error))
      return FALSE;
  return TRUE;
}

static gboolean
make_holes (ScApplyWriter *self, GCancellable *cancellable, GError **error)
{
  for (guint i = 0; i < self->plan->files->len; i++) {
    ScApplyFile *file = get_file (self, i);
    ScDiskFile *handle;

    if (!is_to_write (self, file))
      continue;
    if (!sc_apply_check_cancelled (cancellable, error) || !save_holes (self, file, error) ||
        !sc_apply_saver_sync (self->saver, error))
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
  guint64 bytes = 0;

  for (guint32 i = 0; i < sc_apply_wanted_size (wanted); i++)
    if (sc_apply_wanted_is_here (wanted, i))
      bytes += sc_apply_wanted_get_length (wanted, i);
  return bytes;
}

gboolean
sc_apply_writer_copy (ScApplyWriter *self, ScProgress *progress, GCancellable *cancellable, GError **error)
{
  sc_progress_start (progress, "copying", bytes_to_copy (self));
  return copy_chunks (self, progress, cancellable, error) && sc_apply_writer_flush (self, error) &&
         sync_files (self, error) && make_holes (self, cancellable, error) && sync_files (self, error) &&
         sc_apply_stash_remove (self->stash, error);
}

/* What is written to a clone needs space, although the file does not grow: without the original it does not. */
static gboolean
write_at (ScApplyWriter *self, ScDiskFile *handle, guint64 offset, const guint8 *data, gsize length, GError **error)
{
  g_autoptr (GError) local = NULL;
  gboolean again = FALSE;

  if (sc_disk_file_write_at (handle, offset, data, length, &local))
    return TRUE;
  if (g_error_matches (local, SC_ERROR, SC_ERROR_NO_SPACE) && !sc_apply_saver_give_up (self->saver, &again, error))
    return FALSE;
  if (again)
    return sc_disk_file_write_at (handle, offset, data, length, error);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
write_chunk (ScApplyWriter *self, guint32 index, const guint8 *data, GError **error)
{
  guint32 length = sc_apply_wanted_get_length (self->plan->wanted, index), cursor = 0;
  ScApplyPlace place;

  while (sc_apply_wanted_next_place (self->plan->wanted, index, &cursor, &place)) {
    ScApplyFile *file = get_file (self, place.file);
    ScDiskFile *handle;

    if (get_template (self, file)->busy)
      continue;
    handle = sc_apply_handles_open_writable (self->handles, file, FALSE, error);
    if (handle == NULL)
      return FALSE;
    file->dirty = TRUE;
    if (!write_at (self, handle, (guint64) place.chunk * SC_CHUNK_SIZE, data, length, error))
      return FALSE;
    self->n_unsynced += length;
  }
  return TRUE;
}

/* A commit is then not one long flush, and a power cut costs less. */
static gboolean
sync_now_and_then (ScApplyWriter *self, GError **error)
{
  if (self->n_unsynced < SC_APPLY_SYNC_INTERVAL)
    return TRUE;
  self->n_unsynced = 0;
  return sync_files (self, error);
}

gboolean
sc_apply_writer_flush (ScApplyWriter *self, GError **error)
{
  if (!sc_apply_saver_sync (self->saver, error))
    return FALSE;
  for (guint i = 0; i < self->held->len; i++)
    if (!write_chunk (self, g_array_index (self->held, guint32, i), self->batch->data + (gsize) i * SC_CHUNK_SIZE,
                      error))
      return FALSE;
  g_array_set_size (self->held, 0);
  return sync_now_and_then (self, error);
}

static gboolean
hold (ScApplyWriter *self, guint32 index, const guint8 *data, GError **error)
{
  guint32 length = sc_apply_wanted_get_length (self->plan->wanted, index);
  gsize offset = (gsize) self->held->len * SC_CHUNK_SIZE;

  if (self->batch->len < SC_APPLY_BATCH)
    g_byte_array_set_size (self->batch, SC_APPLY_BATCH);
  memcpy (self->batch->data + offset, data, length);
  g_array_append_val (self->held, index);
  return offset + 2 * SC_CHUNK_SIZE <= SC_APPLY_BATCH || sc_apply_writer_flush (self, error);
}

gboolean
sc_apply_writer_put (ScApplyWriter *self, guint32 index, const guint8 *data, GError **error)
{
  ScApplyWanted *wanted = self->plan->wanted;
  gboolean held = FALSE;
  ScApplyPlace place;

  for (guint32 cursor = 0; sc_apply_wanted_next_place (wanted, index, &cursor, &place);) {
    ScApplyFile *file = get_file (self, place.file);

    if (!get_template (self, file)->busy && place.chunk < file->n_have &&
        !sc_apply_saver_save (self->saver, file, place.chunk, &held, error))
      return FALSE;
  }
  if (held ? !hold (self, index, data, error)
           : !write_chunk (self, index, data, error) || !sync_now_and_then (self, error))
    return FALSE;
  for (guint32 cursor = 0; sc_apply_wanted_next_place (wanted, index, &cursor, &place);)
    get_template (self, get_file (self, place.file))->remaining--;
  sc_apply_wanted_set_state (wanted, index, SC_APPLY_WANTED_DONE, 0);
  return TRUE;
}

gboolean
sc_apply_writer_prepare_commit (ScApplyWriter *self, ScApplyTemplate *template, GError **error)
{
  gboolean held = FALSE;

  for (guint i = 0; i < template->files->len; i++) {
    ScApplyFile *file = template->files->pdata[i];

    for (guint32 chunk = file->want != NULL && file->changes ? (guint32) file->want->n_chunks : file->n_have;
         chunk < file->n_have; chunk++)
      if (!sc_apply_saver_save (self->saver, file, chunk, &held, error))
        return FALSE;
  }
  return sc_apply_writer_flush (self, error);
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
  if (read_saved (self, reference, data, length, NULL))
    return TRUE;
  g_set_error_literal (error, SC_ERROR, SC_ERROR_NOT_FOUND,
                       "This seat has not got the chunk that a frame refers to: the whole chunk is fetched instead");
  return FALSE;
}
