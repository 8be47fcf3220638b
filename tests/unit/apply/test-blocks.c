/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/apply/test-blocks.h"

#include <string.h>

/* One block: a hole (no extent), reserved (no data), or data. */
typedef struct {
  GBytes *bytes;  /* (nullable) */
  guint32 offset; /* of the block in bytes */
  guint32 extent;
} Slot;

struct _TestBlocks {
  gint references;
  guint64 size;
  guint64 n_extents;
  GArray *slots; /* Slot; those beyond are holes */
};

static const guint8 zeros[TEST_BLOCK_SIZE];

static void
slot_clear (gpointer slot)
{
  g_clear_pointer (&((Slot *) slot)->bytes, g_bytes_unref);
}

TestBlocks *
test_blocks_new (void)
{
  TestBlocks *self = g_new0 (TestBlocks, 1);

  self->references = 1;
  self->slots = g_array_new (FALSE, TRUE, sizeof (Slot));
  g_array_set_clear_func (self->slots, slot_clear);
  return self;
}

TestBlocks *
test_blocks_ref (TestBlocks *self)
{
  self->references++;
  return self;
}

void
test_blocks_unref (TestBlocks *self)
{
  if (--self->references > 0)
    return;
  g_array_unref (self->slots);
  g_free (self);
}

TestBlocks *
test_blocks_own (TestBlocks **self)
{
  TestBlocks *from = *self;
  TestBlocks *copy;

  if (from->references == 1)
    return from;
  copy = test_blocks_new ();
  copy->size = from->size;
  copy->n_extents = from->n_extents;
  g_array_append_vals (copy->slots, from->slots->data, from->slots->len);
  for (guint i = 0; i < copy->slots->len; i++) {
    Slot *slot = &g_array_index (copy->slots, Slot, i);

    if (slot->bytes != NULL)
      g_bytes_ref (slot->bytes);
  }
  test_blocks_unref (from);
  *self = copy;
  return copy;
}

guint64
test_blocks_get_size (const TestBlocks *self)
{
  return self->size;
}

guint64
test_blocks_get_allocated (const TestBlocks *self)
{
  return self->n_extents * TEST_BLOCK_SIZE;
}

static const guint8 *
block_data (const TestBlocks *self, guint64 block)
{
  const Slot *slot = block < self->slots->len ? &g_array_index (self->slots, Slot, block) : NULL;

  if (slot == NULL || slot->bytes == NULL)
    return zeros;
  return (const guint8 *) g_bytes_get_data (slot->bytes, NULL) + slot->offset;
}

void
test_blocks_read (const TestBlocks *self, guint64 offset, guint8 *data, gsize length)
{
  g_assert_cmpuint (offset + length, <=, self->size);
  while (length > 0) {
    gsize start = offset % TEST_BLOCK_SIZE;
    gsize n = MIN (length, TEST_BLOCK_SIZE - start);

    memcpy (data, block_data (self, offset / TEST_BLOCK_SIZE) + start, n);
    data += n;
    offset += n;
    length -= n;
  }
}

/* Gives the block an extent of its own. Returns: NULL: the disk is full */
static Slot *
take_block (TestBlocks *self, TestSpace *space, guint64 block)
{
  Slot *slot;
  guint32 extent;

  if (block >= self->slots->len)
    g_array_set_size (self->slots, (guint) block + 1);
  slot = &g_array_index (self->slots, Slot, block);
  if (slot->extent != 0 && !test_space_is_shared (space, slot->extent))
    return slot;
  extent = test_space_take (space);
  if (extent == 0)
    return NULL;
  if (slot->extent != 0)
    test_space_release (space, slot->extent);
  else
    self->n_extents++;
  slot->extent = extent;
  return slot;
}

/* Whole blocks refer to @data; parts are copied. */
static void
fill_block (Slot *slot, gsize start, GBytes *data, gsize from, gsize length)
{
  const guint8 *bytes = g_bytes_get_data (data, NULL);
  guint8 *merged;

  if (length == TEST_BLOCK_SIZE) {
    slot_clear (slot);
    slot->bytes = g_bytes_ref (data);
    slot->offset = (guint32) from;
    return;
  }
  merged = g_malloc0 (TEST_BLOCK_SIZE);
  if (slot->bytes != NULL)
    memcpy (merged, (const guint8 *) g_bytes_get_data (slot->bytes, NULL) + slot->offset, TEST_BLOCK_SIZE);
  memcpy (merged + start, bytes + from, length);
  slot_clear (slot);
  slot->bytes = g_bytes_new_take (merged, TEST_BLOCK_SIZE);
  slot->offset = 0;
}

gboolean
test_blocks_write (TestBlocks *self, TestSpace *space, guint64 offset, GBytes *data)
{
  gsize length = g_bytes_get_size (data);

  for (gsize done = 0; done < length;) {
    gsize start = (offset + done) % TEST_BLOCK_SIZE;
    gsize n = MIN (length - done, TEST_BLOCK_SIZE - start);
    Slot *slot = take_block (self, space, (offset + done) / TEST_BLOCK_SIZE);

    if (slot == NULL)
      return FALSE;
    fill_block (slot, start, data, done, n);
    done += n;
    self->size = MAX (self->size, offset + done);
  }
  return TRUE;
}

gboolean
test_blocks_allocate (TestBlocks *self, TestSpace *space, guint64 offset, guint64 length)
{
  guint64 end = (offset + length + TEST_BLOCK_SIZE - 1) / TEST_BLOCK_SIZE;

  for (guint64 block = offset / TEST_BLOCK_SIZE; block < end; block++)
    if (take_block (self, space, block) == NULL)
      return FALSE;
  return TRUE;
}

static void
free_block (TestBlocks *self, TestSpace *space, guint64 block)
{
  Slot *slot = block < self->slots->len ? &g_array_index (self->slots, Slot, block) : NULL;

  if (slot == NULL || slot->extent == 0)
    return;
  test_space_release (space, slot->extent);
  slot_clear (slot);
  slot->extent = 0;
  self->n_extents--;
}

/* A part of a block becomes zeros; its extent, if it has data, must be its own already where that matters. */
static void
zero_part (TestBlocks *self, guint64 block, gsize start, gsize length)
{
  Slot *slot = block < self->slots->len ? &g_array_index (self->slots, Slot, block) : NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static (zeros, sizeof zeros);

  if (slot != NULL && slot->bytes != NULL && length > 0)
    fill_block (slot, start, bytes, 0, length);
}

void
test_blocks_punch (TestBlocks *self, TestSpace *space, guint64 offset, guint64 length)
{
  guint64 end = offset + length;

  while (offset < end) {
    gsize start = offset % TEST_BLOCK_SIZE;
    gsize n = (gsize) MIN (end - offset, TEST_BLOCK_SIZE - start);

    /* what lies behind the end of the file is not worth keeping */
    if (n == TEST_BLOCK_SIZE || (start == 0 && offset + n >= self->size))
      free_block (self, space, offset / TEST_BLOCK_SIZE);
    else
      zero_part (self, offset / TEST_BLOCK_SIZE, start, n);
    offset += n;
  }
}

void
test_blocks_truncate (TestBlocks *self, TestSpace *space, guint64 size)
{
  if (size < self->size) {
    guint64 kept = (size + TEST_BLOCK_SIZE - 1) / TEST_BLOCK_SIZE;

    for (guint64 block = kept; block < self->slots->len; block++)
      free_block (self, space, block);
    if (kept < self->slots->len)
      g_array_set_size (self->slots, (guint) kept);
    if (size % TEST_BLOCK_SIZE != 0)
      zero_part (self, size / TEST_BLOCK_SIZE, size % TEST_BLOCK_SIZE, TEST_BLOCK_SIZE - size % TEST_BLOCK_SIZE);
  }
  self->size = size;
}

void
test_blocks_share (const TestBlocks *self, TestSpace *space)
{
  for (guint i = 0; i < self->slots->len; i++)
    if (g_array_index (self->slots, Slot, i).extent != 0)
      test_space_share (space, g_array_index (self->slots, Slot, i).extent);
}

void
test_blocks_release (const TestBlocks *self, TestSpace *space)
{
  for (guint i = 0; i < self->slots->len; i++)
    if (g_array_index (self->slots, Slot, i).extent != 0)
      test_space_release (space, g_array_index (self->slots, Slot, i).extent);
}
