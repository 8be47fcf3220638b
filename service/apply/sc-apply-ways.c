/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/apply/sc-apply-ways.h"

#include "common/sc-error.h"
#include "common/sc-pack-entry.h"

#define N_SAMPLES 64u                /* chunks that are compressed to estimate the log */
#define LOG_SLACK (4u * 1024 * 1024) /* bytes: for what the sample did not show */

/* A chunk that the log would have to take. */
typedef struct {
  ScApplyFile *file;
  guint32 chunk;
} Sample;

void
sc_apply_ways_clear (ScApplyWays *self)
{
  g_clear_pointer (&self->to_evict, g_ptr_array_unref);
}

guint64
sc_apply_ways_get_peak (const ScApplyWays *self)
{
  return self->growth + self->clones + self->moved + (self->log > 0 ? self->log + LOG_SLACK : 0);
}

guint64
sc_apply_ways_get_room (const ScApplyWays *self)
{
  return self->free + self->evictable - MIN (self->free + self->evictable, self->reserve);
}

/* What takes nothing is taken also where less than the reserve is free. */
guint64
sc_apply_ways_get_missing (const ScApplyWays *self)
{
  guint64 taken = self->growth + self->moved, there = self->free + self->evictable;
  guint64 wanted = taken + (self->resumes ? 0 : self->reserve);

  return taken > 0 ? wanted - MIN (wanted, there) : 0;
}

static gboolean
is_overwritten (const ScApplyFile *file, guint32 chunk)
{
  return chunk >= file->want->n_chunks || !sc_apply_file_is_right (file, chunk);
}

/* Bytes of what the update destroys and an undo would need. */
static guint64
bytes_to_save (const ScApplyFile *file)
{
  guint64 bytes = 0;

  for (guint32 i = 0; i < file->n_have; i++)
    if (is_overwritten (file, i) && sc_apply_file_has_old (file, i) && !sc_apply_file_has_zeros (file, i))
      bytes += sc_chunk_length (file->have_size, i);
  return bytes;
}

static void
add_samples (GArray *samples, ScApplyFile *file, guint64 *seen, guint64 every)
{
  for (guint32 i = 0; i < file->n_have; i++) {
    Sample sample = { file, i };

    if (is_overwritten (file, i) && sc_apply_file_has_old (file, i) && !sc_apply_file_has_zeros (file, i) &&
        (*seen)++ % every == 0 && samples->len < N_SAMPLES)
      g_array_append_val (samples, sample);
  }
}

/* What a chunk of the log takes, per million of the chunk: old content as it lies there, compressed. What cannot be
 * read counts as incompressible. */
static guint64
measure_ratio (ScDisk *disk, GArray *samples)
{
  g_autoptr (ScFrameCoder) coder = sc_frame_coder_new ();
  g_autofree guint8 *chunk = g_malloc (SC_CHUNK_SIZE), *frame = g_malloc (SC_FRAME_MAX);
  guint64 raw = 0, stored = 0;

  sc_frame_coder_set_level (coder, SC_APPLY_UNDO_LEVEL);
  for (guint i = 0; i < samples->len; i++) {
    const Sample *sample = &g_array_index (samples, Sample, i);
    guint32 length = sc_chunk_length (sample->file->have_size, sample->chunk);
    guint64 offset = (guint64) sample->chunk * SC_CHUNK_SIZE;
    g_autoptr (ScDiskFile) file = sc_disk_open (disk, sample->file->place, SC_DISK_READ, NULL);
    ScEncoding encoding;

    raw += length;
    if (file != NULL && sc_disk_file_read_at (file, offset, chunk, length, NULL))
      stored += sc_frame_encode (coder, chunk, length, NULL, 0, frame, &encoding);
    else
      stored += length;
    stored += SC_PACK_ENTRY_HEADER_SIZE;
  }
  return raw > 0 ? stored * 1000000 / raw : 0;
}

/* An old file that may get its clone: it goes to the undo store when the update begins, and is what is cloned. */
static void
make_clone (const ScApplyWaysInput *input, ScApplyFile *file)
{
  ScApplyFile *original = sc_apply_file_split_off (file);

  original->twin = file;
  sc_apply_kept_add (input->kept, original);
  file->before = original;
  file->base = original;
  file->twin = original;
  file->way = SC_WAY_CLONE;
}

/* Of the disk and what lies on it. */
typedef struct {
  gboolean can_clone;
  gboolean moves; /* as in ScDiskSpace */
  guint64 ratio;  /* of the log to what it holds, per million */
} Facts;

static gboolean
is_in_place (const ScApplyFile *file)
{
  return file->place != NULL && file->before == NULL && file->way != SC_WAY_CLONE;
}

static void
choose_in_place (ScApplyWays *self, const ScApplyWaysInput *input, ScApplyFile *file, const Facts *facts)
{
  guint64 to_save = bytes_to_save (file), to_unshare = sc_apply_file_bytes_to_unshare (file);
  guint64 moved = facts->moves ? to_unshare : 0, ratio = facts->ratio;
  guint64 log = to_save / 1000000 * ratio + to_save % 1000000 * ratio / 1000000;
  guint64 taken = sc_apply_ways_get_peak (self) + LOG_SLACK;
  guint64 room = sc_apply_ways_get_room (self), left = room - MIN (room, taken);

  if (to_save > 0 && facts->can_clone && to_unshare <= left) {
    self->clones += to_unshare;
    make_clone (input, file);
    return;
  }
  self->moved += moved;
  file->way = SC_WAY_FORWARD;
  if (to_save > 0 && log + moved > left)
    return;
  self->log += log;
  file->way = SC_WAY_UNDO;
}

static void
choose_way (ScApplyWays *self, const ScApplyWaysInput *input, const ScApplyTemplate *template, ScApplyFile *file,
            const Facts *facts)
{
  if (file->before != NULL || file->way == SC_WAY_CLONE)
    file->way = SC_WAY_CLONE; /* taken back, or a clone that was begun */
  else if (file->place == NULL)
    file->way = SC_WAY_NEW;
  else if (file->old != NULL && template->keeps)
    choose_in_place (self, input, file, facts);
  else {
    file->way = SC_WAY_FORWARD; /* there is nothing that one could go back to */
    self->moved += facts->moves ? sc_apply_file_bytes_to_unshare (file) : 0;
  }
}

/* A step that leads to what this update wants is a source, and so is every later one of its template. */
static gboolean
is_way_to (const ScApplyStep *step, GPtrArray *templates)
{
  for (guint i = 0; i < templates->len; i++) {
    const ScApplyTemplate *template = templates->pdata[i];

    if (strcmp (template->name, step->template_name) == 0)
      return template->want != NULL && sc_chunk_id_equal (&step->from, sc_template_manifest_get_id (template->want));
  }
  return FALSE;
}

gboolean
sc_apply_ways_is_kept_in (const ScApplyStep *step, const ScApplyFile *file)
{
  g_autofree char *files = NULL;

  if (!sc_apply_kept_is_in_undo_store (file))
    return FALSE;
  files = sc_apply_undo_dup_files_prefix (step);
  return g_str_has_prefix (file->place, files);
}

static gboolean
is_taken_from (const ScApplyStep *step, GPtrArray *templates)
{
  for (guint i = 0; i < templates->len; i++) {
    const ScApplyTemplate *template = templates->pdata[i];

    for (guint j = 0; j < template->files->len; j++)
      if (sc_apply_ways_is_kept_in (step, template->files->pdata[j]))
        return TRUE;
  }
  return FALSE;
}

/* Steps that are neither open nor on the way of a rollback, oldest first. (transfer container) */
static GPtrArray *
list_evictable (const ScApplyWaysInput *input)
{
  g_autoptr (GHashTable) pinned = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *steps = sc_apply_undo_get_steps (input->undo), *evictable = g_ptr_array_new ();

  for (guint i = 0; i < steps->len; i++) {
    const ScApplyStep *step = steps->pdata[i];

    if (is_way_to (step, input->templates))
      g_hash_table_add (pinned, step->template_name);
    if (step->sealed && !g_hash_table_contains (pinned, step->template_name) && !is_taken_from (step, input->templates))
      g_ptr_array_add (evictable, steps->pdata[i]);
  }
  return evictable;
}

static void
plan_eviction (ScApplyWays *self, GPtrArray *evictable, guint64 debris)
{
  guint64 room = self->free + debris - MIN (self->free + debris, self->reserve), peak = sc_apply_ways_get_peak (self);

  self->to_evict = g_ptr_array_new ();
  for (guint i = 0; i < evictable->len && room < peak; i++) {
    const ScApplyStep *step = evictable->pdata[i];

    g_ptr_array_add (self->to_evict, evictable->pdata[i]);
    room += step->bytes;
  }
}

/* (transfer full) (element-type Sample): of the chunks that logs would have to take */
static GArray *
list_samples (const ScApplyWaysInput *input)
{
  GArray *samples = g_array_new (FALSE, FALSE, sizeof (Sample));
  guint64 chunks = 0, seen = 0;

  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < input->templates->len; i++) {
      const ScApplyTemplate *template = input->templates->pdata[i];

      for (guint j = 0; template->keeps && j < template->files->len; j++) {
        ScApplyFile *file = template->files->pdata[j];

        if (file->want == NULL || !file->changes || !is_in_place (file))
          continue;
        if (pass == 0)
          chunks += bytes_to_save (file) / SC_CHUNK_SIZE;
        else
          add_samples (samples, file, &seen, chunks / N_SAMPLES + 1);
      }
    }
  return samples;
}

gboolean
sc_apply_ways_choose (ScApplyWays *self, const ScApplyWaysInput *input, GError **error)
{
  g_autoptr (GPtrArray) evictable = list_evictable (input);
  g_autoptr (GArray) samples = list_samples (input);
  Facts facts = { .can_clone = samples->len > 0 && sc_disk_can_clone (input->disk, SC_PATH_PRIVATE),
                  .ratio = measure_ratio (input->disk, samples) };
  ScDiskSpace space;
  guint64 debris;

  if (!sc_disk_space (input->disk, &space, error) || !sc_apply_undo_measure_debris (input->undo, &debris, error))
    return FALSE;
  facts.moves = space.moves;
  self->growth = input->growth;
  self->free = space.free;
  self->reserve = input->reserve;
  self->evictable = debris; /* which goes first of all */
  for (guint i = 0; i < evictable->len; i++)
    self->evictable += ((const ScApplyStep *) evictable->pdata[i])->bytes;
  for (guint i = 0; i < input->templates->len; i++) {
    const ScApplyTemplate *template = input->templates->pdata[i];

    self->resumes = self->resumes || (template->row != NULL && template->row->state == SC_TEMPLATE_UPDATING);
    for (guint j = 0; j < template->files->len; j++) {
      ScApplyFile *file = template->files->pdata[j];

      if (file->want != NULL && file->changes)
        choose_way (self, input, template, file, &facts);
    }
  }
  plan_eviction (self, evictable, debris);
  return TRUE;
}
