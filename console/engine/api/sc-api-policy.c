/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-body.h"
#include "console/engine/api/sc-api-json.h"
#include "console/engine/api/sc-api-rooms.h"
#include "console/engine/api/sc-api-routes.h"
#include "console/engine/catalog/sc-catalog-desired.h"

/* Rooms' policies, and what rooms and seats are to have. */

/* What seats that are assigned something else wait for, as their room's policy says. */
static ScDue
due_of (const ScRoomPolicy *policy)
{
  return SC_DUE_SESSION | (policy->wake ? SC_DUE_WAKE : SC_DUE_NOT) |
         (policy->power_off ? SC_DUE_POWER_OFF : SC_DUE_NOT);
}

static gboolean
change_policy (ScApiRequest *request, const ScJson *body, GError **error)
{
  g_autoptr (ScCatalogRoom) room = sc_catalog_load_room (request->parts->catalog, request->arguments[0], error);

  if (room == NULL || !sc_room_policy_change (&room->policy, body, error))
    return FALSE;
  return sc_scheduler_set_policy (request->parts->scheduler, room->name, &room->policy, error);
}

void
sc_api_change_policy (ScApiRequest *request)
{
  static const char *const allowed[] = {
    "window",           "rate_cap_bits_per_second", "late", "wake", "power_off", "wake_address", "cache",
    "wake_destination", "busy_deadline_hours",      NULL
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) body = sc_api_request_parse_body (request, allowed, &error);

  if (body == NULL || !change_policy (request, body, &error))
    sc_api_request_fail (request, error);
  else
    sc_api_reply_room (request, SOUP_STATUS_OK, request->arguments[0]);
}

static gboolean
assign_version (ScApiRequest *request, const ScJson *body, GError **error)
{
  const ScApiParts *parts = request->parts;
  g_autoptr (ScCatalogRoom) room = sc_catalog_load_room (parts->catalog, request->arguments[0], error);
  g_autoptr (ScSelection) selection = NULL;

  if (room == NULL || !sc_api_parse_assignment (parts->store, body, &selection, error))
    return FALSE;
  return sc_scheduler_assign (parts->scheduler, room->name, selection,
                              selection != NULL ? due_of (&room->policy) : SC_DUE_NOT, error);
}

void
sc_api_assign_version (ScApiRequest *request)
{
  static const char *const allowed[] = { "version", "templates", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) body = sc_api_request_parse_body (request, allowed, &error);

  if (body == NULL || !assign_version (request, body, &error))
    sc_api_request_fail (request, error);
  else
    sc_api_reply_room (request, SOUP_STATUS_OK, request->arguments[0]);
}

/* As the policy of the seat's room says. @due: (out) */
static gboolean
find_due (ScCatalog *catalog, const ScCatalogSeat *seat, ScDue *due, GError **error)
{
  g_autoptr (ScCatalogRoom) room = NULL;

  *due = SC_DUE_SESSION;
  if (*seat->room == '\0')
    return TRUE;
  room = sc_catalog_load_room (catalog, seat->room, error);
  if (room != NULL)
    *due = due_of (&room->policy);
  return room != NULL;
}

static gboolean
pin (ScApiRequest *request, const ScJson *body, GError **error)
{
  const ScApiParts *parts = request->parts;
  g_autoptr (ScCatalogSeat) seat = sc_catalog_find_seat (parts->catalog, request->arguments[0], error);
  g_autoptr (ScSelection) selection = NULL;
  ScDue due = SC_DUE_NOT;

  if (seat == NULL || !sc_api_parse_assignment (parts->store, body, &selection, error) ||
      !find_due (parts->catalog, seat, &due, error) ||
      !sc_scheduler_pin (parts->scheduler, seat->inventory->seat, selection, due, error))
    return FALSE;
  sc_seat_hub_touch (parts->hub, seat->inventory->seat); /* also where it is pinned to what it has already */
  sc_api_tell_room (parts, seat->room);
  return TRUE;
}

void
sc_api_pin_seat (ScApiRequest *request)
{
  static const char *const allowed[] = { "version", "templates", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) body = sc_api_request_parse_body (request, allowed, &error);

  if (body == NULL || !pin (request, body, &error))
    sc_api_request_fail (request, error);
  else
    sc_api_reply_seat (request, SOUP_STATUS_OK, request->arguments[0]);
}
