/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-pack-entry.h"
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

#define ADD(name, func)                                                                                                \
  g_test_add ("/api-content/" name, EngineFixture, NULL, engine_fixture_set_up, func, engine_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("manifests", test_manifests);
  ADD ("ranges", test_ranges);
  ADD ("whole-version", test_whole_version);
  ADD ("locate", test_locate);
  ADD ("sessions", test_versions_of_sessions);
  return g_test_run ();
}
