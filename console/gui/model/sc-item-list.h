/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-item.h"

G_BEGIN_DECLS

/**
 * ScItemList:
 *
 * A GListModel of ScItems of one type, by key, in the items' order. It is updated in place: an item that is there keeps
 * its identity, whatever the engine says of it, so that selections, scroll positions and widgets survive.
 *
 * Signals besides "items-changed": "item-changed" (guint position, ScItem *item): after the item's own "changed"
 */
#define SC_TYPE_ITEM_LIST (sc_item_list_get_type ())
G_DECLARE_FINAL_TYPE (ScItemList, sc_item_list, SC, ITEM_LIST, GObject)

ScItemList *sc_item_list_new (GType item_type);
/* (nullable) (transfer none) */
gpointer sc_item_list_find (ScItemList *self, const char *key);
/* Adds or updates one. Returns: (nullable) (transfer none): NULL (with a warning) when @json has no key */
gpointer sc_item_list_put (ScItemList *self, ScJson *json);
gboolean sc_item_list_remove (ScItemList *self, const char *key);
/* Adds and updates what is in @array, removes what is not. */
void sc_item_list_put_all (ScItemList *self, ScJson *array);
/* (transfer none): no reference is taken, as g_list_model_get_item() does */
gpointer sc_item_list_at (ScItemList *self, guint position);
guint sc_item_list_get_length (ScItemList *self);

G_END_DECLS
