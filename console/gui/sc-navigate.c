/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sc-navigate.h"

void
sc_navigate (GtkWidget *from, const char *name, GVariant *parameter)
{
  g_autoptr (GVariant) sunk = parameter != NULL ? g_variant_ref_sink (parameter) : NULL;
  GActionGroup *group = gtk_widget_get_action_group (gtk_widget_get_toplevel (from), "win");

  if (group != NULL && g_action_group_has_action (group, name))
    g_action_group_activate_action (group, name, sunk);
}
