/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScApplication:
 *
 * seatcast-console: its options, its windows (one a console), and what the desktop is told when a session ends.
 * Actions ("app."): quit, about, preferences, show-session ((ut): the window's id, the session's)
 */
#define SC_TYPE_APPLICATION (sc_application_get_type ())
G_DECLARE_FINAL_TYPE (ScApplication, sc_application, SC, APPLICATION, GtkApplication)

ScApplication *sc_application_new (void);

G_END_DECLS
