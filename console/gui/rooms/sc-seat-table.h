/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-filter-list.h"
#include "console/gui/rooms/sc-selection.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScSeatTable:
 *
 * Seats as rows with columns to sort by; the same selection as the map's. Rows are updated in place, some each frame,
 * and only while the table is seen. Lives in a scrolled window.
 *
 * Signals: "seat-activated" (const char *id)
 */
#define SC_TYPE_SEAT_TABLE (sc_seat_table_get_type ())
G_DECLARE_FINAL_TYPE (ScSeatTable, sc_seat_table, SC, SEAT_TABLE, GtkTreeView)

/* @seats: of ScSeatItem */
GtkWidget *sc_seat_table_new (ScFilterList *seats, ScSelection *selection);
/* Whether rooms are told: they are when the seats are of more than one. */
void sc_seat_table_show_rooms (ScSeatTable *self, gboolean show);
/* Selects it and scrolls to it. Returns: whether it is in the table */
gboolean sc_seat_table_show_seat (ScSeatTable *self, const char *id);

G_END_DECLS
