/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-fleet.h"

static void
on_wake (gpointer data, const char *const *seats)
{
  Fleet *fleet = data;

  for (; *seats != NULL; seats++)
    g_string_append_printf (fleet->woken, "%c", (*seats)[strlen (*seats) - 1]);
}

static void
on_ended (ScSessions *sessions, guint64 id, Fleet *fleet)
{
  fleet->n_ended++;
}

void
fleet_make_sessions (Fleet *fleet)
{
  const ScSessionsConfig config = { "239.255.77.20", 38474, NULL, CAP, 1500, 0 };

  fleet->sessions = sc_sessions_new (fleet->store->store, fleet->store->catalog, fleet->hub, &config);
  g_assert_true (sc_sessions_use_authority (fleet->sessions, fleet->store->authority, NULL));
  sc_sessions_set_wake (fleet->sessions, on_wake, fleet);
  g_signal_connect (fleet->sessions, "session-ended", G_CALLBACK (on_ended), fleet);
}

TestSeat *
fleet_join (Fleet *fleet, const char *id, const char *room)
{
  TestSeat *seat = test_seat_new (fleet->gate, id);
  ScControlMessage *welcome = NULL;

  test_seat_send_inventory (seat, room);
  welcome = test_seat_expect (seat, SC_CONTROL_WELCOME);
  sc_control_message_free (welcome);
  return seat;
}

void
fleet_set_up (Fleet *fleet, gconstpointer data)
{
  fleet->woken = g_string_new (NULL);
  fleet->store = test_store_new (10);
  fleet->hub = sc_seat_hub_new (fleet->store->catalog);
  fleet->gate = test_gate_new (fleet->hub);
  fleet_make_sessions (fleet);
  fleet->a = fleet_join (fleet, SEAT_A, "lab 1");
  fleet->b = fleet_join (fleet, SEAT_B, "lab 2");
}

void
fleet_tear_down (Fleet *fleet, gconstpointer data)
{
  g_clear_pointer (&fleet->a, test_seat_free);
  g_clear_pointer (&fleet->b, test_seat_free);
  g_object_unref (fleet->sessions);
  test_gate_free (fleet->gate);
  g_object_unref (fleet->hub);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  test_store_free (fleet->store);
  g_string_free (fleet->woken, TRUE);
}

/* @templates: (nullable): of version 1 */
ScSelection *
fleet_select_one (const char *template_name)
{
  const char *const names[] = { template_name, NULL };

  return sc_selection_new (1, template_name != NULL ? names : NULL);
}

void
fleet_assign (Fleet *fleet, const char *room, const char *template_name)
{
  g_autoptr (ScSelection) selection = fleet_select_one (template_name);
  g_autoptr (GError) error = NULL;

  g_assert_true (sc_catalog_assign (fleet->store->catalog, room, selection, SC_DUE_SESSION, 0, 1, &error));
  g_assert_no_error (error);
}

guint64
fleet_deploy (Fleet *fleet, const ScDeployRequest *request)
{
  g_autoptr (GError) error = NULL;

  fleet->id = sc_sessions_deploy (fleet->sessions, request, &error);
  g_assert_no_error (error);
  return fleet->id;
}

/* As the scheduler does for a room that is assigned it. */
guint64
fleet_start (Fleet *fleet, const char *const *seats)
{
  return fleet_deploy (fleet, &(ScDeployRequest){ .version = 1, .seats = seats, .by_scheduler = TRUE });
}

const char *const fleet_only_a[] = { SEAT_A, NULL };
const char *const fleet_only_b[] = { SEAT_B, NULL };
const char *const fleet_both[] = { SEAT_A, SEAT_B, NULL };

ScSessionView *
fleet_view (Fleet *fleet)
{
  g_autoptr (GError) error = NULL;
  ScSessionView *found = sc_sessions_view (fleet->sessions, fleet->id, &error);

  g_assert_no_error (error);
  return found;
}

gboolean
fleet_is_in_state (gpointer data)
{
  Fleet *fleet = data;
  g_autoptr (ScSessionView) found = fleet_view (fleet);

  return found->session->state == fleet->awaited;
}

void
fleet_wait_for_state (Fleet *fleet, ScSessionState state)
{
  fleet->awaited = state;
  test_wait_for (fleet_is_in_state, fleet);
}

gboolean
fleet_nothing_runs (gpointer data)
{
  return ((Fleet *) data)->sessions->running->len == 0;
}

const ScCatalogSessionSeat *
fleet_row_of (const ScSessionView *found, const char *seat)
{
  for (guint i = 0; i < found->seats->len; i++) {
    const ScCatalogSessionSeat *row = g_ptr_array_index (found->seats, i);

    if (g_str_equal (row->seat, seat))
      return row;
  }
  g_assert_not_reached ();
}

/* Waits for PREPARE and answers it. Returns: what it was to be brought to */
ScChunkId
fleet_prepare (Fleet *fleet, TestSeat *seat, GBytes *lacks)
{
  g_autoptr (ScControlMessage) order = test_seat_expect (seat, SC_CONTROL_PREPARE);
  g_autoptr (ScControlMessage) answer = sc_control_message_new (SC_CONTROL_PREPARED, order->session);

  g_assert_cmpuint (order->session, ==, fleet->id);
  answer->prepared.lacks = g_bytes_ref (lacks);
  answer->prepared.needs = sc_needs_new ();
  answer->prepared.needs->lacks_bytes = 4711;
  test_seat_send (seat, answer);
  return order->version.manifest;
}

void
fleet_answer_join (TestSeat *seat)
{
  g_autoptr (ScControlMessage) order = test_seat_expect (seat, SC_CONTROL_JOIN);
  g_autoptr (ScControlMessage) joined = sc_control_message_new (SC_CONTROL_JOINED, order->session);
  g_autoptr (ScControlMessage) heard = sc_control_message_new (SC_CONTROL_HEARD, order->session);

  test_seat_send (seat, joined);
  test_seat_send (seat, heard);
}

guint64
fleet_rate_of (Fleet *fleet, guint64 id)
{
  ScSession *session = sc_sessions_find_running (fleet->sessions, id);

  return sc_session_is_sending (session) ? session->rate : 0;
}

gboolean
fleet_sends (gpointer data)
{
  Fleet *fleet = data;

  return fleet_rate_of (fleet, fleet->id) > 0;
}

void
fleet_bring_to_probing (Fleet *fleet, TestSeat *seat)
{
  g_autoptr (GBytes) all = test_store_make_bits (fleet->store, 1);

  fleet_prepare (fleet, seat, all);
  fleet_answer_join (seat);
  test_wait_for (fleet_sends, fleet);
}

void
fleet_say_done (TestSeat *seat, guint64 session)
{
  g_autoptr (ScControlMessage) done = sc_control_message_new (SC_CONTROL_DONE, session);

  done->done.version = 1;
  test_seat_send (seat, done);
}

void
fleet_expect_leave (TestSeat *seat, ScLeaveReason reason)
{
  g_autoptr (ScControlMessage) leave = test_seat_expect (seat, SC_CONTROL_LEAVE);

  g_assert_cmpint (leave->leave.reason, ==, reason);
}

void
fleet_release (Fleet *fleet, const char *const *seats)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sc_sessions_release (fleet->sessions, fleet->id, seats, &error));
  g_assert_no_error (error);
}

void
fleet_assert_over (Fleet *fleet, ScSessionState state, ScTransferState seat_state)
{
  g_autoptr (ScSessionView) found = fleet_view (fleet);
  g_autoptr (GArray) running = sc_sessions_list_running (fleet->sessions);
  g_autoptr (GPtrArray) held = sc_sessions_list_held (fleet->sessions, fleet->id, NULL);

  g_assert_cmpint (found->session->state, ==, state);
  g_assert_false (found->session->suspended);
  g_assert_cmpint (found->session->ended, >=, found->session->created);
  g_assert_cmpint (fleet_row_of (found, SEAT_A)->state, ==, seat_state);
  g_assert_cmpuint (running->len, ==, 0);
  g_assert_cmpuint (held->len, ==, 0);
}
