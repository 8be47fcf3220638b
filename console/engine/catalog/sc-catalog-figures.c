/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/catalog/sc-catalog-figures.h"

#include "console/engine/catalog/sc-catalog-private.h"

#include <string.h>

gboolean
sc_catalog_get_figures (ScCatalog *self, ScCatalogFigures *figures, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database,
                           "SELECT state, count (*), sum (wire_bytes), sum (content_bytes), sum (catch_up_bytes),"
                           " sum (source_packets), sum (parity_packets) FROM sessions WHERE NOT dry_run GROUP BY state",
                           error);
  gboolean has_row = TRUE;

  memset (figures, 0, SC_CATALOG_N_FIGURES * sizeof *figures);
  if (statement == NULL)
    return FALSE;
  while (TRUE) {
    ScSessionState state;

    if (!sc_database_step (self->database, statement, &has_row, error))
      return FALSE;
    if (!has_row)
      return TRUE;
    if (!sc_session_state_from_nick ((const char *) sqlite3_column_text (statement, 0), &state))
      continue; /* what this engine does not know it does not count */
    figures[state] = (ScCatalogFigures){
      .sessions = sc_catalog_column_uint (statement, 1),
      .wire_bytes = sc_catalog_column_uint (statement, 2),
      .content_bytes = sc_catalog_column_uint (statement, 3),
      .catch_up_bytes = sc_catalog_column_uint (statement, 4),
      .source_packets = sc_catalog_column_uint (statement, 5),
      .parity_packets = sc_catalog_column_uint (statement, 6),
    };
  }
}

gboolean
sc_catalog_try_write (ScCatalog *self, GError **error)
{
  guint schema = 0;
  g_autofree char *write = NULL;

  while (sc_catalog_migrations[schema] != NULL)
    schema++;
  write = g_strdup_printf ("PRAGMA user_version = %u", schema);
  if (!sc_catalog_begin (self, error))
    return FALSE;
  if (sc_database_exec (self->database, write, error) && sc_catalog_commit (self, error))
    return TRUE;
  sc_catalog_rollback (self);
  return FALSE;
}
