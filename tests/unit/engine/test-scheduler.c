/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/engine/catalog/sc-catalog-private.h"
#include "tests/unit/engine/scheduler-fixture.h"

#include <string.h>

/* The scheduler with a real catalog, hub, sessions and API, and seats on real connections. */

#define ROOM FIXTURE_ROOM
#define CLOSED "mon-sun 18:00-20:00 UTC" /* six hours from now on */

static guint
count_sessions (SchedulerFixture *fixture)
{
  g_autoptr (GPtrArray) sessions = sc_catalog_list_sessions (fixture->engine.parts.catalog, 100, NULL);

  return sessions->len;
}

/* (transfer full): the newest */
static ScCatalogSession *
load_session (SchedulerFixture *fixture)
{
  g_autoptr (GPtrArray) sessions = sc_catalog_list_sessions (fixture->engine.parts.catalog, 1, NULL);

  g_assert_cmpuint (sessions->len, ==, 1);
  return g_ptr_array_steal_index (sessions, 0);
}

static ScDue
get_due (SchedulerFixture *fixture, guint number)
{
  g_autoptr (ScCatalogSeat) seat = scheduler_fixture_load_seat (fixture, number);

  return seat->due;
}

/* Seats that are due together do not wait for each other longer than this. */
static void
pass_settle_time (SchedulerFixture *fixture)
{
  scheduler_fixture_pass (fixture, SC_PLANNER_SETTLE_TIME + G_TIME_SPAN_SECOND);
}

static void
add_seat_to_catalog (SchedulerFixture *fixture, guint number, const char *room, guint64 version)
{
  g_autoptr (ScControlMessage) message = scheduler_make_inventory (fixture, number, room, version);
  g_autoptr (GError) error = NULL;

  g_assert_true (sc_catalog_save_inventory (fixture->engine.parts.catalog, message->inventory, fixture->real, &error));
  g_assert_no_error (error);
}

static void
set_cache (SchedulerFixture *fixture, const char *room, const char *cache)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogRoom) found = sc_catalog_load_room (fixture->engine.parts.catalog, room, &error);

  g_assert_no_error (error);
  g_free (found->policy.cache);
  found->policy.cache = g_strdup (cache);
  g_assert_true (sc_scheduler_set_policy (fixture->scheduler, room, &found->policy, &error));
  g_assert_no_error (error);
  scheduler_fixture_settle (fixture);
}

/* Each connection is told once when and from where it may fetch, and again when that changes. */
static void
test_policy (SchedulerFixture *fixture, gconstpointer data)
{
  g_autoptr (SchedulerSeat) seat = NULL;
  g_autoptr (SchedulerSeat) again = NULL;
  g_autoptr (SchedulerSeat) new = NULL;
  const ScControlMessage *policy;

  sc_scheduler_start (fixture->scheduler);
  seat = scheduler_seat_new (fixture, 1, ROOM, 2);
  policy = scheduler_seat_wait (seat, SC_CONTROL_POLICY, 1);
  g_assert_false (policy->policy.fetch);
  g_assert_cmpstr (policy->policy.cache, ==, "");

  set_cache (fixture, ROOM, "https://cache-1:8471");
  policy = scheduler_seat_wait (seat, SC_CONTROL_POLICY, 2);
  g_assert_cmpstr (policy->policy.cache, ==, "https://cache-1:8471");
  set_cache (fixture, ROOM, "https://cache-1:8471");
  sc_scheduler_look (fixture->scheduler);
  scheduler_fixture_settle (fixture);
  g_assert_cmpuint (scheduler_seat_count (seat, SC_CONTROL_POLICY), ==, 2);

  again = scheduler_seat_new (fixture, 1, ROOM, 2); /* takes the place of the first connection */
  policy = scheduler_seat_wait (again, SC_CONTROL_POLICY, 1);
  g_assert_cmpstr (policy->policy.cache, ==, "https://cache-1:8471");

  new = scheduler_seat_new (fixture, 2, "B202", 0); /* nothing is assigned there */
  policy = scheduler_seat_wait (new, SC_CONTROL_POLICY, 1);
  g_assert_true (policy->policy.fetch);
  scheduler_fixture_settle (fixture);
  g_assert_cmpuint (scheduler_seat_count (again, SC_CONTROL_POLICY), ==, 1);
  g_assert_cmpuint (scheduler_seat_count (new, SC_CONTROL_POLICY), ==, 1);
}

/* A room that is assigned a version gets it by one session, and who waits for it is kept. */
static void
test_assign (SchedulerFixture *fixture, gconstpointer data)
{
  g_autoptr (SchedulerSeat) first = NULL;
  g_autoptr (SchedulerSeat) second = NULL;
  g_autoptr (ScCatalogSession) session = NULL;
  g_autoptr (ScCatalogSeat) off = NULL;

  add_seat_to_catalog (fixture, 3, ROOM, 1);
  sc_scheduler_start (fixture->scheduler);
  first = scheduler_seat_new (fixture, 1, ROOM, 1);
  second = scheduler_seat_new (fixture, 2, ROOM, 1);
  scheduler_fixture_assign (fixture, ROOM, 2);
  scheduler_fixture_assert_outlook (fixture, 2, "due session"); /* at once, before it has done anything */
  g_assert_cmpint (get_due (fixture, 2), ==, SC_DUE_SESSION);

  pass_settle_time (fixture);
  scheduler_seat_wait (first, SC_CONTROL_PREPARE, 1);
  scheduler_seat_wait (second, SC_CONTROL_PREPARE, 1);
  session = load_session (fixture);
  g_assert_cmpuint (session->version, ==, 2);
  g_assert_cmpstr (session->origin, ==, "assignment");
  g_assert_cmpint (get_due (fixture, 1), ==, SC_DUE_NOT);
  g_assert_cmpint (get_due (fixture, 2), ==, SC_DUE_NOT);
  g_assert_cmpint (get_due (fixture, 3), ==, SC_DUE_NOT); /* it was off: it has missed it */
  scheduler_fixture_assert_outlook (fixture, 1, "updating session");
  scheduler_fixture_assert_outlook (fixture, 3, "offline return");
  off = scheduler_fixture_load_seat (fixture, 3);
  g_assert_cmpuint (off->assigned_version, ==, 2);
}

/* One that comes late is caught up, a while after it came. */
static void
test_late (SchedulerFixture *fixture, gconstpointer data)
{
  g_autoptr (SchedulerSeat) seat = NULL;
  const ScControlMessage *order;

  sc_scheduler_start (fixture->scheduler);
  seat = scheduler_seat_new (fixture, 1, ROOM, 1); /* it is assigned version 2 */
  scheduler_seat_wait (seat, SC_CONTROL_POLICY, 1);
  scheduler_fixture_assert_outlook (fixture, 1, "late catch-up");
  for (guint i = 0; i < 4 && scheduler_seat_count (seat, SC_CONTROL_CATCH_UP) == 0; i++)
    scheduler_fixture_pass (fixture, SC_PLANNER_CATCH_UP_SPREAD / 2);
  order = scheduler_seat_last (seat, SC_CONTROL_CATCH_UP);
  g_assert_nonnull (order);
  g_assert_cmpuint (order->version.version, ==, 2);
  g_assert_false (order->version.local);
  g_assert_cmpuint (order->session, ==, 0);
  g_assert_true (scheduler_seat_last (seat, SC_CONTROL_POLICY)->policy.fetch);
  g_assert_cmpuint (count_sessions (fixture), ==, 1); /* the fixture's */
}

/* Nothing is sent to a room whose window is closed, and a session begins when it opens. */
static void
test_window (SchedulerFixture *fixture, gconstpointer data)
{
  g_autoptr (SchedulerSeat) seat = NULL;
  g_autofree char *id = scheduler_seat_id (1);
  g_autoptr (GPtrArray) planned = NULL;
  const ScPlanned *first;
  ScOutlook outlook;
  const gint64 opens = SCHEDULER_START + 6 * SCHEDULER_HOUR;

  sc_scheduler_start (fixture->scheduler);
  scheduler_fixture_set_window (fixture, ROOM, CLOSED);
  seat = scheduler_seat_new (fixture, 1, ROOM, 1);
  scheduler_fixture_assign (fixture, ROOM, 2);
  for (guint i = 0; i < 5; i++)
    scheduler_fixture_pass (fixture, SCHEDULER_HOUR);
  g_assert_cmpuint (scheduler_seat_count (seat, SC_CONTROL_PREPARE), ==, 0);
  g_assert_cmpuint (scheduler_seat_count (seat, SC_CONTROL_CATCH_UP), ==, 0);
  g_assert_false (scheduler_seat_last (seat, SC_CONTROL_POLICY)->policy.fetch);
  sc_scheduler_get_outlook (fixture->scheduler, id, &outlook);
  g_assert_cmpint (outlook.behind, ==, SC_BEHIND_DUE);
  g_assert_cmpint (outlook.at, ==, opens);
  planned = sc_scheduler_list_planned (fixture->scheduler, fixture->real, fixture->real + 24 * SCHEDULER_HOUR, 10);
  g_assert_cmpuint (planned->len, >=, 1);
  first = g_ptr_array_index (planned, 0);
  g_assert_cmpint (first->kind, ==, SC_PLANNED_DUE);
  g_assert_cmpint (first->at, ==, opens);
  g_assert_cmpstr (first->room, ==, ROOM);

  scheduler_fixture_pass (fixture, SCHEDULER_HOUR);
  pass_settle_time (fixture);
  scheduler_seat_wait (seat, SC_CONTROL_PREPARE, 1);
}

/* In mid-session the window closes: the seat is told to stop, nothing is due anew, and it goes on at the next opening.
 */
static void
test_suspend (SchedulerFixture *fixture, gconstpointer data)
{
  g_autoptr (SchedulerSeat) seat = NULL;
  g_autoptr (ScCatalogSession) suspended = NULL;
  g_autoptr (ScCatalogSession) resumed = NULL;

  sc_scheduler_start (fixture->scheduler);
  scheduler_fixture_set_window (fixture, ROOM, "mon-sun 11:00-13:00 UTC");
  seat = scheduler_seat_new (fixture, 1, ROOM, 1);
  scheduler_fixture_assign (fixture, ROOM, 2);
  pass_settle_time (fixture);
  scheduler_seat_wait (seat, SC_CONTROL_PREPARE, 1);

  scheduler_fixture_pass (fixture, SCHEDULER_HOUR);
  g_assert_cmpint (scheduler_seat_wait (seat, SC_CONTROL_LEAVE, 1)->leave.reason, ==, SC_LEAVE_SUSPENDED);
  scheduler_fixture_settle (fixture);
  suspended = load_session (fixture);
  g_assert_true (suspended->suspended);
  g_assert_cmpint (suspended->state, ==, SC_SESSION_PAUSED);
  g_assert_cmpint (get_due (fixture, 1), ==, SC_DUE_NOT); /* the session goes on with it */
  scheduler_fixture_pass (fixture, SCHEDULER_HOUR);
  g_assert_cmpuint (scheduler_seat_count (seat, SC_CONTROL_PREPARE), ==, 1);

  scheduler_fixture_pass (fixture, 21 * SCHEDULER_HOUR);
  pass_settle_time (fixture);
  scheduler_seat_wait (seat, SC_CONTROL_PREPARE, 2);
  resumed = load_session (fixture);
  g_assert_cmpuint (resumed->id, ==, suspended->id);
  g_assert_false (resumed->suspended);
}

/* A template of it cannot be started, and the network may not be used: back to what it had. */
static void
test_go_back (SchedulerFixture *fixture, gconstpointer data)
{
  g_autoptr (SchedulerSeat) seat = NULL;
  g_autoptr (ScControlMessage) between = scheduler_make_inventory (fixture, 1, ROOM, 1);
  const guint64 back[] = { 2, 1 };
  const ScControlMessage *order;

  sc_scheduler_start (fixture->scheduler);
  scheduler_fixture_set_window (fixture, ROOM, CLOSED);
  seat = scheduler_seat_new (fixture, 1, ROOM, 1);
  scheduler_seat_wait (seat, SC_CONTROL_POLICY, 1);
  between->inventory->version = 0;
  ((ScInventoryTemplate *) g_ptr_array_index (between->inventory->templates, 0))->state = SC_TEMPLATE_UPDATING;
  g_array_append_vals (between->inventory->back, back, 2);
  engine_fixture_say (seat->connection, between);
  scheduler_fixture_settle (fixture);
  scheduler_fixture_pass (fixture, 5 * G_TIME_SPAN_MINUTE);
  order = scheduler_seat_wait (seat, SC_CONTROL_CATCH_UP, 1);
  g_assert_true (order->version.local);
  g_assert_cmpuint (order->version.version, ==, 1);
  {
    g_autoptr (ScCatalogSeat) kept = scheduler_fixture_load_seat (fixture, 1);

    g_assert_cmpuint (kept->assigned_version, ==, 2); /* that stays what it is to have */
  }
}

/* What staff cancelled nobody brings about by itself; what they say next counts. */
static void
test_cancelled (SchedulerFixture *fixture, gconstpointer data)
{
  g_autoptr (SchedulerSeat) seat = NULL;
  g_autoptr (ScCatalogSession) session = NULL;
  g_autoptr (GError) error = NULL;

  sc_scheduler_start (fixture->scheduler);
  seat = scheduler_seat_new (fixture, 1, ROOM, 1);
  scheduler_fixture_assign (fixture, ROOM, 2);
  pass_settle_time (fixture);
  scheduler_seat_wait (seat, SC_CONTROL_PREPARE, 1);
  session = load_session (fixture);
  g_assert_true (sc_sessions_cancel (fixture->engine.parts.sessions, session->id, &error));
  g_assert_no_error (error);
  scheduler_seat_wait (seat, SC_CONTROL_LEAVE, 1);
  for (guint i = 0; i < 3; i++)
    scheduler_fixture_pass (fixture, SCHEDULER_HOUR);
  g_assert_cmpint (get_due (fixture, 1), ==, SC_DUE_HELD);
  scheduler_fixture_assert_outlook (fixture, 1, "cancelled staff");
  g_assert_cmpuint (scheduler_seat_count (seat, SC_CONTROL_CATCH_UP), ==, 0);
  g_assert_cmpuint (scheduler_seat_count (seat, SC_CONTROL_PREPARE), ==, 1);

  scheduler_fixture_assign (fixture, ROOM, 2);
  pass_settle_time (fixture);
  scheduler_seat_wait (seat, SC_CONTROL_PREPARE, 2);
}

/* A seat that staff send somewhere is pinned there, and their word counts also after a session that they cancelled. */
static void
test_catch_up_by_staff (SchedulerFixture *fixture, gconstpointer data)
{
  static const char *const bodies[] = { "{}", "{\"version\":1}" };
  g_autofree char *id = scheduler_seat_id (1);
  g_autofree char *path = g_strdup_printf ("/v1/seats/%s/catch-up", id);
  g_autoptr (SchedulerSeat) seat = NULL;
  g_autoptr (ScControlMessage) arrived = scheduler_make_inventory (fixture, 1, ROOM, 1);
  g_autoptr (GPtrArray) seats = g_ptr_array_new ();

  g_ptr_array_add (seats, id);
  sc_scheduler_start (fixture->scheduler);
  seat = scheduler_seat_new (fixture, 1, ROOM, 0);
  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++) {
    g_autoptr (ScJson) answer = NULL;

    scheduler_fixture_assign (fixture, ROOM, 2);
    g_assert_true (sc_catalog_set_due (fixture->engine.parts.catalog, seats, SC_DUE_HELD, 0, NULL));
    sc_scheduler_look (fixture->scheduler);
    scheduler_fixture_settle (fixture);
    scheduler_fixture_assert_outlook (fixture, 1, "cancelled staff");
    answer = engine_fixture_json (&fixture->engine, "POST", path, bodies[i], SOUP_STATUS_ACCEPTED);
    scheduler_seat_wait (seat, SC_CONTROL_CATCH_UP, i + 1);
    scheduler_fixture_settle (fixture);
    g_assert_cmpint (get_due (fixture, 1), ==, SC_DUE_NOT);
    scheduler_fixture_assert_outlook (fixture, 1, "late catch-up");
  }
  engine_fixture_say (seat->connection, arrived);
  scheduler_fixture_settle (fixture);
  scheduler_fixture_assert_outlook (fixture, 1, "not nothing");
}

/* An update that failed is told of with its reason, and not tried again and again. */
static void
test_failed (SchedulerFixture *fixture, gconstpointer data)
{
  g_autoptr (SchedulerSeat) seat = NULL;
  g_autoptr (ScControlMessage) failed = sc_control_message_new (SC_CONTROL_FAILED, 0);
  const ScControlMessage *prepare;

  sc_scheduler_start (fixture->scheduler);
  seat = scheduler_seat_new (fixture, 1, ROOM, 1);
  scheduler_fixture_assign (fixture, ROOM, 2);
  pass_settle_time (fixture);
  prepare = scheduler_seat_wait (seat, SC_CONTROL_PREPARE, 1);
  failed->session = prepare->session;
  failed->failed.code = g_strdup ("no-space");
  failed->failed.message = g_strdup ("the disk is full");
  engine_fixture_say (seat->connection, failed);
  scheduler_fixture_settle (fixture);
  scheduler_fixture_assert_outlook (fixture, 1, "failed catch-up");
  scheduler_fixture_pass (fixture, 10 * G_TIME_SPAN_SECOND);
  g_assert_cmpuint (scheduler_seat_count (seat, SC_CONTROL_CATCH_UP), ==, 0);
  for (guint i = 0; i < 8 && scheduler_seat_count (seat, SC_CONTROL_CATCH_UP) == 0; i++)
    scheduler_fixture_pass (fixture, SC_PLANNER_FAILED_TIME / 4);
  g_assert_cmpuint (scheduler_seat_count (seat, SC_CONTROL_CATCH_UP), ==, 1);

  /* outside the session, too; each time it waits longer */
  failed->session = 0;
  engine_fixture_say (seat->connection, failed);
  scheduler_fixture_settle (fixture);
  scheduler_fixture_assert_outlook (fixture, 1, "failed catch-up");
  scheduler_fixture_pass (fixture, SC_PLANNER_FAILED_TIME + G_TIME_SPAN_SECOND);
  g_assert_cmpuint (scheduler_seat_count (seat, SC_CONTROL_CATCH_UP), ==, 1);
}

static int
count_statement (unsigned int type, void *data, void *statement, void *text)
{
  (*(guint *) data)++;
  return 0;
}

/* With 1,000 seats, what one of them says costs the catalog the same as with one. */
static void
test_many_seats (SchedulerFixture *fixture, gconstpointer data)
{
  sqlite3 *handle = sc_database_get_handle (fixture->engine.parts.catalog->database);
  g_autoptr (SchedulerSeat) seat = NULL;
  g_autoptr (ScControlMessage) other = scheduler_make_inventory (fixture, 1, ROOM, 1);
  g_autoptr (GError) error = NULL;
  guint n = 0;

  g_assert_true (sc_database_exec (fixture->engine.parts.catalog->database, "PRAGMA synchronous = OFF", &error));
  for (guint i = 0; i < 999; i++)
    add_seat_to_catalog (fixture, 2 + i, "B202", 1);
  sc_scheduler_start (fixture->scheduler);
  seat = scheduler_seat_new (fixture, 1, ROOM, 1);
  scheduler_fixture_settle (fixture);

  sqlite3_trace_v2 (handle, SQLITE_TRACE_STMT, count_statement, &n);
  other->inventory->free_bytes /= 2;
  engine_fixture_say (seat->connection, other);
  scheduler_fixture_settle (fixture);
  sqlite3_trace_v2 (handle, 0, NULL, NULL);
  g_assert_cmpuint (n, >, 5);
  g_assert_cmpuint (n, <, 60);
}

static void
on_changed (ScScheduler *scheduler, const char *what, GPtrArray *heard)
{
  g_ptr_array_add (heard, g_strdup (what));
}

static gboolean
has_heard (GPtrArray *heard, const char *what)
{
  return g_ptr_array_find_with_equal_func (heard, what, g_str_equal, NULL);
}

/* Who is to have something else, and for whom something else comes next, is told. */
static void
test_told (SchedulerFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) seats = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) rooms = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *id = scheduler_seat_id (1);
  g_autofree char *elsewhere = scheduler_seat_id (2);

  add_seat_to_catalog (fixture, 2, "B202", 1);
  sc_scheduler_start (fixture->scheduler);
  scheduler_fixture_settle (fixture);
  g_signal_connect (fixture->scheduler, "seat-changed", G_CALLBACK (on_changed), seats);
  g_signal_connect (fixture->scheduler, "room-changed", G_CALLBACK (on_changed), rooms);
  scheduler_fixture_set_window (fixture, ROOM, CLOSED);
  scheduler_fixture_settle (fixture);
  g_assert_true (has_heard (rooms, ROOM));
  g_assert_false (has_heard (rooms, "B202"));
  scheduler_fixture_assign (fixture, "B202", 2);
  scheduler_fixture_settle (fixture);
  g_assert_true (has_heard (seats, elsewhere));
  g_ptr_array_set_size (seats, 0);
  sc_scheduler_look (fixture->scheduler);
  scheduler_fixture_settle (fixture);
  g_assert_cmpuint (seats->len, ==, 0); /* nothing is another than it was */
  g_signal_handlers_disconnect_by_data (fixture->scheduler, seats);
  g_signal_handlers_disconnect_by_data (fixture->scheduler, rooms);
}

#define ADD(path, func)                                                                                                \
  g_test_add (path, SchedulerFixture, NULL, scheduler_fixture_set_up, func, scheduler_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/scheduler/policy", test_policy);
  ADD ("/scheduler/assign", test_assign);
  ADD ("/scheduler/late", test_late);
  ADD ("/scheduler/window", test_window);
  ADD ("/scheduler/suspend", test_suspend);
  ADD ("/scheduler/go-back", test_go_back);
  ADD ("/scheduler/cancelled", test_cancelled);
  ADD ("/scheduler/catch-up-by-staff", test_catch_up_by_staff);
  ADD ("/scheduler/failed", test_failed);
  ADD ("/scheduler/many-seats", test_many_seats);
  ADD ("/scheduler/told", test_told);
  return g_test_run ();
}
