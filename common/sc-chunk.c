/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-chunk.h"

#include "common/sc-error.h"

#include <openssl/sha.h>

void
sc_chunk_id_of (ScChunkId *id, const void *data, gsize length)
{
  SHA256 (data, length, id->bytes);
}

guint
sc_chunk_id_hash (gconstpointer id)
{
  guint hash;

  memcpy (&hash, id, sizeof hash);
  return hash;
}

gboolean
sc_chunk_id_equal_func (gconstpointer a, gconstpointer b)
{
  return sc_chunk_id_equal (a, b);
}

void
sc_chunk_id_to_hex (const ScChunkId *id, char hex[SC_CHUNK_ID_HEX_LENGTH + 1])
{
  static const char digits[] = "0123456789abcdef";

  for (gsize i = 0; i < sizeof id->bytes; i++) {
    hex[2 * i] = digits[id->bytes[i] >> 4];
    hex[2 * i + 1] = digits[id->bytes[i] & 15];
  }
  hex[SC_CHUNK_ID_HEX_LENGTH] = '\0';
}

gboolean
sc_chunk_id_from_hex (ScChunkId *id, const char *hex, GError **error)
{
  gsize length = strlen (hex);
  gboolean valid = length == SC_CHUNK_ID_HEX_LENGTH;

  for (gsize i = 0; valid && i < length; i++)
    valid = g_ascii_isxdigit (hex[i]);
  if (!valid) {
    g_autofree char *shown = sc_error_excerpt (hex);

    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "“%s” is not a SHA-256 in 64 hexadecimal digits", shown);
    return FALSE;
  }
  for (gsize i = 0; i < sizeof id->bytes; i++)
    id->bytes[i] = (guint8) (g_ascii_xdigit_value (hex[2 * i]) << 4 | g_ascii_xdigit_value (hex[2 * i + 1]));
  return TRUE;
}

guint64
sc_chunk_count (guint64 size)
{
  return size / SC_CHUNK_SIZE + (size % SC_CHUNK_SIZE != 0);
}

guint32
sc_chunk_length (guint64 size, guint64 index)
{
  guint64 start = index * SC_CHUNK_SIZE;

  g_return_val_if_fail (start < size, 0);

  return (guint32) MIN (size - start, SC_CHUNK_SIZE);
}

gboolean
sc_chunk_is_zero (const void *data, gsize length)
{
  const guint8 *bytes = data;

  /* comparing the data with itself, one byte further on, lets memcmp use the widest registers */
  return length == 0 || (bytes[0] == 0 && memcmp (bytes, bytes + 1, length - 1) == 0);
}

static const guint8 zeros[SC_CHUNK_SIZE];

static gpointer
make_full_zero_id (gpointer data)
{
  static ScChunkId id;

  sc_chunk_id_of (&id, zeros, sizeof zeros);
  return &id;
}

void
sc_chunk_id_of_zeros (ScChunkId *id, gsize length)
{
  static GOnce once = G_ONCE_INIT;

  g_return_if_fail (length > 0 && length <= SC_CHUNK_SIZE);

  if (length == SC_CHUNK_SIZE)
    *id = *(const ScChunkId *) g_once (&once, make_full_zero_id, NULL);
  else
    sc_chunk_id_of (id, zeros, length);
}
