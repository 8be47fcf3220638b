/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/catalog/sc-catalog-private.h"

#include "common/sc-error.h"

#define SESSION_COLUMNS                                                                                                \
  "id, version, room, state, error, created, ended, rate_cap, plan_bytes, content_bytes, wire_bytes, source_packets, " \
  "parity_packets, catch_up_bytes, dry_run, templates, rooms, origin, schedule, suspended, any_time, wake, "           \
  "power_off, delta_frames, delta_saved, content_frames"
#define DEFAULT_ORIGIN "staff"

static const char *const session_state_nicks[] = {
  [SC_SESSION_PREPARING] = "preparing", [SC_SESSION_PROBING] = "probing",     [SC_SESSION_SENDING] = "sending",
  [SC_SESSION_PAUSED] = "paused",       [SC_SESSION_FINISHING] = "finishing", [SC_SESSION_DONE] = "done",
  [SC_SESSION_CANCELLED] = "cancelled", [SC_SESSION_FAILED] = "failed",       [SC_SESSION_PLANNED] = "planned",
};

const char *
sc_session_state_to_nick (ScSessionState state)
{
  g_return_val_if_fail ((guint) state < G_N_ELEMENTS (session_state_nicks), "failed");
  return session_state_nicks[state];
}

gboolean
sc_session_state_from_nick (const char *nick, ScSessionState *state)
{
  for (guint i = 0; i < G_N_ELEMENTS (session_state_nicks); i++)
    if (g_strcmp0 (nick, session_state_nicks[i]) == 0) {
      *state = i;
      return TRUE;
    }
  return FALSE;
}

gboolean
sc_session_state_is_over (ScSessionState state)
{
  return state == SC_SESSION_DONE || state == SC_SESSION_CANCELLED || state == SC_SESSION_FAILED ||
         state == SC_SESSION_PLANNED;
}

ScCatalogSession *
sc_catalog_session_copy (const ScCatalogSession *self)
{
  ScCatalogSession *copy = g_new0 (ScCatalogSession, 1);

  *copy = *self;
  copy->templates = g_strdup (self->templates);
  copy->room = g_strdup (self->room);
  copy->rooms = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; self->rooms != NULL && i < self->rooms->len; i++)
    g_ptr_array_add (copy->rooms, g_strdup (g_ptr_array_index (self->rooms, i)));
  copy->origin = g_strdup (self->origin);
  copy->error = g_strdup (self->error);
  return copy;
}

void
sc_catalog_session_free (ScCatalogSession *self)
{
  if (self == NULL)
    return;
  g_free (self->templates);
  g_free (self->room);
  g_clear_pointer (&self->rooms, g_ptr_array_unref);
  g_free (self->origin);
  g_free (self->error);
  g_free (self);
}

static void
bind_rooms (ScStatement *statement, int index, GPtrArray *rooms)
{
  g_autoptr (ScJson) array = json_array ();
  g_autofree char *text = NULL;

  for (guint i = 0; rooms != NULL && i < rooms->len; i++)
    json_array_append_new (array, json_string (g_ptr_array_index (rooms, i)));
  text = sc_json_to_text (array);
  sc_catalog_bind_text (statement, index, text);
}

/* What is damaged is not known any more. */
static GPtrArray *
rooms_of_column (ScStatement *statement, int column)
{
  g_autoptr (ScJson) array = json_loads ((const char *) sqlite3_column_text (statement, column), 0, NULL);
  GPtrArray *rooms = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; i < json_array_size (array); i++) {
    const char *room = json_string_value (json_array_get (array, i));

    if (room != NULL)
      g_ptr_array_add (rooms, g_strdup (room));
  }
  return rooms;
}

static void
bind_session (ScStatement *statement, const ScCatalogSession *session)
{
  sc_catalog_bind_uint (statement, 2, session->version);
  sc_catalog_bind_text (statement, 3, session->room);
  sc_catalog_bind_text (statement, 4, sc_session_state_to_nick (session->state));
  sc_catalog_bind_text (statement, 5, session->error);
  sqlite3_bind_int64 (statement, 6, session->created);
  sqlite3_bind_int64 (statement, 7, session->ended);
  sc_catalog_bind_uint (statement, 8, session->rate_cap);
  sc_catalog_bind_uint (statement, 9, session->plan_bytes);
  sc_catalog_bind_uint (statement, 10, session->content_bytes);
  sc_catalog_bind_uint (statement, 11, session->wire_bytes);
  sc_catalog_bind_uint (statement, 12, session->source_packets);
  sc_catalog_bind_uint (statement, 13, session->parity_packets);
  sc_catalog_bind_uint (statement, 14, session->catch_up_bytes);
  sqlite3_bind_int (statement, 15, session->dry_run ? 1 : 0);
  sc_catalog_bind_text (statement, 16, session->templates);
  bind_rooms (statement, 17, session->rooms);
  sc_catalog_bind_text (statement, 18, session->origin != NULL ? session->origin : DEFAULT_ORIGIN);
  sc_catalog_bind_uint (statement, 19, session->schedule);
  sqlite3_bind_int (statement, 20, session->suspended ? 1 : 0);
  sqlite3_bind_int (statement, 21, session->any_time ? 1 : 0);
  sqlite3_bind_int (statement, 22, session->wake ? 1 : 0);
  sqlite3_bind_int (statement, 23, session->power_off ? 1 : 0);
  sc_catalog_bind_uint (statement, 24, session->delta_frames);
  sc_catalog_bind_uint (statement, 25, session->delta_saved);
  sc_catalog_bind_uint (statement, 26, session->content_frames);
}

gboolean
sc_catalog_add_session (ScCatalog *self, ScCatalogSession *session, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database,
                           "INSERT INTO sessions (" SESSION_COLUMNS ")"
                           " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,"
                           " ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26)",
                           error);

  if (statement == NULL)
    return FALSE;
  bind_session (statement, session); /* ?1 stays NULL: SQLite gives the id */
  if (!sc_database_run (self->database, statement, error))
    return FALSE;
  session->id = (guint64) sqlite3_last_insert_rowid (sc_database_get_handle (self->database));
  return TRUE;
}

static void
set_no_session (guint64 id, GError **error)
{
  g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND,
               "there is no session %" G_GUINT64_FORMAT ": “seatcastctl sessions” lists those that there are", id);
}

gboolean
sc_catalog_save_session (ScCatalog *self, const ScCatalogSession *session, GError **error)
{
  g_autoptr (ScStatement) statement = sc_database_prepare (
      self->database,
      "UPDATE sessions SET version = ?2, room = ?3, state = ?4, error = ?5, created = ?6,"
      " ended = ?7, rate_cap = ?8, plan_bytes = ?9, content_bytes = ?10, wire_bytes = ?11,"
      " source_packets = ?12, parity_packets = ?13, catch_up_bytes = ?14, dry_run = ?15, templates = ?16, rooms = ?17,"
      " origin = ?18, schedule = ?19, suspended = ?20, any_time = ?21, wake = ?22, power_off = ?23,"
      " delta_frames = ?24, delta_saved = ?25, content_frames = ?26 WHERE id = ?1",
      error);

  if (statement == NULL)
    return FALSE;
  sc_catalog_bind_uint (statement, 1, session->id);
  bind_session (statement, session);
  if (!sc_database_run (self->database, statement, error))
    return FALSE;
  if (sqlite3_changes (sc_database_get_handle (self->database)) == 0) {
    set_no_session (session->id, error);
    return FALSE;
  }
  return TRUE;
}

static ScCatalogSession *
session_of_row (ScStatement *statement, GError **error)
{
  g_autoptr (ScCatalogSession) session = g_new0 (ScCatalogSession, 1);
  const char *nick = (const char *) sqlite3_column_text (statement, 3);

  session->id = sc_catalog_column_uint (statement, 0);
  if (!sc_session_state_from_nick (nick, &session->state)) {
    g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT,
                 "session %" G_GUINT64_FORMAT " has the unknown state “%s” in the catalog", session->id,
                 nick != NULL ? nick : "");
    return NULL;
  }
  session->version = sc_catalog_column_uint (statement, 1);
  session->room = sc_catalog_column_text (statement, 2);
  session->error = sc_catalog_column_text (statement, 4);
  session->created = sqlite3_column_int64 (statement, 5);
  session->ended = sqlite3_column_int64 (statement, 6);
  session->rate_cap = sc_catalog_column_uint (statement, 7);
  session->plan_bytes = sc_catalog_column_uint (statement, 8);
  session->content_bytes = sc_catalog_column_uint (statement, 9);
  session->wire_bytes = sc_catalog_column_uint (statement, 10);
  session->source_packets = sc_catalog_column_uint (statement, 11);
  session->parity_packets = sc_catalog_column_uint (statement, 12);
  session->catch_up_bytes = sc_catalog_column_uint (statement, 13);
  session->dry_run = sqlite3_column_int (statement, 14) != 0;
  session->templates = sc_catalog_column_text (statement, 15);
  session->rooms = rooms_of_column (statement, 16);
  session->origin = sc_catalog_column_text (statement, 17);
  session->schedule = sc_catalog_column_uint (statement, 18);
  session->suspended = sqlite3_column_int (statement, 19) != 0;
  session->any_time = sqlite3_column_int (statement, 20) != 0;
  session->wake = sqlite3_column_int (statement, 21) != 0;
  session->power_off = sqlite3_column_int (statement, 22) != 0;
  session->delta_frames = sc_catalog_column_uint (statement, 23);
  session->delta_saved = sc_catalog_column_uint (statement, 24);
  session->content_frames = sc_catalog_column_uint (statement, 25);
  return g_steal_pointer (&session);
}

static GPtrArray *
list_sessions (ScCatalog *self, ScStatement *statement, GError **error)
{
  g_autoptr (GPtrArray) sessions = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_catalog_session_free);
  gboolean has_row = FALSE;

  while (sc_database_step (self->database, statement, &has_row, error)) {
    ScCatalogSession *session = NULL;

    if (!has_row)
      return g_steal_pointer (&sessions);
    session = session_of_row (statement, error);
    if (session == NULL)
      return NULL;
    g_ptr_array_add (sessions, session);
  }
  return NULL;
}

GPtrArray *
sc_catalog_list_sessions (ScCatalog *self, guint max, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database, "SELECT " SESSION_COLUMNS " FROM sessions ORDER BY id DESC LIMIT ?1", error);

  if (statement == NULL)
    return NULL;
  sc_catalog_bind_uint (statement, 1, max);
  return list_sessions (self, statement, error);
}

GPtrArray *
sc_catalog_list_open_sessions (ScCatalog *self, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database,
                           "SELECT " SESSION_COLUMNS " FROM sessions"
                           " WHERE state NOT IN ('done', 'cancelled', 'failed', 'planned') ORDER BY id",
                           error);

  return statement != NULL ? list_sessions (self, statement, error) : NULL;
}

ScCatalogSession *
sc_catalog_get_session (ScCatalog *self, guint64 id, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database, "SELECT " SESSION_COLUMNS " FROM sessions WHERE id = ?1", error);
  gboolean has_row = FALSE;

  if (statement == NULL)
    return NULL;
  sc_catalog_bind_uint (statement, 1, id);
  if (!sc_database_step (self->database, statement, &has_row, error))
    return NULL;
  if (!has_row) {
    set_no_session (id, error);
    return NULL;
  }
  return session_of_row (statement, error);
}

gboolean
sc_catalog_save_rates (ScCatalog *self, guint64 session, ScJson *rates, GError **error)
{
  g_autoptr (ScStatement) statement = sc_database_prepare (
      self->database, "INSERT OR REPLACE INTO session_rates (session, rates) VALUES (?1, ?2)", error);
  g_autofree char *text = sc_json_to_text (rates);

  if (statement == NULL)
    return FALSE;
  sc_catalog_bind_uint (statement, 1, session);
  sc_catalog_bind_text (statement, 2, text);
  return sc_database_run (self->database, statement, error);
}

ScJson *
sc_catalog_get_rates (ScCatalog *self, guint64 session, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database, "SELECT rates FROM session_rates WHERE session = ?1", error);
  gboolean has_row = FALSE;

  if (statement == NULL)
    return NULL;
  sc_catalog_bind_uint (statement, 1, session);
  if (!sc_database_step (self->database, statement, &has_row, error) || !has_row)
    return NULL;
  return sc_json_parse_object ((const char *) sqlite3_column_text (statement, 0),
                               (gsize) sqlite3_column_bytes (statement, 0), SC_CONTROL_MAX_BYTES, error);
}
