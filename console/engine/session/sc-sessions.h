/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/catalog/sc-catalog.h"
#include "console/engine/schedule/sc-selection.h"
#include "console/engine/session/sc-order-signer.h"
#include "console/engine/session/sc-seat-hub.h"
#include "console/engine/store/sc-store.h"
#include "console/engine/trust/sc-authority.h"

G_BEGIN_DECLS

/**
 * ScSessions:
 *
 * Runs sessions: asks the seats what they lack, makes the plan, drives the cast on a thread of its own, moves seats to
 * catch-up, keeps the catalog. Two sessions never share a seat (%SC_ERROR_BUSY). Sessions that were running when the
 * engine died are resumed under a new key once their seats are back. Main thread only.
 */
#define SC_TYPE_SESSIONS (sc_sessions_get_type ())
G_DECLARE_FINAL_TYPE (ScSessions, sc_sessions, SC, SESSIONS, GObject)

/* bits/s: where there is no cap, what is estimated at, and what catch-up is a quarter of: it has no feedback of the
 * seats' to go by */
#define SC_SESSIONS_ASSUMED_RATE G_GUINT64_CONSTANT (1000000000)

typedef struct {
  char *group; /* first group address; each session takes the next of 64 */
  guint16 port;
  char *interface_address; /* (nullable): NULL: the one that most seats of the session are connected through */
  guint64 rate_cap;        /* bits/s on the wire, of all together and default of a session; 0: none */
  guint mtu;               /* bytes */
  gint64 return_time;      /* µs after the start in which seats that are not back yet count as coming back */
} ScSessionsConfig;

/* Signals: "session-changed" (guint64 id): at most 4 a second for a session's progress; "session-ended" (guint64 id):
 * once, when the catalog has its end; "seat-state" (const ScCatalogSession *, const ScCatalogSessionSeat *): the state
 * of a seat in a session may be another one, and the first one when it is started; "going-back" (const char *seat,
 * guint64 version, const char *why): sc_sessions_go_back() has ordered it */
ScSessions *sc_sessions_new (ScStore *store, ScCatalog *catalog, ScSeatHub *hub, const ScSessionsConfig *config);
/* Who signs orders from now on; what it points at outlives the sessions. No seat can be ordered to a version before. */
void sc_sessions_set_signer (ScSessions *self, const ScOrderSigner *signer);
/**
 * sc_sessions_use_authority:
 * @authority: outlives the sessions and their store
 *
 * Versions and orders are signed by it from now on, seats told to trust what it says; to be called again whenever it
 * has changed. While it is being changed versions are published under the next key, and a seat without a certificate
 * from the next one is told to get one. Errors: as sc_store_set_signer()
 */
gboolean sc_sessions_use_authority (ScSessions *self, ScAuthority *authority, GError **error);
/* What the seat, which is about to connect, has shown: a certificate of an authority that is about to go. It may have
 * been given one of the next, and not have got it; so it is told to get one. */
void sc_sessions_note_behind (ScSessions *self, const char *seat, gboolean behind);
/* Tells all seats that are connected what to trust now (TRUST), because it has changed; one that connects is told by
 * itself, before it gets any order. */
void sc_sessions_tell_trust (ScSessions *self);
/* The seat (an id) is no longer trusted: it leaves its running sessions as failed, with @why as the reason. They go on
 * under a new key that only their other seats are told, so it cannot open anything that is sent after. Its connection
 * is the caller's to end. */
void sc_sessions_shut_out (ScSessions *self, const char *seat, const char *why);
/* (transfer none) */
const ScSessionsConfig *sc_sessions_get_config (ScSessions *self);
/* bits/s on the wire, 0: as fast as the seats take it: of all sessions together, which share it evenly while they send;
 * also from now on of those that run. */
void sc_sessions_set_rate_cap (ScSessions *self, guint64 rate_cap);
/* Resumes what the catalog says was running. */
void sc_sessions_resume_all (ScSessions *self);

typedef struct {
  guint64 version;
  const char *const *templates; /* (nullable): of the version; NULL: all */
  const char *room;             /* (nullable) */
  const char *const *rooms;     /* (nullable): several, instead of @room */
  const char *const *seats;     /* (nullable): ids or unique names; NULL with neither room nor rooms: every seat */
  gboolean rate_cap_set;        /* else the console's is the session's, too */
  guint64 rate_cap;             /* bits/s on the wire; 0: as fast as the seats take it, under the other caps */
  gboolean dry_run;             /* only ask the seats what it takes: nothing is assigned, sent or changed */
  gboolean wake;                /* seats that are off are woken, and awaited */
  gboolean power_off;           /* at the session's end, where nobody is signed in */
  /* By staff, now: assigns the version to the room (all rooms), or pins the seats where it is not their room's already;
   * seats that are pinned are left out of a room's session; windows do not count. Else by the scheduler: the seats are
   * assigned already, and one that another session holds is left out. Seats that wait in a suspended session are taken
   * over from it. */
  gboolean by_scheduler;
  guint64 schedule;   /* that asked for it; 0: none */
  const char *origin; /* (nullable): nick; NULL: "staff" */
} ScDeployRequest;
/* Returns: the session's id, 0 with an error (%SC_ERROR_NOT_FOUND version, room, seat; %SC_ERROR_BUSY; %SC_ERROR_STATE:
 * no seat online) */
guint64 sc_sessions_deploy (ScSessions *self, const ScDeployRequest *request, GError **error);
gboolean sc_sessions_pause (ScSessions *self, guint64 id, GError **error);
gboolean sc_sessions_resume (ScSessions *self, guint64 id, GError **error);
gboolean sc_sessions_cancel (ScSessions *self, guint64 id, GError **error);
/* Their window has closed: the session lets go of @seats (%NULL-terminated ids), which keep what they have received.
 * One that holds no other is suspended: paused, without a stream, until sc_sessions_resume(), which asks the seats anew
 * what they lack. Staff can cancel it meanwhile; when they resume it, windows do not count for it any more
 * (@any_time). */
gboolean sc_sessions_release (ScSessions *self, guint64 id, const char *const *seats, GError **error);
gboolean sc_sessions_resume_in_window (ScSessions *self, guint64 id, GError **error);
/* (transfer full) (element-type utf8): ids of the seats that a session, also a suspended one, still holds */
GPtrArray *sc_sessions_list_held (ScSessions *self, guint64 id, GError **error);
/* (transfer full) (element-type guint64): sessions that are not over, also suspended ones */
GArray *sc_sessions_list_running (ScSessions *self);
/* Who wakes seats (ids) that are off, when a session begins that they are to be woken for, and again until they are
 * there. */
typedef void (*ScSessionsWake) (gpointer data, const char *const *seats);
void sc_sessions_set_wake (ScSessions *self, ScSessionsWake wake, gpointer data);
/* The room's cap in bits/s that all sessions of its seats, and their catch-up, share; 0: none. */
void sc_sessions_set_room_cap (ScSessions *self, const char *room, guint64 rate_cap);
guint64 sc_sessions_get_room_cap (ScSessions *self, const char *room);
/* bits/s: the session's share of all caps while it sends; else what it could have were it alone: the lowest of its own,
 * its rooms', and the console's; 0: no cap holds it */
guint64 sc_sessions_get_share (ScSessions *self, const ScCatalogSession *session);
/* bits/s of all catch-up together, besides what sessions send; 0: a quarter of the console's cap, or of 1 Gbit/s
 * where that is none, as at first */
void sc_sessions_set_catch_up_rate (ScSessions *self, guint64 rate);
guint64 sc_sessions_get_catch_up_rate (ScSessions *self); /* that which holds: never 0 */
/* Without multicast: orders the seat to bring itself to @version, or to those templates of it that it is to have, which
 * pins it to that unless it is assigned to it already; 0: to what is assigned. */
gboolean sc_sessions_catch_up (ScSessions *self, const char *seat, guint64 version, GError **error);

/* Orders the seat back to @version, without assigning it, if that needs no network; no hooks run for that, since they
 * have run when it came. @why: for people */
gboolean sc_sessions_go_back (ScSessions *self, const char *seat, guint64 version, const char *why, GError **error);
/* Whether that was the last order to the seat (an id) outside sessions to bring itself somewhere. */
gboolean sc_sessions_is_on_way_back (ScSessions *self, const char *seat);
/* (transfer full) (element-type ScCatalogOrdered): what the seat (an id) may read: sc_catalog_list_ordered(), and that
 * to which it was last ordered to go back */
GArray *sc_sessions_list_ordered (ScSessions *self, const char *seat, GError **error);

/* Orders the seat to read all its templates and compare them with their manifests; what it found is in the catalog
 * (sc_catalog_get_verified()) when it is no longer verifying. A seat whose connection breaks has failed. Errors:
 * %SC_ERROR_BUSY while it takes part in a session or verifies already, %SC_ERROR_STATE when it is offline */
gboolean sc_sessions_verify (ScSessions *self, const char *seat, GError **error);
/* Errors: %SC_ERROR_STATE when it does not verify */
gboolean sc_sessions_stop_verify (ScSessions *self, const char *seat, GError **error);
gboolean sc_sessions_is_verifying (ScSessions *self, const char *seat); /* @seat: an id */

/* What is known now, live where the session runs, else from the catalog. (transfer full) */
typedef struct {
  ScCatalogSession *session;
  GPtrArray *seats;     /* ScCatalogSessionSeat */
  guint64 content_sent; /* bytes of plan and content sent at least once */
  guint64 rate;         /* bits/s on the wire, now */
  const char *limit;    /* (nullable): nick of what keeps it from being higher: sc_cast_rate_limit_to_nick() */
  guint32 window, n_windows;
} ScSessionView;
void sc_session_view_free (ScSessionView *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScSessionView, sc_session_view_free)
ScSessionView *sc_sessions_view (ScSessions *self, guint64 id, GError **error);

/* How fast the session was (sc_session_rates_to_json()), without samples when nothing was sent. (transfer full).
 * Errors: %SC_ERROR_NOT_FOUND */
ScJson *sc_sessions_get_rates (ScSessions *self, guint64 id, GError **error);

/* The plan's bytes of a running session, for late joiners. @seat: an id: only of one that takes part (nullable: of
 * any). Errors: %SC_ERROR_NOT_FOUND. (transfer full) */
GBytes *sc_sessions_get_plan (ScSessions *self, const ScChunkId *plan, const char *seat, GError **error);
/* @seat (nullable: nobody knows which) fetched @bytes by catch-up: booked to its running session, if any. */
void sc_sessions_count_catch_up (ScSessions *self, guint64 session, const char *seat, guint64 bytes);

G_END_DECLS
