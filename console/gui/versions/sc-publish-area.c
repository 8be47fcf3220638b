/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/versions/sc-publish-area.h"

#include "console/gui/versions/sc-publish-row.h"

struct _ScPublishArea {
  GtkBox parent;
  ScConsole *console;
  GPtrArray *rows; /* ScPublishRow, the container's */
};

G_DEFINE_FINAL_TYPE (ScPublishArea, sc_publish_area, GTK_TYPE_BOX)

enum { SIGNAL_PUBLISHED, SIGNAL_RETRY, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
sc_publish_area_dispose (GObject *object)
{
  ScPublishArea *self = SC_PUBLISH_AREA (object);

  if (self->console != NULL)
    g_signal_handlers_disconnect_by_data (sc_console_get_operations (self->console), self);
  g_clear_object (&self->console);
  G_OBJECT_CLASS (sc_publish_area_parent_class)->dispose (object);
}

static void
sc_publish_area_finalize (GObject *object)
{
  g_ptr_array_unref (SC_PUBLISH_AREA (object)->rows);
  G_OBJECT_CLASS (sc_publish_area_parent_class)->finalize (object);
}

static void
sc_publish_area_class_init (ScPublishAreaClass *class)
{
  G_OBJECT_CLASS (class)->dispose = sc_publish_area_dispose;
  G_OBJECT_CLASS (class)->finalize = sc_publish_area_finalize;
  signals[SIGNAL_PUBLISHED] = g_signal_new ("published", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                            NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);
  signals[SIGNAL_RETRY] =
      g_signal_new ("retry", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "publisharea");
}

static void
sc_publish_area_init (ScPublishArea *self)
{
  self->rows = g_ptr_array_new ();
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_widget_set_no_show_all (GTK_WIDGET (self), TRUE);
}

static void
remove_row (ScPublishArea *self, ScPublishRow *row)
{
  g_ptr_array_remove (self->rows, row);
  gtk_widget_destroy (GTK_WIDGET (row));
  gtk_widget_set_visible (GTK_WIDGET (self), self->rows->len > 0);
}

static void
on_closed (ScPublishRow *row, gpointer data)
{
  remove_row (data, row);
}

static void
on_retry (ScPublishRow *row, gpointer data)
{
  remove_row (data, row);
  g_signal_emit (data, signals[SIGNAL_RETRY], 0);
}

static ScPublishRow *
find_row (ScPublishArea *self, ScOperationItem *operation)
{
  for (guint i = 0; i < self->rows->len; i++)
    if (sc_publish_row_get_operation (g_ptr_array_index (self->rows, i)) == operation)
      return g_ptr_array_index (self->rows, i);
  return NULL;
}

static void
add_row (ScPublishArea *self, ScOperationItem *operation, gboolean own)
{
  GtkWidget *row = sc_publish_row_new (self->console, operation, own);

  g_signal_connect (row, "closed", G_CALLBACK (on_closed), self);
  g_signal_connect (row, "retry", G_CALLBACK (on_retry), self);
  g_ptr_array_add (self->rows, row);
  gtk_box_pack_start (GTK_BOX (self), row, FALSE, FALSE, 0);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
}

/* What somebody else has published is seen in the history; why it failed is theirs to mend. */
static void
settle (ScPublishArea *self, ScPublishRow *row)
{
  const ScOperationInfo *info = sc_operation_item_get_info (sc_publish_row_get_operation (row));

  if (!sc_publish_row_is_own (row))
    remove_row (self, row);
  else if (g_str_equal (info->state, "done") && info->result != NULL)
    g_signal_emit (self, signals[SIGNAL_PUBLISHED], 0, sc_item_number_of (info->result, "version"));
}

static void
consider (ScPublishArea *self, ScOperationItem *operation)
{
  ScPublishRow *row = find_row (self, operation);
  gboolean runs = sc_operation_item_is_running (operation);

  if (!g_str_equal (sc_operation_item_get_info (operation)->kind, "publish"))
    return;
  if (row == NULL && runs)
    add_row (self, operation, FALSE);
  else if (row != NULL && !runs)
    settle (self, row);
}

static void
on_operation_changed (ScItemList *operations, guint position, ScItem *item, gpointer data)
{
  consider (data, SC_OPERATION_ITEM (item));
}

static void
drop_lost (ScPublishArea *self)
{
  ScItemList *operations = sc_console_get_operations (self->console);

  for (guint i = self->rows->len; i > 0; i--) {
    ScPublishRow *row = g_ptr_array_index (self->rows, i - 1);
    ScOperationItem *operation = sc_publish_row_get_operation (row);

    if (sc_item_list_find (operations, sc_item_get_key (SC_ITEM (operation))) == operation)
      continue;
    if (sc_publish_row_is_own (row))
      sc_publish_row_set_lost (row);
    else
      remove_row (self, row);
  }
}

static void
on_operations_changed (GListModel *model, guint position, guint removed, guint added, gpointer data)
{
  ScPublishArea *self = data;

  for (guint i = position; i < position + added; i++)
    consider (self, sc_item_list_at (SC_ITEM_LIST (model), i));
  if (removed > 0)
    drop_lost (self);
}

void
sc_publish_area_set_up (ScPublishArea *self, ScConsole *console)
{
  ScItemList *operations = sc_console_get_operations (console);

  self->console = g_object_ref (console);
  g_signal_connect (operations, "items-changed", G_CALLBACK (on_operations_changed), self);
  g_signal_connect (operations, "item-changed", G_CALLBACK (on_operation_changed), self);
  on_operations_changed (G_LIST_MODEL (operations), 0, 0, sc_item_list_get_length (operations), self);
}

void
sc_publish_area_begin (ScPublishArea *self, ScJson *json)
{
  ScItemList *operations = sc_console_get_operations (self->console);
  g_autofree char *key = g_strdup_printf ("%" G_GUINT64_FORMAT, sc_item_number_of (json, "id"));
  ScOperationItem *operation = sc_item_list_find (operations, key);
  ScPublishRow *row = NULL;

  if (operation == NULL) /* else an event was faster, and knows more */
    operation = sc_item_list_put (operations, json);
  if (operation == NULL)
    return;
  row = find_row (self, operation);
  if (row != NULL)
    remove_row (self, row);
  for (guint i = self->rows->len; i > 0; i--) /* what became of earlier ones is old news */
    if (!sc_operation_item_is_running (sc_publish_row_get_operation (g_ptr_array_index (self->rows, i - 1))))
      remove_row (self, g_ptr_array_index (self->rows, i - 1));
  add_row (self, operation, TRUE);
  consider (self, operation);
}
