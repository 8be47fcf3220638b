/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-json.h"
#include "console/engine/schedule/sc-window.h"

G_BEGIN_DECLS

/* What becomes of a seat that was not in its room's session: it was off, or busy, or too slow. Always only within the
 * room's maintenance window. */
typedef enum {
  SC_LATE_CATCH_UP, /* it is caught up at once, when it returns; with others that come at the same time by a session */
  SC_LATE_GATHER,   /* it waits for the next session: the next opening of the window, or a planned one */
  SC_LATE_ASK,      /* it waits for staff */
} ScLatePolicy;
const char *sc_late_policy_to_nick (ScLatePolicy policy); /* "catch-up", "gather", "ask" */
gboolean sc_late_policy_from_nick (const char *nick, ScLatePolicy *policy);

#define SC_ROOM_POLICY_MAX_DEADLINE (24u * 365) /* h */

/* How staff want a room to be treated. A plain struct; strings are owned and never NULL. */
typedef struct {
  ScWindow window;
  guint64 rate_cap; /* bits/s on the wire, of all that is sent to it together; 0: as the console's */
  ScLatePolicy late;
  gboolean wake;          /* wake seats that are off before a session that its assignment asks for */
  gboolean power_off;     /* and power its seats off afterwards, but for those where somebody is signed in */
  char *wake_address;     /* of the console's interface to send from; empty: the one that the room's seats connect to */
  char *wake_destination; /* as sc_system_wake(): a subnet's broadcast; empty: the limited broadcast. In any case also
                             by a relay: a seat of the room that is on */
  guint busy_deadline;    /* h that templates may be in use before staff are reminded, again each time; 0: never */
  char *cache;            /* URL of the HTTP cache that is nearest; empty: none */
} ScRoomPolicy;

/* No window, no cap, catch-up, all else off. */
void sc_room_policy_init (ScRoomPolicy *self);
void sc_room_policy_clear (ScRoomPolicy *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ScRoomPolicy, sc_room_policy_clear)
/* @copy: (out): to be cleared */
void sc_room_policy_copy (const ScRoomPolicy *self, ScRoomPolicy *copy);
/* As the API shows it: {"window": null | {"days": ["mon", …], "from": "18:00", "to": "06:00", "zone": "",
 * "text": sc_window_to_text()},
 * "rate_cap_bits_per_second", "late", "wake", "power_off", "wake_address", "wake_destination", "busy_deadline_hours",
 * "cache"}. (transfer full) */
ScJson *sc_room_policy_to_json (const ScRoomPolicy *self);
/* Changes what @json has of these members (a window also as sc_window_parse() reads it), and nothing when it is
 * refused. Errors: %SC_ERROR_INVALID naming the member
 */
gboolean sc_room_policy_change (ScRoomPolicy *self, const ScJson *json, GError **error);

G_END_DECLS
