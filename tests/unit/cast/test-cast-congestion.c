/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/cast/sc-cast-congestion.h"

#include <string.h>

#define SEATS 8u
#define MS 1000

typedef struct {
  ScCastPacer pacer;
  ScCastCongestion congestion;
  ScCastSample samples[SEATS];
  ScCastReport reports[SEATS];
  GPtrArray *all;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->all = g_ptr_array_new ();
  for (guint i = 0; i < SEATS; i++)
    g_ptr_array_add (fixture->all, &fixture->samples[i]);
  sc_cast_pacer_init (&fixture->pacer, 0, 0);
  sc_cast_congestion_init (&fixture->congestion, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_ptr_array_unref (fixture->all);
}

/* All seats report at @now on what a MARK 2 ms before covers: so much more than in their last reports. */
static void
report (Fixture *fixture, gint64 now, guint64 received, guint64 lost)
{
  sc_cast_pacer_advance (&fixture->pacer, now);
  for (guint i = 0; i < SEATS; i++) {
    fixture->reports[i].received += received;
    fixture->reports[i].lost += lost;
    sc_cast_congestion_note (&fixture->congestion, &fixture->samples[i], fixture->all, &fixture->reports[i], FALSE,
                             now - 2 * MS, &fixture->pacer, now);
  }
}

/* However many reports show it: a fall that did not help is one, and two are needed to take them back. */
static void
test_useless_falls (Fixture *fixture, gconstpointer data)
{
  const guint64 origin = fixture->pacer.rate;
  guint64 fallen;

  report (fixture, 200 * MS, 10000, 2000);
  fallen = fixture->pacer.rate;
  g_assert_cmpuint (fallen, <, origin);
  report (fixture, 204 * MS, 0, 0); /* from here on the fall is judged */
  report (fixture, 250 * MS, 3000, 600);
  report (fixture, 270 * MS, 1000, 200); /* no further fall yet: the first one has to show its effect */
  g_assert_cmpuint (fixture->pacer.rate, ==, fallen);
  g_assert_cmpuint (fixture->congestion.n_useless, ==, 1);
  report (fixture, 320 * MS, 1000, 200);
  g_assert_cmpuint (fixture->pacer.rate, <, fallen);
  g_assert_cmpuint (fixture->congestion.n_useless, ==, 1);
  g_assert_cmpfloat (fixture->congestion.ambient, ==, 0);
  report (fixture, 324 * MS, 0, 0);
  report (fixture, 370 * MS, 3000, 600);
  g_assert_cmpuint (fixture->pacer.rate, ==, origin);
  g_assert_cmpfloat (fixture->congestion.ambient, >, 0.1);
}

/* For whom it fell they have left: it is not waited for what they would say. */
static void
test_suspects_leave (Fixture *fixture, gconstpointer data)
{
  report (fixture, 200 * MS, 10000, 2000);
  g_assert_cmpuint (fixture->congestion.n_suspects, >, 0);
  report (fixture, 204 * MS, 0, 0);
  g_assert_false (fixture->pacer.judged);
  for (guint i = 0; i < SEATS; i++)
    sc_cast_congestion_forget (&fixture->congestion, &fixture->samples[i]);
  g_assert_cmpuint (fixture->congestion.n_suspects, ==, 0);
  memset (fixture->samples, 0, sizeof fixture->samples); /* others come */
  report (fixture, 250 * MS, 0, 0);
  report (fixture, 300 * MS, 10000, 0);
  report (fixture, 350 * MS, 10000, 0);
  g_assert_true (fixture->pacer.judged);
  g_assert_true (fixture->pacer.verified);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/cast/congestion/useless-falls", Fixture, NULL, set_up, test_useless_falls, tear_down);
  g_test_add ("/cast/congestion/suspects-leave", Fixture, NULL, set_up, test_suspects_leave, tear_down);
  return g_test_run ();
}
