/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/trust/sc-staff-private.h"

#include "common/sc-error.h"
#include "common/trust/sc-token.h"
#include "console/engine/catalog/sc-catalog-enrolment.h"
#include "console/engine/trust/sc-password.h"

#include <string.h>

G_DEFINE_FINAL_TYPE (ScStaff, sc_staff, G_TYPE_OBJECT)

enum { SESSION_ENDED, USERS_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
attempt_free (gpointer data)
{
  ScStaffAttempt *attempt = data;

  g_free (attempt->user);
  g_free (attempt->counted);
  g_free (attempt->address);
  g_free (attempt->role);
  g_free (attempt->keep);
  g_free (attempt->expected);
  g_free (attempt);
}

void
sc_staff_session_free (ScStaffSession *self)
{
  if (self == NULL)
    return;
  sc_secret_free (self->token);
  g_free (self->user);
  g_free (self);
}

static gint64
get_real_seconds (gpointer data)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static void
sc_staff_finalize (GObject *object)
{
  ScStaff *self = SC_STAFF (object);

  sc_staff_stop (self);
  sc_lock_out_free (self->lock_out);
  g_free (self->no_password);
  G_OBJECT_CLASS (sc_staff_parent_class)->finalize (object);
}

static void
sc_staff_class_init (ScStaffClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sc_staff_finalize;
  signals[SESSION_ENDED] = g_signal_new ("session-ended", SC_TYPE_STAFF, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[USERS_CHANGED] =
      g_signal_new ("users-changed", SC_TYPE_STAFF, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sc_staff_init (ScStaff *self)
{
  self->lock_out = sc_lock_out_new ();
  self->hasher = sc_staff_hasher_new (SC_STAFF_MAX_AT_ONCE);
  self->clock = get_real_seconds;
  sc_staff_set_cost (self, SC_PASSWORD_COST);
}

ScStaff *
sc_staff_new (ScCatalog *catalog)
{
  ScStaff *self = g_object_new (SC_TYPE_STAFF, NULL);

  self->catalog = catalog;
  return self;
}

void
sc_staff_stop (ScStaff *self)
{
  self->catalog = NULL;
  g_clear_pointer (&self->hasher, sc_staff_hasher_free);
}

void
sc_staff_set_clock (ScStaff *self, ScStaffClock clock, gpointer data)
{
  self->clock = clock;
  self->clock_data = data;
}

void
sc_staff_set_cost (ScStaff *self, guint cost)
{
  self->cost = cost;
  g_free (self->no_password);
  self->no_password = sc_password_encode_none (cost);
}

gint64
sc_staff_get_time (ScStaff *self)
{
  return self->clock (self->clock_data);
}

static gboolean
is_name_character (gunichar character)
{
  return g_unichar_isalnum (character) || (character < 128 && strchr ("._-@+", (int) character) != NULL);
}

char *
sc_staff_normalize_name (const char *name)
{
  g_autofree char *normalized =
      strlen (name) <= SC_STAFF_NAME_MAX * 3 ? g_utf8_normalize (name, -1, G_NORMALIZE_DEFAULT_COMPOSE) : NULL;

  if (normalized == NULL || strlen (normalized) > SC_STAFF_NAME_MAX ||
      !g_unichar_isalnum (g_utf8_get_char (normalized)))
    return g_strdup ("");
  for (const char *at = normalized; *at != '\0'; at = g_utf8_next_char (at))
    if (!is_name_character (g_utf8_get_char (at)))
      return g_strdup ("");
  return g_steal_pointer (&normalized);
}

ScStaffAttempt *
sc_staff_attempt_new (const char *user, const char *address)
{
  ScStaffAttempt *attempt = g_new0 (ScStaffAttempt, 1);

  attempt->user = sc_staff_normalize_name (user);
  attempt->address = g_strdup (address);
  attempt->disabled = -1;
  return attempt;
}

GTask *
sc_staff_task_new (ScStaff *self, ScStaffAttempt *attempt, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (self, NULL, callback, data);

  g_task_set_task_data (task, attempt, attempt_free);
  return task;
}

static void
refuse_locked (GTask *task, ScLockOutKind kind, guint wait)
{
  ScStaffAttempt *attempt = g_task_get_task_data (task);

  attempt->refusal.wait = wait;
  if (kind == SC_LOCK_OUT_BUSY)
    g_task_return_new_error (task, SC_ERROR, SC_ERROR_BUSY,
                             "several passwords of this user are being tried at this moment: try again in a second");
  else
    g_task_return_new_error (task, SC_ERROR, SC_ERROR_DENIED, "too many wrong passwords %s: try again in %u minute%s",
                             kind == SC_LOCK_OUT_PAIR   ? "of this user from this address"
                             : kind == SC_LOCK_OUT_USER ? "of this user"
                                                        : "from this address",
                             (wait + 59) / 60, wait > 60 ? "s" : "");
}

gboolean
sc_staff_begin_attempt (ScStaff *self, GTask *task)
{
  ScStaffAttempt *attempt = g_task_get_task_data (task);
  g_autofree char *counted = g_ascii_strdown (attempt->user, -1);
  guint wait = 0;
  ScLockOutKind kind = sc_lock_out_begin (self->lock_out, counted, attempt->address, sc_staff_get_time (self), &wait);

  if (kind == SC_LOCK_OUT_NONE)
    attempt->counted = g_steal_pointer (&counted);
  else
    refuse_locked (task, kind, wait);
  return kind == SC_LOCK_OUT_NONE;
}

void
sc_staff_end_attempt (ScStaff *self, ScStaffAttempt *attempt, ScAttempt outcome)
{
  if (attempt->counted == NULL)
    return;
  attempt->refusal.locked =
      sc_lock_out_end (self->lock_out, attempt->counted, attempt->address, outcome, sc_staff_get_time (self));
  if (attempt->refusal.locked != SC_LOCK_OUT_NONE)
    attempt->refusal.wait = SC_LOCK_OUT_SECONDS;
  g_clear_pointer (&attempt->counted, g_free);
}

void
sc_staff_hash (ScStaff *self, GTask *task, ScStaffHash *job, guint queue, ScStaffHashDone done)
{
  ScStaffAttempt *attempt = g_task_get_task_data (task);

  if (sc_staff_hasher_push (self->hasher, job, queue, done, g_object_ref (task)))
    return;
  g_object_unref (task);
  sc_staff_end_attempt (self, attempt, SC_ATTEMPT_UNKNOWN);
  attempt->refusal.wait = SC_STAFF_BUSY_SECONDS;
  g_task_return_new_error (task, SC_ERROR, SC_ERROR_BUSY,
                           "too many are signing in at this moment: try again in %u seconds", SC_STAFF_BUSY_SECONDS);
}

static void
refuse_wrong (GTask *task)
{
  g_task_return_new_error (task, SC_ERROR, SC_ERROR_DENIED, "the user or the password is wrong");
}

void
sc_staff_refuse_stopped (GTask *task)
{
  g_task_return_new_error (task, SC_ERROR, SC_ERROR_CANCELLED, "the engine ends");
}

GPtrArray *
sc_staff_remove_sessions (ScStaff *self, const char *user, const char *keep, guint n_left, GError **error)
{
  g_autoptr (GPtrArray) sessions = sc_catalog_list_user_sessions (self->catalog, user, error);
  g_autoptr (GPtrArray) removed = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; sessions != NULL && i + n_left < sessions->len; i++) {
    const ScCatalogUserSession *session = g_ptr_array_index (sessions, i);

    if (g_strcmp0 (session->hash, keep) == 0)
      continue;
    if (!sc_catalog_remove_user_session (self->catalog, session->hash, error))
      return NULL;
    g_ptr_array_add (removed, g_strdup (session->hash));
  }
  return sessions != NULL ? g_steal_pointer (&removed) : NULL;
}

void
sc_staff_tell_ended (ScStaff *self, GPtrArray *hashes)
{
  for (guint i = 0; i < hashes->len; i++)
    g_signal_emit (self, signals[SESSION_ENDED], 0, g_ptr_array_index (hashes, i));
}

void
sc_staff_tell_changed (ScStaff *self)
{
  g_signal_emit (self, signals[USERS_CHANGED], 0);
}

gboolean
sc_staff_end_transaction (ScStaff *self, gboolean done, GError **error)
{
  if (done && sc_catalog_commit (self->catalog, error))
    return TRUE;
  sc_catalog_rollback (self->catalog);
  return FALSE;
}

static gboolean
save_session (ScStaff *self, ScCatalogUser *user, const ScCatalogUserSession *session, GPtrArray **ended,
              GError **error)
{
  user->signed_in = session->created;
  if (!sc_catalog_remove_old_user_sessions (self->catalog, session->created, error))
    return FALSE;
  *ended = sc_staff_remove_sessions (self, user->name, NULL, SC_STAFF_MAX_SESSIONS - 1, error);
  return *ended != NULL && sc_catalog_add_user_session (self->catalog, session, error) &&
         sc_catalog_save_user (self->catalog, user, error);
}

static ScStaffSession *
begin_session (ScStaff *self, ScCatalogUser *user, const char *address, GError **error)
{
  g_autoptr (ScStaffSession) session = g_new0 (ScStaffSession, 1);
  g_autoptr (GPtrArray) ended = NULL;
  g_autofree char *token_hash = NULL;
  ScCatalogUserSession kept = { .user = user->name, .address = (char *) address };

  if (!sc_role_from_nick (user->role, &session->role)) {
    g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT, "the user “%s” has no role: an administrator has to set it",
                 user->name);
    return NULL;
  }
  session->token = sc_token_new ();
  session->user = g_strdup (user->name);
  kept.hash = token_hash = sc_token_hash (session->token);
  kept.created = sc_staff_get_time (self);
  kept.ends = session->expires = kept.created + SC_STAFF_SESSION_SECONDS;
  if (!sc_catalog_begin (self->catalog, error) ||
      !sc_staff_end_transaction (self, save_session (self, user, &kept, &ended, error), error))
    return NULL;
  sc_staff_tell_ended (self, ended);
  return g_steal_pointer (&session);
}

static void
on_sign_in_hashed (const ScStaffHash *job, gpointer data)
{
  g_autoptr (GTask) task = data;
  ScStaff *self = g_task_get_source_object (task);
  ScStaffAttempt *attempt = g_task_get_task_data (task);
  g_autoptr (ScCatalogUser) user = NULL;
  ScStaffSession *session = NULL;
  GError *error = NULL;

  if (self->catalog == NULL) {
    sc_staff_refuse_stopped (task);
    return;
  }
  if (job->error != NULL) {
    sc_staff_end_attempt (self, attempt, SC_ATTEMPT_UNKNOWN);
    g_task_return_error (task, g_error_copy (job->error));
    return;
  }
  /* it may have been changed meanwhile */
  user = sc_catalog_get_user (self->catalog, attempt->user, NULL);
  if (!job->fits || user == NULL || g_strcmp0 (user->password, attempt->expected) != 0) {
    sc_staff_end_attempt (self, attempt, SC_ATTEMPT_WRONG);
    refuse_wrong (task);
    return;
  }
  if (user->disabled) {
    sc_staff_end_attempt (self, attempt, SC_ATTEMPT_UNKNOWN);
    g_task_return_new_error (task, SC_ERROR, SC_ERROR_DENIED, "the user “%s” is disabled: ask an administrator",
                             user->name);
    return;
  }
  sc_staff_end_attempt (self, attempt, SC_ATTEMPT_RIGHT);
  session = begin_session (self, user, attempt->address, &error);
  if (session != NULL)
    g_task_return_pointer (task, session, (GDestroyNotify) sc_staff_session_free);
  else
    g_task_return_error (task, error);
}

void
sc_staff_sign_in_async (ScStaff *self, const char *user, const char *password, const char *address,
                        GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = sc_staff_task_new (self, sc_staff_attempt_new (user, address), callback, data);
  ScStaffAttempt *attempt = g_task_get_task_data (task);
  g_autoptr (ScCatalogUser) known = NULL;
  g_autoptr (GError) error = NULL;

  if (!sc_staff_begin_attempt (self, task))
    return;
  known = sc_catalog_get_user (self->catalog, attempt->user, &error);
  if (error != NULL && !g_error_matches (error, SC_ERROR, SC_ERROR_NOT_FOUND)) {
    sc_staff_end_attempt (self, attempt, SC_ATTEMPT_UNKNOWN);
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  attempt->expected = g_strdup (known != NULL ? known->password : self->no_password);
  sc_staff_hash (self, task, sc_staff_hash_new (password, attempt->expected, NULL, self->cost), SC_STAFF_MAX_QUEUE,
                 on_sign_in_hashed);
}

ScStaffSession *
sc_staff_sign_in_finish (ScStaff *self, GAsyncResult *result, ScStaffRefusal *refusal, GError **error)
{
  const ScStaffAttempt *attempt = g_task_get_task_data (G_TASK (result));

  *refusal = attempt->refusal;
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Why a token lets nobody in. That of an enrolment is in every seat's connection file, which is easily taken for one of
 * staff; only who has it is told that it is one. */
static void
refuse_token (ScStaff *self, const char *token_hash, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (ScCatalogEnrolToken) enrolment = sc_catalog_find_enrol_token (self->catalog, token_hash, 0, &failure);

  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else if (enrolment != NULL)
    g_set_error (error, SC_ERROR, SC_ERROR_DENIED,
                 "this is the connection file, or the token, of seats, and only lets them enrol: sign in instead");
  else
    g_set_error (error, SC_ERROR, SC_ERROR_DENIED,
                 "the token is not, or no longer, that of somebody who has signed in: sign in again");
}

gboolean
sc_staff_identify (ScStaff *self, const char *token, ScPrincipal *principal, GError **error)
{
  g_autofree char *token_hash = sc_token_hash (token);
  g_autoptr (GError) local_error = NULL;
  g_autoptr (ScCatalogUserSession) session = sc_catalog_find_user_session (self->catalog, token_hash, &local_error);
  gint64 now = sc_staff_get_time (self);
  ScRole role = SC_ROLE_NONE;

  sc_principal_clear (principal);
  if (local_error != NULL) {
    g_propagate_error (error, g_steal_pointer (&local_error));
    return FALSE;
  }
  /* one that would end later than it can was made when the clock was wrong */
  if (session == NULL || session->ends <= now || session->ends - now > SC_STAFF_SESSION_SECONDS ||
      !sc_role_from_nick (session->role, &role) || role < SC_ROLE_VIEWER) {
    refuse_token (self, token_hash, error);
    return FALSE;
  }
  principal->role = role;
  principal->name = g_steal_pointer (&session->user);
  principal->token = g_steal_pointer (&token_hash);
  principal->expires = session->ends;
  return TRUE;
}

gboolean
sc_staff_sign_out (ScStaff *self, const char *token, GError **error)
{
  if (!sc_catalog_remove_user_session (self->catalog, token, error))
    return FALSE;
  g_signal_emit (self, signals[SESSION_ENDED], 0, token);
  return TRUE;
}
