/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sc-application.h"

#include "console/gui/sc-color-scheme.h"
#include "console/gui/sc-reminder-news.h"
#include "console/gui/sc-resources.h"
#include "console/gui/sc-session-news.h"
#include "console/gui/waiting/sc-waiting-news.h"
#include "console/gui/sc-window.h"

#include <glib/gi18n-lib.h>

#define ID "org.seatcast.Console"

struct _ScApplication {
  GtkApplication parent;
};

G_DEFINE_FINAL_TYPE (ScApplication, sc_application, GTK_TYPE_APPLICATION)

static const struct {
  const char *action;
  const char *keys[3];
} accelerators[] = {
  { "app.quit", { "<Primary>q" } },
  { "app.preferences", { "<Primary>comma" } },
  { "win.close", { "<Primary>w" } },
  { "win.menu", { "F10" } },
  { "win.deploy((uint64 0, '', @as []))", { "<Primary>d" } },
  { "win.search", { "<Primary>f" } },
  { "win.side-panel", { "F9" } },
  { "win.retry", { "F5", "<Primary>r" } },
  { "win.show-page::rooms", { "<Primary>1" } },
  { "win.show-page::versions", { "<Primary>2" } },
  { "win.show-page::sessions", { "<Primary>3" } },
  { "win.show-page::activity", { "<Primary>4" } },
  { "win.show-page::settings", { "<Primary>5" } },
};

static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_autoptr (GList) windows = g_list_copy (gtk_application_get_windows (user_data));

  for (GList *each = windows; each != NULL; each = each->next)
    gtk_window_close (each->data); /* which remembers what is to be */
}

static void
on_about (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_show_about_dialog (gtk_application_get_active_window (user_data), "program-name", _ ("Seatcast"), "version",
                         SC_VERSION, "comments",
                         _ ("Keeps the virtual-machine templates of a lab identical on every seat"), "logo-icon-name",
                         ID, "license-type", GTK_LICENSE_LGPL_2_1, "modal", FALSE, NULL);
}

static void
on_preferences (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkWindow *window = gtk_application_get_active_window (user_data);

  if (SC_IS_WINDOW (window))
    g_action_group_activate_action (G_ACTION_GROUP (window), "show-page", g_variant_new_string ("settings"));
}

static void
on_show_session (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  guint window_id = 0;
  guint64 session = 0;
  GtkWindow *window = NULL;

  g_variant_get (parameter, "(ut)", &window_id, &session);
  window = gtk_application_get_window_by_id (user_data, window_id);
  if (window == NULL)
    return;
  g_action_group_activate_action (G_ACTION_GROUP (window), "show-session", g_variant_new_uint64 (session));
  gtk_window_present (window);
}

static const GActionEntry actions[] = {
  { "quit", on_quit },
  { "about", on_about },
  { "preferences", on_preferences },
  { "show-session", on_show_session, "(ut)" },
};

static void
open_window (ScApplication *self, const ScConnectorConfig *config)
{
  g_autoptr (ScConsole) console = sc_console_new ();
  g_autoptr (ScConnector) connector = sc_connector_new (console, config);
  ScWindow *window = sc_window_new (GTK_APPLICATION (self), console, connector);

  sc_waiting_news_watch (window);
  sc_reminder_news_watch (window);
  sc_session_news_watch (window);
  gtk_window_present (GTK_WINDOW (window));
  sc_connector_start (connector);
}

static void
sc_application_startup (GApplication *application)
{
  G_APPLICATION_CLASS (sc_application_parent_class)->startup (application);
  gtk_window_set_default_icon_name (ID);
  sc_resources_load_style ();
  sc_color_scheme_follow ();
  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions), application);
  for (guint i = 0; i < G_N_ELEMENTS (accelerators); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (application), accelerators[i].action, accelerators[i].keys);
}

/* In the first process, for itself and for the later ones: a console that is named gets a window of its own. */
static int
sc_application_command_line (GApplication *application, GApplicationCommandLine *command_line)
{
  GVariantDict *options = g_application_command_line_get_options_dict (command_line);
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (application));
  g_autofree char *file = NULL;
  g_autofree char *url = NULL;
  const char *text = NULL;
  ScConnectorConfig config = { 0 };

  if (g_variant_dict_lookup (options, "connect", "&s", &text))
    config.url = url = sc_connector_url_of_text (text);
  if (g_variant_dict_lookup (options, "connection", "^ay", &file)) {
    g_autoptr (GFile) named = g_application_command_line_create_file_for_arg (command_line, file);

    g_free (file);
    file = g_file_get_path (named);
    config.connection_file = file;
  }
  if (window != NULL && config.url == NULL && config.connection_file == NULL)
    gtk_window_present (window);
  else
    open_window (SC_APPLICATION (application), &config);
  return 0;
}

static int
sc_application_handle_local_options (GApplication *application, GVariantDict *options)
{
  const char *text = NULL;
  g_autofree char *url = NULL;

  if (g_variant_dict_contains (options, "version")) {
    g_print ("seatcast-console %s\n", SC_VERSION);
    return 0;
  }
  if (g_variant_dict_contains (options, "connect") && g_variant_dict_contains (options, "connection")) {
    g_printerr ("seatcast-console: --connect and --connection both name a console: give one of them\n");
    return 2;
  }
  if (!g_variant_dict_lookup (options, "connect", "&s", &text))
    return -1;
  url = sc_connector_url_of_text (text);
  if (url == NULL)
    g_printerr ("seatcast-console: “%s” is not the address of a console: https://HOST:PORT\n", text);
  return url != NULL ? -1 : 2;
}

static void
sc_application_class_init (ScApplicationClass *class)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (class);

  application_class->startup = sc_application_startup;
  application_class->command_line = sc_application_command_line;
  application_class->handle_local_options = sc_application_handle_local_options;
}

static void
sc_application_init (ScApplication *self)
{
  const GOptionEntry entries[] = {
    { "connect", 0, 0, G_OPTION_ARG_STRING, NULL, N_ ("Connect to the console at URL; its token is asked for once"),
      N_ ("URL") },
    { "connection", 0, 0, G_OPTION_ARG_FILENAME, NULL,
      N_ ("Connect by a connection file, as seatcast-consoled writes it"), N_ ("FILE") },
    { "version", 'V', 0, G_OPTION_ARG_NONE, NULL, N_ ("Print the version and end"), NULL },
    { NULL },
  };

  g_application_add_main_option_entries (G_APPLICATION (self), entries);
  g_application_set_option_context_summary (
      G_APPLICATION (self), _ ("The window of a Seatcast console: see the rooms, deploy versions, go back. It starts "
                               "the engine on this machine when there is none."));
}

ScApplication *
sc_application_new (void)
{
  sc_resources_register ();
  return g_object_new (SC_TYPE_APPLICATION, "application-id", ID, "flags", G_APPLICATION_HANDLES_COMMAND_LINE,
                       "resource-base-path", "/org/seatcast/console", NULL);
}
