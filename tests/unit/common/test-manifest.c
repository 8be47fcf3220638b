/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "common/sc-manifest.h"

static ScTemplateManifest *
make_template (const char *name)
{
  g_autoptr (ScTemplateManifestBuilder) builder = sc_template_manifest_builder_new (name);
  g_autoptr (GError) error = NULL;
  ScTemplateManifest *manifest;
  ScChunkId chunks[3];

  sc_chunk_id_of (&chunks[0], "one", 3);
  sc_chunk_id_of_zeros (&chunks[1], SC_CHUNK_SIZE);
  sc_chunk_id_of (&chunks[2], "tail", 4);
  sc_template_manifest_builder_add (builder, "z.vmdk", 2 * SC_CHUNK_SIZE + 4, 1234567, SC_FILE_READ_ONLY, chunks, 3);
  sc_template_manifest_builder_add (builder, "a.vmx", 3, -5, 0, chunks, 1);
  sc_template_manifest_builder_add (builder, "dir/empty", 0, 0, 0, NULL, 0);
  manifest = sc_template_manifest_builder_end (builder, &error);
  g_assert_no_error (error);
  return manifest;
}

static void
test_template_round_trip (void)
{
  g_autoptr (ScTemplateManifest) made = make_template ("Debian 12");
  g_autoptr (GError) error = NULL;
  g_autoptr (ScTemplateManifest) parsed = sc_template_manifest_parse (sc_template_manifest_get_bytes (made), &error);
  const ScManifestFile *file;

  g_assert_no_error (error);
  g_assert_true (sc_chunk_id_equal (sc_template_manifest_get_id (made), sc_template_manifest_get_id (parsed)));
  g_assert_cmpstr (sc_template_manifest_get_name (parsed), ==, "Debian 12");
  g_assert_cmpuint (sc_template_manifest_get_n_files (parsed), ==, 3);
  g_assert_cmpuint (sc_template_manifest_get_size (parsed), ==, 2 * SC_CHUNK_SIZE + 7);
  g_assert_cmpstr (sc_template_manifest_get_file (parsed, 0)->path, ==, "a.vmx");
  file = sc_template_manifest_find_file (parsed, "z.vmdk");
  g_assert_nonnull (file);
  g_assert_cmpuint (file->n_chunks, ==, 3);
  g_assert_cmpint (file->mtime, ==, 1234567);
  g_assert_cmpuint (file->attributes, ==, SC_FILE_READ_ONLY);
  g_assert_null (sc_template_manifest_find_file (parsed, "nothing"));
}

static void
test_names_that_are_one_file (void)
{
  static const char *const pairs[][2] = { { "Disk.vmdk", "disk.VMDK" }, { "a", "A/b" }, { "same", "same" } };

  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++) {
    g_autoptr (ScTemplateManifestBuilder) builder = sc_template_manifest_builder_new ("t");
    g_autoptr (GError) error = NULL;

    sc_template_manifest_builder_add (builder, pairs[i][0], 0, 0, 0, NULL, 0);
    sc_template_manifest_builder_add (builder, pairs[i][1], 0, 0, 0, NULL, 0);
    g_assert_null (sc_template_manifest_builder_end (builder, &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  }
}

/* Two templates of a version may not have one file: the root's are those that lie in no directory. */
static void
test_root_has_no_directories (void)
{
  g_autoptr (ScTemplateManifestBuilder) builder = sc_template_manifest_builder_new (SC_TEMPLATE_ROOT);
  g_autoptr (GError) error = NULL;

  sc_template_manifest_builder_add (builder, "vm/disk.vmdk", 0, 0, 0, NULL, 0);
  g_assert_null (sc_template_manifest_builder_end (builder, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
}

/* Whatever bit of a manifest flips, it is refused or it is another manifest, with another id. */
static void
test_every_flipped_bit_is_noticed (void)
{
  g_autoptr (ScTemplateManifest) made = make_template ("t");
  gsize length;
  const guint8 *original = g_bytes_get_data (sc_template_manifest_get_bytes (made), &length);

  for (gsize bit = 0; bit < length * 8; bit++) {
    g_autofree guint8 *copy = g_memdup2 (original, length);
    g_autoptr (GBytes) bytes = NULL;
    g_autoptr (ScTemplateManifest) parsed = NULL;

    copy[bit / 8] ^= (guint8) (1 << bit % 8);
    bytes = g_bytes_new (copy, length);
    parsed = sc_template_manifest_parse (bytes, NULL);
    g_assert_true (parsed == NULL ||
                   !sc_chunk_id_equal (sc_template_manifest_get_id (parsed), sc_template_manifest_get_id (made)));
  }
}

static void
test_truncated_is_refused (void)
{
  g_autoptr (ScTemplateManifest) made = make_template ("t");
  gsize length = g_bytes_get_size (sc_template_manifest_get_bytes (made));

  for (gsize i = 0; i < length; i++) {
    g_autoptr (GBytes) bytes = g_bytes_new_from_bytes (sc_template_manifest_get_bytes (made), 0, i);
    g_autoptr (GError) error = NULL;

    g_assert_null (sc_template_manifest_parse (bytes, &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  }
}

static void
test_version_round_trip (void)
{
  ScManifestTemplate templates[2] = { { .name = "b", .size = 7 }, { .name = ".", .size = 5 } };
  g_autoptr (GError) error = NULL;
  g_autoptr (ScVersionManifest) made = sc_version_manifest_new (7, 99, "Ada", "first", templates, 2, &error);
  g_autoptr (ScVersionManifest) parsed = sc_version_manifest_parse (sc_version_manifest_get_bytes (made), &error);

  g_assert_no_error (error);
  g_assert_cmpuint (sc_version_manifest_get_number (parsed), ==, 7);
  g_assert_cmpint (sc_version_manifest_get_created (parsed), ==, 99);
  g_assert_cmpstr (sc_version_manifest_get_author (parsed), ==, "Ada");
  g_assert_cmpstr (sc_version_manifest_get_note (parsed), ==, "first");
  g_assert_cmpuint (sc_version_manifest_get_size (parsed), ==, 12);
  g_assert_cmpstr (sc_version_manifest_get_template (parsed, 0)->name, ==, ".");
  g_assert_nonnull (sc_version_manifest_find_template (parsed, "b"));
  g_assert_true (sc_chunk_id_equal (sc_version_manifest_get_id (made), sc_version_manifest_get_id (parsed)));
}

static void
test_version_refuses (void)
{
  ScManifestTemplate twins[2] = { { .name = "Lab" }, { .name = "LAB" } };
  ScManifestTemplate outside[1] = { { .name = ".." } };
  ScManifestTemplate huge[2] = { { .name = "a", .size = G_MAXUINT64 }, { .name = "b", .size = 1 } };
  g_autofree char *long_note = g_strnfill (SC_MANIFEST_NOTE_MAX + 1, 'n');

  g_assert_null (sc_version_manifest_new (1, 0, "", "", twins, 2, NULL));
  g_assert_null (sc_version_manifest_new (1, 0, "", "", outside, 1, NULL));
  g_assert_null (sc_version_manifest_new (1, 0, "", "", huge, 2, NULL));
  g_assert_null (sc_version_manifest_new (0, 0, "", "", NULL, 0, NULL));
  g_assert_null (sc_version_manifest_new (1, 0, "", long_note, NULL, 0, NULL));
  g_assert_null (sc_version_manifest_new (1, 0, "\xff", "", NULL, 0, NULL));
}

static void
test_collect_skips_zeros_and_repeats (void)
{
  g_autoptr (GPtrArray) templates = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_template_manifest_unref);
  g_autoptr (ScChunkIndex) index = NULL;
  ScChunkId first;

  g_ptr_array_add (templates, make_template ("a"));
  g_ptr_array_add (templates, make_template ("b"));
  index = sc_version_chunks_collect (templates);
  g_assert_cmpuint (sc_chunk_index_size (index), ==, 2);
  sc_chunk_id_of (&first, "one", 3);
  g_assert_true (sc_chunk_id_equal (sc_chunk_index_get (index, 0), &first));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/manifest/template-round-trip", test_template_round_trip);
  g_test_add_func ("/manifest/names-that-are-one-file", test_names_that_are_one_file);
  g_test_add_func ("/manifest/root-has-no-directories", test_root_has_no_directories);
  g_test_add_func ("/manifest/every-flipped-bit-is-noticed", test_every_flipped_bit_is_noticed);
  g_test_add_func ("/manifest/truncated-is-refused", test_truncated_is_refused);
  g_test_add_func ("/manifest/version-round-trip", test_version_round_trip);
  g_test_add_func ("/manifest/version-refuses", test_version_refuses);
  g_test_add_func ("/manifest/collect-skips-zeros-and-repeats", test_collect_skips_zeros_and_repeats);
  return g_test_run ();
}
