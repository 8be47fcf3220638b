/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/cast/sc-cast-pacer.h"

#define SECOND G_GINT64_CONSTANT (1000000)

/* Whatever the driver's rhythm, no more goes than the rate allows and one burst. */
static void
test_rate (void)
{
  const gint64 steps[] = { 10, 1000, 20000 };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
    ScCastPacer pacer;
    guint64 sent = 0;

    sc_cast_pacer_init (&pacer, 80000000, 0);
    for (gint64 now = 0; now <= SECOND; now += steps[i]) {
      sc_cast_pacer_advance (&pacer, now);
      while (sc_cast_pacer_get_wait (&pacer, 1500) == 0) {
        sc_cast_pacer_take (&pacer, 1500);
        sent += 1500;
      }
    }
    g_assert_cmpuint (sent, <=, 10000000 + 40000 + 1500);
    if (steps[i] <= SC_CAST_PACER_BURST_TIME)
      g_assert_cmpuint (sent, >=, 9900000);
  }
}

static void
test_wait (void)
{
  ScCastPacer pacer;
  gint64 wait;

  sc_cast_pacer_init (&pacer, 12000000, 0); /* 1.5 bytes a µs */
  wait = sc_cast_pacer_get_wait (&pacer, 1500);
  g_assert_cmpint (wait, ==, 1000);
  sc_cast_pacer_advance (&pacer, wait - 1);
  g_assert_cmpint (sc_cast_pacer_get_wait (&pacer, 1500), ==, 1);
  sc_cast_pacer_advance (&pacer, wait);
  g_assert_cmpint (sc_cast_pacer_get_wait (&pacer, 1500), ==, 0);
}

/* A driver that slept for long does not flood the network afterwards. */
static void
test_burst (void)
{
  ScCastPacer pacer;
  guint64 sent = 0;

  sc_cast_pacer_init (&pacer, 1000000000, 0);
  sc_cast_pacer_advance (&pacer, G_MAXINT32 * SECOND);
  while (sc_cast_pacer_get_wait (&pacer, 1500) == 0) {
    sc_cast_pacer_take (&pacer, 1500);
    sent += 1500;
  }
  g_assert_cmpuint (sent, <=, 500000 + 1500);
}

static void
test_lower_and_raise (void)
{
  ScCastPacer pacer;

  sc_cast_pacer_init (&pacer, 100000000, 0);
  sc_cast_pacer_advance (&pacer, SECOND);
  sc_cast_pacer_lower (&pacer, SECOND);
  g_assert_cmpuint (pacer.rate, ==, 80000000);
  sc_cast_pacer_lower (&pacer, SECOND + 1000); /* many seats, one trouble */
  g_assert_cmpuint (pacer.rate, ==, 80000000);
  for (guint i = 2; i < 100; i++)
    sc_cast_pacer_lower (&pacer, i * SECOND);
  g_assert_cmpuint (pacer.rate, ==, 10000000); /* the floor */
  for (gint64 now = 99 * SECOND; now <= 103 * SECOND; now += 1000)
    sc_cast_pacer_advance (&pacer, now);
  g_assert_cmpuint (pacer.rate, ==, 50000000);
  sc_cast_pacer_advance (&pacer, 1000 * SECOND);
  g_assert_cmpuint (pacer.rate, ==, 100000000);
}

static void
test_caps (void)
{
  ScCastPacer pacer;

  sc_cast_pacer_init (&pacer, 0, 0);
  g_assert_cmpuint (pacer.rate, ==, SC_CAST_PACER_MIN_RATE);
  sc_cast_pacer_set_cap (&pacer, G_MAXUINT64);
  sc_cast_pacer_advance (&pacer, 100 * SECOND); /* nothing overflows */
  g_assert_cmpuint (pacer.rate, <=, pacer.cap);
  g_assert_cmpint (pacer.tokens, >, 0);
  sc_cast_pacer_set_cap (&pacer, 1000000);
  g_assert_cmpuint (pacer.rate, ==, 1000000);
}

/* A share of a network that is lower for a while says nothing about the seats. */
static void
test_changing_cap (void)
{
  ScCastPacer pacer;

  sc_cast_pacer_init (&pacer, 100000000, 0);
  sc_cast_pacer_advance (&pacer, SECOND);
  sc_cast_pacer_set_cap (&pacer, 10000000);
  g_assert_cmpuint (pacer.rate, ==, 10000000);
  sc_cast_pacer_advance (&pacer, 2 * SECOND);
  sc_cast_pacer_set_cap (&pacer, 100000000);
  g_assert_cmpuint (pacer.rate, ==, 100000000);
  /* what they could not follow is remembered through it */
  sc_cast_pacer_lower (&pacer, 2 * SECOND);
  g_assert_cmpuint (pacer.rate, ==, 80000000);
  sc_cast_pacer_set_cap (&pacer, 50000000);
  g_assert_cmpuint (pacer.rate, ==, 50000000);
  sc_cast_pacer_lower (&pacer, 3 * SECOND);
  g_assert_cmpuint (pacer.rate, ==, 40000000);
  sc_cast_pacer_set_cap (&pacer, 100000000);
  g_assert_cmpuint (pacer.rate, ==, 40000000);
  sc_cast_pacer_advance (&pacer, 3 * SECOND + 2 * SC_CAST_PACER_STEP_TIME);
  g_assert_cmpuint (pacer.rate, ==, 42000000);
}

/* A cap of 10 Gbit/s for a room that does less: the stream starts at what all can do, and may fall to what a disk can.
 */
static void
test_generous_cap (void)
{
  ScCastPacer pacer;
  gint64 now = 0;

  sc_cast_pacer_init (&pacer, G_GUINT64_CONSTANT (10000000000), now);
  g_assert_cmpuint (pacer.rate, ==, 1000000000);
  sc_cast_pacer_advance (&pacer, now += 5 * SC_CAST_PACER_STEP_TIME);
  g_assert_cmpuint (pacer.rate, ==, 1500000000);
  for (guint i = 0; i < 50; i++)
    sc_cast_pacer_lower (&pacer, now += SC_CAST_PACER_STEP_TIME);
  g_assert_cmpuint (pacer.rate, ==, 100000000);
  /* where the trouble was, the climb is not a hundredth of 10 Gbit/s at a time */
  sc_cast_pacer_advance (&pacer, now += 10 * SC_CAST_PACER_STEP_TIME);
  g_assert_cmpuint (pacer.rate, ==, 200000000);
  for (guint i = 0; i < 1000; i++)
    sc_cast_pacer_advance (&pacer, now += SC_CAST_PACER_STEP_TIME);
  g_assert_cmpuint (pacer.rate, ==, pacer.cap);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cast/pacer/rate", test_rate);
  g_test_add_func ("/cast/pacer/generous-cap", test_generous_cap);
  g_test_add_func ("/cast/pacer/changing-cap", test_changing_cap);
  g_test_add_func ("/cast/pacer/wait", test_wait);
  g_test_add_func ("/cast/pacer/burst", test_burst);
  g_test_add_func ("/cast/pacer/lower-and-raise", test_lower_and_raise);
  g_test_add_func ("/cast/pacer/caps", test_caps);
  return g_test_run ();
}
