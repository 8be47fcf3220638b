/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/catalog/sc-catalog-private.h"

#include "common/sc-error.h"
#include "console/engine/catalog/sc-demotion.h"

#define SEAT_COLUMNS                                                                                                   \
  "seat, session_seats.state, reason, catch_up, version_before, session_seats.total_bytes, done_bytes, repairs, "      \
  "received, lost, needs, dropped, charged, waited, demotions"

void
sc_catalog_session_seat_free (ScCatalogSessionSeat *self)
{
  if (self == NULL)
    return;
  g_free (self->seat);
  g_free (self->reason);
  g_clear_pointer (&self->demotions, g_ptr_array_unref);
  sc_needs_free (self->needs);
  g_free (self);
}

ScCatalogSessionSeat *
sc_catalog_session_seat_copy (const ScCatalogSessionSeat *self)
{
  ScCatalogSessionSeat *copy = g_new0 (ScCatalogSessionSeat, 1);

  *copy = *self;
  copy->seat = g_strdup (self->seat);
  copy->reason = g_strdup (self->reason);
  copy->demotions = sc_demotions_copy (self->demotions);
  copy->needs = self->needs != NULL ? sc_needs_copy (self->needs) : NULL;
  return copy;
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
      " done_bytes, repairs, received, lost, needs, dropped, charged, waited, demotions)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)"
      " ON CONFLICT (session, seat) DO UPDATE SET state = ?3, reason = ?4, catch_up = ?5,"
      " version_before = ?6, total_bytes = ?7, done_bytes = ?8, repairs = ?9, received = ?10, lost = ?11, needs = ?12,"
      " dropped = ?13, charged = ?14, waited = ?15, demotions = ?16",
      error);
  g_autofree char *needs = needs_to_text (seat->needs);
  g_autofree char *demotions = sc_demotions_to_text (seat->demotions);

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
  sc_catalog_bind_uint (statement, 13, seat->dropped);
  sc_catalog_bind_uint (statement, 14, seat->charged);
  sqlite3_bind_int64 (statement, 15, seat->waited);
  sc_catalog_bind_text (statement, 16, demotions);
  return sc_database_run (self->database, statement, error);
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
  seat->dropped = sc_catalog_column_uint (statement, 11);
  seat->charged = sc_catalog_column_uint (statement, 12);
  seat->waited = sqlite3_column_int64 (statement, 13);
  seat->demotions = sc_demotions_from_text ((const char *) sqlite3_column_text (statement, 14));
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

gboolean
sc_catalog_get_slowest_link (ScCatalog *self, guint64 session, guint64 *link, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database,
                           "SELECT min(link_mbps) FROM session_seats JOIN seats ON seats.id = seat"
                           " WHERE session = ?1 AND link_mbps > 0",
                           error);
  gboolean has_row = FALSE;

  *link = 0;
  if (statement == NULL)
    return FALSE;
  sc_catalog_bind_uint (statement, 1, session);
  if (!sc_database_step (self->database, statement, &has_row, error))
    return FALSE;
  *link = sc_catalog_column_uint (statement, 0) * 1000 * 1000;
  return TRUE;
}

GPtrArray *
sc_catalog_list_session_seats (ScCatalog *self, guint64 session, GError **error)
{
  g_autoptr (GPtrArray) seats = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_catalog_session_seat_free);
  g_autoptr (ScStatement) statement = sc_database_prepare (
      self->database,
      "SELECT " SEAT_COLUMNS " FROM session_seats LEFT JOIN seats ON seats.id = session_seats.seat WHERE session = ?1"
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
  g_autoptr (ScStatement) statement = sc_database_prepare (
      self->database, "SELECT " SEAT_COLUMNS " FROM session_seats WHERE session = ?1 AND seat = ?2", error);
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

gboolean
sc_catalog_find_released (ScCatalog *self, const char *seat, guint64 *session, GError **error)
{
  g_autoptr (ScStatement) statement = sc_database_prepare (
      self->database,
      "SELECT id, sessions.state NOT IN ('done', 'cancelled', 'failed', 'planned') AND (session_seats.state = "
      "'cancelled' OR (suspended AND session_seats.state = 'waiting')) FROM sessions"
      " JOIN session_seats ON session = id WHERE seat = ?1 AND dry_run = 0 ORDER BY id DESC LIMIT 1",
      error);
  gboolean has_row = FALSE;

  if (statement == NULL)
    return FALSE;
  sc_catalog_bind_text (statement, 1, seat);
  if (!sc_database_step (self->database, statement, &has_row, error))
    return FALSE;
  *session = has_row && sqlite3_column_int (statement, 1) != 0 ? sc_catalog_column_uint (statement, 0) : 0;
  return TRUE;
}

gboolean
sc_catalog_find_templates (ScCatalog *self, const char *seat, guint64 version, char **templates, GError **error)
{
  g_autoptr (ScStatement) statement = sc_database_prepare (
      self->database,
      "SELECT templates FROM sessions JOIN session_seats ON session = id"
      " WHERE seat = ?1 AND version = ?2 AND session_seats.state = 'done' ORDER BY id DESC LIMIT 1",
      error);
  gboolean has_row = FALSE;

  if (statement == NULL)
    return FALSE;
  sc_catalog_bind_text (statement, 1, seat);
  sc_catalog_bind_uint (statement, 2, version);
  if (!sc_database_step (self->database, statement, &has_row, error))
    return FALSE;
  *templates = has_row ? sc_catalog_column_text (statement, 0) : NULL;
  return TRUE;
}

static void
ordered_clear (gpointer data)
{
  g_free (((ScCatalogOrdered *) data)->templates);
}

GArray *
sc_catalog_list_ordered (ScCatalog *self, const char *seat, GError **error)
{
  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (ScCatalogOrdered));
  g_autoptr (ScStatement) statement = sc_database_prepare (
      self->database,
      "SELECT assigned_version, assigned_templates FROM seats WHERE id = ?1 AND assigned_version <> 0"
      " UNION SELECT version, templates FROM sessions WHERE ended = 0 AND id IN"
      " (SELECT session FROM session_seats WHERE seat = ?1)",
      error);
  gboolean has_row = FALSE;

  g_array_set_clear_func (list, ordered_clear);
  if (statement == NULL)
    return NULL;
  sc_catalog_bind_text (statement, 1, seat);
  while (sc_database_step (self->database, statement, &has_row, error)) {
    ScCatalogOrdered ordered = { 0 };

    if (!has_row)
      return g_steal_pointer (&list);
    ordered.version = sc_catalog_column_uint (statement, 0);
    ordered.templates = sc_catalog_column_text (statement, 1);
    g_array_append_val (list, ordered);
  }
  return NULL;
}
