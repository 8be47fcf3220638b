/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-multi-buffer.h"

/* Built without the library. */

gboolean
sc_multi_buffer_is_usable (void)
{
  return FALSE;
}

ScMultiBufferKey *
sc_multi_buffer_key_new (const guint8 key[16])
{
  g_return_val_if_reached (NULL);
}

void
sc_multi_buffer_key_free (ScMultiBufferKey *self)
{
}

void
sc_multi_buffer_seal (const ScMultiBufferKey *self, const guint8 nonce[12], const guint8 *header, gsize header_length,
                      const guint8 *data, gsize length, guint8 *out, guint8 *tag)
{
  g_return_if_reached ();
}

void
sc_multi_buffer_open (const ScMultiBufferKey *self, const guint8 nonce[12], const guint8 *header, gsize header_length,
                      const guint8 *data, gsize length, guint8 *out, guint8 *tag)
{
  g_return_if_reached ();
}

gboolean
sc_multi_buffer_hash (const guint8 *const *chunks, const gsize *lengths, guint n, ScChunkId *ids)
{
  return FALSE;
}
