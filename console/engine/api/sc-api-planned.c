/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-body.h"
#include "console/engine/api/sc-api-json.h"
#include "console/engine/api/sc-api-rooms.h"
#include "console/engine/api/sc-api-routes.h"
#include "console/engine/catalog/sc-catalog-rooms.h"
#include "console/engine/catalog/sc-catalog-schedules.h"
#include "console/engine/sc-json-text.h"

#define MAX_PLANNED 1000u
#define DEFAULT_SPAN (35 * G_TIME_SPAN_DAY)
#define MAX_SPAN (400 * G_TIME_SPAN_DAY)

/* What comes next, and waking seats. */

/* What is read but once for a list. */
typedef struct {
  ScApiRequest *request;
  GHashTable *schedules; /* their ids → ScCatalogSchedule */
  GPtrArray *seats;      /* (nullable): ScCatalogSeat */
} Listed;

static void
listed_clear (Listed *self)
{
  g_clear_pointer (&self->schedules, g_hash_table_unref);
  g_clear_pointer (&self->seats, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Listed, listed_clear)

/* Returns: (nullable): also where it has gone meanwhile */
static const ScCatalogSchedule *
find_schedule (Listed *self, guint64 id)
{
  ScCatalogSchedule *schedule = id != 0 ? g_hash_table_lookup (self->schedules, &id) : NULL;
  g_autoptr (GError) error = NULL;

  if (id == 0 || schedule != NULL)
    return schedule;
  schedule = sc_catalog_get_schedule (self->request->parts->catalog, id, &error);
  if (schedule != NULL)
    g_hash_table_insert (self->schedules, &schedule->id, schedule);
  else
    g_warning ("what comes with schedule %" G_GUINT64_FORMAT " is not known: %s", id, error->message);
  return schedule;
}

/* Whether a schedule for the whole room is for the seat: one that is pinned keeps what it has, and what is assigned
 * already comes only to those that lack it. */
static gboolean
takes_part (const ScApiParts *parts, const ScCatalogSchedule *schedule, const ScCatalogSeat *seat)
{
  if (!g_str_equal (seat->room, schedule->room))
    return FALSE;
  if (schedule->what != SC_SCHEDULE_ASSIGNED)
    return !seat->pinned;
  return seat->assigned_version != 0 && !g_str_equal (sc_api_version_state (parts, seat), "current");
}

static guint
count_seats (Listed *self, const ScCatalogSchedule *schedule)
{
  g_autoptr (GError) error = NULL;
  guint n = 0;

  if (schedule->seats->len > 0)
    return schedule->seats->len;
  if (self->seats == NULL)
    self->seats = sc_catalog_list_seats (self->request->parts->catalog, NULL, &error);
  if (self->seats == NULL)
    g_warning ("the seats of what is planned cannot be counted: %s", error->message);
  for (guint i = 0; self->seats != NULL && i < self->seats->len; i++)
    n += takes_part (self->request->parts, schedule, g_ptr_array_index (self->seats, i));
  return n;
}

/* The planner knows when a schedule comes, not what it brings. */
static ScJson *
json_of_what (ScJson *json, Listed *listed, const ScPlanned *planned)
{
  const ScCatalogSchedule *schedule = find_schedule (listed, planned->schedule);
  const ScSelection *selection = planned->selection;
  const char *templates = selection != NULL ? sc_selection_templates_to_text (selection) : NULL;

  sc_api_json_set_text (json, "what",
                        sc_schedule_what_to_nick (schedule != NULL ? schedule->what : SC_SCHEDULE_VERSION));
  if (schedule != NULL)
    templates = schedule->templates;
  sc_api_json_set_uint (json, "version",
                        schedule != NULL    ? schedule->version
                        : selection != NULL ? sc_selection_get_version (selection)
                                            : 0);
  json_object_set_new (json, "templates", sc_api_json_of_templates (templates));
  sc_api_json_set_uint (json, "seats", schedule != NULL ? count_seats (listed, schedule) : planned->seats);
  return json;
}

static ScJson *
json_of_planned (Listed *listed, const ScPlanned *planned)
{
  ScJson *json = json_object ();

  sc_api_json_set_text (json, "kind", sc_planned_kind_to_nick (planned->kind));
  json_object_set_new (json, "at", sc_json_time (planned->at));
  json_object_set_new (json, "until", sc_api_json_of_time (planned->until));
  sc_api_json_set_text (json, "room", planned->room);
  sc_api_json_set_uint (json, "schedule", planned->schedule);
  sc_api_json_set_uint (json, "session", planned->session);
  return json_of_what (json, listed, planned);
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
  g_auto (Listed) listed = { request, NULL, NULL };
  gint64 from, to;
  ScJson *list;

  if (!get_span (request, &from, &to, &error)) {
    sc_api_request_fail (request, error);
    return;
  }
  planned = sc_scheduler_list_planned (request->parts->scheduler, from, to, MAX_PLANNED);
  listed.schedules =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, (GDestroyNotify) sc_catalog_schedule_free);
  list = json_array ();
  for (guint i = 0; i < planned->len; i++)
    json_array_append_new (list, json_of_planned (&listed, g_ptr_array_index (planned, i)));
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
json_of_woken (ScCatalog *catalog, GPtrArray *seats, GPtrArray *errors)
{
  ScJson *woken = json_array ();
  ScJson *failed = json_array ();

  for (guint i = 0; i < seats->len; i++) {
    const char *id = g_ptr_array_index (seats, i), *error = g_ptr_array_index (errors, i);
    g_autofree char *name = NULL;
    g_autofree char *room = NULL;

    if (error == NULL) {
      json_array_append_new (woken, json_string (id));
      continue;
    }
    sc_catalog_dup_seat_labels (catalog, id, &name, &room);
    json_array_append_new (
        failed, json_pack ("{s:s, s:o, s:o}", "seat", id, "name", sc_json_text (name), "error", sc_json_text (error)));
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
  sc_api_request_reply (request, SOUP_STATUS_OK, json_of_woken (request->parts->catalog, seats, errors));
}
