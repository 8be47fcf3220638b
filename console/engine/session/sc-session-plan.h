/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/session/sc-session-delta.h"

G_BEGIN_DECLS

/**
 * ScSessionPlan:
 *
 * What one session sends: the frames of the chunks that at least one seat lacks, in the order in which they lie in the
 * packs, so that the disk is read once and in order; as they are stored, or, where that saves enough, as deltas against
 * chunks that the seats have. About 72 bytes a frame. Immutable, reference-counted, usable from all threads.
 */
typedef struct _ScSessionPlan ScSessionPlan;

/**
 * sc_session_plan_new:
 * @wanted: bit i (LSB first) = chunk i of @chunks; at least one is set
 *
 * Slow for large versions (locates and sorts): not for the main thread.
 * Errors: those of sc_store_locate(); %SC_ERROR_INVALID when @wanted is of the wrong length or empty;
 * %SC_ERROR_CANCELLED
 */
ScSessionPlan *sc_session_plan_new (ScStore *store, const ScChunkIndex *chunks, GBytes *wanted,
                                    GCancellable *cancellable, GError **error);
/**
 * sc_session_plan_new_with_deltas:
 * @version: of which @chunks are
 * @holders: what the seats have; what they lack together is @wanted, or the frames that others want go as they are
 * stored
 * @limits: (nullable): sc_session_delta_limits_init()
 *
 * As sc_session_plan_new(), and looks for deltas; when that fails, the plan is made without any.
 */
ScSessionPlan *sc_session_plan_new_with_deltas (ScStore *store, const ScVersionManifest *version,
                                                const ScChunkIndex *chunks, GBytes *wanted,
                                                const ScSessionHolders *holders, const ScSessionDeltaLimits *limits,
                                                GCancellable *cancellable, GError **error);
ScSessionPlan *sc_session_plan_ref (ScSessionPlan *self);
void sc_session_plan_unref (ScSessionPlan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScSessionPlan, sc_session_plan_unref)

/* (transfer none): the ScCastPlan's bytes, and their SHA-256 */
GBytes *sc_session_plan_get_bytes (const ScSessionPlan *self);
const ScChunkId *sc_session_plan_get_id (const ScSessionPlan *self);
guint32 sc_session_plan_get_n_frames (const ScSessionPlan *self);
/* Of a frame as it is stored, also when a delta is sent instead. */
const ScStoreEntry *sc_session_plan_get_entry (const ScSessionPlan *self, guint32 index);
/* What is sent instead of the stored frame; (nullable): the stored frame is sent */
const ScSessionDelta *sc_session_plan_get_delta (const ScSessionPlan *self, guint32 index);
/* @bytes: room for @delta->length. Errors: those of the disk */
gboolean sc_session_plan_read_delta (const ScSessionPlan *self, const ScSessionDelta *delta, guint8 *bytes,
                                     GError **error);
guint32 sc_session_plan_get_n_deltas (const ScSessionPlan *self);
/* Bytes that are sent less than if all frames were sent as they are stored. */
guint64 sc_session_plan_get_delta_saved (const ScSessionPlan *self);
/* Of frame @index's first byte in the content; @index = n_frames: the content's length. */
guint64 sc_session_plan_get_offset (const ScSessionPlan *self, guint32 index);
guint64 sc_session_plan_get_content_length (const ScSessionPlan *self);
/* The frame that holds byte @offset of the content (@offset < content length). */
guint32 sc_session_plan_find_frame (const ScSessionPlan *self, guint64 offset);

G_END_DECLS
