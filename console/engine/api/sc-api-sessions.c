/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/engine/api/sc-api-body.h"
#include "console/engine/api/sc-api-json.h"
#include "console/engine/api/sc-api-rooms.h"
#include "console/engine/api/sc-api-routes.h"
#include "console/engine/catalog/sc-catalog-rooms.h"

#include <string.h>

#define DEFAULT_LIMIT 50u
#define MAX_LIMIT 1000u

/* The numbers of one that runs are known to ScSessions, those of one that is over to the catalog: a view has the right
 * ones. */
static ScJson *
json_of_listed_session (ScApiRequest *request, const ScCatalogSession *session)
{
  g_autoptr (ScSessionView) view = NULL;

  if (!sc_session_state_is_over (session->state))
    view = sc_sessions_view (request->parts->sessions, session->id, NULL);
  return sc_api_json_of_session (request->parts, view != NULL ? view->session : session);
}

void
sc_api_list_sessions (ScApiRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) sessions = NULL;
  guint64 limit = 0;
  ScJson *list = NULL;

  if (sc_api_request_get_query_number (request, "limit", DEFAULT_LIMIT, 1, MAX_LIMIT, &limit, &error))
    sessions = sc_catalog_list_sessions (request->parts->catalog, (guint) limit, &error);
  if (sessions == NULL) {
    sc_api_request_fail (request, error);
    return;
  }
  list = json_array ();
  for (guint i = 0; i < sessions->len; i++)
    json_array_append_new (list, json_of_listed_session (request, g_ptr_array_index (sessions, i)));
  sc_api_request_reply (request, SOUP_STATUS_OK, json_pack ("{s:o}", "sessions", list));
}

static void
reply_session (ScApiRequest *request, guint status, guint64 id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScSessionView) view = sc_sessions_view (request->parts->sessions, id, &error);

  if (view == NULL)
    sc_api_request_fail (request, error);
  else
    sc_api_request_reply (request, status, sc_api_json_of_session_view (request->parts, view));
}

void
sc_api_get_session (ScApiRequest *request)
{
  g_autoptr (GError) error = NULL;
  guint64 id = 0;

  if (!sc_api_request_get_number (request, 0, G_MAXINT64, &id, &error))
    sc_api_request_fail (request, error);
  else
    reply_session (request, SOUP_STATUS_OK, id);
}

static void
change_session (ScApiRequest *request, gboolean (*change) (ScSessions *, guint64, GError **))
{
  static const char *const allowed[] = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) body = sc_api_request_parse_body (request, allowed, &error);
  guint64 id = 0;

  if (body == NULL || !sc_api_request_get_number (request, 0, G_MAXINT64, &id, &error) ||
      !change (request->parts->sessions, id, &error))
    sc_api_request_fail (request, error);
  else
    reply_session (request, SOUP_STATUS_OK, id);
}

void
sc_api_pause_session (ScApiRequest *request)
{
  change_session (request, sc_sessions_pause);
}

void
sc_api_resume_session (ScApiRequest *request)
{
  change_session (request, sc_sessions_resume);
}

void
sc_api_cancel_session (ScApiRequest *request)
{
  change_session (request, sc_sessions_cancel);
}

/* What a deploy and a rollback are asked for; the request to ScSessions points into it. */
typedef struct {
  ScDeployRequest deploy;
  ScJson *body;           /* (owned) */
  GPtrArray *rooms;       /* (owned) (nullable): names, %NULL-terminated */
  GPtrArray *seats;       /* (owned) (nullable): names or ids, which stay @body's, %NULL-terminated */
  ScSelection *selection; /* (owned) (nullable) */
} Wish;

static void
wish_clear (Wish *self)
{
  g_clear_pointer (&self->body, json_decref);
  g_clear_pointer (&self->rooms, g_ptr_array_unref);
  g_clear_pointer (&self->seats, g_ptr_array_unref);
  g_clear_pointer (&self->selection, sc_selection_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Wish, wish_clear)

/* (element-type ScCatalogSeat): those of the rooms that are meant; NULL: an error */
static GPtrArray *
list_seats (ScCatalog *catalog, const Wish *wish, GError **error)
{
  g_autoptr (GPtrArray) seats = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_catalog_seat_free);

  if (wish->rooms == NULL)
    return sc_catalog_list_seats (catalog, wish->deploy.room, error);
  for (guint i = 0; i + 1 < wish->rooms->len; i++) {
    GPtrArray *more = sc_catalog_list_seats (catalog, g_ptr_array_index (wish->rooms, i), error);

    if (more == NULL)
      return NULL;
    g_ptr_array_extend_and_steal (seats, more);
  }
  return g_steal_pointer (&seats);
}

/* The session does not tell of them: they are left out before it begins. @n_pinned: (out) */
static gboolean
count_pinned (ScCatalog *catalog, const Wish *wish, guint64 *n_pinned, GError **error)
{
  g_autoptr (GPtrArray) seats = NULL;

  *n_pinned = 0;
  if (wish->seats != NULL)
    return TRUE;
  seats = list_seats (catalog, wish, error);
  for (guint i = 0; seats != NULL && i < seats->len; i++)
    *n_pinned += ((const ScCatalogSeat *) g_ptr_array_index (seats, i))->pinned;
  return seats != NULL;
}

/* Rooms are assigned something else now. */
static void
tell_rooms (const ScApiParts *parts, const Wish *wish, const ScCatalogSession *session)
{
  g_autoptr (GPtrArray) all = NULL;
  GPtrArray *rooms = session->rooms;

  sc_scheduler_look (parts->scheduler);
  if (wish->seats == NULL && wish->rooms == NULL && wish->deploy.room == NULL)
    rooms = all = sc_catalog_list_rooms (parts->catalog, NULL); /* also those that no seat is in */
  for (guint i = 0; rooms != NULL && i < rooms->len; i++)
    sc_api_tell_room (parts, g_ptr_array_index (rooms, i));
}

static gboolean
start_session (ScApiRequest *request, const Wish *wish, GError **error)
{
  const ScApiParts *parts = request->parts;
  g_autoptr (ScSessionView) view = NULL;
  guint64 n_pinned = 0;
  guint64 id = 0;
  ScJson *json = NULL;

  if (!count_pinned (parts->catalog, wish, &n_pinned, error))
    return FALSE;
  id = sc_sessions_deploy (parts->sessions, &wish->deploy, error);
  view = id != 0 ? sc_sessions_view (parts->sessions, id, error) : NULL;
  if (view == NULL)
    return FALSE;
  if (!wish->deploy.dry_run)
    tell_rooms (parts, wish, view->session);
  json = sc_api_json_of_session_view (parts, view);
  sc_api_json_set_uint (json, "pinned", n_pinned);
  sc_api_request_reply (request, SOUP_STATUS_CREATED, json);
  return TRUE;
}

/* The room's name stays @body's. */
static gboolean
parse_room (const ScJson *body, const char **room, GError **error)
{
  if (json_object_get (body, "room") == NULL)
    return TRUE;
  *room = sc_json_get_string (body, "room", SC_INVENTORY_STRING_MAX, error);
  if (*room == NULL)
    return FALSE;
  if (**room != '\0')
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "the room's name is empty: leave “room” out to mean every seat");
  return FALSE;
}

/* The strings stay @body's. */
static GPtrArray *
parse_seats (const ScJson *body, GError **error)
{
  g_autoptr (GPtrArray) seats = g_ptr_array_new ();
  ScJson *list = sc_json_get_array (body, "seats", SC_API_MAX_SEATS, error);

  if (list == NULL)
    return NULL;
  for (gsize i = 0; i < json_array_size (list); i++) {
    const char *name = json_string_value (json_array_get (list, i));

    if (name == NULL || *name == '\0' || strlen (name) > SC_INVENTORY_STRING_MAX) {
      g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                   "entry %" G_GSIZE_FORMAT " of “seats” is not the id or name of a seat", i + 1);
      return NULL;
    }
    g_ptr_array_add (seats, (gpointer) name);
  }
  if (seats->len == 0) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "“seats” is empty: leave it out to mean every seat");
    return NULL;
  }
  g_ptr_array_add (seats, NULL);
  return g_steal_pointer (&seats);
}

static gboolean
parse_rooms (ScCatalog *catalog, Wish *wish, GError **error)
{
  wish->rooms = sc_api_parse_rooms (catalog, wish->body, error);
  if (wish->rooms == NULL)
    return FALSE;
  g_ptr_array_add (wish->rooms, NULL);
  wish->deploy.rooms = (const char *const *) wish->rooms->pdata;
  return TRUE;
}

/* Whom it is for: a room, rooms, seats, or every seat. */
static gboolean
parse_whom (ScCatalog *catalog, Wish *wish, GError **error)
{
  guint n_named = 0;

  if (!parse_room (wish->body, &wish->deploy.room, error) ||
      (json_object_get (wish->body, "rooms") != NULL && !parse_rooms (catalog, wish, error)))
    return FALSE;
  if (json_object_get (wish->body, "seats") != NULL) {
    wish->seats = parse_seats (wish->body, error);
    if (wish->seats == NULL)
      return FALSE;
    wish->deploy.seats = (const char *const *) wish->seats->pdata;
  }
  n_named = (wish->deploy.room != NULL) + (wish->rooms != NULL) + (wish->seats != NULL);
  if (n_named > 1)
    g_set_error_literal (error, SC_ERROR, SC_ERROR_INVALID, "name only one of a room, rooms and seats");
  return n_named <= 1;
}

static gboolean
parse_wish (ScApiRequest *request, Wish *wish, GError **error)
{
  static const char *const allowed[] = { "version", "templates", "room",     "rooms",   "seats",
                                         "wake",    "power_off", "rate_cap", "dry_run", NULL };
  ScDeployRequest *deploy = &wish->deploy;

  wish->body = sc_api_request_parse_body (request, allowed, error);
  return wish->body != NULL &&
         sc_api_parse_rate_cap (wish->body, "rate_cap", &deploy->rate_cap_set, &deploy->rate_cap, error) &&
         sc_api_parse_flag (wish->body, "dry_run", &deploy->dry_run, error) &&
         sc_api_parse_flag (wish->body, "wake", &deploy->wake, error) &&
         sc_api_parse_flag (wish->body, "power_off", &deploy->power_off, error) &&
         parse_whom (request->parts->catalog, wish, error);
}

/* @selection: (transfer full) (nullable) */
static gboolean
set_selection (Wish *wish, ScSelection *selection)
{
  wish->selection = selection;
  if (selection != NULL)
    wish->deploy.templates = sc_selection_get_templates (selection);
  return selection != NULL;
}

static gboolean
parse_version (ScApiRequest *request, Wish *wish, GError **error)
{
  return sc_json_get_uint (wish->body, "version", G_MAXINT64, &wish->deploy.version, error) &&
         set_selection (wish, sc_api_parse_selection (request->parts->store, wish->body, wish->deploy.version, error));
}

void
sc_api_deploy (ScApiRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_auto (Wish) wish = { 0 };

  if (!parse_wish (request, &wish, &error) || !parse_version (request, &wish, &error) ||
      !start_session (request, &wish, &error))
    sc_api_request_fail (request, error);
}

/* (element-type ScCatalogSeat): those that a rollback is for */
static GPtrArray *
find_seats (ScCatalog *catalog, const Wish *wish, GError **error)
{
  g_autoptr (GPtrArray) seats = NULL;

  if (wish->seats == NULL)
    return list_seats (catalog, wish, error);
  seats = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_catalog_seat_free);
  for (const char *const *name = wish->deploy.seats; *name != NULL; name++) {
    ScCatalogSeat *seat = sc_catalog_find_seat (catalog, *name, error);

    if (seat == NULL)
      return NULL;
    g_ptr_array_add (seats, seat);
  }
  return g_steal_pointer (&seats);
}

/* (transfer full): the templates that all of them are assigned, where that is the same part of a version; else NULL */
static ScSelection *
find_part (GPtrArray *seats, gboolean with_pinned, guint64 version)
{
  const char *part = NULL;

  for (guint i = 0; i < seats->len; i++) {
    const ScCatalogSeat *seat = g_ptr_array_index (seats, i);

    if (seat->assigned_version == 0 || (seat->pinned && !with_pinned))
      continue;
    if (part != NULL && strcmp (part, seat->assigned_templates) != 0)
      return NULL;
    part = seat->assigned_templates;
  }
  return part != NULL && *part != '\0' ? sc_selection_new_from_text (version, part, NULL) : NULL;
}

/* What seats that have a part of a version have of the one before, too, unless the request says something else. */
static ScSelection *
select_back (ScApiRequest *request, const Wish *wish, GPtrArray *seats, GError **error)
{
  ScStore *store = request->parts->store;
  g_autoptr (ScSelection) part = json_object_get (wish->body, "templates") == NULL
                                     ? find_part (seats, wish->seats != NULL, wish->deploy.version)
                                     : NULL;
  g_autoptr (ScVersionManifest) version =
      part != NULL ? sc_store_get_version (store, wish->deploy.version, NULL) : NULL;
  g_autoptr (ScVersionManifest) manifest = version != NULL ? sc_selection_apply (part, version, NULL) : NULL;

  if (manifest != NULL)
    return g_steal_pointer (&part);
  return sc_api_parse_selection (store, wish->body, wish->deploy.version, error);
}

/* @ids: (out) (nullable) (transfer full): of @seats, which counts where a room's name does not say who is meant: seats
 * that are pinned have no part in what the others go back to */
static gboolean
list_ids (const Wish *wish, GPtrArray *seats, GPtrArray **ids, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new ();

  *ids = NULL;
  for (guint i = 0; i < seats->len; i++) {
    const ScCatalogSeat *seat = g_ptr_array_index (seats, i);

    if (wish->seats != NULL || !seat->pinned)
      g_ptr_array_add (list, seat->inventory->seat);
  }
  if (list->len == 0 && seats->len > 0) {
    g_set_error_literal (error, SC_ERROR, SC_ERROR_STATE,
                         "all of these seats are pinned, so they do not go back with their room: name them as seats");
    return FALSE;
  }
  if (wish->seats != NULL || wish->rooms != NULL || list->len < seats->len)
    *ids = g_steal_pointer (&list);
  return TRUE;
}

static gboolean
find_rollback (ScApiRequest *request, Wish *wish, GError **error)
{
  ScCatalog *catalog = request->parts->catalog;
  g_autoptr (GPtrArray) seats = NULL;
  g_autoptr (GPtrArray) ids = NULL;

  if (json_object_get (wish->body, "version") != NULL &&
      !sc_json_get_uint (wish->body, "version", G_MAXINT64, &wish->deploy.version, error))
    return FALSE;
  seats = find_seats (catalog, wish, error);
  return seats != NULL && list_ids (wish, seats, &ids, error) &&
         sc_catalog_find_rollback (catalog, wish->deploy.room, ids, &wish->deploy.version, error) &&
         set_selection (wish, select_back (request, wish, seats, error));
}

void
sc_api_rollback (ScApiRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_auto (Wish) wish = { 0 };

  if (!parse_wish (request, &wish, &error) || !find_rollback (request, &wish, &error) ||
      !start_session (request, &wish, &error))
    sc_api_request_fail (request, error);
}
