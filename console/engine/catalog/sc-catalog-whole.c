/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/catalog/sc-catalog-whole.h"

#include "common/sc-json.h"
#include "console/engine/catalog/sc-catalog-private.h"

/* In mid-update, or after one that has left out what is in use, a seat has no version; one without any template has
 * nothing to go back to either. */
static gboolean
says_what_is_whole (const ScInventory *inventory)
{
  gboolean has_templates = inventory->templates != NULL && inventory->templates->len > 0;

  for (guint i = 0; has_templates && i < inventory->templates->len; i++)
    if (((const ScInventoryTemplate *) g_ptr_array_index (inventory->templates, i))->state == SC_TEMPLATE_UPDATING)
      return FALSE;
  return inventory->version != 0 || !has_templates;
}

/* (transfer full) */
static char *
names_to_text (const ScInventory *inventory)
{
  g_autoptr (ScJson) names = json_array ();

  for (guint i = 0; inventory->templates != NULL && i < inventory->templates->len; i++) {
    const ScInventoryTemplate *template = g_ptr_array_index (inventory->templates, i);

    json_array_append_new (names, json_string (template->name));
  }
  return json_array_size (names) > 0 ? sc_json_to_text (names) : g_strdup ("");
}

/* Before the first template is on its way, and where all of them are but are in use, nothing changes. */
static gboolean
note_left (ScCatalog *self, const ScInventory *inventory, GError **error)
{
  g_autoptr (ScStatement) statement = sc_database_prepare (
      self->database, "UPDATE seats SET whole_left = 1 WHERE id = ?1 AND whole_version <> ?2", error);

  if (statement == NULL)
    return FALSE;
  for (guint i = 0; inventory->templates != NULL && i < inventory->templates->len; i++) {
    const ScInventoryTemplate *template = g_ptr_array_index (inventory->templates, i);

    if (template->state != SC_TEMPLATE_UPDATING)
      continue;
    sc_catalog_bind_text (statement, 1, inventory->seat);
    sc_catalog_bind_uint (statement, 2, template->version);
    if (!sc_database_run (self->database, statement, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
sc_catalog_note_whole (ScCatalog *self, const ScInventory *inventory, GError **error)
{
  g_autoptr (ScStatement) statement = NULL;
  g_autofree char *templates = NULL;

  if (!says_what_is_whole (inventory))
    return note_left (self, inventory, error);
  statement = sc_database_prepare (
      self->database, "UPDATE seats SET whole_version = ?2, whole_templates = ?3, whole_left = 0 WHERE id = ?1", error);
  if (statement == NULL)
    return FALSE;
  templates = names_to_text (inventory);
  sc_catalog_bind_text (statement, 1, inventory->seat);
  sc_catalog_bind_uint (statement, 2, inventory->version);
  sc_catalog_bind_text (statement, 3, templates);
  return sc_database_run (self->database, statement, error);
}

gboolean
sc_catalog_find_whole (ScCatalog *self, const char *seat, guint64 *version, char **templates, gboolean *left,
                       GError **error)
{
  g_autoptr (ScStatement) statement = sc_database_prepare (
      self->database, "SELECT whole_version, whole_templates, whole_left FROM seats WHERE id = ?1", error);
  gboolean has_row = FALSE;

  if (statement == NULL)
    return FALSE;
  sc_catalog_bind_text (statement, 1, seat);
  if (!sc_database_step (self->database, statement, &has_row, error))
    return FALSE;
  *version = has_row ? sc_catalog_column_uint (statement, 0) : 0;
  if (left != NULL)
    *left = has_row && sc_catalog_column_uint (statement, 2) != 0;
  *templates = has_row ? sc_catalog_column_text (statement, 1) : g_strdup ("");
  return TRUE;
}
