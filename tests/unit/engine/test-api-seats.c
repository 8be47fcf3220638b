/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-control.h"
#include "tests/unit/engine/engine-fixture.h"
#include "tests/unit/engine/openapi-schema.h"

/* A dry run, a verification and ways back over the API, with a seat that answers. What is shown on the way is held
 * against openapi.json. */

typedef struct {
  SoupWebsocketConnection *connection;
  guint64 missing;      /* bytes, to be said in answer to PREPARE */
  ScControlType last;   /* order but for WELCOME */
  guint64 last_version; /* of CATCH_UP */
} Seat;

static const char *
string_of (const ScJson *object, const char *key)
{
  return json_string_value (json_object_get (object, key));
}

static json_int_t
int_of (const ScJson *object, const char *key)
{
  return json_integer_value (json_object_get (object, key));
}

static void
say (Seat *seat, const ScControlMessage *message)
{
  g_autofree char *text = sc_control_message_to_json (message);

  soup_websocket_connection_send_text (seat->connection, text);
}

static void
say_prepared (Seat *seat, guint64 session)
{
  g_autoptr (ScControlMessage) answer = sc_control_message_new (SC_CONTROL_PREPARED, session);

  answer->prepared.lacks = g_bytes_new_static ("\xff", 1); /* version 1 has 8 chunks */
  answer->prepared.needs = sc_needs_new ();
  answer->prepared.needs->lacks_bytes = 5 * 65536;
  answer->prepared.needs->free_bytes = 1 << 29;
  answer->prepared.needs->missing_bytes = seat->missing;
  answer->prepared.needs->ways[SC_WAY_UNDO].files = 2;
  g_ptr_array_add (answer->prepared.needs->busy, g_strdup ("debian"));
  say (seat, answer);
}

static void
on_order (SoupWebsocketConnection *connection, SoupWebsocketDataType type, GBytes *bytes, gpointer data)
{
  Seat *seat = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScControlMessage) order =
      sc_control_message_parse (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &error);

  g_assert_no_error (error);
  if (order->type == SC_CONTROL_WELCOME)
    return;
  if (order->type == SC_CONTROL_LISTEN) {
    engine_fixture_answer_listen (connection, order);
    return;
  }
  seat->last = order->type;
  if (order->type == SC_CONTROL_PREPARE)
    say_prepared (seat, order->session);
  if (order->type == SC_CONTROL_CATCH_UP)
    seat->last_version = order->version.version;
}

static void
connect_seat (EngineFixture *fixture, Seat *seat)
{
  *seat = (Seat){ .connection = engine_fixture_connect_seat (fixture) };
  g_signal_connect (seat->connection, "message", G_CALLBACK (on_order), seat);
}

static void
disconnect_seat (Seat *seat)
{
  g_signal_handlers_disconnect_by_data (seat->connection, seat);
  g_clear_object (&seat->connection);
}

static void
expect_order (Seat *seat, ScControlType type)
{
  while (seat->last != type)
    g_main_context_iteration (NULL, TRUE);
  seat->last = SC_CONTROL_WELCOME;
}

/* The answer, which must be as the document says of @schema. */
static ScJson *
get (EngineFixture *fixture, const char *path, const char *schema)
{
  g_autoptr (ScJson) document = openapi_load ();
  g_autoptr (ScJson) reference = json_object ();
  g_autofree char *where = g_strdup_printf ("#/components/schemas/%s", schema);
  g_autoptr (GError) error = NULL;
  ScJson *json = engine_fixture_json (fixture, "GET", path, NULL, 200);

  json_object_set_new (reference, "$ref", json_string (where));
  openapi_validate (document, reference, json, "$", &error);
  g_assert_no_error (error);
  return json;
}

static ScJson *
get_seat (EngineFixture *fixture)
{
  return get (fixture, "/v1/seats/" FIXTURE_SEAT_NAME, "Seat");
}

static ScJson *
dry_run (EngineFixture *fixture, const char *body)
{
  g_autoptr (ScJson) session = engine_fixture_json (fixture, "POST", "/v1/sessions", body, 201);
  g_autofree char *path = g_strdup_printf ("/v1/sessions/%lld", int_of (session, "id"));
  ScJson *shown = get (fixture, path, "Session");

  while (!g_str_equal (string_of (shown, "state"), "planned") || json_is_null (json_object_get (shown, "ended"))) {
    json_decref (shown);
    shown = get (fixture, path, "Session");
  }
  return shown;
}

static void
test_dry_run (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) fits = NULL;
  g_autoptr (ScJson) refused = NULL;
  g_autoptr (ScJson) after = NULL;
  const ScJson *row, *needs;
  g_autoptr (ScJson) capped = NULL;
  Seat seat;

  connect_seat (fixture, &seat);
  sc_sessions_set_room_cap (fixture->parts.sessions, FIXTURE_ROOM, 10000); /* it is what holds it then */
  capped = dry_run (fixture, "{\"version\":1,\"dry_run\":true}");
  g_assert_cmpint (int_of (capped, "share_bits_per_second"), ==, 10000);
  g_assert_cmpint (int_of (json_object_get (capped, "estimate"), "seconds"), ==,
                   (int_of (json_object_get (capped, "estimate"), "wire_bytes") * 8 + 9999) / 10000);
  sc_sessions_set_room_cap (fixture->parts.sessions, FIXTURE_ROOM, 0);
  fits = dry_run (fixture, "{\"version\":1,\"dry_run\":true}");
  g_assert_true (json_is_true (json_object_get (fits, "dry_run")));
  g_assert_cmpint (int_of (fits, "content_bytes"), >, 0);
  g_assert_cmpint (int_of (fits, "plan_bytes"), >, 0);
  g_assert_cmpint (int_of (fits, "wire_bytes"), ==, 0);
  g_assert_cmpint (int_of (json_object_get (fits, "estimate"), "wire_bytes"), >, int_of (fits, "content_bytes"));
  g_assert_cmpint (int_of (json_object_get (fits, "estimate"), "seconds"), >=, 1);
  row = json_array_get (json_object_get (fits, "seats"), 0);
  g_assert_cmpstr (string_of (row, "state"), ==, "planned");
  needs = json_object_get (row, "needs");
  g_assert_cmpint (int_of (needs, "lacks_bytes"), ==, 5 * 65536);
  g_assert_cmpint (int_of (json_object_get (json_object_get (needs, "ways"), "undo"), "files"), ==, 2);
  g_assert_cmpstr (json_string_value (json_array_get (json_object_get (needs, "busy"), 0)), ==, "debian");

  g_assert_cmpint (int_of (fits, "share_bits_per_second"), ==, int_of (fits, "rate_cap_bits_per_second"));

  seat.missing = 4711;
  refused = dry_run (fixture, "{\"version\":1,\"seats\":[\"pc-1\"],\"dry_run\":true}");
  row = json_array_get (json_object_get (refused, "seats"), 0);
  g_assert_cmpstr (string_of (row, "state"), ==, "failed");
  g_assert_nonnull (strstr (string_of (row, "reason"), "4711 bytes) are missing"));
  g_assert_cmpint (int_of (refused, "content_bytes"), ==, 0); /* nobody could take it */
  g_assert_cmpint (int_of (json_object_get (refused, "estimate"), "wire_bytes"), ==, 0);
  g_assert_cmpint (int_of (json_object_get (refused, "estimate"), "seconds"), ==, 0);
  after = get_seat (fixture);
  g_assert_cmpint (int_of (after, "assigned_version"), ==, 2); /* as it was */
  disconnect_seat (&seat);
}

/* A start that was heard of before is another machine with the same data: told once, and not as a disk that forgets. */
static void
take_turns (EngineFixture *fixture, Seat *seat, ScControlMessage *message)
{
  static const char *const runs[] = { "first", "second", "first", "second" };
  g_autoptr (ScJson) told = NULL;

  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "*take turns*" FIXTURE_SEAT_NAME "*");
  for (guint i = 0; i < G_N_ELEMENTS (runs); i++) {
    g_free (message->inventory->run);
    message->inventory->run = g_strdup (runs[i]);
    message->inventory->free_bytes += 4096;
    engine_fixture_say (seat->connection, message);
    do {
      json_decref (g_steal_pointer (&told));
      told = get_seat (fixture);
    } while ((guint64) int_of (told, "free_bytes") != message->inventory->free_bytes);
  }
  g_test_assert_expected_messages ();
}

/* As the seat tells them, and that it was started anew with less than it had known. */
static void
test_volumes (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (ScControlMessage) message = engine_fixture_make_inventory ();
  g_autoptr (ScJson) unknown = NULL;
  g_autoptr (ScJson) told = NULL;
  g_autoptr (ScJson) later = NULL;
  g_autoptr (ScJson) log = NULL;
  const ScJson *volume, *entries;
  gsize n_entries;
  Seat seat;

  connect_seat (fixture, &seat);
  unknown = get_seat (fixture);
  g_assert_cmpstr (string_of (json_object_get (unknown, "volume"), "file_system"), ==, "");
  g_assert_true (json_is_null (json_object_get (unknown, "forgot")));

  message->inventory->volume->traits = SC_VOLUME_FORGETS | SC_VOLUME_DEDUPLICATES;
  message->inventory->volume->refused = SC_VOLUME_FORGETS;
  message->inventory->state_volume->traits = SC_VOLUME_COMPRESSES;
  g_free (message->inventory->volume->reason);
  message->inventory->volume->reason = g_strdup ("Unified Write Filter protects D:");
  message->inventory->generation = 7;
  g_free (message->inventory->run);
  message->inventory->run = g_strdup ("first");
  engine_fixture_say (seat.connection, message);
  do {
    json_decref (told);
    told = get_seat (fixture);
    volume = json_object_get (told, "volume");
  } while (json_array_size (json_object_get (volume, "traits")) == 0);
  g_assert_cmpstr (json_string_value (json_array_get (json_object_get (volume, "traits"), 1)), ==, "deduplicates");
  g_assert_cmpuint (json_array_size (json_object_get (volume, "refused")), ==, 1);
  g_assert_cmpstr (string_of (volume, "reason"), ==, "Unified Write Filter protects D:");
  volume = json_object_get (told, "state_volume");
  g_assert_cmpstr (json_string_value (json_array_get (json_object_get (volume, "traits"), 0)), ==, "compresses");
  g_assert_true (json_is_null (json_object_get (told, "forgot")));

  g_free (message->inventory->run);
  message->inventory->run = g_strdup ("second");
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "*" FIXTURE_SEAT_NAME "*its disk forgets at restart");
  engine_fixture_say (seat.connection, message);
  do {
    json_decref (later);
    later = get_seat (fixture);
  } while (json_is_null (json_object_get (later, "forgot")));
  g_test_assert_expected_messages ();
  log = get (fixture, "/v1/seats/" FIXTURE_SEAT_NAME "/log", "SeatLog");
  entries = json_object_get (log, "entries");
  g_assert_cmpstr (string_of (json_array_get (entries, 0), "event"), ==, "forgot");
  n_entries = json_array_size (entries);
  take_turns (fixture, &seat, message);
  json_decref (g_steal_pointer (&log));
  log = get (fixture, "/v1/seats/" FIXTURE_SEAT_NAME "/log", "SeatLog");
  g_assert_cmpuint (json_array_size (json_object_get (log, "entries")), ==, n_entries);
  disconnect_seat (&seat);
}

/* What a seat was in, newest first; where it runs, as it is now. */
static void
test_sessions_of_a_seat (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) planned = NULL;
  g_autoptr (ScJson) running = NULL;
  g_autoptr (ScJson) list = NULL;
  const ScJson *sessions, *newest, *oldest;
  Seat seat;

  connect_seat (fixture, &seat);
  planned = dry_run (fixture, "{\"version\":1,\"dry_run\":true}");
  g_signal_handlers_disconnect_by_data (seat.connection, &seat); /* it does not answer */
  running = engine_fixture_json (fixture, "POST", "/v1/sessions", "{\"version\":1}", 201);
  list = get (fixture, "/v1/seats/" FIXTURE_SEAT_NAME "/sessions", "SeatSessionList");
  sessions = json_object_get (list, "sessions");
  g_assert_cmpuint (json_array_size (sessions), ==, 3);
  newest = json_array_get (sessions, 0);
  oldest = json_array_get (sessions, 2); /* the fixture's */
  g_assert_cmpint (int_of (json_object_get (newest, "session"), "id"), ==, int_of (running, "id"));
  g_assert_cmpstr (string_of (json_object_get (newest, "session"), "state"), ==, "preparing");
  g_assert_true (json_is_null (json_object_get (json_object_get (newest, "session"), "estimate")));
  g_assert_cmpstr (string_of (json_object_get (newest, "seat"), "state"), ==, "waiting");
  g_assert_cmpstr (string_of (json_object_get (newest, "seat"), "name"), ==, FIXTURE_SEAT_NAME);
  g_assert_cmpstr (string_of (json_object_get (oldest, "session"), "state"), ==, "done");
  g_assert_cmpstr (string_of (json_object_get (oldest, "seat"), "state"), ==, "done");
  disconnect_seat (&seat);
}

/* A deploy refuses a seat without the space, with the bytes, and is over when no other is left. */
static void
test_no_space (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) session = NULL;
  g_autofree char *path = NULL;
  const ScJson *row;
  Seat seat;

  connect_seat (fixture, &seat);
  seat.missing = 4711;
  session = engine_fixture_json (fixture, "POST", "/v1/sessions", "{\"version\":1}", 201);
  path = g_strdup_printf ("/v1/sessions/%lld", int_of (session, "id"));
  while (!g_str_equal (string_of (session, "state"), "failed")) {
    json_decref (session);
    session = get (fixture, path, "Session");
  }
  row = json_array_get (json_object_get (session, "seats"), 0);
  g_assert_nonnull (strstr (string_of (row, "reason"), "4711 bytes) are missing"));
  g_assert_cmpint (int_of (json_object_get (row, "needs"), "missing_bytes"), ==, 4711);
  disconnect_seat (&seat);
}

static char *
verify_state (const ScJson *seat)
{
  return engine_text_of (json_object_get (seat, "verify"), "state");
}

static void
test_verify (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (ScControlMessage) answer = sc_control_message_new (SC_CONTROL_VERIFIED, 0);
  g_autoptr (ScJson) started = NULL;
  g_autoptr (ScJson) refused = NULL;
  g_autoptr (ScJson) stopped = NULL;
  g_autoptr (ScJson) list = NULL;
  g_autoptr (ScJson) shown = NULL;
  g_autofree char *state = NULL;
  const ScJson *verify, *file;
  Seat seat;

  connect_seat (fixture, &seat);
  started = engine_fixture_json (fixture, "POST", "/v1/seats/pc-1/verify", NULL, 202);
  expect_order (&seat, SC_CONTROL_VERIFY);
  state = verify_state (started);
  g_assert_cmpstr (state, ==, "running");
  g_assert_cmpstr (string_of (json_object_get (started, "transfer"), "state"), ==, "verifying");
  refused = engine_fixture_json (fixture, "POST", "/v1/seats/pc-1/verify", NULL, 409);
  g_assert_cmpstr (string_of (json_object_get (refused, "error"), "code"), ==, "busy");
  stopped = engine_fixture_json (fixture, "POST", "/v1/seats/pc-1/verify/cancel", NULL, 202);
  expect_order (&seat, SC_CONTROL_VERIFY);
  list = get (fixture, "/v1/seats", "SeatList");
  g_assert_null (json_object_get (json_array_get (json_object_get (list, "seats"), 0), "verify"));

  answer->verified = sc_verified_new ();
  answer->verified->n_templates = 1;
  sc_verified_add_file (answer->verified, "debian", "disks/b.vmdk", TRUE, 0);
  say (&seat, answer); /* it was done already */
  shown = get_seat (fixture);
  while (g_str_equal (string_of (json_object_get (shown, "verify"), "state"), "running")) {
    json_decref (shown);
    shown = get_seat (fixture);
  }
  verify = json_object_get (shown, "verify");
  g_assert_cmpstr (string_of (verify, "state"), ==, "done");
  g_assert_cmpint (int_of (verify, "n_files"), ==, 1);
  file = json_array_get (json_object_get (verify, "files"), 0);
  g_assert_cmpstr (string_of (file, "path"), ==, "disks/b.vmdk");
  g_assert_true (json_is_true (json_object_get (file, "missing")));
  disconnect_seat (&seat);
}

static void
test_catch_up_to_version (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) unknown = NULL;
  g_autoptr (ScJson) assigned = NULL;
  g_autoptr (ScJson) older = NULL;
  Seat seat;

  connect_seat (fixture, &seat);
  unknown = engine_fixture_json (fixture, "POST", "/v1/seats/pc-1/catch-up", "{\"version\":99}", 404);
  assigned = engine_fixture_json (fixture, "POST", "/v1/seats/pc-1/catch-up", NULL, 202);
  expect_order (&seat, SC_CONTROL_CATCH_UP);
  g_assert_cmpint (seat.last_version, ==, 2);
  older = engine_fixture_json (fixture, "POST", "/v1/seats/pc-1/catch-up", "{\"version\":1}", 202);
  expect_order (&seat, SC_CONTROL_CATCH_UP);
  g_assert_cmpint (seat.last_version, ==, 1);
  g_assert_cmpint (int_of (older, "assigned_version"), ==, 1);
  disconnect_seat (&seat);
}

static void
test_rollback_of_a_seat (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) not_older = NULL;
  g_autoptr (ScJson) unknown = NULL;
  g_autoptr (ScJson) session = NULL;
  Seat seat;

  connect_seat (fixture, &seat);
  not_older = engine_fixture_json (fixture, "POST", "/v1/rollback", "{\"seats\":[\"pc-1\"],\"version\":2}", 400);
  g_assert_nonnull (strstr (string_of (json_object_get (not_older, "error"), "message"), "not older"));
  unknown = engine_fixture_json (fixture, "POST", "/v1/rollback", "{\"seats\":[\"pc-1\",\"pc-2\"]}", 404);
  session = engine_fixture_json (fixture, "POST", "/v1/rollback", "{\"seats\":[\"" FIXTURE_SEAT "\"]}", 201);
  g_assert_cmpint (int_of (session, "version"), ==, 1);
  disconnect_seat (&seat);
}

#define ADD(path, func) g_test_add (path, EngineFixture, NULL, engine_fixture_set_up, func, engine_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/api-seats/dry-run", test_dry_run);
  ADD ("/api-seats/sessions-of-a-seat", test_sessions_of_a_seat);
  ADD ("/api-seats/volumes", test_volumes);
  ADD ("/api-seats/no-space", test_no_space);
  ADD ("/api-seats/verify", test_verify);
  ADD ("/api-seats/catch-up-to-version", test_catch_up_to_version);
  ADD ("/api-seats/rollback-of-a-seat", test_rollback_of_a_seat);
  return g_test_run ();
}
