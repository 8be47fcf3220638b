/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/cast/sc-cast-layout.h"

#include "common/cast/sc-cast-plan.h"
#include "common/sc-error.h"

/* The packet counter has 32 bits and repairs need some of them. */
#define MAX_STREAM_SYMBOLS (G_GUINT64_CONSTANT (0xf0000000))
/* A window costs both ends some state of its own, so the number of windows is bounded too. */
#define MAX_PLAN_BYTES (8u + (guint64) SC_CAST_PLAN_MAX_FRAMES * 68u)

static guint64
block_size (const ScCastLayout *self)
{
  return (guint64) self->symbol_size * self->block_symbols;
}

static guint64
count_of (guint64 total, guint64 unit)
{
  return total / unit + (total % unit != 0);
}

gboolean
sc_cast_layout_check (const ScCastLayout *self, GError **error)
{
  const char *rule = NULL;
  guint64 stream;

  if (self->symbol_size < SC_CAST_SYMBOL_SIZE_MIN || self->symbol_size > SC_CAST_SYMBOL_SIZE_MAX)
    rule = "the symbol size is out of bounds";
  else if (self->block_symbols < 1 || self->block_symbols > SC_CAST_MAX_SOURCE_SYMBOLS)
    rule = "the number of symbols in a block is out of bounds";
  else if (self->window_blocks < 1 || self->window_blocks > SC_CAST_WINDOW_BLOCKS)
    rule = "the number of blocks in a window is out of bounds";
  else if (block_size (self) * self->window_blocks * SC_CAST_MAX_WINDOWS > SC_CAST_MAX_MEMORY)
    rule = "its windows do not fit into a seat's memory";
  else if (self->plan_length == 0 || self->plan_length > MAX_PLAN_BYTES)
    rule = "the plan's length is out of bounds";
  else if (self->content_length > MAX_STREAM_SYMBOLS * SC_CAST_SYMBOL_SIZE_MAX)
    rule = "the content is too long for one session";
  else {
    stream = count_of (self->plan_length, self->symbol_size) + count_of (self->content_length, self->symbol_size);
    if (stream > MAX_STREAM_SYMBOLS)
      rule = "the stream has more symbols than one session can number";
  }
  if (rule != NULL) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "the layout of the stream is not valid: %s", rule);
    return FALSE;
  }
  return TRUE;
}

guint32
sc_cast_layout_n_plan_blocks (const ScCastLayout *self)
{
  return (guint32) count_of (self->plan_length, block_size (self));
}

guint32
sc_cast_layout_n_blocks (const ScCastLayout *self)
{
  return sc_cast_layout_n_plan_blocks (self) + (guint32) count_of (self->content_length, block_size (self));
}

static guint32
n_plan_windows (const ScCastLayout *self)
{
  return (guint32) count_of (sc_cast_layout_n_plan_blocks (self), self->window_blocks);
}

guint32
sc_cast_layout_n_windows (const ScCastLayout *self)
{
  guint32 n_content = sc_cast_layout_n_blocks (self) - sc_cast_layout_n_plan_blocks (self);

  return n_plan_windows (self) + (guint32) count_of (n_content, self->window_blocks);
}

guint32
sc_cast_layout_block_window (const ScCastLayout *self, guint32 block)
{
  guint32 n_plan = sc_cast_layout_n_plan_blocks (self);

  if (block < n_plan)
    return block / self->window_blocks;
  return n_plan_windows (self) + (block - n_plan) / self->window_blocks;
}

guint32
sc_cast_layout_window_blocks (const ScCastLayout *self, guint32 window, guint32 *first_block)
{
  guint32 n_plan = sc_cast_layout_n_plan_blocks (self);
  guint32 plan_windows = n_plan_windows (self);
  guint32 first, end;

  if (window < plan_windows) {
    first = window * self->window_blocks;
    end = n_plan;
  } else {
    first = n_plan + (window - plan_windows) * self->window_blocks;
    end = sc_cast_layout_n_blocks (self);
  }
  if (first_block != NULL)
    *first_block = first;
  return MIN (end - first, self->window_blocks);
}

guint64
sc_cast_layout_block_offset (const ScCastLayout *self, guint32 block, gboolean *is_plan)
{
  guint32 n_plan = sc_cast_layout_n_plan_blocks (self);

  if (is_plan != NULL)
    *is_plan = block < n_plan;
  return (guint64) (block < n_plan ? block : block - n_plan) * block_size (self);
}

guint32
sc_cast_layout_block_bytes (const ScCastLayout *self, guint32 block)
{
  gboolean is_plan;
  guint64 offset = sc_cast_layout_block_offset (self, block, &is_plan);
  guint64 left = (is_plan ? self->plan_length : self->content_length) - offset;

  return (guint32) MIN (left, block_size (self));
}

guint32
sc_cast_layout_block_symbols (const ScCastLayout *self, guint32 block)
{
  return (guint32) count_of (sc_cast_layout_block_bytes (self, block), self->symbol_size);
}
