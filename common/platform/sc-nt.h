/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <windows.h>
#include <winternl.h>

#include "common/sc-error.h"

G_BEGIN_DECLS

/*
 * Files on Windows as the kernel sees them: a name is opened beneath the handle of its directory, so that whoever
 * renames or links directories meanwhile leads us nowhere, and neither MAX_PATH nor names such as "NUL" are in the way
 * (NtCreateFile in Microsoft's documentation; Go's os.Root does the same). Only built for Windows. Results are Win32
 * error codes, 0 is success. Thread-safe.
 */

/* Missing in mingw's headers of Debian 12. */
#ifndef ERROR_REPARSE_POINT_ENCOUNTERED
#define ERROR_REPARSE_POINT_ENCOUNTERED 4395
#endif
#ifndef ERROR_DIRECTORY_NOT_SUPPORTED
#define ERROR_DIRECTORY_NOT_SUPPORTED 336
#endif
#ifndef ERROR_DISK_QUOTA_EXCEEDED
#define ERROR_DISK_QUOTA_EXCEEDED 1295
#endif

/* A handle that closes itself; NULL is none. */
typedef HANDLE ScHandle;
void sc_handle_clear (ScHandle *handle);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ScHandle, sc_handle_clear)
/* (transfer full) */
HANDLE sc_handle_steal (ScHandle *handle);

typedef struct {
  ACCESS_MASK access;            /* SYNCHRONIZE and FILE_READ_ATTRIBUTES are added */
  ULONG share;                   /* FILE_SHARE_… */
  ULONG disposition;             /* FILE_OPEN, FILE_OPEN_IF … */
  ULONG options;                 /* FILE_DIRECTORY_FILE, FILE_WRITE_THROUGH … */
  gboolean link;                 /* a link is opened itself instead of refused */
  gboolean follow;               /* reparse points do their work, links too: whoever sets it checks where that led */
  PSECURITY_DESCRIPTOR security; /* (nullable): of what is made; NULL: what its directory gives it */
} ScNtOpen;

#define SC_NT_SHARE_ALL ((ULONG) (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE))

/* (transfer full) (nullable): @path, absolute or relative and of any length, in UTF-8, as Win32's calls take it; NULL
 * when it is not UTF-8 */
wchar_t *sc_nt_to_wide (const char *path);
/* Opens the directory @path, an absolute or relative path of any length in UTF-8, following links. */
DWORD sc_nt_open_directory (const char *path, HANDLE *handle);
/* Opens @name (UTF-8, one component; "." @parent itself) in @parent. Any reparse point (symbolic link, junction,
 * deduplicated file, a cloud's placeholder) is ERROR_REPARSE_POINT_ENCOUNTERED, a name that says more than a name
 * ("a:stream", "a\\b") ERROR_INVALID_NAME, a directory for FILE_NON_DIRECTORY_FILE ERROR_DIRECTORY_NOT_SUPPORTED. */
DWORD sc_nt_open_at (HANDLE parent, const char *name, const ScNtOpen *how, HANDLE *handle);
/* (transfer full): a name that is not Unicode gets replacement characters: it is seen, and names no file that could be
 * opened. */
char *sc_nt_name_to_utf8 (const gunichar2 *name, gsize units);
typedef void (*ScNtNameFunc) (const gunichar2 *name, gsize units, gpointer user_data);
/* Hands each name in the open @directory (FILE_LIST_DIRECTORY), without "." and "..", to @func. */
DWORD sc_nt_list (HANDLE directory, ScNtNameFunc func, gpointer user_data);
/* Renames the open file (DELETE access) to @name in @parent and replaces what is there. */
DWORD sc_nt_rename_at (HANDLE file, HANDLE parent, const char *name);
/* Flushes an open file or directory. */
DWORD sc_nt_flush (HANDLE handle);

/* For `do … while (sc_nt_wait_for_others (code, &attempt))`: virus scanners, indexers and backups hold a file for a
 * moment just after it changed. Waits, longer each time (310 ms in all), and says whether to try again. @attempt: 0 at
 * first */
gboolean sc_nt_wait_for_others (DWORD code, guint *attempt);

/* As sc_error_set_errno(), for a Win32 error code. Returns: always %FALSE */
gboolean sc_nt_set_error (GError **error, DWORD code, ScError code_hint, const char *format, ...) G_GNUC_PRINTF (4, 5);

G_END_DECLS
