/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-file-scan.h"

#include <string.h>

gboolean
sc_scan_info_equal (const ScScanInfo *a, const ScScanInfo *b)
{
  return a->kind == b->kind && a->size == b->size && a->mtime_ns == b->mtime_ns && a->ctime_ns == b->ctime_ns &&
         a->device == b->device && a->id == b->id;
}

gboolean
sc_scan_lies_beneath (const char *path, const char *root)
{
  gsize length = strlen (root);
  if (length > 0 && G_IS_DIR_SEPARATOR (root[length - 1])) /* "/", "C:\" */
    length--;
  return strncmp (path, root, length) == 0 && (path[length] == '\0' || G_IS_DIR_SEPARATOR (path[length]));
}
