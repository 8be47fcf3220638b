/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-chunk-sink.h"

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

void
sc_chunk_sink_init_apply (ScChunkSink *self, ScApply *apply)
{
  self->object = apply;
  self->wants = apply_wants;
  self->list_wanted = apply_list_wanted;
  self->put_frame = apply_put_frame;
  self->is_complete = apply_is_complete;
}
