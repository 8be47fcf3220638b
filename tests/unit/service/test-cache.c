/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Catch-up through the cache of a room, against real HTTPS servers: one is the console, one the cache, good or bad. */
#include "common/sc-error.h"
#include "common/sc-pack-entry.h"
#include "sc-test-console.h"
#include "service/sc-catch-up.h"
#include "service/sc-fetch-cache.h"

#define N_CHUNKS 12u
#define PACK 5u

typedef enum {
  CACHE_GOOD,
  CACHE_DAMAGED, /* a bit is wrong */
  CACHE_SHORT,   /* bytes are missing */
  CACHE_DENIES,  /* 403 */
  CACHE_FAILS,   /* 500 */
  CACHE_UNKNOWN, /* 404 */
} Behaviour;

typedef struct {
  ScTestConsole console;
  SoupServer *cache; /* (nullable) */
  TlsServer *cache_tls;
  char *cache_url;
  ScFetch *fetch;
  ScTestSink seat;
  ScChunkSink sink;
  GByteArray *pack;
  ScChunkId ids[N_CHUNKS];
  guint64 offsets[N_CHUNKS];
  guint32 stored[N_CHUNKS];
  Behaviour behaviour;
  guint bad; /* answers of the cache that are as @behaviour says; the others are good */
  guint n_by_console, n_by_cache, n_manifests;
  gboolean done;
  GBytes *answer;
  GError *error;
} Fixture;

static void
serve_locate (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  Fixture *f = user_data;
  g_autoptr (GBytes) ids = soup_message_body_flatten (soup_server_message_get_request_body (message));
  gsize length;
  const guint8 *bytes = g_bytes_get_data (ids, &length);
  g_autoptr (GString) json = g_string_new ("{\"entries\":[");

  for (gsize i = 0; i < length; i += sizeof (ScChunkId)) {
    guint which = 0;
    while (which < N_CHUNKS && memcmp (f->ids[which].bytes, bytes + i, sizeof (ScChunkId)) != 0)
      which++;
    g_assert_cmpuint (which, <, N_CHUNKS);
    g_string_append_printf (json,
                            "%s{\"pack\":%u,\"offset\":%" G_GUINT64_FORMAT
                            ",\"stored_length\":%u,\"length\":%u,\"encoding\":\"zstd\"}",
                            i > 0 ? "," : "", PACK, f->offsets[which], f->stored[which], SC_CHUNK_SIZE);
  }
  g_string_append_printf (json, "],\"packs\":[{\"pack\":%u,\"size\":%u}]}", PACK, f->pack->len);
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_COPY, json->str, json->len);
}

/* @damage: of the last byte; @missing: bytes */
static void
reply_range (Fixture *f, SoupServerMessage *message, guint8 damage, gsize missing)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  SoupRange *ranges;
  int n_ranges;

  g_assert_true (soup_message_headers_get_ranges (headers, f->pack->len, &ranges, &n_ranges));
  g_assert_cmpint (n_ranges, ==, 1);
  gsize length = (gsize) (ranges[0].end - ranges[0].start + 1);
  g_autofree guint8 *copy = g_memdup2 (f->pack->data + ranges[0].start, length);
  soup_message_headers_free_ranges (headers, ranges);
  copy[length - 1] ^= damage;
  soup_message_headers_remove (headers, "Range"); /* libsoup's server would cut the answer once more */
  soup_server_message_set_status (message, SOUP_STATUS_PARTIAL_CONTENT, NULL);
  soup_server_message_set_response (message, "application/octet-stream", SOUP_MEMORY_COPY, (const char *) copy,
                                    length - missing);
}

static void
serve_pack (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  Fixture *f = user_data;

  g_assert_cmpstr (path, ==, "/v1/packs/5");
  f->n_by_console++;
  reply_range (f, message, 0, 0);
}

static void
serve_manifest (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  Fixture *f = user_data;

  f->n_manifests++;
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, "application/octet-stream", SOUP_MEMORY_STATIC, "manifest", 8);
}

/* Whatever the seat asks its cache for. */
static void
serve_cached (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  static const guint statuses[] = { [CACHE_DENIES] = 403, [CACHE_FAILS] = 500, [CACHE_UNKNOWN] = 404 };
  Fixture *f = user_data;
  g_autofree char *pack = g_strdup_printf ("/v1/cache/packs/%u/%u", PACK, f->pack->len);
  Behaviour behaviour = f->bad > 0 ? f->behaviour : CACHE_GOOD;
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  f->n_by_cache++;
  f->bad -= f->bad > 0;
  g_assert_true (sc_test_console_is_seat (&f->console, message, TEST_AUTHORITY_SEAT));
  if (behaviour >= CACHE_DENIES) {
    soup_server_message_set_status (message, statuses[behaviour], NULL);
    return;
  }
  if (g_str_has_prefix (path, "/v1/cache/manifests/")) {
    soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
    soup_server_message_set_response (message, "application/octet-stream", SOUP_MEMORY_STATIC,
                                      behaviour == CACHE_GOOD ? "manifest" : "MANIFEST", 8);
    return;
  }
  g_assert_cmpstr (path, ==, pack);
  g_assert_cmpstr (soup_message_headers_get_one (headers, "Seatcast-Session"), ==, "42");
  reply_range (f, message, behaviour == CACHE_DAMAGED ? 1 : 0, behaviour == CACHE_SHORT ? 5 : 0);
}

/* @host: what its certificate is for */
static GTlsCertificate *
make_certificate (Fixture *f, const char *host)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScPrivateKey) key = sc_private_key_new (SC_KEY_P256, &error);
  g_autofree char *request = sc_certificate_request_new (key, &error);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  const TestAuthority *authority = f->console.authority;

  g_assert_no_error (error);
  g_ptr_array_add (names, (char *) host);
  g_autoptr (ScCertificate) certificate = sc_certificate_issue_cache (
      authority->certificate, authority->key, request, "lab-1", names, g_get_real_time () / G_USEC_PER_SEC, &error);
  g_assert_no_error (error);
  GTlsCertificate *tls = sc_certificate_to_tls (certificate, key, authority->certificate, &error);
  g_assert_no_error (error);
  return tls;
}

/* Takes over @certificate. */
static void
start_cache (Fixture *f, GTlsCertificate *certificate)
{
  f->cache = soup_server_new (NULL, NULL);
  soup_server_add_handler (f->cache, "/v1/cache", serve_cached, f, NULL);
  f->cache_tls = tls_server_new (f->cache, certificate);
  g_object_unref (certificate);
  g_free (f->cache_url);
  f->cache_url = tls_server_make_url (f->cache_tls);
}

static void
stop_cache (Fixture *f)
{
  g_clear_pointer (&f->cache_tls, tls_server_free);
  g_clear_object (&f->cache);
}

static void
make_pack (Fixture *f)
{
  g_autoptr (ScFrameCoder) coder = sc_frame_coder_new ();
  g_autofree guint8 *chunk = g_malloc (SC_CHUNK_SIZE);
  g_autofree guint8 *frame = g_malloc (SC_FRAME_MAX);

  f->pack = g_byte_array_new ();
  for (guint i = 0; i < N_CHUNKS; i++) {
    guint8 header[SC_PACK_ENTRY_HEADER_SIZE];
    ScPackEntry entry = { .kind = SC_PACK_ENTRY_CHUNK, .length = SC_CHUNK_SIZE };
    for (guint j = 0; j < SC_CHUNK_SIZE; j++)
      chunk[j] = (guint8) (j * (i + 1) >> 7);
    sc_chunk_id_of (&f->ids[i], chunk, SC_CHUNK_SIZE);
    entry.id = f->ids[i];
    entry.stored_length = (guint32) sc_frame_encode (coder, chunk, SC_CHUNK_SIZE, NULL, 0, frame, &entry.encoding);
    sc_pack_entry_write_header (&entry, frame, header);
    f->offsets[i] = f->pack->len;
    f->stored[i] = entry.stored_length;
    g_byte_array_append (f->pack, header, sizeof header);
    g_byte_array_append (f->pack, frame, entry.stored_length);
  }
}

/* It stands: what is left alone for a while stays so to the end of a test. */
static gint64
get_time (void)
{
  return 1;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  sc_test_console_init (&f->console);
  soup_server_add_handler (f->console.server, "/v1/chunks/locate", serve_locate, f, NULL);
  soup_server_add_handler (f->console.server, "/v1/packs", serve_pack, f, NULL);
  soup_server_add_handler (f->console.server, "/v1/manifests", serve_manifest, f, NULL);
  f->fetch = sc_fetch_new (f->console.connection, f->console.identity);
  sc_fetch_set_retry (f->fetch, 1, 1); /* no second attempt: each failure must be made good by the console at once */
  sc_test_sink_init (&f->seat, &f->sink);
  make_pack (f);
  start_cache (f, make_certificate (f, "127.0.0.1"));
  sc_fetch_set_clock (f->fetch, get_time);
  sc_fetch_set_cache (f->fetch, f->cache_url);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  sc_fetch_free (f->fetch);
  sc_test_sink_clear (&f->seat);
  stop_cache (f);
  sc_test_console_clear (&f->console);
  g_byte_array_unref (f->pack);
  g_free (f->cache_url);
  g_clear_pointer (&f->answer, g_bytes_unref);
  g_clear_error (&f->error);
}

static void
on_caught_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *f = user_data;
  f->done = TRUE;
  g_assert_cmpint (sc_catch_up_finish (result, &f->error), ==, f->error == NULL);
}

/* Each @step'th chunk: so many ranges. All must come. */
static void
catch_up (Fixture *f, guint step)
{
  guint before = f->seat.n_put;

  for (guint i = 0; i < N_CHUNKS; i += step)
    sc_test_sink_want (&f->seat, &f->ids[i]);
  f->done = FALSE;
  sc_catch_up_async (f->fetch, &f->sink, 42, NULL, on_caught_up, f);
  sc_test_run_until (&f->done);
  g_assert_no_error (f->error);
  g_assert_cmpuint (f->seat.n_put - before, ==, (N_CHUNKS + step - 1) / step);
}

static void
expect_warning (const char *pattern)
{
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, pattern);
}

static void
test_good (Fixture *f, gconstpointer data)
{
  catch_up (f, 1);
  g_assert_cmpuint (f->n_by_cache, ==, 1);
  catch_up (f, 2);
  g_assert_cmpuint (f->n_by_cache, ==, 7);
  g_assert_cmpuint (f->n_by_console, ==, 0);

  sc_fetch_set_cache (f->fetch, "");
  catch_up (f, 1);
  g_assert_cmpuint (f->n_by_cache, ==, 7);
  g_assert_cmpuint (f->n_by_console, ==, 1);
}

/* One wrong answer costs one question to the console, and the cache is used on. */
static void
test_damaged_once (Fixture *f, gconstpointer data)
{
  f->behaviour = CACHE_DAMAGED;
  f->bad = 1;
  expect_warning ("Chunk * came damaged from pack 5*this seat fetches it from the console*");
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "https://127.0.0.1:* is of use again");
  catch_up (f, 2);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (f->n_by_console, ==, 1);
  g_assert_cmpuint (f->n_by_cache, ==, 6);
}

/* Whose answers are wrong in a row is not asked on, and that is told once. */
static void
test_damaged_always (Fixture *f, gconstpointer data)
{
  f->behaviour = CACHE_DAMAGED;
  f->bad = G_MAXUINT;
  expect_warning ("Chunk * came damaged from pack 5*");
  catch_up (f, 2);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (f->n_by_cache, ==, SC_FETCH_CACHE_STRIKES);
  g_assert_cmpuint (f->n_by_console, ==, 6);
  g_assert_false (sc_fetch_has_cache (f->fetch));
}

static void
test_denies (Fixture *f, gconstpointer data)
{
  f->behaviour = CACHE_DENIES;
  f->bad = G_MAXUINT;
  expect_warning ("The cache answered 403*");
  catch_up (f, 2);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (f->n_by_cache, ==, SC_FETCH_CACHE_STRIKES);
  g_assert_cmpuint (f->n_by_console, ==, 6);
}

static void
test_fails (Fixture *f, gconstpointer data)
{
  f->behaviour = CACHE_FAILS;
  f->bad = 1;
  expect_warning ("The cache answered 500*");
  catch_up (f, 2);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (f->n_by_cache, ==, 1);
  g_assert_cmpuint (f->n_by_console, ==, 6);
}

static void
test_short (Fixture *f, gconstpointer data)
{
  f->behaviour = CACHE_SHORT;
  f->bad = 1;
  expect_warning ("The cache's answer for /v1/packs/5 has * bytes instead of *");
  catch_up (f, 2);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (f->n_by_cache, ==, 1);
  g_assert_cmpuint (f->n_by_console, ==, 6);
}

/* A pack that the store has just rewritten: nothing is wrong with the cache. */
static void
test_unknown (Fixture *f, gconstpointer data)
{
  f->behaviour = CACHE_UNKNOWN;
  f->bad = 2;
  catch_up (f, 2);
  g_assert_cmpuint (f->n_by_cache, ==, 6);
  g_assert_cmpuint (f->n_by_console, ==, 2);
}

static void
test_down (Fixture *f, gconstpointer data)
{
  stop_cache (f);
  expect_warning ("The cache at https://127.0.0.1:* does not answer for /v1/packs/5*this seat fetches it from the"
                  " console*");
  catch_up (f, 2);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (f->n_by_console, ==, 6);
}

/* Nothing is asked of whom the console's authority did not make a cache, under this name. */
static void
test_strangers (Fixture *f, gconstpointer data)
{
  ScTestConsole other;

  stop_cache (f);
  start_cache (f, make_certificate (f, "127.0.0.2"));
  sc_fetch_set_cache (f->fetch, f->cache_url);
  expect_warning ("https://127.0.0.1:* is not accepted as a cache: *is not for “127.0.0.1” but for 127.0.0.2*");
  catch_up (f, 2);
  g_test_assert_expected_messages ();

  sc_fetch_set_cache (f->fetch, f->console.connection->url); /* the console is none */
  expect_warning ("https://127.0.0.1:* is not accepted as a cache: *not issued to a cache*");
  catch_up (f, 2);
  g_test_assert_expected_messages ();

  stop_cache (f);
  sc_test_console_init (&other);
  sc_fetch_set_cache (f->fetch, other.connection->url);
  expect_warning ("https://127.0.0.1:* is not accepted as a cache: *");
  catch_up (f, 2);
  g_test_assert_expected_messages ();
  sc_test_console_clear (&other);
  g_assert_cmpuint (f->n_by_cache, ==, 0);
  g_assert_cmpuint (f->n_by_console, ==, 18);
}

static void
on_fetched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *f = user_data;
  f->done = TRUE;
  f->answer = sc_fetch_finish (f->fetch, result, &f->error);
}

static void
test_manifest (Fixture *f, gconstpointer data)
{
  ScChunkId id;
  sc_chunk_id_of (&id, "manifest", 8);
  ScFetchRequest request = {
    .path = "/v1/manifests/x", .cache_path = "/v1/cache/manifests/x", .max_bytes = 8, .hash = &id
  };

  f->behaviour = CACHE_DAMAGED;
  for (guint i = 0; i < 2; i++) {
    f->bad = i;
    f->done = FALSE;
    g_clear_pointer (&f->answer, g_bytes_unref);
    if (i == 1)
      expect_warning ("The cache's answer for /v1/manifests/x does not have the hash*");
    sc_fetch_async (f->fetch, &request, NULL, on_fetched, f);
    sc_test_run_until (&f->done);
    g_test_assert_expected_messages ();
    g_assert_no_error (f->error);
    g_assert_cmpmem (g_bytes_get_data (f->answer, NULL), g_bytes_get_size (f->answer), "manifest", 8);
    g_assert_cmpuint (f->n_by_cache, ==, i + 1);
    g_assert_cmpuint (f->n_manifests, ==, i);
  }
}

static void
test_urls (void)
{
  static const char *const good[] = { "https://cache.example.org", "https://10.1.0.7:8472", "https://[::1]:8472/" };
  static const char *const bad[] = { "http://cache.example.org",
                                     "cache.example.org",
                                     "https://",
                                     "https://a/b",
                                     "https://a?x",
                                     "https://u@a",
                                     "https://a#x" };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (ScFetchCache) cache = sc_fetch_cache_new (good[i], &error);
    g_assert_no_error (error);
    g_assert_false (g_str_has_suffix (sc_fetch_cache_get_url (cache), "/"));
  }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (sc_fetch_cache_new (bad[i], &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  }
}

/* How long it is left alone; time is given. */
static void
test_back_off (void)
{
  g_autoptr (ScFetchCache) cache = sc_fetch_cache_new ("https://10.1.0.7", NULL);
  gint64 now = 0;

  g_assert_true (sc_fetch_cache_is_ready (cache, now));
  expect_warning ("it is down; this seat*");
  sc_fetch_cache_failed (cache, "it is down", now, 0.0);
  sc_fetch_cache_failed (cache, "it is down", now, 0.0); /* at the same time: the same failure */
  g_test_assert_expected_messages ();
  now += (gint64) SC_FETCH_CACHE_WAIT * G_TIME_SPAN_MILLISECOND;
  g_assert_false (sc_fetch_cache_is_ready (cache, now - 1));
  g_assert_true (sc_fetch_cache_is_ready (cache, now));
  for (guint i = 0; i < 20; i++) {
    sc_fetch_cache_failed (cache, "it is down", now, 0.999999);
    now += (gint64) SC_FETCH_CACHE_WAIT_MAX * G_TIME_SPAN_MILLISECOND;
    g_assert_true (sc_fetch_cache_is_ready (cache, now));
  }
  g_assert_false (sc_fetch_cache_is_ready (cache, now - 10 * G_TIME_SPAN_SECOND)); /* it had become as long as that */

  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "https://10.1.0.7 is of use again");
  sc_fetch_cache_was_right (cache);
  sc_fetch_cache_was_right (cache);
  g_test_assert_expected_messages ();
  expect_warning ("wrong; *");
  for (guint i = 1; i < SC_FETCH_CACHE_STRIKES; i++) {
    sc_fetch_cache_was_wrong (cache, "wrong", now, 0.0);
    g_assert_true (sc_fetch_cache_is_ready (cache, now));
  }
  g_test_assert_expected_messages ();
  sc_fetch_cache_was_wrong (cache, "wrong", now, 0.0);
  g_assert_false (sc_fetch_cache_is_ready (cache, now));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/service/cache/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("good", test_good);
  ADD ("damaged-once", test_damaged_once);
  ADD ("damaged-always", test_damaged_always);
  ADD ("denies", test_denies);
  ADD ("fails", test_fails);
  ADD ("short", test_short);
  ADD ("unknown", test_unknown);
  ADD ("down", test_down);
  ADD ("strangers", test_strangers);
  ADD ("manifest", test_manifest);
  g_test_add_func ("/service/cache/urls", test_urls);
  g_test_add_func ("/service/cache/back-off", test_back_off);
  return g_test_run ();
}
