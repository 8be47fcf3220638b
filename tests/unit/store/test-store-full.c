/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/store/full-disk.h"
#include "tests/unit/store/store-fixture.h"

#define KIB 1024u
#define PACK_LIMIT (1024 * KIB)

static FullDisk *
reopen_on_full_disk (StoreFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  FullDisk *disk;

  store_fixture_close (fixture);
  disk = full_disk_new (fixture->where);
  fixture->store = sc_store_open_with (fixture->where, &disk->base, PACK_LIMIT, &error);
  g_assert_no_error (error);
  return disk;
}

/* The disk is full after any number of bytes: nothing that was there is lost, and when there is room again, it goes on.
 */
static void
test_full_at_any_point (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *old = NULL;
  gboolean fitted = FALSE;
  guint n_refused = 0;

  store_fixture_write (fixture, "a/disk.vmdk", 1, 1500 * KIB);
  sc_publish_result_free (store_fixture_publish (fixture));
  old = store_fixture_copy_source (fixture, "old");
  store_fixture_write (fixture, "a/disk.vmdk", 2, 6000 * KIB);
  for (guint64 room = 0; !fitted; room += 500 * KIB) {
    FullDisk *disk = reopen_on_full_disk (fixture);
    g_autoptr (GError) error = NULL;
    g_autoptr (ScPublishResult) result = NULL;

    disk->room = room;
    result = sc_publish (fixture->store, fixture->source, "staff", "", 1, NULL, NULL, &error);
    disk->room = G_MAXUINT64;
    fitted = result != NULL;
    if (!fitted) {
      g_assert_error (error, SC_ERROR, SC_ERROR_NO_SPACE);
      g_assert_nonnull (strstr (error->message, "what was published before is safe"));
      n_refused++;
    }
    store_fixture_assert_sound (fixture, fitted ? 2 : 1);
    store_fixture_assert_version (fixture, 1, old);
  }
  g_assert_cmpuint (n_refused, >, 1);
  store_fixture_assert_version (fixture, 2, fixture->source);
}

static void
test_flush_fails (StoreFixture *fixture, gconstpointer data)
{
  FullDisk *disk;

  store_fixture_write (fixture, "a/disk.vmdk", 1, 1500 * KIB);
  disk = reopen_on_full_disk (fixture);
  disk->sync_fails = TRUE;
  /* cutting back cannot be made durable either: the store says that it takes no more */
  g_test_expect_message ("Seatcast", G_LOG_LEVEL_WARNING, "*could not be cut back*");
  store_fixture_publish_fails (fixture, SC_ERROR_SYSTEM, "Cannot flush");
  g_test_assert_expected_messages ();
  disk->sync_fails = FALSE;
  store_fixture_publish_fails (fixture, SC_ERROR_STATE, "restart the engine");
  store_fixture_close (fixture);
  store_fixture_open (fixture, PACK_LIMIT);
  store_fixture_assert_sound (fixture, 0);
  sc_publish_result_free (store_fixture_publish (fixture));
  store_fixture_assert_version (fixture, 1, fixture->source);
}

/* A version that was reported as failed must not appear later: its entry, though whole, is cut off. */
static void
test_failed_version_stays_failed (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *old = NULL;

  store_fixture_write (fixture, "a/disk.vmdk", 1, 300 * KIB);
  sc_publish_result_free (store_fixture_publish (fixture));
  old = store_fixture_copy_source (fixture, "old");
  store_fixture_change (fixture, "a/disk.vmdk", 0, 2, 100 * KIB);
  /* the index refuses version 2 at the last moment */
  sqlite3 *handle = NULL;
  g_autofree char *path = g_build_filename (fixture->where, "index.db", NULL);
  g_assert_cmpint (sqlite3_open (path, &handle), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (handle,
                                 "CREATE TRIGGER no BEFORE INSERT ON versions BEGIN SELECT raise (ABORT, 'no'); END",
                                 NULL, NULL, NULL),
                   ==, SQLITE_OK);
  store_fixture_publish_fails (fixture, SC_ERROR_SYSTEM, "no");
  g_assert_cmpint (sqlite3_exec (handle, "DROP TRIGGER no", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (handle);

  store_fixture_assert_sound (fixture, 1);
  g_autoptr (ScStoreReport) report = sc_store_rebuild_index (fixture->store, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (report->versions, ==, 1);
  store_fixture_assert_version (fixture, 1, old);
  g_autoptr (ScPublishResult) again = store_fixture_publish (fixture);
  g_assert_cmpuint (sc_version_manifest_get_number (again->version), ==, 2);
  g_assert_cmpuint (again->new_chunks, ==, 0); /* all but the version was stored */
}

#define ADD(name, function)                                                                                            \
  g_test_add ("/store-full/" name, StoreFixture, GUINT_TO_POINTER (PACK_LIMIT), store_fixture_set_up, function,        \
              store_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("full-at-any-point", test_full_at_any_point);
  ADD ("flush-fails", test_flush_fails);
  ADD ("failed-version-stays-failed", test_failed_version_stays_failed);
  return g_test_run ();
}
