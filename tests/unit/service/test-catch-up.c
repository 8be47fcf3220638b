/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fetching and catch-up against a real HTTPS server that serves a small pack, also badly. */
#include "common/sc-error.h"
#include "common/sc-pack-entry.h"
#include "sc-test-console.h"
#include "service/sc-catch-up.h"

#define N_CHUNKS 12u
#define ATTEMPTS 3u

typedef struct {
  ScTestConsole console;
  ScFetch *fetch;
  ScTestSink seat;
  ScChunkSink sink;
  GByteArray *pack;
  ScChunkId ids[N_CHUNKS];
  guint64 offsets[N_CHUNKS];
  guint32 stored[N_CHUNKS];
  guint32 pack_number; /* where the console says that it is */
  /* How the console behaves */
  guint32 served_pack; /* other packs are 404 */
  guint damage;        /* answers that are damaged */
  guint truncate;      /* answers that break off */
  guint fail;          /* answers that are 503 */
  gboolean hide_one;   /* the first chunk is not in the store */
  /* What was asked */
  guint n_locates, n_ranges, n_manifests;
  const char *refusal; /* (nullable): the body with which a manifest is refused */
  gboolean done;
  GBytes *answer;
  GError *error;
} Fixture;

static void
check_seat (Fixture *f, SoupServerMessage *message)
{
  g_assert_null (soup_message_headers_get_one (soup_server_message_get_request_headers (message), "Authorization"));
  g_assert_true (sc_test_console_is_seat (&f->console, message, TEST_AUTHORITY_SEAT));
}

static void
serve_locate (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  Fixture *f = user_data;
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  g_autoptr (GBytes) ids = soup_message_body_flatten (body);
  gsize length;
  const guint8 *bytes = g_bytes_get_data (ids, &length);
  g_autoptr (GString) json = g_string_new ("{\"entries\":[");

  check_seat (f, message);
  f->n_locates++;
  g_assert_cmpuint (length % sizeof (ScChunkId), ==, 0);
  for (gsize i = 0; i < length; i += sizeof (ScChunkId)) {
    guint which = 0;
    while (which < N_CHUNKS && memcmp (f->ids[which].bytes, bytes + i, sizeof (ScChunkId)) != 0)
      which++;
    g_assert_cmpuint (which, <, N_CHUNKS);
    if (i > 0)
      g_string_append_c (json, ',');
    if (which == 0 && f->hide_one)
      g_string_append (json, "null");
    else
      g_string_append_printf (json,
                              "{\"pack\":%u,\"offset\":%" G_GUINT64_FORMAT
                              ",\"stored_length\":%u,\"length\":%u,\"encoding\":\"zstd\"}",
                              f->pack_number, f->offsets[which], f->stored[which], SC_CHUNK_SIZE);
  }
  g_string_append (json, "]}");
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_COPY, json->str, json->len);
}

static void
serve_pack (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  Fixture *f = user_data;
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  g_autofree char *served = g_strdup_printf ("/v1/packs/%u", f->served_pack);
  SoupRange *ranges;
  int n_ranges;

  check_seat (f, message);
  f->n_ranges++;
  g_assert_cmpstr (soup_message_headers_get_one (headers, "Seatcast-Session"), ==, "42");
  f->pack_number = f->served_pack; /* asked again, the console knows better */
  if (!g_str_equal (path, served)) {
    soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
    return;
  }
  if (f->fail > 0) {
    f->fail--;
    soup_server_message_set_status (message, SOUP_STATUS_SERVICE_UNAVAILABLE, NULL);
    return;
  }
  g_assert_true (soup_message_headers_get_ranges (headers, f->pack->len, &ranges, &n_ranges));
  g_assert_cmpint (n_ranges, ==, 1);
  gsize length = (gsize) (ranges[0].end - ranges[0].start + 1);
  g_assert_cmpuint (length, <=, SC_CATCH_UP_RANGE_MAX);
  g_autofree guint8 *copy = g_memdup2 (f->pack->data + ranges[0].start, length);
  soup_message_headers_free_ranges (headers, ranges);
  if (f->damage > 0) {
    f->damage--;
    copy[length - 1] ^= 0x10;
  }
  if (f->truncate > 0) {
    f->truncate--;
    length -= 7;
  }
  /* No Range in the request that libsoup's server sees below: it would cut the answer once more */
  soup_message_headers_remove (headers, "Range");
  soup_server_message_set_status (message, SOUP_STATUS_PARTIAL_CONTENT, NULL);
  soup_server_message_set_response (message, "application/octet-stream", SOUP_MEMORY_COPY, (const char *) copy, length);
}

static void
serve_manifest (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  Fixture *f = user_data;

  check_seat (f, message);
  f->n_manifests++;
  if (f->refusal != NULL) {
    soup_server_message_set_status (message, SOUP_STATUS_FORBIDDEN, NULL);
    soup_server_message_set_response (message, "application/json", SOUP_MEMORY_STATIC, f->refusal, strlen (f->refusal));
    return;
  }
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, "application/octet-stream", SOUP_MEMORY_STATIC, "manifest",
                                    f->damage > 0 ? 5 : 8);
  if (f->damage > 0)
    f->damage--;
}

static void
make_pack (Fixture *f)
{
  g_autoptr (ScFrameCoder) coder = sc_frame_coder_new ();
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  g_autofree guint8 *chunk = g_malloc (SC_CHUNK_SIZE);
  g_autofree guint8 *frame = g_malloc (SC_FRAME_MAX);

  f->pack = g_byte_array_new ();
  for (guint i = 0; i < N_CHUNKS; i++) {
    guint8 header[SC_PACK_ENTRY_HEADER_SIZE];
    ScPackEntry entry = { .kind = SC_PACK_ENTRY_CHUNK, .length = SC_CHUNK_SIZE };
    for (guint j = 0; j < SC_CHUNK_SIZE; j++)
      chunk[j] = (guint8) (j % 7 == 0 ? g_rand_int (random) : i);
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

static void
set_up (Fixture *f, gconstpointer data)
{
  sc_test_console_init (&f->console);
  soup_server_add_handler (f->console.server, "/v1/chunks/locate", serve_locate, f, NULL);
  soup_server_add_handler (f->console.server, "/v1/packs", serve_pack, f, NULL);
  soup_server_add_handler (f->console.server, "/v1/manifests", serve_manifest, f, NULL);
  f->fetch = sc_fetch_new (f->console.connection, f->console.identity);
  sc_fetch_set_retry (f->fetch, 1, ATTEMPTS);
  sc_test_sink_init (&f->seat, &f->sink);
  make_pack (f);
  f->pack_number = f->served_pack = 5;
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  sc_fetch_free (f->fetch);
  sc_test_sink_clear (&f->seat);
  sc_test_console_clear (&f->console);
  g_byte_array_unref (f->pack);
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

static void
want (Fixture *f, guint first, guint step)
{
  for (guint i = first; i < N_CHUNKS; i += step)
    sc_test_sink_want (&f->seat, &f->ids[i]);
}

static void
run (Fixture *f, GCancellable *cancellable)
{
  sc_catch_up_async (f->fetch, &f->sink, 42, cancellable, on_caught_up, f);
  sc_test_run_until (&f->done);
}

/* Neighbours come in one range. */
static void
test_all (Fixture *f, gconstpointer data)
{
  want (f, 0, 1);
  run (f, NULL);
  g_assert_no_error (f->error);
  g_assert_cmpuint (f->seat.n_put, ==, N_CHUNKS);
  g_assert_cmpuint (f->n_ranges, ==, 1);
  g_assert_cmpuint (f->n_locates, ==, 1);
}

static void
test_scattered (Fixture *f, gconstpointer data)
{
  want (f, 1, 3);
  run (f, NULL);
  g_assert_no_error (f->error);
  g_assert_cmpuint (f->seat.n_put, ==, 4);
  g_assert_cmpuint (f->n_ranges, ==, 4);
}

static void
test_nothing (Fixture *f, gconstpointer data)
{
  run (f, NULL);
  g_assert_no_error (f->error);
  g_assert_cmpuint (f->n_locates, ==, 0);
}

static void
test_relocated (Fixture *f, gconstpointer data)
{
  f->pack_number = 4;
  want (f, 0, 1);
  run (f, NULL);
  g_assert_no_error (f->error);
  g_assert_cmpuint (f->seat.n_put, ==, N_CHUNKS);
  g_assert_cmpuint (f->n_locates, ==, 2);
}

static void
test_damaged_once (Fixture *f, gconstpointer data)
{
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "*came damaged from pack 5*fetching it again*");
  f->damage = 1;
  want (f, 0, 1);
  run (f, NULL);
  g_test_assert_expected_messages ();
  g_assert_no_error (f->error);
  g_assert_cmpuint (f->seat.n_put, ==, N_CHUNKS);
}

static void
test_damaged_always (Fixture *f, gconstpointer data)
{
  for (guint i = 1; i < SC_CATCH_UP_TRIES; i++)
    g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "*came damaged from pack 5*");
  f->damage = G_MAXUINT;
  want (f, 2, N_CHUNKS);
  run (f, NULL);
  g_test_assert_expected_messages ();
  g_assert_error (f->error, SC_ERROR, SC_ERROR_CORRUPT);
  char hex[SC_CHUNK_ID_HEX_LENGTH + 1];
  sc_chunk_id_to_hex (&f->ids[2], hex);
  g_assert_nonnull (strstr (f->error->message, hex));
  g_assert_cmpuint (f->n_ranges, ==, SC_CATCH_UP_TRIES);
  g_assert_cmpuint (f->seat.n_put, ==, 0);
}

static void
test_truncated (Fixture *f, gconstpointer data)
{
  f->truncate = 1;
  want (f, 0, 1);
  run (f, NULL);
  g_assert_no_error (f->error);
  g_assert_cmpuint (f->seat.n_put, ==, N_CHUNKS);
  g_assert_cmpuint (f->n_ranges, ==, 2);
}

static void
test_unavailable (Fixture *f, gconstpointer data)
{
  f->fail = ATTEMPTS - 1;
  want (f, 0, 1);
  run (f, NULL);
  g_assert_no_error (f->error);
  g_assert_cmpuint (f->n_ranges, ==, ATTEMPTS);

  f->done = FALSE;
  f->fail = ATTEMPTS;
  want (f, 0, 1);
  run (f, NULL);
  g_assert_error (f->error, SC_ERROR, SC_ERROR_UNREACHABLE);
}

static void
test_unknown_chunk (Fixture *f, gconstpointer data)
{
  char hex[SC_CHUNK_ID_HEX_LENGTH + 1];

  f->hide_one = TRUE;
  want (f, 0, 1);
  run (f, NULL);
  g_assert_error (f->error, SC_ERROR, SC_ERROR_NOT_FOUND);
  sc_chunk_id_to_hex (&f->ids[0], hex);
  g_assert_nonnull (strstr (f->error->message, hex));
  g_assert_cmpuint (f->n_ranges, ==, 0);
}

static void
test_refused (Fixture *f, gconstpointer data)
{
  f->seat.refuse = SC_ERROR_NO_SPACE;
  want (f, 0, 1);
  run (f, NULL);
  g_assert_error (f->error, SC_ERROR, SC_ERROR_NO_SPACE);
  g_assert_cmpuint (f->n_ranges, ==, 1);
}

static void
test_cancelled (Fixture *f, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  f->fail = G_MAXUINT;
  sc_fetch_set_retry (f->fetch, 1000000, 10); /* it waits for hours: only the cancellation ends it */
  want (f, 0, 1);
  sc_catch_up_async (f->fetch, &f->sink, 42, cancellable, on_caught_up, f);
  while (f->n_ranges == 0)
    g_main_context_iteration (NULL, TRUE);
  g_cancellable_cancel (cancellable);
  sc_test_run_until (&f->done);
  g_assert_error (f->error, SC_ERROR, SC_ERROR_CANCELLED);
}

static void
on_fetched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *f = user_data;
  f->done = TRUE;
  f->answer = sc_fetch_finish (f->fetch, result, &f->error);
}

static void
fetch_manifest (Fixture *f, gsize max_bytes)
{
  ScChunkId id;
  sc_chunk_id_of (&id, "manifest", 8);
  ScFetchRequest request = { .path = "/v1/manifests/x", .max_bytes = max_bytes, .hash = &id };
  f->done = FALSE;
  g_clear_pointer (&f->answer, g_bytes_unref);
  g_clear_error (&f->error);
  sc_fetch_async (f->fetch, &request, NULL, on_fetched, f);
  sc_test_run_until (&f->done);
}

static void
test_fetch (Fixture *f, gconstpointer data)
{
  f->damage = 1;
  fetch_manifest (f, 8); /* the second answer is sound */
  g_assert_no_error (f->error);
  g_assert_cmpuint (g_bytes_get_size (f->answer), ==, 8);
  g_assert_cmpuint (f->n_manifests, ==, 2);

  fetch_manifest (f, 7);
  g_assert_error (f->error, SC_ERROR, SC_ERROR_INVALID);
  g_assert_cmpuint (f->n_manifests, ==, 3);

  f->damage = G_MAXUINT;
  fetch_manifest (f, 8);
  g_assert_error (f->error, SC_ERROR, SC_ERROR_CORRUPT);
  g_assert_cmpuint (f->n_manifests, ==, 3 + ATTEMPTS);
}

/* What the console says to it goes into the seat's log: a line, whatever it is. */
static void
test_refused_with_words (Fixture *f, gconstpointer data)
{
  static const struct {
    const char *answer, *words;
  } answers[] = {
    { "{\"error\":{\"code\":\"denied\",\"message\":\"it was not\\nordered to have it\"}}",
      ": it was not ordered to have it" },
    { "{\"error\":{\"code\":\"denied\"}}", ": it does not let this seat have it" },
    { "<p>Forbidden", ": it does not let this seat have it" },
    { "", ": it does not let this seat have it" },
  };
  g_autofree char *endless = g_strnfill (1000 * 1000, ' ');

  for (guint i = 0; i <= G_N_ELEMENTS (answers); i++) {
    f->refusal = i < G_N_ELEMENTS (answers) ? answers[i].answer : endless;
    fetch_manifest (f, 8);
    g_assert_error (f->error, SC_ERROR, SC_ERROR_DENIED);
    g_assert_true (g_str_has_suffix (f->error->message, answers[MIN (i, G_N_ELEMENTS (answers) - 1)].words));
    g_assert_cmpuint (f->n_manifests, ==, i + 1);
  }
}

static void
assert_not_accepted (Fixture *f, const ScConnection *connection, ScSeatIdentity *identity)
{
  sc_fetch_free (f->fetch);
  f->fetch = sc_fetch_new (connection, identity);
  sc_fetch_set_retry (f->fetch, 1, 1);
  fetch_manifest (f, 8);
  g_assert_error (f->error, SC_ERROR, SC_ERROR_UNREACHABLE);
  g_assert_nonnull (strstr (f->error->message, "is not accepted as the console"));
  g_assert_null (strstr (f->error->message, "does not answer")); /* it did */
  g_assert_cmpuint (f->n_manifests, ==, 0);
}

/* Nothing is asked of a stranger, whether the seat only knows the authority's fingerprint or has enrolled. */
static void
test_other_certificate (Fixture *f, gconstpointer data)
{
  g_autofree char *fingerprint = g_strnfill (64, 'a');
  g_autoptr (ScConnection) other = sc_connection_new (f->console.connection->url, SC_TEST_TOKEN, fingerprint);
  ScTestConsole stranger;

  assert_not_accepted (f, other, NULL);
  sc_test_console_init (&stranger);
  assert_not_accepted (f, f->console.connection, stranger.identity);
  sc_test_console_clear (&stranger);
}

/* What a locate answer must not be. */
static void
test_bad_answers (void)
{
  static const char *const bad[] = {
    "",
    "[]",
    "{}",
    "{\"entries\":[]}",
    "{\"entries\":[5]}",
    "{\"entries\":[{},{}]}",
    "{\"entries\":[{\"pack\":1,\"offset\":0,\"stored_length\":65537,\"length\":65536,\"encoding\":\"raw\"}]}",
    "{\"entries\":[{\"pack\":1,\"offset\":0,\"stored_length\":1,\"length\":65537,\"encoding\":\"raw\"}]}",
    "{\"entries\":[{\"pack\":1,\"offset\":-1,\"stored_length\":1,\"length\":1,\"encoding\":\"raw\"}]}",
    "{\"entries\":[{\"pack\":4294967296,\"offset\":0,\"stored_length\":1,\"length\":1,\"encoding\":\"raw\"}]}",
    "{\"entries\":[{\"pack\":1,\"offset\":9223372036854775807,\"stored_length\":1,\"length\":1,\"encoding\":\"raw\"}]}",
    "{\"entries\":[{\"pack\":1,\"stored_length\":1,\"length\":1,\"encoding\":\"raw\"}]}",
  };
  g_autoptr (GArray) wanted = g_array_new (FALSE, TRUE, sizeof (ScChunkId));

  g_array_set_size (wanted, 1);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GArray) entries = sc_catch_up_parse_located (bad[i], strlen (bad[i]), wanted, &error);
    g_assert_null (entries);
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  }
}

/* Ranges never exceed the limit, and only true neighbours are merged. */
static void
test_ranges (void)
{
  g_autoptr (GArray) entries = g_array_new (FALSE, TRUE, sizeof (ScCatchUpEntry));
  guint64 offset = 10;

  for (guint i = 0; i < 200; i++) {
    ScCatchUpEntry entry = { .pack = i < 150 ? 1 : 2, .offset = offset, .stored_length = SC_FRAME_MAX };
    g_array_append_val (entries, entry);
    offset += SC_PACK_ENTRY_HEADER_SIZE + SC_FRAME_MAX + (i == 20 ? 1 : 0);
  }
  g_autoptr (GArray) ranges = sc_catch_up_make_ranges (entries, SC_CATCH_UP_RANGE_MAX);
  guint next = 0;
  for (guint i = 0; i < ranges->len; i++) {
    const ScCatchUpRange *range = &g_array_index (ranges, ScCatchUpRange, i);
    const ScCatchUpEntry *first = &g_array_index (entries, ScCatchUpEntry, range->first);
    g_assert_cmpuint (range->first, ==, next);
    g_assert_cmpuint (range->offset, ==, first->offset);
    g_assert_cmpuint (range->pack, ==, first->pack);
    g_assert_cmpuint (range->length, ==, range->n * (SC_PACK_ENTRY_HEADER_SIZE + (guint64) SC_FRAME_MAX));
    g_assert_cmpuint (range->length, <=, SC_CATCH_UP_RANGE_MAX);
    next += range->n;
  }
  g_assert_cmpuint (next, ==, 200);
  g_assert_cmpuint (ranges->len, ==, 5); /* 21; 63, 63, 3; 50 */
}

/* A whole chunk behind the one before it is a number; what a cache is asked for depends on the pack's size. */
static void
test_compact (void)
{
  static const char answer[] =
      "{\"entries\":[{\"pack\":7,\"offset\":100,\"stored_length\":10,\"length\":20,\"encoding\":\"raw\"},30,65536,"
      "{\"pack\":8,\"offset\":268435400,\"stored_length\":60,\"length\":65536,\"encoding\":\"zstd\"}],"
      "\"packs\":[{\"pack\":7,\"size\":1000000},{\"pack\":8,\"size\":1000000000}]}";
  static const char *const bad[] = {
    "{\"entries\":[5,5,5,5]}", /* behind nothing */
    "{\"entries\":[{\"pack\":1,\"offset\":0,\"stored_length\":1,\"length\":1},0,1,1]}",
    "{\"entries\":[{\"pack\":1,\"offset\":0,\"stored_length\":1,\"length\":1},65537,1,1]}",
    "{\"entries\":[{\"pack\":1,\"offset\":0,\"stored_length\":1,\"length\":1},1,1,1],\"packs\":[7]}",
    "{\"entries\":[{\"pack\":1,\"offset\":0,\"stored_length\":1,\"length\":1},1,1,1],\"packs\":[{\"pack\":1}]}",
  };
  g_autoptr (GArray) wanted = g_array_new (FALSE, TRUE, sizeof (ScChunkId));
  g_autoptr (GError) error = NULL;

  g_array_set_size (wanted, 4);
  g_autoptr (GArray) entries = sc_catch_up_parse_located (answer, strlen (answer), wanted, &error);
  g_assert_no_error (error);
  g_autoptr (GArray) ranges = sc_catch_up_make_ranges (entries, SC_CATCH_UP_RANGE_MAX);
  const ScCatchUpRange *range = &g_array_index (ranges, ScCatchUpRange, 0);
  g_assert_cmpuint (ranges->len, ==, 2);
  g_assert_cmpuint (range[0].offset, ==, 100);
  g_assert_cmpuint (range[0].length, ==, 3 * SC_PACK_ENTRY_HEADER_SIZE + 10 + 30 + 65536);
  g_assert_cmpuint (range[0].end, ==, 1000000);                     /* all of the pack */
  g_assert_cmpuint (range[1].end, ==, 2 * SC_CATCH_UP_CACHED_STEP); /* it reaches into the second step */
  for (guint i = 0; i < entries->len; i++)
    g_array_index (entries, ScCatchUpEntry, i).pack_size = i < 3 ? 200 : 0;
  g_autoptr (GArray) short_ranges = sc_catch_up_make_ranges (entries, SC_CATCH_UP_RANGE_MAX);
  for (guint i = 0; i < short_ranges->len; i++)
    g_assert_cmpuint (g_array_index (short_ranges, ScCatchUpRange, i).end, ==, 0);

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_assert_null (sc_catch_up_parse_located (bad[i], strlen (bad[i]), wanted, &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
    g_clear_error (&error);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/service/catch-up/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("all", test_all);
  ADD ("scattered", test_scattered);
  ADD ("nothing", test_nothing);
  ADD ("relocated", test_relocated);
  ADD ("damaged-once", test_damaged_once);
  ADD ("damaged-always", test_damaged_always);
  ADD ("truncated", test_truncated);
  ADD ("unavailable", test_unavailable);
  ADD ("unknown-chunk", test_unknown_chunk);
  ADD ("refused", test_refused);
  ADD ("cancelled", test_cancelled);
  ADD ("fetch", test_fetch);
  ADD ("refused-with-words", test_refused_with_words);
  ADD ("other-certificate", test_other_certificate);
  g_test_add_func ("/service/catch-up/bad-answers", test_bad_answers);
  g_test_add_func ("/service/catch-up/ranges", test_ranges);
  g_test_add_func ("/service/catch-up/compact", test_compact);
  return g_test_run ();
}
