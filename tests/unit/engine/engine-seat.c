/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/engine/engine-seat.h"

#include "tests/unit/engine/openapi-schema.h"

#include <string.h>

EngineSeat *
engine_seat_new (const char *token, const char *name, const char *mac)
{
  EngineSeat *seat = g_new0 (EngineSeat, 1);
  g_autoptr (ScEnrolRequest) request = sc_enrol_request_new ();
  g_autoptr (ScJson) json = NULL;
  g_autoptr (GError) error = NULL;

  seat->key = sc_private_key_new (SC_KEY_P256, &error);
  g_assert_no_error (error);
  g_free (request->request);
  request->request = sc_certificate_request_new (seat->key, &error);
  g_assert_no_error (error);
  g_free (request->name);
  request->name = g_strdup (name);
  g_free (request->token);
  request->token = g_strdup (token);
  g_ptr_array_add (request->macs, g_strdup (mac));
  json = sc_enrol_request_to_json (request);
  seat->body = sc_json_to_text (json);
  return seat;
}

void
engine_seat_free (EngineSeat *seat)
{
  if (seat == NULL)
    return;
  sc_private_key_free (seat->key);
  g_clear_object (&seat->tls);
  g_free (seat->body);
  g_free (seat->seat);
  g_free (seat);
}

GTlsCertificate *
engine_make_tls (ScAuthority *authority, const char *pem, const ScPrivateKey *key)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCertificate) certificate = sc_certificate_parse (pem, strlen (pem), &error);
  GTlsCertificate *tls = NULL;

  g_assert_no_error (error);
  tls = sc_certificate_to_tls (certificate, key, sc_authority_get_certificate (authority), &error);
  g_assert_no_error (error);
  return tls;
}

char *
engine_make_token (EngineFixture *fixture, const char *body)
{
  g_autoptr (ScJson) json = engine_fixture_json (fixture, "POST", "/v1/enrol-tokens", body, 201);

  return engine_text_of (json, "token");
}

/* Asks; the answer must have @status. (transfer full) */
ScJson *
engine_seat_enrol (EngineFixture *fixture, const EngineSeat *seat, guint status)
{
  g_autoptr (ScJson) document = openapi_load ();
  g_autoptr (ScJson) reference = json_pack ("{s:s}", "$ref", "#/components/schemas/EnrolAnswer");
  ScJson *json = engine_fixture_json_of (fixture, NULL, "POST", "/v1/enrol", seat->body, status);
  g_autoptr (GError) error = NULL;

  openapi_validate (document, reference, json, "$", &error);
  g_assert_no_error (error);
  return json;
}

void
engine_seat_take_certificate (EngineFixture *fixture, EngineSeat *seat, const ScJson *answer)
{
  g_free (seat->seat);
  seat->seat = engine_text_of (answer, "seat");
  g_clear_object (&seat->tls);
  seat->tls =
      engine_make_tls (fixture->authority, json_string_value (json_object_get (answer, "certificate")), seat->key);
}

/* One that is let in by its token. */
EngineSeat *
engine_seat_enrol_new (EngineFixture *fixture, const char *name, const char *mac)
{
  g_autofree char *token = engine_make_token (fixture, "{\"room\":\"" FIXTURE_ROOM "\",\"seats\":5,\"hours\":1}");
  EngineSeat *seat = engine_seat_new (token, name, mac);
  g_autoptr (ScJson) answer = engine_seat_enrol (fixture, seat, 200);

  engine_seat_take_certificate (fixture, seat, answer);
  return seat;
}

void
engine_assert_denied (EngineFixture *fixture, GTlsCertificate *certificate, const char *path, guint status,
                      const char *why)
{
  g_autoptr (ScJson) json = engine_fixture_json_of (fixture, certificate, "GET", path, NULL, status);
  const char *message = json_string_value (json_object_get (json_object_get (json, "error"), "message"));

  if (strstr (message, why) == NULL)
    g_error ("“%s” does not say “%s”", message, why);
}

char *
engine_manifest_path (EngineFixture *fixture, guint64 number)
{
  g_autoptr (ScVersionManifest) version = sc_store_get_version (fixture->parts.store, number, NULL);
  char hex[SC_CHUNK_ID_HEX_LENGTH + 1];

  sc_chunk_id_to_hex (sc_version_manifest_get_id (version), hex);
  return g_strconcat ("/v1/manifests/", hex, NULL);
}

guint
engine_get_status (EngineFixture *fixture, GTlsCertificate *certificate, const char *path, const char *range)
{
  g_autoptr (SoupMessage) message = engine_fixture_message_of (fixture, certificate, "GET", path);
  g_auto (EngineResponse) response = { 0 };

  if (range != NULL)
    soup_message_headers_append (soup_message_get_request_headers (message), "Range", range);
  engine_fixture_send (fixture, message, &response);
  g_assert_no_error (response.error);
  if (response.status >= 400)
    g_test_message ("%s: %.*s", path, (int) g_bytes_get_size (response.body),
                    (const char *) g_bytes_get_data (response.body, NULL));
  return response.status;
}

void
engine_assign (EngineFixture *fixture, const char *seat, guint64 version)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sc_catalog_assign_version (fixture->parts.catalog, seat, version, &error));
  g_assert_no_error (error);
}
