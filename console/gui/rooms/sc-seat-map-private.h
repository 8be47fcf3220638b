/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/rooms/sc-seat-layout.h"
#include "console/gui/rooms/sc-seat-map.h"
#include "console/gui/rooms/sc-seat-tile.h"

G_BEGIN_DECLS

#define SC_SEAT_MAP_MARGIN 12
#define SC_SEAT_MAP_SPACING 8

typedef enum { SC_DRAG_NONE, SC_DRAG_PRESSED, SC_DRAG_BAND, SC_DRAG_TILES } ScSeatMapDrag;

struct _ScSeatMap {
  GtkContainer parent_instance;
  ScConsole *console;
  ScFilterList *seats;
  ScSelection *selection;
  char *room; /* NULL: all */

  GPtrArray *tiles;  /* (not owned: children) ScSeatTile, as @seats */
  GHashTable *by_id; /* id → tile; the keys are the seats' own */
  GQueue dirty;      /* tiles that are to be drawn anew, each once */
  GHashTable *is_dirty;
  guint tick;

  GArray *spots;                            /* ScSeatSpot, as @tiles, once laid out */
  GArray *areas;                            /* GdkRectangle in the map, as @tiles, once laid out */
  GPtrArray *headings;                      /* (owned) of rooms, when all are shown */
  int least_width, cell_width, cell_height; /* of a tile */
  int laid_out_for;                         /* the width; 0: not yet */
  int height;                               /* of what is laid out */
  guint n_columns;

  ScSeatTile *cursor; /* (nullable): where the keyboard is */
  ScSeatTile *anchor; /* (nullable): where a range begins */

  ScSeatMapDrag drag;
  gboolean drag_adds;          /* Ctrl was down: the rubber band adds */
  ScSeatTile *pressed;         /* (nullable) */
  double press_x, press_y;     /* in the map */
  double pointer_x, pointer_y; /* in the map */
  GPtrArray *selected_before;  /* (nullable): what a rubber band adds to */
  guint scroll_source;

  gboolean editing;
  gboolean columns_fixed; /* while editing, from when the map is seen: @n_columns and @cell_width stay */
  GHashTable *places;     /* id → ScSeatSpot: what was moved, until the engine says the same */
  GArray *undo;           /* (nullable): ScSeatSpot with id owned by @undo_ids: all that were placed before */
  GPtrArray *undo_ids;
  gboolean saving;
  GQueue saves; /* what waits for the one under way to end */
  GCancellable *cancellable;
};

/* sc-seat-map.c */
ScSeatTile *sc_seat_map_tile_at (ScSeatMap *self, double x, double y);
void sc_seat_map_relayout (ScSeatMap *self);
/* What is seen now stays where it is, however wide the map gets, until sc_seat_map_free_columns(). */
void sc_seat_map_fix_columns (ScSeatMap *self);
void sc_seat_map_free_columns (ScSeatMap *self);
void sc_seat_map_scroll_to (ScSeatMap *self, const GdkRectangle *area);
GtkAdjustment *sc_seat_map_get_adjustment (ScSeatMap *self, GtkOrientation orientation); /* (nullable) */

/* sc-seat-map-input.c */
void sc_seat_map_class_init_input (GtkWidgetClass *class);
void sc_seat_map_move_cursor_to (ScSeatMap *self, ScSeatTile *tile);
void sc_seat_map_forget_tile (ScSeatMap *self, ScSeatTile *tile);
void sc_seat_map_end_drag (ScSeatMap *self);
void sc_seat_map_do_tile (ScSeatTile *tile, gboolean activate, gpointer data);
GdkRectangle sc_seat_map_get_band (ScSeatMap *self);

/* sc-seat-map-edit.c */
/* How many cells the drag has gone. */
void sc_seat_map_get_drag_step (ScSeatMap *self, int *columns, int *rows);
/* Where it stands as far as the map knows: as it was moved here, else as the engine says. */
ScSeatSpot sc_seat_map_get_spot (ScSeatMap *self, ScSeatItem *seat);
/* The engine has said something of it. */
void sc_seat_map_check_place (ScSeatMap *self, ScSeatItem *seat);
void sc_seat_map_forget_saves (ScSeatMap *self);
void sc_seat_map_draw_drag (ScSeatMap *self, cairo_t *cr);

G_END_DECLS
