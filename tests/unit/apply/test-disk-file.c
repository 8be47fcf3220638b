/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "tests/unit/apply/test-disk-private.h"

#include <errno.h>
#include <string.h>

typedef struct {
  ScDiskFile base;
  TestInode *inode;
  gboolean writable;
  gboolean exclusive;
} TestDiskFile;

static TestDisk *
disk_of (ScDisk *disk)
{
  return (TestDisk *) disk;
}

static TestInode *
inode_of (ScDiskFile *file)
{
  return ((TestDiskFile *) file)->inode;
}

ScDiskFile *
test_disk_file_open (ScDisk *disk, const char *path, ScDiskFlags flags, GError **error)
{
  TestDisk *self = disk_of (disk);
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&self->lock);
  gboolean create = (flags & SC_DISK_CREATE) != 0;
  gboolean writable = create || (flags & SC_DISK_WRITE) != 0;
  gboolean exclusive = (flags & SC_DISK_EXCLUSIVE) != 0;
  int number = ENOENT;
  TestDiskFile *file;
  TestInode *inode;

  if (!test_disk_pass (disk, path, error))
    return NULL;
  inode = create ? test_disk_create (disk, path, error) : test_disk_find (disk, path, &number);
  if (inode == NULL) {
    if (!create)
      test_disk_set_error (error, number, disk, path, "open");
    return NULL;
  }
  number = 0;
  if (inode->directory)
    number = EISDIR;
  else if (inode->exclusive || (exclusive && (inode->handles > 0 || test_disk_is_held (disk, path))))
    number = EBUSY;
  else if (writable && inode->read_only)
    number = EACCES;
  if (number != 0) {
    test_disk_set_error (error, number, disk, path, "open");
    return NULL;
  }
  file = g_new0 (TestDiskFile, 1);
  file->base.disk = disk;
  file->base.path = g_strdup (path);
  file->inode = test_inode_ref (inode);
  file->writable = writable;
  file->exclusive = inode->exclusive = exclusive;
  inode->handles++;
  self->handles++;
  return &file->base;
}

void
test_disk_file_close (ScDiskFile *base)
{
  TestDiskFile *file = (TestDiskFile *) base;
  TestDisk *self = disk_of (base->disk);
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&self->lock);

  self->handles--;
  file->inode->handles--;
  if (file->exclusive)
    file->inode->exclusive = FALSE;
  test_disk_release (base->disk, file->inode);
  test_inode_unref (file->inode);
  g_free (base->path);
  g_free (file);
}

gboolean
test_disk_file_read_at (ScDiskFile *file, guint64 offset, void *data, gsize length, GError **error)
{
  TestDisk *self = disk_of (file->disk);
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&self->lock);
  const TestBlocks *blocks = inode_of (file)->now;

  if (!test_disk_pass (file->disk, file->path, error))
    return FALSE;
  if (self->faults->bad != NULL && strcmp (self->faults->bad, file->path) == 0 && self->faults->bad_at >= offset &&
      self->faults->bad_at - offset < length) {
    test_disk_set_error (error, EIO, file->disk, file->path, "read");
    return FALSE;
  }
  if (offset + length > test_blocks_get_size (blocks)) {
    g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT, "“%s” ends before byte %" G_GUINT64_FORMAT, file->path,
                 offset + length);
    return FALSE;
  }
  test_blocks_read (blocks, offset, data, length);
  if (length > 0 && self->faults->corrupt != NULL && strcmp (self->faults->corrupt, file->path) == 0)
    ((guint8 *) data)[length / 2] ^= 1;
  return TRUE;
}

/* Takes what @change owns. */
static gboolean
change_file (ScDiskFile *file, const char *operation, gboolean takes, TestChange *change, GError **error)
{
  TestDisk *self = disk_of (file->disk);
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&self->lock);
  TestInode *inode = inode_of (file);
  gboolean whole;

  g_assert_true (((TestDiskFile *) file)->writable);
  if (!test_disk_begin (file->disk, operation, file->path, takes, error)) {
    g_clear_pointer (&change->data, g_bytes_unref);
    g_clear_pointer (&change->source, test_blocks_unref);
    return FALSE;
  }
  inode->mtime = self->clock++;
  whole = test_inode_change (inode, self->space, change);
  test_disk_end (file->disk, operation, file->path);
  return whole || test_disk_set_error (error, ENOSPC, file->disk, file->path, operation);
}

gboolean
test_disk_file_write_at (ScDiskFile *file, guint64 offset, const void *data, gsize length, GError **error)
{
  TestChange change = { .kind = TEST_CHANGE_WRITE, .offset = offset, .data = g_bytes_new (data, length) };

  return change_file (file, "write", TRUE, &change, error);
}

gboolean
test_disk_file_punch (ScDiskFile *file, guint64 offset, guint64 length, GError **error)
{
  TestChange change = { .kind = TEST_CHANGE_PUNCH, .offset = offset, .length = length };

  return change_file (file, "make a hole in", FALSE, &change, error);
}

gboolean
test_disk_file_allocate (ScDiskFile *file, guint64 offset, guint64 length, GError **error)
{
  TestChange change = { .kind = TEST_CHANGE_ALLOCATE, .offset = offset, .length = length };

  return change_file (file, "reserve space for", TRUE, &change, error);
}

gboolean
test_disk_file_truncate (ScDiskFile *file, guint64 size, GError **error)
{
  TestChange change = { .kind = TEST_CHANGE_TRUNCATE, .offset = size };

  return change_file (file, "set the size of", FALSE, &change, error);
}

gboolean
test_disk_file_clone (ScDiskFile *file, ScDiskFile *source, GError **error)
{
  TestChange change = { .kind = TEST_CHANGE_CLONE };

  if (!disk_of (file->disk)->faults->clones)
    return test_disk_set_error (error, EOPNOTSUPP, file->disk, file->path, "clone");
  g_assert_cmpuint (test_blocks_get_size (inode_of (file)->now), ==, 0);
  change.source = test_blocks_ref (inode_of (source)->now);
  return change_file (file, "clone", TRUE, &change, error);
}

gboolean
test_disk_file_sync (ScDiskFile *file, GError **error)
{
  const TestLuck luck = { .survives = 0.5, .torn = 0.2 };
  TestDisk *self = disk_of (file->disk);
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&self->lock);

  if (!test_disk_begin (file->disk, "sync", file->path, FALSE, error)) {
    test_inode_lose (inode_of (file), self->space, self->random, &luck);
    return FALSE;
  }
  test_inode_sync (inode_of (file));
  return test_disk_end (file->disk, "sync", file->path);
}

gboolean
test_disk_file_set_mtime (ScDiskFile *file, gint64 mtime, GError **error)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&disk_of (file->disk)->lock);

  if (!test_disk_begin (file->disk, "set the time of", file->path, FALSE, error))
    return FALSE;
  inode_of (file)->mtime = mtime;
  return test_disk_end (file->disk, "set the time of", file->path);
}

void
test_disk_fill_info (const TestInode *inode, ScDiskInfo *info)
{
  *info = (ScDiskInfo){
    .size = test_blocks_get_size (inode->now),
    .allocated = test_blocks_get_allocated (inode->now),
    .mtime = inode->mtime,
    .id = inode->id,
    .directory = inode->directory,
  };
}

gboolean
test_disk_file_info (ScDiskFile *file, ScDiskInfo *info, GError **error)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&disk_of (file->disk)->lock);

  if (!test_disk_pass (file->disk, file->path, error))
    return FALSE;
  test_disk_fill_info (inode_of (file), info);
  return TRUE;
}
