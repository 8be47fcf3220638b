/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/engine/catalog/sc-catalog-audit.h"
#include "console/engine/catalog/sc-catalog-rooms.h"
#include "console/engine/catalog/sc-catalog-schedules.h"
#include "console/engine/catalog/sc-catalog-settings.h"
#include "console/engine/catalog/sc-catalog-staff.h"
#include "tests/unit/engine/catalog-fixture.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sqlite3.h>

static void
assert_seat_equal (const ScCatalogSeat *seat, const ScInventory *expected, guint64 assigned)
{
  const ScInventory *found = seat->inventory;

  g_assert_cmpuint (seat->assigned_version, ==, assigned);
  g_assert_cmpint (seat->last_seen, ==, NOW);
  g_assert_cmpstr (seat->room, ==, expected->room);
  g_assert_false (seat->place.is_set);
  g_assert_cmpstr (found->seat, ==, expected->seat);
  g_assert_cmpstr (found->name, ==, expected->name);
  g_assert_cmpstr (found->room, ==, expected->room);
  g_assert_cmpstr (found->os, ==, expected->os);
  g_assert_cmpstr (found->service_version, ==, expected->service_version);
  g_assert_cmpstr (found->address, ==, expected->address);
  g_assert_cmpstr (found->mac, ==, expected->mac);
  g_assert_cmpuint (found->link_mbps, ==, expected->link_mbps);
  g_assert_cmpuint (found->total_bytes, ==, expected->total_bytes);
  g_assert_cmpuint (found->free_bytes, ==, expected->free_bytes);
  g_assert_cmpuint (found->version, ==, expected->version);
  g_assert_cmpuint (found->templates->len, ==, expected->templates->len);
  for (guint i = 0; i < found->templates->len; i++) {
    const ScInventoryTemplate *a = g_ptr_array_index (found->templates, i);
    const ScInventoryTemplate *b = g_ptr_array_index (expected->templates, i);

    g_assert_cmpstr (a->name, ==, b->name);
    g_assert_true (sc_chunk_id_equal (&a->manifest, &b->manifest));
    g_assert_cmpuint (a->version, ==, b->version);
    g_assert_cmpint (a->state, ==, b->state);
  }
}

static void
test_inventory (CatalogFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScInventory) inventory = catalog_make_inventory ("id-1", "pc-1", "A101");
  g_autoptr (ScCatalogSeat) seat = NULL;

  catalog_save_seat (fixture->catalog, "id-1", "pc-1", "A101", 7);
  catalog_fixture_reopen (fixture);
  seat = sc_catalog_find_seat (fixture->catalog, "id-1", &error);
  g_assert_no_error (error);
  assert_seat_equal (seat, inventory, 7);
  g_clear_pointer (&seat, sc_catalog_seat_free);

  /* a later inventory replaces the whole of the earlier one, and keeps the assignment */
  g_ptr_array_set_size (inventory->templates, 1);
  inventory->free_bytes = 0;
  g_assert_true (sc_catalog_save_inventory (fixture->catalog, inventory, NOW, &error));
  seat = sc_catalog_find_seat (fixture->catalog, "pc-1", &error);
  g_assert_no_error (error);
  assert_seat_equal (seat, inventory, 7);
  g_clear_pointer (&seat, sc_catalog_seat_free);

  /* but what another room is assigned is the seat's from then on: nothing, here */
  catalog_set_text (&inventory->room, "B202");
  g_assert_true (sc_catalog_save_inventory (fixture->catalog, inventory, NOW, &error));
  seat = sc_catalog_find_seat (fixture->catalog, "pc-1", &error);
  g_assert_no_error (error);
  assert_seat_equal (seat, inventory, 0);
}

/* A seat that never stops talking costs no write each time. */
static void
test_same_inventory (CatalogFixture *fixture, gconstpointer data)
{
  g_autoptr (ScInventory) inventory = catalog_make_inventory ("id-1", "pc-1", "A101");
  g_autoptr (ScCatalogSeat) seat = NULL;
  g_autoptr (ScStatement) statement = NULL;
  gboolean has_row = FALSE;
  ScChunkId id;

  g_assert_cmpint (catalog_changes_of_save (fixture, inventory, NOW), >, 1);
  for (guint i = 0; i < 1000; i++)
    g_assert_cmpint (catalog_changes_of_save (fixture, inventory, NOW + 999 * i), ==, 0);
  g_assert_cmpint (catalog_changes_of_save (fixture, inventory, NOW + G_USEC_PER_SEC), ==, 1);
  seat = sc_catalog_find_seat (fixture->catalog, "id-1", NULL);
  g_assert_cmpint (seat->last_seen, ==, NOW + G_USEC_PER_SEC);

  inventory->free_bytes--;
  g_assert_cmpint (catalog_changes_of_save (fixture, inventory, NOW + G_USEC_PER_SEC), >, 1);
  sc_chunk_id_of (&id, "c", 1);
  sc_inventory_add_template (inventory, "third", &id, 2, SC_TEMPLATE_CURRENT);
  g_assert_cmpint (catalog_changes_of_save (fixture, inventory, NOW + G_USEC_PER_SEC), >, 1);
  /* a clock that was set back holds nothing up */
  g_assert_cmpint (catalog_changes_of_save (fixture, inventory, NOW), ==, 1);

  /* all else is durable when it returns */
  statement = sc_database_prepare (fixture->catalog->database, "PRAGMA synchronous", NULL);
  g_assert_true (sc_database_step (fixture->catalog->database, statement, &has_row, NULL));
  g_assert_cmpint (sqlite3_column_int (statement, 0), ==, 2);
}

static gboolean
is_third (gpointer data, const char *seat)
{
  return g_str_equal (seat, "id-3");
}

static gboolean
is_anybody (gpointer data, const char *seat)
{
  return TRUE;
}

static void
test_find_seat (CatalogFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogSeat) seat = NULL;
  g_autoptr (GPtrArray) seats = NULL;

  catalog_save_seat (fixture->catalog, "id-1", "pc-1", "B202", 0);
  catalog_save_seat (fixture->catalog, "id-2", "pc-2", "A101", 0);
  catalog_save_seat (fixture->catalog, "id-3", "pc-2", "", 0);
  catalog_save_seat (fixture->catalog, "id-4", "id-1", "A101", 0);

  g_assert_null (sc_catalog_find_seat (fixture->catalog, "pc-9", &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (sc_catalog_find_seat (fixture->catalog, "pc-2", &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_clear_error (&error);

  /* a machine that was set up anew has left an old record of its name */
  sc_catalog_set_presence (fixture->catalog, is_third, NULL);
  seat = sc_catalog_find_seat (fixture->catalog, "pc-2", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (seat->inventory->seat, ==, "id-3");
  g_clear_pointer (&seat, sc_catalog_seat_free);
  sc_catalog_set_presence (fixture->catalog, is_anybody, NULL);
  g_assert_null (sc_catalog_find_seat (fixture->catalog, "pc-2", &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_clear_error (&error);
  sc_catalog_set_presence (fixture->catalog, NULL, NULL);

  /* an id wins over a name that looks like it */
  seat = sc_catalog_find_seat (fixture->catalog, "id-1", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (seat->inventory->name, ==, "pc-1");

  g_assert_false (sc_catalog_assign_version (fixture->catalog, "pc-1", 1, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_clear_error (&error);

  seats = sc_catalog_list_seats (fixture->catalog, NULL, &error);
  g_assert_cmpuint (seats->len, ==, 4);
  g_assert_cmpstr (((ScCatalogSeat *) g_ptr_array_index (seats, 0))->inventory->seat, ==, "id-3");
  g_assert_cmpstr (((ScCatalogSeat *) g_ptr_array_index (seats, 1))->inventory->seat, ==, "id-4");
}

static void
assert_session_rows (ScCatalog *catalog, guint64 id, guint64 version, const char *room, const char *seat)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogSession) session = sc_catalog_get_session (catalog, id, &error);
  g_autoptr (GPtrArray) seats = sc_catalog_list_session_seats (catalog, id, &error);
  const ScCatalogSessionSeat *row = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (session->id, ==, id);
  g_assert_cmpuint (session->version, ==, version);
  g_assert_cmpstr (session->room, ==, room);
  g_assert_cmpint (session->state, ==, SC_SESSION_DONE);
  g_assert_cmpstr (session->error, ==, "");
  g_assert_cmpint (session->created, ==, NOW);
  g_assert_cmpint (session->ended, ==, NOW + 5);
  g_assert_cmpuint (session->rate_cap, ==, 500000000);
  g_assert_cmpuint (session->plan_bytes, ==, 100);
  g_assert_cmpuint (session->content_bytes, ==, 3 * GIB);
  g_assert_cmpuint (session->wire_bytes, ==, 4 * GIB);
  g_assert_cmpuint (session->source_packets, ==, 11);
  g_assert_cmpuint (session->parity_packets, ==, 12);
  g_assert_cmpuint (session->catch_up_bytes, ==, 13);

  g_assert_cmpuint (seats->len, ==, 1);
  row = g_ptr_array_index (seats, 0);
  g_assert_cmpstr (row->seat, ==, seat);
  g_assert_cmpint (row->state, ==, SC_TRANSFER_DONE);
  g_assert_cmpstr (row->reason, ==, "no multicast reaches it");
  g_assert_true (row->catch_up);
  g_assert_cmpuint (row->version_before, ==, 1);
  g_assert_cmpuint (row->total, ==, 2 * GIB);
  g_assert_cmpuint (row->done, ==, 1 * GIB);
  g_assert_cmpuint (row->repairs, ==, 21);
  g_assert_cmpuint (row->received, ==, 22);
  g_assert_cmpuint (row->lost, ==, 23);
}

/* What was saved since begin is gone after a rollback, and there, together, after a commit. */
static void
test_transaction (CatalogFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) none = NULL;
  guint64 id;

  g_assert_true (sc_catalog_begin (fixture->catalog, &error));
  catalog_add_session (fixture->catalog, 1, "A101", "id-1", SC_TRANSFER_DONE);
  sc_catalog_rollback (fixture->catalog);
  none = sc_catalog_list_sessions (fixture->catalog, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (none->len, ==, 0);

  g_assert_true (sc_catalog_begin (fixture->catalog, &error));
  id = catalog_add_session (fixture->catalog, 1, "A101", "id-1", SC_TRANSFER_DONE);
  g_assert_true (sc_catalog_commit (fixture->catalog, &error));
  g_assert_no_error (error);
  catalog_fixture_reopen (fixture);
  assert_session_rows (fixture->catalog, id, 1, "A101", "id-1");
}

static void
test_sessions (CatalogFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) sessions = NULL;
  g_autoptr (ScCatalogSession) session = NULL;
  guint64 first = catalog_add_session (fixture->catalog, 1, "A101", "id-1", SC_TRANSFER_DONE);
  guint64 second = catalog_add_session (fixture->catalog, 2, "", "id-1", SC_TRANSFER_DONE);

  g_assert_cmpuint (second, >, first);
  catalog_fixture_reopen (fixture);
  assert_session_rows (fixture->catalog, first, 1, "A101", "id-1");
  assert_session_rows (fixture->catalog, second, 2, "", "id-1");

  sessions = sc_catalog_list_sessions (fixture->catalog, 1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sessions->len, ==, 1);
  session = g_ptr_array_steal_index (sessions, 0);
  g_assert_cmpuint (session->id, ==, second);
  g_assert_cmpuint (session->content_frames, ==, 16);
  g_assert_cmpuint (session->delta_frames, ==, 14);
  g_assert_cmpuint (session->delta_saved, ==, 15);

  session->state = SC_SESSION_FAILED;
  session->content_frames = 26;
  catalog_set_text (&session->error, "the disk is full");
  g_assert_true (sc_catalog_save_session (fixture->catalog, session, &error));
  g_clear_pointer (&session, sc_catalog_session_free);
  session = sc_catalog_get_session (fixture->catalog, second, &error);
  g_assert_cmpint (session->state, ==, SC_SESSION_FAILED);
  g_assert_cmpstr (session->error, ==, "the disk is full");
  g_assert_cmpuint (session->content_frames, ==, 26);
  g_assert_cmpuint (session->delta_frames, ==, 14);

  session->id = 99;
  g_assert_false (sc_catalog_save_session (fixture->catalog, session, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (sc_catalog_get_session (fixture->catalog, 99, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
}

static void
test_rollback (CatalogFixture *fixture, gconstpointer data)
{
  catalog_assert_rollback (fixture->catalog, NULL, 0);
  catalog_save_seat (fixture->catalog, "id-1", "pc-1", "A101", 0);
  catalog_save_seat (fixture->catalog, "id-2", "pc-2", "B202", 0);
  catalog_assert_rollback (fixture->catalog, "A101", 0);

  catalog_add_session (fixture->catalog, 1, "", "id-1", SC_TRANSFER_DONE);
  catalog_add_session (fixture->catalog, 2, "", "id-2", SC_TRANSFER_DONE);
  catalog_add_session (fixture->catalog, 3, "A101", "id-1", SC_TRANSFER_FAILED);
  catalog_add_session (fixture->catalog, 4, "A101", "id-1", SC_TRANSFER_DONE);
  catalog_save_seat (fixture->catalog, "id-1", "pc-1", "A101", 4);

  catalog_assert_rollback (fixture->catalog, "A101", 1); /* 2 went to another room, 3 failed */
  catalog_assert_rollback (fixture->catalog, "B202", 0);
  catalog_assert_rollback (fixture->catalog, "", 2);
  catalog_assert_rollback (fixture->catalog, NULL, 2);
  catalog_assert_rollback (fixture->catalog, "C303", 0);
  catalog_save_seat (fixture->catalog, "id-1", "pc-1", "A101", 1);
  catalog_assert_rollback (fixture->catalog, "A101", 0);
}

static void
test_damaged (CatalogFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (fixture->directory, "catalog.db", NULL);
  g_autofree char *bytes = g_strnfill (20000, 'x');
  g_autofree char *found = NULL;
  gsize length = 0;

  g_clear_pointer (&fixture->catalog, sc_catalog_close);
  g_assert_true (g_file_set_contents (path, bytes, 20000, NULL));
  g_assert_null (sc_catalog_open (fixture->directory, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, path));
  g_assert_true (g_file_get_contents (path, &found, &length, NULL));
  g_assert_cmpmem (found, length, bytes, 20000); /* left as it is */
}

static void
test_later_schema (CatalogFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (fixture->directory, "catalog.db", NULL);
  sqlite3 *database = NULL;

  g_clear_pointer (&fixture->catalog, sc_catalog_close);
  g_assert_cmpint (sqlite3_open (path, &database), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (database, "PRAGMA user_version = 1000", NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (database), ==, SQLITE_OK);
  g_assert_null (sc_catalog_open (fixture->directory, &error));
  g_assert_nonnull (error);
  g_assert_true (error->domain == SC_ERROR);
}

/* What fixtures hold from schema 5 on. */
static void
fill_history (ScCatalog *catalog)
{
  static const char *const actions[] = { "publish", "deploy", "session-end" };
  const ScCatalogSettings settings = { .rate_cap_set = TRUE,
                                       .rate_cap = 500000000,
                                       .publish_directory = (char *) "/srv/templates" };
  g_autoptr (GError) error = NULL;

  g_assert_true (sc_catalog_save_settings (catalog, &settings, &error));
  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++) {
    g_autoptr (ScActivityEntry) entry = sc_activity_entry_new (actions[i]);

    entry->time = NOW;
    entry->version = 1;
    entry->done = TRUE;
    sc_activity_entry_set_text (&entry->who, "anna@büro");
    sc_activity_entry_set_text (&entry->address, "10.1.0.9");
    sc_activity_entry_add_seat (entry, "pc-1");
    g_assert_true (sc_catalog_add_activity (catalog, entry, &error));
  }
  g_assert_no_error (error);
}

/* What fixtures hold from schema 7 on. */
static void
add_schedule (ScCatalog *catalog, gboolean rate_cap_set, guint64 rate_cap)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) seats = g_ptr_array_new ();
  ScCatalogSchedule schedule = { .what = SC_SCHEDULE_NEWEST,
                                 .templates = (char *) "",
                                 .room = (char *) "A101",
                                 .seats = seats,
                                 .kind = SC_SCHEDULE_AT,
                                 .at = NOW,
                                 .zone = (char *) "",
                                 .rate_cap_set = rate_cap_set,
                                 .rate_cap = rate_cap,
                                 .author = (char *) "anna",
                                 .created = NOW,
                                 .next = NOW,
                                 .error = (char *) "" };

  g_assert_true (sc_catalog_add_schedule (catalog, &schedule, &error));
  g_assert_no_error (error);
}

static void
fill_schedules (ScCatalog *catalog)
{
  add_schedule (catalog, FALSE, 0);
  add_schedule (catalog, TRUE, 50000000);
}

static void
assert_schedules (ScCatalog *catalog)
{
  static const struct {
    gboolean rate_cap_set;
    guint64 rate_cap;
  } expected[] = { { FALSE, 0 }, { TRUE, 50000000 } };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    g_autoptr (ScCatalogSchedule) schedule = sc_catalog_get_schedule (catalog, i + 1, &error);

    g_assert_no_error (error);
    g_assert_cmpint (schedule->rate_cap_set, ==, expected[i].rate_cap_set);
    g_assert_cmpuint (schedule->rate_cap, ==, expected[i].rate_cap);
  }
}

/* What every fixture holds, of whatever schema. */
static void
fill (ScCatalog *catalog)
{
  catalog_save_seat (catalog, "6f7c2d3e-0d0b-4c33-8f0f-5d1a3c1d9a01", "pc-1", "A101", 2);
  catalog_save_seat (catalog, "6f7c2d3e-0d0b-4c33-8f0f-5d1a3c1d9a02", "pc-2", "", 0);
  catalog_add_session (catalog, 1, "A101", "6f7c2d3e-0d0b-4c33-8f0f-5d1a3c1d9a01", SC_TRANSFER_DONE);
  catalog_add_session (catalog, 2, "", "6f7c2d3e-0d0b-4c33-8f0f-5d1a3c1d9a01", SC_TRANSFER_DONE);
}

static void
assert_filled (ScCatalog *catalog)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScInventory) first = catalog_make_inventory ("6f7c2d3e-0d0b-4c33-8f0f-5d1a3c1d9a01", "pc-1", "A101");
  g_autoptr (ScInventory) second = catalog_make_inventory ("6f7c2d3e-0d0b-4c33-8f0f-5d1a3c1d9a02", "pc-2", "");
  g_autoptr (GPtrArray) seats = sc_catalog_list_seats (catalog, NULL, &error);
  g_autoptr (GPtrArray) rooms = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (seats->len, ==, 2);
  assert_seat_equal (g_ptr_array_index (seats, 0), second, 0);
  assert_seat_equal (g_ptr_array_index (seats, 1), first, 2);
  assert_session_rows (catalog, 1, 1, "A101", first->seat);
  assert_session_rows (catalog, 2, 2, "", first->seat);
  catalog_assert_rollback (catalog, "A101", 1);
  rooms = sc_catalog_list_rooms (catalog, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rooms->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (rooms, 0), ==, "A101");
}

static void
test_past_schema (CatalogFixture *fixture, gconstpointer name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *source = g_test_build_filename (G_TEST_DIST, "..", "..", "fixtures", name, NULL);
  g_autofree char *target = g_build_filename (fixture->directory, "catalog.db", NULL);
  g_autofree char *bytes = NULL;
  gsize length = 0;

  sc_catalog_close (fixture->catalog);
  fixture->catalog = NULL;
  g_assert_true (g_file_get_contents (source, &bytes, &length, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_set_contents (target, bytes, (gssize) length, &error));
  fixture->catalog = sc_catalog_open (fixture->directory, &error);
  g_assert_no_error (error);
  assert_filled (fixture->catalog);
  catalog_fixture_reopen (fixture);
  assert_filled (fixture->catalog);
}

/* What was done before there was a chain stays as it was; the chain begins with what is done next. */
static void
test_schema_5 (CatalogFixture *fixture, gconstpointer name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScActivityEntry) entry = sc_activity_entry_new ("pause");
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GPtrArray) users = NULL;
  g_autofree char *path = NULL;
  g_auto (ScCatalogSettings) settings = { 0 };
  ScAudit audit;

  test_past_schema (fixture, name);
  sc_activity_entry_set_text (&entry->role, "operator");
  g_assert_true (sc_catalog_add_activity (fixture->catalog, entry, &error));
  entries = sc_catalog_list_activity (fixture->catalog, 0, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (entries->len, ==, 4);
  for (guint i = 0; i < entries->len; i++) {
    const ScActivityEntry *kept = g_ptr_array_index (entries, i);

    g_assert_cmpuint (kept->id, ==, 4 - i);
    g_assert_cmpstr (kept->role, ==, i == 0 ? "operator" : "");
    g_assert_cmpint (*kept->hash == '\0', ==, i != 0);
    g_assert_cmpstr (kept->who, ==, i == 0 ? "" : "anna@büro");
  }
  path = sc_catalog_dup_path (fixture->catalog);
  g_assert_true (sc_audit_verify (path, NULL, &audit, &error));
  g_assert_true (audit.intact);
  g_assert_cmpuint (audit.entries, ==, 1);
  g_assert_true (sc_catalog_get_settings (fixture->catalog, &settings, &error));
  g_assert_cmpstr (settings.publish_directory, ==, "/srv/templates");
  users = sc_catalog_list_users (fixture->catalog, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (users->len, ==, 0);
}

/* A rate of 0 was none that anybody set, and is not “as fast as the seats take it” now. What nobody counted then is 0.
 */
static void
test_schema_7 (CatalogFixture *fixture, gconstpointer name)
{
  g_autoptr (GError) error = NULL;
  g_auto (ScCatalogSettings) settings = { 0 };
  g_autoptr (GPtrArray) seats = NULL;
  const ScCatalogSessionSeat *seat = NULL;

  test_past_schema (fixture, name);
  assert_schedules (fixture->catalog);
  g_assert_true (sc_catalog_get_settings (fixture->catalog, &settings, &error));
  g_assert_no_error (error);
  g_assert_true (settings.rate_cap_set);
  g_assert_cmpuint (settings.rate_cap, ==, 500000000);
  seats = sc_catalog_list_session_seats (fixture->catalog, 1, &error);
  g_assert_no_error (error);
  seat = g_ptr_array_index (seats, 0);
  g_assert_cmpuint (seat->lost, ==, 23);
  g_assert_cmpuint (seat->dropped, ==, 0);
  g_assert_cmpuint (seat->charged, ==, 0);
  g_assert_cmpint (seat->waited, ==, 0);
  g_assert_null (seat->demotions);
}

/* tests/fixtures/README.md */
static int
make_fixture (const char *directory)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalog) catalog = sc_catalog_open (directory, &error);

  g_assert_no_error (error);
  fill (catalog);
  fill_history (catalog);
  fill_schedules (catalog);
  assert_filled (catalog);
  assert_schedules (catalog);
  return 0;
}

int
main (int argc, char **argv)
{
  if (argc == 3 && g_str_equal (argv[1], "--make-fixture"))
    return make_fixture (argv[2]);

  g_test_init (&argc, &argv, NULL);
  g_test_add ("/catalog/inventory", CatalogFixture, NULL, catalog_fixture_set_up, test_inventory,
              catalog_fixture_tear_down);
  g_test_add ("/catalog/same-inventory", CatalogFixture, NULL, catalog_fixture_set_up, test_same_inventory,
              catalog_fixture_tear_down);
  g_test_add ("/catalog/find-seat", CatalogFixture, NULL, catalog_fixture_set_up, test_find_seat,
              catalog_fixture_tear_down);
  g_test_add ("/catalog/transaction", CatalogFixture, NULL, catalog_fixture_set_up, test_transaction,
              catalog_fixture_tear_down);
  g_test_add ("/catalog/sessions", CatalogFixture, NULL, catalog_fixture_set_up, test_sessions,
              catalog_fixture_tear_down);
  g_test_add ("/catalog/rollback", CatalogFixture, NULL, catalog_fixture_set_up, test_rollback,
              catalog_fixture_tear_down);
  g_test_add ("/catalog/damaged", CatalogFixture, NULL, catalog_fixture_set_up, test_damaged,
              catalog_fixture_tear_down);
  g_test_add ("/catalog/later-schema", CatalogFixture, NULL, catalog_fixture_set_up, test_later_schema,
              catalog_fixture_tear_down);
  g_test_add ("/catalog/schema-1", CatalogFixture, "catalog-v1.db", catalog_fixture_set_up, test_past_schema,
              catalog_fixture_tear_down);
  g_test_add ("/catalog/schema-2", CatalogFixture, "catalog-v2.db", catalog_fixture_set_up, test_past_schema,
              catalog_fixture_tear_down);
  g_test_add ("/catalog/schema-3", CatalogFixture, "catalog-v3.db", catalog_fixture_set_up, test_past_schema,
              catalog_fixture_tear_down);
  g_test_add ("/catalog/schema-4", CatalogFixture, "catalog-v4.db", catalog_fixture_set_up, test_past_schema,
              catalog_fixture_tear_down);
  g_test_add ("/catalog/schema-5", CatalogFixture, "catalog-v5.db", catalog_fixture_set_up, test_schema_5,
              catalog_fixture_tear_down);
  g_test_add ("/catalog/schema-6", CatalogFixture, "catalog-v6.db", catalog_fixture_set_up, test_past_schema,
              catalog_fixture_tear_down);
  g_test_add ("/catalog/schema-7", CatalogFixture, "catalog-v7.db", catalog_fixture_set_up, test_schema_7,
              catalog_fixture_tear_down);
  return g_test_run ();
}
