/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "tests/unit/apply/test-blocks.h"

G_BEGIN_DECLS

/* How much of what is not durable a power cut leaves. */
typedef struct {
  double survives; /* probability of one change to do so whole */
  double torn;     /* probability that only some of a write's sectors arrive */
} TestLuck;

typedef enum {
  TEST_CHANGE_WRITE,
  TEST_CHANGE_PUNCH,
  TEST_CHANGE_ALLOCATE,
  TEST_CHANGE_TRUNCATE, /* to @offset */
  TEST_CHANGE_CLONE,
} TestChangeKind;

typedef struct {
  TestChangeKind kind;
  guint64 offset;
  guint64 length;
  GBytes *data;       /* (owned) (nullable): of a write */
  TestBlocks *source; /* (owned) (nullable): of a clone */
} TestChange;

/* A file or a directory of a disk in memory: as it is now, and as it would be after a power cut. */
typedef struct _TestInode TestInode;
struct _TestInode {
  gint references;
  guint64 id;
  gboolean directory;
  gint64 mtime, durable_mtime;
  gboolean read_only, durable_read_only;
  TestBlocks *now, *durable;
  GPtrArray *pending;                    /* TestChange: from durable to now */
  GHashTable *entries, *durable_entries; /* of a directory: name → TestInode (owned) */
  guint handles;
  gboolean exclusive; /* one of the handles is */
  gboolean linked;    /* has a name now */
};

TestInode *test_inode_new (guint64 id, gboolean directory);
TestInode *test_inode_ref (TestInode *self);
void test_inode_unref (TestInode *self);

/* Empties @change. Returns: FALSE: the disk is full; what fitted is there */
gboolean test_inode_change (TestInode *self, TestSpace *space, TestChange *change);
/* The content is durable, but not time and attribute: those are with their directory. */
void test_inode_sync (TestInode *self);
void test_inode_sync_attributes (TestInode *self);
/* A sync has failed: what was not durable may be gone, also for readers. */
void test_inode_lose (TestInode *self, TestSpace *space, GRand *random, const TestLuck *luck);
/* What a power cut leaves of it, without entries. Its space is of @space. */
TestInode *test_inode_crash (const TestInode *self, TestSpace *space, GRand *random, const TestLuck *luck);

G_END_DECLS
