/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/cast/sc-cast-receiver.h"

#include "tests/fuzz/fuzz.h"

#include <string.h>

/*
 * The worst a sender with the key could send: the first four bytes choose the layout, then come records of an
 * operation, a length, and as many bytes. Nothing may break, and what the receiver reports must be possible.
 */

#define IS_OF_KEYS 128u /* operations that are about keys */

static const ScCastKey keys[] = { { .key = { 1, 2, 3 }, .salt = { 4, 5, 6 }, .tag = 0x1234 },
                                  { .key = { 3, 2, 1 }, .salt = { 6, 5, 4 }, .tag = 0x4321 },
                                  { .key = { 2, 3, 1 }, .salt = { 5, 6, 4 }, .tag = 0x3412 } };

typedef struct {
  ScCastLayout layout;
  ScCastReceiver *receiver;
  ScCastSealer *sealers[G_N_ELEMENTS (keys)];
  guint sealer;  /* that the sender uses now */
  GArray *taken; /* guint32 */
  gint64 now;
} Fuzz;

static void
receive (Fuzz *fuzz, const guint8 *bytes, gsize length)
{
  g_autofree guint8 *copy = g_memdup2 (bytes, length); /* of the exact size, for the sanitizer */

  sc_cast_receiver_receive (fuzz->receiver, copy, length, fuzz->now);
}

static void
receive_sealed (Fuzz *fuzz, guint8 type, const guint8 *bytes, gsize length)
{
  guint8 payload[512] = { 0 }, datagram[SC_CAST_HEADER_SIZE + 512 + SC_CAST_TAG_SIZE];
  ScCastHeader header = { .type = (ScCastPacketType) type };
  gsize size = fuzz->layout.symbol_size;

  if (length < 3)
    return;
  header.symbol = bytes[0];
  header.block = bytes[1] == 0xff ? G_MAXUINT32 - bytes[2] : bytes[1];
  header.counter = bytes[2];
  if (type != SC_CAST_PACKET_SYMBOL)
    size = type == SC_CAST_PACKET_END ? 0 : 4;
  if (length > 250) /* a payload of the wrong length, too */
    size = length - 250;
  memcpy (payload, bytes + 3, MIN (length - 3, size));
  receive (fuzz, datagram, sc_cast_sealer_seal (fuzz->sealers[fuzz->sealer], &header, payload, size, datagram));
}

static void
take (Fuzz *fuzz)
{
  guint32 block;
  GBytes *taken;

  while (sc_cast_receiver_take_block (fuzz->receiver, &block, &taken)) {
    g_autoptr (GBytes) bytes = taken;

    g_assert_cmpuint (block, <, sc_cast_layout_n_blocks (&fuzz->layout));
    g_assert_cmpuint (g_bytes_get_size (bytes), ==, sc_cast_layout_block_bytes (&fuzz->layout, block));
    g_array_append_val (fuzz->taken, block);
  }
  g_assert_cmpuint (fuzz->taken->len, <=, SC_CAST_MAX_WINDOWS * fuzz->layout.window_blocks);
}

static void
report (Fuzz *fuzz)
{
  ScCastReport made;

  while (sc_cast_receiver_poll_report (fuzz->receiver, fuzz->now, 0, 0, &made)) {
    guint32 first, n;

    g_assert_cmpuint (made.window, <, sc_cast_layout_n_windows (&fuzz->layout));
    n = sc_cast_layout_window_blocks (&fuzz->layout, made.window, &first);
    g_assert_cmpuint (made.n_blocks, ==, n);
    for (guint32 b = 0; b < n; b++)
      g_assert_cmpuint (made.deficits[b], <=, sc_cast_layout_block_symbols (&fuzz->layout, first + b));
  }
  g_assert_cmpint (sc_cast_receiver_get_timeout (fuzz->receiver, fuzz->now), ==, G_MAXINT64);
}

static void
run_record (Fuzz *fuzz, guint8 operation, const guint8 *bytes, gsize length)
{
  switch (operation % 8) {
  case 0:
    receive (fuzz, bytes, length);
    break;
  case 1:
  case 2:
    receive_sealed (fuzz, SC_CAST_PACKET_SYMBOL, bytes, length);
    break;
  case 3:
    receive_sealed (fuzz, SC_CAST_PACKET_MARK, bytes, length);
    break;
  case 4:
    receive_sealed (fuzz, (guint8) (0x50 + operation / 8 % 6), bytes, length);
    break;
  case 5:
    if (operation >= IS_OF_KEYS)
      sc_cast_receiver_add_key (fuzz->receiver, &keys[operation / 8 % G_N_ELEMENTS (keys)]);
    else
      take (fuzz);
    break;
  case 6:
    if (operation >= IS_OF_KEYS) {
      fuzz->sealer = operation / 8 % G_N_ELEMENTS (keys);
      break;
    }
    for (guint i = 0; i < fuzz->taken->len; i++)
      sc_cast_receiver_release_block (fuzz->receiver, g_array_index (fuzz->taken, guint32, i));
    g_array_set_size (fuzz->taken, 0);
    break;
  default:
    fuzz->now += operation * 1000;
    report (fuzz);
    break;
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (ScCastReceiver) receiver = NULL;
  g_autoptr (GArray) taken = g_array_new (FALSE, FALSE, sizeof (guint32));
  Fuzz fuzz = { .taken = taken, .now = 1000000 };
  gsize at = 4;

  if (size < 4)
    return 0;
  fuzz.layout.symbol_size = 16u + data[0] % 32;
  fuzz.layout.block_symbols = 1u + data[1] % SC_CAST_MAX_SOURCE_SYMBOLS;
  fuzz.layout.window_blocks = 1u + data[2] % 4;
  fuzz.layout.plan_length = 44;
  fuzz.layout.content_length = (guint64) data[3] * 100;
  g_assert_true (sc_cast_layout_check (&fuzz.layout, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    fuzz.sealers[i] = sc_cast_sealer_new (&keys[i]);
  receiver = sc_cast_receiver_new (&fuzz.layout, &keys[0], data[0] / 64, fuzz.now);
  fuzz.receiver = receiver;
  while (at + 2 <= size) {
    guint8 operation = data[at];
    gsize length = MIN (data[at + 1], size - at - 2);

    run_record (&fuzz, operation, data + at + 2, length);
    at += 2 + length;
  }
  take (&fuzz);
  report (&fuzz);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    sc_cast_sealer_free (fuzz.sealers[i]);
  return 0;
}
