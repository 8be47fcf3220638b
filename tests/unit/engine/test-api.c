/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-control.h"
#include "common/sc-error.h"
#include "tests/unit/engine/engine-fixture.h"

#include <string.h>

static json_int_t
int_of (const ScJson *object, const char *key)
{
  g_assert_true (json_is_integer (json_object_get (object, key)));
  return json_integer_value (json_object_get (object, key));
}

static const char *
string_of (const ScJson *object, const char *key)
{
  return json_string_value (json_object_get (object, key));
}

static const ScJson *
find_named (const ScJson *list, const char *key, const char *name)
{
  for (gsize i = 0; i < json_array_size (list); i++)
    if (g_strcmp0 (string_of (json_array_get (list, i), key), name) == 0)
      return json_array_get (list, i);
  g_error ("there is no %s “%s”", key, name);
}

static void
assert_error (EngineFixture *fixture, const char *method, const char *path, const char *body, guint status,
              const char *code)
{
  g_autoptr (ScJson) json = engine_fixture_json (fixture, method, path, body, status);
  const ScJson *error = json_object_get (json, "error");

  g_assert_cmpstr (string_of (error, "code"), ==, code);
  g_assert_cmpuint (strlen (string_of (error, "message")), >, 10);
}

static void
test_errors (EngineFixture *fixture, gconstpointer data)
{
  assert_error (fixture, "GET", "/v2", NULL, 404, "not-found");
  assert_error (fixture, "GET", "/v1/", NULL, 404, "not-found");
  assert_error (fixture, "GET", "/v1/seats/%ff", NULL, 404, "not-found");
  assert_error (fixture, "GET", "/v1/versions/1/diff/2/3/4/5/6/7/8", NULL, 404, "not-found");
  assert_error (fixture, "DELETE", "/v1/versions/1", NULL, 405, "invalid");
  assert_error (fixture, "POST", "/v1/versions", "{\"directory\":\"/tmp\"", 400, "invalid");
  assert_error (fixture, "POST", "/v1/versions", "{\"directory\":7,\"note\":\"x\"}", 400, "invalid");
  assert_error (fixture, "POST", "/v1/versions", "{\"note\":\"x\"}", 400, "invalid");
  assert_error (fixture, "POST", "/v1/versions", "{\"directory\":\"/\",\"note\":\"x\",\"author\":1}", 400, "invalid");
  assert_error (fixture, "POST", "/v1/sessions", "{\"version\":1,\"seats\":[]}", 400, "invalid");
  assert_error (fixture, "POST", "/v1/sessions", "{\"version\":1,\"seats\":[1]}", 400, "invalid");
  assert_error (fixture, "POST", "/v1/sessions", "{\"version\":1,\"rate_cap\":-1}", 400, "invalid");
  assert_error (fixture, "POST", "/v1/sessions", "{\"version\":1,\"seats\":[\"pc-9\"]}", 404, "not-found");
  assert_error (fixture, "POST", "/v1/sessions", "{\"version\":1,\"room\":\"nowhere\"}", 404, "not-found");
}

/* What is asked of packs: one range that lies within, and nothing else. These are none of whole chunks: 403. */
static void
test_ranges (EngineFixture *fixture, gconstpointer data)
{
  static const struct {
    const char *range;
    guint status;
  } cases[] = {
    { NULL, 400 },
    { "bytes=0-0", 403 },
    { "bytes=-5", 403 },
    { "bytes=5-2", 416 },
    { "bytes=-0", 416 },
    { "bytes=0-0,4-5", 400 },
    { "bytes=9223372036854775807-", 416 },
    { "bytes=0-99999999999999999999999", 416 },
    { "bytes=a-b", 416 },
    { "items=0-1", 416 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (SoupMessage) get = engine_fixture_message (fixture, "GET", "/v1/packs/1");
    g_auto (EngineResponse) response = { 0 };

    if (cases[i].range != NULL)
      soup_message_headers_append (soup_message_get_request_headers (get), "Range", cases[i].range);
    engine_fixture_send (fixture, get, &response);
    g_assert_no_error (response.error);
    g_assert_cmpuint (response.status, ==, cases[i].status);
    /* that there is no such range may change with the next publish */
    g_assert_cmpstr (soup_message_headers_get_one (response.headers, "Cache-Control"), ==, "no-store");
  }
}

static void
assert_too_large (EngineFixture *fixture, const char *path, gsize length, gboolean chunked, guint expected)
{
  g_autoptr (SoupMessage) message = engine_fixture_message (fixture, "POST", path);
  g_autofree char *text = g_strnfill (length, ' ');
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data (text, (gssize) length, NULL);
  g_auto (EngineResponse) response = { 0 };

  soup_message_set_request_body (message, "application/json", stream, chunked ? -1 : (gssize) length);
  engine_fixture_send (fixture, message, &response);
  g_assert_no_error (response.error);
  g_assert_cmpuint (response.status, ==, expected);
}

static void
test_too_large (EngineFixture *fixture, gconstpointer data)
{
  assert_too_large (fixture, "/v1/versions", 64 * 1024, FALSE, 400);
  assert_too_large (fixture, "/v1/versions", 64 * 1024 + 1, FALSE, 413);
  assert_too_large (fixture, "/v1/versions", 64 * 1024 + 1, TRUE, 413);
  assert_too_large (fixture, "/v1/chunks/locate", 128 * 1024, FALSE, 200); /* 4,096 ids, none of them there */
  assert_too_large (fixture, "/v1/chunks/locate", 128 * 1024 + 32, FALSE, 413);
}

static void
test_versions (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) versions = engine_fixture_json (fixture, "GET", "/v1/versions", NULL, 200);
  g_autoptr (ScJson) version = engine_fixture_json (fixture, "GET", "/v1/versions/2", NULL, 200);
  const ScJson *list = json_object_get (versions, "versions");
  const ScJson *files =
      json_object_get (find_named (json_object_get (version, "templates"), "name", "debian"), "files");

  g_assert_cmpuint (json_array_size (list), ==, 2);
  g_assert_cmpint (int_of (json_array_get (list, 0), "number"), ==, 1);
  g_assert_cmpint (int_of (json_array_get (list, 1), "number"), ==, 2);
  g_assert_cmpstr (string_of (version, "note"), ==, "second – with ünïcode");
  g_assert_cmpstr (string_of (version, "author"), ==, "staff");
  g_assert_cmpint (int_of (version, "size_bytes"), ==, 5 * 65536 + 100 + 15 + 12);
  g_assert_cmpuint (json_array_size (files), ==, 2);
  g_assert_cmpint (int_of (find_named (files, "path", "disk.vmdk"), "size_bytes"), ==, 5 * 65536 + 100);
}

static void
test_diff (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) diff = engine_fixture_json (fixture, "GET", "/v1/versions/1/diff/2", NULL, 200);
  g_autoptr (ScJson) back = engine_fixture_json (fixture, "GET", "/v1/versions/2/diff/1", NULL, 200);
  g_autoptr (ScJson) all = engine_fixture_json (fixture, "GET", "/v1/versions/0/diff/1", NULL, 200);
  g_autoptr (ScJson) none = engine_fixture_json (fixture, "GET", "/v1/versions/2/diff/2", NULL, 200);
  const ScJson *templates = json_object_get (diff, "templates");
  const ScJson *debian = find_named (templates, "name", "debian");
  const ScJson *file = json_array_get (json_object_get (debian, "files"), 0);

  g_assert_cmpuint (json_array_size (templates), ==, 3);
  g_assert_cmpstr (string_of (debian, "change"), ==, "changed");
  g_assert_cmpstr (string_of (find_named (templates, "name", "old"), "change"), ==, "removed");
  g_assert_cmpstr (string_of (find_named (templates, "name", "new"), "change"), ==, "added");
  g_assert_cmpuint (json_array_size (json_object_get (debian, "files")), ==, 1);
  g_assert_cmpstr (string_of (file, "path"), ==, "disk.vmdk");
  g_assert_cmpstr (string_of (file, "change"), ==, "changed");
  g_assert_cmpint (int_of (file, "old_size_bytes"), ==, 5 * 65536 + 100);

  /* one changed chunk of the disk and the small new file */
  g_assert_cmpint (int_of (diff, "chunks_to_send"), ==, 2);
  g_assert_cmpint (int_of (diff, "bytes_to_send"), >, 12);
  g_assert_cmpint (int_of (diff, "bytes_to_send"), <=, 65536 + 12);
  g_assert_cmpint (int_of (back, "chunks_to_send"), ==, 2);
  g_assert_cmpint (int_of (all, "chunks_to_send"), ==, 8); /* 6 of the disk, 2 small files */
  g_assert_cmpint (int_of (none, "chunks_to_send"), ==, 0);
  g_assert_cmpint (int_of (none, "bytes_to_send"), ==, 0);
  g_assert_cmpuint (json_array_size (json_object_get (none, "templates")), ==, 0);
}

/* What a seat does to catch up: manifest, places of chunks, ranges of packs. */
static void
test_content (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScVersionManifest) version = sc_store_get_version (fixture->parts.store, 1, &error);
  g_autoptr (GPtrArray) templates = sc_store_get_templates (fixture->parts.store, version, &error);
  g_autoptr (ScChunkIndex) chunks = sc_version_chunks_collect (templates);
  ScChunkId ids[3] = { *sc_chunk_index_get (chunks, 1), { { 0 } }, *sc_chunk_index_get (chunks, 0) };
  g_autoptr (GBytes) body = g_bytes_new (ids, sizeof ids);
  g_autoptr (SoupMessage) locate = engine_fixture_message (fixture, "POST", "/v1/chunks/locate");
  g_auto (EngineResponse) response = { 0 };
  g_autoptr (ScJson) json = NULL;
  const ScJson *entries = NULL;
  ScStoreEntry entry;

  g_assert_true (sc_catalog_assign_version (fixture->parts.catalog, FIXTURE_SEAT, 1, &error));
  soup_message_set_request_body_from_bytes (locate, "application/octet-stream", body);
  engine_fixture_send (fixture, locate, &response);
  g_assert_cmpuint (response.status, ==, 200);
  json =
      sc_json_parse_object (g_bytes_get_data (response.body, NULL), g_bytes_get_size (response.body), 1 << 20, &error);
  g_assert_no_error (error);
  entries = json_object_get (json, "entries");
  g_assert_cmpuint (json_array_size (entries), ==, 3);
  g_assert_true (json_is_null (json_array_get (entries, 1)));
  g_assert_true (sc_store_locate (fixture->parts.store, &ids[2], 1, &entry, &error));
  g_assert_cmpint (int_of (json_array_get (entries, 2), "offset"), ==, (json_int_t) entry.offset);
  g_assert_cmpint (int_of (json_array_get (entries, 2), "stored_length"), ==, entry.stored_length);
  {
    g_autofree char *path = g_strdup_printf ("/v1/packs/%u", entry.pack);
    gsize length = 64 + entry.stored_length;
    g_autofree char *range =
        g_strdup_printf ("bytes=%" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT, entry.offset, entry.offset + length - 1);
    g_autoptr (SoupMessage) get = engine_fixture_message (fixture, "GET", path);
    g_autoptr (GBytes) expected = sc_store_read_pack (fixture->parts.store, entry.pack, entry.offset, length, &error);

    soup_message_headers_append (soup_message_get_request_headers (get), "Range", range);
    engine_fixture_send (fixture, get, &response);
    g_assert_cmpuint (response.status, ==, 206);
    g_assert_true (g_bytes_equal (response.body, expected));
    g_assert_nonnull (soup_message_headers_get_one (response.headers, "Content-Range"));
    g_assert_cmpstr (soup_message_headers_get_one (response.headers, "Cache-Control"), ==,
                     "private, max-age=31536000, immutable");
  }
}

static void
test_publish_operation (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *body = engine_fixture_publish_body (fixture->repository, "n");
  g_autoptr (ScJson) started = NULL;
  g_autoptr (ScJson) ended = NULL;
  g_autoptr (ScJson) missing = NULL;
  g_autoptr (ScJson) failed = NULL;

  engine_fixture_write (fixture, "debian/more.bin", "0123456789", 10);
  started = engine_fixture_json (fixture, "POST", "/v1/versions", body, 202);
  ended = engine_fixture_finish (fixture, started);
  g_assert_cmpstr (string_of (ended, "state"), ==, "done");
  g_assert_cmpint (int_of (json_object_get (ended, "result"), "version"), ==, 3);
  g_assert_cmpint (int_of (json_object_get (ended, "result"), "new_chunks"), ==, 1);

  missing =
      engine_fixture_json (fixture, "POST", "/v1/versions", "{\"directory\":\"/nonexistent/x\",\"note\":\"n\"}", 202);
  failed = engine_fixture_finish (fixture, missing);
  g_assert_cmpstr (string_of (failed, "state"), ==, "failed");
  g_assert_nonnull (strstr (string_of (json_object_get (failed, "error"), "message"), "/nonexistent/x"));
}

typedef struct {
  GPtrArray *types;
} Heard;

static void
on_event (SoupWebsocketConnection *connection, SoupWebsocketDataType type, GBytes *bytes, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) json =
      sc_json_parse_object (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), 1 << 20, &error);

  g_assert_no_error (error);
  g_ptr_array_add (((Heard *) data)->types, engine_text_of (json, "type"));
}

static gboolean
has_heard (const Heard *heard, const char *type)
{
  return g_ptr_array_find_with_equal_func (heard->types, type, g_str_equal, NULL);
}

static void
test_events (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  Heard heard = { g_ptr_array_new_with_free_func (g_free) };
  g_autoptr (SoupWebsocketConnection) denied = engine_fixture_connect (fixture, "/v1/events", FALSE, &error);
  g_autoptr (SoupWebsocketConnection) events = NULL;
  g_autoptr (SoupWebsocketConnection) seat = NULL;
  g_autofree char *body = engine_fixture_publish_body (fixture->repository, "n");
  g_autoptr (ScJson) started = NULL;

  g_assert_null (denied);
  g_assert_nonnull (error);
  g_clear_error (&error);
  denied = engine_fixture_connect (fixture, "/v1/seat", FALSE, &error);
  g_assert_null (denied);
  g_clear_error (&error);

  events = engine_fixture_connect (fixture, "/v1/events", TRUE, &error);
  g_assert_no_error (error);
  g_signal_connect (events, "message", G_CALLBACK (on_event), &heard);
  engine_fixture_write (fixture, "debian/more.bin", "0123456789", 10);
  started = engine_fixture_json (fixture, "POST", "/v1/versions", body, 202);
  while (!has_heard (&heard, "version"))
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (has_heard (&heard, "operation"));

  seat = engine_fixture_connect_seat (fixture);
  while (!has_heard (&heard, "seat"))
    g_main_context_iteration (NULL, TRUE);
  g_signal_handlers_disconnect_by_data (events, &heard);
  g_ptr_array_unref (heard.types);
}

static void
test_deploy (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (SoupWebsocketConnection) seat = engine_fixture_connect_seat (fixture);
  g_autoptr (ScJson) session = NULL;
  g_autoptr (ScJson) cancelled = NULL;
  g_autoptr (ScJson) shown = NULL;
  g_autoptr (ScJson) rooms = NULL;
  g_autoptr (ScJson) list = NULL;
  g_autofree char *path = NULL;
  const ScJson *room = NULL;

  session = engine_fixture_json (fixture, "POST", "/v1/sessions",
                                 "{\"version\":2,\"seats\":[\"pc-1\"],\"rate_cap\":5000000}", 201);
  g_assert_cmpint (int_of (session, "version"), ==, 2);
  g_assert_cmpint (int_of (session, "rate_cap_bits_per_second"), ==, 5000000);
  g_assert_true (json_is_null (json_object_get (session, "rate_limit"))); /* nothing is sent yet */
  g_assert_cmpuint (json_array_size (json_object_get (session, "seats")), ==, 1);
  g_assert_cmpstr (string_of (json_array_get (json_object_get (session, "seats"), 0), "name"), ==, FIXTURE_SEAT_NAME);
  assert_error (fixture, "POST", "/v1/sessions", "{\"version\":1}", 409, "busy");

  path = g_strdup_printf ("/v1/sessions/%lld/cancel", int_of (session, "id"));
  cancelled = engine_fixture_json (fixture, "POST", path, NULL, 200);
  *strrchr (path, '/') = '\0';
  do {
    g_clear_pointer (&shown, json_decref);
    shown = engine_fixture_json (fixture, "GET", path, NULL, 200);
  } while (!g_str_equal (string_of (shown, "state"), "cancelled"));

  list = engine_fixture_json (fixture, "GET", "/v1/sessions?limit=1", NULL, 200);
  g_assert_cmpint (int_of (json_array_get (json_object_get (list, "sessions"), 0), "id"), ==, int_of (session, "id"));
  rooms = engine_fixture_json (fixture, "GET", "/v1/rooms", NULL, 200);
  room = find_named (json_object_get (rooms, "rooms"), "name", FIXTURE_ROOM);
  g_assert_cmpint (int_of (room, "seats"), ==, 1);
  g_assert_cmpint (int_of (room, "online"), ==, 1);
  g_assert_cmpint (int_of (room, "behind"), ==, 1);
  g_assert_cmpint (int_of (room, "assigned_version"), ==, 2);
}

/* A seat that lacks everything, and remembers what it is told to join. */
typedef struct {
  gboolean joined;
  ScChunkId plan;
} LackingSeat;

static void
send_prepared (SoupWebsocketConnection *connection, guint64 session)
{
  g_autoptr (ScControlMessage) answer = sc_control_message_new (SC_CONTROL_PREPARED, session);
  g_autofree char *text = NULL;

  answer->prepared.lacks = g_bytes_new_static ("\xff", 1); /* version 1 has 8 chunks */
  answer->prepared.needs = sc_needs_new ();
  answer->prepared.needs->lacks_bytes = 5 * 65536 + 100 + 15 + 12;
  answer->prepared.needs->free_bytes = 1 << 29;
  answer->prepared.needs->peak_bytes = 1 << 20;
  text = sc_control_message_to_json (answer);
  soup_websocket_connection_send_text (connection, text);
}

static void
on_order (SoupWebsocketConnection *connection, SoupWebsocketDataType type, GBytes *bytes, gpointer data)
{
  LackingSeat *seat = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScControlMessage) order =
      sc_control_message_parse (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &error);

  g_assert_no_error (error);
  if (order->type == SC_CONTROL_LISTEN)
    engine_fixture_answer_listen (connection, order);
  if (order->type == SC_CONTROL_PREPARE)
    send_prepared (connection, order->session);
  if (order->type == SC_CONTROL_JOIN) {
    g_autoptr (ScControlMessage) answer = sc_control_message_new (SC_CONTROL_JOINED, order->session);
    g_autofree char *text = sc_control_message_to_json (answer);

    soup_websocket_connection_send_text (connection, text);
    seat->plan = order->join.plan;
    seat->joined = TRUE;
  }
}

static void
test_plan (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (SoupWebsocketConnection) connection = engine_fixture_connect_seat (fixture);
  g_autoptr (ScJson) session = NULL;
  g_autoptr (SoupMessage) get = NULL;
  g_auto (EngineResponse) response = { 0 };
  g_autofree char *path = NULL;
  char hex[SC_CHUNK_ID_HEX_LENGTH + 1];
  LackingSeat seat = { 0 };
  ScChunkId hash;

  g_signal_connect (connection, "message", G_CALLBACK (on_order), &seat);
  session = engine_fixture_json (fixture, "POST", "/v1/sessions", "{\"version\":1}", 201);
  while (!seat.joined)
    g_main_context_iteration (NULL, TRUE);

  sc_chunk_id_to_hex (&seat.plan, hex);
  path = g_strdup_printf ("/v1/plans/%s", hex);
  get = engine_fixture_message (fixture, "GET", path);
  engine_fixture_send (fixture, get, &response);
  g_assert_cmpuint (response.status, ==, 200);
  sc_chunk_id_of (&hash, g_bytes_get_data (response.body, NULL), g_bytes_get_size (response.body));
  g_assert_true (sc_chunk_id_equal (&hash, &seat.plan));

  g_free (path);
  path = g_strdup_printf ("/v1/sessions/%lld", int_of (session, "id"));
  while (g_str_equal (string_of (session, "state"), "preparing")) {
    json_decref (session);
    session = engine_fixture_json (fixture, "GET", path, NULL, 200);
  }
  g_assert_cmpint (int_of (session, "content_bytes"), >, 0);
  g_assert_cmpint (int_of (session, "plan_bytes"), ==, (json_int_t) g_bytes_get_size (response.body));
  g_signal_handlers_disconnect_by_data (connection, &seat);
}

static void
test_rollback (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (SoupWebsocketConnection) seat = engine_fixture_connect_seat (fixture);
  g_autoptr (ScJson) session = NULL;
  g_autoptr (ScJson) shown = NULL;

  session = engine_fixture_json (fixture, "POST", "/v1/rollback", "{\"room\":\"" FIXTURE_ROOM "\"}", 201);
  g_assert_cmpint (int_of (session, "version"), ==, 1);
  shown = engine_fixture_json (fixture, "GET", "/v1/seats/pc-1", NULL, 200);
  g_assert_cmpint (int_of (shown, "assigned_version"), ==, 1);
  g_assert_cmpstr (string_of (shown, "presence"), ==, "online");
  assert_error (fixture, "POST", "/v1/rollback", "{\"room\":\"" FIXTURE_ROOM "\"}", 404, "not-found");
}

/* The port is told with what to do about it. */
static void
test_port_in_use (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (ScApi) second = sc_api_new (&fixture->parts, "x");
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (sc_api_listen (second, "127.0.0.1", fixture->port, &error), ==, 0);
  g_assert_error (error, SC_ERROR, SC_ERROR_BUSY);
  g_clear_error (&error);
  g_assert_cmpuint (sc_api_listen (second, "localhost!", 0, &error), ==, 0);
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
}

typedef struct {
  GIOStream *stream;
  gboolean closed;
  char byte;
} Silent;

static void
on_silence_broken (GObject *source, GAsyncResult *result, gpointer data)
{
  Silent *silent = data;

  silent->closed = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL) <= 0;
}

static void
on_silent_connected (GObject *source, GAsyncResult *result, gpointer data)
{
  Silent *silent = data;
  g_autoptr (GError) error = NULL;

  silent->stream = G_IO_STREAM (g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error));
  g_assert_no_error (error);
}

static gboolean
accept_any (GTlsConnection *connection, GTlsCertificate *certificate, GTlsCertificateFlags flags, gpointer data)
{
  return TRUE;
}

static void
on_client_event (GSocketClient *client, GSocketClientEvent event, GSocketConnectable *connectable,
                 GIOStream *connection, gpointer data)
{
  if (event == G_SOCKET_CLIENT_TLS_HANDSHAKING)
    g_signal_connect (connection, "accept-certificate", G_CALLBACK (accept_any), NULL);
}

/* A client that connects by TLS and says @text. */
static void
connect_silent (EngineFixture *fixture, Silent *silent, const char *text)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();

  g_socket_client_set_tls (client, TRUE);
  g_signal_connect (client, "event", G_CALLBACK (on_client_event), NULL);
  g_socket_client_connect_to_host_async (client, "127.0.0.1", fixture->port, NULL, on_silent_connected, silent);
  while (silent->stream == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_output_stream_write_all (g_io_stream_get_output_stream (silent->stream), text, strlen (text), NULL, NULL, NULL);
  g_input_stream_read_async (g_io_stream_get_input_stream (silent->stream), &silent->byte, 1, G_PRIORITY_DEFAULT, NULL,
                             on_silence_broken, silent);
}

static void
wait_closed (Silent *silent)
{
  while (!silent->closed)
    g_main_context_iteration (NULL, TRUE);
  g_object_unref (silent->stream);
}

/* Nobody holds a connection for ever, whatever it began to say. */
static void
test_silent_clients (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *slow = g_strdup_printf ("POST /v1/versions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n"
                                           "Content-Length: 100\r\n\r\n{",
                                           fixture->token);
  Silent silent[4] = { 0 };

  sc_api_set_limits (fixture->api, 256, 1, 60);
  connect_silent (fixture, &silent[0], "");
  connect_silent (fixture, &silent[1], "GET /v1 HTTP/1.1\r\nHost: x\r\n");
  connect_silent (fixture, &silent[2], "POST /v1/versions HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{");
  sc_api_set_limits (fixture->api, 256, 60, 1);
  connect_silent (fixture, &silent[3], slow);
  for (guint i = 0; i < G_N_ELEMENTS (silent); i++)
    wait_closed (&silent[i]);
}

/* Strangers that fill all places give way to whoever has the token. */
static void
test_many_strangers (EngineFixture *fixture, gconstpointer data)
{
  enum { N = 20, PLACES = 8 };
  g_autofree Silent *silent = g_new0 (Silent, N);
  g_autoptr (ScJson) console = NULL;

  sc_api_set_limits (fixture->api, PLACES, 60, 60);
  for (guint i = 0; i < N; i++)
    connect_silent (fixture, &silent[i], "");
  console = engine_fixture_json (fixture, "GET", "/v1", NULL, 200);
  for (guint i = 0; i <= N - PLACES; i++) /* the client with the token took a place, too */
    wait_closed (&silent[i]);
  g_assert_false (silent[N - 1].closed);
  sc_api_free (g_steal_pointer (&fixture->api));
  for (guint i = N - PLACES + 1; i < N; i++)
    wait_closed (&silent[i]);
}

#define ADD(path, func) g_test_add (path, EngineFixture, NULL, engine_fixture_set_up, func, engine_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/api/errors", test_errors);
  ADD ("/api/ranges", test_ranges);
  ADD ("/api/too-large", test_too_large);
  ADD ("/api/versions", test_versions);
  ADD ("/api/diff", test_diff);
  ADD ("/api/content", test_content);
  ADD ("/api/publish-operation", test_publish_operation);
  ADD ("/api/events", test_events);
  ADD ("/api/deploy", test_deploy);
  ADD ("/api/plan", test_plan);
  ADD ("/api/rollback", test_rollback);
  ADD ("/api/port-in-use", test_port_in_use);
  ADD ("/api/silent-clients", test_silent_clients);
  ADD ("/api/many-strangers", test_many_strangers);
  return g_test_run ();
}
