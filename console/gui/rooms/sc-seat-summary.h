/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-seat-item.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScSeatSummary:
 *
 * Many seats at once: how many are in which condition, which versions and rooms they have, and where space is short.
 */
#define SC_TYPE_SEAT_SUMMARY (sc_seat_summary_get_type ())
G_DECLARE_FINAL_TYPE (ScSeatSummary, sc_seat_summary, SC, SEAT_SUMMARY, GtkBin)

/* @seats: (element-type ScSeatItem) (transfer none): also to be called after one of them has changed */
void sc_seat_summary_show (ScSeatSummary *self, GPtrArray *seats);

G_END_DECLS
