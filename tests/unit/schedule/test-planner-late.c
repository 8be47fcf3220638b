/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/schedule/planner-world.h"

/* Seats that are late, busy, or failed. */

#define EVENING "mon-fri 18:00-22:00 UTC"

static void
test_catch_up_is_jittered_and_alone (void)
{
  g_autoptr (World) world = world_new ();

  world->fetches = TRUE;
  world_seat (world, "a", "1", 5);
  world_run (world, 0);
  world_expect (world, "no-fetch a");
  world_run (world, SC_PLANNER_CATCH_UP_SPREAD);
  world_expect (world, "fetch a; catch-up a");
}

static void
test_catch_up_at_different_moments (void)
{
  gint64 first = 0, last = 0;

  for (guint i = 0; i < 20; i++) {
    g_autoptr (World) world = world_new ();
    gint64 at;

    for (guint j = 0; j < i; j++) /* other dice */
      world_run (world, HOURS), world_seat (world, "a", "1", 5 + j), world_run (world, 0);
    world_seat (world, "b", "1", 5);
    at = world->now;
    g_string_truncate (world->orders, 0);
    while (strstr (world->orders->str, "catch-up b") == NULL)
      world_run (world, SECONDS);
    at = world->now - at;
    first = i == 0 ? at : MIN (first, at);
    last = MAX (last, at);
  }
  g_assert_cmpint (last, <=, SC_PLANNER_CATCH_UP_SPREAD + SECONDS);
  g_assert_cmpint (last - first, >, 20 * SECONDS);
}

static void
test_three_share_a_session (void)
{
  g_autoptr (World) world = world_new ();

  world_seat (world, "a", "1", 5);
  world_seat (world, "b", "1", 5);
  world_seat (world, "c", "2", 5);
  world_seat (world, "other", "1", 6);
  world_run (world, SC_PLANNER_SETTLE_TIME);
  world_expect (world, "catch-up other; start 5 a b c");
}

static void
test_few_catch_up_at_once (void)
{
  g_autoptr (World) world = world_new ();

  sc_planner_set_catch_up_seats (world->planner, 2);
  for (guint i = 0; i < 5; i++) {
    char id[2] = { (char) ('a' + i), 0 };

    world_seat (world, id, "1", 5 + i); /* each wants something else */
  }
  world_run (world, SC_PLANNER_CATCH_UP_SPREAD);
  g_assert_cmpuint (world->orders->len, ==, strlen ("catch-up a; catch-up b"));
  g_auto (GStrv) orders = g_strsplit (world->orders->str, "; ", -1);
  for (guint i = 0; i < 2; i++) {
    ScPlannerSeat *seat = world_get (world, orders[i] + strlen ("catch-up "));

    seat->working = TRUE;
    world_tell (world, seat);
  }
  g_string_truncate (world->orders, 0);
  world_run (world, 20 * MINUTES);
  world_expect (world, "");
  world_get (world, orders[0] + strlen ("catch-up "))->met = TRUE;
  world_get (world, orders[0] + strlen ("catch-up "))->working = FALSE;
  world_tell (world, world_get (world, orders[0] + strlen ("catch-up ")));
  world_run (world, SECONDS);
  g_assert_cmpuint (world->orders->len, ==, strlen ("catch-up a"));
}

/* Those before it take long. */
static void
test_turn_that_does_not_come (void)
{
  g_autoptr (World) world = world_new ();
  ScPlannerSeat *first;

  sc_planner_set_catch_up_seats (world->planner, 1);
  first = world_seat (world, "a", "1", 5);
  world_run (world, SC_PLANNER_CATCH_UP_SPREAD);
  world_expect (world, "catch-up a");
  first->working = TRUE;
  world_tell (world, first);
  world_seat (world, "b", "1", 5);
  world_run (world, SC_PLANNER_GATHER_TIME - 1);
  world_expect (world, "");
  world_run (world, 1);
  world_expect (world, "start 5 b");
}

static void
test_seats_that_gather_count_for_a_share (void)
{
  g_autoptr (World) world = world_new ();

  world_room (world, "1", NULL, SC_LATE_GATHER);
  world_run (world, HOURS);
  world_seat (world, "a", "1", 5);
  world_seat (world, "b", "1", 5);
  world_seat (world, "c", "2", 5); /* which catches up */
  world_run (world, SC_PLANNER_SETTLE_TIME);
  world_expect (world, "start 5 a b c");
}

static void
test_failed_do_not_hurry_others (void)
{
  g_autoptr (World) world = world_new ();
  ScPlannerSeat *failed;

  world_room (world, "1", NULL, SC_LATE_GATHER);
  world_run (world, HOURS);
  failed = world_seat (world, "a", "1", 5);
  failed->failed = "its disk is full";
  world_tell (world, failed);
  world_run (world, SC_PLANNER_FAILED_TIME + SC_PLANNER_GATHER_TIME - MINUTES);
  world_seat (world, "b", "1", 5);
  world_expect (world, "");
  world_run (world, MINUTES);
  world_expect (world, "start 5 a");
  world_session (world, 1, 5, "a", FALSE);
  world_run (world, SC_PLANNER_GATHER_TIME);
  world_expect (world, "start 5 b");
}

static void
test_going_back_does_not_cost_its_turn (void)
{
  g_autoptr (World) world = world_new ();
  ScPlannerSeat *seat;

  world_room (world, "1", NULL, SC_LATE_GATHER);
  world_run (world, HOURS);
  seat = world_seat (world, "a", "1", 5);
  seat->unfinished = TRUE;
  seat->back = 4;
  world_tell (world, seat);
  world_run (world, SC_PLANNER_UNFINISHED_TIME);
  world_expect (world, "go-back a 4");
  seat->working = TRUE;
  world_tell (world, seat);
  world_run (world, MINUTES);
  seat->working = seat->unfinished = FALSE;
  world_tell (world, seat);
  world_run (world, SC_PLANNER_GATHER_TIME - SC_PLANNER_UNFINISHED_TIME - MINUTES);
  world_expect (world, "start 5 a");
}

static void
test_catch_up_within_the_window (void)
{
  g_autoptr (World) world = world_new ();
  ScPlannerSeat *seat;

  world->fetches = TRUE;
  world_room (world, "1", EVENING, SC_LATE_CATCH_UP);
  seat = world_seat (world, "a", "1", 5);
  world_run_until (world, "18:00");
  world_expect (world, "no-fetch a");
  world_run (world, SC_PLANNER_CATCH_UP_SPREAD);
  world_expect (world, "fetch a; catch-up a");
  seat->working = TRUE;
  world_tell (world, seat);
  world_run_until (world, "21:59");
  seat->online = FALSE; /* told anew at each connection */
  world_tell (world, seat);
  seat->online = TRUE;
  world_tell (world, seat);
  world_run (world, 0);
  world_expect (world, "fetch a");
  world_run_until (world, "22:00");
  world_expect (world, "no-fetch a");
}

static void
test_nothing_assigned_may_fetch (void)
{
  g_autoptr (World) world = world_new ();

  world->fetches = TRUE;
  world_seat (world, "a", "1", 0);
  world_run (world, HOURS);
  world_expect (world, "fetch a");
}

static void
test_gather_at_the_opening (void)
{
  g_autoptr (World) world = world_new ();

  world_room (world, "1", EVENING, SC_LATE_GATHER);
  world_seat (world, "a", "1", 5);
  world_run_until (world, "18:00");
  world_expect (world, "");
  world_run (world, 30 * SECONDS);
  world_seat (world, "b", "1", 5);
  world_run (world, 30 * SECONDS);
  world_expect (world, "start 5 a b");
}

static void
test_gather_those_that_come_later (void)
{
  g_autoptr (World) world = world_new ();

  world_room (world, "1", EVENING, SC_LATE_GATHER);
  world_run_until (world, "19:00");
  world_seat (world, "a", "1", 5);
  world_run (world, SC_PLANNER_GATHER_TIME - MINUTES);
  world_expect (world, "");
  world_seat (world, "b", "1", 5);
  world_run (world, MINUTES);
  world_expect (world, "start 5 a b");
}

static void
test_gather_joins_what_is_due (void)
{
  g_autoptr (World) world = world_new ();
  ScPlannerSeat *due;

  world_room (world, "1", NULL, SC_LATE_GATHER);
  world_room (world, "2", NULL, SC_LATE_ASK);
  world_run (world, HOURS);
  world_seat (world, "a", "1", 5);
  world_seat (world, "asks", "2", 5);
  due = world_seat (world, "b", "2", 5);
  due->due = TRUE;
  world_tell (world, due);
  world_run (world, SC_PLANNER_SETTLE_ALL);
  world_expect (world, "start 5 a b");
}

static void
test_ask_waits_for_staff (void)
{
  g_autoptr (World) world = world_new ();

  world_room (world, "1", NULL, SC_LATE_ASK);
  for (guint i = 0; i < 5; i++) {
    char id[2] = { (char) ('a' + i), 0 };

    world_seat (world, id, "1", 5);
  }
  world_run (world, 10 * DAYS);
  world_expect (world, "");
}

static void
test_held_and_drifted_wait_for_staff (void)
{
  g_autoptr (World) world = world_new ();
  ScPlannerSeat *held = world_seat (world, "a", "1", 5), *drifted = world_seat (world, "b", "1", 5);

  held->held = drifted->drifted = TRUE;
  world_tell (world, held);
  world_tell (world, drifted);
  world_run (world, DAYS);
  world_expect (world, "");
  held->due = drifted->due = TRUE; /* they have said so */
  world_tell (world, held);
  world_tell (world, drifted);
  world_run (world, SC_PLANNER_SETTLE_ALL);
  world_expect (world, "start 5 a b");
}

static void
test_busy_is_left_alone_and_reminded (void)
{
  g_autoptr (World) world = world_new ();
  ScPlannerSeat *seat;

  world_room (world, "1", NULL, SC_LATE_CATCH_UP); /* after 24 h */
  seat = world_seat (world, "a", "1", 5);
  seat->busy = TRUE;
  world_tell (world, seat);
  world_run (world, 24 * HOURS - 1);
  world_expect (world, "");
  world_run (world, 1);
  world_expect (world, "remind a 24h");
  world_run (world, 2 * DAYS);
  world_expect (world, "remind a 48h; remind a 72h");
  seat->busy = FALSE;
  seat->met = TRUE;
  world_tell (world, seat);
  world_run (world, 3 * DAYS);
  world_expect (world, "");
}

static void
test_busy_since_before (void)
{
  g_autoptr (World) world = world_new ();
  ScPlannerSeat *seat;

  world_room (world, "1", NULL, SC_LATE_CATCH_UP);
  seat = world_seat (world, "a", "1", 5);
  seat->busy = TRUE;
  seat->busy_since = world->real - 20 * HOURS;
  world_tell (world, seat);
  world_run (world, 4 * HOURS);
  world_expect (world, "remind a 24h");
}

/* The seat tries, fails. */
static void
fail (World *world, ScPlannerSeat *seat)
{
  seat->working = TRUE;
  world_tell (world, seat);
  world_run (world, MINUTES);
  seat->working = FALSE;
  seat->failed = "its disk is full";
  world_tell (world, seat);
}

static void
test_failed_is_tried_again_with_back_off (void)
{
  g_autoptr (World) world = world_new ();
  ScPlannerSeat *seat = world_seat (world, "a", "1", 5);
  gint64 pause = SC_PLANNER_FAILED_TIME;

  world_run (world, SC_PLANNER_CATCH_UP_SPREAD);
  world_expect (world, "catch-up a");
  for (guint i = 0; i < 8; i++) {
    fail (world, seat);
    world_run (world, pause);
    world_expect (world, "");
    world_run (world, SC_PLANNER_CATCH_UP_SPREAD);
    world_expect (world, "catch-up a");
    pause = MIN (2 * pause, SC_PLANNER_FAILED_MAX);
  }
  fail (world, seat);
  seat->due = TRUE; /* staff want it now */
  world_tell (world, seat);
  world_run (world, SC_PLANNER_SETTLE_ALL);
  world_expect (world, "start 5 a");
}

static void
test_failed_is_tried_again_at_the_opening (void)
{
  g_autoptr (World) world = world_new ();
  ScPlannerSeat *seat;

  world_room (world, "1", "mon-sun 18:00-20:00 UTC", SC_LATE_CATCH_UP);
  seat = world_seat (world, "a", "1", 5);
  world_run_until (world, "18:01");
  world_expect (world, "catch-up a");
  for (guint i = 0; i < 3; i++) {
    fail (world, seat);
    world_run (world, HOURS);
  }
  g_string_truncate (world->orders, 0);
  world_run_until (world, "18:00");
  world_run (world, SC_PLANNER_CATCH_UP_SPREAD);
  g_assert_nonnull (strstr (world->orders->str, "catch-up a"));
}

static void
test_a_new_desired_state_forgets_failures (void)
{
  g_autoptr (World) world = world_new ();
  ScPlannerSeat *seat = world_seat (world, "a", "1", 5);

  world_run (world, SC_PLANNER_CATCH_UP_SPREAD);
  fail (world, seat);
  g_string_truncate (world->orders, 0);
  seat->failed = NULL;
  world_want (world, seat, 6);
  world_tell (world, seat);
  world_run (world, SC_PLANNER_CATCH_UP_SPREAD);
  world_expect (world, "catch-up a");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/planner-late/catch-up-is-jittered-and-alone", test_catch_up_is_jittered_and_alone);
  g_test_add_func ("/planner-late/catch-up-at-different-moments", test_catch_up_at_different_moments);
  g_test_add_func ("/planner-late/three-share-a-session", test_three_share_a_session);
  g_test_add_func ("/planner-late/few-catch-up-at-once", test_few_catch_up_at_once);
  g_test_add_func ("/planner-late/turn-that-does-not-come", test_turn_that_does_not_come);
  g_test_add_func ("/planner-late/seats-that-gather-count-for-a-share", test_seats_that_gather_count_for_a_share);
  g_test_add_func ("/planner-late/failed-do-not-hurry-others", test_failed_do_not_hurry_others);
  g_test_add_func ("/planner-late/going-back-does-not-cost-its-turn", test_going_back_does_not_cost_its_turn);
  g_test_add_func ("/planner-late/catch-up-within-the-window", test_catch_up_within_the_window);
  g_test_add_func ("/planner-late/nothing-assigned-may-fetch", test_nothing_assigned_may_fetch);
  g_test_add_func ("/planner-late/gather-at-the-opening", test_gather_at_the_opening);
  g_test_add_func ("/planner-late/gather-those-that-come-later", test_gather_those_that_come_later);
  g_test_add_func ("/planner-late/gather-joins-what-is-due", test_gather_joins_what_is_due);
  g_test_add_func ("/planner-late/ask-waits-for-staff", test_ask_waits_for_staff);
  g_test_add_func ("/planner-late/held-and-drifted-wait-for-staff", test_held_and_drifted_wait_for_staff);
  g_test_add_func ("/planner-late/busy-is-left-alone-and-reminded", test_busy_is_left_alone_and_reminded);
  g_test_add_func ("/planner-late/busy-since-before", test_busy_since_before);
  g_test_add_func ("/planner-late/failed-is-tried-again-with-back-off", test_failed_is_tried_again_with_back_off);
  g_test_add_func ("/planner-late/failed-is-tried-again-at-the-opening", test_failed_is_tried_again_at_the_opening);
  g_test_add_func ("/planner-late/a-new-desired-state-forgets-failures", test_a_new_desired_state_forgets_failures);
  return g_test_run ();
}
