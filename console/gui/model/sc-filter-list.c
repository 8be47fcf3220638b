/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/model/sc-filter-list.h"

struct _ScFilterList {
  GObject parent;
  ScItemList *source;
  GArray *shown; /* gboolean: for each item of @source */
  guint n_shown;
  ScFilterFunc func;
  gpointer data;
  GDestroyNotify free_data;
};

static void sc_filter_list_model_init (GListModelInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ScFilterList, sc_filter_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, sc_filter_list_model_init))

static guint signal_item_changed;

static GType
sc_filter_list_get_item_type (GListModel *model)
{
  return g_list_model_get_item_type (G_LIST_MODEL (SC_FILTER_LIST (model)->source));
}

static guint
sc_filter_list_get_n_items (GListModel *model)
{
  return SC_FILTER_LIST (model)->n_shown;
}

static gpointer
sc_filter_list_get_item (GListModel *model, guint position)
{
  gpointer item = sc_filter_list_at (SC_FILTER_LIST (model), position);

  return item != NULL ? g_object_ref (item) : NULL;
}

static void
sc_filter_list_model_init (GListModelInterface *interface)
{
  interface->get_item_type = sc_filter_list_get_item_type;
  interface->get_n_items = sc_filter_list_get_n_items;
  interface->get_item = sc_filter_list_get_item;
}

static void
sc_filter_list_finalize (GObject *object)
{
  ScFilterList *self = SC_FILTER_LIST (object);

  g_signal_handlers_disconnect_by_data (self->source, self);
  g_clear_object (&self->source);
  g_array_unref (self->shown);
  if (self->free_data != NULL)
    self->free_data (self->data);
  G_OBJECT_CLASS (sc_filter_list_parent_class)->finalize (object);
}

static void
sc_filter_list_class_init (ScFilterListClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sc_filter_list_finalize;
  signal_item_changed = g_signal_new ("item-changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                      G_TYPE_NONE, 2, G_TYPE_UINT, SC_TYPE_ITEM);
}

static void
sc_filter_list_init (ScFilterList *self)
{
  self->shown = g_array_new (FALSE, TRUE, sizeof (gboolean));
}

static gboolean
lets_through (ScFilterList *self, guint source_position)
{
  return self->func == NULL || self->func (sc_item_list_at (self->source, source_position), self->data);
}

static gboolean
is_shown (ScFilterList *self, guint source_position)
{
  return g_array_index (self->shown, gboolean, source_position);
}

/* How many are shown of the first @end of the source. */
static guint
count_shown (ScFilterList *self, guint begin, guint end)
{
  guint n = 0;

  for (guint i = begin; i < end; i++)
    n += is_shown (self, i) ? 1 : 0;
  return n;
}

static void
on_items_changed (GListModel *source, guint position, guint removed, guint added, gpointer user_data)
{
  ScFilterList *self = user_data;
  guint shown_position = count_shown (self, 0, position);
  guint n_removed = count_shown (self, position, position + removed);
  guint n_added = 0;

  if (removed > 0)
    g_array_remove_range (self->shown, position, removed);
  for (guint i = position; i < position + added; i++) {
    gboolean shown = lets_through (self, i);

    g_array_insert_val (self->shown, i, shown);
    n_added += shown ? 1 : 0;
  }
  self->n_shown = self->n_shown - n_removed + n_added;
  if (n_removed > 0 || n_added > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), shown_position, n_removed, n_added);
}

/* Returns: whether the item came or went */
static gboolean
refilter_at (ScFilterList *self, guint source_position, guint shown_position)
{
  gboolean was = is_shown (self, source_position);
  gboolean is = lets_through (self, source_position);

  if (was == is)
    return FALSE;
  g_array_index (self->shown, gboolean, source_position) = is;
  self->n_shown = is ? self->n_shown + 1 : self->n_shown - 1;
  g_list_model_items_changed (G_LIST_MODEL (self), shown_position, was, is);
  return TRUE;
}

static void
on_item_changed (ScItemList *source, guint position, ScItem *item, gpointer user_data)
{
  ScFilterList *self = user_data;
  guint shown_position = count_shown (self, 0, position);

  if (!refilter_at (self, position, shown_position) && is_shown (self, position))
    g_signal_emit (self, signal_item_changed, 0, shown_position, item);
}

ScFilterList *
sc_filter_list_new (ScItemList *source, ScFilterFunc func, gpointer data, GDestroyNotify free_data)
{
  ScFilterList *self = g_object_new (SC_TYPE_FILTER_LIST, NULL);

  self->source = g_object_ref (source);
  self->func = func;
  self->data = data;
  self->free_data = free_data;
  on_items_changed (G_LIST_MODEL (source), 0, 0, sc_item_list_get_length (source), self);
  g_signal_connect (source, "items-changed", G_CALLBACK (on_items_changed), self);
  g_signal_connect (source, "item-changed", G_CALLBACK (on_item_changed), self);
  return self;
}

void
sc_filter_list_refilter (ScFilterList *self)
{
  guint shown_position = 0;

  for (guint i = 0; i < self->shown->len; i++) {
    refilter_at (self, i, shown_position);
    shown_position += is_shown (self, i) ? 1 : 0;
  }
}

guint
sc_filter_list_get_length (ScFilterList *self)
{
  return self->n_shown;
}

gpointer
sc_filter_list_at (ScFilterList *self, guint position)
{
  guint seen = 0;

  if (position >= self->n_shown)
    return NULL;
  if (self->n_shown == self->shown->len)
    return sc_item_list_at (self->source, position);
  for (guint i = 0; i < self->shown->len; i++) {
    if (!is_shown (self, i))
      continue;
    if (seen == position)
      return sc_item_list_at (self->source, i);
    seen++;
  }
  g_return_val_if_reached (NULL);
}
