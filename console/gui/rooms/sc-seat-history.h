/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"
#include "console/gui/model/sc-seat-item.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScSeatHistory:
 *
 * What has happened to a seat: the last verification, the last sessions, its log. The engine is asked when another seat
 * is shown, and again when the seat's presence or transfer state changes, not with every step of its progress.
 */
#define SC_TYPE_SEAT_HISTORY (sc_seat_history_get_type ())
G_DECLARE_FINAL_TYPE (ScSeatHistory, sc_seat_history, SC, SEAT_HISTORY, GtkBin)

void sc_seat_history_set_console (ScSeatHistory *self, ScConsole *console);
/* @seat: (nullable): also to be called after it has changed */
void sc_seat_history_show (ScSeatHistory *self, ScSeatItem *seat);

G_END_DECLS
