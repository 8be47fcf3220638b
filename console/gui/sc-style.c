/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sc-style.h"

void
sc_style_set_class (GtkWidget *widget, const char *style_class, gboolean on)
{
  sc_style_swap_class (widget, on ? NULL : style_class, on ? style_class : NULL);
}

void
sc_style_swap_class (GtkWidget *widget, const char *before, const char *after)
{
  GtkStyleContext *style = gtk_widget_get_style_context (widget);

  if (before != NULL)
    gtk_style_context_remove_class (style, before);
  if (after != NULL)
    gtk_style_context_add_class (style, after);
}
