/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-chunk-batch.h"

#include "common/sc-multi-buffer.h"

void
sc_chunk_ids_of (const guint8 *const *chunks, const gsize *lengths, guint n, ScChunkId *ids)
{
  for (guint i = 0; i < n;) {
    guint some = MIN (n - i, SC_CHUNK_BATCH);

    if (some < SC_MULTI_BUFFER_WORTH_IT || !sc_multi_buffer_is_usable () ||
        !sc_multi_buffer_hash (chunks + i, lengths + i, some, ids + i))
      for (guint j = i; j < i + some; j++)
        sc_chunk_id_of (&ids[j], chunks[j], lengths[j]);
    i += some;
  }
}
