/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScMovePopover:
 *
 * Chooses the room that seats are moved to: one that is there, a new one, or that which each seat's own service names.
 * What does not work is told inside; it stays open then.
 */
#define SC_TYPE_MOVE_POPOVER (sc_move_popover_get_type ())
G_DECLARE_FINAL_TYPE (ScMovePopover, sc_move_popover, SC, MOVE_POPOVER, GtkPopover)

/* Without a place yet: gtk_popover_set_relative_to(), or a GtkMenuButton's popover. */
GtkWidget *sc_move_popover_new (ScConsole *console);
/* @seats: (element-type ScSeatItem) (transfer none): to be called before it is opened */
void sc_move_popover_set_seats (ScMovePopover *self, GPtrArray *seats);

G_END_DECLS
