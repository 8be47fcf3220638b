/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ScDisk:
 *
 * Every change that Seatcast makes to files whose loss would matter goes through this small interface: the system's
 * implementation is sc_disk_system(); the tests' double models a disk that fails, fills up, and forgets un-synced
 * writes at a power cut.
 * A disk is rooted: paths are relative to its root, without "." and "..", and opened without following links, so
 * nothing outside the root can be reached (names that come from outside are checked by sc_path_check_relative() before
 * they get here). Errors carry the path: a link is %SC_ERROR_INVALID, a full disk %SC_ERROR_NO_SPACE. Thread-safe; one
 * ScDiskFile may be used by one thread at a time except for sc_disk_file_read_at() and _write_at(). A file must be
 * closed before its disk is freed.
 */
typedef struct _ScDisk ScDisk;
typedef struct _ScDiskFile ScDiskFile;

typedef enum {
  SC_DISK_READ = 0,
  SC_DISK_WRITE = 1 << 0,
  SC_DISK_CREATE = 1 << 1, /* for writing, unless it exists; missing directories are made durable, the file's own entry
                              by sc_disk_sync_directory() */
  SC_DISK_EXCLUSIVE = 1 << 2, /* nobody else may open it (share mode 0; flock, a lock as QEMU takes it, a lease);
                                 %SC_ERROR_BUSY when somebody has */
} ScDiskFlags;

typedef struct {
  guint64 size;      /* bytes */
  guint64 allocated; /* bytes on the disk */
  gint64 mtime;      /* µs since 1970 */
  guint64 id;        /* inode or file id */
  gboolean directory;
} ScDiskInfo;

typedef struct {
  guint64 total;  /* bytes of the volume */
  guint64 free;   /* bytes that this process may use */
  gboolean moves; /* overwriting takes space, too: what is written goes elsewhere on the volume, and the old place is
                     not free at once (Btrfs, ZFS, bcachefs) */
} ScDiskSpace;

/* Opens a disk rooted at @root, which must be a directory that exists. */
ScDisk *sc_disk_system (const char *root, GError **error);
void sc_disk_free (ScDisk *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScDisk, sc_disk_free)
const char *sc_disk_get_root (ScDisk *self);
/* Whether files made in a directory that is compressed (NTFS) are to be so; else they are made uncompressed. Before the
 * disk is used. */
void sc_disk_set_compressing (ScDisk *self, gboolean compressing);

ScDiskFile *sc_disk_open (ScDisk *self, const char *path, ScDiskFlags flags, GError **error);
/* Closing loses nothing that was synced and reports nothing: sync first. */
void sc_disk_file_close (ScDiskFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScDiskFile, sc_disk_file_close)
/* Reads exactly @length bytes; fewer are an error (%SC_ERROR_CORRUPT). */
gboolean sc_disk_file_read_at (ScDiskFile *file, guint64 offset, void *data, gsize length, GError **error);
gboolean sc_disk_file_write_at (ScDiskFile *file, guint64 offset, const void *data, gsize length, GError **error);
/* Makes a range zero without using space where the file system can; the size does not change. */
gboolean sc_disk_file_punch (ScDiskFile *file, guint64 offset, guint64 length, GError **error);
/* Reserves space for a range, so that later writes there cannot fail for want of it. No-op where the file system
 * cannot. */
gboolean sc_disk_file_allocate (ScDiskFile *file, guint64 offset, guint64 length, GError **error);
gboolean sc_disk_file_truncate (ScDiskFile *file, guint64 size, GError **error);
/* Makes @file, which must be empty and open for writing, hold what @source of the same disk holds; both share the space
 * until one of them is written to. Not durable until @file is synced. Errors: %SC_ERROR_EXISTS when @file is not empty,
 * %SC_ERROR_SYSTEM also where the file system cannot clone: ask sc_disk_can_clone() before */
gboolean sc_disk_file_clone (ScDiskFile *file, ScDiskFile *source, GError **error);
gboolean sc_disk_file_sync (ScDiskFile *file, GError **error); /* data and size are durable */
gboolean sc_disk_file_set_mtime (ScDiskFile *file, gint64 mtime, GError **error);
gboolean sc_disk_file_info (ScDiskFile *file, ScDiskInfo *info, GError **error);

gboolean sc_disk_info (ScDisk *self, const char *path, ScDiskInfo *info, GError **error); /* %SC_ERROR_NOT_FOUND */
gboolean sc_disk_rename (ScDisk *self, const char *from, const char *to,
                         GError **error);                                         /* replaces; not yet durable */
gboolean sc_disk_remove (ScDisk *self, const char *path, GError **error);         /* a file or an empty directory */
gboolean sc_disk_make_directory (ScDisk *self, const char *path, GError **error); /* with parents, durable; may exist */
gboolean sc_disk_sync_directory (ScDisk *self, const char *path,
                                 GError **error); /* its entries are durable; "." the root */
gboolean sc_disk_set_read_only (ScDisk *self, const char *path, gboolean read_only, GError **error);
/* (transfer full) (element-type filename): names in @path ("." for the root), sorted by bytes, as the file system has
 * them: not checked in any way */
GPtrArray *sc_disk_list (ScDisk *self, const char *path, GError **error);
gboolean sc_disk_space (ScDisk *self, ScDiskSpace *space, GError **error);
/* Whether the file system clones (Btrfs, XFS, ReFS): tried out with a small file of its own in @directory (not "."),
 * which is made if it is missing. %FALSE also when anything fails on the way. */
gboolean sc_disk_can_clone (ScDisk *self, const char *directory);

/* For an implementation (the system's, a test's double): the table behind the functions above, one entry each; paths
 * and ranges have been checked. */
typedef struct {
  void (*free) (ScDisk *self);
  ScDiskFile *(*open) (ScDisk *self, const char *path, ScDiskFlags flags, GError **error);
  void (*file_close) (ScDiskFile *file);
  gboolean (*file_read_at) (ScDiskFile *file, guint64 offset, void *data, gsize length, GError **error);
  gboolean (*file_write_at) (ScDiskFile *file, guint64 offset, const void *data, gsize length, GError **error);
  gboolean (*file_punch) (ScDiskFile *file, guint64 offset, guint64 length, GError **error);
  gboolean (*file_allocate) (ScDiskFile *file, guint64 offset, guint64 length, GError **error);
  gboolean (*file_truncate) (ScDiskFile *file, guint64 size, GError **error);
  gboolean (*file_clone) (ScDiskFile *file, ScDiskFile *source, GError **error);
  gboolean (*file_sync) (ScDiskFile *file, GError **error);
  gboolean (*file_set_mtime) (ScDiskFile *file, gint64 mtime, GError **error);
  gboolean (*file_info) (ScDiskFile *file, ScDiskInfo *info, GError **error);
  gboolean (*info) (ScDisk *self, const char *path, ScDiskInfo *info, GError **error);
  gboolean (*rename) (ScDisk *self, const char *from, const char *to, GError **error);
  gboolean (*remove) (ScDisk *self, const char *path, GError **error);
  gboolean (*make_directory) (ScDisk *self, const char *path, GError **error);
  gboolean (*sync_directory) (ScDisk *self, const char *path, GError **error);
  gboolean (*set_read_only) (ScDisk *self, const char *path, gboolean read_only, GError **error);
  GPtrArray *(*list) (ScDisk *self, const char *path, GError **error);
  gboolean (*space) (ScDisk *self, ScDiskSpace *space, GError **error);
} ScDiskClass;

/* An implementation's structs begin with these. */
struct _ScDisk {
  const ScDiskClass *klass;
  char *root;
  gboolean compressing;
};
struct _ScDiskFile {
  ScDisk *disk;
  char *path;
};

G_END_DECLS
