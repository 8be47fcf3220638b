/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-chunk-sink.h"

#include "common/sc-error.h"

static gboolean
apply_wants (gpointer object, const ScChunkId *id)
{
  return sc_apply_wants (object, id);
}

static GArray *
apply_list_wanted (gpointer object, guint max)
{
  return sc_apply_list_wanted (object, max);
}

static gboolean
apply_put_frame (gpointer object, ScFrameCoder *coder, const ScChunkId *id, ScEncoding encoding,
                 const ScChunkId *reference, const guint8 *frame, gsize length, GError **error)
{
  return sc_apply_put_frame (object, coder, id, encoding, reference, frame, length, error);
}

static gboolean
apply_is_complete (gpointer object)
{
  return sc_apply_is_complete (object);
}

static void
apply_put_frames (gpointer object, ScFrameCoder *coder, ScApplyFrame *frames, guint n)
{
  sc_apply_put_frames (object, coder, frames, n);
}

void
sc_chunk_sink_init_apply (ScChunkSink *self, ScApply *apply)
{
  self->object = apply;
  self->wants = apply_wants;
  self->list_wanted = apply_list_wanted;
  self->put_frame = apply_put_frame;
  self->is_complete = apply_is_complete;
  self->put_frames = apply_put_frames;
}

void
sc_chunk_sink_put_frames (const ScChunkSink *self, ScFrameCoder *coder, ScApplyFrame *frames, guint n)
{
  if (self->put_frames != NULL) {
    self->put_frames (self->object, coder, frames, n);
    return;
  }
  for (guint i = 0; i < n; i++) {
    ScApplyFrame *frame = &frames[i];

    if (!self->put_frame (self->object, coder, &frame->id, frame->encoding, frame->reference, frame->bytes,
                          frame->length, &frame->error) &&
        !g_error_matches (frame->error, SC_ERROR, SC_ERROR_CORRUPT) &&
        !g_error_matches (frame->error, SC_ERROR, SC_ERROR_NOT_FOUND))
      return;
  }
}
