/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-seat-item.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScSeatFacts:
 *
 * What a seat reports of itself: its disk space, its templates, where it can go back to, its inventory.
 */
#define SC_TYPE_SEAT_FACTS (sc_seat_facts_get_type ())
G_DECLARE_FINAL_TYPE (ScSeatFacts, sc_seat_facts, SC, SEAT_FACTS, GtkBin)

/* Also to be called after @seat has changed. */
void sc_seat_facts_show (ScSeatFacts *self, ScSeatItem *seat);

G_END_DECLS
