/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/store/sc-store-private.h"

#include "common/sc-error.h"

#include <glib/gstdio.h>

static guint64
file_size (const char *directory, const char *name)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);
  GStatBuf info;

  /* one that a collection of garbage has just removed takes nothing */
  return g_stat (path, &info) == 0 ? (guint64) info.st_size : 0;
}

gboolean
sc_store_get_size (ScStore *self, guint64 *bytes, guint64 *free_bytes, GError **error)
{
  g_autofree char *packs = g_build_filename (self->directory, SC_PACK_DIRECTORY, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (packs);
  g_autoptr (GDir) dir = g_dir_open (packs, 0, error);
  g_autoptr (GFileInfo) info = NULL;
  const char *name;

  if (dir == NULL)
    return FALSE;
  *bytes = 0;
  while ((name = g_dir_read_name (dir)) != NULL)
    *bytes += file_size (packs, name);
  info = g_file_query_filesystem_info (file, G_FILE_ATTRIBUTE_FILESYSTEM_FREE, NULL, error);
  if (info == NULL)
    return FALSE;
  *free_bytes = g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE);
  return TRUE;
}
