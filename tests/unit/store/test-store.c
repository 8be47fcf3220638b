/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/store/sc-store-writer.h"
#include "tests/unit/store/store-fixture.h"

#include <glib/gstdio.h>
#include <unistd.h>

#define KIB 1024u
#define PACK_LIMIT (1024 * KIB)

static void
test_second_engine (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *pid = g_strdup_printf ("process %ld", (long) getpid ());
  g_autoptr (GError) error = NULL;

  g_assert_null (sc_store_open (fixture->where, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_BUSY);
  g_assert_nonnull (strstr (error->message, pid));
  g_assert_nonnull (strstr (error->message, "stop that one first"));
  store_fixture_close (fixture);
  store_fixture_open (fixture, PACK_LIMIT);
}

static void
test_unknown_things (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  ScStoreEntry entry;
  ScChunkId id;
  guint64 size;

  g_assert_null (sc_store_get_version (fixture->store, 7, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "no version 7"));
  g_clear_error (&error);
  sc_chunk_id_of (&id, "x", 1);
  g_assert_false (sc_store_locate (fixture->store, &id, 1, &entry, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (sc_store_get_template (fixture->store, &id, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (sc_store_get_pack_size (fixture->store, 9, &size, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
}

static void
test_pack_ranges (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *path = store_fixture_pack_path (fixture, 1);
  g_autofree char *content = NULL;
  g_autoptr (GError) error = NULL;
  guint64 size;
  gsize length;

  store_fixture_write (fixture, "a/disk.vmdk", 1, 600 * KIB);
  sc_publish_result_free (store_fixture_publish (fixture));
  g_assert_true (g_file_get_contents (path, &content, &length, NULL));
  g_assert_true (sc_store_get_pack_size (fixture->store, 1, &size, NULL));
  g_assert_cmpuint (size, ==, length);
  g_autoptr (GBytes) range = sc_store_read_pack (fixture->store, 1, 1000, 5000, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (range, NULL), g_bytes_get_size (range), content + 1000, 5000);
  g_autoptr (GBytes) whole = sc_store_read_pack (fixture->store, 1, 0, length, &error);
  g_assert_no_error (error);
  g_assert_null (sc_store_read_pack (fixture->store, 1, 1, length, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (sc_store_read_pack (fixture->store, 1, G_MAXUINT64, 2, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (sc_store_read_pack (fixture->store, 2, 0, 1, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
}

static guint
count_packs (StoreFixture *fixture)
{
  g_autoptr (GPtrArray) names = sc_disk_list (fixture->store->disk, SC_PACK_DIRECTORY, NULL);

  return names->len;
}

/* The main loop asks while a publish commits: it neither waits nor sees half of that. */
static void
test_reading_during_a_commit (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (ScPublishResult) result = NULL;
  g_autoptr (GPtrArray) versions = NULL;
  g_autoptr (ScVersionManifest) version = NULL;
  g_autoptr (GPtrArray) templates = NULL;
  g_autoptr (GError) error = NULL;
  guint64 size = 0;

  store_fixture_write (fixture, "vm/disk.vmdk", 1, 200000);
  result = store_fixture_publish (fixture);
  g_assert_true (sc_store_index_begin (fixture->store->index, &error));
  g_assert_true (sc_store_index_clear (fixture->store->index, &error));
  versions = sc_store_list_versions (fixture->store, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (versions->len, ==, 1);
  version = sc_store_get_version (fixture->store, 1, &error);
  g_assert_no_error (error);
  templates = sc_store_get_templates (fixture->store, version, &error);
  g_assert_no_error (error);
  g_assert_true (sc_store_get_pack_size (fixture->store, 1, &size, &error));
  sc_store_index_rollback (fixture->store->index);
  store_fixture_assert_sound (fixture, 1);
}

static void
test_gc_keeps_versions (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *old = NULL;

  store_fixture_write (fixture, "a/disk.vmdk", 1, 1500 * KIB);
  sc_publish_result_free (store_fixture_publish (fixture));
  old = store_fixture_copy_source (fixture, "old");
  store_fixture_change (fixture, "a/disk.vmdk", 0, 5, 300 * KIB);
  sc_publish_result_free (store_fixture_publish (fixture));
  g_autoptr (ScStoreReport) report = sc_store_gc (fixture->store, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (report->freed_bytes, ==, 0);
  g_assert_cmpuint (report->versions, ==, 2);
  store_fixture_assert_version (fixture, 1, old);
  store_fixture_assert_version (fixture, 2, fixture->source);
  store_fixture_assert_sound (fixture, 2);
}

/* Writes chunks that nothing names, as a publish does that ends before its version. */
static void
append_chunks (StoreFixture *fixture, guint32 seed, guint n)
{
  g_autoptr (ScStoreWriter) writer = sc_store_writer_new (fixture->store);
  g_autofree guint8 *chunk = g_malloc (SC_CHUNK_SIZE);
  guint8 header[SC_PACK_ENTRY_HEADER_SIZE];

  for (guint i = 0; i < n; i++) {
    ScPackEntry entry = {
      .kind = SC_PACK_ENTRY_CHUNK, .encoding = SC_ENCODING_RAW, .stored_length = SC_CHUNK_SIZE, .length = SC_CHUNK_SIZE
    };

    store_fixture_fill (chunk, SC_CHUNK_SIZE, seed + i);
    sc_chunk_id_of (&entry.id, chunk, SC_CHUNK_SIZE);
    sc_pack_entry_write_header (&entry, chunk, header);
    g_assert_true (sc_store_writer_append (writer, &entry, header, chunk, NULL));
  }
  g_assert_true (sc_store_writer_checkpoint (writer, NULL, NULL));
}

static void
test_gc_frees_garbage (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *frame = g_malloc (SC_CHUNK_SIZE);
  ScStoreEntry before, after;
  ScStoreRow row;
  gboolean found;
  guint32 next;

  store_fixture_write (fixture, "a/disk.vmdk", 1, 200 * KIB);
  sc_publish_result_free (store_fixture_publish (fixture)); /* a fifth of pack 1 … */
  append_chunks (fixture, 1000, 40);                        /* … the rest and two more are garbage */
  g_assert_cmpuint (count_packs (fixture), >=, 3);
  g_autoptr (ScVersionManifest) version = sc_store_get_version (fixture->store, 1, &error);
  sc_store_find (fixture->store, sc_version_manifest_get_id (version), &row, &found, &error);
  g_assert_true (found);
  before = row.entry;
  g_assert_true (sc_store_index_get_next_pack (fixture->store->index, &next, NULL));

  g_autoptr (ScStoreReport) report = sc_store_gc (fixture->store, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (report->freed_bytes, >=, 40 * SC_CHUNK_SIZE);
  g_assert_cmpuint (count_packs (fixture), ==, 1);
  sc_store_find (fixture->store, sc_version_manifest_get_id (version), &row, &found, &error);
  g_assert_true (found);
  after = row.entry;
  g_assert_cmpuint (after.pack, >=, next); /* a number is never used twice */
  /* a reader that looked before gc asks again */
  g_assert_false (sc_store_read_frame (fixture->store, &before, frame, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (sc_store_read_frame (fixture->store, &after, frame, &error));
  store_fixture_assert_version (fixture, 1, fixture->source);
  store_fixture_assert_sound (fixture, 1);

  g_autoptr (ScStoreReport) rebuilt = sc_store_rebuild_index (fixture->store, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rebuilt->versions, ==, 1);
  g_autoptr (ScPublishResult) again = store_fixture_publish (fixture);
  g_assert_cmpuint (again->new_chunks, ==, 0);
}

/* A crash between the index's change and the file's removal leaves the old pack: nothing is lost, and the next gc frees
 * it. */
static void
test_gc_after_a_crash (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *path = store_fixture_pack_path (fixture, 1);
  g_autofree char *content = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  store_fixture_write (fixture, "a/disk.vmdk", 1, 200 * KIB);
  sc_publish_result_free (store_fixture_publish (fixture));
  append_chunks (fixture, 1000, 40);
  g_assert_true (g_file_get_contents (path, &content, &length, NULL));
  sc_store_report_free (sc_store_gc (fixture->store, NULL, NULL, &error));
  g_assert_no_error (error);
  store_fixture_close (fixture);
  g_assert_true (g_file_set_contents (path, content, (gssize) length, NULL));
  store_fixture_open (fixture, PACK_LIMIT);
  store_fixture_assert_sound (fixture, 1);
  g_assert_cmpuint (count_packs (fixture), ==, 2);
  sc_store_report_free (sc_store_gc (fixture->store, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_packs (fixture), ==, 1);
  store_fixture_assert_version (fixture, 1, fixture->source);
  store_fixture_assert_sound (fixture, 1);
}

/* What gc takes away must be read again, though its file has not changed. */
static void
test_gc_and_the_cache (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) chunks = NULL;
  ScScanInfo info;
  g_autofree char *path = g_build_filename (fixture->source, "a", "disk.vmdk", NULL);
  g_autofree char *root = sc_scan_resolve (fixture->source, NULL);
  guint8 chunk[SC_CHUNK_SIZE];
  ScChunkId id;

  /* as if a publish had been interrupted right after this file */
  store_fixture_write (fixture, "a/disk.vmdk", 1000, SC_CHUNK_SIZE);
  append_chunks (fixture, 1000, 20);
  store_fixture_fill (chunk, sizeof chunk, 1000);
  sc_chunk_id_of (&id, chunk, sizeof chunk);
  chunks = g_bytes_new (&id, sizeof id);
  g_assert_true (sc_scan_info (path, &info, NULL));
  g_assert_true (sc_store_index_put_file (fixture->store->index, root, "a/disk.vmdk", &info, chunks, NULL));

  g_autoptr (ScPublishResult) cached = store_fixture_publish (fixture);
  g_assert_cmpuint (cached->read_bytes, ==, 0); /* or this test would show nothing */
  store_fixture_change (fixture, "a/disk.vmdk", 0, 2, SC_CHUNK_SIZE);
  g_assert_true (sc_scan_info (path, &info, NULL));
  append_chunks (fixture, 5000, 40);
  store_fixture_fill (chunk, sizeof chunk, 5000);
  sc_chunk_id_of (&id, chunk, sizeof chunk);
  g_bytes_unref (chunks);
  chunks = g_bytes_new (&id, sizeof id);
  g_assert_true (sc_store_index_put_file (fixture->store->index, root, "a/disk.vmdk", &info, chunks, NULL));
  sc_store_report_free (sc_store_gc (fixture->store, NULL, NULL, &error));
  g_assert_no_error (error);
  g_autoptr (ScPublishResult) read = store_fixture_publish (fixture);
  g_assert_cmpuint (read->read_bytes, ==, SC_CHUNK_SIZE);
  store_fixture_assert_version (fixture, 2, fixture->source);
  store_fixture_assert_sound (fixture, 2);
}

/* An index of the past opens with today's code: see tests/fixtures/README.md */
static void
test_index_of_schema_1 (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *fixture_path = g_test_build_filename (G_TEST_DIST, "index-v1.db", NULL);
  g_autofree char *path = g_build_filename (fixture->base, "index.db", NULL);
  g_autofree char *content = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScStoreIndex) index = NULL;
  g_autoptr (GPtrArray) versions = NULL;
  g_autoptr (GArray) packs = NULL;
  g_autoptr (ScChunkIndex) ids = sc_chunk_index_new ();
  ScScanInfo info = { .size = 100000, .mtime_ns = 1, .ctime_ns = 2, .id = 3 };
  gsize length;
  guint32 next;

  g_assert_true (g_file_get_contents (fixture_path, &content, &length, &error));
  g_assert_true (g_file_set_contents (path, content, (gssize) length, &error));
  index = sc_store_index_open (fixture->base, "index.db", &error);
  g_assert_no_error (error);
  versions = sc_store_index_list_versions (index, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (versions->len, ==, 1);
  g_assert_cmpstr (sc_version_manifest_get_note (versions->pdata[0]), ==, "the first one");
  packs = sc_store_index_list_packs (index, &error);
  g_assert_cmpuint (packs->len, ==, 1);
  g_assert_cmpuint (g_array_index (packs, ScStorePackRow, 0).size, ==, 12345);
  g_assert_true (sc_store_index_get_next_pack (index, &next, &error));
  g_assert_cmpuint (next, ==, 8);
  g_assert_true (sc_store_index_load_ids (index, ids, &error));
  g_assert_cmpuint (sc_chunk_index_size (ids), ==, 2);
  g_autoptr (GBytes) chunks = sc_store_index_get_file (index, "/templates", "win/disk.vmdk", &info, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (chunks), ==, 64);
}

/* Makes the database of the fixture: test-store --make-fixture DIRECTORY */
static int
make_fixture (const char *directory)
{
  g_autoptr (ScStoreIndex) index = sc_store_index_open (directory, "index.db", NULL);
  ScManifestTemplate template = { .name = "win", .size = 100000 };
  ScStoreRow rows[2] = { { .kind = SC_PACK_ENTRY_CHUNK }, { .kind = SC_PACK_ENTRY_TEMPLATE } };
  ScScanInfo info = { .size = 100000, .mtime_ns = 1, .ctime_ns = 2, .id = 3 };
  g_autoptr (ScVersionManifest) version = NULL;
  g_autoptr (GBytes) chunks = g_bytes_new_static (rows, 64);

  sc_chunk_id_of (&template.id, "win", 3);
  version = sc_version_manifest_new (1, 1000000, "staff", "the first one", &template, 1, NULL);
  for (guint i = 0; i < 2; i++) {
    sc_chunk_id_of (&rows[i].entry.id, &i, sizeof i);
    rows[i].entry.pack = 7;
    rows[i].entry.offset = i * 1000;
    rows[i].entry.stored_length = rows[i].entry.length = 900;
    rows[i].entry.encoding = SC_ENCODING_RAW;
    g_assert_true (sc_store_index_put (index, &rows[i], TRUE, NULL));
  }
  g_assert_true (sc_store_index_set_pack (index, 7, 12345, NULL));
  g_assert_true (sc_store_index_put_version (index, version, FALSE, NULL));
  g_assert_true (sc_store_index_put_file (index, "/templates", "win/disk.vmdk", &info, chunks, NULL));
  return 0;
}

#define ADD(name, function)                                                                                            \
  g_test_add ("/store/" name, StoreFixture, GUINT_TO_POINTER (PACK_LIMIT), store_fixture_set_up, function,             \
              store_fixture_tear_down)

int
main (int argc, char **argv)
{
  if (argc == 3 && g_str_equal (argv[1], "--make-fixture"))
    return make_fixture (argv[2]);
  g_test_init (&argc, &argv, NULL);
  ADD ("second-engine", test_second_engine);
  ADD ("unknown-things", test_unknown_things);
  ADD ("pack-ranges", test_pack_ranges);
  ADD ("reading-during-a-commit", test_reading_during_a_commit);
  ADD ("gc-keeps-versions", test_gc_keeps_versions);
  ADD ("gc-frees-garbage", test_gc_frees_garbage);
  ADD ("gc-after-a-crash", test_gc_after_a_crash);
  ADD ("gc-and-the-cache", test_gc_and_the_cache);
  ADD ("index-of-schema-1", test_index_of_schema_1);
  return g_test_run ();
}
