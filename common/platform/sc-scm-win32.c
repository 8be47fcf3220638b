/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-scm.h"

#include <windows.h>

#include "common/platform/sc-nt.h"
#include "common/platform/sc-scm-state.h"
#include "common/sc-error.h"

/* Whoever takes PRESHUTDOWN, which is sent first, has stopped when SHUTDOWN is sent: Microsoft has a service accept one
 * of both. SHUTDOWN leaves 5 s (WaitToKillServiceTimeout); PRESHUTDOWN as long as the service's configuration says. */
#define ACCEPTED (SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_PRESHUTDOWN)

struct _ScScm {
  ScScmProgram program;
  SERVICE_STATUS_HANDLE handle;
  GMutex lock; /* of the state, and of the order in which states are told */
  GCond changed;
  ScScmState state;
  GMainLoop *loop; /* the members from here on: the main context's only */
  gboolean ended;
  guint32 exit_code;
};

/* A process is one service, and Windows gives its callback nothing to know it by. Static because its thread may still
 * be at its last line when sc_scm_run() returns. */
static ScScm the_service;

guint32
sc_scm_exit_code (const GError *error)
{
  if (error == NULL)
    return 0;
  return 1 + (guint32) (error->domain == SC_ERROR ? error->code : (int) SC_ERROR_SYSTEM);
}

/* With the lock held, so that the SCM hears of the states in their order. */
static void
tell (ScScm *self)
{
  static const DWORD states[] = { [SC_SCM_STARTING] = SERVICE_START_PENDING,
                                  [SC_SCM_RUNNING] = SERVICE_RUNNING,
                                  [SC_SCM_STOPPING] = SERVICE_STOP_PENDING,
                                  [SC_SCM_STOPPED] = SERVICE_STOPPED };
  const ScScmState *state = &self->state;
  SERVICE_STATUS status = {
    .dwServiceType = SERVICE_WIN32_OWN_PROCESS,
    .dwCurrentState = states[state->phase],
    .dwControlsAccepted = state->phase == SC_SCM_RUNNING ? ACCEPTED : 0,
    .dwWin32ExitCode = state->exit_code != 0 ? ERROR_SERVICE_SPECIFIC_ERROR : NO_ERROR,
    .dwServiceSpecificExitCode = state->exit_code,
    .dwCheckPoint = state->checkpoint,
    .dwWaitHint = sc_scm_state_is_pending (state) ? SC_SCM_WAIT_HINT : 0,
  };

  if (!SetServiceStatus (self->handle, &status))
    g_warning ("Windows does not take the service's state %lu (error %lu)", status.dwCurrentState, GetLastError ());
  g_cond_broadcast (&self->changed);
}

/* ---- what happens on other threads ---- */

static gpointer
tick (gpointer user_data)
{
  ScScm *self = user_data;

  g_mutex_lock (&self->lock);
  while (self->state.phase != SC_SCM_STOPPED) {
    gint64 end = g_get_monotonic_time () + SC_SCM_TICK * G_TIME_SPAN_MILLISECOND;

    if (!sc_scm_state_is_pending (&self->state))
      g_cond_wait (&self->changed, &self->lock); /* for as long as it runs: nothing wakes up */
    else if (!g_cond_wait_until (&self->changed, &self->lock, end) && sc_scm_state_tick (&self->state))
      tell (self);
  }
  g_mutex_unlock (&self->lock);
  return NULL;
}

static gboolean
on_stop (gpointer user_data)
{
  ScScm *self = user_data;

  if (!self->ended)
    self->program.stop (self, self->program.user_data);
  return G_SOURCE_REMOVE;
}

static void
post (ScScm *self, GSourceFunc func)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, func, self, NULL);
  g_source_attach (source, NULL);
}

static DWORD WINAPI
on_control (DWORD control, DWORD type, void *data, void *user_data)
{
  ScScm *self = user_data;

  switch (control) {
  case SERVICE_CONTROL_INTERROGATE: /* the SCM knows the state as it was told last */
    return NO_ERROR;
  case SERVICE_CONTROL_STOP:
  case SERVICE_CONTROL_PRESHUTDOWN:
  case SERVICE_CONTROL_SHUTDOWN: {
    g_mutex_lock (&self->lock);
    gboolean first = sc_scm_state_stopping (&self->state);
    if (first)
      tell (self);
    g_mutex_unlock (&self->lock);
    if (first)
      post (self, on_stop);
    return NO_ERROR;
  }
  default:
    return ERROR_CALL_NOT_IMPLEMENTED;
  }
}

/* ---- the service's own thread, which runs the main context ---- */

static gboolean
on_loop_runs (gpointer user_data)
{
  ScScm *self = user_data;

  if (self->ended)
    return G_SOURCE_REMOVE;
  g_mutex_lock (&self->lock);
  if (sc_scm_state_running (&self->state))
    tell (self);
  g_mutex_unlock (&self->lock);
  return G_SOURCE_REMOVE;
}

static void
run (ScScm *self)
{
  g_autoptr (GError) error = NULL;

  self->loop = g_main_loop_new (NULL, FALSE);
  if (!self->program.start (self, self->program.user_data, &error))
    sc_scm_stopped (self, error);
  if (!self->ended) {
    post (self, on_loop_runs);
    g_main_loop_run (self->loop);
  }
  g_main_loop_unref (self->loop);
}

static void WINAPI
service_main (DWORD argc, LPWSTR *argv)
{
  ScScm *self = &the_service;
  g_autofree gunichar2 *name = g_utf8_to_utf16 (self->program.name, -1, NULL, NULL, NULL);

  self->handle = RegisterServiceCtrlHandlerExW ((LPCWSTR) name, on_control, self);
  if (self->handle == NULL) { /* nobody to tell: the SCM sees the process end without a word, as after a crash */
    g_critical ("Windows does not take %s for a service (error %lu)", self->program.name, GetLastError ());
    self->exit_code = 1 + SC_ERROR_SYSTEM;
    return;
  }
  g_mutex_lock (&self->lock);
  tell (self);
  g_mutex_unlock (&self->lock);
  GThread *ticker = g_thread_new ("scm", tick, self);
  run (self);
  /* The last words: the process may end before the next line */
  g_mutex_lock (&self->lock);
  if (sc_scm_state_stopped (&self->state, self->exit_code))
    tell (self);
  g_mutex_unlock (&self->lock);
  g_thread_join (ticker);
}

/* For good: also what it starts has none of them. The SCM's own list of required privileges would do the same, but it
 * does not start a service at all whose account a policy has taken one of them from. */
static gboolean
give_up_privileges (gboolean powers_off)
{
  HANDLE token = NULL;
  DWORD size = 0;
  LUID shutdown = { 0 };
  if (!OpenProcessToken (GetCurrentProcess (), TOKEN_ADJUST_PRIVILEGES | TOKEN_QUERY, &token))
    return FALSE;
  GetTokenInformation (token, TokenPrivileges, NULL, 0, &size);
  g_autofree TOKEN_PRIVILEGES *privileges = g_malloc0 (MAX (size, sizeof *privileges));
  LUID notify = { 0 };
  gboolean done = GetTokenInformation (token, TokenPrivileges, privileges, size, &size) &&
                  LookupPrivilegeValueW (NULL, L"SeChangeNotifyPrivilege", &notify) &&
                  LookupPrivilegeValueW (NULL, L"SeShutdownPrivilege", &shutdown);
  DWORD n = 0;
  for (DWORD i = 0; done && i < privileges->PrivilegeCount; i++) {
    LUID id = privileges->Privileges[i].Luid;
    if ((id.LowPart == notify.LowPart && id.HighPart == notify.HighPart) ||
        (powers_off && id.LowPart == shutdown.LowPart && id.HighPart == shutdown.HighPart))
      continue;
    privileges->Privileges[n].Luid = id;
    privileges->Privileges[n++].Attributes = SE_PRIVILEGE_REMOVED;
  }
  privileges->PrivilegeCount = n;
  done = done && AdjustTokenPrivileges (token, FALSE, privileges, 0, NULL, NULL);
  DWORD code = GetLastError ();
  CloseHandle (token);
  SetLastError (code);
  return done;
}

int
sc_scm_run (const ScScmProgram *program)
{
  ScScm *self = &the_service;
  wchar_t none[] = L"";
  const SERVICE_TABLE_ENTRYW table[] = { { none, service_main },
                                         { NULL, NULL } }; /* one service: its name is not used */

  *self = (ScScm){ .program = *program, .state = SC_SCM_STATE_INIT };
  if (!give_up_privileges (program->powers_off))
    g_warning ("%s runs with more privileges than it needs (error %lu)", program->name, GetLastError ());
  if (!StartServiceCtrlDispatcherW (table)) {
    g_autofree char *text =
        g_strdup_printf ("%s cannot run as a service (error %lu): only Windows starts it with --service, by “sc start "
                         "%s”; in a terminal use --console",
                         program->name, GetLastError (), program->name);
    g_critical ("%s", text);
    g_printerr ("%s\n", text); /* whoever has started it in a terminal sees no log */
    return 1;
  }
  return self->exit_code == 0 ? 0 : 1;
}

void
sc_scm_checkpoint (ScScm *self)
{
  g_mutex_lock (&self->lock);
  if (sc_scm_state_step (&self->state))
    tell (self);
  g_mutex_unlock (&self->lock);
}

void
sc_scm_stopped (ScScm *self, const GError *error)
{
  if (self->ended)
    return;
  self->ended = TRUE;
  self->exit_code = sc_scm_exit_code (error);
  if (error != NULL)
    g_critical ("%s ends: %s", self->program.name, error->message);
  g_main_loop_quit (self->loop);
}
