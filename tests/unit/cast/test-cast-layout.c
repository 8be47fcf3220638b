/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/cast/sc-cast-layout.h"
#include "common/sc-error.h"

static const ScCastLayout sound = {
  .symbol_size = 100, .block_symbols = 10, .window_blocks = 3, .plan_length = 1, .content_length = 7001
};

static void
test_counts (void)
{
  guint32 first;
  gboolean is_plan;

  g_assert_true (sc_cast_layout_check (&sound, NULL));
  g_assert_cmpuint (sc_cast_layout_n_plan_blocks (&sound), ==, 1);
  g_assert_cmpuint (sc_cast_layout_n_blocks (&sound), ==, 1 + 8);
  g_assert_cmpuint (sc_cast_layout_n_windows (&sound), ==, 1 + 3);

  g_assert_cmpuint (sc_cast_layout_window_blocks (&sound, 0, &first), ==, 1);
  g_assert_cmpuint (first, ==, 0);
  g_assert_cmpuint (sc_cast_layout_window_blocks (&sound, 1, &first), ==, 3);
  g_assert_cmpuint (first, ==, 1);
  g_assert_cmpuint (sc_cast_layout_window_blocks (&sound, 3, &first), ==, 2);
  g_assert_cmpuint (first, ==, 7);
  g_assert_cmpuint (sc_cast_layout_block_window (&sound, 6), ==, 2);

  g_assert_cmpuint (sc_cast_layout_block_symbols (&sound, 0), ==, 1);
  g_assert_cmpuint (sc_cast_layout_block_bytes (&sound, 0), ==, 1);
  g_assert_cmpuint (sc_cast_layout_block_symbols (&sound, 1), ==, 10);
  g_assert_cmpuint (sc_cast_layout_block_symbols (&sound, 8), ==, 1);
  g_assert_cmpuint (sc_cast_layout_block_bytes (&sound, 8), ==, 1);
  g_assert_cmpuint (sc_cast_layout_block_offset (&sound, 8, &is_plan), ==, 7000);
  g_assert_false (is_plan);
  g_assert_cmpuint (sc_cast_layout_block_offset (&sound, 0, &is_plan), ==, 0);
  g_assert_true (is_plan);
}

static void
test_no_content (void)
{
  ScCastLayout layout = sound;

  layout.content_length = 0;
  g_assert_true (sc_cast_layout_check (&layout, NULL));
  g_assert_cmpuint (sc_cast_layout_n_blocks (&layout), ==, 1);
  g_assert_cmpuint (sc_cast_layout_n_windows (&layout), ==, 1);
}

static void
assert_refused (ScCastLayout layout)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (sc_cast_layout_check (&layout, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
}

static void
test_bounds (void)
{
  ScCastLayout layout;

#define REFUSE(field, value)                                                                                           \
  layout = sound;                                                                                                      \
  layout.field = (value);                                                                                              \
  assert_refused (layout)

  REFUSE (symbol_size, 0);
  REFUSE (symbol_size, SC_CAST_SYMBOL_SIZE_MIN - 1);
  REFUSE (symbol_size, SC_CAST_SYMBOL_SIZE_MAX + 1);
  REFUSE (block_symbols, 0);
  REFUSE (block_symbols, SC_CAST_MAX_SOURCE_SYMBOLS + 1);
  REFUSE (window_blocks, 0);
  REFUSE (window_blocks, SC_CAST_WINDOW_BLOCKS + 1);
  REFUSE (plan_length, 0);
  REFUSE (plan_length, G_MAXUINT64);
  REFUSE (content_length, G_MAXUINT64);
  REFUSE (content_length, G_GUINT64_CONSTANT (100) << 32); /* more symbols than the counter has numbers */
#undef REFUSE

  layout = (ScCastLayout){ .symbol_size = SC_CAST_SYMBOL_SIZE_MAX,
                           .block_symbols = SC_CAST_MAX_SOURCE_SYMBOLS,
                           .window_blocks = SC_CAST_WINDOW_BLOCKS,
                           .plan_length = 1 };
  assert_refused (layout); /* 458 MB in flight */
  layout.window_blocks = 11;
  assert_refused (layout); /* 79 MB */
  layout.window_blocks = 10;
  g_assert_true (sc_cast_layout_check (&layout, NULL));

  layout = (ScCastLayout){ .symbol_size = SC_CAST_SYMBOL_SIZE,
                           .block_symbols = SC_CAST_MAX_SOURCE_SYMBOLS,
                           .window_blocks = SC_CAST_WINDOW_BLOCKS,
                           .plan_length = 1 << 20,
                           .content_length = G_GUINT64_CONSTANT (5) << 40 };
  g_assert_true (sc_cast_layout_check (&layout, NULL)); /* 5 TiB go into one session */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cast/layout/counts", test_counts);
  g_test_add_func ("/cast/layout/no-content", test_no_content);
  g_test_add_func ("/cast/layout/bounds", test_bounds);
  return g_test_run ();
}
