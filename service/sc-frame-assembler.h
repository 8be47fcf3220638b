/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/cast/sc-cast-layout.h"
#include "common/cast/sc-cast-plan.h"

G_BEGIN_DECLS

/**
 * ScFrameAssembler:
 *
 * Makes frames of a session's blocks, which come in any order. A block is let go as soon as its bytes have been used:
 * of a frame that spans blocks the pieces are kept until the others come; pieces that wait too long are dropped, and
 * the frame is left to catch-up. Content that comes before the plan is known is held. One thread; no I/O.
 */
typedef struct _ScFrameAssembler ScFrameAssembler;

#define SC_FRAME_ASSEMBLER_MAX_PARTIAL 272u /* frames in pieces at once: at most 17 MiB */

typedef struct {
  /* A whole frame; @bytes: frame->length of them, which @owner holds: valid during the call, and as long as there is a
   * reference to it. Returns: FALSE with an error to stop */
  gboolean (*frame) (gpointer user_data, const ScCastFrame *frame, const guint8 *bytes, GBytes *owner, GError **error);
  /* The block's bytes are needed no more, but for frames of it that somebody holds. */
  void (*release) (gpointer user_data, guint32 block);
} ScFrameAssemblerFuncs;

/* @layout has passed sc_cast_layout_check(). Errors: %SC_ERROR_INVALID for a plan longer than any sound one */
ScFrameAssembler *sc_frame_assembler_new (const ScCastLayout *layout, const ScChunkId *plan_id,
                                          const ScFrameAssemblerFuncs *funcs, gpointer user_data, GError **error);
void sc_frame_assembler_free (ScFrameAssembler *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScFrameAssembler, sc_frame_assembler_free)

gboolean sc_frame_assembler_has_plan (ScFrameAssembler *self);
/* The plan from elsewhere (late join). Errors: %SC_ERROR_CORRUPT when its hash is not the order's, %SC_ERROR_INVALID,
 * and the frame function's own, for content that waited for it */
gboolean sc_frame_assembler_set_plan (ScFrameAssembler *self, GBytes *plan, GError **error);
/* Takes a block. Errors: as above, when it was the plan's last */
gboolean sc_frame_assembler_put_block (ScFrameAssembler *self, guint32 block, GBytes *bytes, GError **error);

G_END_DECLS
