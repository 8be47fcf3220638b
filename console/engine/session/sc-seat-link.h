/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/session/sc-seat-hub.h"

G_BEGIN_DECLS

/**
 * ScSeatLink:
 *
 * One seat's WebSocket: parses and checks what comes, finds out when the other end is dead, keeps what the seat reports
 * of its transfer. Part of ScSeatHub. Main thread only; reference-counted, because a listener may end the link from
 * within a callback.
 */
typedef struct _ScSeatLink ScSeatLink;

typedef struct {
  /* A sound message. The first one is an inventory; all inventories are of the same seat, that of the certificate. */
  void (*message) (gpointer data, ScSeatLink *link, const ScControlMessage *message);
  /* It is not taken, or ends itself, because the two do not understand each other; then it is closed. @claimed:
   * (nullable): the seat's id, as it says; @why: for people */
  void (*refused) (gpointer data, ScSeatLink *link, const char *claimed, const char *why);
  /* The connection is closed; called once, never after sc_seat_link_close(). */
  void (*closed) (gpointer data, ScSeatLink *link);
} ScSeatLinkListener;

/* @owner: (nullable): whose certificate the other end has shown: it may only speak for that seat; NULL: for any */
ScSeatLink *sc_seat_link_new (SoupWebsocketConnection *connection, const char *owner, const char *local_address,
                              const char *remote_address, const ScSeatHubTiming *timing,
                              const ScSeatLinkListener *listener, gpointer data);
ScSeatLink *sc_seat_link_ref (ScSeatLink *self);
void sc_seat_link_unref (ScSeatLink *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScSeatLink, sc_seat_link_unref)

const char *sc_seat_link_get_seat (ScSeatLink *self);  /* (nullable): before the first inventory */
const char *sc_seat_link_get_owner (ScSeatLink *self); /* (nullable): as given */
const char *sc_seat_link_get_local_address (ScSeatLink *self);
const char *sc_seat_link_get_remote_address (ScSeatLink *self);
gint64 sc_seat_link_get_silence (ScSeatLink *self); /* µs since anything was heard of it, be it the answer to a ping */
/* Closes it when that is too long. Asked now and then by the hub: a timer a link is a thousand of them. */
void sc_seat_link_check_silence (ScSeatLink *self);
const ScSeatTransfer *sc_seat_link_get_transfer (ScSeatLink *self);
void sc_seat_link_fail (ScSeatLink *self, guint64 session, const char *reason); /* as sc_seat_hub_fail() */
void sc_seat_link_restore (ScSeatLink *self, guint64 session);                  /* as sc_seat_hub_restore() */
gboolean sc_seat_link_send (ScSeatLink *self, const ScControlMessage *message);
/* The listener hears nothing more of it. */
void sc_seat_link_close (ScSeatLink *self, gushort code, const char *reason);

G_END_DECLS
