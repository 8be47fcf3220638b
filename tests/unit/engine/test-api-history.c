/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-activity.h"
#include "console/engine/catalog/sc-catalog-rooms.h"
#include "console/engine/catalog/sc-catalog-seat-log.h"
#include "tests/unit/engine/engine-fixture.h"
#include "tests/unit/engine/openapi-schema.h"

/* Who did what, and what happened to a seat, over the API. What is shown is held against openapi.json. */

static const char *
string_of (const ScJson *object, const char *key)
{
  return json_string_value (json_object_get (object, key));
}

static json_int_t
int_of (const ScJson *object, const char *key)
{
  return json_integer_value (json_object_get (object, key));
}

static void
assert_schema (const ScJson *value, const char *schema)
{
  g_autoptr (ScJson) document = openapi_load ();
  g_autoptr (ScJson) reference = json_object ();
  g_autofree char *where = g_strdup_printf ("#/components/schemas/%s", schema);
  g_autoptr (GError) error = NULL;

  json_object_set_new (reference, "$ref", json_string (where));
  openapi_validate (document, reference, value, "$", &error);
  g_assert_no_error (error);
}

/* (transfer full): the entries' array, which must be as the document says */
static ScJson *
get_entries (EngineFixture *fixture, const char *path, const char *schema)
{
  g_autoptr (ScJson) list = engine_fixture_json (fixture, "GET", path, NULL, 200);

  assert_schema (list, schema);
  return json_incref (json_object_get (list, "entries"));
}

static ScJson *
newest_activity (EngineFixture *fixture)
{
  g_autoptr (ScJson) entries = get_entries (fixture, "/v1/activity?max=1", "ActivityList");

  return json_incref (json_array_get (entries, 0));
}

static gsize
count_activity (EngineFixture *fixture)
{
  g_autoptr (ScJson) entries = get_entries (fixture, "/v1/activity", "ActivityList");

  return json_array_size (entries);
}

static void
on_event (SoupWebsocketConnection *events, SoupWebsocketDataType type, GBytes *bytes, gpointer data)
{
  g_autoptr (ScJson) event =
      sc_json_parse_object (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), 1 << 20, NULL);

  g_ptr_array_add (data, g_steal_pointer (&event));
}

static void
json_free (gpointer json)
{
  json_decref (json);
}

/* Waits for an event of @type. Returns: (transfer none) */
static ScJson *
expect_event (GPtrArray *events, const char *type)
{
  while (TRUE) {
    for (guint i = 0; i < events->len; i++)
      if (g_str_equal (string_of (g_ptr_array_index (events, i), "type"), type))
        return g_ptr_array_index (events, i);
    g_main_context_iteration (NULL, TRUE);
  }
}

static void
test_request (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SoupMessage) message = engine_fixture_message (fixture, "POST", "/v1/sessions/1/pause");
  g_autoptr (SoupMessage) denied = engine_fixture_message (fixture, "POST", "/v1/sessions/1/pause");
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func (json_free);
  g_autoptr (SoupWebsocketConnection) listener = engine_fixture_connect (fixture, "/v1/events", TRUE, &error);
  g_auto (EngineResponse) response = { 0 };
  g_autoptr (ScJson) entry = NULL;
  ScJson *event;

  g_assert_no_error (error);
  g_signal_connect (listener, "message", G_CALLBACK (on_event), events);
  soup_message_headers_append (soup_message_get_request_headers (message), "Seatcast-User", "anna@b%C3%BCro");
  engine_fixture_send (fixture, message, &response);
  g_assert_cmpuint (response.status, ==, 409);
  entry = newest_activity (fixture);
  g_assert_cmpstr (string_of (entry, "who"), ==, SC_PRINCIPAL_LOCAL); /* whoever the client says that it is */
  g_assert_cmpstr (string_of (entry, "role"), ==, "administrator");
  g_assert_cmpstr (string_of (entry, "result"), ==, string_of (entry, "error"));
  g_assert_cmpuint (strlen (string_of (entry, "hash")), ==, 64);
  g_assert_cmpstr (string_of (entry, "address"), ==, "127.0.0.1");
  g_assert_cmpstr (string_of (entry, "action"), ==, "pause");
  g_assert_cmpint (int_of (entry, "session"), ==, 1);
  g_assert_true (json_is_false (json_object_get (entry, "done")));
  g_assert_nonnull (strstr (string_of (entry, "error"), "is over"));
  event = expect_event (events, "activity");
  json_object_del (event, "type");
  g_assert_true (json_equal (event, entry));

  /* neither what changes nothing nor what has no right to ask is in it */
  soup_message_headers_remove (soup_message_get_request_headers (denied), "Authorization");
  engine_fixture_send (fixture, denied, &response);
  g_assert_cmpuint (response.status, ==, 401);
  g_assert_cmpuint (count_activity (fixture), ==, 1);
  g_signal_handlers_disconnect_by_data (listener, events);
}

static void
post (EngineFixture *fixture, const char *path, const char *body, guint status)
{
  g_autoptr (ScJson) answer = engine_fixture_json (fixture, "POST", path, body, status);
}

static void
assert_newest (EngineFixture *fixture, const char *action, const char *room, const char *detail, gboolean done)
{
  g_autoptr (ScJson) entry = newest_activity (fixture);

  g_assert_cmpstr (string_of (entry, "action"), ==, action);
  g_assert_cmpstr (string_of (entry, "room"), ==, room);
  g_assert_cmpstr (string_of (entry, "detail"), ==, detail);
  g_assert_cmpint (json_is_true (json_object_get (entry, "done")), ==, done);
  g_assert_cmpint (*string_of (entry, "error") == '\0', ==, done);
}

static void
assert_newest_seats (EngineFixture *fixture, const char *first, json_int_t n)
{
  g_autoptr (ScJson) entry = newest_activity (fixture);

  g_assert_cmpint (int_of (entry, "n_seats"), ==, n);
  g_assert_cmpstr (json_string_value (json_array_get (json_object_get (entry, "seats"), 0)), ==, first);
}

/* Whatever it is about is found in the path, the body or the answer. */
static void
test_kinds (EngineFixture *fixture, gconstpointer data)
{
  post (fixture, "/v1/rooms", "{\"name\":\"Lab 2\"}", 201);
  assert_newest (fixture, "room-create", "Lab 2", "", TRUE);
  post (fixture, "/v1/rooms/Lab%202/rename", "{\"name\":\"Lab 3\"}", 200);
  assert_newest (fixture, "room-rename", "Lab 2", "Lab 3", TRUE);
  post (fixture, "/v1/rooms/assign", "{\"room\":\"Lab 3\",\"seats\":[\"" FIXTURE_SEAT "\"]}", 200);
  assert_newest (fixture, "room-assign", "Lab 3", "", TRUE);
  assert_newest_seats (fixture, FIXTURE_SEAT_NAME, 1);
  post (fixture, "/v1/rooms/Lab%203/places", "{\"places\":[{\"seat\":\"pc-1\",\"column\":1,\"row\":2}]}", 200);
  assert_newest (fixture, "room-places", "Lab 3", "", TRUE);
  assert_newest_seats (fixture, "pc-1", 1);
  post (fixture, "/v1/rooms/Lab%203/delete", NULL, 409);
  assert_newest (fixture, "room-delete", "Lab 3", "", FALSE);
  post (fixture, "/v1/seats/pc-1/verify", NULL, 409);
  assert_newest (fixture, "verify", "", "", FALSE);
  assert_newest_seats (fixture, "pc-1", 1);
  post (fixture, "/v1/sessions", "{\"version\":1,\"dry_run\":true}", 409);
  assert_newest (fixture, "dry-run", "", "", FALSE);
  post (fixture, "/v1/rollback", "{\"room\":\"nowhere\"}", 404);
  assert_newest (fixture, "rollback", "nowhere", "", FALSE);
  post (fixture, "/v1/operations/99/cancel", NULL, 404);
  assert_newest (fixture, "operation-cancel", "", "99", FALSE);
  post (fixture, "/v1/versions", "not JSON", 400);
  assert_newest (fixture, "publish", "", "", FALSE);
  post (fixture, "/v1/settings", "{\"publish_directory\":\"/srv\"}", 200);
  assert_newest (fixture, "settings", "", "publish_directory=/srv", TRUE);
}

/* The window names seats by their ids; who reads of it later wants their names, also of what was refused. */
static void
test_names_of_ids (EngineFixture *fixture, gconstpointer data)
{
  post (fixture, "/v1/rooms/" FIXTURE_ROOM "/places",
        "{\"places\":[{\"seat\":\"" FIXTURE_SEAT "\",\"column\":1,\"row\":2}]}", 200);
  assert_newest_seats (fixture, FIXTURE_SEAT_NAME, 1);
  post (fixture, "/v1/sessions", "{\"version\":99,\"seats\":[\"" FIXTURE_SEAT "\",\"no-such-seat\"]}", 404);
  assert_newest_seats (fixture, FIXTURE_SEAT_NAME, 2);
  post (fixture, "/v1/seats/" FIXTURE_SEAT "/verify", NULL, 409);
  assert_newest_seats (fixture, FIXTURE_SEAT_NAME, 1);
  post (fixture, "/v1/seats/no-such-seat/verify", NULL, 404);
  assert_newest_seats (fixture, "no-such-seat", 1);
}

/* What a refused request leaves is bounded. */
static void
test_long_request (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) body = json_object ();
  g_autoptr (ScJson) names = json_array ();
  g_autofree char *name = g_strnfill (30000, 'x');
  g_autoptr (GString) wide = g_string_new (NULL);
  g_autofree char *text = NULL;
  g_autoptr (ScJson) entry = NULL;

  for (guint i = 0; i < 1000; i++)
    g_string_append (wide, "ü–");
  for (guint i = 0; i < 50; i++)
    json_array_append_new (names, json_string ("pc"));
  json_array_insert_new (names, 0, json_string (name));
  json_object_set_new (body, "version", json_integer (1));
  json_object_set_new (body, "room", json_string (wide->str));
  json_object_set (body, "seats", names);
  text = sc_json_to_text (body);
  post (fixture, "/v1/sessions", text, 400);
  entry = newest_activity (fixture);
  g_assert_cmpuint (strlen (string_of (entry, "room")), <=, 1024);
  g_assert_cmpuint (strlen (string_of (entry, "room")), >, 1000);
  g_assert_true (g_str_has_prefix (wide->str, string_of (entry, "room")));
  g_assert_cmpuint (json_array_size (json_object_get (entry, "seats")), ==, 8);
  g_assert_cmpint (int_of (entry, "n_seats"), ==, 51);
  g_assert_cmpuint (strlen (json_string_value (json_array_get (json_object_get (entry, "seats"), 0))), <=, 1024);
}

/* The newest entry of an action; (transfer full) (nullable) */
static ScJson *
find_activity (EngineFixture *fixture, const char *action)
{
  g_autoptr (ScJson) entries = get_entries (fixture, "/v1/activity", "ActivityList");

  for (gsize i = 0; i < json_array_size (entries); i++)
    if (g_str_equal (string_of (json_array_get (entries, i), "action"), action))
      return json_incref (json_array_get (entries, i));
  return NULL;
}

static ScJson *
wait_for_activity (EngineFixture *fixture, const char *action)
{
  ScJson *entry = find_activity (fixture, action);

  while (entry == NULL) {
    g_main_context_iteration (NULL, TRUE);
    entry = find_activity (fixture, action);
  }
  return entry;
}

static void
test_ends (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (SoupWebsocketConnection) seat = engine_fixture_connect_seat (fixture);
  g_autoptr (ScJson) session = engine_fixture_json (fixture, "POST", "/v1/sessions", "{\"version\":1}", 201);
  g_autofree char *cancel = g_strdup_printf ("/v1/sessions/%lld/cancel", int_of (session, "id"));
  g_autofree char *publish = engine_fixture_publish_body (fixture->repository, "third");
  g_autoptr (ScJson) deployed = newest_activity (fixture);
  g_autoptr (ScJson) session_end = NULL;
  g_autoptr (ScJson) publish_start = NULL;
  g_autoptr (ScJson) publish_end = NULL;

  g_assert_cmpstr (string_of (deployed, "action"), ==, "deploy");
  g_assert_cmpint (int_of (deployed, "session"), ==, int_of (session, "id"));
  g_assert_cmpint (int_of (deployed, "version"), ==, 1);
  assert_newest_seats (fixture, FIXTURE_SEAT_NAME, 1); /* all of them were meant */
  post (fixture, cancel, NULL, 200);
  session_end = wait_for_activity (fixture, "session-end");
  g_assert_cmpint (int_of (session_end, "session"), ==, int_of (session, "id"));
  g_assert_cmpint (int_of (session_end, "version"), ==, 1);
  g_assert_cmpstr (string_of (session_end, "detail"), ==, "cancelled");
  g_assert_cmpstr (string_of (session_end, "who"), ==, "");
  g_assert_cmpstr (string_of (session_end, "address"), ==, "");
  g_assert_cmpint (int_of (session_end, "n_seats"), ==, 1);

  post (fixture, "/v1/versions", publish, 202);
  publish_start = find_activity (fixture, "publish");
  g_assert_cmpstr (string_of (publish_start, "detail"), ==, fixture->repository);
  publish_end = wait_for_activity (fixture, "publish-end");
  g_assert_true (json_is_true (json_object_get (publish_end, "done")));
  g_assert_cmpint (int_of (publish_end, "version"), ==, 3);
  g_assert_cmpstr (string_of (publish_end, "detail"), ==, "done");
  g_assert_cmpuint (count_activity (fixture), ==, 5); /* deploy, cancel, publish, and each end once */
}

static guint
count_ends (EngineFixture *fixture, guint64 session)
{
  g_autoptr (GPtrArray) entries = sc_catalog_list_activity (fixture->parts.catalog, 0, 100, NULL);
  guint n = 0;

  for (guint i = 0; i < entries->len; i++) {
    const ScActivityEntry *entry = g_ptr_array_index (entries, i);

    n += g_str_equal (entry->action, "session-end") && entry->session == session;
  }
  return n;
}

static void
note_end (ScSessions *sessions, guint64 id, gpointer data)
{
  *(guint64 *) data = id;
}

/* A session is over before that is recorded: when the engine ends in between, the next one does it. */
static void
test_end_is_made_up_for (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (SoupWebsocketConnection) seat = engine_fixture_connect_seat (fixture);
  g_autoptr (ScJson) session = engine_fixture_json (fixture, "POST", "/v1/sessions", "{\"version\":1}", 201);
  guint64 id = (guint64) int_of (session, "id");
  guint64 ended = 0;
  g_autoptr (GError) error = NULL;

  sc_activity_free (fixture->parts.activity);
  g_signal_connect (fixture->parts.sessions, "session-ended", G_CALLBACK (note_end), &ended);
  g_assert_true (sc_sessions_cancel (fixture->parts.sessions, id, &error));
  while (ended != id)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (count_ends (fixture, id), ==, 0);
  for (guint i = 0; i < 2; i++) { /* once */
    if (i > 0)
      sc_activity_free (fixture->parts.activity);
    fixture->parts.activity = sc_activity_new (fixture->parts.catalog, fixture->parts.sessions,
                                               fixture->parts.operations, fixture->parts.events);
    g_assert_cmpuint (count_ends (fixture, id), ==, 1);
  }
  g_signal_handlers_disconnect_by_data (fixture->parts.sessions, &ended);
}

/* the log of a seat */

static char *
log_text (EngineFixture *fixture, const char *query)
{
  g_autofree char *path = g_strdup_printf ("/v1/seats/%s/log%s", FIXTURE_SEAT_NAME, query);
  g_autoptr (ScJson) entries = get_entries (fixture, path, "SeatLog");
  GString *text = g_string_new (NULL);

  for (gsize i = json_array_size (entries); i-- > 0;) {
    const ScJson *entry = json_array_get (entries, i);

    g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", string_of (entry, "event"));
    if (*string_of (entry, "text") != '\0')
      g_string_append_printf (text, " (%s)", string_of (entry, "text"));
  }
  return g_string_free (text, FALSE);
}

static void
tell (EngineFixture *fixture, const char *signal, gpointer argument)
{
  if (argument != NULL)
    g_signal_emit_by_name (fixture->parts.hub, signal, FIXTURE_SEAT, argument);
  else
    g_signal_emit_by_name (fixture->parts.hub, signal, FIXTURE_SEAT);
}

static void
tell_progress (EngineFixture *fixture, ScTransferState state)
{
  g_autoptr (ScControlMessage) message = sc_control_message_new (SC_CONTROL_PROGRESS, 0);

  message->progress.state = state;
  message->progress.template_name = g_strdup ("debian");
  tell (fixture, "message", message);
}

static void
tell_inventory (EngineFixture *fixture, ScTemplateState state)
{
  g_autoptr (ScInventory) inventory = sc_inventory_new ();
  const ScChunkId id = { { 1 } };

  sc_inventory_add_template (inventory, "debian", &id, 1, state);
  sc_inventory_add_template (inventory, "new", &id, 1, SC_TEMPLATE_CURRENT);
  tell (fixture, "inventory", inventory);
}

static void
test_log (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (ScControlMessage) done = sc_control_message_new (SC_CONTROL_DONE, 0);
  g_autoptr (ScControlMessage) verified = sc_control_message_new (SC_CONTROL_VERIFIED, 0);
  g_autoptr (GPtrArray) seats = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autofree char *newest = NULL;

  tell (fixture, "seat-connected", NULL);
  tell_progress (fixture, SC_TRANSFER_IDLE);
  for (guint i = 0; i < 100; i++)
    tell_progress (fixture, SC_TRANSFER_REPAIRING);
  tell_progress (fixture, SC_TRANSFER_APPLYING);
  done->done.version = 2;
  tell (fixture, "message", done);
  tell_inventory (fixture, SC_TEMPLATE_CURRENT);
  for (guint i = 0; i < 3; i++)
    tell_inventory (fixture, SC_TEMPLATE_DRIFTED);
  verified->verified = sc_verified_new ();
  sc_verified_add_file (verified->verified, "debian", "a.vmdk", FALSE, 3);
  verified->verified->n_templates = 1;
  tell (fixture, "message", verified);
  g_ptr_array_add (seats, (gpointer) FIXTURE_SEAT);
  g_assert_true (sc_catalog_add_room (fixture->parts.catalog, "B202", &error));
  g_assert_true (sc_catalog_assign_room (fixture->parts.catalog, seats, "B202", &error));
  sc_seat_hub_touch (fixture->parts.hub, FIXTURE_SEAT);
  tell (fixture, "seat-gone", NULL);
  text = log_text (fixture, "");
  g_assert_cmpstr (text, ==,
                   "connected, repairing, applying, done, drifted (debian), verified (1 file of 1 template damaged), "
                   "disconnected, moved (“A101” → “B202”)");
  newest = log_text (fixture, "?max=1");
  g_assert_cmpstr (newest, ==, "moved (“A101” → “B202”)");
}

/* What a session does with a seat; a dry run does nothing with it. */
static void
test_log_of_session (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (SoupWebsocketConnection) seat = engine_fixture_connect_seat (fixture);
  g_autoptr (ScJson) dry =
      engine_fixture_json (fixture, "POST", "/v1/sessions", "{\"version\":2,\"dry_run\":true}", 201);
  g_autofree char *cancel_dry = g_strdup_printf ("/v1/sessions/%lld/cancel", int_of (dry, "id"));
  g_autoptr (ScJson) session = NULL;
  g_autofree char *cancel = NULL;
  g_autoptr (ScJson) entries = NULL;
  g_autofree char *text = NULL;

  post (fixture, cancel_dry, NULL, 200);
  session = engine_fixture_json (fixture, "POST", "/v1/sessions", "{\"version\":1}", 201);
  cancel = g_strdup_printf ("/v1/sessions/%lld/cancel", int_of (session, "id"));
  post (fixture, cancel, NULL, 200);
  text = log_text (fixture, "");
  g_assert_cmpstr (text, ==, "connected, waiting, cancelled (cancelled by staff)");
  entries = get_entries (fixture, "/v1/seats/" FIXTURE_SEAT "/log", "SeatLog");
  g_assert_cmpint (int_of (json_array_get (entries, 0), "session"), ==, int_of (session, "id"));
  g_assert_cmpint (int_of (json_array_get (entries, 0), "version"), ==, 1);
}

/* One that was off when a session began has failed in it, with the reason. */
static void
test_log_of_absent_seat (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (SoupWebsocketConnection) seat = engine_fixture_connect_seat (fixture);
  g_autoptr (ScInventory) inventory = sc_inventory_new ();
  g_autoptr (ScJson) session = NULL;
  g_autoptr (ScJson) entries = NULL;
  g_autoptr (GError) error = NULL;

  g_free (inventory->seat);
  inventory->seat = g_strdup ("0b9ff0c2-4f0e-4d35-9d34-3f3b7ce3f002");
  g_free (inventory->name);
  inventory->name = g_strdup ("pc-2");
  g_assert_true (sc_catalog_save_inventory (fixture->parts.catalog, inventory, g_get_real_time (), &error));
  session = engine_fixture_json (fixture, "POST", "/v1/sessions", "{\"version\":1}", 201);
  entries = get_entries (fixture, "/v1/seats/pc-2/log", "SeatLog");
  g_assert_cmpuint (json_array_size (entries), ==, 1);
  g_assert_cmpstr (string_of (json_array_get (entries, 0), "event"), ==, "failed");
  g_assert_true (g_str_has_prefix (string_of (json_array_get (entries, 0), "text"), "offline: "));
  g_assert_cmpint (int_of (json_array_get (entries, 0), "session"), ==, int_of (session, "id"));
}

/* Of a session that did not bring all its seats there, that is said, however it ended. */
static void
test_end_tells_failures (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (SoupWebsocketConnection) seat = engine_fixture_connect_seat (fixture);
  g_autoptr (ScInventory) inventory = sc_inventory_new ();
  g_autoptr (ScJson) session = NULL;
  g_autoptr (ScJson) end = NULL;
  g_autofree char *cancel = NULL;
  g_autoptr (GError) error = NULL;

  g_free (inventory->seat);
  inventory->seat = g_strdup ("0b9ff0c2-4f0e-4d35-9d34-3f3b7ce3f002");
  g_assert_true (sc_catalog_save_inventory (fixture->parts.catalog, inventory, g_get_real_time (), &error));
  session = engine_fixture_json (fixture, "POST", "/v1/sessions", "{\"version\":1}", 201);
  cancel = g_strdup_printf ("/v1/sessions/%lld/cancel", int_of (session, "id"));
  post (fixture, cancel, NULL, 200);
  end = wait_for_activity (fixture, "session-end");
  g_assert_cmpstr (string_of (end, "detail"), ==, "cancelled");
  g_assert_cmpstr (string_of (end, "error"), ==, "1 of 2 seats failed");
  g_assert_true (json_is_true (json_object_get (end, "done")));
}

/* A seat that comes and goes for ever is written together, and only its last rows are kept. */
static void
test_log_is_bounded (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) entries = NULL;

  for (guint i = 0; i < 1000; i++) {
    tell (fixture, "seat-connected", NULL);
    tell (fixture, "seat-gone", NULL);
  }
  entries = get_entries (fixture, "/v1/seats/pc-1/log", "SeatLog");
  g_assert_cmpuint (json_array_size (entries), ==, SC_SEAT_LOG_MAX_ROWS);
  g_assert_cmpstr (string_of (json_array_get (entries, 0), "event"), ==, "disconnected");
}

/* What was not written yet is, when the log is closed. */
static void
test_log_is_kept (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) kept = NULL;

  tell (fixture, "seat-connected", NULL);
  sc_seat_log_free (fixture->parts.seat_log);
  fixture->parts.seat_log = sc_seat_log_new (fixture->parts.catalog, fixture->parts.hub, fixture->parts.sessions);
  kept = sc_catalog_list_seat_log (fixture->parts.catalog, FIXTURE_SEAT, 10, NULL);
  g_assert_cmpuint (kept->len, ==, 1);
  g_assert_cmpstr (((const ScSeatLogEntry *) g_ptr_array_index (kept, 0))->event, ==, "connected");
}

#define ADD(path, func) g_test_add (path, EngineFixture, NULL, engine_fixture_set_up, func, engine_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/api-history/request", test_request);
  ADD ("/api-history/kinds", test_kinds);
  ADD ("/api-history/names-of-ids", test_names_of_ids);
  ADD ("/api-history/long-request", test_long_request);
  ADD ("/api-history/ends", test_ends);
  ADD ("/api-history/end-tells-failures", test_end_tells_failures);
  ADD ("/api-history/end-is-made-up-for", test_end_is_made_up_for);
  ADD ("/api-history/log", test_log);
  ADD ("/api-history/log-of-session", test_log_of_session);
  ADD ("/api-history/log-of-absent-seat", test_log_of_absent_seat);
  ADD ("/api-history/log-is-bounded", test_log_is_bounded);
  ADD ("/api-history/log-is-kept", test_log_is_kept);
  return g_test_run ();
}
