/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-control.h"
#include "console/engine/catalog/sc-catalog.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/**
 * ScSeatHub:
 *
 * The seats that are connected now: one WebSocket each. Parses what they send, keeps their inventory in the catalog, tells the
 * listener. A second connection of the same seat replaces the first. Pings find dead connections. Main thread only.
 */
#define SC_TYPE_SEAT_HUB (sc_seat_hub_get_type ())
G_DECLARE_FINAL_TYPE (ScSeatHub, sc_seat_hub, SC, SEAT_HUB, GObject)

/* Signals: "seat-changed" (const char *seat): connected, inventory or progress changed, or gone;
 *          "message" (const char *seat, ScControlMessage *message): everything but inventories */
ScSeatHub *sc_seat_hub_new (ScCatalog *catalog);
/* @local_address: the console's address on which the seat connected: the interface that faces its room */
void sc_seat_hub_accept (ScSeatHub *self, SoupWebsocketConnection *connection, const char *local_address);
gboolean sc_seat_hub_is_online (ScSeatHub *self, const char *seat);
/* (transfer container): ids of the seats online */
GPtrArray *sc_seat_hub_list_online (ScSeatHub *self);
const char *sc_seat_hub_get_local_address (ScSeatHub *self, const char *seat); /* (nullable) */
/* Returns: FALSE when the seat is not connected */
gboolean sc_seat_hub_send (ScSeatHub *self, const char *seat, const ScControlMessage *message);

/* A seat's transfer as it last reported it, also outside sessions. */
typedef struct {
  ScTransferState state;
  guint64 session;
  guint64 done, total;  /* bytes */
  guint64 rate;         /* bytes/s of content, over the last seconds */
  char *template_name;
  char *reason;         /* of a failure */
} ScSeatTransfer;
const ScSeatTransfer *sc_seat_hub_get_transfer (ScSeatHub *self, const char *seat); /* (nullable) */

G_END_DECLS
