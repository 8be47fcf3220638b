/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/store/sc-store-index.h"

#include "common/sc-error.h"

/* Schema 1. The fixture tests/fixtures/index-v1.db holds it: a later schema is a further script, this one never
 * changes. */
static const char schema_1[] =
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;"
    "INSERT INTO meta VALUES ('next_pack', 1);"
    "CREATE TABLE packs (number INTEGER PRIMARY KEY, size INTEGER NOT NULL);"
    "CREATE TABLE entries (id BLOB PRIMARY KEY, kind INTEGER NOT NULL, encoding INTEGER NOT NULL, pack INTEGER NOT "
    "NULL,"
    " offset INTEGER NOT NULL, stored_length INTEGER NOT NULL, length INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE versions (number INTEGER PRIMARY KEY, manifest BLOB NOT NULL UNIQUE, created INTEGER NOT NULL,"
    " bytes BLOB NOT NULL);"
    "CREATE TABLE files (directory TEXT NOT NULL, path TEXT NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,"
    " ctime_ns INTEGER NOT NULL, file_id INTEGER NOT NULL, chunks BLOB NOT NULL, PRIMARY KEY (directory, path));";

static const char *const migrations[] = { schema_1, NULL };

#define ENTRY_COLUMNS "id, kind, encoding, pack, offset, stored_length, length"
/* SQLite's own limit on a value; a file of more chunks (2 TB) is read at each publish */
#define MAX_CACHED_CHUNKS (900u * 1000 * 1000 / sizeof (ScChunkId))

struct _ScStoreIndex {
  ScDatabase *database;
  ScStatement *find; /* these two run once a chunk */
  ScStatement *insert;
  ScStatement *replace;
};

ScStoreIndex *
sc_store_index_open (const char *directory, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);
  g_autoptr (ScStoreIndex) self = g_new0 (ScStoreIndex, 1);

  self->database = sc_database_open (path, SC_DATABASE_SHARED, migrations,
                                     "it can be made anew from the packs: seatcastctl store rebuild-index", error);
  if (self->database == NULL)
    return NULL;
  self->find = sc_database_prepare (self->database, "SELECT " ENTRY_COLUMNS " FROM entries WHERE id = ?", error);
  if (self->find == NULL)
    return NULL;
  self->insert = sc_database_prepare (
      self->database, "INSERT OR IGNORE INTO entries (" ENTRY_COLUMNS ") VALUES (?,?,?,?,?,?,?)", error);
  if (self->insert == NULL)
    return NULL;
  self->replace = sc_database_prepare (
      self->database, "INSERT OR REPLACE INTO entries (" ENTRY_COLUMNS ") VALUES (?,?,?,?,?,?,?)", error);
  return self->replace == NULL ? NULL : g_steal_pointer (&self);
}

void
sc_store_index_close (ScStoreIndex *self)
{
  if (self == NULL)
    return;
  sc_statement_finalize (self->find);
  sc_statement_finalize (self->insert);
  sc_statement_finalize (self->replace);
  sc_database_close (self->database);
  g_free (self);
}

gboolean
sc_store_index_begin (ScStoreIndex *self, GError **error)
{
  return sc_database_begin (self->database, error);
}

gboolean
sc_store_index_commit (ScStoreIndex *self, GError **error)
{
  return sc_database_commit (self->database, error);
}

void
sc_store_index_rollback (ScStoreIndex *self)
{
  sc_database_rollback (self->database);
}

static void
bind_id (ScStatement *statement, int column, const ScChunkId *id)
{
  sqlite3_bind_blob (statement, column, id->bytes, sizeof id->bytes, SQLITE_TRANSIENT);
}

static gboolean
set_damaged (const char *what, GError **error)
{
  g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT,
               "The store's index holds an impossible %s: make it anew with seatcastctl store rebuild-index", what);
  return FALSE;
}

/* A number that must be in @min … @max: the file may have been tampered with. */
static gboolean
column_number (ScStatement *statement, int column, guint64 min, guint64 max, guint64 *value)
{
  gint64 number = sqlite3_column_int64 (statement, column);

  *value = (guint64) number;
  return sqlite3_column_type (statement, column) == SQLITE_INTEGER && number >= 0 && *value >= min && *value <= max;
}

static gboolean
column_id (ScStatement *statement, int column, ScChunkId *id)
{
  const void *bytes = sqlite3_column_blob (statement, column);

  if (bytes == NULL || sqlite3_column_bytes (statement, column) != (int) sizeof id->bytes)
    return FALSE;
  memcpy (id->bytes, bytes, sizeof id->bytes);
  return TRUE;
}

static gboolean
read_row (ScStatement *statement, ScStoreRow *row, GError **error)
{
  guint64 kind, encoding, pack, stored_length, length;

  if (!column_id (statement, 0, &row->entry.id) ||
      !column_number (statement, 1, SC_PACK_ENTRY_CHUNK, SC_PACK_ENTRY_VERSION, &kind) ||
      !column_number (statement, 2, SC_ENCODING_RAW, SC_ENCODING_ZSTD, &encoding) ||
      !column_number (statement, 3, 1, G_MAXUINT32, &pack) ||
      !column_number (statement, 4, 0, G_MAXINT64 - G_MAXUINT32 - SC_PACK_ENTRY_HEADER_SIZE, &row->entry.offset) ||
      !column_number (statement, 6, 1, kind == SC_PACK_ENTRY_CHUNK ? SC_CHUNK_SIZE : SC_PACK_ENTRY_MAX_STORED,
                      &length) ||
      !column_number (statement, 5, 1, length, &stored_length))
    return set_damaged ("entry", error);
  row->kind = (ScPackEntryKind) kind;
  row->entry.encoding = (ScEncoding) encoding;
  row->entry.pack = (guint32) pack;
  row->entry.stored_length = (guint32) stored_length;
  row->entry.length = (guint32) length;
  return TRUE;
}

gboolean
sc_store_index_put (ScStoreIndex *self, const ScStoreRow *row, gboolean replace, GError **error)
{
  ScStatement *statement = replace ? self->replace : self->insert;

  bind_id (statement, 1, &row->entry.id);
  sqlite3_bind_int (statement, 2, (int) row->kind);
  sqlite3_bind_int (statement, 3, (int) row->entry.encoding);
  sqlite3_bind_int64 (statement, 4, row->entry.pack);
  sqlite3_bind_int64 (statement, 5, (gint64) row->entry.offset);
  sqlite3_bind_int64 (statement, 6, row->entry.stored_length);
  sqlite3_bind_int64 (statement, 7, row->entry.length);
  return sc_database_run (self->database, statement, error);
}

gboolean
sc_store_index_find (ScStoreIndex *self, const ScChunkId *id, ScStoreRow *row, gboolean *found, GError **error)
{
  gboolean ok;

  bind_id (self->find, 1, id);
  ok = sc_database_step (self->database, self->find, found, error) && (!*found || read_row (self->find, row, error));
  sqlite3_reset (self->find);
  return ok;
}

/* Runs a statement with one argument, or none (@id and @number unset). */
static gboolean
run_with (ScStoreIndex *self, const char *sql, const ScChunkId *id, gint64 number, GError **error)
{
  g_autoptr (ScStatement) statement = sc_database_prepare (self->database, sql, error);

  if (statement == NULL)
    return FALSE;
  if (id != NULL)
    bind_id (statement, 1, id);
  else
    sqlite3_bind_int64 (statement, 1, number);
  return sc_database_run (self->database, statement, error);
}

gboolean
sc_store_index_forget (ScStoreIndex *self, const ScChunkId *id, GError **error)
{
  return run_with (self, "DELETE FROM entries WHERE id = ?", id, 0, error);
}

gboolean
sc_store_index_forget_pack (ScStoreIndex *self, guint32 pack, GError **error)
{
  return run_with (self, "DELETE FROM entries WHERE pack = ?", NULL, pack, error) &&
         run_with (self, "DELETE FROM packs WHERE number = ?", NULL, pack, error);
}

gboolean
sc_store_index_raise_next_pack (ScStoreIndex *self, guint32 pack, GError **error)
{
  return run_with (self, "UPDATE meta SET value = max (value, ?) WHERE key = 'next_pack'", NULL, pack, error);
}

gboolean
sc_store_index_copy_from (ScStoreIndex *self, ScStoreIndex *other, GError **error)
{
  sqlite3 *to = sc_database_get_handle (self->database);
  sqlite3_backup *backup = sqlite3_backup_init (to, "main", sc_database_get_handle (other->database), "main");
  int result = SQLITE_ERROR;

  if (backup != NULL) {
    sqlite3_backup_step (backup, -1);
    result = sqlite3_backup_finish (backup); /* the first error of the steps, too */
  }
  if (result == SQLITE_OK)
    return TRUE;
  g_set_error (error, SC_ERROR, result == SQLITE_FULL ? SC_ERROR_NO_SPACE : SC_ERROR_SYSTEM,
               "The new index cannot take the place of the old one, which stays: %s", sqlite3_errmsg (to));
  return FALSE;
}

gboolean
sc_store_index_clear (ScStoreIndex *self, GError **error)
{
  return sc_database_exec (self->database,
                           "DELETE FROM entries; DELETE FROM packs; DELETE FROM versions; DELETE FROM files", error);
}

gboolean
sc_store_index_load_ids (ScStoreIndex *self, ScChunkIndex *ids, GError **error)
{
  g_autoptr (ScStatement) list = sc_database_prepare (self->database, "SELECT id FROM entries", error);
  gboolean has_row = list != NULL;

  while (has_row) {
    ScChunkId id;

    if (!sc_database_step (self->database, list, &has_row, error))
      return FALSE;
    if (!has_row)
      return TRUE;
    if (!column_id (list, 0, &id))
      return set_damaged ("chunk id", error);
    sc_chunk_index_add (ids, &id, NULL);
  }
  return FALSE;
}

ScStatement *
sc_store_index_list_entries (ScStoreIndex *self, guint32 pack, GError **error)
{
  ScStatement *list = sc_database_prepare (
      self->database, "SELECT " ENTRY_COLUMNS " FROM entries WHERE ?1 = 0 OR pack = ?1 ORDER BY pack, offset", error);

  if (list != NULL)
    sqlite3_bind_int64 (list, 1, pack);
  return list;
}

gboolean
sc_store_index_next_entry (ScStoreIndex *self, ScStatement *list, ScStoreRow *row, gboolean *has_row, GError **error)
{
  return sc_database_step (self->database, list, has_row, error) && (!*has_row || read_row (list, row, error));
}

GArray *
sc_store_index_list_packs (ScStoreIndex *self, GError **error)
{
  g_autoptr (ScStatement) list =
      sc_database_prepare (self->database, "SELECT number, size FROM packs ORDER BY number", error);
  g_autoptr (GArray) packs = g_array_new (FALSE, FALSE, sizeof (ScStorePackRow));
  gboolean has_row = list != NULL;

  while (has_row) {
    ScStorePackRow row;
    guint64 number;

    if (!sc_database_step (self->database, list, &has_row, error))
      return NULL;
    if (!has_row)
      return g_steal_pointer (&packs);
    if (!column_number (list, 0, 1, G_MAXUINT32, &number) || !column_number (list, 1, 0, G_MAXINT64, &row.size)) {
      set_damaged ("pack", error);
      return NULL;
    }
    row.number = (guint32) number;
    g_array_append_val (packs, row);
  }
  return NULL;
}

gboolean
sc_store_index_get_pack (ScStoreIndex *self, guint32 pack, guint64 *size, gboolean *found, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database, "SELECT size FROM packs WHERE number = ?", error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, pack);
  return sc_database_step (self->database, statement, found, error) &&
         (!*found || column_number (statement, 0, 0, G_MAXINT64, size) || set_damaged ("pack", error));
}

gboolean
sc_store_index_set_pack (ScStoreIndex *self, guint32 pack, guint64 size, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database, "INSERT OR REPLACE INTO packs VALUES (?, ?)", error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, pack);
  sqlite3_bind_int64 (statement, 2, (gint64) size);
  return sc_database_run (self->database, statement, error) && sc_store_index_raise_next_pack (self, pack + 1, error);
}

gboolean
sc_store_index_get_next_pack (ScStoreIndex *self, guint32 *pack, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database, "SELECT value FROM meta WHERE key = 'next_pack'", error);
  gboolean has_row = FALSE;
  guint64 value = 0;

  if (statement == NULL || !sc_database_step (self->database, statement, &has_row, error))
    return FALSE;
  if (!has_row || !column_number (statement, 0, 1, G_MAXUINT32, &value))
    return set_damaged ("number of the next pack", error);
  *pack = (guint32) value;
  return TRUE;
}

gboolean
sc_store_index_put_version (ScStoreIndex *self, ScVersionManifest *version, gboolean replace, GError **error)
{
  GBytes *bytes = sc_version_manifest_get_bytes (version);
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database,
                           replace ? "INSERT OR REPLACE INTO versions VALUES (?, ?, ?, ?)"
                                   : "INSERT OR IGNORE INTO versions VALUES (?, ?, ?, ?)",
                           error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, (gint64) sc_version_manifest_get_number (version));
  bind_id (statement, 2, sc_version_manifest_get_id (version));
  sqlite3_bind_int64 (statement, 3, sc_version_manifest_get_created (version));
  sqlite3_bind_blob64 (statement, 4, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), SQLITE_TRANSIENT);
  return sc_database_run (self->database, statement, error);
}

/* Columns: manifest, bytes. The bytes are checked against the id, and what they say against the rules. */
static ScVersionManifest *
read_version (ScStatement *statement, GError **error)
{
  const void *data = sqlite3_column_blob (statement, 1);
  g_autoptr (GBytes) bytes = g_bytes_new (data, (gsize) sqlite3_column_bytes (statement, 1));
  g_autoptr (ScVersionManifest) version = sc_version_manifest_parse (bytes, error);
  ScChunkId id;

  if (version == NULL)
    return NULL;
  if (!column_id (statement, 0, &id) || !sc_chunk_id_equal (&id, sc_version_manifest_get_id (version))) {
    set_damaged ("version", error);
    return NULL;
  }
  return g_steal_pointer (&version);
}

GPtrArray *
sc_store_index_list_versions (ScStoreIndex *self, GError **error)
{
  g_autoptr (GPtrArray) versions = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_version_manifest_unref);
  g_autoptr (ScStatement) list =
      sc_database_prepare (self->database, "SELECT manifest, bytes FROM versions ORDER BY number", error);
  gboolean has_row = list != NULL;

  while (has_row) {
    ScVersionManifest *version;

    if (!sc_database_step (self->database, list, &has_row, error))
      return NULL;
    if (!has_row)
      return g_steal_pointer (&versions);
    version = read_version (list, error);
    if (version == NULL)
      return NULL;
    g_ptr_array_add (versions, version);
  }
  return NULL;
}

ScVersionManifest *
sc_store_index_get_version (ScStoreIndex *self, guint64 number, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database, "SELECT manifest, bytes FROM versions WHERE number = ?", error);
  gboolean has_row = FALSE;

  if (statement == NULL || number > G_MAXINT64)
    return NULL;
  sqlite3_bind_int64 (statement, 1, (gint64) number);
  if (!sc_database_step (self->database, statement, &has_row, error) || !has_row)
    return NULL;
  return read_version (statement, error);
}

GBytes *
sc_store_index_get_version_bytes (ScStoreIndex *self, const ScChunkId *id, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database, "SELECT manifest, bytes FROM versions WHERE manifest = ?", error);
  g_autoptr (ScVersionManifest) version = NULL;
  gboolean has_row = FALSE;

  if (statement == NULL)
    return NULL;
  bind_id (statement, 1, id);
  if (!sc_database_step (self->database, statement, &has_row, error) || !has_row)
    return NULL;
  version = read_version (statement, error);
  return version == NULL ? NULL : g_bytes_ref (sc_version_manifest_get_bytes (version));
}

gboolean
sc_store_index_get_last_version (ScStoreIndex *self, guint64 *number, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database, "SELECT coalesce (max (number), 0) FROM versions", error);
  gboolean has_row = FALSE;

  if (statement == NULL || !sc_database_step (self->database, statement, &has_row, error))
    return FALSE;
  return column_number (statement, 0, 0, G_MAXINT64 - 1, number) || set_damaged ("version number", error);
}

GBytes *
sc_store_index_get_file (ScStoreIndex *self, const char *directory, const char *path, const ScScanInfo *info,
                         GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database,
                           "SELECT chunks FROM files WHERE directory = ? AND path = ? AND size = ? AND mtime_ns = ? "
                           "AND ctime_ns = ? AND file_id = ?",
                           error);
  gboolean has_row = FALSE;

  if (statement == NULL)
    return NULL;
  sqlite3_bind_text (statement, 1, directory, -1, SQLITE_TRANSIENT);
  sqlite3_bind_text (statement, 2, path, -1, SQLITE_TRANSIENT);
  sqlite3_bind_int64 (statement, 3, (gint64) info->size);
  sqlite3_bind_int64 (statement, 4, info->mtime_ns);
  sqlite3_bind_int64 (statement, 5, info->ctime_ns);
  sqlite3_bind_int64 (statement, 6, (gint64) info->id);
  if (!sc_database_step (self->database, statement, &has_row, error) || !has_row)
    return NULL;
  if ((guint64) sqlite3_column_bytes (statement, 0) != sc_chunk_count (info->size) * sizeof (ScChunkId)) {
    set_damaged ("file", error);
    return NULL;
  }
  return g_bytes_new (sqlite3_column_blob (statement, 0), (gsize) sqlite3_column_bytes (statement, 0));
}

gboolean
sc_store_index_put_file (ScStoreIndex *self, const char *directory, const char *path, const ScScanInfo *info,
                         GBytes *chunks, GError **error)
{
  g_autoptr (ScStatement) statement = NULL;
  gsize length;
  const void *data = g_bytes_get_data (chunks, &length);

  if (length / sizeof (ScChunkId) > MAX_CACHED_CHUNKS)
    return TRUE;
  statement = sc_database_prepare (self->database, "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?)", error);
  if (statement == NULL)
    return FALSE;
  sqlite3_bind_text (statement, 1, directory, -1, SQLITE_TRANSIENT);
  sqlite3_bind_text (statement, 2, path, -1, SQLITE_TRANSIENT);
  sqlite3_bind_int64 (statement, 3, (gint64) info->size);
  sqlite3_bind_int64 (statement, 4, info->mtime_ns);
  sqlite3_bind_int64 (statement, 5, info->ctime_ns);
  sqlite3_bind_int64 (statement, 6, (gint64) info->id);
  sqlite3_bind_blob64 (statement, 7, length > 0 ? data : "", length, SQLITE_STATIC);
  return sc_database_run (self->database, statement, error);
}

static gboolean
forget_file_rows (ScStoreIndex *self, const GArray *rows, GError **error)
{
  for (guint i = 0; i < rows->len; i++)
    if (!run_with (self, "DELETE FROM files WHERE rowid = ?", NULL, g_array_index (rows, gint64, i), error))
      return FALSE;
  return TRUE;
}

gboolean
sc_store_index_keep_files (ScStoreIndex *self, const char *directory, GHashTable *keep, GError **error)
{
  g_autoptr (GArray) gone = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (ScStatement) list =
      sc_database_prepare (self->database, "SELECT rowid, path FROM files WHERE directory = ?", error);
  gboolean has_row = list != NULL;

  if (list == NULL)
    return FALSE;
  sqlite3_bind_text (list, 1, directory, -1, SQLITE_TRANSIENT);
  while (has_row) {
    gint64 row;

    if (!sc_database_step (self->database, list, &has_row, error))
      return FALSE;
    row = sqlite3_column_int64 (list, 0);
    if (has_row && !g_hash_table_contains (keep, sqlite3_column_text (list, 1)))
      g_array_append_val (gone, row);
  }
  sqlite3_reset (list);
  return forget_file_rows (self, gone, error);
}

static gboolean
has_one_of (ScStatement *list, const ScChunkIndex *chunks)
{
  const ScChunkId *ids = sqlite3_column_blob (list, 1);
  gsize n_ids = (gsize) sqlite3_column_bytes (list, 1) / sizeof *ids;

  for (gsize i = 0; i < n_ids; i++)
    if (sc_chunk_index_find (chunks, &ids[i]) != SC_CHUNK_INDEX_NONE)
      return TRUE;
  return FALSE;
}

gboolean
sc_store_index_forget_files (ScStoreIndex *self, const ScChunkIndex *chunks, GError **error)
{
  g_autoptr (GArray) gone = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (ScStatement) list = sc_database_prepare (self->database, "SELECT rowid, chunks FROM files", error);
  gboolean has_row = list != NULL;

  while (has_row) {
    gint64 row;

    if (!sc_database_step (self->database, list, &has_row, error))
      return FALSE;
    row = sqlite3_column_int64 (list, 0);
    if (has_row && has_one_of (list, chunks))
      g_array_append_val (gone, row);
  }
  if (list == NULL)
    return FALSE;
  sqlite3_reset (list);
  return forget_file_rows (self, gone, error);
}
