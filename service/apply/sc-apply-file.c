/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/apply/sc-apply-file.h"

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

ScApplyFile *
sc_apply_file_new_kept (const char *place, const char *relative, const ScManifestFile *content, const ScDiskInfo *info)
{
  ScApplyFile *self = g_new0 (ScApplyFile, 1);

  self->template = SC_APPLY_FILE_NO_TEMPLATE;
  self->relative = g_strdup (relative);
  self->path = g_strdup (place);
  self->place = g_strdup (place);
  self->old = content;
  self->info = *info;
  self->have = content->chunks;
  self->n_have = (guint32) content->n_chunks;
  self->have_size = content->size;
  self->link.data = self;
  return self;
}

ScApplyFile *
sc_apply_file_split_off (ScApplyFile *file)
{
  ScApplyFile *self = g_new0 (ScApplyFile, 1);

  self->template = file->template;
  self->relative = g_strdup (file->old != NULL ? file->old->path : file->relative);
  self->path = g_strdup (file->path);
  self->place = g_steal_pointer (&file->place);
  self->old = file->old;
  self->trusted = file->trusted;
  self->changes = TRUE;
  self->link.data = self;
  sc_apply_file_share_content (self, file);
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

gboolean
sc_apply_file_has_all (const ScApplyFile *self)
{
  if (self->have_size != self->want->size || self->n_have < self->want->n_chunks)
    return FALSE;
  for (guint32 i = 0; i < self->want->n_chunks; i++)
    if (!sc_apply_file_is_right (self, i))
      return FALSE;
  return TRUE;
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
sc_apply_file_has_zeros (const ScApplyFile *self, guint32 index)
{
  return is_zeros (&self->have[index], self->have_size, index);
}

gboolean
sc_apply_file_has_old (const ScApplyFile *self, guint32 index)
{
  return self->old != NULL && index < self->n_have && index < self->old->n_chunks &&
         sc_chunk_id_equal (&self->have[index], &self->old->chunks[index]);
}

void
sc_apply_file_share_content (ScApplyFile *self, const ScApplyFile *other)
{
  g_clear_pointer (&self->hashed, g_free);
  if (other->hashed != NULL)
    self->hashed = g_memdup2 (other->hashed, other->n_have * sizeof *other->hashed);
  self->have = other->hashed != NULL ? self->hashed : other->have;
  self->n_have = other->n_have;
  self->have_size = other->have_size;
  self->info = other->info;
}

gboolean
sc_apply_file_lacks_space (const ScApplyFile *self, guint32 index)
{
  return index >= self->n_have || sc_apply_file_has_zeros (self, index);
}

guint64
sc_apply_file_bytes_to_unshare (const ScApplyFile *self)
{
  guint64 bytes = 0;

  for (guint32 i = 0; i < self->want->n_chunks; i++)
    if (!sc_apply_file_is_right (self, i) && !sc_apply_file_wants_zeros (self, i) &&
        !sc_apply_file_lacks_space (self, i))
      bytes += sc_chunk_length (self->want->size, i);
  return bytes;
}

guint64
sc_apply_file_bytes_between (const ScManifestFile *old, const ScManifestFile *new)
{
  guint64 bytes = 0;

  for (guint32 i = 0; i < old->n_chunks; i++)
    if ((i >= new->n_chunks || !sc_chunk_id_equal (&old->chunks[i], &new->chunks[i])) &&
        !is_zeros (&old->chunks[i], old->size, i))
      bytes += sc_chunk_length (old->size, i);
  return bytes;
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
