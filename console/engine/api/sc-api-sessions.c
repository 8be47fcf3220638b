/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/engine/api/sc-api-json.h"
#include "console/engine/api/sc-api-routes.h"

#define DEFAULT_LIMIT 50u
#define MAX_LIMIT 1000u
#define MAX_SEATS 4096u
#define MAX_RATE_CAP (400ull * 1000 * 1000 * 1000) /* bits/s */

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

static void
start_session (ScApiRequest *request, const ScDeployRequest *deploy)
{
  g_autoptr (GError) error = NULL;
  guint64 id = sc_sessions_deploy (request->parts->sessions, deploy, &error);

  if (id == 0)
    sc_api_request_fail (request, error);
  else
    reply_session (request, SOUP_STATUS_CREATED, id);
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
  ScJson *list = sc_json_get_array (body, "seats", MAX_SEATS, error);

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

/* What a deploy and a rollback have in common. @seats: (out) (nullable): %NULL-terminated; @deploy points into it, and
 * into @body. */
static gboolean
parse_common (const ScJson *body, ScDeployRequest *deploy, GPtrArray **seats, GError **error)
{
  if (!parse_room (body, &deploy->room, error) ||
      (json_object_get (body, "rate_cap") != NULL &&
       !sc_json_get_uint (body, "rate_cap", MAX_RATE_CAP, &deploy->rate_cap, error)) ||
      (json_object_get (body, "dry_run") != NULL && !sc_json_get_bool (body, "dry_run", &deploy->dry_run, error)))
    return FALSE;
  if (json_object_get (body, "seats") == NULL)
    return TRUE;
  *seats = parse_seats (body, error);
  if (*seats == NULL)
    return FALSE;
  deploy->seats = (const char *const *) (*seats)->pdata;
  if (deploy->room == NULL)
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "name either a room or seats, not both");
  return FALSE;
}

void
sc_api_deploy (ScApiRequest *request)
{
  static const char *const allowed[] = { "version", "room", "seats", "rate_cap", "dry_run", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) body = sc_api_request_parse_body (request, allowed, &error);
  g_autoptr (GPtrArray) seats = NULL;
  ScDeployRequest deploy = { 0 };

  if (body == NULL || !sc_json_get_uint (body, "version", G_MAXINT64, &deploy.version, &error) ||
      !parse_common (body, &deploy, &seats, &error))
    sc_api_request_fail (request, error);
  else
    start_session (request, &deploy);
}

/* (element-type utf8): the ids of the seats that are named */
static GPtrArray *
find_ids (ScCatalog *catalog, const char *const *names, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);

  for (; *names != NULL; names++) {
    g_autoptr (ScCatalogSeat) seat = sc_catalog_find_seat (catalog, *names, error);

    if (seat == NULL)
      return NULL;
    g_ptr_array_add (ids, g_strdup (seat->inventory->seat));
  }
  return g_steal_pointer (&ids);
}

static gboolean
find_rollback (ScCatalog *catalog, ScDeployRequest *deploy, GError **error)
{
  g_autoptr (GPtrArray) ids = NULL;

  if (deploy->seats != NULL) {
    ids = find_ids (catalog, deploy->seats, error);
    if (ids == NULL)
      return FALSE;
  }
  return sc_catalog_find_rollback (catalog, deploy->room, ids, &deploy->version, error);
}

void
sc_api_rollback (ScApiRequest *request)
{
  static const char *const allowed[] = { "version", "room", "seats", "rate_cap", "dry_run", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) body = sc_api_request_parse_body (request, allowed, &error);
  g_autoptr (GPtrArray) seats = NULL;
  ScDeployRequest deploy = { 0 };

  if (body == NULL ||
      (json_object_get (body, "version") != NULL &&
       !sc_json_get_uint (body, "version", G_MAXINT64, &deploy.version, &error)) ||
      !parse_common (body, &deploy, &seats, &error) || !find_rollback (request->parts->catalog, &deploy, &error))
    sc_api_request_fail (request, error);
  else
    start_session (request, &deploy);
}
