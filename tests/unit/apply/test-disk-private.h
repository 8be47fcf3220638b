/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* For test-disk*.c only. */
#include "tests/unit/apply/test-disk.h"
#include "tests/unit/apply/test-journal.h"

G_BEGIN_DECLS

typedef struct {
  ScDisk base;
  GRecMutex lock;
  TestFaults *faults;
  TestSpace *space;
  TestJournal *journal;
  TestInode *root;
  GRand *random; /* of what failing syncs lose */
  guint64 next_id;
  gint64 clock; /* µs */
  guint handles;
} TestDisk;

/* Takes @root and @space. */
ScDisk *test_disk_new_from (TestFaults *faults, TestInode *root, TestSpace *space, guint64 next_id, gint64 clock,
                            guint32 seed);
/* @path and @what make the message. Returns: FALSE */
gboolean test_disk_set_error (GError **error, int number, ScDisk *disk, const char *path, const char *what);
/* Whether a change may go on; tells the hook. */
gboolean test_disk_begin (ScDisk *disk, const char *operation, const char *path, gboolean takes, GError **error);
/* Tells the hook. Returns: TRUE */
gboolean test_disk_end (ScDisk *disk, const char *operation, const char *path);
/* Whether a reading operation may go on. */
gboolean test_disk_pass (ScDisk *disk, const char *path, GError **error);

/* The directory that holds @path's last component. @name: that component, part of @path. Returns: (nullable): NULL with
 * an errno in @number */
TestInode *test_disk_find_parent (ScDisk *disk, const char *path, const char **name, int *number);
TestInode *test_disk_find (ScDisk *disk, const char *path, int *number);
/* The name as it is spelt there; valid until the directory changes. (nullable) */
const char *test_disk_find_name (ScDisk *disk, TestInode *directory, const char *name);
/* Another program has the file open. */
gboolean test_disk_is_held (ScDisk *disk, const char *path);
/* The file, which may be new; missing directories are made. Returns: NULL on an error */
TestInode *test_disk_create (ScDisk *disk, const char *path, GError **error);
/* Its space is free again when no name and no handle is left. */
void test_disk_release (ScDisk *disk, TestInode *inode);

/* The functions of ScDiskClass that a file has. */
ScDiskFile *test_disk_file_open (ScDisk *disk, const char *path, ScDiskFlags flags, GError **error);
void test_disk_file_close (ScDiskFile *file);
gboolean test_disk_file_read_at (ScDiskFile *file, guint64 offset, void *data, gsize length, GError **error);
gboolean test_disk_file_write_at (ScDiskFile *file, guint64 offset, const void *data, gsize length, GError **error);
gboolean test_disk_file_punch (ScDiskFile *file, guint64 offset, guint64 length, GError **error);
gboolean test_disk_file_allocate (ScDiskFile *file, guint64 offset, guint64 length, GError **error);
gboolean test_disk_file_truncate (ScDiskFile *file, guint64 size, GError **error);
gboolean test_disk_file_clone (ScDiskFile *file, ScDiskFile *source, GError **error);
gboolean test_disk_file_sync (ScDiskFile *file, GError **error);
gboolean test_disk_file_set_mtime (ScDiskFile *file, gint64 mtime, GError **error);
gboolean test_disk_file_info (ScDiskFile *file, ScDiskInfo *info, GError **error);
void test_disk_fill_info (const TestInode *inode, ScDiskInfo *info);

G_END_DECLS
