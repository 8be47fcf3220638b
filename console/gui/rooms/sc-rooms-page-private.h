/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/rooms/sc-room-list.h"
#include "console/gui/rooms/sc-rooms-memory.h"
#include "console/gui/rooms/sc-rooms-page.h"
#include "console/gui/rooms/sc-seat-counters.h"
#include "console/gui/rooms/sc-seat-map.h"
#include "console/gui/rooms/sc-seat-panel.h"
#include "console/gui/rooms/sc-seat-table.h"
#include "console/gui/rooms/sc-selection.h"
#include "console/gui/waiting/sc-waiting-view.h"

G_BEGIN_DECLS

struct _ScRoomsPage {
  GtkBin parent_instance;
  ScConsole *console;
  ScSeatCensus *census;
  ScFilterList *seats; /* what the room, the counters and the search let through */
  ScSelection *selection;
  ScRoomsMemory memory;
  char *room;            /* (nullable): what is shown; NULL: all rooms */
  char *search_text;     /* never NULL */
  gboolean panel_wanted; /* whenever there is something to show in it */
  guint check_source;    /* the list has changed: what follows from that is done once */
  GSimpleActionGroup *actions;
  GCancellable *cancellable;

  ScRoomList *rooms;
  ScSeatCounters *counters;
  ScSeatMap *map;
  ScSeatTable *table;
  GtkWidget *panel, *move_popover; /* the popover: (nullable) */
  GtkWidget *rooms_place, *side, *waiting, *search, *counters_place, *edit_bar, *plan_line, *plan, *stack, *map_place,
      *table_place;
  GtkWidget *empty_icon, *empty_title, *empty_text, *empty_button, *panel_revealer, *panel_place;
};

/* sc-rooms-page.c */
void sc_rooms_page_set_view (ScRoomsPage *self, gboolean list);
void sc_rooms_page_show_all (ScRoomsPage *self);

/* sc-rooms-page-actions.c */
void sc_rooms_page_add_actions (ScRoomsPage *self);
/* Which of them can be done now. */
void sc_rooms_page_refresh_actions (ScRoomsPage *self);
/* Open while something is selected, unless the user has closed it or edits the layout. */
void sc_rooms_page_refresh_panel (ScRoomsPage *self);
void sc_rooms_page_set_editing (ScRoomsPage *self, gboolean editing);

G_END_DECLS
