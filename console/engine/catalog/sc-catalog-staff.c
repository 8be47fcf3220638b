/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/catalog/sc-catalog-staff.h"

#include "common/sc-error.h"
#include "console/engine/catalog/sc-catalog-private.h"

#define USER_COLUMNS "name, role, password, disabled, created, changed, signed_in"
#define SESSION_COLUMNS "hash, user, role, address, user_sessions.created, ends"
#define SESSIONS "user_sessions JOIN users ON users.name = user_sessions.user"

void
sc_catalog_user_free (ScCatalogUser *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->role);
  g_free (self->password);
  g_free (self);
}

void
sc_catalog_user_session_free (ScCatalogUserSession *self)
{
  if (self == NULL)
    return;
  g_free (self->hash);
  g_free (self->user);
  g_free (self->role);
  g_free (self->address);
  g_free (self);
}

static void
set_no_user (const char *name, GError **error)
{
  g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND,
               "there is no user “%s”: “seatcastctl user list” lists those that there are", name);
}

/* Runs @sql, which changes rows of the user ?1. */
static gboolean
change_user (ScCatalog *self, ScStatement *statement, const char *name, GError **error)
{
  sc_catalog_bind_text (statement, 1, name);
  if (!sc_database_run (self->database, statement, error))
    return FALSE;
  if (sqlite3_changes (sc_database_get_handle (self->database)) > 0)
    return TRUE;
  set_no_user (name, error);
  return FALSE;
}

gboolean
sc_catalog_add_user (ScCatalog *self, const ScCatalogUser *user, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database,
                           "INSERT INTO users (" USER_COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
                           " ON CONFLICT DO NOTHING",
                           error);

  if (statement == NULL)
    return FALSE;
  sc_catalog_bind_text (statement, 1, user->name);
  sc_catalog_bind_text (statement, 2, user->role);
  sc_catalog_bind_text (statement, 3, user->password);
  sqlite3_bind_int (statement, 4, user->disabled ? 1 : 0);
  sqlite3_bind_int64 (statement, 5, user->created);
  sqlite3_bind_int64 (statement, 6, user->changed);
  sqlite3_bind_int64 (statement, 7, user->signed_in);
  if (!sc_database_run (self->database, statement, error))
    return FALSE;
  if (sqlite3_changes (sc_database_get_handle (self->database)) > 0)
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_EXISTS, "there is a user “%s” already: choose another name", user->name);
  return FALSE;
}

static ScCatalogUser *
user_of_row (ScStatement *statement)
{
  ScCatalogUser *user = g_new0 (ScCatalogUser, 1);

  user->name = sc_catalog_column_text (statement, 0);
  user->role = sc_catalog_column_text (statement, 1);
  user->password = sc_catalog_column_text (statement, 2);
  user->disabled = sqlite3_column_int (statement, 3) != 0;
  user->created = sqlite3_column_int64 (statement, 4);
  user->changed = sqlite3_column_int64 (statement, 5);
  user->signed_in = sqlite3_column_int64 (statement, 6);
  return user;
}

GPtrArray *
sc_catalog_list_users (ScCatalog *self, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database, "SELECT " USER_COLUMNS " FROM users ORDER BY name", error);
  g_autoptr (GPtrArray) users = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_catalog_user_free);
  gboolean has_row = FALSE;

  if (statement == NULL)
    return NULL;
  while (sc_database_step (self->database, statement, &has_row, error)) {
    if (!has_row)
      return g_steal_pointer (&users);
    g_ptr_array_add (users, user_of_row (statement));
  }
  return NULL;
}

ScCatalogUser *
sc_catalog_get_user (ScCatalog *self, const char *name, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database, "SELECT " USER_COLUMNS " FROM users WHERE name = ?1", error);
  gboolean has_row = FALSE;

  if (statement == NULL)
    return NULL;
  sc_catalog_bind_text (statement, 1, name);
  if (!sc_database_step (self->database, statement, &has_row, error))
    return NULL;
  if (has_row)
    return user_of_row (statement);
  set_no_user (name, error);
  return NULL;
}

gboolean
sc_catalog_save_user (ScCatalog *self, const ScCatalogUser *user, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database,
                           "UPDATE users SET role = ?2, password = ?3, disabled = ?4, changed = ?5, signed_in = ?6"
                           " WHERE name = ?1",
                           error);

  if (statement == NULL)
    return FALSE;
  sc_catalog_bind_text (statement, 2, user->role);
  sc_catalog_bind_text (statement, 3, user->password);
  sqlite3_bind_int (statement, 4, user->disabled ? 1 : 0);
  sqlite3_bind_int64 (statement, 5, user->changed);
  sqlite3_bind_int64 (statement, 6, user->signed_in);
  return change_user (self, statement, user->name, error);
}

gboolean
sc_catalog_remove_user (ScCatalog *self, const char *name, GError **error)
{
  g_autoptr (ScStatement) statement = sc_database_prepare (self->database, "DELETE FROM users WHERE name = ?1", error);

  return statement != NULL && change_user (self, statement, name, error);
}

gboolean
sc_catalog_add_user_session (ScCatalog *self, const ScCatalogUserSession *session, GError **error)
{
  g_autoptr (ScStatement) statement = sc_database_prepare (
      self->database, "INSERT INTO user_sessions (hash, user, address, created, ends) VALUES (?1, ?2, ?3, ?4, ?5)",
      error);

  if (statement == NULL)
    return FALSE;
  sc_catalog_bind_text (statement, 1, session->hash);
  sc_catalog_bind_text (statement, 2, session->user);
  sc_catalog_bind_text (statement, 3, session->address);
  sqlite3_bind_int64 (statement, 4, session->created);
  sqlite3_bind_int64 (statement, 5, session->ends);
  return sc_database_run (self->database, statement, error);
}

static ScCatalogUserSession *
session_of_row (ScStatement *statement)
{
  ScCatalogUserSession *session = g_new0 (ScCatalogUserSession, 1);

  session->hash = sc_catalog_column_text (statement, 0);
  session->user = sc_catalog_column_text (statement, 1);
  session->role = sc_catalog_column_text (statement, 2);
  session->address = sc_catalog_column_text (statement, 3);
  session->created = sqlite3_column_int64 (statement, 4);
  session->ends = sqlite3_column_int64 (statement, 5);
  return session;
}

ScCatalogUserSession *
sc_catalog_find_user_session (ScCatalog *self, const char *hash, GError **error)
{
  g_autoptr (ScStatement) statement = sc_database_prepare (
      self->database, "SELECT " SESSION_COLUMNS " FROM " SESSIONS " WHERE hash = ?1 AND disabled = 0", error);
  gboolean has_row = FALSE;

  if (statement == NULL)
    return NULL;
  sc_catalog_bind_text (statement, 1, hash);
  if (!sc_database_step (self->database, statement, &has_row, error) || !has_row)
    return NULL;
  return session_of_row (statement);
}

GPtrArray *
sc_catalog_list_user_sessions (ScCatalog *self, const char *user, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database,
                           "SELECT " SESSION_COLUMNS " FROM " SESSIONS
                           " WHERE user = ?1 ORDER BY user_sessions.created, user_sessions.rowid",
                           error);
  g_autoptr (GPtrArray) sessions = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_catalog_user_session_free);
  gboolean has_row = FALSE;

  if (statement == NULL)
    return NULL;
  sc_catalog_bind_text (statement, 1, user);
  while (sc_database_step (self->database, statement, &has_row, error)) {
    if (!has_row)
      return g_steal_pointer (&sessions);
    g_ptr_array_add (sessions, session_of_row (statement));
  }
  return NULL;
}

gboolean
sc_catalog_remove_user_session (ScCatalog *self, const char *hash, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database, "DELETE FROM user_sessions WHERE hash = ?1", error);

  if (statement == NULL)
    return FALSE;
  sc_catalog_bind_text (statement, 1, hash);
  return sc_database_run (self->database, statement, error);
}

gboolean
sc_catalog_remove_old_user_sessions (ScCatalog *self, gint64 now, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database, "DELETE FROM user_sessions WHERE ends <= ?1", error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, now);
  return sc_database_run (self->database, statement, error);
}
