/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-item.h"

G_BEGIN_DECLS

/* A room. Its key is its name; "" is that of the seats that are in none. */
#define SC_TYPE_ROOM_ITEM (sc_room_item_get_type ())
G_DECLARE_FINAL_TYPE (ScRoomItem, sc_room_item, SC, ROOM_ITEM, ScItem)

/* As sc_item_get_key(). What its seats are like the list of seats tells. */
const char *sc_room_item_get_name (ScRoomItem *self);

G_END_DECLS
