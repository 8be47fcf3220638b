/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk-a11y.h>

G_BEGIN_DECLS

/* A ScSeatTile as those hear it who do not see it. */
#define SC_TYPE_SEAT_TILE_ACCESSIBLE (sc_seat_tile_accessible_get_type ())
G_DECLARE_FINAL_TYPE (ScSeatTileAccessible, sc_seat_tile_accessible, SC, SEAT_TILE_ACCESSIBLE, GtkWidgetAccessible)

G_END_DECLS
