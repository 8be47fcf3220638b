/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sc-engine-launcher.h"

#include "common/sc-error.h"
#include "console/gui/sc-engine-log.h"

#include <windows.h>

#define PROGRAM "seatcast-consoled.exe"
#define READY_VARIABLE "SEATCAST_READY_EVENT"

/* A start under way. */
typedef struct {
  char *directory;
  char *ready_name;
  HANDLE ready; /* the engine sets this event when it listens */
  HANDLE process;
} Start;

static void
close_handle (HANDLE *handle)
{
  if (*handle != NULL && *handle != INVALID_HANDLE_VALUE)
    CloseHandle (*handle);
  *handle = NULL;
}

static void
start_free (Start *start)
{
  close_handle (&start->ready);
  close_handle (&start->process);
  g_free (start->ready_name);
  g_free (start->directory);
  g_free (start);
}

/* "cannot DOING WHAT: …", of the last error */
static void
set_error (GError **error, const char *doing, const char *what)
{
  DWORD code = GetLastError ();
  g_autofree char *message = g_win32_error_message ((int) code);

  g_set_error (error, SC_ERROR,
               code == ERROR_FILE_NOT_FOUND || code == ERROR_PATH_NOT_FOUND ? SC_ERROR_NOT_FOUND : SC_ERROR_SYSTEM,
               "cannot %s %s: %s", doing, what, message);
}

static char *
program_in (const char *directory, const char *below)
{
  g_autofree char *path = g_build_filename (directory, below, PROGRAM, NULL);

  return g_file_test (path, G_FILE_TEST_IS_REGULAR) ? g_steal_pointer (&path) : NULL;
}

/* Not in the working directory, where Windows would look first and anybody may have put it. */
static char *
program_in_path (void)
{
  g_auto (GStrv) directories = g_strsplit (g_getenv ("PATH") != NULL ? g_getenv ("PATH") : "", ";", -1);
  char *path = NULL;

  for (guint i = 0; directories[i] != NULL && path == NULL; i++) {
    if (g_path_is_absolute (directories[i]))
      path = program_in (directories[i], "");
  }
  return path;
}

/* Returns: (nullable) (transfer full) */
static char *
own_directory (void)
{
  wchar_t self[32768];
  DWORD length = GetModuleFileNameW (NULL, self, G_N_ELEMENTS (self));
  g_autofree char *path =
      length > 0 && length < G_N_ELEMENTS (self) ? g_utf16_to_utf8 (self, length, NULL, NULL, NULL) : NULL;

  return path != NULL ? g_path_get_dirname (path) : NULL;
}

char *
sc_engine_launcher_find (GError **error)
{
  const char *named = g_getenv ("SEATCAST_CONSOLED");
  g_autofree char *directory = own_directory ();
  char *path = NULL;

  if (named != NULL && *named != '\0')
    return g_strdup (named);
  if (directory != NULL)
    path = program_in (directory, "");
  if (path == NULL && directory != NULL)
    path = program_in (directory, "../engine");
  if (path == NULL)
    path = program_in_path ();
  if (path == NULL)
    g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND,
                 PROGRAM " is not on this machine: install the console's engine, or connect to one on another machine");
  return path;
}

/* Returns: a handle of the new log that a child can inherit; NULL with an error */
static HANDLE
open_log (const char *directory, GError **error)
{
  SECURITY_ATTRIBUTES inherited = { .nLength = sizeof inherited, .bInheritHandle = TRUE };
  g_autofree char *path = sc_engine_log_prepare (directory, error);
  g_autofree wchar_t *name = path != NULL ? g_utf8_to_utf16 (path, -1, NULL, NULL, error) : NULL;
  HANDLE log = NULL;

  if (name == NULL)
    return NULL;
  log = CreateFileW (name, FILE_APPEND_DATA | SYNCHRONIZE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                     &inherited, OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
  if (log == INVALID_HANDLE_VALUE) {
    set_error (error, "write the engine's log", path);
    return NULL;
  }
  return log;
}

/* As CommandLineToArgvW() reads it again: backslashes count only before a quotation mark. */
static void
append_argument (GString *line, const char *argument)
{
  guint n_backslashes = 0;

  if (line->len > 0)
    g_string_append_c (line, ' ');
  g_string_append_c (line, '"');
  for (const char *at = argument; *at != '\0'; at++) {
    if (*at == '"') {
      for (guint i = 0; i <= n_backslashes; i++)
        g_string_append_c (line, '\\');
    }
    n_backslashes = *at == '\\' ? n_backslashes + 1 : 0;
    g_string_append_c (line, *at);
  }
  for (guint i = 0; i < n_backslashes; i++)
    g_string_append_c (line, '\\');
  g_string_append_c (line, '"');
}

static wchar_t *
make_command_line (const char *program, const char *directory, const char *listen, GError **error)
{
  const char *arguments[] = { program, "--console", "--directory", directory, "--listen", listen };
  g_autoptr (GString) line = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (arguments); i++)
    append_argument (line, arguments[i]);
  return g_utf8_to_utf16 (line->str, (glong) line->len, NULL, NULL, error);
}

/* This process's own and the name of the event, as CreateProcessW() takes it: each ends with 0, and one 0 at the end.
 */
static wchar_t *
make_environment (const char *ready_name)
{
  g_auto (GStrv) variables = g_environ_setenv (g_get_environ (), READY_VARIABLE, ready_name, TRUE);
  g_autoptr (GArray) block = g_array_new (TRUE, FALSE, sizeof (wchar_t));

  for (guint i = 0; variables[i] != NULL; i++) {
    glong length = 0;
    g_autofree wchar_t *wide = g_utf8_to_utf16 (variables[i], -1, NULL, &length, NULL);

    if (wide != NULL)
      g_array_append_vals (block, wide, (guint) length + 1);
  }
  return (wchar_t *) g_array_free (g_steal_pointer (&block), FALSE);
}

/* A job that ends its processes with the window, as some remote shells have it, is left where it allows that. */
static BOOL
create_process (const wchar_t *program, wchar_t *line, wchar_t *environment, STARTUPINFOEXW *startup,
                PROCESS_INFORMATION *information)
{
  DWORD flags = CREATE_NO_WINDOW | CREATE_NEW_PROCESS_GROUP | CREATE_UNICODE_ENVIRONMENT | EXTENDED_STARTUPINFO_PRESENT;
  BOOL created = CreateProcessW (program, line, NULL, NULL, TRUE, flags | CREATE_BREAKAWAY_FROM_JOB, environment, NULL,
                                 &startup->StartupInfo, information);

  if (!created && GetLastError () == ERROR_ACCESS_DENIED)
    created =
        CreateProcessW (program, line, NULL, NULL, TRUE, flags, environment, NULL, &startup->StartupInfo, information);
  return created;
}

/* With the log for its output and nothing else of ours. Returns: NULL with an error */
static HANDLE
spawn_with_log (const char *program, wchar_t *line, wchar_t *environment, HANDLE log, GError **error)
{
  STARTUPINFOEXW startup = { .StartupInfo = { .cb = sizeof startup, .dwFlags = STARTF_USESTDHANDLES } };
  PROCESS_INFORMATION information = { 0 };
  g_autofree wchar_t *name = g_utf8_to_utf16 (program, -1, NULL, NULL, error);
  g_autofree LPPROC_THREAD_ATTRIBUTE_LIST attributes = NULL;
  SIZE_T size = 0;
  BOOL created = FALSE;

  if (name == NULL)
    return NULL;
  InitializeProcThreadAttributeList (NULL, 1, 0, &size);
  attributes = g_malloc0 (size);
  if (!InitializeProcThreadAttributeList (attributes, 1, 0, &size)) {
    set_error (error, "start", program);
    return NULL;
  }
  startup.lpAttributeList = attributes;
  startup.StartupInfo.hStdOutput = startup.StartupInfo.hStdError = log;
  if (UpdateProcThreadAttribute (attributes, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, &log, sizeof log, NULL, NULL))
    created = create_process (name, line, environment, &startup, &information);
  if (!created)
    set_error (error, "start", program);
  DeleteProcThreadAttributeList (attributes);
  close_handle (&information.hThread);
  return information.hProcess;
}

static HANDLE
spawn (const ScEngineLaunch *launch, const Start *start, GError **error)
{
  g_autofree char *found = launch->program == NULL ? sc_engine_launcher_find (error) : g_strdup (launch->program);
  g_autofree wchar_t *line = found != NULL ? make_command_line (found, start->directory, launch->listen, error) : NULL;
  g_autofree wchar_t *environment = make_environment (start->ready_name);
  HANDLE log = line != NULL ? open_log (start->directory, error) : NULL;
  HANDLE process = NULL;

  if (log == NULL)
    return NULL;
  process = spawn_with_log (found, line, environment, log, error);
  close_handle (&log);
  return process;
}

static gboolean
is_set (HANDLE handle)
{
  return WaitForSingleObject (handle, 0) == WAIT_OBJECT_0;
}

/* Whichever came first: the engine is ready, it has ended, or nobody waits for it any more. */
static gboolean
on_event (gpointer user_data)
{
  GTask *task = user_data;
  Start *start = g_task_get_task_data (task);
  g_autofree char *words = NULL;

  if (g_task_return_error_if_cancelled (task))
    return G_SOURCE_REMOVE;
  if (is_set (start->ready)) {
    g_task_return_boolean (task, TRUE);
    return G_SOURCE_REMOVE;
  }
  if (!is_set (start->process))
    return G_SOURCE_CONTINUE;
  words = sc_engine_log_last_words (start->directory);
  g_task_return_new_error (task, SC_ERROR, SC_ERROR_SYSTEM, "%s", words);
  return G_SOURCE_REMOVE;
}

typedef struct {
  GSource parent;
  GPollFD ready; /* GLib's main loop waits for Windows' handles as for descriptors */
  GPollFD process;
} HandleSource;

static gboolean
handle_source_check (GSource *source)
{
  HandleSource *self = (HandleSource *) source;

  return is_set ((HANDLE) self->ready.fd) || is_set ((HANDLE) self->process.fd);
}

static gboolean
handle_source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

static GSourceFuncs handle_source_functions = { .check = handle_source_check, .dispatch = handle_source_dispatch };

static void
watch (GTask *task)
{
  Start *start = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  GSource *source = g_source_new (&handle_source_functions, sizeof (HandleSource));
  HandleSource *self = (HandleSource *) source;

  self->ready = (GPollFD){ .fd = (gintptr) start->ready, .events = G_IO_IN };
  self->process = (GPollFD){ .fd = (gintptr) start->process, .events = G_IO_IN };
  g_source_add_poll (source, &self->ready);
  g_source_add_poll (source, &self->process);
  if (cancellable != NULL) {
    g_autoptr (GSource) cancelled = g_cancellable_source_new (cancellable);

    g_source_set_dummy_callback (cancelled);
    g_source_add_child_source (source, cancelled);
  }
  g_source_set_callback (source, on_event, g_object_ref (task), g_object_unref);
  g_source_attach (source, g_main_context_get_thread_default ());
  g_source_unref (source);
}

static gboolean
make_ready_event (Start *start, GError **error)
{
  g_autofree char *id = g_uuid_string_random ();
  g_autofree wchar_t *name = NULL;

  start->ready_name = g_strconcat ("Local\\seatcast-", id, NULL);
  name = g_utf8_to_utf16 (start->ready_name, -1, NULL, NULL, error);
  start->ready = name != NULL ? CreateEventW (NULL, TRUE, FALSE, name) : NULL;
  if (name != NULL && start->ready == NULL)
    set_error (error, "make the event", start->ready_name);
  return start->ready != NULL;
}

void
sc_engine_launcher_start_async (const ScEngineLaunch *launch, GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Start *start = g_new0 (Start, 1);
  g_autoptr (GError) error = NULL;

  g_task_set_source_tag (task, sc_engine_launcher_start_async);
  g_task_set_task_data (task, start, (GDestroyNotify) start_free);
  start->directory = g_canonicalize_filename (launch->directory, NULL);
  if (make_ready_event (start, &error))
    start->process = spawn (launch, start, &error);
  if (start->process != NULL)
    watch (task);
  else
    g_task_return_error (task, g_steal_pointer (&error));
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
  return "net start seatcast-consoled";
}
