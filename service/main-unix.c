/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-notify.h"
#include "common/platform/sc-system.h"
#include "common/sc-log.h"
#include "service/sc-service-options.h"

#include <glib-unix.h>
#include <locale.h>

#define PROGRAM "seatcast-service"

typedef struct {
  GMainLoop *loop;
  ScService *service;
  gboolean quitting;
} Main;

static gboolean
on_stopped (gpointer user_data)
{
  Main *self = user_data;
  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

static gboolean
on_signal (gpointer user_data)
{
  Main *self = user_data;

  if (self->quitting)
    return G_SOURCE_CONTINUE;
  self->quitting = TRUE;
  g_message ("Stopping");
  sc_notify_stopping ("Ending the step in hand");
  sc_service_quit (self->service, on_stopped, self);
  return G_SOURCE_CONTINUE;
}

static gboolean
run (const ScServiceConfig *config, const char *connection_path, GError **error)
{
  g_autoptr (ScConnection) connection = sc_connection_load (connection_path, error);

  if (connection == NULL)
    return FALSE;
  ScServiceConfig complete = *config;
  complete.connection = connection;
  Main self = { .service = sc_service_new (&complete, error) };
  if (self.service == NULL)
    return FALSE;
  self.loop = g_main_loop_new (NULL, FALSE);
  guint term = g_unix_signal_add (SIGTERM, on_signal, &self);
  guint interrupt = g_unix_signal_add (SIGINT, on_signal, &self);
  sc_service_start (self.service);
  g_autofree char *status =
      g_strdup_printf ("Keeps the templates in “%s” as the console %s says", config->repository, connection->url);
  sc_notify_ready (status);
  g_main_loop_run (self.loop);
  g_source_remove (term);
  g_source_remove (interrupt);
  sc_service_free (self.service);
  g_main_loop_unref (self.loop);
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_auto (ScServiceOptions) options = { 0 };
  gboolean version = FALSE;
  const GOptionEntry entries[] = {
    { "version", 0, 0, G_OPTION_ARG_NONE, &version, "Print the version and exit", NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  ScServiceConfig config;

  setlocale (LC_ALL, "");
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_option_context_set_summary (context, "Keeps this seat's templates as the Seatcast console says.");
  sc_service_options_add (&options, context, "repository");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || (argc > 1 && !version)) {
    g_printerr ("%s: %s; see --help\n", PROGRAM, error != NULL ? error->message : "takes options only");
    return 2;
  }
  if (version) {
    g_print ("%s %s\n", PROGRAM, SC_VERSION);
    return 0;
  }
  if (options.repository == NULL) {
    g_printerr ("%s: --repository is missing: name the directory that holds this seat's templates; see --help\n",
                PROGRAM);
    return 2;
  }
  if (!sc_service_options_read (&options, &config, &error)) {
    g_printerr ("%s: %s\n", PROGRAM, error->message);
    return 2;
  }
  g_autofree char *connection =
      options.connection != NULL ? g_strdup (options.connection) : sc_system_get_service_connection ();
  sc_log_to_stderr (PROGRAM);
  if (!run (&config, connection, &error)) {
    g_printerr ("%s: %s\n", PROGRAM, error->message);
    return 1;
  }
  return 0;
}
