/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-seat-item.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScSeatTile:
 *
 * One seat on the map: its name, its state in icon, words and colour, what runs, its version, and signs of what else is
 * the matter. It draws itself and has no children: a thousand of them stay light. The map tells it when the seat has
 * changed, so that it can say how many are drawn anew in one frame.
 *
 * CSS: node "seattile" with sc_words_condition_class() as style class; colours "sc_" + that class. Accessible: a list
 * item, named by sc_words_seat_sentence(), with the actions "select" and "activate".
 */
#define SC_TYPE_SEAT_TILE (sc_seat_tile_get_type ())
G_DECLARE_FINAL_TYPE (ScSeatTile, sc_seat_tile, SC, SEAT_TILE, GtkWidget)

GtkWidget *sc_seat_tile_new (ScSeatItem *seat);
ScSeatItem *sc_seat_tile_get_seat (ScSeatTile *self);
const char *sc_seat_tile_get_id (ScSeatTile *self);
/* Shows what the seat is now. */
void sc_seat_tile_update (ScSeatTile *self);
void sc_seat_tile_set_selected (ScSeatTile *self, gboolean selected);

/* What the tile's accessible object does for those who cannot click. NULL: not possible. */
typedef void (*ScSeatTileFunc) (ScSeatTile *self, gboolean activate, gpointer data);
void sc_seat_tile_set_func (ScSeatTile *self, ScSeatTileFunc func, gpointer data);
void sc_seat_tile_do (ScSeatTile *self, gboolean activate);

G_END_DECLS
