/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/engine/trust/sc-password.h"
#include "console/engine/trust/sc-staff-private.h"

#define EXTRA_QUEUE 8u /* for those who are signed in already, whom others must not keep out */

GPtrArray *
sc_staff_list_users (ScStaff *self, GError **error)
{
  return sc_catalog_list_users (self->catalog, error);
}

ScCatalogUser *
sc_staff_get_user (ScStaff *self, const char *name, GError **error)
{
  g_autofree char *normalized = sc_staff_normalize_name (name);

  return sc_catalog_get_user (self->catalog, normalized, error);
}

static gboolean
check_role (const char *nick, GError **error)
{
  ScRole role = SC_ROLE_NONE;

  if (sc_role_from_nick (nick, &role) && role >= SC_ROLE_VIEWER)
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "“%s” is no role of staff: viewer, operator, or administrator", nick);
  return FALSE;
}

/* Before a user is added: what can be known without hashing. */
static gboolean
check_new_user (ScStaff *self, const ScStaffAttempt *attempt, const char *password, GError **error)
{
  g_autoptr (GPtrArray) users = NULL;

  if (*attempt->user == '\0') {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "a user's name has letters and digits, also . _ - @ + within it, and at most %u bytes",
                 SC_STAFF_NAME_MAX);
    return FALSE;
  }
  if (!check_role (attempt->role, error) || !sc_password_is_allowed (password, attempt->user, error))
    return FALSE;
  users = sc_catalog_list_users (self->catalog, error);
  if (users == NULL)
    return FALSE;
  if (users->len >= SC_STAFF_MAX_USERS) {
    g_set_error (error, SC_ERROR, SC_ERROR_STATE, "there are %u users, which is as many as there may be: remove some",
                 users->len);
    return FALSE;
  }
  for (guint i = 0; i < users->len; i++)
    if (g_ascii_strcasecmp (((const ScCatalogUser *) g_ptr_array_index (users, i))->name, attempt->user) == 0) {
      g_set_error (error, SC_ERROR, SC_ERROR_EXISTS, "there is a user “%s” already: choose another name",
                   attempt->user);
      return FALSE;
    }
  return TRUE;
}

/* (nullable) */
static ScCatalogUser *
add_user (ScStaff *self, const ScStaffAttempt *attempt, const char *password, GError **error)
{
  g_autoptr (ScCatalogUser) user = g_new0 (ScCatalogUser, 1);

  user->name = g_strdup (attempt->user);
  user->role = g_strdup (attempt->role);
  user->password = g_strdup (password);
  user->created = user->changed = sc_staff_get_time (self);
  return sc_catalog_add_user (self->catalog, user, error) ? g_steal_pointer (&user) : NULL;
}

static void
replace_text (char **member, const char *text)
{
  g_free (*member);
  *member = g_strdup (text);
}

static gboolean
save_change (ScStaff *self, const ScStaffAttempt *attempt, ScCatalogUser *user, GPtrArray **ended, GError **error)
{
  const char *keep = user->disabled ? NULL : attempt->keep;

  *ended = sc_staff_remove_sessions (self, user->name, keep, 0, error);
  return *ended != NULL && sc_catalog_save_user (self->catalog, user, error);
}

/* Who was locked out was guessed at, or has asked for another password: an administrator's is the way back in. */
static void
end_lock_outs (ScStaff *self, const ScCatalogUser *user)
{
  g_autofree char *counted = g_ascii_strdown (user->name, -1);

  sc_lock_out_forget_user (self->lock_out, counted);
}

/* @password: (nullable): encoded. Returns: (nullable) */
static ScCatalogUser *
change_user (ScStaff *self, const ScStaffAttempt *attempt, const char *password, GError **error)
{
  g_autoptr (ScCatalogUser) user = sc_catalog_get_user (self->catalog, attempt->user, error);
  g_autoptr (GPtrArray) ended = NULL;

  if (user == NULL)
    return NULL;
  if (attempt->expected != NULL && g_strcmp0 (user->password, attempt->expected) != 0) {
    g_set_error (error, SC_ERROR, SC_ERROR_CHANGED, "the password of “%s” was changed meanwhile: try again",
                 user->name);
    return NULL;
  }
  if (attempt->role != NULL)
    replace_text (&user->role, attempt->role);
  if (password != NULL)
    replace_text (&user->password, password);
  if (attempt->disabled >= 0)
    user->disabled = attempt->disabled != 0;
  user->changed = sc_staff_get_time (self);
  if (!sc_catalog_begin (self->catalog, error) ||
      !sc_staff_end_transaction (self, save_change (self, attempt, user, &ended, error), error))
    return NULL;
  if (password != NULL && attempt->expected == NULL)
    end_lock_outs (self, user);
  sc_staff_tell_ended (self, ended);
  return g_steal_pointer (&user);
}

/* Adds or changes the user, and answers. @password: (nullable): encoded */
static void
apply (ScStaff *self, GTask *task, const char *password)
{
  const ScStaffAttempt *attempt = g_task_get_task_data (task);
  GError *error = NULL;
  ScCatalogUser *user =
      attempt->add ? add_user (self, attempt, password, &error) : change_user (self, attempt, password, &error);

  if (user == NULL) {
    g_task_return_error (task, error);
    return;
  }
  sc_staff_tell_changed (self);
  g_task_return_pointer (task, user, (GDestroyNotify) sc_catalog_user_free);
}

static void
on_change_hashed (const ScStaffHash *job, gpointer data)
{
  g_autoptr (GTask) task = data;
  ScStaff *self = g_task_get_source_object (task);
  ScStaffAttempt *attempt = g_task_get_task_data (task);

  if (self->catalog == NULL) {
    sc_staff_refuse_stopped (task);
  } else if (job->error != NULL) {
    sc_staff_end_attempt (self, attempt, SC_ATTEMPT_UNKNOWN);
    g_task_return_error (task, g_error_copy (job->error));
  } else if (job->encoded != NULL && !job->fits) {
    sc_staff_end_attempt (self, attempt, SC_ATTEMPT_WRONG);
    g_task_return_new_error (task, SC_ERROR, SC_ERROR_DENIED, "the password until now is wrong");
  } else {
    sc_staff_end_attempt (self, attempt, SC_ATTEMPT_RIGHT);
    apply (self, task, job->fresh_encoded);
  }
}

void
sc_staff_add_user_async (ScStaff *self, const char *name, const char *role, const char *password,
                         GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = sc_staff_task_new (self, sc_staff_attempt_new (name, NULL), callback, data);
  ScStaffAttempt *attempt = g_task_get_task_data (task);
  GError *error = NULL;

  attempt->add = TRUE;
  attempt->role = g_strdup (role);
  if (check_new_user (self, attempt, password, &error))
    sc_staff_hash (self, task, sc_staff_hash_new (NULL, NULL, password, self->cost), SC_STAFF_MAX_QUEUE + EXTRA_QUEUE,
                   on_change_hashed);
  else
    g_task_return_error (task, error);
}

void
sc_staff_change_user_async (ScStaff *self, const char *name, const ScStaffChange *change, GAsyncReadyCallback callback,
                            gpointer data)
{
  g_autoptr (GTask) task = sc_staff_task_new (self, sc_staff_attempt_new (name, change->address), callback, data);
  ScStaffAttempt *attempt = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogUser) user = sc_catalog_get_user (self->catalog, attempt->user, &error);

  attempt->role = g_strdup (change->role);
  attempt->keep = g_strdup (change->keep);
  attempt->disabled = change->disabled;
  if (user == NULL || (change->role != NULL && !check_role (change->role, &error)) ||
      (change->password != NULL && !sc_password_is_allowed (change->password, user->name, &error))) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  if (change->password == NULL) {
    apply (self, task, NULL);
    return;
  }
  if (change->old != NULL && !sc_staff_begin_attempt (self, task))
    return;
  attempt->expected = change->old != NULL ? g_strdup (user->password) : NULL;
  sc_staff_hash (self, task, sc_staff_hash_new (change->old, attempt->expected, change->password, self->cost),
                 SC_STAFF_MAX_QUEUE + EXTRA_QUEUE, on_change_hashed);
}

ScCatalogUser *
sc_staff_change_finish (ScStaff *self, GAsyncResult *result, ScStaffRefusal *refusal, GError **error)
{
  const ScStaffAttempt *attempt = g_task_get_task_data (G_TASK (result));

  *refusal = attempt->refusal;
  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
sc_staff_remove_user (ScStaff *self, const char *name, GError **error)
{
  g_autoptr (ScCatalogUser) user = sc_staff_get_user (self, name, error);
  g_autoptr (GPtrArray) ended = NULL;

  if (user == NULL || !sc_catalog_begin (self->catalog, error))
    return FALSE;
  ended = sc_staff_remove_sessions (self, user->name, NULL, 0, error);
  if (!sc_staff_end_transaction (self, ended != NULL && sc_catalog_remove_user (self->catalog, user->name, error),
                                 error))
    return FALSE;
  sc_staff_tell_ended (self, ended);
  sc_staff_tell_changed (self);
  return TRUE;
}
