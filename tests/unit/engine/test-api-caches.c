/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-pack-entry.h"
#include "console/engine/trust/sc-enrolments.h"
#include "tests/unit/engine/engine-seat.h"

#include <string.h>

/* HTTP caches: their certificates, what they read, and what they are told of seats. */

typedef struct {
  EngineFixture engine;
  GTlsCertificate *cache;
  EngineSeat *seat;
  ScStoreEntry first, second; /* chunks that only version 1, only version 2 has */
} Fixture;

/* The first chunk that version @number has and @other has not. */
static void
find_own_chunk (EngineFixture *fixture, guint64 number, guint64 other, ScStoreEntry *entry)
{
  g_autoptr (ScVersionManifest) version = sc_store_get_version (fixture->parts.store, number, NULL);
  g_autoptr (ScVersionManifest) other_version = sc_store_get_version (fixture->parts.store, other, NULL);
  g_autoptr (GPtrArray) own = sc_store_get_templates (fixture->parts.store, version, NULL);
  g_autoptr (GPtrArray) others = sc_store_get_templates (fixture->parts.store, other_version, NULL);
  g_autoptr (ScChunkIndex) chunks = sc_version_chunks_collect (own);
  g_autoptr (ScChunkIndex) other_chunks = sc_version_chunks_collect (others);

  for (guint32 i = 0; i < sc_chunk_index_size (chunks); i++)
    if (sc_chunk_index_find (other_chunks, sc_chunk_index_get (chunks, i)) == SC_CHUNK_INDEX_NONE) {
      g_assert_true (sc_store_locate (fixture->parts.store, sc_chunk_index_get (chunks, i), 1, entry, NULL));
      return;
    }
  g_assert_not_reached ();
}

static void
set_up (Fixture *f, gconstpointer data)
{
  engine_fixture_set_up (&f->engine, NULL);
  f->cache = engine_fixture_certify_cache (&f->engine, "lab-1");
  f->seat = engine_seat_enrol_new (&f->engine, "pc-2", "02:00:00:00:00:02");
  find_own_chunk (&f->engine, 1, 2, &f->first);
  find_own_chunk (&f->engine, 2, 1, &f->second);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  engine_seat_free (f->seat);
  g_clear_object (&f->cache);
  engine_fixture_tear_down (&f->engine, NULL);
}

static guint64
get_size (Fixture *f, guint32 pack)
{
  guint64 size = 0;

  g_assert_true (sc_store_get_pack_size (f->engine.parts.store, pack, &size, NULL));
  return size;
}

/* As nginx has it in $ssl_client_escaped_cert. (transfer full) */
static char *
escape (GTlsCertificate *certificate)
{
  g_autofree char *pem = NULL;

  g_object_get (certificate, "certificate-pem", &pem, NULL);
  return g_uri_escape_string (pem, NULL, FALSE);
}

static void
add_header (SoupMessage *message, const char *name, const char *value)
{
  if (value != NULL)
    soup_message_headers_append (soup_message_get_request_headers (message), name, value);
}

/* What the cache is told of the seat that shows @certificate. @if_range: (nullable): that the seat has sent */
static void
ask (Fixture *f, GTlsCertificate *certificate, const char *what, const char *range, const char *if_range,
     EngineResponse *response)
{
  g_autoptr (SoupMessage) message = engine_fixture_message_of (&f->engine, f->cache, "GET", "/v1/cache/check");
  g_autofree char *escaped = escape (certificate);

  add_header (message, "Seatcast-Certificate", escaped);
  add_header (message, "Seatcast-Request", what);
  add_header (message, "Seatcast-Range", range);
  add_header (message, "Seatcast-Session", "1");
  add_header (message, "If-Range", if_range);
  engine_fixture_send (&f->engine, message, response);
  g_assert_no_error (response->error);
}

/* Returns: the answer's status */
static guint
check_with (Fixture *f, GTlsCertificate *certificate, const char *what, const char *range, const char *if_range)
{
  g_auto (EngineResponse) response = { 0 };

  ask (f, certificate, what, range, if_range, &response);
  if (response.status >= 400)
    g_test_message ("%s %s: %.*s", what, range, (int) g_bytes_get_size (response.body),
                    (const char *) g_bytes_get_data (response.body, NULL));
  return response.status;
}

static guint
check_of (Fixture *f, GTlsCertificate *certificate, const char *what, const char *range)
{
  return check_with (f, certificate, what, range, NULL);
}

/* @from, @to: bytes by which the range is wider */
static guint
check_entry (Fixture *f, GTlsCertificate *certificate, const ScStoreEntry *entry, int from, int to)
{
  g_autofree char *what =
      g_strdup_printf ("GET /v1/cache/packs/%u/%" G_GUINT64_FORMAT, entry->pack, get_size (f, entry->pack));
  gint64 first = (gint64) entry->offset - from;
  gint64 last = (gint64) entry->offset + SC_PACK_ENTRY_HEADER_SIZE + entry->stored_length - 1 + to;
  g_autofree char *range = g_strdup_printf ("bytes=%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT, first, last);

  return check_of (f, certificate, what, range);
}

/* The same rights as the seat has at the console itself. */
static void
test_check_ranges (Fixture *f, gconstpointer data)
{
  g_assert_cmpuint (check_entry (f, f->seat->tls, &f->second, 0, 0), ==, 403);
  engine_assign (&f->engine, f->seat->seat, 2);
  g_assert_cmpuint (check_entry (f, f->seat->tls, &f->second, 0, 0), ==, 204);
  g_assert_cmpuint (check_entry (f, f->seat->tls, &f->first, 0, 0), ==, 403);
  g_assert_cmpuint (check_entry (f, f->seat->tls, &f->second, 0, -1), ==, 403);
  g_assert_cmpuint (check_entry (f, f->seat->tls, &f->second, 0, 1), ==, 403);
  g_assert_cmpuint (check_entry (f, f->seat->tls, &f->second, -1, 0), ==, 403);
  g_assert_cmpuint (check_entry (f, f->seat->tls, &f->second, 1, 0), ==, 403);
}

static void
test_check_whole_version (Fixture *f, gconstpointer data)
{
  g_autoptr (ScVersionManifest) version = sc_store_get_version (f->engine.parts.store, 1, NULL);
  g_autoptr (GPtrArray) templates = sc_store_get_templates (f->engine.parts.store, version, NULL);
  g_autoptr (ScChunkIndex) chunks = sc_version_chunks_collect (templates);
  ScStoreEntry entries[2];

  engine_assign (&f->engine, f->seat->seat, 1);
  for (guint32 i = 0; i + 1 < sc_chunk_index_size (chunks); i++) {
    g_assert_true (sc_store_locate (f->engine.parts.store, sc_chunk_index_get (chunks, i), 2, entries, NULL));
    if (entries[0].offset + SC_PACK_ENTRY_HEADER_SIZE + entries[0].stored_length == entries[1].offset) {
      int wider = (int) (SC_PACK_ENTRY_HEADER_SIZE + entries[1].stored_length);

      g_assert_cmpuint (check_entry (f, f->seat->tls, &entries[0], 0, wider), ==, 204);
      return;
    }
  }
  g_assert_not_reached ();
}

static void
test_check_manifests (Fixture *f, gconstpointer data)
{
  char hex[SC_CHUNK_ID_HEX_LENGTH + 1];

  engine_assign (&f->engine, f->seat->seat, 2);
  for (guint64 number = 1; number <= 2; number++) {
    g_autoptr (ScVersionManifest) version = sc_store_get_version (f->engine.parts.store, number, NULL);
    g_autofree char *what = NULL;

    sc_chunk_id_to_hex (sc_version_manifest_get_id (version), hex);
    what = g_strconcat ("GET /v1/cache/manifests/", hex, NULL);
    g_assert_cmpuint (check_of (f, f->seat->tls, what, NULL), ==, number == 2 ? 204 : 403);
    g_assert_cmpuint (check_of (f, f->seat->tls, what, "bytes=0-1"), ==, 403);
  }
}

/* What the cache and the console might understand differently is not answered by yes. */
static void
test_check_forms (Fixture *f, gconstpointer data)
{
  g_autofree char *pack =
      g_strdup_printf ("GET /v1/cache/packs/%u/%" G_GUINT64_FORMAT, f->second.pack, get_size (f, f->second.pack));
  guint64 offset = f->second.offset;
  guint64 last = offset + SC_PACK_ENTRY_HEADER_SIZE + f->second.stored_length - 1;
  g_autofree char *good = g_strdup_printf ("bytes=%" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT, offset, last);
  g_autofree char *early_end = g_strdup_printf ("GET /v1/cache/packs/%u/%" G_GUINT64_FORMAT, f->second.pack, last);
  g_autofree char *just_end = g_strdup_printf ("GET /v1/cache/packs/%u/%" G_GUINT64_FORMAT, f->second.pack, last + 1);
  const char *const formats[] = { "%s ", "%s,0-1", " %s", "Bytes%s", "%s-", "%s 5" };
  const char *const others[] = {
    "GET /v1/packs/1",      "GET /v1/cache/packs/1",    "GET /v1/cache/packs/1/", "GET /v1/cache/packs//5",
    "GET /v1/cache/packs/", "GET /v1/cache/manifests/", "GET /v1/seats",          "",
  };

  engine_assign (&f->engine, f->seat->seat, 2);
  g_assert_cmpuint (check_of (f, f->seat->tls, pack, good), ==, 204);
  g_assert_cmpuint (check_of (f, f->seat->tls, just_end, good), ==, 204);
  g_assert_cmpuint (check_of (f, f->seat->tls, early_end, good), ==, 403);
  g_assert_cmpuint (check_of (f, f->seat->tls, pack, NULL), ==, 403);
  g_assert_cmpuint (check_of (f, f->seat->tls, pack, "bytes=-500"), ==, 403);
  g_assert_cmpuint (check_of (f, f->seat->tls, pack, "bytes=0-"), ==, 403);
  g_assert_cmpuint (check_of (f, f->seat->tls, pack, "bytes=5-4"), ==, 403);
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    g_autoptr (GString) range = g_string_new (formats[i]);

    g_string_replace (range, "%s", good, 1);
    if (i != 0 && i != 2) /* blanks around a header's value are not part of it */
      g_assert_cmpuint (check_of (f, f->seat->tls, pack, range->str), ==, 403);
  }
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_cmpuint (check_of (f, f->seat->tls, others[i], good), ==, 403);
  for (guint i = 0; i < 3; i++) {
    static const char *const tails[] = { "?x", "/", "%30" };
    g_autofree char *what = g_strconcat (pack, tails[i], NULL);

    g_assert_cmpuint (check_of (f, f->seat->tls, what, good), ==, 403);
  }
  /* nginx would send all of the pack, and cannot tell an empty one from none */
  g_assert_cmpuint (check_with (f, f->seat->tls, pack, good, "0"), ==, 403);
  g_assert_cmpuint (check_with (f, f->seat->tls, pack, good, ""), ==, 403);
  pack[0] = 'P';
  g_assert_cmpuint (check_of (f, f->seat->tls, pack, good), ==, 403);
}

/* Of a pack of any size, before anything is looked for. */
static gboolean
is_too_much (Fixture *f, const char *range)
{
  g_auto (EngineResponse) response = { 0 };
  g_autofree char *text = NULL;

  ask (f, f->seat->tls, "GET /v1/cache/packs/1/1000000000", range, NULL, &response);
  g_assert_cmpuint (response.status, ==, 403);
  text = g_strndup (g_bytes_get_data (response.body, NULL), g_bytes_get_size (response.body));
  return strstr (text, "no seat asks that of a cache") != NULL;
}

static void
test_check_size (Fixture *f, gconstpointer data)
{
  engine_assign (&f->engine, f->seat->seat, 2);
  g_assert_false (is_too_much (f, "bytes=1000-8389607"));
  g_assert_true (is_too_much (f, "bytes=1000-8389608")); /* 8 MiB and a byte */
  g_assert_true (is_too_much (f, "bytes=0-999999999"));
}

static void
test_check_seats (Fixture *f, gconstpointer data)
{
  g_autoptr (EngineSeat) other = engine_seat_enrol_new (&f->engine, "pc-3", "02:00:00:00:00:03");
  g_autoptr (SoupMessage) bare = engine_fixture_message_of (&f->engine, f->cache, "GET", "/v1/cache/check");
  g_auto (EngineResponse) response = { 0 };
  g_autoptr (GError) error = NULL;

  engine_assign (&f->engine, f->seat->seat, 2);
  engine_assign (&f->engine, other->seat, 1);
  g_assert_cmpuint (check_entry (f, f->seat->tls, &f->second, 0, 0), ==, 204);
  g_assert_cmpuint (check_entry (f, other->tls, &f->second, 0, 0), ==, 403);
  g_assert_cmpuint (check_entry (f, other->tls, &f->first, 0, 0), ==, 204);
  g_assert_cmpuint (check_entry (f, f->cache, &f->second, 0, 0), ==, 403); /* a cache is no seat */
  g_assert_true (
      sc_enrolments_revoke (f->engine.parts.enrolments, f->seat->seat, g_get_real_time () / G_USEC_PER_SEC, &error));
  g_assert_cmpuint (check_entry (f, f->seat->tls, &f->second, 0, 0), ==, 403);
  g_assert_cmpuint (check_entry (f, other->tls, &f->first, 0, 0), ==, 204);

  engine_fixture_send (&f->engine, bare, &response);
  g_assert_cmpuint (response.status, ==, 400);
}

/* @range: (nullable) */
static GBytes *
read_part (Fixture *f, guint64 end, const char *range, guint status)
{
  g_autofree char *path = g_strdup_printf ("/v1/cache/packs/%u/%" G_GUINT64_FORMAT, f->second.pack, end);
  g_autoptr (SoupMessage) message = engine_fixture_message_of (&f->engine, f->cache, "GET", path);
  g_auto (EngineResponse) response = { 0 };

  add_header (message, "Range", range);
  engine_fixture_send (&f->engine, message, &response);
  g_assert_no_error (response.error);
  g_assert_cmpuint (response.status, ==, status);
  if (status == 206) {
    g_autofree char *tag = g_strdup_printf ("\"%u-%" G_GUINT64_FORMAT "\"", f->second.pack, end);

    g_assert_cmpstr (soup_message_headers_get_one (response.headers, "Cache-Control"), ==,
                     "public, max-age=31536000, immutable");
    g_assert_cmpstr (soup_message_headers_get_one (response.headers, "ETag"), ==, tag);
  }
  return g_bytes_ref (response.body);
}

static void
test_content (Fixture *f, gconstpointer data)
{
  guint64 size = get_size (f, f->second.pack);
  g_autoptr (GBytes) whole = sc_store_read_pack (f->engine.parts.store, f->second.pack, 0, size, NULL);
  g_autoptr (GBytes) part = read_part (f, size, "bytes=0-999999", 206); /* cut off at the end */
  g_autoptr (GBytes) earlier = read_part (f, 100, "bytes=90-999", 206);
  g_autoptr (GBytes) expected = g_bytes_new_from_bytes (whole, 90, 10);
  static const char *const bad[] = { NULL, "bytes=0-", "bytes=-5", "bytes=0-1,3-4", "bytes=9-0", "bytes=0-8388608" };

  g_assert_cmpuint (size, <, 1000000);
  g_assert_true (g_bytes_equal (part, whole));
  g_assert_true (g_bytes_equal (earlier, expected));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_bytes_unref (read_part (f, size, bad[i], 400));
  g_bytes_unref (read_part (f, size + 1, "bytes=0-9", 404));
  g_bytes_unref (read_part (f, 100, "bytes=100-109", 416));
}

/* A cache is no seat, no member of staff, and is nothing at all once it is revoked or another has its name. */
static void
test_caches (Fixture *f, gconstpointer data)
{
  g_autofree char *manifest = engine_manifest_path (&f->engine, 1);
  g_autoptr (GTlsCertificate) again = NULL;
  g_autoptr (ScJson) list = NULL;
  g_autoptr (ScJson) answer = NULL;

  engine_assert_denied (&f->engine, f->cache, manifest, 403, "for seats");
  engine_assert_denied (&f->engine, f->cache, "/v1/seats", 403, "for staff");
  engine_assert_denied (&f->engine, f->seat->tls, "/v1/cache/check", 403, "for HTTP caches");
  engine_assert_denied (&f->engine, NULL, "/v1/cache/check", 401, "seatcastctl cache create");

  again = engine_fixture_certify_cache (&f->engine, "lab-1");
  engine_assert_denied (&f->engine, f->cache, "/v1/cache/check", 401, "that was made last");
  g_assert_cmpuint (engine_get_status (&f->engine, again, "/v1/cache/check", NULL), ==, 400);
  answer = engine_fixture_json (&f->engine, "POST", "/v1/caches/lab-1/revoke", "{}", 200);
  engine_assert_denied (&f->engine, again, "/v1/cache/check", 401, "staff revoked");
  engine_assert_denied (&f->engine, again, "/v1/cache/packs/1/100", 401, "staff revoked");
  list = engine_fixture_json (&f->engine, "GET", "/v1/caches", NULL, 200);
  g_assert_cmpuint (json_array_size (json_object_get (list, "caches")), ==, 1);
  g_assert_true (json_equal (json_array_get (json_object_get (list, "caches"), 0), answer));
  g_assert_cmpstr (json_string_value (json_object_get (answer, "state")), ==, "revoked");
}

/* (transfer full): the answer */
static ScJson *
create (Fixture *f, const char *name, const char *host, const char *request, guint status)
{
  g_autoptr (ScJson) asked = json_pack ("{s:s, s:[s], s:s}", "name", name, "names", host, "request", request);
  g_autofree char *body = sc_json_to_text (asked);

  return engine_fixture_json (&f->engine, "POST", "/v1/caches", body, status);
}

static void
test_create (Fixture *f, gconstpointer data)
{
  g_autoptr (ScPrivateKey) key = sc_private_key_new (SC_KEY_P256, NULL);
  g_autofree char *request = sc_certificate_request_new (key, NULL);
  g_autoptr (ScJson) first = create (f, "lab-2", "Cache.example.org", request, 201);
  g_autoptr (ScJson) renewed = create (f, "lab-2", "10.1.0.7", request, 201);
  const char *pem = json_string_value (json_object_get (first, "certificate"));
  g_autoptr (GTlsCertificate) tls = engine_make_tls (f->engine.authority, pem, key);

  g_assert_cmpstr (json_string_value (json_array_get (json_object_get (first, "names"), 0)), ==, "cache.example.org");
  g_assert_cmpstr (json_string_value (json_array_get (json_object_get (renewed, "names"), 0)), ==, "10.1.0.7");
  g_assert_nonnull (strstr (json_string_value (json_object_get (first, "ca")), "BEGIN CERTIFICATE"));
  g_assert_cmpuint (json_array_size (json_object_get (first, "console_names")), >, 0);
  /* of the same key the certificate from before still counts */
  g_assert_cmpuint (engine_get_status (&f->engine, tls, "/v1/cache/check", NULL), ==, 400);

  /* as other programs write one */
  g_autoptr (GString) other = g_string_new (request);
  g_assert_cmpuint (g_string_replace (other, "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST", 0), ==, 2);
  json_decref (create (f, "lab-2", "10.1.0.7", other->str, 201));

  json_decref (create (f, "lab-3", "10.1.0.7", request, 409)); /* a key is one cache's */
  json_decref (create (f, "../x", "10.1.0.7", request, 400));
  json_decref (create (f, "lab-4", "no host", request, 400));
  json_decref (create (f, "lab-4", "10.1.0.7", "no request", 400));
  json_decref (engine_fixture_json (&f->engine, "POST", "/v1/caches/lab-2/revoke", "{}", 200));
  json_decref (create (f, "lab-2", "10.1.0.7", request, 409)); /* a revoked key is none any more */
  json_decref (engine_fixture_json (&f->engine, "POST", "/v1/caches/lab-9/revoke", "{}", 404));
}

#define ADD(name, func) g_test_add ("/api-caches/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("check-ranges", test_check_ranges);
  ADD ("check-whole-version", test_check_whole_version);
  ADD ("check-manifests", test_check_manifests);
  ADD ("check-forms", test_check_forms);
  ADD ("check-size", test_check_size);
  ADD ("check-seats", test_check_seats);
  ADD ("content", test_content);
  ADD ("caches", test_caches);
  ADD ("create", test_create);
  return g_test_run ();
}
