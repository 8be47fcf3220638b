/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-ca.h"

#include "console/engine/api/sc-api-routes.h"
#include "console/engine/catalog/sc-catalog-certificates.h"
#include "console/engine/sc-json-text.h"

#include <string.h>

#define MAX_WAITING 64u /* names that are told */
#define DAY_SECONDS (24 * 60 * 60)
#define MAX_ACTION_BYTES 16u

static gint64
now (void)
{
  return g_get_real_time () / G_TIME_SPAN_SECOND;
}

/* Certificates begin a day before they are made. */
static ScJson *
json_of_making (const ScCertificate *certificate)
{
  return sc_json_time ((sc_certificate_get_begin (certificate) + DAY_SECONDS) * G_TIME_SPAN_SECOND);
}

static ScJson *
json_of_end (const ScCertificate *certificate)
{
  return sc_json_time (sc_certificate_get_end (certificate) * G_TIME_SPAN_SECOND);
}

/* null: the authority is not being changed. NULL with an error */
static ScJson *
json_of_rotation (const ScApiParts *parts, GError **error)
{
  const ScCertificate *next = sc_authority_get_next (parts->authority);
  g_autofree char *fingerprint = next != NULL ? sc_certificate_get_fingerprint (next) : NULL;
  g_autoptr (GPtrArray) waiting = g_ptr_array_new_with_free_func (g_free);
  ScJson *names = NULL;
  guint64 moved = 0, total = 0;

  if (next == NULL)
    return json_null ();
  if (!sc_catalog_count_moved (parts->catalog, fingerprint, now (), &moved, &total, waiting, MAX_WAITING, error))
    return NULL;
  names = json_array ();
  for (guint i = 0; i < waiting->len; i++)
    json_array_append_new (names, sc_json_text (waiting->pdata[i]));
  return json_pack ("{s:s, s:o, s:I, s:I, s:o}", "fingerprint", fingerprint, "started", json_of_making (next), "moved",
                    (json_int_t) moved, "total", (json_int_t) total, "waiting", names);
}

static ScJson *
json_of_console (const ScApiParts *parts)
{
  const ScCertificate *console = sc_authority_get_console_certificate (parts->authority);
  g_autoptr (GPtrArray) names = sc_certificate_get_names (console);
  ScJson *json = json_object ();

  sc_json_set_strings (json, "names", names, names->len);
  json_object_set_new (json, "expires", json_of_end (console));
  return json;
}

static ScJson *
json_of_authority (const ScApiParts *parts, GError **error)
{
  const ScCertificate *certificate = sc_authority_get_certificate (parts->authority);
  const ScAnchors *anchors = sc_authority_get_anchors (parts->authority);
  g_autofree char *pem = sc_certificate_to_pem (certificate);
  g_autofree char *signing_key = sc_signing_key_to_hex (&anchors->signing_keys[0]);
  ScJson *rotation = json_of_rotation (parts, error);

  if (rotation == NULL)
    return NULL;
  return json_pack ("{s:s, s:s, s:o, s:o, s:s, s:o, s:o}", "fingerprint",
                    sc_authority_get_fingerprint (parts->authority), "certificate", pem, "created",
                    json_of_making (certificate), "expires", json_of_end (certificate), "signing_key", signing_key,
                    "console", json_of_console (parts), "rotation", rotation);
}

static void
reply (ScApiRequest *request)
{
  g_autoptr (GError) error = NULL;
  ScJson *json = json_of_authority (request->parts, &error);

  if (json != NULL)
    sc_api_request_reply (request, SOUP_STATUS_OK, json);
  else
    sc_api_request_fail (request, error);
}

void
sc_api_tell_authority (const ScApiParts *parts)
{
  g_autoptr (ScJson) json = json_object ();

  sc_events_emit (parts->events, "ca-changed", json);
}

void
sc_api_get_authority (ScApiRequest *request)
{
  reply (request);
}

/* ---- POST /v1/ca/rotate ---- */

static void
begin (ScApiRequest *request)
{
  g_autoptr (GError) error = NULL;

  if (sc_trust_begin (request->parts->trust, now (), &error))
    reply (request);
  else
    sc_api_request_fail (request, error);
}

/* Signing all versions takes its time, which the main loop has not. */
static ScJson *
sign_anew (ScStore *store, gpointer data, GError **error)
{
  return sc_trust_sign_anew (data, error) ? json_object () : NULL;
}

static ScJson *
sign_back (ScStore *store, gpointer data, GError **error)
{
  return sc_trust_sign_back (data, error) ? json_object () : NULL;
}

static void
end (ScApiRequest *request, gboolean ended, const GError *error)
{
  if (ended)
    reply (request);
  else
    sc_api_request_fail (request, error);
}

static void
finish (ScApiRequest *request, ScJson *signed_anew)
{
  g_autoptr (GError) error = NULL;
  gboolean ended = sc_trust_finish (request->parts->trust, now (), &error);

  json_decref (signed_anew);
  end (request, ended, error);
}

static void
cancel (ScApiRequest *request, ScJson *signed_back)
{
  g_autoptr (GError) error = NULL;
  gboolean ended = sc_trust_cancel (request->parts->trust, &error);

  json_decref (signed_back);
  end (request, ended, error);
}

void
sc_api_rotate_authority (ScApiRequest *request)
{
  static const char *const allowed[] = { "action", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) body = sc_api_request_parse_body (request, allowed, &error);
  const char *action = body != NULL ? sc_json_get_string (body, "action", MAX_ACTION_BYTES, &error) : NULL;
  gboolean finishes = g_strcmp0 (action, "finish") == 0;

  if (action == NULL)
    sc_api_request_fail (request, error);
  else if (g_str_equal (action, "begin"))
    begin (request);
  else if (!finishes && !g_str_equal (action, "cancel"))
    sc_api_request_fail_status (request, SOUP_STATUS_BAD_REQUEST, SC_ERROR_INVALID,
                                "“action” must be begin, finish or cancel");
  else if (!sc_trust_hold (request->parts->trust, &error))
    sc_api_request_fail (request, error);
  else
    sc_api_request_run_then (request, finishes ? sign_anew : sign_back, finishes ? finish : cancel,
                             request->parts->trust, (GDestroyNotify) sc_trust_release);
}
