/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/trust/sc-token.h"
#include "console/engine/api/sc-api-auth.h"
#include "console/engine/api/sc-api-failures.h"
#include "console/engine/catalog/sc-catalog-settings.h"
#include "tests/unit/engine/engine-fixture.h"

#include <string.h>

#define PASSWORD "correct horse"
#define OTHER "battery staple"

static const char *
string_of (const ScJson *object, const char *key)
{
  return json_string_value (json_object_get (object, key));
}

/* As engine_fixture_json(), as the one who has @token. @headers: (out) (nullable) */
static ScJson *
ask_as (EngineFixture *fixture, const char *token, const char *method, const char *path, const char *body, guint status)
{
  char *own = fixture->token;
  ScJson *answer;

  fixture->token = (char *) token;
  answer = engine_fixture_json (fixture, method, path, body, status);
  fixture->token = own;
  return answer;
}

static void
do_as (EngineFixture *fixture, const char *token, const char *method, const char *path, const char *body, guint status)
{
  g_autoptr (ScJson) answer = ask_as (fixture, token, method, path, body, status);
}

static void
add_user (EngineFixture *fixture, const char *name, const char *role)
{
  g_autofree char *body =
      g_strdup_printf ("{\"name\":\"%s\",\"role\":\"%s\",\"password\":\"" PASSWORD "\"}", name, role);

  do_as (fixture, fixture->token, "POST", "/v1/users", body, 201);
}

static char *
sign_in (EngineFixture *fixture, const char *name, const char *password)
{
  g_autofree char *body = g_strdup_printf ("{\"user\":\"%s\",\"password\":\"%s\"}", name, password);
  g_autoptr (ScJson) answer = ask_as (fixture, "", "POST", "/v1/sign-in", body, 200);

  g_assert_cmpstr (string_of (answer, "user"), ==, name);
  return g_strdup (string_of (answer, "token"));
}

/* (transfer full): newest first */
static ScJson *
activity (EngineFixture *fixture)
{
  g_autoptr (ScJson) list = engine_fixture_json (fixture, "GET", "/v1/activity", NULL, 200);

  return json_incref (json_object_get (list, "entries"));
}

/* The number of entries of @action, of which the newest is @newest (out) (nullable) (transfer full). */
static guint
count (EngineFixture *fixture, const char *action, ScJson **newest)
{
  g_autoptr (ScJson) entries = activity (fixture);
  guint n = 0;

  for (gsize i = 0; i < json_array_size (entries); i++) {
    ScJson *entry = json_array_get (entries, i);

    if (!g_str_equal (string_of (entry, "action"), action))
      continue;
    if (n++ == 0 && newest != NULL)
      *newest = json_incref (entry);
  }
  return n;
}

static void
test_session (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *token = NULL;
  g_autoptr (ScJson) me = NULL;
  g_autoptr (ScJson) local = NULL;
  g_autoptr (ScJson) entry = NULL;
  g_autoptr (ScJson) signed_out = NULL;

  add_user (fixture, "anna", "operator");
  token = sign_in (fixture, "anna", PASSWORD);
  me = ask_as (fixture, token, "GET", "/v1/me", NULL, 200);
  g_assert_cmpstr (string_of (me, "user"), ==, "anna");
  g_assert_cmpstr (string_of (me, "role"), ==, "operator");
  g_assert_nonnull (string_of (me, "expires"));
  g_assert_true (json_is_false (json_object_get (me, "local")));
  local = engine_fixture_json (fixture, "GET", "/v1/me", NULL, 200);
  g_assert_cmpstr (string_of (local, "user"), ==, "local administrator");
  g_assert_true (json_is_true (json_object_get (local, "local")));
  g_assert_true (json_is_null (json_object_get (local, "expires")));

  do_as (fixture, token, "POST", "/v1/rooms", "{\"name\":\"Lab 7\"}", 201);
  do_as (fixture, token, "POST", "/v1/sign-out", "{}", 200);
  do_as (fixture, token, "GET", "/v1/me", NULL, 401);
  do_as (fixture, token, "POST", "/v1/sign-out", "{}", 401);
  g_assert_cmpuint (count (fixture, "room-create", &entry), ==, 1);
  g_assert_cmpstr (string_of (entry, "who"), ==, "anna");
  g_assert_cmpstr (string_of (entry, "role"), ==, "operator");
  g_assert_cmpstr (string_of (entry, "address"), ==, "127.0.0.1");
  g_assert_cmpstr (string_of (entry, "result"), ==, "done");
  g_assert_cmpuint (count (fixture, "sign-in", NULL), ==, 1);
  g_assert_cmpuint (count (fixture, "sign-out", &signed_out), ==, 1);
  g_assert_cmpstr (string_of (signed_out, "who"), ==, "anna");
}

/* What passwords were is nowhere in the activity; what was changed is. */
static void
test_changes (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *token = NULL;
  g_autofree char *text = NULL;
  g_autoptr (ScJson) entry = NULL;
  g_autoptr (ScJson) entries = NULL;
  g_autoptr (ScJson) users = NULL;
  g_autoptr (ScJson) user = NULL;

  add_user (fixture, "anna", "viewer");
  token = sign_in (fixture, "anna", PASSWORD);
  do_as (fixture, token, "POST", "/v1/me/password", "{\"old\":\"" OTHER "\",\"new\":\"" OTHER "\"}", 403);
  do_as (fixture, token, "POST", "/v1/me/password", "{\"old\":\"" PASSWORD "\",\"new\":\"" OTHER "\"}", 200);
  do_as (fixture, token, "GET", "/v1/me", NULL, 200);
  user = engine_fixture_json (fixture, "POST", "/v1/users/anna/change",
                              "{\"role\":\"operator\",\"password\":\"" PASSWORD "\",\"disabled\":true}", 200);
  g_assert_cmpstr (string_of (user, "name"), ==, "anna");
  g_assert_cmpstr (string_of (user, "role"), ==, "operator");
  g_assert_true (json_is_true (json_object_get (user, "disabled")));
  do_as (fixture, token, "GET", "/v1/me", NULL, 401);
  users = engine_fixture_json (fixture, "GET", "/v1/users", NULL, 200);
  g_assert_cmpuint (json_array_size (json_object_get (users, "users")), ==, 1);
  g_assert_nonnull (string_of (json_array_get (json_object_get (users, "users"), 0), "signed_in"));
  g_assert_null (json_object_get (json_array_get (json_object_get (users, "users"), 0), "password"));

  g_assert_cmpuint (count (fixture, "user-change", &entry), ==, 1);
  g_assert_cmpstr (string_of (entry, "detail"), ==, "anna role=operator password disabled=true");
  g_assert_cmpstr (string_of (entry, "who"), ==, "local administrator");
  g_assert_cmpuint (count (fixture, "password", NULL), ==, 2);
  entries = activity (fixture);
  text = sc_json_to_text (entries);
  g_assert_null (strstr (text, PASSWORD));
  g_assert_null (strstr (text, OTHER));
  g_assert_nonnull (strstr (text, "anna role=viewer")); /* of user-add */
}

static guint
status_of_sign_in (EngineFixture *fixture, const char *user, const char *password, guint *retry_after)
{
  g_autoptr (SoupMessage) message = engine_fixture_message (fixture, "POST", "/v1/sign-in");
  g_autofree char *text = g_strdup_printf ("{\"user\":\"%s\",\"password\":\"%s\"}", user, password);
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
  g_auto (EngineResponse) response = { 0 };
  const char *header = NULL;

  soup_message_set_request_body_from_bytes (message, "application/json", body);
  engine_fixture_send (fixture, message, &response);
  g_assert_no_error (response.error);
  header = soup_message_headers_get_one (response.headers, "Retry-After");
  *retry_after = header != NULL ? (guint) g_ascii_strtoull (header, NULL, 10) : 0;
  return response.status;
}

/* Locked out is told with the time, and stands in the activity; what fails there stands as two entries a minute. */
static void
test_lock_out (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) locked = NULL;
  g_autoptr (ScJson) first = NULL;
  g_autoptr (ScJson) rest = NULL;
  guint wait = 0;

  add_user (fixture, "anna", "viewer");
  sc_api_set_address (fixture->api, "10.1.0.9");
  for (guint i = 1; i < SC_LOCK_OUT_PAIR_FAILURES; i++)
    g_assert_cmpuint (status_of_sign_in (fixture, "anna", OTHER, &wait), ==, 401);
  g_assert_cmpuint (wait, ==, 0);
  g_assert_cmpuint (status_of_sign_in (fixture, "Anna", OTHER, &wait), ==, 429);
  g_assert_cmpuint (wait, ==, SC_LOCK_OUT_SECONDS);
  g_assert_cmpuint (status_of_sign_in (fixture, "anna", PASSWORD, &wait), ==, 429);
  g_assert_cmpuint (wait, >, 0);
  sc_api_set_address (fixture->api, "10.1.0.10");
  g_assert_cmpuint (status_of_sign_in (fixture, "anna", PASSWORD, &wait), ==, 200);

  sc_api_set_address (fixture->api, NULL);
  g_assert_cmpuint (count (fixture, "lock-out", &locked), ==, 1);
  g_assert_cmpstr (string_of (locked, "who"), ==, "anna");
  g_assert_cmpstr (string_of (locked, "address"), ==, "10.1.0.9");
  g_assert_cmpstr (string_of (locked, "detail"), ==, "user-from-address");
  g_assert_cmpuint (count (fixture, "sign-in-failed", &first), ==, 1);
  g_assert_cmpstr (string_of (first, "who"), ==, "anna");
  g_assert_true (json_is_false (json_object_get (first, "done")));
  sc_api_failures_flush (sc_api_get_failures (fixture->api));
  g_assert_cmpuint (count (fixture, "sign-in-failed", &rest), ==, 2);
  g_assert_nonnull (strstr (string_of (rest, "error"), "(5 more)"));
  sc_api_failures_flush (sc_api_get_failures (fixture->api));
  g_assert_cmpuint (count (fixture, "sign-in-failed", NULL), ==, 2);
}

/* A name that is no user's may be a password in the wrong field. */
static void
test_unknown_user (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) entry = NULL;
  guint wait = 0;

  g_assert_cmpuint (status_of_sign_in (fixture, "hunter2secret", OTHER, &wait), ==, 401);
  g_assert_cmpuint (status_of_sign_in (fixture, "hunter3secret", OTHER, &wait), ==, 401);
  g_assert_cmpuint (count (fixture, "sign-in-failed", &entry), ==, 1);
  g_assert_cmpstr (string_of (entry, "who"), ==, "");
  g_assert_cmpstr (string_of (entry, "address"), ==, "127.0.0.1");
}

/* However many fail, what is kept of them is bounded, and none goes uncounted. */
static void
test_many_failures (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) others = NULL;
  guint n_before = count (fixture, "denied", NULL);

  for (guint i = 0; i < SC_API_FAILURES_MAX + 20; i++) {
    g_autofree char *name = g_strdup_printf ("user%u", i);
    const ScPrincipal who = { .role = SC_ROLE_VIEWER, .name = name };

    sc_api_failures_note (sc_api_get_failures (fixture->api), "denied", &who, "10.1.0.9", "POST /v1/rooms", "why");
  }
  g_assert_cmpuint (n_before, ==, 0);
  sc_api_failures_flush (sc_api_get_failures (fixture->api));
  {
    g_autoptr (ScJson) list = engine_fixture_json (fixture, "GET", "/v1/activity?max=1000", NULL, 200);
    const ScJson *entries = json_object_get (list, "entries");
    guint n_others = 0;

    g_assert_cmpuint (json_array_size (entries), ==, SC_API_FAILURES_MAX + 2);
    for (gsize i = 0; i < json_array_size (entries); i++)
      n_others += g_str_equal (string_of (json_array_get (entries, i), "who"), "");
    g_assert_cmpuint (n_others, ==, 2);
    g_assert_nonnull (strstr (string_of (json_array_get (entries, 0), "error"), "(19 more)"));
  }
}

static void
test_denied (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *token = NULL;
  g_autoptr (ScJson) entry = NULL;
  g_autoptr (ScJson) answer = NULL;

  add_user (fixture, "anna", "viewer");
  token = sign_in (fixture, "anna", PASSWORD);
  answer = ask_as (fixture, token, "POST", "/v1/rooms", "{\"name\":\"Lab 7\"}", 403);
  g_assert_cmpstr (string_of (json_object_get (answer, "error"), "message"), ==,
                   "“anna” has the role viewer, and this needs the role operator: ask an administrator");
  do_as (fixture, token, "POST", "/v1/rooms", "{\"name\":\"Lab 7\"}", 403);
  g_assert_cmpuint (count (fixture, "denied", &entry), ==, 1);
  g_assert_cmpstr (string_of (entry, "who"), ==, "anna");
  g_assert_cmpstr (string_of (entry, "role"), ==, "viewer");
  g_assert_cmpstr (string_of (entry, "detail"), ==, "POST /v1/rooms");
  g_assert_cmpuint (count (fixture, "room-create", NULL), ==, 0);
  /* a stranger leaves nothing */
  do_as (fixture, "wrong", "POST", "/v1/rooms", "{\"name\":\"Lab 7\"}", 401);
  do_as (fixture, "wrong", "GET", "/v1/nothing", NULL, 401);
  sc_api_failures_flush (sc_api_get_failures (fixture->api));
  g_assert_cmpuint (count (fixture, "denied", NULL), ==, 2);
  g_assert_cmpuint (count (fixture, "room-create", NULL), ==, 0);
}

/* The connection file of seats lets nobody in, and says so to who has taken it for one of staff. */
static void
test_token_of_seats (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) made =
      engine_fixture_json (fixture, "POST", "/v1/enrol-tokens", "{\"room\":\"A101\",\"seats\":1,\"hours\":1}", 201);
  g_autoptr (ScJson) answer = ask_as (fixture, string_of (made, "token"), "GET", "/v1/me", NULL, 401);
  g_autoptr (ScJson) other = ask_as (fixture, "wrong", "GET", "/v1/me", NULL, 401);

  g_assert_nonnull (strstr (string_of (json_object_get (answer, "error"), "message"), "of seats"));
  g_assert_nonnull (strstr (string_of (json_object_get (other, "error"), "message"), "sign in again"));
}

/* The connection file's token is a local administrator's only on the console's own machine. */
static void
test_local (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *token = NULL;

  add_user (fixture, "anna", "viewer");
  token = sign_in (fixture, "anna", PASSWORD);
  sc_api_set_address (fixture->api, "10.1.0.9");
  do_as (fixture, fixture->token, "GET", "/v1/me", NULL, 401);
  do_as (fixture, token, "GET", "/v1/me", NULL, 200);
  sc_api_set_address (fixture->api, "127.0.0.1"); /* what this connection goes to */
  do_as (fixture, fixture->token, "GET", "/v1/me", NULL, 200);
}

static void
on_closed (SoupWebsocketConnection *events, gpointer data)
{
  *(gboolean *) data = TRUE;
}

static void
on_message (SoupWebsocketConnection *events, SoupWebsocketDataType type, GBytes *bytes, gpointer data)
{
  g_autoptr (ScJson) event =
      sc_json_parse_object (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), 1 << 20, NULL);

  if (g_str_equal (string_of (event, "type"), "users-changed"))
    *(gboolean *) data = TRUE;
}

static SoupWebsocketConnection *
listen_as (EngineFixture *fixture, char *token, gboolean *closed)
{
  g_autoptr (GError) error = NULL;
  char *own = fixture->token;
  SoupWebsocketConnection *events;

  fixture->token = token;
  events = engine_fixture_connect (fixture, "/v1/events", TRUE, &error);
  fixture->token = own;
  g_assert_no_error (error);
  g_signal_connect (events, "closed", G_CALLBACK (on_closed), closed);
  return events;
}

static void
wait_until (const gboolean *flag)
{
  while (!*flag)
    g_main_context_iteration (NULL, TRUE);
}

/* Events end with the session behind them: at the sign-out, and when the user is disabled; those of others go on. */
static void
test_events (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *bert = NULL;
  gboolean closed[3] = { FALSE };
  g_autoptr (SoupWebsocketConnection) of_first = NULL;
  g_autoptr (SoupWebsocketConnection) of_second = NULL;
  g_autoptr (SoupWebsocketConnection) of_bert = NULL;

  add_user (fixture, "anna", "viewer");
  add_user (fixture, "bert", "viewer");
  first = sign_in (fixture, "anna", PASSWORD);
  second = sign_in (fixture, "anna", PASSWORD);
  bert = sign_in (fixture, "bert", PASSWORD);
  of_first = listen_as (fixture, first, &closed[0]);
  of_second = listen_as (fixture, second, &closed[1]);
  of_bert = listen_as (fixture, bert, &closed[2]);
  do_as (fixture, first, "POST", "/v1/sign-out", "{}", 200);
  wait_until (&closed[0]);
  g_assert_cmpuint (soup_websocket_connection_get_close_code (of_first), ==, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION);
  g_assert_false (closed[1]);
  do_as (fixture, fixture->token, "POST", "/v1/users/anna/change", "{\"disabled\":true}", 200);
  wait_until (&closed[1]);
  g_assert_false (closed[2]);
  do_as (fixture, fixture->token, "POST", "/v1/users/bert/delete", "{}", 200);
  wait_until (&closed[2]);
}

/* Clients are told that users have changed, and ask again. */
static void
test_users_changed (EngineFixture *fixture, gconstpointer data)
{
  gboolean closed = FALSE, told = FALSE;
  g_autoptr (SoupWebsocketConnection) events = listen_as (fixture, fixture->token, &closed);

  g_signal_connect (events, "message", G_CALLBACK (on_message), &told);
  add_user (fixture, "anna", "viewer");
  wait_until (&told);
  told = FALSE;
  do_as (fixture, fixture->token, "POST", "/v1/users/anna/change", "{\"role\":\"operator\"}", 200);
  wait_until (&told);
  told = FALSE;
  do_as (fixture, fixture->token, "POST", "/v1/users/anna/delete", "{}", 200);
  wait_until (&told);
  g_assert_false (closed);
}

typedef struct {
  gint64 now;
} Clock;

static gint64
get_now (gpointer data)
{
  return ((Clock *) data)->now;
}

/* And at its end: here a second before the twelve hours are over. */
static void
test_events_expire (EngineFixture *fixture, gconstpointer data)
{
  Clock clock = { .now = 1790000000 };
  g_autofree char *token = NULL;
  gboolean closed = FALSE;
  g_autoptr (SoupWebsocketConnection) events = NULL;

  sc_staff_set_clock (fixture->parts.staff, get_now, &clock);
  add_user (fixture, "anna", "viewer");
  token = sign_in (fixture, "anna", PASSWORD);
  clock.now += SC_STAFF_SESSION_SECONDS - 1;
  events = listen_as (fixture, token, &closed);
  wait_until (&closed);
  clock.now += 1;
  do_as (fixture, token, "GET", "/v1/me", NULL, 401);
}

static void
publish_as (EngineFixture *fixture, const char *token, const char *directory, guint status)
{
  g_autofree char *body = engine_fixture_publish_body (directory, "note");
  g_autoptr (ScJson) operation = ask_as (fixture, token, "POST", "/v1/versions", body, status);
  g_autoptr (ScJson) ended = NULL;

  if (status != 202)
    return;
  ended = engine_fixture_finish (fixture, operation);
  g_assert_cmpstr (string_of (ended, "state"), ==, "done");
}

static char *
publish_directory (EngineFixture *fixture)
{
  g_autoptr (ScJson) settings = engine_fixture_json (fixture, "GET", "/v1/settings", NULL, 200);

  return g_strdup (string_of (settings, "publish_directory"));
}

/* An operator publishes the directory of the settings and what lies beneath it, wherever links lead; the settings stay
 * as they are. */
static void
test_publish (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *operator= NULL;
  g_autofree char *administrator = NULL;
  g_autofree char *beneath = g_build_filename (fixture->repository, "debian", NULL);
  g_autofree char *outside = g_build_filename (fixture->repository, "debian", "..", "..", NULL);
  g_autofree char *sibling = g_strconcat (fixture->repository, "-2", NULL);
  g_autofree char *kept = NULL;
  g_autofree char *later = NULL;
  g_autoptr (ScJson) versions = NULL;
  const ScJson *list = NULL;

  add_user (fixture, "olga", "operator");
  add_user (fixture, "anna", "administrator");
  operator= sign_in (fixture, "olga", PASSWORD);
  administrator = sign_in (fixture, "anna", PASSWORD);
  publish_as (fixture, operator, fixture->repository, 403); /* nothing is set */
  publish_as (fixture, administrator, fixture->repository, 202);
  kept = publish_directory (fixture);
  g_assert_cmpstr (kept, ==, fixture->repository);

  publish_as (fixture, operator, fixture->repository, 202);
  publish_as (fixture, operator, beneath, 202);
  publish_as (fixture, operator, outside, 403);
  publish_as (fixture, operator, fixture->directory, 403);
  publish_as (fixture, operator, sibling, 404);
  publish_as (fixture, operator, "here", 400);
  later = publish_directory (fixture);
  g_assert_cmpstr (later, ==, fixture->repository);

  versions = engine_fixture_json (fixture, "GET", "/v1/versions", NULL, 200);
  list = json_object_get (versions, "versions");
  g_assert_cmpstr (string_of (json_array_get (list, json_array_size (list) - 1), "author"), ==, "olga");
}

static void
test_publish_link (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *operator= NULL;
  g_autofree char *link = g_build_filename (fixture->repository, "out", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (link);
  g_autoptr (GError) error = NULL;
  const ScCatalogSettings settings = { .publish_directory = fixture->repository };

  if (!g_file_make_symbolic_link (file, fixture->directory, NULL, &error)) {
    g_test_skip (error->message); /* on Windows it takes a privilege */
    return;
  }
  g_assert_true (sc_catalog_save_settings (fixture->parts.catalog, &settings, &error));
  add_user (fixture, "olga", "operator");
  operator= sign_in (fixture, "olga", PASSWORD);
  publish_as (fixture, operator, link, 403);
}

/* Each hash is in the engine's log, and can be looked for. */
static void
test_audit (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) audit = NULL;
  g_autoptr (ScJson) entries = NULL;
  g_autoptr (ScJson) looked = NULL;
  g_autofree char *path = NULL;

  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "activity 1, user-add: hash *");
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "activity 2, user-add: hash *");
  add_user (fixture, "anna", "viewer");
  add_user (fixture, "bert", "viewer");
  g_test_assert_expected_messages ();
  entries = activity (fixture);
  audit = engine_fixture_json (fixture, "GET", "/v1/audit/verify", NULL, 200);
  g_assert_cmpint (json_integer_value (json_object_get (audit, "entries")), ==, 2);
  g_assert_true (json_is_true (json_object_get (audit, "intact")));
  g_assert_true (json_is_null (json_object_get (audit, "first_bad")));
  g_assert_true (json_is_null (json_object_get (audit, "found")));
  g_assert_cmpstr (string_of (audit, "head"), ==, string_of (json_array_get (entries, 0), "hash"));
  path = g_strconcat ("/v1/audit/verify?head=", string_of (json_array_get (entries, 1), "hash"), NULL);
  looked = engine_fixture_json (fixture, "GET", path, NULL, 200);
  g_assert_cmpint (json_integer_value (json_object_get (looked, "found")), ==, 1);
}

static void
test_own_address (void)
{
  static const struct {
    const char *remote, *local;
    gboolean own;
  } samples[] = {
    { "127.0.0.1", "127.0.0.1", TRUE },
    { "127.3.2.1", "127.0.0.1", TRUE },
    { "::1", "::1", TRUE },
    { "10.1.0.9", "10.1.0.9", TRUE },
    { "10.1.0.9", "10.1.0.8", FALSE },
    { "fe80::1", "fe80::2", FALSE },
    { "10.1.0.9", "127.0.0.1", FALSE },
    { "::ffff:10.1.0.9", "::ffff:10.1.0.9", TRUE },
    { "10.1.0.9", NULL, FALSE },
    { NULL, "10.1.0.9", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (samples); i++) {
    g_autoptr (GInetAddress) remote =
        samples[i].remote != NULL ? g_inet_address_new_from_string (samples[i].remote) : NULL;
    g_autoptr (GInetAddress) local =
        samples[i].local != NULL ? g_inet_address_new_from_string (samples[i].local) : NULL;

    g_assert_cmpint (sc_api_auth_is_own_address (remote, local), ==, samples[i].own);
  }
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*test) (EngineFixture *fixture, gconstpointer data);
  } tests[] = {
    { "/api-staff/session", test_session },
    { "/api-staff/changes", test_changes },
    { "/api-staff/lock-out", test_lock_out },
    { "/api-staff/unknown-user", test_unknown_user },
    { "/api-staff/many-failures", test_many_failures },
    { "/api-staff/denied", test_denied },
    { "/api-staff/token-of-seats", test_token_of_seats },
    { "/api-staff/local", test_local },
    { "/api-staff/events", test_events },
    { "/api-staff/users-changed", test_users_changed },
    { "/api-staff/events-expire", test_events_expire },
    { "/api-staff/publish", test_publish },
    { "/api-staff/publish-link", test_publish_link },
    { "/api-staff/audit", test_audit },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/api-staff/own-address", test_own_address);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, EngineFixture, NULL, engine_fixture_set_up, tests[i].test, engine_fixture_tear_down);
  return g_test_run ();
}
