/* SPDX-License-Identifier: LGPL-2.1-or-later */
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
  engine_fixture_say (seat->connection, busy);
  done->done.version = 1;
  done->done.busy = g_ptr_array_new_with_free_func (g_free);
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
  ADD ("/scheduler/left-over/taken-over", test_taken_over);
  ADD ("/scheduler/left-over/busy", test_busy);
  return g_test_run ();
}
