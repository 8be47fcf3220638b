/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/engine/catalog/sc-catalog-private.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sqlite3.h>

#define GIB (1024ull * 1024 * 1024)
#define NOW G_GINT64_CONSTANT (1790000000123456)

typedef struct {
  char *directory;
  ScCatalog *catalog;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->directory = g_dir_make_tmp ("seatcast-catalog-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->catalog = sc_catalog_open (fixture->directory, &error);
  g_assert_no_error (error);
}

static void
remove_directory (const char *directory)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  const char *name = NULL;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (directory, name, NULL);

    g_assert_cmpint (g_unlink (path), ==, 0);
  }
  g_assert_cmpint (g_rmdir (directory), ==, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  sc_catalog_close (fixture->catalog);
  remove_directory (fixture->directory);
  g_free (fixture->directory);
}

static void
reopen (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  sc_catalog_close (fixture->catalog);
  fixture->catalog = sc_catalog_open (fixture->directory, &error);
  g_assert_no_error (error);
}

static void
set_text (char **member, const char *text)
{
  g_free (*member);
  *member = g_strdup (text);
}

static ScInventory *
make_inventory (const char *seat, const char *name, const char *room)
{
  ScInventory *inventory = sc_inventory_new ();
  ScChunkId id;

  set_text (&inventory->seat, seat);
  set_text (&inventory->name, name);
  set_text (&inventory->room, room);
  set_text (&inventory->os, "Debian GNU/Linux 12 (bookworm)");
  set_text (&inventory->service_version, "0.1.0");
  set_text (&inventory->address, "10.1.0.23");
  set_text (&inventory->mac, "02:fc:00:00:00:17");
  inventory->link_mbps = 1000;
  inventory->total_bytes = 500 * GIB;
  inventory->free_bytes = 123 * GIB + 1;
  inventory->version = 2;
  sc_chunk_id_of (&id, "a", 1);
  sc_inventory_add_template (inventory, "Windows 11 – Ünïcode", &id, 2, SC_TEMPLATE_CURRENT);
  sc_chunk_id_of (&id, "b", 1);
  sc_inventory_add_template (inventory, "debian", &id, 1, SC_TEMPLATE_DRIFTED);
  return inventory;
}

static void
save (ScCatalog *catalog, const char *seat, const char *name, const char *room, guint64 assigned)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScInventory) inventory = make_inventory (seat, name, room);

  g_assert_true (sc_catalog_save_inventory (catalog, inventory, NOW, &error));
  g_assert_no_error (error);
  if (assigned != 0) {
    g_assert_true (sc_catalog_assign_version (catalog, seat, assigned, &error));
    g_assert_no_error (error);
  }
}

static void
assert_seat_equal (const ScCatalogSeat *seat, const ScInventory *expected, guint64 assigned)
{
  const ScInventory *found = seat->inventory;

  g_assert_cmpuint (seat->assigned_version, ==, assigned);
  g_assert_cmpint (seat->last_seen, ==, NOW);
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
test_inventory (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScInventory) inventory = make_inventory ("id-1", "pc-1", "A101");
  g_autoptr (ScCatalogSeat) seat = NULL;

  save (fixture->catalog, "id-1", "pc-1", "A101", 7);
  reopen (fixture);
  seat = sc_catalog_find_seat (fixture->catalog, "id-1", &error);
  g_assert_no_error (error);
  assert_seat_equal (seat, inventory, 7);
  g_clear_pointer (&seat, sc_catalog_seat_free);

  /* a later inventory replaces the whole of the earlier one, and keeps the assignment */
  g_ptr_array_set_size (inventory->templates, 1);
  set_text (&inventory->room, "B202");
  inventory->free_bytes = 0;
  g_assert_true (sc_catalog_save_inventory (fixture->catalog, inventory, NOW, &error));
  seat = sc_catalog_find_seat (fixture->catalog, "pc-1", &error);
  g_assert_no_error (error);
  assert_seat_equal (seat, inventory, 7);
}

static int
changes_of_save (Fixture *fixture, const ScInventory *inventory, gint64 now)
{
  sqlite3 *handle = sc_database_get_handle (fixture->catalog->database);
  g_autoptr (GError) error = NULL;
  int before = sqlite3_total_changes (handle);

  g_assert_true (sc_catalog_save_inventory (fixture->catalog, inventory, now, &error));
  g_assert_no_error (error);
  return sqlite3_total_changes (handle) - before;
}

/* A seat that never stops talking costs no write each time. */
static void
test_same_inventory (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScInventory) inventory = make_inventory ("id-1", "pc-1", "A101");
  g_autoptr (ScCatalogSeat) seat = NULL;
  g_autoptr (ScStatement) statement = NULL;
  gboolean has_row = FALSE;
  ScChunkId id;

  g_assert_cmpint (changes_of_save (fixture, inventory, NOW), >, 1);
  for (guint i = 0; i < 1000; i++)
    g_assert_cmpint (changes_of_save (fixture, inventory, NOW + 999 * i), ==, 0);
  g_assert_cmpint (changes_of_save (fixture, inventory, NOW + G_USEC_PER_SEC), ==, 1);
  seat = sc_catalog_find_seat (fixture->catalog, "id-1", NULL);
  g_assert_cmpint (seat->last_seen, ==, NOW + G_USEC_PER_SEC);

  inventory->free_bytes--;
  g_assert_cmpint (changes_of_save (fixture, inventory, NOW + G_USEC_PER_SEC), >, 1);
  sc_chunk_id_of (&id, "c", 1);
  sc_inventory_add_template (inventory, "third", &id, 2, SC_TEMPLATE_CURRENT);
  g_assert_cmpint (changes_of_save (fixture, inventory, NOW + G_USEC_PER_SEC), >, 1);
  /* a clock that was set back holds nothing up */
  g_assert_cmpint (changes_of_save (fixture, inventory, NOW), ==, 1);

  /* all else is durable when it returns */
  statement = sc_database_prepare (fixture->catalog->database, "PRAGMA synchronous", NULL);
  g_assert_true (sc_database_step (fixture->catalog->database, statement, &has_row, NULL));
  g_assert_cmpint (sqlite3_column_int (statement, 0), ==, 2);
}

static void
test_find_seat (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogSeat) seat = NULL;
  g_autoptr (GPtrArray) seats = NULL;

  save (fixture->catalog, "id-1", "pc-1", "B202", 0);
  save (fixture->catalog, "id-2", "pc-2", "A101", 0);
  save (fixture->catalog, "id-3", "pc-2", "", 0);
  save (fixture->catalog, "id-4", "id-1", "A101", 0);

  g_assert_null (sc_catalog_find_seat (fixture->catalog, "pc-9", &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (sc_catalog_find_seat (fixture->catalog, "pc-2", &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_clear_error (&error);

  /* an id wins over a name that looks like it */
  seat = sc_catalog_find_seat (fixture->catalog, "id-1", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (seat->inventory->name, ==, "pc-1");

  g_assert_false (sc_catalog_assign_version (fixture->catalog, "pc-1", 1, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_clear_error (&error);

  seats = sc_catalog_list_seats (fixture->catalog, &error);
  g_assert_cmpuint (seats->len, ==, 4);
  g_assert_cmpstr (((ScCatalogSeat *) g_ptr_array_index (seats, 0))->inventory->seat, ==, "id-3");
  g_assert_cmpstr (((ScCatalogSeat *) g_ptr_array_index (seats, 1))->inventory->seat, ==, "id-4");
}

static guint64
add_session (ScCatalog *catalog, guint64 version, const char *room, const char *seat, ScTransferState state)
{
  g_autoptr (GError) error = NULL;
  ScCatalogSession session = {
    .version = version,
    .room = (char *) room,
    .state = SC_SESSION_DONE,
    .error = (char *) "",
    .created = NOW,
    .ended = NOW + 5,
    .rate_cap = 500000000,
    .plan_bytes = 100,
    .content_bytes = 3 * GIB,
    .wire_bytes = 4 * GIB,
    .source_packets = 11,
    .parity_packets = 12,
    .catch_up_bytes = 13,
  };
  ScCatalogSessionSeat session_seat = {
    .seat = (char *) seat,
    .state = state,
    .reason = (char *) "no multicast reaches it",
    .catch_up = TRUE,
    .version_before = 1,
    .total = 2 * GIB,
    .done = 1 * GIB,
    .repairs = 21,
    .received = 22,
    .lost = 23,
  };

  g_assert_true (sc_catalog_add_session (catalog, &session, &error));
  g_assert_no_error (error);
  g_assert_true (sc_catalog_save_session_seat (catalog, session.id, &session_seat, &error));
  g_assert_no_error (error);
  return session.id;
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
test_transaction (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) none = NULL;
  guint64 id;

  g_assert_true (sc_catalog_begin (fixture->catalog, &error));
  add_session (fixture->catalog, 1, "A101", "id-1", SC_TRANSFER_DONE);
  sc_catalog_rollback (fixture->catalog);
  none = sc_catalog_list_sessions (fixture->catalog, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (none->len, ==, 0);

  g_assert_true (sc_catalog_begin (fixture->catalog, &error));
  id = add_session (fixture->catalog, 1, "A101", "id-1", SC_TRANSFER_DONE);
  g_assert_true (sc_catalog_commit (fixture->catalog, &error));
  g_assert_no_error (error);
  reopen (fixture);
  assert_session_rows (fixture->catalog, id, 1, "A101", "id-1");
}

static void
test_sessions (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) sessions = NULL;
  g_autoptr (ScCatalogSession) session = NULL;
  guint64 first = add_session (fixture->catalog, 1, "A101", "id-1", SC_TRANSFER_DONE);
  guint64 second = add_session (fixture->catalog, 2, "", "id-1", SC_TRANSFER_DONE);

  g_assert_cmpuint (second, >, first);
  reopen (fixture);
  assert_session_rows (fixture->catalog, first, 1, "A101", "id-1");
  assert_session_rows (fixture->catalog, second, 2, "", "id-1");

  sessions = sc_catalog_list_sessions (fixture->catalog, 1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sessions->len, ==, 1);
  session = g_ptr_array_steal_index (sessions, 0);
  g_assert_cmpuint (session->id, ==, second);

  session->state = SC_SESSION_FAILED;
  set_text (&session->error, "the disk is full");
  g_assert_true (sc_catalog_save_session (fixture->catalog, session, &error));
  g_clear_pointer (&session, sc_catalog_session_free);
  session = sc_catalog_get_session (fixture->catalog, second, &error);
  g_assert_cmpint (session->state, ==, SC_SESSION_FAILED);
  g_assert_cmpstr (session->error, ==, "the disk is full");

  session->id = 99;
  g_assert_false (sc_catalog_save_session (fixture->catalog, session, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (sc_catalog_get_session (fixture->catalog, 99, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
}

static void
assert_rollback (ScCatalog *catalog, const char *room, guint64 expected)
{
  g_autoptr (GError) error = NULL;
  guint64 version = 0;
  gboolean found = sc_catalog_find_rollback (catalog, room, NULL, &version, &error);

  if (expected == 0) {
    g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
    g_assert_false (found);
  } else {
    g_assert_no_error (error);
    g_assert_true (found);
    g_assert_cmpuint (version, ==, expected);
  }
}

static void
test_rollback (Fixture *fixture, gconstpointer data)
{
  assert_rollback (fixture->catalog, NULL, 0);
  save (fixture->catalog, "id-1", "pc-1", "A101", 0);
  save (fixture->catalog, "id-2", "pc-2", "B202", 0);
  assert_rollback (fixture->catalog, "A101", 0);

  add_session (fixture->catalog, 1, "", "id-1", SC_TRANSFER_DONE);
  add_session (fixture->catalog, 2, "", "id-2", SC_TRANSFER_DONE);
  add_session (fixture->catalog, 3, "A101", "id-1", SC_TRANSFER_FAILED);
  add_session (fixture->catalog, 4, "A101", "id-1", SC_TRANSFER_DONE);
  save (fixture->catalog, "id-1", "pc-1", "A101", 4);

  assert_rollback (fixture->catalog, "A101", 1); /* 2 went to another room, 3 failed */
  assert_rollback (fixture->catalog, "B202", 0);
  assert_rollback (fixture->catalog, "", 2);
  assert_rollback (fixture->catalog, NULL, 2);
  assert_rollback (fixture->catalog, "C303", 0);
  save (fixture->catalog, "id-1", "pc-1", "A101", 1);
  assert_rollback (fixture->catalog, "A101", 0);
}

static guint64
rollback_of (ScCatalog *catalog, const char *seat, guint64 wanted, ScError code)
{
  g_autoptr (GPtrArray) seats = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  guint64 version = wanted;

  g_ptr_array_add (seats, (gpointer) seat);
  if (sc_catalog_find_rollback (catalog, NULL, seats, &version, &error)) {
    g_assert_no_error (error);
    return version;
  }
  g_assert_error (error, SC_ERROR, (int) code);
  return 0;
}

/* For seats that are named only what they had counts; a version that is named must be older than what they have. */
static void
test_rollback_of_seats (Fixture *fixture, gconstpointer data)
{
  save (fixture->catalog, "id-1", "pc-1", "A101", 4);
  save (fixture->catalog, "id-2", "pc-2", "A101", 4);
  add_session (fixture->catalog, 1, "", "id-1", SC_TRANSFER_DONE);
  add_session (fixture->catalog, 2, "", "id-2", SC_TRANSFER_DONE);
  add_session (fixture->catalog, 3, "", "id-2", SC_TRANSFER_PLANNED); /* a dry run is not a deploy */
  assert_rollback (fixture->catalog, "A101", 2);
  g_assert_cmpuint (rollback_of (fixture->catalog, "id-1", 0, 0), ==, 1);
  g_assert_cmpuint (rollback_of (fixture->catalog, "id-2", 0, 0), ==, 2);
  g_assert_cmpuint (rollback_of (fixture->catalog, "id-1", 3, 0), ==, 3);
  g_assert_cmpuint (rollback_of (fixture->catalog, "id-1", 4, SC_ERROR_INVALID), ==, 0);
  g_assert_cmpuint (rollback_of (fixture->catalog, "id-9", 0, SC_ERROR_NOT_FOUND), ==, 0);
}

/* What a seat says of its undo store and of templates in use. */
static void
test_ways_back (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScInventory) inventory = make_inventory ("id-1", "pc-1", "A101");
  g_autoptr (ScCatalogSeat) seat = NULL;
  g_autoptr (GError) error = NULL;
  const ScInventoryTemplate *first, *second;

  inventory->reserve_bytes = 2 * GIB;
  inventory->undo_bytes = 3 * GIB + 1;
  g_array_append_vals (inventory->back, (guint64[]){ 7, 5 }, 2);
  ((ScInventoryTemplate *) g_ptr_array_index (inventory->templates, 1))->busy = TRUE;
  g_assert_true (sc_catalog_save_inventory (fixture->catalog, inventory, NOW, &error));
  g_assert_no_error (error);
  reopen (fixture);
  seat = sc_catalog_find_seat (fixture->catalog, "id-1", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (seat->inventory->reserve_bytes, ==, 2 * GIB);
  g_assert_cmpuint (seat->inventory->undo_bytes, ==, 3 * GIB + 1);
  g_assert_cmpuint (seat->inventory->back->len, ==, 2);
  g_assert_cmpuint (g_array_index (seat->inventory->back, guint64, 0), ==, 7);
  g_assert_cmpuint (g_array_index (seat->inventory->back, guint64, 1), ==, 5);
  first = g_ptr_array_index (seat->inventory->templates, 0);
  second = g_ptr_array_index (seat->inventory->templates, 1);
  g_assert_false (first->busy);
  g_assert_true (second->busy);
  /* and a change of one of them alone is kept, too */
  inventory->undo_bytes = 0;
  g_assert_cmpint (changes_of_save (fixture, inventory, NOW), >, 1);
}

static void
test_needs_and_dry_run (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  ScCatalogSession session = { .version = 3, .room = (char *) "", .error = (char *) "", .dry_run = TRUE };
  ScCatalogSessionSeat row = { .seat = (char *) "id-1", .state = SC_TRANSFER_PLANNED, .reason = (char *) "" };
  g_autoptr (ScNeeds) needs = sc_needs_new ();
  g_autoptr (ScCatalogSession) found = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  const ScCatalogSessionSeat *kept;

  session.state = SC_SESSION_PLANNED;
  needs->peak_bytes = 5 * GIB;
  needs->ways[SC_WAY_UNDO].files = 3;
  g_ptr_array_add (needs->busy, g_strdup ("debian"));
  row.needs = needs;
  g_assert_true (sc_catalog_add_session (fixture->catalog, &session, &error));
  g_assert_true (sc_catalog_save_session_seat (fixture->catalog, session.id, &row, &error));
  g_assert_no_error (error);
  reopen (fixture);
  found = sc_catalog_get_session (fixture->catalog, session.id, &error);
  g_assert_no_error (error);
  g_assert_true (found->dry_run);
  g_assert_cmpint (found->state, ==, SC_SESSION_PLANNED);
  g_assert_true (sc_session_state_is_over (found->state));
  rows = sc_catalog_list_session_seats (fixture->catalog, session.id, &error);
  g_assert_no_error (error);
  kept = g_ptr_array_index (rows, 0);
  g_assert_cmpint (kept->state, ==, SC_TRANSFER_PLANNED);
  g_assert_cmpuint (kept->needs->peak_bytes, ==, 5 * GIB);
  g_assert_cmpuint (kept->needs->ways[SC_WAY_UNDO].files, ==, 3);
  g_assert_cmpstr (g_ptr_array_index (kept->needs->busy, 0), ==, "debian");
}

static void
test_verified (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScVerified) verified = sc_verified_new ();
  g_autoptr (ScVerified) found = NULL;
  const ScVerifiedFile *file;
  gint64 ended = 0;

  save (fixture->catalog, "id-1", "pc-1", "A101", 0);
  g_assert_null (sc_catalog_get_verified (fixture->catalog, "id-1", &ended, &error));
  g_assert_no_error (error); /* never */
  g_assert_true (sc_catalog_save_verified (fixture->catalog, "id-1", verified, NOW, &error));
  verified->bytes = 9 * GIB;
  verified->n_templates = 1;
  sc_verified_add_file (verified, "debian", "disks/a.vmdk", FALSE, 3);
  g_assert_true (sc_catalog_save_verified (fixture->catalog, "id-1", verified, NOW + 1, &error));
  g_assert_no_error (error);
  reopen (fixture);
  found = sc_catalog_get_verified (fixture->catalog, "id-1", &ended, &error);
  g_assert_no_error (error);
  g_assert_cmpint (ended, ==, NOW + 1);
  g_assert_cmpuint (found->bytes, ==, 9 * GIB);
  g_assert_cmpuint (found->n_files, ==, 1);
  file = g_ptr_array_index (found->files, 0);
  g_assert_cmpstr (file->path, ==, "disks/a.vmdk");
  g_assert_cmpuint (file->damaged_chunks, ==, 3);
  /* of a seat that nobody knows */
  g_assert_false (sc_catalog_save_verified (fixture->catalog, "id-9", verified, NOW, &error));
  g_assert_nonnull (error);
}

static void
test_damaged (Fixture *fixture, gconstpointer data)
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
test_later_schema (Fixture *fixture, gconstpointer data)
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

/* What every fixture holds, of whatever schema. */
static void
fill (ScCatalog *catalog)
{
  save (catalog, "6f7c2d3e-0d0b-4c33-8f0f-5d1a3c1d9a01", "pc-1", "A101", 2);
  save (catalog, "6f7c2d3e-0d0b-4c33-8f0f-5d1a3c1d9a02", "pc-2", "", 0);
  add_session (catalog, 1, "A101", "6f7c2d3e-0d0b-4c33-8f0f-5d1a3c1d9a01", SC_TRANSFER_DONE);
  add_session (catalog, 2, "", "6f7c2d3e-0d0b-4c33-8f0f-5d1a3c1d9a01", SC_TRANSFER_DONE);
}

static void
assert_filled (ScCatalog *catalog)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScInventory) first = make_inventory ("6f7c2d3e-0d0b-4c33-8f0f-5d1a3c1d9a01", "pc-1", "A101");
  g_autoptr (ScInventory) second = make_inventory ("6f7c2d3e-0d0b-4c33-8f0f-5d1a3c1d9a02", "pc-2", "");
  g_autoptr (GPtrArray) seats = sc_catalog_list_seats (catalog, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (seats->len, ==, 2);
  assert_seat_equal (g_ptr_array_index (seats, 0), second, 0);
  assert_seat_equal (g_ptr_array_index (seats, 1), first, 2);
  assert_session_rows (catalog, 1, 1, "A101", first->seat);
  assert_session_rows (catalog, 2, 2, "", first->seat);
  assert_rollback (catalog, "A101", 1);
}

static void
test_past_schema (Fixture *fixture, gconstpointer name)
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
  reopen (fixture);
  assert_filled (fixture->catalog);
}

/* tests/fixtures/README.md */
static int
make_fixture (const char *directory)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalog) catalog = sc_catalog_open (directory, &error);

  g_assert_no_error (error);
  fill (catalog);
  assert_filled (catalog);
  return 0;
}

int
main (int argc, char **argv)
{
  if (argc == 3 && g_str_equal (argv[1], "--make-fixture"))
    return make_fixture (argv[2]);

  g_test_init (&argc, &argv, NULL);
  g_test_add ("/catalog/inventory", Fixture, NULL, set_up, test_inventory, tear_down);
  g_test_add ("/catalog/same-inventory", Fixture, NULL, set_up, test_same_inventory, tear_down);
  g_test_add ("/catalog/find-seat", Fixture, NULL, set_up, test_find_seat, tear_down);
  g_test_add ("/catalog/transaction", Fixture, NULL, set_up, test_transaction, tear_down);
  g_test_add ("/catalog/sessions", Fixture, NULL, set_up, test_sessions, tear_down);
  g_test_add ("/catalog/rollback", Fixture, NULL, set_up, test_rollback, tear_down);
  g_test_add ("/catalog/rollback-of-seats", Fixture, NULL, set_up, test_rollback_of_seats, tear_down);
  g_test_add ("/catalog/ways-back", Fixture, NULL, set_up, test_ways_back, tear_down);
  g_test_add ("/catalog/needs-and-dry-run", Fixture, NULL, set_up, test_needs_and_dry_run, tear_down);
  g_test_add ("/catalog/verified", Fixture, NULL, set_up, test_verified, tear_down);
  g_test_add ("/catalog/damaged", Fixture, NULL, set_up, test_damaged, tear_down);
  g_test_add ("/catalog/later-schema", Fixture, NULL, set_up, test_later_schema, tear_down);
  g_test_add ("/catalog/schema-1", Fixture, "catalog-v1.db", set_up, test_past_schema, tear_down);
  return g_test_run ();
}
