/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/catalog/sc-catalog-settings.h"

#include "console/engine/catalog/sc-catalog-private.h"

void
sc_catalog_settings_clear (ScCatalogSettings *self)
{
  g_clear_pointer (&self->publish_directory, g_free);
}

gboolean
sc_catalog_get_settings (ScCatalog *self, ScCatalogSettings *settings, GError **error)
{
  g_autoptr (ScStatement) statement = sc_database_prepare (
      self->database, "SELECT rate_cap, publish_directory, catch_up_rate, catch_up_seats, rate_cap_set FROM settings",
      error);
  gboolean has_row = FALSE;

  *settings = (ScCatalogSettings){ .publish_directory = g_strdup ("") };
  if (statement == NULL || !sc_database_step (self->database, statement, &has_row, error))
    return FALSE;
  if (!has_row)
    return TRUE;
  settings->rate_cap = sc_catalog_column_uint (statement, 0);
  g_free (settings->publish_directory);
  settings->publish_directory = sc_catalog_column_text (statement, 1);
  settings->catch_up_rate = sc_catalog_column_uint (statement, 2);
  settings->rate_cap_set = sqlite3_column_int (statement, 4) != 0;
  settings->catch_up_seats = (guint) MIN (sc_catalog_column_uint (statement, 3), G_MAXUINT);
  return TRUE;
}

gboolean
sc_catalog_save_settings (ScCatalog *self, const ScCatalogSettings *settings, GError **error)
{
  g_autoptr (ScStatement) statement = sc_database_prepare (
      self->database,
      "INSERT OR REPLACE INTO settings (id, rate_cap, publish_directory, catch_up_rate, catch_up_seats, rate_cap_set)"
      " VALUES (1, ?1, ?2, ?3, ?4, ?5)",
      error);

  if (statement == NULL)
    return FALSE;
  sc_catalog_bind_uint (statement, 1, settings->rate_cap);
  sc_catalog_bind_text (statement, 2, settings->publish_directory);
  sc_catalog_bind_uint (statement, 3, settings->catch_up_rate);
  sc_catalog_bind_uint (statement, 4, settings->catch_up_seats);
  sqlite3_bind_int (statement, 5, settings->rate_cap_set ? 1 : 0);
  return sc_database_run (self->database, statement, error);
}
