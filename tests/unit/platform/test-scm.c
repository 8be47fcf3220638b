/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A real service under the real service control manager: this program registers itself, and Windows starts it again
 * with "--service NAME WHAT". What it waits for is told by events, so that every state can be looked at. */
#include "common/platform/sc-scm.h"

#include <windows.h>

#include <psapi.h>

#include "common/platform/sc-nt.h"
#include "test-dir.h"

#define WAIT 60000u /* ms at most */
#define STEPS 3u
#define PATH_UNITS 32768u
#define MAX_MODULES 256u

static wchar_t *
to_wide (const char *text)
{
  return (wchar_t *) g_utf8_to_utf16 (text, -1, NULL, NULL, NULL);
}

/* Both processes open it; it stays with either. */
static HANDLE
open_event (const char *service, const char *what)
{
  g_autofree char *name = g_strconcat ("Global\\", service, "-", what, NULL);
  g_autofree wchar_t *wide = to_wide (name);

  return CreateEventW (NULL, TRUE, FALSE, wide);
}

/* ---- the service ---- */

typedef struct {
  const char *name, *what;
  gboolean stopping;
} Service;

static gboolean
end_by_itself (gpointer scm)
{
  g_autoptr (GError) error = g_error_new (SC_ERROR, SC_ERROR_NO_SPACE, "It has ended by itself");

  sc_scm_stopped (scm, error);
  return G_SOURCE_REMOVE;
}

static gboolean
start (ScScm *scm, gpointer user_data, GError **error)
{
  Service *self = user_data;
  HANDLE go_on = open_event (self->name, "start");

  for (guint i = 0; i < STEPS; i++)
    sc_scm_checkpoint (scm);
  WaitForSingleObject (go_on, WAIT);
  if (g_str_equal (self->what, "fail")) {
    g_set_error (error, SC_ERROR, SC_ERROR_BUSY, "It does not start");
    return FALSE;
  }
  if (g_str_equal (self->what, "end")) /* when the loop runs, before or after RUNNING was told */
    g_idle_add (end_by_itself, scm);
  return TRUE;
}

static gboolean
on_stopped (gpointer scm)
{
  sc_scm_stopped (scm, NULL);
  return G_SOURCE_REMOVE;
}

static void
stop (ScScm *scm, gpointer user_data)
{
  Service *self = user_data;
  HANDLE go_on = open_event (self->name, "stop");

  g_assert_false (self->stopping); /* once, however often it is told to */
  self->stopping = TRUE;
  sc_scm_checkpoint (scm);
  WaitForSingleObject (go_on, WAIT);
  g_idle_add (on_stopped, scm);
}

static int
run_service (const char *name, const char *what)
{
  Service self = { name, what, FALSE };
  const ScScmProgram program = { name, start, stop, &self };

  return sc_scm_run (&program);
}

/* ---- who looks at it ---- */

static char *program_path; /* of a copy, with the libraries beside it: a service has no PATH to them */
static HANDLE process;     /* (nullable): of the service that was started last */

static char *
module_path (HMODULE module)
{
  g_autofree wchar_t *wide = g_new0 (wchar_t, PATH_UNITS);

  g_assert_cmpuint (GetModuleFileNameW (module, wide, PATH_UNITS), >, 0);
  return g_utf16_to_utf8 ((const gunichar2 *) wide, -1, NULL, NULL, NULL);
}

/* This program, and what it has loaded that is not the system's. */
static void
copy_program (const char *directory)
{
  g_autofree char *windows = g_ascii_strdown (g_getenv ("SystemRoot"), -1);
  g_autofree HMODULE *modules = g_new0 (HMODULE, MAX_MODULES);
  DWORD size = 0;

  g_assert_true (EnumProcessModules (GetCurrentProcess (), modules, MAX_MODULES * sizeof *modules, &size));
  g_assert_cmpuint (size, <=, MAX_MODULES * sizeof *modules);
  for (guint i = 0; i < size / sizeof *modules; i++) {
    g_autofree char *path = module_path (modules[i]);
    g_autofree char *lower = g_ascii_strdown (path, -1);
    g_autofree char *name = g_path_get_basename (path);
    g_autofree char *copy = g_build_filename (directory, name, NULL);
    g_autoptr (GError) error = NULL;
    char *data;
    gsize length;

    if (g_str_has_prefix (lower, windows))
      continue;
    g_file_get_contents (path, &data, &length, &error);
    g_assert_no_error (error);
    test_dir_write (copy, data, length);
    g_free (data);
  }
  g_autofree char *own = module_path (NULL);
  g_autofree char *name = g_path_get_basename (own);
  program_path = g_build_filename (directory, name, NULL);
}

typedef struct {
  char *name;
  SC_HANDLE manager, service;
  HANDLE start, stop; /* events: it may go on */
  GThread *starting;
} Fixture;

static void
set_up (Fixture *f, gconstpointer what)
{
  f->name = g_strdup_printf ("seatcast-test-%lu-%s", GetCurrentProcessId (), (const char *) what);
  f->start = open_event (f->name, "start");
  f->stop = open_event (f->name, "stop");
  g_autofree char *command = g_strdup_printf ("\"%s\" --service %s %s", program_path, f->name, (const char *) what);
  g_autofree wchar_t *wide_command = to_wide (command);
  g_autofree wchar_t *wide_name = to_wide (f->name);
  f->manager = OpenSCManagerW (NULL, NULL, SC_MANAGER_ALL_ACCESS);
  g_assert_nonnull (f->manager);
  f->service = CreateServiceW (f->manager, wide_name, wide_name, SERVICE_ALL_ACCESS, SERVICE_WIN32_OWN_PROCESS,
                               SERVICE_DEMAND_START, SERVICE_ERROR_NORMAL, wide_command, NULL, NULL, NULL, NULL, NULL);
  g_assert_nonnull (f->service);
}

static void
tear_down (Fixture *f, gconstpointer what)
{
  SetEvent (f->start);
  SetEvent (f->stop);
  g_thread_join (f->starting);
  if (process != NULL) { /* STOPPED comes before its end, and till then its files are in use */
    g_assert_cmpuint (WaitForSingleObject (process, WAIT), ==, WAIT_OBJECT_0);
    CloseHandle (process);
  }
  process = NULL;
  g_assert_true (DeleteService (f->service));
  CloseServiceHandle (f->service);
  CloseServiceHandle (f->manager);
  CloseHandle (f->start);
  CloseHandle (f->stop);
  g_free (f->name);
}

static SERVICE_STATUS_PROCESS
query (Fixture *f)
{
  SERVICE_STATUS_PROCESS status;
  DWORD size = 0;

  g_assert_true (QueryServiceStatusEx (f->service, SC_STATUS_PROCESS_INFO, (LPBYTE) &status, sizeof status, &size));
  return status;
}

/* Until it is in @state with at least @checkpoint; the wait is for a failure only. */
static SERVICE_STATUS_PROCESS
wait_for (Fixture *f, DWORD state, DWORD checkpoint)
{
  for (guint i = 0; i < WAIT / 20; i++) {
    SERVICE_STATUS_PROCESS status = query (f);

    if (status.dwCurrentState == state && status.dwCheckPoint >= checkpoint)
      return status;
    g_usleep (20000);
  }
  g_error ("The service has never come to state %lu, checkpoint %lu; it is in %lu, %lu", state, checkpoint,
           query (f).dwCurrentState, query (f).dwCheckPoint);
}

/* Wine returns from it only when the service runs. */
static gpointer
start_thread (gpointer data)
{
  Fixture *f = data;

  return GUINT_TO_POINTER (StartServiceW (f->service, 0, NULL) ? ERROR_SUCCESS : GetLastError ());
}

static void
start_it (Fixture *f)
{
  f->starting = g_thread_new ("start", start_thread, f);
}

static SERVICE_STATUS_PROCESS
started (Fixture *f)
{
  SERVICE_STATUS_PROCESS status = wait_for (f, SERVICE_START_PENDING, 1 + STEPS);

  process = OpenProcess (SYNCHRONIZE, FALSE, status.dwProcessId);
  g_assert_nonnull (process);
  return status;
}

static void
test_life (Fixture *f, gconstpointer what)
{
  SERVICE_STATUS answer;

  start_it (f);
  SERVICE_STATUS_PROCESS status = started (f);
  g_assert_cmpuint (status.dwWaitHint, ==, 30000);
  g_assert_cmpuint (status.dwControlsAccepted, ==, 0);
  g_assert_false (ControlService (f->service, SERVICE_CONTROL_STOP, &answer)); /* not yet */
  SetEvent (f->start);
  status = wait_for (f, SERVICE_RUNNING, 0);
  g_assert_cmpuint (status.dwControlsAccepted, ==, SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_PRESHUTDOWN);
  g_assert_cmpuint (status.dwServiceType, ==, SERVICE_WIN32_OWN_PROCESS);
  g_assert_true (ControlService (f->service, SERVICE_CONTROL_INTERROGATE, &answer));
  g_assert_cmpuint (answer.dwCurrentState, ==, SERVICE_RUNNING);
  g_assert_true (ControlService (f->service, SERVICE_CONTROL_STOP, &answer));
  status = wait_for (f, SERVICE_STOP_PENDING, 2);
  g_assert_cmpuint (status.dwWaitHint, ==, 30000);
  ControlService (f->service, SERVICE_CONTROL_STOP, &answer); /* again: changes nothing */
  SetEvent (f->stop);
  status = wait_for (f, SERVICE_STOPPED, 0);
  g_assert_cmpuint (status.dwWin32ExitCode, ==, NO_ERROR);
  g_assert_cmpuint (status.dwServiceSpecificExitCode, ==, 0);
}

/* It says so while it starts and stops for long, also when the program itself has nothing to say. */
static void
test_ticks (Fixture *f, gconstpointer what)
{
  SERVICE_STATUS answer;

  start_it (f);
  started (f);
  wait_for (f, SERVICE_START_PENDING, 2 + STEPS);
  SetEvent (f->start);
  wait_for (f, SERVICE_RUNNING, 0);
  g_assert_true (ControlService (f->service, SERVICE_CONTROL_STOP, &answer));
  wait_for (f, SERVICE_STOP_PENDING, 3);
  SetEvent (f->stop);
  wait_for (f, SERVICE_STOPPED, 0);
}

static void
test_fails (Fixture *f, gconstpointer what)
{
  start_it (f);
  started (f);
  SetEvent (f->start);
  SERVICE_STATUS_PROCESS status = wait_for (f, SERVICE_STOPPED, 0);
  g_assert_cmpuint (status.dwWin32ExitCode, ==, ERROR_SERVICE_SPECIFIC_ERROR);
  g_assert_cmpuint (status.dwServiceSpecificExitCode, ==,
                    1 + (g_str_equal (what, "fail") ? SC_ERROR_BUSY : SC_ERROR_NO_SPACE));
}

static void
test_exit_codes (void)
{
  g_autoptr (GError) own = g_error_new (SC_ERROR, SC_ERROR_NOT_FOUND, "x");
  g_autoptr (GError) other = g_error_new (G_IO_ERROR, G_IO_ERROR_FAILED, "x");

  g_assert_cmpuint (sc_scm_exit_code (NULL), ==, 0);
  g_assert_cmpuint (sc_scm_exit_code (own), ==, 3);
  g_assert_cmpuint (sc_scm_exit_code (other), ==, 12);
}

int
main (int argc, char **argv)
{
  if (argc == 4 && g_str_equal (argv[1], "--service"))
    return run_service (argv[2], argv[3]);
  g_test_init (&argc, &argv, NULL);
  test_auto_dir directory = test_dir_make ();
  copy_program (directory);
  g_test_add_func ("/scm/exit-codes", test_exit_codes);
  g_test_add ("/scm/life", Fixture, "life", set_up, test_life, tear_down);
  g_test_add ("/scm/ticks", Fixture, "ticks", set_up, test_ticks, tear_down);
  g_test_add ("/scm/fails", Fixture, "fail", set_up, test_fails, tear_down);
  g_test_add ("/scm/ends", Fixture, "end", set_up, test_fails, tear_down);
  int status = g_test_run ();
  g_free (program_path);
  return status;
}
