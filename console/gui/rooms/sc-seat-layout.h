/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-json.h"

G_BEGIN_DECLS

/*
 * Where seats stand on the grid of a room's map, and what moving some of them means. Pure functions of arrays.
 */

#define SC_SEAT_LAYOUT_MAX_CELL 255u /* the API's last column and row */

typedef struct {
  const char *id;  /* not owned */
  gboolean placed; /* staff have said where it stands: */
  guint column, row;
} ScSeatSpot;

typedef enum { SC_DIRECTION_LEFT, SC_DIRECTION_RIGHT, SC_DIRECTION_UP, SC_DIRECTION_DOWN } ScDirection;

typedef struct {
  int x, y;
} ScSeatPoint;

/* Gives those that are not placed the free cells of rows of @columns, in order. Of two that are placed on one cell the
 * second counts as not placed. Returns: the number of rows */
guint sc_seat_layout_flow (ScSeatSpot *spots, guint n_spots, guint columns);

/**
 * sc_seat_layout_move:
 * @moves: (array length=n_spots): which of @spots move
 *
 * Moves some by as many columns and rows as the grid allows. Who stood in their way gets a cell that they have left.
 * All are placed then: what an automatic layout has shown stays as it was seen. Returns: whether anything moved
 */
gboolean sc_seat_layout_move (ScSeatSpot *spots, guint n_spots, const gboolean *moves, int columns, int rows);

/* The body of POST /v1/rooms/{room}/places: all that are placed and within what the API allows. */
ScJson *sc_seat_layout_to_json (const ScSeatSpot *spots, guint n_spots, gboolean clear);

/* The next of @points in a direction, as the eye would go. Returns: @from when there is none */
guint sc_seat_layout_next (const ScSeatPoint *points, guint n_points, guint from, ScDirection direction);

G_END_DECLS
