/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "service/sc-seat-manifests.h"
#include "service/sc-seat-state-private.h"

#include <string.h>

static const char *const migrations[] = {
  "CREATE TABLE seat (one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL, version INTEGER NOT NULL DEFAULT 0,"
  "  pending_session INTEGER NOT NULL DEFAULT 0, pending_version INTEGER NOT NULL DEFAULT 0);"
  "CREATE TABLE template (name TEXT PRIMARY KEY, version INTEGER NOT NULL, manifest BLOB NOT NULL, target BLOB NOT "
  "NULL,"
  "  state TEXT NOT NULL) WITHOUT ROWID;"
  "CREATE TABLE stamp (template TEXT NOT NULL REFERENCES template (name) ON DELETE CASCADE, path TEXT NOT NULL,"
  "  size INTEGER NOT NULL, mtime INTEGER NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (template, path)) WITHOUT ROWID;"
  "CREATE TABLE touched (template TEXT NOT NULL REFERENCES template (name) ON DELETE CASCADE, path TEXT NOT NULL,"
  "  PRIMARY KEY (template, path)) WITHOUT ROWID;",
  "ALTER TABLE seat ADD COLUMN pending_manifest BLOB NOT NULL DEFAULT x'';"
  "CREATE TABLE version (number INTEGER PRIMARY KEY, manifest BLOB NOT NULL);",
  "ALTER TABLE seat ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;",
  "ALTER TABLE seat ADD COLUMN last_order INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE seat ADD COLUMN pending_is_ordered INTEGER NOT NULL DEFAULT 0;",
  "ALTER TABLE seat ADD COLUMN pending_hooks TEXT NOT NULL DEFAULT '';",
  NULL,
};

const ScChunkId sc_seat_state_nothing;

void
sc_seat_state_bind_text (ScStatement *statement, int index, const char *text)
{
  sqlite3_bind_text (statement, index, text, -1, SQLITE_TRANSIENT);
}

void
sc_seat_state_bind_number (ScStatement *statement, int index, guint64 number)
{
  sqlite3_bind_int64 (statement, index, (sqlite3_int64) number);
}

void
sc_seat_state_bind_id (ScStatement *statement, int index, const ScChunkId *id)
{
  if (id == NULL)
    id = &sc_seat_state_nothing;
  sqlite3_bind_blob (statement, index, id->bytes, sizeof id->bytes, SQLITE_TRANSIENT);
}

guint64
sc_seat_state_column_number (ScStatement *query, int column)
{
  return (guint64) sqlite3_column_int64 (query, column);
}

void
sc_seat_state_column_id (ScStatement *query, int column, ScChunkId *id)
{
  *id = sc_seat_state_nothing;
  if (sqlite3_column_bytes (query, column) == (int) sizeof id->bytes)
    memcpy (id->bytes, sqlite3_column_blob (query, column), sizeof id->bytes);
}

gboolean
sc_seat_state_each_row (ScSeatState *self, const char *sql, const char *text, ScSeatRowFunc func, gpointer data,
                        GError **error)
{
  g_autoptr (ScStatement) query = sc_database_prepare (self->database, sql, error);
  gboolean has_row = FALSE;

  if (query == NULL)
    return FALSE;
  if (text != NULL)
    sc_seat_state_bind_text (query, 1, text);
  while (sc_database_step (self->database, query, &has_row, error)) {
    if (!has_row)
      return TRUE;
    if (!func (query, data, error))
      return FALSE;
  }
  return FALSE;
}

static gboolean
load_seat (ScSeatState *self, GError **error)
{
  g_autoptr (ScStatement) insert = NULL;
  g_autoptr (ScStatement) query = NULL;
  g_autofree char *uuid = g_uuid_string_random ();
  gboolean has_row = FALSE;

  insert = sc_database_prepare (self->database, "INSERT OR IGNORE INTO seat (one, id) VALUES (1, ?)", error);
  if (insert == NULL)
    return FALSE;
  sc_seat_state_bind_text (insert, 1, uuid);
  if (!sc_database_run (self->database, insert, error))
    return FALSE;

  query = sc_database_prepare (self->database, "SELECT id FROM seat", error);
  if (query == NULL || !sc_database_step (self->database, query, &has_row, error))
    return FALSE;
  if (!has_row || !g_uuid_string_is_valid ((const char *) sqlite3_column_text (query, 0))) {
    g_set_error_literal (error, SC_ERROR, SC_ERROR_CORRUPT, "The seat's database holds no valid seat id");
    return FALSE;
  }
  self->seat = g_strdup ((const char *) sqlite3_column_text (query, 0));
  return TRUE;
}

ScSeatState *
sc_seat_state_open (const char *directory, GError **error)
{
  g_autoptr (ScSeatState) self = g_new0 (ScSeatState, 1);
  g_autofree char *path = g_build_filename (directory, "seat.db", NULL);

  g_mutex_init (&self->lock);
  if (g_mkdir_with_parents (directory, 0700) != 0) {
    sc_error_set_errno (error, errno, SC_ERROR_SYSTEM, "Cannot make the service's directory %s", directory);
    return NULL;
  }
  self->disk = sc_disk_system (directory, error);
  if (self->disk == NULL)
    return NULL;
  self->held = sc_disk_open (self->disk, "seat.lock", SC_DISK_WRITE | SC_DISK_CREATE | SC_DISK_EXCLUSIVE, error);
  if (self->held == NULL) {
    g_prefix_error (error, "Is another seatcast-service running on %s? ", directory);
    return NULL;
  }
  if (!sc_seat_manifests_make (self->disk, error))
    return NULL;
  self->database =
      sc_database_open (path, SC_DATABASE_EXCLUSIVE, migrations,
                        "stop the service, delete it and start again: the files in the repository are then "
                        "read once and recognised",
                        error);
  if (self->database == NULL || !load_seat (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
sc_seat_state_close (ScSeatState *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->database, sc_database_close);
  g_clear_pointer (&self->held, sc_disk_file_close);
  g_clear_pointer (&self->disk, sc_disk_free);
  g_free (self->seat);
  g_mutex_clear (&self->lock);
  g_free (self);
}

const char *
sc_seat_state_get_seat (ScSeatState *self)
{
  return self->seat;
}

/* Another console, or this one under another number, counts its orders anew: those of before are of another seat, and
 * what they began is not gone on with. */
gboolean
sc_seat_state_set_seat (ScSeatState *self, const char *seat, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (ScStatement) update = NULL;

  if (strcmp (seat, self->seat) == 0)
    return TRUE;
  update =
      sc_database_prepare (self->database, "UPDATE seat SET id = ?, last_order = 0, pending_is_ordered = 0", error);
  if (update == NULL)
    return FALSE;
  sc_seat_state_bind_text (update, 1, seat);
  if (!sc_database_run (self->database, update, error))
    return FALSE;
  g_free (self->seat);
  self->seat = g_strdup (seat);
  return TRUE;
}

/* ---- the seat's row ---- */

typedef struct {
  guint64 version, pending_session, pending_version, pending_is_ordered;
  ScChunkId pending_manifest;
  char *pending_hooks; /* (owned) */
} SeatRow;

static void
seat_row_clear (SeatRow *self)
{
  g_clear_pointer (&self->pending_hooks, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SeatRow, seat_row_clear)

static gboolean
take_seat (ScStatement *query, gpointer data, GError **error)
{
  SeatRow *row = data;

  row->version = sc_seat_state_column_number (query, 0);
  row->pending_session = sc_seat_state_column_number (query, 1);
  row->pending_version = sc_seat_state_column_number (query, 2);
  sc_seat_state_column_id (query, 3, &row->pending_manifest);
  row->pending_is_ordered = sc_seat_state_column_number (query, 4);
  g_free (row->pending_hooks);
  row->pending_hooks = g_strdup ((const char *) sqlite3_column_text (query, 5));
  return TRUE;
}

/* A failure to read it is logged and counts as zeros: they only save work. */
static SeatRow
read_seat (ScSeatState *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (GError) error = NULL;
  SeatRow row = { 0 };

  if (!sc_seat_state_each_row (self,
                               "SELECT version, pending_session, pending_version, pending_manifest, "
                               "pending_is_ordered, pending_hooks FROM seat",
                               NULL, take_seat, &row, &error))
    g_warning ("Cannot read the seat's database: %s", error->message);
  return row;
}

guint64
sc_seat_state_get_version (ScSeatState *self)
{
  g_auto (SeatRow) row = read_seat (self);

  return row.version;
}

void
sc_seat_state_get_pending (ScSeatState *self, guint64 *session, guint64 *version, ScChunkId *manifest)
{
  g_auto (SeatRow) row = read_seat (self);

  *session = row.pending_session;
  *version = row.pending_version;
  *manifest = row.pending_manifest;
}

char *
sc_seat_state_dup_pending_hooks (ScSeatState *self)
{
  g_auto (SeatRow) row = read_seat (self);

  return row.pending_hooks != NULL ? g_steal_pointer (&row.pending_hooks) : g_strdup ("");
}

/* Runs one statement with a number and a manifest (nullable) as ?1 and ?2, as far as it has them. */
static gboolean
run_numbers (ScSeatState *self, const char *sql, guint64 number, const ScChunkId *manifest, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (ScStatement) statement = sc_database_prepare (self->database, sql, error);
  int n;

  if (statement == NULL)
    return FALSE;
  n = sqlite3_bind_parameter_count (statement);
  sc_seat_state_bind_number (statement, 1, number);
  if (n >= 2)
    sc_seat_state_bind_id (statement, 2, manifest);
  return sc_database_run (self->database, statement, error);
}

gboolean
sc_seat_state_set_version (ScSeatState *self, guint64 version, GError **error)
{
  return run_numbers (self, "UPDATE seat SET version = ?1", version, NULL, error);
}

gboolean
sc_seat_state_set_pending (ScSeatState *self, guint64 session, guint64 version, const ScChunkId *manifest,
                           const char *hooks, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (ScStatement) update =
      sc_database_prepare (self->database,
                           "UPDATE seat SET pending_version = ?1, pending_manifest = ?2, pending_session = ?3,"
                           " pending_hooks = ?4, pending_is_ordered = 1",
                           error);

  if (update == NULL)
    return FALSE;
  sc_seat_state_bind_number (update, 1, version);
  sc_seat_state_bind_id (update, 2, manifest);
  sc_seat_state_bind_number (update, 3, session);
  sc_seat_state_bind_text (update, 4, hooks != NULL ? hooks : "");
  return sc_database_run (self->database, update, error);
}

gboolean
sc_seat_state_is_pending_ordered (ScSeatState *self)
{
  g_auto (SeatRow) row = read_seat (self);

  return row.pending_is_ordered != 0;
}

gboolean
sc_seat_state_take_order (ScSeatState *self, guint64 order, guint64 *last, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (ScStatement) query = NULL;
  g_autoptr (ScStatement) update = NULL;
  gboolean has_row = FALSE;

  query = sc_database_prepare (self->database, "SELECT last_order FROM seat", error);
  if (query == NULL || !sc_database_step (self->database, query, &has_row, error))
    return FALSE;
  *last = has_row ? sc_seat_state_column_number (query, 0) : 0;
  g_clear_pointer (&query, sc_statement_finalize);
  if (order <= *last) {
    g_set_error (error, SC_ERROR, SC_ERROR_DENIED, "Order %" G_GUINT64_FORMAT " was taken before, or a later one was",
                 order);
    return FALSE;
  }
  update = sc_database_prepare (self->database, "UPDATE seat SET last_order = ?", error);
  if (update == NULL)
    return FALSE;
  sc_seat_state_bind_number (update, 1, order);
  return sc_database_run (self->database, update, error);
}

gboolean
sc_seat_state_raise_generation (ScSeatState *self, guint64 *generation, GError **error)
{
  gboolean has_row = FALSE;

  if (!run_numbers (self, "UPDATE seat SET generation = generation + 1", 0, NULL, error))
    return FALSE;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (ScStatement) query = sc_database_prepare (self->database, "SELECT generation FROM seat", error);
  if (query == NULL || !sc_database_step (self->database, query, &has_row, error))
    return FALSE;
  *generation = has_row ? sc_seat_state_column_number (query, 0) : 0;
  return TRUE;
}

/* ---- versions ---- */

gboolean
sc_seat_state_add_version (ScSeatState *self, guint64 number, const ScChunkId *manifest, GError **error)
{
  return run_numbers (self, "INSERT OR REPLACE INTO version (number, manifest) VALUES (?1, ?2)", number, manifest,
                      error);
}

static gboolean
take_version (ScStatement *query, gpointer data, GError **error)
{
  ScSeatVersion version = { .number = sc_seat_state_column_number (query, 0) };

  sc_seat_state_column_id (query, 1, &version.manifest);
  g_array_append_val ((GArray *) data, version);
  return TRUE;
}

GArray *
sc_seat_state_list_versions (ScSeatState *self, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (GArray) versions = g_array_new (FALSE, FALSE, sizeof (ScSeatVersion));

  if (!sc_seat_state_each_row (self, "SELECT number, manifest FROM version ORDER BY number", NULL, take_version,
                               versions, error))
    return NULL;
  return g_steal_pointer (&versions);
}

static gboolean
has_number (const GArray *numbers, guint64 number)
{
  for (guint i = 0; i < numbers->len; i++)
    if (g_array_index (numbers, guint64, i) == number)
      return TRUE;
  return FALSE;
}

gboolean
sc_seat_state_keep_versions (ScSeatState *self, const GArray *numbers, GError **error)
{
  g_autoptr (GArray) versions = sc_seat_state_list_versions (self, error);

  for (guint i = 0; versions != NULL && i < versions->len; i++) {
    guint64 number = g_array_index (versions, ScSeatVersion, i).number;

    if (!has_number (numbers, number) &&
        !run_numbers (self,
                      "DELETE FROM version WHERE number = ?1 AND number NOT IN"
                      " (SELECT version FROM seat UNION SELECT pending_version FROM seat)",
                      number, NULL, error))
      return FALSE;
  }
  return versions != NULL;
}

/* ---- manifests ---- */

gboolean
sc_seat_state_save_manifest (ScSeatState *self, const ScChunkId *id, GBytes *bytes, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return sc_seat_manifests_save (self->disk, id, bytes, error);
}

gboolean
sc_seat_state_has_manifest (ScSeatState *self, const ScChunkId *id)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return sc_seat_manifests_has (self->disk, id);
}

GBytes *
sc_seat_state_load_manifest (ScSeatState *self, const ScChunkId *id, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return sc_seat_manifests_load (self->disk, id, error);
}

static gboolean
take_id (ScStatement *query, gpointer data, GError **error)
{
  ScChunkId id;

  sc_seat_state_column_id (query, 0, &id);
  g_hash_table_add (data, g_memdup2 (&id, sizeof id));
  return TRUE;
}

gboolean
sc_seat_state_prune_manifests (ScSeatState *self, GHashTable *also, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (GHashTable) versions = g_hash_table_new_full (sc_chunk_id_hash, sc_chunk_id_equal_func, g_free, NULL);
  g_autoptr (GHashTable) keep = g_hash_table_new_full (sc_chunk_id_hash, sc_chunk_id_equal_func, g_free, NULL);
  GHashTableIter iter;
  gpointer id;

  if (!sc_seat_state_each_row (self, "SELECT manifest FROM version UNION SELECT pending_manifest FROM seat", NULL,
                               take_id, versions, error) ||
      !sc_seat_state_each_row (self, "SELECT manifest FROM template UNION SELECT target FROM template", NULL, take_id,
                               keep, error))
    return FALSE;
  g_hash_table_iter_init (&iter, versions);
  while (g_hash_table_iter_next (&iter, &id, NULL)) {
    g_hash_table_add (keep, g_memdup2 (id, sizeof (ScChunkId)));
    if (!sc_chunk_id_equal (id, &sc_seat_state_nothing))
      sc_seat_manifests_add_templates (self->disk, id, keep);
  }
  if (also != NULL) {
    g_hash_table_iter_init (&iter, also);
    while (g_hash_table_iter_next (&iter, &id, NULL))
      g_hash_table_add (keep, g_memdup2 (id, sizeof (ScChunkId)));
  }
  return sc_seat_manifests_prune (self->disk, keep, error);
}
