/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/trust/sc-enrolment.h"
#include "console/engine/api/sc-api-auth.h"
#include "tests/unit/engine/engine-fixture.h"
#include "tests/unit/engine/openapi-schema.h"

#include <string.h>

#define PASSWORD "correct horse"
#define START G_GINT64_CONSTANT (1790000000)

/* Every operation of the document is called as everybody there can be; who comes through must be who x-role says. What
 * is sent is no good, so that nothing is done: it is refused for that (400, 404, …) once the role is right. */

typedef struct {
  const char *name;
  const char *role;             /* as x-role has it; NULL: not known */
  char *token;                  /* (nullable) */
  GTlsCertificate *certificate; /* (nullable) */
  const char *address;          /* (nullable): from where */
} Caller;

typedef struct {
  EngineFixture engine;
  gint64 now;
  GPtrArray *callers; /* Caller */
} Fixture;

static void
caller_free (gpointer data)
{
  Caller *caller = data;

  g_free (caller->token);
  g_clear_object (&caller->certificate);
  g_free (caller);
}

static gint64
get_now (gpointer data)
{
  return ((Fixture *) data)->now;
}

static Caller *
add_caller (Fixture *fixture, const char *name, const char *role)
{
  Caller *caller = g_new0 (Caller, 1);

  caller->name = name;
  caller->role = role;
  g_ptr_array_add (fixture->callers, caller);
  return caller;
}

static void
post (Fixture *fixture, const char *path, const char *body, guint status)
{
  g_autoptr (ScJson) answer = engine_fixture_json (&fixture->engine, "POST", path, body, status);
}

/* (transfer full): a token */
static char *
sign_in (Fixture *fixture, const char *user)
{
  g_autofree char *body = g_strdup_printf ("{\"user\":\"%s\",\"password\":\"" PASSWORD "\"}", user);
  g_autoptr (ScJson) answer = engine_fixture_json_of (&fixture->engine, NULL, "POST", "/v1/sign-in", body, 200);

  return engine_text_of (answer, "token");
}

static Caller *
add_user (Fixture *fixture, const char *name, const char *role)
{
  Caller *caller = add_caller (fixture, name, role);
  g_autofree char *body =
      g_strdup_printf ("{\"name\":\"%s\",\"role\":\"%s\",\"password\":\"" PASSWORD "\"}", name, role);

  post (fixture, "/v1/users", body, 201);
  caller->token = sign_in (fixture, name);
  return caller;
}

static void
add_seat (Fixture *fixture)
{
  g_autoptr (ScEnrolRequest) request = sc_enrol_request_new ();
  g_autoptr (ScJson) token = engine_fixture_json (&fixture->engine, "POST", "/v1/enrol-tokens",
                                                  "{\"room\":\"A101\",\"seats\":1,\"hours\":1}", 201);
  g_autoptr (GError) error = NULL;
  g_autoptr (ScPrivateKey) key = sc_private_key_new (SC_KEY_P256, &error);
  g_autoptr (ScJson) json = NULL;
  g_autoptr (ScJson) answer = NULL;
  g_autoptr (ScCertificate) certificate = NULL;
  g_autofree char *body = NULL;
  g_autofree char *pem = NULL;

  g_free (request->token);
  request->token = engine_text_of (token, "token");
  g_free (request->name);
  request->name = g_strdup ("pc-7");
  g_free (request->request);
  request->request = sc_certificate_request_new (key, &error);
  g_assert_no_error (error);
  json = sc_enrol_request_to_json (request);
  body = sc_json_to_text (json);
  answer = engine_fixture_json_of (&fixture->engine, NULL, "POST", "/v1/enrol", body, 200);
  pem = engine_text_of (answer, "certificate");
  certificate = sc_certificate_parse (pem, strlen (pem), &error);
  g_assert_no_error (error);
  add_caller (fixture, "a seat", "seat")->certificate =
      sc_certificate_to_tls (certificate, key, sc_authority_get_certificate (fixture->engine.authority), &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  Caller *expired = NULL, *elsewhere = NULL;

  engine_fixture_set_up (&fixture->engine, NULL);
  fixture->callers = g_ptr_array_new_with_free_func (caller_free);
  fixture->now = START - SC_STAFF_SESSION_SECONDS;
  sc_staff_set_clock (fixture->engine.parts.staff, get_now, fixture);

  expired = add_user (fixture, "ended", "administrator");
  expired->role = NULL;
  fixture->now = START;
  add_user (fixture, "vera", "viewer");
  add_user (fixture, "olga", "operator");
  add_user (fixture, "anna", "administrator");
  add_user (fixture, "away", "administrator")->role = NULL;
  post (fixture, "/v1/users/away/change", "{\"disabled\":true}", 200);
  add_user (fixture, "gone", "administrator")->role = NULL;
  post (fixture, "/v1/users/gone/delete", "{}", 200);
  add_seat (fixture);
  add_caller (fixture, "a cache", "cache")->certificate = engine_fixture_certify_cache (&fixture->engine, "lab");
  add_caller (fixture, "a revoked cache", NULL)->certificate = engine_fixture_certify_cache (&fixture->engine, "old");
  post (fixture, "/v1/caches/old/revoke", "{}", 200);
  add_caller (fixture, "nobody", NULL);
  add_caller (fixture, "a guess", NULL)->token = g_strdup ("wrong");
  add_caller (fixture, "the local administrator", "administrator")->token = g_strdup (fixture->engine.token);
  elsewhere = add_caller (fixture, "the local token from elsewhere", NULL);
  elsewhere->token = g_strdup (fixture->engine.token);
  elsewhere->address = "10.1.0.9";
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_ptr_array_unref (fixture->callers);
  engine_fixture_tear_down (&fixture->engine, NULL);
}

static int
rank_of (const char *role)
{
  static const char *const staff[] = { "viewer", "operator", "administrator" };

  for (int i = 0; i < (int) G_N_ELEMENTS (staff); i++)
    if (g_str_equal (staff[i], role))
      return i;
  return -1;
}

/* What the document means: 0: come in; or else the status */
static guint
expected_status (const Caller *caller, const char *needed)
{
  if (g_str_equal (needed, "none"))
    return 0;
  if (caller->role == NULL)
    return 401;
  if (rank_of (needed) < 0 || rank_of (caller->role) < 0)
    return g_str_equal (needed, caller->role) ? 0 : 403;
  return rank_of (caller->role) >= rank_of (needed) ? 0 : 403;
}

/* "/v1/rooms/{room}/rename" → "/v1/rooms/x/rename" */
static char *
fill_in (const char *pattern)
{
  g_auto (GStrv) segments = g_strsplit (pattern, "/", -1);

  for (guint i = 0; segments[i] != NULL; i++)
    if (*segments[i] == '{') {
      g_free (segments[i]);
      segments[i] = g_strdup ("x");
    }
  return g_strjoinv ("/", segments);
}

static guint
call (Fixture *fixture, const Caller *caller, const char *method, const char *path)
{
  g_autoptr (SoupMessage) message = engine_fixture_message_of (&fixture->engine, caller->certificate, method, path);
  g_autofree char *authorization = g_strdup_printf ("Bearer %s", caller->token);
  g_autoptr (GBytes) body = g_bytes_new_static ("{\"nothing\":true}", 16);
  g_auto (EngineResponse) response = { 0 };

  if (caller->token != NULL)
    soup_message_headers_append (soup_message_get_request_headers (message), "Authorization", authorization);
  if (g_str_equal (method, "POST"))
    soup_message_set_request_body_from_bytes (message, "application/json", body);
  sc_api_set_address (fixture->engine.api, caller->address);
  engine_fixture_send (&fixture->engine, message, &response);
  sc_api_set_address (fixture->engine.api, NULL);
  g_assert_no_error (response.error);
  return response.status;
}

static void
try_operation (Fixture *fixture, const char *pattern, const char *method, const char *needed)
{
  g_autofree char *path = fill_in (pattern);

  for (guint i = 0; i < fixture->callers->len; i++) {
    const Caller *caller = g_ptr_array_index (fixture->callers, i);
    guint expected = expected_status (caller, needed), status = call (fixture, caller, method, path);
    gboolean fits = expected != 0 ? status == expected : status != 401 && status != 403 && status < 500;

    if (!fits)
      g_error ("%s %s needs the role %s, and %s gets %u", method, pattern, needed, caller->name, status);
  }
}

static void
test_all (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) document = openapi_load ();
  const char *pattern = NULL, *key = NULL;
  json_t *item = NULL, *operation = NULL;
  guint n = 0;

  json_object_foreach (json_object_get (document, "paths"), pattern, item) json_object_foreach (item, key, operation)
  {
    g_autofree char *method = g_ascii_strup (key, -1);
    const char *role = json_string_value (json_object_get (operation, "x-role"));

    g_assert_nonnull (role);
    g_assert_true (rank_of (role) >= 0 || g_str_equal (role, "none") || g_str_equal (role, "seat") ||
                   g_str_equal (role, "cache"));
    g_test_message ("%s %s: %s", method, pattern, role);
    try_operation (fixture, pattern, method, role);
    n++;
  }
  g_assert_cmpuint (n, >, 50);
}

/* Only these are for anybody. */
static void
test_open (void)
{
  static const char *const open[] = { "/v1/enrol", "/v1/sign-in", "/v1/health", NULL };
  g_autoptr (ScJson) document = openapi_load ();
  const char *pattern = NULL, *key = NULL;
  json_t *item = NULL, *operation = NULL;
  guint n = 0;

  json_object_foreach (json_object_get (document, "paths"), pattern, item) json_object_foreach (item, key, operation)
  {
    if (!g_str_equal (json_string_value (json_object_get (operation, "x-role")), "none"))
      continue;
    g_assert_true (g_strv_contains (open, pattern));
    g_assert_cmpstr (key, ==, g_str_equal (pattern, "/v1/health") ? "get" : "post");
    n++;
  }
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (open) - 1);
}

/* Who is not known does not learn which paths there are; who is, does. */
static void
test_unknown_path (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < fixture->callers->len; i++) {
    const Caller *caller = g_ptr_array_index (fixture->callers, i);

    g_test_message ("%s", caller->name);
    g_assert_cmpuint (call (fixture, caller, "GET", "/v1/nothing"), ==, caller->role == NULL ? 401 : 404);
    g_assert_cmpuint (call (fixture, caller, "GET", "/v1/rollback"), ==, caller->role == NULL ? 401 : 405);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/api-roles/open", test_open);
  g_test_add ("/api-roles/all", Fixture, NULL, set_up, test_all, tear_down);
  g_test_add ("/api-roles/unknown-path", Fixture, NULL, set_up, test_unknown_path, tear_down);
  return g_test_run ();
}
