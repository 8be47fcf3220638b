/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"
#include "console/gui/model/sc-filter-list.h"
#include "console/gui/rooms/sc-selection.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScSeatMap:
 *
 * Seats as tiles where they stand; those that are not placed fill the free cells of rows. Lives in a scrolled window.
 * Tiles come and go with the seats of the list, and are drawn anew a few at a time, so that a room in the middle of a
 * session stays smooth. In edit mode selected tiles are dragged, or moved by Ctrl and arrows, and the engine is told.
 *
 * Signals: "seat-activated" (const char *id): Enter or a double click; "places-changed" (): seats were moved, or that
 * was taken back or could not be saved
 */
#define SC_TYPE_SEAT_MAP (sc_seat_map_get_type ())
G_DECLARE_FINAL_TYPE (ScSeatMap, sc_seat_map, SC, SEAT_MAP, GtkContainer)

/* @seats: of ScSeatItem, by room and name */
GtkWidget *sc_seat_map_new (ScConsole *console, ScFilterList *seats, ScSelection *selection);

/* @room: (nullable): whose map it is; NULL: all rooms, one below the other under their names, in order */
void sc_seat_map_set_room (ScSeatMap *self, const char *room);
/* Only a room's map can be edited, and all seats of the room must be in the list. Until its end the map does not flow:
 * a seat that is not touched stays where it was seen when editing began, whatever the width. */
void sc_seat_map_set_editing (ScSeatMap *self, gboolean editing);
gboolean sc_seat_map_get_editing (ScSeatMap *self);
/* Moves the selected seats on the grid, and saves that. Returns: whether any moved */
gboolean sc_seat_map_move_selected (ScSeatMap *self, int columns, int rows);
/* Takes back the last move, or the automatic layout. */
void sc_seat_map_undo (ScSeatMap *self);
gboolean sc_seat_map_can_undo (ScSeatMap *self);
/* No seat of the room is placed any longer. */
void sc_seat_map_clear_places (ScSeatMap *self);

/* Selects it, gives it the focus and scrolls to it. Returns: whether it is on the map */
gboolean sc_seat_map_show_seat (ScSeatMap *self, const char *id);
/* (nullable) (transfer none) */
GtkWidget *sc_seat_map_get_tile (ScSeatMap *self, const char *id);

G_END_DECLS
