/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/cast/sc-cast-budget.h"

#include <stdlib.h>

guint64
sc_cast_budget_of (const ScCastLayout *layout)
{
  guint64 n_symbols = (layout->plan_length + layout->content_length) / layout->symbol_size;

  return MAX (n_symbols / SC_CAST_BUDGET_SHARE, SC_CAST_BUDGET_MIN);
}

guint64
sc_cast_budget_until (guint64 budget, guint64 n_sent)
{
  return MIN (budget, MAX (MAX (budget / 4, SC_CAST_BUDGET_MIN), n_sent * 2 / SC_CAST_BUDGET_SHARE));
}

static int
compare_claims (const void *a, const void *b)
{
  const ScCastClaim *first = a, *second = b;

  return first->total < second->total ? 1 : first->total > second->total ? -1 : 0;
}

static int
compare_needs (const void *a, const void *b)
{
  const guint64 *first = a, *second = b;

  return *first < *second ? 1 : *first > *second ? -1 : 0;
}

guint64
sc_cast_budget_usual (guint64 *needs, guint n_seats)
{
  qsort (needs, n_seats, sizeof *needs, compare_needs);
  return n_seats > 1 ? needs[n_seats / 2] : 0;
}

void
sc_cast_budget_judge (ScCastClaim *claims, guint n_claims, guint n_seats, guint n_blocks, guint64 usual, guint64 budget)
{
  guint8 common[SC_CAST_WINDOW_BLOCKS] = { 0 };
  guint n_worst = MAX (n_seats / SC_CAST_BUDGET_WORST, CLAMP (n_seats / 4, 1u, SC_CAST_BUDGET_FEW));

  if (n_seats < 2) /* there is nobody whom the seat could hold up */
    return;
  qsort (claims, n_claims, sizeof *claims, compare_claims);
  n_worst = MIN (n_worst, n_claims);
  for (guint i = n_worst; i < n_claims; i++) {
    for (guint b = 0; b < n_blocks; b++)
      common[b] = MAX (common[b], claims[i].deficits[b]);
  }
  for (guint i = 0; i < n_worst; i++) {
    guint64 excess = 0;

    for (guint b = 0; b < n_blocks; b++)
      excess += claims[i].deficits[b] > common[b] ? claims[i].deficits[b] - common[b] : 0;
    if (*claims[i].charged + excess > budget && claims[i].needed > usual + usual / SC_CAST_BUDGET_CHANCE + budget)
      claims[i].over = TRUE;
    else
      *claims[i].charged += excess;
  }
}
