/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"
#include "console/gui/model/sc-room-item.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScRoomRow:
 *
 * A room among the settings: how many seats it has; what it is assigned and when its network may be
 * used, with the dialog that changes this; it can be renamed, and removed while it has none.
 */
#define SC_TYPE_ROOM_ROW (sc_room_row_get_type ())
G_DECLARE_FINAL_TYPE (ScRoomRow, sc_room_row, SC, ROOM_ROW, GtkListBoxRow)

GtkWidget *sc_room_row_new (ScConsole *console, ScRoomItem *room);
void sc_room_row_set_n_seats (ScRoomRow *self, guint n_seats);
const char *sc_room_row_get_name (ScRoomRow *self);

G_END_DECLS
