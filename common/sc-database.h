/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/**
 * ScDatabase:
 *
 * A SQLite database in WAL mode with synchronous=FULL, foreign keys on, a busy timeout, and numbered migrations: script
 * i (from 0) brings schema i to i + 1 (PRAGMA user_version), each in one transaction. A database of a later schema than
 * we know, or one that quick_check finds damaged, is refused with what to do, and left as it is. One connection, one
 * thread at a time.
 */
typedef struct _ScDatabase ScDatabase;

typedef enum {
  SC_DATABASE_SHARED,   /* other connections may use it at the same time */
  SC_DATABASE_EXCLUSIVE /* nobody else may: the log's index need not lie in a mapped file, where a full disk that copies
                           on write would end the process by a signal */
} ScDatabaseAccess;

/* @migrations: %NULL-terminated; @rebuild_hint: what a reader should do when the file is damaged ("run …"). */
ScDatabase *sc_database_open (const char *path, ScDatabaseAccess access, const char *const *migrations,
                              const char *rebuild_hint, GError **error);
void sc_database_close (ScDatabase *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScDatabase, sc_database_close)
sqlite3 *sc_database_get_handle (ScDatabase *self);

gboolean sc_database_exec (ScDatabase *self, const char *sql, GError **error);
/* (transfer full): an error names the statement; sqlite3_finalize() it, by g_autoptr (ScStatement) */
typedef sqlite3_stmt ScStatement;
ScStatement *sc_database_prepare (ScDatabase *self, const char *sql, GError **error);
void sc_statement_finalize (ScStatement *statement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScStatement, sc_statement_finalize)
/* Returns: TRUE with @has_row; FALSE on an error (SQLITE_FULL: %SC_ERROR_NO_SPACE, SQLITE_CORRUPT: %SC_ERROR_CORRUPT)
 */
gboolean sc_database_step (ScDatabase *self, ScStatement *statement, gboolean *has_row, GError **error);
/* For a statement that returns no rows: step, then reset and clear its bindings. */
gboolean sc_database_run (ScDatabase *self, ScStatement *statement, GError **error);
gboolean sc_database_begin (ScDatabase *self, GError **error); /* IMMEDIATE */
gboolean sc_database_commit (ScDatabase *self, GError **error);
void sc_database_rollback (ScDatabase *self);

G_END_DECLS
