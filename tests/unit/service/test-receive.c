/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Receiving for real: the cast's sender, multicast on loopback, both threads of the receiver. */
#include "common/cast/sc-cast-plan.h"
#include "common/cast/sc-cast-sender.h"
#include "common/platform/sc-multicast-sender.h"
#include "common/sc-error.h"
#include "sc-test-console.h"
#include "service/sc-receive.h"

#include <unistd.h>

#define N_CHUNKS 24u
#define GROUP "239.192.77.250"
#define RATE (300u * 1000 * 1000)

typedef struct {
  ScTestSink seat;
  ScChunkSink sink;
  GBytes *plan;
  GByteArray *content;
  ScChunkId ids[N_CHUNKS];
  ScControlMessage *join;
  ScMulticastSender *socket;
  ScCastSender *sender;
  guint sending; /* source id */
  ScReceive *receive;
  guint n_events[SC_RECEIVE_STOPPED + 1];
  gboolean answer_plan; /* NEED_PLAN is answered */
  gboolean lose_plan;   /* on the way; and the sender is told that all came */
  GError *error;
  gboolean done;
} Fixture;

/* @delta: the plan says that every frame needs a reference */
static void
make_content (Fixture *f, gboolean delta)
{
  g_autoptr (ScCastPlanBuilder) builder = sc_cast_plan_builder_new ();
  g_autoptr (ScFrameCoder) coder = sc_frame_coder_new ();
  g_autoptr (GRand) random = g_rand_new_with_seed (11);
  g_autofree guint8 *chunk = g_malloc (SC_CHUNK_SIZE);
  g_autofree guint8 *frame = g_malloc (SC_FRAME_MAX);

  f->content = g_byte_array_new ();
  for (guint i = 0; i < N_CHUNKS; i++) {
    ScEncoding encoding;
    for (guint j = 0; j < SC_CHUNK_SIZE; j++)
      chunk[j] = (guint8) (j % (1 + i % 3) == 0 ? g_rand_int (random) : i);
    sc_chunk_id_of (&f->ids[i], chunk, SC_CHUNK_SIZE);
    gsize length = sc_frame_encode (coder, chunk, SC_CHUNK_SIZE, NULL, 0, frame, &encoding);
    sc_cast_plan_builder_add (builder, &f->ids[i], delta ? SC_ENCODING_DELTA : encoding, (guint32) length,
                              delta ? &f->ids[0] : NULL);
    g_byte_array_append (f->content, frame, (guint) length);
    sc_test_sink_want (&f->seat, &f->ids[i]);
  }
  f->plan = sc_cast_plan_builder_end (builder);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  sc_test_sink_init (&f->seat, &f->sink);
  make_content (f, data != NULL);
  f->join = sc_control_message_new (SC_CONTROL_JOIN, 1);
  f->join->join.layout = (ScCastLayout){ .symbol_size = SC_CAST_SYMBOL_SIZE,
                                         .block_symbols = 20,
                                         .window_blocks = 8,
                                         .plan_length = g_bytes_get_size (f->plan),
                                         .content_length = f->content->len };
  sc_chunk_id_of (&f->join->join.plan, g_bytes_get_data (f->plan, NULL), g_bytes_get_size (f->plan));
  sc_cast_key_generate (&f->join->join.key);
  f->join->join.group = g_strdup (GROUP);
  f->join->join.port = (guint16) (20000 + getpid () % 20000);
  f->answer_plan = TRUE;
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  if (f->sending != 0)
    g_source_remove (f->sending);
  g_assert_null (f->receive);
  g_clear_pointer (&f->sender, sc_cast_sender_free);
  g_clear_pointer (&f->socket, sc_multicast_sender_free);
  sc_test_sink_clear (&f->seat);
  g_bytes_unref (f->plan);
  g_byte_array_unref (f->content);
  sc_control_message_free (f->join);
  g_clear_error (&f->error);
}

static void
on_event (ScReceive *receive, const ScReceiveEvent *event, gpointer user_data)
{
  Fixture *f = user_data;

  f->n_events[event->type]++;
  if (event->type == SC_RECEIVE_HEARD) {
    sc_cast_sender_heard (f->sender, 0, g_get_monotonic_time ());
  } else if (event->type == SC_RECEIVE_REPORT) {
    ScCastReport report = event->report;
    if (f->lose_plan)
      memset (report.deficits, 0, sizeof report.deficits);
    sc_cast_sender_report (f->sender, 0, &report, g_get_monotonic_time ());
  } else if (event->type == SC_RECEIVE_NEED_PLAN) {
    g_assert_true (sc_chunk_id_equal (sc_receive_get_plan_id (receive), &f->join->join.plan));
    if (f->answer_plan)
      sc_receive_set_plan (receive, f->plan);
    else
      f->done = TRUE;
  } else if (event->type == SC_RECEIVE_STOPPED) {
    g_clear_pointer (&f->receive, sc_receive_free);
    f->done = TRUE;
  } else {
    if (event->type == SC_RECEIVE_FAILED)
      f->error = g_error_copy (event->error);
    f->done = TRUE;
  }
}

static GBytes *
block_bytes (Fixture *f, guint32 block)
{
  gboolean is_plan;
  guint64 offset = sc_cast_layout_block_offset (&f->join->join.layout, block, &is_plan);
  gsize length = sc_cast_layout_block_bytes (&f->join->join.layout, block);
  const guint8 *from = is_plan ? g_bytes_get_data (f->plan, NULL) : f->content->data;

  return g_bytes_new (from + offset, length);
}

/* The header is in the clear: u8 type, u8 symbol, u16 tag, u32 block. */
static gboolean
is_lost (Fixture *f, const guint8 *datagram)
{
  guint32 block;

  memcpy (&block, datagram + 4, sizeof block);
  return f->lose_plan && datagram[0] == SC_CAST_PACKET_SYMBOL &&
         GUINT32_FROM_BE (block) < sc_cast_layout_n_plan_blocks (&f->join->join.layout);
}

static gboolean
on_send (gpointer user_data)
{
  Fixture *f = user_data;
  guint8 datagram[SC_CAST_SYMBOL_SIZE_MAX + SC_CAST_HEADER_SIZE + SC_CAST_TAG_SIZE];
  guint32 block;

  while (sc_cast_sender_wants_block (f->sender, &block)) {
    g_autoptr (GBytes) bytes = block_bytes (f, block);
    sc_cast_sender_supply_block (f->sender, block, bytes);
  }
  for (gsize length = sc_cast_sender_send (f->sender, g_get_monotonic_time (), datagram); length > 0;
       length = sc_cast_sender_send (f->sender, g_get_monotonic_time (), datagram)) {
    g_autoptr (GError) error = NULL;
    if (is_lost (f, datagram))
      continue;
    sc_multicast_sender_send (f->socket, datagram, sizeof datagram, &length, 1, &error);
    g_assert_no_error (error);
  }
  return G_SOURCE_CONTINUE;
}

static void
start (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  f->socket = sc_multicast_sender_new (GROUP, f->join->join.port, "127.0.0.1", &error);
  g_assert_no_error (error);
  f->sender = sc_cast_sender_new (&f->join->join.layout, &f->join->join.key, RATE, g_get_monotonic_time ());
  sc_cast_sender_add_seat (f->sender, 0, g_get_monotonic_time ());
  f->receive = sc_receive_new (f->join, "127.0.0.1", &f->sink, on_event, f, &error);
  g_assert_no_error (error);
  f->sending = g_timeout_add (1, on_send, f);
}

static void
run (Fixture *f)
{
  f->done = FALSE;
  sc_test_run_until (&f->done);
}

static void
stop (Fixture *f, gboolean write_rest)
{
  sc_receive_stop (f->receive, write_rest);
  while (f->receive != NULL)
    run (f);
}

static void
test_whole (Fixture *f, gconstpointer data)
{
  start (f);
  run (f);
  g_assert_no_error (f->error);
  g_assert_cmpuint (f->n_events[SC_RECEIVE_COMPLETE], ==, 1);
  g_assert_cmpuint (f->n_events[SC_RECEIVE_HEARD], ==, 1);
  g_assert_cmpuint (f->n_events[SC_RECEIVE_NEED_PLAN], ==, 0);
  g_assert_cmpuint (f->seat.n_put, ==, N_CHUNKS);
  /* The seat is satisfied, and the sender is still answered */
  ScCastSenderStats stats = { 0 };
  while (stats.window < stats.n_windows || stats.n_windows == 0) {
    g_main_context_iteration (NULL, TRUE);
    sc_cast_sender_get_stats (f->sender, &stats);
  }
  g_assert_cmpint (sc_cast_sender_get_seat_state (f->sender, 0), ==, SC_CAST_SEAT_ACTIVE);
  stop (f, FALSE);
  g_assert_cmpuint (f->n_events[SC_RECEIVE_ENDED], ==, 0);
}

/* Another seat was shut out: what is sent from then on is opened with the new key alone. */
static void
test_new_key (Fixture *f, gconstpointer data)
{
  ScCastKey next;

  sc_cast_key_generate_next (&next, &f->join->join.key);
  start (f);
  sc_receive_add_key (f->receive, &next);
  sc_cast_sender_set_key (f->sender, &next);
  run (f);
  g_assert_no_error (f->error);
  g_assert_cmpuint (f->n_events[SC_RECEIVE_COMPLETE], ==, 1);
  g_assert_cmpuint (f->seat.n_put, ==, N_CHUNKS);
  stop (f, FALSE);
}

/* Chunks that the seat has already are passed over. */
static void
test_wants_some (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < N_CHUNKS; i += 2)
    g_hash_table_remove (f->seat.wanted, &f->ids[i]);
  start (f);
  run (f);
  g_assert_cmpuint (f->n_events[SC_RECEIVE_COMPLETE], ==, 1);
  g_assert_cmpuint (f->seat.n_put, ==, N_CHUNKS / 2);
  stop (f, TRUE);
}

/* A seat that joins late gets the plan elsewhere, takes what is still sent, and is told that it is not all. */
static void
test_late (Fixture *f, gconstpointer data)
{
  f->join->join.first_window = sc_cast_layout_n_windows (&f->join->join.layout) - 1;
  start (f);
  run (f);
  g_assert_no_error (f->error);
  g_assert_cmpuint (f->n_events[SC_RECEIVE_NEED_PLAN], ==, 1);
  g_assert_cmpuint (f->n_events[SC_RECEIVE_ENDED], ==, 1);
  g_assert_cmpuint (f->seat.n_put, >, 0);
  g_assert_cmpuint (f->seat.n_put, <, N_CHUNKS);
  stop (f, TRUE);
}

/* The stream's plan is not the one that the order names. */
static void
test_wrong_plan (Fixture *f, gconstpointer data)
{
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "*plan is damaged*");
  f->join->join.plan.bytes[0] ^= 1;
  f->answer_plan = FALSE;
  start (f);
  run (f);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (f->n_events[SC_RECEIVE_NEED_PLAN], ==, 1);
  g_assert_cmpuint (f->seat.n_put, ==, 0);
  sc_receive_set_plan (f->receive, f->plan); /* no better */
  run (f);
  g_assert_error (f->error, SC_ERROR, SC_ERROR_CORRUPT);
  g_assert_cmpuint (f->seat.n_put, ==, 0);
  stop (f, TRUE);
}

static void
test_no_space (Fixture *f, gconstpointer data)
{
  f->seat.refuse = SC_ERROR_NO_SPACE;
  start (f);
  run (f);
  g_assert_error (f->error, SC_ERROR, SC_ERROR_NO_SPACE);
  g_assert_cmpuint (f->n_events[SC_RECEIVE_FAILED], ==, 1);
  stop (f, FALSE);
  g_assert_cmpuint (f->n_events[SC_RECEIVE_FAILED], ==, 1);
}

/* A frame against a chunk that is not there any more: catch-up fetches the whole chunk, and the stream goes on. */
static void
test_reference_gone (Fixture *f, gconstpointer data)
{
  f->seat.refuse = SC_ERROR_NOT_FOUND;
  start (f);
  run (f);
  g_assert_no_error (f->error);
  g_assert_cmpuint (f->n_events[SC_RECEIVE_ENDED], ==, 1);
  g_assert_cmpuint (f->seat.n_put, ==, 0);
  stop (f, TRUE);
}

/* The plan's part of the stream never came, and the sender went on without this seat. */
static void
test_plan_lost (Fixture *f, gconstpointer data)
{
  f->lose_plan = TRUE;
  start (f);
  run (f);
  g_assert_no_error (f->error);
  g_assert_cmpuint (f->n_events[SC_RECEIVE_NEED_PLAN], ==, 1);
  g_assert_cmpuint (f->n_events[SC_RECEIVE_ENDED], ==, 1);
  g_assert_cmpuint (f->seat.n_put, >, 0);
  stop (f, TRUE);
}

static void
test_stopped_at_once (Fixture *f, gconstpointer data)
{
  start (f);
  stop (f, FALSE);
  g_assert_cmpuint (f->n_events[SC_RECEIVE_STOPPED], ==, 1);
}

static void
test_bad_order (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->join->join.layout.block_symbols = 0;
  g_assert_null (sc_receive_new (f->join, "127.0.0.1", &f->sink, on_event, f, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_clear_error (&error);
  f->join->join.layout.block_symbols = 20;
  g_assert_null (sc_receive_new (f->join, "not an address", &f->sink, on_event, f, &error));
  g_assert_nonnull (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/service/receive/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("whole", test_whole);
  ADD ("new-key", test_new_key);
  ADD ("wants-some", test_wants_some);
  ADD ("late", test_late);
  ADD ("wrong-plan", test_wrong_plan);
  ADD ("no-space", test_no_space);
  g_test_add ("/service/receive/reference-gone", Fixture, "delta", set_up, test_reference_gone, tear_down);
  ADD ("plan-lost", test_plan_lost);
  ADD ("stopped-at-once", test_stopped_at_once);
  ADD ("bad-order", test_bad_order);
  return g_test_run ();
}
