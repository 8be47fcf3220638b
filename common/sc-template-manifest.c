/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-template-manifest.h"

#include "common/sc-error.h"
#include "common/sc-path.h"
#include "common/sc-siblings.h"

#include <stdlib.h>

#define FORMAT "seatcast-template-1"
#define TYPE "(ssa(stxusay))"

struct _ScTemplateManifest {
  gatomicrefcount ref_count;
  GBytes *bytes;
  ScChunkId id;
  char *name;
  guint64 size;
  guint n_files;
  ScManifestFile *files; /* paths owned, chunks point into bytes */
};

static gboolean
invalid (GError **error, const char *name, const char *rule)
{
  g_autofree char *shown = sc_error_excerpt (name);

  g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "the manifest of template “%s” is not sound: %s", shown, rule);
  return FALSE;
}

ScTemplateManifest *
sc_template_manifest_ref (ScTemplateManifest *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
sc_template_manifest_unref (ScTemplateManifest *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;
  for (guint i = 0; i < self->n_files; i++)
    g_free ((char *) self->files[i].path);
  g_free (self->files);
  g_free (self->name);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self);
}

static gboolean
check_template_name (const char *name, GError **error)
{
  return strcmp (name, SC_TEMPLATE_ROOT) == 0 || sc_path_check_component (name, error);
}

/* Takes the chunk ids of one file out of the variant; they live as long as the manifest's bytes. */
static gboolean
parse_file (ScTemplateManifest *self, GVariant *tuple, ScManifestFile *file, GError **error)
{
  const char *path, *chunker;
  g_autoptr (GVariant) chunks = NULL;

  g_variant_get (tuple, "(&stxu&s@ay)", &path, &file->size, &file->mtime, &file->attributes, &chunker, &chunks);
  if (!sc_path_check_relative (path, error))
    return FALSE;
  if (strcmp (self->name, SC_TEMPLATE_ROOT) == 0 && strchr (path, '/') != NULL)
    return invalid (error, self->name, "a file of the repository's root lies in a directory, which is a template");
  if (strcmp (chunker, SC_MANIFEST_CHUNKER) != 0)
    return invalid (error, self->name, "a file uses a chunker that this version of Seatcast does not know; update it");
  if ((file->attributes & ~(guint32) SC_FILE_READ_ONLY) != 0)
    return invalid (error, self->name, "a file has unknown attributes");
  /* the first test keeps the product of the second within 64 bits */
  if (sc_chunk_count (file->size) > SC_MANIFEST_MAX_BYTES / sizeof (ScChunkId) ||
      g_variant_get_size (chunks) != sc_chunk_count (file->size) * sizeof (ScChunkId))
    return invalid (error, self->name, "a file's size and number of chunks do not match");
  file->n_chunks = sc_chunk_count (file->size);
  file->chunks = g_variant_get_data (chunks);
  file->path = g_strdup (path);
  self->size += file->size;
  return TRUE;
}

static gboolean
check_siblings (const ScTemplateManifest *self, GError **error)
{
  g_autofree const char **paths = g_new0 (const char *, self->n_files);

  for (guint i = 0; i < self->n_files; i++)
    paths[i] = self->files[i].path;
  if (sc_siblings_check (paths, self->n_files, error))
    return TRUE;
  g_prefix_error (error, "template “%s”: ", self->name);
  return FALSE;
}

static gboolean
parse_files (ScTemplateManifest *self, GVariant *files, GError **error)
{
  gsize n_files = g_variant_n_children (files);

  if (n_files > SC_MANIFEST_MAX_FILES)
    return invalid (error, self->name, "it has more than 65,536 files");
  self->files = g_new0 (ScManifestFile, n_files);
  for (gsize i = 0; i < n_files; i++) {
    g_autoptr (GVariant) tuple = g_variant_get_child_value (files, i);

    if (!parse_file (self, tuple, &self->files[i], error))
      return FALSE;
    self->n_files++;
    if (i > 0 && strcmp (self->files[i - 1].path, self->files[i].path) >= 0)
      return invalid (error, self->name, "its files are not sorted");
  }
  return check_siblings (self, error);
}

ScTemplateManifest *
sc_template_manifest_parse (GBytes *bytes, GError **error)
{
  g_autoptr (ScTemplateManifest) self = g_new0 (ScTemplateManifest, 1);
  g_autoptr (GVariant) variant = NULL;
  g_autoptr (GVariant) files = NULL;
  const char *format, *name;

  g_atomic_ref_count_init (&self->ref_count);
  if (g_bytes_get_size (bytes) > SC_MANIFEST_MAX_BYTES) {
    invalid (error, "?", "it is larger than 1 GiB");
    return NULL;
  }
  variant = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (TYPE), bytes, FALSE));
  if (!g_variant_is_normal_form (variant)) {
    invalid (error, "?", "it is not a GVariant in normal form");
    return NULL;
  }
  /* the variant may have copied the bytes to align them: the chunk ids point into its data, so that is what is kept */
  self->bytes = g_variant_get_data_as_bytes (variant);
  g_variant_get (variant, "(&s&s@a(stxusay))", &format, &name, &files);
  self->name = g_strdup (name);
  if (strcmp (format, FORMAT) != 0) {
    invalid (error, name, "its format is unknown; update Seatcast");
    return NULL;
  }
  if (!check_template_name (name, error) || !parse_files (self, files, error))
    return NULL;
  sc_chunk_id_of (&self->id, g_bytes_get_data (self->bytes, NULL), g_bytes_get_size (self->bytes));
  return g_steal_pointer (&self);
}

const char *
sc_template_manifest_get_name (const ScTemplateManifest *self)
{
  return self->name;
}

const ScChunkId *
sc_template_manifest_get_id (const ScTemplateManifest *self)
{
  return &self->id;
}

GBytes *
sc_template_manifest_get_bytes (const ScTemplateManifest *self)
{
  return self->bytes;
}

guint64
sc_template_manifest_get_size (const ScTemplateManifest *self)
{
  return self->size;
}

guint
sc_template_manifest_get_n_files (const ScTemplateManifest *self)
{
  return self->n_files;
}

const ScManifestFile *
sc_template_manifest_get_file (const ScTemplateManifest *self, guint index)
{
  g_return_val_if_fail (index < self->n_files, NULL);

  return &self->files[index];
}

static int
compare_path_to_file (const void *path, const void *file)
{
  return strcmp (path, ((const ScManifestFile *) file)->path);
}

const ScManifestFile *
sc_template_manifest_find_file (const ScTemplateManifest *self, const char *path)
{
  if (self->n_files == 0)
    return NULL;
  return bsearch (path, self->files, self->n_files, sizeof *self->files, compare_path_to_file);
}

struct _ScTemplateManifestBuilder {
  char *name;
  GPtrArray *files; /* BuilderFile */
};

typedef struct {
  char *path;
  guint64 size;
  gint64 mtime;
  guint32 attributes;
  GBytes *chunks;
} BuilderFile;

static void
builder_file_free (BuilderFile *file)
{
  g_free (file->path);
  g_bytes_unref (file->chunks);
  g_free (file);
}

ScTemplateManifestBuilder *
sc_template_manifest_builder_new (const char *name)
{
  ScTemplateManifestBuilder *self = g_new0 (ScTemplateManifestBuilder, 1);

  self->name = g_strdup (name);
  self->files = g_ptr_array_new_with_free_func ((GDestroyNotify) builder_file_free);
  return self;
}

void
sc_template_manifest_builder_free (ScTemplateManifestBuilder *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_ptr_array_unref (self->files);
  g_free (self);
}

void
sc_template_manifest_builder_add (ScTemplateManifestBuilder *self, const char *path, guint64 size, gint64 mtime,
                                  guint32 attributes, const ScChunkId *chunks, gsize n_chunks)
{
  BuilderFile *file = g_new0 (BuilderFile, 1);

  g_return_if_fail (n_chunks == sc_chunk_count (size));

  file->path = g_strdup (path);
  file->size = size;
  file->mtime = mtime;
  file->attributes = attributes;
  file->chunks = g_bytes_new (chunks, n_chunks * sizeof *chunks);
  g_ptr_array_add (self->files, file);
}

static int
compare_builder_files (gconstpointer a, gconstpointer b)
{
  const BuilderFile *const *file_a = a, *const *file_b = b;

  return strcmp ((*file_a)->path, (*file_b)->path);
}

ScTemplateManifest *
sc_template_manifest_builder_end (ScTemplateManifestBuilder *self, GError **error)
{
  GVariantBuilder files;
  g_autoptr (GVariant) variant = NULL;
  g_autoptr (GBytes) bytes = NULL;

  for (guint i = 0; i < self->files->len; i++) {
    const BuilderFile *file = g_ptr_array_index (self->files, i);
    /* GVariant strings must be UTF-8, so names are checked before they become one */
    if (!sc_path_check_relative (file->path, error))
      return NULL;
  }
  if (!check_template_name (self->name, error))
    return NULL;
  g_ptr_array_sort (self->files, compare_builder_files);
  g_variant_builder_init (&files, G_VARIANT_TYPE ("a(stxusay)"));
  for (guint i = 0; i < self->files->len; i++) {
    const BuilderFile *file = g_ptr_array_index (self->files, i);

    g_variant_builder_add (&files, "(stxus@ay)", file->path, file->size, file->mtime, file->attributes,
                           SC_MANIFEST_CHUNKER, g_variant_new_from_bytes (G_VARIANT_TYPE ("ay"), file->chunks, TRUE));
  }
  variant = g_variant_ref_sink (g_variant_new ("(ssa(stxusay))", FORMAT, self->name, &files));
  if (G_BYTE_ORDER == G_BIG_ENDIAN) {
    g_autoptr (GVariant) swapped = g_variant_byteswap (variant);
    bytes = g_variant_get_data_as_bytes (swapped);
  } else {
    bytes = g_variant_get_data_as_bytes (variant);
  }
  return sc_template_manifest_parse (bytes, error);
}
