/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The authority over the API, and its change from end to end, with a seat that is connected. */
#include "console/engine/store/sc-store-signatures.h"
#include "tests/unit/engine/engine-seat.h"
#include "tests/unit/engine/openapi-schema.h"

#include <string.h>

static ScJson *
get_authority (EngineFixture *fixture)
{
  g_autoptr (ScJson) document = openapi_load ();
  g_autoptr (ScJson) reference = json_pack ("{s:s}", "$ref", "#/components/schemas/Authority");
  g_autoptr (GError) error = NULL;
  ScJson *json = engine_fixture_json (fixture, "GET", "/v1/ca", NULL, 200);

  openapi_validate (document, reference, json, "$", &error);
  g_assert_no_error (error);
  return json;
}

static void
rotate (EngineFixture *fixture, const char *action, guint status)
{
  g_autofree char *body = g_strdup_printf ("{\"action\":\"%s\"}", action);
  g_autoptr (ScJson) answer = engine_fixture_json (fixture, "POST", "/v1/ca/rotate", body, status);
}

static const char *
text_of (const ScJson *json, const char *key)
{
  return json_string_value (json_object_get (json, key));
}

static void
test_authority (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) json = get_authority (fixture);
  g_autoptr (GError) error = NULL;
  const char *pem = text_of (json, "certificate");
  g_autoptr (ScCertificate) certificate = sc_certificate_parse (pem, strlen (pem), &error);
  g_autofree char *fingerprint = NULL;
  g_autofree char *signing_key =
      sc_signing_key_to_hex (&sc_authority_get_anchors (fixture->authority)->signing_keys[0]);
  const ScJson *names = json_object_get (json_object_get (json, "console"), "names");

  g_assert_no_error (error);
  fingerprint = sc_certificate_get_fingerprint (certificate);
  g_assert_cmpstr (fingerprint, ==, sc_authority_get_fingerprint (fixture->authority));
  g_assert_cmpstr (text_of (json, "fingerprint"), ==, fingerprint);
  g_assert_cmpstr (text_of (json, "signing_key"), ==, signing_key);
  g_assert_cmpuint (json_array_size (names), ==, 2);
  g_assert_cmpstr (json_string_value (json_array_get (names, 0)), ==, "127.0.0.1");
  g_assert_true (json_is_null (json_object_get (json, "rotation")));
}

typedef struct {
  ScControlMessage *last; /* TRUST */
  guint n_trust;
  gboolean closed;
} Told;

static void
on_message (SoupWebsocketConnection *connection, SoupWebsocketDataType type, GBytes *bytes, Told *told)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScControlMessage) message =
      sc_control_message_parse (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &error);

  g_assert_no_error (error);
  if (message->type != SC_CONTROL_TRUST)
    return;
  g_clear_pointer (&told->last, sc_control_message_free);
  told->last = g_steal_pointer (&message);
  told->n_trust++;
}

static void
wait_for_trust (const Told *told, guint n)
{
  while (told->n_trust < n)
    g_main_context_iteration (NULL, TRUE);
}

static SoupWebsocketConnection *
connect_as (EngineFixture *fixture, const EngineSeat *seat, const char *name, Told *told)
{
  g_autoptr (ScControlMessage) inventory = engine_fixture_make_inventory ();
  g_autoptr (GError) error = NULL;
  SoupWebsocketConnection *connection = engine_fixture_connect_of (fixture, seat->tls, "/v1/seat", &error);

  g_assert_no_error (error);
  g_signal_connect (connection, "message", G_CALLBACK (on_message), told);
  g_free (inventory->inventory->seat);
  inventory->inventory->seat = g_strdup (seat->seat);
  g_free (inventory->inventory->name);
  inventory->inventory->name = g_strdup (name);
  engine_fixture_say (connection, inventory);
  return connection;
}

/* As the seat does when it is told to. */
static void
renew (EngineFixture *fixture, EngineSeat *seat)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScPrivateKey) key = sc_private_key_new (SC_KEY_P256, &error);
  g_autofree char *request = sc_certificate_request_new (key, &error);
  g_autoptr (ScJson) body = json_pack ("{s:s}", "request", request);
  g_autofree char *text = sc_json_to_text (body);
  g_autoptr (ScJson) answer = engine_fixture_json_of (fixture, seat->tls, "POST", "/v1/seat/certificate", text, 200);

  g_clear_object (&seat->tls);
  seat->tls = engine_make_tls (fixture->authority, text_of (answer, "certificate"), key);
}

static void
assert_moved (EngineFixture *fixture, guint moved, guint total, const char *waiting)
{
  g_autoptr (ScJson) json = get_authority (fixture);
  const ScJson *rotation = json_object_get (json, "rotation");
  const ScJson *names = json_object_get (rotation, "waiting");

  g_assert_cmpint (json_integer_value (json_object_get (rotation, "moved")), ==, moved);
  g_assert_cmpint (json_integer_value (json_object_get (rotation, "total")), ==, total);
  g_assert_cmpuint (json_array_size (names), ==, total - moved);
  g_assert_cmpstr (json_string_value (json_array_get (names, 0)), ==, waiting);
}

/* Whether seats that trust only what the authority says now take each version. */
static void
assert_all_signed (EngineFixture *fixture)
{
  const ScAnchors *anchors = sc_authority_get_anchors (fixture->authority);

  for (guint64 number = 1; number <= 2; number++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (ScVersionManifest) version = sc_store_get_version (fixture->parts.store, number, &error);
    ScSignature signature;

    g_assert_no_error (error);
    sc_store_get_signature (fixture->parts.store, version, &signature, &error);
    g_assert_no_error (error);
    g_assert_true (sc_signature_is_of_version (&signature, anchors->signing_keys, anchors->n_signing_keys, number,
                                               sc_version_manifest_get_id (version)));
  }
}

static void
assert_recorded (EngineFixture *fixture, const char *detail)
{
  g_autoptr (ScJson) json = engine_fixture_json (fixture, "GET", "/v1/activity?max=1", NULL, 200);
  const ScJson *entry = json_array_get (json_object_get (json, "entries"), 0);

  g_assert_cmpstr (text_of (entry, "action"), ==, "ca-rotate");
  g_assert_cmpstr (text_of (entry, "detail"), ==, detail);
}

static void
test_rotation (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (EngineSeat) mover = engine_seat_enrol_new (fixture, "pc-2", "02:00:00:00:00:02");
  g_autoptr (EngineSeat) sleeper = engine_seat_enrol_new (fixture, "pc-3", "02:00:00:00:00:03");
  g_autofree char *manifest = engine_manifest_path (fixture, 2);
  g_autofree char *before = g_strdup (sc_authority_get_fingerprint (fixture->authority));
  g_autoptr (ScConnection) old_connection = sc_connection_new (fixture->connection->url, "x", before);
  g_autoptr (SoupWebsocketConnection) connection = NULL;
  Told told = { 0 };

  engine_assign (fixture, mover->seat, 2);
  connection = connect_as (fixture, mover, "pc-2", &told);
  wait_for_trust (&told, 1);
  g_assert_true (sc_anchors_equal (told.last->trust.anchors, sc_authority_get_anchors (fixture->authority)));
  g_assert_false (told.last->trust.renew);

  rotate (fixture, "finish", 409);
  rotate (fixture, "cancel", 409);
  rotate (fixture, "begin", 200);
  assert_recorded (fixture, "begin");
  rotate (fixture, "begin", 409);
  wait_for_trust (&told, 2);
  g_assert_cmpuint (told.last->trust.anchors->authorities->len, ==, 2);
  g_assert_true (told.last->trust.renew);
  assert_moved (fixture, 0, 2, "pc-2");
  renew (fixture, mover);
  assert_moved (fixture, 1, 2, "pc-3");
  g_assert_cmpuint (engine_get_status (fixture, mover->tls, manifest, NULL), ==, 200);
  g_assert_true (sc_connection_accepts (old_connection, sc_authority_get_tls (fixture->authority)));
  assert_all_signed (fixture);

  rotate (fixture, "finish", 200);
  assert_recorded (fixture, "finish");
  wait_for_trust (&told, 3);
  g_assert_cmpuint (told.last->trust.anchors->authorities->len, ==, 1);
  g_assert_false (told.last->trust.renew);
  g_assert_cmpstr (fixture->connection->fingerprint, !=, before);
  g_assert_false (sc_connection_accepts (old_connection, sc_authority_get_tls (fixture->authority)));
  /* over new connections, to what is shown now */
  g_assert_cmpuint (engine_get_status (fixture, mover->tls, manifest, NULL), ==, 200);
  engine_assert_denied (fixture, sleeper->tls, manifest, 401, "enrol again");
  assert_all_signed (fixture);
  soup_websocket_connection_close (connection, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  sc_control_message_free (told.last);
}

/* One is issued to it, and the answer is lost. It would enrol again if it were not told once more. */
static void
test_lost_answer (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (EngineSeat) seat = engine_seat_enrol_new (fixture, "pc-2", "02:00:00:00:00:02");
  g_autoptr (GTlsCertificate) old = g_object_ref (seat->tls);
  g_autoptr (GTlsCertificate) lost = NULL;
  g_autoptr (SoupWebsocketConnection) first = NULL;
  g_autoptr (SoupWebsocketConnection) second = NULL;
  Told told = { 0 };

  rotate (fixture, "begin", 200);
  renew (fixture, seat);
  lost = g_steal_pointer (&seat->tls);
  seat->tls = g_steal_pointer (&old);
  first = connect_as (fixture, seat, "pc-2", &told);
  wait_for_trust (&told, 1);
  g_assert_true (told.last->trust.renew);
  renew (fixture, seat);
  second = connect_as (fixture, seat, "pc-2", &told);
  wait_for_trust (&told, 2);
  g_assert_false (told.last->trust.renew);
  soup_websocket_connection_close (second, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  sc_control_message_free (told.last);
}

static void
test_cancel (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (EngineSeat) seat = engine_seat_enrol_new (fixture, "pc-2", "02:00:00:00:00:02");
  g_autofree char *manifest = engine_manifest_path (fixture, 2);
  g_autofree char *before = g_strdup (sc_authority_get_fingerprint (fixture->authority));
  g_autoptr (GError) error = NULL;

  engine_assign (fixture, seat->seat, 2);
  rotate (fixture, "begin", 200);
  /* an attempt to finish that broke off */
  sc_trust_sign_anew (fixture->parts.trust, &error);
  g_assert_no_error (error);
  rotate (fixture, "cancel", 200);
  assert_recorded (fixture, "cancel");
  g_assert_cmpstr (sc_authority_get_fingerprint (fixture->authority), ==, before);
  assert_all_signed (fixture);
  g_assert_cmpuint (engine_get_status (fixture, seat->tls, manifest, NULL), ==, 200);
}

/* The next authority's files take the current one's places already, and the disk is full: what cannot be cancelled any
 * more changes no signature, for at the next start only the next key is left. */
static void
test_cancelled_too_late (EngineFixture *fixture, gconstpointer data)
{
  const ScAnchors *anchors = NULL;
  g_autofree char *path = g_build_filename (fixture->directory, SC_AUTHORITY_FOLDER, "finish", NULL);
  g_autoptr (ScVersionManifest) version = NULL;
  g_autoptr (GError) error = NULL;
  ScSignature signature;

  rotate (fixture, "begin", 200);
  sc_trust_sign_anew (fixture->parts.trust, &error);
  g_assert_no_error (error);
  g_file_set_contents (path, "x", 1, &error);
  g_assert_no_error (error);
  rotate (fixture, "cancel", 409);
  version = sc_store_get_version (fixture->parts.store, 2, &error);
  g_assert_no_error (error);
  sc_store_get_signature (fixture->parts.store, version, &signature, &error);
  g_assert_no_error (error);
  anchors = sc_authority_get_anchors (fixture->authority);
  g_assert_true (
      sc_signature_is_of_version (&signature, &anchors->signing_keys[1], 1, 2, sc_version_manifest_get_id (version)));
  rotate (fixture, "finish", 200);
  assert_all_signed (fixture);
}

/* Two who end it at once, each in his way. */
static void
test_one_at_a_time (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  rotate (fixture, "begin", 200);
  g_assert_true (sc_trust_hold (fixture->parts.trust, &error));
  rotate (fixture, "cancel", 409);
  rotate (fixture, "finish", 409);
  sc_trust_release (fixture->parts.trust);
  rotate (fixture, "finish", 200);
}

#define ADD(path, func) g_test_add (path, EngineFixture, NULL, engine_fixture_set_up, func, engine_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/api/ca/authority", test_authority);
  ADD ("/api/ca/rotation", test_rotation);
  ADD ("/api/ca/lost-answer", test_lost_answer);
  ADD ("/api/ca/cancel", test_cancel);
  ADD ("/api/ca/cancelled-too-late", test_cancelled_too_late);
  ADD ("/api/ca/one-at-a-time", test_one_at_a_time);
  return g_test_run ();
}
