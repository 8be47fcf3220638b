/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-body.h"
#include "console/engine/api/sc-api-json.h"
#include "console/engine/api/sc-api-rooms.h"
#include "console/engine/api/sc-api-routes.h"
#include "console/engine/catalog/sc-catalog-rooms.h"
#include "console/engine/sc-json-text.h"

#define MAX_PLANNED 1000u
#define DEFAULT_SPAN (35 * G_TIME_SPAN_DAY)
#define MAX_SPAN (400 * G_TIME_SPAN_DAY)

/* What comes next, and waking seats. */

static ScJson *
json_of_planned (const ScPlanned *planned)
{
  const ScSelection *selection = planned->selection;
  ScJson *json = json_object ();

  sc_api_json_set_text (json, "kind", sc_planned_kind_to_nick (planned->kind));
  json_object_set_new (json, "at", sc_json_time (planned->at));
  json_object_set_new (json, "until", sc_api_json_of_time (planned->until));
  sc_api_json_set_text (json, "room", planned->room);
  sc_api_json_set_uint (json, "schedule", planned->schedule);
  sc_api_json_set_uint (json, "session", planned->session);
  sc_api_json_set_uint (json, "version", selection != NULL ? sc_selection_get_version (selection) : 0);
  json_object_set_new (
      json, "templates",
      sc_api_json_of_templates (selection != NULL ? sc_selection_templates_to_text (selection) : NULL));
  sc_api_json_set_uint (json, "seats", planned->seats);
  return json;
}

/* @time: (inout): stays where the query has no @key */
static gboolean
get_query_time (ScApiRequest *request, const char *key, gint64 *time, GError **error)
{
  g_autofree char *text = sc_api_request_dup_query (request, key);

  return text == NULL || sc_api_parse_time (key, text, time, error);
}

static gboolean
get_span (ScApiRequest *request, gint64 *from, gint64 *to, GError **error)
{
  *from = g_get_real_time ();
  if (!get_query_time (request, "from", from, error))
    return FALSE;
  *to = *from + DEFAULT_SPAN;
  if (!get_query_time (request, "to", to, error))
    return FALSE;
  if (*to >= *from && *to - *from <= MAX_SPAN)
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "“to” must not be before “from”, nor more than %d days after it",
               (int) (MAX_SPAN / G_TIME_SPAN_DAY));
  return FALSE;
}

void
sc_api_list_planned (ScApiRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) planned = NULL;
  gint64 from, to;
  ScJson *list;

  if (!get_span (request, &from, &to, &error)) {
    sc_api_request_fail (request, error);
    return;
  }
  planned = sc_scheduler_list_planned (request->parts->scheduler, from, to, MAX_PLANNED);
  list = json_array ();
  for (guint i = 0; i < planned->len; i++)
    json_array_append_new (list, json_of_planned (g_ptr_array_index (planned, i)));
  sc_api_request_reply (request, SOUP_STATUS_OK, json_pack ("{s:o}", "planned", list));
}

/* (element-type utf8): the ids of the room's seats that are off */
static GPtrArray *
list_off (const ScApiParts *parts, const char *room, GError **error)
{
  g_autoptr (GPtrArray) seats = NULL;
  GPtrArray *ids = NULL;

  if (!sc_catalog_check_room (parts->catalog, room, error))
    return NULL;
  seats = sc_catalog_list_seats (parts->catalog, room, error);
  if (seats == NULL)
    return NULL;
  ids = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < seats->len; i++) {
    const ScCatalogSeat *seat = g_ptr_array_index (seats, i);

    if (!sc_seat_hub_is_online (parts->hub, seat->inventory->seat))
      g_ptr_array_add (ids, g_strdup (seat->inventory->seat));
  }
  return ids;
}

static GPtrArray *
parse_whom (ScApiRequest *request, const ScJson *body, GError **error)
{
  const char *room = NULL;

  if ((json_object_get (body, "room") != NULL) == (json_object_get (body, "seats") != NULL)) {
    g_set_error_literal (error, SC_ERROR, SC_ERROR_INVALID, "name either a room or seats to wake");
    return NULL;
  }
  if (json_object_get (body, "seats") != NULL)
    return sc_api_parse_seats (request->parts->catalog, body, error);
  room = sc_json_get_string (body, "room", SC_INVENTORY_STRING_MAX, error);
  return room != NULL ? list_off (request->parts, room, error) : NULL;
}

/* @seats: ids; @errors: as sc_scheduler_wake() has them */
static ScJson *
json_of_woken (GPtrArray *seats, GPtrArray *errors)
{
  ScJson *woken = json_array ();
  ScJson *failed = json_array ();

  for (guint i = 0; i < seats->len; i++) {
    const char *error = g_ptr_array_index (errors, i);

    if (error == NULL)
      json_array_append_new (woken, json_string (g_ptr_array_index (seats, i)));
    else
      json_array_append_new (
          failed, json_pack ("{s:s, s:o}", "seat", g_ptr_array_index (seats, i), "error", sc_json_text (error)));
  }
  return json_pack ("{s:o, s:o}", "woken", woken, "failed", failed);
}

void
sc_api_wake (ScApiRequest *request)
{
  static const char *const allowed[] = { "room", "seats", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) body = sc_api_request_parse_body (request, allowed, &error);
  g_autoptr (GPtrArray) seats = body != NULL ? parse_whom (request, body, &error) : NULL;
  g_autoptr (GPtrArray) errors = NULL;

  if (seats == NULL) {
    sc_api_request_fail (request, error);
    return;
  }
  errors = sc_scheduler_wake (request->parts->scheduler, seats);
  sc_api_request_reply (request, SOUP_STATUS_OK, json_of_woken (seats, errors));
}
