/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sc-combo.h"

static void
name_child (GtkWidget *widget, gpointer name)
{
  if (GTK_IS_TOGGLE_BUTTON (widget) || GTK_IS_ENTRY (widget))
    atk_object_set_name (gtk_widget_get_accessible (widget), name);
  else if (GTK_IS_CONTAINER (widget))
    gtk_container_forall (GTK_CONTAINER (widget), name_child, name);
}

void
sc_combo_set_name (GtkComboBox *combo, const char *name)
{
  atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (combo)), name);
  gtk_container_forall (GTK_CONTAINER (combo), name_child, (gpointer) name);
}
