/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-apply-file.h"

#include "common/sc-error.h"
#include "common/sc-path.h"

ScApplyFile *
sc_apply_file_new (guint template_index, const char *template_name, const char *relative)
{
  ScApplyFile *self = g_new0 (ScApplyFile, 1);

  self->template = template_index;
  self->relative = g_strdup (relative);
  if (strcmp (template_name, SC_TEMPLATE_ROOT) == 0)
    self->path = g_strdup (relative);
  else
    self->path = g_strconcat (template_name, "/", relative, NULL);
  self->link.data = self;
  return self;
}

void
sc_apply_file_free (ScApplyFile *self)
{
  if (self == NULL)
    return;
  g_free (self->relative);
  g_free (self->path);
  g_free (self->place);
  g_free (self->hashed);
  g_free (self);
}

char *
sc_apply_file_dup_updating_path (const ScApplyFile *self)
{
  return g_strconcat (self->path, SC_PATH_UPDATING_SUFFIX, NULL);
}

gboolean
sc_apply_file_is_right (const ScApplyFile *self, guint32 index)
{
  return index < self->n_have && sc_chunk_id_equal (&self->have[index], &self->want->chunks[index]);
}

static gboolean
is_zeros (const ScChunkId *id, guint64 size, guint32 index)
{
  ScChunkId zeros;

  sc_chunk_id_of_zeros (&zeros, sc_chunk_length (size, index));
  return sc_chunk_id_equal (&zeros, id);
}

gboolean
sc_apply_file_wants_zeros (const ScApplyFile *self, guint32 index)
{
  return is_zeros (&self->want->chunks[index], self->want->size, index);
}

gboolean
sc_apply_file_lacks_space (const ScApplyFile *self, guint32 index)
{
  return index >= self->n_have || is_zeros (&self->have[index], self->have_size, index);
}

/* Whether one of @path's directories is a file: then the system's error for @path is not "not found". */
static gboolean
is_behind_a_file (ScDisk *disk, const char *path)
{
  for (const char *slash = strchr (path, '/'); slash != NULL; slash = strchr (slash + 1, '/')) {
    g_autofree char *parent = g_strndup (path, (gsize) (slash - path));
    ScDiskInfo info;

    if (!sc_disk_info (disk, parent, &info, NULL))
      return FALSE;
    if (!info.directory)
      return TRUE;
  }
  return FALSE;
}

gboolean
sc_apply_file_lookup (ScDisk *disk, const char *path, gboolean *found, ScDiskInfo *info, GError **error)
{
  g_autoptr (GError) local = NULL;

  *found = sc_disk_info (disk, path, info, &local);
  if (*found && info->directory) {
    *found = FALSE;
    return TRUE;
  }
  if (*found || g_error_matches (local, SC_ERROR, SC_ERROR_NOT_FOUND) || is_behind_a_file (disk, path))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}
