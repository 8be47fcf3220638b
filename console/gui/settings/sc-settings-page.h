/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* How the console is set up, in sections one below the other; a new one is a box more in the template. */
#define SC_TYPE_SETTINGS_PAGE (sc_settings_page_get_type ())
G_DECLARE_FINAL_TYPE (ScSettingsPage, sc_settings_page, SC, SETTINGS_PAGE, GtkBin)

GtkWidget *sc_settings_page_new (ScConsole *console);

G_END_DECLS
