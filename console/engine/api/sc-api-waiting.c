/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/trust/sc-token.h"
#include "console/engine/api/sc-api-enrolment.h"
#include "console/engine/api/sc-api-rooms.h"
#include "console/engine/api/sc-api-routes.h"
#include "console/engine/sc-json-text.h"

#define MAX_IDS 4096u

static ScJson *
json_of_time (gint64 seconds)
{
  return sc_json_time (seconds * G_USEC_PER_SEC);
}

/* tokens */

static ScJson *
json_of_token (const ScCatalogEnrolToken *token, gint64 now)
{
  ScJson *json = json_object ();

  sc_api_json_set_uint (json, "id", token->id);
  sc_api_json_set_text (json, "room", token->room);
  sc_api_json_set_uint (json, "seats", token->seats);
  sc_api_json_set_uint (json, "used", token->used);
  json_object_set_new (json, "created", json_of_time (token->created));
  json_object_set_new (json, "expires", json_of_time (token->ends));
  json_object_set_new (json, "ask", json_boolean (token->ask));
  sc_api_json_set_text (json, "state", sc_enrolments_token_state (token, now));
  return json;
}

void
sc_api_list_enrol_tokens (ScApiRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) tokens =
      sc_catalog_list_enrol_tokens (request->parts->catalog, SC_ENROLMENTS_MAX_TOKENS, &error);
  ScJson *list = NULL;

  if (tokens == NULL) {
    sc_api_request_fail (request, error);
    return;
  }
  list = json_array ();
  for (guint i = 0; i < tokens->len; i++)
    json_array_append_new (list, json_of_token (g_ptr_array_index (tokens, i), sc_api_get_time ()));
  sc_api_request_reply (request, SOUP_STATUS_OK, json_pack ("{s:o}", "tokens", list));
}

static void
record_token (ScApiRequest *request, const char *action, const ScCatalogEnrolToken *token)
{
  g_autoptr (ScActivityEntry) entry = sc_activity_entry_new (action);
  g_autofree char *detail = g_strdup_printf ("%" G_GUINT64_FORMAT ": seats=%" G_GUINT64_FORMAT "%s", token->id,
                                             token->seats, token->ask ? " ask" : "");

  entry->done = TRUE;
  sc_activity_entry_set_text (&entry->room, token->room);
  sc_activity_entry_set_text (&entry->detail, detail);
  sc_api_record (request, entry);
}

void
sc_api_add_enrol_token (ScApiRequest *request)
{
  static const char *const allowed[] = { "room", "seats", "hours", "ask", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) body = sc_api_request_parse_body (request, allowed, &error);
  g_autofree char *room = body != NULL ? sc_api_parse_room (body, "room", &error) : NULL;
  ScCatalogEnrolToken token = { .room = room };
  char *text = NULL;
  guint64 hours = 0;
  ScJson *json = NULL;

  if (room != NULL && sc_json_get_uint (body, "seats", SC_ENROLMENTS_MAX_TOKEN_SEATS, &token.seats, &error) &&
      sc_json_get_uint (body, "hours", SC_ENROLMENTS_MAX_TOKEN_HOURS, &hours, &error) &&
      (json_object_get (body, "ask") == NULL || sc_json_get_bool (body, "ask", &token.ask, &error)))
    text = sc_enrolments_add_token (request->parts->enrolments, &token, hours, sc_api_get_time (), &error);
  if (text == NULL) {
    sc_api_request_fail (request, error);
    return;
  }
  record_token (request, "enrol-token-create", &token);
  json = json_of_token (&token, sc_api_get_time ());
  json_object_set_new (json, "token", json_string (text));
  sc_secret_free (text);
  sc_api_request_reply (request, SOUP_STATUS_CREATED, json);
}

void
sc_api_revoke_enrol_token (ScApiRequest *request)
{
  static const char *const allowed[] = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) body = sc_api_request_parse_body (request, allowed, &error);
  g_autoptr (ScCatalogEnrolToken) token = NULL;
  guint64 id = 0;

  if (body != NULL && sc_api_request_get_number (request, 0, G_MAXINT64, &id, &error) &&
      sc_enrolments_revoke_token (request->parts->enrolments, id, sc_api_get_time (), &error))
    token = sc_catalog_find_enrol_token (request->parts->catalog, NULL, id, &error);
  if (token == NULL) {
    sc_api_request_fail (request, error);
    return;
  }
  record_token (request, "enrol-token-revoke", token);
  sc_api_request_reply (request, SOUP_STATUS_OK, json_of_token (token, sc_api_get_time ()));
}

/* who waits */

static ScJson *
json_of_words (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  ScJson *list = json_array ();

  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0')
      json_array_append_new (list, sc_json_text (words[i]));
  return list;
}

/* The seat that it seems to be; null: none. */
static ScJson *
json_of_known (const ScApiParts *parts, const ScCatalogEnrolRequest *row)
{
  g_autoptr (ScCatalogSeat) seat = *row->known != '\0' ? sc_catalog_find_seat (parts->catalog, row->known, NULL) : NULL;
  ScJson *json = NULL;

  if (seat == NULL)
    return json_null ();
  json = json_object ();
  sc_api_json_set_text (json, "seat", seat->inventory->seat);
  sc_api_json_set_text (json, "name", seat->inventory->name);
  sc_api_json_set_text (json, "room", seat->room);
  json_object_set_new (json, "last_seen", sc_json_time (seat->last_seen));
  json_object_set_new (json, "online", json_boolean (sc_seat_hub_is_online (parts->hub, seat->inventory->seat)));
  json_object_set_new (json, "matched", json_of_words (row->matched));
  return json;
}

static ScJson *
json_of_waiting (const ScApiParts *parts, const ScCatalogEnrolRequest *row)
{
  ScJson *json = json_object ();

  sc_api_json_set_uint (json, "id", row->id);
  sc_api_json_set_text (json, "state", sc_enrol_state_to_nick (row->state));
  sc_api_json_set_text (json, "reason", row->reason);
  sc_api_json_set_text (json, "name", row->request->name);
  sc_api_json_set_text (json, "room", row->request->room);
  sc_api_json_set_text (json, "address", row->address);
  sc_json_set_strings (json, "macs", row->request->macs, SC_ENROLMENT_MAX_MACS);
  sc_api_json_set_text (json, "machine", row->request->machine);
  sc_api_json_set_text (json, "os", row->request->os);
  sc_api_json_set_text (json, "service_version", row->request->service_version);
  json_object_set_new (json, "requested", json_of_time (row->requested));
  json_object_set_new (json, "asked", json_of_time (row->asked));
  json_object_set_new (json, "known", json_of_known (parts, row));
  return json;
}

void
sc_api_list_waiting_seats (ScApiRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) waiting = sc_catalog_list_waiting (request->parts->catalog, &error);
  ScJson *list = NULL;

  if (waiting == NULL) {
    sc_api_request_fail (request, error);
    return;
  }
  list = json_array ();
  for (guint i = 0; i < waiting->len; i++)
    json_array_append_new (list, json_of_waiting (request->parts, g_ptr_array_index (waiting, i)));
  sc_api_request_reply (request, SOUP_STATUS_OK, json_pack ("{s:o}", "waiting", list));
}

/* what staff decide */

/* (transfer full) (element-type guint64) */
static GArray *
parse_ids (const ScJson *body, GError **error)
{
  ScJson *list = sc_json_get_array (body, "ids", MAX_IDS, error);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (guint64));

  for (gsize i = 0; i < json_array_size (list); i++) {
    const ScJson *item = json_array_get (list, i);
    guint64 id = (guint64) json_integer_value (item);

    if (!json_is_integer (item) || json_integer_value (item) < 1) {
      g_set_error_literal (error, SC_ERROR, SC_ERROR_INVALID,
                           "“ids” are the whole numbers by which GET /v1/waiting-seats lists those who wait");
      return NULL;
    }
    g_array_append_val (ids, id);
  }
  return list != NULL ? g_steal_pointer (&ids) : NULL;
}

static void
record_decisions (ScApiRequest *request, GPtrArray *decisions)
{
  g_autoptr (ScActivityEntry) entry = sc_activity_entry_new (request->route->action);
  const ScEnrolDecision *failed = NULL;
  g_autofree char *error = NULL;
  guint n_failed = 0;

  for (guint i = 0; i < decisions->len; i++) {
    const ScEnrolDecision *decision = g_ptr_array_index (decisions, i);

    if (decision->error == NULL) {
      sc_activity_entry_add_seat (entry, decision->name);
      if (entry->n_seats == 1)
        sc_activity_entry_set_text (&entry->room, decision->room);
      else if (g_strcmp0 (entry->room, decision->room) != 0)
        sc_activity_entry_set_text (&entry->room, "");
    } else {
      n_failed++;
      failed = failed != NULL ? failed : decision;
    }
  }
  entry->done = entry->n_seats > 0;
  if (failed != NULL)
    error = g_strdup_printf ("%u of %u: %s", n_failed, decisions->len, failed->error);
  sc_activity_entry_set_text (&entry->error, error);
  sc_api_record (request, entry);
}

static void
reply_decisions (ScApiRequest *request, GPtrArray *decisions)
{
  ScJson *done = json_array ();
  ScJson *failed = json_array ();

  for (guint i = 0; i < decisions->len; i++) {
    const ScEnrolDecision *decision = g_ptr_array_index (decisions, i);

    if (decision->error == NULL)
      json_array_append_new (done, json_integer ((json_int_t) decision->id));
    else
      json_array_append_new (
          failed, json_pack ("{s:I, s:o}", "id", (json_int_t) decision->id, "error", sc_json_text (decision->error)));
  }
  record_decisions (request, decisions);
  sc_api_tell_waiting (request->parts);
  sc_api_request_reply (request, SOUP_STATUS_OK, json_pack ("{s:o, s:o}", "done", done, "failed", failed));
}

void
sc_api_approve_waiting_seats (ScApiRequest *request)
{
  static const char *const allowed[] = { "ids", "room", NULL };
  const ScApiParts *parts = request->parts;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) body = sc_api_request_parse_body (request, allowed, &error);
  g_autoptr (GArray) ids = body != NULL ? parse_ids (body, &error) : NULL;
  g_autofree char *room = NULL;
  g_autoptr (GPtrArray) decisions = NULL;

  if (ids != NULL && json_object_get (body, "room") != NULL)
    room = sc_api_parse_room (body, "room", &error);
  if (error == NULL)
    decisions = sc_enrolments_approve (parts->enrolments, (const guint64 *) (gpointer) ids->data, ids->len, room,
                                       sc_api_get_time (), &error);
  if (decisions == NULL) {
    sc_api_request_fail (request, error);
    return;
  }
  for (guint i = 0; i < decisions->len; i++) {
    const ScEnrolDecision *decision = g_ptr_array_index (decisions, i);

    if (decision->error == NULL && decision->replaced)
      sc_api_shut_out (parts, decision->seat, "staff let the machine in that has taken its place");
    else if (decision->error == NULL)
      sc_seat_hub_touch (parts->hub, decision->seat);
  }
  reply_decisions (request, decisions);
}

void
sc_api_reject_waiting_seats (ScApiRequest *request)
{
  static const char *const allowed[] = { "ids", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) body = sc_api_request_parse_body (request, allowed, &error);
  g_autoptr (GArray) ids = body != NULL ? parse_ids (body, &error) : NULL;
  g_autoptr (GPtrArray) decisions = NULL;

  if (ids != NULL)
    decisions = sc_enrolments_reject (request->parts->enrolments, (const guint64 *) (gpointer) ids->data, ids->len,
                                      sc_api_get_time (), &error);
  if (decisions == NULL)
    sc_api_request_fail (request, error);
  else
    reply_decisions (request, decisions);
}
