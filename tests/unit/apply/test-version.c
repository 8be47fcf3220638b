/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/apply/test-version.h"

static void
test_file_free (TestFile *self)
{
  g_free (self->template);
  g_free (self->path);
  g_bytes_unref (self->data);
  g_free (self);
}

static void
test_chunk_clear (gpointer data)
{
  TestChunk *self = data;

  g_bytes_unref (self->data);
  g_clear_pointer (&self->frame, g_bytes_unref);
}

void
test_chunk_unref (TestChunk *self)
{
  g_rc_box_release_full (self, test_chunk_clear);
}

TestVersion *
test_version_new (guint64 number)
{
  TestVersion *self = g_new0 (TestVersion, 1);

  self->number = number;
  self->files = g_ptr_array_new_with_free_func ((GDestroyNotify) test_file_free);
  self->manifests = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_template_manifest_unref);
  self->chunks =
      g_hash_table_new_full (sc_chunk_id_hash, sc_chunk_id_equal_func, g_free, (GDestroyNotify) test_chunk_unref);
  return self;
}

void
test_version_free (TestVersion *self)
{
  g_ptr_array_unref (self->files);
  g_ptr_array_unref (self->manifests);
  g_clear_pointer (&self->manifest, sc_version_manifest_unref);
  g_hash_table_unref (self->chunks);
  g_free (self);
}

TestFile *
test_version_add (TestVersion *self, const char *template_name, const char *path, GBytes *data)
{
  TestFile *file = g_new0 (TestFile, 1);

  file->template = g_strdup (template_name);
  file->path = g_strdup (path);
  file->data = data;
  file->mtime = G_GINT64_CONSTANT (1700000000000000) + (gint64) self->number * G_USEC_PER_SEC + 123456;
  g_ptr_array_add (self->files, file);
  return file;
}

const TestFile *
test_version_find (const TestVersion *self, const char *template_name, const char *path)
{
  for (guint i = 0; i < self->files->len; i++) {
    const TestFile *file = self->files->pdata[i];

    if (strcmp (file->template, template_name) == 0 && strcmp (file->path, path) == 0)
      return file;
  }
  return NULL;
}

static void
add_chunk (TestVersion *self, const ScChunkId *id, GBytes *file, gsize offset, gsize length)
{
  TestChunk *chunk;

  if (g_hash_table_contains (self->chunks, id))
    return;
  chunk = g_rc_box_new0 (TestChunk);
  chunk->data = g_bytes_new_from_bytes (file, offset, length);
  g_hash_table_insert (self->chunks, g_memdup2 (id, sizeof *id), chunk);
}

static void
add_to_builder (TestVersion *self, ScTemplateManifestBuilder *builder, const TestFile *file)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (file->data, &size);
  gsize n = sc_chunk_count (size);
  g_autofree ScChunkId *ids = g_new0 (ScChunkId, n + 1);

  for (gsize i = 0; i < n; i++) {
    sc_chunk_id_of (&ids[i], data + i * SC_CHUNK_SIZE, sc_chunk_length (size, i));
    add_chunk (self, &ids[i], file->data, i * SC_CHUNK_SIZE, sc_chunk_length (size, i));
  }
  sc_template_manifest_builder_add (builder, file->path, size, file->mtime, file->attributes, ids, n);
}

static ScTemplateManifest *
build_template (TestVersion *self, const char *name)
{
  g_autoptr (ScTemplateManifestBuilder) builder = sc_template_manifest_builder_new (name);
  g_autoptr (GError) error = NULL;
  ScTemplateManifest *manifest;

  for (guint i = 0; i < self->files->len; i++) {
    const TestFile *file = self->files->pdata[i];

    if (strcmp (file->template, name) == 0)
      add_to_builder (self, builder, file);
  }
  manifest = sc_template_manifest_builder_end (builder, &error);
  g_assert_no_error (error);
  return manifest;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

void
test_version_seal (TestVersion *self)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autoptr (GArray) entries = g_array_new (FALSE, TRUE, sizeof (ScManifestTemplate));
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < self->files->len; i++) {
    const TestFile *file = self->files->pdata[i];

    if (!g_ptr_array_find_with_equal_func (names, file->template, g_str_equal, NULL))
      g_ptr_array_add (names, file->template);
  }
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++) {
    ScTemplateManifest *manifest = build_template (self, names->pdata[i]);
    ScManifestTemplate entry = { .name = names->pdata[i],
                                 .id = *sc_template_manifest_get_id (manifest),
                                 .size = sc_template_manifest_get_size (manifest) };

    g_ptr_array_add (self->manifests, manifest);
    g_array_append_val (entries, entry);
  }
  self->manifest =
      sc_version_manifest_new (self->number, 1, "test", "", (ScManifestTemplate *) entries->data, entries->len, &error);
  g_assert_no_error (error);
}

static void
append_chunk (GByteArray *bytes, char kind, gsize length)
{
  guint8 chunk[SC_CHUNK_SIZE] = { 0 };

  if (kind != '0') {
    guint32 state = (guint8) kind * 2654435761u + 1;

    for (gsize i = 0; i < sizeof chunk; i++) {
      state = state * 1664525u + 1013904223u;
      chunk[i] = i % 4 == 0 ? (guint8) (state >> 24) : (guint8) kind;
    }
  }
  g_byte_array_append (bytes, chunk, (guint) length);
}

GBytes *
test_content (const char *pattern)
{
  g_auto (GStrv) parts = g_strsplit (pattern, ":", 2);
  GByteArray *bytes = g_byte_array_new ();
  gsize n = parts[0] != NULL ? strlen (parts[0]) : 0;

  for (gsize i = 0; i < n; i++) {
    gboolean tail = i + 1 == n && parts[1] != NULL;

    append_chunk (bytes, parts[0][i], tail ? g_ascii_strtoull (parts[1], NULL, 10) : SC_CHUNK_SIZE);
  }
  return g_byte_array_free_to_bytes (bytes);
}

TestVersion *
test_version_one_file (guint64 number, const char *pattern)
{
  TestVersion *version = test_version_new (number);

  test_version_add (version, "vm", "disk.vmdk", test_content (pattern));
  test_version_seal (version);
  return version;
}

static GBytes *
random_content (GRand *random, const char *alphabet)
{
  GString *pattern = g_string_new (NULL);
  gint n = g_rand_int_range (random, 0, 14);
  gsize letters = strlen (alphabet);
  g_autofree char *text = NULL;

  for (gint i = 0; i < n; i++)
    g_string_append_c (pattern, alphabet[g_rand_int_range (random, 0, (gint32) letters)]);
  if (n > 0 && g_rand_boolean (random))
    g_string_append_printf (pattern, ":%d", g_rand_int_range (random, 1, SC_CHUNK_SIZE));
  text = g_string_free (pattern, FALSE);
  return test_content (text);
}

TestVersion *
test_version_random (GRand *random, guint64 number)
{
  TestVersion *version = test_version_new (number);

  for (guint t = 0; t < 3; t++) {
    const char *templates[] = { ".", "first", "second" };
    const char *paths[] = { "disk.vmdk", "b/other.vmdk", "b/c/third.vmdk", "file.nvram" };

    if (g_rand_int_range (random, 0, 4) == 0)
      continue;
    for (guint f = 0; f < G_N_ELEMENTS (paths); f++) {
      TestFile *file;

      if ((t == 0 && strchr (paths[f], '/') != NULL) || g_rand_int_range (random, 0, 3) == 0)
        continue;
      file = test_version_add (version, templates[t], paths[f], random_content (random, "00ABCDEFGHIJ"));
      file->attributes = g_rand_int_range (random, 0, 5) == 0 ? SC_FILE_READ_ONLY : 0;
      if (g_rand_boolean (random)) /* times that tell nothing */
        file->mtime = G_GINT64_CONSTANT (1600000000000000);
    }
  }
  test_version_seal (version);
  return version;
}
