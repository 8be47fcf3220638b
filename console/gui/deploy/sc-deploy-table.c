/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/deploy/sc-deploy-table.h"

#include "console/gui/words/sc-deploy-words.h"
#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>

#define MIN_NAME_CHARS 6
#define MAX_NAME_CHARS 22
#define MIN_RESULT_CHARS 15
#define MAX_RESULT_CHARS 24

/* The order is that of the columns in the .ui file. */
typedef enum {
  COLUMN_SEAT,
  COLUMN_VERDICT,
  COLUMN_ICON,
  COLUMN_NAME,
  COLUMN_ROOM,
  COLUMN_RESULT,
  COLUMN_LACKS,
  COLUMN_PEAK,
  COLUMN_FREE,
  COLUMN_WAY,
  COLUMN_LACKS_BYTES,
  COLUMN_PEAK_BYTES,
  COLUMN_FREE_BYTES,
  COLUMN_EXPLANATION,
  N_COLUMNS
} Column;

struct _ScDeployTable {
  GtkBox parent;
  GtkTreeView *view;
  GtkTreeSelection *selection;
  GtkTreeViewColumn *room_column, *result_column;
  GtkCellRenderer *name_cell, *result_cell;
  GtkLabel *explanation;
  GtkListStore *store;
  ScDeployPlan *plan;
  int result_chars;
  GArray *iters; /* GtkTreeIter of each seat that is chosen, in their order; a list store's stay valid */
};

G_DEFINE_FINAL_TYPE (ScDeployTable, sc_deploy_table, GTK_TYPE_BOX)

static void
sc_deploy_table_dispose (GObject *object)
{
  ScDeployTable *self = SC_DEPLOY_TABLE (object);

  if (self->plan != NULL)
    g_signal_handlers_disconnect_by_data (sc_deploy_plan_get_seats (self->plan), self);
  g_clear_object (&self->plan);
  G_OBJECT_CLASS (sc_deploy_table_parent_class)->dispose (object);
}

static void
sc_deploy_table_finalize (GObject *object)
{
  ScDeployTable *self = SC_DEPLOY_TABLE (object);

  g_array_unref (self->iters);
  g_object_unref (self->store);
  G_OBJECT_CLASS (sc_deploy_table_parent_class)->finalize (object);
}

static void
on_selection_changed (GtkTreeSelection *selection, ScDeployTable *self)
{
  GtkTreeModel *model = NULL;
  GtkTreeIter iter;
  g_autofree char *text = NULL;

  if (gtk_tree_selection_get_selected (selection, &model, &iter))
    gtk_tree_model_get (model, &iter, COLUMN_EXPLANATION, &text, -1);
  gtk_label_set_text (self->explanation, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->explanation), text != NULL && *text != '\0');
}

static void
sc_deploy_table_class_init (ScDeployTableClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_deploy_table_dispose;
  G_OBJECT_CLASS (class)->finalize = sc_deploy_table_finalize;
  gtk_widget_class_set_css_name (widget_class, "deploytable");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-deploy-table.ui");
  gtk_widget_class_bind_template_child (widget_class, ScDeployTable, view);
  gtk_widget_class_bind_template_child (widget_class, ScDeployTable, selection);
  gtk_widget_class_bind_template_child (widget_class, ScDeployTable, room_column);
  gtk_widget_class_bind_template_child (widget_class, ScDeployTable, result_column);
  gtk_widget_class_bind_template_child (widget_class, ScDeployTable, name_cell);
  gtk_widget_class_bind_template_child (widget_class, ScDeployTable, result_cell);
  gtk_widget_class_bind_template_child (widget_class, ScDeployTable, explanation);
  gtk_widget_class_bind_template_callback (widget_class, on_selection_changed);
}

/* Those that cannot take it stand first; all others keep their places while they answer. */
static guint
rank_of (int verdict)
{
  return verdict == SC_DEPLOY_SEAT_NO_SPACE || verdict == SC_DEPLOY_SEAT_REFUSED ? 0 : 1;
}

static int
compare_seats (GtkTreeModel *model, GtkTreeIter *a, GtkTreeIter *b, gpointer data)
{
  g_autoptr (ScItem) left = NULL;
  g_autoptr (ScItem) right = NULL;

  gtk_tree_model_get (model, a, COLUMN_SEAT, &left, -1);
  gtk_tree_model_get (model, b, COLUMN_SEAT, &right, -1);
  return left != NULL && right != NULL ? sc_item_compare (left, right) : 0;
}

static int
compare_by_need (GtkTreeModel *model, GtkTreeIter *a, GtkTreeIter *b, gpointer data)
{
  int left = 0, right = 0;

  gtk_tree_model_get (model, a, COLUMN_VERDICT, &left, -1);
  gtk_tree_model_get (model, b, COLUMN_VERDICT, &right, -1);
  if (rank_of (left) != rank_of (right))
    return rank_of (left) < rank_of (right) ? -1 : 1;
  return compare_seats (model, a, b, NULL);
}

/* A colour is the theme's, and follows it. */
static void
render_result (GtkTreeViewColumn *column, GtkCellRenderer *cell, GtkTreeModel *model, GtkTreeIter *iter, gpointer data)
{
  ScDeployTable *self = data;
  int verdict = 0;
  g_autofree char *name = NULL;
  GdkRGBA colour;

  gtk_tree_model_get (model, iter, COLUMN_VERDICT, &verdict, -1);
  name = g_strconcat ("sc_", sc_deploy_words_class (verdict), NULL);
  if (rank_of (verdict) == 0 && !gtk_tree_selection_iter_is_selected (self->selection, iter) &&
      gtk_style_context_lookup_color (gtk_widget_get_style_context (GTK_WIDGET (self)), name, &colour))
    g_object_set (cell, "foreground-rgba", &colour, NULL);
  else
    g_object_set (cell, "foreground-set", FALSE, NULL);
}

static void
make_store (ScDeployTable *self)
{
  self->store = gtk_list_store_new (N_COLUMNS, SC_TYPE_SEAT_ITEM, G_TYPE_INT, G_TYPE_STRING, G_TYPE_STRING,
                                    G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING,
                                    G_TYPE_STRING, G_TYPE_UINT64, G_TYPE_UINT64, G_TYPE_UINT64, G_TYPE_STRING);
  gtk_tree_sortable_set_default_sort_func (GTK_TREE_SORTABLE (self->store), compare_by_need, NULL, NULL);
  gtk_tree_sortable_set_sort_func (GTK_TREE_SORTABLE (self->store), COLUMN_NAME, compare_seats, NULL, NULL);
  gtk_tree_sortable_set_sort_column_id (GTK_TREE_SORTABLE (self->store), GTK_TREE_SORTABLE_DEFAULT_SORT_COLUMN_ID,
                                        GTK_SORT_ASCENDING);
  gtk_tree_view_set_model (self->view, GTK_TREE_MODEL (self->store));
}

static void
sc_deploy_table_init (ScDeployTable *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->iters = g_array_new (FALSE, FALSE, sizeof (GtkTreeIter));
  self->result_chars = MIN_RESULT_CHARS;
  make_store (self);
  gtk_tree_view_column_set_cell_data_func (self->result_column, self->result_cell, render_result, self, NULL);
}

static gboolean
has_name (ScDeployTable *self, GtkTreeIter *iter, const ScSeatInfo *info)
{
  g_autofree char *name = NULL;
  g_autofree char *room = NULL;

  gtk_tree_model_get (GTK_TREE_MODEL (self->store), iter, COLUMN_NAME, &name, COLUMN_ROOM, &room, -1);
  return g_strcmp0 (name, info->name) == 0 && g_strcmp0 (room, sc_words_room (info->room)) == 0;
}

/* What is the same is not set again: it would be drawn, and told to those who hear the screen. */
static gboolean
is_same (ScDeployTable *self, GtkTreeIter *iter, int verdict, const char *result, const ScDeploySeat *seat)
{
  int old_verdict = 0;
  guint64 lacks = 0, peak = 0, free_bytes = 0;
  g_autofree char *old_result = NULL;

  gtk_tree_model_get (GTK_TREE_MODEL (self->store), iter, COLUMN_VERDICT, &old_verdict, COLUMN_RESULT, &old_result,
                      COLUMN_LACKS_BYTES, &lacks, COLUMN_PEAK_BYTES, &peak, COLUMN_FREE_BYTES, &free_bytes, -1);
  return old_verdict == verdict && g_strcmp0 (old_result, result) == 0 && lacks == seat->lacks && peak == seat->peak &&
         free_bytes == seat->free;
}

/* "–" for what is not known or is nothing. */
static char *
size_text (guint64 bytes, gboolean known)
{
  return known && bytes > 0 ? sc_words_size (bytes) : g_strdup ("–");
}

/* No column expands but the last: GTK gives to one that does what the others needed before, and cuts these. */
static void
fit_result (ScDeployTable *self, const char *result)
{
  int n_chars = MIN ((int) g_utf8_strlen (result, -1), MAX_RESULT_CHARS);

  if (n_chars <= self->result_chars)
    return;
  self->result_chars = n_chars;
  g_object_set (self->result_cell, "width-chars", n_chars, NULL);
  gtk_tree_view_column_queue_resize (self->result_column);
}

/* A name that may be cut in its cell is told whole. */
static char *
explain (const char *name, const ScDeploySeat *seat)
{
  g_autofree char *text = sc_deploy_words_explanation (seat);

  if (g_utf8_strlen (name, -1) <= MAX_NAME_CHARS)
    return g_steal_pointer (&text);
  return g_strconcat (name, *text != '\0' ? ": " : "", text, NULL);
}

static void
set_row (ScDeployTable *self, GtkTreeIter *iter, ScSeatItem *item)
{
  const ScSeatInfo *info = sc_seat_item_get_info (item);
  ScDeploySeat seat;
  g_autofree char *result = NULL;

  sc_deploy_plan_judge (self->plan, item, &seat);
  result = sc_deploy_words_verdict (&seat);
  if (is_same (self, iter, seat.verdict, result, &seat) && has_name (self, iter, info))
    return;
  fit_result (self, result);
  g_autofree char *lacks = size_text (seat.lacks, seat.answered);
  g_autofree char *peak = size_text (seat.peak, seat.answered);
  g_autofree char *free_text = size_text (seat.free, TRUE);
  g_autofree char *way = sc_deploy_words_ways (&seat);
  g_autofree char *explanation = explain (info->name, &seat);

  gtk_list_store_set (self->store, iter, COLUMN_SEAT, item, COLUMN_VERDICT, seat.verdict, COLUMN_ICON,
                      sc_deploy_words_seat_icon (&seat), COLUMN_NAME, info->name, COLUMN_ROOM,
                      sc_words_room (info->room), COLUMN_RESULT, result, COLUMN_LACKS, lacks, COLUMN_PEAK, peak,
                      COLUMN_FREE, free_text, COLUMN_WAY, way, COLUMN_LACKS_BYTES, seat.lacks, COLUMN_PEAK_BYTES,
                      seat.peak, COLUMN_FREE_BYTES, seat.free, COLUMN_EXPLANATION, explanation, -1);
}

static GtkTreeIter *
iter_at (ScDeployTable *self, guint position)
{
  return &g_array_index (self->iters, GtkTreeIter, position);
}

/* Names are whole as long as they leave room for the rest. */
static void
fit_names (ScDeployTable *self)
{
  ScFilterList *seats = sc_deploy_plan_get_seats (self->plan);
  int longest = MIN_NAME_CHARS;

  for (guint i = 0; i < sc_filter_list_get_length (seats); i++)
    longest = MAX (longest, (int) g_utf8_strlen (sc_seat_item_get_info (sc_filter_list_at (seats, i))->name, -1));
  g_object_set (self->name_cell, "width-chars", MIN (longest, MAX_NAME_CHARS), NULL);
}

/* The room is worth a column when there are several. */
static void
show_rooms (ScDeployTable *self)
{
  ScFilterList *seats = sc_deploy_plan_get_seats (self->plan);
  guint n = sc_filter_list_get_length (seats);
  const char *first = n > 0 ? sc_seat_item_get_info (sc_filter_list_at (seats, 0))->room : "";
  const char *last = n > 0 ? sc_seat_item_get_info (sc_filter_list_at (seats, n - 1))->room : "";

  gtk_tree_view_column_set_visible (self->room_column, !g_str_equal (first, last));
}

static void
on_items_changed (GListModel *seats, guint position, guint removed, guint added, gpointer user_data)
{
  ScDeployTable *self = user_data;

  for (guint i = 0; i < removed; i++)
    gtk_list_store_remove (self->store, iter_at (self, position + i));
  if (removed > 0)
    g_array_remove_range (self->iters, position, removed);
  for (guint i = position; i < position + added; i++) {
    GtkTreeIter iter;

    gtk_list_store_insert_with_values (self->store, &iter, -1, COLUMN_SEAT,
                                       sc_filter_list_at (SC_FILTER_LIST (seats), i), COLUMN_VERDICT, -1, -1);
    g_array_insert_val (self->iters, i, iter);
    set_row (self, &iter, sc_filter_list_at (SC_FILTER_LIST (seats), i));
  }
  show_rooms (self);
  fit_names (self);
}

/* The plan tells what else differs. */
static void
on_item_changed (ScFilterList *seats, guint position, ScItem *item, gpointer user_data)
{
  ScDeployTable *self = user_data;

  if (has_name (self, iter_at (self, position), sc_seat_item_get_info (SC_SEAT_ITEM (item))))
    return;
  set_row (self, iter_at (self, position), SC_SEAT_ITEM (item));
  fit_names (self);
}

void
sc_deploy_table_bind (ScDeployTable *self, ScDeployPlan *plan)
{
  ScFilterList *seats = sc_deploy_plan_get_seats (plan);

  self->plan = g_object_ref (plan);
  g_signal_connect (seats, "items-changed", G_CALLBACK (on_items_changed), self);
  g_signal_connect (seats, "item-changed", G_CALLBACK (on_item_changed), self);
  on_items_changed (G_LIST_MODEL (seats), 0, 0, sc_filter_list_get_length (seats), self);
}

void
sc_deploy_table_refresh (ScDeployTable *self)
{
  ScFilterList *seats = sc_deploy_plan_get_seats (self->plan);

  for (guint i = 0; i < self->iters->len; i++)
    set_row (self, iter_at (self, i), sc_filter_list_at (seats, i));
  on_selection_changed (self->selection, self);
}
