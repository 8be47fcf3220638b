/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-json.h"
#include "console/engine/api/sc-api-rooms.h"
#include "console/engine/api/sc-api-routes.h"

void
sc_api_list_seats (ScApiRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) seats = sc_catalog_list_seats (request->parts->catalog, NULL, &error);
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
sc_api_reply_seat (ScApiRequest *request, guint status, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogSeat) seat = sc_catalog_find_seat (request->parts->catalog, name, &error);
  g_autoptr (ScVerified) verified = NULL;
  gint64 ended = 0;
  gboolean running;
  ScJson *json;

  if (seat != NULL)
    verified = sc_catalog_get_verified (request->parts->catalog, seat->inventory->seat, &ended, &error);
  if (error != NULL) {
    sc_api_request_fail (request, error);
    return;
  }
  running = sc_sessions_is_verifying (request->parts->sessions, seat->inventory->seat);
  json = sc_api_json_of_seat (request->parts, seat);
  json_object_set_new (json, "verify", sc_api_json_of_verify (running, verified, ended));
  sc_api_request_reply (request, status, json);
}

void
sc_api_get_seat (ScApiRequest *request)
{
  sc_api_reply_seat (request, SOUP_STATUS_OK, request->arguments[0]);
}

void
sc_api_catch_up (ScApiRequest *request)
{
  static const char *const allowed[] = { "version", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) body = sc_api_request_parse_body (request, allowed, &error);
  guint64 version = 0;

  if (body == NULL ||
      (json_object_get (body, "version") != NULL &&
       !sc_json_get_uint (body, "version", G_MAXINT64, &version, &error)) ||
      !sc_sessions_catch_up (request->parts->sessions, request->arguments[0], version, &error)) {
    sc_api_request_fail (request, error);
    return;
  }
  sc_scheduler_look (request->parts->scheduler); /* it may be pinned now */
  sc_api_reply_seat (request, SOUP_STATUS_ACCEPTED, request->arguments[0]);
}

static void
order_verify (ScApiRequest *request, gboolean (*order) (ScSessions *, const char *, GError **))
{
  static const char *const allowed[] = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) body = sc_api_request_parse_body (request, allowed, &error);

  if (body == NULL || !order (request->parts->sessions, request->arguments[0], &error))
    sc_api_request_fail (request, error);
  else
    sc_api_reply_seat (request, SOUP_STATUS_ACCEPTED, request->arguments[0]);
}

void
sc_api_verify_seat (ScApiRequest *request)
{
  order_verify (request, sc_sessions_verify);
}

void
sc_api_cancel_verify_seat (ScApiRequest *request)
{
  order_verify (request, sc_sessions_stop_verify);
}
