/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/cast/sc-cast-layout.h"
#include "console/engine/session/sc-session-plan.h"

G_BEGIN_DECLS

/**
 * ScSessionReader:
 *
 * Makes the bytes of a stream's blocks from a plan, its deltas and the frames in the store. Fastest when blocks are
 * asked for in order: a frame that straddles two blocks is then read once. One thread at a time.
 */
typedef struct _ScSessionReader ScSessionReader;

/* @store: outlives the reader */
ScSessionReader *sc_session_reader_new (ScStore *store, ScSessionPlan *plan, const ScCastLayout *layout);
void sc_session_reader_free (ScSessionReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScSessionReader, sc_session_reader_free)

/**
 * sc_session_reader_read_block:
 *
 * A frame that the store's garbage collection has moved since the plan was made is looked up again.
 * Errors: those of sc_store_read_frame(); %SC_ERROR_CHANGED when a frame was stored anew in another form
 *
 * Returns: (transfer full): sc_cast_layout_block_bytes() bytes
 */
GBytes *sc_session_reader_read_block (ScSessionReader *self, guint32 block, GError **error);

G_END_DECLS
