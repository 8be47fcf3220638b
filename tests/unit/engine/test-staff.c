/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "common/trust/sc-token.h"
#include "console/engine/trust/sc-password.h"
#include "console/engine/trust/sc-staff.h"
#include "tests/unit/engine/catalog-fixture.h"

#include <string.h>

#define START G_GINT64_CONSTANT (1790000000)
#define PASSWORD "correct horse"
#define OTHER "battery staple"
#define ADDRESS "10.1.0.9"
#define QUICK 4u /* log2 of scrypt's N */

/* Users, who sign in; by a clock that the test sets. */
typedef struct {
  CatalogFixture catalog;
  ScStaff *staff;
  gint64 now;
  guint n_users_changed;
  GPtrArray *ended; /* hashes */
} Fixture;

static gint64
get_now (gpointer data)
{
  return ((Fixture *) data)->now;
}

static void
on_users_changed (ScStaff *staff, Fixture *fixture)
{
  fixture->n_users_changed++;
}

static void
on_session_ended (ScStaff *staff, const char *hash, Fixture *fixture)
{
  g_ptr_array_add (fixture->ended, g_strdup (hash));
}

static void
open_staff (Fixture *fixture)
{
  fixture->staff = sc_staff_new (fixture->catalog.catalog);
  sc_staff_set_clock (fixture->staff, get_now, fixture);
  sc_staff_set_cost (fixture->staff, QUICK);
  g_signal_connect (fixture->staff, "users-changed", G_CALLBACK (on_users_changed), fixture);
  g_signal_connect (fixture->staff, "session-ended", G_CALLBACK (on_session_ended), fixture);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  catalog_fixture_set_up (&fixture->catalog, NULL);
  fixture->now = START;
  fixture->ended = g_ptr_array_new_with_free_func (g_free);
  open_staff (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->staff);
  g_ptr_array_unref (fixture->ended);
  catalog_fixture_tear_down (&fixture->catalog, NULL);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static void
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static ScStaffSession *
sign_in_from (Fixture *fixture, const char *user, const char *password, const char *address, ScStaffRefusal *refusal,
              GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sc_staff_sign_in_async (fixture->staff, user, password, address, on_done, &result);
  wait_for (&result);
  return sc_staff_sign_in_finish (fixture->staff, result, refusal, error);
}

static ScStaffSession *
sign_in (Fixture *fixture, const char *user, const char *password)
{
  ScStaffRefusal refusal;
  g_autoptr (GError) error = NULL;
  ScStaffSession *session = sign_in_from (fixture, user, password, ADDRESS, &refusal, &error);

  g_assert_no_error (error);
  g_assert_nonnull (session);
  g_assert_cmpuint (refusal.wait, ==, 0);
  return session;
}

/* Returns: s to wait */
static guint
refuse_sign_in (Fixture *fixture, const char *user, const char *password, ScError code)
{
  ScStaffRefusal refusal;
  g_autoptr (GError) error = NULL;

  g_assert_null (sign_in_from (fixture, user, password, ADDRESS, &refusal, &error));
  g_assert_error (error, SC_ERROR, (int) code);
  return refusal.wait;
}

static ScCatalogUser *
finish_change (Fixture *fixture, GAsyncResult **result, GError **error)
{
  ScStaffRefusal refusal;

  wait_for (result);
  return sc_staff_change_finish (fixture->staff, *result, &refusal, error);
}

static ScCatalogUser *
add (Fixture *fixture, const char *name, const char *role, const char *password, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sc_staff_add_user_async (fixture->staff, name, role, password, on_done, &result);
  return finish_change (fixture, &result, error);
}

static void
add_user (Fixture *fixture, const char *name, const char *role)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogUser) user = add (fixture, name, role, PASSWORD, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (user->name, ==, name);
  g_assert_cmpstr (user->role, ==, role);
  g_assert_cmpint (user->created, ==, fixture->now);
  g_assert_false (user->disabled);
}

static ScCatalogUser *
change (Fixture *fixture, const char *name, const ScStaffChange *what, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sc_staff_change_user_async (fixture->staff, name, what, on_done, &result);
  return finish_change (fixture, &result, error);
}

static void
change_well (Fixture *fixture, const char *name, const ScStaffChange *what)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogUser) user = change (fixture, name, what, &error);

  g_assert_no_error (error);
  g_assert_nonnull (user);
}

static void
assert_role (Fixture *fixture, const ScStaffSession *session, ScRole role)
{
  g_auto (ScPrincipal) principal = { 0 };
  g_autoptr (GError) error = NULL;

  sc_staff_identify (fixture->staff, session->token, &principal, &error);
  if (role == SC_ROLE_NONE) {
    g_assert_error (error, SC_ERROR, SC_ERROR_DENIED);
    g_assert_null (principal.name);
  } else {
    g_assert_no_error (error);
  }
  g_assert_cmpint (principal.role, ==, role);
}

static void
test_sign_in (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScStaffSession) session = NULL;
  g_autoptr (ScCatalogUser) user = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (ScPrincipal) principal = { 0 };
  g_autofree char *hash = NULL;

  add_user (fixture, "Anna", "operator");
  g_assert_cmpuint (fixture->n_users_changed, ==, 1);
  session = sign_in (fixture, "aNNA", PASSWORD);
  g_assert_cmpstr (session->user, ==, "Anna");
  g_assert_cmpint (session->role, ==, SC_ROLE_OPERATOR);
  g_assert_cmpint (session->expires, ==, START + 12 * 3600);
  g_assert_cmpuint (strlen (session->token), >=, 43); /* 256 bits */

  g_assert_true (sc_staff_identify (fixture->staff, session->token, &principal, &error));
  hash = sc_token_hash (session->token);
  g_assert_cmpstr (principal.name, ==, "Anna");
  g_assert_cmpstr (principal.token, ==, hash);
  g_assert_cmpint (principal.expires, ==, session->expires);
  user = sc_staff_get_user (fixture->staff, "anna", &error);
  g_assert_cmpint (user->signed_in, ==, START);
}

/* Over a restart it stays; 12 h after the sign-in it is over, and its row goes with the next sign-in. */
static void
test_expiry (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScStaffSession) session = NULL;
  g_autoptr (ScStaffSession) next = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;

  add_user (fixture, "anna", "viewer");
  session = sign_in (fixture, "anna", PASSWORD);
  g_clear_object (&fixture->staff);
  catalog_fixture_reopen (&fixture->catalog);
  open_staff (fixture);
  fixture->now = START + 12 * 3600 - 1;
  assert_role (fixture, session, SC_ROLE_VIEWER);
  fixture->now = START + 12 * 3600;
  assert_role (fixture, session, SC_ROLE_NONE);
  fixture->now = START - 3600; /* the clock was an hour fast at the sign-in */
  assert_role (fixture, session, SC_ROLE_NONE);

  fixture->now = START + 12 * 3600;
  next = sign_in (fixture, "anna", PASSWORD);
  rows = sc_catalog_list_user_sessions (fixture->catalog.catalog, "anna", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, ==, 1);
  assert_role (fixture, next, SC_ROLE_VIEWER);
}

/* Nothing tells a wrong password from a user that there is not; a row of them is locked out alike. */
static void
test_wrong (Fixture *fixture, gconstpointer data)
{
  static const char *const users[] = { "anna", "nobody", "", "an na", "\xff" };
  g_autofree char *words = NULL;

  add_user (fixture, "anna", "viewer");
  for (gsize i = 0; i < G_N_ELEMENTS (users); i++) {
    g_autoptr (GError) error = NULL;
    ScStaffRefusal refusal;

    g_assert_null (sign_in_from (fixture, users[i], OTHER, "10.1.0.8", &refusal, &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_DENIED);
    g_assert_cmpuint (refusal.wait, ==, 0);
    if (words == NULL)
      words = g_strdup (error->message);
    g_assert_cmpstr (error->message, ==, words);
  }
  for (gsize u = 0; u < 2; u++)
    for (guint i = 1; i <= SC_LOCK_OUT_PAIR_FAILURES; i++)
      g_assert_cmpuint (refuse_sign_in (fixture, users[u], OTHER, SC_ERROR_DENIED), ==,
                        i < SC_LOCK_OUT_PAIR_FAILURES ? 0 : SC_LOCK_OUT_SECONDS);
}

/* Locked out is also who has the right password, in whatever case the name is written; 15 min later no longer, nor once
 * an administrator has set another password. */
static void
test_lock_out (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScStaffSession) elsewhere = NULL;
  g_autoptr (ScStaffSession) later = NULL;
  g_autoptr (ScStaffSession) set = NULL;
  g_autoptr (GError) error = NULL;
  ScStaffRefusal refusal;

  add_user (fixture, "anna", "viewer");
  for (guint i = 1; i < SC_LOCK_OUT_PAIR_FAILURES; i++)
    g_assert_cmpuint (refuse_sign_in (fixture, "Anna", OTHER, SC_ERROR_DENIED), ==, 0);
  g_assert_null (sign_in_from (fixture, "anna", OTHER, ADDRESS, &refusal, &error));
  g_assert_cmpint (refusal.locked, ==, SC_LOCK_OUT_PAIR);
  fixture->now += 100;
  g_assert_cmpuint (refuse_sign_in (fixture, "ANNA", PASSWORD, SC_ERROR_DENIED), ==, SC_LOCK_OUT_SECONDS - 100);
  g_clear_error (&error);
  elsewhere = sign_in_from (fixture, "anna", PASSWORD, "10.1.0.8", &refusal, &error);
  g_assert_no_error (error);
  fixture->now += SC_LOCK_OUT_SECONDS;
  later = sign_in (fixture, "anna", PASSWORD);
  for (guint i = 0; i < SC_LOCK_OUT_PAIR_FAILURES; i++)
    refuse_sign_in (fixture, "anna", OTHER, SC_ERROR_DENIED);
  change_well (fixture, "anna", &(ScStaffChange){ .role = "operator", .disabled = -1 });
  g_assert_cmpuint (refuse_sign_in (fixture, "anna", PASSWORD, SC_ERROR_DENIED), ==, SC_LOCK_OUT_SECONDS);
  change_well (fixture, "anna", &(ScStaffChange){ .password = OTHER, .disabled = -1 });
  set = sign_in (fixture, "anna", OTHER);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  ScStaffRefusal refusal;
  g_autoptr (ScStaffSession) session = sc_staff_sign_in_finish (SC_STAFF (source), result, &refusal, &error);
  guint *counts = data;

  g_assert_null (session);
  if (g_error_matches (error, SC_ERROR, SC_ERROR_BUSY)) {
    g_assert_cmpuint (refusal.wait, ==, SC_STAFF_BUSY_SECONDS);
    counts[1]++;
  } else {
    g_assert_error (error, SC_ERROR, SC_ERROR_DENIED);
    counts[0]++;
  }
}

/* Two at once and sixteen that wait; who comes then is told to come again, and that costs nothing. */
static void
test_many_at_once (Fixture *fixture, gconstpointer data)
{
  guint counts[2] = { 0 };

  sc_staff_set_cost (fixture->staff, SC_PASSWORD_COST); /* slow enough that none is done before all are sent */
  for (guint i = 0; i < 40; i++) {
    g_autofree char *user = g_strdup_printf ("user%u", i);
    g_autofree char *address = g_strdup_printf ("10.1.0.%u", i);

    sc_staff_sign_in_async (fixture->staff, user, OTHER, address, on_answered, counts);
  }
  while (counts[0] + counts[1] < 40)
    g_main_context_iteration (NULL, TRUE);
  /* the first may be done while the last are sent: then one more each is taken */
  g_assert_cmpuint (counts[0], >=, SC_STAFF_MAX_AT_ONCE + SC_STAFF_MAX_QUEUE);
  g_assert_cmpuint (counts[1], >, 0);
}

/* The end of the engine waits for what is hashed, and drops it. */
static void
test_stop (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (ScStaffSession) session = NULL;
  g_autoptr (GError) error = NULL;
  ScStaffRefusal refusal;

  add_user (fixture, "anna", "viewer");
  sc_staff_sign_in_async (fixture->staff, "anna", PASSWORD, ADDRESS, on_done, &result);
  sc_staff_stop (fixture->staff);
  wait_for (&result);
  session = sc_staff_sign_in_finish (fixture->staff, result, &refusal, &error);
  g_assert_null (session);
  g_assert_error (error, SC_ERROR, SC_ERROR_CANCELLED);
}

static void
test_sign_out (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScStaffSession) first = NULL;
  g_autoptr (ScStaffSession) second = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *hash = NULL;

  add_user (fixture, "anna", "viewer");
  first = sign_in (fixture, "anna", PASSWORD);
  second = sign_in (fixture, "anna", PASSWORD);
  hash = sc_token_hash (first->token);
  g_assert_true (sc_staff_sign_out (fixture->staff, hash, &error));
  assert_role (fixture, first, SC_ROLE_NONE);
  assert_role (fixture, second, SC_ROLE_VIEWER);
  g_assert_cmpuint (fixture->ended->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (fixture->ended, 0), ==, hash);
}

/* The oldest session gives way to one too many. */
static void
test_sessions (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) sessions = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_staff_session_free);

  add_user (fixture, "anna", "viewer");
  for (guint i = 0; i <= SC_STAFF_MAX_SESSIONS; i++)
    g_ptr_array_add (sessions, sign_in (fixture, "anna", PASSWORD));
  assert_role (fixture, g_ptr_array_index (sessions, 0), SC_ROLE_NONE);
  for (guint i = 1; i <= SC_STAFF_MAX_SESSIONS; i++)
    assert_role (fixture, g_ptr_array_index (sessions, i), SC_ROLE_VIEWER);
  g_assert_cmpuint (fixture->ended->len, ==, 1);
}

/* Each change ends the user's other sessions, and nobody else's; what is kept is the session that asks. */
static void
test_changes_end_sessions (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScStaffSession) asks = NULL;
  g_autoptr (ScStaffSession) other = NULL;
  g_autoptr (ScStaffSession) bert = NULL;
  g_autofree char *hash = NULL;

  add_user (fixture, "anna", "administrator");
  add_user (fixture, "bert", "viewer");
  asks = sign_in (fixture, "anna", PASSWORD);
  other = sign_in (fixture, "anna", PASSWORD);
  bert = sign_in (fixture, "bert", PASSWORD);
  hash = sc_token_hash (asks->token);
  change_well (fixture, "anna", &(ScStaffChange){ .role = "operator", .disabled = -1, .keep = hash });
  assert_role (fixture, asks, SC_ROLE_OPERATOR);
  assert_role (fixture, other, SC_ROLE_NONE);
  assert_role (fixture, bert, SC_ROLE_VIEWER);
  g_assert_cmpuint (fixture->ended->len, ==, 1);

  change_well (fixture, "anna", &(ScStaffChange){ .password = OTHER, .disabled = -1 });
  assert_role (fixture, asks, SC_ROLE_NONE);
  refuse_sign_in (fixture, "anna", PASSWORD, SC_ERROR_DENIED);
  g_clear_pointer (&asks, sc_staff_session_free);
  asks = sign_in (fixture, "anna", OTHER);
  assert_role (fixture, asks, SC_ROLE_OPERATOR);
  assert_role (fixture, bert, SC_ROLE_VIEWER);
}

/* Also the last administrator: the local one stays. Who was disabled is told so only with the right password. */
static void
test_disable (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScStaffSession) session = NULL;
  g_autoptr (ScStaffSession) again = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) wrong = NULL;
  g_autofree char *hash = NULL;
  ScStaffRefusal refusal;

  add_user (fixture, "anna", "administrator");
  session = sign_in (fixture, "anna", PASSWORD);
  hash = sc_token_hash (session->token);
  change_well (fixture, "anna", &(ScStaffChange){ .disabled = 1, .keep = hash });
  assert_role (fixture, session, SC_ROLE_NONE);
  g_assert_null (sign_in_from (fixture, "anna", PASSWORD, ADDRESS, &refusal, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_DENIED);
  g_assert_nonnull (strstr (error->message, "disabled"));
  g_assert_null (sign_in_from (fixture, "anna", OTHER, ADDRESS, &refusal, &wrong));
  g_assert_null (strstr (wrong->message, "disabled"));
  change_well (fixture, "anna", &(ScStaffChange){ .disabled = 0 });
  assert_role (fixture, session, SC_ROLE_NONE);
  again = sign_in (fixture, "anna", PASSWORD);
}

static void
test_remove (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScStaffSession) session = NULL;
  g_autoptr (GPtrArray) users = NULL;
  g_autoptr (GError) error = NULL;

  add_user (fixture, "anna", "administrator");
  session = sign_in (fixture, "anna", PASSWORD);
  g_assert_true (sc_staff_remove_user (fixture->staff, "ANNA", &error));
  assert_role (fixture, session, SC_ROLE_NONE);
  g_assert_cmpuint (fixture->ended->len, ==, 1);
  refuse_sign_in (fixture, "anna", PASSWORD, SC_ERROR_DENIED);
  users = sc_staff_list_users (fixture->staff, &error);
  g_assert_cmpuint (users->len, ==, 0);
  g_assert_false (sc_staff_remove_user (fixture->staff, "anna", &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
}

/* Who changes their own password says the old one: guessing it there is counted as anywhere. */
static void
test_own_password (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScStaffSession) session = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *hash = NULL;
  ScStaffChange what = { .password = OTHER, .old = PASSWORD, .address = ADDRESS, .disabled = -1 };

  add_user (fixture, "anna", "viewer");
  session = sign_in (fixture, "anna", PASSWORD);
  what.keep = hash = sc_token_hash (session->token);
  change_well (fixture, "anna", &what);
  assert_role (fixture, session, SC_ROLE_VIEWER);

  for (guint i = 0; i < SC_LOCK_OUT_PAIR_FAILURES; i++) {
    g_clear_error (&error);
    g_assert_null (change (fixture, "anna", &what, &error)); /* the old one is not the old one any more */
    g_assert_error (error, SC_ERROR, SC_ERROR_DENIED);
  }
  g_assert_cmpuint (refuse_sign_in (fixture, "anna", OTHER, SC_ERROR_DENIED), ==, SC_LOCK_OUT_SECONDS);
  assert_role (fixture, session, SC_ROLE_VIEWER);
}

static void
test_rules (Fixture *fixture, gconstpointer data)
{
  static const struct {
    const char *name, *role, *password;
    ScError code;
  } samples[] = {
    { "", "viewer", PASSWORD, SC_ERROR_INVALID },
    { "local administrator", "viewer", PASSWORD, SC_ERROR_INVALID },
    { "-anna", "viewer", PASSWORD, SC_ERROR_INVALID },
    { "an\nna", "viewer", PASSWORD, SC_ERROR_INVALID },
    { "an/na", "viewer", PASSWORD, SC_ERROR_INVALID },
    { "a234567890123456789012345678901234567890123456789012345678901234x", "viewer", PASSWORD, SC_ERROR_INVALID },
    { "bert", "seat", PASSWORD, SC_ERROR_INVALID },
    { "bert", "none", PASSWORD, SC_ERROR_INVALID },
    { "bert", "root", PASSWORD, SC_ERROR_INVALID },
    { "bert", "viewer", "short", SC_ERROR_INVALID },
    { "bert.schmidt", "viewer", "Bert.Schmidt", SC_ERROR_INVALID },
    { "ANNA", "viewer", PASSWORD, SC_ERROR_EXISTS },
  };
  g_autoptr (GError) error = NULL;

  add_user (fixture, "anna", "viewer");
  add_user (fixture, "jürgen.müller@büro", "viewer");
  for (gsize i = 0; i < G_N_ELEMENTS (samples); i++) {
    g_clear_error (&error);
    g_test_message ("%s", samples[i].name);
    g_assert_null (add (fixture, samples[i].name, samples[i].role, samples[i].password, &error));
    g_assert_error (error, SC_ERROR, (int) samples[i].code);
  }
  g_clear_error (&error);
  g_assert_null (change (fixture, "anna", &(ScStaffChange){ .role = "seat", .disabled = -1 }, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (change (fixture, "anna", &(ScStaffChange){ .password = "short", .disabled = -1 }, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (change (fixture, "bert", &(ScStaffChange){ .role = "viewer", .disabled = -1 }, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_assert_cmpuint (fixture->n_users_changed, ==, 2);
}

/* Neither passwords nor tokens stand in the catalog's files. */
static void
test_secrets (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "catalog.db", "catalog.db-wal" };
  g_autoptr (ScStaffSession) session = NULL;

  add_user (fixture, "anna", "viewer");
  session = sign_in (fixture, "anna", PASSWORD);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (fixture->catalog.directory, names[i], NULL);
    g_autofree char *content = NULL;
    gsize length = 0;

    g_assert_true (g_file_get_contents (path, &content, &length, NULL));
    g_assert_null (g_strstr_len (content, (gssize) length, PASSWORD));
    g_assert_null (g_strstr_len (content, (gssize) length, session->token));
  }
}

static void
test_roles (void)
{
  for (int has = SC_ROLE_NONE; has <= SC_ROLE_ADMINISTRATOR; has++) {
    const ScPrincipal principal = { .role = (ScRole) has, .name = (char *) "anna" };
    ScRole parsed = SC_ROLE_NONE;

    g_assert_true (sc_role_from_nick (sc_role_to_nick ((ScRole) has), &parsed));
    g_assert_cmpint (parsed, ==, has);
    g_assert_true (sc_principal_may (&principal, SC_ROLE_NONE));
    g_assert_cmpint (sc_principal_may (&principal, SC_ROLE_SEAT), ==, has == SC_ROLE_SEAT);
    g_assert_cmpint (sc_principal_may (&principal, SC_ROLE_VIEWER), ==, has >= SC_ROLE_VIEWER);
    g_assert_cmpint (sc_principal_may (&principal, SC_ROLE_OPERATOR), ==, has >= SC_ROLE_OPERATOR);
    g_assert_cmpint (sc_principal_may (&principal, SC_ROLE_ADMINISTRATOR), ==, has == SC_ROLE_ADMINISTRATOR);
    g_assert_false (sc_principal_is_local (&principal));
  }
  g_assert_false (sc_role_from_nick ("root", &(ScRole){ 0 }));
  g_assert_false (sc_role_from_nick (NULL, &(ScRole){ 0 }));
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*test) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "/staff/sign-in", test_sign_in },
    { "/staff/expiry", test_expiry },
    { "/staff/wrong", test_wrong },
    { "/staff/lock-out", test_lock_out },
    { "/staff/many-at-once", test_many_at_once },
    { "/staff/stop", test_stop },
    { "/staff/sign-out", test_sign_out },
    { "/staff/sessions", test_sessions },
    { "/staff/changes-end-sessions", test_changes_end_sessions },
    { "/staff/disable", test_disable },
    { "/staff/remove", test_remove },
    { "/staff/own-password", test_own_password },
    { "/staff/rules", test_rules },
    { "/staff/secrets", test_secrets },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/staff/roles", test_roles);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
