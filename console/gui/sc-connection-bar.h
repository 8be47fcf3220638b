/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/sc-connector.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScConnectionBar:
 *
 * Tells of the window's connection whenever it is not as it should be, and what can be done: with the window's actions
 * "retry", "start-engine" and "connect". Nothing is shown while all is well, nor for the moment that connecting takes.
 */
#define SC_TYPE_CONNECTION_BAR (sc_connection_bar_get_type ())
G_DECLARE_FINAL_TYPE (ScConnectionBar, sc_connection_bar, SC, CONNECTION_BAR, GtkInfoBar)

/* @connector: (nullable). Once. */
void sc_connection_bar_set_model (ScConnectionBar *self, ScConsole *console, ScConnector *connector);

G_END_DECLS
