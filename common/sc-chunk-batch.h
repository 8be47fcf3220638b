/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-chunk.h"

G_BEGIN_DECLS

/* Chunks worth gathering for sc_chunk_ids_of(): as many as the widest processors have lanes. */
#define SC_CHUNK_BATCH 16u

/* The ids of @n chunks of 1 … SC_CHUNK_SIZE bytes, as sc_chunk_id_of() gives them one by one; several at once are up to
 * three times as fast where sc-multi-buffer.h is usable. Thread-safe. */
void sc_chunk_ids_of (const guint8 *const *chunks, const gsize *lengths, guint n, ScChunkId *ids);

G_END_DECLS
