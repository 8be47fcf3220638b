/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What the window's menu has for a user who has signed in: who he is, as what, "Change password…", "Sign out"; nothing
 * for the local administrator. Its actions "win.change-password" and "win.sign-out" are added to @window. */
void sc_account_menu_init (GtkApplicationWindow *window, ScConsole *console, GMenu *section);

G_END_DECLS
