/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-chunk.h"

G_BEGIN_DECLS

/**
 * ScSessionSketch:
 *
 * What a chunk's content is told by when similar chunks are looked for: hashes of the 64-byte pieces at places that the
 * content itself chooses, about one in 2,048, so that content which has moved within a chunk, or into another one, is
 * found again. The rolling hash is that of FastCDC (Xia et al., "FastCDC", USENIX ATC 2016, "gear hash"). Chunks that
 * share features very likely share content; chunks that share none may still do, if it is little.
 */
#define SC_SESSION_SKETCH_MAX 47u

typedef struct {
  guint32 n;
  guint32 features[SC_SESSION_SKETCH_MAX];
} ScSessionSketch;

/* @length: 1 … SC_CHUNK_SIZE. Pure; about 1 GB/s. */
void sc_session_sketch_of (ScSessionSketch *self, const guint8 *chunk, gsize length);

/**
 * ScSessionSketchIndex:
 *
 * Finds the chunks that share most features with one. At most 4 chunks are kept for each feature, the first that were
 * added. 8 to 16 bytes a feature. Reading is safe from several threads while nothing is added.
 */
typedef struct _ScSessionSketchIndex ScSessionSketchIndex;

typedef struct {
  guint32 chunk;
  guint32 votes; /* features in common */
} ScSessionSketchMatch;

/* @n_features: no more than these can be added; the rest is left out */
ScSessionSketchIndex *sc_session_sketch_index_new (gsize n_features);
void sc_session_sketch_index_free (ScSessionSketchIndex *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScSessionSketchIndex, sc_session_sketch_index_free)
/* @chunk: any number but G_MAXUINT32 */
void sc_session_sketch_index_add (ScSessionSketchIndex *self, guint32 chunk, const ScSessionSketch *sketch);

#define SC_SESSION_SKETCH_MAX_MATCHES (4u * SC_SESSION_SKETCH_MAX)
/* @matches: room for SC_SESSION_SKETCH_MAX_MATCHES. Returns: how many there are; most votes first, then lowest number
 */
guint sc_session_sketch_index_find (const ScSessionSketchIndex *self, const ScSessionSketch *sketch,
                                    ScSessionSketchMatch *matches);

G_END_DECLS
