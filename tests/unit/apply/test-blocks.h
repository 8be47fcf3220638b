/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "tests/unit/apply/test-space.h"

G_BEGIN_DECLS

#define TEST_BLOCK_SIZE 4096u /* what a disk allocates at once */
#define TEST_SECTOR_SIZE 512u /* what a disk writes whole or not at all */

/* What a file in memory holds. Copies share the data. Whoever changes one must own it alone. */
typedef struct _TestBlocks TestBlocks;

TestBlocks *test_blocks_new (void);
TestBlocks *test_blocks_ref (TestBlocks *self);
void test_blocks_unref (TestBlocks *self);
/* Makes *@self one that nobody else has, of the same content; takes no space. */
TestBlocks *test_blocks_own (TestBlocks **self);

guint64 test_blocks_get_size (const TestBlocks *self);
guint64 test_blocks_get_allocated (const TestBlocks *self); /* bytes */
/* The range must lie within the size. */
void test_blocks_read (const TestBlocks *self, guint64 offset, guint8 *data, gsize length);

/* Returns: FALSE: the disk is full; what fitted is there */
gboolean test_blocks_write (TestBlocks *self, TestSpace *space, guint64 offset, GBytes *data);
gboolean test_blocks_allocate (TestBlocks *self, TestSpace *space, guint64 offset, guint64 length);
void test_blocks_punch (TestBlocks *self, TestSpace *space, guint64 offset, guint64 length);
void test_blocks_truncate (TestBlocks *self, TestSpace *space, guint64 size);

/* One user more, or less, of all its extents. */
void test_blocks_share (const TestBlocks *self, TestSpace *space);
void test_blocks_release (const TestBlocks *self, TestSpace *space);

G_END_DECLS
