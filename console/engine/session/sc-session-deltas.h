/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/store/sc-store.h"

G_BEGIN_DECLS

/**
 * ScSessionDeltas:
 *
 * The frames of one session that are sent as zstd against a reference chunk: which ones, and their bytes, since these
 * are read again and again and are not in the store. Up to SC_SESSION_DELTAS_MEMORY bytes are kept in memory, what is
 * more in a nameless file in the store's directory. About 48 bytes a frame besides. Filled by one thread at a time;
 * once sealed it never changes and is usable from all threads.
 */
typedef struct _ScSessionDeltas ScSessionDeltas;

#define SC_SESSION_DELTAS_MEMORY (64u * 1024 * 1024) /* bytes */

typedef struct {
  guint32 frame;  /* its number in the plan */
  guint32 length; /* bytes of the frame, 1 … SC_FRAME_MAX */
  guint64 place;  /* where its bytes are kept; internal */
  ScChunkId reference;
} ScSessionDelta;

/* @store: outlives the filling only. @memory: bytes that are kept there */
ScSessionDeltas *sc_session_deltas_new (ScStore *store, gsize memory);
void sc_session_deltas_free (ScSessionDeltas *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScSessionDeltas, sc_session_deltas_free)
/* @saved: bytes less than the stored frame, the reference's id in the plan counted. Frames come in any order, each at
 * most once. Errors: those of the disk; the frame is then not added */
gboolean sc_session_deltas_add (ScSessionDeltas *self, guint32 frame, const ScChunkId *reference, const guint8 *bytes,
                                gsize length, guint64 saved, GError **error);
/* Nothing is added any more. */
void sc_session_deltas_seal (ScSessionDeltas *self);

guint32 sc_session_deltas_get_n (const ScSessionDeltas *self);
guint64 sc_session_deltas_get_saved (const ScSessionDeltas *self); /* bytes */
/* (nullable) (transfer none): NULL: the frame is sent as it is stored. Only once sealed. */
const ScSessionDelta *sc_session_deltas_find (const ScSessionDeltas *self, guint32 frame);
/* @bytes: room for @delta->length. Errors: those of the disk */
gboolean sc_session_deltas_read (ScSessionDeltas *self, const ScSessionDelta *delta, guint8 *bytes, GError **error);

G_END_DECLS
