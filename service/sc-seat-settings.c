/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-seat-settings.h"

#include "common/platform/sc-system.h"
#include "common/sc-error.h"

static const ScSeatSetting settings[] = {
  { SC_SETTING_TEMPLATES, G_STRUCT_OFFSET (ScServiceOptions, repository) },
  { "State", G_STRUCT_OFFSET (ScServiceOptions, state) },
  { "Name", G_STRUCT_OFFSET (ScServiceOptions, name) },
  { "Room", G_STRUCT_OFFSET (ScServiceOptions, room) },
  { "Interface", G_STRUCT_OFFSET (ScServiceOptions, interface_address) },
  { "Reserve", G_STRUCT_OFFSET (ScServiceOptions, reserve) },
  { "UndoBudget", G_STRUCT_OFFSET (ScServiceOptions, undo_budget) },
  { "AcceptVolume", G_STRUCT_OFFSET (ScServiceOptions, accept_volume) },
  { NULL, 0 },
};

const ScSeatSetting *
sc_seat_settings_list (void)
{
  return settings;
}

char **
sc_seat_setting_of (const ScSeatSetting *setting, ScServiceOptions *options)
{
  return G_STRUCT_MEMBER_P (options, setting->offset);
}

void
sc_seat_settings_free (ScSeatSettings *self)
{
  if (self == NULL)
    return;
  sc_service_options_clear (&self->options);
  sc_connection_free (self->connection);
  g_free (self);
}

/* The policy's value, the file's, the local one; @missing gets the name of what nobody has. */
static char *
pick (const ScSeatSettingsSource *source, const char *name, const char *of_file, gboolean local, GString *missing)
{
  char *text = source->get (name, TRUE, source->user_data);

  if (text == NULL && of_file != NULL)
    text = g_strdup (of_file);
  else if (text == NULL && local)
    text = source->get (name, FALSE, source->user_data);
  if (text == NULL)
    g_string_append_printf (missing, "%s%s", missing->len > 0 ? ", " : "", name);
  return text;
}

/* A token is a secret: it is taken from the file, or from the policy, but from nowhere that everybody may read. */
static gboolean
read_connection (ScSeatSettings *self, const ScSeatSettingsSource *source, const char *path, GString *missing,
                 GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (ScConnection) file = sc_connection_load (path, &local);

  if (file == NULL && !g_error_matches (local, SC_ERROR, SC_ERROR_NOT_FOUND)) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  g_autofree char *url = pick (source, SC_SETTING_CONSOLE, file != NULL ? file->url : NULL, TRUE, missing);
  g_autofree char *token = pick (source, SC_SETTING_TOKEN, file != NULL ? file->token : NULL, FALSE, missing);
  g_autofree char *fingerprint =
      pick (source, SC_SETTING_FINGERPRINT, file != NULL ? file->fingerprint : NULL, TRUE, missing);
  if (url == NULL || token == NULL || fingerprint == NULL)
    return TRUE;
  self->connection = sc_connection_new (url, token, fingerprint);
  return sc_connection_check (self->connection, error);
}

ScSeatSettings *
sc_seat_settings_read (const ScSeatSettingsSource *source, const ScServiceOptions *options, GError **error)
{
  g_autoptr (ScSeatSettings) self = g_new0 (ScSeatSettings, 1);
  g_autoptr (GString) missing = g_string_new (NULL);
  ScServiceOptions given = options != NULL ? *options : (ScServiceOptions){ 0 };
  ScServiceConfig config;

  for (const ScSeatSetting *setting = settings; setting->name != NULL; setting++) {
    const char *text = *sc_seat_setting_of (setting, &given);

    *sc_seat_setting_of (setting, &self->options) =
        text != NULL ? g_strdup (text) : source->get (setting->name, FALSE, source->user_data);
  }
  self->options.connection =
      given.connection != NULL ? g_strdup (given.connection) : sc_system_get_service_connection ();
  if (!read_connection (self, source, self->options.connection, missing, error))
    return NULL;
  if (self->options.repository == NULL)
    g_string_append_printf (missing, "%s%s", missing->len > 0 ? ", " : "", SC_SETTING_TEMPLATES);
  if (missing->len > 0) {
    g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND, "Settings are missing (%s): %s", missing->str, source->where);
    return NULL;
  }
  if (!sc_service_options_read (&self->options, &config, error))
    return NULL;
  return g_steal_pointer (&self);
}

gboolean
sc_seat_settings_equal (const ScSeatSettings *a, const ScSeatSettings *b)
{
  ScServiceOptions of_a = a->options, of_b = b->options;

  for (const ScSeatSetting *setting = settings; setting->name != NULL; setting++)
    if (g_strcmp0 (*sc_seat_setting_of (setting, &of_a), *sc_seat_setting_of (setting, &of_b)) != 0)
      return FALSE;
  return g_strcmp0 (a->connection->url, b->connection->url) == 0 &&
         g_strcmp0 (a->connection->token, b->connection->token) == 0 &&
         g_strcmp0 (a->connection->fingerprint, b->connection->fingerprint) == 0;
}
