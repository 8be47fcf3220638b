/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The console's authority: its fingerprint, how long it and the console's certificate are valid, and its change. */
#define SC_TYPE_AUTHORITY_SETTINGS (sc_authority_settings_get_type ())
G_DECLARE_FINAL_TYPE (ScAuthoritySettings, sc_authority_settings, SC, AUTHORITY_SETTINGS, GtkBin)

void sc_authority_settings_set_console (ScAuthoritySettings *self, ScConsole *console);

G_END_DECLS
