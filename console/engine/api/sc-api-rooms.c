/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-rooms.h"

#include "common/sc-error.h"
#include "common/sc-text.h"
#include "console/engine/api/sc-api-json.h"
#include "console/engine/api/sc-api-room-json.h"
#include "console/engine/api/sc-api-routes.h"
#include "console/engine/catalog/sc-catalog-rooms.h"
#include "console/engine/sc-json-text.h"

#include <string.h>

#define MAX_SEATS 4096u
#define MAX_COORDINATE 255u

void
sc_api_tell_room (const ScApiParts *parts, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) json = NULL;

  if (!sc_events_has_clients (parts->events))
    return;
  json = sc_api_json_of_room (parts, name, &error);
  if (g_error_matches (error, SC_ERROR, SC_ERROR_NOT_FOUND))
    json = json_pack ("{s:o, s:b}", "name", sc_json_text (name), "deleted", TRUE);
  if (json != NULL)
    sc_events_emit (parts->events, "room", json);
  else
    g_warning ("cannot tell that room “%s” changed: %s", name, error->message);
}

void
sc_api_list_rooms (ScApiRequest *request)
{
  g_autoptr (GError) error = NULL;
  ScJson *list = sc_api_json_of_rooms (request->parts, &error);

  if (list == NULL)
    sc_api_request_fail (request, error);
  else
    sc_api_request_reply (request, SOUP_STATUS_OK, json_pack ("{s:o}", "rooms", list));
}

void
sc_api_reply_room (ScApiRequest *request, guint status, const char *name)
{
  g_autoptr (GError) error = NULL;
  ScJson *json = sc_api_json_of_room (request->parts, name, &error);

  if (json == NULL)
    sc_api_request_fail (request, error);
  else
    sc_api_request_reply (request, status, json);
}

/* The name that a room is to have, without blanks around it. Returns: (transfer full) */
char *
sc_api_parse_room (const ScJson *body, const char *key, GError **error)
{
  const char *text = sc_json_get_string (body, key, SC_INVENTORY_STRING_MAX, error);
  g_autofree char *name = NULL;

  if (text == NULL)
    return NULL;
  name = g_strstrip (g_strdup (text));
  if (!sc_text_is_line (name)) {
    g_set_error_literal (error, SC_ERROR, SC_ERROR_INVALID,
                         "a room's name is one line of text: there is a control character in this one");
    return NULL;
  }
  if (strcmp (name, ".") == 0 || strcmp (name, "..") == 0) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "a room cannot be called “%s”, which means a directory in an address", name);
    return NULL;
  }
  if (!sc_text_is_blank (name))
    return g_steal_pointer (&name);
  g_set_error_literal (error, SC_ERROR, SC_ERROR_INVALID, "the room's name is empty: say what people call it");
  return NULL;
}

void
sc_api_add_room (ScApiRequest *request)
{
  static const char *const allowed[] = { "name", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) body = sc_api_request_parse_body (request, allowed, &error);
  g_autofree char *name = body != NULL ? sc_api_parse_room (body, "name", &error) : NULL;

  if (name == NULL || !sc_catalog_add_room (request->parts->catalog, name, &error)) {
    sc_api_request_fail (request, error);
    return;
  }
  sc_scheduler_look (request->parts->scheduler);
  sc_api_tell_room (request->parts, name);
  sc_api_reply_room (request, SOUP_STATUS_CREATED, name);
}

void
sc_api_touch_seats (const ScApiParts *parts, const char *room)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) seats = sc_catalog_list_seats (parts->catalog, room, &error);

  if (seats == NULL)
    g_warning ("cannot tell that the seats of room “%s” changed: %s", room, error->message);
  for (guint i = 0; seats != NULL && i < seats->len; i++)
    sc_seat_hub_touch (parts->hub, ((const ScCatalogSeat *) g_ptr_array_index (seats, i))->inventory->seat);
}

void
sc_api_rename_room (ScApiRequest *request)
{
  static const char *const allowed[] = { "name", NULL };
  const char *room = request->arguments[0];
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) body = sc_api_request_parse_body (request, allowed, &error);
  g_autofree char *name = body != NULL ? sc_api_parse_room (body, "name", &error) : NULL;

  if (name == NULL || !sc_catalog_rename_room (request->parts->catalog, room, name, &error)) {
    sc_api_request_fail (request, error);
    return;
  }
  sc_scheduler_look (request->parts->scheduler);
  if (strcmp (room, name) != 0)
    sc_api_tell_room (request->parts, room);
  sc_api_tell_room (request->parts, name);
  sc_api_touch_seats (request->parts, name);
  sc_api_reply_room (request, SOUP_STATUS_OK, name);
}

void
sc_api_remove_room (ScApiRequest *request)
{
  static const char *const allowed[] = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) body = sc_api_request_parse_body (request, allowed, &error);

  if (body == NULL || !sc_catalog_remove_room (request->parts->catalog, request->arguments[0], &error)) {
    sc_api_request_fail (request, error);
    return;
  }
  sc_scheduler_look (request->parts->scheduler);
  sc_api_tell_room (request->parts, request->arguments[0]);
  sc_api_request_reply (request, SOUP_STATUS_OK, json_object ());
}

GPtrArray *
sc_api_parse_seats (ScCatalog *catalog, const ScJson *body, GError **error)
{
  g_autoptr (GPtrArray) names = sc_json_get_strings (body, "seats", MAX_SEATS, SC_INVENTORY_STRING_MAX, error);
  g_autoptr (GHashTable) listed = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);

  if (names == NULL)
    return NULL;
  for (guint i = 0; i < names->len; i++) {
    g_autoptr (ScCatalogSeat) seat = sc_catalog_find_seat (catalog, g_ptr_array_index (names, i), error);

    if (seat == NULL)
      return NULL;
    if (g_hash_table_contains (listed, seat->inventory->seat))
      continue;
    g_ptr_array_add (ids, g_strdup (seat->inventory->seat));
    g_hash_table_add (listed, g_ptr_array_index (ids, ids->len - 1));
  }
  if (ids->len > 0)
    return g_steal_pointer (&ids);
  g_set_error_literal (error, SC_ERROR, SC_ERROR_INVALID, "“seats” is empty: name those that you mean");
  return NULL;
}

/* @room: (out) (nullable): NULL: each seat's own one; stays @body's */
static gboolean
parse_room (const ScJson *body, const char **room, GError **error)
{
  *room = NULL;
  if (json_is_null (json_object_get (body, "room")))
    return TRUE;
  *room = sc_json_get_string (body, "room", SC_INVENTORY_STRING_MAX, error);
  return *room != NULL;
}

static void
reply_seats (ScApiRequest *request, GPtrArray *ids)
{
  ScJson *list = json_array ();

  for (guint i = 0; i < ids->len; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (ScCatalogSeat) seat = sc_catalog_find_seat (request->parts->catalog, g_ptr_array_index (ids, i), &error);

    if (seat == NULL) {
      json_decref (list);
      sc_api_request_fail (request, error);
      return;
    }
    json_array_append_new (list, sc_api_json_of_seat (request->parts, seat));
  }
  sc_api_request_reply (request, SOUP_STATUS_OK, json_pack ("{s:o}", "seats", list));
}

void
sc_api_assign_room (ScApiRequest *request)
{
  static const char *const allowed[] = { "room", "seats", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) body = sc_api_request_parse_body (request, allowed, &error);
  g_autoptr (GPtrArray) seats = NULL;
  const char *room = NULL;

  if (body != NULL && parse_room (body, &room, &error))
    seats = sc_api_parse_seats (request->parts->catalog, body, &error);
  if (seats == NULL || !sc_catalog_assign_room (request->parts->catalog, seats, room, &error)) {
    sc_api_request_fail (request, error);
    return;
  }
  sc_scheduler_look (request->parts->scheduler);
  for (guint i = 0; i < seats->len; i++)
    sc_seat_hub_touch (request->parts->hub, g_ptr_array_index (seats, i));
  reply_seats (request, seats);
}

static gboolean
parse_place (ScCatalog *catalog, const ScJson *entry, ScCatalogPlacement *place, GPtrArray *seats, GError **error)
{
  const char *name = sc_json_get_string (entry, "seat", SC_INVENTORY_STRING_MAX, error);
  g_autoptr (ScCatalogSeat) seat = name != NULL ? sc_catalog_find_seat (catalog, name, error) : NULL;
  guint64 column, row;

  if (seat == NULL || !sc_json_get_uint (entry, "column", MAX_COORDINATE, &column, error) ||
      !sc_json_get_uint (entry, "row", MAX_COORDINATE, &row, error))
    return FALSE;
  if (g_ptr_array_find_with_equal_func (seats, seat->inventory->seat, g_str_equal, NULL)) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "seat “%s” is given two places", name);
    return FALSE;
  }
  place->seat = g_strdup (seat->inventory->seat);
  place->column = (guint8) column;
  place->row = (guint8) row;
  g_ptr_array_add (seats, (gpointer) place->seat);
  return TRUE;
}

/* @seats: (inout) (element-type utf8): gets the ids, to which the placements point. Returns: of ScCatalogPlacement */
static GArray *
parse_places (ScCatalog *catalog, const ScJson *body, GPtrArray *seats, GError **error)
{
  const ScJson *list = sc_json_get_array (body, "places", MAX_SEATS, error);
  g_autoptr (GArray) places = g_array_new (FALSE, TRUE, sizeof (ScCatalogPlacement));

  if (list == NULL)
    return NULL;
  g_array_set_size (places, (guint) json_array_size (list));
  for (guint i = 0; i < places->len; i++)
    if (!parse_place (catalog, json_array_get (list, i), &g_array_index (places, ScCatalogPlacement, i), seats, error))
      return NULL;
  return g_steal_pointer (&places);
}

void
sc_api_set_places (ScApiRequest *request)
{
  static const char *const allowed[] = { "places", "clear", NULL };
  const ScApiParts *parts = request->parts;
  const char *room = request->arguments[0];
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) body = sc_api_request_parse_body (request, allowed, &error);
  g_autoptr (GPtrArray) seats = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) places = NULL;
  gboolean clear = FALSE;

  if (body != NULL && (json_object_get (body, "clear") == NULL || sc_json_get_bool (body, "clear", &clear, &error)))
    places = parse_places (parts->catalog, body, seats, &error);
  if (places == NULL ||
      !sc_catalog_set_places (parts->catalog, room, (const ScCatalogPlacement *) (void *) places->data, places->len,
                              clear, &error)) {
    sc_api_request_fail (request, error);
    return;
  }
  if (clear)
    sc_api_touch_seats (parts, room);
  for (guint i = 0; !clear && i < seats->len; i++)
    sc_seat_hub_touch (parts->hub, g_ptr_array_index (seats, i));
  sc_api_tell_room (parts, room);
  sc_api_reply_room (request, SOUP_STATUS_OK, room);
}
