/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum {
  SC_SEAT_COLUMN_NAME,
  SC_SEAT_COLUMN_ROOM,
  SC_SEAT_COLUMN_STATE,
  SC_SEAT_COLUMN_VERSION,
  SC_SEAT_COLUMN_NEXT, /* of one that is behind: what will happen */
  SC_SEAT_COLUMN_PROGRESS,
  SC_SEAT_COLUMN_RATE,
  SC_SEAT_COLUMN_FREE,
  SC_SEAT_COLUMN_ADDRESS,
  SC_SEAT_COLUMN_LAST_SEEN,
  SC_N_SEAT_COLUMNS
} ScSeatColumn;

/* Adds the columns of a table of seats, in this order; @sortable is the view's model, with a ScSeatItem in column 0. A
 * cell's text is made when it is drawn. */
void sc_seat_columns_add (GtkTreeView *view, GtkTreeSortable *sortable);

G_END_DECLS
