/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-frame.h"

G_BEGIN_DECLS

/*
 * The plan lists the frames of a session in the order in which their bytes follow one another in the content. It is
 * sent first on the same stream; its SHA-256 comes with the order. Little-endian: magic "SCPL", u32 n_frames, then
 * per frame u32 (encoding << 28 | length), the chunk id, and for DELTA the id of the reference chunk. ZERO frames never
 * occur.
 */
#define SC_CAST_PLAN_MAX_FRAMES (32u * 1024 * 1024)

typedef struct {
  ScChunkId id;
  ScEncoding encoding;
  guint32 length;      /* bytes, ≤ SC_FRAME_MAX */
  guint64 offset;      /* of its first byte in the content */
  ScChunkId reference; /* only with SC_ENCODING_DELTA */
} ScCastFrame;

typedef struct _ScCastPlan ScCastPlan;

/* Errors: %SC_ERROR_INVALID. @bytes are checked whole; frames' offsets are computed. */
ScCastPlan *sc_cast_plan_parse (GBytes *bytes, GError **error);
void sc_cast_plan_free (ScCastPlan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScCastPlan, sc_cast_plan_free)
guint32 sc_cast_plan_get_n_frames (const ScCastPlan *self);
void sc_cast_plan_get_frame (const ScCastPlan *self, guint32 index, ScCastFrame *frame);
guint64 sc_cast_plan_get_content_length (const ScCastPlan *self);
/* The frame that holds byte @offset of the content (@offset < content length). */
guint32 sc_cast_plan_find_frame (const ScCastPlan *self, guint64 offset);

typedef struct _ScCastPlanBuilder ScCastPlanBuilder;
ScCastPlanBuilder *sc_cast_plan_builder_new (void);
void sc_cast_plan_builder_free (ScCastPlanBuilder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScCastPlanBuilder, sc_cast_plan_builder_free)
/* @reference: (nullable) */
void sc_cast_plan_builder_add (ScCastPlanBuilder *self, const ScChunkId *id, ScEncoding encoding, guint32 length,
                               const ScChunkId *reference);
/* Returns: (transfer full): the plan's bytes; the builder is empty afterwards */
GBytes *sc_cast_plan_builder_end (ScCastPlanBuilder *self);

G_END_DECLS
