/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/rooms/sc-seat-menu.h"

#include <glib/gi18n-lib.h>

static GMenuModel *
make_model (void)
{
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) deploy = g_menu_new ();
  g_autoptr (GMenu) care = g_menu_new ();
  g_autoptr (GMenu) pins = g_menu_new ();
  g_autoptr (GMenu) place = g_menu_new ();

  g_menu_append (deploy, _ ("_Deploy version…"), "page.deploy");
  g_menu_append (deploy, _ ("_Roll back…"), "page.roll-back");
  g_menu_append (care, _ ("_Verify"), "page.verify");
  g_menu_append (care, _ ("_Catch up"), "page.catch-up");
  g_menu_append (care, _ ("_Wake"), "page.wake");
  g_menu_append (pins, _ ("_Pin to version…"), "page.pin");
  g_menu_append (pins, _ ("_Unpin"), "page.unpin");
  g_menu_append (place, _ ("_Move to room…"), "page.move");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (deploy));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (care));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (pins));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (place));
  return G_MENU_MODEL (menu);
}

void
sc_seat_menu_popup (GtkWidget *over, const GdkEvent *event, const GdkRectangle *at)
{
  g_autoptr (GMenuModel) model = make_model ();
  GtkWidget *menu = gtk_menu_new_from_model (model);

  gtk_menu_attach_to_widget (GTK_MENU (menu), over, NULL);
  g_signal_connect (menu, "selection-done", G_CALLBACK (gtk_widget_destroy), NULL);
  if (event != NULL)
    gtk_menu_popup_at_pointer (GTK_MENU (menu), event);
  else
    gtk_menu_popup_at_rect (GTK_MENU (menu), gtk_widget_get_window (over), at, GDK_GRAVITY_SOUTH_WEST,
                            GDK_GRAVITY_NORTH_WEST, NULL);
}
