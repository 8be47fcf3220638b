/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/apply/test-inode.h"

static void
test_change_clear (TestChange *self)
{
  g_clear_pointer (&self->data, g_bytes_unref);
  g_clear_pointer (&self->source, test_blocks_unref);
}

static void
test_change_free (gpointer self)
{
  test_change_clear (self);
  g_free (self);
}

static GHashTable *
entries_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) test_inode_unref);
}

TestInode *
test_inode_new (guint64 id, gboolean directory)
{
  TestInode *self = g_new0 (TestInode, 1);

  self->references = 1;
  self->id = id;
  self->directory = directory;
  if (directory) {
    self->entries = entries_new ();
    self->durable_entries = entries_new ();
  }
  self->now = test_blocks_new ();
  self->durable = test_blocks_ref (self->now);
  self->pending = g_ptr_array_new_with_free_func (test_change_free);
  return self;
}

TestInode *
test_inode_ref (TestInode *self)
{
  self->references++;
  return self;
}

void
test_inode_unref (TestInode *self)
{
  if (--self->references > 0)
    return;
  g_clear_pointer (&self->entries, g_hash_table_unref);
  g_clear_pointer (&self->durable_entries, g_hash_table_unref);
  test_blocks_unref (self->now);
  test_blocks_unref (self->durable);
  g_ptr_array_unref (self->pending);
  g_free (self);
}

static gboolean
apply_clone (TestBlocks **blocks, TestSpace *space, const TestChange *change)
{
  test_blocks_share (change->source, space);
  test_blocks_release (*blocks, space);
  test_blocks_unref (*blocks);
  *blocks = test_blocks_ref (change->source);
  return TRUE;
}

static gboolean
apply_change (TestBlocks **blocks, TestSpace *space, const TestChange *change)
{
  TestBlocks *own = test_blocks_own (blocks);

  switch (change->kind) {
  case TEST_CHANGE_WRITE:
    return test_blocks_write (own, space, change->offset, change->data);
  case TEST_CHANGE_PUNCH:
    test_blocks_punch (own, space, change->offset, change->length);
    return TRUE;
  case TEST_CHANGE_ALLOCATE:
    return test_blocks_allocate (own, space, change->offset, change->length);
  case TEST_CHANGE_TRUNCATE:
    test_blocks_truncate (own, space, change->offset);
    return TRUE;
  case TEST_CHANGE_CLONE:
    return apply_clone (blocks, space, change);
  default:
    g_assert_not_reached ();
  }
}

gboolean
test_inode_change (TestInode *self, TestSpace *space, TestChange *change)
{
  gboolean whole = apply_change (&self->now, space, change);

  g_ptr_array_add (self->pending, g_memdup2 (change, sizeof *change));
  *change = (TestChange){ 0 };
  return whole;
}

void
test_inode_sync (TestInode *self)
{
  g_ptr_array_set_size (self->pending, 0);
  test_blocks_unref (self->durable);
  self->durable = test_blocks_ref (self->now);
}

void
test_inode_sync_attributes (TestInode *self)
{
  self->durable_mtime = self->mtime;
  self->durable_read_only = self->read_only;
}

static void
write_part (TestBlocks *blocks, TestSpace *space, const TestChange *write, guint64 from, guint64 to)
{
  g_autoptr (GBytes) part = g_bytes_new_from_bytes (write->data, (gsize) (from - write->offset), (gsize) (to - from));

  test_blocks_write (blocks, space, from, part);
}

/* Runs of sectors arrive, or do not. */
static void
tear_write (TestBlocks **blocks, TestSpace *space, const TestChange *write, GRand *random)
{
  guint64 at = write->offset, end = at + g_bytes_get_size (write->data);
  TestBlocks *own = test_blocks_own (blocks);
  gboolean arrives = g_rand_boolean (random);
  gint32 longest = 1 << g_rand_int_range (random, 0, 8); /* sectors */

  while (at < end) {
    guint64 n = (guint64) g_rand_int_range (random, 1, longest + 1);
    guint64 to = MIN (end, (at / TEST_SECTOR_SIZE + n) * TEST_SECTOR_SIZE);

    if (arrives)
      write_part (own, space, write, at, to);
    at = to;
    arrives = !arrives;
  }
  /* a size may be known before what lies there is */
  if (g_rand_boolean (random) && test_blocks_get_size (own) < end)
    test_blocks_truncate (own, space, end);
}

static TestBlocks *
survivors (const TestInode *self, TestSpace *space, GRand *random, const TestLuck *luck)
{
  TestBlocks *blocks = test_blocks_ref (self->durable);

  for (guint i = 0; i < self->pending->len; i++) {
    const TestChange *change = self->pending->pdata[i];

    if (change->kind == TEST_CHANGE_WRITE && g_rand_double (random) < luck->torn)
      tear_write (&blocks, space, change, random);
    else if (g_rand_double (random) < luck->survives)
      apply_change (&blocks, space, change);
  }
  return blocks;
}

void
test_inode_lose (TestInode *self, TestSpace *space, GRand *random, const TestLuck *luck)
{
  TestBlocks *blocks;

  test_blocks_share (self->durable, space);
  blocks = survivors (self, space, random, luck);
  if (self->linked || self->handles > 0)
    test_blocks_release (self->now, space);
  test_blocks_unref (self->now);
  self->now = blocks;
  test_inode_sync (self);
}

TestInode *
test_inode_crash (const TestInode *self, TestSpace *space, GRand *random, const TestLuck *luck)
{
  TestInode *left = test_inode_new (self->id, self->directory);
  gboolean attributes = g_rand_double (random) < luck->survives;

  test_blocks_share (self->durable, space);
  test_blocks_unref (left->now);
  left->now = survivors (self, space, random, luck);
  left->mtime = attributes ? self->mtime : self->durable_mtime;
  left->read_only = attributes ? self->read_only : self->durable_read_only;
  left->linked = TRUE;
  test_inode_sync (left);
  test_inode_sync_attributes (left);
  return left;
}
