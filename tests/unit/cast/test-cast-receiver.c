/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/cast/sc-cast-code.h"
#include "common/cast/sc-cast-receiver.h"

#include <string.h>

#define K 4u
#define SIZE 32u
#define SECOND G_GINT64_CONSTANT (1000000)

/* One plan block in window 0, then content in windows of two blocks of four symbols. */
static const ScCastLayout layout = {
  .symbol_size = SIZE, .block_symbols = K, .window_blocks = 2, .plan_length = 10, .content_length = 20 * K * SIZE
};
static const ScCastKey key = { .key = { 1 }, .tag = 7 };

typedef struct {
  ScCastReceiver *receiver;
  ScCastSealer *sealer;
  ScCastCode *code;
  guint32 counter;
  gint64 now;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer first_window)
{
  fixture->now = SECOND;
  fixture->receiver = sc_cast_receiver_new (&layout, &key, GPOINTER_TO_UINT (first_window), fixture->now);
  fixture->sealer = sc_cast_sealer_new (&key);
  fixture->code = sc_cast_code_new (SIZE);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  sc_cast_receiver_free (fixture->receiver);
  sc_cast_sealer_free (fixture->sealer);
  sc_cast_code_free (fixture->code);
}

static gboolean
send (Fixture *fixture, ScCastPacketType type, guint32 block, guint8 symbol, const guint8 *payload, gsize length)
{
  guint8 datagram[SC_CAST_HEADER_SIZE + SIZE + SC_CAST_TAG_SIZE];
  ScCastHeader header = { .type = type, .symbol = symbol, .block = block, .counter = fixture->counter++ };

  return sc_cast_receiver_receive (fixture->receiver, datagram,
                                   sc_cast_sealer_seal (fixture->sealer, &header, payload, length, datagram),
                                   fixture->now);
}

static guint8
byte_of (guint32 block, guint symbol)
{
  return (guint8) (block * 16 + symbol + 1);
}

/* Symbol i of a block is one byte SIZE times over. */
static gboolean
send_symbol (Fixture *fixture, guint32 block, guint symbol)
{
  guint n_source = sc_cast_layout_block_symbols (&layout, block);
  guint8 source[K][SIZE], payload[SIZE];
  const guint8 *pointers[K];

  for (guint i = 0; i < K; i++) {
    memset (source[i], byte_of (block, i), SIZE);
    pointers[i] = source[i];
  }
  if (symbol < n_source)
    memcpy (payload, source[symbol], SIZE);
  else
    sc_cast_code_encode (fixture->code, n_source, pointers, symbol, 1, payload);
  return send (fixture, SC_CAST_PACKET_SYMBOL, block, (guint8) symbol, payload, SIZE);
}

static void
send_block (Fixture *fixture, guint32 block)
{
  for (guint i = 0; i < sc_cast_layout_block_symbols (&layout, block); i++)
    g_assert_true (send_symbol (fixture, block, i));
}

static void
send_mark (Fixture *fixture, guint32 window, guint8 round)
{
  const guint8 payload[4] = { 0, 0, 0, round };

  g_assert_true (send (fixture, SC_CAST_PACKET_MARK, window, 0, payload, sizeof payload));
}

static void
assert_taken (Fixture *fixture, guint32 expected)
{
  g_autoptr (GBytes) bytes = NULL;
  guint32 block;

  g_assert_true (sc_cast_receiver_take_block (fixture->receiver, &block, &bytes));
  g_assert_cmpuint (block, ==, expected);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, sc_cast_layout_block_bytes (&layout, block));
  for (gsize i = 0; i < g_bytes_get_size (bytes); i++)
    g_assert_cmpuint (((const guint8 *) g_bytes_get_data (bytes, NULL))[i], ==, byte_of (block, (guint) (i / SIZE)));
}

static void
assert_none (Fixture *fixture)
{
  GBytes *bytes;
  guint32 block;

  g_assert_false (sc_cast_receiver_take_block (fixture->receiver, &block, &bytes));
}

static void
assert_report (Fixture *fixture, guint32 window, guint32 round, guint first, guint second)
{
  ScCastReport report;
  ScCastReceiverStats stats;

  g_assert_cmpint (sc_cast_receiver_get_timeout (fixture->receiver, fixture->now), ==, fixture->now);
  g_assert_true (sc_cast_receiver_poll_report (fixture->receiver, fixture->now, 5, 6, &report));
  g_assert_cmpuint (report.window, ==, window);
  g_assert_cmpuint (report.round, ==, round);
  g_assert_cmpuint (report.deficits[0], ==, first);
  g_assert_cmpuint (report.deficits[1], ==, second);
  g_assert_cmpuint (report.backlog, ==, 6);
  sc_cast_receiver_get_stats (fixture->receiver, &stats);
  /* the socket drops what others send, too */
  g_assert_cmpuint (report.dropped, ==, MIN (5, stats.lost));
  /* what it had no room for did come: it is not the network's loss, nor does it hide any of that */
  g_assert_cmpuint (report.lost, ==, stats.lost);
  g_assert_cmpuint (report.refused, ==, stats.refused);
  g_assert_cmpuint (report.received, ==, stats.packets - stats.refused);
}

static void
assert_no_report (Fixture *fixture)
{
  ScCastReport report;

  g_assert_false (sc_cast_receiver_poll_report (fixture->receiver, fixture->now, 0, 0, &report));
  g_assert_cmpint (sc_cast_receiver_get_timeout (fixture->receiver, fixture->now), ==, G_MAXINT64);
}

static void
test_in_order (Fixture *fixture, gconstpointer data)
{
  g_assert_false (sc_cast_receiver_has_heard (fixture->receiver));
  send_block (fixture, 0);
  g_assert_true (sc_cast_receiver_has_heard (fixture->receiver));
  assert_taken (fixture, 0);
  for (guint32 b = 1; b <= 20; b++) {
    g_assert_false (sc_cast_receiver_is_finished (fixture->receiver));
    send_block (fixture, b);
    assert_taken (fixture, b);
    sc_cast_receiver_release_block (fixture->receiver, b);
  }
  assert_none (fixture);
  g_assert_true (sc_cast_receiver_is_finished (fixture->receiver));
}

/* Parity first, which lies where source belongs, then source, then what comes twice. */
static void
test_repair (Fixture *fixture, gconstpointer data)
{
  ScCastReceiverStats stats;

  send_symbol (fixture, 1, 254);
  send_symbol (fixture, 1, K);
  send_symbol (fixture, 1, 0);
  send_symbol (fixture, 1, 0);
  send_symbol (fixture, 1, 254);
  assert_none (fixture);
  send_symbol (fixture, 1, 1);
  assert_taken (fixture, 1);
  send_symbol (fixture, 1, 3);
  assert_none (fixture);
  sc_cast_receiver_get_stats (fixture->receiver, &stats);
  g_assert_cmpuint (stats.duplicates, ==, 3);
  g_assert_cmpuint (stats.decoded_symbols, ==, 2);
  g_assert_cmpuint (stats.packets, ==, 7);
  g_assert_cmpuint (stats.lost, ==, 0);
}

static void
test_reports (Fixture *fixture, gconstpointer data)
{
  assert_no_report (fixture);
  send_block (fixture, 0);
  send_mark (fixture, 0, 0);
  assert_report (fixture, 0, 0, 0, 0);
  send_block (fixture, 1);
  send_symbol (fixture, 2, 0);
  send_mark (fixture, 1, 0);
  assert_report (fixture, 1, 0, 0, K - 1);
  assert_no_report (fixture);
  send_mark (fixture, 1, 0); /* for those who missed it */
  assert_no_report (fixture);
  fixture->now += SECOND;
  send_mark (fixture, 1, 0); /* our report must be lost */
  assert_report (fixture, 1, 0, 0, K - 1);
  for (guint i = 1; i < K; i++)
    send_symbol (fixture, 2, K + i);
  send_mark (fixture, 1, 1);
  assert_report (fixture, 1, 1, 0, 0);
  send_mark (fixture, 1, 0); /* of the past */
  send_mark (fixture, 1, 2); /* we have said that we lack nothing */
  assert_no_report (fixture);
  fixture->now += SECOND;
  send_mark (fixture, 1, 2); /* and the sender does not know it */
  assert_report (fixture, 1, 2, 0, 0);
}

/* A window of which nothing was heard, not even its MARK. */
static void
test_inferred (Fixture *fixture, gconstpointer data)
{
  send_symbol (fixture, 3, 0);
  send_symbol (fixture, 4, 0);
  assert_no_report (fixture); /* may have been overtaken */
  send_symbol (fixture, 3, 2);
  assert_report (fixture, 0, 0, 1, 0);
  assert_report (fixture, 1, 0, K, K);
  assert_no_report (fixture);
}

static void
test_late_join (Fixture *fixture, gconstpointer data)
{
  send_block (fixture, 1);
  assert_none (fixture);
  send_mark (fixture, 2, 0);
  assert_report (fixture, 2, 0, 0, 0);
  for (guint32 b = 7; b <= 20; b++) {
    send_block (fixture, b);
    assert_taken (fixture, b);
    sc_cast_receiver_release_block (fixture->receiver, b);
  }
  g_assert_true (sc_cast_receiver_is_finished (fixture->receiver));
}

/* A driver that does not release what it takes stops the intake, and nothing else. */
static void
test_memory (Fixture *fixture, gconstpointer data)
{
  ScCastReceiverStats stats;
  const guint32 most = SC_CAST_MAX_WINDOWS * 2;

  send_block (fixture, 0);
  for (guint32 b = 1; b < most; b++)
    send_block (fixture, b);
  for (guint32 b = 0; b < most; b++)
    assert_taken (fixture, b);
  send_block (fixture, most);
  assert_none (fixture);
  sc_cast_receiver_get_stats (fixture->receiver, &stats);
  g_assert_cmpuint (stats.refused, ==, K);
  send_mark (fixture, 4, 0);
  assert_report (fixture, 0, 0, 0, 0); /* inferred, as the next three */
  assert_report (fixture, 1, 0, 0, 0);
  assert_report (fixture, 2, 0, 0, 0);
  assert_report (fixture, 3, 0, 0, 0);
  assert_report (fixture, 4, 0, 0, K);
  sc_cast_receiver_release_block (fixture->receiver, 3);
  send_block (fixture, most);
  assert_taken (fixture, most);
}

/* The sender has given up on a window when it is SC_CAST_MAX_WINDOWS further: its memory is for others. */
static void
test_abandoned (Fixture *fixture, gconstpointer data)
{
  for (guint32 b = 1; b <= 8; b++)
    send_symbol (fixture, b, 0);
  send_block (fixture, 9); /* window 5 */
  assert_taken (fixture, 9);
  send_block (fixture, 1); /* window 1 */
  assert_none (fixture);
  g_assert_false (sc_cast_receiver_is_finished (fixture->receiver));
  g_assert_true (send (fixture, SC_CAST_PACKET_END, 0, 0, NULL, 0));
  g_assert_true (sc_cast_receiver_is_finished (fixture->receiver));
}

/* Sealed with the right key, and impossible all the same. */
static void
test_unsound (Fixture *fixture, gconstpointer data)
{
  guint8 payload[SIZE] = { 0 };
  ScCastReceiverStats stats;

  g_assert_false (send (fixture, SC_CAST_PACKET_SYMBOL, 21, 0, payload, SIZE));
  g_assert_false (send (fixture, SC_CAST_PACKET_SYMBOL, G_MAXUINT32, 0, payload, SIZE));
  g_assert_false (send (fixture, SC_CAST_PACKET_SYMBOL, 1, 255, payload, SIZE));
  g_assert_false (send (fixture, SC_CAST_PACKET_SYMBOL, 1, 0, payload, SIZE - 1));
  g_assert_false (send (fixture, SC_CAST_PACKET_MARK, 11, 0, payload, 4));
  g_assert_false (send (fixture, SC_CAST_PACKET_MARK, 1, 0, payload, 3));
  g_assert_false (send (fixture, SC_CAST_PACKET_PROBE, 0, 0, payload, 0));
  g_assert_false (send (fixture, SC_CAST_PACKET_END, 0, 0, payload, 1));
  g_assert_false (sc_cast_receiver_receive (fixture->receiver, payload, SIZE, fixture->now));
  g_assert_false (sc_cast_receiver_is_finished (fixture->receiver));
  g_assert_false (sc_cast_receiver_has_heard (fixture->receiver));
  sc_cast_receiver_get_stats (fixture->receiver, &stats);
  g_assert_cmpuint (stats.foreign, ==, 9);
  g_assert_cmpuint (stats.packets, ==, 0);
}

/* Symbols are opened where they belong: one that was altered leaves its place empty, whatever lies there now, and one
 * that comes twice does not touch what is there. */
static void
test_altered (Fixture *fixture, gconstpointer data)
{
  const gsize length = SC_CAST_HEADER_SIZE + SIZE + SC_CAST_TAG_SIZE;
  guint8 datagram[SC_CAST_HEADER_SIZE + SIZE + SC_CAST_TAG_SIZE], payload[SIZE];
  ScCastReceiverStats stats;

  memset (payload, 0xee, SIZE);
  send_symbol (fixture, 1, 0);
  for (guint i = 0; i < SC_CAST_MAX_SYMBOLS; i++) {
    ScCastHeader header = { .type = SC_CAST_PACKET_SYMBOL, .symbol = (guint8) i, .block = 1 };

    sc_cast_sealer_seal (fixture->sealer, &header, payload, SIZE, datagram);
    datagram[length - 1] ^= 1;
    g_assert_false (sc_cast_receiver_receive (fixture->receiver, datagram, length, fixture->now));
  }
  send_symbol (fixture, 1, K + 1);
  send_symbol (fixture, 1, 2);
  send_symbol (fixture, 1, 1); /* parity lay there */
  assert_taken (fixture, 1);
  sc_cast_receiver_get_stats (fixture->receiver, &stats);
  g_assert_cmpuint (stats.foreign, ==, SC_CAST_MAX_SYMBOLS);
  g_assert_cmpuint (stats.packets, ==, 4);
}

static void
test_lost (Fixture *fixture, gconstpointer data)
{
  ScCastReceiverStats stats;

  send_symbol (fixture, 1, 0);
  fixture->counter += 3;
  send_symbol (fixture, 1, 1);
  fixture->counter -= 2; /* one of the three came late */
  send_symbol (fixture, 1, 2);
  sc_cast_receiver_get_stats (fixture->receiver, &stats);
  g_assert_cmpuint (stats.lost, ==, 2);
}

static const ScCastKey second_key = { .key = { 2 }, .tag = 8 };
static const ScCastKey third_key = { .key = { 3 }, .tag = 9 };

/* What is sent from now on bears @next, counted from @counter. */
static void
seal_with (Fixture *fixture, const ScCastKey *next, guint32 counter)
{
  sc_cast_sealer_free (fixture->sealer);
  fixture->sealer = sc_cast_sealer_new (next);
  fixture->counter = counter;
}

/* Both keys until the first of the new one, which was overtaken by nothing that matters; then only the new one. */
static void
test_new_key (Fixture *fixture, gconstpointer data)
{
  ScCastReceiverStats stats;

  send_symbol (fixture, 1, 0);
  seal_with (fixture, &second_key, 0);
  g_assert_false (send_symbol (fixture, 1, 1)); /* before the order came */
  sc_cast_receiver_add_key (fixture->receiver, &second_key);
  seal_with (fixture, &key, 3);
  g_assert_true (send_symbol (fixture, 1, 2)); /* was on its way when the sender changed */
  seal_with (fixture, &second_key, 5);
  g_assert_true (send_symbol (fixture, 1, 3));
  seal_with (fixture, &key, 100);
  g_assert_false (send_symbol (fixture, 1, 1)); /* from whoever was shut out */
  assert_none (fixture);
  seal_with (fixture, &second_key, 6);
  g_assert_true (send_symbol (fixture, 1, K));
  assert_taken (fixture, 1);
  sc_cast_receiver_get_stats (fixture->receiver, &stats);
  g_assert_cmpuint (stats.packets, ==, 4);
  g_assert_cmpuint (stats.foreign, ==, 2);
  g_assert_cmpuint (stats.lost, ==, 2 + 5); /* 1 and 2 under the first key, 0 … 4 under the second */
}

/* While the sender is paused nothing comes of the new key: the old one does not stay good for that. */
static void
test_old_key_ends (Fixture *fixture, gconstpointer data)
{
  send_symbol (fixture, 1, 0);
  sc_cast_receiver_add_key (fixture->receiver, &second_key);
  fixture->now += 60 * SECOND; /* nothing at all came */
  g_assert_true (send_symbol (fixture, 1, 1));
  fixture->now += 3 * SECOND / 2;
  g_assert_true (send_symbol (fixture, 1, 2));
  fixture->now += SECOND;
  g_assert_false (send_symbol (fixture, 1, 3));
  seal_with (fixture, &second_key, 0);
  g_assert_true (send_symbol (fixture, 1, 3));
  assert_taken (fixture, 1);
}

/* Two seats are shut out one after the other: nothing of the key in between need ever come. */
static void
test_two_new_keys (Fixture *fixture, gconstpointer data)
{
  send_symbol (fixture, 1, 0);
  sc_cast_receiver_add_key (fixture->receiver, &second_key);
  sc_cast_receiver_add_key (fixture->receiver, &third_key);
  g_assert_false (send_symbol (fixture, 1, 1)); /* of the first: two keys at most are taken */
  seal_with (fixture, &second_key, 0);
  g_assert_true (send_symbol (fixture, 1, 1));
  seal_with (fixture, &third_key, 0);
  g_assert_true (send_symbol (fixture, 1, 2));
  seal_with (fixture, &second_key, 1);
  g_assert_false (send_symbol (fixture, 1, 3));
  seal_with (fixture, &third_key, 1);
  g_assert_true (send_symbol (fixture, 1, 3));
  assert_taken (fixture, 1);
}

/* It was told of the new key before it heard anything: what came before is not its loss. */
static void
test_new_key_before_first (Fixture *fixture, gconstpointer data)
{
  ScCastReceiverStats stats;

  sc_cast_receiver_add_key (fixture->receiver, &second_key);
  seal_with (fixture, &second_key, 1000);
  send_symbol (fixture, 1, 0);
  send_symbol (fixture, 1, 1);
  sc_cast_receiver_get_stats (fixture->receiver, &stats);
  g_assert_cmpuint (stats.packets, ==, 2);
  g_assert_cmpuint (stats.lost, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, first_window, function)                                                                              \
  g_test_add ("/cast/receiver/" name, Fixture, GUINT_TO_POINTER (first_window), set_up, function, tear_down)
  ADD ("in-order", 0, test_in_order);
  ADD ("repair", 0, test_repair);
  ADD ("reports", 0, test_reports);
  ADD ("inferred", 0, test_inferred);
  ADD ("late-join", 4, test_late_join);
  ADD ("memory", 0, test_memory);
  ADD ("abandoned", 0, test_abandoned);
  ADD ("unsound", 0, test_unsound);
  ADD ("altered", 0, test_altered);
  ADD ("lost", 0, test_lost);
  ADD ("new-key", 0, test_new_key);
  ADD ("old-key-ends", 0, test_old_key_ends);
  ADD ("two-new-keys", 0, test_two_new_keys);
  ADD ("new-key-before-first", 0, test_new_key_before_first);
  return g_test_run ();
}
