/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-verified.h"

#include "common/sc-error.h"
#include "common/sc-path.h"
#include "common/sc-template-manifest.h"

#define CODE_MAX 32u
#define MESSAGE_MAX 1024u

static void
file_free (gpointer data)
{
  ScVerifiedFile *file = data;

  g_free (file->template_name);
  g_free (file->path);
  g_free (file);
}

ScVerified *
sc_verified_new (void)
{
  ScVerified *self = g_new0 (ScVerified, 1);

  self->code = g_strdup ("");
  self->message = g_strdup ("");
  self->files = g_ptr_array_new_with_free_func (file_free);
  return self;
}

void
sc_verified_free (ScVerified *self)
{
  if (self == NULL)
    return;
  g_free (self->code);
  g_free (self->message);
  g_ptr_array_unref (self->files);
  g_free (self);
}

static void
append_file (ScVerified *self, const char *template_name, const char *path, gboolean missing, guint32 damaged_chunks)
{
  ScVerifiedFile *file = g_new0 (ScVerifiedFile, 1);

  file->template_name = g_strdup (template_name);
  file->path = g_strdup (path);
  file->missing = missing;
  file->damaged_chunks = damaged_chunks;
  g_ptr_array_add (self->files, file);
}

void
sc_verified_add_file (ScVerified *self, const char *template_name, const char *path, gboolean missing,
                      guint32 damaged_chunks)
{
  self->n_files++;
  if (self->files->len < SC_VERIFIED_MAX_FILES)
    append_file (self, template_name, path, missing, damaged_chunks);
}

void
sc_verified_to_json (const ScVerified *self, ScJson *object)
{
  ScJson *files = json_array ();

  for (guint i = 0; i < MIN (self->files->len, SC_VERIFIED_MAX_FILES); i++) {
    const ScVerifiedFile *file = g_ptr_array_index (self->files, i);

    json_array_append_new (files, json_pack ("{s:s, s:s, s:b, s:I}", "template", file->template_name, "path",
                                             file->path, "missing", (int) file->missing, "damaged_chunks",
                                             (json_int_t) file->damaged_chunks));
  }
  json_object_set_new (object, "code", json_string (self->code));
  sc_json_set_text (object, "message", self->message, MESSAGE_MAX);
  json_object_set_new (object, "bytes", json_integer ((json_int_t) self->bytes));
  json_object_set_new (object, "n_templates", json_integer (self->n_templates));
  json_object_set_new (object, "n_files", json_integer (self->n_files));
  json_object_set_new (object, "files", files);
}

static gboolean
parse_file (ScVerified *self, const ScJson *object, GError **error)
{
  const char *template_name, *path;
  gboolean missing;
  guint64 damaged_chunks;

  if (!json_is_object (object)) {
    g_set_error_literal (error, SC_ERROR, SC_ERROR_INVALID, "a member of “files” is not an object");
    return FALSE;
  }
  template_name = sc_json_get_string (object, "template", SC_PATH_MAX_COMPONENT, error);
  if (template_name == NULL ||
      (strcmp (template_name, SC_TEMPLATE_ROOT) != 0 && !sc_path_check_component (template_name, error)))
    return FALSE;
  path = sc_json_get_string (object, "path", SC_PATH_MAX_BYTES, error);
  if (path == NULL || !sc_path_check_relative (path, error) || !sc_json_get_bool (object, "missing", &missing, error) ||
      !sc_json_get_uint (object, "damaged_chunks", G_MAXUINT32, &damaged_chunks, error))
    return FALSE;
  append_file (self, template_name, path, missing, (guint32) damaged_chunks);
  return TRUE;
}

ScVerified *
sc_verified_from_json (const ScJson *object, GError **error)
{
  g_autoptr (ScVerified) self = sc_verified_new ();
  const char *code = sc_json_get_string (object, "code", CODE_MAX, error);
  const char *message = code != NULL ? sc_json_get_string (object, "message", MESSAGE_MAX, error) : NULL;
  const ScJson *files;
  guint64 n_templates, n_files;

  if (message == NULL || !sc_json_get_uint (object, "bytes", G_MAXINT64, &self->bytes, error) ||
      !sc_json_get_uint (object, "n_templates", G_MAXUINT32, &n_templates, error) ||
      !sc_json_get_uint (object, "n_files", G_MAXUINT32, &n_files, error))
    return NULL;
  g_free (self->code);
  self->code = g_strdup (code);
  g_free (self->message);
  self->message = g_strdup (message);
  self->n_templates = (guint32) n_templates;
  self->n_files = (guint32) n_files;
  files = sc_json_get_array (object, "files", SC_VERIFIED_MAX_FILES, error);
  if (files == NULL)
    return NULL;
  for (gsize i = 0; i < json_array_size (files); i++)
    if (!parse_file (self, json_array_get (files, i), error))
      return NULL;
  return g_steal_pointer (&self);
}
