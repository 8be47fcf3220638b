/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-seat.h"
#include "test-store.h"

#include "console/engine/catalog/sc-demotion.h"
#include "console/engine/session/sc-sessions.h"

#define SEAT "00000000-0000-4000-8000-00000000000a"

/* A session whose only seat goes away in the middle: nothing is sent until it is back or given up. */

typedef struct {
  guint64 rate; /* that was told last */
  ScSessionState state;
} Told;

static void
on_changed (ScSessions *sessions, guint64 id, Told *told)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScSessionView) view = sc_sessions_view (sessions, id, &error);

  g_assert_no_error (error);
  told->rate = view->rate;
  told->state = view->session->state;
}

static gboolean
is_sending (gpointer data)
{
  const Told *told = data;

  return told->state == SC_SESSION_SENDING && told->rate > 0;
}

static gboolean
is_idle (gpointer data)
{
  return ((const Told *) data)->rate == 0;
}

static void
answer_prepare (TestSeat *seat, TestStore *store)
{
  g_autoptr (ScControlMessage) order = test_seat_expect (seat, SC_CONTROL_PREPARE);
  g_autoptr (ScControlMessage) prepared = sc_control_message_new (SC_CONTROL_PREPARED, order->session);

  prepared->prepared.lacks = test_store_make_bits (store, 1);
  prepared->prepared.needs = sc_needs_new ();
  prepared->prepared.needs->lacks_bytes = 4711;
  test_seat_send (seat, prepared);
}

static void
answer_join (TestSeat *seat)
{
  g_autoptr (ScControlMessage) order = test_seat_expect (seat, SC_CONTROL_JOIN);
  g_autoptr (ScControlMessage) joined = sc_control_message_new (SC_CONTROL_JOINED, order->session);
  g_autoptr (ScControlMessage) heard = sc_control_message_new (SC_CONTROL_HEARD, order->session);

  test_seat_send (seat, joined);
  test_seat_send (seat, heard);
}

/* That the stream counted on it no more is kept with its reason; and what is not sent is limited by nothing. */
static void
assert_removed (ScSessions *sessions, guint64 id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScSessionView) view = sc_sessions_view (sessions, id, &error);
  const ScCatalogSessionSeat *row = NULL;
  const ScDemotion *demotion = NULL;

  g_assert_no_error (error);
  g_assert_null (view->limit);
  row = g_ptr_array_index (view->seats, 0);
  g_assert_nonnull (row->demotions);
  g_assert_cmpuint (row->demotions->len, ==, 1);
  demotion = g_ptr_array_index (row->demotions, 0);
  g_assert_cmpstr (demotion->reason, ==, "removed");
  g_assert_cmpint (demotion->time, >, view->session->created);
}

static void
test_rate_falls (void)
{
  const ScSessionsConfig config = { "239.255.77.21", 38473, NULL, 100000000, 1500, 0 };
  const ScDeployRequest request = { .version = 1 };
  TestStore *store = test_store_new (10);
  ScSeatHub *hub = sc_seat_hub_new (store->catalog);
  TestGate *gate = test_gate_new (hub);
  ScSessions *sessions = sc_sessions_new (store->store, store->catalog, hub, &config);
  TestSeat *seat = test_seat_new (gate, SEAT);
  g_autoptr (ScControlMessage) welcome = NULL;
  g_autoptr (GError) error = NULL;
  Told told = { 0 };
  guint64 id;

  g_assert_true (sc_sessions_use_authority (sessions, store->authority, NULL));
  g_signal_connect (sessions, "session-changed", G_CALLBACK (on_changed), &told);
  test_seat_send_inventory (seat, "lab 1");
  welcome = test_seat_expect (seat, SC_CONTROL_WELCOME);
  id = sc_sessions_deploy (sessions, &request, &error);
  g_assert_no_error (error);
  answer_prepare (seat, store);
  answer_join (seat);
  test_wait_for (is_sending, &told);
  soup_websocket_connection_close (seat->connection, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  test_wait_for (is_idle, &told);
  g_assert_cmpint (told.state, ==, SC_SESSION_SENDING); /* it waits */
  assert_removed (sessions, id);

  test_seat_free (seat);
  g_object_unref (sessions);
  test_gate_free (gate);
  g_object_unref (hub);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  test_store_free (store);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session-idle/rate-falls", test_rate_falls);
  return g_test_run ();
}
