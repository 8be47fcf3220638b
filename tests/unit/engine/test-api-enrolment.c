/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-pack-entry.h"
#include "tests/unit/engine/engine-fixture.h"
#include "tests/unit/engine/openapi-schema.h"

#include <glib/gstdio.h>
#include <string.h>

/* Seats enrol over TLS, are known by their certificates, and read what they were ordered to have. */

typedef struct {
  ScPrivateKey *key;
  char *body;           /* what it posts to /v1/enrol */
  GTlsCertificate *tls; /* once approved */
  char *seat;           /* id; then, too */
} Seat;

static Seat *
seat_new (const char *token, const char *name, const char *mac)
{
  Seat *seat = g_new0 (Seat, 1);
  g_autoptr (ScEnrolRequest) request = sc_enrol_request_new ();
  g_autoptr (ScJson) json = NULL;
  g_autoptr (GError) error = NULL;

  seat->key = sc_private_key_new (SC_KEY_P256, &error);
  g_assert_no_error (error);
  g_free (request->request);
  request->request = sc_certificate_request_new (seat->key, &error);
  g_assert_no_error (error);
  g_free (request->name);
  request->name = g_strdup (name);
  g_free (request->token);
  request->token = g_strdup (token);
  g_ptr_array_add (request->macs, g_strdup (mac));
  json = sc_enrol_request_to_json (request);
  seat->body = sc_json_to_text (json);
  return seat;
}

static void
seat_free (Seat *seat)
{
  if (seat == NULL)
    return;
  sc_private_key_free (seat->key);
  g_clear_object (&seat->tls);
  g_free (seat->body);
  g_free (seat->seat);
  g_free (seat);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Seat, seat_free)

static GTlsCertificate *
make_tls (ScAuthority *authority, const char *pem, const ScPrivateKey *key)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCertificate) certificate = sc_certificate_parse (pem, strlen (pem), &error);
  GTlsCertificate *tls = NULL;

  g_assert_no_error (error);
  tls = sc_certificate_to_tls (certificate, key, sc_authority_get_certificate (authority), &error);
  g_assert_no_error (error);
  return tls;
}

static char *
make_token (EngineFixture *fixture, const char *body)
{
  g_autoptr (ScJson) json = engine_fixture_json (fixture, "POST", "/v1/enrol-tokens", body, 201);

  return engine_text_of (json, "token");
}

/* Asks; the answer must have @status. (transfer full) */
static ScJson *
enrol (EngineFixture *fixture, const Seat *seat, guint status)
{
  g_autoptr (ScJson) document = openapi_load ();
  g_autoptr (ScJson) reference = json_pack ("{s:s}", "$ref", "#/components/schemas/EnrolAnswer");
  ScJson *json = engine_fixture_json_of (fixture, NULL, "POST", "/v1/enrol", seat->body, status);
  g_autoptr (GError) error = NULL;

  openapi_validate (document, reference, json, "$", &error);
  g_assert_no_error (error);
  return json;
}

static void
take_certificate (EngineFixture *fixture, Seat *seat, const ScJson *answer)
{
  g_free (seat->seat);
  seat->seat = engine_text_of (answer, "seat");
  g_clear_object (&seat->tls);
  seat->tls = make_tls (fixture->authority, json_string_value (json_object_get (answer, "certificate")), seat->key);
}

/* One that is let in by its token. */
static Seat *
enrol_new (EngineFixture *fixture, const char *name, const char *mac)
{
  g_autofree char *token = make_token (fixture, "{\"room\":\"" FIXTURE_ROOM "\",\"seats\":5,\"hours\":1}");
  Seat *seat = seat_new (token, name, mac);
  g_autoptr (ScJson) answer = enrol (fixture, seat, 200);

  take_certificate (fixture, seat, answer);
  return seat;
}

static void
assert_denied (EngineFixture *fixture, GTlsCertificate *certificate, const char *path, guint status, const char *why)
{
  g_autoptr (ScJson) json = engine_fixture_json_of (fixture, certificate, "GET", path, NULL, status);
  const char *message = json_string_value (json_object_get (json_object_get (json, "error"), "message"));

  if (strstr (message, why) == NULL)
    g_error ("“%s” does not say “%s”", message, why);
}

/* The newest entry of that action. (transfer full) (nullable) */
static ScJson *
find_activity (EngineFixture *fixture, const char *action)
{
  g_autoptr (ScJson) json = engine_fixture_json (fixture, "GET", "/v1/activity", NULL, 200);
  const ScJson *entries = json_object_get (json, "entries");

  for (gsize i = 0; i < json_array_size (entries); i++)
    if (g_str_equal (json_string_value (json_object_get (json_array_get (entries, i), "action")), action))
      return json_incref (json_array_get (entries, i));
  return NULL;
}

static void
assert_activity (EngineFixture *fixture, const char *action, const char *key, const char *value)
{
  g_autoptr (ScJson) entry = find_activity (fixture, action);

  g_assert_nonnull (entry);
  g_assert_cmpstr (json_string_value (json_object_get (entry, key)), ==, value);
}

/* what a seat may read */

static char *
manifest_path (EngineFixture *fixture, guint64 number)
{
  g_autoptr (ScVersionManifest) version = sc_store_get_version (fixture->parts.store, number, NULL);
  char hex[SC_CHUNK_ID_HEX_LENGTH + 1];

  sc_chunk_id_to_hex (sc_version_manifest_get_id (version), hex);
  return g_strconcat ("/v1/manifests/", hex, NULL);
}

static guint
get_status (EngineFixture *fixture, GTlsCertificate *certificate, const char *path, const char *range)
{
  g_autoptr (SoupMessage) message = engine_fixture_message_of (fixture, certificate, "GET", path);
  g_auto (EngineResponse) response = { 0 };

  if (range != NULL)
    soup_message_headers_append (soup_message_get_request_headers (message), "Range", range);
  engine_fixture_send (fixture, message, &response);
  g_assert_no_error (response.error);
  if (response.status >= 400)
    g_test_message ("%s: %.*s", path, (int) g_bytes_get_size (response.body),
                    (const char *) g_bytes_get_data (response.body, NULL));
  return response.status;
}

static void
assign (EngineFixture *fixture, const char *seat, guint64 version)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sc_catalog_assign_version (fixture->parts.catalog, seat, version, &error));
  g_assert_no_error (error);
}

static void
test_manifests (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (Seat) seat = enrol_new (fixture, "pc-2", "02:00:00:00:00:02");
  g_autofree char *first = manifest_path (fixture, 1);
  g_autofree char *second = manifest_path (fixture, 2);
  g_autoptr (ScVersionManifest) version = sc_store_get_version (fixture->parts.store, 2, NULL);
  char hex[SC_CHUNK_ID_HEX_LENGTH + 1];
  g_autofree char *of_template = NULL;

  sc_chunk_id_to_hex (&sc_version_manifest_get_template (version, 0)->id, hex);
  of_template = g_strconcat ("/v1/manifests/", hex, NULL);
  assert_denied (fixture, seat->tls, second, 403, "was ordered to have");
  assign (fixture, seat->seat, 2);
  g_assert_cmpuint (get_status (fixture, seat->tls, second, NULL), ==, 200);
  g_assert_cmpuint (get_status (fixture, seat->tls, of_template, NULL), ==, 200);
  assert_denied (fixture, seat->tls, first, 403, "was ordered to have");
  assert_denied (fixture, seat->tls, "/v1/manifests/0000000000000000000000000000000000000000000000000000000000000000",
                 403, "was ordered to have"); /* nor does it learn what there is */
  assign (fixture, seat->seat, 1);
  g_assert_cmpuint (get_status (fixture, seat->tls, first, NULL), ==, 200);
  assert_denied (fixture, seat->tls, second, 403, "was ordered to have");
  assert_denied (fixture, NULL, first, 401, "shows no certificate");
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
get_range (EngineFixture *fixture, const Seat *seat, const ScStoreEntry *entry, int from, int to)
{
  g_autofree char *path = g_strdup_printf ("/v1/packs/%u", entry->pack);
  gint64 first = (gint64) entry->offset - from;
  gint64 last = (gint64) entry->offset + SC_PACK_ENTRY_HEADER_SIZE + entry->stored_length - 1 + to;
  g_autofree char *range = g_strdup_printf ("bytes=%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT, first, last);

  return get_status (fixture, seat->tls, path, range);
}

static void
test_ranges (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (Seat) seat = enrol_new (fixture, "pc-2", "02:00:00:00:00:02");
  ScStoreEntry first, second;

  find_own_chunk (fixture, 1, 2, &first);
  find_own_chunk (fixture, 2, 1, &second);
  g_assert_cmpuint (get_range (fixture, seat, &second, 0, 0), ==, 403);
  assign (fixture, seat->seat, 2);
  g_assert_cmpuint (get_range (fixture, seat, &second, 0, 0), ==, 206);
  g_assert_cmpuint (get_range (fixture, seat, &first, 0, 0), ==, 403);
  g_assert_cmpuint (get_range (fixture, seat, &second, 0, -1), ==, 403);
  g_assert_cmpuint (get_range (fixture, seat, &second, 0, 1), ==, 403);
  g_assert_cmpuint (get_range (fixture, seat, &second, -1, 0), ==, 403);
  g_assert_cmpuint (get_range (fixture, seat, &second, 1, 0), ==, 403);
  g_assert_cmpuint (get_status (fixture, seat->tls, "/v1/packs/1", "bytes=0-99"), ==, 403);
  g_assert_cmpuint (get_status (fixture, seat->tls, "/v1/packs/9999", "bytes=0-99"), ==, 404);
}

/* All of a version, as a seat that has nothing asks for it: in one range where entries lie side by side. */
static void
test_whole_version (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (Seat) seat = enrol_new (fixture, "pc-2", "02:00:00:00:00:02");
  g_autoptr (ScVersionManifest) version = sc_store_get_version (fixture->parts.store, 1, NULL);
  g_autoptr (GPtrArray) templates = sc_store_get_templates (fixture->parts.store, version, NULL);
  g_autoptr (ScChunkIndex) chunks = sc_version_chunks_collect (templates);
  ScStoreEntry entries[2];

  g_assert_cmpuint (sc_chunk_index_size (chunks), >, 2);
  assign (fixture, seat->seat, 1);
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
  g_autoptr (Seat) seat = enrol_new (fixture, "pc-2", "02:00:00:00:00:02");
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
  assign (fixture, seat->seat, 2);
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
  g_autoptr (Seat) seat = enrol_new (fixture, "pc-2", "02:00:00:00:00:02");
  g_autofree char *first = manifest_path (fixture, 1);
  ScCatalogSession session = {
    .version = 1, .room = (char *) "", .state = SC_SESSION_PREPARING, .error = (char *) "", .created = 1
  };
  ScCatalogSessionSeat row = { .seat = seat->seat, .state = SC_TRANSFER_WAITING, .reason = (char *) "" };
  g_autoptr (GError) error = NULL;

  g_assert_true (sc_catalog_add_session (fixture->parts.catalog, &session, &error));
  g_assert_true (sc_catalog_save_session_seat (fixture->parts.catalog, session.id, &row, &error));
  g_assert_cmpuint (get_status (fixture, seat->tls, first, NULL), ==, 200);
  session.state = SC_SESSION_DONE;
  session.ended = 2;
  g_assert_true (sc_catalog_save_session (fixture->parts.catalog, &session, &error));
  g_assert_cmpuint (get_status (fixture, seat->tls, first, NULL), ==, 403);
}

/* who a seat is */

static SoupWebsocketConnection *
connect_as (EngineFixture *fixture, const Seat *seat, const char *claimed)
{
  g_autoptr (GError) error = NULL;
  SoupWebsocketConnection *connection = engine_fixture_connect_of (fixture, seat->tls, "/v1/seat", &error);
  g_autoptr (ScControlMessage) message = engine_fixture_make_inventory ();

  g_assert_no_error (error);
  g_free (message->inventory->seat);
  message->inventory->seat = g_strdup (claimed);
  engine_fixture_say (connection, message);
  return connection;
}

static void
wait_for_close (SoupWebsocketConnection *connection)
{
  while (soup_websocket_connection_get_state (connection) != SOUP_WEBSOCKET_STATE_CLOSED)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_connect (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (Seat) seat = enrol_new (fixture, "pc-2", "02:00:00:00:00:02");
  g_autoptr (SoupWebsocketConnection) connection = connect_as (fixture, seat, seat->seat);

  while (!sc_seat_hub_is_online (fixture->parts.hub, seat->seat))
    g_main_context_iteration (NULL, TRUE);
}

/* Another seat's id ends the connection, and staff see who it was. */
static void
test_other_id (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (Seat) seat = enrol_new (fixture, "pc-2", "02:00:00:00:00:02");
  g_autoptr (SoupWebsocketConnection) connection = connect_as (fixture, seat, FIXTURE_SEAT);
  g_autoptr (ScJson) entry = NULL;

  wait_for_close (connection);
  g_assert_false (sc_seat_hub_is_online (fixture->parts.hub, FIXTURE_SEAT));
  entry = find_activity (fixture, "seat-refused");
  g_assert_cmpstr (json_string_value (json_array_get (json_object_get (entry, "seats"), 0)), ==, "pc-2");
  g_assert_nonnull (strstr (json_string_value (json_object_get (entry, "error")), "another seat"));
}

static void
test_revoke (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (Seat) seat = enrol_new (fixture, "pc-2", "02:00:00:00:00:02");
  g_autoptr (SoupWebsocketConnection) connection = connect_as (fixture, seat, seat->seat);
  g_autofree char *path = g_strdup_printf ("/v1/seats/%s/revoke", seat->seat);
  g_autofree char *second = manifest_path (fixture, 2);
  g_autoptr (SoupWebsocketConnection) again = NULL;
  g_autoptr (ScJson) done = NULL;
  g_autoptr (ScJson) twice = NULL;
  g_autoptr (ScJson) denied = NULL;
  g_autoptr (GError) error = NULL;

  assign (fixture, seat->seat, 2);
  while (!sc_seat_hub_is_online (fixture->parts.hub, seat->seat))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (get_status (fixture, seat->tls, second, NULL), ==, 200);
  done = engine_fixture_json (fixture, "POST", path, "{}", 200);
  g_assert_false (sc_seat_hub_is_online (fixture->parts.hub, seat->seat));
  wait_for_close (connection);
  assert_denied (fixture, seat->tls, second, 401, "revoked");
  again = engine_fixture_connect_of (fixture, seat->tls, "/v1/seat", &error);
  g_assert_null (again);
  g_assert_nonnull (error);
  denied = enrol (fixture, seat, 403); /* nor by its key and the token that it had */
  assert_activity (fixture, "revoke", "role", "administrator");
  assert_activity (fixture, "seat-refused", "room", FIXTURE_ROOM);
  twice = engine_fixture_json (fixture, "POST", path, "{}", 409);
}

/* A certificate for the very seat, from somebody else's authority. */
static void
test_other_authority (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *directory = g_build_filename (fixture->repository, "authority", NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autoptr (ScAuthority) other = NULL;
  g_autoptr (ScPrivateKey) key = sc_private_key_new (SC_KEY_P256, &error);
  g_autofree char *request = sc_certificate_request_new (key, &error);
  g_autofree char *pem = NULL;
  g_autoptr (GTlsCertificate) tls = NULL;

  g_ptr_array_add (names, (gpointer) "localhost");
  g_assert_cmpint (g_mkdir_with_parents (directory, 0700), ==, 0);
  other = sc_authority_open (directory, names, g_get_real_time () / G_USEC_PER_SEC, &error);
  g_assert_no_error (error);
  pem = sc_authority_issue_seat (other, request, FIXTURE_SEAT, g_get_real_time () / G_USEC_PER_SEC, NULL, NULL, &error);
  g_assert_no_error (error);
  tls = make_tls (other, pem, key);
  assert_denied (fixture, tls, "/v1/plans/0000000000000000000000000000000000000000000000000000000000000000", 401, "");
  assert_denied (fixture, tls, "/v1/seats", 401, "");
}

/* A good one, that the engine has no record of: its catalog was put back from an old copy, or its key was stolen. */
static void
test_unknown_certificate (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScPrivateKey) key = sc_private_key_new (SC_KEY_P256, &error);
  g_autofree char *request = sc_certificate_request_new (key, &error);
  g_autofree char *pem = sc_authority_issue_seat (fixture->authority, request, FIXTURE_SEAT,
                                                  g_get_real_time () / G_USEC_PER_SEC, NULL, NULL, &error);
  g_autoptr (GTlsCertificate) tls = make_tls (fixture->authority, pem, key);

  assert_denied (fixture, tls, "/v1/manifests/xyz", 401, "no record");
}

static void
test_seat_is_no_staff (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (Seat) seat = enrol_new (fixture, "pc-2", "02:00:00:00:00:02");

  assert_denied (fixture, seat->tls, "/v1/seats", 403, "for staff");
  assert_denied (fixture, seat->tls, "/v1/enrol-tokens", 403, "for staff");
}

static void
test_renew (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (Seat) seat = enrol_new (fixture, "pc-2", "02:00:00:00:00:02");
  g_autofree char *second = manifest_path (fixture, 2);
  g_autoptr (GError) error = NULL;
  g_autoptr (ScPrivateKey) key = sc_private_key_new (SC_KEY_P256, &error);
  g_autofree char *request = sc_certificate_request_new (key, &error);
  g_autoptr (ScJson) body = json_pack ("{s:s}", "request", request);
  g_autofree char *text = sc_json_to_text (body);
  g_autoptr (ScJson) answer = NULL;
  g_autoptr (ScJson) refused = NULL;
  g_autoptr (ScAnchors) anchors = NULL;
  g_autoptr (GTlsCertificate) tls = NULL;

  assign (fixture, seat->seat, 2);
  answer = engine_fixture_json_of (fixture, seat->tls, "POST", "/v1/seat/certificate", text, 200);
  anchors = sc_anchors_from_json (json_object_get (answer, "anchors"), &error);
  g_assert_no_error (error);
  tls = make_tls (fixture->authority, json_string_value (json_object_get (answer, "certificate")), key);
  g_assert_cmpuint (get_status (fixture, tls, second, NULL), ==, 200);
  g_assert_cmpuint (get_status (fixture, seat->tls, second, NULL), ==, 200);
  assert_activity (fixture, "seat-certificate", "who", seat->seat);
  refused = engine_fixture_json_of (fixture, NULL, "POST", "/v1/seat/certificate", text, 401);
}

/* waiting */

static gsize
count_waiting (EngineFixture *fixture, guint64 *last)
{
  g_autoptr (ScJson) document = openapi_load ();
  g_autoptr (ScJson) reference = json_pack ("{s:s}", "$ref", "#/components/schemas/WaitingSeatList");
  g_autoptr (ScJson) json = engine_fixture_json (fixture, "GET", "/v1/waiting-seats", NULL, 200);
  const ScJson *list = json_object_get (json, "waiting");
  g_autoptr (GError) error = NULL;

  openapi_validate (document, reference, json, "$", &error);
  g_assert_no_error (error);
  if (json_array_size (list) > 0)
    *last = (guint64) json_integer_value (json_object_get (json_array_get (list, json_array_size (list) - 1), "id"));
  return json_array_size (list);
}

static void
decide (EngineFixture *fixture, const char *what, guint64 id, gsize done)
{
  g_autofree char *path = g_strconcat ("/v1/waiting-seats/", what, NULL);
  g_autofree char *body = g_strdup_printf ("{\"ids\":[%" G_GUINT64_FORMAT "]}", id);
  g_autoptr (ScJson) json = engine_fixture_json (fixture, "POST", path, body, 200);

  g_assert_cmpuint (json_array_size (json_object_get (json, "done")), ==, done);
  g_assert_cmpuint (json_array_size (json_object_get (json, "failed")), ==, 1 - done);
}

typedef struct {
  guint n_events;
  json_int_t n;
} Waiting;

static void
on_event (SoupWebsocketConnection *connection, SoupWebsocketDataType type, GBytes *bytes, Waiting *waiting)
{
  g_autoptr (ScJson) json =
      sc_json_parse_object (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), 1 << 20, NULL);

  if (!g_str_equal (json_string_value (json_object_get (json, "type")), "waiting-seats-changed"))
    return;
  waiting->n_events++;
  waiting->n = json_integer_value (json_object_get (json, "n"));
}

static void
wait_for_event (Waiting *waiting, guint n_events, json_int_t n)
{
  while (waiting->n_events < n_events)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (waiting->n, ==, n);
}

static void
test_waiting (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *token = make_token (fixture, "{\"room\":\"B7\",\"seats\":5,\"hours\":1,\"ask\":true}");
  g_autoptr (Seat) a = seat_new (token, "pc-2", "02:00:00:00:00:02");
  g_autoptr (Seat) b = seat_new (token, "pc-3", "02:00:00:00:00:03");
  g_autoptr (GError) error = NULL;
  g_autoptr (SoupWebsocketConnection) events = engine_fixture_connect (fixture, "/v1/events", TRUE, &error);
  Waiting waiting = { 0 };
  g_autoptr (ScJson) first = NULL;
  g_autoptr (ScJson) second = NULL;
  g_autoptr (ScJson) approved = NULL;
  g_autoptr (ScJson) rejected = NULL;
  guint64 id_a = 0, id_b = 0;

  g_assert_no_error (error);
  g_signal_connect (events, "message", G_CALLBACK (on_event), &waiting);
  first = enrol (fixture, a, 202);
  wait_for_event (&waiting, 1, 1);
  assert_activity (fixture, "enrol-request", "detail", "pending");
  g_assert_cmpuint (count_waiting (fixture, &id_a), ==, 1);
  second = enrol (fixture, b, 202);
  wait_for_event (&waiting, 2, 2);
  g_assert_cmpuint (count_waiting (fixture, &id_b), ==, 2);
  decide (fixture, "approve", id_a, 1);
  wait_for_event (&waiting, 3, 1);
  decide (fixture, "approve", id_a, 0);
  decide (fixture, "reject", id_b, 1);
  wait_for_event (&waiting, 5, 0);
  assert_activity (fixture, "approve", "room", "");
  assert_activity (fixture, "reject", "room", "B7");
  approved = enrol (fixture, a, 200);
  rejected = enrol (fixture, b, 403);
  take_certificate (fixture, a, approved);
  assign (fixture, a->seat, 2);
  {
    g_autofree char *path = manifest_path (fixture, 2);

    g_assert_cmpuint (get_status (fixture, a->tls, path, NULL), ==, 200);
  }
  g_signal_handlers_disconnect_by_data (events, &waiting);
}

/* A machine that is set up anew: once staff approve, the connection of the one before ends. */
static void
test_replacement (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (Seat) old = enrol_new (fixture, "pc-2", "02:00:00:00:00:02");
  g_autoptr (SoupWebsocketConnection) connection = connect_as (fixture, old, old->seat);
  g_autofree char *token = make_token (fixture, "{\"room\":\"" FIXTURE_ROOM "\",\"seats\":5,\"hours\":1}");
  g_autoptr (Seat) anew = seat_new (token, "PC-2", "02:00:00:00:00:02");
  g_autoptr (ScJson) duplicate = NULL;
  g_autoptr (ScJson) approved = NULL;
  guint64 id = 0;

  while (!sc_seat_hub_is_online (fixture->parts.hub, old->seat))
    g_main_context_iteration (NULL, TRUE);
  duplicate = enrol (fixture, anew, 202);
  g_assert_cmpstr (json_string_value (json_object_get (duplicate, "state")), ==, "duplicate");
  g_assert_cmpuint (count_waiting (fixture, &id), ==, 1);
  g_assert_true (sc_seat_hub_is_online (fixture->parts.hub, old->seat));
  decide (fixture, "approve", id, 1);
  g_assert_false (sc_seat_hub_is_online (fixture->parts.hub, old->seat));
  wait_for_close (connection);
  approved = enrol (fixture, anew, 200);
  take_certificate (fixture, anew, approved);
  g_assert_cmpstr (anew->seat, ==, old->seat);
}

/* tokens */

/* The seat that was here before seats had certificates keeps its record. */
static void
test_older_record (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (Seat) seat = enrol_new (fixture, FIXTURE_SEAT_NAME, "02:00:00:00:00:02");

  g_assert_cmpstr (seat->seat, ==, FIXTURE_SEAT);
  assert_activity (fixture, "enrol-request", "detail", "approved");
}

static void
test_too_many_denials (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (Seat) seat = seat_new ("made-up", "pc-2", "02:00:00:00:00:02");
  g_autoptr (SoupMessage) message = engine_fixture_message_of (fixture, NULL, "POST", "/v1/enrol");
  g_autoptr (GBytes) body = g_bytes_new (seat->body, strlen (seat->body));
  g_auto (EngineResponse) response = { 0 };
  g_autoptr (ScJson) entry = NULL;

  for (guint i = 0; i < SC_ENROLMENTS_MAX_DENIALS; i++) {
    g_autoptr (ScJson) denied = enrol (fixture, seat, 403);

    g_assert_cmpstr (json_string_value (json_object_get (denied, "state")), ==, "denied");
  }
  soup_message_set_request_body_from_bytes (message, "application/json", body);
  engine_fixture_send (fixture, message, &response);
  g_assert_cmpuint (response.status, ==, 429);
  g_assert_cmpstr (soup_message_headers_get_one (response.headers, "Retry-After"), ==, "60");
  entry = find_activity (fixture, "enrol-request");
  g_assert_false (json_is_true (json_object_get (entry, "done")));
}

/* A token is told once, and is nowhere in what staff can look at. */
static void
test_token_is_secret (EngineFixture *fixture, gconstpointer data)
{
  static const char *const paths[] = { "/v1/enrol-tokens", "/v1/activity", "/v1/waiting-seats" };
  g_autofree char *token = make_token (fixture, "{\"room\":\"A101\",\"seats\":1,\"hours\":1}");
  g_autoptr (Seat) seat = seat_new (token, "pc-2", "02:00:00:00:00:02");
  g_autoptr (ScJson) answer = enrol (fixture, seat, 200);

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_autoptr (ScJson) json = engine_fixture_json (fixture, "GET", paths[i], NULL, 200);
    g_autofree char *text = sc_json_to_text (json);

    g_assert_null (strstr (text, token));
  }
  assert_activity (fixture, "enrol-token-create", "room", "A101");
}

#define ADD(name, func)                                                                                                \
  g_test_add ("/api-enrolment/" name, EngineFixture, NULL, engine_fixture_set_up, func, engine_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("read/manifests", test_manifests);
  ADD ("read/ranges", test_ranges);
  ADD ("read/whole-version", test_whole_version);
  ADD ("read/locate", test_locate);
  ADD ("read/sessions", test_versions_of_sessions);
  ADD ("seat/connect", test_connect);
  ADD ("seat/other-id", test_other_id);
  ADD ("seat/revoke", test_revoke);
  ADD ("seat/other-authority", test_other_authority);
  ADD ("seat/unknown-certificate", test_unknown_certificate);
  ADD ("seat/no-staff", test_seat_is_no_staff);
  ADD ("seat/renew", test_renew);
  ADD ("waiting", test_waiting);
  ADD ("replacement", test_replacement);
  ADD ("older-record", test_older_record);
  ADD ("too-many-denials", test_too_many_denials);
  ADD ("token-is-secret", test_token_is_secret);
  return g_test_run ();
}
