/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-item-list.h"

G_BEGIN_DECLS

typedef struct {
  char *room;         /* empty: in none */
  guint seats, total; /* that have the version, of all in the room */
} ScVersionRoom;

/**
 * ScVersionSeats:
 *
 * How many seats have which version now, by room. Seats change often: it counts again a few times a second at most.
 *
 * Signals: "changed" ()
 */
#define SC_TYPE_VERSION_SEATS (sc_version_seats_get_type ())
G_DECLARE_FINAL_TYPE (ScVersionSeats, sc_version_seats, SC, VERSION_SEATS, GObject)

/* @seats: of ScSeatItem */
ScVersionSeats *sc_version_seats_new (ScItemList *seats);
guint sc_version_seats_count (ScVersionSeats *self, guint64 version);
guint sc_version_seats_get_total (ScVersionSeats *self);
/* (transfer full) (element-type ScVersionRoom): rooms in which a seat has @version, by name */
GArray *sc_version_seats_list_rooms (ScVersionSeats *self, guint64 version);

G_END_DECLS
