/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/catalog/sc-catalog-seat-log.h"

#include "console/engine/catalog/sc-catalog-private.h"

ScSeatLogEntry *
sc_seat_log_entry_new (const char *seat, const char *event, gint64 time)
{
  ScSeatLogEntry *self = g_new0 (ScSeatLogEntry, 1);

  self->seat = g_strdup (seat);
  self->event = event;
  self->time = time;
  return self;
}

void
sc_seat_log_entry_free (ScSeatLogEntry *self)
{
  if (self == NULL)
    return;
  g_free (self->seat);
  g_free (self->text);
  g_free (self);
}

static gboolean
add_entries (ScCatalog *self, GPtrArray *entries, GError **error)
{
  g_autoptr (ScStatement) statement = sc_database_prepare (
      self->database,
      "INSERT INTO seat_log (seat, time, event, session, version, text) VALUES (?1, ?2, ?3, ?4, ?5, ?6)", error);

  if (statement == NULL)
    return FALSE;
  for (guint i = 0; i < entries->len; i++) {
    const ScSeatLogEntry *entry = g_ptr_array_index (entries, i);

    sc_catalog_bind_text (statement, 1, entry->seat);
    sqlite3_bind_int64 (statement, 2, entry->time);
    sc_catalog_bind_text (statement, 3, entry->event);
    sc_catalog_bind_uint (statement, 4, entry->session);
    sc_catalog_bind_uint (statement, 5, entry->version);
    sc_catalog_bind_text (statement, 6, entry->text);
    if (!sc_database_run (self->database, statement, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
drop_oldest (ScCatalog *self, GPtrArray *entries, GError **error)
{
  g_autoptr (GHashTable) seats = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database,
                           "DELETE FROM seat_log WHERE seat = ?1 AND id <="
                           " (SELECT id FROM seat_log WHERE seat = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
                           error);

  if (statement == NULL)
    return FALSE;
  for (guint i = 0; i < entries->len; i++) {
    const ScSeatLogEntry *entry = g_ptr_array_index (entries, i);

    if (!g_hash_table_add (seats, entry->seat))
      continue;
    sc_catalog_bind_text (statement, 1, entry->seat);
    sc_catalog_bind_uint (statement, 2, SC_SEAT_LOG_MAX_ROWS);
    if (!sc_database_run (self->database, statement, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
add_together (ScCatalog *self, GPtrArray *entries, GError **error)
{
  if (!sc_database_begin (self->database, error))
    return FALSE;
  if (add_entries (self, entries, error) && drop_oldest (self, entries, error) &&
      sc_database_commit (self->database, error))
    return TRUE;
  sc_database_rollback (self->database);
  return FALSE;
}

gboolean
sc_catalog_add_seat_log (ScCatalog *self, GPtrArray *entries, GError **error)
{
  gboolean added;

  if (!sc_database_exec (self->database, "PRAGMA synchronous = NORMAL", error))
    return FALSE;
  added = add_together (self, entries, error);
  return sc_database_exec (self->database, "PRAGMA synchronous = FULL", added ? error : NULL) && added;
}

static ScSeatLogEntry *
entry_of_row (const char *seat, ScStatement *statement)
{
  g_autofree char *event = sc_catalog_column_text (statement, 1);
  ScSeatLogEntry *entry = sc_seat_log_entry_new (seat, g_intern_string (event), sqlite3_column_int64 (statement, 0));

  entry->session = sc_catalog_column_uint (statement, 2);
  entry->version = sc_catalog_column_uint (statement, 3);
  entry->text = sc_catalog_column_text (statement, 4);
  return entry;
}

GPtrArray *
sc_catalog_list_seat_log (ScCatalog *self, const char *seat, guint max, GError **error)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_seat_log_entry_free);
  g_autoptr (ScStatement) statement = sc_database_prepare (
      self->database,
      "SELECT time, event, session, version, text FROM seat_log WHERE seat = ?1 ORDER BY id DESC LIMIT ?2", error);
  gboolean has_row = FALSE;

  if (statement == NULL)
    return NULL;
  sc_catalog_bind_text (statement, 1, seat);
  sc_catalog_bind_uint (statement, 2, max);
  while (TRUE) {
    if (!sc_database_step (self->database, statement, &has_row, error))
      return NULL;
    if (!has_row)
      return g_steal_pointer (&entries);
    g_ptr_array_add (entries, entry_of_row (seat, statement));
  }
}

gboolean
sc_catalog_find_busy_since (ScCatalog *self, const char *seat, gint64 *since, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database,
                           "SELECT ifnull (min (time), 0) FROM seat_log WHERE seat = ?1 AND event = 'busy' AND id >"
                           " ifnull ((SELECT max (id) FROM seat_log WHERE seat = ?1 AND event = 'done'), 0)",
                           error);
  gboolean has_row = FALSE;

  *since = 0;
  if (statement == NULL)
    return FALSE;
  sc_catalog_bind_text (statement, 1, seat);
  if (!sc_database_step (self->database, statement, &has_row, error))
    return FALSE;
  *since = sqlite3_column_int64 (statement, 0);
  return TRUE;
}
