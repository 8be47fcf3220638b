/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/waiting/sc-waiting-row.h"

#include "console/gui/sc-fact-row.h"
#include "console/gui/sc-style.h"
#include "console/gui/words/sc-waiting-words.h"
#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>

struct _ScWaitingRow {
  GtkListBoxRow parent;
  ScWaitingItem *item;
  GtkImage *icon;
  GtkLabel *name, *room, *facts, *why;
};

G_DEFINE_FINAL_TYPE (ScWaitingRow, sc_waiting_row, GTK_TYPE_LIST_BOX_ROW)

void
sc_waiting_row_update (ScWaitingRow *self)
{
  const ScWaitingInfo *info = sc_waiting_item_get_info (self->item);
  const gint64 now = g_get_real_time ();
  g_autofree char *facts = sc_waiting_words_facts (info, now);
  g_autofree char *why = sc_waiting_words_why (info, now);
  g_autofree char *sentence = g_strjoin (", ", info->name, sc_words_room (info->room), why, facts, NULL);

  gtk_image_set_from_icon_name (self->icon, info->is_duplicate ? "dialog-warning-symbolic" : "sc-seat-symbolic",
                                GTK_ICON_SIZE_MENU);
  sc_style_set_class (GTK_WIDGET (self->icon), "warning", info->is_duplicate);
  sc_style_set_class (GTK_WIDGET (self->why), "error", info->is_duplicate && info->known_online);
  sc_label_set (self->name, info->name);
  sc_label_set (self->room, sc_words_room (info->room));
  sc_label_set (self->facts, facts);
  sc_label_set (self->why, why);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->facts), info->machine);
  atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self)), sentence);
}

static void
sc_waiting_row_dispose (GObject *object)
{
  ScWaitingRow *self = SC_WAITING_ROW (object);

  if (self->item != NULL)
    g_signal_handlers_disconnect_by_data (self->item, self);
  g_clear_object (&self->item);
  G_OBJECT_CLASS (sc_waiting_row_parent_class)->dispose (object);
}

static void
sc_waiting_row_class_init (ScWaitingRowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_waiting_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-waiting-row.ui");
  gtk_widget_class_bind_template_child (widget_class, ScWaitingRow, icon);
  gtk_widget_class_bind_template_child (widget_class, ScWaitingRow, name);
  gtk_widget_class_bind_template_child (widget_class, ScWaitingRow, room);
  gtk_widget_class_bind_template_child (widget_class, ScWaitingRow, facts);
  gtk_widget_class_bind_template_child (widget_class, ScWaitingRow, why);
}

static void
sc_waiting_row_init (ScWaitingRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sc_waiting_row_new (ScWaitingItem *item)
{
  ScWaitingRow *self = g_object_new (SC_TYPE_WAITING_ROW, NULL);

  self->item = g_object_ref (item);
  g_signal_connect_swapped (item, "changed", G_CALLBACK (sc_waiting_row_update), self);
  sc_waiting_row_update (self);
  return GTK_WIDGET (self);
}

ScWaitingItem *
sc_waiting_row_get_item (ScWaitingRow *self)
{
  return self->item;
}
