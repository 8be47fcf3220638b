/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-json.h"
#include "console/engine/api/sc-api-routes.h"
#include "console/engine/catalog/sc-catalog-seat-log.h"
#include "console/engine/sc-json-text.h"

#define MAX_SEAT_SESSIONS 20u
#define DEFAULT_ACTIVITY 200u
#define MAX_ACTIVITY 1000u

static const ScCatalogSessionSeat *
find_row (const ScSessionView *view, const char *seat)
{
  for (guint i = 0; i < view->seats->len; i++) {
    const ScCatalogSessionSeat *row = g_ptr_array_index (view->seats, i);

    if (g_str_equal (row->seat, seat))
      return row;
  }
  return NULL;
}

static ScJson *
json_of_part (const ScApiParts *parts, const ScCatalogSession *session, const ScCatalogSessionSeat *seat)
{
  return json_pack ("{s:o, s:o}", "session", sc_api_json_of_session (parts, session), "seat",
                    sc_api_json_of_session_seat (parts, seat));
}

/* What the seat's part in a session was, or is: the numbers of one that runs are known to ScSessions. */
static ScJson *
describe_part (const ScApiParts *parts, guint64 id, const char *seat, GError **error)
{
  g_autoptr (ScCatalogSession) session = sc_catalog_get_session (parts->catalog, id, error);
  g_autoptr (ScCatalogSessionSeat) row = NULL;
  g_autoptr (ScSessionView) view = NULL;

  if (session == NULL)
    return NULL;
  if (!sc_session_state_is_over (session->state))
    view = sc_sessions_view (parts->sessions, id, NULL);
  if (view != NULL && find_row (view, seat) != NULL)
    return json_of_part (parts, view->session, find_row (view, seat));
  row = sc_catalog_get_session_seat (parts->catalog, id, seat, error);
  return row != NULL ? json_of_part (parts, session, row) : NULL;
}

/* (transfer full) (nullable) */
static ScJson *
list_parts (const ScApiParts *parts, const char *name, GError **error)
{
  g_autoptr (ScCatalogSeat) seat = sc_catalog_find_seat (parts->catalog, name, error);
  g_autoptr (GArray) sessions = NULL;
  g_autoptr (ScJson) list = json_array ();

  if (seat != NULL)
    sessions = sc_catalog_list_sessions_of_seat (parts->catalog, seat->inventory->seat, MAX_SEAT_SESSIONS, error);
  for (guint i = 0; sessions != NULL && i < sessions->len; i++) {
    ScJson *part = describe_part (parts, g_array_index (sessions, guint64, i), seat->inventory->seat, error);

    if (part == NULL)
      return NULL;
    json_array_append_new (list, part);
  }
  return sessions != NULL ? g_steal_pointer (&list) : NULL;
}

void
sc_api_list_seat_sessions (ScApiRequest *request)
{
  g_autoptr (GError) error = NULL;
  ScJson *list = list_parts (request->parts, request->arguments[0], &error);

  if (list == NULL)
    sc_api_request_fail (request, error);
  else
    sc_api_request_reply (request, SOUP_STATUS_OK, json_pack ("{s:o}", "sessions", list));
}

void
sc_api_get_session_rates (ScApiRequest *request)
{
  g_autoptr (GError) error = NULL;
  guint64 id = 0;
  ScJson *rates = NULL;

  if (sc_api_request_get_number (request, 0, G_MAXINT64, &id, &error))
    rates = sc_sessions_get_rates (request->parts->sessions, id, &error);
  if (rates == NULL) {
    sc_api_request_fail (request, error);
    return;
  }
  json_object_set_new (rates, "start", sc_json_time (json_integer_value (json_object_get (rates, "start"))));
  json_object_del (rates, "elapsed");
  sc_api_request_reply (request, SOUP_STATUS_OK, rates);
}

void
sc_api_list_activity (ScApiRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  guint64 before = 0;
  guint64 max = 0;
  ScJson *list;

  if (sc_api_request_get_query_number (request, "before", 0, 1, G_MAXINT64, &before, &error) &&
      sc_api_request_get_query_number (request, "max", DEFAULT_ACTIVITY, 1, MAX_ACTIVITY, &max, &error))
    entries = sc_catalog_list_activity (request->parts->catalog, before, (guint) max, &error);
  if (entries == NULL) {
    sc_api_request_fail (request, error);
    return;
  }
  list = json_array ();
  for (guint i = 0; i < entries->len; i++)
    json_array_append_new (list, sc_activity_entry_to_json (g_ptr_array_index (entries, i)));
  sc_api_request_reply (request, SOUP_STATUS_OK, json_pack ("{s:o}", "entries", list));
}

static ScJson *
json_of_log_entry (const ScSeatLogEntry *entry)
{
  ScJson *json = json_object ();

  json_object_set_new (json, "time", sc_json_time (entry->time));
  sc_api_json_set_text (json, "event", entry->event);
  sc_api_json_set_uint (json, "session", entry->session);
  sc_api_json_set_uint (json, "version", entry->version);
  sc_api_json_set_text (json, "text", entry->text);
  return json;
}

/* (transfer full) (nullable) */
static GPtrArray *
read_seat_log (ScApiRequest *request, GError **error)
{
  g_autoptr (ScCatalogSeat) seat = sc_catalog_find_seat (request->parts->catalog, request->arguments[0], error);
  guint64 max = 0;

  if (seat == NULL ||
      !sc_api_request_get_query_number (request, "max", SC_SEAT_LOG_MAX_ROWS, 1, SC_SEAT_LOG_MAX_ROWS, &max, error))
    return NULL;
  sc_seat_log_flush (request->parts->seat_log);
  return sc_catalog_list_seat_log (request->parts->catalog, seat->inventory->seat, (guint) max, error);
}

void
sc_api_list_seat_log (ScApiRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries = read_seat_log (request, &error);
  ScJson *list;

  if (entries == NULL) {
    sc_api_request_fail (request, error);
    return;
  }
  list = json_array ();
  for (guint i = 0; i < entries->len; i++)
    json_array_append_new (list, json_of_log_entry (g_ptr_array_index (entries, i)));
  sc_api_request_reply (request, SOUP_STATUS_OK, json_pack ("{s:o}", "entries", list));
}
