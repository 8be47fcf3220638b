/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-chunk.h"

G_BEGIN_DECLS

/*
 * What Intel's Multi-Buffer Crypto for IPsec Library does faster than OpenSSL, where it was built in: AES-128-GCM (NIST
 * SP 800-38D) of a datagram, which costs OpenSSL as much again for setting up, and SHA-256 (FIPS 180-4) of many chunks
 * at once, each in a lane of the vector registers. Use ScGcm and sc_chunk_ids_of(), which know when it pays.
 * Thread-safe.
 */

/* Whether the library is there and, asked once, gave the same answers as OpenSSL on this processor. The other functions
 * are only for when it did. */
gboolean sc_multi_buffer_is_usable (void);

/* The schedule of a key. */
typedef struct _ScMultiBufferKey ScMultiBufferKey;
ScMultiBufferKey *sc_multi_buffer_key_new (const guint8 key[16]);
void sc_multi_buffer_key_free (ScMultiBufferKey *self); /* wipes it */
/* @out: @length bytes, may be @data. @tag: (out): 16 bytes */
void sc_multi_buffer_seal (const ScMultiBufferKey *self, const guint8 nonce[12], const guint8 *header,
                           gsize header_length, const guint8 *data, gsize length, guint8 *out, guint8 *tag);
/* @tag: (out): 16 bytes: what it should be; the caller compares it */
void sc_multi_buffer_open (const ScMultiBufferKey *self, const guint8 nonce[12], const guint8 *header,
                           gsize header_length, const guint8 *data, gsize length, guint8 *out, guint8 *tag);

#define SC_MULTI_BUFFER_MAX 64u /* chunks at once */
#define SC_MULTI_BUFFER_WORTH_IT                                                                                       \
  6u /* fewer at once are faster one by one, with the processor's own SHA instructions                                 \
      */
/* The ids of @n (≤ SC_MULTI_BUFFER_MAX) chunks of 1 … SC_CHUNK_SIZE bytes. Returns: FALSE if it failed: nothing is
 * known then */
gboolean sc_multi_buffer_hash (const guint8 *const *chunks, const gsize *lengths, guint n, ScChunkId *ids);

G_END_DECLS
