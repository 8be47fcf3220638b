/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/catalog/sc-catalog-desired.h"
#include "console/engine/catalog/sc-catalog-hooks.h"
#include "console/engine/catalog/sc-catalog-seat-log.h"
#include "console/engine/store/sc-publish.h"
#include "tests/unit/engine/scheduler-fixture.h"

/* A seat in mid-update goes back to what it had wholly, and to nothing else. The store has four versions here. */

#define ROOM FIXTURE_ROOM
#define CLOSED "mon-sun 18:00-20:00 UTC" /* six hours from now on */
#define HOOKS "{\"hooks\":[{\"when\":\"before-commit\",\"os\":\"any\",\"run\":[\"/bin/false\"],\"timeout_seconds\":9}]}"

static void
set_up (SchedulerFixture *fixture, gconstpointer data)
{
  scheduler_fixture_set_up (fixture, data);
  for (guint i = 3; i <= 4; i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *text = g_strdup_printf ("memsize = %u000\n", i);
    g_autoptr (ScPublishResult) result = NULL;

    engine_fixture_write (&fixture->engine, "new/new.vmx", text, strlen (text));
    result = sc_publish (fixture->engine.parts.store, fixture->engine.repository, "staff", text, fixture->real, NULL,
                         NULL, &error);
    g_assert_no_error (error);
    g_assert_nonnull (result);
  }
}

/* (transfer full): of seat 1 on its way to @version, as far as it can tell what it could go back to: all of them */
static ScControlMessage *
make_between (SchedulerFixture *fixture, guint64 version)
{
  ScControlMessage *between = scheduler_make_inventory (fixture, 1, ROOM, version);
  const guint64 back[] = { 3, 2, 1 };

  between->inventory->version = 0;
  ((ScInventoryTemplate *) g_ptr_array_index (between->inventory->templates, 0))->state = SC_TEMPLATE_UPDATING;
  g_array_append_vals (between->inventory->back, back, G_N_ELEMENTS (back));
  return between;
}

static void
say_between (SchedulerFixture *fixture, SchedulerSeat *seat, guint64 version)
{
  g_autoptr (ScControlMessage) between = make_between (fixture, version);

  engine_fixture_say (seat->connection, between);
  scheduler_fixture_settle (fixture);
}

static void
say_whole (SchedulerFixture *fixture, SchedulerSeat *seat, guint64 version)
{
  g_autoptr (ScControlMessage) whole = scheduler_make_inventory (fixture, 1, ROOM, version);

  engine_fixture_say (seat->connection, whole);
  scheduler_fixture_settle (fixture);
}

static void
say_end (SchedulerFixture *fixture, SchedulerSeat *seat, ScControlType type, guint64 session, guint64 version)
{
  g_autoptr (ScControlMessage) message = sc_control_message_new (type, session);

  if (type == SC_CONTROL_DONE) {
    message->done.version = version;
  } else {
    message->failed.code = g_strdup ("hook");
    message->failed.message = g_strdup ("/bin/false ended with status 1");
  }
  engine_fixture_say (seat->connection, message);
  scheduler_fixture_settle (fixture);
}

/* Within @time the seat is ordered to go back to @version without the network. */
static const ScControlMessage *
expect_back (SchedulerFixture *fixture, SchedulerSeat *seat, gint64 time, guint64 version)
{
  const ScControlMessage *order;

  scheduler_fixture_pass (fixture, time);
  order = scheduler_seat_wait (seat, SC_CONTROL_CATCH_UP, 1);
  g_assert_cmpuint (scheduler_seat_count (seat, SC_CONTROL_CATCH_UP), ==, 1);
  g_assert_true (order->version.local);
  g_assert_cmpuint (order->version.version, ==, version);
  return order;
}

/* (transfer full): seat 1, which has version 2, in a session that brings it to version 4 */
static SchedulerSeat *
begin_update (SchedulerFixture *fixture, guint64 *session)
{
  SchedulerSeat *seat;

  sc_scheduler_start (fixture->scheduler);
  seat = scheduler_seat_new (fixture, 1, ROOM, 2);
  scheduler_fixture_assign (fixture, ROOM, 4);
  scheduler_fixture_pass (fixture, SC_PLANNER_SETTLE_TIME + G_TIME_SPAN_SECOND);
  *session = scheduler_seat_wait (seat, SC_CONTROL_PREPARE, 1)->session;
  return seat;
}

/* (transfer full): seat 1, which is to have version 2 again in mid-update from it, ordered back there */
static SchedulerSeat *
begin_way_back (SchedulerFixture *fixture)
{
  SchedulerSeat *seat;

  sc_scheduler_start (fixture->scheduler);
  seat = scheduler_seat_new (fixture, 1, ROOM, 2);
  scheduler_fixture_set_window (fixture, ROOM, CLOSED);
  scheduler_fixture_assign (fixture, ROOM, 2);
  say_between (fixture, seat, 4);
  expect_back (fixture, seat, G_TIME_SPAN_SECOND, 2);
  return seat;
}

/* (transfer full) */
static char *
read_log (SchedulerFixture *fixture, const char *event)
{
  g_autofree char *id = scheduler_seat_id (1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries = NULL;

  sc_seat_log_flush (fixture->engine.parts.seat_log);
  entries = sc_catalog_list_seat_log (fixture->engine.parts.catalog, id, 100, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < entries->len; i++) {
    const ScSeatLogEntry *entry = g_ptr_array_index (entries, i);

    if (g_str_equal (entry->event, event))
      return g_strdup_printf ("%" G_GUINT64_FORMAT " %s", entry->version, entry->text);
  }
  return g_strdup ("none");
}

/* The newest one that it could go back to it never had, or staff have withdrawn it. */
static void
test_closed (SchedulerFixture *fixture, gconstpointer data)
{
  g_autoptr (SchedulerSeat) seat = NULL;
  g_autofree char *why = NULL;

  sc_scheduler_start (fixture->scheduler);
  seat = scheduler_seat_new (fixture, 1, ROOM, 2);
  scheduler_fixture_assign (fixture, ROOM, 4);
  scheduler_fixture_set_window (fixture, ROOM, CLOSED);
  say_between (fixture, seat, 4);
  expect_back (fixture, seat, G_TIME_SPAN_SECOND, 2);
  why = read_log (fixture, "going-back");
  g_assert_cmpstr (why, ==, "2 its maintenance window has closed");
}

static void
test_rolled_back (SchedulerFixture *fixture, gconstpointer data)
{
  g_autoptr (SchedulerSeat) seat = NULL;

  sc_scheduler_start (fixture->scheduler);
  seat = scheduler_seat_new (fixture, 1, ROOM, 3);
  say_between (fixture, seat, 1);
  say_whole (fixture, seat, 1);
  scheduler_fixture_assign (fixture, ROOM, 4);
  scheduler_fixture_set_window (fixture, ROOM, CLOSED);
  say_between (fixture, seat, 4);
  expect_back (fixture, seat, G_TIME_SPAN_SECOND, 1);
}

/* An engine that is started anew in mid-update knows what is kept. */
static void
test_restart (SchedulerFixture *fixture, gconstpointer data)
{
  g_autoptr (SchedulerSeat) seat = scheduler_seat_new (fixture, 1, ROOM, 2);

  say_between (fixture, seat, 4);
  sc_scheduler_start (fixture->scheduler);
  scheduler_fixture_assign (fixture, ROOM, 4);
  scheduler_fixture_set_window (fixture, ROOM, CLOSED);
  expect_back (fixture, seat, G_TIME_SPAN_SECOND, 2);
}

/* It is new, or was installed anew: whatever it could go back to, that is not what it had. */
static void
test_had_nothing (SchedulerFixture *fixture, gconstpointer data)
{
  g_autoptr (SchedulerSeat) seat = NULL;

  sc_scheduler_start (fixture->scheduler);
  seat = scheduler_seat_new (fixture, 1, ROOM, 2);
  say_whole (fixture, seat, 0);
  scheduler_fixture_assign (fixture, ROOM, 4);
  scheduler_fixture_set_window (fixture, ROOM, CLOSED);
  say_between (fixture, seat, 4);
  scheduler_fixture_pass (fixture, SCHEDULER_HOUR);
  g_assert_cmpuint (scheduler_seat_count (seat, SC_CONTROL_CATCH_UP), ==, 0);
}

/* What it had was a part of a version, and now it is to have another one. */
static void
test_part (SchedulerFixture *fixture, gconstpointer data)
{
  static const char *const only_new[] = { "new", NULL };
  g_autoptr (SchedulerSeat) seat = NULL;
  g_autoptr (ScControlMessage) part = scheduler_make_inventory (fixture, 1, ROOM, 2);
  g_autoptr (ScSelection) selection = sc_selection_new (2, only_new);
  g_autoptr (ScVersionManifest) whole = sc_store_get_version (fixture->engine.parts.store, 2, NULL);
  g_autoptr (ScVersionManifest) composed = sc_selection_apply (selection, whole, NULL);
  const ScControlMessage *order;

  for (guint i = part->inventory->templates->len; i > 0; i--)
    if (!g_str_equal (((ScInventoryTemplate *) g_ptr_array_index (part->inventory->templates, i - 1))->name, "new"))
      g_ptr_array_remove_index (part->inventory->templates, i - 1);
  g_assert_cmpuint (part->inventory->templates->len, ==, 1);
  sc_scheduler_start (fixture->scheduler);
  seat = scheduler_seat_new (fixture, 1, ROOM, 1);
  engine_fixture_say (seat->connection, part);
  scheduler_fixture_assign (fixture, ROOM, 4);
  scheduler_fixture_set_window (fixture, ROOM, CLOSED);
  say_between (fixture, seat, 4);
  order = expect_back (fixture, seat, G_TIME_SPAN_SECOND, 2);
  g_assert_true (sc_chunk_id_equal (&order->version.manifest, sc_version_manifest_get_id (composed)));
}

/* A session whose before-commit hook fails leaves templates that cannot be started: they are brought back at once, by
 * an order that runs no hooks; and the update is not made again the sooner for it. */
static void
test_failed (SchedulerFixture *fixture, gconstpointer data)
{
  g_autoptr (SchedulerSeat) seat = NULL;
  ScCatalogHooks hooks = { .version = 2, .text = (char *) HOOKS, .author = (char *) "staff", .changed = 1 };
  g_autoptr (GError) error = NULL;
  g_autofree char *why = NULL;
  const ScControlMessage *order;
  guint64 session;

  g_assert_true (sc_catalog_set_hooks (fixture->engine.parts.catalog, &hooks, &error));
  g_assert_no_error (error);
  seat = begin_update (fixture, &session);
  say_between (fixture, seat, 4);
  g_assert_cmpuint (scheduler_seat_count (seat, SC_CONTROL_CATCH_UP), ==, 0);
  say_end (fixture, seat, SC_CONTROL_FAILED, session, 4);
  order = expect_back (fixture, seat, 0, 2);
  g_assert_true (order->version.hooks == NULL || *order->version.hooks == '\0');
  why = read_log (fixture, "going-back");
  g_assert_cmpstr (why, ==, "2 its update failed");

  say_whole (fixture, seat, 2);
  say_end (fixture, seat, SC_CONTROL_DONE, 0, 2);
  scheduler_fixture_assert_outlook (fixture, 1, "failed catch-up");
  scheduler_fixture_pass (fixture, SC_PLANNER_FAILED_TIME / 2);
  g_assert_cmpuint (scheduler_seat_count (seat, SC_CONTROL_CATCH_UP), ==, 1);
  for (guint i = 0; i < 8 && scheduler_seat_count (seat, SC_CONTROL_CATCH_UP) == 1; i++)
    scheduler_fixture_pass (fixture, SC_PLANNER_FAILED_TIME / 4);
  order = scheduler_seat_wait (seat, SC_CONTROL_CATCH_UP, 2);
  g_assert_cmpuint (order->version.version, ==, 4);
  g_assert_false (order->version.local);
}

/* Its session was cancelled by staff: nothing brings it forward, but it does not stay as it is. */
static void
test_cancelled (SchedulerFixture *fixture, gconstpointer data)
{
  g_autoptr (SchedulerSeat) seat = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *why = NULL;
  guint64 session;

  seat = begin_update (fixture, &session);
  say_between (fixture, seat, 4);
  g_assert_true (sc_sessions_cancel (fixture->engine.parts.sessions, session, &error));
  g_assert_no_error (error);
  scheduler_seat_wait (seat, SC_CONTROL_LEAVE, 1);
  scheduler_fixture_settle (fixture);
  scheduler_fixture_assert_outlook (fixture, 1, "cancelled staff");
  scheduler_fixture_pass (fixture, SC_PLANNER_UNFINISHED_TIME - G_TIME_SPAN_SECOND);
  g_assert_cmpuint (scheduler_seat_count (seat, SC_CONTROL_CATCH_UP), ==, 0);
  expect_back (fixture, seat, G_TIME_SPAN_SECOND, 2);
  why = read_log (fixture, "going-back");
  g_assert_cmpstr (why, ==, "2 it was left half updated");
  say_whole (fixture, seat, 2);
  say_end (fixture, seat, SC_CONTROL_DONE, 0, 2);
  scheduler_fixture_assert_outlook (fixture, 1, "cancelled staff");
}

/* That it cannot go back without the network is no update that has failed. */
static void
test_cannot (SchedulerFixture *fixture, gconstpointer data)
{
  g_autoptr (SchedulerSeat) seat = NULL;
  g_autofree char *why = NULL;

  sc_scheduler_start (fixture->scheduler);
  seat = scheduler_seat_new (fixture, 1, ROOM, 2);
  scheduler_fixture_assign (fixture, ROOM, 4);
  scheduler_fixture_set_window (fixture, ROOM, CLOSED);
  say_between (fixture, seat, 4);
  expect_back (fixture, seat, G_TIME_SPAN_SECOND, 2);
  say_end (fixture, seat, SC_CONTROL_FAILED, 0, 2);
  scheduler_fixture_assert_outlook (fixture, 1, "due session");
  scheduler_fixture_pass (fixture, SCHEDULER_HOUR);
  scheduler_seat_wait (seat, SC_CONTROL_CATCH_UP, 2);
  why = read_log (fixture, "going-back");
  g_assert_cmpstr (why, ==, "2 its maintenance window has closed");
}

/* Staff have it catch up while it goes back: if it fails then, that is an update that has failed. */
static void
test_catch_up_on_the_way_back (SchedulerFixture *fixture, gconstpointer data)
{
  g_autoptr (SchedulerSeat) seat = NULL;
  g_autoptr (GError) error = NULL;
  guint64 session;

  seat = begin_update (fixture, &session);
  say_between (fixture, seat, 4);
  g_assert_true (sc_sessions_cancel (fixture->engine.parts.sessions, session, &error));
  scheduler_seat_wait (seat, SC_CONTROL_LEAVE, 1);
  scheduler_fixture_settle (fixture);
  scheduler_fixture_pass (fixture, SC_PLANNER_UNFINISHED_TIME - G_TIME_SPAN_SECOND);
  expect_back (fixture, seat, G_TIME_SPAN_SECOND, 2);

  g_assert_true (sc_sessions_catch_up (fixture->engine.parts.sessions, seat->id, 0, &error));
  g_assert_no_error (error);
  sc_scheduler_look (fixture->scheduler);
  g_assert_cmpuint (scheduler_seat_wait (seat, SC_CONTROL_CATCH_UP, 2)->version.version, ==, 4);
  say_end (fixture, seat, SC_CONTROL_FAILED, 0, 4);
  scheduler_fixture_assert_outlook (fixture, 1, "failed catch-up");
}

/* What failed before is past when staff deploy it again: it does not count as failed when they cancel that. */
static void
test_deployed_again_and_cancelled (SchedulerFixture *fixture, gconstpointer data)
{
  static const ScDeployRequest request = { .version = 4, .room = ROOM };
  g_autoptr (SchedulerSeat) seat = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *why = NULL;
  guint64 session;

  seat = begin_update (fixture, &session);
  say_end (fixture, seat, SC_CONTROL_FAILED, session, 4);
  scheduler_fixture_assert_outlook (fixture, 1, "failed catch-up");

  session = sc_sessions_deploy (fixture->engine.parts.sessions, &request, &error);
  g_assert_no_error (error);
  scheduler_seat_wait (seat, SC_CONTROL_PREPARE, 2);
  say_between (fixture, seat, 4);
  g_assert_true (sc_sessions_cancel (fixture->engine.parts.sessions, session, &error));
  g_assert_no_error (error);
  scheduler_seat_wait (seat, SC_CONTROL_LEAVE, 1);
  scheduler_fixture_assert_outlook (fixture, 1, "cancelled staff");
  scheduler_fixture_pass (fixture, SC_PLANNER_UNFINISHED_TIME - G_TIME_SPAN_SECOND);
  g_assert_cmpuint (scheduler_seat_count (seat, SC_CONTROL_CATCH_UP), ==, 0);
  expect_back (fixture, seat, G_TIME_SPAN_SECOND, 2);
  why = read_log (fixture, "going-back");
  g_assert_cmpstr (why, ==, "2 it was left half updated");
}

/* It is pinned: what its room is assigned is nothing to it. */
static void
test_pinned (SchedulerFixture *fixture, gconstpointer data)
{
  g_autoptr (SchedulerSeat) seat = NULL;
  g_autoptr (ScSelection) pin = sc_selection_new (3, NULL);
  g_autoptr (GError) error = NULL;

  sc_scheduler_start (fixture->scheduler);
  seat = scheduler_seat_new (fixture, 1, ROOM, 1);
  scheduler_fixture_assign (fixture, ROOM, 1); /* to which it goes back, for it had that */
  g_assert_true (sc_scheduler_pin (fixture->scheduler, seat->id, pin, SC_DUE_SESSION, &error));
  g_assert_no_error (error);
  scheduler_fixture_set_window (fixture, ROOM, CLOSED);
  say_between (fixture, seat, 3);
  expect_back (fixture, seat, G_TIME_SPAN_SECOND, 1);
}

/* Staff roll back in mid-update to what it had: it need not wait for the window, and nothing is sent. */
static void
test_rolled_back_in_mid_update (SchedulerFixture *fixture, gconstpointer data)
{
  g_autoptr (SchedulerSeat) seat = NULL;

  seat = begin_way_back (fixture);
  say_whole (fixture, seat, 2);
  say_end (fixture, seat, SC_CONTROL_DONE, 0, 2);
  scheduler_fixture_assert_outlook (fixture, 1, "not nothing");
}

/* Within an hour it is tried again. */
static void
expect_back_again (SchedulerFixture *fixture, SchedulerSeat *seat, guint n, guint64 version)
{
  const ScControlMessage *order;

  for (guint i = 0; i < 6 && scheduler_seat_count (seat, SC_CONTROL_CATCH_UP) < n; i++)
    scheduler_fixture_pass (fixture, SCHEDULER_HOUR / 6);
  g_assert_cmpuint (scheduler_seat_count (seat, SC_CONTROL_CATCH_UP), ==, n);
  order = scheduler_seat_wait (seat, SC_CONTROL_CATCH_UP, n);
  g_assert_true (order->version.local);
  g_assert_cmpuint (order->version.version, ==, version);
}

/* All that is left is on its way to what it is to have: it does not wait for its window for that. */
static void
test_failed_on_the_way_back (SchedulerFixture *fixture, gconstpointer data)
{
  g_autoptr (SchedulerSeat) seat = NULL;

  seat = begin_way_back (fixture);
  say_between (fixture, seat, 2);
  say_end (fixture, seat, SC_CONTROL_FAILED, 0, 2);
  expect_back_again (fixture, seat, 2, 2);
  say_end (fixture, seat, SC_CONTROL_FAILED, 0, 2);
  expect_back_again (fixture, seat, 3, 2);
  say_whole (fixture, seat, 2);
  say_end (fixture, seat, SC_CONTROL_DONE, 0, 2);
  scheduler_fixture_assert_outlook (fixture, 1, "not nothing");
}

/* So it is for an engine that is started when it has failed. */
static void
test_failed_on_the_way_back_and_restart (SchedulerFixture *fixture, gconstpointer data)
{
  g_autoptr (SchedulerSeat) seat = scheduler_seat_new (fixture, 1, ROOM, 2);

  say_between (fixture, seat, 4);
  say_between (fixture, seat, 2);
  sc_scheduler_start (fixture->scheduler);
  scheduler_fixture_set_window (fixture, ROOM, CLOSED);
  scheduler_fixture_assign (fixture, ROOM, 2);
  expect_back (fixture, seat, G_TIME_SPAN_SECOND, 2);
}

/* One that is being mended never left its version: what it lacks for that is not there, and comes with the window. */
static void
test_mended (SchedulerFixture *fixture, gconstpointer data)
{
  g_autoptr (SchedulerSeat) seat = NULL;

  sc_scheduler_start (fixture->scheduler);
  seat = scheduler_seat_new (fixture, 1, ROOM, 4);
  say_between (fixture, seat, 2);
  say_whole (fixture, seat, 2); /* of which nothing is left */
  scheduler_fixture_set_window (fixture, ROOM, CLOSED);
  scheduler_fixture_assign (fixture, ROOM, 2);
  say_between (fixture, seat, 2);
  scheduler_fixture_pass (fixture, SCHEDULER_HOUR);
  g_assert_cmpuint (scheduler_seat_count (seat, SC_CONTROL_CATCH_UP), ==, 0);
}

/* A rollback in mid-update that fails, as its hook does, is an update that has failed: it is not done another way. */
static void
test_rollback_failed (SchedulerFixture *fixture, gconstpointer data)
{
  static const ScDeployRequest request = { .version = 2, .room = ROOM };
  g_autoptr (SchedulerSeat) seat = NULL;
  g_autoptr (GError) error = NULL;
  guint64 session;

  sc_scheduler_start (fixture->scheduler);
  seat = scheduler_seat_new (fixture, 1, ROOM, 2);
  say_between (fixture, seat, 4);
  session = sc_sessions_deploy (fixture->engine.parts.sessions, &request, &error);
  g_assert_no_error (error);
  scheduler_seat_wait (seat, SC_CONTROL_PREPARE, 1);
  scheduler_fixture_set_window (fixture, ROOM, CLOSED);
  say_between (fixture, seat, 2);
  say_end (fixture, seat, SC_CONTROL_FAILED, session, 2);
  scheduler_fixture_pass (fixture, SCHEDULER_HOUR);
  g_assert_cmpuint (scheduler_seat_count (seat, SC_CONTROL_CATCH_UP), ==, 0);
  scheduler_fixture_assert_outlook (fixture, 1, "failed catch-up");
}

/* What it had this console never published, or has no more: it stays as it is, rather than get something else. */
static void
test_unknown_version (SchedulerFixture *fixture, gconstpointer data)
{
  g_autoptr (SchedulerSeat) seat = NULL;
  g_autoptr (ScControlMessage) foreign = scheduler_make_inventory (fixture, 1, ROOM, 3);

  foreign->inventory->version = 77;
  sc_scheduler_start (fixture->scheduler);
  seat = scheduler_seat_new (fixture, 1, ROOM, 2);
  engine_fixture_say (seat->connection, foreign);
  scheduler_fixture_settle (fixture);
  scheduler_fixture_assign (fixture, ROOM, 4);
  scheduler_fixture_set_window (fixture, ROOM, CLOSED);
  g_test_expect_message ("Seatcast", G_LOG_LEVEL_WARNING, "*does not go back to version 77*");
  say_between (fixture, seat, 4);
  scheduler_fixture_pass (fixture, G_TIME_SPAN_SECOND);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (scheduler_seat_count (seat, SC_CONTROL_CATCH_UP), ==, 0);
}

#define ADD(path, func) g_test_add (path, SchedulerFixture, NULL, set_up, func, scheduler_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/scheduler/back/closed", test_closed);
  ADD ("/scheduler/back/rolled-back", test_rolled_back);
  ADD ("/scheduler/back/restart", test_restart);
  ADD ("/scheduler/back/had-nothing", test_had_nothing);
  ADD ("/scheduler/back/part", test_part);
  ADD ("/scheduler/back/failed", test_failed);
  ADD ("/scheduler/back/cancelled", test_cancelled);
  ADD ("/scheduler/back/pinned", test_pinned);
  ADD ("/scheduler/back/rolled-back-in-mid-update", test_rolled_back_in_mid_update);
  ADD ("/scheduler/back/failed-on-the-way-back", test_failed_on_the_way_back);
  ADD ("/scheduler/back/failed-on-the-way-back-and-restart", test_failed_on_the_way_back_and_restart);
  ADD ("/scheduler/back/mended", test_mended);
  ADD ("/scheduler/back/rollback-failed", test_rollback_failed);
  ADD ("/scheduler/back/unknown-version", test_unknown_version);
  ADD ("/scheduler/back/cannot", test_cannot);
  ADD ("/scheduler/back/catch-up-on-the-way-back", test_catch_up_on_the_way_back);
  ADD ("/scheduler/back/deployed-again-and-cancelled", test_deployed_again_and_cancelled);
  return g_test_run ();
}
