/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-fleet.h"

#include "common/sc-error.h"

/* What a deploy assigns, whom it takes, and orders to single seats by what they are assigned. */

static void
assert_wanted (Fleet *fleet, const char *seat, const char *template_name, gboolean pinned, ScDue due)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogSeat) found = sc_catalog_find_seat (fleet->store->catalog, seat, &error);
  g_autoptr (ScSelection) expected = fleet_select_one (template_name);
  g_autoptr (ScSelection) wanted = NULL;

  g_assert_no_error (error);
  wanted = sc_catalog_seat_dup_wanted (found);
  g_assert_true (sc_selection_equal (wanted, expected));
  g_assert_cmpint (found->pinned, ==, pinned);
  g_assert_cmpint (found->due, ==, due);
}

static ScSelection *
wanted_of_room (Fleet *fleet, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogRoom) room = sc_catalog_load_room (fleet->store->catalog, name, &error);

  g_assert_no_error (error);
  return g_steal_pointer (&room->assigned);
}

/* A part of a version is a version of its own, the same one after a restart of the engine. */
static void
test_selection (Fleet *fleet, gconstpointer data)
{
  const char *const second[] = { "second", NULL };
  const char *const unknown[] = { "third", NULL };
  ScDeployRequest request = { .version = 1, .templates = unknown, .room = "lab 1" };
  g_autoptr (GError) error = NULL;
  g_autoptr (ScSelection) selection = fleet_select_one ("second");
  g_autoptr (ScVersionManifest) part = NULL;
  g_autoptr (GPtrArray) templates = NULL;
  g_autoptr (GBytes) none = NULL;
  ScChunkIndex *chunks;
  ScChunkId manifest;
  gsize length;

  g_assert_cmpuint (sc_sessions_deploy (fleet->sessions, &request, &error), ==, 0);
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_clear_error (&error);
  request.templates = second;
  fleet_deploy (fleet, &request);
  assert_wanted (fleet, SEAT_A, "second", FALSE, SC_DUE_NOT);
  part = sc_selection_apply (selection, fleet->store->version, &error);
  g_assert_no_error (error);
  templates = sc_store_get_templates (fleet->store->store, part, &error);
  chunks = sc_version_chunks_collect (templates);
  length = (sc_chunk_index_size (chunks) + 7) / 8;
  none = g_bytes_new_take (g_malloc0 (length), length);
  sc_chunk_index_free (chunks);
  {
    g_autoptr (ScControlMessage) order = test_seat_expect (fleet->a, SC_CONTROL_PREPARE);

    g_assert_true (sc_chunk_id_equal (&order->version.manifest, sc_version_manifest_get_id (part)));
  }
  g_object_unref (fleet->sessions);
  test_seat_free (fleet->a);
  fleet_make_sessions (fleet);
  sc_sessions_resume_all (fleet->sessions);
  fleet->a = fleet_join (fleet, SEAT_A, "lab 1");
  manifest = fleet_prepare (fleet, fleet->a, none);
  g_assert_true (sc_chunk_id_equal (&manifest, sc_version_manifest_get_id (part)));
  fleet_say_done (fleet->a, fleet->id);
  test_wait_for (fleet_nothing_runs, fleet);
  fleet_assert_over (fleet, SC_SESSION_DONE, SC_TRANSFER_DONE);
  /* outside sessions, too */
  fleet_expect_leave (fleet->a, SC_LEAVE_FINISHED);
  g_assert_true (sc_sessions_catch_up (fleet->sessions, SEAT_A, 0, &error));
  g_assert_no_error (error);
  {
    g_autoptr (ScControlMessage) order = test_seat_expect (fleet->a, SC_CONTROL_CATCH_UP);

    g_assert_true (sc_chunk_id_equal (&order->version.manifest, &manifest));
    g_assert_false (order->version.local);
  }
}

/* To seats: those are pinned for whom it is not their room's. To a room: those that are pinned are left out. */
static void
test_pins (Fleet *fleet, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScSelection) whole = fleet_select_one (NULL);
  g_autoptr (ScSelection) room = NULL;
  g_autoptr (ScSessionView) found = NULL;
  ScDeployRequest request = { .version = 1, .seats = fleet_both };

  fleet_assign (fleet, "lab 2", NULL);
  fleet_deploy (fleet, &request);
  assert_wanted (fleet, SEAT_A, NULL, TRUE, SC_DUE_NOT);
  assert_wanted (fleet, SEAT_B, NULL, FALSE, SC_DUE_NOT);
  g_assert_null (wanted_of_room (fleet, "lab 1"));
  g_assert_true (sc_sessions_cancel (fleet->sessions, fleet->id, &error));
  request.seats = NULL;
  fleet_deploy (fleet, &request);
  found = fleet_view (fleet);
  g_assert_cmpuint (found->seats->len, ==, 1);
  fleet_row_of (found, SEAT_B);
  room = wanted_of_room (fleet, "lab 1"); /* for when it is not pinned any more */
  g_assert_true (sc_selection_equal (room, whole));
  g_assert_true (sc_sessions_cancel (fleet->sessions, fleet->id, &error));
  request.room = "lab 1";
  g_assert_cmpuint (sc_sessions_deploy (fleet->sessions, &request, &error), ==, 0);
  g_assert_error (error, SC_ERROR, SC_ERROR_STATE);
  g_assert_nonnull (strstr (error->message, "pinned"));
}

/* A seat that a session has: staff are told which, the scheduler goes on with the others. */
static void
test_held (Fleet *fleet, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScSessionView) found = NULL;
  g_autofree char *named = NULL;
  ScDeployRequest request = { .version = 1 };

  fleet_assign (fleet, NULL, NULL);
  assert_wanted (fleet, SEAT_A, NULL, FALSE, SC_DUE_SESSION);
  named = g_strdup_printf ("a (session %" G_GUINT64_FORMAT ")", fleet_start (fleet, fleet_only_a));
  assert_wanted (fleet, SEAT_A, NULL, FALSE, SC_DUE_NOT);
  assert_wanted (fleet, SEAT_B, NULL, FALSE, SC_DUE_SESSION);
  g_assert_cmpuint (sc_sessions_deploy (fleet->sessions, &request, &error), ==, 0);
  g_assert_error (error, SC_ERROR, SC_ERROR_BUSY);
  g_assert_nonnull (strstr (error->message, named));
  g_clear_error (&error);
  request = (ScDeployRequest){ .version = 1, .seats = fleet_only_a, .by_scheduler = TRUE };
  g_assert_cmpuint (sc_sessions_deploy (fleet->sessions, &request, &error), ==, 0);
  g_assert_error (error, SC_ERROR, SC_ERROR_BUSY);
  fleet_start (fleet, fleet_both);
  found = fleet_view (fleet);
  g_assert_cmpuint (found->seats->len, ==, 1);
  fleet_row_of (found, SEAT_B);
  assert_wanted (fleet, SEAT_B, NULL, FALSE, SC_DUE_NOT);
}

static gboolean
b_is_gone (gpointer data)
{
  return !sc_seat_hub_is_online (((Fleet *) data)->hub, SEAT_B);
}

static gboolean
is_woken (gpointer data)
{
  return ((Fleet *) data)->woken->len > 0;
}

static void
test_wake (Fleet *fleet, gconstpointer data)
{
  g_autoptr (GBytes) all = test_store_make_bits (fleet->store, 1);
  g_autoptr (GBytes) none = g_bytes_new_take (g_malloc0 (g_bytes_get_size (all)), g_bytes_get_size (all));

  soup_websocket_connection_close (fleet->b->connection, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  test_wait_for (b_is_gone, fleet);
  test_seat_free (fleet->b);
  fleet_deploy (fleet, &(ScDeployRequest){ .version = 1, .seats = fleet_only_b, .wake = TRUE, .power_off = TRUE });
  test_wait_for (is_woken, fleet);
  g_assert_cmpstr (fleet->woken->str, ==, "b");
  fleet->b = fleet_join (fleet, SEAT_B, "lab 2");
  fleet_prepare (fleet, fleet->b, none);
  fleet_say_done (fleet->b, fleet->id);
  test_wait_for (fleet_nothing_runs, fleet);
  {
    g_autoptr (ScSessionView) found = fleet_view (fleet);

    g_assert_cmpint (found->session->state, ==, SC_SESSION_DONE);
    g_assert_true (found->session->power_off && found->session->wake);
  }
}

/* Of one without a known MAC address nobody waits for what cannot come. */
static void
test_wake_in_vain (Fleet *fleet, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogSeat) seat = NULL;
  g_autoptr (ScSessionView) found = NULL;

  soup_websocket_connection_close (fleet->b->connection, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  test_wait_for (b_is_gone, fleet);
  seat = sc_catalog_find_seat (fleet->store->catalog, SEAT_B, &error);
  g_assert_no_error (error);
  g_free (seat->inventory->mac);
  seat->inventory->mac = g_strdup ("");
  g_assert_true (sc_catalog_save_inventory (fleet->store->catalog, seat->inventory, g_get_real_time (), &error));
  fleet_deploy (fleet, &(ScDeployRequest){ .version = 1, .seats = fleet_only_b, .wake = TRUE });
  test_wait_for (fleet_nothing_runs, fleet);
  found = fleet_view (fleet);
  g_assert_cmpint (found->session->state, ==, SC_SESSION_FAILED);
  g_assert_nonnull (strstr (fleet_row_of (found, SEAT_B)->reason, "no MAC address"));
  g_assert_cmpuint (fleet->woken->len, ==, 0);
}

/* Only if that needs no network; it is not assigned by that. */
static void
test_go_back (Fleet *fleet, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScControlMessage) order = NULL;
  g_autoptr (GArray) readable = NULL;

  fleet_assign (fleet, "lab 1", "second");
  g_assert_false (sc_sessions_go_back (fleet->sessions, SEAT_A, 99, "a test", &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (sc_sessions_go_back (fleet->sessions, SEAT_A, 1, "a test", &error));
  g_assert_no_error (error);
  order = test_seat_expect (fleet->a, SC_CONTROL_CATCH_UP);
  g_assert_true (order->version.local);
  fleet_assign (fleet, "lab 1", "first");
  readable = sc_sessions_list_ordered (fleet->sessions, SEAT_A, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (readable->len, ==, 2);
  g_assert_cmpstr (g_array_index (readable, ScCatalogOrdered, 0).templates, ==, "[\"first\"]");
  g_assert_cmpstr (g_array_index (readable, ScCatalogOrdered, 1).templates, ==, "[\"second\"]");
  assert_wanted (fleet, SEAT_A, "first", FALSE, SC_DUE_SESSION);
}

#define ADD(name, func) g_test_add ("/sessions-desired/" name, Fleet, NULL, fleet_set_up, func, fleet_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("selection", test_selection);
  ADD ("pins", test_pins);
  ADD ("held", test_held);
  ADD ("wake", test_wake);
  ADD ("wake-in-vain", test_wake_in_vain);
  ADD ("go-back", test_go_back);
  return g_test_run ();
}
