/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-catch-up-pacer.h"

#define S G_TIME_SPAN_SECOND
#define RATE 8000000u /* bits/s: 1 MB a second */
#define RANGE 500000u /* bytes: half a second of it */
#define START (1000 * S)

static void
assert_taken (ScCatchUpPacer *pacer, gint64 now, guint64 expected)
{
  g_assert_cmpuint (sc_catch_up_pacer_take (pacer, now), ==, expected);
}

/* One goes at once, the others as the rate allows. */
static void
test_rate (void)
{
  g_autoptr (ScCatchUpPacer) pacer = sc_catch_up_pacer_new (RATE, START);
  guint64 first = sc_catch_up_pacer_add (pacer, "a", "lab", RANGE);
  guint64 second = sc_catch_up_pacer_add (pacer, "b", "lab", RANGE);
  guint64 third = sc_catch_up_pacer_add (pacer, "c", "lab", RANGE);

  g_assert_cmpint (sc_catch_up_pacer_get_timeout (pacer), <=, START);
  assert_taken (pacer, START, first);
  assert_taken (pacer, START, 0);
  g_assert_cmpint (sc_catch_up_pacer_get_timeout (pacer), ==, START + S / 2);
  assert_taken (pacer, START + S / 2 - 1, 0);
  assert_taken (pacer, START + S / 2, second);
  assert_taken (pacer, START + S, third);
  assert_taken (pacer, START + 100 * S, 0);
  g_assert_cmpint (sc_catch_up_pacer_get_timeout (pacer), ==, G_MAXINT64);
  g_assert_cmpuint (sc_catch_up_pacer_count (pacer), ==, 0);
  /* a long rest saves nothing up */
  for (guint i = 0; i < 4; i++)
    sc_catch_up_pacer_add (pacer, "a", "lab", RANGE);
  g_assert_cmpuint (sc_catch_up_pacer_take (pacer, START + 1000 * S), !=, 0);
  assert_taken (pacer, START + 1000 * S, 0);
}

/* Who has gone away uses nothing, and holds nobody up. */
static void
test_remove (void)
{
  g_autoptr (ScCatchUpPacer) pacer = sc_catch_up_pacer_new (RATE, START);
  guint64 first = sc_catch_up_pacer_add (pacer, "a", "lab", 1000 * RANGE);
  guint64 second = sc_catch_up_pacer_add (pacer, "b", "lab", RANGE);

  sc_catch_up_pacer_remove (pacer, first);
  sc_catch_up_pacer_remove (pacer, first);
  sc_catch_up_pacer_remove (pacer, 4711);
  assert_taken (pacer, START, second);
  g_assert_cmpint (sc_catch_up_pacer_get_timeout (pacer), ==, G_MAXINT64);
}

/* All get their turn, however many ranges one has asked for, and also one whose request was given up and made again. */
static void
test_turns (void)
{
  g_autoptr (ScCatchUpPacer) pacer = sc_catch_up_pacer_new (RATE, START);
  guint64 greedy[3], late;
  gint64 now = START;

  for (guint i = 0; i < 3; i++)
    greedy[i] = sc_catch_up_pacer_add (pacer, "a", "lab", RANGE);
  assert_taken (pacer, now, greedy[0]);
  late = sc_catch_up_pacer_add (pacer, "b", "lab", RANGE);
  sc_catch_up_pacer_remove (pacer, late);
  late = sc_catch_up_pacer_add (pacer, "b", "lab", RANGE);
  assert_taken (pacer, now += S, late);
  assert_taken (pacer, now += S, greedy[1]);
  late = sc_catch_up_pacer_add (pacer, "b", "lab", RANGE);
  assert_taken (pacer, now += S, late);
  assert_taken (pacer, now += S, greedy[2]);
}

/* A room with a lower cap does not keep the others waiting. */
static void
test_rooms (void)
{
  g_autoptr (ScCatchUpPacer) pacer = sc_catch_up_pacer_new (RATE, START);
  guint64 slow[2], fast;

  sc_catch_up_pacer_set_room_rate (pacer, "slow", RATE / 10, START);
  slow[0] = sc_catch_up_pacer_add (pacer, "a", "slow", RANGE);
  slow[1] = sc_catch_up_pacer_add (pacer, "b", "slow", RANGE);
  fast = sc_catch_up_pacer_add (pacer, "c", "lab", RANGE);
  assert_taken (pacer, START, slow[0]);
  g_assert_cmpint (sc_catch_up_pacer_get_timeout (pacer), ==, START + S / 2);
  assert_taken (pacer, START + S / 2, fast);
  assert_taken (pacer, START + 4 * S, 0);
  g_assert_cmpint (sc_catch_up_pacer_get_timeout (pacer), ==, START + 5 * S);
  sc_catch_up_pacer_set_room_rate (pacer, "slow", RATE / 5, START + 4 * S); /* what is owed shrinks with it */
  assert_taken (pacer, START + 4 * S, 0);
  assert_taken (pacer, START + 4 * S + S / 2, slow[1]);
  sc_catch_up_pacer_set_room_rate (pacer, "slow", 0, START + 5 * S);
  slow[0] = sc_catch_up_pacer_add (pacer, "a", "slow", RANGE);
  assert_taken (pacer, START + 5 * S, slow[0]);
}

static void
test_changed_rate (void)
{
  g_autoptr (ScCatchUpPacer) pacer = sc_catch_up_pacer_new (RATE, START);
  guint64 next;

  assert_taken (pacer, START, sc_catch_up_pacer_add (pacer, "a", "lab", 4 * RANGE)); /* two seconds */
  next = sc_catch_up_pacer_add (pacer, "b", "lab", RANGE);
  sc_catch_up_pacer_set_rate (pacer, RATE * 2, START + S);
  assert_taken (pacer, START + S + S / 2 - 1, 0);
  assert_taken (pacer, START + S + S / 2, next);
  /* nothing overflows, and what is owed at next to no rate does not last for ever */
  sc_catch_up_pacer_set_rate (pacer, 0, START + S);
  next = sc_catch_up_pacer_add (pacer, "c", "lab", G_MAXUINT64);
  assert_taken (pacer, START + S + 2 * G_TIME_SPAN_DAY, next);
  next = sc_catch_up_pacer_add (pacer, "c", "lab", 1);
  assert_taken (pacer, START + S + 4 * G_TIME_SPAN_DAY, next);
}

/* 80 seats that were switched on at the same time: the rate is kept, and used up, and they end together. */
static void
test_whole_room (void)
{
  g_autoptr (ScCatchUpPacer) pacer = sc_catch_up_pacer_new (RATE, START);
  guint64 tickets[80];
  guint n_got[80] = { 0 };
  guint64 sent = 0;
  gint64 now = START;

  for (guint i = 0; i < 80; i++) {
    g_autofree char *seat = g_strdup_printf ("%u", i);
    tickets[i] = sc_catch_up_pacer_add (pacer, seat, "lab", RANGE);
  }
  while (now < START + 200 * S) {
    guint64 ticket;

    while ((ticket = sc_catch_up_pacer_take (pacer, now)) != 0)
      for (guint i = 0; i < 80; i++)
        if (tickets[i] == ticket) {
          g_autofree char *seat = g_strdup_printf ("%u", i);

          sent += RANGE;
          n_got[i]++;
          tickets[i] = sc_catch_up_pacer_add (pacer, seat, "lab", RANGE);
        }
    g_assert_cmpuint (sent, <=, (guint64) (now - START) * (RATE / 8) / S + RANGE);
    now = sc_catch_up_pacer_get_timeout (pacer);
  }
  g_assert_cmpuint (sent, ==, 200 * (RATE / 8));
  for (guint i = 0; i < 80; i++)
    g_assert_cmpuint (n_got[i], ==, 5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/catch-up-pacer/rate", test_rate);
  g_test_add_func ("/catch-up-pacer/remove", test_remove);
  g_test_add_func ("/catch-up-pacer/turns", test_turns);
  g_test_add_func ("/catch-up-pacer/rooms", test_rooms);
  g_test_add_func ("/catch-up-pacer/changed-rate", test_changed_rate);
  g_test_add_func ("/catch-up-pacer/whole-room", test_whole_room);
  return g_test_run ();
}
