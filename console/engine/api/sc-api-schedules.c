/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-body.h"
#include "console/engine/api/sc-api-json.h"
#include "console/engine/api/sc-api-rooms.h"
#include "console/engine/api/sc-api-routes.h"
#include "console/engine/catalog/sc-catalog-rooms.h"
#include "console/engine/catalog/sc-catalog-schedules.h"
#include "console/engine/schedule/sc-window-json.h"
#include "console/engine/sc-json-text.h"

#define MAX_LISTED 1000u
#define MAX_ZONE 64u

/* Its members are null where they are not of the schedule's kind. */
static ScJson *
json_of_when (const ScCatalogSchedule *schedule)
{
  gboolean repeated = schedule->kind == SC_SCHEDULE_REPEAT;
  ScJson *json = json_object ();

  sc_api_json_set_text (json, "kind", sc_schedule_kind_to_nick (schedule->kind));
  json_object_set_new (json, "at", repeated ? json_null () : sc_json_time (schedule->at));
  json_object_set_new (json, "days", repeated ? sc_window_days_to_json (schedule->days) : json_null ());
  json_object_set_new (json, "time", repeated ? sc_window_minute_to_json (schedule->minute) : json_null ());
  json_object_set_new (json, "zone", repeated ? sc_json_text (schedule->zone) : json_null ());
  return json;
}

/* When its session really begins: a window that is closed at its time is waited for. */
static gint64
find_next (ScCatalog *catalog, const ScCatalogSchedule *schedule)
{
  g_autoptr (ScCatalogRoom) room = NULL;
  gint64 opens = G_MAXINT64;

  if (schedule->next == 0 || *schedule->room == '\0')
    return schedule->next;
  room = sc_catalog_load_room (catalog, schedule->room, NULL); /* it may be gone */
  if (room != NULL && !sc_window_is_open (&room->policy.window, schedule->next, NULL))
    opens = sc_window_next_opening (&room->policy.window, schedule->next);
  return opens != G_MAXINT64 ? opens : schedule->next;
}

static ScJson *
json_of_schedule (ScCatalog *catalog, const ScCatalogSchedule *schedule)
{
  ScJson *json = json_object ();

  sc_api_json_set_uint (json, "id", schedule->id);
  sc_api_json_set_text (json, "what", sc_schedule_what_to_nick (schedule->what));
  sc_api_json_set_uint (json, "version", schedule->version);
  json_object_set_new (json, "templates", sc_api_json_of_templates (schedule->templates));
  sc_api_json_set_text (json, "room", schedule->room);
  sc_json_set_strings (json, "seats", schedule->seats, SC_API_MAX_SEATS);
  json_object_set_new (json, "when", json_of_when (schedule));
  json_object_set_new (json, "wake", json_boolean (schedule->wake));
  json_object_set_new (json, "power_off", json_boolean (schedule->power_off));
  json_object_set_new (json, "rate_cap_bits_per_second",
                       schedule->rate_cap_set ? json_integer ((json_int_t) schedule->rate_cap) : json_null ());
  sc_api_json_set_text (json, "author", schedule->author);
  json_object_set_new (json, "created", sc_json_time (schedule->created));
  json_object_set_new (json, "next", sc_api_json_of_time (find_next (catalog, schedule)));
  json_object_set_new (json, "last", sc_json_time (schedule->last));
  sc_api_json_set_uint (json, "last_session", schedule->last_session);
  sc_api_json_set_text (json, "state", sc_schedule_state_to_nick (schedule->state));
  sc_api_json_set_text (json, "error", schedule->error);
  return json;
}

void
sc_api_list_schedules (ScApiRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) schedules = NULL;
  gboolean all = FALSE;
  ScJson *list = NULL;

  if (sc_api_request_get_query_flag (request, "all", &all, &error))
    schedules = sc_catalog_list_schedules (request->parts->catalog, !all, MAX_LISTED, &error);
  if (schedules == NULL) {
    sc_api_request_fail (request, error);
    return;
  }
  list = json_array ();
  for (guint i = 0; i < schedules->len; i++)
    json_array_append_new (list, json_of_schedule (request->parts->catalog, g_ptr_array_index (schedules, i)));
  sc_api_request_reply (request, SOUP_STATUS_OK, json_pack ("{s:o}", "schedules", list));
}

static void
reply_schedule (ScApiRequest *request, guint64 id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogSchedule) schedule = sc_catalog_get_schedule (request->parts->catalog, id, &error);

  if (schedule == NULL)
    sc_api_request_fail (request, error);
  else
    sc_api_request_reply (request, SOUP_STATUS_OK, json_of_schedule (request->parts->catalog, schedule));
}

void
sc_api_get_schedule (ScApiRequest *request)
{
  g_autoptr (GError) error = NULL;
  guint64 id = 0;

  if (!sc_api_request_get_number (request, 0, G_MAXINT64, &id, &error))
    sc_api_request_fail (request, error);
  else
    reply_schedule (request, id);
}

/* The members of "when" that its kind has, and no others. */
static gboolean
check_when (const ScJson *when, const char *const *allowed, GError **error)
{
  const char *key;
  json_t *value;

  json_object_foreach ((json_t *) when, key, value) if (!g_strv_contains (allowed, key))
  {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "“when” of the kind “%s” takes no member “%s”: see openapi.json",
                 json_string_value (json_object_get (when, "kind")), key);
    return FALSE;
  }
  return TRUE;
}

static gboolean
parse_at (const ScJson *when, ScCatalogSchedule *schedule, GError **error)
{
  static const char *const allowed[] = { "kind", "at", NULL };
  const char *text = sc_json_get_string (when, "at", 64, error);

  return text != NULL && check_when (when, allowed, error) && sc_api_parse_time ("“at”", text, &schedule->at, error);
}

static gboolean
parse_repeat (const ScJson *when, ScCatalogSchedule *schedule, GError **error)
{
  static const char *const allowed[] = { "kind", "days", "time", "zone", NULL };
  const char *zone = json_object_get (when, "zone") != NULL ? sc_json_get_string (when, "zone", MAX_ZONE, error) : "";

  if (zone == NULL || !check_when (when, allowed, error) ||
      !sc_window_days_from_json (when, "days", &schedule->days, error) ||
      !sc_window_minute_from_json (when, "time", &schedule->minute, error))
    return FALSE;
  schedule->zone = g_strdup (zone);
  return TRUE;
}

static gboolean
parse_when (const ScJson *body, ScCatalogSchedule *schedule, GError **error)
{
  static const char *const only_kind[] = { "kind", NULL };
  const ScJson *when = json_object_get (body, "when");
  const char *kind = NULL;

  if (!json_is_object (when)) {
    g_set_error_literal (error, SC_ERROR, SC_ERROR_INVALID,
                         "“when” must be an object of “kind” (“at”, “window” or “repeat”) and what that needs");
    return FALSE;
  }
  kind = sc_json_get_string (when, "kind", 16, error);
  if (kind == NULL)
    return FALSE;
  if (!sc_schedule_kind_from_nick (kind, &schedule->kind)) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "“%s” is no kind of “when”: “at”, “window” or “repeat”", kind);
    return FALSE;
  }
  if (schedule->kind == SC_SCHEDULE_AT)
    return parse_at (when, schedule, error);
  return schedule->kind == SC_SCHEDULE_REPEAT ? parse_repeat (when, schedule, error)
                                              : check_when (when, only_kind, error);
}

/* A version where one is meant, and none where not. */
static gboolean
parse_version (ScStore *store, const ScJson *body, ScCatalogSchedule *schedule, GError **error)
{
  g_autoptr (ScSelection) selection = NULL;

  if (schedule->what == SC_SCHEDULE_VERSION) {
    if (!sc_api_parse_assignment (store, body, &selection, error))
      return FALSE;
    if (selection != NULL) {
      schedule->version = sc_selection_get_version (selection);
      schedule->templates = g_strdup (sc_selection_templates_to_text (selection));
      return TRUE;
    }
    g_set_error_literal (error, SC_ERROR, SC_ERROR_INVALID,
                         "name a version from 1 on, or “what”: “newest”, “assigned”");
    return FALSE;
  }
  if (json_object_get (body, "version") == NULL && json_object_get (body, "templates") == NULL)
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
               "what comes then is “%s”: neither a version nor templates can be named as well",
               sc_schedule_what_to_nick (schedule->what));
  return FALSE;
}

static gboolean
parse_what (ScStore *store, const ScJson *body, ScCatalogSchedule *schedule, GError **error)
{
  const char *what = "version";

  if (json_object_get (body, "what") != NULL)
    what = sc_json_get_string (body, "what", 16, error);
  if (what == NULL)
    return FALSE;
  if (sc_schedule_what_from_nick (what, &schedule->what))
    return parse_version (store, body, schedule, error);
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "“what” is “%s”, but must be “version”, “newest” or “assigned”",
               what);
  return FALSE;
}

/* All but whom it is for. */
static ScCatalogSchedule *
parse_schedule (ScApiRequest *request, const ScJson *body, GError **error)
{
  g_autoptr (ScCatalogSchedule) schedule = g_new0 (ScCatalogSchedule, 1);

  if (!parse_what (request->parts->store, body, schedule, error) || !parse_when (body, schedule, error) ||
      !sc_api_parse_flag (body, "wake", &schedule->wake, error) ||
      !sc_api_parse_flag (body, "power_off", &schedule->power_off, error) ||
      !sc_api_parse_rate_cap (body, "rate_cap_bits_per_second", &schedule->rate_cap_set, &schedule->rate_cap, error))
    return NULL;
  schedule->author = g_strdup (request->principal.name);
  return g_steal_pointer (&schedule);
}

/* One more like @pattern, for @room's seats. */
static ScCatalogSchedule *
copy_for (const ScCatalogSchedule *pattern, const char *room)
{
  ScCatalogSchedule *copy = g_new0 (ScCatalogSchedule, 1);

  *copy = *pattern;
  copy->templates = g_strdup (pattern->templates);
  copy->room = g_strdup (room);
  copy->seats = g_ptr_array_new_with_free_func (g_free);
  copy->zone = g_strdup (pattern->zone);
  copy->author = g_strdup (pattern->author);
  copy->error = NULL;
  return copy;
}

/* @schedules: (inout): gets one for each room that the seats are in */
static gboolean
add_for_seats (ScCatalog *catalog, const ScJson *body, const ScCatalogSchedule *pattern, GPtrArray *schedules,
               GError **error)
{
  g_autoptr (GPtrArray) ids = sc_api_parse_seats (catalog, body, error);
  g_autoptr (GHashTable) rooms = g_hash_table_new (g_str_hash, g_str_equal); /* their names → theirs */

  for (guint i = 0; ids != NULL && i < ids->len; i++) {
    g_autoptr (ScCatalogSeat) seat = sc_catalog_find_seat (catalog, g_ptr_array_index (ids, i), error);
    ScCatalogSchedule *schedule = seat != NULL ? g_hash_table_lookup (rooms, seat->room) : NULL;

    if (seat == NULL)
      return FALSE;
    if (schedule == NULL) {
      schedule = copy_for (pattern, seat->room);
      g_ptr_array_add (schedules, schedule);
      g_hash_table_insert (rooms, schedule->room, schedule);
    }
    g_ptr_array_add (schedule->seats, g_strdup (seat->inventory->seat));
  }
  return ids != NULL;
}

/* Every room, and the seats that are in none. */
static gboolean
add_for_all (ScCatalog *catalog, const ScCatalogSchedule *pattern, GPtrArray *schedules, GError **error)
{
  g_autoptr (GPtrArray) rooms = sc_catalog_list_rooms (catalog, error);
  g_autoptr (GPtrArray) seats = rooms != NULL ? sc_catalog_list_seats (catalog, "", error) : NULL;

  if (seats == NULL)
    return FALSE;
  for (guint i = 0; i < rooms->len; i++)
    g_ptr_array_add (schedules, copy_for (pattern, g_ptr_array_index (rooms, i)));
  if (seats->len > 0)
    g_ptr_array_add (schedules, copy_for (pattern, ""));
  if (schedules->len > 0)
    return TRUE;
  g_set_error_literal (error, SC_ERROR, SC_ERROR_STATE, "there is no room to make a schedule for");
  return FALSE;
}

static gboolean
add_for_rooms (ScCatalog *catalog, const ScJson *body, const ScCatalogSchedule *pattern, GPtrArray *schedules,
               GError **error)
{
  g_autoptr (GPtrArray) rooms = sc_api_parse_rooms (catalog, body, error);

  for (guint i = 0; rooms != NULL && i < rooms->len; i++)
    g_ptr_array_add (schedules, copy_for (pattern, g_ptr_array_index (rooms, i)));
  return rooms != NULL;
}

static gboolean
add_for_room (ScCatalog *catalog, const ScJson *body, const ScCatalogSchedule *pattern, GPtrArray *schedules,
              GError **error)
{
  const char *room = sc_json_get_string (body, "room", SC_INVENTORY_STRING_MAX, error);

  if (room == NULL || !sc_catalog_check_room (catalog, room, error))
    return FALSE;
  g_ptr_array_add (schedules, copy_for (pattern, room));
  return TRUE;
}

/* Returns: (transfer full) (element-type ScCatalogSchedule): one a room */
static GPtrArray *
parse_schedules (ScApiRequest *request, const ScJson *body, GError **error)
{
  static const char *const whom[] = { "room", "rooms", "seats" };
  static gboolean (*const add[]) (ScCatalog *, const ScJson *, const ScCatalogSchedule *, GPtrArray *,
                                  GError **) = { add_for_room, add_for_rooms, add_for_seats };
  ScCatalog *catalog = request->parts->catalog;
  g_autoptr (ScCatalogSchedule) pattern = parse_schedule (request, body, error);
  g_autoptr (GPtrArray) schedules = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_catalog_schedule_free);
  guint n_named = 0, named = 0;

  if (pattern == NULL)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (whom); i++)
    if (json_object_get (body, whom[i]) != NULL) {
      n_named++;
      named = i;
    }
  if (n_named > 1) {
    g_set_error_literal (error, SC_ERROR, SC_ERROR_INVALID, "name only one of a room, rooms and seats");
    return NULL;
  }
  if (n_named == 0 ? add_for_all (catalog, pattern, schedules, error)
                   : add[named](catalog, body, pattern, schedules, error))
    return g_steal_pointer (&schedules);
  return NULL;
}

static gboolean
add_schedules (ScApiRequest *request, GPtrArray *schedules, GError **error)
{
  const ScApiParts *parts = request->parts;

  for (guint i = 0; i < schedules->len; i++) {
    if (sc_scheduler_add (parts->scheduler, g_ptr_array_index (schedules, i), error))
      continue;
    while (i-- > 0)
      sc_scheduler_cancel (parts->scheduler, ((ScCatalogSchedule *) g_ptr_array_index (schedules, i))->id, NULL);
    return FALSE;
  }
  return TRUE;
}

void
sc_api_add_schedule (ScApiRequest *request)
{
  static const char *const allowed[] = { "what",  "version", "templates", "room",      "rooms",
                                         "seats", "when",    "wake",      "power_off", "rate_cap_bits_per_second",
                                         NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) body = sc_api_request_parse_body (request, allowed, &error);
  g_autoptr (GPtrArray) schedules = body != NULL ? parse_schedules (request, body, &error) : NULL;
  ScJson *list = NULL;

  if (schedules == NULL || !add_schedules (request, schedules, &error)) {
    sc_api_request_fail (request, error);
    return;
  }
  list = json_array ();
  for (guint i = 0; i < schedules->len; i++)
    json_array_append_new (list, json_of_schedule (request->parts->catalog, g_ptr_array_index (schedules, i)));
  sc_api_request_reply (request, SOUP_STATUS_CREATED, json_pack ("{s:o}", "schedules", list));
}

void
sc_api_cancel_schedule (ScApiRequest *request)
{
  static const char *const allowed[] = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) body = sc_api_request_parse_body (request, allowed, &error);
  guint64 id = 0;

  if (body == NULL || !sc_api_request_get_number (request, 0, G_MAXINT64, &id, &error) ||
      !sc_scheduler_cancel (request->parts->scheduler, id, &error))
    sc_api_request_fail (request, error);
  else
    reply_schedule (request, id);
}
