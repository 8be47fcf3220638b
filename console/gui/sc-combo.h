/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What people who cannot see it hear of @combo: GTK gives the focus to what is within, which has no name of its own.
 */
void sc_combo_set_name (GtkComboBox *combo, const char *name);

G_END_DECLS
