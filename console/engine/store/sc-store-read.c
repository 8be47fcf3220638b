/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/store/sc-store-private.h"

#include "common/sc-error.h"

#include <zstd.h>

/* Level 3 as for frames: see docs/store.md */
#define MANIFEST_LEVEL 3

/* Manifests as they are stored */

GBytes *
sc_store_pack_manifest (GBytes *bytes, ScEncoding *encoding)
{
  gsize length, packed;
  const void *data = g_bytes_get_data (bytes, &length);
  gsize room = ZSTD_compressBound (length);
  g_autofree void *out = g_malloc (room);

  packed = ZSTD_compress (out, room, data, length, MANIFEST_LEVEL);
  if (ZSTD_isError (packed) || packed >= length) {
    *encoding = SC_ENCODING_RAW;
    return g_bytes_ref (bytes);
  }
  *encoding = SC_ENCODING_ZSTD;
  return g_bytes_new (out, packed);
}

GBytes *
sc_store_unpack_manifest (ScEncoding encoding, const guint8 *stored, gsize stored_length, gsize length, GError **error)
{
  g_autofree guint8 *out = NULL;

  if (encoding == SC_ENCODING_RAW)
    return g_bytes_new (stored, stored_length);
  /* what the frame itself says comes first: a length made up in the header allocates nothing */
  if (encoding != SC_ENCODING_ZSTD || ZSTD_getFrameContentSize (stored, stored_length) != length) {
    g_set_error_literal (error, SC_ERROR, SC_ERROR_CORRUPT,
                         "A stored manifest is not of the length that its entry says");
    return NULL;
  }
  out = g_malloc (length);
  if (ZSTD_decompress (out, length, stored, stored_length) != length) {
    g_set_error_literal (error, SC_ERROR, SC_ERROR_CORRUPT, "A stored manifest cannot be decompressed");
    return NULL;
  }
  return g_bytes_new_take (g_steal_pointer (&out), length);
}

/* Entries */

gboolean
sc_store_find (ScStore *self, const ScChunkId *id, ScStoreRow *row, gboolean *found, GError **error)
{
  gboolean ok;

  sc_store_lock (self);
  ok = sc_store_index_find (self->reader, id, row, found, error);
  sc_store_unlock (self);
  return ok;
}

gboolean
sc_store_locate (ScStore *self, const ScChunkId *ids, gsize n_ids, ScStoreEntry *entries, GError **error)
{
  for (gsize i = 0; i < n_ids; i++) {
    ScStoreRow row;
    gboolean found;

    if (!sc_store_find (self, &ids[i], &row, &found, error))
      return FALSE;
    if (!found || row.kind != SC_PACK_ENTRY_CHUNK) {
      char hex[SC_CHUNK_ID_HEX_LENGTH + 1];

      sc_chunk_id_to_hex (&ids[i], hex);
      g_set_error (
          error, SC_ERROR, SC_ERROR_NOT_FOUND,
          "The store %s has no chunk %s: run seatcastctl store verify to see what needs it, and publish that again",
          self->directory, hex);
      return FALSE;
    }
    entries[i] = row.entry;
  }
  return TRUE;
}

ScStoreIndex *
sc_store_open_reader (ScStore *self, GError **error)
{
  return sc_store_index_open (self->directory, SC_STORE_INDEX_NAME, error);
}

gboolean
sc_store_foreach_entry (ScStoreIndex *reader, guint32 pack, ScStoreEntryFunc func, gpointer user_data, GError **error)
{
  g_autoptr (ScStatement) list = sc_store_index_list_entries (reader, pack, error);
  gboolean has_row = TRUE;

  if (list == NULL)
    return FALSE;
  while (has_row) {
    ScStoreRow row;

    if (!sc_store_index_next_entry (reader, list, &row, &has_row, error) || (has_row && !func (&row, user_data, error)))
      return FALSE;
  }
  return TRUE;
}

/* Reads the stored bytes of an entry of which everything else is known, and compares its header with that. */
static gboolean
read_stored (ScStore *self, const ScStoreEntry *known, guint8 *stored, GError **error)
{
  g_autoptr (ScPack) pack = sc_store_get_pack (self, known->pack, error);
  guint8 header[SC_PACK_ENTRY_HEADER_SIZE];
  ScPackEntry entry;
  gboolean ok;

  if (pack == NULL)
    return FALSE;
  ok = sc_pack_read (pack, known->offset, header, sizeof header, error) &&
       sc_pack_entry_parse_header (&entry, header, error);
  if (ok && (!sc_chunk_id_equal (&entry.id, &known->id) || entry.encoding != known->encoding ||
             entry.stored_length != known->stored_length || entry.length != known->length)) {
    g_set_error_literal (error, SC_ERROR, SC_ERROR_CORRUPT, "Another entry lies there than the index says");
    ok = FALSE;
  }
  ok = ok && sc_pack_read (pack, known->offset + sizeof header, stored, known->stored_length, error) &&
       sc_pack_entry_check (&entry, stored, error);
  if (!ok)
    g_prefix_error (error,
                    "Pack %u is damaged at offset %" G_GUINT64_FORMAT " (run seatcastctl store verify): ", known->pack,
                    known->offset);
  return ok;
}

gboolean
sc_store_read_frame (ScStore *self, const ScStoreEntry *entry, guint8 *frame, GError **error)
{
  return read_stored (self, entry, frame, error);
}

static gboolean
check_id (const ScStoreEntry *entry, const void *data, gsize length, GError **error)
{
  char hex[SC_CHUNK_ID_HEX_LENGTH + 1];
  ScChunkId id;

  sc_chunk_id_of (&id, data, length);
  if (sc_chunk_id_equal (&id, &entry->id))
    return TRUE;
  sc_chunk_id_to_hex (&entry->id, hex);
  g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT,
               "Pack %u holds other bytes at offset %" G_GUINT64_FORMAT
               " than those of %s (run seatcastctl store verify)",
               entry->pack, entry->offset, hex);
  return FALSE;
}

gboolean
sc_store_read_chunk (ScStore *self, const ScStoreEntry *entry, ScFrameCoder *coder, guint8 *chunk, gsize *length,
                     GError **error)
{
  g_autofree guint8 *frame = g_malloc (entry->stored_length);

  if (!read_stored (self, entry, frame, error) ||
      !sc_frame_decode (coder, entry->encoding, frame, entry->stored_length, NULL, 0, chunk, entry->length, error) ||
      !check_id (entry, chunk, entry->length, error))
    return FALSE;
  *length = entry->length;
  return TRUE;
}

GBytes *
sc_store_read_row (ScStore *self, const ScStoreRow *row, ScFrameCoder *coder, GError **error)
{
  const ScStoreEntry *entry = &row->entry;
  g_autofree guint8 *stored = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (row->kind == SC_PACK_ENTRY_CHUNK) {
    gsize length;
    g_autofree guint8 *chunk = g_malloc (SC_CHUNK_SIZE);

    if (!sc_store_read_chunk (self, entry, coder, chunk, &length, error))
      return NULL;
    return g_bytes_new_take (g_steal_pointer (&chunk), length);
  }
  stored = g_malloc (entry->stored_length);
  if (!read_stored (self, entry, stored, error))
    return NULL;
  bytes = sc_store_unpack_manifest (entry->encoding, stored, entry->stored_length, entry->length, error);
  if (bytes == NULL || !check_id (entry, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error))
    return NULL;
  return g_steal_pointer (&bytes);
}

/* Versions and their manifests */

GPtrArray *
sc_store_list_versions (ScStore *self, GError **error)
{
  GPtrArray *versions;

  sc_store_lock (self);
  versions = sc_store_index_list_versions (self->reader, error);
  sc_store_unlock (self);
  return versions;
}

ScVersionManifest *
sc_store_get_version (ScStore *self, guint64 number, GError **error)
{
  g_autoptr (GError) local = NULL;
  ScVersionManifest *version;

  sc_store_lock (self);
  version = sc_store_index_get_version (self->reader, number, &local);
  sc_store_unlock (self);
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  else if (version == NULL)
    g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND,
                 "There is no version %" G_GUINT64_FORMAT ": “seatcastctl versions” lists those that there are",
                 number);
  return version;
}

GBytes *
sc_store_get_manifest_bytes (ScStore *self, const ScChunkId *id, GError **error)
{
  g_autoptr (GError) local = NULL;
  char hex[SC_CHUNK_ID_HEX_LENGTH + 1];
  ScStoreRow row;
  gboolean found = FALSE;
  GBytes *bytes;

  sc_store_lock (self);
  bytes = sc_store_index_get_version_bytes (self->reader, id, &local);
  if (bytes == NULL && local == NULL)
    sc_store_index_find (self->reader, id, &row, &found, &local);
  sc_store_unlock (self);
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return NULL;
  }
  if (bytes != NULL)
    return bytes;
  if (found && row.kind == SC_PACK_ENTRY_TEMPLATE)
    return sc_store_read_row (self, &row, NULL, error);
  sc_chunk_id_to_hex (id, hex);
  g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND,
               "The store %s has no manifest %s: run seatcastctl store verify to see what is missing", self->directory,
               hex);
  return NULL;
}

ScTemplateManifest *
sc_store_get_template (ScStore *self, const ScChunkId *id, GError **error)
{
  g_autoptr (GBytes) bytes = sc_store_get_manifest_bytes (self, id, error);

  return bytes == NULL ? NULL : sc_template_manifest_parse (bytes, error);
}

GPtrArray *
sc_store_get_templates (ScStore *self, const ScVersionManifest *version, GError **error)
{
  g_autoptr (GPtrArray) templates = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_template_manifest_unref);

  for (guint i = 0; i < sc_version_manifest_get_n_templates (version); i++) {
    const ScManifestTemplate *named = sc_version_manifest_get_template (version, i);
    ScTemplateManifest *manifest = sc_store_get_template (self, &named->id, error);

    if (manifest == NULL) {
      g_prefix_error (error, "Template “%s” of version %" G_GUINT64_FORMAT ": ", named->name,
                      sc_version_manifest_get_number (version));
      return NULL;
    }
    g_ptr_array_add (templates, manifest);
  }
  return g_steal_pointer (&templates);
}
