/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-session-keeper.h"

#include "common/sc-log.h"

struct _ScSessionKeeper {
  ScCatalog *catalog;
  const ScCatalogSession *session;
  const ScSessionRates *rates; /* (nullable) */
  gboolean marked;
  GHashTable *seats; /* ScCatalogSessionSeat */
  gboolean failed;
};

ScSessionKeeper *
sc_session_keeper_new (ScCatalog *catalog, const ScCatalogSession *session)
{
  ScSessionKeeper *self = g_new0 (ScSessionKeeper, 1);

  self->catalog = catalog;
  self->session = session;
  self->seats = g_hash_table_new (NULL, NULL);
  return self;
}

void
sc_session_keeper_free (ScSessionKeeper *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->seats);
  g_free (self);
}

void
sc_session_keeper_set_rates (ScSessionKeeper *self, const ScSessionRates *rates)
{
  self->rates = rates;
}

void
sc_session_keeper_mark (ScSessionKeeper *self)
{
  self->marked = TRUE;
}

void
sc_session_keeper_mark_seat (ScSessionKeeper *self, const ScCatalogSessionSeat *row)
{
  g_hash_table_add (self->seats, (gpointer) row);
}

static gboolean
save_rates (ScSessionKeeper *self, GError **error)
{
  g_autoptr (ScJson) json = self->rates != NULL ? sc_session_rates_to_json (self->rates) : NULL;

  return json == NULL || sc_catalog_save_rates (self->catalog, self->session->id, json, error);
}

static gboolean
save_rows (ScSessionKeeper *self, GError **error)
{
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, self->seats);
  while (g_hash_table_iter_next (&iter, &row, NULL))
    if (!sc_catalog_save_session_seat (self->catalog, self->session->id, row, error))
      return FALSE;
  return !self->marked || (save_rates (self, error) && sc_catalog_save_session (self->catalog, self->session, error));
}

/* Many rows in one transaction: each of its own would flush the disk while the main loop waits. */
static gboolean
save_together (ScSessionKeeper *self, GError **error)
{
  if (!sc_catalog_begin (self->catalog, error))
    return FALSE;
  if (save_rows (self, error) && sc_catalog_commit (self->catalog, error))
    return TRUE;
  sc_catalog_rollback (self->catalog);
  return FALSE;
}

gboolean
sc_session_keeper_save (ScSessionKeeper *self)
{
  g_autoptr (GError) error = NULL;

  if (g_hash_table_size (self->seats) == 0 && !self->marked)
    return TRUE;
  if (!save_together (self, &error)) {
    if (!self->failed)
      sc_log_session_warning (
          self->session->id, "session %" G_GUINT64_FORMAT " could not be kept in the catalog, which is tried again: %s",
          self->session->id, error->message);
    self->failed = TRUE;
    return FALSE;
  }
  g_hash_table_remove_all (self->seats);
  self->marked = FALSE;
  self->failed = FALSE;
  return TRUE;
}
