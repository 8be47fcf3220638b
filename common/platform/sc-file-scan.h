/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Reading a tree of somebody else's files that may change meanwhile: what publishing needs beyond GLib. Paths are in
 * the file name encoding (on Windows UTF-8, of any length, with "\" or "/"). Errors carry the path and what to do. On
 * Windows what a virus scanner is in the way of is tried again for 310 ms. Each call blocks; thread-safe but for one
 * ScScanFile.
 */
typedef enum {
  SC_SCAN_FILE, /* on Windows also one that the system deduplicated or compressed: it reads as what it holds */
  SC_SCAN_DIRECTORY,
  SC_SCAN_LINK,  /* on Windows a symbolic link or a junction */
  SC_SCAN_OTHER, /* device, socket, fifo; on Windows a reparse point that is no link, such as a cloud's placeholder */
} ScScanKind;

/* What tells a changed file from an unchanged one. */
typedef struct {
  ScScanKind kind;
  gboolean read_only;
  guint64 size;    /* bytes */
  gint64 mtime_ns; /* since 1970 */
  gint64 ctime_ns; /* of the last change of content or metadata; cannot be set back */
  guint64 device;  /* on Windows the volume's serial number */
  guint64 id;      /* inode or file id (ReFS: 128 bits folded) */
} ScScanInfo;

gboolean sc_scan_info_equal (const ScScanInfo *a, const ScScanInfo *b);
/* Does not follow a link. */
gboolean sc_scan_info (const char *path, ScScanInfo *info, GError **error);
/* (element-type filename) (transfer full): the names in a directory without "." and "..", sorted (strcmp).
 * %SC_ERROR_INVALID names one that is not Unicode (Windows; on Unix the names are bytes) */
GPtrArray *sc_scan_list (const char *directory, GError **error);
/* (transfer full): the absolute path without links; on Windows "C:\…", "\\server\share\…", or
 * "\\?\Volume{…}\…" where a volume has no letter. Errors: %SC_ERROR_INVALID: a volume that is mounted in a directory
 * and cannot be opened by that name (Wine has none) */
char *sc_scan_resolve (const char *path, GError **error);
/* Whether @path is @root or lies beneath it, both as sc_scan_resolve() gives them. */
gboolean sc_scan_lies_beneath (const char *path, const char *root);

typedef struct _ScScanFile ScScanFile;

/* @path: absolute, as sc_scan_resolve() gives it. No link is followed anywhere on it; that and anything but a regular
 * file is %SC_ERROR_CHANGED. Others may go on writing, which sc_scan_file_info() tells; on Windows, where a file's
 * times do not tell it of one who still has it open, a file that is open for writing is %SC_ERROR_BUSY. */
ScScanFile *sc_scan_file_open (const char *path, GError **error);
void sc_scan_file_close (ScScanFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScScanFile, sc_scan_file_close)
/* On Windows %SC_ERROR_CHANGED when somebody has it open for writing by now. */
gboolean sc_scan_file_info (ScScanFile *self, ScScanInfo *info, GError **error);
/* Reads up to @length bytes; fewer only at the file's end. Returns: how many, -1 on an error */
gssize sc_scan_file_read (ScScanFile *self, guint64 offset, guint8 *data, gsize length, GError **error);
/* The first byte at or behind @offset that is not in a hole, and the end of that run of data; @size where there is
 * none. A file system that knows no holes has data everywhere. Never fails: what is not known is data. */
void sc_scan_file_next_data (ScScanFile *self, guint64 offset, guint64 size, guint64 *start, guint64 *end);

G_END_DECLS
