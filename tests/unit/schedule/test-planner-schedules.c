/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/schedule/planner-world.h"

/* Schedules, and what is said of what will come. */

#define EVENING "mon-fri 18:00-22:00 UTC"
#define NOON (G_GINT64_CONSTANT (1795435200) * SECONDS) /* Monday */

static void
schedule (World *world, guint64 id, ScScheduleKind kind, const char *room, gint64 next)
{
  sc_planner_set_schedule (
      world->planner,
      &(ScPlannerSchedule){
          .id = id, .kind = kind, .room = room, .next = next, .days = 0x1f, .minute = 22 * 60, .zone = "UTC" });
}

static void
test_at_a_time (void)
{
  g_autoptr (World) world = world_new ();

  schedule (world, 1, SC_SCHEDULE_AT, "1", NOON + HOURS);
  world_run (world, HOURS - 1);
  world_expect (world, "");
  world_run (world, 1);
  world_expect (world, "fire 1 last");
  world_run (world, DAYS);
  world_expect (world, "");
}

static void
test_in_the_window (void)
{
  g_autoptr (World) world = world_new ();

  world_room (world, "1", EVENING, SC_LATE_CATCH_UP);
  world_room (world, "2", NULL, SC_LATE_CATCH_UP);
  schedule (world, 1, SC_SCHEDULE_WINDOW, "1", NOON);
  schedule (world, 2, SC_SCHEDULE_WINDOW, "2", NOON);
  world_run (world, HOURS);
  world_expect (world, "fire 2 last");
  world_run_until (world, "18:00");
  world_expect (world, "fire 1 last");
  schedule (world, 3, SC_SCHEDULE_WINDOW, "1", NOON); /* it is open */
  schedule (world, 4, SC_SCHEDULE_WINDOW, "1", NOON + 12 * HOURS);
  world_run (world, 0);
  world_expect (world, "fire 3 last");
  world_run (world, 6 * HOURS);
  world_expect (world, "");
  world_run (world, 18 * HOURS);
  world_expect (world, "fire 4 last");
}

static void
test_repeated (void)
{
  g_autoptr (World) world = world_new ();
  gint64 next = sc_window_next_time (0x1f, 22 * 60, "UTC", NOON);

  schedule (world, 1, SC_SCHEDULE_REPEAT, "1", next);
  world_run_until (world, "22:00");
  world_expect (world, "fire 1 2026-11-24T22:00");
  schedule (world, 1, SC_SCHEDULE_REPEAT, "1", next + DAYS);
  world_run (world, DAYS - 1);
  world_expect (world, "");
  world_run (world, 1);
  world_expect (world, "fire 1 2026-11-25T22:00");
}

/* The engine was down, or the clock was put forward. */
static void
test_missed_times_come_once (void)
{
  g_autoptr (World) world = world_new ();

  schedule (world, 1, SC_SCHEDULE_REPEAT, "1", NOON - 10 * DAYS);
  schedule (world, 2, SC_SCHEDULE_AT, "1", NOON - 10 * DAYS);
  world_run (world, 0);
  world_expect (world, "fire 1 2026-11-23T22:00; fire 2 last");
  schedule (world, 1, SC_SCHEDULE_REPEAT, "1", NOON + 10 * HOURS);
  sc_planner_remove_schedule (world->planner, 2);
  world->real += 4 * DAYS;
  world_run (world, 0);
  world_expect (world, "fire 1 2026-11-27T22:00");
}

static void
test_clock_was_wrong (void)
{
  g_autoptr (World) world = world_new ();

  /* told in a year that never was: the next time is not in years */
  schedule (world, 1, SC_SCHEDULE_REPEAT, "1", NOON + 3000 * DAYS);
  world_run_until (world, "22:00");
  world_expect (world, "fire 1 2026-11-24T22:00");
  /* an hour back: not twice a day */
  schedule (world, 1, SC_SCHEDULE_REPEAT, "1", NOON + 34 * HOURS);
  world->real -= HOURS;
  world_run (world, 2 * HOURS);
  world_expect (world, "");
}

static void
test_fire_is_tried_again (void)
{
  g_autoptr (World) world = world_new ();

  schedule (world, 1, SC_SCHEDULE_AT, "1", NOON);
  world->refuse = TRUE;
  world_run (world, 29 * SECONDS);
  world_expect (world, "fire 1 last");
  world->refuse = FALSE;
  world_run (world, HOURS);
  world_expect (world, "fire 1 last");
}

static void
test_cancelled (void)
{
  g_autoptr (World) world = world_new ();

  schedule (world, 1, SC_SCHEDULE_AT, "1", NOON + HOURS);
  world_run (world, MINUTES);
  sc_planner_remove_schedule (world->planner, 1);
  world_run (world, DAYS);
  world_expect (world, "");
}

static void
assert_outlook (World *world, const char *seat, const char *behind, const char *next, gint64 at, guint64 id)
{
  ScOutlook outlook;

  sc_planner_get_outlook (world->planner, seat, world->real, world->now, &outlook);
  g_assert_cmpstr (sc_behind_to_nick (outlook.behind), ==, behind);
  g_assert_cmpstr (sc_next_to_nick (outlook.next), ==, next);
  g_assert_cmpint (outlook.at, ==, at);
  g_assert_cmpuint (outlook.schedule, ==, id);
}

static void
test_outlook_without_a_window (void)
{
  g_autoptr (World) world = world_new ();
  ScPlannerSeat *seat = world_seat (world, "a", "1", 5);

  world_run (world, SECONDS);
  assert_outlook (world, "unknown", "not", "nothing", 0, 0);
  assert_outlook (world, "a", "late", "catch-up", 0, 0);
  seat->due = TRUE;
  world_tell (world, seat);
  world_run (world, 0);
  assert_outlook (world, "a", "due", "session", 0, 0);
  world_session (world, 1, 5, "a", FALSE);
  world_run (world, 0);
  assert_outlook (world, "a", "updating", "session", 0, 0);
  world_end_session (world, 1);
  seat->failed = "no space";
  world_tell (world, seat);
  world_run (world, 0);
  assert_outlook (world, "a", "failed", "catch-up", world->real + SC_PLANNER_FAILED_TIME, 0);
  seat->busy = TRUE;
  world_tell (world, seat);
  world_run (world, 0);
  assert_outlook (world, "a", "busy", "release", 0, 0);
  seat->online = FALSE;
  world_tell (world, seat);
  world_run (world, 0);
  assert_outlook (world, "a", "offline", "return", 0, 0);
  seat->met = TRUE;
  world_tell (world, seat);
  assert_outlook (world, "a", "not", "nothing", 0, 0);
}

static void
test_outlook_with_a_window (void)
{
  g_autoptr (World) world = world_new ();
  ScPlannerSeat *seat;

  world_room (world, "1", EVENING, SC_LATE_GATHER);
  seat = world_seat (world, "a", "1", 5);
  world_run (world, 0);
  assert_outlook (world, "a", "late", "session", NOON + 6 * HOURS, 0);
  schedule (world, 7, SC_SCHEDULE_AT, "1", NOON + HOURS); /* which waits for the window, too */
  assert_outlook (world, "a", "late", "session", NOON + 6 * HOURS, 0);
  world_session (world, 1, 5, "a", TRUE);
  world_run (world, 0);
  assert_outlook (world, "a", "due", "session", NOON + 6 * HOURS, 0);
  seat->online = FALSE;
  world_tell (world, seat);
  assert_outlook (world, "a", "offline", "return", NOON + 6 * HOURS, 0);
}

/* Staff may ask before the planner has looked at what they changed. */
static void
test_outlook_of_a_new_window (void)
{
  g_autoptr (World) world = world_new ();
  ScPlannerSeat *seat;

  world_room (world, "1", NULL, SC_LATE_CATCH_UP);
  seat = world_seat (world, "a", "1", 5);
  seat->due = TRUE;
  world_tell (world, seat);
  world_run (world, 0);
  assert_outlook (world, "a", "due", "session", 0, 0);
  world_room (world, "1", EVENING, SC_LATE_CATCH_UP);
  assert_outlook (world, "a", "due", "session", NOON + 6 * HOURS, 0);
  seat->online = FALSE;
  world_tell (world, seat);
  assert_outlook (world, "a", "offline", "return", NOON + 6 * HOURS, 0);
  world_room (world, "1", NULL, SC_LATE_CATCH_UP);
  assert_outlook (world, "a", "offline", "return", 0, 0);
}

static void
test_outlook_of_what_waits_for_staff (void)
{
  g_autoptr (World) world = world_new ();
  ScPlannerSeat *held;

  world_room (world, "1", NULL, SC_LATE_ASK);
  world_seat (world, "a", "1", 5);
  held = world_seat (world, "b", "1", 5);
  held->held = TRUE;
  world_tell (world, held);
  world_run (world, 0);
  assert_outlook (world, "a", "late", "staff", 0, 0);
  assert_outlook (world, "b", "cancelled", "staff", 0, 0);
  schedule (world, 7, SC_SCHEDULE_AT, "1", NOON + HOURS);
  assert_outlook (world, "a", "late", "session", NOON + HOURS, 7);
  assert_outlook (world, "b", "cancelled", "session", NOON + HOURS, 7);
}

static void
assert_planned (GPtrArray *list, guint index, const char *kind, gint64 at, gint64 until, const char *room, guint seats)
{
  const ScPlanned *planned = g_ptr_array_index (list, index);

  g_assert_cmpstr (sc_planned_kind_to_nick (planned->kind), ==, kind);
  g_assert_cmpint (planned->at, ==, at);
  g_assert_cmpint (planned->until, ==, until);
  g_assert_cmpstr (planned->room, ==, room);
  g_assert_cmpuint (planned->seats, ==, seats);
}

static void
test_list (void)
{
  g_autoptr (World) world = world_new ();
  gint64 opens = NOON + 6 * HOURS, closes = NOON + 10 * HOURS;
  ScPlannerSeat *due;

  world_room (world, "1", EVENING, SC_LATE_GATHER);
  world_room (world, "2", EVENING, SC_LATE_ASK);
  world_seat (world, "a", "1", 5);
  world_seat (world, "b", "1", 5);
  world_seat (world, "asks", "2", 5);
  world_seat (world, "c", "1", 6);
  world_session (world, 9, 6, "c", TRUE);
  due = world_seat (world, "d", "3", 5);
  due->due = TRUE;
  due->online = FALSE;
  world_tell (world, due);
  world_run (world, 0);
  schedule (world, 1, SC_SCHEDULE_REPEAT, "3", NOON + 10 * HOURS);
  schedule (world, 2, SC_SCHEDULE_AT, "1", NOON + HOURS);
  schedule (world, 3, SC_SCHEDULE_WINDOW, "2", NOON);
  g_autoptr (GPtrArray) list = sc_planner_list (world->planner, NOON, NOON + 7 * DAYS, 1000);
  g_assert_cmpuint (list->len, ==, 10);
  assert_planned (list, 0, "due", NOON, G_MAXINT64, "3", 1);
  for (guint i = 1; i < 4; i++) {
    const ScPlanned *planned = g_ptr_array_index (list, i);

    g_assert_cmpstr (planned->room, ==, "1");
    assert_planned (list, i, sc_planned_kind_to_nick (planned->kind), opens, closes, "1",
                    planned->kind == SC_PLANNED_GATHER   ? 2
                    : planned->kind == SC_PLANNED_RESUME ? 1
                                                         : 0);
    g_assert_cmpuint (planned->session, ==, planned->kind == SC_PLANNED_RESUME ? 9 : 0);
  }
  assert_planned (list, 4, "schedule", opens, closes, "2", 0);
  assert_planned (list, 5, "schedule", NOON + 10 * HOURS, G_MAXINT64, "3", 0);
  assert_planned (list, 9, "schedule", NOON + 10 * HOURS + 4 * DAYS, G_MAXINT64, "3", 0);

  g_autoptr (GPtrArray) few = sc_planner_list (world->planner, NOON + DAYS, NOON + 365 * DAYS, 100);
  g_assert_cmpuint (few->len, ==, 100);
  assert_planned (few, 0, "schedule", NOON + 34 * HOURS, G_MAXINT64, "3", 0);
}

/* Any member of staff may ask for any year: who counts up to it from now holds the engine up for minutes, and this test
 * until its time limit. */
static void
test_list_of_a_far_year (void)
{
  g_autoptr (World) world = world_new ();
  gint64 monday = NOON + 2800000 * DAYS; /* in the year 9693 */

  world_room (world, "1", "sat 06:00-08:00 UTC", SC_LATE_CATCH_UP);
  for (guint64 id = 1; id <= 200; id++)
    schedule (world, id, SC_SCHEDULE_REPEAT, id % 2 == 0 ? "1" : "2", NOON + 10 * HOURS);
  g_autoptr (GPtrArray) list = sc_planner_list (world->planner, monday, monday + 6 * DAYS, 1000);
  g_assert_cmpuint (list->len, ==, 100 * 5 + 100);
  assert_planned (list, 0, "schedule", monday + 10 * HOURS, G_MAXINT64, "2", 0);
  assert_planned (list, 599, "schedule", monday + 4 * DAYS + 18 * HOURS, monday + 4 * DAYS + 20 * HOURS, "1", 0);
}

/* Five evenings a week, a window on Saturday: one session, and not five at once. */
static void
test_list_tells_an_opening_once (void)
{
  g_autoptr (World) world = world_new ();

  world_room (world, "1", "sat 06:00-08:00 UTC", SC_LATE_CATCH_UP);
  schedule (world, 1, SC_SCHEDULE_REPEAT, "1", NOON + 10 * HOURS);
  g_autoptr (GPtrArray) list = sc_planner_list (world->planner, NOON, NOON + 14 * DAYS, 1000);
  g_assert_cmpuint (list->len, ==, 2);
  assert_planned (list, 0, "schedule", NOON + 4 * DAYS + 18 * HOURS, NOON + 4 * DAYS + 20 * HOURS, "1", 0);
  assert_planned (list, 1, "schedule", NOON + 11 * DAYS + 18 * HOURS, NOON + 11 * DAYS + 20 * HOURS, "1", 0);
}

/* Of many, the first ones, whichever schedules they are of. */
static void
test_list_of_many (void)
{
  g_autoptr (World) world = world_new ();

  for (guint64 id = 1; id <= 3000; id++)
    schedule (world, id, SC_SCHEDULE_REPEAT, "1", NOON + 10 * HOURS);
  g_autoptr (GPtrArray) list = sc_planner_list (world->planner, NOON + 300 * DAYS, NOON + 700 * DAYS, 1000);
  gint64 first = sc_window_next_time (0x1f, 22 * 60, "UTC", NOON + 300 * DAYS);
  g_assert_cmpuint (list->len, ==, 1000);
  assert_planned (list, 0, "schedule", first, G_MAXINT64, "1", 0);
  assert_planned (list, 999, "schedule", first, G_MAXINT64, "1", 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/planner-schedules/at-a-time", test_at_a_time);
  g_test_add_func ("/planner-schedules/in-the-window", test_in_the_window);
  g_test_add_func ("/planner-schedules/repeated", test_repeated);
  g_test_add_func ("/planner-schedules/missed-times-come-once", test_missed_times_come_once);
  g_test_add_func ("/planner-schedules/clock-was-wrong", test_clock_was_wrong);
  g_test_add_func ("/planner-schedules/fire-is-tried-again", test_fire_is_tried_again);
  g_test_add_func ("/planner-schedules/cancelled", test_cancelled);
  g_test_add_func ("/planner-schedules/outlook-without-a-window", test_outlook_without_a_window);
  g_test_add_func ("/planner-schedules/outlook-with-a-window", test_outlook_with_a_window);
  g_test_add_func ("/planner-schedules/outlook-of-a-new-window", test_outlook_of_a_new_window);
  g_test_add_func ("/planner-schedules/outlook-of-what-waits-for-staff", test_outlook_of_what_waits_for_staff);
  g_test_add_func ("/planner-schedules/list", test_list);
  g_test_add_func ("/planner-schedules/list-of-a-far-year", test_list_of_a_far_year);
  g_test_add_func ("/planner-schedules/list-tells-an-opening-once", test_list_tells_an_opening_once);
  g_test_add_func ("/planner-schedules/list-of-many", test_list_of_many);
  return g_test_run ();
}
