/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/rooms/sc-seat-layout.h"

static gpointer
cell_key (guint column, guint row)
{
  return GUINT_TO_POINTER (row << 16 | (column & 0xffffu));
}

guint
sc_seat_layout_flow (ScSeatSpot *spots, guint n_spots, guint columns)
{
  g_autoptr (GHashTable) taken = g_hash_table_new (NULL, NULL);
  guint next = 0, rows = 0;

  columns = MAX (columns, 1);
  for (guint i = 0; i < n_spots; i++)
    if (spots[i].placed)
      spots[i].placed = g_hash_table_add (taken, cell_key (spots[i].column, spots[i].row));
  for (guint i = 0; i < n_spots; i++) {
    if (!spots[i].placed) {
      while (g_hash_table_contains (taken, cell_key (next % columns, next / columns)))
        next++;
      spots[i].column = next % columns;
      spots[i].row = next / columns;
      next++;
    }
    rows = MAX (rows, spots[i].row + 1);
  }
  return rows;
}

/* How far the moved ones may go in one direction of an axis. */
static int
clamp_step (const ScSeatSpot *spots, guint n_spots, const gboolean *moves, int step, gsize axis)
{
  for (guint i = 0; i < n_spots; i++)
    if (moves[i]) {
      int at = (int) G_STRUCT_MEMBER (guint, &spots[i], axis);

      step = CLAMP (step, -at, MAX ((int) SC_SEAT_LAYOUT_MAX_CELL - at, 0));
    }
  return step;
}

gboolean
sc_seat_layout_move (ScSeatSpot *spots, guint n_spots, const gboolean *moves, int columns, int rows)
{
  g_autoptr (GHashTable) targets = g_hash_table_new (NULL, NULL);
  g_autoptr (GArray) left = g_array_new (FALSE, FALSE, sizeof (ScSeatSpot));
  guint next = 0;

  columns = clamp_step (spots, n_spots, moves, columns, G_STRUCT_OFFSET (ScSeatSpot, column));
  rows = clamp_step (spots, n_spots, moves, rows, G_STRUCT_OFFSET (ScSeatSpot, row));
  if (columns == 0 && rows == 0)
    return FALSE;
  for (guint i = 0; i < n_spots; i++)
    if (moves[i])
      g_hash_table_add (targets,
                        cell_key ((guint) ((int) spots[i].column + columns), (guint) ((int) spots[i].row + rows)));
  for (guint i = 0; i < n_spots; i++)
    if (moves[i] && !g_hash_table_contains (targets, cell_key (spots[i].column, spots[i].row)))
      g_array_append_val (left, spots[i]);
  for (guint i = 0; i < n_spots; i++) {
    if (moves[i]) {
      spots[i].column = (guint) ((int) spots[i].column + columns);
      spots[i].row = (guint) ((int) spots[i].row + rows);
    } else if (g_hash_table_contains (targets, cell_key (spots[i].column, spots[i].row))) {
      const ScSeatSpot *free_cell =
          &g_array_index (left, ScSeatSpot, next++); /* as many as targets that were others' */

      spots[i].column = free_cell->column;
      spots[i].row = free_cell->row;
    }
    spots[i].placed = TRUE;
  }
  return g_hash_table_size (targets) > 0;
}

ScJson *
sc_seat_layout_to_json (const ScSeatSpot *spots, guint n_spots, gboolean clear)
{
  ScJson *places = json_array ();

  for (guint i = 0; i < n_spots; i++)
    if (spots[i].placed && MAX (spots[i].column, spots[i].row) <= SC_SEAT_LAYOUT_MAX_CELL)
      json_array_append_new (places, json_pack ("{s:s, s:i, s:i}", "seat", spots[i].id, "column", (int) spots[i].column,
                                                "row", (int) spots[i].row));
  return json_pack ("{s:o, s:b}", "places", places, "clear", (int) clear);
}

guint
sc_seat_layout_next (const ScSeatPoint *points, guint n_points, guint from, ScDirection direction)
{
  gboolean sideways = direction == SC_DIRECTION_LEFT || direction == SC_DIRECTION_RIGHT;
  int sign = direction == SC_DIRECTION_LEFT || direction == SC_DIRECTION_UP ? -1 : 1;
  gint64 best_score = G_MAXINT64;
  guint best = from;

  for (guint i = 0; i < n_points; i++) {
    int dx = points[i].x - points[from].x, dy = points[i].y - points[from].y;
    gint64 ahead = sign * (sideways ? dx : dy), aside = ABS (sideways ? dy : dx), score;

    if (ahead <= 0 || (sideways && aside >= ahead))
      continue;
    score = sideways ? ahead + 4 * aside : 4 * ahead + aside;
    if (score < best_score) {
      best_score = score;
      best = i;
    }
  }
  return best;
}
