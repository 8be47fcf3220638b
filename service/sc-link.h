/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-control.h"
#include "service/sc-fetch.h"

G_BEGIN_DECLS

/**
 * ScLink:
 *
 * The seat's control connection: a WebSocket to /v1/seat that is made again with jittered back-off whenever it breaks,
 * for as long as the service runs. Pings find a dead console. A message that breaks the protocol ends the connection.
 * Main thread only.
 */
typedef struct _ScLink ScLink;

#define SC_LINK_PATH "/v1/seat"
#define SC_LINK_PING 10u          /* s between pings */
#define SC_LINK_DEAD_AFTER 30u    /* s without anything from the console */
#define SC_LINK_SETTLED_AFTER 10u /* s that a connection must last for the back-off to start anew */

typedef struct {
  /* @local_address: this machine's address that the connection uses, in text. The first message sent must be INVENTORY.
   */
  void (*connected) (gpointer user_data, const char *local_address);
  void (*message) (gpointer user_data, ScControlMessage *message); /* (transfer full) */
  void (*lost) (gpointer user_data);
  /* (nullable): The console answers that it does not let this seat in. It is tried again all the same. */
  void (*refused) (gpointer user_data);
} ScLinkEvents;

/* @fetch: whose session and credentials are used; must outlive the link */
ScLink *sc_link_new (ScFetch *fetch, const ScLinkEvents *events, gpointer user_data);
void sc_link_free (ScLink *self); /* closes; no event follows */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScLink, sc_link_free)
/* Other than SC_BACKOFF_INIT. */
void sc_link_set_backoff (ScLink *self, const ScBackoff *backoff);
void sc_link_start (ScLink *self);
/* Makes the connection anew, with the seat's certificate as it is now. */
void sc_link_reconnect (ScLink *self);
/* Returns: FALSE when there is no connection: the message is not kept */
gboolean sc_link_send (ScLink *self, const ScControlMessage *message);

G_END_DECLS
