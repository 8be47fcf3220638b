/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-seat-busy.h"

#include "common/sc-error.h"
#include "common/sc-path.h"
#include "service/apply/sc-apply-file.h"

struct _ScSeatBusy {
  gatomicrefcount references;
  ScDisk *disk;
  GStrv templates;
  GPtrArray *files; /* (element-type filename): from the repository's root */
};

static gboolean
is_in_use (ScDisk *disk, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScDiskFile) file = sc_disk_open (disk, path, SC_DISK_READ | SC_DISK_EXCLUSIVE, &error);

  return file == NULL && g_error_matches (error, SC_ERROR, SC_ERROR_BUSY);
}

static void
add_if_in_use (ScSeatBusy *self, const char *path)
{
  if (!g_ptr_array_find_with_equal_func (self->files, path, g_str_equal, NULL) && is_in_use (self->disk, path))
    g_ptr_array_add (self->files, g_strdup (path));
}

/* @manifest: of the template; one that is not kept only costs knowledge */
static void
add_files (ScSeatBusy *self, ScSeatState *state, const ScChunkId *manifest)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = sc_seat_state_load_manifest (state, manifest, &error);
  g_autoptr (ScTemplateManifest) template = bytes != NULL ? sc_template_manifest_parse (bytes, &error) : NULL;

  if (template == NULL) {
    g_debug ("It is not known which files of a template are in use: %s", error->message);
    return;
  }
  for (guint i = 0; i < sc_template_manifest_get_n_files (template); i++) {
    const char *relative = sc_template_manifest_get_file (template, i)->path;
    g_autoptr (ScApplyFile) file = sc_apply_file_new (0, sc_template_manifest_get_name (template), relative);
    g_autofree char *updating = sc_apply_file_dup_updating_path (file);

    add_if_in_use (self, file->path);
    add_if_in_use (self, updating); /* an earlier update may have been cut off */
  }
}

/* Returns: (nullable): NULL: none, or it is not known */
static ScVersionManifest *
load_pending (ScSeatState *state)
{
  guint64 session, version;
  ScChunkId manifest;

  sc_seat_state_get_pending (state, &session, &version, &manifest);
  g_autoptr (GBytes) bytes = version != 0 ? sc_seat_state_load_manifest (state, &manifest, NULL) : NULL;
  return bytes != NULL ? sc_version_manifest_parse (bytes, NULL) : NULL;
}

ScSeatBusy *
sc_seat_busy_new (ScDisk *disk, ScSeatState *state, GStrv templates)
{
  ScSeatBusy *self = g_new0 (ScSeatBusy, 1);
  g_autoptr (ScVersionManifest) pending = load_pending (state);

  g_atomic_ref_count_init (&self->references);
  self->disk = disk;
  self->templates = templates;
  self->files = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; templates[i] != NULL; i++) {
    g_autoptr (ScSeatTemplate) row = sc_seat_state_get_template (state, templates[i], NULL);
    const ScManifestTemplate *wanted =
        pending != NULL ? sc_version_manifest_find_template (pending, templates[i]) : NULL;

    if (row != NULL)
      add_files (self, state, &row->manifest);
    if (wanted != NULL) /* also of a template that others had laid there before the seat knew it */
      add_files (self, state, &wanted->id);
  }
  return self;
}

ScSeatBusy *
sc_seat_busy_ref (ScSeatBusy *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
sc_seat_busy_unref (ScSeatBusy *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_strfreev (self->templates);
  g_ptr_array_unref (self->files);
  g_free (self);
}

const char *const *
sc_seat_busy_get_templates (const ScSeatBusy *self)
{
  return (const char *const *) self->templates;
}

gboolean
sc_seat_busy_contains (const ScSeatBusy *self, const char *template_name)
{
  return self != NULL && g_strv_contains ((const char *const *) self->templates, template_name);
}

gboolean
sc_seat_busy_is_released (const ScSeatBusy *self)
{
  for (guint i = 0; i < self->files->len; i++)
    if (!is_in_use (self->disk, self->files->pdata[i]))
      return TRUE;
  return self->files->len == 0;
}
