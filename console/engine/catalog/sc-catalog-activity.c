/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/catalog/sc-catalog-activity.h"

#include "console/engine/catalog/sc-catalog-audit.h"
#include "console/engine/catalog/sc-catalog-private.h"

#include <string.h>

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
  g_free (self->role);
  g_free (self->address);
  g_free (self->action);
  g_free (self->room);
  g_ptr_array_unref (self->seats);
  g_free (self->detail);
  g_free (self->error);
  g_free (self->hash);
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

/* What the next entry follows. @id: (out): its own; @previous: (out): of the one before, if it has one */
static gboolean
find_end (ScCatalog *self, guint64 *id, guint8 previous[SC_AUDIT_HASH_BYTES], gboolean *has_previous, GError **error)
{
  /* the greatest id ever given: where the end was cut off, the gap stays to be seen */
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database,
                           "SELECT (SELECT ifnull (max (seq), 0) FROM sqlite_sequence WHERE name = 'activity'),"
                           " (SELECT hash FROM activity ORDER BY id DESC LIMIT 1)",
                           error);
  gboolean has_row = FALSE;

  if (statement == NULL || !sc_database_step (self->database, statement, &has_row, error))
    return FALSE;
  *id = sc_catalog_column_uint (statement, 0) + 1;
  *has_previous = sqlite3_column_bytes (statement, 1) == SC_AUDIT_HASH_BYTES;
  if (*has_previous)
    memcpy (previous, sqlite3_column_blob (statement, 1), SC_AUDIT_HASH_BYTES);
  return TRUE;
}

static char *
number_to_text (guint64 number)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT, (gint64) number); /* as SQLite has it */
}

/* (transfer full): the fields in their order */
static GStrv
make_fields (const ScActivityEntry *entry)
{
  g_autoptr (ScJson) seats = json_object ();
  GStrv fields = g_new0 (char *, SC_AUDIT_N_FIELDS + 1);

  sc_json_set_strings (seats, "seats", entry->seats, SC_ACTIVITY_MAX_SEATS);
  fields[SC_AUDIT_ID] = number_to_text (entry->id);
  fields[SC_AUDIT_TIME] = number_to_text ((guint64) entry->time);
  fields[SC_AUDIT_WHO] = g_strdup (entry->who);
  fields[SC_AUDIT_ROLE] = g_strdup (entry->role);
  fields[SC_AUDIT_ADDRESS] = g_strdup (entry->address);
  fields[SC_AUDIT_ACTION] = g_strdup (entry->action);
  fields[SC_AUDIT_VERSION] = number_to_text (entry->version);
  fields[SC_AUDIT_ROOM] = g_strdup (entry->room);
  fields[SC_AUDIT_SEATS] = sc_json_to_text (seats);
  fields[SC_AUDIT_N_SEATS] = number_to_text (entry->n_seats);
  fields[SC_AUDIT_SESSION] = number_to_text (entry->session);
  fields[SC_AUDIT_DETAIL] = g_strdup (entry->detail);
  fields[SC_AUDIT_DONE] = number_to_text (entry->done ? 1 : 0);
  fields[SC_AUDIT_ERROR] = g_strdup (entry->error);
  for (guint i = 0; i < SC_AUDIT_N_FIELDS; i++)
    if (fields[i] == NULL)
      fields[i] = g_strdup ("");
  return fields;
}

static char *
hex_of (const guint8 hash[SC_AUDIT_HASH_BYTES])
{
  GString *text = g_string_sized_new (SC_AUDIT_HEX_LENGTH);

  for (guint i = 0; i < SC_AUDIT_HASH_BYTES; i++)
    g_string_append_printf (text, "%02x", hash[i]);
  return g_string_free (text, FALSE);
}

static gboolean
is_number (ScAuditField field)
{
  return field == SC_AUDIT_ID || field == SC_AUDIT_TIME || field == SC_AUDIT_VERSION || field == SC_AUDIT_N_SEATS ||
         field == SC_AUDIT_SESSION || field == SC_AUDIT_DONE;
}

gboolean
sc_catalog_add_activity (ScCatalog *self, ScActivityEntry *entry, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database,
                           "INSERT INTO activity (" SC_AUDIT_COLUMNS ", hash)"
                           " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
                           error);
  g_auto (GStrv) fields = NULL;
  gsize lengths[SC_AUDIT_N_FIELDS];
  guint8 previous[SC_AUDIT_HASH_BYTES], hash[SC_AUDIT_HASH_BYTES];
  gboolean has_previous = FALSE;

  if (statement == NULL || !find_end (self, &entry->id, previous, &has_previous, error))
    return FALSE;
  fields = make_fields (entry);
  for (int i = 0; i < SC_AUDIT_N_FIELDS; i++) {
    lengths[i] = strlen (fields[i]);
    if (is_number ((ScAuditField) i))
      sqlite3_bind_int64 (statement, i + 1, g_ascii_strtoll (fields[i], NULL, 10));
    else
      sc_catalog_bind_text (statement, i + 1, fields[i]);
  }
  sc_audit_hash (has_previous ? previous : NULL, (const char *const *) fields, lengths, hash);
  sqlite3_bind_blob (statement, SC_AUDIT_N_FIELDS + 1, hash, sizeof hash, SQLITE_STATIC);
  if (!sc_database_run (self->database, statement, error))
    return FALSE;
  g_free (entry->hash);
  entry->hash = hex_of (hash);
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
  g_autofree char *action = sc_catalog_column_text (statement, SC_AUDIT_ACTION);
  ScActivityEntry *entry = sc_activity_entry_new (action);

  entry->id = sc_catalog_column_uint (statement, SC_AUDIT_ID);
  entry->time = sqlite3_column_int64 (statement, SC_AUDIT_TIME);
  entry->who = sc_catalog_column_text (statement, SC_AUDIT_WHO);
  entry->role = sc_catalog_column_text (statement, SC_AUDIT_ROLE);
  entry->address = sc_catalog_column_text (statement, SC_AUDIT_ADDRESS);
  entry->version = sc_catalog_column_uint (statement, SC_AUDIT_VERSION);
  entry->room = sc_catalog_column_text (statement, SC_AUDIT_ROOM);
  read_seats (entry, statement, SC_AUDIT_SEATS);
  entry->n_seats = sc_catalog_column_uint (statement, SC_AUDIT_N_SEATS);
  entry->session = sc_catalog_column_uint (statement, SC_AUDIT_SESSION);
  entry->detail = sc_catalog_column_text (statement, SC_AUDIT_DETAIL);
  entry->done = sqlite3_column_int (statement, SC_AUDIT_DONE) != 0;
  entry->error = sc_catalog_column_text (statement, SC_AUDIT_ERROR);
  entry->hash = sqlite3_column_bytes (statement, SC_AUDIT_N_FIELDS) == SC_AUDIT_HASH_BYTES
                    ? hex_of (sqlite3_column_blob (statement, SC_AUDIT_N_FIELDS))
                    : g_strdup ("");
  return entry;
}

GPtrArray *
sc_catalog_list_activity (ScCatalog *self, guint64 before, guint max, GError **error)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_activity_entry_free);
  g_autoptr (ScStatement) statement = sc_database_prepare (
      self->database, "SELECT " SC_AUDIT_COLUMNS ", hash FROM activity WHERE id < ?1 ORDER BY id DESC LIMIT ?2", error);
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
