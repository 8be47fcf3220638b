/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sc-engine-launcher.h"

#include "common/sc-error.h"
#include "console/gui/sc-engine-log.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define PROGRAM "seatcast-consoled"

/* A start under way. */
typedef struct {
  char *directory;
  GSocket *ready; /* the engine tells here that it is ready: systemd's protocol, sd_notify(3) */
  char *ready_name;
  GSource *ready_source;
  gboolean returned;
} Start;

static void
start_free (Start *start)
{
  if (start->ready_source != NULL)
    g_source_destroy (start->ready_source);
  g_clear_pointer (&start->ready_source, g_source_unref);
  g_clear_object (&start->ready);
  g_free (start->ready_name);
  g_free (start->directory);
  g_free (start);
}

static char *
program_in (const char *directory, const char *below)
{
  g_autofree char *path = g_build_filename (directory, below, PROGRAM, NULL);

  return g_file_test (path, G_FILE_TEST_IS_EXECUTABLE) ? g_steal_pointer (&path) : NULL;
}

char *
sc_engine_launcher_find (GError **error)
{
  const char *named = g_getenv ("SEATCAST_CONSOLED");
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *directory = self != NULL ? g_path_get_dirname (self) : NULL;
  char *path = NULL;

  if (named != NULL && *named != '\0')
    return g_strdup (named);
  if (directory != NULL)
    path = program_in (directory, "");
  if (path == NULL && directory != NULL)
    path = program_in (directory, "../engine");
  if (path == NULL)
    path = g_find_program_in_path (PROGRAM);
  if (path == NULL)
    g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND,
                 PROGRAM " is not on this machine: install the console's engine, or connect to one on another machine");
  return path;
}

/* Returns: a descriptor of the new log, -1 with an error */
static int
open_log (const char *directory, GError **error)
{
  g_autofree char *path = sc_engine_log_prepare (directory, error);
  int log = -1;

  if (path == NULL)
    return -1;
  log = g_open (path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log < 0)
    sc_error_set_errno (error, errno, SC_ERROR_SYSTEM, "cannot write the engine's log %s", path);
  return log;
}

static gboolean
on_ready (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  GTask *task = user_data;
  Start *start = g_task_get_task_data (task);
  char message[256] = { 0 };

  if (start->returned || g_socket_receive (socket, message, sizeof message - 1, NULL, NULL) <= 0 ||
      strstr (message, "READY=1") == NULL)
    return G_SOURCE_CONTINUE;
  start->returned = TRUE;
  g_task_return_boolean (task, TRUE);
  return G_SOURCE_REMOVE;
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Start *start = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autofree char *words = NULL;

  if (start->returned)
    return;
  start->returned = TRUE;
  if (!g_subprocess_wait_finish (G_SUBPROCESS (source), result, &error)) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  words = sc_engine_log_last_words (start->directory);
  g_task_return_new_error (task, SC_ERROR, SC_ERROR_SYSTEM, "%s", words);
}

/* An abstract name leaves nothing behind in any directory. */
static gboolean
listen_for_ready (Start *start, GError **error)
{
  g_autofree char *id = g_uuid_string_random ();
  g_autofree char *name = g_strconcat ("seatcast-", id, NULL);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new_with_type (name, -1, G_UNIX_SOCKET_ADDRESS_ABSTRACT);

  start->ready_name = g_strconcat ("@", name, NULL);
  start->ready = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_DEFAULT, error);
  if (start->ready == NULL)
    return FALSE;
  g_socket_set_blocking (start->ready, FALSE);
  return g_socket_bind (start->ready, address, FALSE, error);
}

/* Runs in the child, before exec: only what is safe there. */
static void
leave_session (gpointer data)
{
  setsid ();
}

static GSubprocess *
spawn (const ScEngineLaunch *launch, const Start *start, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_autofree char *found = launch->program == NULL ? sc_engine_launcher_find (error) : g_strdup (launch->program);
  int log = -1;

  if (found == NULL)
    return NULL;
  log = open_log (start->directory, error);
  if (log < 0)
    return NULL;
  g_subprocess_launcher_take_stdout_fd (launcher, log);
  g_subprocess_launcher_set_child_setup (launcher, leave_session, NULL, NULL);
  g_subprocess_launcher_setenv (launcher, "NOTIFY_SOCKET", start->ready_name, TRUE);
  g_subprocess_launcher_set_cwd (launcher, "/");
  return g_subprocess_launcher_spawn (launcher, error, found, "--directory", start->directory, "--listen",
                                      launch->listen, NULL);
}

void
sc_engine_launcher_start_async (const ScEngineLaunch *launch, GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Start *start = g_new0 (Start, 1);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;

  g_task_set_source_tag (task, sc_engine_launcher_start_async);
  g_task_set_task_data (task, start, (GDestroyNotify) start_free);
  start->directory = g_canonicalize_filename (launch->directory, NULL);
  if (listen_for_ready (start, &error))
    process = spawn (launch, start, &error);
  if (process == NULL) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  start->ready_source = g_socket_create_source (start->ready, G_IO_IN, cancellable);
  g_source_set_callback (start->ready_source, G_SOURCE_FUNC (on_ready), task, NULL);
  g_source_attach (start->ready_source, g_main_context_get_thread_default ());
  g_subprocess_wait_async (process, cancellable, on_ended, g_steal_pointer (&task));
}

gboolean
sc_engine_launcher_start_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, sc_engine_launcher_start_async), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

const char *
sc_engine_launcher_service_command (void)
{
  return "systemctl start seatcast-consoled";
}
