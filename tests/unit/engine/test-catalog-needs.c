/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "tests/unit/engine/catalog-fixture.h"

/* Ways back, needs, templates in use, verifications. */

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
test_rollback_of_seats (CatalogFixture *fixture, gconstpointer data)
{
  catalog_save_seat (fixture->catalog, "id-1", "pc-1", "A101", 4);
  catalog_save_seat (fixture->catalog, "id-2", "pc-2", "A101", 4);
  catalog_add_session (fixture->catalog, 1, "", "id-1", SC_TRANSFER_DONE);
  catalog_add_session (fixture->catalog, 2, "", "id-2", SC_TRANSFER_DONE);
  catalog_add_session (fixture->catalog, 3, "", "id-2", SC_TRANSFER_PLANNED); /* a dry run is not a deploy */
  catalog_assert_rollback (fixture->catalog, "A101", 2);
  g_assert_cmpuint (rollback_of (fixture->catalog, "id-1", 0, 0), ==, 1);
  g_assert_cmpuint (rollback_of (fixture->catalog, "id-2", 0, 0), ==, 2);
  g_assert_cmpuint (rollback_of (fixture->catalog, "id-1", 3, 0), ==, 3);
  g_assert_cmpuint (rollback_of (fixture->catalog, "id-1", 4, SC_ERROR_INVALID), ==, 0);
  g_assert_cmpuint (rollback_of (fixture->catalog, "id-9", 0, SC_ERROR_NOT_FOUND), ==, 0);
  catalog_save_seat (fixture->catalog, "id-3", "pc-3", "A101", 0); /* is assigned nothing */
  g_assert_cmpuint (rollback_of (fixture->catalog, "id-3", 1, SC_ERROR_NOT_FOUND), ==, 0);
}

/* What a seat says of its undo store and of templates in use. */
static void
test_ways_back (CatalogFixture *fixture, gconstpointer data)
{
  g_autoptr (ScInventory) inventory = catalog_make_inventory ("id-1", "pc-1", "A101");
  g_autoptr (ScCatalogSeat) seat = NULL;
  g_autoptr (GError) error = NULL;
  const ScInventoryTemplate *first, *second;

  inventory->reserve_bytes = 2 * GIB;
  inventory->undo_bytes = 3 * GIB + 1;
  g_array_append_vals (inventory->back, (guint64[]){ 7, 5 }, 2);
  ((ScInventoryTemplate *) g_ptr_array_index (inventory->templates, 1))->busy = TRUE;
  g_assert_true (sc_catalog_save_inventory (fixture->catalog, inventory, NOW, &error));
  g_assert_no_error (error);
  catalog_fixture_reopen (fixture);
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
  g_assert_cmpint (catalog_changes_of_save (fixture, inventory, NOW), >, 1);
}

static void
set_volume (ScVolume *volume, ScVolumeTraits traits, const char *reason)
{
  volume->traits = traits;
  catalog_set_text (&volume->file_system, "NTFS");
  catalog_set_text (&volume->reason, reason);
}

static void
test_volumes (CatalogFixture *fixture, gconstpointer data)
{
  g_autoptr (ScInventory) inventory = catalog_make_inventory ("id-1", "pc-1", "A101");
  g_autoptr (ScCatalogSeat) seat = NULL;
  g_autoptr (GError) error = NULL;

  set_volume (inventory->volume, SC_VOLUME_FORGETS | SC_VOLUME_COMPRESSES, "Unified Write Filter protects D:");
  inventory->volume->refused = SC_VOLUME_FORGETS;
  set_volume (inventory->state_volume, SC_VOLUME_DEDUPLICATES, "deduplication is on for C:");
  g_assert_cmpint (catalog_changes_of_save (fixture, inventory, NOW), >, 1);
  g_assert_cmpint (catalog_changes_of_save (fixture, inventory, NOW), ==, 0);
  catalog_fixture_reopen (fixture);
  seat = sc_catalog_find_seat (fixture->catalog, "id-1", &error);
  g_assert_no_error (error);
  g_assert_true (sc_volume_equal (seat->inventory->volume, inventory->volume));
  g_assert_true (sc_volume_equal (seat->inventory->state_volume, inventory->state_volume));
  inventory->volume->refused = 0; /* it was accepted */
  g_assert_cmpint (catalog_changes_of_save (fixture, inventory, NOW), >, 1);
}

/* Starts of a service, one after the other: what each counts, and since when it is known that its disk forgets. */
static void
test_forgetting (CatalogFixture *fixture, gconstpointer data)
{
  static const struct {
    const char *run;
    guint64 generation;
    gint64 forgot; /* minutes */
  } starts[] = {
    { "", 0, 0 }, /* does not tell */
    { "a", 5, 0 }, { "a", 5, 0 }, { "b", 6, 0 }, { "c", 6, 4 }, { "c", 6, 4 }, { "d", 6, 6 },
    { "e", 2, 7 }, { "e", 2, 7 }, { "f", 3, 0 }, { "", 0, 0 },  { "g", 1, 0 },
  };
  g_autoptr (ScInventory) inventory = catalog_make_inventory ("id-1", "pc-1", "A101");

  for (guint i = 0; i < G_N_ELEMENTS (starts); i++) {
    gint64 minute = 60 * G_USEC_PER_SEC;
    g_autoptr (ScCatalogSeat) seat = NULL;
    g_autoptr (GError) error = NULL;

    catalog_set_text (&inventory->run, starts[i].run);
    inventory->generation = starts[i].generation;
    inventory->free_bytes++; /* a seat has always something new to tell */
    g_assert_true (sc_catalog_save_inventory (fixture->catalog, inventory, NOW + i * minute, &error));
    g_assert_no_error (error);
    seat = sc_catalog_find_seat (fixture->catalog, "id-1", &error);
    g_assert_no_error (error);
    g_assert_cmpint (seat->forgot, ==, starts[i].forgot != 0 ? NOW + starts[i].forgot * minute : 0);
  }
}

static void
test_needs_and_dry_run (CatalogFixture *fixture, gconstpointer data)
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
  catalog_fixture_reopen (fixture);
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
test_verified (CatalogFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScVerified) verified = sc_verified_new ();
  g_autoptr (ScVerified) found = NULL;
  const ScVerifiedFile *file;
  gint64 ended = 0;

  catalog_save_seat (fixture->catalog, "id-1", "pc-1", "A101", 0);
  g_assert_null (sc_catalog_get_verified (fixture->catalog, "id-1", &ended, &error));
  g_assert_no_error (error); /* never */
  g_assert_true (sc_catalog_save_verified (fixture->catalog, "id-1", verified, NOW, &error));
  verified->bytes = 9 * GIB;
  verified->n_templates = 1;
  sc_verified_add_file (verified, "debian", "disks/a.vmdk", FALSE, 3);
  g_assert_true (sc_catalog_save_verified (fixture->catalog, "id-1", verified, NOW + 1, &error));
  g_assert_no_error (error);
  catalog_fixture_reopen (fixture);
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/catalog-needs/rollback-of-seats", CatalogFixture, NULL, catalog_fixture_set_up, test_rollback_of_seats,
              catalog_fixture_tear_down);
  g_test_add ("/catalog-needs/ways-back", CatalogFixture, NULL, catalog_fixture_set_up, test_ways_back,
              catalog_fixture_tear_down);
  g_test_add ("/catalog-needs/volumes", CatalogFixture, NULL, catalog_fixture_set_up, test_volumes,
              catalog_fixture_tear_down);
  g_test_add ("/catalog-needs/forgetting", CatalogFixture, NULL, catalog_fixture_set_up, test_forgetting,
              catalog_fixture_tear_down);
  g_test_add ("/catalog-needs/needs-and-dry-run", CatalogFixture, NULL, catalog_fixture_set_up, test_needs_and_dry_run,
              catalog_fixture_tear_down);
  g_test_add ("/catalog-needs/verified", CatalogFixture, NULL, catalog_fixture_set_up, test_verified,
              catalog_fixture_tear_down);
  return g_test_run ();
}
