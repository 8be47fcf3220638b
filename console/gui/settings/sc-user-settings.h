/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Who may sign in, and as what; seen by administrators only. */
#define SC_TYPE_USER_SETTINGS (sc_user_settings_get_type ())
G_DECLARE_FINAL_TYPE (ScUserSettings, sc_user_settings, SC, USER_SETTINGS, GtkBin)

void sc_user_settings_set_console (ScUserSettings *self, ScConsole *console);

G_END_DECLS
