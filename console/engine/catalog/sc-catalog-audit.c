/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/catalog/sc-catalog-audit.h"

#include "common/sc-error.h"
#include "console/engine/catalog/sc-catalog-private.h"

#include <string.h>

#define HASH_COLUMN ((int) SC_AUDIT_N_FIELDS)
#define BUSY_MS 5000

G_DEFINE_AUTOPTR_CLEANUP_FUNC (sqlite3, sqlite3_close_v2)

void
sc_audit_hash (const guint8 *previous, const char *const fields[SC_AUDIT_N_FIELDS],
               const gsize lengths[SC_AUDIT_N_FIELDS], guint8 hash[SC_AUDIT_HASH_BYTES])
{
  static const guint8 none[SC_AUDIT_HASH_BYTES];
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize length = SC_AUDIT_HASH_BYTES;

  g_checksum_update (checksum, previous != NULL ? previous : none, SC_AUDIT_HASH_BYTES);
  for (guint i = 0; i < SC_AUDIT_N_FIELDS; i++) {
    guint32 prefix = GUINT32_TO_BE ((guint32) lengths[i]);

    g_checksum_update (checksum, (const guchar *) &prefix, sizeof prefix);
    g_checksum_update (checksum, (const guchar *) fields[i], (gssize) lengths[i]);
  }
  g_checksum_get_digest (checksum, hash, &length);
}

char *
sc_catalog_dup_path (ScCatalog *self)
{
  return g_strdup (sqlite3_db_filename (sc_database_get_handle (self->database), "main"));
}

static gboolean
set_error (sqlite3 *database, const char *path, GError **error)
{
  g_set_error (error, SC_ERROR, SC_ERROR_SYSTEM, "the activity in %s cannot be read: %s", path,
               sqlite3_errmsg (database));
  return FALSE;
}

/* What is known of the chain while it is walked. */
typedef struct {
  ScAudit *audit;
  const char *head; /* (nullable) */
  guint64 last;     /* id of the entry before */
  gboolean begun;
  guint8 previous[SC_AUDIT_HASH_BYTES];
} Walk;

static void
hash_row (const Walk *walk, ScStatement *statement, guint8 hash[SC_AUDIT_HASH_BYTES])
{
  const char *fields[SC_AUDIT_N_FIELDS];
  gsize lengths[SC_AUDIT_N_FIELDS];

  for (int i = 0; i < SC_AUDIT_N_FIELDS; i++) {
    const char *text = (const char *) sqlite3_column_text (statement, i);

    fields[i] = text != NULL ? text : "";
    lengths[i] = (gsize) sqlite3_column_bytes (statement, i);
  }
  sc_audit_hash (walk->begun ? walk->previous : NULL, fields, lengths, hash);
}

static void
hash_to_hex (const guint8 hash[SC_AUDIT_HASH_BYTES], char hex[SC_AUDIT_HEX_LENGTH + 1])
{
  for (guint i = 0; i < SC_AUDIT_HASH_BYTES; i++)
    g_snprintf (hex + 2 * i, 3, "%02x", hash[i]);
}

/* Returns: FALSE where the chain is broken */
static gboolean
walk_row (Walk *walk, ScStatement *statement)
{
  guint8 hash[SC_AUDIT_HASH_BYTES];
  guint64 id = sc_catalog_column_uint (statement, 0);
  int length = sqlite3_column_bytes (statement, HASH_COLUMN);

  if (id != walk->last + 1) {
    walk->audit->first_bad = walk->last + 1;
    return FALSE;
  }
  walk->last = id;
  if (length == 0 && !walk->begun)
    return TRUE; /* from before there was a chain */
  hash_row (walk, statement, hash);
  if (length != SC_AUDIT_HASH_BYTES ||
      memcmp (hash, sqlite3_column_blob (statement, HASH_COLUMN), SC_AUDIT_HASH_BYTES) != 0) {
    walk->audit->first_bad = id;
    return FALSE;
  }
  memcpy (walk->previous, hash, sizeof hash);
  walk->begun = TRUE;
  walk->audit->entries++;
  hash_to_hex (hash, walk->audit->head);
  if (walk->head != NULL && g_ascii_strcasecmp (walk->audit->head, walk->head) == 0)
    walk->audit->found = id;
  return TRUE;
}

/* SQLite remembers the greatest id that it ever gave: what was cut off at the end is missed, too. */
static gboolean
check_end (sqlite3 *database, Walk *walk)
{
  g_autoptr (ScStatement) statement = NULL;
  gboolean read =
      sqlite3_prepare_v2 (database, "SELECT ifnull (max (seq), 0) FROM sqlite_sequence WHERE name = 'activity'", -1,
                          &statement, NULL) == SQLITE_OK &&
      sqlite3_step (statement) == SQLITE_ROW;

  if (read && sc_catalog_column_uint (statement, 0) > walk->last)
    walk->audit->first_bad = walk->last + 1;
  return read;
}

static gboolean
walk_all (sqlite3 *database, Walk *walk)
{
  g_autoptr (ScStatement) statement = NULL;
  int result = sqlite3_prepare_v2 (database, "SELECT " SC_AUDIT_COLUMNS ", hash FROM activity ORDER BY id", -1,
                                   &statement, NULL);

  while (result == SQLITE_OK || result == SQLITE_ROW) {
    result = sqlite3_step (statement);
    if (result == SQLITE_ROW && !walk_row (walk, statement))
      return TRUE;
  }
  return result == SQLITE_DONE && check_end (database, walk);
}

gboolean
sc_audit_verify (const char *path, const char *head, ScAudit *audit, GError **error)
{
  g_autoptr (sqlite3) database = NULL;
  Walk walk = { .audit = audit, .head = head };

  *audit = (ScAudit){ 0 };
  /* one transaction: entries that come meanwhile belong to the next time */
  if (sqlite3_open_v2 (path, &database, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK ||
      sqlite3_busy_timeout (database, BUSY_MS) != SQLITE_OK ||
      sqlite3_exec (database, "BEGIN", NULL, NULL, NULL) != SQLITE_OK || !walk_all (database, &walk))
    return set_error (database, path, error);
  audit->intact = audit->first_bad == 0;
  return TRUE;
}
