/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/catalog/sc-catalog-private.h"

#include "common/sc-error.h"

#define SESSION_COLUMNS                                                                                                \
  "id, version, room, state, error, created, ended, rate_cap, plan_bytes, content_bytes, wire_bytes, source_packets, " \
  "parity_packets, catch_up_bytes, dry_run"

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

void
sc_catalog_session_seat_free (ScCatalogSessionSeat *self)
{
  if (self == NULL)
    return;
  g_free (self->seat);
  g_free (self->reason);
  sc_needs_free (self->needs);
  g_free (self);
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
}

gboolean
sc_catalog_add_session (ScCatalog *self, ScCatalogSession *session, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database,
                           "INSERT INTO sessions (" SESSION_COLUMNS ")"
                           " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
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
      " source_packets = ?12, parity_packets = ?13, catch_up_bytes = ?14, dry_run = ?15 WHERE id = ?1",
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

static char *
needs_to_text (const ScNeeds *needs)
{
  g_autoptr (ScJson) object = json_object ();

  if (needs == NULL)
    return g_strdup ("");
  sc_needs_to_json (needs, object);
  return sc_json_to_text (object);
}

/* (nullable): what is damaged counts as never said */
static ScNeeds *
needs_of_column (ScStatement *statement, int column)
{
  const char *text = (const char *) sqlite3_column_text (statement, column);
  g_autoptr (ScJson) object =
      sc_json_parse_object (text, (gsize) sqlite3_column_bytes (statement, column), SC_CONTROL_MAX_BYTES, NULL);

  return object != NULL ? sc_needs_from_json (object, NULL) : NULL;
}

gboolean
sc_catalog_save_session_seat (ScCatalog *self, guint64 session, const ScCatalogSessionSeat *seat, GError **error)
{
  g_autoptr (ScStatement) statement = sc_database_prepare (
      self->database,
      "INSERT INTO session_seats (session, seat, state, reason, catch_up, version_before, total_bytes,"
      " done_bytes, repairs, received, lost, needs) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
      " ON CONFLICT (session, seat) DO UPDATE SET state = ?3, reason = ?4, catch_up = ?5,"
      " version_before = ?6, total_bytes = ?7, done_bytes = ?8, repairs = ?9, received = ?10, lost = ?11, needs = ?12",
      error);
  g_autofree char *needs = needs_to_text (seat->needs);

  if (statement == NULL)
    return FALSE;
  sc_catalog_bind_uint (statement, 1, session);
  sc_catalog_bind_text (statement, 2, seat->seat);
  sc_catalog_bind_text (statement, 3, sc_transfer_state_to_nick (seat->state));
  sc_catalog_bind_text (statement, 4, seat->reason);
  sqlite3_bind_int (statement, 5, seat->catch_up ? 1 : 0);
  sc_catalog_bind_uint (statement, 6, seat->version_before);
  sc_catalog_bind_uint (statement, 7, seat->total);
  sc_catalog_bind_uint (statement, 8, seat->done);
  sc_catalog_bind_uint (statement, 9, seat->repairs);
  sc_catalog_bind_uint (statement, 10, seat->received);
  sc_catalog_bind_uint (statement, 11, seat->lost);
  sc_catalog_bind_text (statement, 12, needs);
  return sc_database_run (self->database, statement, error);
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
  return g_steal_pointer (&session);
}

GPtrArray *
sc_catalog_list_sessions (ScCatalog *self, guint max, GError **error)
{
  g_autoptr (GPtrArray) sessions = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_catalog_session_free);
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database, "SELECT " SESSION_COLUMNS " FROM sessions ORDER BY id DESC LIMIT ?1", error);
  gboolean has_row = FALSE;

  if (statement == NULL)
    return NULL;
  sc_catalog_bind_uint (statement, 1, max);
  while (TRUE) {
    ScCatalogSession *session = NULL;

    if (!sc_database_step (self->database, statement, &has_row, error))
      return NULL;
    if (!has_row)
      return g_steal_pointer (&sessions);
    session = session_of_row (statement, error);
    if (session == NULL)
      return NULL;
    g_ptr_array_add (sessions, session);
  }
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

static ScCatalogSessionSeat *
session_seat_of_row (ScStatement *statement, GError **error)
{
  g_autoptr (ScCatalogSessionSeat) seat = g_new0 (ScCatalogSessionSeat, 1);
  const char *nick = (const char *) sqlite3_column_text (statement, 1);

  seat->seat = sc_catalog_column_text (statement, 0);
  if (!sc_transfer_state_from_nick (nick, &seat->state)) {
    g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT, "seat %s has the unknown transfer state “%s” in the catalog",
                 seat->seat, nick != NULL ? nick : "");
    return NULL;
  }
  seat->reason = sc_catalog_column_text (statement, 2);
  seat->catch_up = sqlite3_column_int (statement, 3) != 0;
  seat->version_before = sc_catalog_column_uint (statement, 4);
  seat->total = sc_catalog_column_uint (statement, 5);
  seat->done = sc_catalog_column_uint (statement, 6);
  seat->repairs = sc_catalog_column_uint (statement, 7);
  seat->received = sc_catalog_column_uint (statement, 8);
  seat->lost = sc_catalog_column_uint (statement, 9);
  seat->needs = needs_of_column (statement, 10);
  return g_steal_pointer (&seat);
}

gboolean
sc_catalog_count_session_seats (ScCatalog *self, guint64 session, ScCatalogSeatCounts *counts, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database,
                           "SELECT count(*), total(state = 'done'), total(state = 'busy'), total(state = 'failed'),"
                           " total(state = 'cancelled') FROM session_seats WHERE session = ?1",
                           error);
  gboolean has_row = FALSE;

  *counts = (ScCatalogSeatCounts){ 0 };
  if (statement == NULL)
    return FALSE;
  sc_catalog_bind_uint (statement, 1, session);
  if (!sc_database_step (self->database, statement, &has_row, error))
    return FALSE;
  counts->all = sc_catalog_column_uint (statement, 0);
  counts->done = sc_catalog_column_uint (statement, 1);
  counts->busy = sc_catalog_column_uint (statement, 2);
  counts->failed = sc_catalog_column_uint (statement, 3);
  counts->cancelled = sc_catalog_column_uint (statement, 4);
  return TRUE;
}

GPtrArray *
sc_catalog_list_session_seats (ScCatalog *self, guint64 session, GError **error)
{
  g_autoptr (GPtrArray) seats = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_catalog_session_seat_free);
  g_autoptr (ScStatement) statement = sc_database_prepare (
      self->database,
      "SELECT seat, session_seats.state, reason, catch_up, version_before, session_seats.total_bytes,"
      " done_bytes, repairs, received, lost, needs FROM session_seats"
      " LEFT JOIN seats ON seats.id = session_seats.seat WHERE session = ?1"
      " ORDER BY seats.room, seats.name, seat",
      error);
  gboolean has_row = FALSE;

  if (statement == NULL)
    return NULL;
  sc_catalog_bind_uint (statement, 1, session);
  while (TRUE) {
    ScCatalogSessionSeat *seat = NULL;

    if (!sc_database_step (self->database, statement, &has_row, error))
      return NULL;
    if (!has_row)
      return g_steal_pointer (&seats);
    seat = session_seat_of_row (statement, error);
    if (seat == NULL)
      return NULL;
    g_ptr_array_add (seats, seat);
  }
}

ScCatalogSessionSeat *
sc_catalog_get_session_seat (ScCatalog *self, guint64 session, const char *seat, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database,
                           "SELECT seat, state, reason, catch_up, version_before, total_bytes, done_bytes, repairs,"
                           " received, lost, needs FROM session_seats WHERE session = ?1 AND seat = ?2",
                           error);
  gboolean has_row = FALSE;

  if (statement == NULL)
    return NULL;
  sc_catalog_bind_uint (statement, 1, session);
  sc_catalog_bind_text (statement, 2, seat);
  if (!sc_database_step (self->database, statement, &has_row, error))
    return NULL;
  if (has_row)
    return session_seat_of_row (statement, error);
  g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND, "seat %s was not in session %" G_GUINT64_FORMAT, seat, session);
  return NULL;
}

GArray *
sc_catalog_list_sessions_of_seat (ScCatalog *self, const char *seat, guint max, GError **error)
{
  g_autoptr (GArray) sessions = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (ScStatement) statement = sc_database_prepare (
      self->database, "SELECT session FROM session_seats WHERE seat = ?1 ORDER BY session DESC LIMIT ?2", error);
  gboolean has_row = FALSE;

  if (statement == NULL)
    return NULL;
  sc_catalog_bind_text (statement, 1, seat);
  sc_catalog_bind_uint (statement, 2, max);
  while (sc_database_step (self->database, statement, &has_row, error)) {
    guint64 session = has_row ? sc_catalog_column_uint (statement, 0) : 0;

    if (!has_row)
      return g_steal_pointer (&sessions);
    g_array_append_val (sessions, session);
  }
  return NULL;
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

GArray *
sc_catalog_end_busy (ScCatalog *self, const char *seat, guint64 version, GError **error)
{
  g_autoptr (ScStatement) statement = sc_database_prepare (
      self->database,
      "UPDATE session_seats SET"
      " state = iif (sessions.version = ?2, 'done', 'cancelled'),"
      " done_bytes = iif (sessions.version = ?2, session_seats.total_bytes, session_seats.done_bytes),"
      " reason = iif (sessions.version = ?2, '', '" SC_SESSION_OVERTAKEN "')"
      " FROM sessions WHERE sessions.id = session_seats.session AND seat = ?1 AND session_seats.state = 'busy'"
      " RETURNING session",
      error);
  g_autoptr (GArray) changed = g_array_new (FALSE, FALSE, sizeof (guint64));
  gboolean has_row = TRUE;

  if (statement == NULL)
    return NULL;
  sc_catalog_bind_text (statement, 1, seat);
  sc_catalog_bind_uint (statement, 2, version);
  while (sc_database_step (self->database, statement, &has_row, error)) {
    guint64 session = has_row ? sc_catalog_column_uint (statement, 0) : 0;

    if (!has_row)
      return g_steal_pointer (&changed);
    g_array_append_val (changed, session);
  }
  return NULL;
}

gboolean
sc_catalog_find_cancelled (ScCatalog *self, const char *seat, guint64 *session, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database,
                           "SELECT id, sessions.state, session_seats.state IN ('failed', 'cancelled') FROM sessions "
                           "JOIN session_seats ON session = id WHERE seat = ?1 AND dry_run = 0"
                           " ORDER BY id DESC LIMIT 1",
                           error);
  gboolean has_row = FALSE;

  if (statement == NULL)
    return FALSE;
  sc_catalog_bind_text (statement, 1, seat);
  if (!sc_database_step (self->database, statement, &has_row, error))
    return FALSE;
  if (has_row && g_strcmp0 ((const char *) sqlite3_column_text (statement, 1), "cancelled") == 0 &&
      sqlite3_column_int (statement, 2) != 0)
    *session = sc_catalog_column_uint (statement, 0);
  else
    *session = 0;
  return TRUE;
}

static void
set_no_seats (const char *room, GError **error)
{
  if (room == NULL || *room == '\0')
    g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND,
                 "no seat has ever connected to this console: start seatcast-service on the workstations");
  else
    g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND,
                 "there is no room “%s”: “seatcastctl rooms” lists those that there are", room);
}

/* @assigned, @older: (out): the version assigned, and the newest that was deployed before; 0: none */
static gboolean
look_back (ScCatalog *self, const char *room, GPtrArray *seats, guint64 *assigned, guint64 *older, GError **error)
{
  /* a version counts as deployed to the room when a seat that is there today was brought to it */
  g_autoptr (ScStatement) statement = sc_database_prepare (
      self->database,
      "WITH here AS (SELECT id, assigned_version FROM seats WHERE (?1 = '' OR room = ?1)"
      " AND (?2 = '' OR id IN (SELECT value FROM json_each (?2)))),"
      " assigned AS (SELECT count (*) AS seats, max (assigned_version) AS version FROM here)"
      " SELECT seats, version, (SELECT max (sessions.version) FROM sessions"
      " JOIN session_seats ON session_seats.session = sessions.id JOIN here ON here.id = session_seats.seat"
      " WHERE session_seats.state = 'done' AND sessions.version < assigned.version) FROM assigned",
      error);
  g_autoptr (ScJson) ids = json_array ();
  g_autofree char *text = NULL;
  gboolean has_row = FALSE;

  if (statement == NULL)
    return FALSE;
  for (guint i = 0; seats != NULL && i < seats->len; i++)
    json_array_append_new (ids, json_string (g_ptr_array_index (seats, i)));
  text = seats != NULL ? sc_json_to_text (ids) : g_strdup ("");
  sc_catalog_bind_text (statement, 1, room);
  sc_catalog_bind_text (statement, 2, text);
  if (!sc_database_step (self->database, statement, &has_row, error))
    return FALSE;
  if (sc_catalog_column_uint (statement, 0) == 0) {
    set_no_seats (room, error);
    return FALSE;
  }
  *assigned = sc_catalog_column_uint (statement, 1);
  *older = sc_catalog_column_uint (statement, 2);
  return TRUE;
}

gboolean
sc_catalog_find_rollback (ScCatalog *self, const char *room, GPtrArray *seats, guint64 *version, GError **error)
{
  guint64 assigned = 0;
  guint64 older = 0;
  g_autofree char *where = NULL;

  if (!look_back (self, room, seats, &assigned, &older, error))
    return FALSE;
  if (assigned == 0) {
    g_set_error (
        error, SC_ERROR, SC_ERROR_NOT_FOUND,
        "none of these seats is assigned a version, so there is nothing to go back from: deploy the version that "
        "you want by its number");
    return FALSE;
  }
  if (*version >= assigned && *version != 0) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "version %" G_GUINT64_FORMAT " is not older than the one assigned (%" G_GUINT64_FORMAT
                 "), so it is no way back: deploy it",
                 *version, assigned);
    return FALSE;
  }
  if (*version == 0)
    *version = older;
  if (*version != 0)
    return TRUE;
  where = seats != NULL                     ? g_strdup ("these seats")
          : room == NULL || room[0] == '\0' ? g_strdup ("any seat")
                                            : g_strdup_printf ("a seat of room “%s”", room);
  g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND,
               "no version older than the one assigned (%" G_GUINT64_FORMAT
               ") was ever deployed to %s: deploy the version that you want by its number",
               assigned, where);
  return FALSE;
}
