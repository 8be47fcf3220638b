/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What GTK does not learn of Windows' desktop by itself. Only built for Windows. Main thread only. */

/* Lets texts be in the language that the user has chosen for Windows, unless the environment names one. To be called
 * before anything is translated. (GLib and gettext would take the language of the user's formats.) */
void sc_windows_desktop_choose_language (void);

/* Once GTK is there: the theme that the window's style is made for, and a font where Windows' own is missing. */
void sc_windows_desktop_adapt (void);

G_END_DECLS
