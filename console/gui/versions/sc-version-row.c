/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/versions/sc-version-row.h"

#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>

struct _ScVersionRow {
  GtkListBoxRow parent;
  ScVersionItem *version;
  GtkLabel *number, *title, *facts, *changes, *seats;
  GtkWidget *seats_box;
};

G_DEFINE_FINAL_TYPE (ScVersionRow, sc_version_row, GTK_TYPE_LIST_BOX_ROW)

static void
sc_version_row_dispose (GObject *object)
{
  ScVersionRow *self = SC_VERSION_ROW (object);

  if (self->version != NULL)
    g_signal_handlers_disconnect_by_data (self->version, self);
  g_clear_object (&self->version);
  G_OBJECT_CLASS (sc_version_row_parent_class)->dispose (object);
}

static void
sc_version_row_class_init (ScVersionRowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_version_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-version-row.ui");
  gtk_widget_class_bind_template_child (widget_class, ScVersionRow, number);
  gtk_widget_class_bind_template_child (widget_class, ScVersionRow, title);
  gtk_widget_class_bind_template_child (widget_class, ScVersionRow, facts);
  gtk_widget_class_bind_template_child (widget_class, ScVersionRow, changes);
  gtk_widget_class_bind_template_child (widget_class, ScVersionRow, seats);
  gtk_widget_class_bind_template_child (widget_class, ScVersionRow, seats_box);
}

static void
sc_version_row_init (ScVersionRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* "Version 5, CAD 2027, Anna Weber, …": what the row shows, for those who hear it */
static void
update_accessible (ScVersionRow *self)
{
  g_autofree char *version = sc_words_version (sc_version_item_get_info (self->version)->number);
  const char *changes = gtk_label_get_text (self->changes);
  const char *seats = gtk_label_get_text (self->seats);
  g_autofree char *name =
      g_strconcat (version, ", ", gtk_label_get_text (self->title), ", ", gtk_label_get_text (self->facts),
                   *changes ? ", " : "", changes, *seats ? ", " : "", seats, NULL);

  atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self)), name);
}

static void
update (ScVersionRow *self)
{
  const ScVersionInfo *info = sc_version_item_get_info (self->version);
  g_autofree char *number = g_strdup_printf ("%" G_GUINT64_FORMAT, info->number);
  g_autofree char *title = sc_version_words_title (info->note);
  g_autofree char *time = sc_words_time (info->created);
  g_autofree char *size = sc_words_size (info->size);
  g_autofree char *facts = g_strjoin (" · ", time, size, *info->author ? info->author : NULL, NULL);

  gtk_label_set_text (self->number, number);
  gtk_label_set_text (self->title, title);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->title), info->note);
  gtk_label_set_text (self->facts, facts);
  update_accessible (self);
}

GtkWidget *
sc_version_row_new (ScVersionItem *version)
{
  ScVersionRow *self = g_object_new (SC_TYPE_VERSION_ROW, "visible", TRUE, NULL);

  self->version = g_object_ref (version);
  g_signal_connect_swapped (version, "changed", G_CALLBACK (update), self);
  update (self);
  return GTK_WIDGET (self);
}

ScVersionItem *
sc_version_row_get_version (ScVersionRow *self)
{
  return self->version;
}

static void
set_text (ScVersionRow *self, GtkLabel *label, const char *text)
{
  if (g_str_equal (gtk_label_get_text (label), text))
    return;
  gtk_label_set_text (label, text);
  update_accessible (self);
}

void
sc_version_row_set_change (ScVersionRow *self, const ScVersionChange *change)
{
  g_autofree char *text = change != NULL ? sc_version_words_changes (change) : g_strdup ("");

  set_text (self, self->changes, text);
}

void
sc_version_row_set_seats (ScVersionRow *self, guint n, guint total)
{
  g_autofree char *text = n > 0 ? sc_version_words_seats (n, total) : g_strdup ("");

  gtk_widget_set_visible (self->seats_box, n > 0);
  set_text (self, self->seats, text);
}
