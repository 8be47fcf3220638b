/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "service/sc-seat-state-private.h"

ScFileStamp *
sc_file_stamp_new (const char *path, guint64 size, gint64 mtime, guint64 id)
{
  ScFileStamp *self = g_new0 (ScFileStamp, 1);

  self->path = g_strdup (path);
  self->size = size;
  self->mtime = mtime;
  self->id = id;
  return self;
}

void
sc_file_stamp_free (ScFileStamp *self)
{
  if (self == NULL)
    return;
  g_free (self->path);
  g_free (self);
}

void
sc_seat_template_free (ScSeatTemplate *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self);
}

static ScSeatTemplate *
template_from_row (ScStatement *query, GError **error)
{
  g_autoptr (ScSeatTemplate) self = g_new0 (ScSeatTemplate, 1);

  self->name = g_strdup ((const char *) sqlite3_column_text (query, 0));
  self->version = sc_seat_state_column_number (query, 1);
  sc_seat_state_column_id (query, 2, &self->manifest);
  sc_seat_state_column_id (query, 3, &self->target);
  if (self->name == NULL ||
      !sc_template_state_from_nick ((const char *) sqlite3_column_text (query, 4), &self->state)) {
    g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT, "The seat's database has an unknown state for template “%s”",
                 self->name != NULL ? self->name : "");
    return NULL;
  }
  return g_steal_pointer (&self);
}

static gboolean
take_template (ScStatement *query, gpointer data, GError **error)
{
  ScSeatTemplate *template = template_from_row (query, error);

  if (template == NULL)
    return FALSE;
  g_ptr_array_add (data, template);
  return TRUE;
}

static gboolean
take_stamp (ScStatement *query, gpointer data, GError **error)
{
  g_ptr_array_add (data, sc_file_stamp_new ((const char *) sqlite3_column_text (query, 0),
                                            sc_seat_state_column_number (query, 1), sqlite3_column_int64 (query, 2),
                                            sc_seat_state_column_number (query, 3)));
  return TRUE;
}

static gboolean
take_path (ScStatement *query, gpointer data, GError **error)
{
  g_ptr_array_add (data, g_strdup ((const char *) sqlite3_column_text (query, 0)));
  return TRUE;
}

static GPtrArray *
list_rows (ScSeatState *self, const char *sql, const char *text, ScSeatRowFunc func, GDestroyNotify destroy,
           GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (destroy);

  return sc_seat_state_each_row (self, sql, text, func, rows, error) ? g_steal_pointer (&rows) : NULL;
}

#define TEMPLATE_COLUMNS "SELECT name, version, manifest, target, state FROM template "

GPtrArray *
sc_seat_state_list_templates (ScSeatState *self, GError **error)
{
  return list_rows (self, TEMPLATE_COLUMNS "ORDER BY name", NULL, take_template, (GDestroyNotify) sc_seat_template_free,
                    error);
}

ScSeatTemplate *
sc_seat_state_get_template (ScSeatState *self, const char *name, GError **error)
{
  g_autoptr (GPtrArray) rows = list_rows (self, TEMPLATE_COLUMNS "WHERE name = ?", name, take_template,
                                          (GDestroyNotify) sc_seat_template_free, error);

  return rows != NULL && rows->len > 0 ? g_ptr_array_steal_index (rows, 0) : NULL;
}

GPtrArray *
sc_seat_state_list_stamps (ScSeatState *self, const char *template_name, GError **error)
{
  return list_rows (self, "SELECT path, size, mtime, id FROM stamp WHERE template = ? ORDER BY path", template_name,
                    take_stamp, (GDestroyNotify) sc_file_stamp_free, error);
}

GPtrArray *
sc_seat_state_list_touched (ScSeatState *self, const char *template_name, GError **error)
{
  return list_rows (self, "SELECT path FROM touched WHERE template = ? ORDER BY path", template_name, take_path, g_free,
                    error);
}

#define DELETE_STAMP "DELETE FROM stamp WHERE template = ? AND path = ?"

static gboolean
run_for_path (ScSeatState *self, ScStatement *statement, const char *template_name, const char *path, GError **error)
{
  sc_seat_state_bind_text (statement, 1, template_name);
  sc_seat_state_bind_text (statement, 2, path);
  return sc_database_run (self->database, statement, error);
}

static gboolean
run_for_paths (ScSeatState *self, const char *sql, const char *template_name, GPtrArray *paths, GError **error)
{
  g_autoptr (ScStatement) statement = sc_database_prepare (self->database, sql, error);

  if (statement == NULL)
    return FALSE;
  for (guint i = 0; i < paths->len; i++)
    if (!run_for_path (self, statement, template_name, paths->pdata[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
write_update (ScSeatState *self, const char *name, const ScChunkId *target, guint64 version, GPtrArray *paths,
              GError **error)
{
  g_autoptr (ScStatement) upsert = NULL;

  upsert =
      sc_database_prepare (self->database,
                           "INSERT INTO template (name, version, manifest, target, state) VALUES (?1, ?2, ?3, ?4, ?5)"
                           " ON CONFLICT (name) DO UPDATE SET version = ?2, target = ?4, state = ?5",
                           error);
  if (upsert == NULL)
    return FALSE;
  sc_seat_state_bind_text (upsert, 1, name);
  sc_seat_state_bind_number (upsert, 2, version);
  sc_seat_state_bind_id (upsert, 3, NULL);
  sc_seat_state_bind_id (upsert, 4, target);
  sc_seat_state_bind_text (upsert, 5, sc_template_state_to_nick (SC_TEMPLATE_UPDATING));
  return sc_database_run (self->database, upsert, error) && run_for_paths (self, DELETE_STAMP, name, paths, error) &&
         run_for_paths (self, "INSERT OR IGNORE INTO touched (template, path) VALUES (?, ?)", name, paths, error) &&
         sc_database_exec (self->database, "UPDATE seat SET version = 0", error);
}

gboolean
sc_seat_state_begin_update (ScSeatState *self, const char *template_name, const ScChunkId *target, guint64 version,
                            GPtrArray *paths, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (!sc_database_begin (self->database, error))
    return FALSE;
  if (!write_update (self, template_name, target, version, paths, error) ||
      !sc_database_commit (self->database, error)) {
    sc_database_rollback (self->database);
    return FALSE;
  }
  return TRUE;
}

static gboolean
write_stamps (ScSeatState *self, const char *template_name, GPtrArray *stamps, GError **error)
{
  g_autoptr (ScStatement) statement = NULL;

  statement = sc_database_prepare (self->database,
                                   "INSERT INTO stamp (template, path, size, mtime, id) VALUES (?, ?, ?, ?, ?)", error);
  if (statement == NULL)
    return FALSE;
  for (guint i = 0; i < stamps->len; i++) {
    const ScFileStamp *stamp = stamps->pdata[i];

    sc_seat_state_bind_text (statement, 1, template_name);
    sc_seat_state_bind_text (statement, 2, stamp->path);
    sc_seat_state_bind_number (statement, 3, stamp->size);
    sqlite3_bind_int64 (statement, 4, stamp->mtime);
    sc_seat_state_bind_number (statement, 5, stamp->id);
    if (!sc_database_run (self->database, statement, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
delete_template (ScSeatState *self, const char *name, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database, "DELETE FROM template WHERE name = ?", error);

  if (statement == NULL)
    return FALSE;
  sc_seat_state_bind_text (statement, 1, name);
  return sc_database_run (self->database, statement, error);
}

/* A new row in place of the old one: with it go its stamps and what was touched (ON DELETE CASCADE). */
static gboolean
write_commit (ScSeatState *self, const char *name, const ScChunkId *manifest, guint64 version, GPtrArray *stamps,
              GError **error)
{
  g_autoptr (ScStatement) insert = NULL;

  if (!delete_template (self, name, error))
    return FALSE;
  insert = sc_database_prepare (
      self->database, "INSERT INTO template (name, version, manifest, target, state) VALUES (?, ?, ?, ?, ?)", error);
  if (insert == NULL)
    return FALSE;
  sc_seat_state_bind_text (insert, 1, name);
  sc_seat_state_bind_number (insert, 2, version);
  sc_seat_state_bind_id (insert, 3, manifest);
  sc_seat_state_bind_id (insert, 4, NULL);
  sc_seat_state_bind_text (insert, 5, sc_template_state_to_nick (SC_TEMPLATE_CURRENT));
  return sc_database_run (self->database, insert, error) && write_stamps (self, name, stamps, error);
}

gboolean
sc_seat_state_commit_template (ScSeatState *self, const char *template_name, const ScChunkId *manifest, guint64 version,
                               GPtrArray *stamps, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (!sc_database_begin (self->database, error))
    return FALSE;
  if (!write_commit (self, template_name, manifest, version, stamps, error) ||
      !sc_database_commit (self->database, error)) {
    sc_database_rollback (self->database);
    return FALSE;
  }
  return TRUE;
}

gboolean
sc_seat_state_remove_template (ScSeatState *self, const char *template_name, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return delete_template (self, template_name, error);
}

gboolean
sc_seat_state_forget_stamp (ScSeatState *self, const char *template_name, const char *path, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (ScStatement) statement = sc_database_prepare (self->database, DELETE_STAMP, error);

  return statement != NULL && run_for_path (self, statement, template_name, path, error);
}

gboolean
sc_seat_state_set_template_state (ScSeatState *self, const char *template_name, ScTemplateState state, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (ScStatement) statement = NULL;

  statement =
      sc_database_prepare (self->database, "UPDATE template SET state = ? WHERE name = ? AND state <> ?", error);
  if (statement == NULL)
    return FALSE;
  sc_seat_state_bind_text (statement, 1, sc_template_state_to_nick (state));
  sc_seat_state_bind_text (statement, 2, template_name);
  sc_seat_state_bind_text (statement, 3, sc_template_state_to_nick (SC_TEMPLATE_UPDATING));
  return sc_database_run (self->database, statement, error);
}
