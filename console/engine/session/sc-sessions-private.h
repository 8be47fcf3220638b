/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/session/sc-session.h"
#include "console/engine/session/sc-sessions.h"

G_BEGIN_DECLS

/* What the files of ScSessions share: sc-sessions.c (its life, what the hub tells, orders to sessions),
 * sc-sessions-deploy.c (how a session begins), sc-sessions-seats.c (orders to single seats) and sc-sessions-trust.c
 * (who signs, whom seats trust, who is trusted no more). */
struct _ScSessions {
  GObject parent_instance;
  ScStore *store;
  ScCatalog *catalog;
  ScSeatHub *hub;
  ScSessionsConfig config;
  ScOrderSigner signer;
  ScAuthority *authority; /* (unowned) (nullable) */
  GPtrArray *running;     /* ScSession */
  guint sweep;            /* a GSource's id: sessions that are over and kept are about to be freed */
  GHashTable *room_caps;  /* utf8 → guint64 *: bits/s */
  guint64 catch_up_rate;  /* bits/s; 0: not set */
  ScSessionsWake wake;    /* (nullable) */
  gpointer wake_data;
  gint64 started;        /* µs, monotonic */
  GHashTable *behind;    /* utf8: seats that have shown a certificate of the authority that is about to go */
  GHashTable *verifying; /* utf8: seats that were ordered to verify and have not answered */
};

/* The session that does something with the seat; (nullable). */
ScSession *sc_sessions_find_holder (ScSessions *self, const char *seat);
/* @session, @rows: (transfer full) */
void sc_sessions_run (ScSessions *self, ScCatalogSession *session, GPtrArray *rows, ScVersionManifest *version);
/* Gives each session that sends its share of the caps. */
void sc_sessions_share_rates (ScSessions *self);
/* Sends the seat TRUST. */
void sc_sessions_tell_trust_to (ScSessions *self, const char *seat);
/* Emits "seat-state". */
void sc_sessions_tell_seat (ScSessions *self, const ScCatalogSession *session, const ScCatalogSessionSeat *seat);
/* That no session does something with the seat. Errors: %SC_ERROR_BUSY */
gboolean sc_sessions_check_free (ScSessions *self, const ScInventory *seat, GError **error);
/* The seat has answered, or will not any more. */
void sc_sessions_verified (ScSessions *self, const char *seat, const ScVerified *verified);
void sc_sessions_verify_broke (ScSessions *self, const char *seat);

G_END_DECLS
