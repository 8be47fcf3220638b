/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-failures.h"
#include "console/engine/api/sc-api-routes.h"
#include "console/engine/sc-json-text.h"
#include "console/engine/trust/sc-password.h"

#include <openssl/crypto.h>
#include <string.h>

#define MAX_NAME_BYTES 256u
#define MAX_PASSWORD_BYTES 1024u /* beyond what may be chosen, so that the rule is what is told */

static ScJson *
json_of_user (const ScCatalogUser *user)
{
  return json_pack (
      "{s:o, s:o, s:b, s:o, s:o, s:o}", "name", sc_json_text (user->name), "role", sc_json_text (user->role),
      "disabled", user->disabled, "created", sc_json_time (user->created * G_USEC_PER_SEC), "changed",
      sc_json_time (user->changed * G_USEC_PER_SEC), "signed_in", sc_json_time (user->signed_in * G_USEC_PER_SEC));
}

/* Wipes what has been parsed of a password, too. */
static void
forget_text (ScJson *body, const char *key)
{
  const char *text = json_string_value (json_object_get (body, key));

  if (text != NULL)
    OPENSSL_cleanse ((char *) text, strlen (text));
}

/* Answers with the error, and when it may be tried again. */
static void
refuse (ScApiRequest *request, const ScStaffRefusal *refusal, const GError *error)
{
  g_autofree char *wait = g_strdup_printf ("%u", refusal->wait);

  if (refusal->wait == 0 || error->domain != SC_ERROR) {
    sc_api_request_fail (request, error);
    return;
  }
  soup_message_headers_replace (soup_server_message_get_response_headers (request->message), "Retry-After", wait);
  sc_api_request_fail_status (request,
                              error->code == SC_ERROR_BUSY ? SOUP_STATUS_SERVICE_UNAVAILABLE : SC_API_STATUS_TOO_MANY,
                              (ScError) error->code, "%s", error->message);
}

/* A row of wrong passwords has ended in this. @user: (nullable): one that there is */
static void
record_lock_out (ScApiRequest *request, const char *user, ScLockOutKind kind)
{
  g_autoptr (ScActivityEntry) entry = sc_activity_entry_new ("lock-out");

  sc_activity_entry_set_text (&entry->who, user);
  sc_activity_entry_set_text (&entry->address, request->address);
  sc_activity_entry_set_text (&entry->detail, kind == SC_LOCK_OUT_PAIR   ? "user-from-address"
                                              : kind == SC_LOCK_OUT_USER ? "user"
                                                                         : "address");
  entry->done = TRUE;
  sc_activity_record (request->parts->activity, entry);
}

/* A name that is no user's is not kept: it may be a password in the wrong field. */
static void
note_wrong (ScApiRequest *request, const char *name, const ScStaffRefusal *refusal, const GError *error)
{
  g_autoptr (ScCatalogUser) user = sc_staff_get_user (request->parts->staff, name, NULL);
  const ScPrincipal who = { .name = user != NULL ? user->name : NULL };

  if (!g_error_matches (error, SC_ERROR, SC_ERROR_DENIED))
    return;
  sc_api_failures_note (request->parts->failures, "sign-in-failed", &who, request->address, NULL, error->message);
  if (refusal->locked != SC_LOCK_OUT_NONE)
    record_lock_out (request, who.name, refusal->locked);
}

typedef struct {
  ScApiRequest *request;
  char *name;
} Pending;

static Pending *
pending_new (ScApiRequest *request, const char *name)
{
  Pending *pending = g_new0 (Pending, 1);

  pending->request = request;
  pending->name = g_strdup (name);
  sc_api_request_hold (request);
  return pending;
}

static void
pending_free (Pending *pending)
{
  sc_api_request_release (pending->request);
  g_free (pending->name);
  g_free (pending);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pending, pending_free)

static void
record_sign_in (ScApiRequest *request, const ScStaffSession *session)
{
  g_autoptr (ScActivityEntry) entry = sc_activity_entry_new ("sign-in");

  sc_activity_entry_set_text (&entry->who, session->user);
  sc_activity_entry_set_text (&entry->role, sc_role_to_nick (session->role));
  sc_activity_entry_set_text (&entry->address, request->address);
  entry->done = TRUE;
  sc_activity_record (request->parts->activity, entry);
}

static void
on_signed_in (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Pending) pending = data;
  ScApiRequest *request = pending->request;
  g_autoptr (GError) error = NULL;
  ScStaffRefusal refusal;
  g_autoptr (ScStaffSession) session = sc_staff_sign_in_finish (SC_STAFF (source), result, &refusal, &error);

  if (session == NULL) {
    note_wrong (request, pending->name, &refusal, error);
    refuse (request, &refusal, error);
    return;
  }
  record_sign_in (request, session);
  sc_api_request_reply (request, SOUP_STATUS_OK,
                        json_pack ("{s:s, s:o, s:s, s:o}", "token", session->token, "user",
                                   sc_json_text (session->user), "role", sc_role_to_nick (session->role), "expires",
                                   sc_json_time (session->expires * G_USEC_PER_SEC)));
}

void
sc_api_sign_in (ScApiRequest *request)
{
  static const char *const allowed[] = { "user", "password", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) body = sc_api_request_parse_body (request, allowed, &error);
  const char *user = body != NULL ? sc_json_get_string (body, "user", MAX_NAME_BYTES, &error) : NULL;
  const char *password = user != NULL ? sc_json_get_string (body, "password", MAX_PASSWORD_BYTES, &error) : NULL;

  if (password == NULL)
    sc_api_request_fail (request, error);
  else
    sc_staff_sign_in_async (request->parts->staff, user, password, request->address, on_signed_in,
                            pending_new (request, user));
  forget_text (body, "password");
}

void
sc_api_sign_out (ScApiRequest *request)
{
  static const char *const allowed[] = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) body = sc_api_request_parse_body (request, allowed, &error);

  if (body != NULL && request->principal.token == NULL)
    g_set_error (&error, SC_ERROR, SC_ERROR_STATE,
                 "the local administrator has not signed in, and cannot sign out: the connection file is the way in");
  if (error != NULL || !sc_staff_sign_out (request->parts->staff, request->principal.token, &error))
    sc_api_request_fail (request, error);
  else
    sc_api_request_reply (request, SOUP_STATUS_OK, json_object ());
}

void
sc_api_get_me (ScApiRequest *request)
{
  const ScPrincipal *me = &request->principal;

  sc_api_request_reply (request, SOUP_STATUS_OK,
                        json_pack ("{s:o, s:s, s:o, s:b}", "user", sc_json_text (me->name), "role",
                                   sc_role_to_nick (me->role), "expires", sc_json_time (me->expires * G_USEC_PER_SEC),
                                   "local", sc_principal_is_local (me)));
}

static void
on_own_password_changed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Pending) pending = data;
  g_autoptr (GError) error = NULL;
  ScStaffRefusal refusal;
  g_autoptr (ScCatalogUser) user = sc_staff_change_finish (SC_STAFF (source), result, &refusal, &error);

  if (user != NULL) {
    sc_api_request_reply (pending->request, SOUP_STATUS_OK, json_object ());
    return;
  }
  if (refusal.locked != SC_LOCK_OUT_NONE)
    record_lock_out (pending->request, pending->name, refusal.locked);
  if (refusal.wait == 0 && g_error_matches (error, SC_ERROR, SC_ERROR_DENIED)) /* who asks is known all the same */
    sc_api_request_fail_status (pending->request, SOUP_STATUS_FORBIDDEN, SC_ERROR_DENIED, "%s", error->message);
  else
    refuse (pending->request, &refusal, error);
}

void
sc_api_change_own_password (ScApiRequest *request)
{
  static const char *const allowed[] = { "old", "new", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) body = sc_api_request_parse_body (request, allowed, &error);
  const char *old = body != NULL ? sc_json_get_string (body, "old", MAX_PASSWORD_BYTES, &error) : NULL;
  const char *new = old != NULL ? sc_json_get_string (body, "new", MAX_PASSWORD_BYTES, &error) : NULL;

  if (new != NULL && request->principal.token == NULL)
    g_set_error (&error, SC_ERROR, SC_ERROR_STATE,
                 "the local administrator has no password; a user's is changed by “seatcastctl user password NAME”");
  if (error != NULL)
    sc_api_request_fail (request, error);
  else
    sc_staff_change_user_async (request->parts->staff, request->principal.name,
                                &(ScStaffChange){ .password = new,
                                                  .old = old,
                                                  .address = request->address,
                                                  .disabled = -1,
                                                  .keep = request->principal.token },
                                on_own_password_changed, pending_new (request, request->principal.name));
  forget_text (body, "old");
  forget_text (body, "new");
}

void
sc_api_list_users (ScApiRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) users = sc_staff_list_users (request->parts->staff, &error);
  ScJson *list = json_array ();

  for (guint i = 0; users != NULL && i < users->len; i++)
    json_array_append_new (list, json_of_user (g_ptr_array_index (users, i)));
  if (users != NULL) {
    sc_api_request_reply (request, SOUP_STATUS_OK, json_pack ("{s:o}", "users", list));
    return;
  }
  json_decref (list);
  sc_api_request_fail (request, error);
}

static void
on_user_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Pending) pending = data;
  g_autoptr (GError) error = NULL;
  ScStaffRefusal refusal;
  g_autoptr (ScCatalogUser) user = sc_staff_change_finish (SC_STAFF (source), result, &refusal, &error);

  if (user == NULL)
    refuse (pending->request, &refusal, error);
  else
    sc_api_request_reply (pending->request, pending->name == NULL ? SOUP_STATUS_CREATED : SOUP_STATUS_OK,
                          json_of_user (user));
}

void
sc_api_add_user (ScApiRequest *request)
{
  static const char *const allowed[] = { "name", "role", "password", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) body = sc_api_request_parse_body (request, allowed, &error);
  const char *name = body != NULL ? sc_json_get_string (body, "name", MAX_NAME_BYTES, &error) : NULL;
  const char *role = name != NULL ? sc_json_get_string (body, "role", MAX_NAME_BYTES, &error) : NULL;
  const char *password = role != NULL ? sc_json_get_string (body, "password", MAX_PASSWORD_BYTES, &error) : NULL;

  if (password == NULL)
    sc_api_request_fail (request, error);
  else
    sc_staff_add_user_async (request->parts->staff, name, role, password, on_user_saved, pending_new (request, NULL));
  forget_text (body, "password");
}

/* Also the caller's own role: somebody else, or the local administrator, can give it back. */
void
sc_api_change_user (ScApiRequest *request)
{
  static const char *const allowed[] = { "role", "password", "disabled", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) body = sc_api_request_parse_body (request, allowed, &error);
  ScStaffChange change = { .disabled = -1, .keep = request->principal.token };
  gboolean disabled = FALSE;

  if (body != NULL && json_object_get (body, "role") != NULL)
    change.role = sc_json_get_string (body, "role", MAX_NAME_BYTES, &error);
  if (error == NULL && json_object_get (body, "password") != NULL)
    change.password = sc_json_get_string (body, "password", MAX_PASSWORD_BYTES, &error);
  if (error == NULL && json_object_get (body, "disabled") != NULL &&
      sc_json_get_bool (body, "disabled", &disabled, &error))
    change.disabled = disabled ? 1 : 0;
  if (error == NULL && json_object_size (body) == 0)
    g_set_error (&error, SC_ERROR, SC_ERROR_INVALID, "name at least one thing to change: role, password or disabled");
  if (error != NULL)
    sc_api_request_fail (request, error);
  else
    sc_staff_change_user_async (request->parts->staff, request->arguments[0], &change, on_user_saved,
                                pending_new (request, request->arguments[0]));
  forget_text (body, "password");
}

void
sc_api_remove_user (ScApiRequest *request)
{
  static const char *const allowed[] = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) body = sc_api_request_parse_body (request, allowed, &error);

  if (body == NULL || !sc_staff_remove_user (request->parts->staff, request->arguments[0], &error))
    sc_api_request_fail (request, error);
  else
    sc_api_request_reply (request, SOUP_STATUS_OK, json_object ());
}
