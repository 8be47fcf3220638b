/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScSeatPanel:
 *
 * The seats that are selected, beside the map: one in every detail, many in numbers, with what can be done with them.
 */
#define SC_TYPE_SEAT_PANEL (sc_seat_panel_get_type ())
G_DECLARE_FINAL_TYPE (ScSeatPanel, sc_seat_panel, SC, SEAT_PANEL, GtkBin)

GtkWidget *sc_seat_panel_new (ScConsole *console);
/* @ids: (element-type utf8) (transfer none): none: it says what to do. One that is gone from the engine is left out. */
void sc_seat_panel_set_seats (ScSeatPanel *self, GPtrArray *ids);

G_END_DECLS
