/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/store/store-fixture.h"

#include "common/sc-error.h"

#include <gio/gio.h>
#include <glib/gstdio.h>

void
store_fixture_set_up (StoreFixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->base = g_dir_make_tmp ("seatcast-store-XXXXXX", &error);
  g_assert_no_error (error);
  self->source = g_build_filename (self->base, "source", NULL);
  self->where = g_build_filename (self->base, "store", NULL);
  g_assert_cmpint (g_mkdir (self->source, 0755), ==, 0);
  store_fixture_open (self, data != NULL ? GPOINTER_TO_UINT (data) : SC_PACK_SIZE_LIMIT);
}

void
store_fixture_open (StoreFixture *self, guint64 pack_limit)
{
  g_autoptr (GError) error = NULL;

  self->store = sc_store_open_with (self->where, NULL, pack_limit, &error);
  g_assert_no_error (error);
  g_assert_nonnull (self->store);
}

void
store_fixture_close (StoreFixture *self)
{
  g_clear_pointer (&self->store, sc_store_close);
}

void
store_fixture_tear_down (StoreFixture *self, gconstpointer data)
{
  store_fixture_close (self);
  store_fixture_remove_tree (self->base);
  g_free (self->base);
  g_free (self->source);
  g_free (self->where);
}

void
store_fixture_remove_tree (const char *path)
{
  if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK)) {
    g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
      g_autofree char *child = g_build_filename (path, name, NULL);

      store_fixture_remove_tree (child);
    }
  }
  g_remove (path);
}

void
store_fixture_fill (guint8 *data, gsize length, guint32 seed)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);

  for (gsize i = 0; i + 4 <= length; i += 4) {
    guint32 value = (i / 8192) % 3 == 0 ? seed : g_rand_int (random);

    memcpy (data + i, &value, sizeof value);
  }
  for (gsize i = length & ~(gsize) 3; i < length; i++)
    data[i] = (guint8) (seed + i + 1);
}

/* Publishing trusts a file only when it has been left alone for 2 s; its ctime cannot be set back, so the clock given
 * to publish runs ahead instead (store_fixture_publish()). */
void
store_fixture_write (StoreFixture *self, const char *path, guint32 seed, gsize length)
{
  g_autofree char *full = g_build_filename (self->source, path, NULL);
  g_autofree char *parent = g_path_get_dirname (full);
  g_autofree guint8 *data = g_malloc (MAX (length, 1));
  g_autoptr (GError) error = NULL;

  store_fixture_fill (data, length, seed);
  g_assert_cmpint (g_mkdir_with_parents (parent, 0755), ==, 0);
  g_file_set_contents (full, (const char *) data, (gssize) length, &error);
  g_assert_no_error (error);
}

/* On Windows publishing keeps writers out for the moment in which it looks whether there are any. */
static GFileIOStream *
open_file (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  GFileIOStream *stream;

  for (guint i = 0; i < 1000; i++) {
    g_clear_error (&error);
    stream = g_file_test (path, G_FILE_TEST_EXISTS) ? g_file_open_readwrite (file, NULL, &error)
                                                    : g_file_create_readwrite (file, G_FILE_CREATE_NONE, NULL, &error);
    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
      break;
    g_usleep (1000);
  }
  g_assert_no_error (error);
  return stream;
}

void
store_fixture_write_at (const char *path, guint64 offset, gconstpointer data, gsize length)
{
  g_autoptr (GFileIOStream) stream = open_file (path);
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (stream));
  g_autoptr (GError) error = NULL;

  g_seekable_seek (G_SEEKABLE (stream), (goffset) offset, G_SEEK_SET, NULL, &error);
  g_assert_no_error (error);
  g_output_stream_write_all (output, data, length, NULL, NULL, &error);
  g_assert_no_error (error);
  g_io_stream_close (G_IO_STREAM (stream), NULL, &error);
  g_assert_no_error (error);
}

void
store_fixture_truncate (const char *path, guint64 size)
{
  g_autoptr (GFileIOStream) stream = open_file (path);
  g_autoptr (GError) error = NULL;

  g_seekable_truncate (G_SEEKABLE (stream), (goffset) size, NULL, &error);
  g_assert_no_error (error);
  g_io_stream_close (G_IO_STREAM (stream), NULL, &error);
  g_assert_no_error (error);
}

void
store_fixture_change (StoreFixture *self, const char *path, guint64 offset, guint32 seed, gsize length)
{
  g_autofree char *full = g_build_filename (self->source, path, NULL);
  g_autofree guint8 *data = g_malloc (length);
  g_autofree char *parent = g_path_get_dirname (full);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0755), ==, 0);
  store_fixture_fill (data, length, seed);
  store_fixture_write_at (full, offset, data, length);
}

static gint64
later (void)
{
  return g_get_real_time () + 60 * G_USEC_PER_SEC;
}

ScPublishResult *
store_fixture_publish (StoreFixture *self)
{
  g_autoptr (GError) error = NULL;
  ScPublishResult *result = sc_publish (self->store, self->source, "staff", "a note", later (), NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (result);
  return result;
}

void
store_fixture_publish_fails (StoreFixture *self, ScError code, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScPublishResult) result =
      sc_publish (self->store, self->source, "staff", "a note", later (), NULL, NULL, &error);

  g_assert_null (result);
  g_assert_error (error, SC_ERROR, (int) code);
  if (strstr (error->message, text) == NULL)
    g_error ("“%s” does not say “%s”", error->message, text);
}

static void
assert_file (StoreFixture *self, const ScManifestFile *file, const char *path)
{
  g_autoptr (ScFrameCoder) coder = sc_frame_coder_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *data = NULL;
  guint8 chunk[SC_CHUNK_SIZE];
  gsize length;

  g_file_get_contents (path, &data, &length, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (file->size, ==, length);
  for (gsize i = 0; i < file->n_chunks; i++) {
    const char *expected = data + i * SC_CHUNK_SIZE;
    gsize expected_length = sc_chunk_length (length, i);
    ScStoreEntry entry;
    gsize got = 0;

    if (sc_chunk_is_zero (expected, expected_length)) {
      ScChunkId zeros;

      sc_chunk_id_of_zeros (&zeros, expected_length);
      g_assert_true (sc_chunk_id_equal (&zeros, &file->chunks[i]));
      continue;
    }
    sc_store_locate (self->store, &file->chunks[i], 1, &entry, &error);
    g_assert_no_error (error);
    sc_store_read_chunk (self->store, &entry, coder, chunk, &got, &error);
    g_assert_no_error (error);
    g_assert_cmpmem (chunk, got, expected, expected_length);
  }
}

static guint
count_files (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  guint n = 0;

  if (dir == NULL)
    return 1;
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    n += g_file_test (child, G_FILE_TEST_IS_DIR) ? count_files (child) : 1;
  }
  return n;
}

void
store_fixture_assert_version (StoreFixture *self, guint64 number, const char *directory)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScVersionManifest) version = sc_store_get_version (self->store, number, &error);
  g_autoptr (GPtrArray) templates = NULL;
  guint n_files = 0;

  g_assert_no_error (error);
  g_assert_cmpuint (sc_version_manifest_get_number (version), ==, number);
  templates = sc_store_get_templates (self->store, version, &error);
  g_assert_no_error (error);
  for (guint t = 0; t < templates->len; t++) {
    ScTemplateManifest *manifest = g_ptr_array_index (templates, t);

    for (guint f = 0; f < sc_template_manifest_get_n_files (manifest); f++) {
      const ScManifestFile *file = sc_template_manifest_get_file (manifest, f);
      g_autofree char *path = g_build_filename (directory, sc_template_manifest_get_name (manifest), file->path, NULL);

      assert_file (self, file, path);
      n_files++;
    }
  }
  g_assert_cmpuint (n_files, ==, count_files (directory));
}

void
store_fixture_assert_sound (StoreFixture *self, guint64 versions)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScStoreReport) report = sc_store_verify (self->store, NULL, NULL, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < report->problems->len; i++)
    g_test_message ("%s", (const char *) g_ptr_array_index (report->problems, i));
  g_assert_cmpuint (report->problems->len, ==, 0);
  g_assert_cmpuint (report->damaged, ==, 0);
  g_assert_cmpuint (report->versions, ==, versions);
}

char *
store_fixture_pack_path (StoreFixture *self, guint32 pack)
{
  g_autofree char *relative = sc_pack_make_path (pack);

  return g_build_filename (self->where, relative, NULL);
}

static void
copy_tree (const char *from, const char *to)
{
  g_autoptr (GDir) dir = g_dir_open (from, 0, NULL);
  const char *name;

  g_assert_cmpint (g_mkdir (to, 0755), ==, 0);
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *source = g_build_filename (from, name, NULL);
    g_autofree char *target = g_build_filename (to, name, NULL);
    g_autofree char *data = NULL;
    gsize length;

    if (g_file_test (source, G_FILE_TEST_IS_DIR)) {
      copy_tree (source, target);
      continue;
    }
    g_assert_true (g_file_get_contents (source, &data, &length, NULL));
    g_assert_true (g_file_set_contents (target, data, (gssize) length, NULL));
  }
}

char *
store_fixture_copy_source (StoreFixture *self, const char *name)
{
  char *target = g_build_filename (self->base, name, NULL);

  copy_tree (self->source, target);
  return target;
}
