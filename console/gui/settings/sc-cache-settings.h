/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScCacheSettings:
 *
 * The HTTP caches that have a certificate. There is nothing to see where the engine knows of none.
 */
#define SC_TYPE_CACHE_SETTINGS (sc_cache_settings_get_type ())
G_DECLARE_FINAL_TYPE (ScCacheSettings, sc_cache_settings, SC, CACHE_SETTINGS, GtkBin)

void sc_cache_settings_set_console (ScCacheSettings *self, ScConsole *console);

G_END_DECLS
