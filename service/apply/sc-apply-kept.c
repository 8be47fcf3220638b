/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/apply/sc-apply-kept.h"

#include "common/sc-error.h"

typedef struct {
  const ScApplyStep *step;
  ScTemplateManifest *manifest;
  GHashTable *files; /* ScApplyFile (not owned) by relative path */
} KeptStep;

struct _ScApplyKept {
  GPtrArray *steps; /* KeptStep, oldest first */
  GPtrArray *files; /* ScApplyFile (owned) */
};

static void
kept_step_free (gpointer data)
{
  KeptStep *step = data;

  g_clear_pointer (&step->manifest, sc_template_manifest_unref);
  g_clear_pointer (&step->files, g_hash_table_unref);
  g_free (step);
}

static ScTemplateManifest *
load_manifest (ScSeatState *state, const ScApplyStep *step)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = sc_seat_state_load_manifest (state, &step->from, &error);
  ScTemplateManifest *manifest = bytes != NULL ? sc_template_manifest_parse (bytes, &error) : NULL;

  if (manifest == NULL)
    g_message ("What is kept of version %" G_GUINT64_FORMAT " of template “%s” is of little use: %s", step->version,
               step->template_name, error->message);
  return manifest;
}

gboolean
sc_apply_kept_lookup (ScDisk *disk, const ScApplyStep *step, const char *relative, char **place, gboolean *whole,
                      ScDiskInfo *info, GError **error)
{
  *place = NULL;
  for (guint i = 0; i < 2; i++) {
    g_autofree char *path = sc_apply_undo_dup_kept_path (step, i == 0, relative);
    gboolean found = FALSE;

    if (!sc_apply_file_lookup (disk, path, &found, info, error))
      return FALSE;
    if (!found)
      continue;
    *place = g_steal_pointer (&path);
    *whole = i == 0;
    return TRUE;
  }
  return TRUE;
}

/* Only a file whose size and time are still those of the manifest can be what the manifest says. Another one was begun
 * to be changed in place, by an update that was cut short, before a second one took it away: what it has of the old
 * chunks may be nowhere else. */
static gboolean
add_file (ScApplyKept *self, KeptStep *kept, ScDisk *disk, const ScManifestFile *content, GError **error)
{
  g_autofree char *place = NULL;
  gboolean whole = FALSE;
  ScApplyFile *file;
  ScDiskInfo info;

  if (!sc_apply_kept_lookup (disk, kept->step, content->path, &place, &whole, &info, error))
    return FALSE;
  if (place == NULL)
    return TRUE;
  file = sc_apply_file_new_kept (place, content->path, content, &info);
  file->trusted = info.size == content->size && info.mtime == content->mtime;
  file->whole = whole && file->trusted;
  g_ptr_array_add (self->files, file);
  g_hash_table_insert (kept->files, file->relative, file);
  return TRUE;
}

/* Most steps have only a log: their manifests, which can be large, are not needed. */
static gboolean
has_files (ScDisk *disk, const ScApplyStep *step)
{
  g_autofree char *files = sc_apply_undo_dup_files_prefix (step);
  ScDiskInfo info;

  files[strlen (files) - 1] = '\0'; /* the slash */
  return sc_disk_info (disk, files, &info, NULL) && info.directory;
}

static gboolean
add_step (ScApplyKept *self, ScDisk *disk, ScSeatState *state, const ScApplyStep *step, GError **error)
{
  ScTemplateManifest *manifest = has_files (disk, step) ? load_manifest (state, step) : NULL;
  KeptStep *kept;

  if (manifest == NULL)
    return TRUE;
  kept = g_new0 (KeptStep, 1);
  kept->step = step;
  kept->manifest = manifest;
  kept->files = g_hash_table_new (g_str_hash, g_str_equal);
  g_ptr_array_add (self->steps, kept);
  for (guint i = 0; i < sc_template_manifest_get_n_files (manifest); i++)
    if (!add_file (self, kept, disk, sc_template_manifest_get_file (manifest, i), error))
      return FALSE;
  return TRUE;
}

ScApplyKept *
sc_apply_kept_new (ScDisk *disk, ScSeatState *state, ScApplyUndo *undo, GError **error)
{
  g_autoptr (ScApplyKept) self = g_new0 (ScApplyKept, 1);
  GPtrArray *steps = sc_apply_undo_get_steps (undo);

  self->steps = g_ptr_array_new_with_free_func (kept_step_free);
  self->files = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_apply_file_free);
  for (guint i = 0; i < steps->len; i++)
    if (!add_step (self, disk, state, steps->pdata[i], error))
      return NULL;
  return g_steal_pointer (&self);
}

void
sc_apply_kept_free (ScApplyKept *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->steps);
  g_ptr_array_unref (self->files);
  g_free (self);
}

GPtrArray *
sc_apply_kept_get_files (ScApplyKept *self)
{
  return self->files;
}

ScApplyFile *
sc_apply_kept_find_open (ScApplyKept *self, const char *template_name, const char *relative)
{
  for (guint i = 0; i < self->steps->len; i++) {
    const KeptStep *kept = self->steps->pdata[i];

    if (!kept->step->sealed && strcmp (kept->step->template_name, template_name) == 0)
      return g_hash_table_lookup (kept->files, relative);
  }
  return NULL;
}

static gboolean
is_same_content (const ScManifestFile *a, const ScManifestFile *b)
{
  return a->size == b->size && a->n_chunks == b->n_chunks &&
         (a->n_chunks == 0 || memcmp (a->chunks, b->chunks, a->n_chunks * sizeof *a->chunks) == 0);
}

ScApplyFile *
sc_apply_kept_find (ScApplyKept *self, const char *template_name, const ScManifestFile *want)
{
  for (guint i = self->steps->len; i > 0; i--) {
    const KeptStep *kept = self->steps->pdata[i - 1];
    ScApplyFile *file;

    if (strcmp (kept->step->template_name, template_name) != 0)
      continue;
    file = g_hash_table_lookup (kept->files, want->path);
    if (file != NULL && file->trusted && file->place != NULL && is_same_content (file->old, want))
      return file;
  }
  return NULL;
}

gboolean
sc_apply_kept_is_in_undo_store (const ScApplyFile *file)
{
  return file->place != NULL && g_str_has_prefix (file->place, SC_APPLY_UNDO_DIRECTORY "/");
}

void
sc_apply_kept_add (ScApplyKept *self, ScApplyFile *file)
{
  g_ptr_array_add (self->files, file);
}
