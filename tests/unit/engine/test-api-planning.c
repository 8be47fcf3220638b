/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/catalog/sc-catalog-rooms.h"
#include "tests/unit/engine/engine-client.h"

/* What rooms and seats are to have, and how rooms are treated, over the API. */

#define ROOM "/v1/rooms/" FIXTURE_ROOM
#define SECOND_SEAT "0b9ff0c2-4f0e-4d35-9d34-3f3b7ce3f002"

static void
post (EngineFixture *fixture, const char *path, const char *body, guint status)
{
  g_autoptr (ScJson) answer = engine_fixture_json (fixture, "POST", path, body, status);
}

static ScJson *
get_seat (EngineFixture *fixture, const char *name)
{
  g_autofree char *path = g_strdup_printf ("/v1/seats/%s", name);

  return engine_ask (fixture, "GET", path, NULL, 200, "Seat");
}

static void
set_text (char **member, const char *text)
{
  g_free (*member);
  *member = g_strdup (text);
}

/* A seat as it says it is. @templates: names with commas between, all of them sound */
static void
save_seat (EngineFixture *fixture, const char *id, const char *name, guint64 version, const char *templates)
{
  g_autoptr (ScInventory) inventory = sc_inventory_new ();
  g_auto (GStrv) names = g_strsplit (templates, ",", -1);
  g_autoptr (GError) error = NULL;
  ScChunkId manifest;

  sc_chunk_id_of (&manifest, "x", 1);
  set_text (&inventory->seat, id);
  set_text (&inventory->name, name);
  set_text (&inventory->room, FIXTURE_ROOM);
  inventory->version = version;
  for (gsize i = 0; names[i] != NULL; i++)
    sc_inventory_add_template (inventory, names[i], &manifest, version, SC_TEMPLATE_CURRENT);
  g_assert_true (sc_catalog_save_inventory (fixture->parts.catalog, inventory, g_get_real_time (), &error));
  g_assert_no_error (error);
}

/* @expected: version, templates, pinned, version_state */
static void
assert_seat (EngineFixture *fixture, const char *name, guint64 version, const char *templates, gboolean pinned,
             const char *state)
{
  g_autoptr (ScJson) seat = get_seat (fixture, name);

  g_assert_cmpuint ((guint64) json_integer_value (json_object_get (seat, "assigned_version")), ==, version);
  engine_assert_json (json_object_get (seat, "assigned_templates"), templates);
  g_assert_cmpint (json_is_true (json_object_get (seat, "pinned")), ==, pinned);
  g_assert_cmpstr (json_string_value (json_object_get (seat, "version_state")), ==, state);
}

static void
test_policy (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) first = NULL;
  g_autoptr (ScJson) second = NULL;
  const ScJson *policy, *window;

  first = engine_ask (fixture, "POST", ROOM "/policy",
                      "{\"window\":{\"days\":[\"mon\",\"fri\"],\"from\":\"18:00\",\"to\":\"06:00\",\"zone\":\"UTC\"},"
                      "\"late\":\"gather\",\"rate_cap_bits_per_second\":100000000,\"wake\":true,"
                      "\"wake_destination\":\"10.1.255.255\",\"busy_deadline_hours\":8}",
                      200, "Room");
  policy = json_object_get (first, "policy");
  window = json_object_get (policy, "window");
  g_assert_cmpstr (json_string_value (json_object_get (policy, "late")), ==, "gather");
  g_assert_cmpstr (json_string_value (json_object_get (window, "text")), ==, "mon,fri 18:00-06:00 UTC");
  g_assert_true (json_is_string (json_object_get (window, "opens")));
  g_assert_true (json_is_string (json_object_get (window, "closes")));
  engine_assert_json (json_object_get (policy, "busy_deadline_hours"), "8");

  /* what is not said stays; always open: it neither opens nor closes */
  second = engine_ask (fixture, "POST", ROOM "/policy", "{\"window\":\"mon-sun 00:00-00:00 UTC\",\"wake\":false}", 200,
                       "Room");
  policy = json_object_get (second, "policy");
  window = json_object_get (policy, "window");
  g_assert_cmpstr (json_string_value (json_object_get (policy, "late")), ==, "gather");
  g_assert_true (json_is_true (json_object_get (window, "open")));
  engine_assert_json (json_object_get (window, "opens"), "null");
  engine_assert_json (json_object_get (window, "closes"), "null");
  post (fixture, ROOM "/policy", "{\"window\":null}", 200);
}

static void
test_policy_refused (EngineFixture *fixture, gconstpointer data)
{
  static const struct {
    const char *body;
    const char *says;
  } wrong[] = {
    { "{\"late\":\"never\"}", "late" },
    { "{\"window\":\"every full moon\"}", NULL },
    { "{\"window\":{\"days\":[],\"from\":\"18:00\",\"to\":\"06:00\"}}", "days" },
    { "{\"window\":{\"days\":[\"mon\"],\"from\":\"25:00\",\"to\":\"06:00\"}}", "from" },
    { "{\"window\":{\"days\":[\"mon\"],\"from\":\"18:00\",\"to\":\"06:00\",\"zone\":\"Moon/Tycho\"}}", "Moon/Tycho" },
    { "{\"rate_cap_bits_per_second\":5}", "rate_cap_bits_per_second" },
    { "{\"busy_deadline_hours\":9999}", "busy_deadline_hours" },
    { "{\"wake\":1}", "wake" },
    { "{\"cache\":\"gopher://x\"}", "cache" },
    { "{\"windows\":null}", "windows" },
  };
  g_autoptr (ScJson) before = engine_ask (fixture, "GET", "/v1/rooms", NULL, 200, "RoomList");
  g_autoptr (ScJson) after = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    engine_ask_in_vain (fixture, ROOM "/policy", wrong[i].body, 400, "invalid", wrong[i].says);
  engine_ask_in_vain (fixture, "/v1/rooms/nowhere/policy", "{}", 404, "not-found", "nowhere");
  after = engine_ask (fixture, "GET", "/v1/rooms", NULL, 200, "RoomList");
  g_assert_true (json_equal (before, after));
}

static void
test_assign_version (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) room = NULL;
  g_autoptr (ScJson) part = NULL;
  g_autoptr (ScJson) none = NULL;

  room = engine_ask (fixture, "POST", ROOM "/assign-version", "{\"version\":1}", 200, "Room");
  engine_assert_json (json_object_get (room, "assignment"), "{\"templates\":null,\"version\":1}");
  engine_assert_json (json_object_get (room, "due"), "1");
  assert_seat (fixture, FIXTURE_SEAT_NAME, 1, "null", FALSE, "behind"); /* it has debian, and not old */
  save_seat (fixture, FIXTURE_SEAT, FIXTURE_SEAT_NAME, 1, "debian,old");
  assert_seat (fixture, FIXTURE_SEAT_NAME, 1, "null", FALSE, "current");

  part = engine_ask (fixture, "POST", ROOM "/assign-version", "{\"version\":1,\"templates\":[\"old\",\"old\"]}", 200,
                     "Room");
  engine_assert_json (json_object_get (part, "assignment"), "{\"templates\":[\"old\"],\"version\":1}");
  assert_seat (fixture, FIXTURE_SEAT_NAME, 1, "[\"old\"]", FALSE, "behind"); /* it has one too many */
  save_seat (fixture, FIXTURE_SEAT, FIXTURE_SEAT_NAME, 1, "old");
  assert_seat (fixture, FIXTURE_SEAT_NAME, 1, "[\"old\"]", FALSE, "current");

  none = engine_ask (fixture, "POST", ROOM "/assign-version", "{\"version\":0}", 200, "Room");
  engine_assert_json (json_object_get (none, "assignment"), "null");
  assert_seat (fixture, FIXTURE_SEAT_NAME, 0, "null", FALSE, "unknown");
}

static void
test_assign_refused (EngineFixture *fixture, gconstpointer data)
{
  static const char *const paths[] = { ROOM "/assign-version", "/v1/seats/" FIXTURE_SEAT_NAME "/pin" };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    engine_ask_in_vain (fixture, paths[i], "{\"version\":99}", 404, "not-found", "99");
    engine_ask_in_vain (fixture, paths[i], "{\"version\":1,\"templates\":[\"debian\",\"new\"]}", 404, "not-found",
                        "new");
    engine_ask_in_vain (fixture, paths[i], "{\"version\":1,\"templates\":[]}", 400, "invalid", "templates");
    engine_ask_in_vain (fixture, paths[i], "{\"version\":1,\"templates\":[7]}", 400, "invalid", "templates");
    engine_ask_in_vain (fixture, paths[i], "{\"version\":0,\"templates\":[\"old\"]}", 400, "invalid", "templates");
    engine_ask_in_vain (fixture, paths[i], "{\"version\":-1}", 400, "invalid", "version");
    engine_ask_in_vain (fixture, paths[i], "{}", 400, "invalid", "version");
    engine_ask_in_vain (fixture, paths[i], "{\"version\":1,\"due\":true}", 400, "invalid", "due");
  }
  engine_ask_in_vain (fixture, "/v1/rooms/nowhere/assign-version", "{\"version\":1}", 404, "not-found", "nowhere");
  engine_ask_in_vain (fixture, "/v1/seats/pc-9/pin", "{\"version\":1}", 404, "not-found", "pc-9");
  assert_seat (fixture, FIXTURE_SEAT_NAME, 2, "null", FALSE, "behind"); /* as the fixture has it */
}

static void
test_pin (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) rooms = NULL;
  const ScJson *room;

  save_seat (fixture, SECOND_SEAT, "pc-2", 2, "debian,new");
  post (fixture, ROOM "/assign-version", "{\"version\":2}", 200);
  assert_seat (fixture, "pc-2", 2, "null", FALSE, "current");
  json_decref (
      engine_ask (fixture, "POST", "/v1/seats/pc-2/pin", "{\"version\":1,\"templates\":[\"old\"]}", 200, "Seat"));
  assert_seat (fixture, "pc-2", 1, "[\"old\"]", TRUE, "behind");
  post (fixture, ROOM "/assign-version", "{\"version\":2,\"templates\":[\"new\"]}", 200);
  assert_seat (fixture, "pc-2", 1, "[\"old\"]", TRUE, "behind");
  assert_seat (fixture, FIXTURE_SEAT_NAME, 2, "[\"new\"]", FALSE, "behind");

  rooms = engine_ask (fixture, "GET", "/v1/rooms", NULL, 200, "RoomList");
  room = json_array_get (json_object_get (rooms, "rooms"), 0);
  engine_assert_json (json_object_get (room, "pinned"), "1");
  json_decref (engine_ask (fixture, "POST", "/v1/seats/pc-2/pin", "{\"version\":0}", 200, "Seat"));
  assert_seat (fixture, "pc-2", 2, "[\"new\"]", FALSE, "behind");
}

/* Of a room with a seat that is online and one that is pinned. */
static void
test_deploy_leaves_pinned_out (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (SoupWebsocketConnection) seat = engine_fixture_connect_seat (fixture);
  g_autoptr (ScJson) planned = NULL;
  g_autoptr (ScJson) session = NULL;
  g_autofree char *cancel = NULL;

  save_seat (fixture, SECOND_SEAT, "pc-2", 2, "debian,new");
  post (fixture, "/v1/seats/pc-2/pin", "{\"version\":2}", 200);
  planned = engine_ask (fixture, "POST", "/v1/sessions",
                        "{\"version\":1,\"templates\":[\"old\"],\"room\":\"" FIXTURE_ROOM "\",\"dry_run\":true}", 201,
                        "Session");
  engine_assert_json (json_object_get (planned, "pinned"), "1");
  engine_assert_json (json_object_get (planned, "templates"), "[\"old\"]");
  g_assert_cmpuint (json_array_size (json_object_get (planned, "seats")), ==, 1);
  cancel = g_strdup_printf ("/v1/sessions/%lld/cancel", json_integer_value (json_object_get (planned, "id")));
  post (fixture, cancel, NULL, 200);
  assert_seat (fixture, FIXTURE_SEAT_NAME, 2, "null", FALSE, "behind"); /* nothing else was assigned */
}

/* What it is for is said once, and is there. */
static void
test_deploy_refused (EngineFixture *fixture, gconstpointer data)
{
  static const char *const paths[] = { "/v1/sessions", "/v1/rollback" };
  static const struct {
    const char *rest; /* besides the version */
    guint status;
    const char *code, *says;
  } wrong[] = {
    { "\"templates\":[\"no-such\"]", 404, "not-found", "no-such" },
    { "\"templates\":[]", 400, "invalid", "templates" },
    { "\"rooms\":[]", 400, "invalid", "rooms" },
    { "\"rooms\":[\"" FIXTURE_ROOM "\",\"nowhere\"]", 404, "not-found", "nowhere" },
    { "\"rooms\":[\"" FIXTURE_ROOM "\"],\"room\":\"" FIXTURE_ROOM "\"", 400, "invalid", "only one" },
    { "\"rooms\":[\"" FIXTURE_ROOM "\"],\"seats\":[\"pc-1\"]", 400, "invalid", "only one" },
    { "\"wake\":\"yes\"", 400, "invalid", "wake" },
    { "\"power_off\":1", 400, "invalid", "power_off" },
    { "\"rate_cap\":400000000001", 400, "invalid", "rate_cap" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    for (guint k = 0; k < G_N_ELEMENTS (wrong); k++) {
      g_autofree char *body = g_strdup_printf ("{\"version\":1,%s}", wrong[k].rest);

      engine_ask_in_vain (fixture, paths[i], body, wrong[k].status, wrong[k].code, wrong[k].says);
    }
}

/* A room goes back with the templates that it has, and not to what a seat has that goes its own way. */
static void
test_rollback_keeps_part (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (SoupWebsocketConnection) seat = engine_fixture_connect_seat (fixture);
  g_autoptr (ScJson) part = NULL;
  g_autoptr (ScJson) whole = NULL;
  g_autofree char *cancel = NULL;

  post (fixture, ROOM "/assign-version", "{\"version\":2,\"templates\":[\"debian\"]}", 200);
  part = engine_ask (fixture, "POST", "/v1/rollback", "{\"rooms\":[\"" FIXTURE_ROOM "\"],\"dry_run\":true}", 201,
                     "Session");
  engine_assert_json (json_object_get (part, "version"), "1");
  engine_assert_json (json_object_get (part, "templates"), "[\"debian\"]");
  cancel = g_strdup_printf ("/v1/sessions/%lld/cancel", json_integer_value (json_object_get (part, "id")));
  post (fixture, cancel, NULL, 200);
  whole = engine_ask (fixture, "POST", "/v1/rollback", "{\"templates\":null,\"dry_run\":true}", 201, "Session");
  engine_assert_json (json_object_get (whole, "templates"), "null");
}

static void
test_rollback_of_pinned (EngineFixture *fixture, gconstpointer data)
{
  post (fixture, ROOM "/assign-version", "{\"version\":1}", 200);
  save_seat (fixture, SECOND_SEAT, "pc-2", 2, "debian,new");
  post (fixture, "/v1/seats/pc-2/pin", "{\"version\":2}", 200);
  engine_ask_in_vain (fixture, "/v1/rollback", "{\"room\":\"" FIXTURE_ROOM "\"}", 404, "not-found", "older");
  post (fixture, "/v1/seats/" FIXTURE_SEAT_NAME "/pin", "{\"version\":2}", 200);
  engine_ask_in_vain (fixture, "/v1/rollback", "{\"room\":\"" FIXTURE_ROOM "\"}", 409, "state", "pinned");
}

/* Also the rooms that it is assigned to. */
static void
test_deploy_to_rooms (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (SoupWebsocketConnection) seat = engine_fixture_connect_seat (fixture);
  g_autoptr (ScJson) session = NULL;
  EngineClient client;

  post (fixture, "/v1/rooms", "{\"name\":\"Lab 2\"}", 201);
  save_seat (fixture, SECOND_SEAT, "pc-2", 2, "debian,new");
  post (fixture, "/v1/rooms/assign", "{\"room\":\"Lab 2\",\"seats\":[\"pc-2\"]}", 200);
  engine_client_start (fixture, &client);
  session =
      engine_ask (fixture, "POST", "/v1/sessions",
                  "{\"version\":1,\"rooms\":[\"" FIXTURE_ROOM "\",\"Lab 2\"],\"power_off\":true}", 201, "Session");
  engine_assert_json (json_object_get (session, "rooms"), "[\"" FIXTURE_ROOM "\",\"Lab 2\"]");
  engine_assert_json (json_object_get (session, "origin"), "\"staff\"");
  engine_assert_json (json_object_get (session, "any_time"), "true");
  engine_assert_json (json_object_get (session, "power_off"), "true");
  engine_assert_json (json_object_get (session, "pinned"), "0");
  engine_client_expect (&client, "{\"type\":\"room\",\"name\":\"Lab 2\",\"assigned_version\":1}");
  assert_seat (fixture, "pc-2", 1, "null", FALSE, "behind");
  engine_client_stop (&client);
}

static void
assert_newest (EngineFixture *fixture, const char *action, guint64 version, const char *room, const char *detail)
{
  g_autoptr (ScJson) list = engine_ask (fixture, "GET", "/v1/activity?max=1", NULL, 200, "ActivityList");
  const ScJson *entry = json_array_get (json_object_get (list, "entries"), 0);

  g_assert_cmpstr (json_string_value (json_object_get (entry, "action")), ==, action);
  g_assert_cmpuint ((guint64) json_integer_value (json_object_get (entry, "version")), ==, version);
  g_assert_cmpstr (json_string_value (json_object_get (entry, "room")), ==, room);
  g_assert_cmpstr (json_string_value (json_object_get (entry, "detail")), ==, detail);
}

static void
test_activity (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) audit = NULL;

  post (fixture, ROOM "/policy", "{\"late\":\"ask\",\"wake\":true,\"window\":\"sat 08:00-18:00\"}", 200);
  assert_newest (fixture, "room-policy", 0, FIXTURE_ROOM, "late=ask wake=true window=sat 08:00-18:00");
  post (fixture, ROOM "/assign-version", "{\"version\":2,\"templates\":[\"new\",\"debian\"]}", 200);
  assert_newest (fixture, "assign-version", 2, FIXTURE_ROOM, "templates=new,debian");
  post (fixture, ROOM "/assign-version", "{\"version\":0}", 200);
  assert_newest (fixture, "assign-version", 0, FIXTURE_ROOM, "none");
  post (fixture, "/v1/seats/" FIXTURE_SEAT "/pin", "{\"version\":1}", 200);
  assert_newest (fixture, "pin", 1, FIXTURE_ROOM, "");
  post (fixture, "/v1/sessions", "{\"version\":1,\"rooms\":[\"" FIXTURE_ROOM "\"],\"wake\":true,\"templates\":[7]}",
        400);
  assert_newest (fixture, "deploy", 1, "", "rooms=" FIXTURE_ROOM " templates=? wake");
  audit = engine_ask (fixture, "GET", "/v1/audit/verify", NULL, 200, "Audit");
  g_assert_true (json_is_true (json_object_get (audit, "intact")));
}

static void
test_events (EngineFixture *fixture, gconstpointer data)
{
  EngineClient client;

  sc_scheduler_start (fixture->parts.scheduler);
  engine_client_start (fixture, &client);
  post (fixture, ROOM "/policy", "{\"late\":\"ask\"}", 200);
  engine_client_expect (&client, "{\"type\":\"room\",\"name\":\"" FIXTURE_ROOM "\"}");
  post (fixture, ROOM "/assign-version", "{\"version\":1}", 200);
  engine_client_expect (&client, "{\"type\":\"seat\",\"id\":\"" FIXTURE_SEAT "\",\"assigned_version\":1}");
  engine_client_expect (&client, "{\"type\":\"room\",\"assignment\":{\"version\":1,\"templates\":null}}");
  engine_client_stop (&client);
}

/* Its templates are in use, as the fixture has it. */
static void
test_reminder (EngineFixture *fixture, gconstpointer data)
{
  EngineClient client;

  engine_client_start (fixture, &client);
  g_signal_emit_by_name (fixture->parts.scheduler, "reminder", FIXTURE_SEAT, G_GINT64_CONSTANT (1790000000000000));
  engine_client_expect (&client, "{\"type\":\"reminder\",\"seat\":\"" FIXTURE_SEAT "\",\"name\":\"" FIXTURE_SEAT_NAME
                                 "\",\"room\":\"" FIXTURE_ROOM
                                 "\",\"since\":\"2026-09-21T14:13:20Z\",\"templates\":[\"debian\"]}");
  assert_newest (fixture, "reminder", 2, FIXTURE_ROOM, "debian");
  engine_client_stop (&client);
}

#define ADD(path, func) g_test_add (path, EngineFixture, NULL, engine_fixture_set_up, func, engine_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/api-planning/policy", test_policy);
  ADD ("/api-planning/policy-refused", test_policy_refused);
  ADD ("/api-planning/assign-version", test_assign_version);
  ADD ("/api-planning/assign-refused", test_assign_refused);
  ADD ("/api-planning/pin", test_pin);
  ADD ("/api-planning/deploy-leaves-pinned-out", test_deploy_leaves_pinned_out);
  ADD ("/api-planning/deploy-refused", test_deploy_refused);
  ADD ("/api-planning/deploy-to-rooms", test_deploy_to_rooms);
  ADD ("/api-planning/rollback-keeps-part", test_rollback_keeps_part);
  ADD ("/api-planning/rollback-of-pinned", test_rollback_of_pinned);
  ADD ("/api-planning/activity", test_activity);
  ADD ("/api-planning/events", test_events);
  ADD ("/api-planning/reminder", test_reminder);
  return g_test_run ();
}
