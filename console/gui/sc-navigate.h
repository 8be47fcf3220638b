/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Activates the action @name of the window that @from is in ("show-seat", "deploy"); nothing happens in a window
 * without it. @parameter: (nullable): sunk */
void sc_navigate (GtkWidget *from, const char *name, GVariant *parameter);

G_END_DECLS
