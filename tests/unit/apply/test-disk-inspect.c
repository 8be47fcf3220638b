/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a test asks of the disk, past faults and counting. */
#include "tests/unit/apply/test-disk-private.h"

#include <string.h>

static TestDisk *
disk_of (ScDisk *disk)
{
  return (TestDisk *) disk;
}

static ScDisk *
crash (ScDisk *disk, GRand *random, const TestLuck *luck, TestFaults *faults)
{
  TestDisk *self = disk_of (disk);
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&self->lock);
  TestSpace *space = test_space_new (self->space->users->len);
  TestInode *root = test_journal_crash (self->journal, self->root, space, random, luck);

  return test_disk_new_from (faults, root, space, self->next_id, self->clock, g_rand_int (random));
}

ScDisk *
test_disk_crash (ScDisk *disk, GRand *random, TestFaults *faults)
{
  static const TestLuck lucks[] = {
    { .survives = 0 },
    { .survives = 1 },
    { .survives = 0.5, .torn = 0.3 },
    { .survives = 0.1, .torn = 0.1 },
    { .survives = 0.9, .torn = 0.1 },
    { .survives = 0.5 },
    { .survives = 1, .torn = 0.3 },
    { .survives = 0.3, .torn = 0.7 },
  };

  return crash (disk, random, &lucks[g_rand_int_range (random, 0, G_N_ELEMENTS (lucks))], faults);
}

ScDisk *
test_disk_copy (ScDisk *disk, TestFaults *faults)
{
  static const TestLuck everything = { .survives = 1 };
  g_autoptr (GRand) random = g_rand_new_with_seed (0);

  return crash (disk, random, &everything, faults);
}

static gboolean
has_pending (const TestInode *inode)
{
  GHashTableIter iter;
  gpointer child;

  if (!inode->directory)
    return inode->pending->len > 0 || inode->mtime != inode->durable_mtime ||
           inode->read_only != inode->durable_read_only;
  g_hash_table_iter_init (&iter, inode->entries);
  while (g_hash_table_iter_next (&iter, NULL, &child))
    if (has_pending (child))
      return TRUE;
  return FALSE;
}

gboolean
test_disk_can_lose (ScDisk *disk)
{
  return !test_journal_is_empty (disk_of (disk)->journal) || has_pending (disk_of (disk)->root);
}

static void
settle (TestInode *inode)
{
  GHashTableIter iter;
  gpointer child;

  test_inode_sync (inode);
  test_inode_sync_attributes (inode);
  if (!inode->directory)
    return;
  g_hash_table_iter_init (&iter, inode->entries);
  while (g_hash_table_iter_next (&iter, NULL, &child))
    settle (child);
}

void
test_disk_settle (ScDisk *disk)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&disk_of (disk)->lock);

  test_journal_sync_all (disk_of (disk)->journal);
  settle (disk_of (disk)->root);
}

guint64
test_disk_get_used (ScDisk *disk)
{
  return disk_of (disk)->space->used * TEST_BLOCK_SIZE;
}

guint
test_disk_get_handles (ScDisk *disk)
{
  return disk_of (disk)->handles;
}

GBytes *
test_disk_read (ScDisk *disk, const char *path)
{
  int number;
  const TestInode *inode = test_disk_find (disk, path, &number);
  gsize size;
  guint8 *data;

  if (inode == NULL || inode->directory)
    return NULL;
  size = (gsize) test_blocks_get_size (inode->now);
  data = g_malloc (MAX (size, 1));
  test_blocks_read (inode->now, 0, data, size);
  return g_bytes_new_take (data, size);
}

gboolean
test_disk_is_read_only (ScDisk *disk, const char *path)
{
  int number;
  const TestInode *inode = test_disk_find (disk, path, &number);

  return inode != NULL && inode->read_only;
}

void
test_disk_list_files (ScDisk *disk, const char *path, const char *except, GHashTable *paths)
{
  int number;
  const TestInode *directory = test_disk_find (disk, path, &number);
  GHashTableIter iter;
  gpointer name, inode;

  if (directory == NULL)
    return;
  g_hash_table_iter_init (&iter, directory->entries);
  while (g_hash_table_iter_next (&iter, &name, &inode)) {
    g_autofree char *child = strcmp (path, ".") == 0 ? g_strdup (name) : g_strconcat (path, "/", name, NULL);

    if (except != NULL && strcmp (child, except) == 0)
      continue;
    if (((TestInode *) inode)->directory)
      test_disk_list_files (disk, child, except, paths);
    else
      g_hash_table_add (paths, g_steal_pointer (&child));
  }
}
