/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-control.h"
#include "console/engine/catalog/sc-catalog.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/**
 * ScSeatHub:
 *
 * The seats that are connected now: one WebSocket each. Parses what they send, keeps their inventory in the catalog,
 * tells the listener. A second connection of the same seat replaces the first. Pings find dead connections. Main thread
 * only.
 */
#define SC_TYPE_SEAT_HUB (sc_seat_hub_get_type ())
G_DECLARE_FINAL_TYPE (ScSeatHub, sc_seat_hub, SC, SEAT_HUB, GObject)

/* Signals: "seat-changed" (const char *seat): connected, inventory or progress changed, touched, or gone; at most 4 a
 * second and seat for inventory and progress; "seat-connected", "seat-gone" (const char *seat): both when a connection
 * replaces another one; "message" (const char *seat, ScControlMessage *message): everything but inventories;
 * "inventory" (const char *seat, const ScInventory *): it is in the catalog; "refused" (const char *address, const char
 * *seat (nullable), const char *why): a connection was ended because of what came over it, or by the seat because it
 * does not speak the console's protocol; @seat is the id that it claims, @why for people */
ScSeatHub *sc_seat_hub_new (ScCatalog *catalog);

typedef struct {
  guint inventory_timeout; /* ms a new connection has for its first message */
  guint keepalive;         /* s between pings */
  guint silence_timeout;   /* ms without a message or an answer to a ping after which a connection is dead */
} ScSeatHubTiming;
/* For connections accepted later; 10 s, 10 s and 30 s from the start. */
void sc_seat_hub_set_timing (ScSeatHub *self, const ScSeatHubTiming *timing);

/* @seat: (nullable): whose certificate the other end has shown: an inventory of another seat ends the connection;
 * @local_address: the console's address on which the seat connected: the interface that faces its room;
 * @remote_address: from where */
void sc_seat_hub_accept (ScSeatHub *self, SoupWebsocketConnection *connection, const char *seat,
                         const char *local_address, const char *remote_address);
/* Ends the seat's connections, if it has any: nothing more is heard of them. */
void sc_seat_hub_shut_out (ScSeatHub *self, const char *seat);
GPtrArray *sc_seat_hub_list_online (ScSeatHub *self); /* (transfer full) (element-type utf8) */
gboolean sc_seat_hub_is_online (ScSeatHub *self, const char *seat);
const char *sc_seat_hub_get_local_address (ScSeatHub *self, const char *seat); /* (nullable) */
/* Returns: FALSE when the seat is not connected */
gboolean sc_seat_hub_send (ScSeatHub *self, const char *seat, const ScControlMessage *message);
/* Says by "seat-changed" that something that the hub does not know of has changed, also of a seat that is not
 * connected: its room, its place. */
void sc_seat_hub_touch (ScSeatHub *self, const char *seat);

/* A seat's transfer as it last reported it, also outside sessions. */
typedef struct {
  ScTransferState state;
  guint64 session;     /* 0: outside sessions */
  guint64 done, total; /* bytes */
  guint64 rate;        /* bytes/s of content, over the last seconds */
  gboolean throttled;  /* it reads slowly because somebody uses the machine */
  char *template_name;
  char *reason; /* of a failure */
} ScSeatTransfer;
/* (nullable): NULL when it is not connected. Valid until the main loop runs again. */
const ScSeatTransfer *sc_seat_hub_get_transfer (ScSeatHub *self, const char *seat);
/* What the console, and not the seat, has found to fail in a session: a disk without room. Nothing where it is not
 * connected. */
void sc_seat_hub_fail (ScSeatHub *self, const char *seat, guint64 session, const char *reason);
/* The seat's transfer as it was before @session, where that has failed: a dry run changes nothing. */
void sc_seat_hub_restore (ScSeatHub *self, const char *seat, guint64 session);

G_END_DECLS
