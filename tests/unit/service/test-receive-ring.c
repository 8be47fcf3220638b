/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-receive-ring.h"

#include <string.h>

#define N_BATCHES 3u
#define N_ROUNDS 20000u
#define PATIENCE (60 * G_TIME_SPAN_SECOND)

static void
add_number (ScDatagramBatch *batch, guint32 number)
{
  memcpy (batch->memory + batch->filled, &number, sizeof number);
  sc_datagram_batch_add (batch, batch->memory + batch->filled, sizeof number, 0);
}

static void
read_number (const guint8 *datagram, gsize length, gpointer user_data)
{
  g_assert_cmpuint (length, ==, sizeof (guint32));
  memcpy (user_data, datagram, length);
}

static guint32
pop_number (ScReceiveRing *ring)
{
  guint32 number = 0;
  gboolean ended;
  ScDatagramBatch *batch = sc_receive_ring_pop (ring, G_MAXINT64, &ended);

  g_assert_false (ended);
  sc_datagram_batch_foreach (batch, read_number, &number);
  sc_receive_ring_give_back (ring, batch);
  return number;
}

static ScDatagramBatch *
take (ScReceiveRing *ring)
{
  ScDatagramBatch *batch = sc_receive_ring_take_empty (ring, PATIENCE);

  g_assert_nonnull (batch);
  g_assert_cmpuint (batch->n_bursts, ==, 0);
  g_assert_cmpuint (batch->filled, ==, 0);
  return batch;
}

static void
push_number (ScReceiveRing *ring, guint32 number)
{
  ScDatagramBatch *batch = take (ring);

  add_number (batch, number);
  sc_receive_ring_push (ring, batch);
}

static void
test_bounded (void)
{
  g_autoptr (ScReceiveRing) ring = sc_receive_ring_new (N_BATCHES);

  for (guint i = 1; i <= N_BATCHES; i++)
    push_number (ring, i);
  g_assert_null (sc_receive_ring_take_empty (ring, 0));
  g_assert_null (sc_receive_ring_take_empty (ring, 1000));
  g_assert_cmpuint (pop_number (ring), ==, 1);
  push_number (ring, 4);
  g_assert_null (sc_receive_ring_take_empty (ring, 0));
  for (guint i = 2; i <= 4; i++)
    g_assert_cmpuint (pop_number (ring), ==, i);
}

/* The one that may lie in the cache. */
static void
test_last_first (void)
{
  g_autoptr (ScReceiveRing) ring = sc_receive_ring_new (N_BATCHES);
  ScDatagramBatch *first = take (ring), *second = take (ring);

  sc_receive_ring_give_back (ring, first);
  sc_receive_ring_give_back (ring, second);
  g_assert_true (take (ring) == second);
  g_assert_true (take (ring) == first);
  sc_receive_ring_give_back (ring, first);
  sc_receive_ring_give_back (ring, second);
}

static void
test_ended (void)
{
  g_autoptr (ScReceiveRing) ring = sc_receive_ring_new (N_BATCHES);
  gboolean ended = TRUE;

  g_assert_null (sc_receive_ring_pop (ring, g_get_monotonic_time () + 1000, &ended));
  g_assert_false (ended);
  push_number (ring, 1);
  sc_receive_ring_end (ring);
  g_assert_null (sc_receive_ring_take_empty (ring, PATIENCE));
  g_assert_cmpuint (pop_number (ring), ==, 1); /* what was pushed is not lost */
  g_assert_null (sc_receive_ring_pop (ring, G_MAXINT64, &ended));
  g_assert_true (ended);
}

static gpointer
fill (gpointer data)
{
  for (guint32 i = 1; i <= N_ROUNDS; i++)
    push_number (data, i);
  sc_receive_ring_end (data);
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (ScReceiveRing) ring = sc_receive_ring_new (N_BATCHES);
  GThread *thread = g_thread_new ("fill", fill, ring);
  gboolean ended = FALSE;

  for (guint32 i = 1; i <= N_ROUNDS; i++)
    g_assert_cmpuint (pop_number (ring), ==, i);
  g_assert_null (sc_receive_ring_pop (ring, G_MAXINT64, &ended));
  g_assert_true (ended);
  g_thread_join (thread);
}

static gpointer
pop_in_thread (gpointer data)
{
  return GUINT_TO_POINTER (pop_number (data));
}

static void
test_idle (void)
{
  g_autoptr (ScReceiveRing) ring = sc_receive_ring_new (N_BATCHES);
  GThread *thread;

  g_assert_false (sc_receive_ring_is_idle (ring));
  thread = g_thread_new ("pop", pop_in_thread, ring);
  while (!sc_receive_ring_is_idle (ring))
    g_thread_yield ();
  push_number (ring, 7);
  g_assert_cmpuint (GPOINTER_TO_UINT (g_thread_join (thread)), ==, 7);
  g_assert_false (sc_receive_ring_is_idle (ring));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/service/receive-ring/bounded", test_bounded);
  g_test_add_func ("/service/receive-ring/last-first", test_last_first);
  g_test_add_func ("/service/receive-ring/ended", test_ended);
  g_test_add_func ("/service/receive-ring/threads", test_threads);
  g_test_add_func ("/service/receive-ring/idle", test_idle);
  return g_test_run ();
}
