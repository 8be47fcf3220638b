/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-event-log.h"
#include "common/platform/sc-interrupt.h"
#include "common/platform/sc-registry.h"
#include "common/platform/sc-scm.h"
#include "common/platform/sc-system.h"
#include "common/sc-error.h"
#include "common/sc-log.h"
#include "service/sc-seat-configure.h"
#include "service/sc-seat-host.h"

#include <locale.h>
#include <windows.h>

#define PROGRAM "seatcast-service"
#define LOG_BYTES (8u * 1024 * 1024)
#define LOG_FILES 4u
#define POLICY_PLACE "HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Seatcast\\" SC_SEAT_REGISTRY
#define LOCAL_PLACE "HKEY_LOCAL_MACHINE\\SOFTWARE\\Seatcast\\" SC_SEAT_REGISTRY
#define WHERE                                                                                                          \
  "set them in the registry in HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Seatcast\\Service (group policy), or by "       \
  "“seatcast-service.exe --configure --console=URL --token=TOKEN --ca-fingerprint=FINGERPRINT --templates=DIR”"

typedef enum {
  MODE_NONE,
  MODE_SERVICE,
  MODE_CONSOLE,
  MODE_CONFIGURE,
  MODE_UNCONFIGURE,
} Mode;

typedef struct {
  ScSeatSetup setup;
  gboolean service, terminal, configure, unconfigure, purge, version;
} CommandLine;

typedef struct {
  const ScServiceOptions *options;
  ScSeatHost *host;
  ScScm *scm;      /* (nullable): in a terminal */
  GMainLoop *loop; /* (nullable): as a service */
  gboolean quitting;
  GError *error; /* (nullable): why it ended by itself */
} Program;

/* ---- the command line ---- */

/* “--console” alone is the terminal, “--console=URL” the address. */
static gboolean
on_console (const char *name, const char *value, gpointer user_data, GError **error)
{
  CommandLine *self = user_data;

  if (value == NULL) {
    self->terminal = TRUE;
    return TRUE;
  }
  g_free (self->setup.console);
  self->setup.console = g_strdup (value);
  return TRUE;
}

static gboolean
parse (CommandLine *self, GError **error)
{
  const GOptionEntry entries[] = {
    { "service", 0, 0, G_OPTION_ARG_NONE, &self->service, "Run as the service; Windows itself starts it so", NULL },
    { "console", 0, G_OPTION_FLAG_OPTIONAL_ARG, G_OPTION_ARG_CALLBACK, on_console,
      "Run in this terminal; with a URL: the console's address, for --configure", "URL" },
    { "configure", 0, 0, G_OPTION_ARG_NONE, &self->configure,
      "Write the settings that are given, and prepare service, directories, firewall and event log; as administrator. "
      "The word none takes a setting back: state, name, room, interface, reserve, undo-budget, accept-volume",
      NULL },
    { "unconfigure", 0, 0, G_OPTION_ARG_NONE, &self->unconfigure, "Take that back; the templates and the state stay",
      NULL },
    { "purge", 0, 0, G_OPTION_ARG_NONE, &self->purge, "With --unconfigure: remove the state too", NULL },
    { "token", 0, 0, G_OPTION_ARG_STRING, &self->setup.token,
      "For --configure: the room's token, by which the service enrols", "TOKEN" },
    { "ca-fingerprint", 0, 0, G_OPTION_ARG_STRING, &self->setup.fingerprint,
      "For --configure: the SHA-256 of the console's authority, as “seatcastctl ca fingerprint” says it",
      "FINGERPRINT" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &self->version, "Print the version and exit", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GOptionGroup) group = g_option_group_new ("seat", "", "", self, NULL);
  g_auto (GStrv) arguments = g_win32_get_command_line ();

  g_option_context_set_summary (context, "Keeps this seat's templates as the Seatcast console says.");
  g_option_group_add_entries (group, entries);
  g_option_context_set_main_group (context, g_steal_pointer (&group));
  sc_service_options_add (&self->setup.options, context, "templates");
  if (!g_option_context_parse_strv (context, &arguments, error))
    return FALSE;
  if (g_strv_length (arguments) <= 1)
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "unexpected argument “%s”", arguments[1]);
  return FALSE;
}

static Mode
pick_mode (const CommandLine *self, GError **error)
{
  guint n =
      (self->service ? 1u : 0) + (self->terminal ? 1u : 0) + (self->configure ? 1u : 0) + (self->unconfigure ? 1u : 0);
  gboolean for_configure = self->setup.console != NULL || self->setup.token != NULL || self->setup.fingerprint != NULL;

  if (n != 1)
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "name one of --service (as Windows starts it), --console (in a terminal), --configure, --unconfigure");
  else if (for_configure && !self->configure)
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "--console=URL, --token and --ca-fingerprint go with --configure");
  else if (self->purge && !self->unconfigure)
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "--purge goes with --unconfigure");
  else if (self->configure && self->setup.options.connection != NULL)
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "--connection does not go with --configure: the file has its place");
  else if (self->service)
    return MODE_SERVICE;
  else if (self->terminal)
    return MODE_CONSOLE;
  else
    return self->configure ? MODE_CONFIGURE : MODE_UNCONFIGURE;
  return MODE_NONE;
}

/* ---- the seat ---- */

static char *
get_setting (const char *name, gboolean policy, gpointer user_data)
{
  return policy ? sc_registry_get_policy (SC_SEAT_REGISTRY, name) : sc_registry_get (SC_SEAT_REGISTRY, name);
}

static ScSeatSettings *
read_settings (gpointer user_data, GError **error)
{
  static const ScSeatSettingsSource source = { get_setting, NULL, WHERE, POLICY_PLACE, LOCAL_PLACE };
  Program *self = user_data;

  return sc_seat_settings_read (&source, self->options, error);
}

static GSource *
watch_settings (gpointer user_data)
{
  return sc_registry_watch ();
}

static void
on_ended (const GError *error, gpointer user_data)
{
  Program *self = user_data;

  if (self->scm != NULL) {
    sc_scm_stopped (self->scm, error);
    return;
  }
  self->error = g_error_copy (error);
  g_main_loop_quit (self->loop);
}

static ScSeatHost *
make_host (Program *self)
{
  const ScSeatHostWorld world = { read_settings, watch_settings, on_ended, NULL, self };

  return sc_seat_host_new (&world, SC_SEAT_HOST_SETTLE);
}

/* ---- in a terminal ---- */

static gboolean
on_terminal_stopped (gpointer user_data)
{
  Program *self = user_data;

  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

static gboolean
on_interrupt (gpointer user_data)
{
  Program *self = user_data;

  if (self->quitting)
    return G_SOURCE_CONTINUE;
  self->quitting = TRUE;
  g_message ("Stopping");
  sc_seat_host_quit (self->host, on_terminal_stopped, self);
  return G_SOURCE_CONTINUE;
}

/* Whoever sits there sees at once what is missing, and need not wait for it. */
static gboolean
run_in_terminal (const ScServiceOptions *options, GError **error)
{
  Program self = { .options = options };
  g_autoptr (ScSeatSettings) settings = read_settings (&self, error);

  if (settings == NULL)
    return FALSE;
  sc_log_to_stderr (PROGRAM);
  self.host = make_host (&self);
  self.loop = g_main_loop_new (NULL, FALSE);
  sc_interrupt_add (on_interrupt, &self);
  gboolean started = sc_seat_host_start (self.host, error);
  if (started)
    g_main_loop_run (self.loop);
  sc_seat_host_free (self.host);
  sc_interrupt_remove ();
  g_main_loop_unref (self.loop);
  if (self.error != NULL)
    g_propagate_error (error, g_steal_pointer (&self.error));
  return started && self.error == NULL;
}

/* ---- as the service ---- */

static gboolean
start (ScScm *scm, gpointer user_data, GError **error)
{
  Program *self = user_data;

  self->scm = scm;
  self->host = make_host (self);
  return sc_seat_host_start (self->host, error);
}

static gboolean
on_service_stopped (gpointer user_data)
{
  Program *self = user_data;

  g_clear_pointer (&self->host, sc_seat_host_free);
  sc_log_event ("Seatcast has stopped");
  sc_scm_stopped (self->scm, NULL);
  return G_SOURCE_REMOVE;
}

static void
stop (ScScm *scm, gpointer user_data)
{
  Program *self = user_data;

  g_message ("Stopping");
  sc_seat_host_quit (self->host, on_service_stopped, self);
}

/* A log that cannot be written is no reason not to run. */
static void
open_log (void)
{
  g_autofree char *directory = sc_system_get_service_directory ();
  g_autofree char *logs = g_build_filename (directory, "logs", NULL);
  g_autofree char *path = g_build_filename (logs, PROGRAM ".log", NULL);
  g_autoptr (GError) error = NULL;

  g_mkdir_with_parents (logs, 0700);
  ScLogFile *file = sc_log_file_open (path, LOG_BYTES, LOG_FILES, &error);
  sc_event_log_open (PROGRAM);
  sc_log_to_file (file, sc_event_log_write);
  if (file == NULL)
    g_warning ("There is no detailed log: %s", error->message);
}

static int
run_as_service (const ScServiceOptions *options)
{
  static Program self; /* as long as the process: the service's thread may be at its last line when this returns */
  const ScScmProgram program = { PROGRAM, start, stop, &self, .powers_off = TRUE };

  self.options = options;
  open_log ();
  g_message ("Seatcast %s starts", SC_VERSION);
  return sc_scm_run (&program);
}

/* ---- all ---- */

static int
run (Mode mode, CommandLine *line, GError **error)
{
  switch (mode) {
  case MODE_SERVICE:
    return run_as_service (&line->setup.options);
  case MODE_CONSOLE:
    return run_in_terminal (&line->setup.options, error) ? 0 : 1;
  case MODE_CONFIGURE:
    sc_log_to_stderr (PROGRAM);
    return sc_seat_configure (&line->setup, error) ? 0 : 1;
  case MODE_UNCONFIGURE:
    sc_log_to_stderr (PROGRAM);
    return sc_seat_unconfigure (line->purge, error) ? 0 : 1;
  default:
    return 2;
  }
}

int
main (void)
{
  static CommandLine line; /* as long as the process, see above */
  g_autoptr (GError) error = NULL;
  int status = 2;

  setlocale (LC_ALL, "");
  SetErrorMode (SEM_FAILCRITICALERRORS); /* a drive without its disk asks nobody, least of all where nobody sits */
  if (parse (&line, &error) && line.version) {
    g_print ("%s %s\n", PROGRAM, SC_VERSION);
    return 0;
  }
  Mode mode = error == NULL ? pick_mode (&line, &error) : MODE_NONE;
  if (error == NULL)
    status = run (mode, &line, &error);
  if (error != NULL) {
    g_autofree char *text = g_strconcat (error->message, status == 2 ? "; see --help" : NULL, NULL);
    sc_log_failure (PROGRAM, text);
  }
  return status;
}
