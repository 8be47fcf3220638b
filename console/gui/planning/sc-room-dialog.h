/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScRoomDialog:
 *
 * How a room is to be treated: what it is assigned (that is changed at once, by a dialog of its own), when its network
 * may be used, what becomes of seats that come late, wake-up and power. Nothing of the latter changes before *Save*.
 * Whoever may not change it sees it.
 */
#define SC_TYPE_ROOM_DIALOG (sc_room_dialog_get_type ())
G_DECLARE_FINAL_TYPE (ScRoomDialog, sc_room_dialog, SC, ROOM_DIALOG, GtkWindow)

/* Not shown yet; goes when the room does. @parent: (nullable); @room: its name */
GtkWidget *sc_room_dialog_new (ScConsole *console, GtkWindow *parent, const char *room);

G_END_DECLS
