/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/apply/sc-apply-private.h"

#include "common/sc-chunk-batch.h"
#include "common/sc-error.h"

G_STATIC_ASSERT (SC_APPLY_MAX_FRAMES == SC_CHUNK_BATCH);

/* Frames that are decoded and wait for their hashes. */
typedef struct {
  guint n;
  ScApplyFrame *frames[SC_APPLY_MAX_FRAMES];
  guint32 wanted[SC_APPLY_MAX_FRAMES]; /* indices of ScApplyWanted */
  const guint8 *chunks[SC_APPLY_MAX_FRAMES];
  gsize lengths[SC_APPLY_MAX_FRAMES];
  ScChunkId ids[SC_APPLY_MAX_FRAMES]; /* as they are, not as they are said to be */
} Decoded;

/* Returns: (nullable): the chunk that the frame holds, in @memory or, where that is it, in the frame itself */
static const guint8 *
decode (ScApply *self, ScFrameCoder *coder, guint32 index, const ScApplyFrame *frame, guint8 *memory, GError **error)
{
  guint32 chunk_length = sc_apply_wanted_get_length (self->plan->wanted, index);
  gsize reference_length = 0;

  if (frame->encoding == SC_ENCODING_RAW && frame->length == chunk_length)
    return frame->bytes;
  if (frame->encoding == SC_ENCODING_DELTA) {
    if (frame->reference == NULL) {
      g_set_error_literal (error, SC_ERROR, SC_ERROR_INVALID, "A delta frame came without its reference");
      return NULL;
    }
    if (!sc_apply_writer_read_reference (self->writer, index, frame->reference, self->reference, &reference_length,
                                         error))
      return NULL;
  }
  return sc_frame_decode (coder, frame->encoding, frame->bytes, frame->length,
                          reference_length > 0 ? self->reference : NULL, reference_length, memory, chunk_length, error)
             ? memory
             : NULL;
}

static gboolean
is_lacking (ScApply *self, guint32 index)
{
  return index != SC_CHUNK_INDEX_NONE &&
         sc_apply_wanted_get_state (self->plan->wanted, index) == SC_APPLY_WANTED_LACKING;
}

/* Before anything is written, so that what a frame refers to is still there. */
static void
decode_all (ScApply *self, ScFrameCoder *coder, ScApplyFrame *frames, guint n, Decoded *decoded)
{
  if (self->chunks == NULL)
    self->chunks = g_malloc_n (SC_APPLY_MAX_FRAMES, SC_CHUNK_SIZE);
  for (guint i = 0; i < n; i++) {
    guint32 index = sc_apply_wanted_find (self->plan->wanted, &frames[i].id);
    guint8 *memory = self->chunks + (gsize) i * SC_CHUNK_SIZE;
    const guint8 *chunk =
        is_lacking (self, index) ? decode (self, coder, index, &frames[i], memory, &frames[i].error) : NULL;

    if (chunk == NULL)
      continue;
    decoded->frames[decoded->n] = &frames[i];
    decoded->wanted[decoded->n] = index;
    decoded->chunks[decoded->n] = chunk;
    decoded->lengths[decoded->n++] = sc_apply_wanted_get_length (self->plan->wanted, index);
  }
  sc_chunk_ids_of (decoded->chunks, decoded->lengths, decoded->n, decoded->ids);
}

/* The template of the first place of chunk @index. */
static ScApplyTemplate *
template_of (ScApply *self, guint32 index)
{
  guint32 cursor = 0;
  ScApplyPlace place;
  ScApplyFile *file;

  sc_apply_wanted_next_place (self->plan->wanted, index, &cursor, &place);
  file = self->plan->files->pdata[place.file];
  return self->plan->templates->pdata[file->template];
}

static void
count_done (ScApply *self, guint32 length)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->done_bytes += length;
}

/* Commits the templates that chunk @index has made whole. */
static gboolean
commit_templates_of (ScApply *self, guint32 index, GError **error)
{
  guint32 cursor = 0;
  ScApplyPlace place;

  if (self->holds_commits)
    return TRUE;
  while (sc_apply_wanted_next_place (self->plan->wanted, index, &cursor, &place)) {
    const ScApplyFile *file = self->plan->files->pdata[place.file];
    ScApplyTemplate *template = self->plan->templates->pdata[file->template];

    if (template->remaining == 0 && sc_apply_is_to_change (template) &&
        !sc_apply_commit_template (self, template, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
put (ScApply *self, guint32 index, const guint8 *chunk, GError **error)
{
  sc_apply_set_current_template (self, template_of (self, index)->name);
  if (!sc_apply_writer_put (self->writer, index, chunk, error)) {
    self->stage = SC_APPLY_FAILED;
    return FALSE;
  }
  count_done (self, sc_apply_wanted_get_length (self->plan->wanted, index));
  return commit_templates_of (self, index, error);
}

static gboolean
check_stage (ScApply *self, GError **error)
{
  if (self->stage != SC_APPLY_BEGUN)
    g_set_error_literal (error, SC_ERROR, SC_ERROR_STATE, "The update is not ready for chunks");
  return self->stage == SC_APPLY_BEGUN;
}

static gboolean
check_id (const ScChunkId *actual, const ScChunkId *id, GError **error)
{
  char hex[SC_CHUNK_ID_HEX_LENGTH + 1];

  if (sc_chunk_id_equal (actual, id))
    return TRUE;
  sc_chunk_id_to_hex (id, hex);
  g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT, "A frame does not hold the chunk %s that it is said to hold", hex);
  return FALSE;
}

void
sc_apply_put_frames (ScApply *self, ScFrameCoder *coder, ScApplyFrame *frames, guint n)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->work);
  Decoded decoded = { 0 };

  g_return_if_fail (n <= SC_APPLY_MAX_FRAMES);

  if (self->stage != SC_APPLY_BEGUN) {
    for (guint i = 0; i < n; i++)
      check_stage (self, &frames[i].error);
    return;
  }
  decode_all (self, coder, frames, n, &decoded);
  for (guint i = 0; i < decoded.n; i++) {
    GError **error = &decoded.frames[i]->error;

    /* the same chunk may have come twice */
    if (check_stage (self, error) && check_id (&decoded.ids[i], &decoded.frames[i]->id, error) &&
        is_lacking (self, decoded.wanted[i]))
      put (self, decoded.wanted[i], decoded.chunks[i], error);
  }
}

gboolean
sc_apply_put_frame (ScApply *self, ScFrameCoder *coder, const ScChunkId *id, ScEncoding encoding,
                    const ScChunkId *reference, const guint8 *frame, gsize length, GError **error)
{
  ScApplyFrame one = { .id = *id, .encoding = encoding, .reference = reference, .bytes = frame, .length = length };

  sc_apply_put_frames (self, coder, &one, 1);
  if (one.error == NULL)
    return TRUE;
  g_propagate_error (error, one.error);
  return FALSE;
}
