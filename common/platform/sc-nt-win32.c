/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-nt.h"

#include <string.h>

#define WAIT_ATTEMPTS 5u
#define WAIT_FIRST 10000u /* µs */
#define LIST_BUFFER (64u * 1024u)
#define MAX_NAME 32000u /* UTF-16 units: what a UNICODE_STRING's length can say, and a little less */

/* Only in the headers for drivers. */
#define STATUS_IS_A_DIRECTORY ((NTSTATUS) 0xc00000ba)
NTSTATUS NTAPI NtFlushBuffersFile (HANDLE file, PIO_STATUS_BLOCK status);

void
sc_handle_clear (ScHandle *handle)
{
  if (*handle != NULL)
    CloseHandle (*handle);
  *handle = NULL;
}

HANDLE
sc_handle_steal (ScHandle *handle)
{
  HANDLE stolen = *handle;
  *handle = NULL;
  return stolen;
}

static DWORD
code_of_status (NTSTATUS status)
{
  if (status == STATUS_IS_A_DIRECTORY) /* else it would be "access denied", which may pass */
    return ERROR_DIRECTORY_NOT_SUPPORTED;
  return status >= 0 ? ERROR_SUCCESS : RtlNtStatusToDosError (status);
}

/* (transfer full) (nullable): for the kernel, which takes "\" and ":" for more than a name; NULL if it is not one */
static gunichar2 *
to_name (const char *name, gsize *length)
{
  glong units = 0;
  if (strpbrk (name, "\\/:") != NULL)
    return NULL;
  g_autofree gunichar2 *text = g_utf8_to_utf16 (strcmp (name, ".") == 0 ? "" : name, -1, NULL, &units, NULL);
  if (text == NULL || units < 0 || (gulong) units > MAX_NAME)
    return NULL;
  *length = (gsize) units * sizeof *text;
  return g_steal_pointer (&text);
}

/* The prefix lifts the limit of 260 characters; \\\\server\\share has one of its own. */
wchar_t *
sc_nt_to_wide (const char *path)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *prefixed = NULL;
  for (char *c = absolute; *c != '\0'; c++)
    *c = *c == '/' ? '\\' : *c;
  if (g_str_has_prefix (absolute, "\\\\?\\"))
    prefixed = g_strdup (absolute);
  else if (g_str_has_prefix (absolute, "\\\\"))
    prefixed = g_strconcat ("\\\\?\\UNC", absolute + 1, NULL);
  else
    prefixed = g_strconcat ("\\\\?\\", absolute, NULL);
  return (wchar_t *) g_utf8_to_utf16 (prefixed, -1, NULL, NULL, NULL);
}

DWORD
sc_nt_open_directory (const char *path, HANDLE *handle)
{
  g_autofree wchar_t *wide = sc_nt_to_wide (path);
  if (wide == NULL)
    return ERROR_INVALID_NAME;
  g_auto (ScHandle) directory =
      CreateFileW (wide, FILE_LIST_DIRECTORY | FILE_TRAVERSE | FILE_READ_ATTRIBUTES | SYNCHRONIZE, SC_NT_SHARE_ALL,
                   NULL, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
  if (directory == INVALID_HANDLE_VALUE) {
    directory = NULL;
    return GetLastError ();
  }
  FILE_BASIC_INFO basic;
  if (!GetFileInformationByHandleEx (directory, FileBasicInfo, &basic, sizeof basic))
    return GetLastError ();
  if ((basic.FileAttributes & FILE_ATTRIBUTE_DIRECTORY) == 0)
    return ERROR_DIRECTORY;
  *handle = sc_handle_steal (&directory);
  return ERROR_SUCCESS;
}

DWORD
sc_nt_open_at (HANDLE parent, const char *name, const ScNtOpen *how, HANDLE *handle)
{
  gsize length = 0;
  g_autofree gunichar2 *text = to_name (name, &length);
  if (text == NULL)
    return ERROR_INVALID_NAME;
  UNICODE_STRING object = { .Length = (USHORT) length, .MaximumLength = (USHORT) length, .Buffer = (PWSTR) text };
  OBJECT_ATTRIBUTES attributes;
  IO_STATUS_BLOCK result;
  g_auto (ScHandle) opened = NULL;
  InitializeObjectAttributes (&attributes, &object, OBJ_CASE_INSENSITIVE, parent, how->security);
  NTSTATUS status =
      NtCreateFile (&opened, how->access | SYNCHRONIZE | FILE_READ_ATTRIBUTES, &attributes, &result, NULL,
                    FILE_ATTRIBUTE_NORMAL, how->share, how->disposition,
                    how->options | FILE_SYNCHRONOUS_IO_NONALERT | (how->follow ? 0 : FILE_OPEN_REPARSE_POINT), NULL, 0);
  if (status < 0)
    return code_of_status (status);
  FILE_ATTRIBUTE_TAG_INFO tag;
  gboolean refuse = !how->link && !how->follow;
  if (refuse && !GetFileInformationByHandleEx (opened, FileAttributeTagInfo, &tag, sizeof tag))
    return GetLastError ();
  if (refuse && (tag.FileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0)
    return ERROR_REPARSE_POINT_ENCOUNTERED;
  *handle = sc_handle_steal (&opened);
  return ERROR_SUCCESS;
}

char *
sc_nt_name_to_utf8 (const gunichar2 *name, gsize units)
{
  char *text = g_utf16_to_utf8 (name, (glong) units, NULL, NULL, NULL);
  if (text != NULL)
    return text;
  GString *replaced = g_string_new (NULL);
  for (gsize i = 0; i < units; i++)
    g_string_append_unichar (replaced, name[i] >= 0xd800 && name[i] <= 0xdfff ? 0xfffd : name[i]);
  return g_string_free (replaced, FALSE);
}

static gboolean
is_dots (const gunichar2 *name, gsize units)
{
  return (units == 1 && name[0] == '.') || (units == 2 && name[0] == '.' && name[1] == '.');
}

DWORD
sc_nt_list (HANDLE directory, ScNtNameFunc func, gpointer user_data)
{
  g_autofree guint8 *buffer = g_malloc (LIST_BUFFER);
  while (GetFileInformationByHandleEx (directory, FileFullDirectoryInfo, buffer, LIST_BUFFER)) {
    const guint8 *at = buffer;
    const FILE_FULL_DIR_INFO *entry;
    do {
      entry = (const FILE_FULL_DIR_INFO *) at;
      const gunichar2 *name = (const gunichar2 *) entry->FileName;
      gsize units = entry->FileNameLength / sizeof *name;
      if (!is_dots (name, units))
        func (name, units, user_data);
      at += entry->NextEntryOffset;
    } while (entry->NextEntryOffset != 0);
  }
  DWORD code = GetLastError ();
  return code == ERROR_NO_MORE_FILES ? ERROR_SUCCESS : code;
}

DWORD
sc_nt_rename_at (HANDLE file, HANDLE parent, const char *name)
{
  gsize length = 0;
  g_autofree gunichar2 *text = to_name (name, &length);
  if (text == NULL || length == 0)
    return ERROR_INVALID_NAME;
  gsize size = sizeof (FILE_RENAME_INFORMATION) + length;
  g_autofree FILE_RENAME_INFORMATION *rename = g_malloc0 (size);
  IO_STATUS_BLOCK result;
  rename->ReplaceIfExists = TRUE;
  rename->RootDirectory = parent;
  rename->FileNameLength = (ULONG) length;
  memcpy (rename->FileName, text, length);
  return code_of_status (NtSetInformationFile (file, &result, rename, (ULONG) size, FileRenameInformation));
}

DWORD
sc_nt_flush (HANDLE handle)
{
  IO_STATUS_BLOCK result;
  return code_of_status (NtFlushBuffersFile (handle, &result));
}

gboolean
sc_nt_wait_for_others (DWORD code, guint *attempt)
{
  gboolean transient = code == ERROR_SHARING_VIOLATION || code == ERROR_LOCK_VIOLATION || code == ERROR_ACCESS_DENIED ||
                       code == ERROR_DELETE_PENDING;
  if (!transient || *attempt >= WAIT_ATTEMPTS)
    return FALSE;
  g_usleep ((gulong) WAIT_FIRST << (*attempt)++);
  return TRUE;
}

static ScError
code_of_win32 (DWORD code, ScError hint)
{
  switch (code) {
  case ERROR_DISK_FULL:
  case ERROR_HANDLE_DISK_FULL:
  case ERROR_DISK_QUOTA_EXCEEDED:
    return SC_ERROR_NO_SPACE;
  case ERROR_FILE_NOT_FOUND:
  case ERROR_PATH_NOT_FOUND:
    return SC_ERROR_NOT_FOUND;
  case ERROR_SHARING_VIOLATION:
  case ERROR_LOCK_VIOLATION:
  case ERROR_USER_MAPPED_FILE:
  case ERROR_DELETE_PENDING:
    return SC_ERROR_BUSY;
  case ERROR_FILE_EXISTS:
  case ERROR_ALREADY_EXISTS:
  case ERROR_DIR_NOT_EMPTY:
    return SC_ERROR_EXISTS;
  case ERROR_INVALID_NAME:
  case ERROR_FILENAME_EXCED_RANGE:
    return SC_ERROR_INVALID;
  default:
    return hint;
  }
}

gboolean
sc_nt_set_error (GError **error, DWORD code, ScError code_hint, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_autofree char *words = g_win32_error_message ((gint) code);
  g_set_error (error, SC_ERROR, code_of_win32 (code, code_hint), "%s: %s (error %lu)", what, words, code);
  return FALSE;
}
