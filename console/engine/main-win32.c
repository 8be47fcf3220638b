/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-event-log.h"
#include "common/platform/sc-interrupt.h"
#include "common/platform/sc-scm.h"
#include "common/platform/sc-system.h"
#include "common/sc-error.h"
#include "common/sc-log.h"
#include "console/engine/sc-engine-configure.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <stdio.h>
#include <windows.h>

#define PROGRAM "seatcast-consoled"
#define LOG_BYTES (8u * 1024 * 1024)
#define LOG_FILES 4u
#define TICK (10 * G_TIME_SPAN_SECOND) /* of the 30 s that the SCM waits */
#define NOTES                                                                                                          \
  "Options that are not given are taken from the registry, HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Seatcast\\Console " \
  "(group policy)\nand then HKEY_LOCAL_MACHINE\\SOFTWARE\\Seatcast\\Console: Directory, Listen, Url, Group, "          \
  "MulticastPort, Rate, Mtu, Interface, Names, Metrics, SessionHook, LogFormat.\n"                                     \
  "Who may read the connection file that it writes to DIR\\connection is its administrator, on this machine:\n"        \
  "seatcastctl lets seats in by enrol-token, and staff by user add.\n"                                                 \
  "\n"                                                                                                                 \
  "Example: seatcast-consoled --console --directory D:\\Seatcast --listen 10.1.0.5:8470 --rate 800"

typedef struct {
  ScEngineOptions options;
  gboolean service, terminal, configure, unconfigure;
} CommandLine;

typedef struct {
  const ScEngineOptions *options;
  ScEngine *engine;
} Program;

/* ---- the command line ---- */

static gboolean
parse (CommandLine *self, GError **error)
{
  const GOptionEntry entries[] = {
    { "service", 0, 0, G_OPTION_ARG_NONE, &self->service, "run as the service; Windows itself starts it so", NULL },
    { "console", 0, 0, G_OPTION_ARG_NONE, &self->terminal, "run in this terminal until Ctrl-C", NULL },
    { "configure", 0, 0, G_OPTION_ARG_NONE, &self->configure,
      "write the options that are given to the registry, and prepare service, directories, firewall and event log; as "
      "administrator",
      NULL },
    { "unconfigure", 0, 0, G_OPTION_ARG_NONE, &self->unconfigure, "take that back; the versions and all data stay",
      NULL },
    { NULL },
  };
  g_auto (GStrv) arguments = g_win32_get_command_line ();
  guint n;

  sc_engine_options_init (&self->options);
  if (!sc_engine_options_parse (&self->options, entries, NOTES, &arguments, error))
    return FALSE;
  n = (self->service ? 1u : 0) + (self->terminal ? 1u : 0) + (self->configure ? 1u : 0) + (self->unconfigure ? 1u : 0);
  if (n == 1 || self->options.version)
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
               "name one of --service (as Windows starts it), --console (in a terminal), --configure, --unconfigure; "
               "see --help");
  return FALSE;
}

/* ---- in a terminal ---- */

static gboolean
on_interrupt (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

/* The window, which starts an engine for its user, waits for the event that it names. */
static void
notify_ready (void)
{
  const char *name = g_getenv ("SEATCAST_READY_EVENT");
  g_autofree wchar_t *wide = name != NULL ? (wchar_t *) g_utf8_to_utf16 (name, -1, NULL, NULL, NULL) : NULL;
  HANDLE event = wide != NULL ? OpenEventW (EVENT_MODIFY_STATE, FALSE, wide) : NULL;

  if (event != NULL) {
    SetEvent (event);
    CloseHandle (event);
  } else if (name != NULL) {
    g_warning ("cannot tell who started the engine that it is ready: event %s, error %lu", name, GetLastError ());
  }
}

static gboolean
run_in_terminal (const ScEngineOptions *options, GError **error)
{
  const ScEngineConfig config = sc_engine_options_get_config (options);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  ScEngine *engine = NULL;

  sc_log_to_stderr (PROGRAM);
  sc_interrupt_add (on_interrupt, loop);
  engine = sc_engine_start (&config, error);
  if (engine != NULL) {
    g_print (PROGRAM ": listening on %s; connection file %s\n", sc_engine_get_url (engine),
             sc_engine_get_connection_path (engine));
    fflush (stdout);
    notify_ready ();
    g_main_loop_run (loop);
  }
  sc_engine_stop (engine); /* before the window may close: sessions have their state */
  sc_interrupt_remove ();
  return engine != NULL;
}

/* ---- as the service ---- */

/* Opening a store may take minutes after a power cut, and ending waits for what is under way. */
typedef struct {
  ScScm *scm;
  GThread *thread;
  GMutex lock;
  GCond done;
  gboolean ended;
} Ticker;

static gpointer
tick (gpointer data)
{
  Ticker *self = data;

  g_mutex_lock (&self->lock);
  while (!self->ended)
    if (!g_cond_wait_until (&self->done, &self->lock, g_get_monotonic_time () + TICK))
      sc_scm_checkpoint (self->scm);
  g_mutex_unlock (&self->lock);
  return NULL;
}

static void
ticker_begin (Ticker *self, ScScm *scm)
{
  *self = (Ticker){ .scm = scm };
  g_mutex_init (&self->lock);
  g_cond_init (&self->done);
  self->thread = g_thread_new ("scm", tick, self);
}

static void
ticker_end (Ticker *self)
{
  g_mutex_lock (&self->lock);
  self->ended = TRUE;
  g_cond_signal (&self->done);
  g_mutex_unlock (&self->lock);
  g_thread_join (self->thread);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->done);
}

static gboolean
start (ScScm *scm, gpointer user_data, GError **error)
{
  Program *self = user_data;
  const ScEngineConfig config = sc_engine_options_get_config (self->options);
  Ticker ticker;

  ticker_begin (&ticker, scm);
  self->engine = sc_engine_start (&config, error);
  ticker_end (&ticker);
  if (self->engine == NULL)
    return FALSE;
  sc_log_event ("Seatcast %s listens on %s; connection file %s", SC_VERSION, sc_engine_get_url (self->engine),
                sc_engine_get_connection_path (self->engine));
  return TRUE;
}

static void
stop (ScScm *scm, gpointer user_data)
{
  Program *self = user_data;
  Ticker ticker;

  g_message ("Stopping");
  ticker_begin (&ticker, scm);
  g_clear_pointer (&self->engine, sc_engine_stop);
  ticker_end (&ticker);
  sc_log_event ("Seatcast has stopped");
  sc_scm_stopped (scm, NULL);
}

/* A log that cannot be written is no reason not to run. */
static void
open_log (void)
{
  g_autofree char *directory = sc_system_get_console_directory ();
  g_autofree char *logs = g_build_filename (directory, "logs", NULL);
  g_autofree char *path = g_build_filename (logs, PROGRAM ".log", NULL);
  g_autoptr (GError) error = NULL;
  ScLogFile *file;

  g_mkdir_with_parents (logs, 0700);
  file = sc_log_file_open (path, LOG_BYTES, LOG_FILES, &error);
  sc_event_log_open (PROGRAM);
  sc_log_to_file (file, sc_event_log_write);
  if (file == NULL)
    g_warning ("There is no detailed log: %s", error->message);
}

static gboolean
refuse (ScScm *scm, gpointer user_data, GError **error)
{
  g_propagate_error (error, g_error_copy (user_data));
  return FALSE;
}

/* @wrong: (nullable): settings that cannot be: the service says so as such, under the SCM */
static int
run_as_service (const ScEngineOptions *options, GError *wrong)
{
  static Program self; /* as long as the process: the service's thread may be at its last line when this returns */
  const ScScmProgram program = { PROGRAM, wrong == NULL ? start : refuse, stop,
                                 wrong == NULL ? (gpointer) &self : (gpointer) wrong };

  self.options = options;
  open_log ();
  g_message ("Seatcast %s starts", SC_VERSION);
  return sc_scm_run (&program);
}

/* ---- all ---- */

static int
run (CommandLine *line, GError **error)
{
  GError *wrong = NULL;

  if (line->configure || line->unconfigure) {
    sc_log_to_stderr (PROGRAM);
    if (line->unconfigure)
      return sc_engine_unconfigure (error) ? 0 : 1;
    return sc_engine_configure (&line->options, error) ? 0 : 1;
  }
  if (!sc_engine_settings_complete (&line->options, SC_ENGINE_REGISTRY, &wrong) && line->terminal) {
    g_propagate_error (error, wrong);
    return 2;
  }
  if (wrong == NULL)
    sc_log_set_format (sc_engine_options_get_log_format (&line->options));
  if (line->service)
    return run_as_service (&line->options, wrong);
  return run_in_terminal (&line->options, error) ? 0 : 1;
}

int
main (void)
{
  static CommandLine line; /* as long as the process, see above */
  g_autoptr (GError) error = NULL;
  int status = 2;

  setlocale (LC_ALL, "");
  if (parse (&line, &error)) {
    if (line.options.version) {
      g_print (PROGRAM " %s\n", SC_VERSION);
      return 0;
    }
    status = run (&line, &error);
  }
  if (error != NULL)
    sc_log_failure (PROGRAM, error->message);
  return status;
}
