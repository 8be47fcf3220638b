/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sc-resources.h"

#include "seatcast-icons.h"
#include "seatcast-resources.h"

#include <gtk/gtk.h>

void
sc_resources_register (void)
{
  seatcast_register_resource ();
  seatcast_icons_register_resource ();
}

void
sc_resources_load_style (void)
{
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();

  gtk_css_provider_load_from_resource (provider, "/org/seatcast/console/style.css");
  gtk_style_context_add_provider_for_screen (gdk_screen_get_default (), GTK_STYLE_PROVIDER (provider),
                                             GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  gtk_icon_theme_add_resource_path (gtk_icon_theme_get_default (), "/org/seatcast/console/icons");
}
