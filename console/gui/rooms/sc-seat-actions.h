/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScSeatActions:
 *
 * What can be done with some seats, one or many: the same buttons. One that cannot work now is insensitive, and its
 * tooltip says why.
 */
#define SC_TYPE_SEAT_ACTIONS (sc_seat_actions_get_type ())
G_DECLARE_FINAL_TYPE (ScSeatActions, sc_seat_actions, SC, SEAT_ACTIONS, GtkBin)

void sc_seat_actions_set_console (ScSeatActions *self, ScConsole *console);
/* @seats: (element-type ScSeatItem) (transfer none): also to be called after one of them has changed */
void sc_seat_actions_show (ScSeatActions *self, GPtrArray *seats);

G_END_DECLS
