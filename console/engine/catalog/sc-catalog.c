/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/catalog/sc-catalog-private.h"

#include "common/sc-error.h"

#include <glib/gstdio.h>

#define CATALOG_HINT                                                                                                   \
  "put back a copy of it, or move it away and start the engine again: the versions in the store are not touched, but " \
  "seats have to enrol again, and users, rooms and the record of what was done are lost"

#define SEAT_COLUMNS                                                                                                   \
  "id, name, own_room, os, service_version, address, mac, link_mbps, total_bytes, free_bytes, version, "               \
  "assigned_version, last_seen, reserve_bytes, undo_bytes, back, room, place_column, place_row, "                      \
  "volume, state_volume, generation, run, forgot, assigned_templates, assigned, pinned, due, due_schedule"

void
sc_catalog_seat_free (ScCatalogSeat *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->inventory, sc_inventory_free);
  g_free (self->room);
  g_free (self->assigned_templates);
  g_free (self);
}

void
sc_catalog_bind_text (ScStatement *statement, int index, const char *text)
{
  sqlite3_bind_text (statement, index, text != NULL ? text : "", -1, SQLITE_TRANSIENT);
}

void
sc_catalog_bind_uint (ScStatement *statement, int index, guint64 value)
{
  sqlite3_bind_int64 (statement, index, (sqlite3_int64) value);
}

char *
sc_catalog_column_text (ScStatement *statement, int column)
{
  const char *text = (const char *) sqlite3_column_text (statement, column);

  return g_strdup (text != NULL ? text : "");
}

guint64
sc_catalog_column_uint (ScStatement *statement, int column)
{
  return (guint64) sqlite3_column_int64 (statement, column);
}

ScCatalog *
sc_catalog_open (const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "catalog.db", NULL);
  g_autoptr (ScDatabase) database = NULL;
  ScCatalog *self = NULL;

  if (g_mkdir_with_parents (directory, 0700) != 0) {
    sc_error_set_errno (error, errno, SC_ERROR_SYSTEM, "cannot make the engine's directory %s", directory);
    return NULL;
  }
  database = sc_database_open (path, SC_DATABASE_SHARED, sc_catalog_migrations, CATALOG_HINT, error);
  if (database == NULL)
    return NULL;

  self = g_new0 (ScCatalog, 1);
  self->database = g_steal_pointer (&database);
  return self;
}

void
sc_catalog_close (ScCatalog *self)
{
  if (self == NULL)
    return;
  sc_statement_finalize (self->list_templates);
  sc_database_close (self->database);
  g_free (self);
}

/* "[3,1]" */
static char *
back_to_text (GArray *back)
{
  g_autoptr (ScJson) array = json_array ();

  for (guint i = 0; i < back->len; i++)
    json_array_append_new (array, json_integer ((json_int_t) g_array_index (back, guint64, i)));
  return sc_json_to_text (array);
}

static void
back_of_text (GArray *back, const char *text)
{
  g_autoptr (ScJson) array = json_loads (text, 0, NULL);

  /* what is damaged is empty until the seat tells it again */
  for (gsize i = 0; i < MIN (json_array_size (array), SC_INVENTORY_MAX_BACK); i++) {
    guint64 version = (guint64) json_integer_value (json_array_get (array, i));

    g_array_append_val (back, version);
  }
}

static char *
volume_to_text (const ScVolume *volume)
{
  g_autoptr (ScJson) object = sc_volume_to_json (volume);
  return sc_json_to_text (object);
}

static void
volume_of_column (ScVolume **volume, ScStatement *statement, int column)
{
  g_autoptr (ScJson) object = json_loads ((const char *) sqlite3_column_text (statement, column), 0, NULL);
  ScVolume *found = object != NULL ? sc_volume_from_json (object, NULL) : NULL;

  if (found == NULL) /* unknown until the seat tells it again */
    return;
  sc_volume_free (*volume);
  *volume = found;
}

/* A start that counts no more than the one before has forgotten that one. */
#define FORGOT                                                                                                         \
  " forgot = CASE WHEN run = ?19 OR generation = 0 OR ?18 = 0 THEN forgot WHEN ?18 <= generation THEN ?12 ELSE 0 END,"

static gboolean
save_seat_row (ScCatalog *self, const ScInventory *inventory, gint64 now, GError **error)
{
  g_autoptr (ScStatement) statement = sc_database_prepare (
      self->database,
      "INSERT INTO seats (id, name, own_room, os, service_version, address, mac, link_mbps, total_bytes, free_bytes,"
      " version, last_seen, reserve_bytes, undo_bytes, back, volume, state_volume, generation, run)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)"
      " ON CONFLICT (id) DO UPDATE SET name = ?2, own_room = ?3, os = ?4, service_version = ?5, address = ?6, mac = ?7,"
      " link_mbps = ?8, total_bytes = ?9, free_bytes = ?10, version = ?11, last_seen = ?12,"
      " reserve_bytes = ?13, undo_bytes = ?14, back = ?15, volume = ?16, state_volume = ?17," FORGOT
      " generation = ?18, run = ?19,"
      /* one that its service has moved has lost its place */
      " place_column = iif (room = ifnull (assigned_room, ?3), place_column, NULL),"
      " place_row = iif (room = ifnull (assigned_room, ?3), place_row, NULL)",
      error);
  g_autofree char *back = back_to_text (inventory->back);
  g_autofree char *volume = volume_to_text (inventory->volume);
  g_autofree char *state_volume = volume_to_text (inventory->state_volume);

  if (statement == NULL)
    return FALSE;
  sc_catalog_bind_text (statement, 1, inventory->seat);
  sc_catalog_bind_text (statement, 2, inventory->name);
  sc_catalog_bind_text (statement, 3, inventory->room);
  sc_catalog_bind_text (statement, 4, inventory->os);
  sc_catalog_bind_text (statement, 5, inventory->service_version);
  sc_catalog_bind_text (statement, 6, inventory->address);
  sc_catalog_bind_text (statement, 7, inventory->mac);
  sc_catalog_bind_uint (statement, 8, inventory->link_mbps);
  sc_catalog_bind_uint (statement, 9, inventory->total_bytes);
  sc_catalog_bind_uint (statement, 10, inventory->free_bytes);
  sc_catalog_bind_uint (statement, 11, inventory->version);
  sqlite3_bind_int64 (statement, 12, now);
  sc_catalog_bind_uint (statement, 13, inventory->reserve_bytes);
  sc_catalog_bind_uint (statement, 14, inventory->undo_bytes);
  sc_catalog_bind_text (statement, 15, back);
  sc_catalog_bind_text (statement, 16, volume);
  sc_catalog_bind_text (statement, 17, state_volume);
  sc_catalog_bind_uint (statement, 18, inventory->generation);
  sc_catalog_bind_text (statement, 19, inventory->run);
  return sc_database_run (self->database, statement, error);
}

static gboolean
save_templates (ScCatalog *self, const ScInventory *inventory, GError **error)
{
  g_autoptr (ScStatement) remove = NULL;
  g_autoptr (ScStatement) insert = NULL;

  remove = sc_database_prepare (self->database, "DELETE FROM seat_templates WHERE seat = ?1", error);
  if (remove == NULL)
    return FALSE;
  sc_catalog_bind_text (remove, 1, inventory->seat);
  if (!sc_database_run (self->database, remove, error))
    return FALSE;

  insert = sc_database_prepare (self->database,
                                "INSERT INTO seat_templates (seat, position, name, manifest, version, state, busy)"
                                " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                                error);
  if (insert == NULL)
    return FALSE;
  for (guint i = 0; inventory->templates != NULL && i < inventory->templates->len; i++) {
    const ScInventoryTemplate *item = g_ptr_array_index (inventory->templates, i);

    sc_catalog_bind_text (insert, 1, inventory->seat);
    sc_catalog_bind_uint (insert, 2, i);
    sc_catalog_bind_text (insert, 3, item->name);
    sqlite3_bind_blob (insert, 4, item->manifest.bytes, sizeof item->manifest.bytes, SQLITE_TRANSIENT);
    sc_catalog_bind_uint (insert, 5, item->version);
    sc_catalog_bind_text (insert, 6, sc_template_state_to_nick (item->state));
    sqlite3_bind_int (insert, 7, item->busy ? 1 : 0);
    if (!sc_database_run (self->database, insert, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_templates (ScCatalog *self, ScStatement *statement, ScInventory *inventory, GError **error)
{
  gboolean has_row = FALSE;

  while (TRUE) {
    const char *name = NULL;
    const char *nick = NULL;
    ScTemplateState state;
    ScChunkId manifest;

    if (!sc_database_step (self->database, statement, &has_row, error))
      return FALSE;
    if (!has_row)
      return TRUE;
    name = (const char *) sqlite3_column_text (statement, 0);
    nick = (const char *) sqlite3_column_text (statement, 3);
    if (sqlite3_column_bytes (statement, 1) != sizeof manifest.bytes || !sc_template_state_from_nick (nick, &state)) {
      g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT,
                   "the catalog's row of template “%s” on seat %s is damaged: " CATALOG_HINT, name, inventory->seat);
      return FALSE;
    }
    memcpy (manifest.bytes, sqlite3_column_blob (statement, 1), sizeof manifest.bytes);
    sc_inventory_add_template (inventory, name, &manifest, sc_catalog_column_uint (statement, 2), state)->busy =
        sqlite3_column_int (statement, 4) != 0;
  }
}

/* Its statement is kept: a list of all seats would prepare it a thousand times. */
static gboolean
load_templates (ScCatalog *self, ScInventory *inventory, GError **error)
{
  gboolean loaded;

  if (self->list_templates == NULL)
    self->list_templates = sc_database_prepare (
        self->database,
        "SELECT name, manifest, version, state, busy FROM seat_templates WHERE seat = ?1 ORDER BY position", error);
  if (self->list_templates == NULL)
    return FALSE;
  sc_catalog_bind_text (self->list_templates, 1, inventory->seat);
  loaded = read_templates (self, self->list_templates, inventory, error);
  sqlite3_reset (self->list_templates);
  return loaded;
}

static void
set_text (char **member, ScStatement *statement, int column)
{
  g_free (*member);
  *member = sc_catalog_column_text (statement, column);
}

static ScCatalogSeat *
seat_of_row (ScCatalog *self, ScStatement *statement, GError **error)
{
  g_autoptr (ScCatalogSeat) seat = g_new0 (ScCatalogSeat, 1);
  ScInventory *inventory = seat->inventory = sc_inventory_new ();

  set_text (&inventory->seat, statement, 0);
  set_text (&inventory->name, statement, 1);
  set_text (&inventory->room, statement, 2);
  set_text (&inventory->os, statement, 3);
  set_text (&inventory->service_version, statement, 4);
  set_text (&inventory->address, statement, 5);
  set_text (&inventory->mac, statement, 6);
  inventory->link_mbps = (guint32) sqlite3_column_int64 (statement, 7);
  inventory->total_bytes = sc_catalog_column_uint (statement, 8);
  inventory->free_bytes = sc_catalog_column_uint (statement, 9);
  inventory->version = sc_catalog_column_uint (statement, 10);
  seat->assigned_version = sc_catalog_column_uint (statement, 11);
  seat->last_seen = sqlite3_column_int64 (statement, 12);
  inventory->reserve_bytes = sc_catalog_column_uint (statement, 13);
  inventory->undo_bytes = sc_catalog_column_uint (statement, 14);
  back_of_text (inventory->back, (const char *) sqlite3_column_text (statement, 15));
  set_text (&seat->room, statement, 16);
  seat->place.is_set = sqlite3_column_type (statement, 17) != SQLITE_NULL;
  seat->place.column = (guint8) sqlite3_column_int (statement, 17);
  seat->place.row = (guint8) sqlite3_column_int (statement, 18);
  volume_of_column (&inventory->volume, statement, 19);
  volume_of_column (&inventory->state_volume, statement, 20);
  inventory->generation = sc_catalog_column_uint (statement, 21);
  set_text (&inventory->run, statement, 22);
  seat->forgot = sqlite3_column_int64 (statement, 23);
  seat->assigned_templates = sc_catalog_column_text (statement, 24);
  seat->assigned = sqlite3_column_int64 (statement, 25);
  seat->pinned = sqlite3_column_int (statement, 26) != 0;
  seat->due = (ScDue) sqlite3_column_int (statement, 27);
  seat->due_schedule = sc_catalog_column_uint (statement, 28);
  if (!load_templates (self, inventory, error))
    return NULL;
  return g_steal_pointer (&seat);
}

gboolean
sc_catalog_begin (ScCatalog *self, GError **error)
{
  return sc_database_begin (self->database, error);
}

gboolean
sc_catalog_commit (ScCatalog *self, GError **error)
{
  return sc_database_commit (self->database, error);
}

void
sc_catalog_rollback (ScCatalog *self)
{
  sc_database_rollback (self->database);
}

static gboolean
update_last_seen (ScCatalog *self, const char *seat, gint64 now, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database, "UPDATE seats SET last_seen = ?2 WHERE id = ?1", error);

  if (statement == NULL)
    return FALSE;
  sc_catalog_bind_text (statement, 1, seat);
  sqlite3_bind_int64 (statement, 2, now);
  return sc_database_run (self->database, statement, error);
}

static gboolean
save_rows (ScCatalog *self, const ScInventory *inventory, gint64 now, GError **error)
{
  g_autofree char *before = sc_catalog_dup_room_of (self, inventory->seat);
  g_autofree char *after = NULL;

  if (!save_seat_row (self, inventory, now, error) || !sc_catalog_add_own_room (self, inventory->seat, error) ||
      !save_templates (self, inventory, error) || !sc_catalog_note_whole (self, inventory, error))
    return FALSE;
  after = sc_catalog_dup_room_of (self, inventory->seat);
  return g_strcmp0 (before, after) == 0 || sc_catalog_follow_room (self, inventory->seat, now, error);
}

static gboolean
save_whole (ScCatalog *self, const ScInventory *inventory, gint64 now, GError **error)
{
  if (!sc_database_begin (self->database, error))
    return FALSE;
  if (!save_rows (self, inventory, now, error) || !sc_database_commit (self->database, error)) {
    sc_database_rollback (self->database);
    return FALSE;
  }
  return TRUE;
}

static gboolean
inventories_equal (const ScInventory *a, const ScInventory *b)
{
  g_autoptr (ScJson) json_a = json_object ();
  g_autoptr (ScJson) json_b = json_object ();

  sc_inventory_to_json (a, json_a);
  sc_inventory_to_json (b, json_b);
  return json_equal (json_a, json_b);
}

/* (nullable): as it was saved last */
static ScCatalogSeat *
find_by_id (ScCatalog *self, const char *id)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database, "SELECT " SEAT_COLUMNS " FROM seats WHERE id = ?1", NULL);
  gboolean has_row = FALSE;

  if (statement == NULL)
    return NULL;
  sc_catalog_bind_text (statement, 1, id);
  if (!sc_database_step (self->database, statement, &has_row, NULL) || !has_row)
    return NULL;
  return seat_of_row (self, statement, NULL); /* damaged: it is written anew */
}

/* A seat says it all again when it connects, so this is the one thing that no flush of the disk has to wait for: 80
 * seats that come back at once, or one that never stops talking, would hold up everything else. A power cut may lose
 * the last ones, never more. */
gboolean
sc_catalog_save_inventory (ScCatalog *self, const ScInventory *inventory, gint64 now, GError **error)
{
  g_autoptr (ScCatalogSeat) known = find_by_id (self, inventory->seat);
  gboolean same = known != NULL && inventories_equal (known->inventory, inventory);
  gboolean saved;

  if (same && now >= known->last_seen && now - known->last_seen < G_USEC_PER_SEC)
    return TRUE;
  if (!sc_database_exec (self->database, "PRAGMA synchronous = NORMAL", error))
    return FALSE;
  saved = same ? update_last_seen (self, inventory->seat, now, error) : save_whole (self, inventory, now, error);
  return sc_database_exec (self->database, "PRAGMA synchronous = FULL", saved ? error : NULL) && saved;
}

gboolean
sc_catalog_save_last_seen (ScCatalog *self, const char *seat, gint64 now, GError **error)
{
  gboolean saved;

  if (!sc_database_exec (self->database, "PRAGMA synchronous = NORMAL", error))
    return FALSE;
  saved = update_last_seen (self, seat, now, error);
  return sc_database_exec (self->database, "PRAGMA synchronous = FULL", saved ? error : NULL) && saved;
}

static GPtrArray *
seats_of_statement (ScCatalog *self, ScStatement *statement, GError **error)
{
  g_autoptr (GPtrArray) seats = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_catalog_seat_free);
  gboolean has_row = FALSE;

  while (TRUE) {
    ScCatalogSeat *seat = NULL;

    if (!sc_database_step (self->database, statement, &has_row, error))
      return NULL;
    if (!has_row)
      return g_steal_pointer (&seats);
    seat = seat_of_row (self, statement, error);
    if (seat == NULL)
      return NULL;
    g_ptr_array_add (seats, seat);
  }
}

GPtrArray *
sc_catalog_list_seats (ScCatalog *self, const char *room, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database,
                           room != NULL ? "SELECT " SEAT_COLUMNS " FROM seats WHERE room = ?1 ORDER BY room, name, id"
                                        : "SELECT " SEAT_COLUMNS " FROM seats ORDER BY room, name, id",
                           error);

  if (statement == NULL)
    return NULL;
  if (room != NULL)
    sc_catalog_bind_text (statement, 1, room);
  return seats_of_statement (self, statement, error);
}

void
sc_catalog_set_presence (ScCatalog *self, ScCatalogIsOnline is_online, gpointer data)
{
  self->is_online = is_online;
  self->is_online_data = data;
}

/* Of several seats of one name the one that is connected; 0 when that is none or more than one: @only tells */
static guint
find_online (ScCatalog *self, GPtrArray *seats, gboolean *only)
{
  guint found = 0, n = 0;

  for (guint i = 0; i < seats->len && self->is_online != NULL; i++)
    if (self->is_online (self->is_online_data, ((const ScCatalogSeat *) seats->pdata[i])->inventory->seat)) {
      found = i;
      n++;
    }
  *only = n == 1;
  return n == 1 ? found : 0;
}

ScCatalogSeat *
sc_catalog_find_seat (ScCatalog *self, const char *seat, GError **error)
{
  g_autoptr (GPtrArray) seats = NULL;
  gboolean only = TRUE;
  guint found;
  /* an id is always unique, so it wins over a seat that bears another one's id as its name */
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database,
                           "SELECT " SEAT_COLUMNS " FROM seats WHERE id = ?1"
                           " UNION ALL SELECT " SEAT_COLUMNS
                           " FROM seats WHERE name = ?1 AND NOT EXISTS (SELECT 1 FROM seats WHERE id = ?1)",
                           error);

  if (statement == NULL)
    return NULL;
  sc_catalog_bind_text (statement, 1, seat);
  seats = seats_of_statement (self, statement, error);
  if (seats == NULL)
    return NULL;
  if (seats->len == 0) {
    g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND, "there is no seat “%s”: “seatcastctl seats” lists names and ids",
                 seat);
    return NULL;
  }
  found = seats->len > 1 ? find_online (self, seats, &only) : 0;
  if (!only) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "%u seats are named “%s”, and not exactly one of them is online: name the one you mean by its id"
                 " (“seatcastctl seats”)",
                 seats->len, seat);
    return NULL;
  }
  return g_ptr_array_steal_index (seats, found);
}

void
sc_catalog_dup_seat_labels (ScCatalog *self, const char *seat, char **name, char **room)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database, "SELECT name, room FROM seats WHERE id = ?1", &error);
  gboolean has_row = FALSE;

  if (statement != NULL)
    sc_catalog_bind_text (statement, 1, seat);
  if (statement == NULL || !sc_database_step (self->database, statement, &has_row, &error))
    g_warning ("cannot look up the name of seat %s: %s", seat, error->message);
  *name = has_row ? sc_catalog_column_text (statement, 0) : g_strdup (seat);
  *room = has_row ? sc_catalog_column_text (statement, 1) : g_strdup ("");
}

gboolean
sc_catalog_assign_version (ScCatalog *self, const char *seat, guint64 version, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database, "UPDATE seats SET assigned_version = ?2 WHERE id = ?1", error);

  if (statement == NULL)
    return FALSE;
  sc_catalog_bind_text (statement, 1, seat);
  sc_catalog_bind_uint (statement, 2, version);
  if (!sc_database_run (self->database, statement, error))
    return FALSE;
  if (sqlite3_changes (sc_database_get_handle (self->database)) == 0) {
    g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND,
                 "there is no seat with the id “%s” to assign version %" G_GUINT64_FORMAT " to", seat, version);
    return FALSE;
  }
  return TRUE;
}

gboolean
sc_catalog_save_verified (ScCatalog *self, const char *seat, const ScVerified *verified, gint64 ended, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database,
                           "INSERT INTO seat_verified (seat, ended, result) VALUES (?1, ?2, ?3)"
                           " ON CONFLICT (seat) DO UPDATE SET ended = ?2, result = ?3",
                           error);
  g_autoptr (ScJson) object = json_object ();
  g_autofree char *text = NULL;

  if (statement == NULL)
    return FALSE;
  sc_verified_to_json (verified, object);
  text = sc_json_to_text (object);
  sc_catalog_bind_text (statement, 1, seat);
  sqlite3_bind_int64 (statement, 2, ended);
  sc_catalog_bind_text (statement, 3, text);
  return sc_database_run (self->database, statement, error);
}

ScVerified *
sc_catalog_get_verified (ScCatalog *self, const char *seat, gint64 *ended, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database, "SELECT ended, result FROM seat_verified WHERE seat = ?1", error);
  g_autoptr (ScJson) object = NULL;
  gboolean has_row = FALSE;

  if (statement == NULL)
    return NULL;
  sc_catalog_bind_text (statement, 1, seat);
  if (!sc_database_step (self->database, statement, &has_row, error) || !has_row)
    return NULL;
  *ended = sqlite3_column_int64 (statement, 0);
  object = sc_json_parse_object ((const char *) sqlite3_column_text (statement, 1),
                                 (gsize) sqlite3_column_bytes (statement, 1), SC_CONTROL_MAX_BYTES, error);
  return object != NULL ? sc_verified_from_json (object, error) : NULL;
}
