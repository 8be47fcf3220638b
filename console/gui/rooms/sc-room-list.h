/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"
#include "console/gui/model/sc-seat-census.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScRoomList:
 *
 * The rooms, with how many seats each has and what is the matter there, and at the end the seats that wait for staff.
 * Rooms are added, renamed and removed here.
 *
 * Signals: "changed": another room is shown
 */
#define SC_TYPE_ROOM_LIST (sc_room_list_get_type ())
G_DECLARE_FINAL_TYPE (ScRoomList, sc_room_list, SC, ROOM_LIST, GtkBox)

GtkWidget *sc_room_list_new (ScConsole *console, ScSeatCensus *census);
/* (nullable): NULL: all rooms; "": the seats that are in none */
const char *sc_room_list_get_room (ScRoomList *self);
/* What is chosen are the seats that wait for staff, and no room. */
gboolean sc_room_list_is_waiting (ScRoomList *self);
void sc_room_list_show_waiting (ScRoomList *self);
/* One that is not there (yet) is shown as soon as it is; until then all rooms are. */
void sc_room_list_set_room (ScRoomList *self, const char *room);

G_END_DECLS
