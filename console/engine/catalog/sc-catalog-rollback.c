/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/catalog/sc-catalog-private.h"

#include "common/sc-error.h"

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
