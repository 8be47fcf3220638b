/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ScCastBlockPool:
 *
 * Memory for the blocks of one session, all of one size, that is used again and again: fresh memory of such a size
 * costs a page fault every 4 KiB. What was given back last is taken first, as it may still lie in a cache. The pool
 * sets no limit: who takes does. Thread-safe; each block outside holds a reference.
 */
typedef struct _ScCastBlockPool ScCastBlockPool;

/* @block_size: bytes */
ScCastBlockPool *sc_cast_block_pool_new (gsize block_size);
/* The blocks that were given back are freed now, the others when they are. */
void sc_cast_block_pool_unref (ScCastBlockPool *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScCastBlockPool, sc_cast_block_pool_unref)

/* Returns: block_size bytes with any content, to be ended by one of the next two. */
guint8 *sc_cast_block_pool_take (ScCastBlockPool *self);
void sc_cast_block_pool_give_back (guint8 *block);
/* (transfer full): the first @length bytes of @block, which is given back with the last reference. */
GBytes *sc_cast_block_pool_wrap (guint8 *block, gsize length);
/* Blocks that the pool has in store: for tests. */
guint sc_cast_block_pool_get_n_free (ScCastBlockPool *self);

G_END_DECLS
