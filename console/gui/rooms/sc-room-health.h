/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-seat-census.h"

G_BEGIN_DECLS

/*
 * What is the matter in a room, in few words: the worst first, at most two things. Pure functions; @room as of
 * sc_seat_census_count().
 */

/* (transfer full): "2 failed · 12 behind", "All current", "No seats" */
char *sc_room_health_words (ScSeatCensus *census, const char *room);
/* Of the worst. */
const char *sc_room_health_icon (ScSeatCensus *census, const char *room);
/* The style class; (nullable): none for a room without seats */
const char *sc_room_health_class (ScSeatCensus *census, const char *room);

G_END_DECLS
