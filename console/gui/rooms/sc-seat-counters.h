/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-seat-item.h"
#include "console/gui/model/sc-seat-census.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScSeatCounters:
 *
 * How many seats are online, current, failed, …: a row of buttons of which one is pressed, to see only those. Where
 * there is little room the buttons lose their words, but not their names.
 *
 * Signals: "changed" (): another button is pressed
 */
#define SC_TYPE_SEAT_COUNTERS (sc_seat_counters_get_type ())
G_DECLARE_FINAL_TYPE (ScSeatCounters, sc_seat_counters, SC, SEAT_COUNTERS, GtkBin)

GtkWidget *sc_seat_counters_new (ScSeatCensus *census);
/* @room: (nullable): NULL: all rooms */
void sc_seat_counters_set_room (ScSeatCounters *self, const char *room);
ScSeatCounter sc_seat_counters_get_choice (ScSeatCounters *self);
void sc_seat_counters_choose (ScSeatCounters *self, ScSeatCounter counter);

G_END_DECLS
