/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

/* A chunk is 64 KiB of a file at a 64 KiB boundary; the last one of a file is shorter (never empty). DESIGN §4. */
#define SC_CHUNK_SIZE 65536u

/* The name of a chunk, of a manifest: the SHA-256 (FIPS 180-4) of its bytes. */
typedef struct {
  guint8 bytes[32];
} ScChunkId;

#define SC_CHUNK_ID_HEX_LENGTH 64

void sc_chunk_id_of (ScChunkId *id, const void *data, gsize length);

static inline gboolean
sc_chunk_id_equal (const ScChunkId *a, const ScChunkId *b)
{
  return memcmp (a->bytes, b->bytes, sizeof a->bytes) == 0;
}

/* For GHashTable; ids are uniformly distributed, so their first bytes serve. */
guint sc_chunk_id_hash (gconstpointer id);
gboolean sc_chunk_id_equal_func (gconstpointer a, gconstpointer b);

/* Writes 64 lower-case hex digits and a NUL. */
void sc_chunk_id_to_hex (const ScChunkId *id, char hex[SC_CHUNK_ID_HEX_LENGTH + 1]);
gboolean sc_chunk_id_from_hex (ScChunkId *id, const char *hex, GError **error);

/* How many chunks a file of @size bytes has, and how long chunk @index of it is (bytes). */
guint64 sc_chunk_count (guint64 size);
guint32 sc_chunk_length (guint64 size, guint64 index);

/* Whether @length bytes are all zero. */
gboolean sc_chunk_is_zero (const void *data, gsize length);

/* The id of @length (1 … SC_CHUNK_SIZE) zero bytes; the full length is computed once and cached. Thread-safe. */
void sc_chunk_id_of_zeros (ScChunkId *id, gsize length);

G_END_DECLS
