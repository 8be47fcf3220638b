/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the page of rooms showed last; kept in ~/.config/seatcast/rooms. */
typedef struct {
  char *room; /* (nullable): NULL: all rooms */
  gboolean list;
} ScRoomsMemory;

void sc_rooms_memory_clear (ScRoomsMemory *memory);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ScRoomsMemory, sc_rooms_memory_clear)

/* What is missing is all rooms, on the map. */
void sc_rooms_memory_load (ScRoomsMemory *memory);
/* A failure is warned of: it is no reason to bother anybody. */
void sc_rooms_memory_save (const ScRoomsMemory *memory);

G_END_DECLS
