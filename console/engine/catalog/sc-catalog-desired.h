/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/catalog/sc-catalog.h"
#include "console/engine/schedule/sc-room-policy.h"
#include "console/engine/schedule/sc-selection.h"

G_BEGIN_DECLS

/* Desired state in the catalog: what rooms and seats are assigned, and how rooms are treated. A seat has the assignment
 * of its room unless it is pinned; the catalog keeps it with the seat, also when the seat moves or comes anew
 * (sc_catalog_assign_room(), sc_catalog_save_inventory() see to that). Each of these functions is durable as a whole
 * when it returns, or has changed nothing; but within sc_catalog_begin() and _commit() it is as durable as these. Times
 * are µs since 1970. */

typedef struct {
  char *name;
  ScSelection *assigned; /* (owned) (nullable): none */
  ScRoomPolicy policy;
} ScCatalogRoom;
void sc_catalog_room_free (ScCatalogRoom *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScCatalogRoom, sc_catalog_room_free)

/* Returns: (transfer full) (element-type ScCatalogRoom): by name */
GPtrArray *sc_catalog_load_rooms (ScCatalog *self, GError **error);
/* Errors: %SC_ERROR_NOT_FOUND */
ScCatalogRoom *sc_catalog_load_room (ScCatalog *self, const char *room, GError **error);
gboolean sc_catalog_save_room_policy (ScCatalog *self, const char *room, const ScRoomPolicy *policy, GError **error);

/**
 * sc_catalog_assign:
 * @room: (nullable): NULL: every room, and the seats that are in none
 * @selection: (nullable): NULL: nothing is assigned any more
 * @due: for those of its seats that are not pinned; their former one counts no more
 *
 * Errors: %SC_ERROR_NOT_FOUND
 */
gboolean sc_catalog_assign (ScCatalog *self, const char *room, ScSelection *selection, ScDue due, guint64 schedule,
                            gint64 now, GError **error);
/* @selection: (nullable): NULL: the seat is not pinned any more and has what its room has. Errors: %SC_ERROR_NOT_FOUND
 */
gboolean sc_catalog_pin (ScCatalog *self, const char *seat, ScSelection *selection, ScDue due, guint64 schedule,
                         gint64 now, GError **error);
/* @seats: (element-type utf8): ids */
gboolean sc_catalog_set_due (ScCatalog *self, GPtrArray *seats, ScDue due, guint64 schedule, GError **error);
/* (transfer full) (nullable): what @seat is assigned */
ScSelection *sc_catalog_seat_dup_wanted (const ScCatalogSeat *seat);

G_END_DECLS
