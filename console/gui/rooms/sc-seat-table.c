/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/rooms/sc-seat-table.h"

#include "console/gui/model/sc-seat-item.h"
#include "console/gui/rooms/sc-seat-columns.h"
#include "console/gui/rooms/sc-seat-menu.h"

#include <glib/gi18n-lib.h>

/* Rows that are drawn anew in one frame, and rows that are told of: most are out of sight. */
#define MAX_DRAWN_PER_FRAME 24u
#define MAX_UPDATED_PER_FRAME 128u

struct _ScSeatTable {
  GtkTreeView parent_instance;
  ScFilterList *seats;
  ScSelection *selection;
  GtkListStore *store; /* one column: ScSeatItem */
  GPtrArray *rows;     /* GtkTreeIter, as @seats: they stay valid while the row is there */
  GHashTable *by_id;   /* id → GtkTreeIter */
  GQueue dirty;        /* ids (the seats' own) of rows that are to be drawn anew, each once */
  GHashTable *is_dirty;
  guint tick;
  gboolean syncing; /* the selection is being taken over, from here or from there */
};

G_DEFINE_FINAL_TYPE (ScSeatTable, sc_seat_table, GTK_TYPE_TREE_VIEW)

static gboolean
is_between (GtkTreeModel *model, GtkTreeIter *iter, GtkTreePath *first, GtkTreePath *last)
{
  g_autoptr (GtkTreePath) path = gtk_tree_model_get_path (model, iter);

  return gtk_tree_path_compare (first, path) <= 0 && gtk_tree_path_compare (path, last) <= 0;
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  ScSeatTable *self = SC_SEAT_TABLE (widget);
  g_autoptr (GtkTreePath) first = NULL, last = NULL;
  gboolean some = gtk_tree_view_get_visible_range (GTK_TREE_VIEW (self), &first, &last);
  guint n_drawn = 0;

  for (guint i = 0; i < MAX_UPDATED_PER_FRAME && n_drawn < MAX_DRAWN_PER_FRAME; i++) {
    ScSeatItem *seat = g_queue_pop_head (&self->dirty);
    GtkTreeIter *iter = NULL;

    if (seat == NULL)
      break;
    g_hash_table_remove (self->is_dirty, seat);
    iter = g_hash_table_lookup (self->by_id, sc_item_get_key (SC_ITEM (seat)));
    n_drawn += some && is_between (GTK_TREE_MODEL (self->store), iter, first, last) ? 1 : 0;
    gtk_list_store_set (self->store, iter, 0, seat, -1);
  }
  if (!g_queue_is_empty (&self->dirty))
    return G_SOURCE_CONTINUE;
  self->tick = 0;
  return G_SOURCE_REMOVE;
}

static void
on_item_changed (ScFilterList *seats, guint position, ScItem *item, ScSeatTable *self)
{
  if (!g_hash_table_add (self->is_dirty, item))
    return;
  g_queue_push_tail (&self->dirty, item);
  if (self->tick == 0 && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
}

static void
sc_seat_table_map (GtkWidget *widget)
{
  ScSeatTable *self = SC_SEAT_TABLE (widget);

  GTK_WIDGET_CLASS (sc_seat_table_parent_class)->map (widget);
  if (self->tick == 0 && !g_queue_is_empty (&self->dirty))
    self->tick = gtk_widget_add_tick_callback (widget, on_tick, NULL, NULL);
}

static ScSeatItem *
dup_seat_at (ScSeatTable *self, GtkTreeIter *iter)
{
  ScSeatItem *seat = NULL;

  gtk_tree_model_get (GTK_TREE_MODEL (self->store), iter, 0, &seat, -1);
  return seat;
}

static void
remove_row (ScSeatTable *self, guint position)
{
  GtkTreeIter *iter = g_ptr_array_index (self->rows, position);
  g_autoptr (ScSeatItem) seat = dup_seat_at (self, iter);

  if (g_hash_table_remove (self->is_dirty, seat))
    g_queue_remove (&self->dirty, seat);
  g_hash_table_remove (self->by_id, sc_item_get_key (SC_ITEM (seat)));
  gtk_list_store_remove (self->store, iter);
  g_ptr_array_remove_index (self->rows, position);
}

static void
insert_row (ScSeatTable *self, guint position)
{
  ScSeatItem *seat = sc_filter_list_at (self->seats, position);
  const char *id = sc_item_get_key (SC_ITEM (seat));
  GtkTreeIter *iter = g_new0 (GtkTreeIter, 1);

  gtk_list_store_insert_with_values (self->store, iter, (int) position, 0, seat, -1);
  g_ptr_array_insert (self->rows, (int) position, iter);
  g_hash_table_insert (self->by_id, (gpointer) id, iter);
  if (sc_selection_contains (self->selection, id))
    gtk_tree_selection_select_iter (gtk_tree_view_get_selection (GTK_TREE_VIEW (self)), iter);
}

static void
on_items_changed (GListModel *seats, guint position, guint removed, guint added, ScSeatTable *self)
{
  self->syncing = TRUE; /* that a selected row goes does not deselect the seat: it may be on its way to its new place */
  for (guint i = 0; i < removed; i++)
    remove_row (self, position);
  for (guint i = 0; i < added; i++)
    insert_row (self, position + i);
  self->syncing = FALSE;
}

static void
on_selection_changed (ScSelection *selection, ScSeatTable *self)
{
  GtkTreeSelection *rows = gtk_tree_view_get_selection (GTK_TREE_VIEW (self));

  if (self->syncing)
    return;
  self->syncing = TRUE;
  for (guint i = 0; i < self->rows->len; i++) {
    GtkTreeIter *iter = g_ptr_array_index (self->rows, i);
    g_autoptr (ScSeatItem) seat = dup_seat_at (self, iter);
    gboolean selected = sc_selection_contains (selection, sc_item_get_key (SC_ITEM (seat)));

    if (selected == gtk_tree_selection_iter_is_selected (rows, iter))
      continue;
    if (selected)
      gtk_tree_selection_select_iter (rows, iter);
    else
      gtk_tree_selection_unselect_iter (rows, iter);
  }
  self->syncing = FALSE;
}

static void
collect_id (GtkTreeModel *model, GtkTreePath *path, GtkTreeIter *iter, gpointer data)
{
  g_autoptr (ScSeatItem) seat = NULL;

  gtk_tree_model_get (model, iter, 0, &seat, -1);
  g_ptr_array_add (data, g_strdup (sc_item_get_key (SC_ITEM (seat))));
}

static void
on_rows_selected (GtkTreeSelection *rows, ScSeatTable *self)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);

  if (self->syncing)
    return;
  self->syncing = TRUE;
  gtk_tree_selection_selected_foreach (rows, collect_id, ids);
  sc_selection_set (self->selection, ids);
  self->syncing = FALSE;
}

static void
sc_seat_table_row_activated (GtkTreeView *view, GtkTreePath *path, GtkTreeViewColumn *column)
{
  ScSeatTable *self = SC_SEAT_TABLE (view);
  g_autoptr (ScSeatItem) seat = NULL;
  GtkTreeIter iter;

  if (!gtk_tree_model_get_iter (GTK_TREE_MODEL (self->store), &iter, path))
    return;
  seat = dup_seat_at (self, &iter);
  g_signal_emit_by_name (self, "seat-activated", sc_item_get_key (SC_ITEM (seat)));
}

/* The row under the pointer is selected first, unless it is one of those that are. */
static gboolean
sc_seat_table_button_press_event (GtkWidget *widget, GdkEventButton *event)
{
  GtkTreeView *view = GTK_TREE_VIEW (widget);
  g_autoptr (GtkTreePath) path = NULL;

  if (!gdk_event_triggers_context_menu ((GdkEvent *) event) || event->window != gtk_tree_view_get_bin_window (view))
    return GTK_WIDGET_CLASS (sc_seat_table_parent_class)->button_press_event (widget, event);
  if (!gtk_tree_view_get_path_at_pos (view, (int) event->x, (int) event->y, &path, NULL, NULL, NULL))
    return GDK_EVENT_PROPAGATE;
  if (!gtk_tree_selection_path_is_selected (gtk_tree_view_get_selection (view), path))
    gtk_tree_view_set_cursor (view, path, NULL, FALSE);
  gtk_widget_grab_focus (widget);
  sc_seat_menu_popup (widget, (GdkEvent *) event, NULL);
  return GDK_EVENT_STOP;
}

static gboolean
sc_seat_table_popup_menu (GtkWidget *widget)
{
  GtkTreeView *view = GTK_TREE_VIEW (widget);
  g_autoptr (GtkTreePath) path = NULL;
  GdkRectangle area;

  gtk_tree_view_get_cursor (view, &path, NULL);
  if (path == NULL)
    return FALSE;
  gtk_tree_view_get_cell_area (view, path, gtk_tree_view_get_column (view, 0), &area);
  gtk_tree_view_convert_bin_window_to_widget_coords (view, area.x, area.y, &area.x, &area.y);
  sc_seat_menu_popup (widget, NULL, &area);
  return TRUE;
}

static void
sc_seat_table_dispose (GObject *object)
{
  ScSeatTable *self = SC_SEAT_TABLE (object);

  if (self->seats != NULL)
    g_signal_handlers_disconnect_by_data (self->seats, self);
  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  self->syncing = TRUE; /* rows that go now deselect nothing */
  G_OBJECT_CLASS (sc_seat_table_parent_class)->dispose (object);
}

static void
sc_seat_table_finalize (GObject *object)
{
  ScSeatTable *self = SC_SEAT_TABLE (object);

  g_queue_clear (&self->dirty);
  g_hash_table_unref (self->is_dirty);
  g_hash_table_unref (self->by_id);
  g_ptr_array_unref (self->rows);
  g_object_unref (self->store);
  g_clear_object (&self->seats);
  g_clear_object (&self->selection);
  G_OBJECT_CLASS (sc_seat_table_parent_class)->finalize (object);
}

static void
sc_seat_table_class_init (ScSeatTableClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_seat_table_dispose;
  G_OBJECT_CLASS (class)->finalize = sc_seat_table_finalize;
  widget_class->map = sc_seat_table_map;
  widget_class->button_press_event = sc_seat_table_button_press_event;
  widget_class->popup_menu = sc_seat_table_popup_menu;
  GTK_TREE_VIEW_CLASS (class)->row_activated = sc_seat_table_row_activated;
  g_signal_new ("seat-activated", SC_TYPE_SEAT_TABLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                G_TYPE_STRING);
}

static void
sc_seat_table_init (ScSeatTable *self)
{
  GtkTreeView *view = GTK_TREE_VIEW (self);
  GtkTreeSelection *rows = gtk_tree_view_get_selection (view);

  self->rows = g_ptr_array_new_with_free_func (g_free);
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->is_dirty = g_hash_table_new (NULL, NULL);
  g_queue_init (&self->dirty);
  self->store = gtk_list_store_new (1, SC_TYPE_SEAT_ITEM);
  gtk_tree_view_set_model (view, GTK_TREE_MODEL (self->store));
  sc_seat_columns_add (view, GTK_TREE_SORTABLE (self->store));
  gtk_tree_view_set_fixed_height_mode (view, TRUE); /* no row is measured when it changes */
  gtk_tree_view_set_enable_search (view, FALSE);    /* the page's entry does that */
  gtk_tree_view_set_rubber_banding (view, TRUE);
  gtk_tree_selection_set_mode (rows, GTK_SELECTION_MULTIPLE);
  g_signal_connect (rows, "changed", G_CALLBACK (on_rows_selected), self);
  atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self)), _ ("Seats"));
}

GtkWidget *
sc_seat_table_new (ScFilterList *seats, ScSelection *selection)
{
  ScSeatTable *self = g_object_new (SC_TYPE_SEAT_TABLE, NULL);

  self->seats = g_object_ref (seats);
  self->selection = g_object_ref (selection);
  g_signal_connect (seats, "items-changed", G_CALLBACK (on_items_changed), self);
  g_signal_connect (seats, "item-changed", G_CALLBACK (on_item_changed), self);
  g_signal_connect (selection, "changed", G_CALLBACK (on_selection_changed), self);
  on_items_changed (G_LIST_MODEL (seats), 0, 0, sc_filter_list_get_length (seats), self);
  return GTK_WIDGET (self);
}

void
sc_seat_table_show_rooms (ScSeatTable *self, gboolean show)
{
  gtk_tree_view_column_set_visible (gtk_tree_view_get_column (GTK_TREE_VIEW (self), SC_SEAT_COLUMN_ROOM), show);
}

gboolean
sc_seat_table_show_seat (ScSeatTable *self, const char *id)
{
  GtkTreeIter *iter = g_hash_table_lookup (self->by_id, id);
  g_autoptr (GtkTreePath) path = NULL;

  if (iter == NULL)
    return FALSE;
  path = gtk_tree_model_get_path (GTK_TREE_MODEL (self->store), iter);
  gtk_tree_view_set_cursor (GTK_TREE_VIEW (self), path, NULL, FALSE);
  gtk_tree_view_scroll_to_cell (GTK_TREE_VIEW (self), path, NULL, FALSE, 0, 0);
  return TRUE;
}
