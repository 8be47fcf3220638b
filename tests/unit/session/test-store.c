/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-store.h"

#include "common/sc-chunk-index.h"
#include "common/sc-pack-entry.h"
#include "console/engine/store/sc-publish.h"

#include <gio/gio.h>

static void
write_file (const char *directory, const char *name, const guint8 *bytes, gsize length)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, (const char *) bytes, (gssize) length, &error));
  g_assert_no_error (error);
}

/* Noise, then text, then zeros, then the noise's first chunk again and a short rest. */
static void
write_templates (const char *directory, guint n_chunks)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (n_chunks);
  gsize length = (gsize) (n_chunks + 6) * SC_CHUNK_SIZE + 1000;
  g_autofree guint8 *bytes = g_malloc0 (length);
  g_autofree char *first = g_build_filename (directory, "first", NULL);
  g_autofree char *second = g_build_filename (directory, "second", NULL);
  guint8 *text = bytes + (gsize) n_chunks * SC_CHUNK_SIZE;

  g_assert_cmpint (g_mkdir_with_parents (first, 0700), ==, 0);
  g_assert_cmpint (g_mkdir_with_parents (second, 0700), ==, 0);
  for (gsize i = 0; i < (gsize) n_chunks * SC_CHUNK_SIZE; i += 4) {
    guint32 value = g_rand_int (random);

    memcpy (bytes + i, &value, sizeof value);
  }
  for (gsize i = 0; i < 3 * SC_CHUNK_SIZE; i++)
    text[i] = (guint8) "a text that compresses; "[(i + i / SC_CHUNK_SIZE) % 24];
  memcpy (bytes + length - SC_CHUNK_SIZE - 1000, bytes, SC_CHUNK_SIZE);
  memset (bytes + length - 1000, 7, 1000);
  write_file (first, "disk.vmdk", bytes, length);
  write_file (second, "disk.vmdk", bytes, length / 2);
  write_file (second, "settings.vmx", (const guint8 *) "name = x", 8);
}

static ScAuthority *
open_authority (const char *directory)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  ScAuthority *authority;

  g_ptr_array_add (names, (gpointer) "localhost");
  authority = sc_authority_open (directory, names, g_get_real_time () / G_USEC_PER_SEC, &error);
  g_assert_no_error (error);
  return authority;
}

TestStore *
test_store_new (guint n_chunks)
{
  TestStore *self = g_new0 (TestStore, 1);
  g_autoptr (GError) error = NULL;
  g_autofree char *master = NULL;
  g_autofree char *place = NULL;
  g_autofree char *catalog = NULL;
  g_autoptr (ScPublishResult) result = NULL;
  g_autoptr (GPtrArray) templates = NULL;

  self->directory = g_dir_make_tmp ("seatcast-session-XXXXXX", &error);
  g_assert_no_error (error);
  master = g_build_filename (self->directory, "master", NULL);
  place = g_build_filename (self->directory, "store", NULL);
  catalog = g_build_filename (self->directory, "catalog", NULL);
  write_templates (master, n_chunks);
  g_assert_cmpint (g_mkdir_with_parents (catalog, 0700), ==, 0);
  self->store = sc_store_open (place, &error);
  g_assert_no_error (error);
  self->catalog = sc_catalog_open (catalog, &error);
  g_assert_no_error (error);
  self->authority = open_authority (self->directory);
  result = sc_publish (self->store, master, "tester", "note", 1000000, NULL, NULL, &error);
  g_assert_no_error (error);
  self->version = sc_version_manifest_ref (result->version);
  templates = sc_store_get_templates (self->store, self->version, &error);
  g_assert_no_error (error);
  self->chunks = sc_version_chunks_collect (templates);
  return self;
}

static void
remove_tree (GFile *file)
{
  g_autoptr (GFileEnumerator) children =
      g_file_enumerate_children (file, G_FILE_ATTRIBUTE_STANDARD_NAME, G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL, NULL);
  GFile *child = NULL;

  while (children != NULL && g_file_enumerator_iterate (children, NULL, &child, NULL, NULL) && child != NULL)
    remove_tree (child);
  g_file_delete (file, NULL, NULL);
}

void
test_store_free (TestStore *self)
{
  g_autoptr (GFile) directory = g_file_new_for_path (self->directory);

  sc_chunk_index_free (self->chunks);
  sc_version_manifest_unref (self->version);
  sc_catalog_close (self->catalog);
  sc_store_close (self->store);
  sc_authority_close (self->authority);
  remove_tree (directory);
  g_free (self->directory);
  g_free (self);
}

GBytes *
test_store_make_bits (TestStore *self, guint every)
{
  guint32 n = sc_chunk_index_size (self->chunks);
  guint8 *bits = g_malloc0 ((n + 7) / 8);

  for (guint32 i = 0; i < n; i += every)
    bits[i / 8] |= (guint8) (1u << (i % 8));
  return g_bytes_new_take (bits, (n + 7) / 8);
}

void
test_store_damage (TestStore *self, guint32 index)
{
  ScStoreEntry entry;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  g_autofree char *name = NULL;
  g_autoptr (GFile) file = NULL;
  g_autoptr (GFileIOStream) stream = NULL;
  const guint8 wrong[4] = { 0xde, 0xad, 0xbe, 0xef };

  g_assert_true (sc_store_locate (self->store, sc_chunk_index_get (self->chunks, index), 1, &entry, &error));
  name = g_strdup_printf ("%08u.pack", entry.pack);
  path = g_build_filename (self->directory, "store", "packs", name, NULL);
  file = g_file_new_for_path (path);
  stream = g_file_open_readwrite (file, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_seekable_seek (G_SEEKABLE (stream), (goffset) (entry.offset + SC_PACK_ENTRY_HEADER_SIZE), G_SEEK_SET,
                                  NULL, &error));
  g_assert_true (g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (stream)), wrong, sizeof wrong,
                                            NULL, NULL, &error));
  g_assert_no_error (error);
}
