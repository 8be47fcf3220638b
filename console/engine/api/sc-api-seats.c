/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-json.h"
#include "console/engine/api/sc-api-routes.h"

#include <string.h>

void
sc_api_list_seats (ScApiRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) seats = sc_catalog_list_seats (request->parts->catalog, &error);
  ScJson *list = NULL;

  if (seats == NULL) {
    sc_api_request_fail (request, error);
    return;
  }
  list = json_array ();
  for (guint i = 0; i < seats->len; i++)
    json_array_append_new (list, sc_api_json_of_seat (request->parts, g_ptr_array_index (seats, i)));
  sc_api_request_reply (request, SOUP_STATUS_OK, json_pack ("{s:o}", "seats", list));
}

void
sc_api_get_seat (ScApiRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogSeat) seat = sc_catalog_find_seat (request->parts->catalog, request->arguments[0], &error);

  if (seat == NULL)
    sc_api_request_fail (request, error);
  else
    sc_api_request_reply (request, SOUP_STATUS_OK, sc_api_json_of_seat (request->parts, seat));
}

void
sc_api_catch_up (ScApiRequest *request)
{
  static const char *const allowed[] = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) body = sc_api_request_parse_body (request, allowed, &error);
  g_autoptr (ScCatalogSeat) seat = NULL;

  if (body != NULL)
    seat = sc_catalog_find_seat (request->parts->catalog, request->arguments[0], &error);
  if (seat == NULL || !sc_sessions_catch_up (request->parts->sessions, seat->inventory->seat, &error))
    sc_api_request_fail (request, error);
  else
    sc_api_request_reply (request, SOUP_STATUS_ACCEPTED, sc_api_json_of_seat (request->parts, seat));
}

typedef struct {
  const char *name;
  guint64 seats, online, current, behind, drifted, unknown, assigned_version;
} Room;

static void
count_seat (Room *room, const ScApiParts *parts, const ScCatalogSeat *seat)
{
  const char *state = sc_api_version_state (seat);

  room->seats++;
  room->online += sc_seat_hub_is_online (parts->hub, seat->inventory->seat);
  room->current += strcmp (state, "current") == 0;
  room->behind += strcmp (state, "behind") == 0;
  room->drifted += strcmp (state, "drifted") == 0;
  room->unknown += strcmp (state, "unknown") == 0;
  room->assigned_version = MAX (room->assigned_version, seat->assigned_version);
}

static ScJson *
json_of_room (const Room *room)
{
  ScJson *json = json_object ();

  sc_api_json_set_text (json, "name", room->name);
  sc_api_json_set_uint (json, "seats", room->seats);
  sc_api_json_set_uint (json, "online", room->online);
  sc_api_json_set_uint (json, "current", room->current);
  sc_api_json_set_uint (json, "behind", room->behind);
  sc_api_json_set_uint (json, "drifted", room->drifted);
  sc_api_json_set_uint (json, "unknown", room->unknown);
  sc_api_json_set_uint (json, "assigned_version", room->assigned_version);
  return json;
}

void
sc_api_list_rooms (ScApiRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) seats = sc_catalog_list_seats (request->parts->catalog, &error);
  ScJson *list = NULL;

  if (seats == NULL) {
    sc_api_request_fail (request, error);
    return;
  }
  list = json_array ();
  for (guint i = 0; i < seats->len;) { /* sorted by room */
    Room room = { .name = ((const ScCatalogSeat *) g_ptr_array_index (seats, i))->inventory->room };

    for (; i < seats->len; i++) {
      const ScCatalogSeat *seat = g_ptr_array_index (seats, i);

      if (strcmp (seat->inventory->room, room.name) != 0)
        break;
      count_seat (&room, request->parts, seat);
    }
    json_array_append_new (list, json_of_room (&room));
  }
  sc_api_request_reply (request, SOUP_STATUS_OK, json_pack ("{s:o}", "rooms", list));
}
