/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-seat.h"
#include "test-store.h"

#include "common/sc-chunk-index.h"
#include "common/sc-error.h"
#include "console/engine/session/sc-sessions.h"

/* Orders to single seats, and a dry run, with a seat's real connection. */

#define SEAT_A "00000000-0000-4000-8000-00000000000a"
#define SEAT_B "00000000-0000-4000-8000-00000000000b"

typedef struct {
  TestStore *store;
  ScSeatHub *hub;
  TestGate *gate;
  ScSessions *sessions;
  TestSeat *a;
  guint64 id;
  guint n_seat_changes;
} Fixture;

static void
on_seat_changed (ScSeatHub *hub, const char *seat, Fixture *fixture)
{
  fixture->n_seat_changes++;
}

static TestSeat *
join (Fixture *fixture, const char *id)
{
  TestSeat *seat = test_seat_new (fixture->gate, id);
  ScControlMessage *welcome = NULL;

  test_seat_send_inventory (seat, "lab 1");
  welcome = test_seat_expect (seat, SC_CONTROL_WELCOME);
  sc_control_message_free (welcome);
  return seat;
}

static void
make_sessions (Fixture *fixture)
{
  const ScSessionsConfig config = { "239.255.77.20", 38473, NULL, 100000000, 1500, 0 };

  fixture->sessions = sc_sessions_new (fixture->store->store, fixture->store->catalog, fixture->hub, &config);
  g_assert_true (sc_sessions_use_authority (fixture->sessions, fixture->store->authority, NULL));
}

static void
setup (Fixture *fixture, gconstpointer data)
{
  fixture->store = test_store_new (10);
  fixture->hub = sc_seat_hub_new (fixture->store->catalog);
  fixture->gate = test_gate_new (fixture->hub);
  make_sessions (fixture);
  fixture->a = join (fixture, SEAT_A);
  g_signal_connect (fixture->hub, "seat-changed", G_CALLBACK (on_seat_changed), fixture);
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  g_signal_handlers_disconnect_by_data (fixture->hub, fixture);
  test_seat_free (fixture->a);
  g_object_unref (fixture->sessions);
  test_gate_free (fixture->gate);
  g_object_unref (fixture->hub);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  test_store_free (fixture->store);
}

static guint64
assigned (Fixture *fixture, const char *seat)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogSeat) found = sc_catalog_find_seat (fixture->store->catalog, seat, &error);

  g_assert_no_error (error);
  return found->assigned_version;
}

static void
test_catch_up_to_version (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScControlMessage) order = NULL;

  g_assert_false (sc_sessions_catch_up (fixture->sessions, SEAT_A, 99, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_cmpuint (assigned (fixture, SEAT_A), ==, 0); /* a version that is not there changes nothing */
  g_assert_true (sc_sessions_catch_up (fixture->sessions, SEAT_A, 1, &error));
  g_assert_no_error (error);
  order = test_seat_expect (fixture->a, SC_CONTROL_CATCH_UP);
  g_assert_cmpuint (order->session, ==, 0);
  g_assert_cmpuint (order->version.version, ==, 1);
  g_assert_cmpuint (assigned (fixture, SEAT_A), ==, 1);
}

static void
expect_verify (Fixture *fixture, ScVerifyAction action)
{
  g_autoptr (ScControlMessage) order = test_seat_expect (fixture->a, SC_CONTROL_VERIFY);

  g_assert_cmpint (order->verify.action, ==, action);
  g_assert_cmpuint (order->session, ==, 0);
}

static void
start_verify (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sc_sessions_verify (fixture->sessions, SEAT_A, &error));
  g_assert_no_error (error);
  expect_verify (fixture, SC_VERIFY_START);
}

static gboolean
has_ended (gpointer data)
{
  return !sc_sessions_is_verifying (((Fixture *) data)->sessions, SEAT_A);
}

static ScVerified *
verified (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  ScVerified *found;
  gint64 ended = 0;

  test_wait_for (has_ended, fixture);
  found = sc_catalog_get_verified (fixture->store->catalog, SEAT_A, &ended, &error);
  g_assert_no_error (error);
  g_assert_nonnull (found);
  g_assert_cmpint (ended, >, 0);
  return found;
}

static void
send_verified (TestSeat *seat, const char *code, guint n_files)
{
  g_autoptr (ScControlMessage) message = sc_control_message_new (SC_CONTROL_VERIFIED, 0);

  message->verified = sc_verified_new ();
  g_free (message->verified->code);
  message->verified->code = g_strdup (code);
  message->verified->bytes = 4711;
  for (guint i = 0; i < n_files; i++)
    sc_verified_add_file (message->verified, "debian", "a.vmdk", FALSE, i + 1);
  test_seat_send (seat, message);
}

static gboolean
is_throttled (gpointer data)
{
  const ScSeatTransfer *transfer = sc_seat_hub_get_transfer (((Fixture *) data)->hub, SEAT_A);

  return transfer->throttled && transfer->done == 5;
}

static gboolean
has_changed (gpointer data)
{
  return ((Fixture *) data)->n_seat_changes > 0;
}

static void
test_verify (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScControlMessage) progress = sc_control_message_new (SC_CONTROL_PROGRESS, 0);
  g_autoptr (ScVerified) found = NULL;
  const ScSeatTransfer *transfer;
  g_autoptr (GError) error = NULL;

  start_verify (fixture);
  g_assert_true (sc_sessions_is_verifying (fixture->sessions, SEAT_A));
  g_assert_cmpint (sc_seat_hub_get_transfer (fixture->hub, SEAT_A)->state, ==, SC_TRANSFER_VERIFYING);
  test_wait_for (has_changed, fixture); /* nothing but the order can have made it */
  g_assert_false (sc_sessions_verify (fixture->sessions, SEAT_A, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_BUSY);
  progress->progress.state = SC_TRANSFER_VERIFYING;
  progress->progress.done = 5;
  progress->progress.total = 10;
  progress->progress.throttled = TRUE;
  test_seat_send (fixture->a, progress);
  test_wait_for (is_throttled, fixture);
  send_verified (fixture->a, "", 2);
  found = verified (fixture);
  g_assert_cmpstr (found->code, ==, "");
  g_assert_cmpuint (found->n_files, ==, 2);
  g_assert_cmpuint (found->bytes, ==, 4711);
  transfer = sc_seat_hub_get_transfer (fixture->hub, SEAT_A);
  g_assert_cmpint (transfer->state, ==, SC_TRANSFER_IDLE);
  g_assert_false (transfer->throttled);
  start_verify (fixture); /* and again */
}

static void
test_verify_is_stopped (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScVerified) found = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (sc_sessions_stop_verify (fixture->sessions, SEAT_A, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_STATE);
  g_clear_error (&error);
  start_verify (fixture);
  g_assert_true (sc_sessions_stop_verify (fixture->sessions, SEAT_A, &error));
  g_assert_no_error (error);
  expect_verify (fixture, SC_VERIFY_STOP);
  g_assert_true (sc_sessions_is_verifying (fixture->sessions, SEAT_A)); /* until it says so */
  send_verified (fixture->a, "cancelled", 0);
  found = verified (fixture);
  g_assert_cmpstr (found->code, ==, "cancelled");
}

/* A seat that is gone has failed; what it says later, when it only had lost its connection, counts. */
static void
test_verify_breaks (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScVerified) found = NULL;
  g_autoptr (ScVerified) later = NULL;
  g_autoptr (GError) error = NULL;

  start_verify (fixture);
  soup_websocket_connection_close (fixture->a->connection, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  found = verified (fixture);
  g_assert_cmpstr (found->code, ==, "unreachable");
  g_assert_cmpstr (found->message, !=, "");
  g_assert_false (sc_sessions_verify (fixture->sessions, SEAT_A, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_STATE);
  test_seat_free (fixture->a);
  fixture->a = join (fixture, SEAT_A);
  start_verify (fixture); /* it is another connection's now */
  send_verified (fixture->a, "", 1);
  later = verified (fixture);
  g_assert_cmpstr (later->code, ==, "");
}

static gboolean
is_over (gpointer data)
{
  Fixture *fixture = data;
  g_autoptr (ScCatalogSession) session = sc_catalog_get_session (fixture->store->catalog, fixture->id, NULL);

  return session->ended != 0;
}

static void
start_dry_run (Fixture *fixture)
{
  const ScDeployRequest request = { .version = 1, .dry_run = TRUE };
  g_autoptr (GError) error = NULL;

  fixture->id = sc_sessions_deploy (fixture->sessions, &request, &error);
  g_assert_no_error (error);
}

static void
answer_prepare (Fixture *fixture)
{
  g_autoptr (ScControlMessage) order = test_seat_expect (fixture->a, SC_CONTROL_PREPARE);
  g_autoptr (ScControlMessage) answer = sc_control_message_new (SC_CONTROL_PREPARED, order->session);

  answer->prepared.lacks = test_store_make_bits (fixture->store, 1);
  answer->prepared.needs = sc_needs_new ();
  answer->prepared.needs->lacks_bytes = 4711;
  answer->prepared.needs->peak_bytes = 4712;
  g_ptr_array_add (answer->prepared.needs->busy, g_strdup ("debian"));
  test_seat_send (fixture->a, answer);
}

/* Asks the seats that are on, says how much would be sent, changes nothing. */
static void
test_dry_run (Fixture *fixture, gconstpointer data)
{
  TestSeat *b = join (fixture, SEAT_B);
  g_autoptr (ScControlMessage) leave = NULL;
  g_autoptr (ScCatalogSession) session = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  const ScCatalogSessionSeat *row;
  g_autoptr (GError) error = NULL;

  test_seat_free (b); /* is off */
  while (sc_seat_hub_is_online (fixture->hub, SEAT_B))
    g_main_context_iteration (NULL, TRUE);
  start_dry_run (fixture);
  answer_prepare (fixture);
  leave = test_seat_expect (fixture->a, SC_CONTROL_LEAVE);
  g_assert_cmpint (leave->leave.reason, ==, SC_LEAVE_CANCELLED);
  test_wait_for (is_over, fixture);
  session = sc_catalog_get_session (fixture->store->catalog, fixture->id, &error);
  g_assert_no_error (error);
  g_assert_cmpint (session->state, ==, SC_SESSION_PLANNED);
  g_assert_true (session->dry_run);
  g_assert_cmpuint (session->content_bytes, >, 10 * 65536); /* incompressible chunks */
  g_assert_cmpuint (session->wire_bytes, ==, 0);
  rows = sc_catalog_list_session_seats (fixture->store->catalog, fixture->id, &error);
  g_assert_no_error (error);
  row = g_ptr_array_index (rows, 0);
  g_assert_cmpstr (row->seat, ==, SEAT_A);
  g_assert_cmpint (row->state, ==, SC_TRANSFER_PLANNED);
  g_assert_cmpuint (row->needs->peak_bytes, ==, 4712);
  g_assert_cmpuint (row->needs->busy->len, ==, 1);
  row = g_ptr_array_index (rows, 1);
  g_assert_cmpint (row->state, ==, SC_TRANSFER_FAILED);
  g_assert_true (g_str_has_prefix (row->reason, "offline"));
  g_assert_null (row->needs);
  g_assert_cmpuint (assigned (fixture, SEAT_A), ==, 0);
  g_assert_cmpuint (assigned (fixture, SEAT_B), ==, 0);
}

/* The seat itself refuses it. */
static void
test_dry_run_refused (Fixture *fixture, gconstpointer data)
{
  start_dry_run (fixture);
  g_autoptr (ScControlMessage) order = test_seat_expect (fixture->a, SC_CONTROL_PREPARE);
  test_seat_send_failed (fixture->a, fixture->id);
  test_wait_for (is_over, fixture);
  g_assert_cmpint (sc_seat_hub_get_transfer (fixture->hub, SEAT_A)->state, ==, SC_TRANSFER_IDLE);
}

static gboolean
is_over_and_failed (gpointer data)
{
  Fixture *fixture = data;
  g_autoptr (GPtrArray) rows = sc_catalog_list_session_seats (fixture->store->catalog, fixture->id, NULL);
  const ScCatalogSessionSeat *row = g_ptr_array_index (rows, 0);

  return row->state == SC_TRANSFER_FAILED && g_str_has_prefix (row->reason, "at work") && is_over (fixture);
}

/* A dry run does not interrupt a verification; a deploy does, and is not interrupted by one. */
static void
test_what_goes_before_what (Fixture *fixture, gconstpointer data)
{
  const ScDeployRequest request = { .version = 1 };
  g_autoptr (GError) error = NULL;
  g_autoptr (ScControlMessage) order = NULL;

  start_verify (fixture);
  start_dry_run (fixture);
  test_wait_for (is_over_and_failed, fixture);
  g_assert_true (sc_sessions_is_verifying (fixture->sessions, SEAT_A));
  g_assert_cmpuint (sc_sessions_deploy (fixture->sessions, &request, &error), >, 0);
  g_assert_no_error (error);
  order = test_seat_expect (fixture->a, SC_CONTROL_PREPARE); /* the dry run sent nothing */
  send_verified (fixture->a, "cancelled", 0);
  test_wait_for (has_ended, fixture);
  g_assert_false (sc_sessions_verify (fixture->sessions, SEAT_A, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_BUSY);
}

static ScTransferState
state_of_a (Fixture *fixture)
{
  g_autoptr (ScSessionView) view = sc_sessions_view (fixture->sessions, fixture->id, NULL);

  return ((const ScCatalogSessionSeat *) g_ptr_array_index (view->seats, 0))->state;
}

/* The engine ends while it asks: the dry run is over, and says so. */
static void
test_dry_run_over_restart (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScCatalogSession) session = NULL;
  g_autoptr (GError) error = NULL;

  start_dry_run (fixture);
  g_object_unref (fixture->sessions);
  make_sessions (fixture);
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "*cannot be resumed*dry run*");
  sc_sessions_resume_all (fixture->sessions);
  g_test_assert_expected_messages ();
  session = sc_catalog_get_session (fixture->store->catalog, fixture->id, &error);
  g_assert_no_error (error);
  g_assert_cmpint (session->state, ==, SC_SESSION_FAILED);
  g_assert_cmpint (state_of_a (fixture), ==, SC_TRANSFER_FAILED); /* not: waiting, for ever */
}

static guint64
deploy (Fixture *fixture)
{
  const ScDeployRequest request = { .version = 1 };
  g_autoptr (GError) error = NULL;

  fixture->id = sc_sessions_deploy (fixture->sessions, &request, &error);
  g_assert_no_error (error);
  return fixture->id;
}

static void
send_done (Fixture *fixture, guint64 session, guint64 version, const char *busy)
{
  g_autoptr (ScControlMessage) done = sc_control_message_new (SC_CONTROL_DONE, session);

  done->done.version = version;
  if (busy != NULL)
    g_ptr_array_add (done->done.busy, g_strdup (busy));
  test_seat_send (fixture->a, done);
}

/* Deploys; the seat lacks nothing, but is left with a template in use. */
static void
deploy_to_busy (Fixture *fixture)
{
  g_autoptr (ScControlMessage) order = NULL;
  g_autoptr (ScControlMessage) answer = NULL;
  g_autoptr (ScControlMessage) leave = NULL;
  gsize size = (sc_chunk_index_size (fixture->store->chunks) + 7) / 8;

  deploy (fixture);
  order = test_seat_expect (fixture->a, SC_CONTROL_PREPARE);
  answer = sc_control_message_new (SC_CONTROL_PREPARED, fixture->id);
  answer->prepared.lacks = g_bytes_new_take (g_malloc0 (size), size);
  answer->prepared.needs = sc_needs_new ();
  test_seat_send (fixture->a, answer);
  leave = test_seat_expect (fixture->a, SC_CONTROL_LEAVE);
  send_done (fixture, fixture->id, 1, "debian");
}

static gboolean
a_is_busy (gpointer data)
{
  return state_of_a (data) == SC_TRANSFER_BUSY;
}

static gboolean
a_is_not_busy (gpointer data)
{
  return state_of_a (data) != SC_TRANSFER_BUSY;
}

static void
on_session_changed (ScSessions *sessions, guint64 id, guint64 *changed)
{
  *changed = id;
}

/* What the seat was left with in a session it does by itself later: the session says so then. */
static void
test_busy_ends (Fixture *fixture, gconstpointer while_it_runs)
{
  TestSeat *b = while_it_runs != NULL ? join (fixture, SEAT_B) : NULL; /* who does not answer */
  guint64 changed = 0;

  deploy_to_busy (fixture);
  test_wait_for (b == NULL ? is_over : a_is_busy, fixture);
  g_assert_cmpint (state_of_a (fixture), ==, SC_TRANSFER_BUSY);
  g_signal_connect (fixture->sessions, "session-changed", G_CALLBACK (on_session_changed), &changed);
  send_done (fixture, 0, 1, NULL);
  test_wait_for (a_is_not_busy, fixture);
  g_assert_cmpint (state_of_a (fixture), ==, SC_TRANSFER_DONE);
  while (changed != fixture->id)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handlers_disconnect_by_data (fixture->sessions, &changed);
  if (b != NULL) {
    g_assert_true (sc_sessions_cancel (fixture->sessions, fixture->id, NULL));
    test_wait_for (is_over, fixture);
    g_assert_cmpint (state_of_a (fixture), ==, SC_TRANSFER_DONE);
    test_seat_free (b);
  }
}

static void
test_busy_is_overtaken (Fixture *fixture, gconstpointer data)
{
  deploy_to_busy (fixture);
  test_wait_for (is_over, fixture);
  send_done (fixture, 0, 2, NULL);
  test_wait_for (a_is_not_busy, fixture);
  g_assert_cmpint (state_of_a (fixture), ==, SC_TRANSFER_CANCELLED);
}

/* A seat that was away when staff cancelled the session must not go on with it by itself. */
static void
test_cancelled_while_away (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScControlMessage) order = NULL;
  g_autoptr (ScControlMessage) leave = NULL;
  g_autoptr (GError) error = NULL;

  deploy (fixture);
  order = test_seat_expect (fixture->a, SC_CONTROL_PREPARE);
  test_seat_free (fixture->a);
  while (sc_seat_hub_is_online (fixture->hub, SEAT_A))
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (sc_sessions_cancel (fixture->sessions, fixture->id, &error));
  g_assert_no_error (error);
  test_wait_for (is_over, fixture);
  fixture->a = join (fixture, SEAT_A);
  leave = test_seat_expect (fixture->a, SC_CONTROL_LEAVE);
  g_assert_cmpint (leave->leave.reason, ==, SC_LEAVE_CANCELLED);
  g_assert_cmpuint (leave->session, ==, fixture->id);
}

/* It had the version before the others' session was cancelled, but for what is in use: that it still brings there. */
static void
test_busy_when_cancelled (Fixture *fixture, gconstpointer data)
{
  TestSeat *b = join (fixture, SEAT_B); /* who does not answer */
  g_autoptr (ScControlMessage) order = NULL;
  g_autoptr (GError) error = NULL;

  deploy_to_busy (fixture);
  test_wait_for (a_is_busy, fixture);
  g_assert_true (sc_sessions_cancel (fixture->sessions, fixture->id, &error));
  test_wait_for (is_over, fixture);
  g_assert_true (a_is_busy (fixture));
  test_seat_free (fixture->a);
  while (sc_seat_hub_is_online (fixture->hub, SEAT_A))
    g_main_context_iteration (NULL, TRUE);
  fixture->a = join (fixture, SEAT_A);
  g_assert_true (sc_sessions_catch_up (fixture->sessions, SEAT_A, 1, &error));
  order = test_seat_expect (fixture->a, SC_CONTROL_CATCH_UP); /* no LEAVE before */
  test_seat_free (b);
}

/* The seat had found something just before it was told to stop: its two answers cross the order. */
static void
test_stop_comes_too_late (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScVerified) found = NULL;
  g_autoptr (ScControlMessage) order = NULL;
  g_autoptr (GError) error = NULL;

  start_verify (fixture);
  g_assert_true (sc_sessions_stop_verify (fixture->sessions, SEAT_A, &error));
  expect_verify (fixture, SC_VERIFY_STOP);
  send_verified (fixture->a, "", 2);
  send_verified (fixture->a, "cancelled", 0);
  g_assert_true (sc_sessions_catch_up (fixture->sessions, SEAT_A, 1, &error)); /* its answers are read before this */
  order = test_seat_expect (fixture->a, SC_CONTROL_CATCH_UP);
  send_done (fixture, 0, 1, NULL);
  while (sc_seat_hub_get_transfer (fixture->hub, SEAT_A)->state != SC_TRANSFER_DONE)
    g_main_context_iteration (NULL, TRUE);
  found = verified (fixture);
  g_assert_cmpstr (found->code, ==, "");
  g_assert_cmpuint (found->n_files, ==, 2);
}

static gboolean
has_verified (Fixture *fixture)
{
  gint64 ended = 0;
  g_autoptr (ScVerified) found = sc_catalog_get_verified (fixture->store->catalog, SEAT_A, &ended, NULL);

  return found != NULL;
}

/* An answer to the question whether it verifies ends nothing else that the seat does. */
static void
test_verified_in_between (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScControlMessage) progress = sc_control_message_new (SC_CONTROL_PROGRESS, 0);
  const ScSeatTransfer *transfer;

  progress->progress.state = SC_TRANSFER_REPAIRING;
  progress->progress.done = 5;
  progress->progress.total = 10;
  test_seat_send (fixture->a, progress);
  send_verified (fixture->a, "busy", 0);
  while (sc_seat_hub_get_transfer (fixture->hub, SEAT_A)->done != 5)
    g_main_context_iteration (NULL, TRUE);
  while (!has_verified (fixture))
    g_main_context_iteration (NULL, TRUE);
  transfer = sc_seat_hub_get_transfer (fixture->hub, SEAT_A);
  g_assert_cmpint (transfer->state, ==, SC_TRANSFER_REPAIRING);
  g_assert_cmpuint (transfer->done, ==, 5);
}

#define ADD(name, func) g_test_add ("/seat-orders/" name, Fixture, NULL, setup, func, teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("catch-up-to-version", test_catch_up_to_version);
  ADD ("verify", test_verify);
  ADD ("verify-is-stopped", test_verify_is_stopped);
  ADD ("verify-breaks", test_verify_breaks);
  ADD ("dry-run", test_dry_run);
  ADD ("dry-run-refused", test_dry_run_refused);
  ADD ("what-goes-before-what", test_what_goes_before_what);
  ADD ("dry-run-over-restart", test_dry_run_over_restart);
  ADD ("busy-ends", test_busy_ends);
  g_test_add ("/seat-orders/busy-ends-in-session", Fixture, "while it runs", setup, test_busy_ends, teardown);
  ADD ("busy-is-overtaken", test_busy_is_overtaken);
  ADD ("cancelled-while-away", test_cancelled_while_away);
  ADD ("busy-when-cancelled", test_busy_when_cancelled);
  ADD ("stop-comes-too-late", test_stop_comes_too_late);
  ADD ("verified-in-between", test_verified_in_between);
  return g_test_run ();
}
