/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-notify.h"
#include "common/platform/sc-system.h"
#include "common/sc-error.h"
#include "common/sc-log.h"
#include "common/trust/sc-token.h"
#include "service/sc-enrol-command.h"
#include "service/sc-file-watch.h"
#include "service/sc-seat-host.h"

#include <errno.h>
#include <glib-unix.h>
#include <grp.h>
#include <locale.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROGRAM "seatcast-service"
#define WHERE "“seatcast-service --enrol URL --token TOKEN --ca-fingerprint FINGERPRINT” writes them"

typedef struct {
  ScServiceOptions options;
  char *enrol; /* (nullable): URL */
  char *token, *token_file, *fingerprint;
  char *log_format; /* (nullable) */
  gboolean version;
} CommandLine;

typedef struct {
  const ScServiceOptions *options;
  ScSeatHost *host;
  GMainLoop *loop;
  gboolean quitting;
  GError *error; /* (nullable): why it ended by itself */
} Main;

static void
command_line_clear (CommandLine *self)
{
  sc_service_options_clear (&self->options);
  g_clear_pointer (&self->enrol, g_free);
  g_clear_pointer (&self->token, sc_secret_free);
  g_clear_pointer (&self->token_file, g_free);
  g_clear_pointer (&self->fingerprint, g_free);
  g_clear_pointer (&self->log_format, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CommandLine, command_line_clear)

/* ---- the seat ---- */

/* All settings are on the command line, and in the connection file that it names. */
static char *
get_setting (const char *name, gboolean policy, gpointer user_data)
{
  return NULL;
}

static ScSeatSettings *
read_settings (gpointer user_data, GError **error)
{
  static const ScSeatSettingsSource source = { get_setting, NULL, WHERE, "", "" };
  Main *self = user_data;

  return sc_seat_settings_read (&source, self->options, error);
}

static GSource *
watch_settings (gpointer user_data)
{
  Main *self = user_data;

  return sc_file_watch_new (self->options->connection);
}

static void
on_ended (const GError *error, gpointer user_data)
{
  Main *self = user_data;

  self->error = g_error_copy (error);
  g_main_loop_quit (self->loop);
}

/* A seat that waits works, too: what it waits for is not of this machine. */
static void
on_told (const char *status, gpointer user_data)
{
  sc_notify_ready (status);
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
  sc_notify_stopping ("Ending the step in hand");
  sc_seat_host_quit (self->host, on_stopped, self);
  return G_SOURCE_CONTINUE;
}

static gboolean
run (const ScServiceOptions *options, GError **error)
{
  Main self = { .options = options };
  const ScSeatHostWorld world = { read_settings, watch_settings, on_ended, on_told, &self };
  g_autoptr (ScSeatSettings) settings = read_settings (&self, error); /* who starts it sees at once what is missing */

  if (settings == NULL)
    return FALSE;
  self.host = sc_seat_host_new (&world, SC_SEAT_HOST_SETTLE);
  self.loop = g_main_loop_new (NULL, FALSE);
  guint term = g_unix_signal_add (SIGTERM, on_signal, &self);
  guint interrupt = g_unix_signal_add (SIGINT, on_signal, &self);
  gboolean started = sc_seat_host_start (self.host, error);
  if (started)
    g_main_loop_run (self.loop);
  g_source_remove (term);
  g_source_remove (interrupt);
  sc_seat_host_free (self.host);
  g_main_loop_unref (self.loop);
  if (self.error == NULL)
    return started;
  g_propagate_error (error, g_steal_pointer (&self.error));
  return FALSE;
}

/* ---- --enrol ---- */

/* What the service is to read must be its account's, which owns the state's directory: from here on this is that
 * account. */
static gboolean
become_owner (const char *directory, GError **error)
{
  struct stat info;

  if (geteuid () != 0 || stat (directory, &info) != 0 || info.st_uid == 0)
    return TRUE;
  if (setgroups (0, NULL) == 0 && setgid (info.st_gid) == 0 && setuid (info.st_uid) == 0)
    return TRUE;
  return sc_error_set_errno (error, errno, SC_ERROR_SYSTEM, "Cannot become the owner of “%s”", directory);
}

static gboolean
write_connection (const CommandLine *line, ScConnection **connection, GError **error)
{
  if (!sc_enrol_command_check_console (line->enrol, line->fingerprint, error))
    return FALSE;
  char *token = sc_enrol_command_read_token (line->token, line->token_file, error);
  if (token == NULL)
    return FALSE;
  g_autofree char *directory = g_path_get_dirname (line->options.connection);
  *connection = sc_connection_new (line->enrol, token, line->fingerprint);
  sc_secret_free (token);
  g_mkdir_with_parents (directory, 0755);
  return sc_connection_save (*connection, line->options.connection, error);
}

static int
enrol (const CommandLine *line, GError **error)
{
  g_autoptr (ScSeatMachine) machine = sc_seat_machine_new_here (); /* root may know more of it */
  g_autoptr (ScConnection) connection = NULL;
  ScServiceConfig config;

  if (!sc_service_options_read (&line->options, &config, error) || !write_connection (line, &connection, error) ||
      !become_owner (config.state_directory, error))
    return SC_ENROL_COMMAND_FAILED;
  const ScEnrolCommand command = { connection, config.state_directory, &line->options, machine };
  return sc_enrol_command_run (&command, error);
}

/* ---- all ---- */

static gboolean
parse (CommandLine *self, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "enrol", 0, 0, G_OPTION_ARG_STRING, &self->enrol,
      "Ask the console at URL to let this seat in, write the connection file, and end: 0 it is in, 3 it waits for "
      "approval there, 1 it is not",
      "URL" },
    { "token", 0, 0, G_OPTION_ARG_STRING, &self->token,
      "For --enrol: the room's token; “-”: read it from standard input, where nobody else sees it", "TOKEN" },
    { "token-file", 0, 0, G_OPTION_ARG_FILENAME, &self->token_file, "For --enrol: read the token from a file", "FILE" },
    { "ca-fingerprint", 0, 0, G_OPTION_ARG_STRING, &self->fingerprint,
      "For --enrol: the SHA-256 of the console's authority, as “seatcastctl ca fingerprint” says it", "FINGERPRINT" },
    { "log-format", 0, 0, G_OPTION_ARG_STRING, &self->log_format,
      "How messages are logged: text, or json: one object a line [text]", "FORMAT" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &self->version, "Print the version and exit", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  ScLogFormat format = SC_LOG_TEXT;

  g_option_context_set_summary (context, "Keeps this seat's templates as the Seatcast console says.");
  sc_service_options_add (&self->options, context, "repository");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (self->options.connection == NULL)
    self->options.connection = sc_system_get_service_connection ();
  const char *wrong = NULL;
  if (self->version)
    return TRUE;
  if (*argc > 1)
    wrong = "takes options only";
  else if (self->log_format != NULL && !sc_log_format_from_nick (self->log_format, &format))
    wrong = "--log-format is neither text nor json";
  else if (self->enrol == NULL && (self->token != NULL || self->token_file != NULL || self->fingerprint != NULL))
    wrong = "--token, --token-file and --ca-fingerprint go with --enrol";
  else if (self->enrol == NULL && self->options.repository == NULL)
    wrong = "--repository is missing: name the directory that holds this seat's templates";
  if (wrong != NULL)
    g_set_error_literal (error, SC_ERROR, SC_ERROR_INVALID, wrong);
  return wrong == NULL;
}

int
main (int argc, char **argv)
{
  g_auto (CommandLine) line = { 0 };
  g_autoptr (GError) error = NULL;
  ScServiceConfig config;
  int status = 0;

  setlocale (LC_ALL, "");
  if (!parse (&line, &argc, &argv, &error)) {
    g_printerr ("%s: %s; see --help\n", PROGRAM, error->message);
    return 2;
  }
  if (line.version) {
    g_print ("%s %s\n", PROGRAM, SC_VERSION);
    return 0;
  }
  if (!sc_service_options_read (&line.options, &config, &error)) {
    g_printerr ("%s: %s\n", PROGRAM, error->message);
    return 2;
  }
  if (g_strcmp0 (line.log_format, "json") == 0)
    sc_log_set_format (SC_LOG_JSON);
  sc_log_to_stderr (PROGRAM);
  if (line.enrol != NULL)
    status = enrol (&line, &error);
  else
    status = run (&line.options, &error) ? 0 : 1;
  if (error != NULL)
    sc_log_failure (PROGRAM, error->message);
  return status;
}
