/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-junction.h"

#include <string.h>

#include "common/platform/sc-nt.h"
#include <winioctl.h>

gboolean
test_junction_make (const char *directory, const char *name, const char *target)
{
  struct {
    DWORD tag;
    WORD data_length, reserved;
    WORD substitute_offset, substitute_length, print_offset, print_length;
    WCHAR path[400];
  } junction = { .tag = IO_REPARSE_TAG_MOUNT_POINT };
  g_autofree wchar_t *wide = sc_nt_to_wide (target);
  gsize length = wcslen (wide) * sizeof *wide;
  DWORD n;
  g_assert_cmpuint (length, <, sizeof junction.path - 2 * sizeof *wide);
  memcpy (junction.path, wide, length);
  junction.path[1] = L'?'; /* "\\?\" to Win32 is "\??\" to the kernel */
  junction.substitute_length = (WORD) length;
  junction.print_offset = (WORD) (length + sizeof *wide);
  junction.data_length = (WORD) (8 + length + 2 * sizeof *wide);
  g_autofree char *path = g_build_filename (directory, name, NULL);
  g_autofree wchar_t *wide_path = sc_nt_to_wide (path);
  HANDLE handle = CreateFileW (wide_path, GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                               FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, NULL);
  g_assert_true (handle != INVALID_HANDLE_VALUE);
  gboolean made =
      DeviceIoControl (handle, FSCTL_SET_REPARSE_POINT, &junction, 8u + junction.data_length, NULL, 0, &n, NULL);
  CloseHandle (handle);
  return made;
}
