/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-catch-up-batch.h"

#include "common/sc-error.h"
#include "common/sc-json.h"
#include "common/sc-pack-entry.h"

static gint
compare_entries (gconstpointer a, gconstpointer b)
{
  const ScCatchUpEntry *x = a, *y = b;

  if (x->pack != y->pack)
    return x->pack < y->pack ? -1 : 1;
  return (x->offset > y->offset) - (x->offset < y->offset);
}

/* A whole chunk that lies directly behind the one before it is its stored length alone. */
static gboolean
follow_entry (const ScJson *number, const ScChunkId *id, const ScCatchUpEntry *before, ScCatchUpEntry *entry,
              GError **error)
{
  json_int_t stored_length = json_integer_value (number);

  if (before == NULL || stored_length < 1 || stored_length > (json_int_t) SC_FRAME_MAX ||
      before->offset > (guint64) G_MAXINT64 / 2) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "The console's answer to a locate request has a malformed entry");
    return FALSE;
  }
  entry->id = *id;
  entry->pack = before->pack;
  entry->offset = before->offset + SC_PACK_ENTRY_HEADER_SIZE + before->stored_length;
  entry->stored_length = (guint32) stored_length;
  entry->length = SC_CHUNK_SIZE;
  return TRUE;
}

/* @before: (nullable): the entry before it */
static gboolean
parse_entry (const ScJson *object, const ScChunkId *id, const ScCatchUpEntry *before, ScCatchUpEntry *entry,
             GError **error)
{
  guint64 pack, stored_length, length;

  if (json_is_null (object)) {
    char hex[SC_CHUNK_ID_HEX_LENGTH + 1];
    sc_chunk_id_to_hex (id, hex);
    g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND,
                 "The console does not have chunk %s: run “seatcastctl store verify” there", hex);
    return FALSE;
  }
  if (json_is_integer (object))
    return follow_entry (object, id, before, entry, error);
  if (!json_is_object (object)) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "The console's answer to a locate request has a malformed entry");
    return FALSE;
  }
  if (!sc_json_get_uint (object, "pack", G_MAXUINT32, &pack, error) ||
      !sc_json_get_uint (object, "offset", (guint64) G_MAXINT64 / 2, &entry->offset, error) ||
      !sc_json_get_uint (object, "stored_length", SC_FRAME_MAX, &stored_length, error) ||
      !sc_json_get_uint (object, "length", SC_CHUNK_SIZE, &length, error))
    return FALSE;
  entry->id = *id;
  entry->pack = (guint32) pack;
  entry->stored_length = (guint32) stored_length;
  entry->length = (guint32) length;
  return TRUE;
}

/* What the answer says of the packs' sizes; an earlier console says nothing. */
static gboolean
take_sizes (const ScJson *answer, GArray *entries, GError **error)
{
  g_autoptr (GHashTable) sizes = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  const ScJson *list = json_object_get (answer, "packs");

  if (list == NULL)
    return TRUE;
  list = sc_json_get_array (answer, "packs", SC_CATCH_UP_BATCH, error);
  if (list == NULL)
    return FALSE;
  for (gsize i = 0; i < json_array_size (list); i++) {
    const ScJson *item = json_array_get (list, i);
    guint64 pack, size;

    if (!json_is_object (item)) {
      g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "The console's answer to a locate request has a malformed pack");
      return FALSE;
    }
    if (!sc_json_get_uint (item, "pack", G_MAXUINT32, &pack, error) ||
        !sc_json_get_uint (item, "size", (guint64) G_MAXINT64 / 2, &size, error))
      return FALSE;
    g_hash_table_replace (sizes, GUINT_TO_POINTER ((guint) pack), g_memdup2 (&size, sizeof size));
  }
  for (guint i = 0; i < entries->len; i++) {
    ScCatchUpEntry *entry = &g_array_index (entries, ScCatchUpEntry, i);
    const guint64 *size = g_hash_table_lookup (sizes, GUINT_TO_POINTER (entry->pack));

    entry->pack_size = size != NULL ? *size : 0;
  }
  return TRUE;
}

GArray *
sc_catch_up_parse_located (const char *text, gsize length, GArray *wanted, GError **error)
{
  g_autoptr (ScJson) answer = sc_json_parse_object (text, length, SC_CATCH_UP_ANSWER_MAX, error);
  if (answer == NULL)
    return NULL;
  const ScJson *list = sc_json_get_array (answer, "entries", SC_CATCH_UP_BATCH, error);
  if (list == NULL)
    return NULL;
  if (json_array_size (list) != wanted->len) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "The console located %" G_GSIZE_FORMAT " chunks although %u were asked for", json_array_size (list),
                 wanted->len);
    return NULL;
  }

  g_autoptr (GArray) entries = g_array_sized_new (FALSE, FALSE, sizeof (ScCatchUpEntry), wanted->len);
  for (guint i = 0; i < wanted->len; i++) {
    const ScCatchUpEntry *before = i > 0 ? &g_array_index (entries, ScCatchUpEntry, i - 1) : NULL;
    ScCatchUpEntry entry = { 0 };
    if (!parse_entry (json_array_get (list, i), &g_array_index (wanted, ScChunkId, i), before, &entry, error))
      return NULL;
    g_array_append_val (entries, entry);
  }
  if (!take_sizes (answer, entries, error))
    return NULL;
  g_array_sort (entries, compare_entries);
  return g_steal_pointer (&entries);
}

/* 0: the pack is not as long as that */
static guint64
find_end (const ScCatchUpRange *range, guint64 pack_size)
{
  guint64 last = range->offset + range->length;
  guint64 steps = (last + SC_CATCH_UP_CACHED_STEP - 1) / SC_CATCH_UP_CACHED_STEP;

  return last <= pack_size ? MIN (steps * SC_CATCH_UP_CACHED_STEP, pack_size) : 0;
}

GArray *
sc_catch_up_make_ranges (GArray *entries, guint64 max)
{
  GArray *ranges = g_array_new (FALSE, FALSE, sizeof (ScCatchUpRange));

  for (guint i = 0; i < entries->len; i++) {
    const ScCatchUpEntry *entry = &g_array_index (entries, ScCatchUpEntry, i);
    guint64 length = SC_PACK_ENTRY_HEADER_SIZE + (guint64) entry->stored_length;
    ScCatchUpRange *last = ranges->len > 0 ? &g_array_index (ranges, ScCatchUpRange, ranges->len - 1) : NULL;

    if (last != NULL && last->pack == entry->pack && last->offset + last->length == entry->offset &&
        last->length + length <= max) {
      last->length += length;
      last->n++;
    } else {
      ScCatchUpRange range = { .pack = entry->pack, .offset = entry->offset, .length = length, .first = i, .n = 1 };
      g_array_append_val (ranges, range);
    }
  }
  for (guint i = 0; i < ranges->len; i++) {
    ScCatchUpRange *range = &g_array_index (ranges, ScCatchUpRange, i);
    range->end = find_end (range, g_array_index (entries, ScCatchUpEntry, range->first).pack_size);
  }
  return ranges;
}

static gboolean
check_entry (const ScCatchUpEntry *expected, const guint8 *bytes, ScPackEntry *entry, GError **error)
{
  g_autoptr (GError) local = NULL;
  char hex[SC_CHUNK_ID_HEX_LENGTH + 1];

  if (sc_pack_entry_parse_header (entry, bytes, &local) &&
      (entry->kind != SC_PACK_ENTRY_CHUNK || !sc_chunk_id_equal (&entry->id, &expected->id) ||
       entry->stored_length != expected->stored_length || entry->length != expected->length))
    g_set_error (&local, SC_ERROR, SC_ERROR_CORRUPT, "another entry is there");
  if (local == NULL && sc_pack_entry_check (entry, bytes + SC_PACK_ENTRY_HEADER_SIZE, &local))
    return TRUE;
  sc_chunk_id_to_hex (&expected->id, hex);
  g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT,
               "Chunk %s came damaged from pack %u, offset %" G_GUINT64_FORMAT " (%s)", hex, expected->pack,
               expected->offset, local->message);
  return FALSE;
}

gboolean
sc_catch_up_put_range (const ScCatchUpRange *range, GArray *entries, GBytes *bytes, const ScChunkSink *sink,
                       GError **error)
{
  const guint8 *data = g_bytes_get_data (bytes, NULL);
  g_autoptr (ScFrameCoder) coder = sc_frame_coder_new ();

  g_return_val_if_fail (g_bytes_get_size (bytes) == range->length, FALSE);
  for (guint i = 0; i < range->n; i++) {
    const ScCatchUpEntry *expected = &g_array_index (entries, ScCatchUpEntry, range->first + i);
    ScPackEntry entry;
    if (!check_entry (expected, data, &entry, error))
      return FALSE;
    if (sink->wants (sink->object, &entry.id) &&
        !sink->put_frame (sink->object, coder, &entry.id, entry.encoding, NULL, data + SC_PACK_ENTRY_HEADER_SIZE,
                          entry.stored_length, error))
      return FALSE;
    data += SC_PACK_ENTRY_HEADER_SIZE + entry.stored_length;
  }
  return TRUE;
}
