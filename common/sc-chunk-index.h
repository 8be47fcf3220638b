/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-chunk.h"

G_BEGIN_DECLS

/**
 * ScChunkIndex:
 *
 * An insertion-ordered set of chunk ids: each distinct id has an index 0 … n-1. About 40 bytes an id, so 1 TB of
 * chunks (16 M) fits 650 MB. Both ends build the same one of a version (sc_version_chunks_collect()), which lets a seat
 * say what it lacks in one bit a chunk. Not thread-safe while it grows.
 */
typedef struct _ScChunkIndex ScChunkIndex;

#define SC_CHUNK_INDEX_NONE G_MAXUINT32

ScChunkIndex *sc_chunk_index_new (void);
void sc_chunk_index_free (ScChunkIndex *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScChunkIndex, sc_chunk_index_free)

/* Returns: the id's index, old or new; @added (nullable) tells which */
guint32 sc_chunk_index_add (ScChunkIndex *self, const ScChunkId *id, gboolean *added);
/* Returns: the id's index, or SC_CHUNK_INDEX_NONE */
guint32 sc_chunk_index_find (const ScChunkIndex *self, const ScChunkId *id);
guint32 sc_chunk_index_size (const ScChunkIndex *self);
/* (transfer none): valid until the next sc_chunk_index_add() */
const ScChunkId *sc_chunk_index_get (const ScChunkIndex *self, guint32 index);

G_END_DECLS
