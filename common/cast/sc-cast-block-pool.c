/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/cast/sc-cast-block-pool.h"

/* Before each block stands whose it is; a cache line, so that the block starts with one, too. */
#define HEADER_SIZE 64u

typedef struct {
  ScCastBlockPool *pool;
} Header;

struct _ScCastBlockPool {
  gatomicrefcount references; /* the owner's and one for each block outside */
  gsize block_size;
  GMutex mutex;    /* guards free */
  GPtrArray *free; /* Header: a stack */
};

ScCastBlockPool *
sc_cast_block_pool_new (gsize block_size)
{
  ScCastBlockPool *self = g_new0 (ScCastBlockPool, 1);

  g_atomic_ref_count_init (&self->references);
  self->block_size = block_size;
  g_mutex_init (&self->mutex);
  self->free = g_ptr_array_new_with_free_func (g_free);
  return self;
}

static void
let_go (ScCastBlockPool *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_ptr_array_unref (self->free);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

void
sc_cast_block_pool_unref (ScCastBlockPool *self)
{
  if (self != NULL)
    let_go (self);
}

guint8 *
sc_cast_block_pool_take (ScCastBlockPool *self)
{
  Header *header;

  g_mutex_lock (&self->mutex);
  header = self->free->len > 0 ? g_ptr_array_steal_index_fast (self->free, self->free->len - 1) : NULL;
  g_mutex_unlock (&self->mutex);
  if (header == NULL) {
    header = g_malloc (HEADER_SIZE + self->block_size);
    header->pool = self;
  }
  g_atomic_ref_count_inc (&self->references);
  return (guint8 *) header + HEADER_SIZE;
}

static void
give_back (gpointer data)
{
  Header *header = data;
  ScCastBlockPool *self = header->pool;

  g_mutex_lock (&self->mutex);
  g_ptr_array_add (self->free, header);
  g_mutex_unlock (&self->mutex);
  let_go (self);
}

void
sc_cast_block_pool_give_back (guint8 *block)
{
  if (block != NULL)
    give_back (block - HEADER_SIZE);
}

GBytes *
sc_cast_block_pool_wrap (guint8 *block, gsize length)
{
  return g_bytes_new_with_free_func (block, length, give_back, block - HEADER_SIZE);
}

guint
sc_cast_block_pool_get_n_free (ScCastBlockPool *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return self->free->len;
}
