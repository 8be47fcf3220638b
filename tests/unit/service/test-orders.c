/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a seat does of what it is ordered: only what is signed, for it, and new. */
#include "common/sc-error.h"
#include "sc-test-service.h"

#include <sqlite3.h>

#define OTHER_SEAT "a0b1c2d3-0000-4000-8000-00000000000f"

static void
start_connected (ScTestService *f)
{
  sc_test_service_start (f);
  sc_test_service_wait_for_inventory (f);
}

/* Takes over @order. */
static void
expect_refused (ScTestService *f, ScControlMessage *order, const char *words)
{
  guint64 session = order->session;

  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "An order of the console is refused: *");
  sc_test_service_say (f, order);
  g_autoptr (ScControlMessage) failed = sc_test_service_wait_for (f, SC_CONTROL_FAILED);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (failed->session, ==, session);
  g_assert_cmpstr (failed->failed.code, ==, "denied");
  g_assert_nonnull (strstr (failed->failed.message, words));
  /* what it did before may just be coming to its end; nothing has begun */
  g_assert_cmpint (sc_seat_core_get_phase (f->service->core), <=, SC_SEAT_STOPPING);
}

static void
test_forged (ScTestService *f, gconstpointer data)
{
  static const ScControlType types[] = { SC_CONTROL_PREPARE, SC_CONTROL_CATCH_UP };
  g_autoptr (TestAuthority) stranger = test_authority_new ();
  const ScPrivateKey *key = f->console.authority->signing_key;

  start_connected (f);
  sc_test_service_bring_to (f, 0, f->first);
  for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
    ScControlMessage *order = sc_test_service_make_order (f, types[i], 5, f->second);
    memset (&order->version.signature, 0, sizeof order->version.signature);
    expect_refused (f, order, "Version 2 is not signed");

    order = sc_test_service_make_order (f, types[i], 5, f->second);
    sc_signature_of_version (stranger->signing_key, order->version.version, &order->version.manifest,
                             &order->version.signature);
    expect_refused (f, order, "Version 2 is not signed");

    order = sc_test_service_make_order (f, types[i], 5, f->second);
    order->version.manifest = *sc_version_manifest_get_id (f->first->manifest); /* that of another version */
    expect_refused (f, order, "Version 2 is not signed");

    order = sc_test_service_make_order (f, types[i], 5, f->second);
    sc_signature_of_order (key, OTHER_SEAT, order->version.order, order->version.version, &order->version.manifest,
                           order->version.hooks, &order->version.order_signature);
    expect_refused (f, order, "not signed for this seat");

    order = sc_test_service_make_order (f, types[i], 5, f->second);
    order->version.order++;
    expect_refused (f, order, "not signed for this seat");
  }
  sc_test_service_assert_file (f, f->first, "windows");
  sc_test_service_bring_to (f, 0, f->second); /* nothing of that has used a number up */
}

/* An old order brings no old version back, not even after a restart. */
static void
test_replayed (ScTestService *f, gconstpointer data)
{
  g_autoptr (ScControlMessage) first = NULL;
  ScControlMessage *copy;

  start_connected (f);
  first = sc_test_service_make_order (f, SC_CONTROL_CATCH_UP, 0, f->first);
  g_autofree char *text = sc_control_message_to_json (first);
  soup_websocket_connection_send_text (f->socket, text);
  sc_test_service_assert_done (f, 0, 1, NULL);
  sc_test_service_bring_to (f, 0, f->second);
  copy = sc_control_message_parse (text, strlen (text), NULL);
  expect_refused (f, copy, "sent again");
  sc_test_service_quit (f);
  start_connected (f);
  copy = sc_control_message_parse (text, strlen (text), NULL);
  expect_refused (f, copy, "sent again");
  sc_test_service_assert_file (f, f->second, "windows");
}

/* What was noted down before there were signatures is not gone on with; the console orders it. */
static void
test_pending_of_before (ScTestService *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->state, "seat.db", NULL);
  g_autoptr (ScSeatState) state = sc_seat_state_open (f->state, NULL);
  sqlite3 *database = NULL;

  g_assert_true (sc_seat_state_set_pending (state, 0, 2, sc_version_manifest_get_id (f->second->manifest), NULL, NULL));
  g_clear_pointer (&state, sc_seat_state_close);
  g_assert_cmpint (sqlite3_open (path, &database), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (database, "UPDATE seat SET pending_is_ordered = 0", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (database);
  start_connected (f);
  sc_test_service_pass_time (f);
  g_assert_cmpint (sc_seat_core_get_phase (f->service->core), ==, SC_SEAT_IDLE);
  sc_test_service_assert_pending (f, 2);
  sc_test_service_bring_to (f, 0, f->second);
  sc_test_service_assert_pending (f, 0);
}

/* The seat is who its certificate says, whatever its state had made up before. */
static void
test_id (ScTestService *f, gconstpointer data)
{
  g_autoptr (ScSeatState) state = sc_seat_state_open (f->state, NULL);

  g_assert_cmpstr (sc_seat_state_get_seat (state), !=, TEST_AUTHORITY_SEAT);
  g_clear_pointer (&state, sc_seat_state_close);
  sc_test_service_start (f);
  g_autoptr (ScControlMessage) message = sc_test_service_wait_for (f, SC_CONTROL_INVENTORY);
  g_assert_cmpstr (message->inventory->seat, ==, TEST_AUTHORITY_SEAT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func)                                                                                                \
  g_test_add ("/service/orders/" name, ScTestService, NULL, sc_test_service_set_up, func, sc_test_service_tear_down)
  ADD ("forged", test_forged);
  ADD ("replayed", test_replayed);
  ADD ("pending-of-before", test_pending_of_before);
  ADD ("id", test_id);
  return g_test_run ();
}
