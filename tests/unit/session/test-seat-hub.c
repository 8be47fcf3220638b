/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-seat.h"
#include "test-store.h"

#define SEAT_A "00000000-0000-4000-8000-00000000000a"
#define SEAT_B "00000000-0000-4000-8000-00000000000b"

typedef struct {
  TestStore *store;
  ScSeatHub *hub;
  TestGate *gate;
  guint n_connected, n_gone, n_changed;
  guint n_messages;
  ScControlType last;
} Fixture;

static void
on_connected (ScSeatHub *hub, const char *seat, Fixture *fixture)
{
  g_assert_true (sc_seat_hub_is_online (hub, seat));
  fixture->n_connected++;
}

static void
on_gone (ScSeatHub *hub, const char *seat, Fixture *fixture)
{
  fixture->n_gone++;
}

static void
on_changed (ScSeatHub *hub, const char *seat, Fixture *fixture)
{
  fixture->n_changed++;
}

static void
on_message (ScSeatHub *hub, const char *seat, const ScControlMessage *message, Fixture *fixture)
{
  fixture->n_messages++;
  fixture->last = message->type;
}

static void
setup (Fixture *fixture, gconstpointer data)
{
  fixture->store = test_store_new (1);
  fixture->hub = sc_seat_hub_new (fixture->store->catalog);
  g_signal_connect (fixture->hub, "seat-connected", G_CALLBACK (on_connected), fixture);
  g_signal_connect (fixture->hub, "seat-gone", G_CALLBACK (on_gone), fixture);
  g_signal_connect (fixture->hub, "seat-changed", G_CALLBACK (on_changed), fixture);
  g_signal_connect (fixture->hub, "message", G_CALLBACK (on_message), fixture);
  fixture->gate = test_gate_new (fixture->hub);
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  test_gate_free (fixture->gate);
  g_object_unref (fixture->hub);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  test_store_free (fixture->store);
}

static TestSeat *
join (Fixture *fixture, const char *id)
{
  TestSeat *seat = test_seat_new (fixture->gate, id);
  g_autoptr (ScControlMessage) welcome = NULL;

  test_seat_send_inventory (seat, "lab 1");
  welcome = test_seat_expect (seat, SC_CONTROL_WELCOME);
  g_assert_cmpuint (welcome->welcome.protocol, ==, SC_CONTROL_PROTOCOL);
  return seat;
}

static gboolean
is_gone (gpointer data)
{
  return ((Fixture *) data)->n_gone > 0;
}

static gboolean
has_message (gpointer data)
{
  return ((Fixture *) data)->n_messages > 0;
}

static void
test_connect (Fixture *fixture, gconstpointer data)
{
  TestSeat *seat = join (fixture, SEAT_A);
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogSeat) kept = sc_catalog_find_seat (fixture->store->catalog, SEAT_A, &error);
  g_autoptr (ScControlMessage) order = sc_control_message_new (SC_CONTROL_LEAVE, 5);
  g_autoptr (ScControlMessage) got = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (kept->inventory->room, ==, "lab 1");
  g_assert_cmpuint (fixture->n_connected, ==, 1);
  g_assert_cmpuint (fixture->n_changed, >=, 1);
  g_assert_true (sc_seat_hub_is_online (fixture->hub, SEAT_A));
  g_assert_cmpstr (sc_seat_hub_get_local_address (fixture->hub, SEAT_A), ==, "127.0.0.1");
  g_assert_false (sc_seat_hub_send (fixture->hub, SEAT_B, order));
  order->leave.reason = SC_LEAVE_CATCH_UP;
  g_assert_true (sc_seat_hub_send (fixture->hub, SEAT_A, order));
  got = test_seat_expect (seat, SC_CONTROL_LEAVE);
  g_assert_cmpint (got->leave.reason, ==, SC_LEAVE_CATCH_UP);
  g_assert_cmpuint (got->session, ==, 5);
  test_seat_free (seat);
  test_wait_for (is_gone, fixture);
  g_assert_false (sc_seat_hub_is_online (fixture->hub, SEAT_A));
  g_assert_null (sc_seat_hub_get_transfer (fixture->hub, SEAT_A));
}

/* Not when it sent its last inventory: while it receives it has none to send. */
static void
test_last_seen (Fixture *fixture, gconstpointer data)
{
  TestSeat *seat = join (fixture, SEAT_A);
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogSeat) kept = NULL;
  gint64 before = g_get_real_time ();

  g_assert_true (sc_catalog_save_last_seen (fixture->store->catalog, SEAT_A, 1000, &error));
  test_seat_free (seat);
  test_wait_for (is_gone, fixture);
  kept = sc_catalog_find_seat (fixture->store->catalog, SEAT_A, &error);
  g_assert_no_error (error);
  g_assert_cmpint (kept->last_seen, >, before - G_TIME_SPAN_MINUTE);
}

static void
test_transfer (Fixture *fixture, gconstpointer data)
{
  TestSeat *seat = join (fixture, SEAT_A);
  g_autoptr (ScControlMessage) progress = sc_control_message_new (SC_CONTROL_PROGRESS, 9);
  g_autoptr (ScControlMessage) failed = sc_control_message_new (SC_CONTROL_FAILED, 9);
  const ScSeatTransfer *transfer = sc_seat_hub_get_transfer (fixture->hub, SEAT_A);

  g_assert_cmpint (transfer->state, ==, SC_TRANSFER_IDLE);
  progress->progress.state = SC_TRANSFER_RECEIVING;
  progress->progress.done = 10;
  progress->progress.total = 100;
  progress->progress.template_name = g_strdup ("first");
  test_seat_send (seat, progress);
  test_wait_for (has_message, fixture);
  transfer = sc_seat_hub_get_transfer (fixture->hub, SEAT_A);
  g_assert_cmpint (transfer->state, ==, SC_TRANSFER_RECEIVING);
  g_assert_cmpuint (transfer->done, ==, 10);
  g_assert_cmpuint (transfer->total, ==, 100);
  g_assert_cmpuint (transfer->session, ==, 9);
  g_assert_cmpstr (transfer->template_name, ==, "first");
  failed->failed.code = g_strdup ("no-space");
  failed->failed.message = g_strdup ("the disk is full");
  fixture->n_messages = 0;
  test_seat_send (seat, failed);
  test_wait_for (has_message, fixture);
  g_assert_cmpint (fixture->last, ==, SC_CONTROL_FAILED);
  transfer = sc_seat_hub_get_transfer (fixture->hub, SEAT_A);
  g_assert_cmpint (transfer->state, ==, SC_TRANSFER_FAILED);
  g_assert_cmpstr (transfer->reason, ==, "the disk is full");
  test_seat_free (seat);
}

/* What the seat says, and nothing else comes between. */
static void
tell (Fixture *fixture, TestSeat *seat, ScControlMessage *message)
{
  fixture->n_messages = 0;
  test_seat_send (seat, message);
  test_wait_for (has_message, fixture);
}

/* The seat is asked and sent away again, which it answers by “cancelled”. */
static void
ask (Fixture *fixture, TestSeat *seat, guint64 session, const char *refusal)
{
  g_autoptr (ScControlMessage) prepared = sc_control_message_new (SC_CONTROL_PREPARED, session);
  g_autoptr (ScControlMessage) cancelled = sc_control_message_new (SC_CONTROL_PROGRESS, session);
  g_autoptr (ScControlMessage) waiting = sc_control_message_new (SC_CONTROL_PROGRESS, session);

  prepared->prepared.lacks = test_store_make_bits (fixture->store, 1);
  prepared->prepared.needs = sc_needs_new ();
  prepared->prepared.needs->lacks_bytes = 100;
  cancelled->progress.state = SC_TRANSFER_CANCELLED;
  cancelled->progress.total = 100;
  tell (fixture, seat, prepared);
  g_assert_cmpint (sc_seat_hub_get_transfer (fixture->hub, SEAT_A)->state, ==, SC_TRANSFER_WAITING);
  if (refusal != NULL)
    sc_seat_hub_fail (fixture->hub, SEAT_A, session, refusal);
  waiting->progress.state = SC_TRANSFER_WAITING; /* was under way */
  tell (fixture, seat, waiting);
  tell (fixture, seat, cancelled);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  TestSeat *seat = join (fixture, SEAT_A);
  const ScSeatTransfer *transfer = NULL;

  ask (fixture, seat, 9, "no room");
  transfer = sc_seat_hub_get_transfer (fixture->hub, SEAT_A);
  g_assert_cmpint (transfer->state, ==, SC_TRANSFER_FAILED);
  g_assert_cmpuint (transfer->session, ==, 9);
  g_assert_cmpstr (transfer->reason, ==, "no room");
  ask (fixture, seat, 10, NULL); /* a dry run changes nothing */
  transfer = sc_seat_hub_get_transfer (fixture->hub, SEAT_A);
  g_assert_cmpint (transfer->state, ==, SC_TRANSFER_FAILED);
  g_assert_cmpuint (transfer->session, ==, 9);
  g_assert_cmpstr (transfer->reason, ==, "no room");
  sc_seat_hub_fail (fixture->hub, SEAT_B, 9, "it is not connected");
  test_seat_free (seat);
}

/* The seat itself refuses what it is only asked: before it has looked at all, or in the middle. */
static void
test_restore (Fixture *fixture, gconstpointer data)
{
  TestSeat *seat = join (fixture, SEAT_A);
  g_autoptr (ScControlMessage) waiting = sc_control_message_new (SC_CONTROL_PROGRESS, 8);
  const ScSeatTransfer *transfer = NULL;

  waiting->progress.state = SC_TRANSFER_WAITING;
  for (guint64 session = 7; session <= 8; session++) {
    g_autoptr (ScControlMessage) failed = sc_control_message_new (SC_CONTROL_FAILED, session);

    failed->failed.code = g_strdup ("state");
    failed->failed.message = g_strdup ("the volume forgets");
    if (session == 8)
      tell (fixture, seat, waiting);
    tell (fixture, seat, failed);
    g_assert_cmpint (sc_seat_hub_get_transfer (fixture->hub, SEAT_A)->state, ==, SC_TRANSFER_FAILED);
    sc_seat_hub_restore (fixture->hub, SEAT_A, session + 1); /* another one is none of its */
    g_assert_cmpint (sc_seat_hub_get_transfer (fixture->hub, SEAT_A)->state, ==, SC_TRANSFER_FAILED);
    sc_seat_hub_restore (fixture->hub, SEAT_A, session);
    transfer = sc_seat_hub_get_transfer (fixture->hub, SEAT_A);
    g_assert_cmpint (transfer->state, ==, SC_TRANSFER_IDLE);
    g_assert_cmpuint (transfer->session, ==, 0);
    g_assert_cmpstr (transfer->reason, ==, "");
    g_assert_cmpstr (transfer->template_name, ==, "");
  }
  test_seat_free (seat);
}

static void
test_second_replaces_first (Fixture *fixture, gconstpointer data)
{
  TestSeat *first = join (fixture, SEAT_A);
  TestSeat *second = join (fixture, SEAT_A);
  g_autoptr (ScControlMessage) order = sc_control_message_new (SC_CONTROL_LEAVE, 5);
  g_autoptr (ScControlMessage) got = NULL;

  test_seat_expect_close (first, SOUP_WEBSOCKET_CLOSE_GOING_AWAY);
  g_assert_cmpuint (fixture->n_connected, ==, 2);
  g_assert_cmpuint (fixture->n_gone, ==, 1);
  g_assert_true (sc_seat_hub_send (fixture->hub, SEAT_A, order));
  got = test_seat_expect (second, SC_CONTROL_LEAVE);
  g_assert_cmpuint (first->messages->len, ==, 0);
  test_seat_free (first);
  test_seat_free (second);
}

/* @data: a message that a seat may not send after its inventory */
static void
test_bad_message (Fixture *fixture, gconstpointer data)
{
  TestSeat *seat = join (fixture, SEAT_A);

  soup_websocket_connection_send_text (seat->connection, data);
  test_seat_expect_close (seat, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION);
  g_assert_false (sc_seat_hub_is_online (fixture->hub, SEAT_A));
  g_assert_cmpuint (fixture->n_gone, ==, 1);
  test_seat_free (seat);
}

static void
test_binary_message (Fixture *fixture, gconstpointer data)
{
  TestSeat *seat = join (fixture, SEAT_A);

  soup_websocket_connection_send_binary (seat->connection, "{}", 2);
  test_seat_expect_close (seat, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION);
  test_seat_free (seat);
}

static void
test_other_seat (Fixture *fixture, gconstpointer data)
{
  TestSeat *seat = join (fixture, SEAT_A);
  TestSeat *other = join (fixture, SEAT_B);

  g_free (seat->id);
  seat->id = g_strdup (SEAT_B);
  test_seat_send_inventory (seat, "lab 1");
  test_seat_expect_close (seat, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION);
  g_assert_true (sc_seat_hub_is_online (fixture->hub, SEAT_B));
  test_seat_free (seat);
  test_seat_free (other);
}

static void
test_no_inventory_first (Fixture *fixture, gconstpointer data)
{
  TestSeat *seat = test_seat_new (fixture->gate, SEAT_A);
  g_autoptr (ScControlMessage) done = sc_control_message_new (SC_CONTROL_DONE, 5);

  done->done.version = 1;
  test_seat_send (seat, done);
  test_seat_expect_close (seat, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION);
  g_assert_cmpuint (fixture->n_connected + fixture->n_messages + fixture->n_gone, ==, 0);
  test_seat_free (seat);
}

static void
test_silent_stranger (Fixture *fixture, gconstpointer data)
{
  const ScSeatHubTiming timing = { .inventory_timeout = 50, .keepalive = 10, .silence_timeout = 30000 };
  TestSeat *seat;

  sc_seat_hub_set_timing (fixture->hub, &timing);
  seat = test_seat_new (fixture->gate, SEAT_A);
  test_seat_expect_close (seat, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION);
  test_seat_free (seat);
}

/* No ping falls into the time, so that nothing is heard of the seat. */
static void
test_dead_seat (Fixture *fixture, gconstpointer data)
{
  const ScSeatHubTiming timing = { .inventory_timeout = 10000, .keepalive = 60, .silence_timeout = 200 };
  TestSeat *seat;

  sc_seat_hub_set_timing (fixture->hub, &timing);
  seat = join (fixture, SEAT_A);
  test_wait_for (is_gone, fixture);
  g_assert_false (sc_seat_hub_is_online (fixture->hub, SEAT_A));
  test_seat_free (seat);
}

static gboolean
end_wait (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

static gboolean
is_true (gpointer data)
{
  return *(gboolean *) data;
}

/* Answers to pings keep a seat that has nothing to say. */
static void
test_pings_keep_it (Fixture *fixture, gconstpointer data)
{
  const ScSeatHubTiming timing = { .inventory_timeout = 10000, .keepalive = 1, .silence_timeout = 10000 };
  gboolean over = FALSE;
  TestSeat *seat;

  sc_seat_hub_set_timing (fixture->hub, &timing);
  seat = join (fixture, SEAT_A);
  g_timeout_add (11500, end_wait, &over);
  test_wait_for (is_true, &over);
  g_assert_true (sc_seat_hub_is_online (fixture->hub, SEAT_A));
  test_seat_free (seat);
}

static void
on_refused (ScSeatHub *hub, const char *address, const char *seat, const char *why, char **refused)
{
  g_assert_null (*refused);
  *refused = g_strdup_printf ("%s: %s", seat, why);
}

/* Who has the certificate of one seat and says that it is another is not taken, and told of as the one that it is. */
static void
test_other_certificate (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TestSeat) seat = NULL;
  g_autofree char *refused = NULL;

  g_signal_connect (fixture->hub, "refused", G_CALLBACK (on_refused), &refused);
  fixture->gate->owner = SEAT_B;
  seat = test_seat_new (fixture->gate, SEAT_A);
  test_seat_send_inventory (seat, "lab 1");
  test_seat_expect_close (seat, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION);
  g_assert_true (g_str_has_prefix (refused, SEAT_B ": it said that it is another seat"));
  g_assert_false (sc_seat_hub_is_online (fixture->hub, SEAT_A));
  g_assert_false (sc_seat_hub_is_online (fixture->hub, SEAT_B));
  g_assert_cmpuint (fixture->n_connected, ==, 0);
  g_signal_handlers_disconnect_by_data (fixture->hub, &refused);
}

static void
test_own_certificate (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TestSeat) seat = NULL;

  fixture->gate->owner = SEAT_A;
  seat = join (fixture, SEAT_A);
  g_assert_true (sc_seat_hub_is_online (fixture->hub, SEAT_A));
}

/* All its connections end at once, also the one that has said nothing yet; others stay. */
static void
test_shut_out (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TestSeat) seat = NULL;
  g_autoptr (TestSeat) other = NULL;
  g_autoptr (TestSeat) silent = NULL;

  fixture->gate->owner = SEAT_B;
  other = join (fixture, SEAT_B);
  fixture->gate->owner = SEAT_A;
  seat = join (fixture, SEAT_A);
  silent = test_seat_new (fixture->gate, SEAT_A);
  sc_seat_hub_shut_out (fixture->hub, SEAT_A);
  g_assert_false (sc_seat_hub_is_online (fixture->hub, SEAT_A));
  g_assert_cmpuint (fixture->n_gone, ==, 1);
  test_seat_send_failed (seat, 7); /* on its way already */
  test_seat_expect_close (seat, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION);
  test_seat_expect_close (silent, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION);
  g_assert_cmpuint (fixture->n_messages, ==, 0);
  g_assert_true (sc_seat_hub_is_online (fixture->hub, SEAT_B));
  sc_seat_hub_shut_out (fixture->hub, SEAT_A);
  g_assert_cmpuint (fixture->n_gone, ==, 1);
}

#define ADD(name, func, data) g_test_add ("/seat-hub/" name, Fixture, data, setup, func, teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("connect", test_connect, NULL);
  ADD ("last-seen", test_last_seen, NULL);
  ADD ("transfer", test_transfer, NULL);
  ADD ("refused", test_refused, NULL);
  ADD ("restore", test_restore, NULL);
  ADD ("second-replaces-first", test_second_replaces_first, NULL);
  ADD ("bad/not-json", test_bad_message, "{");
  ADD ("bad/unknown-type", test_bad_message, "{\"type\":\"explode\"}");
  ADD ("bad/missing-member", test_bad_message, "{\"type\":\"done\",\"session\":1}");
  ADD ("bad/console's-own", test_bad_message, "{\"type\":\"leave\",\"session\":1,\"reason\":\"finished\"}");
  ADD ("bad/binary", test_binary_message, NULL);
  ADD ("bad/other-seat", test_other_seat, NULL);
  ADD ("bad/no-inventory-first", test_no_inventory_first, NULL);
  ADD ("certificate/own", test_own_certificate, NULL);
  ADD ("certificate/other", test_other_certificate, NULL);
  ADD ("shut-out", test_shut_out, NULL);
  ADD ("silent-stranger", test_silent_stranger, NULL);
  ADD ("dead-seat", test_dead_seat, NULL);
  if (g_test_slow ())
    ADD ("pings-keep-it", test_pings_keep_it, NULL);
  return g_test_run ();
}
