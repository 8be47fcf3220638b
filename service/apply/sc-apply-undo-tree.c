/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/apply/sc-apply-undo-tree.h"

#include "common/sc-error.h"
#include "common/sc-path.h"

#define MAX_DEPTH (SC_PATH_MAX_DEPTH + 5u) /* of directories: undo/ID/files/whole/PATH */

typedef struct {
  ScDisk *disk;
  gboolean remove;
  guint64 bytes; /* that files take on the disk */
} Walk;

static gboolean
is_gone (GError **error)
{
  if (!g_error_matches (*error, SC_ERROR, SC_ERROR_NOT_FOUND))
    return FALSE;
  g_clear_error (error);
  return TRUE;
}

static gboolean walk (Walk *self, const char *path, guint depth, GError **error);

static gboolean
walk_children (Walk *self, const char *path, guint depth, GError **error)
{
  g_autoptr (GPtrArray) names = NULL;

  if (depth >= MAX_DEPTH) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "the directories in %s nest more than %u levels deep, which nothing of ours does: remove them by hand",
                 path, MAX_DEPTH);
    return FALSE;
  }
  names = sc_disk_list (self->disk, path, error);
  for (guint i = 0; names != NULL && i < names->len; i++) {
    g_autofree char *child = g_strconcat (path, "/", names->pdata[i], NULL);

    if (!walk (self, child, depth + 1, error))
      return FALSE;
  }
  return names != NULL;
}

static gboolean
walk (Walk *self, const char *path, guint depth, GError **error)
{
  g_autoptr (GError) local = NULL;
  ScDiskInfo info = { 0 };

  /* a link is INVALID: there is no more to know of it */
  if (!sc_disk_info (self->disk, path, &info, &local) && !g_error_matches (local, SC_ERROR, SC_ERROR_INVALID)) {
    if (is_gone (&local))
      return TRUE;
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (info.directory && !walk_children (self, path, depth, error))
    return FALSE;
  if (!info.directory)
    self->bytes += info.allocated;
  g_clear_error (&local);
  if (!self->remove || sc_disk_remove (self->disk, path, &local) || is_gone (&local))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

gboolean
sc_apply_undo_tree_remove (ScDisk *disk, const char *path, GError **error)
{
  Walk self = { .disk = disk, .remove = TRUE };

  return walk (&self, path, 0, error);
}

gboolean
sc_apply_undo_tree_measure (ScDisk *disk, const char *path, guint64 *bytes, GError **error)
{
  Walk self = { .disk = disk };
  gboolean done = walk (&self, path, 0, error);

  *bytes = self.bytes;
  return done;
}
