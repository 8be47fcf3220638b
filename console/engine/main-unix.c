/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-interrupt.h"
#include "common/platform/sc-notify.h"
#include "console/engine/sc-engine-options.h"

#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <sys/resource.h>

#define PROGRAM "seatcast-consoled"
#define MAX_FILES 65536u
#define LARGE_BLOCK (256 * 1024) /* bytes */

#define NOTES                                                                                                          \
  "Who may read the connection file that it writes to DIR/connection is its administrator, on this machine:\n"         \
  "seatcastctl lets seats in by enrol-token, and staff by user add. SIGTERM and SIGINT end the engine;\n"              \
  "sessions go on at its next start.\n"                                                                                \
  "\n"                                                                                                                 \
  "Example: seatcast-consoled --directory /srv/seatcast --listen 10.1.0.5:8470 --rate 800"

/* A seat is a connection or two and a pack an open file: the usual 1,024 end at 400 seats. What select() cannot take is
 * no matter, for nothing here uses it. */
static void
allow_many_files (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= MAX_FILES)
    return;
  limit.rlim_cur = MIN (limit.rlim_max, MAX_FILES);
  if (setrlimit (RLIMIT_NOFILE, &limit) != 0)
    g_warning ("the number of open files stays limited: %s", g_strerror (errno));
}

/* Answers of megabytes come and go with their connections. glibc would raise its threshold to their size at the first
 * one and keep all of them afterwards: ten times what the engine needs. */
static void
give_memory_back (void)
{
  mallopt (M_MMAP_THRESHOLD, LARGE_BLOCK);
}

static gboolean
on_interrupt (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

static void
tell_ready (const ScEngineOptions *options, ScEngine *engine)
{
  const char *url = sc_engine_get_url (engine);
  const char *path = sc_engine_get_connection_path (engine);

  if (sc_engine_options_get_log_format (options) == SC_LOG_JSON)
    sc_log_event ("listening on %s; connection file %s", url, path);
  else
    g_print (PROGRAM ": listening on %s; connection file %s\n", url, path);
  fflush (stdout);
}

static int
run (const ScEngineOptions *options, GError **error)
{
  const ScEngineConfig config = sc_engine_options_get_config (options);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  ScEngine *engine = NULL;

  sc_interrupt_add (on_interrupt, loop);
  engine = sc_engine_start (&config, error);
  if (engine != NULL) {
    tell_ready (options, engine);
    g_autofree char *status = g_strdup_printf ("Listening on %s", sc_engine_get_url (engine));
    sc_notify_ready (status);
    g_main_loop_run (loop);
    sc_notify_stopping ("Waiting for the disk; sessions go on at the next start");
  }
  sc_interrupt_remove ();
  sc_engine_stop (engine);
  return engine != NULL ? 0 : 1;
}

int
main (int argc, char **argv)
{
  g_auto (ScEngineOptions) options;
  g_auto (GStrv) arguments = g_strdupv (argv);
  g_autoptr (GError) error = NULL;
  int status = 0;

  setlocale (LC_ALL, "");
  signal (SIGPIPE, SIG_IGN); /* a client that hangs up is no reason to end */
  sc_engine_options_init (&options);
  if (!sc_engine_options_parse (&options, NULL, NOTES, &arguments, &error) ||
      (!options.version && !sc_engine_options_complete (&options, NULL, NULL, &error))) {
    g_printerr (PROGRAM ": %s\n", error->message);
    return 2;
  }
  if (options.version) {
    g_print (PROGRAM " %s\n", SC_VERSION);
    return 0;
  }
  if (sc_engine_options_get_log_format (&options) == SC_LOG_JSON) {
    sc_log_set_format (SC_LOG_JSON);
    sc_log_to_stderr (PROGRAM);
  }
  allow_many_files ();
  give_memory_back ();
  status = run (&options, &error);
  if (error != NULL)
    sc_log_failure (PROGRAM, error->message);
  return status;
}
