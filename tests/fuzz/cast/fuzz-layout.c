/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/cast/sc-cast-layout.h"

#include "tests/fuzz/fuzz.h"

#include <string.h>

static void
check_block (const ScCastLayout *layout, guint32 block)
{
  guint32 window = sc_cast_layout_block_window (layout, block), first;
  guint32 n = sc_cast_layout_window_blocks (layout, window, &first);
  guint32 symbols = sc_cast_layout_block_symbols (layout, block), bytes = sc_cast_layout_block_bytes (layout, block);
  gboolean is_plan;
  guint64 offset = sc_cast_layout_block_offset (layout, block, &is_plan);

  g_assert_cmpuint (window, <, sc_cast_layout_n_windows (layout));
  g_assert_cmpuint (first, <=, block);
  g_assert_cmpuint (block, <, first + n);
  g_assert_cmpuint (n, <=, layout->window_blocks);
  g_assert_cmpuint (symbols, >=, 1);
  g_assert_cmpuint (symbols, <=, layout->block_symbols);
  g_assert_cmpuint (bytes, <=, symbols * layout->symbol_size);
  g_assert_cmpuint (bytes, >, (symbols - 1) * layout->symbol_size);
  g_assert_cmpuint (offset + bytes, <=, is_plan ? layout->plan_length : layout->content_length);
  g_assert_true (is_plan == (block < sc_cast_layout_n_plan_blocks (layout)));
}

/* Whatever numbers pass the check lie within all bounds. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  ScCastLayout layout;
  guint32 n;

  if (size < sizeof layout)
    return 0;
  memcpy (&layout, data, sizeof layout);
  if (!sc_cast_layout_check (&layout, &error)) {
    g_assert_nonnull (error);
    return 0;
  }
  n = sc_cast_layout_n_blocks (&layout);
  g_assert_cmpuint (n, >=, 1);
  check_block (&layout, 0);
  check_block (&layout, n / 2);
  check_block (&layout, n - 1);
  check_block (&layout, sc_cast_layout_n_plan_blocks (&layout) - 1);
  if (layout.content_length > 0)
    check_block (&layout, sc_cast_layout_n_plan_blocks (&layout));
  return 0;
}
