/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-room-json.h"

#include "console/engine/api/sc-api-json.h"
#include "console/engine/catalog/sc-catalog-desired.h"

#include <string.h>

typedef struct {
  guint64 seats, online, current, behind, drifted, unknown, pinned, due, assigned_version;
} Counts;

static void
count_seat (Counts *counts, const ScApiParts *parts, const ScCatalogSeat *seat)
{
  const char *state = sc_api_version_state (parts, seat);

  counts->seats++;
  counts->online += sc_seat_hub_is_online (parts->hub, seat->inventory->seat);
  counts->current += strcmp (state, "current") == 0;
  counts->behind += strcmp (state, "behind") == 0;
  counts->drifted += strcmp (state, "drifted") == 0;
  counts->unknown += strcmp (state, "unknown") == 0;
  counts->pinned += seat->pinned;
  counts->due += (seat->due & SC_DUE_SESSION) != 0;
  counts->assigned_version = MAX (counts->assigned_version, seat->assigned_version);
}

static ScJson *
json_of_assignment (const ScSelection *assigned)
{
  ScJson *json;

  if (assigned == NULL)
    return json_null ();
  json = json_object ();
  sc_api_json_set_uint (json, "version", sc_selection_get_version (assigned));
  json_object_set_new (json, "templates", sc_api_json_of_templates (sc_selection_templates_to_text (assigned)));
  return json;
}

/* The policy, and how its window stands at the moment. */
static ScJson *
json_of_policy (const ScRoomPolicy *policy)
{
  ScJson *json = sc_room_policy_to_json (policy);
  ScJson *window = json_object_get (json, "window");
  gint64 now = g_get_real_time ();
  gint64 closes = G_MAXINT64;
  gint64 opens;

  if (!json_is_object (window))
    return json;
  opens = sc_window_next_opening (&policy->window, now);
  json_object_set_new (window, "open", json_boolean (sc_window_is_open (&policy->window, now, &closes)));
  if (!json_is_true (json_object_get (window, "open")) && opens != G_MAXINT64)
    sc_window_is_open (&policy->window, opens, &closes);
  json_object_set_new (window, "opens", sc_api_json_of_time (opens));
  json_object_set_new (window, "closes", sc_api_json_of_time (closes));
  return json;
}

/* @seats: those of the room count */
static ScJson *
json_of_room (const ScApiParts *parts, const ScCatalogRoom *room, GPtrArray *seats)
{
  Counts counts = { 0 };
  ScJson *json = json_object ();

  for (guint i = 0; i < seats->len; i++) {
    const ScCatalogSeat *seat = g_ptr_array_index (seats, i);

    if (strcmp (seat->room, room->name) == 0)
      count_seat (&counts, parts, seat);
  }
  sc_api_json_set_text (json, "name", room->name);
  sc_api_json_set_uint (json, "seats", counts.seats);
  sc_api_json_set_uint (json, "online", counts.online);
  sc_api_json_set_uint (json, "current", counts.current);
  sc_api_json_set_uint (json, "behind", counts.behind);
  sc_api_json_set_uint (json, "drifted", counts.drifted);
  sc_api_json_set_uint (json, "unknown", counts.unknown);
  sc_api_json_set_uint (json, "pinned", counts.pinned);
  sc_api_json_set_uint (json, "due", counts.due);
  sc_api_json_set_uint (json, "assigned_version", counts.assigned_version);
  json_object_set_new (json, "assignment", json_of_assignment (room->assigned));
  json_object_set_new (json, "policy", json_of_policy (&room->policy));
  return json;
}

/* The seats that are in no room: nothing is assigned to them together, and they have no window. */
static ScCatalogRoom *
make_no_room (void)
{
  ScCatalogRoom *room = g_new0 (ScCatalogRoom, 1);

  room->name = g_strdup ("");
  sc_room_policy_init (&room->policy);
  return room;
}

ScJson *
sc_api_json_of_room (const ScApiParts *parts, const char *name, GError **error)
{
  g_autoptr (ScCatalogRoom) room = *name != '\0' ? sc_catalog_load_room (parts->catalog, name, error) : make_no_room ();
  g_autoptr (GPtrArray) seats = room != NULL ? sc_catalog_list_seats (parts->catalog, name, error) : NULL;

  return seats != NULL ? json_of_room (parts, room, seats) : NULL;
}

ScJson *
sc_api_json_of_rooms (const ScApiParts *parts, GError **error)
{
  g_autoptr (GPtrArray) seats = sc_catalog_list_seats (parts->catalog, NULL, error);
  g_autoptr (GPtrArray) rooms = seats != NULL ? sc_catalog_load_rooms (parts->catalog, error) : NULL;
  ScJson *list = NULL;

  if (rooms == NULL)
    return NULL;
  list = json_array ();
  if (seats->len > 0 && *((const ScCatalogSeat *) g_ptr_array_index (seats, 0))->room == '\0') { /* sorted by room */
    g_autoptr (ScCatalogRoom) none = make_no_room ();

    json_array_append_new (list, json_of_room (parts, none, seats));
  }
  for (guint i = 0; i < rooms->len; i++)
    json_array_append_new (list, json_of_room (parts, g_ptr_array_index (rooms, i), seats));
  return list;
}
