/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-database.h"

#include <glib/gstdio.h>
#include <string.h>

#include "common/sc-error.h"

/* Below this size a check at each start costs less than a second; a larger index is checked by its own verify command.
 */
#define QUICK_CHECK_MAX_BYTES (256u * 1024u * 1024u)
#define BUSY_TIMEOUT_MS 10000

struct _ScDatabase {
  sqlite3 *handle;
  char *path;
  char *rebuild_hint;
};

static ScError
code_of (int result)
{
  switch (result & 0xff) {
  case SQLITE_FULL:
    return SC_ERROR_NO_SPACE;
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
    return SC_ERROR_CORRUPT;
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return SC_ERROR_BUSY;
  case SQLITE_CONSTRAINT:
    return result == SQLITE_CONSTRAINT_UNIQUE || result == SQLITE_CONSTRAINT_PRIMARYKEY ? SC_ERROR_EXISTS
                                                                                        : SC_ERROR_SYSTEM;
  default:
    return SC_ERROR_SYSTEM;
  }
}

static void
set_corrupt (ScDatabase *self, const char *finding, GError **error)
{
  g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT, "The database “%s” is damaged (%s) and was left as it is; %s",
               self->path, finding, self->rebuild_hint);
}

/* Always FALSE. @what: the statement, or what was being done */
static gboolean
set_error (ScDatabase *self, int result, const char *what, GError **error)
{
  ScError code = code_of (result);
  const char *message = sqlite3_errmsg (self->handle);
  if (code == SC_ERROR_CORRUPT)
    set_corrupt (self, message, error);
  else if (code == SC_ERROR_NO_SPACE)
    g_set_error (error, SC_ERROR, code, "No space is left for the database “%s” (%s): free some and try again",
                 self->path, what);
  else if (code == SC_ERROR_BUSY)
    g_set_error (error, SC_ERROR, code, "The database “%s” is in use by another process (%s)", self->path, what);
  else
    g_set_error (error, SC_ERROR, code, "The database “%s” refused “%s”: %s", self->path, what, message);
  return FALSE;
}

sqlite3 *
sc_database_get_handle (ScDatabase *self)
{
  return self->handle;
}

gboolean
sc_database_exec (ScDatabase *self, const char *sql, GError **error)
{
  int result = sqlite3_exec (self->handle, sql, NULL, NULL, NULL);
  return result == SQLITE_OK || set_error (self, result, sql, error);
}

ScStatement *
sc_database_prepare (ScDatabase *self, const char *sql, GError **error)
{
  ScStatement *statement = NULL;
  int result = sqlite3_prepare_v2 (self->handle, sql, -1, &statement, NULL);
  if (result != SQLITE_OK)
    set_error (self, result, sql, error);
  return statement;
}

void
sc_statement_finalize (ScStatement *statement)
{
  sqlite3_finalize (statement);
}

gboolean
sc_database_step (ScDatabase *self, ScStatement *statement, gboolean *has_row, GError **error)
{
  int result = sqlite3_step (statement);
  *has_row = result == SQLITE_ROW;
  return *has_row || result == SQLITE_DONE || set_error (self, result, sqlite3_sql (statement), error);
}

gboolean
sc_database_run (ScDatabase *self, ScStatement *statement, GError **error)
{
  gboolean has_row = FALSE;
  gboolean done = sc_database_step (self, statement, &has_row, error);
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
  return done;
}

gboolean
sc_database_begin (ScDatabase *self, GError **error)
{
  return sc_database_exec (self, "BEGIN IMMEDIATE", error);
}

gboolean
sc_database_commit (ScDatabase *self, GError **error)
{
  return sc_database_exec (self, "COMMIT", error);
}

void
sc_database_rollback (ScDatabase *self)
{
  /* SQLite ends a transaction by itself on some errors, such as a full disk; then there is none left to end */
  if (sqlite3_get_autocommit (self->handle))
    return;
  g_autoptr (GError) error = NULL;
  if (!sc_database_exec (self, "ROLLBACK", &error))
    g_warning ("%s", error->message);
}

/* The first column of the first row, as text; %NULL for no row (then without @error) or an error. */
static char *
query_text (ScDatabase *self, const char *sql, GError **error)
{
  gboolean has_row = FALSE;
  g_autoptr (ScStatement) statement = sc_database_prepare (self, sql, error);
  if (statement == NULL || !sc_database_step (self, statement, &has_row, error) || !has_row)
    return NULL;
  return g_strdup ((const char *) sqlite3_column_text (statement, 0));
}

static gboolean
read_schema (ScDatabase *self, guint *schema, GError **error)
{
  g_autofree char *text = query_text (self, "PRAGMA user_version", error);
  if (text == NULL)
    return FALSE;
  gint64 number = g_ascii_strtoll (text, NULL, 10);
  if (number < 0) {
    set_corrupt (self, "its schema has a negative number", error);
    return FALSE;
  }
  *schema = (guint) number;
  return TRUE;
}

static gboolean
check_schema (ScDatabase *self, guint known, GError **error)
{
  guint schema;
  if (!read_schema (self, &schema, error))
    return FALSE;
  if (schema <= known)
    return TRUE;
  g_set_error (
      error, SC_ERROR, SC_ERROR_STATE,
      "The database “%s” was written by a newer version of Seatcast (schema %u, this one knows up to %u) and was left "
      "as it is; install that version again, or restore the backup made before the upgrade",
      self->path, schema, known);
  return FALSE;
}

static gboolean
quick_check (ScDatabase *self, GError **error)
{
  GStatBuf st;
  if (g_stat (self->path, &st) != 0 || st.st_size >= QUICK_CHECK_MAX_BYTES) /* in memory, or too large */
    return TRUE;
  g_autoptr (GError) failure = NULL;
  g_autofree char *finding = query_text (self, "PRAGMA quick_check(1)", &failure);
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else if (g_strcmp0 (finding, "ok") != 0)
    set_corrupt (self, finding, error);
  else
    return TRUE;
  return FALSE;
}

static gboolean
check_foreign_keys (ScDatabase *self, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autofree char *table = query_text (self, "PRAGMA foreign_key_check", &failure);
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else if (table != NULL)
    g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT,
                 "In the database “%s” the table “%s” refers to rows that do not exist; %s", self->path, table,
                 self->rebuild_hint);
  else
    return TRUE;
  return FALSE;
}

/* One migration inside a transaction, or none where another process was faster. @schema: in and out */
static gboolean
migrate_step (ScDatabase *self, const char *const *migrations, guint known, guint *schema, GError **error)
{
  if (!read_schema (self, schema, error) || *schema >= known)
    return *schema >= known;
  g_autofree char *set_version = g_strdup_printf ("PRAGMA user_version = %u", *schema + 1);
  if (!sc_database_exec (self, migrations[*schema], error) || !sc_database_exec (self, set_version, error) ||
      !check_foreign_keys (self, error)) {
    g_prefix_error (error, "Bringing schema %u to %u failed and was undone: ", *schema, *schema + 1);
    return FALSE;
  }
  ++*schema;
  return TRUE;
}

static gboolean
migrate (ScDatabase *self, const char *const *migrations, guint known, GError **error)
{
  guint schema;
  if (!read_schema (self, &schema, error))
    return FALSE;
  while (schema < known) {
    if (!sc_database_begin (self, error))
      return FALSE;
    if (!migrate_step (self, migrations, known, &schema, error) || !sc_database_commit (self, error)) {
      sc_database_rollback (self);
      return FALSE;
    }
  }
  return check_schema (self, known, error); /* a newer engine may have opened it meanwhile */
}

static gboolean
set_journal_mode (ScDatabase *self, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autofree char *mode = query_text (self, "PRAGMA journal_mode = WAL", &failure);
  if (failure != NULL) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
  if (g_strcmp0 (mode, "wal") == 0 || g_strcmp0 (mode, "memory") == 0)
    return TRUE;
  g_set_error (
      error, SC_ERROR, SC_ERROR_SYSTEM,
      "The database “%s” cannot use a write-ahead log there: put it on a local file system, not on a network share",
      self->path);
  return FALSE;
}

static gboolean
open_file (ScDatabase *self, GError **error)
{
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX | SQLITE_OPEN_EXRESCODE;
  int result = sqlite3_open_v2 (self->path, &self->handle, flags, NULL);
  if (result != SQLITE_OK && self->handle != NULL && code_of (result) == SC_ERROR_SYSTEM)
    g_set_error (
        error, SC_ERROR, SC_ERROR_SYSTEM,
        "Cannot open the database “%s”: %s; check that its directory exists and that this user may write there",
        self->path, sqlite3_errmsg (self->handle));
  else if (result != SQLITE_OK)
    set_error (self, result, "open", error);
  else
    sqlite3_busy_timeout (self->handle, BUSY_TIMEOUT_MS);
  return result == SQLITE_OK;
}

/* Takes effect with the first access, and has to be said before it. */
static gboolean
lock_out (ScDatabase *self, GError **error)
{
  return sc_database_exec (self, "PRAGMA locking_mode = EXCLUSIVE", error);
}

/* Nothing here writes: what is refused stays as it is. */
static gboolean
examine (ScDatabase *self, guint known, GError **error)
{
  /* else closing would copy a write-ahead log into a damaged or unknown database */
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
  /* a CHECK or DEFAULT in a tampered schema may not call functions with side effects */
  if (!sc_database_exec (self, "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA foreign_keys = OFF",
                         error) ||
      !check_schema (self, known, error) || !quick_check (self, error))
    return FALSE;
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
  return TRUE;
}

ScDatabase *
sc_database_open (const char *path, ScDatabaseAccess access, const char *const *migrations, const char *rebuild_hint,
                  GError **error)
{
  g_autoptr (ScDatabase) self = g_new0 (ScDatabase, 1);
  self->path = g_strdup (path);
  self->rebuild_hint = g_strdup (rebuild_hint);
  guint known = g_strv_length ((char **) migrations);
  /* Foreign keys come on last: a migration may have to rebuild a table that others refer to, and is checked as a whole
   */
  if (!open_file (self, error) || (access == SC_DATABASE_EXCLUSIVE && !lock_out (self, error)) ||
      !examine (self, known, error) || !set_journal_mode (self, error) ||
      !sc_database_exec (self, "PRAGMA synchronous = FULL", error) || !migrate (self, migrations, known, error) ||
      !sc_database_exec (self, "PRAGMA foreign_keys = ON", error))
    return NULL;
  return g_steal_pointer (&self);
}

void
sc_database_close (ScDatabase *self)
{
  if (self == NULL)
    return;
  /* _v2: a statement that is still alive keeps the connection until it is finalized, instead of failing here unseen */
  sqlite3_close_v2 (self->handle);
  g_free (self->path);
  g_free (self->rebuild_hint);
  g_free (self);
}
