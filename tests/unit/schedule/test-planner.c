/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/schedule/planner-world.h"

/* Sessions: seats that are due, windows. */

#define EVENING "mon-fri 18:00-22:00 UTC"

static ScPlannerSeat *
due_seat (World *world, const char *id, const char *room, guint64 version)
{
  ScPlannerSeat *seat = world_seat (world, id, room, version);

  seat->due = TRUE;
  world_tell (world, seat);
  return seat;
}

static void
test_nothing_to_do (void)
{
  g_autoptr (World) world = world_new ();
  ScPlannerSeat *seat = world_seat (world, "a", "1", 5);

  world_room (world, "1", NULL, SC_LATE_CATCH_UP);
  seat->met = TRUE;
  world_tell (world, seat);
  world_seat (world, "b", "1", 0);
  world_run (world, 10 * DAYS);
  world_expect (world, "");
  g_assert_cmpint (world->wait, ==, G_MAXINT64); /* it sleeps */
}

static void
test_due_seats_get_a_session_together (void)
{
  g_autoptr (World) world = world_new ();

  due_seat (world, "a", "1", 5);
  due_seat (world, "b", "2", 5);
  due_seat (world, "c", "2", 6);
  world_run (world, SC_PLANNER_SETTLE_ALL - 1);
  world_expect (world, "");
  world_run (world, 1);
  world_expect (world, "start 5 a b; start 6 c");
  world_run (world, 30 * SECONDS); /* not again before it can show */
  world_expect (world, "");
}

static void
test_due_seats_that_are_off_are_waited_for (void)
{
  g_autoptr (World) world = world_new ();

  due_seat (world, "a", "1", 5);
  due_seat (world, "b", "1", 5)->online = FALSE;
  world_tell (world, world_get (world, "b"));
  due_seat (world, "c", "1", 5)->online = FALSE;
  world_tell (world, world_get (world, "c"));
  world_run (world, SC_PLANNER_SETTLE_TIME - 1);
  world_expect (world, "");
  world_get (world, "c")->online = TRUE;
  world_tell (world, world_get (world, "c"));
  world_run (world, 1);
  world_expect (world, "start 5 a c missed b");
}

static void
test_nobody_is_there (void)
{
  g_autoptr (World) world = world_new ();
  ScPlannerSeat *seat = due_seat (world, "a", "1", 5);

  seat->online = FALSE;
  world_tell (world, seat);
  world_run (world, 10 * DAYS);
  world_expect (world, "");
  seat->online = TRUE; /* it still is due */
  world_tell (world, seat);
  world_run (world, SC_PLANNER_SETTLE_TIME);
  world_expect (world, "start 5 a");
}

static void
test_seats_that_are_woken_take_part (void)
{
  g_autoptr (World) world = world_new ();
  ScPlannerSeat *seat = due_seat (world, "a", "1", 5);

  seat->online = FALSE;
  seat->wake = TRUE;
  world_tell (world, seat);
  due_seat (world, "b", "1", 5);
  world_run (world, SC_PLANNER_SETTLE_TIME);
  world_expect (world, "start 5 a b");
}

static void
test_missed_only_of_rooms_that_take_part (void)
{
  g_autoptr (World) world = world_new ();

  due_seat (world, "a", "1", 5);
  due_seat (world, "b", "2", 5)->online = FALSE;
  world_tell (world, world_get (world, "b"));
  world_run (world, SC_PLANNER_SETTLE_TIME);
  world_expect (world, "start 5 a");
}

static void
test_waits_for_the_window (void)
{
  g_autoptr (World) world = world_new ();

  world_room (world, "1", EVENING, SC_LATE_CATCH_UP);
  due_seat (world, "a", "1", 5);
  world_run_until (world, "18:00");
  world_expect (world, "");
  world_run (world, SC_PLANNER_SETTLE_ALL);
  world_expect (world, "start 5 a");
}

static void
test_rooms_share_while_both_are_open (void)
{
  g_autoptr (World) world = world_new ();

  world_room (world, "1", EVENING, SC_LATE_CATCH_UP);
  world_room (world, "2", "mon-fri 18:00-20:00 UTC", SC_LATE_CATCH_UP);
  world_room (world, "3", "mon-fri 20:00-22:00 UTC", SC_LATE_CATCH_UP);
  due_seat (world, "a", "1", 5);
  due_seat (world, "b", "2", 5);
  due_seat (world, "c", "3", 5);
  world_run_until (world, "18:02");
  world_expect (world, "start 5 a b; start 5 a b"); /* and again as nothing came of it */
  world_session (world, 1, 5, "a b", FALSE);
  world_run_until (world, "20:00");
  world_expect (world, "release 1 b"); /* only its window has closed */
  world_session (world, 1, 5, "a", FALSE);
  world_run (world, SC_PLANNER_SETTLE_ALL);
  world_expect (world, "start 5 c");
}

static void
test_window_closes_for_all (void)
{
  g_autoptr (World) world = world_new ();

  world_room (world, "1", EVENING, SC_LATE_CATCH_UP);
  world_seat (world, "a", "1", 5);
  world_seat (world, "b", "1", 5);
  world_run_until (world, "18:00");
  world_session (world, 1, 5, "a b", FALSE);
  world_run_until (world, "22:00");
  world_expect (world, "release 1 a b");
  world_session (world, 1, 5, "a b", TRUE);
  world_run_until (world, "18:00");
  world_expect (world, "");
  world_run (world, SC_PLANNER_SETTLE_ALL);
  world_expect (world, "resume 1");
  world_session (world, 1, 5, "a b", FALSE);
  world_run (world, HOURS);
  world_expect (world, "");
}

static void
test_staff_s_session_goes_on (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (ScSelection) selection = sc_selection_new (5, NULL);

  world_room (world, "1", EVENING, SC_LATE_CATCH_UP);
  world_seat (world, "a", "1", 5)->session = 1;
  world_tell (world, world_get (world, "a"));
  sc_planner_set_session (world->planner, &(ScPlannerSession){ .id = 1,
                                                               .selection = selection,
                                                               .any_time = TRUE,
                                                               .seats = (const char *const[]){ "a", NULL } });
  world_run (world, DAYS);
  world_expect (world, "");
}

static void
test_suspended_session_that_others_join (void)
{
  g_autoptr (World) world = world_new ();
  ScPlannerSeat *late;

  world_room (world, "1", EVENING, SC_LATE_GATHER);
  world_seat (world, "a", "1", 5);
  late = world_seat (world, "b", "1", 5);
  world_session (world, 1, 5, "a", TRUE);
  world_run_until (world, "18:00");
  world_run (world, SC_PLANNER_SETTLE_TIME);
  world_expect (world, "end 1");
  world_end_session (world, 1);
  world_get (world, "a")->due = TRUE;
  world_tell (world, world_get (world, "a"));
  world_run (world, 0);
  world_expect (world, "start 5 a b"); /* at once: they have waited for it */
  late->met = TRUE;
}

static void
test_suspended_session_of_rooms_that_open_apart (void)
{
  g_autoptr (World) world = world_new ();

  world_room (world, "1", EVENING, SC_LATE_CATCH_UP);
  world_room (world, "2", "sat 18:00-22:00 UTC", SC_LATE_CATCH_UP);
  world_seat (world, "a", "1", 5);
  world_seat (world, "b", "2", 5);
  world_session (world, 1, 5, "a b", TRUE);
  world_run_until (world, "18:00");
  world_run (world, SC_PLANNER_SETTLE_ALL);
  world_expect (world, "end 1");
}

static void
test_suspended_session_that_nobody_wants (void)
{
  g_autoptr (World) world = world_new ();

  world_room (world, "1", EVENING, SC_LATE_CATCH_UP);
  world_seat (world, "a", "1", 5);
  world_seat (world, "b", "1", 5);
  world_session (world, 1, 5, "a b", TRUE);
  world_run (world, MINUTES);
  world_expect (world, "");
  world_get (world, "a")->met = TRUE;
  world_tell (world, world_get (world, "a"));
  world_run (world, MINUTES);
  world_expect (world, "");
  world_want (world, world_get (world, "b"), 6);
  world_tell (world, world_get (world, "b"));
  world_run (world, SECONDS);
  world_expect (world, "end 1");
}

static void
test_seats_that_are_to_have_something_else_leave (void)
{
  g_autoptr (World) world = world_new ();

  world_seat (world, "a", "1", 5);
  world_seat (world, "b", "1", 5);
  world_session (world, 1, 5, "a b", FALSE);
  world_want (world, world_get (world, "b"), 6);
  world_tell (world, world_get (world, "b"));
  world_run (world, 10 * SECONDS);
  world_expect (world, "release 1 b");
  world_get (world, "b")->met = TRUE;
  world_session (world, 1, 5, "a", FALSE);
  world_want (world, world_get (world, "a"), 6);
  world_tell (world, world_get (world, "a"));
  world_run (world, 10 * SECONDS);
  world_expect (world, "end 1");
}

static void
test_pinned_seats_have_their_own (void)
{
  g_autoptr (World) world = world_new ();

  due_seat (world, "a", "1", 5);
  due_seat (world, "b", "1", 5);
  due_seat (world, "pinned", "1", 3);
  world_run (world, SC_PLANNER_SETTLE_ALL);
  world_expect (world, "start 5 a b; start 3 pinned");
}

static void
test_refused_orders_are_tried_again (void)
{
  g_autoptr (World) world = world_new ();

  due_seat (world, "a", "1", 5);
  world->refuse = TRUE;
  world_run (world, 10 * SECONDS);
  world_expect (world, "start 5 a");
  world_run (world, 29 * SECONDS);
  world_expect (world, "");
  world_run (world, SECONDS + SC_PLANNER_SETTLE_ALL);
  world_expect (world, "start 5 a");
  world_run (world, 59 * SECONDS);
  world_expect (world, "");
  world_run (world, 2 * HOURS);
  g_assert_cmpuint (world->orders->len, <, 20 * strlen ("start 5 a; "));
  g_string_truncate (world->orders, 0);
  world->refuse = FALSE;
  world_run (world, 20 * MINUTES);
  g_assert_cmpuint (world->orders->len, >, 0);
}

static void
test_clock_steps (void)
{
  g_autoptr (World) world = world_new ();

  world_room (world, "1", EVENING, SC_LATE_CATCH_UP);
  world_seat (world, "a", "1", 5);
  world_run_until (world, "18:00");
  world_session (world, 1, 5, "a", FALSE);
  world_run (world, MINUTES);
  world->real -= 2 * HOURS; /* it is not yet open */
  world_run (world, 0);
  world_expect (world, "release 1 a");
  world_session (world, 1, 5, "a", TRUE);
  world_run (world, MINUTES);
  world_expect (world, "");
  world->real += 2 * HOURS; /* it is */
  world_run (world, SC_PLANNER_SETTLE_ALL);
  world_expect (world, "resume 1");
  world_session (world, 1, 5, "a", FALSE);
  world->real += 5 * HOURS;
  world_run (world, 0);
  world_expect (world, "release 1 a");
  /* and it does not sleep through a step */
  world_session (world, 1, 5, "a", TRUE);
  world_run (world, 0);
  g_assert_cmpint (world->wait, <=, HOURS);
}

static void
test_window_is_changed (void)
{
  g_autoptr (World) world = world_new ();

  world_room (world, "1", EVENING, SC_LATE_CATCH_UP);
  due_seat (world, "a", "1", 5);
  world_run (world, 5 * MINUTES);
  world_expect (world, "");
  world_room (world, "1", NULL, SC_LATE_CATCH_UP);
  world_run (world, SC_PLANNER_SETTLE_ALL);
  world_expect (world, "start 5 a");
  world_session (world, 1, 5, "a", FALSE);
  world_room (world, "1", EVENING, SC_LATE_CATCH_UP);
  world_run (world, 0);
  world_expect (world, "release 1 a");
}

static void
test_seats_in_sessions_unknown_to_it_are_left_alone (void)
{
  g_autoptr (World) world = world_new ();
  ScPlannerSeat *seat = due_seat (world, "a", "1", 5);

  seat->session = 77; /* a dry run */
  world_tell (world, seat);
  world_run (world, DAYS);
  world_expect (world, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/planner/nothing-to-do", test_nothing_to_do);
  g_test_add_func ("/planner/due-seats-get-a-session-together", test_due_seats_get_a_session_together);
  g_test_add_func ("/planner/due-seats-that-are-off-are-waited-for", test_due_seats_that_are_off_are_waited_for);
  g_test_add_func ("/planner/nobody-is-there", test_nobody_is_there);
  g_test_add_func ("/planner/seats-that-are-woken-take-part", test_seats_that_are_woken_take_part);
  g_test_add_func ("/planner/missed-only-of-rooms-that-take-part", test_missed_only_of_rooms_that_take_part);
  g_test_add_func ("/planner/waits-for-the-window", test_waits_for_the_window);
  g_test_add_func ("/planner/rooms-share-while-both-are-open", test_rooms_share_while_both_are_open);
  g_test_add_func ("/planner/window-closes-for-all", test_window_closes_for_all);
  g_test_add_func ("/planner/staffs-session-goes-on", test_staff_s_session_goes_on);
  g_test_add_func ("/planner/suspended-session-that-others-join", test_suspended_session_that_others_join);
  g_test_add_func ("/planner/suspended-session-of-rooms-that-open-apart",
                   test_suspended_session_of_rooms_that_open_apart);
  g_test_add_func ("/planner/suspended-session-that-nobody-wants", test_suspended_session_that_nobody_wants);
  g_test_add_func ("/planner/seats-that-are-to-have-something-else-leave",
                   test_seats_that_are_to_have_something_else_leave);
  g_test_add_func ("/planner/pinned-seats-have-their-own", test_pinned_seats_have_their_own);
  g_test_add_func ("/planner/refused-orders-are-tried-again", test_refused_orders_are_tried_again);
  g_test_add_func ("/planner/clock-steps", test_clock_steps);
  g_test_add_func ("/planner/window-is-changed", test_window_is_changed);
  g_test_add_func ("/planner/seats-in-sessions-unknown-to-it-are-left-alone",
                   test_seats_in_sessions_unknown_to_it_are_left_alone);
  return g_test_run ();
}
