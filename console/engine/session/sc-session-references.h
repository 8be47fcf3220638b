/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/session/sc-session-holders.h"
#include "console/engine/store/sc-store.h"

G_BEGIN_DECLS

/**
 * ScSessionReferences:
 *
 * The chunks that the seats of a session have now of those templates that they lack something of: what frames can refer
 * to. Chunks of zeros are left out. About 49 bytes a chunk. Immutable.
 */
typedef struct _ScSessionReferences ScSessionReferences;

/* @chunks: of @version; @holders: outlives it. A template that the store has no more of is left out. Errors: those of
 * the store */
ScSessionReferences *sc_session_references_new (ScStore *store, const ScVersionManifest *version,
                                                const ScChunkIndex *chunks, const ScSessionHolders *holders,
                                                GError **error);
void sc_session_references_free (ScSessionReferences *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScSessionReferences, sc_session_references_free)
guint32 sc_session_references_get_n (const ScSessionReferences *self);
/* Returns: the chunk's number, or SC_CHUNK_INDEX_NONE */
guint32 sc_session_references_find (const ScSessionReferences *self, const ScChunkId *id);
/* Returns: the number of the chunk that lies, at the seats, where chunk @chunk of the version goes;
 * SC_CHUNK_INDEX_NONE: none that all of them have */
guint32 sc_session_references_find_same (const ScSessionReferences *self, guint32 chunk);
/* Whether all seats that want chunk @chunk of the version say that they have chunk @number. */
gboolean sc_session_references_are_held (const ScSessionReferences *self, guint32 number, guint32 chunk);
/* Whether they still have it when the frame comes, wherever it lies: what a seat overwrites and does not keep may be
 * gone by then. What lies at the very place where the frame goes is there in any case. */
gboolean sc_session_references_serves (const ScSessionReferences *self, guint32 number, guint32 chunk);
/* (element-type ScChunkId) (transfer full): at most @max, those first that lie where something changes */
GArray *sc_session_references_choose (const ScSessionReferences *self, guint32 max);

G_END_DECLS
