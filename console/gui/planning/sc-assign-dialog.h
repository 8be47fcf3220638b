/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScAssignDialog:
 *
 * *Assign version* of a room, *Pin to version* of seats: which version, all of its templates or some of them, and what
 * will happen then.
 */
#define SC_TYPE_ASSIGN_DIALOG (sc_assign_dialog_get_type ())
G_DECLARE_FINAL_TYPE (ScAssignDialog, sc_assign_dialog, SC, ASSIGN_DIALOG, GtkWindow)

/* Not shown yet. @parent: (nullable) */
GtkWidget *sc_assign_dialog_new_for_room (ScConsole *console, GtkWindow *parent, const char *room);
/* @seats: (element-type ScSeatItem): at least one */
GtkWidget *sc_assign_dialog_new_for_seats (ScConsole *console, GtkWindow *parent, GPtrArray *seats);

G_END_DECLS
