/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What the MSIs run: a program that says why it fails. Windows Installer itself drops what a program writes; here each
 * line of it goes to the installation's log (msiexec /l*v), and the last one is the error when the program fails.
 * CustomActionData: the program's path and its arguments, with "|" between them. It is quoted here, so that a value may
 * have spaces and quotes, and may end with a backslash. Loaded by msiexec: it needs nothing but Windows.
 */
#include <windows.h>

#include <msi.h>
#include <msiquery.h>
#include <stdlib.h>
#include <wchar.h>

#define SEPARATOR L'|'
#define MAX_OUTPUT 65536u /* bytes that are kept */

__declspec(dllexport) UINT WINAPI run_or_fail (MSIHANDLE installation);
__declspec(dllexport) UINT WINAPI run_and_go_on (MSIHANDLE installation);

static void
tell (MSIHANDLE installation, INSTALLMESSAGE kind, const wchar_t *text)
{
  MSIHANDLE record = MsiCreateRecord (1);
  MsiRecordSetStringW (record, 0, L"[1]");
  MsiRecordSetStringW (record, 1, text);
  MsiProcessMessage (installation, kind, record);
  MsiCloseHandle (record);
}

/* malloc'ed; NULL: no memory, or nothing is set */
static wchar_t *
get_data (MSIHANDLE installation)
{
  DWORD n = 0;
  if (MsiGetPropertyW (installation, L"CustomActionData", (wchar_t *) L"", &n) != ERROR_MORE_DATA)
    return NULL;
  n++;
  wchar_t *data = calloc (n, sizeof *data);
  if (data != NULL && MsiGetPropertyW (installation, L"CustomActionData", data, &n) != ERROR_SUCCESS) {
    free (data);
    return NULL;
  }
  return data;
}

/* As CommandLineToArgvW() and the C library read it: backslashes count double in front of a quote. */
static wchar_t *
append_quoted (wchar_t *out, const wchar_t *text, size_t length)
{
  *out++ = L'"';
  for (size_t i = 0; i <= length; i++) {
    size_t n = 0;
    while (i < length && text[i] == L'\\') {
      n++;
      i++;
    }
    if (i == length || text[i] == L'"')
      n = n * 2 + (i < length);
    while (n-- > 0)
      *out++ = L'\\';
    if (i < length)
      *out++ = text[i];
  }
  *out++ = L'"';
  return out;
}

/* malloc'ed. An option without its value is that of a property that nobody has set: left out. */
static wchar_t *
make_command (const wchar_t *data)
{
  wchar_t *command = calloc (wcslen (data) * 4 + 4, sizeof *command);
  wchar_t *out = command;
  while (command != NULL) {
    size_t length = wcscspn (data, L"|");
    if (length == 0 || data[length - 1] != L'=' || wcscspn (data, L"=") != length - 1) {
      out = append_quoted (out, data, length);
      *out++ = L' ';
    }
    if (data[length] != SEPARATOR)
      break;
    data += length + 1;
  }
  return command;
}

/* One line, unless it is empty: UTF-8, or else what this system's programs write. */
static void
tell_line (MSIHANDLE installation, INSTALLMESSAGE kind, const char *line, int length)
{
  wchar_t text[1024];
  length = length > 1000 ? 1000 : length;
  while (length > 0 && (line[length - 1] == '\r' || line[length - 1] == ' '))
    length--;
  if (length == 0)
    return;
  int n = MultiByteToWideChar (CP_UTF8, MB_ERR_INVALID_CHARS, line, length, text, 1023);
  if (n == 0)
    n = MultiByteToWideChar (CP_ACP, 0, line, length, text, 1023);
  text[n] = L'\0';
  tell (installation, kind, text);
}

/* NULL: there is none but empty ones */
static char *
last_line (char *output)
{
  char *last = NULL;
  for (char *line = output, *end; *line != '\0'; line = end) {
    end = line + strcspn (line, "\n");
    if (strspn (line, "\r ") < (size_t) (end - line))
      last = line;
    end += *end == '\n';
  }
  return last;
}

static void
tell_output (MSIHANDLE installation, char *output, BOOL failed)
{
  char *last = failed ? last_line (output) : NULL;
  for (char *line = output, *end; *line != '\0'; line = end) {
    end = line + strcspn (line, "\n");
    tell_line (installation, line == last ? INSTALLMESSAGE_ERROR : INSTALLMESSAGE_INFO, line, (int) (end - line));
    end += *end == '\n';
  }
  if (failed && last == NULL)
    tell (installation, INSTALLMESSAGE_ERROR, L"Seatcast could not be configured, and did not say why");
}

/* Runs @command, whose output ends in @output with a 0. Returns: an error of Windows, or 0 and its exit status */
static DWORD
run (wchar_t *command, char *output, DWORD *status)
{
  SECURITY_ATTRIBUTES inherited = { .nLength = sizeof inherited, .bInheritHandle = TRUE };
  PROCESS_INFORMATION process;
  HANDLE from = NULL, to = NULL;
  if (!CreatePipe (&from, &to, &inherited, 0))
    return GetLastError ();
  SetHandleInformation (from, HANDLE_FLAG_INHERIT, 0);
  STARTUPINFOW start = { .cb = sizeof start, .dwFlags = STARTF_USESTDHANDLES, .hStdOutput = to, .hStdError = to };
  BOOL started = CreateProcessW (NULL, command, NULL, NULL, TRUE, CREATE_NO_WINDOW, NULL, NULL, &start, &process);
  DWORD code = started ? ERROR_SUCCESS : GetLastError ();
  CloseHandle (to);
  if (started) {
    DWORD n = 0, kept = 0;
    char surplus[4096];
    while (ReadFile (from, kept < MAX_OUTPUT ? output + kept : surplus,
                     kept < MAX_OUTPUT ? MAX_OUTPUT - kept : (DWORD) sizeof surplus, &n, NULL) &&
           n > 0)
      kept += kept < MAX_OUTPUT ? n : 0;
    output[kept] = '\0';
    WaitForSingleObject (process.hProcess, INFINITE);
    GetExitCodeProcess (process.hProcess, status);
    CloseHandle (process.hThread);
    CloseHandle (process.hProcess);
  }
  CloseHandle (from);
  return code;
}

static BOOL
run_data (MSIHANDLE installation, const wchar_t *data)
{
  wchar_t *command = make_command (data);
  char *output = calloc (1, MAX_OUTPUT + 1);
  DWORD status = 1;
  DWORD code = command != NULL && output != NULL ? run (command, output, &status) : ERROR_OUTOFMEMORY;
  if (code != ERROR_SUCCESS) {
    wchar_t text[96];
    swprintf (text, sizeof text / sizeof *text, L"Seatcast's program could not be started: error %lu of Windows", code);
    tell (installation, INSTALLMESSAGE_ERROR, text);
  } else {
    tell_output (installation, output, status != 0);
  }
  if (command != NULL) /* it may have the token */
    SecureZeroMemory (command, wcslen (command) * sizeof *command);
  free (command);
  free (output);
  return code == ERROR_SUCCESS && status == 0;
}

UINT WINAPI
run_or_fail (MSIHANDLE installation)
{
  wchar_t *data = get_data (installation);
  BOOL done = data != NULL && run_data (installation, data);
  if (data != NULL)
    SecureZeroMemory (data, wcslen (data) * sizeof *data);
  free (data);
  return done ? ERROR_SUCCESS : ERROR_INSTALL_FAILURE;
}

/* For uninstalling and rolling back, which go on as far as they can. */
UINT WINAPI
run_and_go_on (MSIHANDLE installation)
{
  run_or_fail (installation);
  return ERROR_SUCCESS;
}
