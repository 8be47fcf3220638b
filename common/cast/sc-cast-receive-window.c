/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/cast/sc-cast-receive-window.h"

#include <string.h>

void
sc_cast_receive_window_open (ScCastReceiveWindow *self, const ScCastLayout *layout, guint32 window)
{
  self->open = TRUE;
  self->window = window;
  self->n_blocks = sc_cast_layout_window_blocks (layout, window, &self->first_block);
  self->n_complete = 0;
  for (guint32 i = 0; i < self->n_blocks; i++) {
    ScCastReceiveBlock *block = &self->blocks[i];

    block->data = NULL;
    block->n_source = (guint8) sc_cast_layout_block_symbols (layout, self->first_block + i);
    block->n_present = 0;
    block->complete = FALSE;
    memset (block->symbols, SC_CAST_NO_SYMBOL, sizeof block->symbols);
  }
}

guint32
sc_cast_receive_window_close (ScCastReceiveWindow *self)
{
  guint32 n_freed = 0;

  if (!self->open)
    return 0;
  for (guint32 i = 0; i < self->n_blocks; i++) {
    if (self->blocks[i].data == NULL)
      continue;
    g_clear_pointer (&self->blocks[i].data, sc_cast_block_pool_give_back);
    n_freed++;
  }
  self->open = FALSE;
  return n_freed;
}

gboolean
sc_cast_receive_block_has (const ScCastReceiveBlock *self, guint8 symbol)
{
  if (self->complete)
    return TRUE;
  if (symbol < self->n_source)
    return self->symbols[symbol] == symbol;
  return memchr (self->symbols, symbol, self->n_source) != NULL;
}

static guint
find_empty (const ScCastReceiveBlock *self)
{
  const guint8 *slot = memchr (self->symbols, SC_CAST_NO_SYMBOL, self->n_source);

  g_assert (slot != NULL); /* fewer symbols are present than there are slots */
  return (guint) (slot - self->symbols);
}

guint8 *
sc_cast_receive_block_get_slot (const ScCastReceiveBlock *self, guint32 symbol_size, guint8 symbol)
{
  guint slot;

  if (self->data == NULL || sc_cast_receive_block_has (self, symbol))
    return NULL;
  if (symbol < self->n_source && self->symbols[symbol] != SC_CAST_NO_SYMBOL)
    return NULL; /* parity lies there */
  slot = symbol < self->n_source ? symbol : find_empty (self);
  return self->data + (gsize) slot * symbol_size;
}

void
sc_cast_receive_block_store (ScCastReceiveBlock *self, ScCastBlockPool *pool, guint32 symbol_size, guint8 symbol,
                             const guint8 *payload)
{
  guint8 *to;
  guint slot;

  if (self->data == NULL)
    self->data = sc_cast_block_pool_take (pool);

  if (symbol >= self->n_source) {
    slot = find_empty (self);
  } else {
    slot = symbol;
    if (self->symbols[slot] != SC_CAST_NO_SYMBOL) {
      /* parity lies where this source symbol belongs: it moves */
      guint other = find_empty (self);

      memcpy (self->data + (gsize) other * symbol_size, self->data + (gsize) slot * symbol_size, symbol_size);
      self->symbols[other] = self->symbols[slot];
    }
  }
  to = self->data + (gsize) slot * symbol_size;
  if (to != payload)
    memcpy (to, payload, symbol_size);
  self->symbols[slot] = symbol;
  self->n_present++;
}

guint8 *
sc_cast_receive_block_complete (ScCastReceiveBlock *self, ScCastCode *code, guint *n_decoded)
{
  g_assert (self->n_present == self->n_source);

  *n_decoded = sc_cast_code_decode (code, self->n_source, self->data, self->symbols);
  self->complete = TRUE;
  return g_steal_pointer (&self->data);
}
