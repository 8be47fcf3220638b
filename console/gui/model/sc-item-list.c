/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/model/sc-item-list.h"

struct _ScItemList {
  GObject parent;
  GType item_type;
  GPtrArray *items;   /* (owned) in order */
  GHashTable *by_key; /* key of the item → item, both owned by @items */
};

static void sc_item_list_model_init (GListModelInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ScItemList, sc_item_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, sc_item_list_model_init))

static guint signal_item_changed;

static GType
sc_item_list_get_item_type (GListModel *model)
{
  return SC_ITEM_LIST (model)->item_type;
}

static guint
sc_item_list_get_n_items (GListModel *model)
{
  return SC_ITEM_LIST (model)->items->len;
}

static gpointer
sc_item_list_get_item (GListModel *model, guint position)
{
  gpointer item = sc_item_list_at (SC_ITEM_LIST (model), position);

  return item != NULL ? g_object_ref (item) : NULL;
}

static void
sc_item_list_model_init (GListModelInterface *interface)
{
  interface->get_item_type = sc_item_list_get_item_type;
  interface->get_n_items = sc_item_list_get_n_items;
  interface->get_item = sc_item_list_get_item;
}

static void
sc_item_list_finalize (GObject *object)
{
  ScItemList *self = SC_ITEM_LIST (object);

  g_hash_table_unref (self->by_key);
  g_ptr_array_unref (self->items);
  G_OBJECT_CLASS (sc_item_list_parent_class)->finalize (object);
}

static void
sc_item_list_class_init (ScItemListClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sc_item_list_finalize;
  signal_item_changed = g_signal_new ("item-changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                      G_TYPE_NONE, 2, G_TYPE_UINT, SC_TYPE_ITEM);
}

static void
sc_item_list_init (ScItemList *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_key = g_hash_table_new (g_str_hash, g_str_equal);
}

ScItemList *
sc_item_list_new (GType item_type)
{
  ScItemList *self = g_object_new (SC_TYPE_ITEM_LIST, NULL);

  g_return_val_if_fail (g_type_is_a (item_type, SC_TYPE_ITEM), self);
  self->item_type = item_type;
  return self;
}

gpointer
sc_item_list_find (ScItemList *self, const char *key)
{
  return g_hash_table_lookup (self->by_key, key);
}

gpointer
sc_item_list_at (ScItemList *self, guint position)
{
  return position < self->items->len ? g_ptr_array_index (self->items, position) : NULL;
}

guint
sc_item_list_get_length (ScItemList *self)
{
  return self->items->len;
}

/* Where @item belongs: behind all that are not greater. */
static guint
find_place (ScItemList *self, ScItem *item)
{
  guint low = 0, high = self->items->len;

  while (low < high) {
    guint middle = low + (high - low) / 2;

    if (sc_item_compare (g_ptr_array_index (self->items, middle), item) <= 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static guint
position_of (ScItemList *self, gpointer item)
{
  guint position = 0;

  if (!g_ptr_array_find (self->items, item, &position))
    g_return_val_if_reached (0);
  return position;
}

static gboolean
is_in_place (ScItemList *self, guint position)
{
  ScItem *item = g_ptr_array_index (self->items, position);

  return (position == 0 || sc_item_compare (g_ptr_array_index (self->items, position - 1), item) < 0) &&
         (position + 1 == self->items->len ||
          sc_item_compare (item, g_ptr_array_index (self->items, position + 1)) < 0);
}

static ScItem *
steal_at (ScItemList *self, guint position)
{
  ScItem *item = g_ptr_array_steal_index (self->items, position);

  g_hash_table_remove (self->by_key, sc_item_get_key (item));
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
  return item;
}

static void
insert (ScItemList *self, ScItem *item)
{
  guint position = find_place (self, item);

  g_ptr_array_insert (self->items, (int) position, item);
  g_hash_table_insert (self->by_key, (gpointer) sc_item_get_key (item), item);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, 1);
}

static void
update (ScItemList *self, ScItem *item, ScJson *json)
{
  guint position = 0;

  if (!sc_item_update (item, json))
    return;
  position = position_of (self, item);
  if (is_in_place (self, position))
    g_signal_emit (self, signal_item_changed, 0, position, item);
  else
    insert (self, steal_at (self, position)); /* it is called otherwise now */
}

gpointer
sc_item_list_put (ScItemList *self, ScJson *json)
{
  ScItemClass *class = g_type_class_peek (self->item_type);
  g_autofree char *key = NULL;
  g_autoptr (GError) error = NULL;
  ScItem *item = NULL;

  if (class == NULL)
    class = g_type_class_ref (self->item_type); /* for ever: static types are never unloaded */
  key = class->dup_key (json);
  item = key != NULL ? g_hash_table_lookup (self->by_key, key) : NULL;
  if (item != NULL) {
    update (self, item, json);
    return item;
  }
  item = sc_item_new (self->item_type, json, &error);
  if (item == NULL) {
    g_warning ("%s", error->message);
    return NULL;
  }
  insert (self, item);
  return item;
}

gboolean
sc_item_list_remove (ScItemList *self, const char *key)
{
  gpointer item = g_hash_table_lookup (self->by_key, key);

  if (item == NULL)
    return FALSE;
  g_object_unref (steal_at (self, position_of (self, item)));
  return TRUE;
}

void
sc_item_list_put_all (ScItemList *self, ScJson *array)
{
  g_autoptr (GHashTable) present = g_hash_table_new (NULL, NULL);
  gsize i = 0;
  ScJson *json = NULL;

  json_array_foreach (array, i, json)
  {
    gpointer item = sc_item_list_put (self, json);

    if (item != NULL)
      g_hash_table_add (present, item);
  }
  for (guint position = self->items->len; position > 0; position--)
    if (!g_hash_table_contains (present, g_ptr_array_index (self->items, position - 1)))
      g_object_unref (steal_at (self, position - 1));
}
