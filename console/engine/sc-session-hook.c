/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/sc-session-hook.h"

#include "common/platform/sc-program.h"
#include "common/sc-error.h"
#include "common/sc-log.h"
#include "console/engine/api/sc-api-json.h"

#include <glib/gstdio.h>
#include <unistd.h>

#define MAX_LINE 1024u /* bytes of the program's last line, in the log and in the activity */

struct _ScSessionHook {
  const ScApiParts *parts;
  char *program;
  guint timeout; /* s */
  GQueue queue;  /* guint64 * (owned): sessions that wait */
  guint running;
  GCancellable *cancellable; /* of all that run */
};

typedef struct {
  ScSessionHook *hook;
  guint64 session, version;
  char *room;
  char *file; /* (nullable): the session's JSON */
} Run;

static void
run_free (Run *run)
{
  if (run->file != NULL && g_unlink (run->file) != 0)
    g_warning ("%s could not be removed: %s", run->file, g_strerror (errno));
  g_free (run->file);
  g_free (run->room);
  g_free (run);
}

/* ---- what it is told ---- */

static void
set_number (char ***environment, const char *name, guint64 number)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, number);

  *environment = g_environ_setenv (*environment, name, text, TRUE);
}

static void
set_time (char ***environment, const char *name, gint64 time)
{
  g_autoptr (GDateTime) when = g_date_time_new_from_unix_utc (time / G_USEC_PER_SEC);
  g_autofree char *text = when != NULL ? g_date_time_format_iso8601 (when) : g_strdup ("");

  *environment = g_environ_setenv (*environment, name, text, TRUE);
}

static void
set_text (char ***environment, const char *name, const char *text)
{
  *environment = g_environ_setenv (*environment, name, text != NULL ? text : "", TRUE);
}

static void
set_counts (char ***environment, const ScSessionView *view)
{
  guint done = 0, failed = 0, busy = 0;

  for (guint i = 0; i < view->seats->len; i++) {
    ScTransferState state = ((const ScCatalogSessionSeat *) g_ptr_array_index (view->seats, i))->state;

    done += state == SC_TRANSFER_DONE;
    failed += state == SC_TRANSFER_FAILED;
    busy += state == SC_TRANSFER_BUSY;
  }
  set_number (environment, "SEATCAST_SEATS", view->seats->len);
  set_number (environment, "SEATCAST_DONE", done);
  set_number (environment, "SEATCAST_FAILED", failed);
  set_number (environment, "SEATCAST_BUSY", busy);
}

/* One room a line: their names may have any other character. */
static char *
join_rooms (const ScCatalogSession *session)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; session->rooms != NULL && i < session->rooms->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", (const char *) g_ptr_array_index (session->rooms, i));
  if (text->len == 0 && session->room != NULL)
    g_string_append (text, session->room);
  return g_string_free (text, FALSE);
}

/* (transfer full): the engine's own, without what its service manager has told the engine alone */
static char **
make_environment (ScSessionHook *self, const ScSessionView *view, const char *file)
{
  static const char *const unset[] = { "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID" };
  const ScCatalogSession *session = view->session;
  g_autofree char *rooms = join_rooms (session);
  char **environment = g_get_environ ();

  for (guint i = 0; i < G_N_ELEMENTS (unset); i++)
    environment = g_environ_unsetenv (environment, unset[i]);
  set_number (&environment, "SEATCAST_SESSION", session->id);
  set_number (&environment, "SEATCAST_VERSION", session->version);
  set_text (&environment, "SEATCAST_STATE", sc_session_state_to_nick (session->state));
  set_text (&environment, "SEATCAST_ERROR", session->error);
  set_text (&environment, "SEATCAST_ROOMS", rooms);
  set_text (&environment, "SEATCAST_ORIGIN", session->origin);
  set_counts (&environment, view);
  set_number (&environment, "SEATCAST_CATCH_UP_BYTES", session->catch_up_bytes);
  set_number (&environment, "SEATCAST_WIRE_BYTES", session->wire_bytes);
  set_time (&environment, "SEATCAST_STARTED", session->created);
  set_time (&environment, "SEATCAST_ENDED", session->ended);
  set_text (&environment, "SEATCAST_URL", self->parts->url);
  set_text (&environment, "SEATCAST_FILE", file);
  return environment;
}

/* Returns: (transfer full) (nullable): the path of a file that only this user may read */
static char *
write_file (ScSessionHook *self, const ScSessionView *view, GError **error)
{
  g_autoptr (ScJson) json = sc_api_json_of_session_view (self->parts, view);
  g_autofree char *text = sc_json_to_text (json);
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("seatcast-session-XXXXXX.json", &path, error);

  if (fd < 0)
    return NULL;
  close (fd);
  if (!g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, error)) {
    g_unlink (path);
    return NULL;
  }
  return g_steal_pointer (&path);
}

/* ---- running ---- */

static void run_next (ScSessionHook *self);

static void
record_failure (Run *run, const char *why)
{
  g_autoptr (ScActivityEntry) entry = sc_activity_entry_new ("hook");

  entry->session = run->session;
  entry->version = run->version;
  sc_activity_entry_set_text (&entry->room, run->room);
  sc_activity_entry_set_text (&entry->detail, run->hook->program);
  sc_activity_entry_set_text (&entry->error, why);
  sc_activity_record (run->hook->parts->activity, entry);
}

static void
tell_end (Run *run, const ScProgramEnd *end)
{
  g_autofree char *line = sc_program_last_line (end->output, MAX_LINE);
  g_autofree char *how = end->timed_out ? g_strdup_printf ("was ended after %u s", run->hook->timeout)
                                        : g_strdup_printf ("exited with %d", end->status);
  g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, run->session);
  g_autofree char *text = g_strdup_printf ("the hook %s%s%s", how, *line != '\0' ? ": " : "", line);
  gboolean failed = end->timed_out || end->status != 0;

  g_log_structured (G_LOG_DOMAIN, failed ? G_LOG_LEVEL_WARNING : G_LOG_LEVEL_MESSAGE, "SEATCAST_SESSION", id, "MESSAGE",
                    "session %s: %s %s", id, run->hook->program, text);
  if (failed)
    record_failure (run, text);
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  ScSessionHook *self = run->hook;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScProgramEnd) end = sc_program_run_finish (result, &error);
  gboolean stopping = g_cancellable_is_cancelled (self->cancellable);

  if (end != NULL)
    tell_end (run, end);
  else if (!stopping) {
    sc_log_session_warning (run->session, "session %" G_GUINT64_FORMAT ": its hook was not run: %s", run->session,
                            error->message);
    record_failure (run, error->message);
  }
  run_free (run);
  self->running--;
  if (!stopping)
    run_next (self);
}

static void
run_for (ScSessionHook *self, guint64 session)
{
  const char *const argv[] = { self->program, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (ScSessionView) view = sc_sessions_view (self->parts->sessions, session, &error);
  g_auto (GStrv) environment = NULL;
  Run *run = g_new0 (Run, 1);

  run->hook = self;
  run->session = session;
  if (view != NULL) {
    run->version = view->session->version;
    run->room = g_strdup (view->session->room);
    run->file = write_file (self, view, &error);
  }
  if (run->file == NULL) {
    sc_log_session_warning (session, "session %" G_GUINT64_FORMAT ": its hook was not run: %s", session,
                            error->message);
    record_failure (run, error->message);
    run_free (run);
    return;
  }
  environment = make_environment (self, view, run->file);
  self->running++;
  sc_program_run_async (argv, (const char *const *) environment, run->file, self->timeout, self->cancellable, on_ended,
                        run);
}

static void
run_next (ScSessionHook *self)
{
  while (self->running < SC_SESSION_HOOK_AT_ONCE && !g_queue_is_empty (&self->queue)) {
    g_autofree guint64 *session = g_queue_pop_head (&self->queue);

    run_for (self, *session);
  }
}

static void
on_session_ended (ScSessions *sessions, guint64 id, ScSessionHook *self)
{
  if (g_queue_get_length (&self->queue) >= SC_SESSION_HOOK_QUEUE) {
    sc_log_session_warning (id, "session %" G_GUINT64_FORMAT ": its hook is not run, for those of %u others still wait",
                            id, SC_SESSION_HOOK_QUEUE);
    return;
  }
  g_queue_push_tail (&self->queue, g_memdup2 (&id, sizeof id));
  run_next (self);
}

gboolean
sc_session_hook_check (const char *program, GError **error)
{
  if (!g_file_test (program, G_FILE_TEST_EXISTS))
    g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND,
                 "the session hook “%s” is not there: name an existing program by --session-hook, or leave it out",
                 program);
  else if (!g_file_test (program, G_FILE_TEST_IS_REGULAR) || !g_file_test (program, G_FILE_TEST_IS_EXECUTABLE))
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "the session hook “%s” is not a program that this account may run: name another one by --session-hook",
                 program);
  else
    return TRUE;
  return FALSE;
}

ScSessionHook *
sc_session_hook_new (const ScApiParts *parts, const char *program)
{
  ScSessionHook *self = g_new0 (ScSessionHook, 1);

  self->parts = parts;
  self->program = g_strdup (program);
  self->timeout = SC_SESSION_HOOK_SECONDS;
  g_queue_init (&self->queue);
  self->cancellable = g_cancellable_new ();
  g_signal_connect (parts->sessions, "session-ended", G_CALLBACK (on_session_ended), self);
  return self;
}

void
sc_session_hook_free (ScSessionHook *self)
{
  if (self == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->parts->sessions, self);
  g_cancellable_cancel (self->cancellable);
  while (self->running > 0)
    g_main_context_iteration (NULL, TRUE);
  if (!g_queue_is_empty (&self->queue))
    g_message ("the hooks of %u sessions are not run, for the engine ends", g_queue_get_length (&self->queue));
  g_queue_clear_full (&self->queue, g_free);
  g_object_unref (self->cancellable);
  g_free (self->program);
  g_free (self);
}

void
sc_session_hook_set_timeout (ScSessionHook *self, guint seconds)
{
  self->timeout = seconds;
}

guint
sc_session_hook_count (ScSessionHook *self)
{
  return self->running + g_queue_get_length (&self->queue);
}
