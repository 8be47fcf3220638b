/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-item-list.h"
#include "console/gui/model/sc-seat-item.h"

G_BEGIN_DECLS

/**
 * ScSeatCensus:
 *
 * How many seats each room has, and in what state: kept up to date seat by seat, never counted anew.
 *
 * Signals: "changed": at most ten times a second, when any number differs
 */
#define SC_TYPE_SEAT_CENSUS (sc_seat_census_get_type ())
G_DECLARE_FINAL_TYPE (ScSeatCensus, sc_seat_census, SC, SEAT_CENSUS, GObject)

/* @seats: of ScSeatItem */
ScSeatCensus *sc_seat_census_new (ScItemList *seats);
/* @room: (nullable): "" counts the seats that are in no room, NULL those of all rooms */
guint sc_seat_census_count (ScSeatCensus *self, const char *room, ScSeatCounter counter);

G_END_DECLS
