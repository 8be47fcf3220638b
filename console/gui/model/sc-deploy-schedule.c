/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/model/sc-deploy-schedule.h"

#include "console/gui/model/sc-room-item.h"

static gboolean
has_window (ScItemList *rooms, const char *room)
{
  ScRoomItem *item = *room != '\0' ? sc_item_list_find (rooms, room) : NULL;

  return item != NULL && sc_room_item_get_info (item)->window.days != 0;
}

GPtrArray *
sc_deploy_schedule_list_rooms (ScDeployPlan *plan)
{
  ScFilterList *seats = sc_deploy_plan_get_seats (plan);
  GPtrArray *rooms = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < sc_filter_list_get_length (seats); i++) {
    const char *room = sc_seat_item_get_info (sc_filter_list_at (seats, i))->room;

    if (!g_ptr_array_find_with_equal_func (rooms, room, g_str_equal, NULL))
      g_ptr_array_add (rooms, g_strdup (room));
  }
  return rooms;
}

const char *
sc_deploy_schedule_get_zone (ScDeployPlan *plan, ScItemList *rooms)
{
  g_autoptr (GPtrArray) names = sc_deploy_schedule_list_rooms (plan);
  const char *zone = NULL;

  for (guint i = 0; i < names->len; i++) {
    const char *each = has_window (rooms, names->pdata[i])
                           ? sc_room_item_get_info (sc_item_list_find (rooms, names->pdata[i]))->window.zone
                           : "";

    if (zone != NULL && !g_str_equal (zone, each))
      return "";
    zone = each;
  }
  return zone != NULL ? zone : "";
}

gboolean
sc_deploy_schedule_is_complete (ScDeployPlan *plan, const ScDeployWhen *when, gint64 now)
{
  if (sc_deploy_plan_get_version (plan) == 0 || sc_filter_list_get_length (sc_deploy_plan_get_seats (plan)) == 0)
    return FALSE;
  if (when->unreadable)
    return FALSE;
  if (when->moment == SC_DEPLOY_AT)
    return when->at > now;
  return when->moment != SC_DEPLOY_REPEATEDLY || when->days != 0;
}

static ScJson *
make_when (const ScDeployWhen *when, const char *zone)
{
  g_autoptr (GDateTime) at = g_date_time_new_from_unix_utc (when->at / G_USEC_PER_SEC);
  g_autofree char *text = at != NULL ? g_date_time_format (at, "%Y-%m-%dT%H:%M:%SZ") : NULL;
  g_autofree char *time = g_strdup_printf ("%02u:%02u", when->minute / 60 % 24, when->minute % 60);

  if (when->moment == SC_DEPLOY_IN_WINDOW)
    return json_pack ("{s:s}", "kind", "window");
  if (when->moment == SC_DEPLOY_AT)
    return json_pack ("{s:s, s:s}", "kind", "at", "at", text != NULL ? text : "");
  return json_pack ("{s:s, s:o, s:s, s:s}", "kind", "repeat", "days", sc_days_to_json (when->days), "time", time,
                    "zone", zone);
}

/* Of the seats, or of their rooms, those for which having a window is @window; NULL when there are none. */
static ScJson *
list_some (ScDeployPlan *plan, ScItemList *rooms, gboolean window, gboolean seats)
{
  ScFilterList *chosen = sc_deploy_plan_get_seats (plan);
  g_autoptr (GPtrArray) names = sc_deploy_schedule_list_rooms (plan);
  g_autoptr (ScJson) some = json_array ();

  for (guint i = 0; seats && i < sc_filter_list_get_length (chosen); i++) {
    const ScSeatInfo *info = sc_seat_item_get_info (sc_filter_list_at (chosen, i));

    if (has_window (rooms, info->room) == window)
      json_array_append_new (some, json_string (info->id));
  }
  for (guint i = 0; !seats && i < names->len; i++)
    if (has_window (rooms, names->pdata[i]) == window)
      json_array_append_new (some, json_string (names->pdata[i]));
  return json_array_size (some) > 0 ? g_steal_pointer (&some) : NULL;
}

/* Seats that are in no room have no name to be called by together. */
static gboolean
by_seats (ScDeployPlan *plan)
{
  g_autoptr (GPtrArray) names = sc_deploy_schedule_list_rooms (plan);

  return sc_deploy_plan_get_target (plan) == SC_DEPLOY_TO_SEATS ||
         g_ptr_array_find_with_equal_func (names, "", g_str_equal, NULL);
}

/* @body: (transfer full): a deploy of all that is chosen, made one of some of it */
static ScJson *
restrict_to (ScDeployPlan *plan, ScJson *body, ScItemList *rooms, gboolean window)
{
  gboolean seats = by_seats (plan);
  ScJson *some = list_some (plan, rooms, window, seats);

  json_object_del (body, "room");
  json_object_del (body, "rooms");
  json_object_del (body, "seats");
  if (some == NULL) {
    json_decref (body);
    return NULL;
  }
  json_object_set_new (body, seats ? "seats" : "rooms", some);
  return body;
}

ScJson *
sc_deploy_schedule_to_body (ScDeployPlan *plan, const ScDeployWhen *when, ScItemList *rooms)
{
  ScJson *body = NULL, *rate = NULL;

  if (when->moment == SC_DEPLOY_NOW)
    return NULL;
  body = sc_deploy_plan_to_body (plan, FALSE);
  rate = json_object_get (body, "rate_cap");
  if (rate != NULL)
    json_object_set (body, "rate_cap_bits_per_second", rate);
  json_object_del (body, "rate_cap");
  if (when->what != SC_DEPLOY_THIS) {
    json_object_del (body, "version");
    json_object_del (body, "templates");
    json_object_set_new (body, "what", json_string (when->what == SC_DEPLOY_NEWEST ? "newest" : "assigned"));
  }
  json_object_set_new (body, "when", make_when (when, sc_deploy_schedule_get_zone (plan, rooms)));
  return when->moment == SC_DEPLOY_IN_WINDOW ? restrict_to (plan, body, rooms, TRUE) : body;
}

ScJson *
sc_deploy_schedule_rest_to_body (ScDeployPlan *plan, const ScDeployWhen *when, ScItemList *rooms)
{
  if (when->moment == SC_DEPLOY_NOW)
    return sc_deploy_plan_to_body (plan, FALSE);
  if (when->moment != SC_DEPLOY_IN_WINDOW)
    return NULL;
  return restrict_to (plan, sc_deploy_plan_to_body (plan, FALSE), rooms, FALSE);
}
