/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-manifest.h"

#include "common/sc-error.h"
#include "common/sc-path.h"
#include "common/sc-siblings.h"

#include <stdlib.h>

#define FORMAT "seatcast-version-1"
#define TYPE "(stxssa(sayt))"

struct _ScVersionManifest {
  gatomicrefcount ref_count;
  GBytes *bytes;
  ScChunkId id;
  guint64 number;
  gint64 created;
  char *author;
  char *note;
  guint64 size;
  guint n_templates;
  ScManifestTemplate *templates; /* names owned */
};

static gboolean
invalid (GError **error, const char *rule)
{
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "a version's manifest is not sound: %s", rule);
  return FALSE;
}

ScVersionManifest *
sc_version_manifest_ref (ScVersionManifest *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
sc_version_manifest_unref (ScVersionManifest *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;
  for (guint i = 0; i < self->n_templates; i++)
    g_free ((char *) self->templates[i].name);
  g_free (self->templates);
  g_free (self->author);
  g_free (self->note);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self);
}

static gboolean
check_siblings (const ScVersionManifest *self, GError **error)
{
  g_autofree const char **names = g_new0 (const char *, self->n_templates);

  for (guint i = 0; i < self->n_templates; i++)
    names[i] = self->templates[i].name;
  if (sc_siblings_check (names, self->n_templates, error))
    return TRUE;
  g_prefix_error (error, "the templates: ");
  return FALSE;
}

static gboolean
parse_templates (ScVersionManifest *self, GVariant *templates, GError **error)
{
  gsize n_templates = g_variant_n_children (templates);

  if (n_templates > SC_MANIFEST_MAX_TEMPLATES)
    return invalid (error, "it has more than 4,096 templates");
  self->templates = g_new0 (ScManifestTemplate, n_templates);
  for (gsize i = 0; i < n_templates; i++) {
    ScManifestTemplate *template = &self->templates[i];
    g_autoptr (GVariant) id = NULL;
    const char *name;

    g_variant_get_child (templates, i, "(&s@ayt)", &name, &id, &template->size);
    if (strcmp (name, SC_TEMPLATE_ROOT) != 0 && !sc_path_check_component (name, error))
      return FALSE;
    if (g_variant_get_size (id) != sizeof template->id)
      return invalid (error, "the id of a template is not 32 bytes long");
    if (template->size > G_MAXUINT64 - self->size)
      return invalid (error, "the sizes of its templates add up to too much");
    memcpy (&template->id, g_variant_get_data (id), sizeof template->id);
    template->name = g_strdup (name);
    self->size += template->size;
    self->n_templates++;
    if (i > 0 && strcmp (template[-1].name, template->name) >= 0)
      return invalid (error, "its templates are not sorted");
  }
  return check_siblings (self, error);
}

ScVersionManifest *
sc_version_manifest_parse (GBytes *bytes, GError **error)
{
  g_autoptr (ScVersionManifest) self = g_new0 (ScVersionManifest, 1);
  g_autoptr (GVariant) variant = NULL;
  g_autoptr (GVariant) templates = NULL;
  const char *format, *author, *note;

  g_atomic_ref_count_init (&self->ref_count);
  if (g_bytes_get_size (bytes) > SC_MANIFEST_MAX_BYTES) {
    invalid (error, "it is larger than 1 GiB");
    return NULL;
  }
  variant = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (TYPE), bytes, FALSE));
  if (!g_variant_is_normal_form (variant)) {
    invalid (error, "it is not a GVariant in normal form");
    return NULL;
  }
  g_variant_get (variant, "(&stx&s&s@a(sayt))", &format, &self->number, &self->created, &author, &note, &templates);
  if (strcmp (format, FORMAT) != 0) {
    invalid (error, "its format is unknown; update Seatcast");
    return NULL;
  }
  if (self->number == 0 || self->number > G_MAXINT64) {
    invalid (error, "its number is out of range");
    return NULL;
  }
  if (strlen (author) > SC_MANIFEST_AUTHOR_MAX || strlen (note) > SC_MANIFEST_NOTE_MAX) {
    invalid (error, "the note is longer than 4,096 bytes or the author's name longer than 256");
    return NULL;
  }
  self->author = g_strdup (author);
  self->note = g_strdup (note);
  if (!parse_templates (self, templates, error))
    return NULL;
  self->bytes = g_bytes_ref (bytes);
  sc_chunk_id_of (&self->id, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  return g_steal_pointer (&self);
}

static int
compare_templates (const void *a, const void *b)
{
  return strcmp ((*(const ScManifestTemplate *const *) a)->name, (*(const ScManifestTemplate *const *) b)->name);
}

ScVersionManifest *
sc_version_manifest_new (guint64 number, gint64 created, const char *author, const char *note,
                         const ScManifestTemplate *templates, guint n_templates, GError **error)
{
  g_autofree const ScManifestTemplate **sorted = g_new0 (const ScManifestTemplate *, n_templates);
  GVariantBuilder builder;
  g_autoptr (GVariant) variant = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (!g_utf8_validate (author, -1, NULL) || !g_utf8_validate (note, -1, NULL)) {
    invalid (error, "author or note is not UTF-8");
    return NULL;
  }
  for (guint i = 0; i < n_templates; i++) {
    if (strcmp (templates[i].name, SC_TEMPLATE_ROOT) != 0 && !sc_path_check_component (templates[i].name, error))
      return NULL;
    sorted[i] = &templates[i];
  }
  if (n_templates > 0)
    qsort (sorted, n_templates, sizeof *sorted, compare_templates);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sayt)"));
  for (guint i = 0; i < n_templates; i++)
    g_variant_builder_add (
        &builder, "(s@ayt)", sorted[i]->name,
        g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, sorted[i]->id.bytes, sizeof sorted[i]->id, 1), sorted[i]->size);
  variant = g_variant_ref_sink (g_variant_new ("(stxssa(sayt))", FORMAT, number, created, author, note, &builder));
  if (G_BYTE_ORDER == G_BIG_ENDIAN) {
    g_autoptr (GVariant) swapped = g_variant_byteswap (variant);
    bytes = g_variant_get_data_as_bytes (swapped);
  } else {
    bytes = g_variant_get_data_as_bytes (variant);
  }
  return sc_version_manifest_parse (bytes, error);
}

guint64
sc_version_manifest_get_number (const ScVersionManifest *self)
{
  return self->number;
}

gint64
sc_version_manifest_get_created (const ScVersionManifest *self)
{
  return self->created;
}

const char *
sc_version_manifest_get_author (const ScVersionManifest *self)
{
  return self->author;
}

const char *
sc_version_manifest_get_note (const ScVersionManifest *self)
{
  return self->note;
}

const ScChunkId *
sc_version_manifest_get_id (const ScVersionManifest *self)
{
  return &self->id;
}

GBytes *
sc_version_manifest_get_bytes (const ScVersionManifest *self)
{
  return self->bytes;
}

guint64
sc_version_manifest_get_size (const ScVersionManifest *self)
{
  return self->size;
}

guint
sc_version_manifest_get_n_templates (const ScVersionManifest *self)
{
  return self->n_templates;
}

const ScManifestTemplate *
sc_version_manifest_get_template (const ScVersionManifest *self, guint index)
{
  g_return_val_if_fail (index < self->n_templates, NULL);

  return &self->templates[index];
}

static int
compare_name_to_template (const void *name, const void *template)
{
  return strcmp (name, ((const ScManifestTemplate *) template)->name);
}

const ScManifestTemplate *
sc_version_manifest_find_template (const ScVersionManifest *self, const char *name)
{
  if (self->n_templates == 0)
    return NULL;
  return bsearch (name, self->templates, self->n_templates, sizeof *self->templates, compare_name_to_template);
}

static void
collect_file (ScChunkIndex *index, const ScManifestFile *file)
{
  ScChunkId zero_full, zero_tail;

  if (file->n_chunks == 0)
    return;
  sc_chunk_id_of_zeros (&zero_full, SC_CHUNK_SIZE);
  sc_chunk_id_of_zeros (&zero_tail, sc_chunk_length (file->size, file->n_chunks - 1));
  for (gsize i = 0; i < file->n_chunks; i++) {
    const ScChunkId *zero = i == file->n_chunks - 1 ? &zero_tail : &zero_full;

    if (!sc_chunk_id_equal (&file->chunks[i], zero))
      sc_chunk_index_add (index, &file->chunks[i], NULL);
  }
}

ScChunkIndex *
sc_version_chunks_collect (GPtrArray *templates)
{
  ScChunkIndex *index = sc_chunk_index_new ();

  for (guint i = 0; i < templates->len; i++) {
    const ScTemplateManifest *template = g_ptr_array_index (templates, i);

    for (guint j = 0; j < sc_template_manifest_get_n_files (template); j++)
      collect_file (index, sc_template_manifest_get_file (template, j));
  }
  return index;
}
