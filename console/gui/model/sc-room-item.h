/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-item.h"

G_BEGIN_DECLS

#define SC_ALL_DAYS 0x7fu
#define SC_DAY_MINUTES (24u * 60)

/* When the room's network may be used. Minutes are after midnight in @zone. */
typedef struct {
  guint8 days; /* bit 0: Monday; 0: no window, at any time */
  guint from, to;
  const char *zone; /* empty: the console's */
  gboolean open;
  gint64 opens, closes; /* µs since 1970; 0: never, or not known */
} ScRoomWindow;

typedef struct {
  guint64 version;   /* that is assigned; 0: none */
  ScJson *templates; /* (nullable): names; NULL: all of the version's */
  ScRoomWindow window;
  guint64 rate_cap; /* bits/s; 0: as the console's */
  const char *late; /* "catch-up", "gather", "ask"; empty: an earlier engine, which knows nothing of all this */
  gboolean wake, power_off;
  const char *wake_address, *wake_destination, *cache;
  guint busy_deadline; /* h; 0: none */
  guint pinned, due;   /* seats */
} ScRoomInfo;

/* A room. Its key is its name; "" is that of the seats that are in none. */
#define SC_TYPE_ROOM_ITEM (sc_room_item_get_type ())
G_DECLARE_FINAL_TYPE (ScRoomItem, sc_room_item, SC, ROOM_ITEM, ScItem)

/* As sc_item_get_key(). What its seats are like the list of seats tells. */
const char *sc_room_item_get_name (ScRoomItem *self);
const ScRoomInfo *sc_room_item_get_info (ScRoomItem *self);

/* ["mon", "fri"]; bit 0: Monday. What is no day is left out. */
guint8 sc_days_from_json (ScJson *days);
ScJson *sc_days_to_json (guint8 days); /* (transfer full) */
/* "18:00" and minutes after midnight; 0 for anything else */
guint sc_minute_from_text (const char *text);
char *sc_minute_to_text (guint minute); /* (transfer full) */

G_END_DECLS
