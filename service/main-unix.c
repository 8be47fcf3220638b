/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "service/apply/sc-apply.h"
#include "service/sc-service.h"
#include "service/sc-size.h"

#include <glib-unix.h>
#include <locale.h>
#include <stdio.h>

#define PROGRAM "seatcast-service"
#define DEFAULT_STATE "/var/lib/seatcast-service"
#define DEFAULT_CONNECTION "/etc/seatcast/connection"

typedef struct {
  GMainLoop *loop;
  ScService *service;
  gboolean quitting;
} Main;

static const char *
level_name (GLogLevelFlags level)
{
  if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL))
    return "critical: ";
  if (level & G_LOG_LEVEL_WARNING)
    return "warning: ";
  return "";
}

/* One line a message on stderr: the journal adds the time. */
static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  const char *domain = NULL, *text = NULL;

  for (gsize i = 0; i < n_fields; i++) {
    if (g_str_equal (fields[i].key, "MESSAGE"))
      text = fields[i].value;
    else if (g_str_equal (fields[i].key, "GLIB_DOMAIN"))
      domain = fields[i].value;
  }
  if (text == NULL ||
      ((level & (G_LOG_LEVEL_INFO | G_LOG_LEVEL_DEBUG)) && g_log_writer_default_would_drop (level, domain)))
    return G_LOG_WRITER_HANDLED;
  g_autofree char *line = g_strdelimit (g_strdup (text), "\r\n", ' ');
  fprintf (stderr, "%s: %s%s\n", PROGRAM, level_name (level), line);
  return G_LOG_WRITER_HANDLED;
}

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
  sc_service_quit (self->service, on_stopped, self);
  return G_SOURCE_CONTINUE;
}

static int
run (const ScServiceConfig *config, const char *connection_path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScConnection) connection = sc_connection_load (connection_path, &error);

  if (connection == NULL) {
    g_printerr ("%s: %s\n", PROGRAM, error->message);
    return 1;
  }
  ScServiceConfig complete = *config;
  complete.connection = connection;
  Main self = { .service = sc_service_new (&complete, &error) };
  if (self.service == NULL) {
    g_printerr ("%s: %s\n", PROGRAM, error->message);
    return 1;
  }
  self.loop = g_main_loop_new (NULL, FALSE);
  guint term = g_unix_signal_add (SIGTERM, on_signal, &self);
  guint interrupt = g_unix_signal_add (SIGINT, on_signal, &self);
  sc_service_start (self.service);
  g_main_loop_run (self.loop);
  g_source_remove (term);
  g_source_remove (interrupt);
  sc_service_free (self.service);
  g_main_loop_unref (self.loop);
  return 0;
}

int
main (int argc, char **argv)
{
  g_autofree char *repository = NULL, *state = NULL, *connection = NULL, *name = NULL, *room = NULL,
                  *interface_address = NULL, *reserve = NULL, *undo_budget = NULL;
  gboolean version = FALSE;
  const GOptionEntry entries[] = {
    { "repository", 0, 0, G_OPTION_ARG_FILENAME, &repository, "Directory of the templates on this seat (required)",
      "DIR" },
    { "state", 0, 0, G_OPTION_ARG_FILENAME, &state, "Directory for the service's own data [" DEFAULT_STATE "]", "DIR" },
    { "connection", 0, 0, G_OPTION_ARG_FILENAME, &connection,
      "How to reach the console, as the console wrote it [" DEFAULT_CONNECTION "]", "FILE" },
    { "name", 0, 0, G_OPTION_ARG_STRING, &name, "This seat's name on the console [the host's name]", "NAME" },
    { "room", 0, 0, G_OPTION_ARG_STRING, &room, "The room that this seat is in", "ROOM" },
    { "interface", 0, 0, G_OPTION_ARG_STRING, &interface_address,
      "Local IPv4 address to receive multicast on [that of the connection to the console]", "ADDRESS" },
    { "reserve", 0, 0, G_OPTION_ARG_STRING, &reserve,
      "Bytes of the repository's volume that updates leave free; K, M, G, T: powers of 1024; default: the larger of 2G "
      "and 2 %",
      "SIZE" },
    { "undo-budget", 0, 0, G_OPTION_ARG_STRING, &undo_budget,
      "Bytes that may be kept to go back to earlier versions; 0: none; default: 10 % of what is free", "SIZE" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &version, "Print the version and exit", NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_option_context_set_summary (context, "Keeps this seat's templates as the Seatcast console says.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || (argc > 1 && !version)) {
    g_printerr ("%s: %s; see --help\n", PROGRAM, error != NULL ? error->message : "takes options only");
    return 2;
  }
  if (version) {
    g_print ("%s %s\n", PROGRAM, SC_VERSION);
    return 0;
  }
  if (repository == NULL) {
    g_printerr ("%s: --repository is missing: name the directory that holds this seat's templates; see --help\n",
                PROGRAM);
    return 2;
  }
  if (interface_address != NULL && !g_hostname_is_ip_address (interface_address)) {
    g_printerr ("%s: --interface “%s” is not an address of this machine, such as 10.1.0.17\n", PROGRAM,
                interface_address);
    return 2;
  }
  gint64 sizes[2] = { SC_APPLY_DEFAULT, SC_APPLY_DEFAULT };
  if ((reserve != NULL && !sc_size_parse ("--reserve", reserve, &sizes[0], &error)) ||
      (undo_budget != NULL && !sc_size_parse ("--undo-budget", undo_budget, &sizes[1], &error))) {
    g_printerr ("%s: %s\n", PROGRAM, error->message);
    return 2;
  }
  g_log_set_writer_func (write_log, NULL, NULL);
  ScServiceConfig config = { .repository = repository,
                             .state_directory = state != NULL ? state : DEFAULT_STATE,
                             .name = name,
                             .room = room,
                             .interface_address = interface_address,
                             .reserve = sizes[0],
                             .undo_budget = sizes[1] };
  return run (&config, connection != NULL ? connection : DEFAULT_CONNECTION);
}
