/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-program-private.h"

#include <errno.h>
#include <gio/gunixinputstream.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/sc-error.h"

#define READ_SIZE 4096u
#define LAST_READS (2 * SC_PROGRAM_MAX_OUTPUT / READ_SIZE) /* more than a pipe holds */

typedef struct {
  GSubprocess *process; /* (nullable) until it is started */
  GInputStream *pipe;
  pid_t *group; /* of the child, which writes it: GSubprocess forgets it when the child has ended, maybe at once */
  GByteArray *output;
  GSource *readable; /* (nullable) */
  GSource *timer, *cancelled;
  gboolean timed_out, is_cancelled;
} Run;

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
run_free (gpointer data)
{
  Run *self = data;

  clear_source (&self->readable);
  clear_source (&self->timer);
  clear_source (&self->cancelled);
  g_clear_object (&self->process);
  munmap (self->group, sizeof *self->group);
  g_byte_array_unref (self->output);
  g_free (self);
}

/* In the child, before the program: a group of its own, so that all of it can be ended. */
static void
set_up_child (gpointer user_data)
{
  setpgid (0, 0);
  *(pid_t *) user_data = getpid ();
}

static void
end_group (Run *self)
{
  kill (-*self->group, SIGKILL);
}

/* What is there; never waits: a child that was left behind may hold the other end. */
static gboolean
read_some (Run *self)
{
  guint8 buffer[READ_SIZE];
  gssize n = g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (self->pipe), buffer, sizeof buffer,
                                                       NULL, NULL);

  if (n > 0)
    sc_program_keep_output (self->output, buffer, (gsize) n);
  return n > 0;
}

static gboolean
on_readable (GObject *pipe, gpointer user_data)
{
  Run *self = user_data;

  if (read_some (self))
    return G_SOURCE_CONTINUE;
  clear_source (&self->readable); /* its end, or an error */
  return G_SOURCE_REMOVE;
}

static gboolean
on_timeout (gpointer user_data)
{
  Run *self = user_data;

  self->timed_out = TRUE;
  end_group (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  Run *self = user_data;

  self->is_cancelled = TRUE;
  end_group (self);
  return G_SOURCE_REMOVE;
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Run *self = g_task_get_task_data (task);
  GSubprocess *process = self->process;
  g_autoptr (GError) error = NULL;

  if (!g_subprocess_wait_finish (process, result, &error))
    g_warning ("Whether a program has ended is not known: %s", error->message);
  end_group (self); /* what it has left behind */
  /* not to the end: what has left the group may write without one */
  for (guint i = 0; i < LAST_READS && read_some (self); i++)
    ;
  if (self->is_cancelled && !self->timed_out)
    g_task_return_new_error (task, SC_ERROR, SC_ERROR_CANCELLED, "The program was ended before it was done");
  else
    g_task_return_pointer (task,
                           sc_program_end_new (g_subprocess_get_if_exited (process)
                                                   ? g_subprocess_get_exit_status (process)
                                                   : 128 + g_subprocess_get_term_sig (process),
                                               self->timed_out, self->output),
                           (GDestroyNotify) sc_program_end_free);
}

static void
attach (GTask *task, GSource *source, GSourceFunc func)
{
  g_source_set_callback (source, func, g_task_get_task_data (task), NULL);
  g_source_attach (source, g_task_get_context (task));
}

static void
watch (GTask *task, Run *self, guint timeout)
{
  GCancellable *cancellable = g_task_get_cancellable (task);

  self->pipe = g_subprocess_get_stdout_pipe (self->process);
  self->readable = g_pollable_input_stream_create_source (G_POLLABLE_INPUT_STREAM (self->pipe), NULL);
  attach (task, self->readable, G_SOURCE_FUNC (on_readable));
  self->timer = g_timeout_source_new_seconds (timeout);
  attach (task, self->timer, on_timeout);
  if (cancellable != NULL) {
    self->cancelled = g_cancellable_source_new (cancellable);
    attach (task, self->cancelled, G_SOURCE_FUNC (on_cancelled));
  }
  g_subprocess_wait_async (self->process, NULL, on_ended, g_object_ref (task));
}

static ScError
code_of (const GError *error)
{
  if (g_error_matches (error, G_SPAWN_ERROR, G_SPAWN_ERROR_NOENT))
    return SC_ERROR_NOT_FOUND;
  if (g_error_matches (error, G_SPAWN_ERROR, G_SPAWN_ERROR_ACCES) ||
      g_error_matches (error, G_SPAWN_ERROR, G_SPAWN_ERROR_PERM))
    return SC_ERROR_DENIED;
  return SC_ERROR_SYSTEM;
}

void
sc_program_run_async (const char *const *argv, const char *const *environment, const char *input, guint timeout,
                      GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_autoptr (GError) error = NULL;
  Run *self = g_new0 (Run, 1);

  self->group = mmap (NULL, sizeof *self->group, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  g_assert (self->group != MAP_FAILED); /* a page: as g_malloc() */
  self->output = g_byte_array_new ();
  g_task_set_check_cancellable (task, FALSE); /* its end is awaited in any case */
  g_task_set_task_data (task, self, run_free);
  g_subprocess_launcher_set_environ (launcher, (char **) environment);
  g_subprocess_launcher_set_cwd (launcher, "/");
  if (input != NULL)
    g_subprocess_launcher_set_stdin_file_path (launcher, input);
  g_subprocess_launcher_set_child_setup (launcher, set_up_child, self->group, NULL);
  self->process = g_subprocess_launcher_spawnv (launcher, argv, &error);
  if (self->process != NULL)
    watch (task, self, timeout);
  else
    g_task_return_new_error (task, SC_ERROR, code_of (error), "“%s” cannot be started: %s", argv[0], error->message);
}

ScProgramEnd *
sc_program_run_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
