/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/versions/sc-version-picker.h"

#include "console/gui/model/sc-version-item.h"
#include "console/gui/words/sc-version-words.h"

struct _ScVersionPicker {
  GtkComboBox parent;
  ScItemList *versions;
  GtkListStore *store;
};

enum { COLUMN_KEY, COLUMN_TEXT, N_COLUMNS };

G_DEFINE_FINAL_TYPE (ScVersionPicker, sc_version_picker, GTK_TYPE_COMBO_BOX)

static void
sc_version_picker_dispose (GObject *object)
{
  ScVersionPicker *self = SC_VERSION_PICKER (object);

  if (self->versions != NULL)
    g_signal_handlers_disconnect_by_data (self->versions, self);
  g_clear_object (&self->versions);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (sc_version_picker_parent_class)->dispose (object);
}

static void
sc_version_picker_class_init (ScVersionPickerClass *class)
{
  G_OBJECT_CLASS (class)->dispose = sc_version_picker_dispose;
}

static void
sc_version_picker_init (ScVersionPicker *self)
{
  GtkCellRenderer *renderer = gtk_cell_renderer_text_new ();

  self->store = gtk_list_store_new (N_COLUMNS, G_TYPE_STRING, G_TYPE_STRING);
  gtk_combo_box_set_model (GTK_COMBO_BOX (self), GTK_TREE_MODEL (self->store));
  gtk_combo_box_set_id_column (GTK_COMBO_BOX (self), COLUMN_KEY);
  g_object_set (renderer, "ellipsize", PANGO_ELLIPSIZE_END, "width-chars", 12, "max-width-chars", 32, NULL);
  gtk_cell_layout_pack_start (GTK_CELL_LAYOUT (self), renderer, TRUE);
  gtk_cell_layout_add_attribute (GTK_CELL_LAYOUT (self), renderer, "text", COLUMN_TEXT);
}

static void
on_items_changed (GListModel *versions, guint position, guint removed, guint added, gpointer data)
{
  ScVersionPicker *self = data;
  GtkTreeModel *model = GTK_TREE_MODEL (self->store);
  GtkTreeIter iter;

  for (guint i = 0; i < removed && gtk_tree_model_iter_nth_child (model, &iter, NULL, (int) position); i++)
    gtk_list_store_remove (self->store, &iter);
  for (guint i = position; i < position + added; i++) {
    ScVersionItem *version = sc_item_list_at (self->versions, i);
    const ScVersionInfo *info = sc_version_item_get_info (version);
    g_autofree char *title = sc_version_words_title (info->note);
    g_autofree char *text = g_strconcat (sc_item_get_key (SC_ITEM (version)), " · ", title, NULL);

    gtk_list_store_insert_with_values (self->store, &iter, (int) i, COLUMN_KEY, sc_item_get_key (SC_ITEM (version)),
                                       COLUMN_TEXT, text, -1);
  }
}

/* The button inside has the focus, so it says the name. */
static void
name_inside (GtkWidget *widget, gpointer data)
{
  if (GTK_IS_TOGGLE_BUTTON (widget))
    atk_object_set_name (gtk_widget_get_accessible (widget), data);
  else if (GTK_IS_CONTAINER (widget))
    gtk_container_forall (GTK_CONTAINER (widget), name_inside, data);
}

void
sc_version_picker_set_versions (ScVersionPicker *self, ScItemList *versions)
{
  g_return_if_fail (self->versions == NULL);
  self->versions = g_object_ref (versions);
  g_signal_connect (versions, "items-changed", G_CALLBACK (on_items_changed), self);
  on_items_changed (G_LIST_MODEL (versions), 0, 0, sc_item_list_get_length (versions), self);
  gtk_container_forall (GTK_CONTAINER (self), name_inside,
                        (gpointer) atk_object_get_name (gtk_widget_get_accessible (GTK_WIDGET (self))));
}

guint64
sc_version_picker_get_number (ScVersionPicker *self)
{
  const char *key = gtk_combo_box_get_active_id (GTK_COMBO_BOX (self));

  return key != NULL ? g_ascii_strtoull (key, NULL, 10) : 0;
}

void
sc_version_picker_set_number (ScVersionPicker *self, guint64 number)
{
  g_autofree char *key = g_strdup_printf ("%" G_GUINT64_FORMAT, number);

  gtk_combo_box_set_active_id (GTK_COMBO_BOX (self), number != 0 ? key : NULL);
}
