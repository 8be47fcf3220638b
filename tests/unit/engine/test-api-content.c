/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-manifest-list.h"
#include "common/sc-pack-entry.h"
#include "console/engine/api/sc-api-pace.h"
#include "console/engine/catalog/sc-catalog-desired.h"
#include "tests/unit/engine/engine-seat.h"

/* A seat reads what it was ordered to have, and nothing else. */

static void
test_manifests (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (EngineSeat) seat = engine_seat_enrol_new (fixture, "pc-2", "02:00:00:00:00:02");
  g_autofree char *first = engine_manifest_path (fixture, 1);
  g_autofree char *second = engine_manifest_path (fixture, 2);
  g_autoptr (ScVersionManifest) version = sc_store_get_version (fixture->parts.store, 2, NULL);
  char hex[SC_CHUNK_ID_HEX_LENGTH + 1];
  g_autofree char *of_template = NULL;

  sc_chunk_id_to_hex (&sc_version_manifest_get_template (version, 0)->id, hex);
  of_template = g_strconcat ("/v1/manifests/", hex, NULL);
  engine_assert_denied (fixture, seat->tls, second, 403, "was ordered to have");
  engine_assign (fixture, seat->seat, 2);
  g_assert_cmpuint (engine_get_status (fixture, seat->tls, second, NULL), ==, 200);
  g_assert_cmpuint (engine_get_status (fixture, seat->tls, of_template, NULL), ==, 200);
  engine_assert_denied (fixture, seat->tls, first, 403, "was ordered to have");
  engine_assert_denied (fixture, seat->tls,
                        "/v1/manifests/0000000000000000000000000000000000000000000000000000000000000000", 403,
                        "was ordered to have"); /* nor does it learn what there is */
  engine_assign (fixture, seat->seat, 1);
  g_assert_cmpuint (engine_get_status (fixture, seat->tls, first, NULL), ==, 200);
  engine_assert_denied (fixture, seat->tls, second, 403, "was ordered to have");
  engine_assert_denied (fixture, NULL, first, 401, "shows no certificate");
}

static void
post_manifests (EngineFixture *fixture, const EngineSeat *seat, const ScChunkId *ids, gsize n, EngineResponse *response)
{
  g_autoptr (SoupMessage) message = engine_fixture_message_of (fixture, seat->tls, "POST", "/v1/manifests");
  g_autoptr (GBytes) body = g_bytes_new (ids, n * sizeof *ids);

  soup_message_set_request_body_from_bytes (message, "application/octet-stream", body);
  engine_fixture_send (fixture, message, response);
}

static void
test_several_manifests (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (EngineSeat) seat = engine_seat_enrol_new (fixture, "pc-2", "02:00:00:00:00:02");
  g_autoptr (ScVersionManifest) version = sc_store_get_version (fixture->parts.store, 2, NULL);
  g_autoptr (ScVersionManifest) other = sc_store_get_version (fixture->parts.store, 1, NULL);
  ScChunkId ids[SC_MANIFEST_LIST_MAX + 1] = { *sc_version_manifest_get_id (version),
                                              sc_version_manifest_get_template (version, 0)->id };
  g_auto (EngineResponse) early = { 0 };
  g_auto (EngineResponse) several = { 0 };
  g_auto (EngineResponse) foreign = { 0 };
  g_auto (EngineResponse) many = { 0 };
  gsize offset = 0;

  post_manifests (fixture, seat, ids, 2, &early);
  g_assert_cmpuint (early.status, ==, 403);
  engine_assign (fixture, seat->seat, 2);
  post_manifests (fixture, seat, ids, 2, &several);
  g_assert_cmpuint (several.status, ==, 200);
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GBytes) bytes = NULL;
    ScChunkId id;

    g_assert_true (sc_manifest_list_next (several.body, &offset, &bytes));
    sc_chunk_id_of (&id, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
    g_assert_true (sc_chunk_id_equal (&id, &ids[i]));
  }
  g_assert_cmpuint (offset, ==, g_bytes_get_size (several.body));
  ids[1] = *sc_version_manifest_get_id (other);
  post_manifests (fixture, seat, ids, 2, &foreign);
  g_assert_cmpuint (foreign.status, ==, 403); /* not even the other one */
  post_manifests (fixture, seat, ids, G_N_ELEMENTS (ids), &many);
  g_assert_cmpuint (many.status, ==, 413);
}

/* The first chunk that version @number has and @other has not. */
static void
find_own_chunk (EngineFixture *fixture, guint64 number, guint64 other, ScStoreEntry *entry)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScVersionManifest) version = sc_store_get_version (fixture->parts.store, number, &error);
  g_autoptr (ScVersionManifest) other_version = sc_store_get_version (fixture->parts.store, other, &error);
  g_autoptr (GPtrArray) own = sc_store_get_templates (fixture->parts.store, version, &error);
  g_autoptr (GPtrArray) others = sc_store_get_templates (fixture->parts.store, other_version, &error);
  g_autoptr (ScChunkIndex) chunks = sc_version_chunks_collect (own);
  g_autoptr (ScChunkIndex) other_chunks = sc_version_chunks_collect (others);

  for (guint32 i = 0; i < sc_chunk_index_size (chunks); i++)
    if (sc_chunk_index_find (other_chunks, sc_chunk_index_get (chunks, i)) == SC_CHUNK_INDEX_NONE) {
      g_assert_true (sc_store_locate (fixture->parts.store, sc_chunk_index_get (chunks, i), 1, entry, &error));
      return;
    }
  g_assert_not_reached ();
}

/* @from, @to: bytes by which the range is wider */
static guint
get_range (EngineFixture *fixture, const EngineSeat *seat, const ScStoreEntry *entry, int from, int to)
{
  g_autofree char *path = g_strdup_printf ("/v1/packs/%u", entry->pack);
  gint64 first = (gint64) entry->offset - from;
  gint64 last = (gint64) entry->offset + SC_PACK_ENTRY_HEADER_SIZE + entry->stored_length - 1 + to;
  g_autofree char *range = g_strdup_printf ("bytes=%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT, first, last);

  return engine_get_status (fixture, seat->tls, path, range);
}

static void
test_ranges (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (EngineSeat) seat = engine_seat_enrol_new (fixture, "pc-2", "02:00:00:00:00:02");
  ScStoreEntry first, second;

  find_own_chunk (fixture, 1, 2, &first);
  find_own_chunk (fixture, 2, 1, &second);
  g_assert_cmpuint (get_range (fixture, seat, &second, 0, 0), ==, 403);
  engine_assign (fixture, seat->seat, 2);
  g_assert_cmpuint (get_range (fixture, seat, &second, 0, 0), ==, 206);
  g_assert_cmpuint (get_range (fixture, seat, &first, 0, 0), ==, 403);
  g_assert_cmpuint (get_range (fixture, seat, &second, 0, -1), ==, 403);
  g_assert_cmpuint (get_range (fixture, seat, &second, 0, 1), ==, 403);
  g_assert_cmpuint (get_range (fixture, seat, &second, -1, 0), ==, 403);
  g_assert_cmpuint (get_range (fixture, seat, &second, 1, 0), ==, 403);
  g_assert_cmpuint (engine_get_status (fixture, seat->tls, "/v1/packs/1", "bytes=0-99"), ==, 403);
  g_assert_cmpuint (engine_get_status (fixture, seat->tls, "/v1/packs/9999", "bytes=0-99"), ==, 404);
}

/* All of a version, as a seat that has nothing asks for it: in one range where entries lie side by side. */
static void
test_whole_version (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (EngineSeat) seat = engine_seat_enrol_new (fixture, "pc-2", "02:00:00:00:00:02");
  g_autoptr (ScVersionManifest) version = sc_store_get_version (fixture->parts.store, 1, NULL);
  g_autoptr (GPtrArray) templates = sc_store_get_templates (fixture->parts.store, version, NULL);
  g_autoptr (ScChunkIndex) chunks = sc_version_chunks_collect (templates);
  ScStoreEntry entries[2];

  g_assert_cmpuint (sc_chunk_index_size (chunks), >, 2);
  engine_assign (fixture, seat->seat, 1);
  for (guint32 i = 0; i + 1 < sc_chunk_index_size (chunks); i++) {
    g_assert_true (sc_store_locate (fixture->parts.store, sc_chunk_index_get (chunks, i), 2, entries, NULL));
    if (entries[0].offset + SC_PACK_ENTRY_HEADER_SIZE + entries[0].stored_length == entries[1].offset) {
      int wider = (int) (SC_PACK_ENTRY_HEADER_SIZE + entries[1].stored_length);

      g_assert_cmpuint (get_range (fixture, seat, &entries[0], 0, wider), ==, 206);
      return;
    }
  }
  g_assert_not_reached ();
}

static void
test_locate (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (EngineSeat) seat = engine_seat_enrol_new (fixture, "pc-2", "02:00:00:00:00:02");
  g_autoptr (SoupMessage) message = engine_fixture_message_of (fixture, seat->tls, "POST", "/v1/chunks/locate");
  g_auto (EngineResponse) response = { 0 };
  ScStoreEntry entries[2];
  ScChunkId ids[2];
  g_autoptr (GBytes) body = NULL;
  g_autoptr (ScJson) json = NULL;
  const ScJson *list = NULL;

  find_own_chunk (fixture, 1, 2, &entries[0]);
  find_own_chunk (fixture, 2, 1, &entries[1]);
  ids[0] = entries[0].id;
  ids[1] = entries[1].id;
  engine_assign (fixture, seat->seat, 2);
  body = g_bytes_new (ids, sizeof ids);
  soup_message_set_request_body_from_bytes (message, "application/octet-stream", body);
  engine_fixture_send (fixture, message, &response);
  g_assert_cmpuint (response.status, ==, 200);
  json = sc_json_parse_object (g_bytes_get_data (response.body, NULL), g_bytes_get_size (response.body), 1 << 20, NULL);
  list = json_object_get (json, "entries");
  g_assert_cmpuint (json_array_size (list), ==, 2);
  g_assert_true (json_is_null (json_array_get (list, 0)));
  g_assert_cmpint (json_integer_value (json_object_get (json_array_get (list, 1), "offset")), ==,
                   (json_int_t) entries[1].offset);
}

/* A session that is not over counts, one that is does not. */
static void
test_versions_of_sessions (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (EngineSeat) seat = engine_seat_enrol_new (fixture, "pc-2", "02:00:00:00:00:02");
  g_autofree char *first = engine_manifest_path (fixture, 1);
  ScCatalogSession session = {
    .version = 1, .room = (char *) "", .state = SC_SESSION_PREPARING, .error = (char *) "", .created = 1
  };
  ScCatalogSessionSeat row = { .seat = seat->seat, .state = SC_TRANSFER_WAITING, .reason = (char *) "" };
  g_autoptr (GError) error = NULL;

  g_assert_true (sc_catalog_add_session (fixture->parts.catalog, &session, &error));
  g_assert_true (sc_catalog_save_session_seat (fixture->parts.catalog, session.id, &row, &error));
  g_assert_cmpuint (engine_get_status (fixture, seat->tls, first, NULL), ==, 200);
  session.state = SC_SESSION_DONE;
  session.ended = 2;
  g_assert_true (sc_catalog_save_session (fixture->parts.catalog, &session, &error));
  g_assert_cmpuint (engine_get_status (fixture, seat->tls, first, NULL), ==, 403);
}

static guint
get_manifest (EngineFixture *fixture, const EngineSeat *seat, const ScChunkId *id)
{
  char hex[SC_CHUNK_ID_HEX_LENGTH + 1];
  g_autofree char *path = NULL;

  sc_chunk_id_to_hex (id, hex);
  path = g_strconcat ("/v1/manifests/", hex, NULL);
  return engine_get_status (fixture, seat->tls, path, NULL);
}

/* Only some templates of a version: that is a version of its own, which the store does not have. */
static void
test_part (EngineFixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "old", NULL };
  g_autoptr (EngineSeat) seat = engine_seat_enrol_new (fixture, "pc-2", "02:00:00:00:00:02");
  g_autoptr (EngineSeat) other = engine_seat_enrol_new (fixture, "pc-3", "02:00:00:00:00:03");
  g_autoptr (ScSelection) selection = sc_selection_new (1, names);
  g_autoptr (ScVersionManifest) whole = sc_store_get_version (fixture->parts.store, 1, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (ScVersionManifest) part = sc_selection_apply (selection, whole, &error);
  ScStoreEntry disk;

  g_assert_no_error (error);
  find_own_chunk (fixture, 1, 2, &disk); /* of “debian” */
  g_assert_cmpuint (get_manifest (fixture, seat, sc_version_manifest_get_id (part)), ==, 403);
  g_assert_true (sc_catalog_pin (fixture->parts.catalog, seat->seat, selection, SC_DUE_NOT, 0, 1, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpuint (get_manifest (fixture, seat, sc_version_manifest_get_id (part)), ==, 200);
  g_assert_cmpuint (get_manifest (fixture, other, sc_version_manifest_get_id (part)), ==, 403);
  g_assert_cmpuint (get_manifest (fixture, seat, sc_version_manifest_get_id (whole)), ==, 403);
  g_assert_cmpuint (get_manifest (fixture, seat, &sc_version_manifest_find_template (whole, "old")->id), ==, 200);
  g_assert_cmpuint (get_manifest (fixture, seat, &sc_version_manifest_find_template (whole, "debian")->id), ==, 403);
  g_assert_cmpuint (get_range (fixture, seat, &disk, 0, 0), ==, 403);
  engine_assign (fixture, other->seat, 1);
  g_assert_cmpuint (get_range (fixture, other, &disk, 0, 0), ==, 206);
}

typedef struct {
  EngineFixture *fixture;
  SoupMessage *message;
  GCancellable *cancellable;
  guint status; /* 0: not answered */
  guint awaited;
} Range;

static void
on_range (GObject *source, GAsyncResult *result, gpointer data)
{
  Range *range = data;
  g_autoptr (GBytes) bytes = soup_session_send_and_read_finish (SOUP_SESSION (source), result, NULL);

  range->status = bytes != NULL ? soup_message_get_status (range->message) : 1;
}

static void
range_start (Range *range, EngineFixture *fixture, const EngineSeat *seat, const ScStoreEntry *entry)
{
  g_autofree char *path = g_strdup_printf ("/v1/packs/%u", entry->pack);

  *range = (Range){ .fixture = fixture, .cancellable = g_cancellable_new () };
  range->message = engine_fixture_message_of (fixture, seat->tls, "GET", path);
  soup_message_headers_set_range (soup_message_get_request_headers (range->message), (goffset) entry->offset,
                                  (goffset) (entry->offset + SC_PACK_ENTRY_HEADER_SIZE + entry->stored_length - 1));
  soup_session_send_and_read_async (fixture->client, range->message, G_PRIORITY_DEFAULT, range->cancellable, on_range,
                                    range);
}

static void
range_clear (Range *range)
{
  g_object_unref (range->message);
  g_object_unref (range->cancellable);
}

static gboolean
range_is_answered (gpointer data)
{
  return ((const Range *) data)->status != 0;
}

static gboolean
as_many_wait (gpointer data)
{
  const Range *range = data;

  return sc_api_pace_count (sc_api_get_parts (range->fixture->api)->pace) == range->awaited;
}

static void
wait_until (gboolean (*done) (gpointer data), gpointer data)
{
  while (!done (data))
    g_main_context_iteration (NULL, TRUE);
}

/* At one byte a second: the first goes, the others wait without holding anything else up, until there is more; one that
 * is given up leaves its place. */
static void
test_pace (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (EngineSeat) seat = engine_seat_enrol_new (fixture, "pc-2", "02:00:00:00:00:02");
  g_autofree char *manifest = engine_manifest_path (fixture, 2);
  ScStoreEntry entry;
  Range ranges[3];

  engine_assign (fixture, seat->seat, 2);
  find_own_chunk (fixture, 2, 1, &entry);
  sc_sessions_set_catch_up_rate (fixture->parts.sessions, 8);
  range_start (&ranges[0], fixture, seat, &entry);
  wait_until (range_is_answered, &ranges[0]);
  g_assert_cmpuint (ranges[0].status, ==, SOUP_STATUS_PARTIAL_CONTENT);
  range_start (&ranges[1], fixture, seat, &entry);
  ranges[1].awaited = 1;
  wait_until (as_many_wait, &ranges[1]);
  g_assert_cmpuint (engine_get_status (fixture, seat->tls, manifest, NULL), ==, 200);
  g_assert_cmpuint (ranges[1].status, ==, 0);
  g_cancellable_cancel (ranges[1].cancellable);
  ranges[1].awaited = 0;
  wait_until (as_many_wait, &ranges[1]);
  range_start (&ranges[2], fixture, seat, &entry);
  ranges[2].awaited = 1;
  wait_until (as_many_wait, &ranges[2]);
  sc_sessions_set_catch_up_rate (fixture->parts.sessions, 0);
  wait_until (range_is_answered, &ranges[2]);
  g_assert_cmpuint (ranges[2].status, ==, SOUP_STATUS_PARTIAL_CONTENT);
  for (guint i = 0; i < 3; i++)
    range_clear (&ranges[i]);
}

/* The engine ends while requests wait. */
static void
test_end_while_waiting (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (EngineSeat) seat = engine_seat_enrol_new (fixture, "pc-2", "02:00:00:00:00:02");
  ScStoreEntry entry;
  Range ranges[2];

  engine_assign (fixture, seat->seat, 2);
  find_own_chunk (fixture, 2, 1, &entry);
  sc_sessions_set_catch_up_rate (fixture->parts.sessions, 8);
  for (guint i = 0; i < 2; i++) {
    range_start (&ranges[i], fixture, seat, &entry);
    ranges[i].awaited = i;
    wait_until (as_many_wait, &ranges[i]);
    if (i == 0)
      wait_until (range_is_answered, &ranges[0]);
  }
  g_clear_pointer (&fixture->api, sc_api_free);
  wait_until (range_is_answered, &ranges[1]);
  g_assert_cmpuint (ranges[1].status, !=, SOUP_STATUS_PARTIAL_CONTENT);
  for (guint i = 0; i < 2; i++)
    range_clear (&ranges[i]);
}

#define ADD(name, func)                                                                                                \
  g_test_add ("/api-content/" name, EngineFixture, NULL, engine_fixture_set_up, func, engine_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("manifests", test_manifests);
  ADD ("several-manifests", test_several_manifests);
  ADD ("ranges", test_ranges);
  ADD ("whole-version", test_whole_version);
  ADD ("locate", test_locate);
  ADD ("part", test_part);
  ADD ("pace", test_pace);
  ADD ("end-while-waiting", test_end_while_waiting);
  ADD ("sessions", test_versions_of_sessions);
  return g_test_run ();
}
