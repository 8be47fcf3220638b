/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScRoomsPage:
 *
 * The page that staff look at most: rooms at the left, the chosen one's seats as a map or a list with counters and a
 * search, and what is selected in a panel at the right. It shows the room again that was looked at last. Actions
 * "page.…" of itself.
 */
#define SC_TYPE_ROOMS_PAGE (sc_rooms_page_get_type ())
G_DECLARE_FINAL_TYPE (ScRoomsPage, sc_rooms_page, SC, ROOMS_PAGE, GtkBin)

GtkWidget *sc_rooms_page_new (ScConsole *console);
/* Selects the seat, in its room, and opens the panel with it; an id that is not known changes nothing. */
void sc_rooms_page_show_seat (ScRoomsPage *self, const char *id);
/* The seats that wait for staff. */
void sc_rooms_page_show_waiting (ScRoomsPage *self);
/* (nullable): NULL: all rooms */
void sc_rooms_page_show_room (ScRoomsPage *self, const char *room);
/* That which is shown, where it has seats. (nullable) (transfer none): NULL: none by its name */
const char *sc_rooms_page_get_room (ScRoomsPage *self);

G_END_DECLS
