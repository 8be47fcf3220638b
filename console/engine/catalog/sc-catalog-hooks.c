/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/catalog/sc-catalog-hooks.h"

#include "common/sc-hooks.h"
#include "console/engine/catalog/sc-catalog-private.h"

void
sc_catalog_hooks_free (ScCatalogHooks *self)
{
  g_free (self->text);
  g_free (self->author);
  g_free (self);
}

ScCatalogHooks *
sc_catalog_get_hooks (ScCatalog *self, guint64 version, GError **error)
{
  g_autoptr (ScStatement) query = sc_database_prepare (
      self->database, "SELECT hooks, author, changed FROM version_hooks WHERE version = ?1", error);
  gboolean has_row = FALSE;
  ScCatalogHooks *hooks;

  if (query == NULL)
    return NULL;
  sc_catalog_bind_uint (query, 1, version);
  if (!sc_database_step (self->database, query, &has_row, error))
    return NULL;
  hooks = g_new0 (ScCatalogHooks, 1);
  hooks->version = version;
  hooks->text = has_row ? sc_catalog_column_text (query, 0) : g_strdup ("");
  hooks->author = has_row ? sc_catalog_column_text (query, 1) : g_strdup ("");
  hooks->changed = has_row ? (gint64) sc_catalog_column_uint (query, 2) : 0;
  return hooks;
}

gboolean
sc_catalog_set_hooks (ScCatalog *self, const ScCatalogHooks *hooks, GError **error)
{
  g_autoptr (GPtrArray) parsed = sc_hooks_parse (hooks->text, error);
  g_autoptr (ScStatement) statement = NULL;

  if (parsed == NULL)
    return FALSE;
  statement = sc_database_prepare (
      self->database, "INSERT OR REPLACE INTO version_hooks (version, hooks, author, changed) VALUES (?1, ?2, ?3, ?4)",
      error);
  if (statement == NULL)
    return FALSE;
  sc_catalog_bind_uint (statement, 1, hooks->version);
  sc_catalog_bind_text (statement, 2, hooks->text);
  sc_catalog_bind_text (statement, 3, hooks->author);
  sc_catalog_bind_uint (statement, 4, (guint64) hooks->changed);
  return sc_database_run (self->database, statement, error);
}
