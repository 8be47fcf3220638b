/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/catalog/sc-catalog-activity.h"

#include "console/engine/catalog/sc-catalog-private.h"

ScActivityEntry *
sc_activity_entry_new (const char *action)
{
  ScActivityEntry *self = g_new0 (ScActivityEntry, 1);

  self->action = g_strdup (action);
  self->seats = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
sc_activity_entry_free (ScActivityEntry *self)
{
  if (self == NULL)
    return;
  g_free (self->who);
  g_free (self->address);
  g_free (self->action);
  g_free (self->room);
  g_ptr_array_unref (self->seats);
  g_free (self->detail);
  g_free (self->error);
  g_free (self);
}

void
sc_activity_entry_add_seat (ScActivityEntry *self, const char *name)
{
  self->n_seats++;
  if (self->seats->len < SC_ACTIVITY_MAX_SEATS)
    g_ptr_array_add (self->seats, g_strdup (name));
}

void
sc_activity_entry_set_text (char **member, const char *text)
{
  g_free (*member);
  *member = g_strdup (text);
}

gboolean
sc_catalog_add_activity (ScCatalog *self, ScActivityEntry *entry, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database,
                           "INSERT INTO activity (time, who, address, action, version, room, seats, n_seats, session,"
                           " detail, done, error) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
                           error);
  g_autoptr (ScJson) seats = json_object ();
  g_autofree char *seats_text = NULL;

  if (statement == NULL)
    return FALSE;
  sc_json_set_strings (seats, "seats", entry->seats, SC_ACTIVITY_MAX_SEATS);
  seats_text = sc_json_to_text (seats);
  sqlite3_bind_int64 (statement, 1, entry->time);
  sc_catalog_bind_text (statement, 2, entry->who);
  sc_catalog_bind_text (statement, 3, entry->address);
  sc_catalog_bind_text (statement, 4, entry->action);
  sc_catalog_bind_uint (statement, 5, entry->version);
  sc_catalog_bind_text (statement, 6, entry->room);
  sc_catalog_bind_text (statement, 7, seats_text);
  sc_catalog_bind_uint (statement, 8, entry->n_seats);
  sc_catalog_bind_uint (statement, 9, entry->session);
  sc_catalog_bind_text (statement, 10, entry->detail);
  sqlite3_bind_int (statement, 11, entry->done ? 1 : 0);
  sc_catalog_bind_text (statement, 12, entry->error);
  if (!sc_database_run (self->database, statement, error))
    return FALSE;
  entry->id = (guint64) sqlite3_last_insert_rowid (sc_database_get_handle (self->database));
  return TRUE;
}

/* What is damaged has no names. */
static void
read_seats (ScActivityEntry *entry, ScStatement *statement, int column)
{
  g_autoptr (ScJson) object =
      sc_json_parse_object ((const char *) sqlite3_column_text (statement, column),
                            (gsize) sqlite3_column_bytes (statement, column), SC_CONTROL_MAX_BYTES, NULL);
  const ScJson *list = json_object_get (object, "seats");

  for (gsize i = 0; i < json_array_size (list); i++)
    if (json_is_string (json_array_get (list, i)))
      g_ptr_array_add (entry->seats, g_strdup (json_string_value (json_array_get (list, i))));
}

static ScActivityEntry *
entry_of_row (ScStatement *statement)
{
  g_autofree char *action = sc_catalog_column_text (statement, 4);
  ScActivityEntry *entry = sc_activity_entry_new (action);

  entry->id = sc_catalog_column_uint (statement, 0);
  entry->time = sqlite3_column_int64 (statement, 1);
  entry->who = sc_catalog_column_text (statement, 2);
  entry->address = sc_catalog_column_text (statement, 3);
  entry->version = sc_catalog_column_uint (statement, 5);
  entry->room = sc_catalog_column_text (statement, 6);
  read_seats (entry, statement, 7);
  entry->n_seats = sc_catalog_column_uint (statement, 8);
  entry->session = sc_catalog_column_uint (statement, 9);
  entry->detail = sc_catalog_column_text (statement, 10);
  entry->done = sqlite3_column_int (statement, 11) != 0;
  entry->error = sc_catalog_column_text (statement, 12);
  return entry;
}

GPtrArray *
sc_catalog_list_activity (ScCatalog *self, guint64 before, guint max, GError **error)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_activity_entry_free);
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database,
                           "SELECT id, time, who, address, action, version, room, seats, n_seats, session, detail,"
                           " done, error FROM activity WHERE id < ?1 ORDER BY id DESC LIMIT ?2",
                           error);
  gboolean has_row = FALSE;

  if (statement == NULL)
    return NULL;
  sc_catalog_bind_uint (statement, 1, before != 0 ? before : (guint64) G_MAXINT64);
  sc_catalog_bind_uint (statement, 2, max);
  while (TRUE) {
    if (!sc_database_step (self->database, statement, &has_row, error))
      return NULL;
    if (!has_row)
      return g_steal_pointer (&entries);
    g_ptr_array_add (entries, entry_of_row (statement));
  }
}

GArray *
sc_catalog_list_ends_to_tell (ScCatalog *self, GError **error)
{
  /* a session's end is told after its beginning, so among the newest entries are both, or only the end */
  g_autoptr (ScStatement) statement = sc_database_prepare (
      self->database,
      "WITH recent AS (SELECT session, action FROM activity WHERE id > (SELECT max(id) FROM activity) - 1000)"
      " SELECT id FROM sessions WHERE ended <> 0 AND id IN (SELECT session FROM recent WHERE action IN"
      " ('deploy', 'dry-run', 'rollback')) AND id NOT IN (SELECT session FROM recent WHERE action = 'session-end')"
      " ORDER BY id",
      error);
  g_autoptr (GArray) sessions = g_array_new (FALSE, FALSE, sizeof (guint64));
  gboolean has_row = FALSE;

  if (statement == NULL)
    return NULL;
  while (sc_database_step (self->database, statement, &has_row, error)) {
    guint64 session = has_row ? sc_catalog_column_uint (statement, 0) : 0;

    if (!has_row)
      return g_steal_pointer (&sessions);
    g_array_append_val (sessions, session);
  }
  return NULL;
}
