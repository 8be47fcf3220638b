/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-inventory.h"

#include "common/sc-error.h"

static const char *const template_states[] = { "current", "updating", "drifted" };

const char *
sc_template_state_to_nick (ScTemplateState state)
{
  return template_states[state];
}

gboolean
sc_template_state_from_nick (const char *nick, ScTemplateState *state)
{
  for (guint i = 0; i < G_N_ELEMENTS (template_states); i++)
    if (strcmp (nick, template_states[i]) == 0) {
      *state = (ScTemplateState) i;
      return TRUE;
    }
  return FALSE;
}

static void
template_free (gpointer data)
{
  ScInventoryTemplate *template = data;

  g_free (template->name);
  g_free (template);
}

ScInventory *
sc_inventory_new (void)
{
  ScInventory *self = g_new0 (ScInventory, 1);

  self->seat = g_strdup ("");
  self->name = g_strdup ("");
  self->room = g_strdup ("");
  self->os = g_strdup ("");
  self->service_version = g_strdup ("");
  self->address = g_strdup ("");
  self->mac = g_strdup ("");
  self->run = g_strdup ("");
  self->volume = sc_volume_new ();
  self->state_volume = sc_volume_new ();
  self->back = g_array_new (FALSE, FALSE, sizeof (guint64));
  self->templates = g_ptr_array_new_with_free_func (template_free);
  return self;
}

void
sc_inventory_free (ScInventory *self)
{
  if (self == NULL)
    return;
  g_free (self->seat);
  g_free (self->name);
  g_free (self->room);
  g_free (self->os);
  g_free (self->service_version);
  g_free (self->address);
  g_free (self->mac);
  g_free (self->run);
  sc_volume_free (self->volume);
  sc_volume_free (self->state_volume);
  g_array_unref (self->back);
  g_ptr_array_unref (self->templates);
  g_free (self);
}

ScInventoryTemplate *
sc_inventory_add_template (ScInventory *self, const char *name, const ScChunkId *manifest, guint64 version,
                           ScTemplateState state)
{
  ScInventoryTemplate *template = g_new0 (ScInventoryTemplate, 1);

  template->name = g_strdup (name);
  template->manifest = *manifest;
  template->version = version;
  template->state = state;
  g_ptr_array_add (self->templates, template);
  return template;
}

void
sc_inventory_to_json (const ScInventory *self, ScJson *object)
{
  ScJson *templates = json_array ();
  ScJson *back = json_array ();

  json_object_set_new (object, "seat", json_string (self->seat));
  json_object_set_new (object, "name", json_string (self->name));
  json_object_set_new (object, "room", json_string (self->room));
  json_object_set_new (object, "os", json_string (self->os));
  json_object_set_new (object, "service_version", json_string (self->service_version));
  json_object_set_new (object, "address", json_string (self->address));
  json_object_set_new (object, "mac", json_string (self->mac));
  json_object_set_new (object, "link_mbps", json_integer (self->link_mbps));
  json_object_set_new (object, "total_bytes", json_integer ((json_int_t) self->total_bytes));
  json_object_set_new (object, "free_bytes", json_integer ((json_int_t) self->free_bytes));
  json_object_set_new (object, "reserve_bytes", json_integer ((json_int_t) self->reserve_bytes));
  json_object_set_new (object, "undo_bytes", json_integer ((json_int_t) self->undo_bytes));
  json_object_set_new (object, "volume", sc_volume_to_json (self->volume));
  json_object_set_new (object, "state_volume", sc_volume_to_json (self->state_volume));
  json_object_set_new (object, "generation", json_integer ((json_int_t) self->generation));
  json_object_set_new (object, "run", json_string (self->run));
  json_object_set_new (object, "version", json_integer ((json_int_t) self->version));
  for (guint i = 0; i < MIN (self->back->len, SC_INVENTORY_MAX_BACK); i++)
    json_array_append_new (back, json_integer ((json_int_t) g_array_index (self->back, guint64, i)));
  json_object_set_new (object, "back", back);
  for (guint i = 0; i < self->templates->len; i++) {
    const ScInventoryTemplate *template = g_ptr_array_index (self->templates, i);
    char hex[SC_CHUNK_ID_HEX_LENGTH + 1];

    sc_chunk_id_to_hex (&template->manifest, hex);
    json_array_append_new (templates,
                           json_pack ("{s:s, s:s, s:I, s:s, s:b}", "name", template->name, "manifest", hex, "version",
                                      (json_int_t) template->version, "state",
                                      sc_template_state_to_nick (template->state), "busy", (int) template->busy));
  }
  json_object_set_new (object, "templates", templates);
}

static gboolean
parse_template (ScInventory *self, const ScJson *object, GError **error)
{
  const char *name, *manifest, *state_nick;
  guint64 version;
  gboolean busy;
  ScChunkId id;
  ScTemplateState state;

  if (!json_is_object (object)) {
    g_set_error_literal (error, SC_ERROR, SC_ERROR_INVALID, "a member of “templates” is not an object");
    return FALSE;
  }
  name = sc_json_get_string (object, "name", SC_INVENTORY_STRING_MAX, error);
  if (name == NULL)
    return FALSE;
  manifest = sc_json_get_string (object, "manifest", SC_CHUNK_ID_HEX_LENGTH, error);
  if (manifest == NULL || !sc_chunk_id_from_hex (&id, manifest, error))
    return FALSE;
  state_nick = sc_json_get_string (object, "state", 32, error);
  if (state_nick == NULL || !sc_json_get_uint (object, "version", G_MAXINT64, &version, error) ||
      !sc_json_get_bool (object, "busy", &busy, error))
    return FALSE;
  if (!sc_template_state_from_nick (state_nick, &state)) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "“state” of a template is “%s”", state_nick);
    return FALSE;
  }
  sc_inventory_add_template (self, name, &id, version, state)->busy = busy;
  return TRUE;
}

static gboolean
parse_strings (ScInventory *self, const ScJson *object, GError **error)
{
  const struct {
    const char *key;
    char **member;
  } strings[] = {
    { "seat", &self->seat }, { "name", &self->name },
    { "room", &self->room }, { "service_version", &self->service_version },
    { "os", &self->os },     { "address", &self->address },
    { "mac", &self->mac },   { "run", &self->run },
  };

  for (guint i = 0; i < G_N_ELEMENTS (strings); i++) {
    const char *value = sc_json_get_string (object, strings[i].key, SC_INVENTORY_STRING_MAX, error);

    if (value == NULL)
      return FALSE;
    g_free (*strings[i].member);
    *strings[i].member = g_strdup (value);
  }
  if (!g_uuid_string_is_valid (self->seat)) {
    g_set_error_literal (error, SC_ERROR, SC_ERROR_INVALID, "“seat” is not a UUID");
    return FALSE;
  }
  return TRUE;
}

static gboolean
parse_back (ScInventory *self, const ScJson *object, GError **error)
{
  const ScJson *back = sc_json_get_array (object, "back", SC_INVENTORY_MAX_BACK, error);

  for (gsize i = 0; i < json_array_size (back); i++) {
    const ScJson *item = json_array_get (back, i);
    guint64 version = (guint64) json_integer_value (item);

    if (!json_is_integer (item) || json_integer_value (item) < 0) {
      g_set_error_literal (error, SC_ERROR, SC_ERROR_INVALID, "“back” must hold numbers of versions");
      return FALSE;
    }
    g_array_append_val (self->back, version);
  }
  return back != NULL;
}

static gboolean
parse_volume (ScVolume **volume, const ScJson *object, const char *key, GError **error)
{
  const ScJson *json = json_object_get (object, key);

  if (!json_is_object (json)) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "“%s” is not an object", key);
    return FALSE;
  }
  sc_volume_free (*volume);
  *volume = sc_volume_from_json (json, error);
  return *volume != NULL;
}

ScInventory *
sc_inventory_from_json (const ScJson *object, GError **error)
{
  g_autoptr (ScInventory) self = sc_inventory_new ();
  const ScJson *templates;
  guint64 link_mbps;

  if (!parse_strings (self, object, error) || !sc_json_get_uint (object, "link_mbps", G_MAXUINT32, &link_mbps, error) ||
      !sc_json_get_uint (object, "total_bytes", G_MAXINT64, &self->total_bytes, error) ||
      !sc_json_get_uint (object, "free_bytes", G_MAXINT64, &self->free_bytes, error) ||
      !sc_json_get_uint (object, "reserve_bytes", G_MAXINT64, &self->reserve_bytes, error) ||
      !sc_json_get_uint (object, "undo_bytes", G_MAXINT64, &self->undo_bytes, error) ||
      !sc_json_get_uint (object, "version", G_MAXINT64, &self->version, error) || !parse_back (self, object, error) ||
      !parse_volume (&self->volume, object, "volume", error) ||
      !parse_volume (&self->state_volume, object, "state_volume", error) ||
      !sc_json_get_uint (object, "generation", G_MAXINT64, &self->generation, error))
    return NULL;
  self->link_mbps = (guint32) link_mbps;
  templates = sc_json_get_array (object, "templates", SC_INVENTORY_MAX_TEMPLATES, error);
  if (templates == NULL)
    return NULL;
  for (gsize i = 0; i < json_array_size (templates); i++)
    if (!parse_template (self, json_array_get (templates, i), error))
      return NULL;
  return g_steal_pointer (&self);
}
