/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/engine/catalog-fixture.h"

#include "common/sc-error.h"

#include <glib/gstdio.h>

void
catalog_fixture_set_up (CatalogFixture *fixture, gconstpointer data)
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

void
catalog_fixture_tear_down (CatalogFixture *fixture, gconstpointer data)
{
  sc_catalog_close (fixture->catalog);
  remove_directory (fixture->directory);
  g_free (fixture->directory);
}

void
catalog_fixture_reopen (CatalogFixture *fixture)
{
  g_autoptr (GError) error = NULL;

  sc_catalog_close (fixture->catalog);
  fixture->catalog = sc_catalog_open (fixture->directory, &error);
  g_assert_no_error (error);
}

void
catalog_set_text (char **member, const char *text)
{
  g_free (*member);
  *member = g_strdup (text);
}

ScInventory *
catalog_make_inventory (const char *seat, const char *name, const char *room)
{
  ScInventory *inventory = sc_inventory_new ();
  ScChunkId id;

  catalog_set_text (&inventory->seat, seat);
  catalog_set_text (&inventory->name, name);
  catalog_set_text (&inventory->room, room);
  catalog_set_text (&inventory->os, "Debian GNU/Linux 12 (bookworm)");
  catalog_set_text (&inventory->service_version, "0.1.0");
  catalog_set_text (&inventory->address, "10.1.0.23");
  catalog_set_text (&inventory->mac, "02:fc:00:00:00:17");
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

void
catalog_save_seat (ScCatalog *catalog, const char *seat, const char *name, const char *room, guint64 assigned)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScInventory) inventory = catalog_make_inventory (seat, name, room);

  g_assert_true (sc_catalog_save_inventory (catalog, inventory, NOW, &error));
  g_assert_no_error (error);
  if (assigned != 0) {
    g_assert_true (sc_catalog_assign_version (catalog, seat, assigned, &error));
    g_assert_no_error (error);
  }
}

int
catalog_changes_of_save (CatalogFixture *fixture, const ScInventory *inventory, gint64 now)
{
  sqlite3 *handle = sc_database_get_handle (fixture->catalog->database);
  g_autoptr (GError) error = NULL;
  int before = sqlite3_total_changes (handle);

  g_assert_true (sc_catalog_save_inventory (fixture->catalog, inventory, now, &error));
  g_assert_no_error (error);
  return sqlite3_total_changes (handle) - before;
}

guint64
catalog_add_session (ScCatalog *catalog, guint64 version, const char *room, const char *seat, ScTransferState state)
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
    .content_frames = 16,
    .delta_frames = 14,
    .delta_saved = 15,
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

void
catalog_assert_rollback (ScCatalog *catalog, const char *room, guint64 expected)
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
