/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScCatchUpSettings:
 *
 * What seats that catch up may take of the network, and how many do at a time. Saved at once; what others change shows
 * up by itself, unless it is being edited here.
 */
#define SC_TYPE_CATCH_UP_SETTINGS (sc_catch_up_settings_get_type ())
G_DECLARE_FINAL_TYPE (ScCatchUpSettings, sc_catch_up_settings, SC, CATCH_UP_SETTINGS, GtkBin)

void sc_catch_up_settings_set_console (ScCatchUpSettings *self, ScConsole *console);

G_END_DECLS
