/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "service/apply/sc-apply-plan.h"

G_BEGIN_DECLS

/**
 * ScApplyOrder:
 *
 * In which order local copies are made, so that none is overwritten by another before it has been copied itself. That
 * concerns files that are changed in place without an undo log. A chunk lies in one place and one other chunk
 * overwrites it, its *killer*; so "must be copied before" is a functional graph: trees, whose leaves come first (Kahn
 * 1962), that hang on cycles. One chunk of each cycle has to be put aside.
 */
typedef struct _ScApplyOrder ScApplyOrder;

ScApplyOrder *sc_apply_order_new (const ScApplyPlan *plan);
void sc_apply_order_free (ScApplyOrder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScApplyOrder, sc_apply_order_free)

/* (element-type guint32): wanted chunks that can be copied one after another */
GArray *sc_apply_order_get_free (ScApplyOrder *self);
/* (element-type guint32): one chunk of each cycle */
GArray *sc_apply_order_get_cycles (ScApplyOrder *self);
/* Starts with what follows @first, ends with @first itself. Each may be copied once @first has been put aside. */
guint32 sc_apply_order_next (ScApplyOrder *self, guint32 index);

G_END_DECLS
