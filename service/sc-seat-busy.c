/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-seat-busy.h"

#include "common/sc-error.h"
#include "common/sc-path.h"
#include "service/sc-apply-file.h"

struct _ScSeatBusy {
  gatomicrefcount references;
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

/* A file may bear either name: an earlier update may have been cut off. */
static void
add_file_in_use (ScSeatBusy *self, ScDisk *disk, const char *template_name, const char *relative)
{
  g_autoptr (ScApplyFile) file = sc_apply_file_new (0, template_name, relative);
  g_autofree char *updating = sc_apply_file_dup_updating_path (file);

  if (is_in_use (disk, file->path))
    g_ptr_array_add (self->files, g_strdup (file->path));
  else if (is_in_use (disk, updating))
    g_ptr_array_add (self->files, g_steal_pointer (&updating));
}

static gboolean
add_template (ScSeatBusy *self, ScDisk *disk, ScSeatState *state, const char *name, GError **error)
{
  g_autoptr (ScSeatTemplate) row = sc_seat_state_get_template (state, name, error);
  g_autoptr (GBytes) bytes = row != NULL ? sc_seat_state_load_manifest (state, &row->manifest, error) : NULL;
  g_autoptr (ScTemplateManifest) manifest = bytes != NULL ? sc_template_manifest_parse (bytes, error) : NULL;

  if (manifest == NULL)
    return FALSE;
  for (guint i = 0; i < sc_template_manifest_get_n_files (manifest); i++)
    add_file_in_use (self, disk, name, sc_template_manifest_get_file (manifest, i)->path);
  return TRUE;
}

ScSeatBusy *
sc_seat_busy_new (ScDisk *disk, ScSeatState *state, GStrv templates)
{
  ScSeatBusy *self = g_new0 (ScSeatBusy, 1);

  g_atomic_ref_count_init (&self->references);
  self->templates = templates;
  self->files = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; templates[i] != NULL; i++) {
    g_autoptr (GError) error = NULL;

    if (!add_template (self, disk, state, templates[i], &error) && error != NULL)
      g_debug ("It is not known which files of template “%s” are in use: %s", templates[i], error->message);
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
sc_seat_busy_is_released (const ScSeatBusy *self, ScDisk *disk)
{
  for (guint i = 0; i < self->files->len; i++)
    if (!is_in_use (disk, self->files->pdata[i]))
      return TRUE;
  return self->files->len == 0;
}
