/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/platform/sc-disk.h"
#include "common/platform/sc-nt.h"

G_BEGIN_DECLS

/*
 * The two halves of Windows' ScDisk: sc-disk-win32.c has the names, sc-disk-win32-file.c what is done to an open file.
 * Only they include this.
 */
typedef struct {
  ScDiskFile base;
  HANDLE handle;
  gboolean sparse; /* has been made so */
} ScDiskWin32File;

gboolean sc_disk_win32_set_error (GError **error, DWORD code, ScDisk *disk, const char *path, const char *what);
DWORD sc_disk_win32_read_info (HANDLE handle, ScDiskInfo *info);

/* ScDiskClass's */
void sc_disk_win32_file_close (ScDiskFile *file);
gboolean sc_disk_win32_file_read_at (ScDiskFile *file, guint64 offset, void *data, gsize length, GError **error);
gboolean sc_disk_win32_file_write_at (ScDiskFile *file, guint64 offset, const void *data, gsize length, GError **error);
gboolean sc_disk_win32_file_punch (ScDiskFile *file, guint64 offset, guint64 length, GError **error);
gboolean sc_disk_win32_file_allocate (ScDiskFile *file, guint64 offset, guint64 length, GError **error);
gboolean sc_disk_win32_file_truncate (ScDiskFile *file, guint64 size, GError **error);
gboolean sc_disk_win32_file_clone (ScDiskFile *file, ScDiskFile *source, GError **error);
gboolean sc_disk_win32_file_sync (ScDiskFile *file, GError **error);
gboolean sc_disk_win32_file_set_mtime (ScDiskFile *file, gint64 mtime, GError **error);
gboolean sc_disk_win32_file_info (ScDiskFile *file, ScDiskInfo *info, GError **error);

G_END_DECLS
