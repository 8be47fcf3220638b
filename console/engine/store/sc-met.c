/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/store/sc-met.h"

#include "common/sc-json.h"

#include <string.h>

#define MAX_REMEMBERED 256u                                      /* versions and parts of versions: a seat has one */
#define MAX_TEXT_BYTES (SC_MANIFEST_MAX_TEMPLATES * 1024u + 64u) /* of a list of templates */

struct _ScMet {
  ScStore *store;
  GHashTable *names; /* utf8: version and templates → GHashTable: set of the templates' names */
};

ScMet *
sc_met_new (ScStore *store)
{
  ScMet *self = g_new0 (ScMet, 1);

  self->store = store;
  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_hash_table_unref);
  return self;
}

void
sc_met_free (ScMet *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->names);
  g_free (self);
}

/* (nullable): what is damaged is met by nobody */
static GHashTable *
names_of_text (const char *templates)
{
  g_autofree char *text = g_strdup_printf ("{\"templates\":%s}", templates);
  g_autoptr (ScJson) object = sc_json_parse_object (text, strlen (text), MAX_TEXT_BYTES, NULL);
  const ScJson *list = json_object_get (object, "templates");
  GHashTable *names = NULL;

  if (!json_is_array (list))
    return NULL;
  names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (gsize i = 0; i < json_array_size (list); i++)
    if (json_is_string (json_array_get (list, i)))
      g_hash_table_add (names, g_strdup (json_string_value (json_array_get (list, i))));
  return names;
}

/* (nullable): the store does not have the version */
static GHashTable *
names_of_version (ScStore *store, guint64 number)
{
  g_autoptr (ScVersionManifest) version = sc_store_get_version (store, number, NULL);
  GHashTable *names = NULL;

  if (version == NULL)
    return NULL;
  names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < sc_version_manifest_get_n_templates (version); i++)
    g_hash_table_add (names, g_strdup (sc_version_manifest_get_template (version, i)->name));
  return names;
}

/* (transfer none) (nullable) */
static GHashTable *
look_up (ScMet *self, guint64 version, const char *templates)
{
  g_autofree char *key = g_strdup_printf ("%" G_GUINT64_FORMAT " %s", version, templates);
  GHashTable *names = g_hash_table_lookup (self->names, key);

  if (names != NULL)
    return names;
  names = *templates != '\0' ? names_of_text (templates) : names_of_version (self->store, version);
  if (names == NULL)
    return NULL;
  if (g_hash_table_size (self->names) >= MAX_REMEMBERED)
    g_hash_table_remove_all (self->names);
  g_hash_table_insert (self->names, g_steal_pointer (&key), names);
  return names;
}

static gboolean
has_all (const ScInventory *inventory, GHashTable *names)
{
  if (inventory->templates->len != g_hash_table_size (names))
    return FALSE;
  for (guint i = 0; i < inventory->templates->len; i++)
    if (!g_hash_table_contains (names,
                                ((const ScInventoryTemplate *) g_ptr_array_index (inventory->templates, i))->name))
      return FALSE;
  return TRUE;
}

gboolean
sc_met_check (ScMet *self, const ScInventory *inventory, guint64 version, const char *templates)
{
  GHashTable *names = NULL;

  if (version == 0 || inventory->version != version)
    return FALSE;
  for (guint i = 0; i < inventory->templates->len; i++)
    if (((const ScInventoryTemplate *) g_ptr_array_index (inventory->templates, i))->state != SC_TEMPLATE_CURRENT)
      return FALSE;
  names = look_up (self, version, templates != NULL ? templates : "");
  if (names == NULL)
    return templates == NULL || *templates == '\0';
  return has_all (inventory, names);
}
