/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/catalog/sc-catalog-rooms.h"

#include "common/sc-error.h"
#include "console/engine/catalog/sc-catalog-private.h"

/* Runs @sql with the texts ?1 and ?2, either of which may be %NULL. @changed: (out) (nullable): rows */
static gboolean
run (ScCatalog *self, const char *sql, const char *first, const char *second, int *changed, GError **error)
{
  g_autoptr (ScStatement) statement = sc_database_prepare (self->database, sql, error);

  if (statement == NULL)
    return FALSE;
  if (first != NULL)
    sc_catalog_bind_text (statement, 1, first);
  if (second != NULL)
    sc_catalog_bind_text (statement, 2, second);
  if (!sc_database_run (self->database, statement, error))
    return FALSE;
  if (changed != NULL)
    *changed = sqlite3_changes (sc_database_get_handle (self->database));
  return TRUE;
}

/* Ends what sc_catalog_begin() began. */
static gboolean
end (ScCatalog *self, gboolean done, GError **error)
{
  if (done && sc_catalog_commit (self, error))
    return TRUE;
  sc_catalog_rollback (self);
  return FALSE;
}

static void
set_no_room (const char *room, GError **error)
{
  g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND,
               "there is no room “%s”: “seatcastctl rooms” lists those that there are", room);
}

static void
set_room_exists (const char *room, GError **error)
{
  g_set_error (error, SC_ERROR, SC_ERROR_EXISTS, "there is a room “%s” already: choose another name", room);
}

GPtrArray *
sc_catalog_list_rooms (ScCatalog *self, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database, "SELECT name FROM rooms ORDER BY name", error);
  g_autoptr (GPtrArray) rooms = g_ptr_array_new_with_free_func (g_free);
  gboolean has_row = FALSE;

  if (statement == NULL)
    return NULL;
  while (TRUE) {
    if (!sc_database_step (self->database, statement, &has_row, error))
      return NULL;
    if (!has_row)
      return g_steal_pointer (&rooms);
    g_ptr_array_add (rooms, sc_catalog_column_text (statement, 0));
  }
}

/* @found: (out) */
static gboolean
find_room (ScCatalog *self, const char *room, gboolean *found, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database, "SELECT 1 FROM rooms WHERE name = ?1", error);

  if (statement == NULL)
    return FALSE;
  sc_catalog_bind_text (statement, 1, room);
  return sc_database_step (self->database, statement, found, error);
}

gboolean
sc_catalog_check_room (ScCatalog *self, const char *room, GError **error)
{
  gboolean found = FALSE;

  if (!find_room (self, room, &found, error))
    return FALSE;
  if (!found)
    set_no_room (room, error);
  return found;
}

gboolean
sc_catalog_add_own_room (ScCatalog *self, const char *seat, GError **error)
{
  return run (self,
              "INSERT OR IGNORE INTO rooms (name)"
              " SELECT own_room FROM seats WHERE id = ?1 AND assigned_room IS NULL AND own_room <> ''",
              seat, NULL, NULL, error);
}

char *
sc_catalog_dup_room_of (ScCatalog *self, const char *seat)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database, "SELECT room FROM seats WHERE id = ?1", &error);
  gboolean has_row = FALSE;

  if (statement != NULL)
    sc_catalog_bind_text (statement, 1, seat);
  if (statement == NULL || !sc_database_step (self->database, statement, &has_row, &error))
    g_warning ("cannot look up the room of seat %s: %s", seat, error->message);
  return has_row ? sc_catalog_column_text (statement, 0) : NULL;
}

static gboolean
drop_room (ScCatalog *self, const char *room, int *dropped, GError **error)
{
  return run (self, "DELETE FROM rooms WHERE name = ?1 AND NOT EXISTS (SELECT 1 FROM seats WHERE room = ?1)", room,
              NULL, dropped, error);
}

gboolean
sc_catalog_add_room (ScCatalog *self, const char *room, GError **error)
{
  int added = 0;

  if (!run (self, "INSERT OR IGNORE INTO rooms (name) VALUES (?1)", room, NULL, &added, error))
    return FALSE;
  if (added == 0)
    set_room_exists (room, error);
  return added != 0;
}

/* The seats that were assigned to it follow by the foreign key. */
static gboolean
rename_room (ScCatalog *self, const char *room, const char *name, GError **error)
{
  gboolean taken = FALSE;

  if (!sc_catalog_check_room (self, room, error) || !find_room (self, name, &taken, error))
    return FALSE;
  if (taken) {
    set_room_exists (name, error);
    return FALSE;
  }
  return run (self, "UPDATE rooms SET name = ?2 WHERE name = ?1", room, name, NULL, error) &&
         run (self, "UPDATE seats SET assigned_room = ?2 WHERE assigned_room IS NULL AND own_room = ?1", room, name,
              NULL, error) &&
         run (self, "UPDATE schedules SET room = ?2 WHERE room = ?1", room, name, NULL, error) &&
         run (self, "UPDATE enrol_tokens SET room = ?2 WHERE room = ?1", room, name, NULL, error) &&
         run (self, "UPDATE enrol_requests SET room = ?2 WHERE room = ?1", room, name, NULL, error);
}

gboolean
sc_catalog_rename_room (ScCatalog *self, const char *room, const char *name, GError **error)
{
  if (g_str_equal (room, name))
    return sc_catalog_check_room (self, room, error);
  return sc_catalog_begin (self, error) && end (self, rename_room (self, room, name, error), error);
}

/* What was planned for it will not come: a room of the same name that comes to be later is another one. */
static gboolean
cancel_schedules (ScCatalog *self, const char *room, GError **error)
{
  return run (self, "UPDATE schedules SET state = 'cancelled', next = 0 WHERE room = ?1 AND state = 'planned'", room,
              NULL, NULL, error);
}

static gboolean
remove_room (ScCatalog *self, const char *room, GError **error)
{
  int removed = 0;

  if (!drop_room (self, room, &removed, error))
    return FALSE;
  if (removed != 0)
    return cancel_schedules (self, room, error);
  if (sc_catalog_check_room (self, room, error))
    g_set_error (error, SC_ERROR, SC_ERROR_STATE,
                 "there are seats in room “%s”: move them to another one first (“seatcastctl move SEAT… --room ROOM”)",
                 room);
  return FALSE;
}

gboolean
sc_catalog_remove_room (ScCatalog *self, const char *room, GError **error)
{
  return sc_catalog_begin (self, error) && end (self, remove_room (self, room, error), error);
}

static gboolean
assign_seat (ScCatalog *self, const char *seat, const char *room, GError **error)
{
  g_autofree char *before = sc_catalog_dup_room_of (self, seat);
  g_autofree char *after = NULL;
  int changed = 0;

  if (!run (self,
            "UPDATE seats SET assigned_room = ?2,"
            " place_column = iif (room = ifnull (?2, own_room), place_column, NULL),"
            " place_row = iif (room = ifnull (?2, own_room), place_row, NULL) WHERE id = ?1",
            seat, room, &changed, error))
    return FALSE;
  if (changed == 0) {
    g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND, "there is no seat with the id “%s” to move", seat);
    return FALSE;
  }
  if (room == NULL && !sc_catalog_add_own_room (self, seat, error))
    return FALSE;
  after = sc_catalog_dup_room_of (self, seat);
  return g_strcmp0 (before, after) == 0 || sc_catalog_follow_room (self, seat, g_get_real_time (), error);
}

static gboolean
assign_room (ScCatalog *self, GPtrArray *seats, const char *room, GError **error)
{
  if (room != NULL && !sc_catalog_check_room (self, room, error))
    return FALSE;
  for (guint i = 0; i < seats->len; i++)
    if (!assign_seat (self, g_ptr_array_index (seats, i), room, error))
      return FALSE;
  return TRUE;
}

gboolean
sc_catalog_assign_room (ScCatalog *self, GPtrArray *seats, const char *room, GError **error)
{
  return sc_catalog_begin (self, error) && end (self, assign_room (self, seats, room, error), error);
}

/* @seat: one of the room's */
static gboolean
take_place (ScCatalog *self, const char *room, const char *seat, GError **error)
{
  int changed = 0;

  if (!run (self, "UPDATE seats SET place_column = NULL, place_row = NULL WHERE id = ?1 AND room = ?2", seat, room,
            &changed, error))
    return FALSE;
  if (changed == 0)
    g_set_error (error, SC_ERROR, SC_ERROR_STATE, "the seat with the id “%s” is not in room “%s” (any more)", seat,
                 room);
  return changed != 0;
}

static gboolean
take_all_places (ScCatalog *self, const char *room, GError **error)
{
  return run (self, "UPDATE seats SET place_column = NULL, place_row = NULL WHERE room = ?1", room, NULL, NULL, error);
}

/* That nobody is there. */
static gboolean
check_place (ScCatalog *self, const char *room, const ScCatalogPlacement *place, GError **error)
{
  g_autoptr (ScStatement) statement = sc_database_prepare (
      self->database, "SELECT name FROM seats WHERE room = ?1 AND place_column = ?2 AND place_row = ?3", error);
  gboolean taken = FALSE;

  if (statement == NULL)
    return FALSE;
  sc_catalog_bind_text (statement, 1, room);
  sc_catalog_bind_uint (statement, 2, place->column);
  sc_catalog_bind_uint (statement, 3, place->row);
  if (!sc_database_step (self->database, statement, &taken, error))
    return FALSE;
  if (taken)
    g_set_error (error, SC_ERROR, SC_ERROR_EXISTS,
                 "seat “%s” stands at column %u, row %u of room “%s” already: move it away in the same request",
                 (const char *) sqlite3_column_text (statement, 0), place->column, place->row, room);
  return !taken;
}

static gboolean
give_place (ScCatalog *self, const char *room, const ScCatalogPlacement *place, GError **error)
{
  g_autoptr (ScStatement) statement = NULL;

  if (!check_place (self, room, place, error))
    return FALSE;
  statement =
      sc_database_prepare (self->database, "UPDATE seats SET place_column = ?2, place_row = ?3 WHERE id = ?1", error);
  if (statement == NULL)
    return FALSE;
  sc_catalog_bind_text (statement, 1, place->seat);
  sc_catalog_bind_uint (statement, 2, place->column);
  sc_catalog_bind_uint (statement, 3, place->row);
  return sc_database_run (self->database, statement, error);
}

static gboolean
set_places (ScCatalog *self, const char *room, const ScCatalogPlacement *places, guint n_places, gboolean clear,
            GError **error)
{
  if (!sc_catalog_check_room (self, room, error) || (clear && !take_all_places (self, room, error)))
    return FALSE;
  for (guint i = 0; i < n_places; i++) /* first all of them: two may change places */
    if (!take_place (self, room, places[i].seat, error))
      return FALSE;
  for (guint i = 0; i < n_places; i++)
    if (!give_place (self, room, &places[i], error))
      return FALSE;
  return TRUE;
}

gboolean
sc_catalog_set_places (ScCatalog *self, const char *room, const ScCatalogPlacement *places, guint n_places,
                       gboolean clear, GError **error)
{
  return sc_catalog_begin (self, error) && end (self, set_places (self, room, places, n_places, clear, error), error);
}
