/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/catalog/sc-catalog.h"

G_BEGIN_DECLS

/* The catalog's rooms: those that the seats' services name, and those that staff made. Each of these functions is
 * durable as a whole when it returns, or has changed nothing. */

/* Returns: (transfer full) (element-type utf8): names, sorted, also of rooms without seats; the seats that are in none
 * make no room */
GPtrArray *sc_catalog_list_rooms (ScCatalog *self, GError **error);
/* Errors: %SC_ERROR_NOT_FOUND */
gboolean sc_catalog_check_room (ScCatalog *self, const char *room, GError **error);

/* Errors: %SC_ERROR_EXISTS */
gboolean sc_catalog_add_room (ScCatalog *self, const char *room, GError **error);
/* Its seats come along and keep their places: from then on they are assigned to it, whatever their services say. So
 * does all that it is assigned and planned for. A seat that comes later and names @room brings it to be again. Errors:
 * %SC_ERROR_NOT_FOUND, %SC_ERROR_EXISTS */
gboolean sc_catalog_rename_room (ScCatalog *self, const char *room, const char *name, GError **error);
/* What was planned for it is cancelled. Errors: %SC_ERROR_NOT_FOUND, %SC_ERROR_STATE while seats are in it */
gboolean sc_catalog_remove_room (ScCatalog *self, const char *room, GError **error);

/* @seats: (element-type utf8): ids; those that this moves lose their place, and take what the room is assigned unless
 * they are pinned
 * @room: (nullable): NULL: the room that the seat's own service names
 * Errors: %SC_ERROR_NOT_FOUND */
gboolean sc_catalog_assign_room (ScCatalog *self, GPtrArray *seats, const char *room, GError **error);

typedef struct {
  const char *seat; /* id */
  guint8 column, row;
} ScCatalogPlacement;
/* Gives seats of @room their places, after taking those of all of them when @clear. Errors: %SC_ERROR_NOT_FOUND;
 * %SC_ERROR_STATE for a seat that is not in @room; %SC_ERROR_EXISTS for a place that another seat would share */
gboolean sc_catalog_set_places (ScCatalog *self, const char *room, const ScCatalogPlacement *places, guint n_places,
                                gboolean clear, GError **error);

G_END_DECLS
