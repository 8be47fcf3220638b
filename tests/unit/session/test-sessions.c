/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-seat.h"
#include "test-store.h"

#include "common/cast/sc-cast-plan.h"
#include "common/sc-chunk-index.h"
#include "common/sc-error.h"
#include "console/engine/catalog/sc-catalog-desired.h"
#include "console/engine/session/sc-sessions.h"

#include <sqlite3.h>

#define SEAT_A "00000000-0000-4000-8000-00000000000a"
#define SEAT_B "00000000-0000-4000-8000-00000000000b"
#define SEAT_C "00000000-0000-4000-8000-00000000000c"

typedef struct {
  TestStore *store;
  ScSeatHub *hub;
  TestGate *gate;
  ScSessions *sessions;
  ScSessionsConfig config;
  TestSeat *a, *b;
  guint64 id;
  guint n_changed;
  ScSessionState awaited;
  guint64 sent_before;
} Fixture;

static void
on_changed (ScSessions *sessions, guint64 id, Fixture *fixture)
{
  fixture->n_changed++;
}

static void
make_sessions (Fixture *fixture)
{
  fixture->sessions = sc_sessions_new (fixture->store->store, fixture->store->catalog, fixture->hub, &fixture->config);
  g_assert_true (sc_sessions_use_authority (fixture->sessions, fixture->store->authority, NULL));
  g_signal_connect (fixture->sessions, "session-changed", G_CALLBACK (on_changed), fixture);
}

static TestSeat *
join (Fixture *fixture, const char *id, const char *room)
{
  TestSeat *seat = test_seat_new (fixture->gate, id);
  ScControlMessage *welcome = NULL;

  test_seat_send_inventory (seat, room);
  welcome = test_seat_expect (seat, SC_CONTROL_WELCOME);
  sc_control_message_free (welcome);
  return seat;
}

static void
setup (Fixture *fixture, gconstpointer data)
{
  fixture->store = test_store_new (10);
  fixture->hub = sc_seat_hub_new (fixture->store->catalog);
  fixture->gate = test_gate_new (fixture->hub);
  fixture->config = (ScSessionsConfig){ "239.255.77.20", 38472, NULL, 100000000, 1500, 0 };
  make_sessions (fixture);
  fixture->a = join (fixture, SEAT_A, "lab 1");
  fixture->b = join (fixture, SEAT_B, "lab 2");
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  test_seat_free (fixture->a);
  test_seat_free (fixture->b);
  g_object_unref (fixture->sessions);
  test_gate_free (fixture->gate);
  g_object_unref (fixture->hub);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  test_store_free (fixture->store);
}

static guint64
deploy (Fixture *fixture, const char *room, const char *const *seats)
{
  const ScDeployRequest request = { .version = 1, .room = room, .seats = seats };
  g_autoptr (GError) error = NULL;
  guint64 id = sc_sessions_deploy (fixture->sessions, &request, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (id, >, 0);
  fixture->id = id;
  return id;
}

static void
assert_refused (Fixture *fixture, guint64 version, const char *room, const char *const *seats, ScError code)
{
  const ScDeployRequest request = { .version = version, .room = room, .seats = seats };
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (sc_sessions_deploy (fixture->sessions, &request, &error), ==, 0);
  g_assert_error (error, SC_ERROR, (int) code);
}

static gboolean
is_in_state (gpointer data)
{
  Fixture *fixture = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScSessionView) view = sc_sessions_view (fixture->sessions, fixture->id, &error);

  g_assert_no_error (error);
  return view->session->state == fixture->awaited;
}

static void
wait_for_state (Fixture *fixture, ScSessionState state)
{
  fixture->awaited = state;
  test_wait_for (is_in_state, fixture);
}

static gboolean
is_kept (gpointer data)
{
  Fixture *fixture = data;
  g_autoptr (ScCatalogSession) session = sc_catalog_get_session (fixture->store->catalog, fixture->id, NULL);

  return session->ended != 0;
}

/* The seat's row as the catalog has it when the session is over. */
static ScCatalogSessionSeat *
kept_row (Fixture *fixture, const char *seat)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = NULL;

  test_wait_for (is_kept, fixture);
  rows = sc_catalog_list_session_seats (fixture->store->catalog, fixture->id, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < rows->len; i++) {
    if (g_str_equal (((ScCatalogSessionSeat *) g_ptr_array_index (rows, i))->seat, seat))
      return g_ptr_array_steal_index (rows, i);
  }
  g_assert_not_reached ();
}

/* Waits for PREPARE and answers it. @lacks: (nullable): nothing */
static void
prepare (Fixture *fixture, TestSeat *seat, GBytes *lacks)
{
  g_autoptr (ScControlMessage) order = test_seat_expect (seat, SC_CONTROL_PREPARE);
  g_autoptr (ScControlMessage) answer = sc_control_message_new (SC_CONTROL_PREPARED, order->session);
  gsize length = (sc_chunk_index_size (fixture->store->chunks) + 7) / 8;

  g_assert_cmpuint (order->session, ==, fixture->id);
  g_assert_cmpuint (order->version.version, ==, 1);
  g_assert_true (sc_chunk_id_equal (&order->version.manifest, sc_version_manifest_get_id (fixture->store->version)));
  answer->prepared.lacks = lacks != NULL ? g_bytes_ref (lacks) : g_bytes_new_take (g_malloc0 (length), length);
  answer->prepared.needs = sc_needs_new ();
  answer->prepared.needs->lacks_bytes = lacks != NULL ? 4711 : 0;
  answer->prepared.needs->free_bytes = 1000;
  answer->prepared.needs->peak_bytes = 10;
  test_seat_send (seat, answer);
}

static void
say_done (Fixture *fixture, TestSeat *seat, guint64 session)
{
  g_autoptr (ScControlMessage) done = sc_control_message_new (SC_CONTROL_DONE, session);

  done->done.version = 1;
  test_seat_send (seat, done);
}

static void
expect_leave (TestSeat *seat, ScLeaveReason reason)
{
  g_autoptr (ScControlMessage) leave = test_seat_expect (seat, SC_CONTROL_LEAVE);

  g_assert_cmpint (leave->leave.reason, ==, reason);
}

static void
test_nothing_to_send (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScCatalogSessionSeat) row = NULL;
  g_autoptr (ScCatalogSeat) seat = NULL;
  g_autoptr (GError) error = NULL;

  deploy (fixture, NULL, NULL);
  prepare (fixture, fixture->a, NULL);
  prepare (fixture, fixture->b, NULL);
  expect_leave (fixture->a, SC_LEAVE_FINISHED);
  expect_leave (fixture->b, SC_LEAVE_FINISHED);
  say_done (fixture, fixture->a, fixture->id);
  say_done (fixture, fixture->b, fixture->id);
  wait_for_state (fixture, SC_SESSION_DONE);
  row = kept_row (fixture, SEAT_A);
  g_assert_cmpint (row->state, ==, SC_TRANSFER_DONE);
  seat = sc_catalog_find_seat (fixture->store->catalog, SEAT_B, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (seat->assigned_version, ==, 1);
  g_assert_cmpuint (fixture->n_changed, >, 0);
  /* the seats are free again */
  deploy (fixture, "lab 1", NULL);
}

static void
test_refusals (Fixture *fixture, gconstpointer data)
{
  const char *const unknown[] = { SEAT_C, NULL };
  const char *const nobody[] = { NULL };
  const char *const a[] = { SEAT_A, NULL };
  g_autoptr (GError) error = NULL;

  assert_refused (fixture, 99, NULL, NULL, SC_ERROR_NOT_FOUND);
  assert_refused (fixture, 1, "lab 9", NULL, SC_ERROR_NOT_FOUND);
  assert_refused (fixture, 1, NULL, unknown, SC_ERROR_NOT_FOUND);
  assert_refused (fixture, 1, NULL, nobody, SC_ERROR_INVALID);
  g_assert_false (sc_sessions_catch_up (fixture->sessions, SEAT_A, 0, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_clear_error (&error);
  deploy (fixture, "lab 1", NULL);
  assert_refused (fixture, 1, NULL, a, SC_ERROR_BUSY);
  assert_refused (fixture, 1, NULL, NULL, SC_ERROR_BUSY);
  g_assert_false (sc_sessions_catch_up (fixture->sessions, SEAT_A, 0, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_BUSY);
  g_clear_error (&error);
  g_assert_false (sc_sessions_pause (fixture->sessions, 99, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_clear_error (&error);
  deploy (fixture, "lab 2", NULL);
}

static gboolean
a_is_gone (gpointer data)
{
  return !sc_seat_hub_is_online (((Fixture *) data)->hub, SEAT_A);
}

/* @data: (nullable): the room's window */
static void
test_offline_seats (Fixture *fixture, gconstpointer data)
{
  const char *const a[] = { SEAT_A, NULL };
  g_autoptr (ScCatalogSessionSeat) row = NULL;
  g_autoptr (ScCatalogRoom) room = sc_catalog_load_room (fixture->store->catalog, "lab 1", NULL);

  if (data != NULL) {
    sc_window_clear (&room->policy.window);
    g_assert_true (sc_window_parse (data, &room->policy.window, NULL));
    g_assert_true (sc_catalog_save_room_policy (fixture->store->catalog, "lab 1", &room->policy, NULL));
  }
  soup_websocket_connection_close (fixture->a->connection, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  test_wait_for (a_is_gone, fixture);
  assert_refused (fixture, 1, NULL, a, SC_ERROR_STATE);
  deploy (fixture, NULL, NULL);
  prepare (fixture, fixture->b, NULL);
  say_done (fixture, fixture->b, fixture->id);
  wait_for_state (fixture, SC_SESSION_DONE);
  row = kept_row (fixture, SEAT_A);
  g_assert_cmpint (row->state, ==, SC_TRANSFER_FAILED);
  g_assert_true (
      g_str_has_suffix (row->reason, data != NULL ? "window is open" : "catches up by itself when it is on"));
}

/* Just after the engine's start a seat that is not back yet is waited for, not called offline. */
static void
test_returning_seats (Fixture *fixture, gconstpointer data)
{
  const char *const a[] = { SEAT_A, NULL };
  g_autoptr (ScCatalogSessionSeat) row = NULL;

  soup_websocket_connection_close (fixture->a->connection, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  test_wait_for (a_is_gone, fixture);
  test_seat_free (fixture->a);
  g_object_unref (fixture->sessions);
  fixture->config.return_time = G_TIME_SPAN_HOUR;
  make_sessions (fixture);
  deploy (fixture, NULL, a);
  fixture->a = join (fixture, SEAT_A, "lab 1");
  prepare (fixture, fixture->a, NULL);
  say_done (fixture, fixture->a, fixture->id);
  wait_for_state (fixture, SC_SESSION_DONE);
  row = kept_row (fixture, SEAT_A);
  g_assert_cmpint (row->state, ==, SC_TRANSFER_DONE);
}

static void
change_catalog (Fixture *fixture, const char *sql)
{
  g_autofree char *path = g_build_filename (fixture->store->directory, "catalog", "catalog.db", NULL);
  sqlite3 *database = NULL;

  g_assert_cmpint (sqlite3_open_v2 (path, &database, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (database, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (database);
}

static void
count_warning (const char *domain, GLogLevelFlags level, const char *text, gpointer counter)
{
  *(guint *) counter += strstr (text, "could not be kept") != NULL;
}

static gboolean
set_flag (gpointer flag)
{
  *(gboolean *) flag = TRUE;
  return G_SOURCE_REMOVE;
}

static gboolean
is_set (gpointer flag)
{
  return *(gboolean *) flag;
}

/* The end of a session that the catalog cannot take (a full disk) is shown, tried again until it can, and told once. */
static void
test_unsaved_end (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScCatalogSessionSeat) row = NULL;
  GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_LEVEL_ERROR);
  guint n_warnings = 0;
  gboolean later = FALSE;
  guint handler = 0;

  deploy (fixture, "lab 1", NULL);
  prepare (fixture, fixture->a, NULL);
  expect_leave (fixture->a, SC_LEAVE_FINISHED);
  handler = g_log_set_handler (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, count_warning, &n_warnings);
  change_catalog (fixture, "CREATE TRIGGER full BEFORE UPDATE ON sessions BEGIN SELECT RAISE (ABORT, 'full'); END");
  say_done (fixture, fixture->a, fixture->id);
  wait_for_state (fixture, SC_SESSION_DONE);
  g_timeout_add (1000, set_flag, &later); /* ticks go by */
  test_wait_for (is_set, &later);
  wait_for_state (fixture, SC_SESSION_DONE);
  g_assert_cmpuint (n_warnings, ==, 1);
  change_catalog (fixture, "DROP TRIGGER full");
  row = kept_row (fixture, SEAT_A);
  g_assert_cmpint (row->state, ==, SC_TRANSFER_DONE);
  g_log_remove_handler (G_LOG_DOMAIN, handler);
  g_log_set_always_fatal (fatal);
}

static void
test_catch_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScControlMessage) order = NULL;

  g_assert_true (sc_catalog_assign_version (fixture->store->catalog, SEAT_A, 1, &error));
  g_assert_true (sc_sessions_catch_up (fixture->sessions, SEAT_A, 0, &error));
  g_assert_no_error (error);
  order = test_seat_expect (fixture->a, SC_CONTROL_CATCH_UP);
  g_assert_cmpuint (order->session, ==, 0);
  g_assert_cmpuint (order->version.version, ==, 1);
  soup_websocket_connection_close (fixture->a->connection, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  test_wait_for (a_is_gone, fixture);
  g_assert_false (sc_sessions_catch_up (fixture->sessions, SEAT_A, 0, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_STATE);
}

static void
answer_join (TestSeat *seat, ScChunkId *plan)
{
  g_autoptr (ScControlMessage) order = test_seat_expect (seat, SC_CONTROL_JOIN);
  g_autoptr (ScControlMessage) joined = sc_control_message_new (SC_CONTROL_JOINED, order->session);

  g_assert_cmpuint (order->join.first_window, ==, 0);
  g_assert_cmpuint (order->join.port, ==, 38472);
  g_assert_true (g_str_has_prefix (order->join.group, "239.255.77."));
  *plan = order->join.plan;
  test_seat_send (seat, joined);
}

/* Two seats that take part but hear nothing: the probe finds out, both are moved to catch-up. */
static void
test_no_multicast (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) all = test_store_make_bits (fixture->store, 1);
  g_autoptr (GBytes) some = test_store_make_bits (fixture->store, 2);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (ScCatalogSessionSeat) row = NULL;
  g_autoptr (ScCatalogSession) session = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCastPlan) parsed = NULL;
  ScChunkId plan;

  deploy (fixture, NULL, NULL);
  prepare (fixture, fixture->a, all);
  prepare (fixture, fixture->b, some);
  answer_join (fixture->a, &plan);
  answer_join (fixture->b, &plan);
  g_assert_null (sc_sessions_get_plan (fixture->sessions, &plan, "somebody else", &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_clear_error (&error);
  bytes = sc_sessions_get_plan (fixture->sessions, &plan, SEAT_A, &error);
  g_assert_no_error (error);
  parsed = sc_cast_plan_parse (bytes, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sc_cast_plan_get_n_frames (parsed), ==, sc_chunk_index_size (fixture->store->chunks));
  wait_for_state (fixture, SC_SESSION_PROBING);
  expect_leave (fixture->a, SC_LEAVE_CATCH_UP);
  expect_leave (fixture->b, SC_LEAVE_CATCH_UP);
  wait_for_state (fixture, SC_SESSION_FINISHING);
  sc_sessions_count_catch_up (fixture->sessions, fixture->id, SEAT_A, 1234);
  sc_sessions_count_catch_up (fixture->sessions, fixture->id, "somebody else", 4321);
  say_done (fixture, fixture->a, fixture->id);
  say_done (fixture, fixture->b, fixture->id);
  wait_for_state (fixture, SC_SESSION_DONE);
  row = kept_row (fixture, SEAT_A);
  g_assert_true (row->catch_up);
  g_assert_nonnull (strstr (row->reason, "no multicast"));
  g_assert_cmpuint (row->done, ==, 4711);
  session = sc_catalog_get_session (fixture->store->catalog, fixture->id, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (session->catch_up_bytes, ==, 1234);
  g_assert_cmpuint (session->plan_bytes, ==, g_bytes_get_size (bytes));
  g_assert_cmpuint (session->wire_bytes, >, 0); /* the probes */
  g_assert_null (sc_sessions_get_plan (fixture->sessions, &plan, NULL, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
}

static void
test_pause_and_cancel (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) all = test_store_make_bits (fixture->store, 1);
  g_autoptr (ScCatalogSessionSeat) row = NULL;
  g_autoptr (GError) error = NULL;
  ScChunkId plan;

  deploy (fixture, "lab 1", NULL);
  prepare (fixture, fixture->a, all);
  answer_join (fixture->a, &plan);
  wait_for_state (fixture, SC_SESSION_PROBING);
  g_assert_true (sc_sessions_pause (fixture->sessions, fixture->id, &error));
  wait_for_state (fixture, SC_SESSION_PAUSED);
  g_assert_true (sc_sessions_resume (fixture->sessions, fixture->id, &error));
  g_assert_true (sc_sessions_cancel (fixture->sessions, fixture->id, &error));
  g_assert_no_error (error);
  expect_leave (fixture->a, SC_LEAVE_CANCELLED);
  row = kept_row (fixture, SEAT_A);
  g_assert_cmpint (row->state, ==, SC_TRANSFER_CANCELLED);
  wait_for_state (fixture, SC_SESSION_CANCELLED);
  g_assert_false (sc_sessions_cancel (fixture->sessions, fixture->id, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_STATE);
}

/* A seat that was away when its session ended still reports to it. */
static void
test_report_to_past_session (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScControlMessage) joined = sc_control_message_new (SC_CONTROL_JOINED, 77);

  test_seat_send (fixture->a, joined);
  expect_leave (fixture->a, SC_LEAVE_CANCELLED);
}

/* The engine ends in mid-session and starts anew on the same catalog; the seats connect again. */
static void
test_restart (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) all = test_store_make_bits (fixture->store, 1);
  g_autoptr (ScCatalogSession) session = NULL;
  g_autoptr (GError) error = NULL;
  ScChunkId plan;

  deploy (fixture, NULL, NULL);
  prepare (fixture, fixture->a, all);
  prepare (fixture, fixture->b, all);
  answer_join (fixture->a, &plan);
  answer_join (fixture->b, &plan);
  wait_for_state (fixture, SC_SESSION_PROBING);
  g_object_unref (fixture->sessions);
  test_seat_free (fixture->a);
  test_seat_free (fixture->b);

  make_sessions (fixture);
  sc_sessions_resume_all (fixture->sessions);
  fixture->a = join (fixture, SEAT_A, "lab 1");
  fixture->b = join (fixture, SEAT_B, "lab 2");
  prepare (fixture, fixture->a, NULL);
  prepare (fixture, fixture->b, NULL);
  say_done (fixture, fixture->a, fixture->id);
  say_done (fixture, fixture->b, fixture->id);
  wait_for_state (fixture, SC_SESSION_DONE);
  test_wait_for (is_kept, fixture);
  session = sc_catalog_get_session (fixture->store->catalog, fixture->id, &error);
  g_assert_no_error (error);
  g_assert_cmpint (session->state, ==, SC_SESSION_DONE);
}

static gboolean
has_sent_more (gpointer data)
{
  Fixture *fixture = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScSessionView) view = sc_sessions_view (fixture->sessions, fixture->id, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (view->content_sent, <=, view->session->plan_bytes + view->session->content_bytes);
  return view->session->wire_bytes > fixture->sent_before && view->content_sent > 0;
}

/* What the rates say was sent, bits. */
static double
sum_rates (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) rates = sc_sessions_get_rates (fixture->sessions, fixture->id, &error);
  const ScJson *samples = json_object_get (rates, "content_bits_per_second");
  double interval = (double) json_integer_value (json_object_get (rates, "interval_ms")) / 1000;
  double elapsed = (double) json_integer_value (json_object_get (rates, "elapsed")) / G_USEC_PER_SEC;
  double sum = 0;

  g_assert_no_error (error);
  for (gsize i = 0; i < json_array_size (samples); i++)
    sum += (double) json_integer_value (json_array_get (samples, i)) * MIN (interval, elapsed - (double) i * interval);
  return sum;
}

/* What the first engine sent is not forgotten when the second one sends the rest. */
static void
test_restart_keeps_figures (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) all = test_store_make_bits (fixture->store, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogSession) session = NULL;
  g_autoptr (ScControlMessage) heard = NULL;
  double sums[2] = { 0, 0 };
  ScChunkId plan;

  heard = sc_control_message_new (SC_CONTROL_HEARD, deploy (fixture, "lab 1", NULL));
  for (guint i = 0; i < 2; i++) {
    prepare (fixture, fixture->a, all);
    answer_join (fixture->a, &plan);
    test_seat_send (fixture->a, heard);
    test_wait_for (has_sent_more, fixture);
    g_clear_pointer (&session, sc_catalog_session_free);
    g_clear_object (&fixture->sessions);
    session = sc_catalog_get_session (fixture->store->catalog, fixture->id, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (session->wire_bytes, >, fixture->sent_before);
    fixture->sent_before = 1000000000 * (guint64) (i + 1);
    session->wire_bytes = fixture->sent_before;
    session->plan_bytes = 1; /* as if the rest took more of a plan than the whole did */
    session->content_bytes++;
    g_assert_true (sc_catalog_save_session (fixture->store->catalog, session, &error));
    test_seat_free (fixture->a);
    make_sessions (fixture);
    sc_sessions_resume_all (fixture->sessions);
    sums[i] = sum_rates (fixture);
    fixture->a = join (fixture, SEAT_A, "lab 1");
  }
  g_assert_cmpfloat (sums[0], >, 0);
  g_assert_cmpfloat (sums[1], >, sums[0]);
}

/* The state is never over without the time and the seats' rows. */
static void
test_over_at_once (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogSession) session = NULL;

  deploy (fixture, "lab 1", NULL);
  g_assert_true (sc_sessions_cancel (fixture->sessions, fixture->id, &error));
  session = sc_catalog_get_session (fixture->store->catalog, fixture->id, &error);
  g_assert_no_error (error);
  g_assert_cmpint (session->state, ==, SC_SESSION_CANCELLED);
  g_assert_cmpint (session->ended, >=, session->created);
}

#define ADD(name, func) g_test_add ("/sessions/" name, Fixture, NULL, setup, func, teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("nothing-to-send", test_nothing_to_send);
  ADD ("refusals", test_refusals);
  ADD ("offline-seats", test_offline_seats);
  g_test_add ("/sessions/offline-window", Fixture, "day 03:00-04:00 UTC", setup, test_offline_seats, teardown);
  ADD ("returning-seats", test_returning_seats);
  ADD ("unsaved-end", test_unsaved_end);
  ADD ("catch-up", test_catch_up);
  ADD ("no-multicast", test_no_multicast);
  ADD ("pause-and-cancel", test_pause_and_cancel);
  ADD ("report-to-past-session", test_report_to_past_session);
  ADD ("restart", test_restart);
  ADD ("restart-keeps-figures", test_restart_keeps_figures);
  ADD ("over-at-once", test_over_at_once);
  return g_test_run ();
}
