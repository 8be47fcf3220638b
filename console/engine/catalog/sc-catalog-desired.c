/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/catalog/sc-catalog-desired.h"

#include "common/sc-error.h"
#include "console/engine/catalog/sc-catalog-private.h"
#include "console/engine/catalog/sc-catalog-rooms.h"

#define POLICY_MAX_BYTES (64u * 1024)
/* ?2 version, ?3 templates, ?4 due, ?5 schedule, ?6 now. What is assigned again has been so since it was first. */
#define SET_DESIRED                                                                                                    \
  "UPDATE seats SET"                                                                                                   \
  " assigned = iif (assigned_version = ?2 AND assigned_templates = ?3 AND assigned <> 0, assigned, ?6),"               \
  " assigned_version = ?2, assigned_templates = ?3, due = ?4, due_schedule = ?5"

void
sc_catalog_room_free (ScCatalogRoom *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_clear_pointer (&self->assigned, sc_selection_unref);
  sc_room_policy_clear (&self->policy);
  g_free (self);
}

/* @own: (out): a transaction had to be begun, because the caller has none. */
static gboolean
begin (ScCatalog *self, gboolean *own, GError **error)
{
  *own = sqlite3_get_autocommit (sc_database_get_handle (self->database)) != 0;
  return !*own || sc_catalog_begin (self, error);
}

static gboolean
end (ScCatalog *self, gboolean own, gboolean done, GError **error)
{
  if (!own || (done && sc_catalog_commit (self, error)))
    return done;
  sc_catalog_rollback (self);
  return FALSE;
}

static int
count_changes (ScCatalog *self)
{
  return sqlite3_changes (sc_database_get_handle (self->database));
}

/* reading */

/* @selection: (out) (nullable) */
static gboolean
read_selection (guint64 version, const char *templates, ScSelection **selection, GError **error)
{
  *selection = NULL;
  if (version == 0)
    return TRUE;
  *selection = sc_selection_new_from_text (version, templates, error);
  return *selection != NULL;
}

static gboolean
read_policy (const char *text, ScRoomPolicy *policy, GError **error)
{
  g_autoptr (ScJson) json = sc_json_parse_object (text, strlen (text), POLICY_MAX_BYTES, error);

  return json != NULL && sc_room_policy_change (policy, json, error);
}

static ScCatalogRoom *
room_of_row (ScStatement *statement, GError **error)
{
  g_autoptr (ScCatalogRoom) room = g_new0 (ScCatalogRoom, 1);
  g_autofree char *templates = sc_catalog_column_text (statement, 2);
  g_autofree char *policy = sc_catalog_column_text (statement, 3);

  room->name = sc_catalog_column_text (statement, 0);
  sc_room_policy_init (&room->policy);
  if (read_selection (sc_catalog_column_uint (statement, 1), templates, &room->assigned, error) &&
      read_policy (policy, &room->policy, error))
    return g_steal_pointer (&room);
  g_prefix_error (error,
                  "what the catalog says of room “%s” cannot be used; say it anew (“seatcastctl policy”, "
                  "“window”, “assign”), so that its seats are looked after again: ",
                  room->name);
  return NULL;
}

/* @room: (nullable): all */
static GPtrArray *
load_rooms (ScCatalog *self, const char *room, GError **error)
{
  g_autoptr (ScStatement) statement = sc_database_prepare (
      self->database,
      room != NULL ? "SELECT name, assigned_version, assigned_templates, policy FROM rooms WHERE name = ?1"
                   : "SELECT name, assigned_version, assigned_templates, policy FROM rooms ORDER BY name",
      error);
  g_autoptr (GPtrArray) rooms = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_catalog_room_free);
  gboolean has_row = FALSE;

  if (statement == NULL)
    return NULL;
  if (room != NULL)
    sc_catalog_bind_text (statement, 1, room);
  while (TRUE) {
    ScCatalogRoom *found = NULL;

    if (!sc_database_step (self->database, statement, &has_row, error))
      return NULL;
    if (!has_row)
      return g_steal_pointer (&rooms);
    found = room_of_row (statement, error);
    if (found == NULL)
      return NULL;
    g_ptr_array_add (rooms, found);
  }
}

GPtrArray *
sc_catalog_load_rooms (ScCatalog *self, GError **error)
{
  return load_rooms (self, NULL, error);
}

ScCatalogRoom *
sc_catalog_load_room (ScCatalog *self, const char *room, GError **error)
{
  g_autoptr (GPtrArray) rooms = load_rooms (self, room, error);

  if (rooms == NULL)
    return NULL;
  if (rooms->len > 0)
    return g_ptr_array_steal_index (rooms, 0);
  sc_catalog_check_room (self, room, error); /* names what to do */
  return NULL;
}

ScSelection *
sc_catalog_seat_dup_wanted (const ScCatalogSeat *seat)
{
  g_autoptr (GError) error = NULL;
  ScSelection *wanted = NULL;

  if (!read_selection (seat->assigned_version, seat->assigned_templates, &wanted, &error))
    g_warning ("what seat %s is assigned cannot be read from the catalog; assign it anew: %s", seat->inventory->seat,
               error->message);
  return wanted;
}

/* changing */

gboolean
sc_catalog_save_room_policy (ScCatalog *self, const char *room, const ScRoomPolicy *policy, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database, "UPDATE rooms SET policy = ?2 WHERE name = ?1", error);
  g_autoptr (ScJson) json = sc_room_policy_to_json (policy);
  g_autofree char *text = sc_json_to_text (json);

  if (statement == NULL)
    return FALSE;
  sc_catalog_bind_text (statement, 1, room);
  sc_catalog_bind_text (statement, 2, text);
  if (!sc_database_run (self->database, statement, error))
    return FALSE;
  return count_changes (self) > 0 || sc_catalog_check_room (self, room, error);
}

static void
bind_desired (ScStatement *statement, ScSelection *selection, ScDue due, guint64 schedule, gint64 now)
{
  sc_catalog_bind_uint (statement, 2, selection != NULL ? sc_selection_get_version (selection) : 0);
  sc_catalog_bind_text (statement, 3, selection != NULL ? sc_selection_templates_to_text (selection) : "");
  sc_catalog_bind_uint (statement, 4, selection != NULL ? due : SC_DUE_NOT);
  sc_catalog_bind_uint (statement, 5, selection != NULL && due != SC_DUE_NOT ? schedule : 0);
  sqlite3_bind_int64 (statement, 6, now);
}

static gboolean
assign_rows (ScCatalog *self, const char *room, ScSelection *selection, ScDue due, guint64 schedule, gint64 now,
             GError **error)
{
  g_autoptr (ScStatement) rooms = sc_database_prepare (
      self->database, "UPDATE rooms SET assigned_version = ?2, assigned_templates = ?3 WHERE ?1 IS NULL OR name = ?1",
      error);
  g_autoptr (ScStatement) seats = NULL;

  if (rooms == NULL)
    return FALSE;
  sc_catalog_bind_uint (rooms, 2, selection != NULL ? sc_selection_get_version (selection) : 0);
  sc_catalog_bind_text (rooms, 3, selection != NULL ? sc_selection_templates_to_text (selection) : "");
  if (room != NULL)
    sc_catalog_bind_text (rooms, 1, room);
  if (!sc_database_run (self->database, rooms, error))
    return FALSE;
  if (count_changes (self) == 0 && room != NULL && *room != '\0')
    return sc_catalog_check_room (self, room, error);
  seats = sc_database_prepare (self->database, SET_DESIRED " WHERE pinned = 0 AND (?1 IS NULL OR room = ?1)", error);
  if (seats == NULL)
    return FALSE;
  bind_desired (seats, selection, due, schedule, now);
  if (room != NULL)
    sc_catalog_bind_text (seats, 1, room);
  return sc_database_run (self->database, seats, error);
}

gboolean
sc_catalog_assign (ScCatalog *self, const char *room, ScSelection *selection, ScDue due, guint64 schedule, gint64 now,
                   GError **error)
{
  gboolean own = FALSE;

  return begin (self, &own, error) &&
         end (self, own, assign_rows (self, room, selection, due, schedule, now, error), error);
}

/* What the room of seat ?1 is assigned; always one row. */
#define ROOM_WANTS                                                                                                     \
  "SELECT ifnull (max (assigned_version), 0), ifnull (max (assigned_templates), '') FROM rooms"                        \
  " WHERE name = (SELECT room FROM seats WHERE id = ?1)"

static ScSelection *
load_wanted_by_room (ScCatalog *self, const char *seat, gboolean *known, GError **error)
{
  g_autoptr (ScStatement) statement = sc_database_prepare (self->database, ROOM_WANTS, error);
  g_autofree char *templates = NULL;
  ScSelection *wanted = NULL;
  gboolean has_row = FALSE;

  *known = FALSE;
  if (statement == NULL)
    return NULL;
  sc_catalog_bind_text (statement, 1, seat);
  if (!sc_database_step (self->database, statement, &has_row, error))
    return NULL;
  templates = sc_catalog_column_text (statement, 1);
  *known = read_selection (sc_catalog_column_uint (statement, 0), templates, &wanted, error);
  return wanted;
}

/* @pinned: -1: of a seat that is pinned nothing changes, and no other is pinned */
static gboolean
set_desired (ScCatalog *self, const char *seat, ScSelection *selection, int pinned, ScDue due, guint64 schedule,
             gint64 now, GError **error)
{
  g_autoptr (ScStatement) statement = sc_database_prepare (
      self->database,
      pinned < 0 ? SET_DESIRED " WHERE id = ?1 AND pinned = 0" : SET_DESIRED ", pinned = ?7 WHERE id = ?1", error);

  if (statement == NULL)
    return FALSE;
  sc_catalog_bind_text (statement, 1, seat);
  bind_desired (statement, selection, due, schedule, now);
  if (pinned >= 0)
    sqlite3_bind_int (statement, 7, pinned);
  return sc_database_run (self->database, statement, error);
}

static gboolean
pin_row (ScCatalog *self, const char *seat, ScSelection *selection, ScDue due, guint64 schedule, gint64 now,
         GError **error)
{
  gboolean known = TRUE;
  g_autoptr (ScSelection) wanted =
      selection != NULL ? sc_selection_ref (selection) : load_wanted_by_room (self, seat, &known, error);

  if (!known || !set_desired (self, seat, wanted, selection != NULL, due, schedule, now, error))
    return FALSE;
  if (count_changes (self) > 0)
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND,
               "there is no seat with the id “%s” to pin: “seatcastctl seats” lists names and ids", seat);
  return FALSE;
}

gboolean
sc_catalog_pin (ScCatalog *self, const char *seat, ScSelection *selection, ScDue due, guint64 schedule, gint64 now,
                GError **error)
{
  gboolean own = FALSE;

  return begin (self, &own, error) &&
         end (self, own, pin_row (self, seat, selection, due, schedule, now, error), error);
}

gboolean
sc_catalog_follow_room (ScCatalog *self, const char *seat, gint64 now, GError **error)
{
  g_autoptr (ScStatement) same = NULL;
  gboolean known = FALSE;
  gboolean has_row = FALSE;
  g_autoptr (ScSelection) wanted = load_wanted_by_room (self, seat, &known, error);

  if (!known)
    return FALSE;
  same = sc_database_prepare (self->database,
                              "SELECT 1 FROM seats WHERE id = ?1 AND (assigned_version, assigned_templates) ="
                              " (" ROOM_WANTS ")",
                              error);
  if (same == NULL)
    return FALSE;
  sc_catalog_bind_text (same, 1, seat);
  if (!sc_database_step (self->database, same, &has_row, error))
    return FALSE;
  /* one that it has already gets no session for that */
  return has_row || set_desired (self, seat, wanted, -1, SC_DUE_SESSION, 0, now, error);
}

static gboolean
set_due_rows (ScCatalog *self, GPtrArray *seats, ScDue due, guint64 schedule, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database, "UPDATE seats SET due = ?2, due_schedule = ?3 WHERE id = ?1", error);

  if (statement == NULL)
    return FALSE;
  for (guint i = 0; i < seats->len; i++) {
    sc_catalog_bind_text (statement, 1, g_ptr_array_index (seats, i));
    sc_catalog_bind_uint (statement, 2, due);
    sc_catalog_bind_uint (statement, 3, due != SC_DUE_NOT ? schedule : 0);
    if (!sc_database_run (self->database, statement, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
sc_catalog_set_due (ScCatalog *self, GPtrArray *seats, ScDue due, guint64 schedule, GError **error)
{
  gboolean own = FALSE;

  return begin (self, &own, error) && end (self, own, set_due_rows (self, seats, due, schedule, error), error);
}
