/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/store/store-fixture.h"

#include <glib/gstdio.h>

#define KIB 1024u
#define PACK_LIMIT (1024 * KIB)

/* Three versions over several packs, and copies of what they hold. */
static void
fill (StoreFixture *fixture, char *copies[3])
{
  for (guint i = 0; i < 3; i++) {
    g_autofree char *name = g_strdup_printf ("copy-%u", i + 1);

    store_fixture_write (fixture, "win/disk.vmdk", 1, 2500 * KIB);
    store_fixture_change (fixture, "win/disk.vmdk", i * 700 * KIB, 100 + i, 600 * KIB);
    store_fixture_write (fixture, "win/win.vmx", 50 + i, 800);
    store_fixture_write (fixture, "linux/disk.qcow2", 2, 500 * KIB);
    sc_publish_result_free (store_fixture_publish (fixture));
    copies[i] = store_fixture_copy_source (fixture, name);
  }
}

static void
free_copies (char *copies[3])
{
  for (guint i = 0; i < 3; i++)
    g_free (copies[i]);
}

static void
assert_versions (StoreFixture *fixture, char *copies[3])
{
  for (guint i = 0; i < 3; i++)
    store_fixture_assert_version (fixture, i + 1, copies[i]);
}

static void
flip_bit (const char *path, guint64 offset)
{
  g_autofree char *data = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &data, &length, NULL));
  g_assert_cmpuint (offset, <, length);
  data[offset] ^= 0x10;
  store_fixture_write_at (path, offset, data + offset, 1);
}

static gboolean
problems_say (ScStoreReport *report, const char *text)
{
  for (guint i = 0; i < report->problems->len; i++)
    if (strstr (g_ptr_array_index (report->problems, i), text) != NULL)
      return TRUE;
  return FALSE;
}

static ScStoreReport *
verify (StoreFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  ScStoreReport *report = sc_store_verify (fixture->store, NULL, NULL, &error);

  g_assert_no_error (error);
  return report;
}

/* The entry of a chunk of win/disk.vmdk of version 1. */
static void
find_chunk (StoreFixture *fixture, guint index, ScStoreEntry *entry)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScVersionManifest) version = sc_store_get_version (fixture->store, 1, &error);
  const ScManifestTemplate *named = sc_version_manifest_find_template (version, "win");
  g_autoptr (ScTemplateManifest) manifest = sc_store_get_template (fixture->store, &named->id, &error);
  const ScManifestFile *file = sc_template_manifest_find_file (manifest, "disk.vmdk");

  g_assert_no_error (error);
  sc_store_locate (fixture->store, &file->chunks[index], 1, entry, &error);
  g_assert_no_error (error);
}

static void
test_flipped_bit (StoreFixture *fixture, gconstpointer data)
{
  static const gint64 places[] = { 0, 20, 60, 64, 1000 };
  char *copies[3];

  fill (fixture, copies);
  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    g_autofree char *path = NULL;
    g_autofree guint8 *frame = NULL;
    g_autofree char *where = NULL;
    g_autoptr (GError) error = NULL;
    g_autoptr (ScStoreReport) report = NULL;
    ScStoreEntry entry, again;

    find_chunk (fixture, 33 + i, &entry); /* one that all versions have */
    path = store_fixture_pack_path (fixture, entry.pack);
    frame = g_malloc (entry.stored_length);
    flip_bit (path, entry.offset + (guint64) places[i]);
    /* never served … */
    g_assert_false (sc_store_read_frame (fixture->store, &entry, frame, &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_CORRUPT);
    g_clear_error (&error);
    /* … found and named … */
    report = verify (fixture);
    g_assert_cmpuint (report->damaged, ==, 1);
    where = g_strdup_printf ("pack %u, offset %" G_GUINT64_FORMAT, entry.pack, entry.offset);
    g_assert_true (problems_say (report, where));
    g_assert_true (problems_say (report, "version 1, template “win”, file “disk.vmdk”"));
    g_assert_true (problems_say (report, "version 2, template “win”, file “disk.vmdk”"));
    /* … no longer offered, and healed by publishing the same data again */
    g_assert_false (sc_store_locate (fixture->store, &entry.id, 1, &again, &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
    g_clear_error (&error);
    sc_publish_result_free (store_fixture_publish (fixture));
    sc_store_locate (fixture->store, &entry.id, 1, &again, &error);
    g_assert_no_error (error);
  }
  assert_versions (fixture, copies);
  store_fixture_assert_sound (fixture, 3 + G_N_ELEMENTS (places));
  free_copies (copies);
}

static void
test_truncated_pack (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *path = store_fixture_pack_path (fixture, 1);
  g_autoptr (ScStoreReport) report = NULL;
  char *copies[3];

  fill (fixture, copies);
  store_fixture_close (fixture);
  store_fixture_truncate (path, 700 * KIB);
  g_test_expect_message ("Seatcast", G_LOG_LEVEL_WARNING, "*pack 1 is damaged*bytes are missing at its end*");
  store_fixture_open (fixture, PACK_LIMIT);
  g_test_assert_expected_messages ();
  report = verify (fixture);
  g_assert_cmpuint (report->damaged, >, 1);
  g_assert_true (problems_say (report, "pack 1, offset"));
  g_clear_pointer (&report, sc_store_report_free);

  for (guint i = 0; i < 3; i++) { /* publish all that was there once more */
    g_autofree char *source = g_steal_pointer (&fixture->source);

    fixture->source = g_strdup (copies[i]);
    sc_publish_result_free (store_fixture_publish (fixture));
    g_free (fixture->source);
    fixture->source = g_steal_pointer (&source);
  }
  for (guint i = 0; i < 3; i++)
    store_fixture_assert_version (fixture, 4 + i, copies[i]);
  free_copies (copies);
}

static void
test_missing_pack (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *path = store_fixture_pack_path (fixture, 2);
  g_autoptr (ScStoreReport) report = NULL;
  char *copies[3];

  fill (fixture, copies);
  store_fixture_close (fixture);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_test_expect_message ("Seatcast", G_LOG_LEVEL_WARNING, "*pack 2 is missing*");
  store_fixture_open (fixture, PACK_LIMIT);
  g_test_assert_expected_messages ();
  report = verify (fixture);
  g_assert_cmpuint (report->damaged, >, 1);
  g_assert_true (problems_say (report, "Pack 2 of the store"));
  free_copies (copies);
}

static void
test_rebuild_finds_everything (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->where, "index.db", NULL);
  g_autoptr (GError) error = NULL;
  char *copies[3];

  fill (fixture, copies);
  g_autoptr (ScStoreReport) report = sc_store_rebuild_index (fixture->store, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (report->versions, ==, 3);
  g_assert_cmpuint (report->damaged, ==, 0);
  assert_versions (fixture, copies);

  store_fixture_close (fixture);
  g_assert_cmpint (g_unlink (path), ==, 0); /* lost altogether */
  store_fixture_open (fixture, PACK_LIMIT);
  assert_versions (fixture, copies);
  store_fixture_assert_sound (fixture, 3);
  g_autoptr (ScPublishResult) next = store_fixture_publish (fixture);
  g_assert_cmpuint (sc_version_manifest_get_number (next->version), ==, 4);
  g_assert_cmpuint (next->new_chunks, ==, 0);
  free_copies (copies);
}

static void
test_damaged_index (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->where, "index.db", NULL);
  char *copies[3];

  fill (fixture, copies);
  store_fixture_close (fixture);
  store_fixture_write_at (path, 4096 * 2, copies, sizeof copies);
  store_fixture_write_at (path, 4096 * 3, "garbage garbage garbage", 23);
  g_test_expect_message ("Seatcast", G_LOG_LEVEL_WARNING, "*is kept as index.db.damaged-*");
  store_fixture_open (fixture, PACK_LIMIT);
  g_test_assert_expected_messages ();
  assert_versions (fixture, copies);
  store_fixture_assert_sound (fixture, 3);
  free_copies (copies);
}

/* Damage in a pack costs the entry that it hits, and no other. */
static void
test_rebuild_over_damage (StoreFixture *fixture, gconstpointer data)
{
  static const guint64 places[] = { 3 /* magic */, 9 /* stored length */, 64 + 5 /* stored bytes */ };
  char *copies[3];

  fill (fixture, copies);
  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    g_autofree char *path = NULL;
    g_autoptr (GError) error = NULL;
    ScStoreEntry entry, other;

    find_chunk (fixture, 2 + i, &entry);
    path = store_fixture_pack_path (fixture, entry.pack);
    flip_bit (path, entry.offset + places[i]);
    g_autoptr (ScStoreReport) report = sc_store_rebuild_index (fixture->store, NULL, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (report->versions, ==, 3);
    g_assert_cmpuint (report->damaged, ==, 1);
    g_assert_true (problems_say (report, "bytes are damaged"));
    g_assert_false (sc_store_locate (fixture->store, &entry.id, 1, &other, NULL));
    flip_bit (path, entry.offset + places[i]);
  }
  g_autoptr (GError) error = NULL;
  g_autoptr (ScStoreReport) report = sc_store_rebuild_index (fixture->store, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (report->damaged, ==, 0);
  assert_versions (fixture, copies);
  store_fixture_assert_sound (fixture, 3);
  free_copies (copies);
}

/* A version's entry in a pack is gone: verify writes it anew from the index. */
static void
test_version_entry_is_healed (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScVersionManifest) version = NULL;
  g_autofree char *path = NULL;
  char *copies[3];
  ScStoreRow row;
  gboolean found;

  fill (fixture, copies);
  version = sc_store_get_version (fixture->store, 2, &error);
  sc_store_find (fixture->store, sc_version_manifest_get_id (version), &row, &found, &error);
  g_assert_true (found);
  path = store_fixture_pack_path (fixture, row.entry.pack);
  flip_bit (path, row.entry.offset + 70);
  g_autoptr (ScStoreReport) report = verify (fixture);
  g_assert_true (problems_say (report, "version 2, its own manifest"));
  store_fixture_assert_sound (fixture, 3);
  g_autoptr (ScStoreReport) rebuilt = sc_store_rebuild_index (fixture->store, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rebuilt->versions, ==, 3);
  assert_versions (fixture, copies);
  free_copies (copies);
}

/* Files that look like packs are content, not entries. */
static void
test_pack_within_a_template (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *pack = store_fixture_pack_path (fixture, 1);
  g_autofree char *inner = NULL;
  g_autofree char *content = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;
  char *copies[3];

  fill (fixture, copies);
  g_assert_true (g_file_get_contents (pack, &content, &length, NULL));
  inner = g_build_filename (fixture->source, "win", "00000001.pack", NULL);
  g_assert_true (g_file_set_contents (inner, content, (gssize) length, NULL));
  sc_publish_result_free (store_fixture_publish (fixture));
  g_autoptr (ScStoreReport) report = sc_store_rebuild_index (fixture->store, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (report->versions, ==, 4);
  store_fixture_assert_version (fixture, 4, fixture->source);
  store_fixture_assert_sound (fixture, 4);
  free_copies (copies);
}

#define ADD(name, function)                                                                                            \
  g_test_add ("/store-damage/" name, StoreFixture, GUINT_TO_POINTER (PACK_LIMIT), store_fixture_set_up, function,      \
              store_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("flipped-bit", test_flipped_bit);
  ADD ("truncated-pack", test_truncated_pack);
  ADD ("missing-pack", test_missing_pack);
  ADD ("rebuild-finds-everything", test_rebuild_finds_everything);
  ADD ("damaged-index", test_damaged_index);
  ADD ("rebuild-over-damage", test_rebuild_over_damage);
  ADD ("version-entry-is-healed", test_version_entry_is_healed);
  ADD ("pack-within-a-template", test_pack_within_a_template);
  return g_test_run ();
}
