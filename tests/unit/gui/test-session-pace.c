/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sessions/sc-session-pace.h"

#define SECOND G_TIME_SPAN_SECOND

/* From @from seconds to before @to, four times a second, @step of the whole a second. */
static double
run (ScSessionPace *pace, guint from, guint to, double fraction, double step)
{
  for (guint quarter = 4 * from; quarter < 4 * to; quarter++) {
    sc_session_pace_add (pace, quarter * SECOND / 4, fraction);
    fraction += step / 4;
  }
  return fraction;
}

static void
test_steady (void)
{
  ScSessionPace pace = { 0 };

  g_assert_cmpint (sc_session_pace_get_left (&pace, 0), ==, -1);
  run (&pace, 0, 2, 0, 0.001);
  g_assert_cmpint (sc_session_pace_get_left (&pace, 2 * SECOND), ==, -1); /* too early to tell */
  run (&pace, 2, 100, 0.002, 0.001);
  g_assert_cmpint (sc_session_pace_get_left (&pace, 100 * SECOND), ==, 15 * 60 * SECOND);
}

static void
test_rounds (void)
{
  ScSessionPace seconds = { 0 };
  ScSessionPace hours = { 0 };
  ScSessionPace end = { 0 };

  run (&seconds, 0, 60, 0, 0.01);
  g_assert_cmpint (sc_session_pace_get_left (&seconds, 60 * SECOND), ==, 40 * SECOND);
  run (&hours, 0, 60, 0, 0.0001);
  g_assert_cmpint (sc_session_pace_get_left (&hours, 60 * SECOND), ==, 165 * 60 * SECOND);
  run (&end, 0, 60, 0.4, 0.01);
  g_assert_cmpint (sc_session_pace_get_left (&end, 60 * SECOND), ==, 10 * SECOND);
}

/* By the last half minute, not by the slow beginning. */
static void
test_lately (void)
{
  ScSessionPace pace = { 0 };
  double fraction = run (&pace, 0, 100, 0, 0.0001);

  run (&pace, 100, 140, fraction, 0.01);
  g_assert_cmpint (sc_session_pace_get_left (&pace, 140 * SECOND), ==, 60 * SECOND);
}

static void
test_unknown (void)
{
  ScSessionPace still = { 0 };
  ScSessionPace slow = { 0 };
  ScSessionPace back = { 0 };
  double fraction = run (&still, 0, 30, 0, 0.01);

  g_assert_cmpint (sc_session_pace_get_left (&still, 30 * SECOND), >, 0);
  run (&still, 30, 42, fraction, 0);
  g_assert_cmpint (sc_session_pace_get_left (&still, 42 * SECOND), ==, -1);
  /* events that stop coming tell no more than ones that tell of no change */
  run (&slow, 0, 30, 0, 0.01);
  g_assert_cmpint (sc_session_pace_get_left (&slow, 60 * SECOND), ==, -1);
  run (&back, 0, 30, 0.5, 0.01);
  sc_session_pace_add (&back, 30 * SECOND, 0.2); /* more seats have said what they lack */
  g_assert_cmpint (sc_session_pace_get_left (&back, 30 * SECOND), ==, -1);
  sc_session_pace_reset (&slow);
  g_assert_cmpint (sc_session_pace_get_left (&slow, 30 * SECOND), ==, -1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session-pace/steady", test_steady);
  g_test_add_func ("/session-pace/rounds", test_rounds);
  g_test_add_func ("/session-pace/lately", test_lately);
  g_test_add_func ("/session-pace/unknown", test_unknown);
  return g_test_run ();
}
