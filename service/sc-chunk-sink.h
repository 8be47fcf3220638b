/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-frame.h"
#include "service/apply/sc-apply.h"

G_BEGIN_DECLS

/*
 * Where received frames go: the four questions that the receiver and the catch-up ask of an ScApply, so that both are
 * tested without one. All functions may be called from any thread; their meaning is that of the functions of the same
 * name in sc-apply.h.
 */
typedef struct {
  gpointer object;
  gboolean (*wants) (gpointer object, const ScChunkId *id);
  GArray *(*list_wanted) (gpointer object, guint max);
  gboolean (*put_frame) (gpointer object, ScFrameCoder *coder, const ScChunkId *id, ScEncoding encoding,
                         const ScChunkId *reference, const guint8 *frame, gsize length, GError **error);
  gboolean (*is_complete) (gpointer object);
  /* (nullable): several at once */
  void (*put_frames) (gpointer object, ScFrameCoder *coder, ScApplyFrame *frames, guint n);
} ScChunkSink;

/* @apply must outlive the sink. */
void sc_chunk_sink_init_apply (ScChunkSink *self, ScApply *apply);

/* By put_frames() if there is such a function, else one after the other until one fails for good. */
void sc_chunk_sink_put_frames (const ScChunkSink *self, ScFrameCoder *coder, ScApplyFrame *frames, guint n);

G_END_DECLS
