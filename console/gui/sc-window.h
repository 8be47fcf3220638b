/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/sc-connector.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScWindow:
 *
 * A window on one console: the pages of sc-pages.h, what is to be said of the connection, and notices. Its actions
 * ("win.") are how pages reach each other:
 *
 *   show-page (s): "rooms", "versions", "sessions", "activity", "settings"
 *   show-seat (s), show-session (t), show-version (t)
 *   deploy, roll-back ((tsas)): version (0: the user picks), room ("": not given), ids of seats ([]: not given)
 *   search, side-panel: of the page that is seen
 *   retry, start-engine, connect: about the connection; close; menu (toggles)
 */
#define SC_TYPE_WINDOW (sc_window_get_type ())
G_DECLARE_FINAL_TYPE (ScWindow, sc_window, SC, WINDOW, GtkApplicationWindow)

/* @application: (nullable); @connector: (nullable): NULL: the console is connected by the caller */
ScWindow *sc_window_new (GtkApplication *application, ScConsole *console, ScConnector *connector);
ScConsole *sc_window_get_console (ScWindow *self);
/* Marks the page in the header bar until it is seen. */
void sc_window_call_attention (ScWindow *self, const char *page);

G_END_DECLS
