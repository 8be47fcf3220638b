/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScCacheRow:
 *
 * An HTTP cache: until when its certificate is good, and for administrators the way to revoke it.
 *
 * Signals: "revoked" (): the engine has done so
 */
#define SC_TYPE_CACHE_ROW (sc_cache_row_get_type ())
G_DECLARE_FINAL_TYPE (ScCacheRow, sc_cache_row, SC, CACHE_ROW, GtkListBoxRow)

/* @cache: as the API lists it */
GtkWidget *sc_cache_row_new (ScConsole *console, ScJson *cache);

G_END_DECLS
