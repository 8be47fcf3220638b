/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/apply/sc-apply-order.h"

#define NOTHING SC_CHUNK_INDEX_NONE

struct _ScApplyOrder {
  GArray *free;
  GArray *cycles;
  guint32 *killers; /* by wanted chunk; NOTHING: none */
};

static void
find_killers (ScApplyOrder *self, const ScApplyPlan *plan, guint32 *waiting)
{
  guint32 n = sc_apply_wanted_size (plan->wanted);

  for (guint32 i = 0; i < n; i++) {
    self->killers[i] = NOTHING;
    if (sc_apply_plan_find_killer (plan, i, &self->killers[i]))
      waiting[self->killers[i]]++;
    else
      self->killers[i] = NOTHING;
  }
}

/* What waits for nobody, then what waits for nobody else. Leaves in @waiting only those on cycles. */
static void
order_free (ScApplyOrder *self, const ScApplyPlan *plan, guint32 *waiting)
{
  guint32 n = sc_apply_wanted_size (plan->wanted);

  for (guint32 i = 0; i < n; i++)
    if (sc_apply_wanted_is_here (plan->wanted, i) && waiting[i] == 0)
      g_array_append_val (self->free, i);
  for (guint done = 0; done < self->free->len; done++) {
    guint32 killer = self->killers[g_array_index (self->free, guint32, done)];

    if (killer != NOTHING && --waiting[killer] == 0)
      g_array_append_val (self->free, killer);
  }
}

static void
list_cycles (ScApplyOrder *self, const ScApplyPlan *plan, guint32 *waiting)
{
  guint32 n = sc_apply_wanted_size (plan->wanted);

  for (guint32 i = 0; i < n; i++) {
    if (waiting[i] == 0)
      continue;
    g_array_append_val (self->cycles, i);
    for (guint32 next = self->killers[i]; next != i; next = self->killers[next])
      waiting[next] = 0;
    waiting[i] = 0;
  }
}

ScApplyOrder *
sc_apply_order_new (const ScApplyPlan *plan)
{
  ScApplyOrder *self = g_new0 (ScApplyOrder, 1);
  guint32 n = sc_apply_wanted_size (plan->wanted);
  g_autofree guint32 *waiting = g_new0 (guint32, MAX (n, 1)); /* how many must be copied before */

  self->free = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->cycles = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->killers = g_new (guint32, MAX (n, 1));
  find_killers (self, plan, waiting);
  order_free (self, plan, waiting);
  list_cycles (self, plan, waiting);
  return self;
}

void
sc_apply_order_free (ScApplyOrder *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->free);
  g_array_unref (self->cycles);
  g_free (self->killers);
  g_free (self);
}

GArray *
sc_apply_order_get_free (ScApplyOrder *self)
{
  return self->free;
}

GArray *
sc_apply_order_get_cycles (ScApplyOrder *self)
{
  return self->cycles;
}

guint32
sc_apply_order_next (ScApplyOrder *self, guint32 index)
{
  return self->killers[index];
}
