/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Style classes (resources/style.css) that come and go with what a widget shows. */

void sc_style_set_class (GtkWidget *widget, const char *style_class, gboolean on);
/* @before, @after: (nullable): none */
void sc_style_swap_class (GtkWidget *widget, const char *before, const char *after);

G_END_DECLS
