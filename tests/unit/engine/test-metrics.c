/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is served for Prometheus, read by a parser that takes nothing but its text format 0.0.4. */
#include "console/engine/sc-metrics-server.h"
#include "console/engine/sc-metrics-text.h"
#include "tests/unit/engine/engine-fixture.h"

#include <math.h>
#include <string.h>

/* ---- a strict parser ---- */

typedef struct {
  GHashTable *types;   /* metric → type */
  GHashTable *helped;  /* metrics with HELP */
  GHashTable *samples; /* name with labels as they stand → text of the value */
  char *current;       /* whose samples may come */
} Parsed;

static void
parsed_clear (Parsed *self)
{
  g_clear_pointer (&self->types, g_hash_table_unref);
  g_clear_pointer (&self->helped, g_hash_table_unref);
  g_clear_pointer (&self->samples, g_hash_table_unref);
  g_clear_pointer (&self->current, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Parsed, parsed_clear)

static const char *
skip_name (const char *text, gboolean colons)
{
  g_assert_true (g_ascii_isalpha (*text) || *text == '_' || (colons && *text == ':'));
  while (g_ascii_isalnum (*text) || *text == '_' || (colons && *text == ':'))
    text++;
  return text;
}

static const char *
skip_labels (const char *text)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  if (*text != '{')
    return text;
  do {
    const char *begin = ++text;

    text = skip_name (text, FALSE);
    g_assert_true (g_hash_table_add (names, g_strndup (begin, (gsize) (text - begin))));
    g_assert_true (text[0] == '=' && text[1] == '"');
    for (text += 2; *text != '"'; text++) {
      g_assert_true (*text != '\0' && *text != '\n');
      if (*text == '\\')
        g_assert_nonnull (strchr ("\\\"n", *++text));
    }
    text++;
  } while (*text == ',');
  g_assert_cmpint (*text, ==, '}');
  return text + 1;
}

static void
parse_comment (Parsed *self, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 4);

  g_assert_cmpuint (g_strv_length (words), ==, 4);
  skip_name (words[2], TRUE);
  if (g_str_equal (words[1], "HELP")) {
    g_assert_true (g_hash_table_add (self->helped, g_strdup (words[2])));
    return;
  }
  g_assert_cmpstr (words[1], ==, "TYPE");
  g_assert_true (g_str_equal (words[3], "gauge") || g_str_equal (words[3], "counter"));
  g_assert_true (g_hash_table_contains (self->helped, words[2]));
  g_assert_true (g_hash_table_insert (self->types, g_strdup (words[2]), g_strdup (words[3])));
  g_assert_true (g_str_has_suffix (words[2], "_total") == g_str_equal (words[3], "counter"));
  g_free (self->current);
  self->current = g_strdup (words[2]);
}

static void
parse_sample (Parsed *self, const char *line)
{
  const char *name_end = skip_name (line, TRUE);
  const char *end = skip_labels (name_end);
  g_autofree char *name = g_strndup (line, (gsize) (name_end - line));
  char *rest = NULL;

  g_assert_cmpstr (name, ==, self->current); /* a metric's samples stand together, behind its type */
  g_assert_cmpint (*end, ==, ' ');
  g_ascii_strtod (end + 1, &rest);
  g_assert_true (rest != end + 1 && *rest == '\0');
  g_assert_true (g_hash_table_insert (self->samples, g_strndup (line, (gsize) (end - line)), g_strdup (end + 1)));
}

static void
parse (Parsed *self, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  guint n = g_strv_length (lines);

  self->types = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->helped = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->samples = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_cmpstr (lines[n - 1], ==, ""); /* the last line is ended, too */
  for (guint i = 0; i + 1 < n; i++)
    if (*lines[i] == '#')
      parse_comment (self, lines[i]);
    else
      parse_sample (self, lines[i]);
}

static void
assert_sample (const Parsed *parsed, const char *sample, const char *value)
{
  const char *found = g_hash_table_lookup (parsed->samples, sample);

  if (g_strcmp0 (found, value) != 0)
    g_error ("%s is %s and not %s", sample, found, value);
}

/* ---- tests ---- */

static void
test_text (void)
{
  static const char *const hostile[] = { "room", "a\"b\\c\nd\xff", "state", "", NULL };
  ScMetricsText *text = sc_metrics_text_new ();
  g_auto (Parsed) parsed = { 0 };
  g_autofree char *all = NULL;

  sc_metrics_text_begin (text, "one", "gauge", "Two\nlines and a \\.");
  sc_metrics_text_add (text, 1.5, hostile);
  sc_metrics_text_add (text, NAN, NULL);
  sc_metrics_text_single (text, "bytes_total", "counter", "Many.", 9007199254740992.0);
  all = sc_metrics_text_end (text);
  parse (&parsed, all);
  g_assert_nonnull (strstr (all, "# HELP one Two\\nlines and a \\\\.\n"));
  assert_sample (&parsed, "one{room=\"a\\\"b\\\\c\\nd\uFFFD\",state=\"\"}", "1.5");
  assert_sample (&parsed, "one", "NaN");
  assert_sample (&parsed, "bytes_total", "9007199254740992");
}

typedef struct {
  EngineFixture engine;
  ScMetrics *metrics;
  ScMetricsServer *server;
  SoupSession *client;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  const ScApiParts *parts;

  engine_fixture_set_up (&fixture->engine, data);
  parts = sc_api_get_parts (fixture->engine.api);
  fixture->metrics = sc_metrics_new (parts);
  fixture->server = sc_metrics_server_new (fixture->metrics, parts->health, "127.0.0.1:0", &error);
  g_assert_no_error (error);
  fixture->client = soup_session_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_object_unref (fixture->client);
  sc_metrics_server_free (fixture->server);
  sc_metrics_stop (fixture->metrics);
  g_object_unref (fixture->metrics);
  engine_fixture_tear_down (&fixture->engine, data);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

/* (transfer full) */
static char *
ask (Fixture *fixture, const char *method, const char *path, guint status)
{
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u%s", sc_metrics_server_get_port (fixture->server), path);
  g_autoptr (SoupMessage) message = soup_message_new (method, url);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  if (g_str_equal (path, "/metrics"))
    g_assert_cmpstr (url, ==, sc_metrics_server_get_url (fixture->server));
  soup_session_send_and_read_async (fixture->client, message, G_PRIORITY_DEFAULT, NULL, on_answer, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  bytes = soup_session_send_and_read_finish (fixture->client, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (soup_message_get_status (message), ==, status);
  if (status == 200 && g_str_equal (path, "/metrics"))
    g_assert_cmpstr (soup_message_headers_get_one (soup_message_get_response_headers (message), "Content-Type"), ==,
                     SC_METRICS_TEXT_TYPE);
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
add_session (Fixture *fixture, ScSessionState state, guint64 wire_bytes, guint64 parity)
{
  g_autoptr (ScCatalogSession) session = g_new0 (ScCatalogSession, 1);
  g_autoptr (GError) error = NULL;

  session->version = 1;
  session->room = g_strdup ("");
  session->templates = g_strdup ("");
  session->origin = g_strdup ("staff");
  session->error = g_strdup ("");
  session->rooms = g_ptr_array_new ();
  session->state = state;
  session->created = session->ended = 1;
  session->wire_bytes = wire_bytes;
  session->content_bytes = wire_bytes / 2;
  session->source_packets = 100;
  session->parity_packets = parity;
  session->catch_up_bytes = 7;
  g_assert_true (sc_catalog_add_session (fixture->engine.parts.catalog, session, &error));
  g_assert_no_error (error);
}

static void
test_figures (Fixture *fixture, gconstpointer data)
{
  g_auto (Parsed) parsed = { 0 };
  g_autofree char *text = NULL;
  g_autoptr (SoupWebsocketConnection) seat = engine_fixture_connect_seat (&fixture->engine);

  add_session (fixture, SC_SESSION_DONE, 1000, 3);
  add_session (fixture, SC_SESSION_FAILED, 500, 2);
  while (!sc_seat_hub_is_online (fixture->engine.parts.hub, FIXTURE_SEAT))
    g_main_context_iteration (NULL, TRUE);
  text = ask (fixture, "GET", "/metrics", 200);
  parse (&parsed, text);
  assert_sample (&parsed, "seatcast_build_info{version=\"" SC_VERSION "\"}", "1");
  assert_sample (&parsed, "seatcast_seats{room=\"" FIXTURE_ROOM "\",state=\"online\"}", "1");
  assert_sample (&parsed, "seatcast_seats_version{room=\"" FIXTURE_ROOM "\",state=\"behind\"}", "1");
  assert_sample (&parsed, "seatcast_seats_transfer{room=\"" FIXTURE_ROOM "\",state=\"idle\"}", "1");
  assert_sample (&parsed, "seatcast_seats_waiting", "0");
  assert_sample (&parsed, "seatcast_sessions_ended_total{state=\"done\"}", "2");
  assert_sample (&parsed, "seatcast_sessions_ended_total{state=\"failed\"}", "1");
  assert_sample (&parsed, "seatcast_sessions{state=\"sending\"}", "0");
  assert_sample (&parsed, "seatcast_multicast_wire_bytes_total", "1500");
  assert_sample (&parsed, "seatcast_content_bytes_total", "750");
  assert_sample (&parsed, "seatcast_catch_up_bytes_total", "14");
  assert_sample (&parsed, "seatcast_multicast_packets_total{kind=\"source\"}", "200");
  assert_sample (&parsed, "seatcast_multicast_packets_total{kind=\"repair\"}", "5");
  assert_sample (&parsed, "seatcast_multicast_bytes_per_second", "0");
  assert_sample (&parsed, "seatcast_multicast_worst_loss_ratio", "0");
  assert_sample (&parsed, "seatcast_multicast_dropped_packets", "0");
  assert_sample (&parsed, "seatcast_multicast_backlog_bytes", "0");
  assert_sample (&parsed, "seatcast_multicast_demotions{reason=\"over-budget\"}", "0");
  assert_sample (&parsed, "seatcast_multicast_demotions{reason=\"removed\"}", "0");
  assert_sample (&parsed, "seatcast_multicast_limited_sessions{limit=\"source\"}", "0");
  assert_sample (&parsed, "seatcast_versions", "2");
  assert_sample (&parsed, "seatcast_connections{of=\"seats\"}", "1");
  g_assert_cmpfloat (g_ascii_strtod (g_hash_table_lookup (parsed.samples, "seatcast_store_bytes"), NULL), >, 0);
  g_assert_cmpfloat (g_ascii_strtod (g_hash_table_lookup (parsed.samples, "process_start_time_seconds"), NULL), >,
                     1.7e9);
}

/* Whoever asks too often is given the seats as they were; two who ask at once wait for the same reading. */
static void
test_together (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autofree char *a = NULL;
  g_autofree char *b = NULL;

  sc_metrics_get_async (fixture->metrics, on_answer, &first);
  sc_metrics_get_async (fixture->metrics, on_answer, &second);
  while (first == NULL || second == NULL)
    g_main_context_iteration (NULL, TRUE);
  a = sc_metrics_get_finish (fixture->metrics, first, NULL);
  b = sc_metrics_get_finish (fixture->metrics, second, NULL);
  g_assert_nonnull (a);
  g_assert_cmpstr (a, ==, b);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  g_autofree char *post = ask (fixture, "POST", "/metrics", 405);
  g_autofree char *other = ask (fixture, "GET", "/v1/seats", 404);
  g_autofree char *health = ask (fixture, "GET", "/health", 200);

  g_assert_cmpstr (health, ==, "{\"status\":\"ok\"}");
}

/* The catalog is locked by somebody: a real failure of a real write. */
static void
test_health (Fixture *fixture, gconstpointer data)
{
  const ScApiParts *parts = sc_api_get_parts (fixture->engine.api);
  g_autoptr (ScJson) well = engine_fixture_json_of (&fixture->engine, NULL, "GET", "/v1/health", NULL, 200);
  g_autoptr (ScHealth) health = sc_health_new (parts->catalog, "/nonexistent/place");
  g_autoptr (ScJson) ill = NULL;
  g_autoptr (ScJson) again = NULL;
  gboolean ok = TRUE;

  g_assert_cmpstr (json_string_value (json_object_get (well, "status")), ==, "ok");
  g_assert_null (json_object_get (well, "checks"));
  g_test_expect_message ("Seatcast", G_LOG_LEVEL_WARNING, "*not healthy*");
  ill = sc_health_check (health, 10 * G_TIME_SPAN_SECOND, &ok);
  g_test_assert_expected_messages ();
  g_assert_false (ok);
  g_assert_cmpstr (json_string_value (json_object_get (ill, "status")), ==, "failing");
  g_assert_nonnull (json_object_get (json_object_get (ill, "checks"), "store"));
  g_assert_null (json_object_get (json_object_get (ill, "checks"), "catalog"));
  /* it does not look again at once, and complains once only */
  ok = TRUE;
  again = sc_health_check (health, 10 * G_TIME_SPAN_SECOND + 1, &ok);
  g_assert_false (ok);
  json_decref (sc_health_check (health, 60 * G_TIME_SPAN_SECOND, &ok));
  g_assert_false (ok);
}

/* In a transaction nobody else's can begin: as with a catalog that cannot be written. */
static void
test_health_catalog (Fixture *fixture, gconstpointer data)
{
  const ScApiParts *parts = sc_api_get_parts (fixture->engine.api);
  g_autoptr (ScHealth) health = sc_health_new (parts->catalog, parts->directory);
  g_autoptr (ScJson) ill = NULL;
  g_autoptr (ScJson) well = NULL;
  gboolean ok = TRUE;

  g_assert_true (sc_catalog_begin (parts->catalog, NULL));
  g_test_expect_message ("Seatcast", G_LOG_LEVEL_WARNING, "*not healthy*");
  ill = sc_health_check (health, 10 * G_TIME_SPAN_SECOND, &ok);
  g_test_assert_expected_messages ();
  g_assert_false (ok);
  g_assert_nonnull (json_object_get (json_object_get (ill, "checks"), "catalog"));
  sc_catalog_rollback (parts->catalog);
  well = sc_health_check (health, 60 * G_TIME_SPAN_SECOND, &ok);
  g_assert_true (ok);
  g_assert_cmpstr (json_string_value (json_object_get (well, "status")), ==, "ok");
}

#define ADD(path, func) g_test_add ("/metrics/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/metrics/text", test_text);
  ADD ("figures", test_figures);
  ADD ("together", test_together);
  ADD ("refused", test_refused);
  ADD ("health", test_health);
  ADD ("health-catalog", test_health_catalog);
  return g_test_run ();
}
