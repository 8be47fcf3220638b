/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/engine/catalog/sc-catalog-rooms.h"
#include "tests/unit/engine/scheduler-fixture.h"

#include <string.h>

/* What is planned, and what comes of it. */

#define ROOM FIXTURE_ROOM

static ScCatalogSchedule *
make_schedule (ScScheduleWhat what, guint64 version, ScScheduleKind kind, gint64 at)
{
  ScCatalogSchedule *schedule = g_new0 (ScCatalogSchedule, 1);

  schedule->what = what;
  schedule->version = version;
  schedule->room = g_strdup (ROOM);
  schedule->kind = kind;
  schedule->at = at;
  schedule->zone = g_strdup ("UTC");
  return schedule;
}

static void
add (SchedulerFixture *fixture, ScCatalogSchedule *schedule)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sc_scheduler_add (fixture->scheduler, schedule, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (schedule->id, !=, 0);
  g_assert_cmpint (schedule->created, ==, fixture->real);
}

/* @schedule: (transfer full) */
static void
assert_refused (SchedulerFixture *fixture, ScCatalogSchedule *schedule, int code)
{
  g_autoptr (ScCatalogSchedule) owned = schedule;
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (sc_scheduler_add (fixture->scheduler, owned, &error));
  g_assert_error (error, SC_ERROR, code);
  all = sc_catalog_list_schedules (fixture->engine.parts.catalog, FALSE, 100, NULL);
  g_assert_cmpuint (all->len, ==, 0);
}

static ScCatalogSchedule *
load (SchedulerFixture *fixture, guint64 id)
{
  g_autoptr (GError) error = NULL;
  ScCatalogSchedule *schedule = sc_catalog_get_schedule (fixture->engine.parts.catalog, id, &error);

  g_assert_no_error (error);
  return schedule;
}

static ScCatalogSession *
load_session (SchedulerFixture *fixture, guint64 id)
{
  g_autoptr (GError) error = NULL;
  ScCatalogSession *session = sc_catalog_get_session (fixture->engine.parts.catalog, id, &error);

  g_assert_no_error (error);
  return session;
}

static void
test_at (SchedulerFixture *fixture, gconstpointer data)
{
  g_autoptr (ScCatalogSchedule) schedule =
      make_schedule (SC_SCHEDULE_VERSION, 2, SC_SCHEDULE_AT, SCHEDULER_START + SCHEDULER_HOUR);
  g_autoptr (ScCatalogSchedule) fired = NULL;
  g_autoptr (ScCatalogSession) session = NULL;
  g_autoptr (ScCatalogRoom) room = NULL;
  g_autoptr (SchedulerSeat) seat = NULL;
  ScOutlook outlook;

  schedule->rate_cap_set = TRUE;
  schedule->rate_cap = 7000000;
  schedule->power_off = TRUE;
  sc_scheduler_start (fixture->scheduler);
  scheduler_fixture_assign (fixture, ROOM, 1);
  seat = scheduler_seat_new (fixture, 1, ROOM, 1);
  add (fixture, schedule);
  g_assert_cmpint (schedule->next, ==, SCHEDULER_START + SCHEDULER_HOUR);
  sc_scheduler_get_outlook (fixture->scheduler, seat->id, &outlook);
  g_assert_cmpint (outlook.behind, ==, SC_BEHIND_NOT);
  scheduler_fixture_pass (fixture, SCHEDULER_HOUR - G_TIME_SPAN_SECOND);
  g_assert_cmpuint (scheduler_seat_count (seat, SC_CONTROL_PREPARE), ==, 0);

  scheduler_fixture_pass (fixture, 2 * G_TIME_SPAN_SECOND);
  room = sc_catalog_load_room (fixture->engine.parts.catalog, ROOM, NULL);
  g_assert_cmpuint (sc_selection_get_version (room->assigned), ==, 2);
  scheduler_fixture_pass (fixture, SC_PLANNER_SETTLE_TIME + G_TIME_SPAN_SECOND);
  scheduler_seat_wait (seat, SC_CONTROL_PREPARE, 1);
  fired = load (fixture, schedule->id);
  g_assert_cmpint (fired->state, ==, SC_SCHEDULE_DONE);
  g_assert_cmpint (fired->last, ==, SCHEDULER_START + SCHEDULER_HOUR + G_TIME_SPAN_SECOND);
  g_assert_cmpint (fired->next, ==, 0);
  g_assert_cmpstr (fired->error, ==, "");
  session = load_session (fixture, fired->last_session);
  g_assert_cmpstr (session->origin, ==, "schedule");
  g_assert_cmpuint (session->schedule, ==, schedule->id);
  g_assert_cmpuint (session->rate_cap, ==, 7000000);
  g_assert_true (session->power_off);
}

/* In the window of a room that has none: at any time, so at once. */
static void
test_at_once (SchedulerFixture *fixture, gconstpointer data)
{
  g_autoptr (ScCatalogSchedule) schedule = make_schedule (SC_SCHEDULE_VERSION, 2, SC_SCHEDULE_WINDOW, 0);
  g_autoptr (ScCatalogSchedule) fired = NULL;
  g_autoptr (SchedulerSeat) seat = NULL;

  sc_scheduler_start (fixture->scheduler);
  scheduler_fixture_assign (fixture, ROOM, 1);
  seat = scheduler_seat_new (fixture, 1, ROOM, 1);
  add (fixture, schedule);
  g_assert_cmpint (schedule->next, ==, SCHEDULER_START);
  scheduler_fixture_pass (fixture, G_TIME_SPAN_SECOND);
  scheduler_fixture_pass (fixture, SC_PLANNER_SETTLE_TIME + G_TIME_SPAN_SECOND);
  scheduler_seat_wait (seat, SC_CONTROL_PREPARE, 1);
  fired = load (fixture, schedule->id);
  g_assert_cmpint (fired->state, ==, SC_SCHEDULE_DONE);
  g_assert_cmpuint (fired->last_session, !=, 0);
}

static guint
count_of_schedule (GPtrArray *planned, guint64 schedule)
{
  guint n = 0;

  for (guint i = 0; i < planned->len; i++)
    n += ((const ScPlanned *) g_ptr_array_index (planned, i))->schedule == schedule;
  return n;
}

static void
test_repeat (SchedulerFixture *fixture, gconstpointer data)
{
  g_autoptr (ScCatalogSchedule) schedule = make_schedule (SC_SCHEDULE_NEWEST, 0, SC_SCHEDULE_REPEAT, 0);
  g_autoptr (ScCatalogSchedule) fired = NULL;
  g_autoptr (GPtrArray) planned = NULL;
  g_autoptr (ScCatalogSeat) seat = NULL;

  schedule->days = 1 << 0 | 1 << 2; /* Monday, Wednesday */
  schedule->minute = 13 * 60;
  sc_scheduler_start (fixture->scheduler);
  scheduler_fixture_assign (fixture, ROOM, 1);
  add (fixture, schedule);
  g_assert_cmpint (schedule->next, ==, SCHEDULER_START + SCHEDULER_HOUR);
  planned = sc_scheduler_list_planned (fixture->scheduler, fixture->real, fixture->real + 14 * 24 * SCHEDULER_HOUR, 9);
  g_assert_cmpuint (count_of_schedule (planned, schedule->id), ==, 4);

  scheduler_fixture_pass (fixture, SCHEDULER_HOUR + G_TIME_SPAN_SECOND);
  fired = load (fixture, schedule->id);
  g_assert_cmpint (fired->state, ==, SC_SCHEDULE_PLANNED);
  g_assert_cmpint (fired->next, ==, SCHEDULER_START + 49 * SCHEDULER_HOUR);
  g_assert_cmpint (fired->last, >, SCHEDULER_START);
  seat = scheduler_fixture_load_seat (fixture, 1);
  g_assert_cmpuint (seat->assigned_version, ==, 2); /* the newest there is */
  g_assert_cmpuint (seat->due_schedule, ==, schedule->id);
}

static void
test_in_window (SchedulerFixture *fixture, gconstpointer data)
{
  g_autoptr (ScCatalogSchedule) schedule = make_schedule (SC_SCHEDULE_VERSION, 2, SC_SCHEDULE_WINDOW, 0);
  g_autoptr (ScCatalogSchedule) moved = NULL;
  g_autoptr (ScCatalogSchedule) fired = NULL;

  sc_scheduler_start (fixture->scheduler);
  scheduler_fixture_assign (fixture, ROOM, 1);
  scheduler_fixture_set_window (fixture, ROOM, "mon-sun 18:00-20:00 UTC");
  add (fixture, schedule);
  g_assert_cmpint (schedule->next, ==, SCHEDULER_START + 6 * SCHEDULER_HOUR);
  scheduler_fixture_set_window (fixture, ROOM, "mon-sun 16:00-17:00 UTC");
  scheduler_fixture_settle (fixture);
  moved = load (fixture, schedule->id);
  g_assert_cmpint (moved->next, ==, SCHEDULER_START + 4 * SCHEDULER_HOUR);
  g_assert_cmpint (moved->state, ==, SC_SCHEDULE_PLANNED);
  scheduler_fixture_pass (fixture, 4 * SCHEDULER_HOUR);
  fired = load (fixture, schedule->id);
  g_assert_cmpint (fired->state, ==, SC_SCHEDULE_DONE);
  scheduler_fixture_assert_outlook (fixture, 1, "offline return");
}

/* What is assigned already: only seats that do not have it are in it. */
static void
test_assigned (SchedulerFixture *fixture, gconstpointer data)
{
  g_autoptr (ScCatalogSchedule) schedule =
      make_schedule (SC_SCHEDULE_ASSIGNED, 0, SC_SCHEDULE_AT, SCHEDULER_START + SCHEDULER_HOUR);
  g_autoptr (SchedulerSeat) current = NULL;
  g_autoptr (SchedulerSeat) drifted = NULL;
  g_autoptr (ScControlMessage) changed = scheduler_make_inventory (fixture, 2, ROOM, 2);
  g_autoptr (ScSelection) second = sc_selection_new (2, NULL);

  sc_scheduler_start (fixture->scheduler);
  current = scheduler_seat_new (fixture, 1, ROOM, 2);
  drifted = scheduler_seat_new (fixture, 2, ROOM, 2);
  g_assert_true (sc_scheduler_assign (fixture->scheduler, ROOM, second, SC_DUE_NOT, NULL));
  ((ScInventoryTemplate *) g_ptr_array_index (changed->inventory->templates, 0))->state = SC_TEMPLATE_DRIFTED;
  engine_fixture_say (drifted->connection, changed);
  scheduler_fixture_settle (fixture);
  scheduler_fixture_assert_outlook (fixture, 1, "not nothing");
  scheduler_fixture_assert_outlook (fixture, 2, "drifted staff"); /* it may be somebody's work */
  add (fixture, schedule);
  scheduler_fixture_pass (fixture, SCHEDULER_HOUR);
  scheduler_fixture_pass (fixture, SC_PLANNER_SETTLE_TIME + G_TIME_SPAN_SECOND);
  scheduler_seat_wait (drifted, SC_CONTROL_PREPARE, 1);
  g_assert_cmpuint (scheduler_seat_count (current, SC_CONTROL_PREPARE), ==, 0);
}

/* Of some seats: those are pinned, unless their room is assigned the same. */
static void
test_of_seats (SchedulerFixture *fixture, gconstpointer data)
{
  g_autoptr (ScCatalogSchedule) other =
      make_schedule (SC_SCHEDULE_VERSION, 1, SC_SCHEDULE_AT, SCHEDULER_START + SCHEDULER_HOUR);
  g_autoptr (ScCatalogSchedule) same =
      make_schedule (SC_SCHEDULE_VERSION, 2, SC_SCHEDULE_AT, SCHEDULER_START + SCHEDULER_HOUR);
  g_autoptr (SchedulerSeat) first = NULL;
  g_autoptr (SchedulerSeat) second = NULL;
  g_autoptr (ScCatalogSeat) pinned = NULL;
  g_autoptr (ScCatalogSeat) following = NULL;
  g_autoptr (ScSelection) newest = sc_selection_new (2, NULL);

  sc_scheduler_start (fixture->scheduler);
  first = scheduler_seat_new (fixture, 1, ROOM, 2);
  second = scheduler_seat_new (fixture, 2, ROOM, 2);
  g_assert_true (sc_scheduler_assign (fixture->scheduler, ROOM, newest, SC_DUE_NOT, NULL));
  other->seats = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (other->seats, g_strdup (first->id));
  same->seats = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (same->seats, g_strdup (second->id));
  add (fixture, other);
  add (fixture, same);
  scheduler_fixture_pass (fixture, SCHEDULER_HOUR);
  pinned = scheduler_fixture_load_seat (fixture, 1);
  g_assert_true (pinned->pinned);
  g_assert_cmpuint (pinned->assigned_version, ==, 1);
  following = scheduler_fixture_load_seat (fixture, 2);
  g_assert_false (following->pinned);
  g_assert_cmpuint (following->assigned_version, ==, 2);
}

/* A seat that was named may have come to another room until then. */
static void
test_of_a_seat_that_moved (SchedulerFixture *fixture, gconstpointer data)
{
  g_autoptr (ScCatalogSchedule) schedule =
      make_schedule (SC_SCHEDULE_VERSION, 2, SC_SCHEDULE_AT, SCHEDULER_START + SCHEDULER_HOUR);
  g_autoptr (SchedulerSeat) moved = NULL;
  g_autoptr (SchedulerSeat) other = NULL;
  g_autoptr (ScCatalogSchedule) done = NULL;
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  sc_scheduler_start (fixture->scheduler);
  other = scheduler_seat_new (fixture, 3, "B202", 1);
  moved = scheduler_seat_new (fixture, 2, ROOM, 1);
  schedule->seats = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (schedule->seats, g_strdup (moved->id));
  add (fixture, schedule);
  g_ptr_array_add (ids, moved->id);
  g_assert_true (sc_catalog_assign_room (fixture->engine.parts.catalog, ids, "B202", &error));
  g_assert_no_error (error);
  sc_scheduler_look (fixture->scheduler);
  scheduler_fixture_pass (fixture, SCHEDULER_HOUR);
  scheduler_fixture_pass (fixture, SC_PLANNER_SETTLE_TIME + G_TIME_SPAN_SECOND);
  done = load (fixture, schedule->id);
  g_assert_cmpstr (done->error, ==, "");
  g_assert_cmpint (done->state, ==, SC_SCHEDULE_DONE);
  g_assert_cmpuint (scheduler_seat_count (moved, SC_CONTROL_PREPARE), ==, 1);
  g_assert_cmpuint (scheduler_seat_wait (moved, SC_CONTROL_PREPARE, 1)->version.version, ==, 2);
}

static void
on_failed (ScScheduler *scheduler, const ScCatalogSchedule *schedule, char **why)
{
  g_free (*why);
  *why = g_strdup (schedule->error);
}

/* What cannot be done when it comes is told, kept, and changes nothing. */
static void
test_failed (SchedulerFixture *fixture, gconstpointer data)
{
  g_autoptr (ScCatalogSchedule) schedule =
      make_schedule (SC_SCHEDULE_NEWEST, 0, SC_SCHEDULE_AT, SCHEDULER_START + SCHEDULER_HOUR);
  g_autoptr (ScCatalogSchedule) failed = NULL;
  g_autoptr (ScSelection) old = sc_selection_new (2, (const char *const[]){ "nowhere", NULL });
  g_autoptr (ScCatalogSeat) seat = NULL;
  g_autofree char *why = NULL;

  schedule->templates = g_strdup (sc_selection_templates_to_text (old)); /* which the newest version does not have */
  sc_scheduler_start (fixture->scheduler);
  scheduler_fixture_assign (fixture, ROOM, 1);
  g_signal_connect (fixture->scheduler, "schedule-failed", G_CALLBACK (on_failed), &why);
  add (fixture, schedule);
  g_test_expect_message ("Seatcast", G_LOG_LEVEL_MESSAGE, "schedule*has come");
  g_test_expect_message ("Seatcast", G_LOG_LEVEL_WARNING, "*nowhere*");
  scheduler_fixture_pass (fixture, SCHEDULER_HOUR);
  g_test_assert_expected_messages ();
  g_assert_nonnull (why);
  g_assert_nonnull (strstr (why, "nowhere"));
  failed = load (fixture, schedule->id);
  g_assert_cmpint (failed->state, ==, SC_SCHEDULE_FAILED);
  g_assert_cmpstr (failed->error, ==, why);
  seat = scheduler_fixture_load_seat (fixture, 1);
  g_assert_cmpuint (seat->assigned_version, ==, 1);
  g_signal_handlers_disconnect_by_data (fixture->scheduler, &why);
}

static void
test_refused (SchedulerFixture *fixture, gconstpointer data)
{
  const gint64 later = SCHEDULER_START + SCHEDULER_HOUR;
  ScCatalogSchedule *elsewhere = make_schedule (SC_SCHEDULE_VERSION, 2, SC_SCHEDULE_AT, later);
  ScCatalogSchedule *part = make_schedule (SC_SCHEDULE_VERSION, 2, SC_SCHEDULE_AT, later);
  ScCatalogSchedule *unknown = make_schedule (SC_SCHEDULE_VERSION, 2, SC_SCHEDULE_AT, later);
  ScCatalogSchedule *visitor = make_schedule (SC_SCHEDULE_VERSION, 2, SC_SCHEDULE_AT, later);
  ScCatalogSchedule *zone = make_schedule (SC_SCHEDULE_NEWEST, 0, SC_SCHEDULE_REPEAT, 0);
  g_autoptr (SchedulerSeat) seat = NULL;

  sc_scheduler_start (fixture->scheduler);
  seat = scheduler_seat_new (fixture, 2, "B202", 2);
  assert_refused (fixture, make_schedule (SC_SCHEDULE_VERSION, 2, SC_SCHEDULE_AT, SCHEDULER_START), SC_ERROR_INVALID);
  assert_refused (fixture, make_schedule (SC_SCHEDULE_VERSION, 9, SC_SCHEDULE_AT, later), SC_ERROR_NOT_FOUND);
  assert_refused (fixture, make_schedule (SC_SCHEDULE_NEWEST, 0, SC_SCHEDULE_REPEAT, 0), SC_ERROR_INVALID);
  g_free (elsewhere->room);
  elsewhere->room = g_strdup ("nowhere");
  assert_refused (fixture, elsewhere, SC_ERROR_NOT_FOUND);
  part->templates = g_strdup ("[\"nothing\"]");
  assert_refused (fixture, part, SC_ERROR_NOT_FOUND);
  unknown->seats = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (unknown->seats, g_strdup ("nobody"));
  assert_refused (fixture, unknown, SC_ERROR_NOT_FOUND);
  visitor->seats = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (visitor->seats, g_strdup (seat->id));
  assert_refused (fixture, visitor, SC_ERROR_INVALID);
  zone->days = 1;
  g_free (zone->zone);
  zone->zone = g_strdup ("Nowhere/Atlantis");
  assert_refused (fixture, zone, SC_ERROR_INVALID);
}

static void
on_schedules_changed (ScScheduler *scheduler, guint *n)
{
  (*n)++;
}

static void
test_cancel (SchedulerFixture *fixture, gconstpointer data)
{
  g_autoptr (ScCatalogSchedule) schedule =
      make_schedule (SC_SCHEDULE_VERSION, 2, SC_SCHEDULE_AT, SCHEDULER_START + SCHEDULER_HOUR);
  g_autoptr (ScCatalogSchedule) cancelled = NULL;
  g_autoptr (ScCatalogSeat) seat = NULL;
  g_autoptr (GPtrArray) planned = NULL;
  g_autoptr (GError) error = NULL;
  guint n = 0;

  sc_scheduler_start (fixture->scheduler);
  scheduler_fixture_assign (fixture, ROOM, 1);
  g_signal_connect (fixture->scheduler, "schedules-changed", G_CALLBACK (on_schedules_changed), &n);
  add (fixture, schedule);
  scheduler_fixture_settle (fixture);
  g_assert_cmpuint (n, ==, 1);
  g_assert_true (sc_scheduler_cancel (fixture->scheduler, schedule->id, &error));
  g_assert_no_error (error);
  planned = sc_scheduler_list_planned (fixture->scheduler, fixture->real, fixture->real + 24 * SCHEDULER_HOUR, 9);
  for (guint i = 0; i < planned->len; i++)
    g_assert_cmpint (((ScPlanned *) g_ptr_array_index (planned, i))->kind, !=, SC_PLANNED_SCHEDULE);
  scheduler_fixture_settle (fixture);
  g_assert_cmpuint (n, ==, 2);
  g_assert_false (sc_scheduler_cancel (fixture->scheduler, schedule->id, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_STATE);
  g_clear_error (&error);
  g_assert_false (sc_scheduler_cancel (fixture->scheduler, 77, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  scheduler_fixture_pass (fixture, 2 * SCHEDULER_HOUR);
  cancelled = load (fixture, schedule->id);
  g_assert_cmpint (cancelled->state, ==, SC_SCHEDULE_CANCELLED);
  g_assert_cmpint (cancelled->last, ==, 0);
  seat = scheduler_fixture_load_seat (fixture, 1);
  g_assert_cmpuint (seat->assigned_version, ==, 1);
  g_signal_handlers_disconnect_by_data (fixture->scheduler, &n);
}

#define ADD(path, func)                                                                                                \
  g_test_add (path, SchedulerFixture, NULL, scheduler_fixture_set_up, func, scheduler_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/scheduler/schedules/at", test_at);
  ADD ("/scheduler/schedules/repeat", test_repeat);
  ADD ("/scheduler/schedules/in-window", test_in_window);
  ADD ("/scheduler/schedules/at-once", test_at_once);
  ADD ("/scheduler/schedules/assigned", test_assigned);
  ADD ("/scheduler/schedules/of-seats", test_of_seats);
  ADD ("/scheduler/schedules/of-a-seat-that-moved", test_of_a_seat_that_moved);
  ADD ("/scheduler/schedules/failed", test_failed);
  ADD ("/scheduler/schedules/refused", test_refused);
  ADD ("/scheduler/schedules/cancel", test_cancel);
  return g_test_run ();
}
