/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-seat-state.h"

#include "common/platform/sc-disk.h"
#include "common/sc-database.h"
#include "common/sc-error.h"

#define MANIFESTS "manifests"
#define NEW_SUFFIX ".new"

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
  NULL,
};

static const ScChunkId nothing;

struct _ScSeatState {
  GMutex lock;
  ScDisk *disk;     /* rooted at the state's directory */
  ScDiskFile *held; /* open exclusively as long as this service runs */
  ScDatabase *database;
  char *seat;
};

ScFileStamp *
sc_file_stamp_new (const char *path, guint64 size, gint64 mtime, guint64 id)
{
  ScFileStamp *self = g_new0 (ScFileStamp, 1);

  self->path = g_strdup (path);
  self->size = size;
  self->mtime = mtime;
  self->id = id;
  return self;
}

void
sc_file_stamp_free (ScFileStamp *self)
{
  if (self == NULL)
    return;
  g_free (self->path);
  g_free (self);
}

void
sc_seat_template_free (ScSeatTemplate *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self);
}

static void
bind_text (ScStatement *statement, int index, const char *text)
{
  sqlite3_bind_text (statement, index, text, -1, SQLITE_TRANSIENT);
}

static void
bind_id (ScStatement *statement, int index, const ScChunkId *id)
{
  sqlite3_bind_blob (statement, index, id->bytes, sizeof id->bytes, SQLITE_TRANSIENT);
}

static void
column_id (ScStatement *statement, int column, ScChunkId *id)
{
  *id = nothing;
  if (sqlite3_column_bytes (statement, column) == (int) sizeof id->bytes)
    memcpy (id->bytes, sqlite3_column_blob (statement, column), sizeof id->bytes);
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
  bind_text (insert, 1, uuid);
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
  if (!sc_disk_make_directory (self->disk, MANIFESTS, error))
    return NULL;
  self->database =
      sc_database_open (path, migrations,
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

/* Numbers of the one row; a failure to read them is logged and counts as 0: they only save work. */
static void
read_numbers (ScSeatState *self, guint64 *version, guint64 *pending_session, guint64 *pending_version)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (ScStatement) query = NULL;
  g_autoptr (GError) error = NULL;
  gboolean has_row = FALSE;

  *version = *pending_session = *pending_version = 0;
  query = sc_database_prepare (self->database, "SELECT version, pending_session, pending_version FROM seat", &error);
  if (query == NULL || !sc_database_step (self->database, query, &has_row, &error)) {
    g_warning ("Cannot read the seat's database: %s", error->message);
    return;
  }
  if (!has_row)
    return;
  *version = (guint64) sqlite3_column_int64 (query, 0);
  *pending_session = (guint64) sqlite3_column_int64 (query, 1);
  *pending_version = (guint64) sqlite3_column_int64 (query, 2);
}

guint64
sc_seat_state_get_version (ScSeatState *self)
{
  guint64 version, session, pending;

  read_numbers (self, &version, &session, &pending);
  return version;
}

void
sc_seat_state_get_pending (ScSeatState *self, guint64 *session, guint64 *version)
{
  guint64 current;

  read_numbers (self, &current, session, version);
}

/* Runs one statement with up to two numbers and a name (nullable) in the places ?1, ?2 and ?3. */
static gboolean
run_numbers (ScSeatState *self, const char *sql, guint64 first, guint64 second, const char *name, GError **error)
{
  g_autoptr (ScStatement) statement = sc_database_prepare (self->database, sql, error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, (sqlite3_int64) first);
  sqlite3_bind_int64 (statement, 2, (sqlite3_int64) second);
  if (name != NULL)
    bind_text (statement, 3, name);
  return sc_database_run (self->database, statement, error);
}

gboolean
sc_seat_state_set_version (ScSeatState *self, guint64 version, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return run_numbers (self, "UPDATE seat SET version = ?1 WHERE one = 1 OR one = ?2", version, 1, NULL, error);
}

gboolean
sc_seat_state_set_pending (ScSeatState *self, guint64 session, guint64 version, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return run_numbers (self, "UPDATE seat SET pending_session = ?1, pending_version = ?2", session, version, NULL,
                      error);
}

static ScSeatTemplate *
template_from_row (ScStatement *query, GError **error)
{
  g_autoptr (ScSeatTemplate) self = g_new0 (ScSeatTemplate, 1);

  self->name = g_strdup ((const char *) sqlite3_column_text (query, 0));
  self->version = (guint64) sqlite3_column_int64 (query, 1);
  column_id (query, 2, &self->manifest);
  column_id (query, 3, &self->target);
  if (self->name == NULL ||
      !sc_template_state_from_nick ((const char *) sqlite3_column_text (query, 4), &self->state)) {
    g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT, "The seat's database has an unknown state for template “%s”",
                 self->name != NULL ? self->name : "");
    return NULL;
  }
  return g_steal_pointer (&self);
}

#define TEMPLATE_COLUMNS "SELECT name, version, manifest, target, state FROM template "

GPtrArray *
sc_seat_state_list_templates (ScSeatState *self, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (GPtrArray) templates = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_seat_template_free);
  g_autoptr (ScStatement) query = NULL;
  gboolean has_row = FALSE;

  query = sc_database_prepare (self->database, TEMPLATE_COLUMNS "ORDER BY name", error);
  if (query == NULL || !sc_database_step (self->database, query, &has_row, error))
    return NULL;
  while (has_row) {
    ScSeatTemplate *template = template_from_row (query, error);

    if (template == NULL)
      return NULL;
    g_ptr_array_add (templates, template);
    if (!sc_database_step (self->database, query, &has_row, error))
      return NULL;
  }
  return g_steal_pointer (&templates);
}

ScSeatTemplate *
sc_seat_state_get_template (ScSeatState *self, const char *name, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (ScStatement) query = NULL;
  gboolean has_row = FALSE;

  query = sc_database_prepare (self->database, TEMPLATE_COLUMNS "WHERE name = ?", error);
  if (query == NULL)
    return NULL;
  bind_text (query, 1, name);
  if (!sc_database_step (self->database, query, &has_row, error) || !has_row)
    return NULL;
  return template_from_row (query, error);
}

GPtrArray *
sc_seat_state_list_stamps (ScSeatState *self, const char *template_name, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (GPtrArray) stamps = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_file_stamp_free);
  g_autoptr (ScStatement) query = NULL;
  gboolean has_row = FALSE;

  query = sc_database_prepare (self->database,
                               "SELECT path, size, mtime, id FROM stamp WHERE template = ? ORDER BY path", error);
  if (query == NULL)
    return NULL;
  bind_text (query, 1, template_name);
  if (!sc_database_step (self->database, query, &has_row, error))
    return NULL;
  while (has_row) {
    g_ptr_array_add (stamps,
                     sc_file_stamp_new ((const char *) sqlite3_column_text (query, 0),
                                        (guint64) sqlite3_column_int64 (query, 1), sqlite3_column_int64 (query, 2),
                                        (guint64) sqlite3_column_int64 (query, 3)));
    if (!sc_database_step (self->database, query, &has_row, error))
      return NULL;
  }
  return g_steal_pointer (&stamps);
}

GPtrArray *
sc_seat_state_list_touched (ScSeatState *self, const char *template_name, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (ScStatement) query = NULL;
  gboolean has_row = FALSE;

  query = sc_database_prepare (self->database, "SELECT path FROM touched WHERE template = ? ORDER BY path", error);
  if (query == NULL)
    return NULL;
  bind_text (query, 1, template_name);
  if (!sc_database_step (self->database, query, &has_row, error))
    return NULL;
  while (has_row) {
    g_ptr_array_add (paths, g_strdup ((const char *) sqlite3_column_text (query, 0)));
    if (!sc_database_step (self->database, query, &has_row, error))
      return NULL;
  }
  return g_steal_pointer (&paths);
}

static gboolean
run_for_paths (ScSeatState *self, const char *sql, const char *template_name, GPtrArray *paths, GError **error)
{
  g_autoptr (ScStatement) statement = sc_database_prepare (self->database, sql, error);

  if (statement == NULL)
    return FALSE;
  for (guint i = 0; i < paths->len; i++) {
    bind_text (statement, 1, template_name);
    bind_text (statement, 2, paths->pdata[i]);
    if (!sc_database_run (self->database, statement, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
write_update (ScSeatState *self, const char *name, const ScChunkId *target, guint64 version, GPtrArray *paths,
              GError **error)
{
  g_autoptr (ScStatement) upsert = NULL;

  upsert =
      sc_database_prepare (self->database,
                           "INSERT INTO template (name, version, manifest, target, state) VALUES (?1, ?2, ?3, ?4, ?5)"
                           " ON CONFLICT (name) DO UPDATE SET version = ?2, target = ?4, state = ?5",
                           error);
  if (upsert == NULL)
    return FALSE;
  bind_text (upsert, 1, name);
  sqlite3_bind_int64 (upsert, 2, (sqlite3_int64) version);
  bind_id (upsert, 3, &nothing);
  bind_id (upsert, 4, target != NULL ? target : &nothing);
  bind_text (upsert, 5, sc_template_state_to_nick (SC_TEMPLATE_UPDATING));
  return sc_database_run (self->database, upsert, error) &&
         run_for_paths (self, "DELETE FROM stamp WHERE template = ? AND path = ?", name, paths, error) &&
         run_for_paths (self, "INSERT OR IGNORE INTO touched (template, path) VALUES (?, ?)", name, paths, error) &&
         sc_database_exec (self->database, "UPDATE seat SET version = 0", error);
}

gboolean
sc_seat_state_begin_update (ScSeatState *self, const char *template_name, const ScChunkId *target, guint64 version,
                            GPtrArray *paths, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (!sc_database_begin (self->database, error))
    return FALSE;
  if (!write_update (self, template_name, target, version, paths, error) ||
      !sc_database_commit (self->database, error)) {
    sc_database_rollback (self->database);
    return FALSE;
  }
  return TRUE;
}

static gboolean
write_stamps (ScSeatState *self, const char *template_name, GPtrArray *stamps, GError **error)
{
  g_autoptr (ScStatement) statement = NULL;

  statement = sc_database_prepare (self->database,
                                   "INSERT INTO stamp (template, path, size, mtime, id) VALUES (?, ?, ?, ?, ?)", error);
  if (statement == NULL)
    return FALSE;
  for (guint i = 0; i < stamps->len; i++) {
    const ScFileStamp *stamp = stamps->pdata[i];

    bind_text (statement, 1, template_name);
    bind_text (statement, 2, stamp->path);
    sqlite3_bind_int64 (statement, 3, (sqlite3_int64) stamp->size);
    sqlite3_bind_int64 (statement, 4, stamp->mtime);
    sqlite3_bind_int64 (statement, 5, (sqlite3_int64) stamp->id);
    if (!sc_database_run (self->database, statement, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
delete_template (ScSeatState *self, const char *name, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database, "DELETE FROM template WHERE name = ?", error);

  if (statement == NULL)
    return FALSE;
  bind_text (statement, 1, name);
  return sc_database_run (self->database, statement, error);
}

/* A new row in place of the old one: with it go its stamps and what was touched (ON DELETE CASCADE). */
static gboolean
write_commit (ScSeatState *self, const char *name, const ScChunkId *manifest, guint64 version, GPtrArray *stamps,
              GError **error)
{
  g_autoptr (ScStatement) insert = NULL;

  if (!delete_template (self, name, error))
    return FALSE;
  insert = sc_database_prepare (
      self->database, "INSERT INTO template (name, version, manifest, target, state) VALUES (?, ?, ?, ?, ?)", error);
  if (insert == NULL)
    return FALSE;
  bind_text (insert, 1, name);
  sqlite3_bind_int64 (insert, 2, (sqlite3_int64) version);
  bind_id (insert, 3, manifest);
  bind_id (insert, 4, &nothing);
  bind_text (insert, 5, sc_template_state_to_nick (SC_TEMPLATE_CURRENT));
  return sc_database_run (self->database, insert, error) && write_stamps (self, name, stamps, error);
}

gboolean
sc_seat_state_commit_template (ScSeatState *self, const char *template_name, const ScChunkId *manifest, guint64 version,
                               GPtrArray *stamps, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (!sc_database_begin (self->database, error))
    return FALSE;
  if (!write_commit (self, template_name, manifest, version, stamps, error) ||
      !sc_database_commit (self->database, error)) {
    sc_database_rollback (self->database);
    return FALSE;
  }
  return TRUE;
}

gboolean
sc_seat_state_remove_template (ScSeatState *self, const char *template_name, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return delete_template (self, template_name, error);
}

gboolean
sc_seat_state_set_template_state (ScSeatState *self, const char *template_name, ScTemplateState state, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (ScStatement) statement = NULL;

  statement =
      sc_database_prepare (self->database, "UPDATE template SET state = ? WHERE name = ? AND state <> ?", error);
  if (statement == NULL)
    return FALSE;
  bind_text (statement, 1, sc_template_state_to_nick (state));
  bind_text (statement, 2, template_name);
  bind_text (statement, 3, sc_template_state_to_nick (SC_TEMPLATE_UPDATING));
  return sc_database_run (self->database, statement, error);
}

static char *
manifest_path (const ScChunkId *id)
{
  char hex[SC_CHUNK_ID_HEX_LENGTH + 1];

  sc_chunk_id_to_hex (id, hex);
  return g_strconcat (MANIFESTS "/", hex, NULL);
}

gboolean
sc_seat_state_save_manifest (ScSeatState *self, const ScChunkId *id, GBytes *bytes, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autofree char *path = manifest_path (id);
  g_autofree char *new_path = g_strconcat (path, NEW_SUFFIX, NULL);
  g_autoptr (ScDiskFile) file = NULL;
  gsize length;
  gconstpointer data = g_bytes_get_data (bytes, &length);
  ScChunkId actual;

  sc_chunk_id_of (&actual, data, length);
  if (!sc_chunk_id_equal (&actual, id)) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "The bytes for %s are not those of that manifest", path);
    return FALSE;
  }
  file = sc_disk_open (self->disk, new_path, SC_DISK_WRITE | SC_DISK_CREATE, error);
  if (file == NULL || !sc_disk_file_truncate (file, length, error) ||
      !sc_disk_file_write_at (file, 0, data, length, error) || !sc_disk_file_sync (file, error))
    return FALSE;
  g_clear_pointer (&file, sc_disk_file_close);
  return sc_disk_rename (self->disk, new_path, path, error) && sc_disk_sync_directory (self->disk, MANIFESTS, error);
}

GBytes *
sc_seat_state_load_manifest (ScSeatState *self, const ScChunkId *id, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autofree char *path = manifest_path (id);
  g_autofree guint8 *data = NULL;
  g_autoptr (ScDiskFile) file = NULL;
  ScDiskInfo info;
  ScChunkId actual;

  file = sc_disk_open (self->disk, path, SC_DISK_READ, error);
  if (file == NULL || !sc_disk_file_info (file, &info, error))
    return NULL;
  if (info.size <= SC_MANIFEST_MAX_BYTES) {
    data = g_try_malloc (MAX (info.size, 1));
    if (data != NULL && !sc_disk_file_read_at (file, 0, data, info.size, error))
      return NULL;
  }
  if (data != NULL)
    sc_chunk_id_of (&actual, data, info.size);
  if (data == NULL || !sc_chunk_id_equal (&actual, id)) {
    g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT,
                 "The manifest %s/%s is damaged; it is fetched again with the next deploy",
                 sc_disk_get_root (self->disk), path);
    return NULL;
  }
  return g_bytes_new_take (g_steal_pointer (&data), info.size);
}

static gboolean
collect_referred (ScSeatState *self, GHashTable *names, GError **error)
{
  g_autoptr (ScStatement) query = NULL;
  gboolean has_row = FALSE;

  query =
      sc_database_prepare (self->database, "SELECT manifest FROM template UNION SELECT target FROM template", error);
  if (query == NULL || !sc_database_step (self->database, query, &has_row, error))
    return FALSE;
  while (has_row) {
    char *hex = g_malloc (SC_CHUNK_ID_HEX_LENGTH + 1);
    ScChunkId id;

    column_id (query, 0, &id);
    sc_chunk_id_to_hex (&id, hex);
    g_hash_table_add (names, hex);
    if (!sc_database_step (self->database, query, &has_row, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
sc_seat_state_prune_manifests (ScSeatState *self, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (GHashTable) referred = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) names = NULL;

  if (!collect_referred (self, referred, error))
    return FALSE;
  names = sc_disk_list (self->disk, MANIFESTS, error);
  if (names == NULL)
    return FALSE;
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *path = g_strconcat (MANIFESTS "/", names->pdata[i], NULL);

    if (!g_hash_table_contains (referred, names->pdata[i]) && !sc_disk_remove (self->disk, path, error))
      return FALSE;
  }
  return TRUE;
}
