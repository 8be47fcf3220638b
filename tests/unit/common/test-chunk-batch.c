/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-chunk-batch.h"

#include "common/sc-multi-buffer.h"

#define N_ROUNDS 60u
#define MOST 40u
#define N_THREADS 3u

static void
check (GRand *random, guint n, gboolean full)
{
  guint8 *chunks[MOST] = { 0 };
  gsize lengths[MOST] = { 0 };
  ScChunkId ids[MOST], expected;

  for (guint i = 0; i < n; i++) {
    lengths[i] = full ? SC_CHUNK_SIZE : (gsize) g_rand_int_range (random, 1, SC_CHUNK_SIZE + 1);
    if (!full && i % 3 == 0)
      lengths[i] = 1 + lengths[i] % 130; /* where the padding takes one block or two */
    chunks[i] = g_malloc (lengths[i]);   /* of the exact size, for the sanitizer */
    for (gsize j = 0; j < lengths[i]; j++)
      chunks[i][j] = (guint8) (i * 31 + j * (i + 7) / 3);
    chunks[i][g_rand_int_range (random, 0, (gint32) lengths[i])] ^= 0x55;
  }
  sc_chunk_ids_of ((const guint8 *const *) chunks, lengths, n, ids);
  for (guint i = 0; i < n; i++) {
    sc_chunk_id_of (&expected, chunks[i], lengths[i]);
    g_assert_true (sc_chunk_id_equal (&expected, &ids[i]));
    g_free (chunks[i]);
  }
}

static void
test_like_one_by_one (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (5);

  g_test_message ("the multi-buffer library is %s", sc_multi_buffer_is_usable () ? "used" : "not used");
  for (guint n = 0; n <= MOST; n++)
    check (random, n, TRUE);
  for (guint i = 0; i < N_ROUNDS; i++)
    check (random, (guint) g_rand_int_range (random, 0, MOST + 1), FALSE);
}

static gpointer
check_many (gpointer seed)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (GPOINTER_TO_UINT (seed));

  for (guint i = 0; i < N_ROUNDS / N_THREADS; i++)
    check (random, SC_CHUNK_BATCH, i % 2 == 0);
  return NULL;
}

static void
test_threads (void)
{
  GThread *threads[N_THREADS];

  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("hash", check_many, GUINT_TO_POINTER (i + 1));
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/common/chunk-batch/like-one-by-one", test_like_one_by_one);
  g_test_add_func ("/common/chunk-batch/threads", test_threads);
  return g_test_run ();
}
