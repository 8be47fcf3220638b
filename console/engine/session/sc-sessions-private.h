/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/session/sc-session.h"
#include "console/engine/session/sc-sessions.h"

G_BEGIN_DECLS

/* What the files of ScSessions share: sc-sessions.c (its life, what the hub tells, orders to sessions),
 * sc-sessions-deploy.c (how a session begins), sc-sessions-window.c (how it waits for its rooms' windows),
 * sc-sessions-rates.c (the network that they share), sc-sessions-seats.c (orders to single seats) and
 * sc-sessions-trust.c (who signs, whom seats trust, who is trusted no more). */
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
  GHashTable *ways_back;  /* utf8: seats that were ordered to go back → ScSelection */
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
/* The running one, or NULL; one that is suspended does not run. */
ScSession *sc_sessions_find_running (ScSessions *self, guint64 id);
/* Errors: %SC_ERROR_NOT_FOUND; %SC_ERROR_STATE: it is over, or suspended */
ScSession *sc_sessions_need_running (ScSessions *self, guint64 id, GError **error);
/* What seats are ordered to. Errors: %SC_ERROR_NOT_FOUND version, template; %SC_ERROR_STATE: it is not signed */
ScVersionManifest *sc_sessions_compose (ScSessions *self, ScSelection *selection, GError **error);
/* Ends what cannot be taken up again, with the reason. */
void sc_sessions_give_up (ScSessions *self, ScCatalogSession *session, const GError *reason);
void sc_sessions_tell_changed (ScSessions *self, guint64 id, gboolean ended);

/* Suspended sessions. */
gboolean sc_sessions_is_suspended (ScSessions *self, guint64 id);
gboolean sc_sessions_take_up (ScSessions *self, guint64 id, gboolean any_time, GError **error);
gboolean sc_sessions_cancel_suspended (ScSessions *self, guint64 id, GError **error);
/* The seat has come to the version by itself. */
void sc_sessions_note_done (ScSessions *self, const char *seat, const ScControlMessage *done);
/* Within a transaction: takes @rows' seats from the suspended sessions in which they wait. Returns: (transfer full)
 * (element-type ScSessionView): what has changed by that, to be told by sc_sessions_tell_views() once it is kept */
GPtrArray *sc_sessions_take_over (ScSessions *self, GPtrArray *rows, GError **error);
void sc_sessions_tell_views (ScSessions *self, GPtrArray *views);

/* Gives each session that sends its share of the caps. */
void sc_sessions_share_rates (ScSessions *self);
/* Sends the seat TRUST. */
void sc_sessions_tell_trust_to (ScSessions *self, const char *seat);
/* Emits "seat-state". */
void sc_sessions_tell_seat (ScSessions *self, const ScCatalogSession *session, const ScCatalogSessionSeat *seat);
/* Emits "going-back". */
void sc_sessions_tell_going_back (ScSessions *self, const char *seat, guint64 version, const char *why);
/* That no session does something with the seat. Errors: %SC_ERROR_BUSY */
gboolean sc_sessions_check_free (ScSessions *self, const ScInventory *seat, GError **error);
/* The seat has answered, or will not any more. */
void sc_sessions_verified (ScSessions *self, const char *seat, const ScVerified *verified);
void sc_sessions_verify_broke (ScSessions *self, const char *seat);

G_END_DECLS
