/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/catalog/sc-catalog-caches.h"

#include "common/sc-error.h"
#include "console/engine/catalog/sc-catalog-private.h"

#include <string.h>

#define COLUMNS "name, key_id, certificate, issued, ends, revoked"

void
sc_catalog_cache_free (ScCatalogCache *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->certificate);
  g_free (self);
}

/* Whether another cache than @cache has its key. */
static gboolean
check_key (ScCatalog *self, const ScCatalogCache *cache, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database, "SELECT name FROM caches WHERE key_id = ?1 AND name <> ?2", error);
  gboolean has_row = FALSE;

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_blob (statement, 1, cache->key_id, SC_KEY_ID_SIZE, SQLITE_TRANSIENT);
  sc_catalog_bind_text (statement, 2, cache->name);
  if (!sc_database_step (self->database, statement, &has_row, error))
    return FALSE;
  if (!has_row)
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_EXISTS,
               "the key of the request is that of the cache “%s”: make one of its own for each",
               (const char *) sqlite3_column_text (statement, 0));
  return FALSE;
}

gboolean
sc_catalog_save_cache (ScCatalog *self, const ScCatalogCache *cache, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database,
                           "INSERT INTO caches (" COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
                           " ON CONFLICT (name) DO UPDATE SET key_id = ?2, certificate = ?3, issued = ?4, ends = ?5,"
                           " revoked = ?6",
                           error);

  if (statement == NULL || !check_key (self, cache, error))
    return FALSE;
  sc_catalog_bind_text (statement, 1, cache->name);
  sqlite3_bind_blob (statement, 2, cache->key_id, SC_KEY_ID_SIZE, SQLITE_TRANSIENT);
  sc_catalog_bind_text (statement, 3, cache->certificate);
  sqlite3_bind_int64 (statement, 4, cache->issued);
  sqlite3_bind_int64 (statement, 5, cache->ends);
  sqlite3_bind_int64 (statement, 6, cache->revoked);
  return sc_database_run (self->database, statement, error);
}

static ScCatalogCache *
cache_of_row (ScStatement *statement)
{
  ScCatalogCache *cache = g_new0 (ScCatalogCache, 1);
  const void *key_id = sqlite3_column_blob (statement, 1);

  cache->name = sc_catalog_column_text (statement, 0);
  if (key_id != NULL && sqlite3_column_bytes (statement, 1) == SC_KEY_ID_SIZE)
    memcpy (cache->key_id, key_id, SC_KEY_ID_SIZE);
  cache->certificate = sc_catalog_column_text (statement, 2);
  cache->issued = sqlite3_column_int64 (statement, 3);
  cache->ends = sqlite3_column_int64 (statement, 4);
  cache->revoked = sqlite3_column_int64 (statement, 5);
  return cache;
}

ScCatalogCache *
sc_catalog_find_cache (ScCatalog *self, const char *name, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database, "SELECT " COLUMNS " FROM caches WHERE name = ?1", error);
  gboolean has_row = FALSE;

  if (statement == NULL)
    return NULL;
  sc_catalog_bind_text (statement, 1, name);
  if (!sc_database_step (self->database, statement, &has_row, error) || !has_row)
    return NULL;
  return cache_of_row (statement);
}

GPtrArray *
sc_catalog_list_caches (ScCatalog *self, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database, "SELECT " COLUMNS " FROM caches ORDER BY name", error);
  g_autoptr (GPtrArray) caches = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_catalog_cache_free);
  gboolean has_row = FALSE;

  if (statement == NULL)
    return NULL;
  while (sc_database_step (self->database, statement, &has_row, error)) {
    if (!has_row)
      return g_steal_pointer (&caches);
    g_ptr_array_add (caches, cache_of_row (statement));
  }
  return NULL;
}
