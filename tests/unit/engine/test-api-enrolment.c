/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/engine/engine-seat.h"
#include "tests/unit/engine/openapi-schema.h"

#include <glib/gstdio.h>
#include <string.h>

/* Seats enrol over TLS, and are known by their certificates. */

/* The newest entry of that action. (transfer full) (nullable) */
static ScJson *
find_activity (EngineFixture *fixture, const char *action)
{
  g_autoptr (ScJson) json = engine_fixture_json (fixture, "GET", "/v1/activity", NULL, 200);
  const ScJson *entries = json_object_get (json, "entries");

  for (gsize i = 0; i < json_array_size (entries); i++)
    if (g_str_equal (json_string_value (json_object_get (json_array_get (entries, i), "action")), action))
      return json_incref (json_array_get (entries, i));
  return NULL;
}

static void
assert_activity (EngineFixture *fixture, const char *action, const char *key, const char *value)
{
  g_autoptr (ScJson) entry = find_activity (fixture, action);

  g_assert_nonnull (entry);
  g_assert_cmpstr (json_string_value (json_object_get (entry, key)), ==, value);
}

/* who a seat is */

static SoupWebsocketConnection *
connect_as (EngineFixture *fixture, const EngineSeat *seat, const char *claimed)
{
  g_autoptr (GError) error = NULL;
  SoupWebsocketConnection *connection = engine_fixture_connect_of (fixture, seat->tls, "/v1/seat", &error);
  g_autoptr (ScControlMessage) message = engine_fixture_make_inventory ();

  g_assert_no_error (error);
  g_free (message->inventory->seat);
  message->inventory->seat = g_strdup (claimed);
  engine_fixture_say (connection, message);
  return connection;
}

static void
wait_for_close (SoupWebsocketConnection *connection)
{
  while (soup_websocket_connection_get_state (connection) != SOUP_WEBSOCKET_STATE_CLOSED)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_connect (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (EngineSeat) seat = engine_seat_enrol_new (fixture, "pc-2", "02:00:00:00:00:02");
  g_autoptr (SoupWebsocketConnection) connection = connect_as (fixture, seat, seat->seat);

  while (!sc_seat_hub_is_online (fixture->parts.hub, seat->seat))
    g_main_context_iteration (NULL, TRUE);
}

/* Another seat's id ends the connection, and staff see who it was. */
static void
test_other_id (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (EngineSeat) seat = engine_seat_enrol_new (fixture, "pc-2", "02:00:00:00:00:02");
  g_autoptr (SoupWebsocketConnection) connection = connect_as (fixture, seat, FIXTURE_SEAT);
  g_autoptr (ScJson) entry = NULL;

  wait_for_close (connection);
  g_assert_false (sc_seat_hub_is_online (fixture->parts.hub, FIXTURE_SEAT));
  entry = find_activity (fixture, "seat-refused");
  g_assert_cmpstr (json_string_value (json_array_get (json_object_get (entry, "seats"), 0)), ==, "pc-2");
  g_assert_nonnull (strstr (json_string_value (json_object_get (entry, "error")), "another seat"));
}

static void
test_revoke (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (EngineSeat) seat = engine_seat_enrol_new (fixture, "pc-2", "02:00:00:00:00:02");
  g_autoptr (SoupWebsocketConnection) connection = connect_as (fixture, seat, seat->seat);
  g_autofree char *path = g_strdup_printf ("/v1/seats/%s/revoke", seat->seat);
  g_autofree char *second = engine_manifest_path (fixture, 2);
  g_autoptr (SoupWebsocketConnection) again = NULL;
  g_autoptr (ScJson) done = NULL;
  g_autoptr (ScJson) twice = NULL;
  g_autoptr (ScJson) denied = NULL;
  g_autoptr (GError) error = NULL;

  engine_assign (fixture, seat->seat, 2);
  while (!sc_seat_hub_is_online (fixture->parts.hub, seat->seat))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (engine_get_status (fixture, seat->tls, second, NULL), ==, 200);
  done = engine_fixture_json (fixture, "POST", path, "{}", 200);
  g_assert_false (sc_seat_hub_is_online (fixture->parts.hub, seat->seat));
  wait_for_close (connection);
  engine_assert_denied (fixture, seat->tls, second, 401, "revoked");
  again = engine_fixture_connect_of (fixture, seat->tls, "/v1/seat", &error);
  g_assert_null (again);
  g_assert_nonnull (error);
  denied = engine_seat_enrol (fixture, seat, 403); /* nor by its key and the token that it had */
  assert_activity (fixture, "revoke", "role", "administrator");
  assert_activity (fixture, "seat-refused", "room", FIXTURE_ROOM);
  twice = engine_fixture_json (fixture, "POST", path, "{}", 409);
}

/* A certificate for the very seat, from somebody else's authority. */
static void
test_other_authority (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *directory = g_build_filename (fixture->repository, "authority", NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autoptr (ScAuthority) other = NULL;
  g_autoptr (ScPrivateKey) key = sc_private_key_new (SC_KEY_P256, &error);
  g_autofree char *request = sc_certificate_request_new (key, &error);
  g_autofree char *pem = NULL;
  g_autoptr (GTlsCertificate) tls = NULL;

  g_ptr_array_add (names, (gpointer) "localhost");
  g_assert_cmpint (g_mkdir_with_parents (directory, 0700), ==, 0);
  other = sc_authority_open (directory, names, g_get_real_time () / G_USEC_PER_SEC, &error);
  g_assert_no_error (error);
  pem = sc_authority_issue_seat (other, request, FIXTURE_SEAT, g_get_real_time () / G_USEC_PER_SEC, NULL, NULL, &error);
  g_assert_no_error (error);
  tls = engine_make_tls (other, pem, key);
  engine_assert_denied (fixture, tls, "/v1/plans/0000000000000000000000000000000000000000000000000000000000000000", 401,
                        "");
  engine_assert_denied (fixture, tls, "/v1/seats", 401, "");
}

/* A good one, that the engine has no record of: its catalog was put back from an old copy, or its key was stolen. */
static void
test_unknown_certificate (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScPrivateKey) key = sc_private_key_new (SC_KEY_P256, &error);
  g_autofree char *request = sc_certificate_request_new (key, &error);
  g_autofree char *pem = sc_authority_issue_seat (fixture->authority, request, FIXTURE_SEAT,
                                                  g_get_real_time () / G_USEC_PER_SEC, NULL, NULL, &error);
  g_autoptr (GTlsCertificate) tls = engine_make_tls (fixture->authority, pem, key);

  engine_assert_denied (fixture, tls, "/v1/manifests/xyz", 401, "no record");
}

static void
test_seat_is_no_staff (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (EngineSeat) seat = engine_seat_enrol_new (fixture, "pc-2", "02:00:00:00:00:02");

  engine_assert_denied (fixture, seat->tls, "/v1/seats", 403, "for staff");
  engine_assert_denied (fixture, seat->tls, "/v1/enrol-tokens", 403, "for staff");
}

static void
test_renew (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (EngineSeat) seat = engine_seat_enrol_new (fixture, "pc-2", "02:00:00:00:00:02");
  g_autofree char *second = engine_manifest_path (fixture, 2);
  g_autoptr (GError) error = NULL;
  g_autoptr (ScPrivateKey) key = sc_private_key_new (SC_KEY_P256, &error);
  g_autofree char *request = sc_certificate_request_new (key, &error);
  g_autoptr (ScJson) body = json_pack ("{s:s}", "request", request);
  g_autofree char *text = sc_json_to_text (body);
  g_autoptr (ScJson) answer = NULL;
  g_autoptr (ScJson) refused = NULL;
  g_autoptr (ScAnchors) anchors = NULL;
  g_autoptr (GTlsCertificate) tls = NULL;

  engine_assign (fixture, seat->seat, 2);
  answer = engine_fixture_json_of (fixture, seat->tls, "POST", "/v1/seat/certificate", text, 200);
  anchors = sc_anchors_from_json (json_object_get (answer, "anchors"), &error);
  g_assert_no_error (error);
  tls = engine_make_tls (fixture->authority, json_string_value (json_object_get (answer, "certificate")), key);
  g_assert_cmpuint (engine_get_status (fixture, tls, second, NULL), ==, 200);
  g_assert_cmpuint (engine_get_status (fixture, seat->tls, second, NULL), ==, 200);
  assert_activity (fixture, "seat-certificate", "who", seat->seat);
  refused = engine_fixture_json_of (fixture, NULL, "POST", "/v1/seat/certificate", text, 401);
}

static gsize
count_activity (EngineFixture *fixture, const char *action)
{
  g_autoptr (ScJson) json = engine_fixture_json (fixture, "GET", "/v1/activity", NULL, 200);
  const ScJson *entries = json_object_get (json, "entries");
  gsize n = 0;

  for (gsize i = 0; i < json_array_size (entries); i++)
    n += g_str_equal (json_string_value (json_object_get (json_array_get (entries, i), "action")), action);
  return n;
}

/* Nothing is ever removed of the activity, so no seat may add to it without an end. */
static void
test_renew_again (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (EngineSeat) seat = engine_seat_enrol_new (fixture, "pc-2", "02:00:00:00:00:02");
  g_autoptr (GError) error = NULL;
  g_autoptr (ScPrivateKey) key = sc_private_key_new (SC_KEY_P256, &error);
  g_autofree char *request = sc_certificate_request_new (key, &error);
  g_autoptr (ScJson) body = json_pack ("{s:s}", "request", request);
  g_autofree char *text = sc_json_to_text (body);

  for (guint i = 0; i < 3; i++) {
    g_autoptr (ScJson) answer = engine_fixture_json_of (fixture, seat->tls, "POST", "/v1/seat/certificate", text, 200);
  }
  g_assert_cmpuint (count_activity (fixture, "seat-certificate"), ==, 1);
}

/* waiting */

static gsize
count_waiting (EngineFixture *fixture, guint64 *last)
{
  g_autoptr (ScJson) document = openapi_load ();
  g_autoptr (ScJson) reference = json_pack ("{s:s}", "$ref", "#/components/schemas/WaitingSeatList");
  g_autoptr (ScJson) json = engine_fixture_json (fixture, "GET", "/v1/waiting-seats", NULL, 200);
  const ScJson *list = json_object_get (json, "waiting");
  g_autoptr (GError) error = NULL;

  openapi_validate (document, reference, json, "$", &error);
  g_assert_no_error (error);
  if (json_array_size (list) > 0)
    *last = (guint64) json_integer_value (json_object_get (json_array_get (list, json_array_size (list) - 1), "id"));
  return json_array_size (list);
}

static void
decide (EngineFixture *fixture, const char *what, guint64 id, gsize done)
{
  g_autofree char *path = g_strconcat ("/v1/waiting-seats/", what, NULL);
  g_autofree char *body = g_strdup_printf ("{\"ids\":[%" G_GUINT64_FORMAT "]}", id);
  g_autoptr (ScJson) json = engine_fixture_json (fixture, "POST", path, body, 200);

  g_assert_cmpuint (json_array_size (json_object_get (json, "done")), ==, done);
  g_assert_cmpuint (json_array_size (json_object_get (json, "failed")), ==, 1 - done);
}

typedef struct {
  guint n_events;
  json_int_t n;
} Waiting;

static void
on_event (SoupWebsocketConnection *connection, SoupWebsocketDataType type, GBytes *bytes, Waiting *waiting)
{
  g_autoptr (ScJson) json =
      sc_json_parse_object (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), 1 << 20, NULL);

  if (!g_str_equal (json_string_value (json_object_get (json, "type")), "waiting-seats-changed"))
    return;
  waiting->n_events++;
  waiting->n = json_integer_value (json_object_get (json, "n"));
}

static void
wait_for_event (Waiting *waiting, guint n_events, json_int_t n)
{
  while (waiting->n_events < n_events)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (waiting->n, ==, n);
}

static void
test_waiting (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *token = engine_make_token (fixture, "{\"room\":\"B7\",\"seats\":5,\"hours\":1,\"ask\":true}");
  g_autoptr (EngineSeat) a = engine_seat_new (token, "pc-2", "02:00:00:00:00:02");
  g_autoptr (EngineSeat) b = engine_seat_new (token, "pc-3", "02:00:00:00:00:03");
  g_autoptr (GError) error = NULL;
  g_autoptr (SoupWebsocketConnection) events = engine_fixture_connect (fixture, "/v1/events", TRUE, &error);
  Waiting waiting = { 0 };
  g_autoptr (ScJson) first = NULL;
  g_autoptr (ScJson) second = NULL;
  g_autoptr (ScJson) approved = NULL;
  g_autoptr (ScJson) rejected = NULL;
  guint64 id_a = 0, id_b = 0;

  g_assert_no_error (error);
  g_signal_connect (events, "message", G_CALLBACK (on_event), &waiting);
  first = engine_seat_enrol (fixture, a, 202);
  wait_for_event (&waiting, 1, 1);
  assert_activity (fixture, "enrol-request", "detail", "pending");
  g_assert_cmpuint (count_waiting (fixture, &id_a), ==, 1);
  second = engine_seat_enrol (fixture, b, 202);
  wait_for_event (&waiting, 2, 2);
  g_assert_cmpuint (count_waiting (fixture, &id_b), ==, 2);
  decide (fixture, "approve", id_a, 1);
  wait_for_event (&waiting, 3, 1);
  decide (fixture, "approve", id_a, 0);
  decide (fixture, "reject", id_b, 1);
  wait_for_event (&waiting, 5, 0);
  assert_activity (fixture, "approve", "room", "");
  assert_activity (fixture, "reject", "room", "B7");
  approved = engine_seat_enrol (fixture, a, 200);
  rejected = engine_seat_enrol (fixture, b, 403);
  engine_seat_take_certificate (fixture, a, approved);
  engine_assign (fixture, a->seat, 2);
  {
    g_autofree char *path = engine_manifest_path (fixture, 2);

    g_assert_cmpuint (engine_get_status (fixture, a->tls, path, NULL), ==, 200);
  }
  g_signal_handlers_disconnect_by_data (events, &waiting);
}

/* A machine that is set up anew: once staff approve, the connection of the one before ends. */
static void
test_replacement (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (EngineSeat) old = engine_seat_enrol_new (fixture, "pc-2", "02:00:00:00:00:02");
  g_autoptr (SoupWebsocketConnection) connection = connect_as (fixture, old, old->seat);
  g_autofree char *token = engine_make_token (fixture, "{\"room\":\"" FIXTURE_ROOM "\",\"seats\":5,\"hours\":1}");
  g_autoptr (EngineSeat) anew = engine_seat_new (token, "PC-2", "02:00:00:00:00:02");
  g_autoptr (ScJson) duplicate = NULL;
  g_autoptr (ScJson) approved = NULL;
  guint64 id = 0;

  while (!sc_seat_hub_is_online (fixture->parts.hub, old->seat))
    g_main_context_iteration (NULL, TRUE);
  duplicate = engine_seat_enrol (fixture, anew, 202);
  g_assert_cmpstr (json_string_value (json_object_get (duplicate, "state")), ==, "duplicate");
  g_assert_cmpuint (count_waiting (fixture, &id), ==, 1);
  g_assert_true (sc_seat_hub_is_online (fixture->parts.hub, old->seat));
  decide (fixture, "approve", id, 1);
  g_assert_false (sc_seat_hub_is_online (fixture->parts.hub, old->seat));
  wait_for_close (connection);
  approved = engine_seat_enrol (fixture, anew, 200);
  engine_seat_take_certificate (fixture, anew, approved);
  g_assert_cmpstr (anew->seat, ==, old->seat);
}

/* tokens */

/* The seat that was here before seats had certificates keeps its record. */
static void
test_older_record (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (EngineSeat) seat = engine_seat_enrol_new (fixture, FIXTURE_SEAT_NAME, "02:00:00:00:00:02");

  g_assert_cmpstr (seat->seat, ==, FIXTURE_SEAT);
  assert_activity (fixture, "enrol-request", "detail", "approved");
}

static void
test_too_many_denials (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (EngineSeat) seat = engine_seat_new ("made-up", "pc-2", "02:00:00:00:00:02");
  g_autoptr (SoupMessage) message = engine_fixture_message_of (fixture, NULL, "POST", "/v1/enrol");
  g_autoptr (GBytes) body = g_bytes_new (seat->body, strlen (seat->body));
  g_auto (EngineResponse) response = { 0 };
  g_autoptr (ScJson) entry = NULL;

  for (guint i = 0; i < SC_ENROLMENTS_MAX_DENIALS; i++) {
    g_autoptr (ScJson) denied = engine_seat_enrol (fixture, seat, 403);

    g_assert_cmpstr (json_string_value (json_object_get (denied, "state")), ==, "denied");
  }
  soup_message_set_request_body_from_bytes (message, "application/json", body);
  engine_fixture_send (fixture, message, &response);
  g_assert_cmpuint (response.status, ==, 429);
  g_assert_cmpstr (soup_message_headers_get_one (response.headers, "Retry-After"), ==, "60");
  entry = find_activity (fixture, "enrol-request");
  g_assert_false (json_is_true (json_object_get (entry, "done")));
}

/* A token is told once, and is nowhere in what staff can look at. */
static void
test_token_is_secret (EngineFixture *fixture, gconstpointer data)
{
  static const char *const paths[] = { "/v1/enrol-tokens", "/v1/activity", "/v1/waiting-seats" };
  g_autofree char *token = engine_make_token (fixture, "{\"room\":\"A101\",\"seats\":1,\"hours\":1}");
  g_autoptr (EngineSeat) seat = engine_seat_new (token, "pc-2", "02:00:00:00:00:02");
  g_autoptr (ScJson) answer = engine_seat_enrol (fixture, seat, 200);

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_autoptr (ScJson) json = engine_fixture_json (fixture, "GET", paths[i], NULL, 200);
    g_autofree char *text = sc_json_to_text (json);

    g_assert_null (strstr (text, token));
  }
  assert_activity (fixture, "enrol-token-create", "room", "A101");
}

#define ADD(name, func)                                                                                                \
  g_test_add ("/api-enrolment/" name, EngineFixture, NULL, engine_fixture_set_up, func, engine_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("seat/connect", test_connect);
  ADD ("seat/other-id", test_other_id);
  ADD ("seat/revoke", test_revoke);
  ADD ("seat/other-authority", test_other_authority);
  ADD ("seat/unknown-certificate", test_unknown_certificate);
  ADD ("seat/no-staff", test_seat_is_no_staff);
  ADD ("seat/renew", test_renew);
  ADD ("seat/renew-again", test_renew_again);
  ADD ("waiting", test_waiting);
  ADD ("replacement", test_replacement);
  ADD ("older-record", test_older_record);
  ADD ("too-many-denials", test_too_many_denials);
  ADD ("token-is-secret", test_token_is_secret);
  return g_test_run ();
}
