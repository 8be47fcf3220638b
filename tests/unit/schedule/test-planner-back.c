/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/schedule/planner-world.h"

/* Seats that are between two versions, and go back. */

#define EVENING "mon-fri 18:00-22:00 UTC"

static void
test_between_versions_outside_the_window (void)
{
  g_autoptr (World) world = world_new ();
  ScPlannerSeat *seat;

  world_room (world, "1", EVENING, SC_LATE_CATCH_UP);
  seat = world_seat (world, "a", "1", 5);
  seat->unfinished = TRUE;
  seat->back = 4;
  seat->online = FALSE;
  world_tell (world, seat);
  world_run (world, HOURS);
  world_expect (world, "");
  seat->online = TRUE;
  world_tell (world, seat);
  world_run (world, 0);
  world_expect (world, "go-back a 4");
  seat->working = TRUE;
  world_tell (world, seat);
  world_run (world, 30 * MINUTES);
  world_expect (world, ""); /* once */
  seat->working = FALSE;    /* it did not help */
  world_tell (world, seat);
  world_run (world, 0);
  world_expect (world, "go-back a 4");
  world_run (world, 119 * SECONDS);
  world_expect (world, "");
  world_run (world, SECONDS);
  world_expect (world, "go-back a 4");
  world_run_until (world, "17:59");
  g_auto (GStrv) orders = g_strsplit (world->orders->str, "; ", -1);
  g_assert_cmpuint (g_strv_length (orders), <=, 9); /* after an hour at most, at least */
  g_assert_cmpuint (g_strv_length (orders), >=, 5);
}

static void
test_between_versions_while_its_session_is_suspended (void)
{
  g_autoptr (World) world = world_new ();
  ScPlannerSeat *seat;

  world_room (world, "1", EVENING, SC_LATE_CATCH_UP);
  seat = world_seat (world, "a", "1", 5);
  seat->unfinished = TRUE;
  seat->back = 4;
  world_session (world, 1, 5, "a", TRUE);
  world_run (world, 0);
  world_expect (world, "go-back a 4");
  seat->unfinished = FALSE;
  world_tell (world, seat);
  world_run_until (world, "18:00");
  world_run (world, SC_PLANNER_SETTLE_ALL);
  world_expect (world, "resume 1");
}

static void
test_between_versions_and_nothing_is_done (void)
{
  g_autoptr (World) world = world_new ();
  ScPlannerSeat *seat;

  world_room (world, "1", NULL, SC_LATE_ASK);
  seat = world_seat (world, "a", "1", 5);
  seat->unfinished = TRUE;
  seat->back = 4;
  world_tell (world, seat);
  world_run (world, SC_PLANNER_UNFINISHED_TIME - 1);
  world_expect (world, "");
  world_run (world, 1);
  world_expect (world, "go-back a 4");
}

/* Staff cancelled its session: what it had is there again all the same. */
static void
test_between_versions_and_held (void)
{
  g_autoptr (World) world = world_new ();
  ScPlannerSeat *seat;

  world_room (world, "1", NULL, SC_LATE_CATCH_UP);
  seat = world_seat (world, "a", "1", 5);
  world_session (world, 1, 5, "a", FALSE);
  seat->unfinished = TRUE;
  seat->back = 4;
  world_tell (world, seat);
  world_run (world, HOURS);
  world_expect (world, "");
  world_end_session (world, 1);
  seat->session = 0;
  seat->held = TRUE;
  world_tell (world, seat);
  world_run (world, SC_PLANNER_UNFINISHED_TIME - 1);
  world_expect (world, "");
  world_run (world, 1);
  world_expect (world, "go-back a 4");
}

/* Tells that it goes back, and that it has; @seat has failed. */
static void
go_back (World *world, ScPlannerSeat *seat)
{
  seat->working = TRUE;
  world_tell (world, seat);
  world_run (world, 10 * SECONDS);
  seat->working = seat->unfinished = FALSE;
  world_tell (world, seat);
}

/* An update that has failed is tried again in minutes: until then what was there can be started. */
static void
test_failed_goes_back_at_once (void)
{
  g_autoptr (World) world = world_new ();
  ScPlannerSeat *seat;
  gint64 pause = SC_PLANNER_FAILED_TIME;

  world_room (world, "1", NULL, SC_LATE_CATCH_UP);
  seat = world_seat (world, "a", "1", 5);
  seat->back = 4;
  world_run (world, SC_PLANNER_CATCH_UP_SPREAD);
  world_expect (world, "catch-up a");
  for (guint i = 0; i < 4; i++) {
    seat->working = seat->unfinished = TRUE;
    world_tell (world, seat);
    world_run (world, MINUTES);
    world_expect (world, "");
    seat->working = FALSE;
    seat->failed = "its hook failed";
    world_tell (world, seat);
    world_run (world, 0);
    world_expect (world, "go-back a 4");
    go_back (world, seat);
    world_run (world, pause - 10 * SECONDS); /* since it failed, not since it was back */
    world_expect (world, "");
    world_run (world, SC_PLANNER_CATCH_UP_SPREAD);
    world_expect (world, "catch-up a");
    pause = MIN (2 * pause, SC_PLANNER_FAILED_MAX);
  }
}

/* The same where staff have to say that it is tried again; and not while its session still holds it. */
static void
test_failed_goes_back_and_waits_for_staff (void)
{
  g_autoptr (World) world = world_new ();
  ScPlannerSeat *seat;

  world_room (world, "1", NULL, SC_LATE_ASK);
  seat = world_seat (world, "a", "1", 5);
  seat->back = 4;
  seat->unfinished = TRUE;
  seat->failed = "its hook failed";
  world_session (world, 1, 5, "a", FALSE);
  world_run (world, MINUTES);
  world_expect (world, "");
  world_end_session (world, 1);
  seat->session = 0;
  world_tell (world, seat);
  world_run (world, 0);
  world_expect (world, "go-back a 4");
  go_back (world, seat);
  world_run (world, DAYS);
  world_expect (world, "");
}

static void
test_nowhere_to_go_back_to (void)
{
  g_autoptr (World) world = world_new ();
  ScPlannerSeat *seat;

  world_room (world, "1", EVENING, SC_LATE_CATCH_UP);
  seat = world_seat (world, "a", "1", 5);
  seat->unfinished = TRUE;
  world_tell (world, seat);
  world_run (world, 5 * HOURS);
  world_expect (world, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/planner-back/between-versions-outside-the-window", test_between_versions_outside_the_window);
  g_test_add_func ("/planner-back/between-versions-while-its-session-is-suspended",
                   test_between_versions_while_its_session_is_suspended);
  g_test_add_func ("/planner-back/between-versions-and-nothing-is-done", test_between_versions_and_nothing_is_done);
  g_test_add_func ("/planner-back/between-versions-and-held", test_between_versions_and_held);
  g_test_add_func ("/planner-back/failed-goes-back-at-once", test_failed_goes_back_at_once);
  g_test_add_func ("/planner-back/failed-goes-back-and-waits-for-staff", test_failed_goes_back_and_waits_for_staff);
  g_test_add_func ("/planner-back/nowhere-to-go-back-to", test_nowhere_to_go_back_to);
  return g_test_run ();
}
