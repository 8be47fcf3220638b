/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Shows what can be done with the selected seats, by the actions "page.deploy" … of a widget above @over. @event:
 * (nullable): the click that asked, NULL when a key did: then the menu is at @at, in @over. */
void sc_seat_menu_popup (GtkWidget *over, const GdkEvent *event, const GdkRectangle *at);

G_END_DECLS
