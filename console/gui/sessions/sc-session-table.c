/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sessions/sc-session-table.h"

#include "console/gui/sc-navigate.h"
#include "console/gui/sessions/sc-session-stragglers.h"
#include "console/gui/words/sc-rate-words.h"
#include "console/gui/words/sc-session-words.h"
#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>

#define MIN_NAME 6
#define MAX_NAME 20

/* As the store in sc-session-table.ui has them. */
enum {
  COLUMN_SEAT, /* ScSessionSeatItem */
  COLUMN_RANK, /* the order while nobody sorts otherwise */
  COLUMN_NAME,
  COLUMN_ICON,
  COLUMN_STATE,
  COLUMN_STATE_COLOR,
  COLUMN_STATE_ORDER,
  COLUMN_PERCENT,
  COLUMN_HAS_PERCENT,
  COLUMN_LOSS_TEXT,
  COLUMN_LOSS,
  COLUMN_REPAIRS_TEXT,
  COLUMN_REPAIRS,
  COLUMN_CATCH_UP,
  COLUMN_REASON,
  COLUMN_TOOLTIP, /* markup */
  COLUMN_PERCENT_TEXT,
  COLUMN_DROPPED_TEXT, /* of what it lost, what its own socket dropped */
  COLUMN_DROPPED,
  COLUMN_BACKLOG_TEXT, /* received and not yet written */
  COLUMN_BACKLOG,
};

/* Those that need somebody's eye first. */
enum {
  RANK_STRAGGLER, /* and those behind it, worst first: up to… */
  RANK_AWAITED = 1000000,
  RANK_OVER,
};

typedef struct {
  GtkTreeIter iter;
  char *shown; /* all that the row says: it is touched only when that differs */
  gboolean seen;
} Row;

struct _ScSessionTable {
  GtkScrolledWindow parent;
  GtkTreeView *view;
  GtkListStore *store;
  ScSessionItem *session;
  GHashTable *rows; /* seat's id → Row */
  GtkTreeViewColumn *dropped_column, *backlog_column;
  GtkCellRenderer *name_cell;
  glong longest_name; /* characters */
  GdkRGBA failed_color, busy_color;
};

G_DEFINE_FINAL_TYPE (ScSessionTable, sc_session_table, GTK_TYPE_SCROLLED_WINDOW)

static void
row_free (Row *row)
{
  g_free (row->shown);
  g_free (row);
}

static int
compare_rows (GtkTreeModel *model, GtkTreeIter *a, GtkTreeIter *b, gpointer data)
{
  g_autoptr (ScItem) left = NULL;
  g_autoptr (ScItem) right = NULL;
  int left_rank = 0;
  int right_rank = 0;

  gtk_tree_model_get (model, a, COLUMN_SEAT, &left, COLUMN_RANK, &left_rank, -1);
  gtk_tree_model_get (model, b, COLUMN_SEAT, &right, COLUMN_RANK, &right_rank, -1);
  if (left == NULL || right == NULL)
    return (left != NULL) - (right != NULL);
  if (left_rank != right_rank && GPOINTER_TO_INT (data))
    return left_rank < right_rank ? -1 : 1;
  return sc_item_compare (left, right);
}

/* (transfer full): ScSessionSeatItem → its place among the stragglers, from 1 on */
static GHashTable *
index_stragglers (GPtrArray *stragglers)
{
  GHashTable *places = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < stragglers->len; i++)
    g_hash_table_insert (places, ((ScStraggler *) g_ptr_array_index (stragglers, i))->seat, GUINT_TO_POINTER (i + 1));
  return places;
}

static int
rank_of (ScSessionSeatItem *seat, GHashTable *places)
{
  gpointer place = g_hash_table_lookup (places, seat);

  if (place != NULL)
    return RANK_STRAGGLER + GPOINTER_TO_INT (place);
  return sc_session_seat_item_is_awaited (seat) ? RANK_AWAITED : RANK_OVER;
}

static const GdkRGBA *
color_of (ScSessionTable *self, ScSeatCondition condition)
{
  if (condition == SC_CONDITION_FAILED)
    return &self->failed_color;
  return condition == SC_CONDITION_BUSY || condition == SC_CONDITION_OFFLINE ? &self->busy_color : NULL;
}

static int
percent_of (const ScSessionSeatInfo *seat)
{
  return seat->total > 0 ? (int) (MIN (seat->done, seat->total) * 100.0 / (double) seat->total) : 0;
}

/* A seat that never said what it lacks has no bar, and one that is done needs none: the others are to be seen. */
static gboolean
has_percent (const ScSessionSeatInfo *seat)
{
  return seat->total > 0 && seat->state != SC_TRANSFER_DONE && seat->state != SC_TRANSFER_BUSY;
}

/* Nothing of 0, so that the others are to be seen. */
static char *
count_in_words (guint64 count)
{
  return count > 0 ? g_strdup_printf ("%'" G_GUINT64_FORMAT, count) : g_strdup ("");
}

static void
fill_row (ScSessionTable *self, Row *row, ScSessionSeatItem *item, int rank, gboolean online)
{
  const ScSessionSeatInfo *seat = sc_session_seat_item_get_info (item);
  ScSeatCondition condition = sc_session_words_condition (seat, online);
  const char *state = sc_session_words_seat_state (item, online);
  g_autofree char *loss = sc_session_words_loss_text (seat);
  g_autofree char *repairs = count_in_words (seat->repair_symbols);
  g_autofree char *dropped = count_in_words (seat->dropped);
  g_autofree char *backlog = seat->backlog > 0 ? sc_words_size (seat->backlog) : g_strdup ("");
  g_autofree char *figures = sc_rate_words_figures (seat);
  g_autofree char *tooltip =
      g_markup_printf_escaped ("<b>%s</b>%s%s%s%s", seat->name, *seat->reason != '\0' ? "\n" : "", seat->reason,
                               *figures != '\0' ? "\n" : "", figures);
  g_autofree char *percent = has_percent (seat) ? sc_words_percent (percent_of (seat) / 100.0) : g_strdup ("");
  const char *catch_up = seat->catch_up ? _ ("Yes") : "";
  char *shown = g_strdup_printf ("%d\n%s\n%d %d\n%s\n%s\n%s\n%s\n%s\n%s", rank, state, has_percent (seat),
                                 percent_of (seat), loss, dropped, repairs, backlog, catch_up, tooltip);

  if (g_strcmp0 (shown, row->shown) == 0) {
    g_free (shown);
    return;
  }
  g_free (row->shown);
  row->shown = shown;
  gtk_list_store_set (self->store, &row->iter, COLUMN_SEAT, item, COLUMN_RANK, rank, COLUMN_NAME, seat->name,
                      COLUMN_ICON, sc_session_words_seat_icon (seat, online), COLUMN_STATE, state, COLUMN_STATE_COLOR,
                      color_of (self, condition), COLUMN_STATE_ORDER, (int) condition, COLUMN_PERCENT,
                      percent_of (seat), COLUMN_HAS_PERCENT, has_percent (seat), COLUMN_LOSS_TEXT, loss, COLUMN_LOSS,
                      sc_session_words_loss (seat), COLUMN_REPAIRS_TEXT, repairs, COLUMN_REPAIRS, seat->repair_symbols,
                      COLUMN_CATCH_UP, catch_up, COLUMN_REASON, seat->reason, COLUMN_TOOLTIP, tooltip,
                      COLUMN_PERCENT_TEXT, percent, COLUMN_DROPPED_TEXT, dropped, COLUMN_DROPPED, seat->dropped,
                      COLUMN_BACKLOG_TEXT, backlog, COLUMN_BACKLOG, seat->backlog, -1);
}

static void
update_row (ScSessionTable *self, ScSessionSeatItem *item, int rank, gboolean online)
{
  const char *id = sc_item_get_key (SC_ITEM (item));
  Row *row = g_hash_table_lookup (self->rows, id);

  if (row == NULL) {
    row = g_new0 (Row, 1);
    gtk_list_store_append (self->store, &row->iter);
    g_hash_table_insert (self->rows, g_strdup (id), row);
  }
  row->seen = TRUE;
  fill_row (self, row, item, rank, online);
}

static gboolean
drop_unseen (gpointer key, gpointer value, gpointer data)
{
  ScSessionTable *self = data;
  Row *row = value;

  if (row->seen) {
    row->seen = FALSE;
    return FALSE;
  }
  gtk_list_store_remove (self->store, &row->iter);
  return TRUE;
}

static void
change_session (ScSessionTable *self, ScSessionItem *session)
{
  if (!g_set_object (&self->session, session))
    return;
  g_hash_table_remove_all (self->rows);
  gtk_list_store_clear (self->store);
  gtk_tree_sortable_set_sort_column_id (GTK_TREE_SORTABLE (self->store), GTK_TREE_SORTABLE_DEFAULT_SORT_COLUMN_ID,
                                        GTK_SORT_ASCENDING);
}

/* All names as a whole, unless they are very long. */
static void
fit_names (ScSessionTable *self, ScItemList *parts)
{
  glong longest = MIN_NAME;

  for (guint i = 0; parts != NULL && i < sc_item_list_get_length (parts); i++)
    longest = MAX (longest, g_utf8_strlen (sc_session_seat_item_get_info (sc_item_list_at (parts, i))->name, -1));
  longest = MIN (longest, MAX_NAME);
  if (longest == self->longest_name)
    return;
  self->longest_name = longest;
  /* a name may be of letters that are wider than others */
  g_object_set (self->name_cell, "width-chars", (int) longest * 5 / 4, NULL);
  gtk_tree_view_column_queue_resize (gtk_tree_view_get_column (self->view, 0));
}

/* What no seat has needs no room. */
static void
hide_empty_columns (ScSessionTable *self, ScItemList *parts)
{
  guint64 dropped = 0, backlog = 0;

  for (guint i = 0; parts != NULL && i < sc_item_list_get_length (parts); i++) {
    const ScSessionSeatInfo *seat = sc_session_seat_item_get_info (sc_item_list_at (parts, i));

    dropped |= seat->dropped;
    backlog |= seat->backlog;
  }
  gtk_tree_view_column_set_visible (self->dropped_column, dropped != 0);
  gtk_tree_view_column_set_visible (self->backlog_column, backlog != 0);
}

void
sc_session_table_update (ScSessionTable *self, ScSessionItem *session, ScItemList *seats, GPtrArray *stragglers)
{
  ScItemList *parts = session != NULL ? sc_session_item_get_seats (session) : NULL;
  g_autoptr (GHashTable) places = index_stragglers (stragglers);

  change_session (self, session);
  for (guint i = 0; parts != NULL && i < sc_item_list_get_length (parts); i++) {
    ScSessionSeatItem *item = sc_item_list_at (parts, i);

    update_row (self, item, rank_of (item, places),
                sc_session_words_is_online (seats, sc_item_get_key (SC_ITEM (item))));
  }
  g_hash_table_foreach_remove (self->rows, drop_unseen, self);
  fit_names (self, parts);
  hide_empty_columns (self, parts);
}

GtkTreeView *
sc_session_table_get_view (ScSessionTable *self)
{
  return self->view;
}

static void
on_row_activated (GtkTreeView *view, GtkTreePath *path, GtkTreeViewColumn *column, gpointer data)
{
  ScSessionTable *self = SC_SESSION_TABLE (data);
  g_autoptr (ScItem) seat = NULL;
  GtkTreeIter iter;

  if (!gtk_tree_model_get_iter (GTK_TREE_MODEL (self->store), &iter, path))
    return;
  gtk_tree_model_get (GTK_TREE_MODEL (self->store), &iter, COLUMN_SEAT, &seat, -1);
  sc_navigate (GTK_WIDGET (self), "show-seat", g_variant_new_string (sc_item_get_key (seat)));
}

static void
look_up_color (GtkWidget *widget, const char *name, GdkRGBA *color)
{
  GtkStyleContext *style = gtk_widget_get_style_context (widget);

  if (!gtk_style_context_lookup_color (style, name, color))
    gtk_style_context_get_color (style, gtk_style_context_get_state (style), color);
}

static void
recolor (gpointer key, gpointer value, gpointer data)
{
  ScSessionTable *self = data;
  Row *row = value;
  int condition = 0;

  gtk_tree_model_get (GTK_TREE_MODEL (self->store), &row->iter, COLUMN_STATE_ORDER, &condition, -1);
  gtk_list_store_set (self->store, &row->iter, COLUMN_STATE_COLOR, color_of (self, (ScSeatCondition) condition), -1);
}

static void
sc_session_table_style_updated (GtkWidget *widget)
{
  ScSessionTable *self = SC_SESSION_TABLE (widget);
  GdkRGBA failed = self->failed_color;
  GdkRGBA busy = self->busy_color;

  GTK_WIDGET_CLASS (sc_session_table_parent_class)->style_updated (widget);
  look_up_color (widget, "sc_failed", &self->failed_color);
  look_up_color (widget, "sc_busy", &self->busy_color);
  if (!gdk_rgba_equal (&failed, &self->failed_color) || !gdk_rgba_equal (&busy, &self->busy_color))
    g_hash_table_foreach (self->rows, recolor, self);
}

static void
sc_session_table_dispose (GObject *object)
{
  ScSessionTable *self = SC_SESSION_TABLE (object);

  g_clear_object (&self->session);
  G_OBJECT_CLASS (sc_session_table_parent_class)->dispose (object);
}

static void
sc_session_table_finalize (GObject *object)
{
  g_hash_table_unref (SC_SESSION_TABLE (object)->rows);
  G_OBJECT_CLASS (sc_session_table_parent_class)->finalize (object);
}

static void
sc_session_table_class_init (ScSessionTableClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_session_table_dispose;
  G_OBJECT_CLASS (class)->finalize = sc_session_table_finalize;
  widget_class->style_updated = sc_session_table_style_updated;
  gtk_widget_class_set_css_name (widget_class, "sessiontable");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-session-table.ui");
  gtk_widget_class_bind_template_child (widget_class, ScSessionTable, view);
  gtk_widget_class_bind_template_child (widget_class, ScSessionTable, name_cell);
  gtk_widget_class_bind_template_child (widget_class, ScSessionTable, dropped_column);
  gtk_widget_class_bind_template_child (widget_class, ScSessionTable, backlog_column);
  gtk_widget_class_bind_template_child (widget_class, ScSessionTable, store);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
sc_session_table_init (ScSessionTable *self)
{
  self->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) row_free);
  g_type_ensure (SC_TYPE_SESSION_SEAT_ITEM);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_tree_sortable_set_default_sort_func (GTK_TREE_SORTABLE (self->store), compare_rows, GINT_TO_POINTER (TRUE), NULL);
  gtk_tree_sortable_set_sort_func (GTK_TREE_SORTABLE (self->store), COLUMN_NAME, compare_rows, GINT_TO_POINTER (FALSE),
                                   NULL);
  gtk_tree_sortable_set_sort_column_id (GTK_TREE_SORTABLE (self->store), GTK_TREE_SORTABLE_DEFAULT_SORT_COLUMN_ID,
                                        GTK_SORT_ASCENDING);
}
