/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-seat-settings.h"

#include <string.h>

#include "common/platform/sc-system.h"
#include "common/sc-error.h"

static const ScSeatSetting settings[] = {
  { SC_SETTING_TEMPLATES, "--templates", G_STRUCT_OFFSET (ScServiceOptions, repository) },
  { SC_SETTING_STATE, "--state", G_STRUCT_OFFSET (ScServiceOptions, state) },
  { "Name", "--name", G_STRUCT_OFFSET (ScServiceOptions, name) },
  { "Room", "--room", G_STRUCT_OFFSET (ScServiceOptions, room) },
  { "Interface", "--interface", G_STRUCT_OFFSET (ScServiceOptions, interface_address) },
  { "Reserve", "--reserve", G_STRUCT_OFFSET (ScServiceOptions, reserve) },
  { "UndoBudget", "--undo-budget", G_STRUCT_OFFSET (ScServiceOptions, undo_budget) },
  { "AcceptVolume", "--accept-volume", G_STRUCT_OFFSET (ScServiceOptions, accept_volume) },
  { NULL, NULL, 0 },
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
  g_free (self->where);
  g_free (self);
}

/* The policy's value, the file's, the local one; @missing gets the name of what nobody has, but of the token: only a
 * seat that enrols needs that. @place: (out) (nullable): where the settings have it; NULL: it is the file's */
static char *
pick (const ScSeatSettingsSource *source, const char *name, const char *of_file, const char **place, GString *missing)
{
  char *text = source->get (name, TRUE, source->user_data);

  *place = text != NULL ? source->policy_place : NULL;
  if (text == NULL && of_file != NULL) {
    text = g_strdup (of_file);
  } else if (text == NULL && strcmp (name, SC_SETTING_TOKEN) != 0) {
    text = source->get (name, FALSE, source->user_data);
    *place = source->local_place;
  }
  if (text == NULL && strcmp (name, SC_SETTING_TOKEN) != 0)
    g_string_append_printf (missing, "%s%s", missing->len > 0 ? ", " : "", name);
  return text;
}

/* What a connection file has was checked with it; @place: (nullable): of a setting, which may be wrong by itself. */
static gboolean
check_setting (const char *name, const char *text, const char *place, gboolean (*is_right) (const char *text),
               const char *rule, GError **error)
{
  if (place == NULL || is_right (text))
    return TRUE;
  g_autofree char *excerpt = strcmp (name, SC_SETTING_TOKEN) == 0 ? NULL : sc_error_excerpt (text);
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "%s (%s) %s%s%smust be %s", name, place, excerpt != NULL ? "“" : "",
               excerpt != NULL ? excerpt : "", excerpt != NULL ? "” " : "", rule);
  return FALSE;
}

/* A token is a secret: it is taken from the file, or from the policy, but from nowhere that everybody may read. */
static gboolean
read_connection (ScSeatSettings *self, const ScSeatSettingsSource *source, const char *path, GString *missing,
                 GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (ScConnection) file = sc_connection_load (path, &local);
  const char *of_url, *of_token, *of_fingerprint;

  if (file == NULL && !g_error_matches (local, SC_ERROR, SC_ERROR_NOT_FOUND)) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  g_autofree char *url = pick (source, SC_SETTING_CONSOLE, file != NULL ? file->url : NULL, &of_url, missing);
  g_autofree char *token = pick (source, SC_SETTING_TOKEN, file != NULL ? file->token : NULL, &of_token, missing);
  g_autofree char *fingerprint =
      pick (source, SC_SETTING_FINGERPRINT, file != NULL ? file->fingerprint : NULL, &of_fingerprint, missing);
  if (url == NULL || fingerprint == NULL)
    return TRUE;
  self->connection = sc_connection_new (url, token != NULL ? token : "", fingerprint);
  return check_setting (SC_SETTING_CONSOLE, self->connection->url, of_url, sc_connection_is_url, "https://HOST:PORT",
                        error) &&
         check_setting (SC_SETTING_TOKEN, self->connection->token, of_token, sc_connection_is_token,
                        "1 to 256 characters without spaces", error) &&
         check_setting (SC_SETTING_FINGERPRINT, self->connection->fingerprint, of_fingerprint,
                        sc_connection_is_fingerprint, "64 hexadecimal digits, without colons", error);
}

typedef struct {
  const ScSeatSettingsSource *source;
  ScServiceOptions *given;
} Origin;

/* As the administrator knows the value that is wrong: the registry has no “--reserve”. */
static char *
name_setting (const char *option, gpointer user_data)
{
  const Origin *self = user_data;
  const ScSeatSetting *setting = settings;

  while (setting->name != NULL && strcmp (setting->option, option) != 0)
    setting++;
  if (setting->name == NULL || *sc_seat_setting_of (setting, self->given) != NULL)
    return g_strdup (option);
  g_autofree char *policy = self->source->get (setting->name, TRUE, self->source->user_data);
  return g_strdup_printf ("%s (%s)", setting->name,
                          policy != NULL ? self->source->policy_place : self->source->local_place);
}

/* Hooks and helpers that are told of it run elsewhere. */
static void
make_absolute (char **path)
{
  if (g_path_is_absolute (*path))
    return;
  char *whole = g_canonicalize_filename (*path, NULL);
  g_free (*path);
  *path = whole;
}

ScSeatSettings *
sc_seat_settings_read (const ScSeatSettingsSource *source, const ScServiceOptions *options, GError **error)
{
  g_autoptr (ScSeatSettings) self = g_new0 (ScSeatSettings, 1);
  g_autoptr (GString) missing = g_string_new (NULL);
  ScServiceOptions given = options != NULL ? *options : (ScServiceOptions){ 0 };
  Origin origin = { source, &given };
  ScServiceConfig config;

  for (const ScSeatSetting *setting = settings; setting->name != NULL; setting++) {
    const char *text = *sc_seat_setting_of (setting, &given);

    *sc_seat_setting_of (setting, &self->options) =
        text != NULL ? g_strdup (text) : source->get (setting->name, FALSE, source->user_data);
  }
  self->where = g_strdup (source->where);
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
  make_absolute (&self->options.repository);
  if (!sc_service_options_read_as (&self->options, name_setting, &origin, &config, error))
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
         g_strcmp0 (a->connection->fingerprint, b->connection->fingerprint) == 0;
}

ScEnrolRequest *
sc_seat_settings_describe (const ScServiceOptions *options, const ScSeatMachine *machine)
{
  ScEnrolRequest *facts = sc_enrol_request_new ();
  char *const texts[] = { facts->name, facts->room, facts->machine, facts->os, facts->service_version };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (texts[i]);
  facts->name = options->name != NULL ? g_strdup (options->name) : sc_system_get_host_name ();
  facts->room = g_strdup (options->room != NULL ? options->room : "");
  facts->machine = g_strdup (machine->id);
  facts->os = sc_system_get_os_name ();
  facts->service_version = g_strdup (SC_VERSION);
  for (guint i = 0; i < machine->macs->len; i++)
    g_ptr_array_add (facts->macs, g_strdup (machine->macs->pdata[i]));
  return facts;
}
