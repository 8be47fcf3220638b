/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Lets the windows be dark when the user's desktop prefers that, from now on. GTK 3 does not look at what GNOME offers
 * to set; other desktops choose another theme, which GTK follows by itself. */
void sc_color_scheme_follow (void);

G_END_DECLS
