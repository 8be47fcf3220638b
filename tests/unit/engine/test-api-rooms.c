/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-control.h"
#include "tests/unit/engine/engine-client.h"

#include <string.h>

/* Rooms over the API, with a seat that is connected and a client that hears the events. */

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
assert_seat (EngineFixture *fixture, const char *room, const char *place)
{
  g_autoptr (ScJson) seat = engine_ask (fixture, "GET", "/v1/seats/" FIXTURE_SEAT_NAME, NULL, 200, "Seat");
  g_autofree char *text = sc_json_to_text (json_object_get (seat, "place"));

  g_assert_cmpstr (string_of (seat, "room"), ==, room);
  g_assert_cmpstr (string_of (seat, "own_room"), ==, FIXTURE_ROOM);
  g_assert_cmpstr (text, ==, place);
}

static void
assert_rooms (EngineFixture *fixture, const char *expected)
{
  g_autoptr (ScJson) list = engine_ask (fixture, "GET", "/v1/rooms", NULL, 200, "RoomList");
  GString *text = g_string_new (NULL);
  size_t i;
  json_t *room;

  json_array_foreach (json_object_get (list, "rooms"), i, room)
  {
    g_string_append_printf (text, "%s%s: %d of %d", i > 0 ? ", " : "", string_of (room, "name"),
                            (int) int_of (room, "online"), (int) int_of (room, "seats"));
  }
  g_assert_cmpstr (text->str, ==, expected);
  g_string_free (text, TRUE);
}

static void
test_rooms (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (SoupWebsocketConnection) seat = engine_fixture_connect_seat (fixture);
  g_autoptr (ScJson) added = NULL;
  g_autoptr (ScJson) moved = NULL;
  g_autoptr (ScJson) renamed = NULL;
  g_autoptr (ScJson) session = NULL;
  g_autoptr (ScJson) back = NULL;
  g_autoptr (ScJson) removed = NULL;
  EngineClient client;

  engine_client_start (fixture, &client);
  added = engine_ask (fixture, "POST", "/v1/rooms", "{\"name\":\" Lab 2\\u00e4 \"}", 201, "Room");
  g_assert_cmpstr (string_of (added, "name"), ==, "Lab 2ä");
  engine_client_expect (&client, "{\"type\":\"room\",\"name\":\"Lab 2ä\",\"seats\":0}");
  engine_ask_in_vain (fixture, "/v1/rooms", "{\"name\":\"Lab 2ä\"}", 409, "exists", NULL);
  assert_rooms (fixture, FIXTURE_ROOM ": 1 of 1, Lab 2ä: 0 of 0");

  moved = engine_ask (fixture, "POST", "/v1/rooms/assign",
                      "{\"room\":\"Lab 2ä\",\"seats\":[\"pc-1\",\"" FIXTURE_SEAT "\"]}", 200, "SeatList");
  g_assert_cmpuint (json_array_size (json_object_get (moved, "seats")), ==, 1); /* named twice, it is still one */
  g_assert_cmpstr (string_of (json_array_get (json_object_get (moved, "seats"), 0), "room"), ==, "Lab 2ä");
  engine_client_expect (&client, "{\"type\":\"seat\",\"room\":\"Lab 2ä\",\"own_room\":\"" FIXTURE_ROOM "\"}");
  engine_client_expect (&client, "{\"type\":\"room\",\"seats\":1}");
  assert_rooms (fixture, FIXTURE_ROOM ": 0 of 0, Lab 2ä: 1 of 1");

  renamed = engine_ask (fixture, "POST", "/v1/rooms/Lab%202%C3%A4/rename", "{\"name\":\"Lab 3\"}", 200, "Room");
  g_assert_cmpint (int_of (renamed, "seats"), ==, 1);
  engine_client_expect (&client, "{\"type\":\"room\",\"name\":\"Lab 2ä\",\"deleted\":true}");
  engine_client_expect (&client, "{\"type\":\"room\",\"name\":\"Lab 3\",\"seats\":1}");
  engine_client_expect (&client, "{\"type\":\"seat\",\"room\":\"Lab 3\"}");
  engine_ask_in_vain (fixture, "/v1/rooms/Lab%203/delete", NULL, 409, "state", NULL);

  /* a deploy to a room goes to those that are in it */
  engine_ask_in_vain (fixture, "/v1/sessions", "{\"version\":1,\"room\":\"" FIXTURE_ROOM "\"}", 404, "not-found", NULL);
  session = engine_ask (fixture, "POST", "/v1/sessions", "{\"version\":1,\"room\":\"Lab 3\"}", 201, "Session");
  g_assert_cmpstr (string_of (json_array_get (json_object_get (session, "seats"), 0), "room"), ==, "Lab 3");

  back = engine_ask (fixture, "POST", "/v1/rooms/assign", "{\"room\":null,\"seats\":[\"pc-1\"]}", 200, "SeatList");
  engine_client_expect (&client, "{\"type\":\"seat\",\"room\":\"" FIXTURE_ROOM "\"}");
  removed = engine_fixture_json (fixture, "POST", "/v1/rooms/Lab%203/delete", NULL, 200);
  g_assert_cmpuint (json_object_size (removed), ==, 0);
  engine_client_expect (&client, "{\"type\":\"room\",\"name\":\"Lab 3\",\"deleted\":true}");
  assert_rooms (fixture, FIXTURE_ROOM ": 1 of 1");
  engine_client_stop (&client);
}

/* A seat that comes back stays where it was put. */
static void
test_reconnection (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (SoupWebsocketConnection) seat = engine_fixture_connect_seat (fixture);
  g_autoptr (ScJson) added = engine_fixture_json (fixture, "POST", "/v1/rooms", "{\"name\":\"Lab 2\"}", 201);
  g_autoptr (ScJson) moved =
      engine_fixture_json (fixture, "POST", "/v1/rooms/assign", "{\"room\":\"Lab 2\",\"seats\":[\"pc-1\"]}", 200);
  g_autoptr (ScJson) placed = engine_fixture_json (fixture, "POST", "/v1/rooms/Lab%202/places",
                                                   "{\"places\":[{\"seat\":\"pc-1\",\"column\":7,\"row\":3}]}", 200);

  soup_websocket_connection_close (seat, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  while (sc_seat_hub_is_online (fixture->parts.hub, FIXTURE_SEAT))
    g_main_context_iteration (NULL, TRUE);
  g_object_unref (seat);
  seat = engine_fixture_connect_seat (fixture);
  assert_seat (fixture, "Lab 2", "{\"column\":7,\"row\":3}");
  assert_rooms (fixture, FIXTURE_ROOM ": 0 of 0, Lab 2: 1 of 1");
}

/* Says with another room who it is. */
static void
say_room (SoupWebsocketConnection *seat, const char *room)
{
  g_autoptr (ScControlMessage) message = sc_control_message_new (SC_CONTROL_INVENTORY, 0);
  g_autofree char *text = NULL;

  message->inventory = sc_inventory_new ();
  g_free (message->inventory->seat);
  message->inventory->seat = g_strdup (FIXTURE_SEAT);
  g_free (message->inventory->name);
  message->inventory->name = g_strdup (FIXTURE_SEAT_NAME);
  g_free (message->inventory->room);
  message->inventory->room = g_strdup (room);
  text = sc_control_message_to_json (message);
  soup_websocket_connection_send_text (seat, text);
}

/* Clients hear of a room that a service names; the one that it left stays, for staff may have made it. */
static void
test_room_of_a_service (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (SoupWebsocketConnection) seat = engine_fixture_connect_seat (fixture);
  EngineClient client;

  engine_client_start (fixture, &client);
  say_room (seat, "B202");
  engine_client_expect (&client, "{\"type\":\"seat\",\"room\":\"B202\",\"own_room\":\"B202\"}");
  while (client.events->len < 2)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < 2; i++) { /* in either order */
    const ScJson *event = g_ptr_array_index (client.events, i);
    gboolean left = g_str_equal (string_of (event, "name"), FIXTURE_ROOM);

    g_assert_cmpstr (string_of (event, "type"), ==, "room");
    g_assert_null (json_object_get (event, "deleted"));
    if (!left)
      g_assert_cmpstr (string_of (event, "name"), ==, "B202");
  }
  assert_rooms (fixture, FIXTURE_ROOM ": 0 of 0, B202: 1 of 1");
  engine_client_stop (&client);
}

static void
test_places (EngineFixture *fixture, gconstpointer data)
{
  static const char path[] = "/v1/rooms/" FIXTURE_ROOM "/places";
  g_autoptr (ScJson) placed = NULL;
  g_autoptr (ScJson) nothing = NULL;
  g_autoptr (ScJson) cleared = NULL;
  EngineClient client;

  engine_client_start (fixture, &client);
  assert_seat (fixture, FIXTURE_ROOM, "null");
  placed =
      engine_ask (fixture, "POST", path, "{\"places\":[{\"seat\":\"pc-1\",\"column\":255,\"row\":0}]}", 200, "Room");
  assert_seat (fixture, FIXTURE_ROOM, "{\"column\":255,\"row\":0}");
  engine_client_expect (&client, "{\"type\":\"room\",\"name\":\"" FIXTURE_ROOM "\"}");
  engine_client_expect (&client, "{\"type\":\"seat\",\"place\":{\"column\":255,\"row\":0}}");
  nothing = engine_ask (fixture, "POST", path, "{\"places\":[]}", 200, "Room");
  assert_seat (fixture, FIXTURE_ROOM, "{\"column\":255,\"row\":0}");

  engine_ask_in_vain (fixture, path, "{}", 400, "invalid", NULL);
  engine_ask_in_vain (fixture, path, "{\"places\":[{\"seat\":\"pc-1\",\"column\":-1,\"row\":0}]}", 400, "invalid",
                      NULL);
  engine_ask_in_vain (fixture, path, "{\"places\":[{\"seat\":\"pc-1\",\"column\":1}]}", 400, "invalid", NULL);
  engine_ask_in_vain (fixture, path, "{\"places\":[7]}", 400, "invalid", NULL);
  engine_ask_in_vain (fixture, path, "{\"places\":[],\"clear\":1}", 400, "invalid", NULL);
  engine_ask_in_vain (fixture, path, "{\"places\":[{\"seat\":\"pc-9\",\"column\":1,\"row\":0}]}", 404, "not-found",
                      NULL);
  engine_ask_in_vain (fixture, path,
                      "{\"places\":[{\"seat\":\"pc-1\",\"column\":1,\"row\":0},"
                      "{\"seat\":\"" FIXTURE_SEAT "\",\"column\":2,\"row\":0}]}",
                      400, "invalid", NULL);

  cleared = engine_ask (fixture, "POST", path, "{\"places\":[],\"clear\":true}", 200, "Room");
  assert_seat (fixture, FIXTURE_ROOM, "null");
  engine_client_expect (&client, "{\"type\":\"seat\",\"place\":null}");
  engine_client_stop (&client);
}

/* A request with @member that names the same seat @n times. */
static char *
make_seats (const char *member, guint n)
{
  GString *text = g_string_new ("{");

  g_string_append_printf (text, "%s,\"seats\":[", member);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s\"" FIXTURE_SEAT "\"", i > 0 ? "," : "");
  g_string_append (text, "]}");
  return g_string_free (text, FALSE);
}

static void
test_caps (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *longest = g_strnfill (240, 'x');
  g_autofree char *fitting = g_strdup_printf ("{\"name\":\"%s\"}", longest);
  g_autofree char *too_long = g_strdup_printf ("{\"name\":\"%sx\"}", longest);
  g_autofree char *most = make_seats ("\"room\":null", 4096);
  g_autofree char *too_many = make_seats ("\"room\":null", 4097);
  g_autofree char *deploy = make_seats ("\"version\":1", 4096);
  g_autoptr (ScJson) room = engine_ask (fixture, "POST", "/v1/rooms", fitting, 201, "Room");
  g_autoptr (ScJson) seats = engine_ask (fixture, "POST", "/v1/rooms/assign", most, 200, "SeatList");

  g_assert_cmpstr (string_of (room, "name"), ==, longest);
  g_assert_cmpuint (json_array_size (json_object_get (seats, "seats")), ==, 1);
  engine_ask_in_vain (fixture, "/v1/rooms", too_long, 400, "invalid", NULL);
  engine_ask_in_vain (fixture, "/v1/rooms", "{\"name\":\"\\t \"}", 400, "invalid", NULL);
  engine_ask_in_vain (fixture, "/v1/rooms", "{\"name\":\"a\\u0085b\"}", 400, "invalid", NULL);
  engine_ask_in_vain (fixture, "/v1/rooms", "{\"name\":\"a\\u0000b\"}", 400, "invalid", NULL);
  engine_ask_in_vain (fixture, "/v1/rooms", "{\"name\":\"a\\u2028b\"}", 400, "invalid", NULL);
  engine_ask_in_vain (fixture, "/v1/rooms", "{\"name\":\"a\\u202eb\"}", 400, "invalid",
                      NULL); /* turns the rest of a line */
  engine_ask_in_vain (fixture, "/v1/rooms", "{\"name\":\"\\u00a0\\u200b\"}", 400, "invalid",
                      NULL); /* nothing to be seen */
  engine_ask_in_vain (fixture, "/v1/rooms", "{\"name\":\"\xff\"}", 400, "invalid", NULL);
  engine_ask_in_vain (fixture, "/v1/rooms", "{\"name\":\"..\"}", 400, "invalid", NULL); /* no path would lead to it */
  engine_ask_in_vain (fixture, "/v1/rooms/" FIXTURE_ROOM "/rename", "{\"name\":\" . \"}", 400, "invalid", NULL);
  engine_ask_in_vain (fixture, "/v1/rooms", "{\"name\":\"a\",\"seats\":[]}", 400, "invalid", NULL);
  engine_ask_in_vain (fixture, "/v1/rooms/assign", too_many, 400, "invalid", NULL);
  engine_ask_in_vain (fixture, "/v1/sessions", deploy, 409, "state",
                      NULL); /* nothing is wrong with it, but no seat is online */
  engine_ask_in_vain (fixture, "/v1/rollback", deploy, 409, "state", NULL);
  engine_ask_in_vain (fixture, "/v1/rooms/assign", "{\"room\":\"\",\"seats\":[\"pc-1\"]}", 404, "not-found", NULL);
  engine_ask_in_vain (fixture, "/v1/rooms/assign", "{\"room\":7,\"seats\":[\"pc-1\"]}", 400, "invalid", NULL);
  engine_ask_in_vain (fixture, "/v1/rooms//delete", NULL, 404, "not-found", NULL);
}

#define ADD(path, func) g_test_add (path, EngineFixture, NULL, engine_fixture_set_up, func, engine_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/api-rooms/rooms", test_rooms);
  ADD ("/api-rooms/reconnection", test_reconnection);
  ADD ("/api-rooms/room-of-a-service", test_room_of_a_service);
  ADD ("/api-rooms/places", test_places);
  ADD ("/api-rooms/caps", test_caps);
  return g_test_run ();
}
