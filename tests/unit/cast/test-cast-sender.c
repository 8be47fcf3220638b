/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/cast/sc-cast-seats.h"
#include "common/cast/sc-cast-sender.h"

#include <string.h>

#define K 4u
#define SIZE 32u
#define SECOND G_GINT64_CONSTANT (1000000)

/* One plan block of one symbol in window 0, then 10 windows of two blocks of four symbols. */
static const ScCastLayout layout = {
  .symbol_size = SIZE, .block_symbols = K, .window_blocks = 2, .plan_length = 10, .content_length = 20 * K * SIZE
};
static const ScCastKey key = { .key = { 1 }, .tag = 7 };

typedef struct {
  ScCastSender *sender;
  ScCastSealer *sealer;
  gint64 now;
  ScCastHeader header;
  guint8 payload[SIZE];
  gsize length;
  guint32 next_counter;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->now = SECOND;
  fixture->sender = sc_cast_sender_new (&layout, &key, 1000000000, fixture->now);
  fixture->sealer = sc_cast_sealer_new (&key);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  sc_cast_sender_free (fixture->sender);
  sc_cast_sealer_free (fixture->sealer);
}

static void
supply (Fixture *fixture)
{
  guint32 block;

  while (sc_cast_sender_wants_block (fixture->sender, &block)) {
    gsize size = sc_cast_layout_block_bytes (&layout, block);
    g_autoptr (GBytes) bytes = g_bytes_new_take (g_malloc0 (size), size);

    sc_cast_sender_supply_block (fixture->sender, block, bytes);
  }
}

/* The next datagram that is due now; FALSE: none */
static gboolean
next (Fixture *fixture)
{
  guint8 datagram[SC_CAST_HEADER_SIZE + SC_CAST_SYMBOL_SIZE_MAX + SC_CAST_TAG_SIZE];
  gsize length = sc_cast_sender_send (fixture->sender, fixture->now, datagram);

  if (length == 0)
    return FALSE;
  g_assert_true (
      sc_cast_sealer_open (fixture->sealer, datagram, length, &fixture->header, fixture->payload, &fixture->length));
  g_assert_cmpuint (fixture->header.counter, ==, fixture->next_counter++);
  return TRUE;
}

/* Lets time pass as long as the sender says that nothing is due. */
static void
wait_next (Fixture *fixture)
{
  while (!next (fixture)) {
    gint64 timeout = sc_cast_sender_get_timeout (fixture->sender, fixture->now);

    g_assert_cmpint (timeout, <, G_MAXINT64);
    g_assert_cmpint (timeout, >, fixture->now);
    fixture->now = timeout;
  }
}

/* Time passes in which the driver only looks what is to be done. */
static void
pass_until (Fixture *fixture, gint64 until)
{
  while (fixture->now < until) {
    fixture->now = MIN (until, fixture->now + SC_CAST_CALL_TIME);
    sc_cast_sender_get_timeout (fixture->sender, fixture->now);
  }
}

static void
assert_symbol (Fixture *fixture, guint32 block, guint symbol)
{
  wait_next (fixture);
  g_assert_cmpint (fixture->header.type, ==, SC_CAST_PACKET_SYMBOL);
  g_assert_cmpuint (fixture->header.block, ==, block);
  g_assert_cmpuint (fixture->header.symbol, ==, symbol);
  g_assert_cmpuint (fixture->length, ==, SIZE);
}

static void
assert_mark (Fixture *fixture, guint32 window, guint round)
{
  wait_next (fixture);
  g_assert_cmpint (fixture->header.type, ==, SC_CAST_PACKET_MARK);
  g_assert_cmpuint (fixture->header.block, ==, window);
  g_assert_cmpuint (fixture->length, ==, 4);
  g_assert_cmpuint (fixture->payload[3], ==, round);
}

static void
report (Fixture *fixture, guint32 seat, guint32 window, guint32 round, guint first, guint second)
{
  ScCastReport made = { .window = window, .round = round, .n_blocks = window == 0 ? 1 : 2 };

  made.deficits[0] = (guint8) first;
  made.deficits[1] = (guint8) second;
  sc_cast_sender_report (fixture->sender, seat, &made, fixture->now);
}

/* Two seats, heard; the plan's window is sent and marked. */
static void
start (Fixture *fixture)
{
  for (guint32 seat = 0; seat < 2; seat++) {
    g_assert_cmpuint (sc_cast_sender_add_seat (fixture->sender, seat, fixture->now), ==, 0);
    sc_cast_sender_heard (fixture->sender, seat, fixture->now);
  }
  supply (fixture);
  assert_symbol (fixture, 0, 0);
  assert_mark (fixture, 0, 0);
}

static void
assert_source (Fixture *fixture, guint32 window)
{
  for (guint i = 0; i < K; i++) {
    assert_symbol (fixture, 2 * window - 1, i);
    assert_symbol (fixture, 2 * window, i);
  }
  assert_mark (fixture, window, 0);
}

static void
test_probing (Fixture *fixture, gconstpointer data)
{
  sc_cast_sender_add_seat (fixture->sender, 1, fixture->now);
  sc_cast_sender_add_seat (fixture->sender, 2, fixture->now);
  supply (fixture);
  for (guint i = 0; i < 5; i++) {
    wait_next (fixture);
    g_assert_cmpint (fixture->header.type, ==, SC_CAST_PACKET_PROBE);
    g_assert_cmpuint (fixture->payload[3], ==, i);
  }
  g_assert_cmpint (sc_cast_sender_get_state (fixture->sender), ==, SC_CAST_SENDER_PROBING);
  sc_cast_sender_heard (fixture->sender, 2, fixture->now);
  pass_until (fixture, SECOND + SC_CAST_PROBE_TIME - 1);
  g_assert_true (next (fixture));
  g_assert_cmpint (fixture->header.type, ==, SC_CAST_PACKET_PROBE);
  fixture->now++;
  assert_symbol (fixture, 0, 0);
  g_assert_cmpint (sc_cast_sender_get_seat_state (fixture->sender, 1), ==, SC_CAST_SEAT_UNHEARD);
  g_assert_cmpint (sc_cast_sender_get_seat_state (fixture->sender, 2), ==, SC_CAST_SEAT_ACTIVE);
}

/* Symbols are interleaved over the window, repairs are fresh parity and as many as the worst off needs. */
static void
test_rounds (Fixture *fixture, gconstpointer data)
{
  ScCastSeatFigures figures;

  start (fixture);
  assert_source (fixture, 1);
  report (fixture, 0, 1, 0, 1, 0);
  report (fixture, 1, 1, 0, 2, 1);
  assert_symbol (fixture, 1, K);
  assert_symbol (fixture, 2, K);
  assert_symbol (fixture, 1, K + 1);
  assert_mark (fixture, 1, 1);
  report (fixture, 0, 1, 1, 0, 0);
  report (fixture, 1, 1, 1, 1, 0);
  assert_symbol (fixture, 1, K + 2);
  assert_mark (fixture, 1, 2);
  report (fixture, 1, 1, 2, 0, 0);
  sc_cast_sender_get_seat_figures (fixture->sender, 0, &figures);
  g_assert_cmpuint (figures.repairs, ==, 1);
  sc_cast_sender_get_seat_figures (fixture->sender, 1, &figures);
  g_assert_cmpuint (figures.repairs, ==, 4);
  assert_source (fixture, 2);
}

/* What a seat says that cannot be true, or is of the past, changes nothing. */
static void
test_unsound_reports (Fixture *fixture, gconstpointer data)
{
  ScCastReport wrong = { .window = 1, .round = 0, .n_blocks = 1 };

  start (fixture);
  assert_source (fixture, 1);
  report (fixture, 0, 1, 0, 1, 1);
  report (fixture, 1, 1, 1, 1, 0);           /* a round that is not */
  report (fixture, 1, 1, 0, K + 1, 0);       /* more than there is */
  report (fixture, 1, G_MAXUINT32, 0, 1, 0); /* a window that is not */
  report (fixture, 1, 6, 0, 0, 0);           /* one that is not sent yet */
  report (fixture, 7, 1, 0, K, K);           /* a seat that is not */
  sc_cast_sender_report (fixture->sender, 1, &wrong, fixture->now);
  assert_source (fixture, 2); /* and window 1's round is still open */
  report (fixture, 1, 1, 0, 0, 0);
  assert_symbol (fixture, 1, K);
  report (fixture, 0, 1, 0, K, K); /* stale */
  assert_symbol (fixture, 2, K);
  assert_mark (fixture, 1, 1);
}

/* Parity is used up at last: everything is sent over again, in order. */
static void
test_wrap (Fixture *fixture, gconstpointer data)
{
  guint symbol = K, round = 0;

  start (fixture);
  sc_cast_sender_remove_seat (fixture->sender, 1, fixture->now);
  assert_source (fixture, 1);
  while (round < 70) {
    report (fixture, 0, 1, round++, K, 0);
    for (guint i = 0; i < K; i++) {
      do /* the other windows' packets come between */
        wait_next (fixture);
      while (fixture->header.type != SC_CAST_PACKET_SYMBOL || fixture->header.block != 1);
      g_assert_cmpuint (fixture->header.symbol, ==, symbol);
      symbol = (symbol + 1) % SC_CAST_MAX_SYMBOLS;
    }
    do
      wait_next (fixture);
    while (fixture->header.type != SC_CAST_PACKET_MARK || fixture->header.block != 1 || fixture->payload[3] != round);
  }
}

/* The sender does not run away from a seat that has not reported, and asks it again ever more rarely; then it gives
 * it up. */
static void
test_window_bound (Fixture *fixture, gconstpointer data)
{
  guint32 block, windows = 0, marks = 0;
  gint64 begin;

  start (fixture);
  begin = fixture->now;
  while (sc_cast_sender_get_seat_state (fixture->sender, 1) == SC_CAST_SEAT_ACTIVE) {
    g_assert_false (sc_cast_sender_wants_block (fixture->sender, &block));
    if (!next (fixture)) {
      fixture->now = MIN (sc_cast_sender_get_timeout (fixture->sender, fixture->now), fixture->now + SECOND);
    } else if (fixture->header.type == SC_CAST_PACKET_SYMBOL) {
      windows = MAX (windows, sc_cast_layout_block_window (&layout, fixture->header.block));
    } else {
      marks += fixture->header.block == 0;
      report (fixture, 0, fixture->header.block, 0, 0, 0);
    }
  }
  g_assert_cmpuint (windows, ==, SC_CAST_MAX_WINDOWS - 1);
  g_assert_cmpint (sc_cast_sender_get_seat_state (fixture->sender, 1), ==, SC_CAST_SEAT_SILENT);
  /* the other one waited for no longer than a seat may cost it */
  g_assert_cmpint (fixture->now - begin, >=, SC_CAST_PATIENCE_MIN);
  g_assert_cmpint (fixture->now - begin, <, SC_CAST_PATIENCE_MIN + 2 * SECOND);
  g_assert_cmpuint (marks, >=, 4);
  g_assert_cmpuint (marks, <, 20);
  g_assert_true (sc_cast_sender_wants_block (fixture->sender, &block));
}

static void
test_remove_awaited (Fixture *fixture, gconstpointer data)
{
  start (fixture);
  assert_source (fixture, 1);
  report (fixture, 0, 1, 0, 1, 0);
  sc_cast_sender_remove_seat (fixture->sender, 1, fixture->now);
  assert_symbol (fixture, 1, K);
  sc_cast_sender_remove_seat (fixture->sender, 1, fixture->now); /* twice */
  sc_cast_sender_remove_seat (fixture->sender, 9, fixture->now); /* unknown */
  g_assert_cmpint (sc_cast_sender_get_seat_state (fixture->sender, 1), ==, SC_CAST_SEAT_REMOVED);
}

static void
test_late_join (Fixture *fixture, gconstpointer data)
{
  start (fixture);
  assert_symbol (fixture, 1, 0);
  g_assert_cmpuint (sc_cast_sender_add_seat (fixture->sender, 5, fixture->now), ==, 2);
  g_assert_cmpuint (sc_cast_sender_add_seat (fixture->sender, 5, fixture->now), ==, 2);
  report (fixture, 0, 0, 0, 0, 0);
  report (fixture, 1, 0, 0, 0, 0);
  for (guint i = 0; i < 2 * K - 1; i++)
    wait_next (fixture);
  assert_mark (fixture, 1, 0);
  report (fixture, 0, 1, 0, 0, 0);
  report (fixture, 1, 1, 0, 0, 0); /* it is not waited for */
  assert_source (fixture, 2);
  report (fixture, 0, 2, 0, 0, 0);
  report (fixture, 1, 2, 0, 0, 0);
  report (fixture, 5, 2, 0, 0, 2); /* now it is */
  assert_symbol (fixture, 4, K);
}

/* Who comes when the probe is nearly over cannot have answered it. */
static void
test_join_at_the_probes_end (Fixture *fixture, gconstpointer data)
{
  sc_cast_sender_add_seat (fixture->sender, 1, fixture->now);
  supply (fixture);
  pass_until (fixture, SECOND + SC_CAST_PROBE_TIME - SECOND / 10);
  sc_cast_sender_add_seat (fixture->sender, 2, fixture->now);
  fixture->now += SECOND / 10;
  while (fixture->header.type != SC_CAST_PACKET_SYMBOL)
    wait_next (fixture);
  g_assert_cmpint (sc_cast_sender_get_seat_state (fixture->sender, 1), ==, SC_CAST_SEAT_UNHEARD);
  g_assert_cmpint (sc_cast_sender_get_seat_state (fixture->sender, 2), ==, SC_CAST_SEAT_ACTIVE);
}

/* For @time only seat 0 reports; the driver calls as often as it is to. @heard: and says that all reports are in */
static void
wait_for_seat_1 (Fixture *fixture, gint64 time, gboolean heard)
{
  for (gint64 end = fixture->now + time; fixture->now < end; fixture->now += SECOND / 100) {
    if (heard)
      sc_cast_sender_note_heard (fixture->sender, fixture->now);
    supply (fixture);
    while (next (fixture)) {
      if (fixture->header.type == SC_CAST_PACKET_MARK)
        report (fixture, 0, fixture->header.block, 0, 0, 0);
    }
  }
}

static void
assert_state_of_1 (Fixture *fixture, ScCastSeatState state)
{
  g_assert_cmpint (sc_cast_sender_get_seat_state (fixture->sender, 1), ==, state);
}

/* The driver itself does not run for a while, be it short or long: no seat is charged for that. */
static void
test_own_stillness (Fixture *fixture, gconstpointer data)
{
  ScCastSeatFigures figures;

  start (fixture);
  report (fixture, 0, 0, 0, 0, 0);
  wait_for_seat_1 (fixture, SECOND / 5, FALSE); /* all that can be sent is */
  for (guint i = 0; i < 5; i++) {
    fixture->now += SECOND / 5 + i * SECOND;
    wait_for_seat_1 (fixture, SECOND / 100, FALSE);
  }
  assert_state_of_1 (fixture, SC_CAST_SEAT_ACTIVE);
  sc_cast_sender_get_seat_figures (fixture->sender, 1, &figures);
  g_assert_cmpint (figures.waited, <, SC_CAST_PATIENCE_MIN);
  wait_for_seat_1 (fixture, SECOND / 5, FALSE);
  assert_state_of_1 (fixture, SC_CAST_SEAT_SILENT);
}

/* All seats are asked, and then nobody runs: what they have said meanwhile is read before they are held for silent. */
static void
test_long_stillness (Fixture *fixture, gconstpointer data)
{
  start (fixture);
  for (guint i = 0; i < 300; i++, fixture->now += SECOND / 100) {
    while (next (fixture))
      ;
  }
  assert_state_of_1 (fixture, SC_CAST_SEAT_ACTIVE);
  fixture->now += 10 * SECOND;
  while (next (fixture))
    ;
  assert_state_of_1 (fixture, SC_CAST_SEAT_ACTIVE);
  for (guint i = 0; i < 110; i++, fixture->now += SECOND / 100) {
    while (next (fixture))
      ;
  }
  assert_state_of_1 (fixture, SC_CAST_SEAT_SILENT);
}

/* The driver runs, but what brings it the reports does not. */
static void
test_not_heard (Fixture *fixture, gconstpointer data)
{
  ScCastSeatFigures figures;

  sc_cast_sender_note_heard (fixture->sender, fixture->now);
  start (fixture);
  report (fixture, 0, 0, 0, 0, 0);
  wait_for_seat_1 (fixture, SECOND / 10, TRUE);
  wait_for_seat_1 (fixture, 60 * SECOND, FALSE);
  assert_state_of_1 (fixture, SC_CAST_SEAT_ACTIVE);
  sc_cast_sender_get_seat_figures (fixture->sender, 1, &figures);
  g_assert_cmpint (figures.waited, <, SC_CAST_PATIENCE_MIN);
  wait_for_seat_1 (fixture, SECOND / 2, TRUE);
  assert_state_of_1 (fixture, SC_CAST_SEAT_SILENT);
}

/* Nobody can be heard while the seats are probed: they have all of the probe's time after that. */
static void
test_still_while_probing (Fixture *fixture, gconstpointer data)
{
  sc_cast_sender_add_seat (fixture->sender, 1, fixture->now);
  wait_next (fixture);
  fixture->now += 2 * SC_CAST_PROBE_TIME;
  wait_next (fixture);
  g_assert_cmpint (fixture->header.type, ==, SC_CAST_PACKET_PROBE);
  assert_state_of_1 (fixture, SC_CAST_SEAT_ACTIVE);
}

static void
test_end (Fixture *fixture, gconstpointer data)
{
  ScCastSenderStats stats;
  guint ends = 0;

  start (fixture);
  report (fixture, 0, 0, 0, 0, 0);
  report (fixture, 1, 0, 0, 0, 0);
  for (guint32 w = 1; w <= 10; w++) {
    supply (fixture);
    assert_source (fixture, w);
    report (fixture, 0, w, 0, 0, 0);
    report (fixture, 1, w, 0, 0, 0);
  }
  while (sc_cast_sender_get_state (fixture->sender) != SC_CAST_SENDER_FINISHED) {
    wait_next (fixture);
    g_assert_cmpint (fixture->header.type, ==, SC_CAST_PACKET_END);
    ends++;
  }
  g_assert_cmpuint (ends, >, 1);
  g_assert_false (next (fixture));
  g_assert_cmpint (sc_cast_sender_get_timeout (fixture->sender, fixture->now), ==, G_MAXINT64);
  sc_cast_sender_get_stats (fixture->sender, &stats);
  g_assert_cmpuint (stats.source_packets, ==, 1 + 20 * K);
  g_assert_cmpuint (stats.parity_packets, ==, 0);
  g_assert_cmpuint (stats.content_sent, ==, 10 + 20 * K * SIZE);
  g_assert_cmpuint (stats.wire_bytes, ==,
                    (1 + 20 * K) * (42 + 12 + SIZE + 16) + 11 * (42 + 12 + 4 + 16) + ends * (42 + 12 + 16));
  g_assert_cmpuint (stats.window, ==, 11);
}

static void
test_nobody (Fixture *fixture, gconstpointer data)
{
  start (fixture);
  sc_cast_sender_remove_seat (fixture->sender, 0, fixture->now);
  sc_cast_sender_remove_seat (fixture->sender, 1, fixture->now);
  wait_next (fixture);
  g_assert_cmpint (fixture->header.type, ==, SC_CAST_PACKET_END);
}

static void
test_pause (Fixture *fixture, gconstpointer data)
{
  start (fixture);
  sc_cast_sender_set_paused (fixture->sender, TRUE, fixture->now);
  g_assert_cmpint (sc_cast_sender_get_timeout (fixture->sender, fixture->now), ==, G_MAXINT64);
  fixture->now += 3600 * SECOND;
  g_assert_false (next (fixture));
  sc_cast_sender_set_paused (fixture->sender, FALSE, fixture->now);
  assert_mark (fixture, 0, 0); /* the round that was open is asked for again, and nobody was silent meanwhile */
  g_assert_cmpint (sc_cast_sender_get_seat_state (fixture->sender, 0), ==, SC_CAST_SEAT_ACTIVE);
}

/* A new key in the middle of a window: the next datagram bears it, counted from 0, and the round goes on as if nothing
 * had happened. */
static void
test_new_key (Fixture *fixture, gconstpointer data)
{
  static const ScCastKey next_key = { .key = { 2 }, .tag = 8 };
  guint8 datagram[SC_CAST_HEADER_SIZE + SC_CAST_SYMBOL_SIZE_MAX + SC_CAST_TAG_SIZE];
  gsize length;

  start (fixture);
  assert_symbol (fixture, 1, 0);
  sc_cast_sender_set_key (fixture->sender, &next_key);
  while ((length = sc_cast_sender_send (fixture->sender, fixture->now, datagram)) == 0)
    fixture->now = sc_cast_sender_get_timeout (fixture->sender, fixture->now);
  g_assert_false (
      sc_cast_sealer_open (fixture->sealer, datagram, length, &fixture->header, fixture->payload, &fixture->length));
  sc_cast_sealer_free (fixture->sealer);
  fixture->sealer = sc_cast_sealer_new (&next_key);
  g_assert_true (
      sc_cast_sealer_open (fixture->sealer, datagram, length, &fixture->header, fixture->payload, &fixture->length));
  g_assert_cmpuint (fixture->header.counter, ==, 0);
  g_assert_cmpuint (fixture->header.block, ==, 2);
  fixture->next_counter = 1;
  for (guint i = 1; i < K; i++) {
    assert_symbol (fixture, 1, i);
    assert_symbol (fixture, 2, i);
  }
  assert_mark (fixture, 1, 0);
}

/* Under one key no counter is used twice, so the key in use is not taken for a new one. */
static void
test_same_key (Fixture *fixture, gconstpointer data)
{
  start (fixture);
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_CRITICAL, "*tag*");
  sc_cast_sender_set_key (fixture->sender, &key);
  g_test_assert_expected_messages ();
  assert_symbol (fixture, 1, 0); /* checks that the counter went on */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add ("/cast/sender/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("probing", test_probing);
  ADD ("rounds", test_rounds);
  ADD ("unsound-reports", test_unsound_reports);
  ADD ("wrap", test_wrap);
  ADD ("window-bound", test_window_bound);
  ADD ("remove-awaited", test_remove_awaited);
  ADD ("late-join", test_late_join);
  ADD ("join-at-the-probes-end", test_join_at_the_probes_end);
  ADD ("own-stillness", test_own_stillness);
  ADD ("long-stillness", test_long_stillness);
  ADD ("not-heard", test_not_heard);
  ADD ("still-while-probing", test_still_while_probing);
  ADD ("end", test_end);
  ADD ("nobody", test_nobody);
  ADD ("pause", test_pause);
  ADD ("new-key", test_new_key);
  ADD ("same-key", test_same_key);
  return g_test_run ();
}
