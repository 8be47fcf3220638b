/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/cast/sc-cast-packet.h"

#include "tests/fuzz/fuzz.h"

#include <string.h>

/*
 * The input: as it is a datagram; then the place and the bits of a change, a header and a payload of a datagram that is
 * sealed with the key, opened, changed, and opened again.
 */

#define CHANGE_SIZE 3u
#define MAX_DATAGRAM (SC_CAST_HEADER_SIZE + SC_CAST_SYMBOL_SIZE_MAX + SC_CAST_TAG_SIZE)

static const ScCastKey key = { .key = { 1, 2, 3 }, .salt = { 4, 5, 6 }, .tag = 0x1234 };

/* Returns: FALSE, or what was opened lies within its bounds */
static gboolean
open_datagram (ScCastSealer *sealer, const guint8 *bytes, gsize size, ScCastHeader *header, GByteArray *payload)
{
  gsize room = size > SC_CAST_HEADER_SIZE + SC_CAST_TAG_SIZE ? size - SC_CAST_HEADER_SIZE - SC_CAST_TAG_SIZE : 0;
  g_autofree guint8 *copy = g_memdup2 (bytes, size); /* both of the exact size, for the sanitizer */
  gsize length = 0;

  g_byte_array_set_size (payload, 0);
  g_autofree guint8 *opened = g_malloc (room);
  if (!sc_cast_sealer_open (sealer, copy, size, header, opened, &length))
    return FALSE;
  g_assert_cmpuint (length, ==, room);
  g_assert_cmpuint (header->type, >=, SC_CAST_PACKET_SYMBOL);
  g_assert_cmpuint (header->type, <=, SC_CAST_PACKET_END);
  g_byte_array_append (payload, opened, (guint) length);
  return TRUE;
}

static void
seal_and_change (ScCastSealer *sealer, const guint8 *change, const guint8 *bytes, gsize size)
{
  guint8 datagram[MAX_DATAGRAM];
  ScCastHeader header = { .type = SC_CAST_PACKET_SYMBOL + bytes[0] % 4, .symbol = bytes[1] }, found;
  gsize length = MIN (size - SC_CAST_HEADER_SIZE, SC_CAST_SYMBOL_SIZE_MAX), sealed, at;
  g_autoptr (GByteArray) payload = g_byte_array_new ();

  memcpy (&header.block, bytes + 4, sizeof header.block);
  memcpy (&header.counter, bytes + 8, sizeof header.counter);
  sealed = sc_cast_sealer_seal (sealer, &header, bytes + SC_CAST_HEADER_SIZE, length, datagram);
  g_assert_true (open_datagram (sealer, datagram, sealed, &found, payload));
  g_assert_cmpmem (payload->data, payload->len, bytes + SC_CAST_HEADER_SIZE, length);
  g_assert_cmpuint (found.type, ==, header.type);
  g_assert_cmpuint (found.symbol, ==, header.symbol);
  g_assert_cmpuint (found.block, ==, header.block);
  g_assert_cmpuint (found.counter, ==, header.counter);

  at = (gsize) (change[0] << 8 | change[1]) % sealed;
  datagram[at] ^= change[2];
  if (change[2] != 0)
    g_assert_false (open_datagram (sealer, datagram, sealed, &found, payload));
  /* and a piece of it is none */
  datagram[at] ^= change[2];
  g_assert_false (open_datagram (sealer, datagram, at, &found, payload));
}

/* What is foreign or changed anywhere is not opened, and what was sealed comes out as it went in. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (ScCastSealer) sealer = sc_cast_sealer_new (&key);
  g_autoptr (GByteArray) payload = g_byte_array_new ();
  ScCastHeader header;

  if (open_datagram (sealer, data, size, &header, payload))
    g_assert_cmpuint (payload->len, <=, SC_CAST_SYMBOL_SIZE_MAX);
  if (size >= CHANGE_SIZE + SC_CAST_HEADER_SIZE)
    seal_and_change (sealer, data, data + CHANGE_SIZE, size - CHANGE_SIZE);
  return 0;
}
