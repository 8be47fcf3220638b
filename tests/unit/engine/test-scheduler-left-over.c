/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/catalog/sc-catalog-desired.h"
#include "console/engine/catalog/sc-catalog-seat-log.h"
#include "tests/unit/engine/scheduler-fixture.h"

/* What the catalog and the scheduler remember of a seat must not outlive its reason. */

#define ROOM FIXTURE_ROOM

static ScDue
get_due (SchedulerFixture *fixture, guint number)
{
  g_autoptr (ScCatalogSeat) seat = scheduler_fixture_load_seat (fixture, number);

  return seat->due;
}

static void
pass_settle_time (SchedulerFixture *fixture)
{
  scheduler_fixture_pass (fixture, SC_PLANNER_SETTLE_TIME + G_TIME_SPAN_SECOND);
}

static ScInventoryTemplate *
get_template (ScControlMessage *message)
{
  return g_ptr_array_index (message->inventory->templates, 0);
}

static void
cancel (SchedulerFixture *fixture, guint64 session)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sc_sessions_cancel (fixture->engine.parts.sessions, session, &error));
  g_assert_no_error (error);
  scheduler_fixture_settle (fixture);
}

/* A room is assigned what one of its seats has already: that it is due for it does not wait for the day on which
 * somebody makes the next template there. */
static void
test_met (SchedulerFixture *fixture, gconstpointer data)
{
  g_autoptr (SchedulerSeat) seat = NULL;
  g_autoptr (ScControlMessage) drifted = scheduler_make_inventory (fixture, 1, ROOM, 2);

  sc_scheduler_start (fixture->scheduler);
  seat = scheduler_seat_new (fixture, 1, ROOM, 2);
  scheduler_fixture_assign (fixture, ROOM, 2);
  pass_settle_time (fixture);
  g_assert_cmpint (get_due (fixture, 1), ==, SC_DUE_NOT);
  g_assert_cmpuint (scheduler_seat_count (seat, SC_CONTROL_PREPARE), ==, 0);

  get_template (drifted)->state = SC_TEMPLATE_DRIFTED;
  engine_fixture_say (seat->connection, drifted);
  scheduler_fixture_settle (fixture);
  scheduler_fixture_assert_outlook (fixture, 1, "drifted staff");
  pass_settle_time (fixture);
  g_assert_cmpuint (scheduler_seat_count (seat, SC_CONTROL_PREPARE), ==, 0);
}

/* Of one that came to the version in another way, it is not remembered for ever that staff cancelled its session. */
static void
test_cancelled_and_met (SchedulerFixture *fixture, gconstpointer data)
{
  g_autoptr (SchedulerSeat) seat = NULL;
  g_autoptr (ScControlMessage) met = scheduler_make_inventory (fixture, 1, ROOM, 2);

  sc_scheduler_start (fixture->scheduler);
  seat = scheduler_seat_new (fixture, 1, ROOM, 1);
  scheduler_fixture_assign (fixture, ROOM, 2);
  pass_settle_time (fixture);
  cancel (fixture, scheduler_seat_wait (seat, SC_CONTROL_PREPARE, 1)->session);
  g_assert_cmpint (get_due (fixture, 1), ==, SC_DUE_HELD);
  engine_fixture_say (seat->connection, met);
  scheduler_fixture_settle (fixture);
  scheduler_fixture_settle (fixture);
  g_assert_cmpint (get_due (fixture, 1), ==, SC_DUE_NOT);
}

/* The last word counts: what is assigned while the cancelled session is about to end, or while it goes on. */
static void
test_cancelled_and_assigned (SchedulerFixture *fixture, gconstpointer data)
{
  g_autoptr (SchedulerSeat) seat = NULL;
  g_autoptr (GError) error = NULL;
  guint64 session;

  sc_scheduler_start (fixture->scheduler);
  seat = scheduler_seat_new (fixture, 1, ROOM, 1);
  scheduler_fixture_assign (fixture, ROOM, 2);
  pass_settle_time (fixture);
  session = scheduler_seat_wait (seat, SC_CONTROL_PREPARE, 1)->session;
  g_assert_true (sc_sessions_cancel (fixture->engine.parts.sessions, session, &error));
  scheduler_fixture_assign (fixture, ROOM, 2);
  pass_settle_time (fixture);
  session = scheduler_seat_wait (seat, SC_CONTROL_PREPARE, 2)->session;

  scheduler_fixture_assign (fixture, ROOM, 2);
  scheduler_fixture_settle (fixture);
  cancel (fixture, session);
  pass_settle_time (fixture);
  g_assert_cmpint (get_due (fixture, 1), ==, SC_DUE_HELD);
  g_assert_cmpuint (scheduler_seat_count (seat, SC_CONTROL_PREPARE), ==, 2);
}

/* Staff deploy what a suspended session was to bring: its seats are taken over, nobody has cancelled anything. */
static void
test_taken_over (SchedulerFixture *fixture, gconstpointer data)
{
  g_autoptr (SchedulerSeat) first = NULL;
  g_autoptr (SchedulerSeat) second = NULL;
  g_autoptr (GError) error = NULL;
  const ScDeployRequest request = { .version = 2, .room = ROOM };

  sc_scheduler_start (fixture->scheduler);
  scheduler_fixture_set_window (fixture, ROOM, "mon-sun 11:00-13:00 UTC");
  first = scheduler_seat_new (fixture, 1, ROOM, 1);
  second = scheduler_seat_new (fixture, 2, ROOM, 1);
  scheduler_fixture_assign (fixture, ROOM, 2);
  pass_settle_time (fixture);
  scheduler_seat_wait (first, SC_CONTROL_PREPARE, 1);
  scheduler_seat_wait (second, SC_CONTROL_PREPARE, 1);
  scheduler_fixture_pass (fixture, SCHEDULER_HOUR);
  scheduler_seat_wait (first, SC_CONTROL_LEAVE, 1);
  scheduler_fixture_settle (fixture);

  g_assert_cmpuint (sc_sessions_deploy (fixture->engine.parts.sessions, &request, &error), !=, 0);
  g_assert_no_error (error);
  scheduler_seat_wait (first, SC_CONTROL_PREPARE, 2);
  scheduler_fixture_settle (fixture);
  g_assert_cmpint (get_due (fixture, 1), ==, SC_DUE_NOT);
  g_assert_cmpint (get_due (fixture, 2), ==, SC_DUE_NOT);
}

/* (transfer full): of a seat whose first template could not be brought to version 2 yet */
static ScControlMessage *
make_busy_inventory (SchedulerFixture *fixture)
{
  ScControlMessage *busy = scheduler_make_inventory (fixture, 1, ROOM, 1);

  get_template (busy)->busy = TRUE;
  return busy;
}

static void
assign_at (SchedulerFixture *fixture, guint64 version, gint64 time)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScSelection) selection = sc_selection_new (version, NULL);

  g_assert_true (sc_catalog_assign (fixture->engine.parts.catalog, ROOM, selection, SC_DUE_NOT, 0, time, &error));
  g_assert_no_error (error);
}

static void
log_at (SchedulerFixture *fixture, const char *event, gint64 time)
{
  g_autofree char *id = scheduler_seat_id (1);
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_seat_log_entry_free);
  ScSeatLogEntry *entry = sc_seat_log_entry_new (id, event, time);
  g_autoptr (GError) error = NULL;

  entry->text = g_strdup ("");
  g_ptr_array_add (entries, entry);
  g_assert_true (sc_catalog_add_seat_log (fixture->engine.parts.catalog, entries, &error));
  g_assert_no_error (error);
}

static void
on_reminder (ScScheduler *scheduler, const char *seat, gint64 since, gint64 *reminded)
{
  *reminded = since;
}

/* An engine that has just been started knows since when templates are in use: also one that is off each night reminds
 * of them. */
static void
test_reminder (SchedulerFixture *fixture, gconstpointer data)
{
  g_autoptr (ScControlMessage) busy = make_busy_inventory (fixture);
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogRoom) room = NULL;
  gint64 reminded = 0;

  g_assert_true (sc_catalog_save_inventory (fixture->engine.parts.catalog, busy->inventory, fixture->real, &error));
  assign_at (fixture, 1, fixture->real - 200 * SCHEDULER_HOUR);
  assign_at (fixture, 2, fixture->real - 100 * SCHEDULER_HOUR);
  log_at (fixture, "busy", fixture->real - 150 * SCHEDULER_HOUR);
  log_at (fixture, "done", fixture->real - 140 * SCHEDULER_HOUR);
  log_at (fixture, "busy", fixture->real - 60 * SCHEDULER_HOUR);
  log_at (fixture, "busy", fixture->real - SCHEDULER_HOUR);
  room = sc_catalog_load_room (fixture->engine.parts.catalog, ROOM, &error);
  g_assert_no_error (error);
  room->policy.busy_deadline = 48;
  g_assert_true (sc_catalog_save_room_policy (fixture->engine.parts.catalog, ROOM, &room->policy, &error));
  g_signal_connect (fixture->scheduler, "reminder", G_CALLBACK (on_reminder), &reminded);
  sc_scheduler_start (fixture->scheduler);
  scheduler_fixture_settle (fixture);
  g_signal_handlers_disconnect_by_data (fixture->scheduler, &reminded);
  g_assert_cmpint (reminded, ==, fixture->real - 60 * SCHEDULER_HOUR);
}

/* A template that is in use keeps its seat from the end of that version, not from the next one. */
static void
test_busy (SchedulerFixture *fixture, gconstpointer data)
{
  g_autoptr (SchedulerSeat) seat = NULL;
  g_autoptr (ScControlMessage) busy = scheduler_make_inventory (fixture, 1, ROOM, 0);
  g_autoptr (ScControlMessage) done = sc_control_message_new (SC_CONTROL_DONE, 0);
  g_autoptr (ScControlMessage) older = scheduler_make_inventory (fixture, 1, ROOM, 1);

  for (guint i = 0; i < older->inventory->templates->len; i++) {
    const ScInventoryTemplate *template = g_ptr_array_index (older->inventory->templates, i);

    sc_inventory_add_template (busy->inventory, template->name, &template->manifest, 1, SC_TEMPLATE_CURRENT);
  }
  get_template (busy)->busy = TRUE;
  sc_scheduler_start (fixture->scheduler);
  scheduler_fixture_assign (fixture, ROOM, 1);
  seat = scheduler_seat_new (fixture, 1, ROOM, 0);
  scheduler_fixture_settle (fixture); /* the scheduler knows it from now on */
  engine_fixture_say (seat->connection, busy);
  done->done.version = 1;
  g_ptr_array_add (done->done.busy, g_strdup (get_template (busy)->name));
  engine_fixture_say (seat->connection, done);
  scheduler_fixture_settle (fixture);
  pass_settle_time (fixture);
  scheduler_fixture_assert_outlook (fixture, 1, "busy release");

  scheduler_fixture_assign (fixture, ROOM, 2);
  pass_settle_time (fixture);
  g_assert_cmpuint (scheduler_seat_count (seat, SC_CONTROL_PREPARE), ==, 1);
  done->session = scheduler_seat_last (seat, SC_CONTROL_PREPARE)->session;
  done->done.version = 2;
  engine_fixture_say (seat->connection, done);
  scheduler_fixture_settle (fixture);
  scheduler_fixture_assert_outlook (fixture, 1, "busy release");
}

#define ADD(path, func)                                                                                                \
  g_test_add (path, SchedulerFixture, NULL, scheduler_fixture_set_up, func, scheduler_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/scheduler/left-over/met", test_met);
  ADD ("/scheduler/left-over/cancelled-and-met", test_cancelled_and_met);
  ADD ("/scheduler/left-over/cancelled-and-assigned", test_cancelled_and_assigned);
  ADD ("/scheduler/left-over/taken-over", test_taken_over);
  ADD ("/scheduler/left-over/busy", test_busy);
  ADD ("/scheduler/left-over/reminder", test_reminder);
  return g_test_run ();
}
