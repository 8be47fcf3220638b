/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/cast/sc-cast-block-pool.h"
#include "common/cast/sc-cast-code.h"

G_BEGIN_DECLS

/* A block on its way in. Every symbol, parity too, takes one of the block's source slots, so a block never needs
 * more memory than its source does. */
typedef struct {
  guint8 *data; /* of the pool: n_source slots; NULL before the first symbol and after completion */
  guint8 symbols[SC_CAST_MAX_SOURCE_SYMBOLS]; /* what each slot holds, SC_CAST_NO_SYMBOL: nothing */
  guint8 n_source;
  guint8 n_present;
  gboolean complete;
} ScCastReceiveBlock;

#define SC_CAST_NO_SYMBOL 255u

/* The blocks of one window on their way in: part of the receiver. */
typedef struct {
  gboolean open;
  guint32 window;
  guint32 first_block;
  guint32 n_blocks;
  guint32 n_complete;
  ScCastReceiveBlock blocks[SC_CAST_WINDOW_BLOCKS];
} ScCastReceiveWindow;

void sc_cast_receive_window_open (ScCastReceiveWindow *self, const ScCastLayout *layout, guint32 window);
/* Gives back the memory of what is incomplete. Returns: how many blocks' memory that was */
guint32 sc_cast_receive_window_close (ScCastReceiveWindow *self);

/* Whether the block has no use for symbol @symbol: it is complete or has it already. */
gboolean sc_cast_receive_block_has (const ScCastReceiveBlock *self, guint8 symbol);
/* Where symbol @symbol would be stored without anything else being touched, so that it may be put there before it is
 * known to be sound. Returns: (nullable): symbol_size bytes */
guint8 *sc_cast_receive_block_get_slot (const ScCastReceiveBlock *self, guint32 symbol_size, guint8 symbol);
/* Stores a symbol that the block does not have yet; takes the block's memory from @pool at its first one. @payload may
 * be in its slot already. */
void sc_cast_receive_block_store (ScCastReceiveBlock *self, ScCastBlockPool *pool, guint32 symbol_size, guint8 symbol,
                                  const guint8 *payload);
/* With n_source symbols present: decodes. Returns: (transfer full): the block's slots, of the pool; @n_decoded: symbols
 * that had been lost */
guint8 *sc_cast_receive_block_complete (ScCastReceiveBlock *self, ScCastCode *code, guint *n_decoded);

G_END_DECLS
