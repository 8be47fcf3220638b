/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/catalog/sc-catalog-certificates.h"

#include "console/engine/catalog/sc-catalog-private.h"

void
sc_catalog_certificate_free (ScCatalogCertificate *self)
{
  if (self == NULL)
    return;
  g_free (self->seat);
  g_free (self->authority);
  g_free (self->certificate);
  g_free (self);
}

static void
bind_key (ScStatement *statement, int index, const guint8 key_id[SC_KEY_ID_SIZE])
{
  sqlite3_bind_blob (statement, index, key_id, SC_KEY_ID_SIZE, SQLITE_TRANSIENT);
}

gboolean
sc_catalog_save_certificate (ScCatalog *self, const ScCatalogCertificate *certificate, GError **error)
{
  g_autoptr (ScStatement) statement = sc_database_prepare (
      self->database,
      "INSERT INTO certificates (key_id, seat, authority, certificate, issued, ends, replaced, revoked)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
      " ON CONFLICT (key_id) DO UPDATE SET seat = ?2, authority = ?3, certificate = ?4, issued = ?5, ends = ?6,"
      " replaced = ?7, revoked = ?8",
      error);

  if (statement == NULL)
    return FALSE;
  bind_key (statement, 1, certificate->key_id);
  sc_catalog_bind_text (statement, 2, certificate->seat);
  sc_catalog_bind_text (statement, 3, certificate->authority);
  sc_catalog_bind_text (statement, 4, certificate->certificate);
  sqlite3_bind_int64 (statement, 5, certificate->issued);
  sqlite3_bind_int64 (statement, 6, certificate->ends);
  sqlite3_bind_int64 (statement, 7, certificate->replaced);
  sqlite3_bind_int64 (statement, 8, certificate->revoked);
  return sc_database_run (self->database, statement, error);
}

ScCatalogCertificate *
sc_catalog_find_certificate (ScCatalog *self, const guint8 key_id[SC_KEY_ID_SIZE], GError **error)
{
  g_autoptr (ScStatement) statement = sc_database_prepare (
      self->database,
      "SELECT seat, authority, certificate, issued, ends, replaced, revoked FROM certificates WHERE key_id = ?1",
      error);
  ScCatalogCertificate *found = NULL;
  gboolean has_row = FALSE;

  if (statement == NULL)
    return NULL;
  bind_key (statement, 1, key_id);
  if (!sc_database_step (self->database, statement, &has_row, error) || !has_row)
    return NULL;
  found = g_new0 (ScCatalogCertificate, 1);
  memcpy (found->key_id, key_id, SC_KEY_ID_SIZE);
  found->seat = sc_catalog_column_text (statement, 0);
  found->authority = sc_catalog_column_text (statement, 1);
  found->certificate = sc_catalog_column_text (statement, 2);
  found->issued = sqlite3_column_int64 (statement, 3);
  found->ends = sqlite3_column_int64 (statement, 4);
  found->replaced = sqlite3_column_int64 (statement, 5);
  found->revoked = sqlite3_column_int64 (statement, 6);
  return found;
}

gboolean
sc_catalog_is_certified_by (ScCatalog *self, const char *seat, const char *authority, gint64 now, gboolean *certified,
                            GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database,
                           "SELECT 1 FROM certificates WHERE seat = ?1 AND authority = ?2 AND replaced = 0"
                           " AND revoked = 0 AND ends > ?3 LIMIT 1",
                           error);

  if (statement == NULL)
    return FALSE;
  sc_catalog_bind_text (statement, 1, seat);
  sc_catalog_bind_text (statement, 2, authority);
  sqlite3_bind_int64 (statement, 3, now);
  return sc_database_step (self->database, statement, certified, error);
}

gboolean
sc_catalog_count_certificates (ScCatalog *self, const char *seat, gint64 since, guint64 *n, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database, "SELECT count(*) FROM certificates WHERE seat = ?1 AND issued >= ?2", error);
  gboolean has_row = FALSE;

  if (statement == NULL)
    return FALSE;
  sc_catalog_bind_text (statement, 1, seat);
  sqlite3_bind_int64 (statement, 2, since);
  if (!sc_database_step (self->database, statement, &has_row, error))
    return FALSE;
  *n = has_row ? sc_catalog_column_uint (statement, 0) : 0;
  return TRUE;
}

gboolean
sc_catalog_replace_certificates (ScCatalog *self, const char *seat, const guint8 key_id[SC_KEY_ID_SIZE],
                                 const guint8 other[SC_KEY_ID_SIZE], gint64 now, GError **error)
{
  /* a seat whose disk forgets at every start renews at every start: what nobody needs any more takes little room */
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database,
                           "UPDATE certificates SET replaced = ?4, certificate = '' WHERE seat = ?1 AND replaced = 0"
                           " AND revoked = 0 AND key_id NOT IN (?2, ?3)",
                           error);

  if (statement == NULL)
    return FALSE;
  sc_catalog_bind_text (statement, 1, seat);
  bind_key (statement, 2, key_id);
  bind_key (statement, 3, other);
  sqlite3_bind_int64 (statement, 4, now);
  return sc_database_run (self->database, statement, error);
}

gboolean
sc_catalog_revoke_certificates (ScCatalog *self, const char *seat, gint64 now, guint64 *n, GError **error)
{
  g_autoptr (ScStatement) statement = sc_database_prepare (
      self->database, "UPDATE certificates SET revoked = ?2 WHERE seat = ?1 AND revoked = 0 AND replaced = 0", error);

  if (statement == NULL)
    return FALSE;
  sc_catalog_bind_text (statement, 1, seat);
  sqlite3_bind_int64 (statement, 2, now);
  if (!sc_database_run (self->database, statement, error))
    return FALSE;
  *n = (guint64) sqlite3_changes (sc_database_get_handle (self->database));
  return TRUE;
}

gboolean
sc_catalog_count_moved (ScCatalog *self, const char *authority, gint64 now, guint64 *moved, guint64 *total,
                        GPtrArray *waiting, guint max, GError **error)
{
  /* by name, because names are what is shown of those that wait */
  g_autoptr (ScStatement) statement = sc_database_prepare (
      self->database,
      "SELECT ifnull (seats.name, certificates.seat), max (authority = ?1) FROM certificates"
      " LEFT JOIN seats ON seats.id = certificates.seat WHERE replaced = 0 AND revoked = 0 AND ends > ?2"
      " GROUP BY certificates.seat ORDER BY 1",
      error);
  gboolean has_row = FALSE;

  *moved = *total = 0;
  if (statement == NULL)
    return FALSE;
  sc_catalog_bind_text (statement, 1, authority);
  sqlite3_bind_int64 (statement, 2, now);
  while (sc_database_step (self->database, statement, &has_row, error)) {
    if (!has_row)
      return TRUE;
    (*total)++;
    if (sqlite3_column_int (statement, 1) != 0)
      (*moved)++;
    else if (waiting->len < max)
      g_ptr_array_add (waiting, sc_catalog_column_text (statement, 0));
  }
  return FALSE;
}
