/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-pace.h"
#include "console/engine/api/sc-api-routes.h"
#include "console/engine/catalog/sc-catalog-enrolment.h"

#include <string.h>

/* What a cache asks: whether a seat may read something, and the content itself. */

#define PACKS "/v1/cache/packs/"
#define MANIFESTS "/v1/cache/manifests/"
#define MAX_PART (8u * 1024 * 1024)  /* bytes of a pack that a cache reads at once */
#define MAX_ASKED (8u * 1024 * 1024) /* bytes that a seat asks a cache for at once: SC_CATCH_UP_CACHED_RANGE_MAX */
#define FOREVER "public, max-age=31536000, immutable"

/* A job's data; all of @parts outlive the jobs: sc_api_free() waits for them. */
typedef struct {
  const ScApiParts *parts;
  char *seat;       /* (owned) (nullable): id: for which it is asked */
  GArray *versions; /* (owned) (nullable) guint64: that the seat may read */
  gboolean is_manifest;
  ScChunkId id; /* of a manifest */
  guint32 pack;
  guint64 end; /* the first bytes of the pack, up to here, are what lies under the URL */
  guint64 offset, length;
} CacheJob;

static void
cache_job_free (gpointer data)
{
  CacheJob *job = data;

  g_clear_pointer (&job->versions, g_array_unref);
  g_free (job->seat);
  g_free (job);
}

static const char *
get_header (ScApiRequest *request, const char *name)
{
  return soup_message_headers_get_one (soup_server_message_get_request_headers (request->message), name);
}

/* ---- GET /v1/cache/check ---- */

/* What stands between @text and @until, a decimal number. Returns: what follows @until; NULL: it is none */
static const char *
parse_number (const char *text, char until, guint64 max, guint64 *number)
{
  const char *found = strchr (text, until);
  const char *end = found != NULL ? found : text + strlen (text);
  g_autofree char *digits = g_strndup (text, (gsize) (end - text));

  if (*end != until || !g_ascii_string_to_unsigned (digits, 10, 0, max, number, NULL))
    return NULL;
  return until != '\0' ? end + 1 : end;
}

/* "bytes=FIRST-LAST": no other form, for cache and console must mean the same by it */
static gboolean
parse_range (const char *text, guint64 *offset, guint64 *length)
{
  guint64 first = 0, last = 0;
  const char *at = g_str_has_prefix (text, "bytes=") ? text + strlen ("bytes=") : NULL;

  if (at != NULL)
    at = parse_number (at, '-', G_MAXINT64, &first);
  if (at == NULL || parse_number (at, '\0', G_MAXINT64, &last) == NULL || last < first)
    return FALSE;
  *offset = first;
  *length = last - first + 1;
  return TRUE;
}

/* @what: "GET PATH", as the seat has asked it. @range: (nullable) */
static gboolean
parse_question (CacheJob *job, const char *what, const char *range)
{
  guint64 pack = 0;
  const char *at = NULL;

  if (g_str_has_prefix (what, "GET " MANIFESTS)) {
    job->is_manifest = TRUE;
    return range == NULL && sc_chunk_id_from_hex (&job->id, what + strlen ("GET " MANIFESTS), NULL);
  }
  if (!g_str_has_prefix (what, "GET " PACKS) || range == NULL || !parse_range (range, &job->offset, &job->length))
    return FALSE;
  at = parse_number (what + strlen ("GET " PACKS), '/', G_MAXUINT32, &pack);
  job->pack = (guint32) pack;
  return at != NULL && parse_number (at, '\0', G_MAXINT64, &job->end) != NULL && job->length <= MAX_ASKED &&
         job->end >= job->length && job->offset <= job->end - job->length;
}

/* By the certificate that the seat has shown to the cache, which has found that the seat has its key. (transfer full)
 */
static char *
identify_seat (ScApiRequest *request, const char *escaped, GError **error)
{
  const ScApiParts *parts = request->parts;
  g_autofree char *pem = g_uri_unescape_string (escaped, NULL);
  g_autoptr (ScCertificate) certificate = pem != NULL ? sc_certificate_parse (pem, strlen (pem), error) : NULL;
  guint8 key_id[SC_KEY_ID_SIZE];
  g_autofree char *seat = NULL;

  if (pem == NULL)
    g_set_error_literal (error, SC_ERROR, SC_ERROR_INVALID, "the seat's certificate is not escaped as in a URL");
  if (certificate != NULL)
    seat =
        sc_authority_identify_seat (parts->authority, certificate, g_get_real_time () / G_USEC_PER_SEC, key_id, error);
  if (seat == NULL || !sc_enrolments_check_certificate (parts->enrolments, seat, key_id, error))
    return NULL;
  return g_steal_pointer (&seat);
}

/* Nothing: yes */
static GBytes *
check (ScStore *store, gpointer data, GError **error)
{
  const CacheJob *job = data;
  ScVersionContents *contents = job->parts->contents;
  g_autoptr (GError) local = NULL;
  g_autoptr (ScReadable) readable = NULL;
  gboolean may = FALSE;

  if (job->is_manifest) {
    may = sc_version_contents_check_manifest (contents, job->versions, &job->id, &local);
  } else {
    readable = sc_version_contents_get (contents, job->versions, &local);
    may = readable != NULL &&
          sc_version_contents_check_place (contents, readable, job->pack, job->offset, job->length, &local);
  }
  if (may)
    return g_bytes_new (NULL, 0);
  /* a cache tells nothing but yes and no; what is gone the seat hears from the console */
  if (g_error_matches (local, SC_ERROR, SC_ERROR_NOT_FOUND) || g_error_matches (local, SC_ERROR, SC_ERROR_INVALID))
    local->code = SC_ERROR_DENIED;
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

/* To the session that the seat catches up for, once it may have the bytes: the console does not see them go. A wrong
 * number books to nobody: it is a statistic. */
static void
book (ScApiRequest *request, const char *seat, guint64 bytes)
{
  const char *text = get_header (request, "Seatcast-Session");
  guint64 session = 0;

  if (text != NULL && g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT64, &session, NULL))
    sc_sessions_count_catch_up (request->parts->sessions, session, seat, bytes);
}

static void
reply_yes (ScApiRequest *request, GBytes *bytes, gpointer data)
{
  const CacheJob *job = data;

  book (request, job->seat, job->length);
  soup_server_message_set_status (request->message, SOUP_STATUS_NO_CONTENT, NULL);
  soup_message_headers_replace (soup_server_message_get_response_headers (request->message), "Cache-Control",
                                "no-store");
}

void
sc_api_check_for_cache (ScApiRequest *request)
{
  const char *certificate = get_header (request, "Seatcast-Certificate");
  const char *what = get_header (request, "Seatcast-Request");
  const char *range = get_header (request, "Seatcast-Range");
  CacheJob job = { .parts = request->parts };
  g_autoptr (GError) error = NULL;

  if (range != NULL && *range == '\0')
    range = NULL;
  if (certificate == NULL || what == NULL) {
    sc_api_request_fail_status (request, SOUP_STATUS_BAD_REQUEST, SC_ERROR_INVALID,
                                "Seatcast-Certificate and Seatcast-Request are missing: is the cache configured by the "
                                "file that “seatcastctl cache create” has made?");
    return;
  }
  /* the seat's own, passed on: by it the cache would send more than the range, up to all of the pack */
  if (get_header (request, "If-Range") != NULL || !parse_question (&job, what, range)) {
    sc_api_request_fail_status (request, SOUP_STATUS_FORBIDDEN, SC_ERROR_DENIED,
                                "no seat asks that of a cache: see openapi.json");
    return;
  }
  job.seat = identify_seat (request, certificate, &error);
  if (job.seat != NULL)
    job.versions = sc_sessions_list_ordered (request->parts->sessions, job.seat, &error);
  if (job.versions == NULL) {
    g_free (job.seat);
    sc_api_request_fail (request, error);
    return;
  }
  sc_api_request_run_bytes (request, check, reply_yes, g_memdup2 (&job, sizeof job), cache_job_free);
}

/* ---- the content ---- */

/* Under this address there will never be anything else. */
static void
reply_forever (ScApiRequest *request, guint status, GBytes *bytes)
{
  sc_api_request_reply_bytes (request, status, bytes);
  soup_message_headers_replace (soup_server_message_get_response_headers (request->message), "Cache-Control", FOREVER);
}

static GBytes *
read_manifest (ScStore *store, gpointer data, GError **error)
{
  const CacheJob *job = data;

  return sc_manifest_cache_get (job->parts->manifests, &job->id, error);
}

static void
reply_manifest (ScApiRequest *request, GBytes *bytes, gpointer data)
{
  reply_forever (request, SOUP_STATUS_OK, bytes);
}

void
sc_api_get_manifest_for_cache (ScApiRequest *request)
{
  g_autoptr (GError) error = NULL;
  CacheJob job = { .parts = request->parts };

  if (sc_chunk_id_from_hex (&job.id, request->arguments[0], &error))
    sc_api_request_run_bytes (request, read_manifest, reply_manifest, g_memdup2 (&job, sizeof job), cache_job_free);
  else
    sc_api_request_fail (request, error);
}

static GBytes *
read_part (ScStore *store, gpointer data, GError **error)
{
  const CacheJob *job = data;

  return sc_store_read_pack (store, job->pack, job->offset, (gsize) job->length, error);
}

static void
reply_part (ScApiRequest *request, GBytes *bytes, gpointer data)
{
  const CacheJob *job = data;
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (request->message);
  g_autofree char *tag = g_strdup_printf ("\"%u-%" G_GUINT64_FORMAT "\"", job->pack, job->end);

  soup_message_headers_set_content_range (headers, (goffset) job->offset, (goffset) (job->offset + job->length - 1),
                                          (goffset) job->end);
  soup_message_headers_replace (headers, "ETag", tag);
  reply_forever (request, SOUP_STATUS_PARTIAL_CONTENT, bytes);
}

static void
send_part (ScApiRequest *request, gconstpointer data)
{
  sc_api_request_run_bytes (request, read_part, reply_part, g_memdup2 (data, sizeof (CacheJob)), cache_job_free);
}

/* A pack is only added to, and its number is never used again: so what its first bytes, up to an end, are never
 * changes. The last part may reach beyond the end: that is where it is cut off. */
void
sc_api_get_pack_for_cache (ScApiRequest *request)
{
  const char *range = get_header (request, "Range");
  CacheJob job = { .parts = request->parts };
  g_autoptr (GError) error = NULL;
  guint64 pack = 0, size = 0;

  if (!sc_api_request_get_number (request, 0, G_MAXUINT32, &pack, &error) ||
      !sc_api_request_get_number (request, 1, G_MAXINT64, &job.end, &error) ||
      !sc_store_get_pack_size (request->parts->store, (guint32) pack, &size, &error)) {
    sc_api_request_fail (request, error);
    return;
  }
  job.pack = (guint32) pack;
  if (job.end > size) {
    sc_api_request_fail_status (request, SOUP_STATUS_NOT_FOUND, SC_ERROR_NOT_FOUND,
                                "pack %u has %" G_GUINT64_FORMAT " bytes", job.pack, size);
    return;
  }
  if (range == NULL || !parse_range (range, &job.offset, &job.length) || job.length > MAX_PART) {
    sc_api_request_fail_status (request, SOUP_STATUS_BAD_REQUEST, SC_ERROR_INVALID,
                                "ask for one range of at most %u bytes (Range: bytes=FIRST-LAST)", MAX_PART);
    return;
  }
  if (job.offset >= job.end) {
    sc_api_request_fail_status (request, SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE, SC_ERROR_INVALID,
                                "the range begins behind byte %" G_GUINT64_FORMAT, job.end);
    return;
  }
  job.length = MIN (job.length, job.end - job.offset);
  /* under the catch-up rate, in turn with seats, as one of them; what it sends on costs the console nothing */
  sc_api_pace_wait (request->parts->pace, request, "", job.length, send_part, g_memdup2 (&job, sizeof job),
                    cache_job_free);
}
