/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The rooms, to add, rename and remove them. */
#define SC_TYPE_ROOM_SETTINGS (sc_room_settings_get_type ())
G_DECLARE_FINAL_TYPE (ScRoomSettings, sc_room_settings, SC, ROOM_SETTINGS, GtkBin)

void sc_room_settings_set_console (ScRoomSettings *self, ScConsole *console);

G_END_DECLS
