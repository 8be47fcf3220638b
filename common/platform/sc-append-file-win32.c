/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-append-file.h"

#include "common/platform/sc-nt.h"

struct _ScAppendFile {
  ScHandle handle;
};

/* FILE_APPEND_DATA alone appends in one go, whoever else writes; FILE_SHARE_DELETE lets an open file be renamed. */
ScAppendFile *
sc_append_file_open (const char *path, guint64 *size, GError **error)
{
  g_autofree wchar_t *wide = sc_nt_to_wide (path);
  LARGE_INTEGER length;
  g_auto (ScHandle) handle =
      wide != NULL ? CreateFileW (wide, FILE_APPEND_DATA | FILE_READ_ATTRIBUTES | SYNCHRONIZE, SC_NT_SHARE_ALL, NULL,
                                  OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL | FILE_FLAG_OPEN_REPARSE_POINT, NULL)
                   : INVALID_HANDLE_VALUE;

  if (handle == INVALID_HANDLE_VALUE || !GetFileSizeEx (handle, &length)) {
    DWORD code = wide != NULL ? GetLastError () : ERROR_INVALID_NAME;
    handle = handle == INVALID_HANDLE_VALUE ? NULL : handle;
    sc_nt_set_error (error, code, SC_ERROR_SYSTEM, "Cannot open the log “%s”", path);
    return NULL;
  }
  ScAppendFile *self = g_new0 (ScAppendFile, 1);
  self->handle = sc_handle_steal (&handle);
  *size = (guint64) length.QuadPart;
  return self;
}

gsize
sc_append_file_write (ScAppendFile *self, const char *data, gsize length)
{
  gsize done = 0;

  while (done < length) {
    DWORD n = 0;

    if (!WriteFile (self->handle, data + done, (DWORD) MIN (length - done, G_MAXINT32), &n, NULL) || n == 0)
      break;
    done += n;
  }
  return done;
}

void
sc_append_file_close (ScAppendFile *self)
{
  sc_handle_clear (&self->handle);
  g_free (self);
}

gboolean
sc_append_file_move (const char *from, const char *to)
{
  g_autofree wchar_t *wide_from = sc_nt_to_wide (from);
  g_autofree wchar_t *wide_to = sc_nt_to_wide (to);

  return wide_from != NULL && wide_to != NULL && MoveFileExW (wide_from, wide_to, MOVEFILE_REPLACE_EXISTING);
}
