/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sc-fact-row.h"

#include "console/gui/sc-style.h"

struct _ScFactRow {
  GtkListBoxRow parent;
  GtkImage *icon;
  GtkLabel *title, *subtitle, *value;
  char *style_class;
};

G_DEFINE_FINAL_TYPE (ScFactRow, sc_fact_row, GTK_TYPE_LIST_BOX_ROW)

static void
sc_fact_row_finalize (GObject *object)
{
  ScFactRow *self = SC_FACT_ROW (object);

  g_free (self->style_class);
  G_OBJECT_CLASS (sc_fact_row_parent_class)->finalize (object);
}

static void
sc_fact_row_class_init (ScFactRowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = sc_fact_row_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-fact-row.ui");
  gtk_widget_class_bind_template_child (widget_class, ScFactRow, icon);
  gtk_widget_class_bind_template_child (widget_class, ScFactRow, title);
  gtk_widget_class_bind_template_child (widget_class, ScFactRow, subtitle);
  gtk_widget_class_bind_template_child (widget_class, ScFactRow, value);
}

static void
sc_fact_row_init (ScFactRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sc_fact_row_new (void)
{
  return g_object_new (SC_TYPE_FACT_ROW, "visible", TRUE, NULL);
}

void
sc_fact_row_set_icon (ScFactRow *self, const char *icon_name, const char *style_class)
{
  gtk_widget_set_visible (GTK_WIDGET (self->icon), icon_name != NULL);
  if (icon_name != NULL)
    gtk_image_set_from_icon_name (self->icon, icon_name, GTK_ICON_SIZE_MENU);
  if (g_strcmp0 (style_class, self->style_class) == 0)
    return;
  sc_style_swap_class (GTK_WIDGET (self->icon), self->style_class, style_class);
  g_free (self->style_class);
  self->style_class = g_strdup (style_class);
}

void
sc_fact_row_set_texts (ScFactRow *self, const char *title, const char *subtitle, const char *value)
{
  g_autofree char *sentence = g_strconcat (title, *value ? ", " : "", value, *subtitle ? ", " : "", subtitle, NULL);
  AtkObject *accessible = gtk_widget_get_accessible (GTK_WIDGET (self));

  sc_label_set (self->title, title);
  sc_label_set (self->subtitle, subtitle);
  sc_label_set (self->value, value);
  gtk_widget_set_visible (GTK_WIDGET (self->subtitle), *subtitle);
  gtk_widget_set_visible (GTK_WIDGET (self->value), *value);
  if (g_strcmp0 (atk_object_get_name (accessible), sentence) != 0)
    atk_object_set_name (accessible, sentence);
}

void
sc_fact_rows_resize (GtkListBox *list, guint n)
{
  GtkListBoxRow *row = NULL;

  while ((row = gtk_list_box_get_row_at_index (list, (int) n)) != NULL)
    gtk_widget_destroy (GTK_WIDGET (row));
  while (n > 0 && gtk_list_box_get_row_at_index (list, (int) n - 1) == NULL)
    gtk_container_add (GTK_CONTAINER (list), sc_fact_row_new ());
}

ScFactRow *
sc_fact_rows_at (GtkListBox *list, guint index)
{
  return SC_FACT_ROW (gtk_list_box_get_row_at_index (list, (int) index));
}

/* A hyphen in a name or a path would be taken for a part of it. */
static void
never_hyphenate (GtkLabel *label)
{
  PangoAttrList *attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  gtk_label_set_attributes (label, attributes);
  pango_attr_list_unref (attributes);
}

void
sc_label_set (GtkLabel *label, const char *text)
{
  if (g_strcmp0 (gtk_label_get_text (label), text) == 0)
    return;
  if (gtk_label_get_line_wrap (label) && gtk_label_get_attributes (label) == NULL)
    never_hyphenate (label);
  gtk_label_set_text (label, text);
}
