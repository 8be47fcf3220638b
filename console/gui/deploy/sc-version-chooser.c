/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/deploy/sc-version-chooser.h"

#include "console/gui/model/sc-filter-list.h"
#include "console/gui/model/sc-version-item.h"
#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>

#define MAX_NOTE_CHARS 44

struct _ScVersionChooser {
  GtkMenuButton parent;
  GtkLabel *title, *note, *date;
  GtkPopover *popover;
  GtkListBox *list;
  ScItemList *versions;
  ScFilterList *offered;
  guint64 shown, before;
  char *placeholder;
};

G_DEFINE_FINAL_TYPE (ScVersionChooser, sc_version_chooser, GTK_TYPE_MENU_BUTTON)

static guint signal_picked;

/* (nullable) */
static ScVersionItem *
find (ScVersionChooser *self, guint64 version)
{
  g_autofree char *key = g_strdup_printf ("%" G_GUINT64_FORMAT, version);

  return self->versions != NULL ? sc_item_list_find (self->versions, key) : NULL;
}

static void
update_name (ScVersionChooser *self)
{
  g_autofree char *name =
      g_strdup_printf ("%s: %s %s", _ ("Version"), gtk_label_get_text (self->title), gtk_label_get_text (self->note));

  atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self)), name);
}

static void
refresh (ScVersionChooser *self)
{
  ScVersionItem *item = self->shown != 0 ? find (self, self->shown) : NULL;
  g_autofree char *title = sc_words_version (self->shown);
  g_autofree char *date = item != NULL ? sc_words_time (sc_version_item_get_info (item)->created) : NULL;
  const char *note = item != NULL ? sc_version_item_get_info (item)->note : "";

  gtk_label_set_text (self->title, self->shown != 0 ? title : self->placeholder);
  gtk_label_set_text (self->date, date != NULL ? date : "");
  gtk_label_set_text (self->note, note);
  gtk_widget_set_visible (GTK_WIDGET (self->note), *note != '\0');
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), *note != '\0' ? note : NULL);
  update_name (self);
}

static GtkWidget *
make_label (const char *text, gboolean dim, gboolean expand)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), expand ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
  gtk_widget_set_hexpand (label, expand);
  if (dim)
    gtk_style_context_add_class (gtk_widget_get_style_context (label), "dim-label");
  return label;
}

static GtkWidget *
create_row (gpointer item, gpointer user_data)
{
  const ScVersionInfo *info = sc_version_item_get_info (item);
  g_autofree char *title = sc_words_version (info->number);
  g_autofree char *date = sc_words_time (info->created);
  g_autofree char *name = NULL;
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *grid = gtk_grid_new ();
  GtkWidget *note = make_label (info->note, TRUE, TRUE);

  gtk_style_context_add_class (gtk_widget_get_style_context (row), "version");
  gtk_grid_set_column_spacing (GTK_GRID (grid), 12);
  gtk_grid_attach (GTK_GRID (grid), make_label (title, FALSE, TRUE), 0, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), make_label (date, TRUE, FALSE), 1, 0, 1, 1);
  gtk_label_set_max_width_chars (GTK_LABEL (note), MAX_NOTE_CHARS);
  gtk_widget_set_tooltip_text (row, info->note);
  if (*info->note != '\0')
    gtk_grid_attach (GTK_GRID (grid), note, 0, 1, 2, 1);
  else
    g_object_ref_sink (note), g_object_unref (note);
  gtk_container_add (GTK_CONTAINER (row), grid);
  name = g_strdup_printf ("%s: %s, %s", title, info->note, date);
  atk_object_set_name (gtk_widget_get_accessible (row), name);
  g_object_set_data (G_OBJECT (row), "version", item); /* the list outlives its rows */
  gtk_widget_show_all (row);
  return row;
}

static guint64
version_of (GtkListBoxRow *row)
{
  return sc_version_item_get_info (g_object_get_data (G_OBJECT (row), "version"))->number;
}

static gboolean
is_offered (ScItem *item, gpointer user_data)
{
  ScVersionChooser *self = user_data;

  return self->before == 0 || sc_version_item_get_info (SC_VERSION_ITEM (item))->number < self->before;
}

static void
on_row_activated (GtkListBox *list, GtkListBoxRow *row, ScVersionChooser *self)
{
  guint64 version = version_of (row);

  gtk_popover_popdown (self->popover);
  g_signal_emit (self, signal_picked, 0, version);
}

/* The list opens where the version is that is shown. */
static void
on_popover_mapped (GtkWidget *popover, ScVersionChooser *self)
{
  GtkListBoxRow *row = NULL;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    if (version_of (row) == self->shown)
      break;
  gtk_list_box_select_row (self->list, row);
  gtk_widget_grab_focus (row != NULL ? GTK_WIDGET (row) : GTK_WIDGET (self->list));
}

static void
sc_version_chooser_finalize (GObject *object)
{
  ScVersionChooser *self = SC_VERSION_CHOOSER (object);

  if (self->versions != NULL)
    g_signal_handlers_disconnect_by_data (self->versions, self);
  g_clear_object (&self->offered);
  g_clear_object (&self->versions);
  g_free (self->placeholder);
  G_OBJECT_CLASS (sc_version_chooser_parent_class)->finalize (object);
}

static void
sc_version_chooser_class_init (ScVersionChooserClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = sc_version_chooser_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-version-chooser.ui");
  gtk_widget_class_bind_template_child (widget_class, ScVersionChooser, title);
  gtk_widget_class_bind_template_child (widget_class, ScVersionChooser, note);
  gtk_widget_class_bind_template_child (widget_class, ScVersionChooser, date);
  gtk_widget_class_bind_template_child (widget_class, ScVersionChooser, popover);
  gtk_widget_class_bind_template_child (widget_class, ScVersionChooser, list);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_popover_mapped);
  signal_picked = g_signal_new ("picked", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_UINT64);
}

static void
sc_version_chooser_init (ScVersionChooser *self)
{
  self->placeholder = g_strdup ("");
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
sc_version_chooser_bind (ScVersionChooser *self, ScItemList *versions)
{
  self->versions = g_object_ref (versions);
  self->offered = sc_filter_list_new (versions, is_offered, self, NULL);
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (self->offered), create_row, NULL, NULL);
  g_signal_connect_swapped (versions, "items-changed", G_CALLBACK (refresh), self);
  refresh (self);
}

void
sc_version_chooser_show (ScVersionChooser *self, guint64 version, const char *placeholder)
{
  g_free (self->placeholder);
  self->placeholder = g_strdup (placeholder);
  self->shown = version;
  refresh (self);
}

void
sc_version_chooser_set_before (ScVersionChooser *self, guint64 version)
{
  if (self->before == version)
    return;
  self->before = version;
  sc_filter_list_refilter (self->offered);
}
