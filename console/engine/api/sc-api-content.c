/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "common/sc-manifest-list.h"
#include "common/sc-pack-entry.h"
#include "console/engine/api/sc-api-json.h"
#include "console/engine/api/sc-api-pace.h"
#include "console/engine/api/sc-api-routes.h"

#define MAX_RANGE (8u * 1024 * 1024)
#define MAX_LOCATE 4096u

/* What the seat may read: what it was ordered to have, and nothing else. Answers itself where that is not known.
 * (nullable) (transfer full) */
static GArray *
find_versions (ScApiRequest *request)
{
  g_autoptr (GError) error = NULL;
  GArray *versions = sc_sessions_list_ordered (request->parts->sessions, request->principal.name, &error);

  if (versions == NULL)
    sc_api_request_fail (request, error);
  return versions;
}

/* A job's data; all of @parts outlive the jobs: sc_api_free() waits for them. */
typedef struct {
  const ScApiParts *parts;
  GArray *versions; /* (owned) ScCatalogOrdered: that the seat may read */
  GBytes *ids;      /* (owned) (nullable) of chunks, or of manifests */
  gboolean compact; /* places in few bytes */
  ScChunkId id;     /* of a manifest */
  guint32 pack;
  guint64 size; /* of the pack */
  guint64 offset;
  gsize length;
} ContentJob;

static void
content_job_free (gpointer data)
{
  ContentJob *job = data;

  g_clear_pointer (&job->versions, g_array_unref);
  g_clear_pointer (&job->ids, g_bytes_unref);
  g_free (job);
}

/* Reads the disk, unpacks and hashes: up to 49 MB for a template of 100 GB. */
static GBytes *
read_manifest (ScStore *store, gpointer data, GError **error)
{
  const ContentJob *job = data;

  if (!sc_version_contents_check_manifest (job->parts->contents, job->versions, &job->id, error))
    return NULL;
  return sc_manifest_cache_get (job->parts->manifests, &job->id, error);
}

static void
reply_manifest (ScApiRequest *request, GBytes *bytes, gpointer data)
{
  sc_api_request_reply_bytes (request, SOUP_STATUS_OK, bytes);
}

void
sc_api_get_manifest (ScApiRequest *request)
{
  g_autoptr (GError) error = NULL;
  ContentJob job = { .parts = request->parts };

  if (!sc_chunk_id_from_hex (&job.id, request->arguments[0], &error)) {
    sc_api_request_fail (request, error);
    return;
  }
  job.versions = find_versions (request);
  if (job.versions != NULL)
    sc_api_request_run_bytes (request, read_manifest, reply_manifest, g_memdup2 (&job, sizeof job), content_job_free);
}

/* One that may not be read refuses all of them: nobody of ours asks for it. */
static GBytes *
read_manifests (ScStore *store, gpointer data, GError **error)
{
  const ContentJob *job = data;
  gsize size = 0;
  const ScChunkId *ids = g_bytes_get_data (job->ids, &size);
  g_autoptr (GByteArray) list = g_byte_array_new ();

  for (gsize i = 0; i < size / sizeof *ids; i++) {
    g_autoptr (GBytes) bytes = NULL;

    if (!sc_version_contents_check_manifest (job->parts->contents, job->versions, &ids[i], error))
      return NULL;
    if (list->len < SC_MANIFEST_LIST_BYTES / 2) { /* one more may be as large as that */
      bytes = sc_manifest_cache_get (job->parts->manifests, &ids[i], error);
      if (bytes == NULL)
        return NULL;
    }
    sc_manifest_list_append (list, bytes);
  }
  return g_byte_array_free_to_bytes (g_steal_pointer (&list));
}

/* A seat that comes to a version lacks the manifests of many templates, and a connection for each costs this console
 * 4 ms of its time, above all for the handshake. */
void
sc_api_get_manifests (ScApiRequest *request)
{
  gsize length = request->body->len;
  ContentJob job = { .parts = request->parts };

  if (length == 0 || length % sizeof (ScChunkId) != 0 || length / sizeof (ScChunkId) > SC_MANIFEST_LIST_MAX) {
    sc_api_request_fail_status (request, SOUP_STATUS_BAD_REQUEST, SC_ERROR_INVALID,
                                "the body has %" G_GSIZE_FORMAT
                                " bytes, but must be 1 to %u hashes of 32 bytes, one behind the other",
                                length, SC_MANIFEST_LIST_MAX);
    return;
  }
  job.versions = find_versions (request);
  if (job.versions == NULL)
    return;
  job.ids = g_bytes_new (request->body->data, length);
  sc_api_request_run_bytes (request, read_manifests, reply_manifest, g_memdup2 (&job, sizeof job), content_job_free);
}

void
sc_api_get_plan (ScApiRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  ScChunkId id;

  if (sc_chunk_id_from_hex (&id, request->arguments[0], &error))
    bytes = sc_sessions_get_plan (request->parts->sessions, &id, request->principal.name, &error);
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
    sc_sessions_count_catch_up (request->parts->sessions, session, request->principal.name, bytes);
}

static GBytes *
read_range (ScStore *store, gpointer data, GError **error)
{
  const ContentJob *job = data;
  g_autoptr (ScReadable) readable = NULL;
  g_autoptr (GBytes) bytes = sc_store_read_pack (store, job->pack, job->offset, job->length, error);

  if (bytes != NULL)
    readable = sc_version_contents_get (job->parts->contents, job->versions, error);
  if (readable == NULL ||
      !sc_version_contents_check_range (job->parts->contents, readable, job->pack, job->offset, bytes, error))
    return NULL;
  return g_steal_pointer (&bytes);
}

static void
reply_range (ScApiRequest *request, GBytes *bytes, gpointer data)
{
  const ContentJob *job = data;

  soup_message_headers_set_content_range (soup_server_message_get_response_headers (request->message),
                                          (goffset) job->offset, (goffset) (job->offset + job->length - 1),
                                          (goffset) job->size);
  sc_api_request_reply_bytes (request, SOUP_STATUS_PARTIAL_CONTENT, bytes);
  book_catch_up (request, job->length);
}

/* What the seat may read by then. */
static void
send_range (ScApiRequest *request, gconstpointer data)
{
  ContentJob *job = g_memdup2 (data, sizeof *job);

  job->versions = find_versions (request);
  if (job->versions != NULL)
    sc_api_request_run_bytes (request, read_range, reply_range, job, content_job_free);
  else
    content_job_free (job);
}

void
sc_api_get_pack (ScApiRequest *request)
{
  g_autoptr (GError) error = NULL;
  ContentJob job = { .parts = request->parts };
  g_autofree char *name = NULL;
  g_autofree char *room = NULL;
  guint64 pack = 0;

  if (!sc_api_request_get_number (request, 0, G_MAXUINT32, &pack, &error) ||
      !sc_store_get_pack_size (request->parts->store, (guint32) pack, &job.size, &error)) {
    sc_api_request_fail (request, error);
    return;
  }
  job.pack = (guint32) pack;
  if (!parse_range (request, job.size, &job.offset, &job.length))
    return;
  sc_catalog_dup_seat_labels (request->parts->catalog, request->principal.name, &name, &room);
  sc_api_pace_wait (request->parts->pace, request, room, job.length, send_range, g_memdup2 (&job, sizeof job), g_free);
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

/* In an answer that is compact, of a whole chunk that lies behind the one before it nothing but its length is said:
 * 80 seats that ask for the places of the same 64 KiB are told 500 bytes, not 7,000. */
static ScJson *
describe_place (const ScStoreEntry *entry, const ScStoreEntry *before)
{
  gboolean follows = before != NULL && entry->length == SC_CHUNK_SIZE && entry->pack == before->pack &&
                     entry->offset == before->offset + SC_PACK_ENTRY_HEADER_SIZE + before->stored_length;

  return follows ? json_integer (entry->stored_length) : json_of_entry (entry);
}

/* The packs' lengths now: a cache is asked for beginnings of them, which never change. */
static ScJson *
json_of_packs (ScStore *store, GHashTable *packs)
{
  ScJson *list = json_array ();
  GHashTableIter iter;
  gpointer pack = NULL;

  g_hash_table_iter_init (&iter, packs);
  while (g_hash_table_iter_next (&iter, &pack, NULL)) {
    guint32 number = GPOINTER_TO_UINT (pack);
    guint64 size = 0;

    if (sc_store_get_pack_size (store, number, &size, NULL)) /* else it was removed just now */
      json_array_append_new (list, json_pack ("{s:I, s:I}", "pack", (json_int_t) number, "size", (json_int_t) size));
  }
  return list;
}

/* One by one, because the store names only the first of those that are missing. One that the seat may not read is.
 * @packs: gets the packs that they lie in */
static ScJson *
locate_each (ScStore *store, const ScReadable *readable, const ContentJob *job, GHashTable *packs, GError **error)
{
  gsize size = 0;
  const ScChunkId *ids = g_bytes_get_data (job->ids, &size);
  gsize n_ids = size / sizeof *ids;
  const ScStoreEntry *before = NULL;
  ScStoreEntry entries[2];
  g_autoptr (ScJson) list = json_array ();

  for (gsize i = 0; i < n_ids; i++) {
    g_autoptr (GError) local_error = NULL;
    ScStoreEntry *entry = &entries[i % 2];

    if (!sc_readable_has_chunk (readable, &ids[i])) {
      json_array_append_new (list, json_null ());
      before = NULL;
    } else if (sc_store_locate (store, &ids[i], 1, entry, &local_error)) {
      json_array_append_new (list, describe_place (entry, before));
      g_hash_table_add (packs, GUINT_TO_POINTER (entry->pack));
      before = job->compact ? entry : NULL;
    } else if (g_error_matches (local_error, SC_ERROR, SC_ERROR_NOT_FOUND)) {
      json_array_append_new (list, json_null ());
      before = NULL;
    } else {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  }
  return g_steal_pointer (&list);
}

static ScJson *
locate (ScStore *store, gpointer data, GError **error)
{
  const ContentJob *job = data;
  g_autoptr (GHashTable) packs = g_hash_table_new (NULL, NULL);
  g_autoptr (ScReadable) readable = sc_version_contents_get (job->parts->contents, job->versions, error);
  g_autoptr (ScJson) list = readable != NULL ? locate_each (store, readable, job, packs, error) : NULL;

  return list != NULL ? json_pack ("{s:O, s:o}", "entries", list, "packs", json_of_packs (store, packs)) : NULL;
}

void
sc_api_locate_chunks (ScApiRequest *request)
{
  gsize length = request->body->len;
  ContentJob job = { .parts = request->parts };
  g_autoptr (GError) error = NULL;
  guint64 compact = 0;

  if (length == 0 || length % sizeof (ScChunkId) != 0 || length / sizeof (ScChunkId) > MAX_LOCATE) {
    sc_api_request_fail_status (request, SOUP_STATUS_BAD_REQUEST, SC_ERROR_INVALID,
                                "the body has %" G_GSIZE_FORMAT
                                " bytes, but must be 1 to %u chunk ids of 32 bytes, one behind the other",
                                length, MAX_LOCATE);
    return;
  }
  if (!sc_api_request_get_query_number (request, "compact", 0, 0, 1, &compact, &error)) {
    sc_api_request_fail (request, error);
    return;
  }
  job.compact = compact == 1;
  job.versions = find_versions (request);
  if (job.versions == NULL)
    return;
  job.ids = g_bytes_new (request->body->data, length);
  sc_api_request_run (request, locate, g_memdup2 (&job, sizeof job), content_job_free);
}
