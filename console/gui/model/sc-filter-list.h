/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-item-list.h"

G_BEGIN_DECLS

/* Whether @item shall be seen. */
typedef gboolean (*ScFilterFunc) (ScItem *item, gpointer data);

/**
 * ScFilterList:
 *
 * A GListModel of those items of a ScItemList that a function lets through, in the same order; kept up to date as items
 * come, go and change.
 *
 * Signals besides "items-changed": "item-changed" (guint position, ScItem *item): one that was and is let through
 */
#define SC_TYPE_FILTER_LIST (sc_filter_list_get_type ())
G_DECLARE_FINAL_TYPE (ScFilterList, sc_filter_list, SC, FILTER_LIST, GObject)

/* @func: (nullable): NULL lets everything through */
ScFilterList *sc_filter_list_new (ScItemList *source, ScFilterFunc func, gpointer data, GDestroyNotify free_data);
/* What @func looks at besides the item is different now. */
void sc_filter_list_refilter (ScFilterList *self);
guint sc_filter_list_get_length (ScFilterList *self);
/* (transfer none) */
gpointer sc_filter_list_at (ScFilterList *self, guint position);

G_END_DECLS
