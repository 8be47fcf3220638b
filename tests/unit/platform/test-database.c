/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-database.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "common/sc-error.h"
#include "test-dir.h"

#define KILLED_DATABASE "SEATCAST_TEST_KILLED_DATABASE"
#define END_IN_MIGRATION "/platform/database/killed-migration/subprocess"
#define HINT "run “seatcastctl store rebuild-index”"
#define FIRST "CREATE TABLE a (id INTEGER PRIMARY KEY, name TEXT UNIQUE);"
#define SECOND                                                                                                         \
  "CREATE TABLE b (a INTEGER NOT NULL REFERENCES a (id)); ALTER TABLE a ADD COLUMN size INTEGER NOT NULL DEFAULT 5;"

static const char *const schema_1[] = { FIRST, NULL };
static const char *const schema_2[] = { FIRST, SECOND, NULL };

typedef struct {
  char *dir;
  char *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = test_dir_make ();
  fixture->path = g_build_filename (fixture->dir, "test.db", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  test_dir_remove (fixture->dir);
  g_free (fixture->path);
}

static ScDatabase *
open_database (const char *path, const char *const *migrations)
{
  g_autoptr (GError) error = NULL;
  ScDatabase *database = sc_database_open (path, SC_DATABASE_SHARED, migrations, HINT, &error);
  g_assert_no_error (error);
  return database;
}

static void
exec (ScDatabase *database, const char *sql)
{
  g_autoptr (GError) error = NULL;
  sc_database_exec (database, sql, &error);
  g_assert_no_error (error);
}

static gint64
query (ScDatabase *database, const char *sql)
{
  g_autoptr (GError) error = NULL;
  gboolean has_row = FALSE;
  g_autoptr (ScStatement) statement = sc_database_prepare (database, sql, &error);
  g_assert_no_error (error);
  g_assert_true (sc_database_step (database, statement, &has_row, &error));
  g_assert_true (has_row);
  return sqlite3_column_int64 (statement, 0);
}

static void
test_migrations (Fixture *fixture, gconstpointer data)
{
  ScDatabase *database = open_database (fixture->path, schema_1);
  g_assert_cmpint (query (database, "PRAGMA user_version"), ==, 1);
  exec (database, "INSERT INTO a (id, name) VALUES (7, 'seven')");
  sc_database_close (database);

  database = open_database (fixture->path, schema_2);
  g_assert_cmpint (query (database, "PRAGMA user_version"), ==, 2);
  g_assert_cmpint (query (database, "SELECT size FROM a WHERE id = 7"), ==, 5);
  g_assert_cmpint (query (database, "PRAGMA synchronous"), ==, 2);
  g_assert_cmpint (query (database, "PRAGMA foreign_keys"), ==, 1);
  g_assert_cmpint (query (database, "SELECT count (*) FROM pragma_journal_mode WHERE journal_mode = 'wal'"), ==, 1);
  sc_database_close (database);

  database = open_database (fixture->path, schema_2);
  g_assert_cmpint (query (database, "SELECT count (*) FROM a"), ==, 1);
  sc_database_close (database);
}

static void
test_failing_migration (Fixture *fixture, gconstpointer data)
{
  static const char *const wrong[] = { FIRST, "CREATE TABLE b (x); CREATE TABLE a (x);", NULL };
  static const char *const dangling[] = { FIRST,
                                          "CREATE TABLE b (a INTEGER REFERENCES a (id)); INSERT INTO b VALUES (99);",
                                          NULL };
  g_autoptr (GError) error = NULL;
  sc_database_close (open_database (fixture->path, schema_1));
  g_assert_null (sc_database_open (fixture->path, SC_DATABASE_SHARED, wrong, HINT, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_SYSTEM);
  g_assert_nonnull (strstr (error->message, "schema 1 to 2"));
  g_clear_error (&error);
  g_assert_null (sc_database_open (fixture->path, SC_DATABASE_SHARED, dangling, HINT, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_CORRUPT);

  /* of neither is anything left */
  ScDatabase *database = open_database (fixture->path, schema_1);
  g_assert_cmpint (query (database, "SELECT count (*) FROM sqlite_schema WHERE name = 'b'"), ==, 0);
  sc_database_close (database);
  sc_database_close (open_database (fixture->path, schema_2));
}

/* Runs in a process of its own, which ends without any cleaning up. */
static void
end_in_migration (void)
{
  ScDatabase *database = open_database (g_getenv (KILLED_DATABASE), schema_1);
  /* a cache of one page makes SQLite write to the log before the commit */
  exec (database, "PRAGMA cache_size = 1; BEGIN IMMEDIATE; " SECOND
                  "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
                  "WHERE i < 20000) INSERT INTO a (id, name) SELECT i, hex (i) FROM n; PRAGMA user_version = 2");
  g_printerr ("in the middle\n");
  _exit (1);
}

/* A process that is killed in the middle of a migration leaves the earlier schema, which the next start migrates. */
static void
test_killed_migration (Fixture *fixture, gconstpointer data)
{
  sc_database_close (open_database (fixture->path, schema_1));
  g_setenv (KILLED_DATABASE, fixture->path, TRUE);
  g_test_trap_subprocess (END_IN_MIGRATION, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*in the middle*");

  ScDatabase *database = open_database (fixture->path, schema_1);
  g_assert_cmpint (query (database, "SELECT count (*) FROM a"), ==, 0);
  sc_database_close (database);
  database = open_database (fixture->path, schema_2);
  g_assert_cmpint (query (database, "PRAGMA user_version"), ==, 2);
  sc_database_close (database);
}

/* Refused with @code, and not a byte of it changed. */
static void
assert_refused (const char *path, ScError code, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *before = test_dir_hash (path);
  g_assert_null (sc_database_open (path, SC_DATABASE_SHARED, schema_2, HINT, &error));
  g_assert_error (error, SC_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, path));
  g_assert_nonnull (strstr (error->message, words));
  g_autofree char *after = test_dir_hash (path);
  g_assert_cmpstr (before, ==, after);
}

static void
test_newer (Fixture *fixture, gconstpointer data)
{
  ScDatabase *database = open_database (fixture->path, schema_2);
  exec (database, "PRAGMA user_version = 9");
  sc_database_close (database);
  assert_refused (fixture->path, SC_ERROR_STATE, "newer version");
}

static void
test_garbage (Fixture *fixture, gconstpointer data)
{
  g_autofree char *garbage = g_strnfill (100000, 'x');
  test_dir_write (fixture->path, garbage, 100000);
  assert_refused (fixture->path, SC_ERROR_CORRUPT, HINT);
}

/* A database of some hundred pages, and its bytes. */
static char *
make_large (const char *path, gsize *length)
{
  g_autoptr (GError) error = NULL;
  char *bytes = NULL;
  ScDatabase *database = open_database (path, schema_2);
  exec (database, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) "
                  "INSERT INTO a (id, name) SELECT i, printf ('%0100d', i) FROM n");
  sc_database_close (database);
  g_file_get_contents (path, &bytes, length, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (*length, >, 100u * 4096u);
  return bytes;
}

static void
test_damage (Fixture *fixture, gconstpointer data)
{
  gsize length;
  g_autofree char *bytes = make_large (fixture->path, &length);
  test_dir_write (fixture->path, bytes, length / 8192 * 4096); /* truncated */
  assert_refused (fixture->path, SC_ERROR_CORRUPT, HINT);
  for (gsize page = 1; page < length / 4096; page += 17) {
    g_autofree char *flipped = g_memdup2 (bytes, length);
    flipped[page * 4096] ^= 0x40; /* the kind of the page */
    test_dir_write (fixture->path, flipped, length);
    assert_refused (fixture->path, SC_ERROR_CORRUPT, HINT);
  }
  test_dir_write (fixture->path, bytes, length);
  sc_database_close (open_database (fixture->path, schema_2));
}

static void
assert_exec_fails (ScDatabase *database, const char *sql, ScError code)
{
  g_autoptr (GError) error = NULL;
  g_assert_false (sc_database_exec (database, sql, &error));
  g_assert_error (error, SC_ERROR, (int) code);
}

static void
test_errors (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScDatabase) database = open_database (fixture->path, schema_2);
  g_autoptr (ScDatabase) other = open_database (fixture->path, schema_2);

  exec (database, "INSERT INTO a (name) VALUES ('x')");
  assert_exec_fails (database, "INSERT INTO a (name) VALUES ('x')", SC_ERROR_EXISTS);
  assert_exec_fails (database, "INSERT INTO b VALUES (1234)", SC_ERROR_SYSTEM); /* no such row in a */
  g_assert_null (sc_database_prepare (database, "SELECT nothing FROM a", &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_SYSTEM);
  g_assert_nonnull (strstr (error->message, "SELECT nothing"));
  g_clear_error (&error);

  g_assert_true (sc_database_begin (database, &error));
  sqlite3_busy_timeout (sc_database_get_handle (other), 0);
  g_assert_false (sc_database_begin (other, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_BUSY);
  g_clear_error (&error);
  exec (database, "INSERT INTO a (name) VALUES ('y')");
  sc_database_rollback (database);
  sc_database_rollback (database); /* harmless */
  g_assert_cmpint (query (database, "SELECT count (*) FROM a"), ==, 1);
  g_assert_true (sc_database_begin (database, &error));
  exec (database, "INSERT INTO a (name) VALUES ('z')");
  g_assert_true (sc_database_commit (database, &error));
  g_assert_cmpint (query (other, "SELECT count (*) FROM a"), ==, 2);

  exec (database, "PRAGMA max_page_count = 1"); /* SQLite takes the present size */
  assert_exec_fails (database, "INSERT INTO a (name) VALUES (hex (zeroblob (100000)))", SC_ERROR_NO_SPACE);

  g_autofree char *nowhere = g_build_filename (fixture->dir, "no", "such", "directory.db", NULL);
  g_assert_null (sc_database_open (nowhere, SC_DATABASE_SHARED, schema_1, HINT, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_SYSTEM);
  g_assert_nonnull (strstr (error->message, nowhere));
}

static void
test_statements (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScDatabase) database = open_database (fixture->path, schema_1);
  g_autoptr (ScStatement) insert = sc_database_prepare (database, "INSERT INTO a (name) VALUES (?1)", &error);
  g_assert_no_error (error);
  for (int i = 0; i < 2; i++) {
    g_assert_cmpint (sqlite3_bind_int (insert, 1, i), ==, SQLITE_OK);
    g_assert_true (sc_database_run (database, insert, &error));
  }
  g_assert_cmpint (sqlite3_bind_int (insert, 1, 1), ==, SQLITE_OK);
  g_assert_false (sc_database_run (database, insert, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_true (sc_database_run (database, insert, &error)); /* ready again, and its binding is gone */
  g_assert_cmpint (query (database, "SELECT count (*) FROM a WHERE name IS NULL"), ==, 1);

  gboolean has_row = TRUE;
  g_autoptr (ScStatement) select = sc_database_prepare (database, "SELECT 1 FROM a WHERE id < 0", &error);
  g_assert_true (sc_database_step (database, select, &has_row, &error));
  g_assert_false (has_row);
}

/* Nobody else gets in, and so the log's index is in no file that could be mapped. */
static void
test_exclusive (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *shared_memory = g_strconcat (fixture->path, "-shm", NULL);
  g_autoptr (ScDatabase) database = sc_database_open (fixture->path, SC_DATABASE_EXCLUSIVE, schema_1, HINT, &error);
  sqlite3 *other = NULL;

  g_assert_no_error (error);
  g_assert_false (g_file_test (shared_memory, G_FILE_TEST_EXISTS));
  g_assert_cmpint (sqlite3_open (fixture->path, &other), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (other, "SELECT * FROM sqlite_schema", NULL, NULL, NULL), ==, SQLITE_BUSY);
  sqlite3_close (other);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add ("/platform/database/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("migrations", test_migrations);
  ADD ("failing-migration", test_failing_migration);
  ADD ("killed-migration", test_killed_migration);
  g_test_add_func (END_IN_MIGRATION, end_in_migration);
  ADD ("newer", test_newer);
  ADD ("garbage", test_garbage);
  ADD ("damage", test_damage);
  ADD ("errors", test_errors);
  ADD ("statements", test_statements);
  ADD ("exclusive", test_exclusive);
  return g_test_run ();
}
