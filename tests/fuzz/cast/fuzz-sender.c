/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/cast/sc-cast-sender.h"

#include "tests/fuzz/fuzz.h"

#include <string.h>

/*
 * The worst that seats could report, in any order with everything else that happens to a sender. No nonce may repeat,
 * and the session must come to its end once the seats are gone.
 */

#define IS_OF_KEYS 128u /* operations that are about keys */

static const ScCastKey key = { .key = { 1, 2, 3 }, .salt = { 4, 5, 6 }, .tag = 0x1234 };

typedef struct {
  ScCastLayout layout;
  ScCastSender *sender;
  gint64 now;
  guint32 counter; /* the next one */
  guint16 tag;     /* of the key of now */
} Fuzz;

static void
supply (Fuzz *fuzz)
{
  guint32 block;

  while (sc_cast_sender_wants_block (fuzz->sender, &block)) {
    gsize size = sc_cast_layout_block_bytes (&fuzz->layout, block);
    g_autoptr (GBytes) bytes = g_bytes_new_take (g_malloc0 (size), size);

    sc_cast_sender_supply_block (fuzz->sender, block, bytes);
  }
}

static void
send (Fuzz *fuzz, guint max)
{
  guint8 datagram[SC_CAST_HEADER_SIZE + SC_CAST_SYMBOL_SIZE_MAX + SC_CAST_TAG_SIZE];
  gsize length;

  supply (fuzz);
  for (guint i = 0; i < max && (length = sc_cast_sender_send (fuzz->sender, fuzz->now, datagram)) > 0; i++) {
    guint32 counter =
        (guint32) datagram[8] << 24 | (guint32) datagram[9] << 16 | (guint32) datagram[10] << 8 | datagram[11];

    g_assert_cmpuint (length, <=, SC_CAST_HEADER_SIZE + fuzz->layout.symbol_size + SC_CAST_TAG_SIZE);
    g_assert_cmpuint (counter, ==, fuzz->counter++);
    g_assert_cmpuint (datagram[2] << 8 | datagram[3], ==, fuzz->tag);
    supply (fuzz);
  }
}

static void
report (Fuzz *fuzz, guint8 seat, const guint8 *bytes, gsize length)
{
  ScCastReport made = { 0 };

  if (length < 4)
    return;
  made.window = bytes[0] == 0xff ? G_MAXUINT32 : bytes[0];
  made.round = bytes[1];
  made.n_blocks = bytes[2];
  made.dropped = bytes[3] >> 4;
  made.backlog = (guint64) (bytes[3] & 15) * 100;
  memcpy (made.deficits, bytes + 4, MIN (length - 4, sizeof made.deficits));
  sc_cast_sender_report (fuzz->sender, seat, &made, fuzz->now);
}

static void
change_key (Fuzz *fuzz)
{
  ScCastKey next = key;

  next.tag = (guint16) (fuzz->tag + 1);
  memcpy (next.salt, &next.tag, sizeof next.tag);
  sc_cast_sender_set_key (fuzz->sender, &next);
  fuzz->tag = next.tag;
  fuzz->counter = 0;
}

static void
run_record (Fuzz *fuzz, guint8 operation, const guint8 *bytes, gsize length)
{
  guint8 seat = operation / 8 % 4;

  switch (operation % 8) {
  case 0:
    sc_cast_sender_add_seat (fuzz->sender, seat, fuzz->now);
    break;
  case 1:
    sc_cast_sender_remove_seat (fuzz->sender, seat, fuzz->now);
    break;
  case 2:
    sc_cast_sender_heard (fuzz->sender, seat, fuzz->now);
    break;
  case 3:
    if (operation >= IS_OF_KEYS) {
      change_key (fuzz);
      break;
    }
    sc_cast_sender_set_paused (fuzz->sender, seat & 1, fuzz->now);
    break;
  case 5:
    fuzz->now += 1000 * (gint64) (1 + operation);
    send (fuzz, 50);
    break;
  default:
    report (fuzz, seat, bytes, length);
    break;
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (ScCastSender) sender = NULL;
  Fuzz fuzz = { .now = 1000000, .tag = key.tag };
  gsize at = 4;

  if (size < 4)
    return 0;
  fuzz.layout.symbol_size = 16u + data[0] % 32;
  fuzz.layout.block_symbols = 1u + data[1] % SC_CAST_MAX_SOURCE_SYMBOLS;
  fuzz.layout.window_blocks = 1u + data[2] % 4;
  fuzz.layout.plan_length = 44;
  fuzz.layout.content_length = (guint64) data[3] * 100;
  sender = sc_cast_sender_new (&fuzz.layout, &key, 100000000, fuzz.now);
  fuzz.sender = sender;
  while (at + 2 <= size) {
    guint8 operation = data[at];
    gsize length = MIN (data[at + 1], size - at - 2);

    run_record (&fuzz, operation, data + at + 2, length);
    at += 2 + length;
  }
  sc_cast_sender_set_paused (sender, FALSE, fuzz.now);
  for (guint seat = 0; seat < 4; seat++)
    sc_cast_sender_remove_seat (sender, seat, fuzz.now);
  for (guint i = 0; i < 1000 && sc_cast_sender_get_state (sender) != SC_CAST_SENDER_FINISHED; i++) {
    gint64 next = sc_cast_sender_get_timeout (sender, fuzz.now);

    g_assert_cmpint (next, <, G_MAXINT64);
    fuzz.now = MAX (next, fuzz.now);
    send (&fuzz, G_MAXUINT);
  }
  g_assert_cmpint (sc_cast_sender_get_state (sender), ==, SC_CAST_SENDER_FINISHED);
  return 0;
}
