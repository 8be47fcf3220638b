/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/engine/api/sc-api-json.h"
#include "console/engine/api/sc-api-routes.h"

#define MAX_RANGE (8u * 1024 * 1024)
#define MAX_LOCATE 4096u

void
sc_api_get_manifest (ScApiRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  ScChunkId id;

  if (sc_chunk_id_from_hex (&id, request->arguments[0], &error))
    bytes = sc_store_get_manifest_bytes (request->parts->store, &id, &error);
  if (bytes == NULL)
    sc_api_request_fail (request, error);
  else
    sc_api_request_reply_bytes (request, SOUP_STATUS_OK, bytes);
}

void
sc_api_get_plan (ScApiRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  ScChunkId id;

  if (sc_chunk_id_from_hex (&id, request->arguments[0], &error))
    bytes = sc_sessions_get_plan (request->parts->sessions, &id, &error);
  if (bytes == NULL)
    sc_api_request_fail (request, error);
  else
    sc_api_request_reply_bytes (request, SOUP_STATUS_OK, bytes);
}

/* Answers itself when there is not exactly one sound range. */
static gboolean
parse_range (ScApiRequest *request, guint64 size, guint64 *offset, gsize *length)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (request->message);
  SoupRange *ranges = NULL;
  int n_ranges = 0;
  gboolean found = size <= G_MAXINT64 && soup_message_headers_get_ranges (headers, (goffset) size, &ranges, &n_ranges);
  gboolean inside = found && n_ranges == 1 && ranges[0].start >= 0 && ranges[0].start <= ranges[0].end &&
                    (guint64) ranges[0].end < size;
  guint64 asked = inside ? (guint64) (ranges[0].end - ranges[0].start) + 1 : 0;

  *offset = inside ? (guint64) ranges[0].start : 0;
  *length = (gsize) asked;
  if (found)
    soup_message_headers_free_ranges (headers, ranges);

  if (soup_message_headers_get_one (headers, "Range") == NULL || (found && n_ranges != 1) || asked > MAX_RANGE) {
    sc_api_request_fail_status (request, SOUP_STATUS_BAD_REQUEST, SC_ERROR_INVALID,
                                "ask for one range of at most %u bytes (Range: bytes=FIRST-LAST)", MAX_RANGE);
    return FALSE;
  }
  if (!inside) {
    sc_api_request_fail_status (request, SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE, SC_ERROR_INVALID,
                                "the range lies outside pack %s, which has %" G_GUINT64_FORMAT " bytes",
                                request->arguments[0], size);
    return FALSE;
  }
  return TRUE;
}

/* Which session a seat catches up for. A wrong number books to nobody: it is a statistic. */
static void
book_catch_up (ScApiRequest *request, gsize bytes)
{
  const char *text =
      soup_message_headers_get_one (soup_server_message_get_request_headers (request->message), "Seatcast-Session");
  guint64 session = 0;

  if (text != NULL && g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT64, &session, NULL))
    sc_sessions_count_catch_up (request->parts->sessions, session, bytes);
}

void
sc_api_get_pack (ScApiRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  guint64 pack = 0;
  guint64 size = 0;
  guint64 offset = 0;
  gsize length = 0;

  if (!sc_api_request_get_number (request, 0, G_MAXUINT32, &pack, &error) ||
      !sc_store_get_pack_size (request->parts->store, (guint32) pack, &size, &error)) {
    sc_api_request_fail (request, error);
    return;
  }
  if (!parse_range (request, size, &offset, &length))
    return;
  bytes = sc_store_read_pack (request->parts->store, (guint32) pack, offset, length, &error);
  if (bytes == NULL) {
    sc_api_request_fail (request, error);
    return;
  }
  soup_message_headers_set_content_range (soup_server_message_get_response_headers (request->message), (goffset) offset,
                                          (goffset) (offset + length - 1), (goffset) size);
  sc_api_request_reply_bytes (request, SOUP_STATUS_PARTIAL_CONTENT, bytes);
  book_catch_up (request, length);
}

static ScJson *
json_of_entry (const ScStoreEntry *entry)
{
  static const char *const encodings[] = { "zero", "raw", "zstd", "delta" };
  ScJson *json = json_object ();

  sc_api_json_set_uint (json, "pack", entry->pack);
  sc_api_json_set_uint (json, "offset", entry->offset);
  sc_api_json_set_uint (json, "stored_length", entry->stored_length);
  sc_api_json_set_uint (json, "length", entry->length);
  sc_api_json_set_text (json, "encoding", encodings[MIN (entry->encoding, SC_ENCODING_DELTA)]);
  return json;
}

/* One by one, when some are missing: the store names only the first of them. */
static ScJson *
locate_each (ScStore *store, const ScChunkId *ids, gsize n_ids, GError **error)
{
  g_autoptr (ScJson) list = json_array ();

  for (gsize i = 0; i < n_ids; i++) {
    g_autoptr (GError) local_error = NULL;
    ScStoreEntry entry;

    if (sc_store_locate (store, &ids[i], 1, &entry, &local_error)) {
      json_array_append_new (list, json_of_entry (&entry));
    } else if (g_error_matches (local_error, SC_ERROR, SC_ERROR_NOT_FOUND)) {
      json_array_append_new (list, json_null ());
    } else {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  }
  return g_steal_pointer (&list);
}

static ScJson *
locate (ScStore *store, const ScChunkId *ids, gsize n_ids, GError **error)
{
  g_autofree ScStoreEntry *entries = g_new (ScStoreEntry, MAX (n_ids, 1));
  g_autoptr (GError) local_error = NULL;
  ScJson *list = NULL;

  if (!sc_store_locate (store, ids, n_ids, entries, &local_error)) {
    if (g_error_matches (local_error, SC_ERROR, SC_ERROR_NOT_FOUND))
      return locate_each (store, ids, n_ids, error);
    g_propagate_error (error, g_steal_pointer (&local_error));
    return NULL;
  }
  list = json_array ();
  for (gsize i = 0; i < n_ids; i++)
    json_array_append_new (list, json_of_entry (&entries[i]));
  return list;
}

void
sc_api_locate_chunks (ScApiRequest *request)
{
  g_autoptr (GError) error = NULL;
  gsize length = request->body->len;
  gsize n_ids = length / sizeof (ScChunkId);
  g_autofree ScChunkId *ids = g_new (ScChunkId, MAX (n_ids, 1));
  ScJson *list = NULL;

  if (length == 0 || length % sizeof (ScChunkId) != 0 || n_ids > MAX_LOCATE) {
    sc_api_request_fail_status (request, SOUP_STATUS_BAD_REQUEST, SC_ERROR_INVALID,
                                "the body has %" G_GSIZE_FORMAT
                                " bytes, but must be 1 to %u chunk ids of 32 bytes, one behind the other",
                                length, MAX_LOCATE);
    return;
  }
  memcpy (ids, request->body->data, length);
  list = locate (request->parts->store, ids, n_ids, &error);
  if (list == NULL)
    sc_api_request_fail (request, error);
  else
    sc_api_request_reply (request, SOUP_STATUS_OK, json_pack ("{s:o}", "entries", list));
}
