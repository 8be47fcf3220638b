/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScEngineSettings:
 *
 * How the console works: the rate, the directories, the network. What can be changed is saved at once; what others
 * change shows up by itself, unless it is being edited here.
 */
#define SC_TYPE_ENGINE_SETTINGS (sc_engine_settings_get_type ())
G_DECLARE_FINAL_TYPE (ScEngineSettings, sc_engine_settings, SC, ENGINE_SETTINGS, GtkBin)

void sc_engine_settings_set_console (ScEngineSettings *self, ScConsole *console);

G_END_DECLS
