/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-enrolment.h"

#include "common/trust/sc-token.h"
#include "console/engine/api/sc-api-ca.h"
#include "console/engine/api/sc-api-failures.h"
#include "console/engine/api/sc-api-listener.h"
#include "console/engine/api/sc-api-routes.h"

#include <openssl/crypto.h>
#include <string.h>

#define BUSY_SECONDS "60" /* until who is too many asks again */

gint64
sc_api_get_time (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

void
sc_api_tell_waiting (const ScApiParts *parts)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) json = NULL;
  guint64 n = 0;

  if (!sc_catalog_count_waiting (parts->catalog, NULL, &n, &error))
    g_warning ("cannot tell how many seats wait: %s", error->message);
  json = json_pack ("{s:I}", "n", (json_int_t) n);
  sc_events_emit (parts->events, "waiting-seats-changed", json);
}

void
sc_api_shut_out (const ScApiParts *parts, const char *seat, const char *why)
{
  sc_sessions_shut_out (parts->sessions, seat, why);
  sc_seat_hub_shut_out (parts->hub, seat);
  sc_seat_hub_touch (parts->hub, seat);
}

void
sc_api_record (ScApiRequest *request, ScActivityEntry *entry)
{
  request->recorded = TRUE;
  sc_activity_entry_set_text (&entry->who, request->principal.name);
  sc_activity_entry_set_text (&entry->role, sc_role_to_nick (request->principal.role));
  sc_activity_entry_set_text (&entry->address, request->address);
  sc_activity_record (request->parts->activity, entry);
}

/* POST /v1/enrol */

/* What is new is recorded, and who was denied, but not each time that somebody asks again. */
static void
record_request (ScApiRequest *request, const char *name, const ScEnrolAnswer *answer, const ScEnrolOutcome *outcome)
{
  g_autoptr (ScActivityEntry) entry = NULL;

  if (answer->state == SC_ENROL_DENIED) {
    sc_api_failures_note (request->parts->failures, "enrol-request", &request->principal, request->address, NULL,
                          answer->reason);
    return;
  }
  if (!outcome->is_new)
    return;
  entry = sc_activity_entry_new ("enrol-request");
  entry->done = TRUE;
  sc_activity_entry_add_seat (entry, name);
  sc_activity_entry_set_text (&entry->room, outcome->room);
  sc_activity_entry_set_text (&entry->detail, sc_enrol_state_to_nick (answer->state));
  sc_api_record (request, entry);
  if (answer->state == SC_ENROL_APPROVED)
    sc_seat_hub_touch (request->parts->hub, answer->seat);
  sc_api_tell_waiting (request->parts); /* it may have waited before */
}

static guint
status_of (ScEnrolState state)
{
  switch (state) {
  case SC_ENROL_APPROVED:
    return SOUP_STATUS_OK;
  case SC_ENROL_PENDING:
  case SC_ENROL_DUPLICATE:
    return SOUP_STATUS_ACCEPTED;
  case SC_ENROL_DENIED:
  default:
    return SOUP_STATUS_FORBIDDEN;
  }
}

static void
refuse (ScApiRequest *request, const GError *error)
{
  if (!g_error_matches (error, SC_ERROR, SC_ERROR_BUSY)) {
    sc_api_request_fail (request, error);
    return;
  }
  soup_message_headers_replace (soup_server_message_get_response_headers (request->message), "Retry-After",
                                BUSY_SECONDS);
  sc_api_request_fail_status (request, SC_API_STATUS_TOO_MANY, SC_ERROR_BUSY, "%s", error->message);
}

/* The token is in the body, too. */
static ScEnrolRequest *
parse_request (ScApiRequest *request, GError **error)
{
  static const char *const allowed[] = { "token", "request",         "name", "room", "machine", "macs",
                                         "os",    "service_version", NULL };
  g_autoptr (ScJson) body = sc_api_request_parse_body (request, allowed, error);
  ScEnrolRequest *asked = body != NULL ? sc_enrol_request_from_json (body, error) : NULL;
  const char *token = json_string_value (json_object_get (body, "token"));

  if (token != NULL)
    OPENSSL_cleanse ((char *) token, strlen (token));
  OPENSSL_cleanse (request->body->data, request->body->len);
  return asked;
}

void
sc_api_enrol (ScApiRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScEnrolRequest) asked = parse_request (request, &error);
  g_autoptr (ScEnrolAnswer) answer = NULL;
  g_auto (ScEnrolOutcome) outcome = { 0 };

  if (asked != NULL)
    answer =
        sc_enrolments_ask (request->parts->enrolments, asked, request->address, sc_api_get_time (), &outcome, &error);
  if (answer == NULL) {
    refuse (request, error);
    return;
  }
  record_request (request, asked->name, answer, &outcome);
  sc_api_request_reply (request, status_of (answer->state), sc_enrol_answer_to_json (answer));
}

/* POST /v1/seat/certificate */

/* The key of the certificate that the seat has shown. */
static gboolean
get_shown_key (ScApiRequest *request, guint8 key_id[SC_KEY_ID_SIZE], GError **error)
{
  GTlsCertificate *peer = sc_api_listener_get_peer (request->message);
  g_autoptr (ScCertificate) shown = peer != NULL ? sc_certificate_of_tls (peer, error) : NULL;

  if (peer == NULL)
    g_set_error_literal (error, SC_ERROR, SC_ERROR_DENIED, "a seat renews its certificate by the one that it has");
  if (shown != NULL)
    sc_certificate_get_key_id (shown, key_id);
  return shown != NULL;
}

static void
record_renewal (ScApiRequest *request)
{
  g_autoptr (ScActivityEntry) entry = sc_activity_entry_new ("seat-certificate");
  g_autofree char *name = NULL;
  g_autofree char *room = NULL;

  sc_catalog_dup_seat_labels (request->parts->catalog, request->principal.name, &name, &room);
  entry->done = TRUE;
  sc_activity_entry_add_seat (entry, name);
  sc_activity_entry_set_text (&entry->room, room);
  sc_api_record (request, entry);
  if (sc_authority_is_rotating (request->parts->authority))
    sc_api_tell_authority (request->parts); /* one seat more has moved */
}

void
sc_api_renew_certificate (ScApiRequest *request)
{
  static const char *const allowed[] = { "request", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) body = sc_api_request_parse_body (request, allowed, &error);
  const char *asked = body != NULL ? sc_json_get_string (body, "request", SC_CERTIFICATE_MAX_BYTES, &error) : NULL;
  guint8 key_id[SC_KEY_ID_SIZE];
  g_autofree char *certificate = NULL;
  gboolean is_new = FALSE;
  ScJson *json = NULL;

  if (asked != NULL && get_shown_key (request, key_id, &error))
    certificate = sc_enrolments_renew (request->parts->enrolments, request->principal.name, key_id, asked,
                                       sc_api_get_time (), &is_new, &error);
  if (certificate == NULL) {
    refuse (request, error);
    return;
  }
  if (is_new) /* a seat that asks for the same one all day does not fill the activity */
    record_renewal (request);
  json = json_pack ("{s:s}", "certificate", certificate);
  json_object_set_new (json, "anchors", sc_anchors_to_json (sc_enrolments_get_anchors (request->parts->enrolments)));
  sc_api_request_reply (request, SOUP_STATUS_OK, json);
}

/* POST /v1/seats/{seat}/revoke */

void
sc_api_revoke_seat (ScApiRequest *request)
{
  static const char *const allowed[] = { NULL };
  const ScApiParts *parts = request->parts;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) body = sc_api_request_parse_body (request, allowed, &error);
  g_autoptr (ScCatalogSeat) seat =
      body != NULL ? sc_catalog_find_seat (parts->catalog, request->arguments[0], &error) : NULL;

  if (seat == NULL || !sc_enrolments_revoke (parts->enrolments, seat->inventory->seat, sc_api_get_time (), &error)) {
    sc_api_request_fail (request, error);
    return;
  }
  sc_api_shut_out (parts, seat->inventory->seat, "staff revoked its certificate");
  sc_api_request_reply (request, SOUP_STATUS_OK, sc_api_json_of_seat (parts, seat));
}
