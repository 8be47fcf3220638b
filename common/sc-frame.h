/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-chunk.h"

G_BEGIN_DECLS

/* A frame is a chunk as it is stored or sent. The values are on disk and on the wire: never renumber. */
typedef enum {
  SC_ENCODING_ZERO = 0,  /* no bytes: the chunk is all zero */
  SC_ENCODING_RAW = 1,   /* the chunk itself */
  SC_ENCODING_ZSTD = 2,  /* one zstd frame (RFC 8878), content size in its header */
  SC_ENCODING_DELTA = 3, /* one zstd frame with a reference chunk, which the receiver has, as prefix */
} ScEncoding;

/* No frame is longer than its chunk: what does not compress is stored raw. */
#define SC_FRAME_MAX SC_CHUNK_SIZE

/**
 * ScFrameCoder:
 *
 * Compresses and decompresses frames; holds zstd's contexts, so keep one per thread.
 */
typedef struct _ScFrameCoder ScFrameCoder;

ScFrameCoder *sc_frame_coder_new (void);
void sc_frame_coder_free (ScFrameCoder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScFrameCoder, sc_frame_coder_free)
/* @level: zstd's (1 … 22) for what is encoded from now on. Without it that of the store, which is written once and read
 * often. */
void sc_frame_coder_set_level (ScFrameCoder *self, int level);

/**
 * sc_frame_encode:
 * @chunk: @length bytes (1 … SC_CHUNK_SIZE)
 * @reference: (nullable): @reference_length bytes for a DELTA frame; without it ZERO, RAW or ZSTD is chosen
 * @out: room for SC_FRAME_MAX bytes
 * @encoding: (out)
 *
 * Never fails: what cannot be compressed becomes RAW.
 * Returns: the frame's length in bytes (0 for ZERO)
 */
gsize sc_frame_encode (ScFrameCoder *self, const guint8 *chunk, gsize length, const guint8 *reference,
                       gsize reference_length, guint8 *out, ScEncoding *encoding);

/**
 * sc_frame_decode:
 * @encoding: from outside; anything unknown is an error
 * @chunk_length: the length that the chunk must have (1 … SC_CHUNK_SIZE)
 * @out: room for @chunk_length bytes
 *
 * Does not check the hash: the caller does, it knows the id. Errors: %SC_ERROR_CORRUPT
 */
gboolean sc_frame_decode (ScFrameCoder *self, ScEncoding encoding, const guint8 *frame, gsize length,
                          const guint8 *reference, gsize reference_length, guint8 *out, gsize chunk_length,
                          GError **error);

G_END_DECLS
