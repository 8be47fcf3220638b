/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/rooms/sc-seat-columns.h"

#include "console/gui/words/sc-plan-words.h"
#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>

#define PADDING 6u

static const struct {
  const char *title;
  int width;   /* pixels, at first */
  float align; /* of its text */
} columns[SC_N_SEAT_COLUMNS] = {
  [SC_SEAT_COLUMN_NAME] = { N_ ("Name"), 150, 0 },
  [SC_SEAT_COLUMN_ROOM] = { N_ ("Room"), 90, 0 },
  [SC_SEAT_COLUMN_STATE] = { N_ ("State"), 170, 0 },
  [SC_SEAT_COLUMN_VERSION] = { N_ ("Version"), 80, 0 },
  [SC_SEAT_COLUMN_NEXT] = { N_ ("What comes next"), 260, 0 },
  [SC_SEAT_COLUMN_PROGRESS] = { N_ ("Progress"), 110, 0 },
  [SC_SEAT_COLUMN_RATE] = { N_ ("Rate"), 90, 1 },
  [SC_SEAT_COLUMN_FREE] = { N_ ("Free space"), 100, 1 },
  [SC_SEAT_COLUMN_ADDRESS] = { N_ ("Address"), 120, 0 },
  [SC_SEAT_COLUMN_LAST_SEEN] = { N_ ("Last seen"), 150, 0 },
};

static int
compare_numbers (guint64 a, guint64 b)
{
  return a < b ? -1 : a > b;
}

static double
get_fraction (ScSeatItem *seat)
{
  double fraction = 0;

  return sc_seat_item_get_progress (seat, &fraction) ? fraction : -1;
}

static int
compare_fractions (double a, double b)
{
  return a < b ? -1 : a > b;
}

/* 10.1.1.9 comes before 10.1.1.10 */
static int
compare_addresses (const char *a, const char *b)
{
  g_autofree char *a_key = g_utf8_collate_key_for_filename (a, -1);
  g_autofree char *b_key = g_utf8_collate_key_for_filename (b, -1);

  return strcmp (a_key, b_key);
}

static int
compare_seats (ScSeatItem *a, ScSeatItem *b, ScSeatColumn column)
{
  const ScSeatInfo *a_info = sc_seat_item_get_info (a), *b_info = sc_seat_item_get_info (b);

  switch (column) {
  case SC_SEAT_COLUMN_NAME:
    return compare_addresses (a_info->name, b_info->name);
  case SC_SEAT_COLUMN_STATE:
    return compare_numbers (sc_seat_item_get_condition (a), sc_seat_item_get_condition (b));
  case SC_SEAT_COLUMN_VERSION:
    return compare_numbers (a_info->version, b_info->version);
  case SC_SEAT_COLUMN_NEXT:
    return g_strcmp0 (a_info->outlook.next, b_info->outlook.next);
  case SC_SEAT_COLUMN_PROGRESS:
    return compare_fractions (get_fraction (a), get_fraction (b));
  case SC_SEAT_COLUMN_RATE:
    return compare_numbers (a_info->transfer.rate, b_info->transfer.rate);
  case SC_SEAT_COLUMN_FREE:
    return compare_numbers (a_info->free_space, b_info->free_space);
  case SC_SEAT_COLUMN_ADDRESS:
    return compare_addresses (a_info->address, b_info->address);
  case SC_SEAT_COLUMN_LAST_SEEN:
    return compare_numbers ((guint64) a_info->last_seen, (guint64) b_info->last_seen);
  case SC_SEAT_COLUMN_ROOM:
  case SC_N_SEAT_COLUMNS:
    break;
  }
  return 0; /* as the list has them */
}

static int
compare_rows (GtkTreeModel *model, GtkTreeIter *a, GtkTreeIter *b, gpointer column)
{
  g_autoptr (ScSeatItem) a_seat = NULL, b_seat = NULL;
  int order;

  gtk_tree_model_get (model, a, 0, &a_seat, -1);
  gtk_tree_model_get (model, b, 0, &b_seat, -1);
  if (a_seat == NULL || b_seat == NULL)
    return 0;
  order = compare_seats (a_seat, b_seat, GPOINTER_TO_INT (column));
  return order != 0 ? order : sc_item_compare (SC_ITEM (a_seat), SC_ITEM (b_seat));
}

/* What happens, or else why it is behind. */
static char *
describe_next (const ScSeatInfo *info)
{
  const gint64 now = g_get_real_time ();
  g_autofree char *next = sc_plan_words_next (info, now);

  return *next != '\0' ? g_steal_pointer (&next) : sc_plan_words_outlook (info, now);
}

static char *
make_text (ScSeatItem *seat, ScSeatColumn column)
{
  const ScSeatInfo *info = sc_seat_item_get_info (seat);

  switch (column) {
  case SC_SEAT_COLUMN_NAME:
    return g_strdup (info->name);
  case SC_SEAT_COLUMN_ROOM:
    return g_strdup (sc_words_room (info->room));
  case SC_SEAT_COLUMN_STATE:
    return g_strdup (sc_words_seat_state (seat));
  case SC_SEAT_COLUMN_VERSION:
    return sc_words_seat_version (seat);
  case SC_SEAT_COLUMN_NEXT:
    return describe_next (info);
  case SC_SEAT_COLUMN_RATE:
    return info->transfer.rate > 0 ? sc_words_rate (info->transfer.rate * 8) : g_strdup ("");
  case SC_SEAT_COLUMN_FREE:
    return info->total_space > 0 ? sc_words_size (info->free_space) : g_strdup ("");
  case SC_SEAT_COLUMN_ADDRESS:
    return g_strdup (info->address);
  case SC_SEAT_COLUMN_LAST_SEEN:
    return info->online ? g_strdup (_ ("Now")) : sc_words_time (info->last_seen);
  case SC_SEAT_COLUMN_PROGRESS:
  case SC_N_SEAT_COLUMNS:
    break;
  }
  return g_strdup ("");
}

static void
show_text (GtkTreeViewColumn *view_column, GtkCellRenderer *cell, GtkTreeModel *model, GtkTreeIter *iter,
           gpointer column)
{
  g_autoptr (ScSeatItem) seat = NULL;
  g_autofree char *text = NULL;
  gboolean dim;

  gtk_tree_model_get (model, iter, 0, &seat, -1);
  text = make_text (seat, GPOINTER_TO_INT (column));
  dim = sc_seat_item_get_condition (seat) == SC_CONDITION_OFFLINE;
  g_object_set (cell, "text", text, "weight",
                GPOINTER_TO_INT (column) == SC_SEAT_COLUMN_NAME ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL, "sensitive",
                !dim, NULL);
}

static void
show_icon (GtkTreeViewColumn *view_column, GtkCellRenderer *cell, GtkTreeModel *model, GtkTreeIter *iter, gpointer data)
{
  g_autoptr (ScSeatItem) seat = NULL;

  gtk_tree_model_get (model, iter, 0, &seat, -1);
  g_object_set (cell, "icon-name", sc_words_condition_icon (sc_seat_item_get_condition (seat)), NULL);
}

static void
show_sign (GtkTreeViewColumn *view_column, GtkCellRenderer *cell, GtkTreeModel *model, GtkTreeIter *iter, gpointer data)
{
  g_autoptr (ScSeatItem) seat = NULL;

  gtk_tree_model_get (model, iter, 0, &seat, -1);
  const gboolean unsuitable = sc_seat_item_has_unsuitable_disk (seat);

  g_object_set (cell, "icon-name", unsuitable ? "sc-volume-symbolic" : "sc-low-space-symbolic", "visible",
                unsuitable || sc_seat_item_is_low_on_space (seat), NULL);
}

static void
show_progress (GtkTreeViewColumn *view_column, GtkCellRenderer *cell, GtkTreeModel *model, GtkTreeIter *iter,
               gpointer data)
{
  g_autoptr (ScSeatItem) seat = NULL;
  double fraction = 0;
  gboolean runs;

  gtk_tree_model_get (model, iter, 0, &seat, -1);
  runs = sc_seat_item_get_progress (seat, &fraction);
  if (runs) {
    g_autofree char *text = sc_words_percent (fraction);

    g_object_set (cell, "value", (int) (fraction * 100), "text", text, NULL);
  }
  g_object_set (cell, "visible", runs, NULL);
}

static void
pack (GtkTreeViewColumn *column, GtkCellRenderer *cell, gboolean expand, GtkTreeCellDataFunc func, gpointer data)
{
  gtk_tree_view_column_pack_start (column, cell, expand);
  gtk_tree_view_column_set_cell_data_func (column, cell, func, data, NULL);
}

static void
pack_cells (GtkTreeViewColumn *column, ScSeatColumn number)
{
  GtkCellRenderer *cell = NULL;

  if (number == SC_SEAT_COLUMN_PROGRESS) {
    pack (column, gtk_cell_renderer_progress_new (), TRUE, show_progress, NULL);
    return;
  }
  if (number == SC_SEAT_COLUMN_STATE || number == SC_SEAT_COLUMN_FREE) {
    cell = gtk_cell_renderer_pixbuf_new ();
    g_object_set (cell, "xpad", 4, NULL);
    pack (column, cell, FALSE, number == SC_SEAT_COLUMN_FREE ? show_sign : show_icon, NULL);
  }
  cell = gtk_cell_renderer_text_new ();
  g_object_set (cell, "ellipsize", number == SC_SEAT_COLUMN_NAME ? PANGO_ELLIPSIZE_MIDDLE : PANGO_ELLIPSIZE_END,
                "xalign", columns[number].align, "xpad", PADDING, NULL);
  pack (column, cell, TRUE, show_text, GINT_TO_POINTER (number));
}

void
sc_seat_columns_add (GtkTreeView *view, GtkTreeSortable *sortable)
{
  for (int i = 0; i < SC_N_SEAT_COLUMNS; i++) {
    GtkTreeViewColumn *column = gtk_tree_view_column_new ();

    gtk_tree_view_column_set_title (column, _ (columns[i].title));
    gtk_tree_view_column_set_alignment (column, columns[i].align);
    gtk_tree_view_column_set_sizing (column, GTK_TREE_VIEW_COLUMN_FIXED);
    gtk_tree_view_column_set_fixed_width (column, columns[i].width);
    gtk_tree_view_column_set_resizable (column, TRUE);
    pack_cells (column, i);
    gtk_tree_sortable_set_sort_func (sortable, i, compare_rows, GINT_TO_POINTER (i), NULL);
    gtk_tree_view_column_set_sort_column_id (column, i);
    gtk_tree_view_append_column (view, column);
  }
}
