/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-seat-hooks.h"

#include "common/platform/sc-program.h"
#include "common/sc-error.h"
#include "common/sc-log.h"

#include <string.h>

typedef struct {
  GPtrArray *hooks; /* ScHook */
  ScHookWhen when;
  GStrv environment;
  guint next;
} Run;

static void
run_free (gpointer data)
{
  Run *self = data;

  g_ptr_array_unref (self->hooks);
  g_strfreev (self->environment);
  g_free (self);
}

static ScHookOs
this_os (void)
{
  return G_DIR_SEPARATOR == '\\' ? SC_HOOK_WINDOWS : SC_HOOK_LINUX;
}

static gboolean
is_to_run (const ScHook *hook, ScHookWhen when)
{
  return hook->when == when && sc_hook_is_for (hook, this_os ());
}

gboolean
sc_seat_hooks_has (const char *text, ScHookWhen when)
{
  g_autoptr (GPtrArray) hooks = sc_hooks_parse (text, NULL);

  for (guint i = 0; hooks != NULL && i < hooks->len; i++)
    if (is_to_run (hooks->pdata[i], when))
      return TRUE;
  return FALSE;
}

static char *
join_templates (const char *const *templates)
{
  GString *joined = g_string_new (NULL);

  for (guint i = 0; templates[i] != NULL; i++) {
    if (joined->len + strlen (templates[i]) + 1 > SC_SEAT_HOOKS_MAX_TEMPLATES)
      break;
    if (i > 0)
      g_string_append_c (joined, '\n');
    g_string_append (joined, templates[i]);
  }
  return g_string_free (joined, FALSE);
}

/* Without what systemd gave the service for itself: its credentials, its socket, its options. */
static GStrv
make_environment (ScHookWhen when, const ScSeatHooksFacts *facts)
{
  static const char *const own[] = { "CREDENTIALS_DIRECTORY", "NOTIFY_SOCKET",    "WATCHDOG_PID",
                                     "WATCHDOG_USEC",         "LISTEN_FDS",       "LISTEN_PID",
                                     "JOURNAL_STREAM",        "SEATCAST_OPTIONS", "SEATCAST_ROOM" };
  g_autofree char *version = g_strdup_printf ("%" G_GUINT64_FORMAT, facts->version);
  g_autofree char *templates = join_templates (facts->templates);
  GStrv environment = g_get_environ ();

  for (guint i = 0; i < G_N_ELEMENTS (own); i++)
    environment = g_environ_unsetenv (environment, own[i]);
  environment = g_environ_setenv (environment, "SEATCAST_WHEN", sc_hook_when_to_nick (when), TRUE);
  environment = g_environ_setenv (environment, "SEATCAST_VERSION", version, TRUE);
  environment = g_environ_setenv (environment, "SEATCAST_SEAT", facts->seat, TRUE);
  environment = g_environ_setenv (environment, "SEATCAST_REPOSITORY", facts->repository, TRUE);
  return g_environ_setenv (environment, "SEATCAST_TEMPLATES", templates, TRUE);
}

static gboolean
check_end (const ScHook *hook, const ScProgramEnd *end, GError **error)
{
  g_autofree char *line = sc_program_last_line (end->output, SC_SEAT_HOOKS_MAX_LINE);
  const char *when = sc_hook_when_to_nick (hook->when);

  if (!end->timed_out && end->status == 0) {
    sc_log_event ("The version's %s program “%s” has run", when, hook->run[0]);
    return TRUE;
  }
  if (end->timed_out)
    g_set_error (error, SC_ERROR, SC_ERROR_SYSTEM,
                 "The version's %s program “%s” was ended as it was not done after %u s%s%s", when, hook->run[0],
                 hook->timeout, *line != '\0' ? "; the last it said: " : "", line);
  else
    g_set_error (error, SC_ERROR, SC_ERROR_SYSTEM, "The version's %s program “%s” failed with status %d%s%s", when,
                 hook->run[0], end->status, *line != '\0' ? ": " : "", line);
  return FALSE;
}

static void run_next (GTask *task);

static void
on_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Run *self = g_task_get_task_data (task);
  const ScHook *hook = self->hooks->pdata[self->next];
  GError *error = NULL;
  g_autoptr (ScProgramEnd) end = sc_program_run_finish (result, &error);

  if (end == NULL && !g_error_matches (error, SC_ERROR, SC_ERROR_CANCELLED))
    g_prefix_error (&error, "The version's %s program: ", sc_hook_when_to_nick (hook->when));
  if (end == NULL || !check_end (hook, end, &error)) {
    g_task_return_error (task, error);
    return;
  }
  self->next++;
  run_next (task);
}

static void
run_next (GTask *task)
{
  Run *self = g_task_get_task_data (task);

  while (self->next < self->hooks->len && !is_to_run (self->hooks->pdata[self->next], self->when))
    self->next++;
  if (self->next == self->hooks->len) {
    g_task_return_boolean (task, TRUE);
    return;
  }
  const ScHook *hook = self->hooks->pdata[self->next];
  if (!sc_hook_is_absolute (hook->run[0], this_os ())) {
    g_task_return_new_error (task, SC_ERROR, SC_ERROR_INVALID,
                             "The version's %s program “%s” is not an absolute path on this system: give it “os”",
                             sc_hook_when_to_nick (hook->when), hook->run[0]);
    return;
  }
  sc_program_run_async ((const char *const *) hook->run, (const char *const *) self->environment, NULL, hook->timeout,
                        g_task_get_cancellable (task), on_ended, g_object_ref (task));
}

void
sc_seat_hooks_run_async (const char *text, ScHookWhen when, const ScSeatHooksFacts *facts, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  GError *error = NULL;
  GPtrArray *hooks = sc_hooks_parse (text, &error);

  g_task_set_check_cancellable (task, FALSE);
  if (hooks == NULL) {
    g_task_return_error (task, error);
    return;
  }
  Run *self = g_new0 (Run, 1);
  self->hooks = hooks;
  self->when = when;
  self->environment = make_environment (when, facts);
  g_task_set_task_data (task, self, run_free);
  run_next (task);
}

gboolean
sc_seat_hooks_run_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
