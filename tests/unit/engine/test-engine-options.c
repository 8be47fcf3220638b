/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the engine is told: by its command line, by the machine's settings, by nobody. */
#include "common/platform/sc-system.h"
#include "common/sc-error.h"
#include "console/engine/sc-engine-options.h"

#include <string.h>

#define PLACE "the place"

/* The machine's settings: name, text, name, text … */
static char *
get (const char *name, const char **where, gpointer user_data)
{
  const char *const *pairs = user_data;

  for (guint i = 0; pairs[i] != NULL; i += 2)
    if (strcmp (pairs[i], name) == 0) {
      *where = PLACE;
      return g_strdup (pairs[i + 1]);
    }
  return NULL;
}

/* @arguments: with commas between them */
static gboolean
read_options (ScEngineOptions *options, const char *arguments, const char *const *settings, GError **error)
{
  g_autofree char *line = g_strconcat ("seatcast-consoled,", arguments, NULL);
  g_auto (GStrv) argv = g_strsplit (line, ",", -1);

  if (*arguments == '\0')
    g_clear_pointer (&argv[1], g_free);
  sc_engine_options_init (options);
  return sc_engine_options_parse (options, NULL, NULL, &argv, error) &&
         sc_engine_options_complete (options, settings != NULL ? get : NULL, (gpointer) settings, error);
}

static void
test_defaults (void)
{
  g_auto (ScEngineOptions) options = { 0 };
  g_autofree char *directory = sc_system_get_console_directory ();
  g_autoptr (GError) error = NULL;
  ScEngineConfig config;

  /* an installer passes what nobody has set as empty texts */
  read_options (&options, "--listen=,--url=,--interface=,--directory=,--group=", NULL, &error);
  g_assert_no_error (error);
  config = sc_engine_options_get_config (&options);
  g_assert_cmpstr (config.directory, ==, directory);
  g_assert_cmpstr (config.listen, ==, "0.0.0.0:8470");
  g_assert_null (config.url);
  g_assert_null (config.names);
  g_assert_null (config.sessions.interface_address);
  g_assert_cmpstr (config.sessions.group, ==, "239.192.77.0");
  g_assert_cmpuint (config.sessions.port, ==, 8471);
  g_assert_cmpuint (config.sessions.rate_cap, ==, 500000000);
  g_assert_cmpuint (config.sessions.mtu, ==, 9000);
}

static void
test_settings (void)
{
  const char *const settings[] = {
    "Listen",        "10.1.0.5:1", "Rate",      "0x",  "Mtu", "9000", "Url", "https://console:8470/",
    "MulticastPort", "77",         "Interface", "::1", NULL
  };
  g_auto (ScEngineOptions) options = { 0 };
  g_autoptr (GError) error = NULL;
  ScEngineConfig config;

  /* the command line goes before them, also before one that could not be */
  read_options (&options, "--listen=10.1.0.6:2,--rate=1.5", settings, &error);
  g_assert_no_error (error);
  config = sc_engine_options_get_config (&options);
  g_assert_cmpstr (config.listen, ==, "10.1.0.6:2");
  g_assert_cmpstr (config.url, ==, "https://console:8470/");
  g_assert_cmpuint (config.sessions.rate_cap, ==, 1500000);
  g_assert_cmpuint (config.sessions.mtu, ==, 9000);
  g_assert_cmpuint (config.sessions.port, ==, 77);
  g_assert_cmpstr (config.sessions.interface_address, ==, "::1");
}

/* 0 is said, too: as fast as the seats take it. */
static void
test_without_cap (void)
{
  const char *const settings[] = { "Rate", "100", NULL };
  g_auto (ScEngineOptions) options = { 0 };
  g_autoptr (GError) error = NULL;

  read_options (&options, "--rate=0", settings, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sc_engine_options_get_config (&options).sessions.rate_cap, ==, 0);
}

static void
test_names (void)
{
  const char *const settings[] = { "Names", "console.lab  10.1.0.9", NULL };
  g_auto (ScEngineOptions) of_line = { 0 };
  g_auto (ScEngineOptions) of_settings = { 0 };
  g_autoptr (GError) error = NULL;
  ScEngineConfig config;

  read_options (&of_line, "--name=console,--name=2001:db8::1", settings, &error);
  g_assert_no_error (error);
  config = sc_engine_options_get_config (&of_line);
  g_assert_cmpuint (g_strv_length ((char **) config.names), ==, 2);
  g_assert_cmpstr (config.names[0], ==, "console");
  g_assert_cmpstr (config.names[1], ==, "2001:db8::1");
  read_options (&of_settings, "--name=", settings, &error); /* as an installer passes what nobody has set */
  g_assert_no_error (error);
  config = sc_engine_options_get_config (&of_settings);
  g_assert_true (g_strv_contains (config.names, "console.lab"));
  g_assert_true (g_strv_contains (config.names, "10.1.0.9"));
}

static gboolean
append (const char *name, const char *text, gpointer said, GError **error)
{
  g_string_append_printf (said, "%s=%s ", name, text);
  return TRUE;
}

static void
test_said (void)
{
  g_auto (ScEngineOptions) options = { 0 };
  g_auto (GStrv) argv = g_strsplit ("x --rate=0.1 --listen=1.2.3.4:5 --url= --mtu=0 --name=a --name=b", " ", -1);
  g_autoptr (GString) said = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  sc_engine_options_init (&options);
  sc_engine_options_parse (&options, NULL, NULL, &argv, &error);
  g_assert_no_error (error);
  g_assert_true (sc_engine_options_foreach (&options, append, said, &error));
  g_assert_cmpstr (said->str, ==, "Listen=1.2.3.4:5 Rate=0.1 Mtu=0 Names=a b ");
}

/* Whoever reads it learns which option it is, or which setting and where. */
static void
test_refused (void)
{
  static const char *const wrong[][3] = {
    { "listen", "Listen", "lab:8470" },
    { "listen", "Listen", "10.1.0.5" },
    { "listen", "Listen", "10.1.0.5:65536" },
    { "url", "Url", "http://console:8470" },
    { "url", "Url", "https://console/x" },
    { "group", "Group", "10.1.0.5" },
    { "group", "Group", "ff02::1" },
    { "multicast-port", "MulticastPort", "0" },
    { "multicast-port", "MulticastPort", "65536" },
    { "rate", "Rate", "0.5" },
    { "rate", "Rate", "400001" },
    { "rate", "Rate", "nan" },
    { "mtu", "Mtu", "575" },
    { "mtu", "Mtu", "9001" },
    { "interface", "Interface", "Ethernet" },
    { "name", "Names", "a/b" },
    { "name", "Names", "console a/b" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    const char *const settings[] = { wrong[i][1], wrong[i][2], NULL };
    g_auto (ScEngineOptions) of_line = { 0 };
    g_auto (ScEngineOptions) of_settings = { 0 };
    g_autofree char *argument = g_strdup_printf ("--%s=%s", wrong[i][0], wrong[i][2]);
    g_autofree char *option = g_strdup_printf ("--%s ", wrong[i][0]);
    g_autofree char *setting = g_strdup_printf ("%s in " PLACE, wrong[i][1]);
    g_autoptr (GError) line_error = NULL;
    g_autoptr (GError) settings_error = NULL;

    g_assert_false (read_options (&of_line, argument, NULL, &line_error));
    g_assert_error (line_error, SC_ERROR, SC_ERROR_INVALID);
    g_assert_true (g_str_has_prefix (line_error->message, option));
    g_assert_false (read_options (&of_settings, "", settings, &settings_error));
    g_assert_error (settings_error, SC_ERROR, SC_ERROR_INVALID);
    g_assert_nonnull (strstr (settings_error->message, setting));
    g_assert_nonnull (strstr (settings_error->message, wrong[i][2]));
    g_assert_null (strstr (settings_error->message, "--"));
  }
}

static void
test_no_number (void)
{
  static const char *const names[] = { "Rate", "Mtu", "MulticastPort" };
  static const char *const texts[] = { "abc", "5x", "1,5", "99999999999", " " };

  for (guint i = 0; i < G_N_ELEMENTS (names) * G_N_ELEMENTS (texts); i++) {
    const char *const settings[] = { names[i / G_N_ELEMENTS (texts)], texts[i % G_N_ELEMENTS (texts)], NULL };
    g_auto (ScEngineOptions) options = { 0 };
    g_autoptr (GError) error = NULL;

    g_assert_false (read_options (&options, "", settings, &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
    g_assert_nonnull (strstr (error->message, settings[0]));
    g_assert_nonnull (strstr (error->message, PLACE));
  }
}

static void
test_arguments (void)
{
  g_auto (ScEngineOptions) unexpected = { 0 };
  g_auto (ScEngineOptions) unknown = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_false (read_options (&unexpected, "start", NULL, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (read_options (&unknown, "--port=1", NULL, &error));
  g_assert_error (error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine-options/defaults", test_defaults);
  g_test_add_func ("/engine-options/settings", test_settings);
  g_test_add_func ("/engine-options/without-cap", test_without_cap);
  g_test_add_func ("/engine-options/names", test_names);
  g_test_add_func ("/engine-options/said", test_said);
  g_test_add_func ("/engine-options/refused", test_refused);
  g_test_add_func ("/engine-options/no-number", test_no_number);
  g_test_add_func ("/engine-options/arguments", test_arguments);
  return g_test_run ();
}
