/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/cast/sc-cast-budget.h"

#define BLOCKS 4u

/* @deficits: of each seat the same for all blocks */
static void
judge (const guint8 *deficits, guint n, guint n_seats, guint64 *charged, guint64 usual, guint64 budget, gboolean *over)
{
  g_autofree ScCastClaim *claims = g_new0 (ScCastClaim, n);
  g_autofree guint8 *blocks = g_malloc (n * BLOCKS);

  for (guint i = 0; i < n; i++) {
    for (guint b = 0; b < BLOCKS; b++)
      blocks[i * BLOCKS + b] = deficits[i];
    claims[i].deficits = blocks + i * BLOCKS;
    claims[i].total = deficits[i] * BLOCKS;
    claims[i].needed = claims[i].total;
    claims[i].charged = &charged[i];
    claims[i].seat = &over[i];
  }
  sc_cast_budget_judge (claims, n, n_seats, BLOCKS, usual, budget);
  for (guint i = 0; i < n; i++)
    *(gboolean *) claims[i].seat = claims[i].over;
}

static void
test_excess (void)
{
  const guint8 deficits[] = { 3, 50, 5 };
  guint64 charged[3] = { 0 };
  gboolean over[3];

  judge (deficits, 3, 10, charged, 0, 1000, over);
  g_assert_false (over[0] || over[1] || over[2]);
  g_assert_cmpuint (charged[1], ==, 47 * BLOCKS); /* beyond what others than the two worst need anyway */
  g_assert_cmpuint (charged[2], ==, 2 * BLOCKS);
  g_assert_cmpuint (charged[0], ==, 0);
}

static void
test_over (void)
{
  const guint8 deficits[] = { 3, 50, 5 };
  guint64 charged[3] = { 0 };
  gboolean over[3];

  judge (deficits, 3, 10, charged, 5, 45 * BLOCKS - 1, over);
  g_assert_true (over[1]);
  g_assert_false (over[0] || over[2]);
  g_assert_cmpuint (charged[1], ==, 0); /* it is not paid for */
}

/* Loss that all have in common costs nobody anything, and neither does a single seat's. */
static void
test_common (void)
{
  const guint8 deficits[] = { 50, 50, 50 };
  guint64 charged[3] = { 0 };
  gboolean over[3];

  judge (deficits, 3, 3, charged, 0, 0, over);
  g_assert_false (over[0] || over[1] || over[2]);
  judge (deficits, 1, 1, charged, 0, 0, over);
  g_assert_false (over[0]);
  g_assert_cmpuint (charged[0], ==, 0);
}

/* It has needed no more than the others in all: they lose as much, at other times. */
static void
test_in_turn (void)
{
  const guint8 deficits[] = { 50, 0 };
  guint64 charged[2] = { 0 };
  gboolean over[2];

  judge (deficits, 1, 2, charged, 50 * BLOCKS, 10 * BLOCKS, over);
  g_assert_false (over[0]);
  g_assert_cmpuint (charged[0], ==, 50 * BLOCKS);
  judge (deficits, 1, 2, charged, 26 * BLOCKS, 10 * BLOCKS, over); /* half more, and the budget */
  g_assert_true (over[0]);
}

static void
test_usual (void)
{
  guint64 two[] = { 7, 3 }, many[5] = { 9, 0, 5, 8, 1 };

  g_assert_cmpuint (sc_cast_budget_usual (two, 2), ==, 3);
  g_assert_cmpuint (sc_cast_budget_usual (many, 5), ==, 5); /* two bad ones are not usual */
  g_assert_cmpuint (sc_cast_budget_usual (two, 1), ==, 0);
}

/* Two bad seats among many do not hide each other. */
static void
test_two_bad (void)
{
  const guint8 deficits[] = { 50, 1, 48 };
  guint64 charged[3] = { 0 };
  gboolean over[3];

  judge (deficits, 3, 20, charged, BLOCKS, 40 * BLOCKS, over);
  g_assert_true (over[0] && over[2]);
  g_assert_false (over[1]);
}

static void
test_budget (void)
{
  ScCastLayout layout = { .symbol_size = 1000, .block_symbols = 200, .window_blocks = 64, .plan_length = 1000 };

  g_assert_cmpuint (sc_cast_budget_of (&layout), ==, SC_CAST_BUDGET_MIN);
  layout.content_length = G_GUINT64_CONSTANT (1000) * 999999;
  g_assert_cmpuint (sc_cast_budget_of (&layout), ==, 40000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cast/budget/excess", test_excess);
  g_test_add_func ("/cast/budget/over", test_over);
  g_test_add_func ("/cast/budget/common", test_common);
  g_test_add_func ("/cast/budget/in-turn", test_in_turn);
  g_test_add_func ("/cast/budget/usual", test_usual);
  g_test_add_func ("/cast/budget/two-bad", test_two_bad);
  g_test_add_func ("/cast/budget/budget", test_budget);
  return g_test_run ();
}
