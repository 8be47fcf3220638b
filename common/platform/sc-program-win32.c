/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-program-private.h"

#include <string.h>
#include <windows.h>

#include "common/platform/sc-nt.h"
#include "common/sc-error.h"

#define READ_SIZE 4096u

typedef struct {
  GStrv argv, environment;
  char *input;
  guint timeout; /* s */
  HANDLE stop;   /* an event: it is cancelled */
} Run;

static void
run_free (gpointer data)
{
  Run *self = data;

  g_strfreev (self->argv);
  g_strfreev (self->environment);
  g_free (self->input);
  if (self->stop != NULL)
    CloseHandle (self->stop);
  g_free (self);
}

/* As CommandLineToArgvW() and every C runtime take it apart. Quotes only where they are needed: cmd.exe and others that
 * read the line by rules of their own do not look for their options in them. */
static void
append_argument (GString *line, const char *argument)
{
  gsize backslashes = 0;

  if (line->len > 0)
    g_string_append_c (line, ' ');
  if (*argument != '\0' && strpbrk (argument, " \t\n\v\"") == NULL) {
    g_string_append (line, argument);
    return;
  }
  g_string_append_c (line, '"');
  for (const char *c = argument; *c != '\0'; c++) {
    if (*c == '"')
      for (gsize i = 0; i <= backslashes; i++) /* each of those before it once more, and one for itself */
        g_string_append_c (line, '\\');
    backslashes = *c == '\\' ? backslashes + 1 : 0;
    g_string_append_c (line, *c);
  }
  for (gsize i = 0; i < backslashes; i++)
    g_string_append_c (line, '\\');
  g_string_append_c (line, '"');
}

static gboolean
is_batch (const char *program)
{
  g_autofree char *lower = g_ascii_strdown (program, -1);

  return g_str_has_suffix (lower, ".bat") || g_str_has_suffix (lower, ".cmd");
}

/* cmd.exe runs batch files; it would read arguments by rules of its own, so there are none. */
static gboolean
can_run (const char *const *argv)
{
  return !is_batch (argv[0]) || (argv[1] == NULL && strpbrk (argv[0], "%\"\r\n") == NULL);
}

static wchar_t *
make_command_line (char **argv)
{
  g_autoptr (GString) line = g_string_new (NULL);

  if (is_batch (argv[0]))
    g_string_printf (line, "cmd.exe /d /s /v:off /c \"\"%s\"\"", argv[0]);
  else
    for (guint i = 0; argv[i] != NULL; i++)
      append_argument (line, argv[i]);
  return (wchar_t *) g_utf8_to_utf16 (line->str, -1, NULL, NULL, NULL);
}

/* What Windows is to start: the program, or who reads it. */
static wchar_t *
make_program (const char *program)
{
  wchar_t directory[MAX_PATH];
  g_autofree char *system = NULL;
  g_autofree char *path = NULL;

  if (!is_batch (program))
    return (wchar_t *) g_utf8_to_utf16 (program, -1, NULL, NULL, NULL);
  if (GetSystemDirectoryW (directory, MAX_PATH) == 0)
    return NULL;
  system = g_utf16_to_utf8 ((const gunichar2 *) directory, -1, NULL, NULL, NULL);
  path = g_build_filename (system, "cmd.exe", NULL);
  return (wchar_t *) g_utf8_to_utf16 (path, -1, NULL, NULL, NULL);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return g_ascii_strcasecmp (*(char *const *) a, *(char *const *) b);
}

/* Sorted, each ended by a zero, and one more at the end. */
static wchar_t *
make_environment (char **environment)
{
  g_autoptr (GArray) block = g_array_new (TRUE, FALSE, sizeof (gunichar2));
  const gunichar2 zero = 0;

  qsort (environment, g_strv_length (environment), sizeof *environment, compare_names);
  for (guint i = 0; environment[i] != NULL; i++) {
    glong length = 0;
    g_autofree gunichar2 *wide = g_utf8_to_utf16 (environment[i], -1, NULL, &length, NULL);

    if (wide == NULL || length == 0)
      continue;
    g_array_append_vals (block, wide, (guint) length);
    g_array_append_val (block, zero);
  }
  g_array_append_val (block, zero);
  return (wchar_t *) g_array_free (g_steal_pointer (&block), FALSE);
}

/* A job whose processes end with its last handle. */
static HANDLE
make_job (void)
{
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = { .BasicLimitInformation.LimitFlags =
                                                      JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE };
  HANDLE job = CreateJobObjectW (NULL, NULL);

  if (job != NULL &&
      !SetInformationJobObject (job, JobObjectExtendedLimitInformation, &limits, (DWORD) sizeof limits)) {
    DWORD code = GetLastError ();
    CloseHandle (job);
    SetLastError (code);
    return NULL;
  }
  return job;
}

/* What the program gets of us: these handles, and no other. */
static gboolean
spawn (Run *self, HANDLE input, HANDLE output, PROCESS_INFORMATION *process)
{
  HANDLE handles[] = { input, output };
  SIZE_T size = 0;
  g_autofree wchar_t *line = make_command_line (self->argv);
  g_autofree wchar_t *program = make_program (self->argv[0]);
  g_autofree wchar_t *environment = make_environment (self->environment);
  g_autofree void *attributes = NULL;
  STARTUPINFOEXW start = { .StartupInfo = { .cb = (DWORD) sizeof start,
                                            .dwFlags = STARTF_USESTDHANDLES,
                                            .hStdInput = input,
                                            .hStdOutput = output,
                                            .hStdError = output } };
  gboolean started;

  if (line == NULL || program == NULL) {
    SetLastError (ERROR_INVALID_NAME);
    return FALSE;
  }
  InitializeProcThreadAttributeList (NULL, 1, 0, &size);
  attributes = g_malloc0 (size);
  start.lpAttributeList = attributes;
  if (!InitializeProcThreadAttributeList (start.lpAttributeList, 1, 0, &size))
    return FALSE;
  started =
      UpdateProcThreadAttribute (start.lpAttributeList, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, handles, sizeof handles,
                                 NULL, NULL) &&
      CreateProcessW (program, line, NULL, NULL, TRUE,
                      CREATE_SUSPENDED | CREATE_NO_WINDOW | CREATE_UNICODE_ENVIRONMENT | EXTENDED_STARTUPINFO_PRESENT,
                      environment, L"C:\\", &start.StartupInfo, process);
  DWORD code = GetLastError ();
  DeleteProcThreadAttributeList (start.lpAttributeList);
  SetLastError (code);
  return started;
}

/* In the job before its first instruction, so nothing that it starts is outside. */
static gboolean
start (Run *self, HANDLE job, HANDLE output, HANDLE *process)
{
  SECURITY_ATTRIBUTES inherited = { .nLength = (DWORD) sizeof inherited, .bInheritHandle = TRUE };
  g_autofree wchar_t *path = (wchar_t *) g_utf8_to_utf16 (self->input, -1, NULL, NULL, NULL);
  HANDLE input = CreateFileW (path != NULL ? path : L"NUL", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE,
                              &inherited, OPEN_EXISTING, 0, NULL);
  PROCESS_INFORMATION information = { 0 };
  gboolean started = input != INVALID_HANDLE_VALUE && spawn (self, input, output, &information);
  DWORD code = GetLastError ();

  if (started &&
      (!AssignProcessToJobObject (job, information.hProcess) || ResumeThread (information.hThread) == (DWORD) -1)) {
    code = GetLastError ();
    TerminateProcess (information.hProcess, 1);
    CloseHandle (information.hProcess);
    started = FALSE;
  }
  if (information.hThread != NULL)
    CloseHandle (information.hThread);
  if (input != INVALID_HANDLE_VALUE)
    CloseHandle (input);
  *process = started ? information.hProcess : NULL;
  SetLastError (code);
  return started;
}

typedef struct {
  HANDLE pipe;
  GByteArray *output;
} Reader;

/* Until the last process that can write to it has ended. */
static gpointer
read_all (gpointer data)
{
  Reader *self = data;
  guint8 buffer[READ_SIZE];
  DWORD n = 0;

  while (ReadFile (self->pipe, buffer, READ_SIZE, &n, NULL) && n > 0)
    sc_program_keep_output (self->output, buffer, n);
  return NULL;
}

static ScProgramEnd *
await (Run *self, HANDLE job, HANDLE process, HANDLE pipe, GError **error)
{
  g_autoptr (GByteArray) output = g_byte_array_new ();
  Reader reader = { pipe, output };
  GThread *thread = g_thread_new ("program", read_all, &reader);
  HANDLE handles[] = { process, self->stop };
  DWORD which = WaitForMultipleObjects (G_N_ELEMENTS (handles), handles, FALSE, self->timeout * 1000u);
  DWORD status = 0;

  TerminateJobObject (job, 1); /* it, or what it has left behind */
  WaitForSingleObject (process, INFINITE);
  GetExitCodeProcess (process, &status);
  g_thread_join (thread);
  if (which == WAIT_OBJECT_0 + 1) {
    g_set_error_literal (error, SC_ERROR, SC_ERROR_CANCELLED, "The program was ended before it was done");
    return NULL;
  }
  return sc_program_end_new ((int) status, which == WAIT_TIMEOUT, output);
}

static ScProgramEnd *
run (Run *self, GError **error)
{
  SECURITY_ATTRIBUTES inherited = { .nLength = (DWORD) sizeof inherited, .bInheritHandle = TRUE };
  HANDLE ours = NULL, theirs = NULL, process = NULL;
  HANDLE job = make_job ();
  ScProgramEnd *end = NULL;
  gboolean started = job != NULL && CreatePipe (&ours, &theirs, &inherited, 0) &&
                     SetHandleInformation (ours, HANDLE_FLAG_INHERIT, 0) && start (self, job, theirs, &process);
  DWORD code = GetLastError ();

  if (theirs != NULL)
    CloseHandle (theirs);
  if (started)
    end = await (self, job, process, ours, error);
  else
    sc_nt_set_error (error, code, SC_ERROR_SYSTEM, "“%s” cannot be started", self->argv[0]);
  if (process != NULL)
    CloseHandle (process);
  if (ours != NULL)
    CloseHandle (ours);
  if (job != NULL)
    CloseHandle (job);
  return end;
}

static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  Run *self = user_data;

  SetEvent (self->stop);
}

static void
run_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  gulong handler =
      cancellable != NULL ? g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), task_data, NULL) : 0;
  ScProgramEnd *end = run (task_data, &error);

  g_cancellable_disconnect (cancellable, handler); /* it may be there for many programs */
  if (end != NULL)
    g_task_return_pointer (task, end, (GDestroyNotify) sc_program_end_free);
  else
    g_task_return_error (task, error);
}

void
sc_program_run_async (const char *const *argv, const char *const *environment, const char *input, guint timeout,
                      GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Run *self = g_new0 (Run, 1);

  self->argv = g_strdupv ((char **) argv);
  self->environment = g_strdupv ((char **) environment);
  self->input = g_strdup (input != NULL ? input : "NUL");
  self->timeout = timeout;
  self->stop = CreateEventW (NULL, TRUE, FALSE, NULL);
  g_task_set_check_cancellable (task, FALSE); /* its end is awaited in any case */
  g_task_set_task_data (task, self, run_free);
  if (!can_run (argv)) {
    g_task_return_new_error (
        task, SC_ERROR, SC_ERROR_INVALID,
        "“%s” is a batch file, which is run without arguments alone, and from a path without "
        "“%%”, for cmd.exe reads them by rules of its own: run an .exe, or a batch file that names "
        "them itself",
        argv[0]);
    return;
  }
  g_task_run_in_thread (task, run_thread);
}

ScProgramEnd *
sc_program_run_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
