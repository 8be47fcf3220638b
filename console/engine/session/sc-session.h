/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/session/sc-sessions.h"

G_BEGIN_DECLS

/**
 * ScSession:
 *
 * One session with all that its core (ScSessionCore) needs of the world: the hub, the catalog, the store, the thread
 * that makes the plan, the driver, the clock. Part of ScSessions. Main thread only.
 */
typedef struct _ScSession ScSession;

/* All (transfer none); they outlive the session. */
typedef struct {
  ScStore *store;
  ScCatalog *catalog;
  ScSeatHub *hub;
  const ScSessionsConfig *config;
  const ScOrderSigner *signer;
} ScSessionParts;

typedef struct {
  /* At most 4 times a second, and when sc_session_is_kept() has become true. */
  void (*changed) (gpointer data, ScSession *session);
  /* A seat's state there, not only its figures, may be another one. */
  void (*seat_changed) (gpointer data, const ScCatalogSession *session, const ScCatalogSessionSeat *seat);
  /* It begins to send, or stops: before its first datagram and after its last one. Answered by sc_session_set_rate() */
  void (*sending_changed) (gpointer data, ScSession *session);
  /* @seats: %NULL-terminated ids of those that are off and to be woken */
  void (*wake) (gpointer data, const char *const *seats);
} ScSessionListener;

/* @session, @rows (element-type ScCatalogSessionSeat): (transfer full): as they are in the catalog. Starts to load the
 * version. */
ScSession *sc_session_new (const ScSessionParts *parts, ScCatalogSession *session, GPtrArray *rows,
                           ScVersionManifest *version, const ScSessionListener *listener, gpointer data);
/* Stops its threads and waits for them; saves. Not from within the listener. */
void sc_session_free (ScSession *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScSession, sc_session_free)

guint64 sc_session_get_id (ScSession *self);
gboolean sc_session_is_over (ScSession *self);
/* Whether it waits for its rooms' windows: nothing more is done by this object. */
gboolean sc_session_is_suspended (ScSession *self);
/* Whether it is over, or suspended, and the catalog has all of it: there is nothing left to do, so it can be freed. */
gboolean sc_session_is_kept (ScSession *self);
/* Whether it still does something with the seat. */
gboolean sc_session_holds (ScSession *self, const char *seat);
ScSessionView *sc_session_view (ScSession *self);
GBytes *sc_session_get_plan (ScSession *self, const ScChunkId *plan); /* (nullable) (transfer none) */
ScJson *sc_session_get_rates (ScSession *self); /* (nullable) (transfer full): NULL when nothing was sent yet */
void sc_session_count_catch_up (ScSession *self, guint64 bytes);

void sc_session_seat_online (ScSession *self, const char *seat);
void sc_session_seat_offline (ScSession *self, const char *seat);
void sc_session_message (ScSession *self, const char *seat, const ScControlMessage *message);
/* The seat is no longer trusted: it leaves the session as failed for @why, and cannot open anything sent after. */
void sc_session_shut_out (ScSession *self, const char *seat, const char *why);
gboolean sc_session_pause (ScSession *self, GError **error);
gboolean sc_session_resume (ScSession *self, GError **error);
gboolean sc_session_cancel (ScSession *self, GError **error);
/* As sc_session_core_release(). */
void sc_session_release (ScSession *self, const char *const *seats);

/* Its share of the network, for ScSessions to tell. */
gboolean sc_session_is_sending (ScSession *self);
guint64 sc_session_get_rate_cap (ScSession *self); /* bits/s: its own */
void sc_session_set_rate_cap (ScSession *self, guint64 rate_cap);
/* (transfer full) (element-type utf8): the rooms of the seats that it holds, each once */
GPtrArray *sc_session_list_rooms (ScSession *self);
/* @rate: bits/s on the wire from now on */
void sc_session_set_rate (ScSession *self, guint64 rate);
guint64 sc_session_get_rate (ScSession *self);
/* (transfer full) (element-type utf8): ids */
GPtrArray *sc_session_list_held (ScSession *self);

G_END_DECLS
