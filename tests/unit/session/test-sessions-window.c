/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-fleet.h"

#include "common/sc-error.h"

/* Sessions that wait for their rooms' windows, and the network that they share. */

static gboolean
something_was_sent (gpointer data)
{
  g_autoptr (ScSessionView) found = fleet_view (data);

  return found->session->wire_bytes > 0;
}

/* A session of seat A that waits for the window of lab 1. */
static void
suspend (Fleet *fleet)
{
  fleet_assign (fleet, "lab 1", NULL);
  fleet_start (fleet, fleet_only_a);
  fleet_bring_to_probing (fleet, fleet->a);
  test_wait_for (something_was_sent, fleet); /* a slow machine may have sent nothing yet */
  fleet_release (fleet, fleet_only_a);
  fleet_expect_leave (fleet->a, SC_LEAVE_SUSPENDED);
  test_wait_for (fleet_nothing_runs, fleet);
}

static void
assert_suspended (Fleet *fleet)
{
  g_autoptr (ScSessionView) found = fleet_view (fleet);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) held = sc_sessions_list_held (fleet->sessions, fleet->id, &error);
  g_autoptr (GArray) running = sc_sessions_list_running (fleet->sessions);

  g_assert_no_error (error);
  g_assert_cmpint (found->session->state, ==, SC_SESSION_PAUSED);
  g_assert_true (found->session->suspended);
  g_assert_cmpint (found->session->ended, ==, 0);
  g_assert_cmpint (fleet_row_of (found, SEAT_A)->state, ==, SC_TRANSFER_WAITING);
  g_assert_cmpuint (held->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (held, 0), ==, SEAT_A);
  g_assert_cmpuint (running->len, ==, 1);
  g_assert_cmpuint (g_array_index (running, guint64, 0), ==, fleet->id);
}

/* A restart of the engine does not resume it; the window does, and nothing that came is asked for again. */
static void
test_suspend_and_resume (Fleet *fleet, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) all = test_store_make_bits (fleet->store, 1);
  g_autoptr (GBytes) none = NULL;

  suspend (fleet);
  assert_suspended (fleet);
  g_assert_cmpuint (fleet->n_ended, ==, 0);
  fleet_release (fleet, fleet_only_a); /* again: nothing */
  g_assert_false (sc_sessions_pause (fleet->sessions, fleet->id, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_STATE);
  g_clear_error (&error);
  g_object_unref (fleet->sessions);
  test_seat_free (fleet->a);
  fleet_make_sessions (fleet);
  sc_sessions_resume_all (fleet->sessions);
  g_assert_cmpuint (fleet->sessions->running->len, ==, 0);
  fleet->a = fleet_join (fleet, SEAT_A, "lab 1");
  fleet_expect_leave (fleet->a, SC_LEAVE_SUSPENDED); /* it may not have heard that it was let go */
  assert_suspended (fleet);

  g_assert_true (sc_sessions_resume_in_window (fleet->sessions, fleet->id, &error));
  g_assert_no_error (error);
  none = g_bytes_new_take (g_malloc0 (g_bytes_get_size (all)), g_bytes_get_size (all));
  fleet_prepare (fleet, fleet->a, none);
  fleet_expect_leave (fleet->a, SC_LEAVE_FINISHED);
  fleet_say_done (fleet->a, fleet->id);
  test_wait_for (fleet_nothing_runs, fleet);
  fleet_assert_over (fleet, SC_SESSION_DONE, SC_TRANSFER_DONE);
  g_assert_cmpuint (fleet->n_ended, ==, 1);
  g_assert_false (sc_sessions_resume_in_window (fleet->sessions, fleet->id, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_STATE);
}

/* What staff resume goes on whatever the window. */
static void
test_resumed_by_staff (Fleet *fleet, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScSessionView) before = NULL;
  g_autoptr (ScSessionView) found = NULL;

  suspend (fleet);
  before = fleet_view (fleet);
  g_assert_false (before->session->any_time);
  g_assert_cmpuint (before->session->wire_bytes, >, 0);
  g_assert_true (sc_sessions_resume (fleet->sessions, fleet->id, &error));
  g_assert_no_error (error);
  fleet_bring_to_probing (fleet, fleet->a);
  found = fleet_view (fleet);
  g_assert_true (found->session->any_time);
  g_assert_false (found->session->suspended);
  g_assert_cmpuint (found->session->wire_bytes, >=, before->session->wire_bytes); /* figures add up */
  g_assert_cmpuint (found->session->content_bytes, ==, before->session->content_bytes);
}

/* What staff had paused waits for them also when the window opens again. */
static void
test_paused_by_staff (Fleet *fleet, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScSessionView) found = NULL;

  fleet_assign (fleet, "lab 1", NULL);
  fleet_start (fleet, fleet_only_a);
  fleet_bring_to_probing (fleet, fleet->a);
  g_assert_true (sc_sessions_pause (fleet->sessions, fleet->id, &error));
  g_assert_no_error (error);
  fleet_release (fleet, fleet_only_a);
  fleet_expect_leave (fleet->a, SC_LEAVE_SUSPENDED);
  test_wait_for (fleet_nothing_runs, fleet);
  assert_suspended (fleet);
  g_assert_true (sc_sessions_resume_in_window (fleet->sessions, fleet->id, &error));
  g_assert_no_error (error);
  found = fleet_view (fleet);
  g_assert_cmpint (found->session->state, ==, SC_SESSION_PAUSED);
  g_assert_false (found->session->suspended);
  g_assert_true (sc_sessions_resume (fleet->sessions, fleet->id, &error));
  g_assert_no_error (error);
  fleet_bring_to_probing (fleet, fleet->a);
}

static void
test_cancel_suspended (Fleet *fleet, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  suspend (fleet);
  g_assert_true (sc_sessions_cancel (fleet->sessions, fleet->id, &error));
  g_assert_no_error (error);
  fleet_expect_leave (fleet->a, SC_LEAVE_CANCELLED);
  fleet_assert_over (fleet, SC_SESSION_CANCELLED, SC_TRANSFER_CANCELLED);
  g_assert_cmpuint (fleet->n_ended, ==, 1);
  g_assert_false (sc_sessions_resume (fleet->sessions, fleet->id, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_STATE);
}

/* What a seat had received it may finish by itself while its session waits. */
static void
test_done_while_suspended (Fleet *fleet, gconstpointer data)
{
  suspend (fleet);
  fleet_say_done (fleet->a, fleet->id);
  fleet_wait_for_state (fleet, SC_SESSION_DONE);
  fleet_assert_over (fleet, SC_SESSION_DONE, SC_TRANSFER_DONE);
  g_assert_cmpuint (fleet->n_ended, ==, 1);
}

/* Its seats were assigned something else meanwhile: it brings them nothing any more. */
static void
test_superseded (Fleet *fleet, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  suspend (fleet);
  fleet_assign (fleet, "lab 1", "second");
  g_assert_true (sc_sessions_resume_in_window (fleet->sessions, fleet->id, &error));
  g_assert_no_error (error);
  fleet_assert_over (fleet, SC_SESSION_CANCELLED, SC_TRANSFER_CANCELLED);
  g_assert_cmpuint (fleet->n_ended, ==, 1);
  g_assert_cmpuint (fleet->sessions->running->len, ==, 0);
}

/* Another session has its seat: neither is refused. */
static void
test_taken_over (Fleet *fleet, gconstpointer data)
{
  guint64 first, second;

  suspend (fleet);
  first = fleet->id;
  fleet_deploy (fleet, &(ScDeployRequest){ .version = 1, .seats = fleet_only_a, .dry_run = TRUE });
  g_assert_true (sc_sessions_cancel (fleet->sessions, fleet->id, NULL));
  fleet->id = first;
  assert_suspended (fleet);
  second = fleet_deploy (fleet, &(ScDeployRequest){ .version = 1, .room = "lab 1" });
  fleet->id = first;
  {
    g_autoptr (ScSessionView) found = fleet_view (fleet);

    g_assert_cmpint (found->session->state, ==, SC_SESSION_CANCELLED);
    g_assert_cmpint (fleet_row_of (found, SEAT_A)->state, ==, SC_TRANSFER_CANCELLED);
    g_assert_nonnull (strstr (fleet_row_of (found, SEAT_A)->reason, "another session"));
  }
  fleet->id = second;
  {
    g_autoptr (ScSessionView) found = fleet_view (fleet);

    g_assert_true (found->session->any_time);
    g_assert_cmpint (fleet_row_of (found, SEAT_A)->state, ==, SC_TRANSFER_WAITING);
  }
}

static void
test_release_one_room (Fleet *fleet, gconstpointer data)
{
  g_autoptr (GBytes) all = test_store_make_bits (fleet->store, 1);
  g_autoptr (ScSessionView) found = NULL;

  fleet_assign (fleet, NULL, NULL);
  fleet_start (fleet, fleet_both);
  fleet_prepare (fleet, fleet->a, all);
  fleet_prepare (fleet, fleet->b, all);
  fleet_answer_join (fleet->a);
  fleet_answer_join (fleet->b);
  fleet_release (fleet, fleet_only_a);
  fleet_expect_leave (fleet->a, SC_LEAVE_SUSPENDED);
  found = fleet_view (fleet);
  g_assert_false (found->session->suspended);
  g_assert_cmpint (fleet_row_of (found, SEAT_A)->state, ==, SC_TRANSFER_CANCELLED);
  g_assert_cmpstr (fleet_row_of (found, SEAT_A)->reason, ==, SC_SESSION_RELEASED);
  g_assert_cmpuint (found->session->rooms->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (found->session->rooms, 1), ==, "lab 2");
}

/* the network */

static guint64
start_to_send (Fleet *fleet, TestSeat *seat, const char *const *seats)
{
  g_autoptr (GBytes) all = test_store_make_bits (fleet->store, 1);

  fleet_start (fleet, seats);
  fleet_prepare (fleet, seat, all);
  fleet_answer_join (seat);
  test_wait_for (fleet_sends, fleet);
  return fleet->id;
}

static void
test_shared_caps (Fleet *fleet, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint64 first, second;

  fleet_assign (fleet, NULL, NULL);
  first = start_to_send (fleet, fleet->a, fleet_only_a);
  g_assert_cmpuint (fleet_rate_of (fleet, first), ==, CAP);
  second = start_to_send (fleet, fleet->b, fleet_only_b);
  g_assert_cmpuint (fleet_rate_of (fleet, first), ==, CAP / 2);
  g_assert_cmpuint (fleet_rate_of (fleet, second), ==, CAP / 2);
  sc_sessions_set_room_cap (fleet->sessions, "lab 1", CAP / 10);
  g_assert_cmpuint (fleet_rate_of (fleet, first), ==, CAP / 10);
  g_assert_cmpuint (fleet_rate_of (fleet, second), ==, CAP / 10 * 9);
  g_assert_true (sc_sessions_pause (fleet->sessions, first, &error));
  g_assert_cmpuint (fleet_rate_of (fleet, second), ==, CAP);
  g_assert_true (sc_sessions_resume (fleet->sessions, first, &error));
  g_assert_cmpuint (fleet_rate_of (fleet, second), ==, CAP / 10 * 9);
  sc_sessions_set_rate_cap (fleet->sessions, CAP * 2); /* theirs, too, as they were given none */
  g_assert_cmpuint (fleet_rate_of (fleet, second), ==, CAP * 2 - CAP / 10);
  g_assert_true (sc_sessions_cancel (fleet->sessions, first, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (fleet_rate_of (fleet, second), ==, CAP * 2);
  g_assert_cmpuint (sc_sessions_get_catch_up_rate (fleet->sessions), ==, CAP / 2);
  sc_sessions_set_catch_up_rate (fleet->sessions, 1000);
  g_assert_cmpuint (sc_sessions_get_catch_up_rate (fleet->sessions), ==, 1000);
}

#define ADD(name, func) g_test_add ("/sessions-window/" name, Fleet, NULL, fleet_set_up, func, fleet_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("suspend-and-resume", test_suspend_and_resume);
  ADD ("resumed-by-staff", test_resumed_by_staff);
  ADD ("paused-by-staff", test_paused_by_staff);
  ADD ("cancel-suspended", test_cancel_suspended);
  ADD ("done-while-suspended", test_done_while_suspended);
  ADD ("superseded", test_superseded);
  ADD ("taken-over", test_taken_over);
  ADD ("release-one-room", test_release_one_room);
  ADD ("shared-caps", test_shared_caps);
  return g_test_run ();
}
