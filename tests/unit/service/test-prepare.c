/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The first step of an order, with real manifests, state and repository; and the inventory of what came of it. */
#include "common/sc-error.h"
#include "prepare-fixture.h"
#include "tests/unit/apply/test-special.h"

#include <glib/gstdio.h>
#include <string.h>

static const ScApplySettings settings = { SC_APPLY_DEFAULT, SC_APPLY_DEFAULT, NULL };

static gint frozen; /* read on another thread */

static ScVolume *
inspect_frozen (const char *directory, gboolean ask, GError **error)
{
  ScVolume *volume = sc_volume_new ();

  if (g_atomic_int_get (&frozen) != 0) {
    volume->traits = SC_VOLUME_FORGETS;
    g_free (volume->reason);
    volume->reason = g_strdup ("Deep Freeze is frozen");
  }
  return volume;
}

static void
assert_untouched (PrepareFixture *f)
{
  g_autofree char *manifests = g_build_filename (f->root, "state", "manifests", NULL);
  g_autoptr (GPtrArray) names = sc_disk_list (f->disk, ".", NULL);
  g_autoptr (GDir) kept = g_dir_open (manifests, 0, NULL);

  g_assert_cmpuint (names->len, ==, 0);
  g_assert_null (g_dir_read_name (kept));
  g_assert_cmpuint (f->n_requests, ==, 0);
}

/* Nothing is written, nothing is fetched; it is looked at anew at the next order. */
static void
test_frozen (PrepareFixture *f, gconstpointer name_in_version)
{
  g_autoptr (ScSeatVolumes) volumes = sc_seat_volumes_new ("/repository", "/state", 0, inspect_frozen);
  g_autoptr (ScSeatVolumes) accepting =
      sc_seat_volumes_new ("/repository", "/state", SC_VOLUME_FORGETS, inspect_frozen);

  g_atomic_int_set (&frozen, 1);
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "No update will be taken*Deep Freeze is frozen*");
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "*own data*forgets*");
  prepare_fixture_run_on (f, 4, volumes);
  g_test_assert_expected_messages ();
  g_assert_error (f->error, SC_ERROR, SC_ERROR_STATE);
  g_assert_nonnull (strstr (f->error->message, "Deep Freeze is frozen"));
  assert_untouched (f);
  prepare_fixture_run_on (f, 4, volumes);
  g_assert_error (f->error, SC_ERROR, SC_ERROR_STATE);
  assert_untouched (f);

  g_atomic_int_set (&frozen, 0);
  prepare_fixture_run_on (f, 4, volumes);
  g_assert_no_error (f->error);
  g_assert_cmpuint (f->n_requests, ==, 2);
  g_atomic_int_set (&frozen, 1);
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "The repository's volume: Deep Freeze is frozen");
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "*own data*forgets*");
  prepare_fixture_run_on (f, 4, accepting);
  g_test_assert_expected_messages ();
  g_assert_no_error (f->error);
}

static void
test_prepare (PrepareFixture *f, gconstpointer name_in_version)
{
  prepare_fixture_run (f, 4);
  g_assert_no_error (f->error);
  g_assert_cmpuint (sc_apply_get_lacks_bytes (f->apply), ==, FILE_SIZE);
  g_assert_cmpuint (f->n_requests, ==, 2);
  /* The manifests are kept: nothing is asked for again */
  prepare_fixture_withdraw (f, sc_template_manifest_get_id (f->template));
  prepare_fixture_withdraw (f, sc_version_manifest_get_id (f->version));
  prepare_fixture_run (f, 4);
  g_assert_no_error (f->error);
  g_assert_cmpuint (sc_apply_get_lacks_bytes (f->apply), ==, FILE_SIZE);
  g_assert_cmpuint (f->n_requests, ==, 2);
  /* Another number than the order's */
  prepare_fixture_run (f, 5);
  g_assert_error (f->error, SC_ERROR, SC_ERROR_INVALID);
}

/* What became of a kept manifest on the disk does not matter while the console has it. */
static void
test_damaged_in_state (PrepareFixture *f, gconstpointer name_in_version)
{
  const ScChunkId *ids[] = { sc_version_manifest_get_id (f->version), sc_template_manifest_get_id (f->template) };

  prepare_fixture_run (f, 4);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    char hex[SC_CHUNK_ID_HEX_LENGTH + 1];
    sc_chunk_id_to_hex (ids[i], hex);
    g_autofree char *path = g_build_filename (f->root, "state", "manifests", hex, NULL);
    g_assert_true (g_file_set_contents (path, "damaged", -1, NULL));
  }
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "*kept manifest of “the version”*fetched again*");
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "*kept manifest of “debian”*fetched again*");
  prepare_fixture_run (f, 4);
  g_test_assert_expected_messages ();
  g_assert_no_error (f->error);
  g_assert_cmpuint (f->n_requests, ==, 4);
  prepare_fixture_run (f, 4); /* they are whole again */
  g_assert_no_error (f->error);
  g_assert_cmpuint (f->n_requests, ==, 4);
}

static void
test_missing (PrepareFixture *f, gconstpointer name_in_version)
{
  prepare_fixture_withdraw (f, sc_template_manifest_get_id (f->template));
  prepare_fixture_run (f, 4);
  g_assert_error (f->error, SC_ERROR, SC_ERROR_NOT_FOUND);
  prepare_fixture_withdraw (f, sc_version_manifest_get_id (f->version));
  prepare_fixture_run (f, 4);
  g_assert_error (f->error, SC_ERROR, SC_ERROR_NOT_FOUND);
}

static void
test_damaged (PrepareFixture *f, gconstpointer name_in_version)
{
  g_autoptr (GBytes) other = g_bytes_new_static ("something else", 14);

  prepare_fixture_publish (f, sc_template_manifest_get_id (f->template), other);
  prepare_fixture_run (f, 4);
  g_assert_error (f->error, SC_ERROR, SC_ERROR_CORRUPT);
}

/* The version calls the template by another name than the template does. */
static void
test_other_name (PrepareFixture *f, gconstpointer name_in_version)
{
  prepare_fixture_run (f, 4);
  g_assert_error (f->error, SC_ERROR, SC_ERROR_INVALID);
}

static void
apply_all (PrepareFixture *f)
{
  g_autoptr (ScFrameCoder) coder = sc_frame_coder_new ();
  const ScManifestFile *file = sc_template_manifest_get_file (f->template, 0);
  g_autoptr (GError) error = NULL;

  prepare_fixture_run (f, 4);
  g_assert_no_error (f->error);
  sc_apply_begin (f->apply, NULL, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 2; i++) {
    gsize offset = i * (gsize) SC_CHUNK_SIZE;
    sc_apply_put_frame (f->apply, coder, &file->chunks[i], SC_ENCODING_RAW, NULL, f->content + offset,
                        MIN (SC_CHUNK_SIZE, FILE_SIZE - offset), &error);
    g_assert_no_error (error);
  }
  sc_apply_finish (f->apply, NULL, &error);
  g_assert_no_error (error);
}

static ScInventory *
build_inventory (PrepareFixture *f)
{
  g_autoptr (GError) error = NULL;
  const ScSeatInventoryFacts facts = { .name = "pc-07",
                                       .room = "A101",
                                       .address = "127.0.0.1",
                                       .settings = &settings,
                                       .busy = f->busy,
                                       .back = f->back,
                                       .undo_bytes = f->undo_bytes };
  ScInventory *inventory = sc_seat_inventory_build (f->state, f->disk, &facts, &error);
  g_assert_no_error (error);
  return inventory;
}

static void
test_inventory (PrepareFixture *f, gconstpointer name_in_version)
{
  g_autofree char *path = g_build_filename (f->root, "repository", "debian", "disk.vmdk", NULL);
  g_autoptr (ScInventory) before = build_inventory (f);
  g_autoptr (GError) error = NULL;
  guint drifted;

  g_assert_cmpuint (before->templates->len, ==, 0);
  g_assert_cmpuint (before->version, ==, 0);
  g_assert_cmpstr (before->room, ==, "A101");
  g_assert_cmpuint (before->free_bytes, >, 0);
  apply_all (f);
  g_autoptr (ScInventory) after = build_inventory (f);
  g_assert_true (sc_seat_inventory_differs (before, after));
  g_assert_cmpuint (after->version, ==, 4);
  g_assert_cmpuint (after->templates->len, ==, 1);
  const ScInventoryTemplate *template = g_ptr_array_index (after->templates, 0);
  g_assert_cmpstr (template->name, ==, "debian");
  g_assert_cmpint (template->state, ==, SC_TEMPLATE_CURRENT);
  g_assert_true (sc_chunk_id_equal (&template->manifest, sc_template_manifest_get_id (f->template)));

  g_assert_true (sc_seat_inventory_find_drift (f->state, f->disk, &drifted, &error));
  g_assert_cmpuint (drifted, ==, 0);
  g_assert_true (g_file_set_contents (path, "short", -1, NULL));
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "*disk.vmdk*changed outside Seatcast*");
  g_assert_true (sc_seat_inventory_find_drift (f->state, f->disk, &drifted, &error));
  g_test_assert_expected_messages ();
  g_assert_cmpuint (drifted, ==, 1);
  g_autoptr (ScInventory) changed = build_inventory (f);
  g_assert_true (sc_seat_inventory_differs (after, changed));
  template = g_ptr_array_index (changed->templates, 0);
  g_assert_cmpint (template->state, ==, SC_TEMPLATE_DRIFTED);
  g_assert_true (sc_seat_inventory_find_drift (f->state, f->disk, &drifted, &error));
  g_assert_cmpuint (drifted, ==, 0); /* told once */
}

/* A file that is gone is drift, too; and free space is told when it moves by more than 1 %. */
static void
test_missing_file (PrepareFixture *f, gconstpointer name_in_version)
{
  g_autofree char *path = g_build_filename (f->root, "repository", "debian", "disk.vmdk", NULL);
  guint drifted;

  apply_all (f);
  g_assert_cmpint (g_remove (path), ==, 0);
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "*disk.vmdk*changed outside Seatcast*");
  g_assert_true (sc_seat_inventory_find_drift (f->state, f->disk, &drifted, NULL));
  g_test_assert_expected_messages ();
  g_assert_cmpuint (drifted, ==, 1);

  g_autoptr (ScInventory) a = build_inventory (f);
  g_autoptr (ScInventory) b = build_inventory (f);
  a->total_bytes = b->total_bytes = 1000000;
  a->free_bytes = 500000;
  b->free_bytes = 510000;
  g_assert_false (sc_seat_inventory_differs (a, b));
  b->free_bytes = 489999;
  g_assert_true (sc_seat_inventory_differs (a, b));
}

/* What is told besides the state: each makes a difference. */
static void
test_inventory_facts (PrepareFixture *f, gconstpointer name_in_version)
{
  const guint64 versions[] = { 3, 1 };

  apply_all (f);
  g_autoptr (ScInventory) plain = build_inventory (f);
  g_assert_cmpuint (plain->reserve_bytes, >=, G_GUINT64_CONSTANT (2) << 30);
  g_assert_cmpuint (plain->back->len, ==, 0);
  f->back = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_array_append_vals (f->back, versions, 2);
  g_autoptr (ScInventory) with_back = build_inventory (f);
  g_assert_cmpuint (with_back->back->len, ==, 2);
  g_assert_cmpmem (with_back->back->data, sizeof versions, versions, sizeof versions);
  g_assert_true (sc_seat_inventory_differs (plain, with_back));
  f->undo_bytes = 77;
  g_autoptr (ScInventory) with_undo = build_inventory (f);
  g_assert_cmpuint (with_undo->undo_bytes, ==, 77);
  g_assert_true (sc_seat_inventory_differs (with_back, with_undo));
  g_assert_false (((ScInventoryTemplate *) with_undo->templates->pdata[0])->busy);
  f->busy = sc_seat_busy_new (f->disk, f->state, g_strsplit ("debian,windows", ",", -1));
  g_autoptr (ScInventory) with_busy = build_inventory (f);
  g_assert_true (((ScInventoryTemplate *) with_busy->templates->pdata[0])->busy);
  g_assert_true (sc_seat_inventory_differs (with_undo, with_busy));
  g_autoptr (ScInventory) again = build_inventory (f);
  g_assert_false (sc_seat_inventory_differs (with_busy, again));
}

/* A look at what was in use: as long as all of it still is, another try is of no use. */
static void
test_busy (PrepareFixture *f, gconstpointer name_in_version)
{
  g_autoptr (GError) error = NULL;

  apply_all (f);
  g_clear_pointer (&f->apply, sc_apply_free); /* it holds no file open, but that is its own affair */
  ScDiskFile *held = sc_disk_open (f->disk, "debian/disk.vmdk", SC_DISK_WRITE | SC_DISK_EXCLUSIVE, &error);
  g_assert_no_error (error);
  f->busy = sc_seat_busy_new (f->disk, f->state, g_strsplit ("debian", ",", -1));
  g_assert_true (sc_seat_busy_contains (f->busy, "debian"));
  g_assert_false (sc_seat_busy_contains (f->busy, "disk.vmdk"));
  g_assert_false (sc_seat_busy_contains (NULL, "debian"));
  g_assert_false (sc_seat_busy_is_released (f->busy));
  sc_disk_file_close (held);
  g_assert_true (sc_seat_busy_is_released (f->busy));

  /* Not known why: then only a try tells */
  g_autoptr (ScSeatBusy) unknown = sc_seat_busy_new (f->disk, f->state, g_strsplit ("no such", ",", -1));
  g_assert_true (sc_seat_busy_is_released (unknown));
}

/* A template that others had laid there, and use, before the seat's first update: to try that again reads it all. */
static void
test_busy_before_first_update (PrepareFixture *f, gconstpointer name_in_version)
{
  g_autoptr (GError) error = NULL;

  prepare_fixture_run (f, 4); /* the manifests are kept from here on */
  g_assert_no_error (f->error);
  g_assert_true (sc_seat_state_set_pending (f->state, 1, 4, sc_version_manifest_get_id (f->version), NULL, &error));
  g_assert_no_error (error);
  ScDiskFile *held =
      sc_disk_open (f->disk, "debian/disk.vmdk", SC_DISK_WRITE | SC_DISK_CREATE | SC_DISK_EXCLUSIVE, &error);
  g_assert_no_error (error);
  f->busy = sc_seat_busy_new (f->disk, f->state, g_strsplit ("debian", ",", -1));
  g_assert_false (sc_seat_busy_is_released (f->busy));
  sc_disk_file_close (held);
  g_assert_true (sc_seat_busy_is_released (f->busy));
}

/* What stands in a file's place instead, or in its directory's, is drift as well and stops nobody from looking on. */
static void
check_replaced (PrepareFixture *f, const char *by)
{
  g_autofree char *path = g_build_filename (f->root, "repository", "debian", "disk.vmdk", NULL);
  g_autofree char *directory = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;
  guint drifted;

  apply_all (f);
  g_assert_cmpint (g_remove (path), ==, 0);
  if (strcmp (by, "link") == 0) {
    if (!test_special_link ("/elsewhere/disk.vmdk", path)) {
      g_test_skip ("this system has no links");
      return;
    }
  } else if (strcmp (by, "directory") == 0) {
    g_assert_cmpint (g_mkdir (path, 0755), ==, 0);
  } else {
    g_assert_cmpint (g_remove (directory), ==, 0);
    g_assert_true (g_file_set_contents (directory, "a file", -1, NULL));
  }
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "*disk.vmdk*changed outside Seatcast*");
  g_assert_true (sc_seat_inventory_find_drift (f->state, f->disk, &drifted, &error));
  g_test_assert_expected_messages ();
  g_assert_cmpuint (drifted, ==, 1);
}

static void
test_replaced_by_link (PrepareFixture *f, gconstpointer name_in_version)
{
  check_replaced (f, "link");
}

static void
test_replaced_by_directory (PrepareFixture *f, gconstpointer name_in_version)
{
  check_replaced (f, "directory");
}

static void
test_replaced_parent (PrepareFixture *f, gconstpointer name_in_version)
{
  check_replaced (f, "parent");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func, data)                                                                                          \
  g_test_add ("/service/prepare/" name, PrepareFixture, data, prepare_fixture_set_up, func, prepare_fixture_tear_down)
  ADD ("prepare", test_prepare, "debian");
  ADD ("damaged-in-state", test_damaged_in_state, "debian");
  ADD ("missing", test_missing, "debian");
  ADD ("frozen", test_frozen, "debian");
  ADD ("damaged", test_damaged, "debian");
  ADD ("other-name", test_other_name, "windows");
  ADD ("inventory", test_inventory, "debian");
  ADD ("missing-file", test_missing_file, "debian");
  ADD ("inventory-facts", test_inventory_facts, "debian");
  ADD ("busy", test_busy, "debian");
  ADD ("busy-before-first-update", test_busy_before_first_update, "debian");
  ADD ("replaced/link", test_replaced_by_link, "debian");
  ADD ("replaced/directory", test_replaced_by_directory, "debian");
  ADD ("replaced/parent", test_replaced_parent, "debian");
  return g_test_run ();
}
