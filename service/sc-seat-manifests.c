/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-seat-manifests.h"

#include "common/sc-error.h"
#include "common/sc-manifest.h"

#define DIRECTORY "manifests"
#define NEW_SUFFIX ".new"

static char *
path_of (const ScChunkId *id)
{
  char hex[SC_CHUNK_ID_HEX_LENGTH + 1];

  sc_chunk_id_to_hex (id, hex);
  return g_strconcat (DIRECTORY "/", hex, NULL);
}

gboolean
sc_seat_manifests_make (ScDisk *disk, GError **error)
{
  return sc_disk_make_directory (disk, DIRECTORY, error);
}

gboolean
sc_seat_manifests_save (ScDisk *disk, const ScChunkId *id, GBytes *bytes, GError **error)
{
  g_autofree char *path = path_of (id);
  g_autofree char *new_path = g_strconcat (path, NEW_SUFFIX, NULL);
  g_autoptr (ScDiskFile) file = NULL;
  gsize length;
  gconstpointer data = g_bytes_get_data (bytes, &length);
  ScChunkId actual;

  sc_chunk_id_of (&actual, data, length);
  if (!sc_chunk_id_equal (&actual, id)) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "The bytes for %s are not those of that manifest", path);
    return FALSE;
  }
  file = sc_disk_open (disk, new_path, SC_DISK_WRITE | SC_DISK_CREATE, error);
  if (file == NULL || !sc_disk_file_truncate (file, length, error) ||
      !sc_disk_file_write_at (file, 0, data, length, error) || !sc_disk_file_sync (file, error))
    return FALSE;
  g_clear_pointer (&file, sc_disk_file_close);
  return sc_disk_rename (disk, new_path, path, error) && sc_disk_sync_directory (disk, DIRECTORY, error);
}

gboolean
sc_seat_manifests_has (ScDisk *disk, const ScChunkId *id)
{
  g_autofree char *path = path_of (id);
  ScDiskInfo info;

  return sc_disk_info (disk, path, &info, NULL);
}

GBytes *
sc_seat_manifests_load (ScDisk *disk, const ScChunkId *id, GError **error)
{
  g_autofree char *path = path_of (id);
  g_autofree guint8 *data = NULL;
  g_autoptr (ScDiskFile) file = NULL;
  ScDiskInfo info;
  ScChunkId actual;

  file = sc_disk_open (disk, path, SC_DISK_READ, error);
  if (file == NULL || !sc_disk_file_info (file, &info, error))
    return NULL;
  if (info.size <= SC_MANIFEST_MAX_BYTES) {
    data = g_try_malloc (MAX (info.size, 1));
    if (data != NULL && !sc_disk_file_read_at (file, 0, data, info.size, error))
      return NULL;
  }
  if (data != NULL)
    sc_chunk_id_of (&actual, data, info.size);
  if (data == NULL || !sc_chunk_id_equal (&actual, id)) {
    g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT,
                 "The manifest %s/%s is damaged; it is fetched again with the next deploy", sc_disk_get_root (disk),
                 path);
    return NULL;
  }
  return g_bytes_new_take (g_steal_pointer (&data), info.size);
}

void
sc_seat_manifests_add_templates (ScDisk *disk, const ScChunkId *id, GHashTable *set)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = sc_seat_manifests_load (disk, id, &error);
  g_autoptr (ScVersionManifest) version = bytes != NULL ? sc_version_manifest_parse (bytes, &error) : NULL;

  if (version == NULL) {
    if (!g_error_matches (error, SC_ERROR, SC_ERROR_NOT_FOUND))
      g_warning ("A version's manifest cannot be used: %s", error->message);
    return;
  }
  for (guint i = 0; i < sc_version_manifest_get_n_templates (version); i++)
    g_hash_table_add (set, g_memdup2 (&sc_version_manifest_get_template (version, i)->id, sizeof (ScChunkId)));
}

gboolean
sc_seat_manifests_prune (ScDisk *disk, GHashTable *keep, GError **error)
{
  g_autoptr (GPtrArray) names = sc_disk_list (disk, DIRECTORY, error);

  if (names == NULL)
    return FALSE;
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *path = g_strconcat (DIRECTORY "/", names->pdata[i], NULL);
    ScChunkId id;

    if (sc_chunk_id_from_hex (&id, names->pdata[i], NULL) && g_hash_table_contains (keep, &id))
      continue;
    if (!sc_disk_remove (disk, path, error))
      return FALSE;
  }
  return TRUE;
}
