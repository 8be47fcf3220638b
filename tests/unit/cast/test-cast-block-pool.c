/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/cast/sc-cast-block-pool.h"

#include <string.h>

#define SIZE 3000u
#define N_THREADS 4u
#define N_ROUNDS 2000u

/* What was given back last is taken first, and nothing is fresh while there is something. */
static void
test_used_again (void)
{
  g_autoptr (ScCastBlockPool) pool = sc_cast_block_pool_new (SIZE);
  guint8 *first = sc_cast_block_pool_take (pool);
  guint8 *second = sc_cast_block_pool_take (pool);

  g_assert_true (first != second);
  memset (first, 1, SIZE);
  memset (second, 2, SIZE);
  sc_cast_block_pool_give_back (first);
  sc_cast_block_pool_give_back (second);
  sc_cast_block_pool_give_back (NULL);
  g_assert_cmpuint (sc_cast_block_pool_get_n_free (pool), ==, 2);
  g_assert_true (sc_cast_block_pool_take (pool) == second);
  g_assert_true (sc_cast_block_pool_take (pool) == first);
  g_assert_cmpuint (sc_cast_block_pool_get_n_free (pool), ==, 0);
  sc_cast_block_pool_give_back (first);
  sc_cast_block_pool_give_back (second);
}

static void
test_wrapped (void)
{
  ScCastBlockPool *pool = sc_cast_block_pool_new (SIZE);
  GBytes *bytes = sc_cast_block_pool_wrap (sc_cast_block_pool_take (pool), 10);
  g_autoptr (GBytes) part = g_bytes_new_from_bytes (bytes, 5, 5);

  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 10);
  g_bytes_unref (bytes);
  g_assert_cmpuint (sc_cast_block_pool_get_n_free (pool), ==, 0);
  g_clear_pointer (&part, g_bytes_unref);
  g_assert_cmpuint (sc_cast_block_pool_get_n_free (pool), ==, 1);
  bytes = sc_cast_block_pool_wrap (sc_cast_block_pool_take (pool), SIZE);
  sc_cast_block_pool_unref (pool); /* its owner is gone before the last block */
  g_bytes_unref (bytes);
}

static gpointer
take_and_give_back (gpointer data)
{
  for (guint i = 0; i < N_ROUNDS; i++) {
    guint8 *block = sc_cast_block_pool_take (data);

    memset (block, (int) i, SIZE);
    for (guint j = 0; j < SIZE; j++)
      g_assert_cmpuint (block[j], ==, (guint8) i);
    sc_cast_block_pool_give_back (block);
  }
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (ScCastBlockPool) pool = sc_cast_block_pool_new (SIZE);
  GThread *threads[N_THREADS];

  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("pool", take_and_give_back, pool);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (sc_cast_block_pool_get_n_free (pool), >=, 1);
  g_assert_cmpuint (sc_cast_block_pool_get_n_free (pool), <=, N_THREADS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cast/block-pool/used-again", test_used_again);
  g_test_add_func ("/cast/block-pool/wrapped", test_wrapped);
  g_test_add_func ("/cast/block-pool/threads", test_threads);
  return g_test_run ();
}
