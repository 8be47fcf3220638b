/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-manifest-list.h"

#include <string.h>

#define LENGTH_SIZE 4u

gboolean
sc_manifest_list_append (GByteArray *list, GBytes *manifest)
{
  gsize size = 0;
  const guint8 *bytes = manifest != NULL ? g_bytes_get_data (manifest, &size) : NULL;
  gboolean fits = size <= SC_MANIFEST_LIST_BYTES && list->len + LENGTH_SIZE + size <= SC_MANIFEST_LIST_BYTES;
  guint32 length = GUINT32_TO_LE (fits ? (guint32) size : 0);

  g_byte_array_append (list, (const guint8 *) &length, LENGTH_SIZE);
  if (fits && size > 0)
    g_byte_array_append (list, bytes, (guint) size);
  return fits && size > 0;
}

gboolean
sc_manifest_list_next (GBytes *list, gsize *offset, GBytes **manifest)
{
  gsize size;
  const guint8 *bytes = g_bytes_get_data (list, &size);
  guint32 length;

  *manifest = NULL;
  if (*offset > size || size - *offset < LENGTH_SIZE)
    return FALSE;
  memcpy (&length, bytes + *offset, LENGTH_SIZE);
  length = GUINT32_FROM_LE (length);
  if (length > size - *offset - LENGTH_SIZE)
    return FALSE;
  if (length > 0)
    *manifest = g_bytes_new_from_bytes (list, *offset + LENGTH_SIZE, length);
  *offset += LENGTH_SIZE + length;
  return TRUE;
}
