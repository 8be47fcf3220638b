/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/cast/sc-cast-send-window.h"

#include <string.h>

#define MARK_INTERVAL 10000 /* µs until the first repetition; doubled each time */

void
sc_cast_send_window_init (ScCastSendWindow *self, const ScCastLayout *layout, guint32 window)
{
  memset (self, 0, sizeof *self);
  self->phase = SC_CAST_WINDOW_FILLING;
  self->window = window;
  self->n_blocks = sc_cast_layout_window_blocks (layout, window, &self->first_block);
}

void
sc_cast_send_window_clear (ScCastSendWindow *self)
{
  for (guint32 i = 0; i < self->n_blocks; i++) {
    g_clear_pointer (&self->blocks[i].bytes, g_bytes_unref);
    g_clear_pointer (&self->blocks[i].padded, g_free);
    g_clear_pointer (&self->blocks[i].parity, g_free);
  }
}

void
sc_cast_send_window_supply (ScCastSendWindow *self, const ScCastLayout *layout, guint32 block, GBytes *bytes)
{
  ScCastSendBlock *slot = &self->blocks[block - self->first_block];
  gsize size, full;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  slot->bytes = g_bytes_ref (bytes);
  slot->n_source = sc_cast_layout_block_symbols (layout, block);
  slot->next_repair = slot->n_source;
  full = size / layout->symbol_size * layout->symbol_size;
  if (full < size) {
    slot->padded = g_malloc0 (layout->symbol_size);
    memcpy (slot->padded, data + full, size - full);
  }
  self->n_source_left += slot->n_source;
  self->n_supplied++;
}

static const guint8 *
source_symbol (const ScCastSendBlock *block, const ScCastLayout *layout, guint symbol)
{
  const guint8 *data = g_bytes_get_data (block->bytes, NULL);

  if (symbol == block->n_source - 1 && block->padded != NULL)
    return block->padded;
  return data + (gsize) symbol * layout->symbol_size;
}

const guint8 *
sc_cast_send_window_next_source (ScCastSendWindow *self, const ScCastLayout *layout, guint32 *block, guint8 *symbol,
                                 guint32 *n_bytes)
{
  for (;;) {
    guint index = self->next_block++;
    const ScCastSendBlock *slot = &self->blocks[index];
    guint i = self->next_symbol;

    if (self->next_block == self->n_blocks) {
      self->next_block = 0;
      self->next_symbol++;
    }
    if (i >= slot->n_source) /* a part's last block is shorter */
      continue;
    *block = self->first_block + index;
    *symbol = (guint8) i;
    *n_bytes = (guint32) MIN (g_bytes_get_size (slot->bytes) - (gsize) i * layout->symbol_size, layout->symbol_size);
    self->n_source_left--;
    return source_symbol (slot, layout, i);
  }
}

/* What a seat that lacks @n symbols needs. Where all are sent already it has most of what is sent again. */
static guint
count_repairs (const ScCastSendBlock *block, guint n)
{
  guint fresh = block->repeats ? 0 : SC_CAST_MAX_SYMBOLS - block->next_repair;
  guint missing = SC_CAST_MAX_SYMBOLS - (block->n_source - n);

  if (n <= fresh)
    return n;
  return MIN (fresh + ((n - fresh) * SC_CAST_MAX_SYMBOLS + missing - 1) / missing, SC_CAST_MAX_SYMBOLS);
}

void
sc_cast_send_window_ask (ScCastSendWindow *self, const guint8 *n)
{
  self->next_block = 0;
  for (guint32 i = 0; i < self->n_blocks; i++) {
    self->blocks[i].n_pending = count_repairs (&self->blocks[i], n[i]);
    self->n_pending += self->blocks[i].n_pending;
  }
}

/* Makes all fresh parity that the block's round asks for in one pass over the source: it is read from memory once. */
static void
make_parity (ScCastSendBlock *block, const ScCastLayout *layout, ScCastCode *code)
{
  const guint8 *source[SC_CAST_MAX_SOURCE_SYMBOLS];

  for (guint i = 0; i < block->n_source; i++)
    source[i] = source_symbol (block, layout, i);
  g_free (block->parity);
  block->parity_first = block->next_repair;
  block->n_parity = MIN (block->n_pending, SC_CAST_MAX_SYMBOLS - block->next_repair);
  block->parity = g_malloc ((gsize) block->n_parity * layout->symbol_size);
  sc_cast_code_encode (code, block->n_source, source, block->parity_first, block->n_parity, block->parity);
}

static const guint8 *
next_repair_of (ScCastSendBlock *block, const ScCastLayout *layout, ScCastCode *code, guint8 *symbol)
{
  guint index = block->next_repair;
  const guint8 *payload;

  if (index < block->n_source) {
    payload = source_symbol (block, layout, index);
  } else {
    if (index < block->parity_first || index >= block->parity_first + block->n_parity)
      make_parity (block, layout, code);
    payload = block->parity + (gsize) (index - block->parity_first) * layout->symbol_size;
  }
  *symbol = (guint8) index;
  block->n_pending--;
  block->next_repair = (index + 1) % SC_CAST_MAX_SYMBOLS;
  block->repeats = block->repeats || block->next_repair == 0;
  return payload;
}

const guint8 *
sc_cast_send_window_next_repair (ScCastSendWindow *self, const ScCastLayout *layout, ScCastCode *code, guint32 *block,
                                 guint8 *symbol)
{
  if (self->n_pending == 0)
    return NULL;
  while (self->blocks[self->next_block].n_pending == 0)
    self->next_block = (self->next_block + 1) % self->n_blocks;
  *block = self->first_block + self->next_block;
  self->n_pending--;
  self->next_block = (self->next_block + 1) % self->n_blocks;
  return next_repair_of (&self->blocks[*block - self->first_block], layout, code, symbol);
}

void
sc_cast_send_window_wait (ScCastSendWindow *self, gint64 now)
{
  self->await_since = now;
  self->n_marks = 0;
  self->mark_at = now;
  self->mark_interval = MARK_INTERVAL;
}
