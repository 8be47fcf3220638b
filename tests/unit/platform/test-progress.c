/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-progress.h"

#define THREADS 4u
#define ROUNDS 10000u

static gpointer
work (gpointer data)
{
  g_autoptr (ScProgress) progress = data;
  for (guint i = 0; i < ROUNDS; i++) {
    sc_progress_add (progress, 3);
    sc_progress_set_item (progress, i % 2 == 0 ? "even" : "odd");
  }
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (ScProgress) progress = sc_progress_new ();
  GThread *threads[THREADS];
  sc_progress_start (progress, "reading", 1000000);
  for (guint i = 0; i < THREADS; i++)
    threads[i] = g_thread_new ("work", work, sc_progress_ref (progress));
  for (guint i = 0; i < THREADS; i++)
    g_thread_join (threads[i]);

  g_auto (ScProgressState) state = { 0 };
  sc_progress_get (progress, &state);
  g_assert_cmpstr (state.phase, ==, "reading");
  g_assert_cmpstr (state.item, ==, "odd");
  g_assert_cmpuint (state.done, ==, THREADS * ROUNDS * 3);
  g_assert_cmpuint (state.total, ==, 1000000);
  sc_progress_state_clear (&state);
  sc_progress_start (progress, "verifying", 0);
  sc_progress_get (progress, &state);
  g_assert_cmpstr (state.phase, ==, "verifying");
  g_assert_cmpstr (state.item, ==, "");
  g_assert_cmpuint (state.done, ==, 0);
}

static void
test_none (void)
{
  g_auto (ScProgressState) state = { 0 };
  sc_progress_start (NULL, "reading", 1);
  sc_progress_set_item (NULL, "x");
  sc_progress_add (NULL, 1);
  sc_progress_get (NULL, &state);
  g_assert_cmpstr (state.phase, ==, "");
  g_assert_cmpuint (state.done, ==, 0);
  g_assert_null (sc_progress_ref (NULL));
  sc_progress_unref (NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/platform/progress/threads", test_threads);
  g_test_add_func ("/platform/progress/none", test_none);
  return g_test_run ();
}
