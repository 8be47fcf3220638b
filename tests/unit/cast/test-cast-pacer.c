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

/* Uses all that may be sent until @until. */
static void
run (ScCastPacer *pacer, gint64 from, gint64 until)
{
  for (gint64 now = from + 1000; now <= until; now += 1000) {
    sc_cast_pacer_advance (pacer, now);
    while (sc_cast_pacer_get_wait (pacer, 1500) == 0)
      sc_cast_pacer_take (pacer, 1500);
  }
}

static void
test_lower_and_raise (void)
{
  ScCastPacer pacer;

  sc_cast_pacer_init (&pacer, 100000000, 0);
  g_assert_cmpint (sc_cast_pacer_get_limit (&pacer), ==, SC_CAST_LIMIT_CAP);
  sc_cast_pacer_advance (&pacer, SECOND);
  g_assert_true (sc_cast_pacer_lower (&pacer, SC_CAST_LIMIT_SEATS, 0, SECOND));
  g_assert_cmpuint (pacer.rate, ==, 80000000);
  g_assert_cmpint (sc_cast_pacer_get_limit (&pacer), ==, SC_CAST_LIMIT_SEATS);
  g_assert_false (sc_cast_pacer_lower (&pacer, SC_CAST_LIMIT_SEATS, 0, SECOND + 1000)); /* many seats, one trouble */
  g_assert_cmpuint (pacer.rate, ==, 80000000);
  run (&pacer, SECOND, 18 * SECOND / 10); /* back to just below what was too much, and not beyond it yet */
  g_assert_cmpuint (pacer.rate, ==, 90000000);
  for (guint i = 2; i < 100; i++)
    sc_cast_pacer_lower (&pacer, SC_CAST_LIMIT_SEATS, 0, i * SECOND);
  g_assert_cmpuint (pacer.rate, ==, SC_CAST_PACER_FLOOR);
  g_assert_cmpint (pacer.try_wait, ==, SC_CAST_PACER_TRY_WAIT); /* nothing was tried */
}

/* Where it is known what came through, the rate falls to just that. */
static void
test_carried (void)
{
  ScCastPacer pacer;

  sc_cast_pacer_init (&pacer, 500000000, 0);
  sc_cast_pacer_advance (&pacer, SECOND);
  sc_cast_pacer_lower (&pacer, SC_CAST_LIMIT_PATH, 100000000, SECOND);
  g_assert_cmpuint (pacer.rate, ==, 95000000);
  g_assert_cmpint (sc_cast_pacer_get_limit (&pacer), ==, SC_CAST_LIMIT_PATH);
  /* it was not for the rate's sake */
  sc_cast_pacer_take_back (&pacer, 500000000, 2 * SECOND);
  g_assert_cmpuint (pacer.rate, ==, 500000000);
  g_assert_cmpint (sc_cast_pacer_get_limit (&pacer), ==, SC_CAST_LIMIT_CAP);
}

/* After trouble, more is tried from time to time: ever more rarely while it fails, more boldly when it does not. */
static void
test_tries (void)
{
  ScCastPacer pacer;
  gint64 now = SECOND;

  sc_cast_pacer_init (&pacer, 0, 0);
  sc_cast_pacer_advance (&pacer, now);
  sc_cast_pacer_lower (&pacer, SC_CAST_LIMIT_PATH, 100000000, now);
  run (&pacer, now, now + 900000);
  g_assert_false (pacer.trying);
  run (&pacer, now + 900000, now + 1300000);
  g_assert_true (pacer.trying);
  g_assert_cmpint (sc_cast_pacer_get_limit (&pacer), ==, SC_CAST_LIMIT_TRYING);
  g_assert_cmpuint (pacer.rate, ==, 95000000 + 95000000 / 12);
  now = pacer.changed + 200000;
  sc_cast_pacer_lower (&pacer, SC_CAST_LIMIT_PATH, 0, now);
  g_assert_false (pacer.trying);
  g_assert_cmpuint (pacer.rate, ==, 95000000); /* what was borne before */
  g_assert_cmpint (pacer.try_at, ==, now + 2 * SC_CAST_PACER_TRY_WAIT);
  run (&pacer, now, pacer.try_at + 200000);
  g_assert_true (pacer.trying);
  sc_cast_pacer_note_clean (&pacer, pacer.changed + 100000); /* its queue may still be filling */
  g_assert_true (pacer.trying);
  now = pacer.changed + SC_CAST_PACER_TRY_TIME;
  run (&pacer, pacer.changed, now);
  sc_cast_pacer_note_clean (&pacer, now);
  g_assert_false (pacer.trying);
  run (&pacer, now, now + 200000);
  g_assert_true (pacer.trying); /* at once */
  g_assert_cmpuint (pacer.rate, >, 115000000);
}

/* Without a cap: from what the link says on, twice as much as often as the seats have followed. */
static void
test_without_cap (void)
{
  ScCastPacer pacer;
  gint64 now = 0;

  sc_cast_pacer_init (&pacer, 0, 0);
  g_assert_cmpuint (pacer.rate, ==, SC_CAST_PACER_START);
  sc_cast_pacer_set_link (&pacer, 100000000);
  g_assert_cmpuint (pacer.rate, ==, 100000000);
  g_assert_cmpint (sc_cast_pacer_get_limit (&pacer), ==, SC_CAST_LIMIT_LINK);
  run (&pacer, now, SECOND); /* nobody has said that it follows */
  g_assert_cmpuint (pacer.rate, ==, 100000000);
  now = SECOND;
  sc_cast_pacer_note_clean (&pacer, now);
  sc_cast_pacer_note_held (&pacer, SC_CAST_LIMIT_SOURCE);
  sc_cast_pacer_advance (&pacer, now + SECOND); /* it would make no difference: nothing was sent */
  g_assert_cmpuint (pacer.rate, ==, 100000000);
  g_assert_cmpint (sc_cast_pacer_get_limit (&pacer), ==, SC_CAST_LIMIT_SOURCE);
  now += SECOND;
  run (&pacer, now, now + 200000);
  g_assert_cmpuint (pacer.rate, ==, 200000000);
  g_assert_cmpint (sc_cast_pacer_get_limit (&pacer), ==, SC_CAST_LIMIT_TRYING);
  now = pacer.changed + 100000;
  /* the first trouble brings it back to what was borne */
  sc_cast_pacer_lower (&pacer, SC_CAST_LIMIT_SEATS, 0, now);
  g_assert_cmpuint (pacer.rate, ==, 100000000);
}

/* What its own interface does not carry is not the source's fault, and no rate. */
static void
test_uplink (void)
{
  ScCastPacer pacer;

  sc_cast_pacer_init (&pacer, 0, 0);
  g_assert_cmpuint (sc_cast_pacer_get_sent (&pacer), ==, pacer.rate); /* not known yet */
  for (gint64 now = 0; now <= SECOND; now += 1000) {
    sc_cast_pacer_advance (&pacer, now);
    sc_cast_pacer_take (&pacer, 50000); /* 400 Mbit/s */
    sc_cast_pacer_note_held (&pacer, SC_CAST_LIMIT_UPLINK);
    sc_cast_pacer_note_clean (&pacer, now);
  }
  g_assert_cmpuint (pacer.rate, ==, SC_CAST_PACER_START); /* more would make no difference */
  g_assert_cmpuint (sc_cast_pacer_get_sent (&pacer), >, 395000000);
  g_assert_cmpuint (sc_cast_pacer_get_sent (&pacer), <, 405000000);
  g_assert_cmpint (sc_cast_pacer_get_limit (&pacer), ==, SC_CAST_LIMIT_UPLINK);
  for (gint64 now = SECOND; now <= 2 * SECOND; now += 1000) {
    sc_cast_pacer_advance (&pacer, now);
    sc_cast_pacer_take (&pacer, 25000);
    sc_cast_pacer_note_held (&pacer, SC_CAST_LIMIT_SOURCE);
  }
  g_assert_cmpint (sc_cast_pacer_get_limit (&pacer), ==, SC_CAST_LIMIT_SOURCE);
  g_assert_cmpuint (sc_cast_pacer_get_sent (&pacer), <, 205000000);
  sc_cast_pacer_note_held (&pacer, SC_CAST_LIMIT_SEATS);
  sc_cast_pacer_advance (&pacer, 3 * SECOND);
  g_assert_cmpint (sc_cast_pacer_get_limit (&pacer), ==, SC_CAST_LIMIT_SEATS); /* they are waited for */
  sc_cast_pacer_advance (&pacer, 4 * SECOND);
  g_assert_cmpuint (sc_cast_pacer_get_sent (&pacer), ==, 0);
  sc_cast_pacer_restart (&pacer, 4 * SECOND);
  g_assert_cmpuint (sc_cast_pacer_get_sent (&pacer), ==, pacer.rate);
}

/* Where there was trouble once it is not doubled again: deep buffers may hide for a while what is too much. */
static void
test_after_trouble (void)
{
  ScCastPacer pacer;
  gint64 now = SECOND;
  guint64 before;

  sc_cast_pacer_init (&pacer, 0, 0);
  sc_cast_pacer_set_link (&pacer, 100000000);
  sc_cast_pacer_advance (&pacer, now);
  sc_cast_pacer_lower (&pacer, SC_CAST_LIMIT_SEATS, 0, now);
  for (guint i = 0; i < 100 && pacer.troubled > 0; i++) {
    run (&pacer, now, now + 600000);
    now += 600000;
    sc_cast_pacer_note_clean (&pacer, now);
  }
  g_assert_cmpuint (pacer.troubled, ==, 0); /* what was in the way is gone */
  before = pacer.rate;
  g_assert_cmpuint (before, >, 125000000);
  run (&pacer, now, now + SC_CAST_PACER_STEP_TIME);
  g_assert_cmpuint (pacer.rate, ==, before + before / 2);
}

static void
test_caps (void)
{
  ScCastPacer pacer;

  sc_cast_pacer_init (&pacer, 1, 0);
  g_assert_cmpuint (pacer.rate, ==, SC_CAST_PACER_MIN_RATE);
  sc_cast_pacer_set_cap (&pacer, G_MAXUINT64);
  sc_cast_pacer_advance (&pacer, 100 * SECOND); /* nothing overflows */
  g_assert_cmpuint (pacer.rate, <=, pacer.cap);
  g_assert_cmpint (pacer.tokens, >, 0);
  sc_cast_pacer_set_link (&pacer, G_MAXUINT64);
  g_assert_cmpuint (pacer.rate, ==, SC_CAST_PACER_START);
  sc_cast_pacer_set_cap (&pacer, 1000000);
  g_assert_cmpuint (pacer.rate, ==, 1000000);
  sc_cast_pacer_lower (&pacer, SC_CAST_LIMIT_PATH, 1, SECOND); /* nothing came through at all */
  g_assert_cmpuint (pacer.rate, ==, SC_CAST_PACER_MIN_RATE);
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
  sc_cast_pacer_lower (&pacer, SC_CAST_LIMIT_SEATS, 0, 2 * SECOND);
  g_assert_cmpuint (pacer.rate, ==, 80000000);
  sc_cast_pacer_set_cap (&pacer, 50000000);
  g_assert_cmpuint (pacer.rate, ==, 50000000);
  sc_cast_pacer_lower (&pacer, SC_CAST_LIMIT_SEATS, 0, 3 * SECOND);
  g_assert_cmpuint (pacer.rate, ==, 40000000);
  sc_cast_pacer_set_cap (&pacer, 0);
  g_assert_cmpuint (pacer.rate, ==, 40000000);
}

/* What was never tried under a cap is not jumped to when it is lifted: the rate climbs to it as the seats follow. */
static void
test_lifted_cap (void)
{
  ScCastPacer pacer;
  gint64 now = 5 * SECOND;

  sc_cast_pacer_init (&pacer, 100000000, 0);
  run (&pacer, 0, now);
  sc_cast_pacer_set_cap (&pacer, 0);
  g_assert_cmpuint (pacer.rate, ==, 100000000);
  run (&pacer, now, now + SECOND); /* nobody has said that it follows */
  g_assert_cmpuint (pacer.rate, ==, 100000000);
  sc_cast_pacer_note_clean (&pacer, now + SECOND);
  run (&pacer, now + SECOND, now + 12 * SECOND / 10);
  g_assert_cmpuint (pacer.rate, ==, 200000000);
  sc_cast_pacer_set_cap (&pacer, 50000000);
  sc_cast_pacer_set_cap (&pacer, 400000000);
  g_assert_cmpuint (pacer.rate, ==, 200000000); /* that much was sent already */
  g_assert_false (pacer.verified);              /* but not for a while */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cast/pacer/rate", test_rate);
  g_test_add_func ("/cast/pacer/carried", test_carried);
  g_test_add_func ("/cast/pacer/tries", test_tries);
  g_test_add_func ("/cast/pacer/without-cap", test_without_cap);
  g_test_add_func ("/cast/pacer/uplink", test_uplink);
  g_test_add_func ("/cast/pacer/after-trouble", test_after_trouble);
  g_test_add_func ("/cast/pacer/changing-cap", test_changing_cap);
  g_test_add_func ("/cast/pacer/lifted-cap", test_lifted_cap);
  g_test_add_func ("/cast/pacer/wait", test_wait);
  g_test_add_func ("/cast/pacer/burst", test_burst);
  g_test_add_func ("/cast/pacer/lower-and-raise", test_lower_and_raise);
  g_test_add_func ("/cast/pacer/caps", test_caps);
  return g_test_run ();
}
