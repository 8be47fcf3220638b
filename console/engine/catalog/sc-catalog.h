/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-control.h"

G_BEGIN_DECLS

/**
 * ScCatalog:
 *
 * What the engine remembers besides the store: seats with their last inventory, the version each is assigned, rooms,
 * sessions. In SQLite (DIR/catalog.db), migrated by number, durable when a function returns (but see
 * sc_catalog_save_inventory()). Main thread only.
 */
typedef struct _ScCatalog ScCatalog;

/* Where a seat stands in the map of its room, from the top left. */
typedef struct {
  gboolean is_set; /* FALSE: laid out automatically */
  guint8 column, row;
} ScPlace;

/* Flags of a seat that waits for a session. */
typedef enum {
  SC_DUE_NOT = 0,
  SC_DUE_SESSION = 1,
  SC_DUE_WAKE = 2,      /* it is to be woken for it */
  SC_DUE_POWER_OFF = 4, /* and powered off afterwards */
  SC_DUE_HELD = 8,      /* not due: staff cancelled its session, and it waits for them; any assignment ends that */
} ScDue;

typedef struct {
  ScInventory *inventory;   /* (owned) the last one; its room is the one that the seat's service names */
  char *room;               /* (owned) the one it is in: as staff assigned it, or else as its service says */
  ScPlace place;            /* in that room */
  guint64 assigned_version; /* desired state; 0: none */
  char *assigned_templates; /* (owned): of that version: sc_selection_templates_to_text() */
  gint64 assigned;          /* µs since 1970: since when that is so; 0: unknown */
  gboolean pinned;          /* staff gave it a desired state of its own, which its room's does not change */
  ScDue due;                /* for a session that its desired state asks for */
  guint64 due_schedule;     /* that asked for it; 0: none */
  gint64 last_seen;         /* µs since 1970 */
  gint64 forgot;            /* µs since 1970: it was started anew with less than it had known, so its disk forgets at
                               restart; 0: not so when it was last started */
} ScCatalogSeat;
void sc_catalog_seat_free (ScCatalogSeat *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScCatalogSeat, sc_catalog_seat_free)

typedef enum {
  SC_SESSION_PREPARING, /* seats say what they lack; the plan is made */
  SC_SESSION_PROBING,   /* who hears us? */
  SC_SESSION_SENDING,
  SC_SESSION_PAUSED,
  SC_SESSION_FINISHING, /* the stream is over; seats write, commit, catch up */
  SC_SESSION_DONE,      /* every seat has the version, or has failed with a reason */
  SC_SESSION_CANCELLED,
  SC_SESSION_FAILED,
  SC_SESSION_PLANNED, /* a dry run: the seats have said what it takes, and were let go */
} ScSessionState;
const char *sc_session_state_to_nick (ScSessionState state);
gboolean sc_session_state_from_nick (const char *nick, ScSessionState *state);
gboolean sc_session_state_is_over (ScSessionState state);

/* One session, as kept; the numbers are final when it is over. Of one that is made by hand, @templates NULL is all,
 * @rooms NULL none, @origin NULL "staff". */
typedef struct {
  guint64 id;
  guint64 version;
  char *templates;    /* of the version: sc_selection_templates_to_text() */
  char *room;         /* what it was started for; empty: all, several, or the seats listed */
  GPtrArray *rooms;   /* (owned) (element-type utf8): those that its seats were in when it was started, sorted */
  char *origin;       /* nick: who started it: "staff", "schedule", "assignment", "late" */
  guint64 schedule;   /* that did; 0: none */
  gboolean suspended; /* it waits, paused, for its rooms' windows */
  gboolean any_time;  /* staff want it now: it goes on when the window closes */
  gboolean wake;      /* seats that are off are woken for it */
  gboolean power_off; /* its seats are powered off at its end */
  ScSessionState state;
  gboolean dry_run;      /* only asks; nothing is sent, assigned or changed */
  char *error;           /* why it failed; empty */
  gint64 created, ended; /* µs since 1970; ended 0 while it runs */
  guint64 rate_cap;      /* bits/s on the wire; 0: as fast as the seats take it */
  guint64 plan_bytes;
  guint64 content_bytes; /* of the frames in the plan */
  guint64 content_frames;
  guint64 delta_frames; /* of these, frames that are sent as deltas */
  guint64 delta_saved;  /* bytes by which plan and content are smaller for them */
  guint64 wire_bytes;   /* multicast, all headers from Ethernet on */
  guint64 source_packets, parity_packets;
  guint64 catch_up_bytes; /* served by HTTPS for this session */
} ScCatalogSession;
void sc_catalog_session_free (ScCatalogSession *self);
ScCatalogSession *sc_catalog_session_copy (const ScCatalogSession *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScCatalogSession, sc_catalog_session_free)

typedef struct {
  char *seat; /* id */
  ScTransferState state;
  char *reason;      /* for people: "no multicast reaches it: …", empty */
  gboolean catch_up; /* some of it came by catch-up, not by the stream */
  guint64 version_before;
  guint64 total; /* bytes it lacked */
  guint64 done;
  guint64 repairs;        /* symbols it asked for */
  guint64 charged;        /* of these, what it alone caused: they count against its budget */
  gint64 waited;          /* µs for which the others waited for it and few others only */
  guint64 received, lost; /* datagrams, as it counts them */
  guint64 dropped;        /* of those lost, by its own socket or for want of memory */
  guint64 backlog;        /* bytes received and not yet written; only of a session that runs: not kept */
  GPtrArray *demotions;   /* (owned) (nullable) (element-type ScDemotion) */
  ScNeeds *needs;         /* (owned) (nullable): as it said when it was asked */
} ScCatalogSessionSeat;
/* A reason: it was busy with the session's version, and then brought to another. */
#define SC_SESSION_OVERTAKEN "another version came before its templates were out of use"
/* A reason: staff have said so, and not another session that took its seats. */
#define SC_SESSION_STOPPED "cancelled by staff"
/* Reasons: its maintenance window has closed; the session went on for others, or waits itself. */
#define SC_SESSION_RELEASED "its maintenance window closed before it was done: a later session brings the rest"
#define SC_SESSION_SUSPENDED "waits for its maintenance window: what it has received is kept"
void sc_catalog_session_seat_free (ScCatalogSessionSeat *self);
ScCatalogSessionSeat *sc_catalog_session_seat_copy (const ScCatalogSessionSeat *self);
/* Of a session's seats, by their state; @all also has those that are in none of these. */
typedef struct {
  guint64 all, done, busy, failed, cancelled;
} ScCatalogSeatCounts;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScCatalogSessionSeat, sc_catalog_session_seat_free)

ScCatalog *sc_catalog_open (const char *directory, GError **error);
void sc_catalog_close (ScCatalog *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScCatalog, sc_catalog_close)

/* What is saved between begin and commit becomes durable together, or not at all. The catalog's functions do not begin
 * one of their own but for sc_catalog_save_inventory(), sc_catalog_add_seat_log() and those that change rooms
 * (sc-catalog-rooms.h), which must not be called in between. */
gboolean sc_catalog_begin (ScCatalog *self, GError **error);
gboolean sc_catalog_commit (ScCatalog *self, GError **error);
void sc_catalog_rollback (ScCatalog *self);

/* May be called often: one that says nothing new within a second of the last is not written. Durable with the next
 * thing that is, or within seconds. */
gboolean sc_catalog_save_inventory (ScCatalog *self, const ScInventory *inventory, gint64 now, GError **error);
/* As durable as that. @now: µs since 1970 */
gboolean sc_catalog_save_last_seen (ScCatalog *self, const char *seat, gint64 now, GError **error);
/* @room: (nullable): NULL: all of them. Returns: ScCatalogSeat, by room and name */
GPtrArray *sc_catalog_list_seats (ScCatalog *self, const char *room, GError **error);
typedef gboolean (*ScCatalogIsOnline) (gpointer data, const char *seat);
/* Who knows which seats are connected; NULL: nobody, as at first. */
void sc_catalog_set_presence (ScCatalog *self, ScCatalogIsOnline is_online, gpointer data);
/* @seat: an id, or a name: that of one seat, or of several of which one is connected (a machine that was set up anew
 * has another id, and its old one is never seen again). Errors: %SC_ERROR_NOT_FOUND, %SC_ERROR_INVALID when ambiguous
 */
ScCatalogSeat *sc_catalog_find_seat (ScCatalog *self, const char *seat, GError **error);
/* What people call the seat @seat (an id): its id in no room when it is not known (any more). */
void sc_catalog_dup_seat_labels (ScCatalog *self, const char *seat, char **name, char **room);
gboolean sc_catalog_assign_version (ScCatalog *self, const char *seat, guint64 version, GError **error);
/**
 * sc_catalog_find_rollback:
 * @room: (nullable): NULL or empty: all of them
 * @seats: (nullable): ids; NULL: all of the room
 * @version: (inout): one older than that assigned; 0: the newest of those that was ever deployed to one of the seats
 *
 * Errors: %SC_ERROR_NOT_FOUND, %SC_ERROR_INVALID when @version is not older
 */
gboolean sc_catalog_find_rollback (ScCatalog *self, const char *room, GPtrArray *seats, guint64 *version,
                                   GError **error);

gboolean sc_catalog_save_verified (ScCatalog *self, const char *seat, const ScVerified *verified, gint64 ended,
                                   GError **error);
/* What the seat's templates were found like last. Returns: (transfer full) (nullable): NULL without an error when it
 * was never verified. @ended: (out): µs since 1970 */
ScVerified *sc_catalog_get_verified (ScCatalog *self, const char *seat, gint64 *ended, GError **error);

/* Sets @session->id. */
gboolean sc_catalog_add_session (ScCatalog *self, ScCatalogSession *session, GError **error);
gboolean sc_catalog_save_session (ScCatalog *self, const ScCatalogSession *session, GError **error);
gboolean sc_catalog_save_session_seat (ScCatalog *self, guint64 session, const ScCatalogSessionSeat *seat,
                                       GError **error);
GPtrArray *sc_catalog_list_sessions (ScCatalog *self, guint max, GError **error); /* newest first */
/* Those that are not over, also suspended ones, oldest first. */
GPtrArray *sc_catalog_list_open_sessions (ScCatalog *self, GError **error);
ScCatalogSession *sc_catalog_get_session (ScCatalog *self, guint64 id, GError **error); /* %SC_ERROR_NOT_FOUND */
/* How its seats stand. */
gboolean sc_catalog_count_session_seats (ScCatalog *self, guint64 session, ScCatalogSeatCounts *counts, GError **error);
/* @link: (out): bits/s: what the slowest of its seats says that its network carries, 0: none says */
gboolean sc_catalog_get_slowest_link (ScCatalog *self, guint64 session, guint64 *link, GError **error);
GPtrArray *sc_catalog_list_session_seats (ScCatalog *self, guint64 session, GError **error);
/* Returns: (transfer full): the seat's row in that session. Errors: %SC_ERROR_NOT_FOUND */
ScCatalogSessionSeat *sc_catalog_get_session_seat (ScCatalog *self, guint64 session, const char *seat, GError **error);
/* @seat: an id. Returns: (transfer full) (element-type guint64): the sessions that it was in, newest first */
GArray *sc_catalog_list_sessions_of_seat (ScCatalog *self, const char *seat, guint max, GError **error);
/* @rates: a JSON object (ScSessionRates) */
gboolean sc_catalog_save_rates (ScCatalog *self, guint64 session, ScJson *rates, GError **error);
/* Returns: (transfer full) (nullable): NULL without an error when the session has none */
ScJson *sc_catalog_get_rates (ScCatalog *self, guint64 session, GError **error);
/* The seat has @version wholly: what it was still busy with in sessions is done, or, where these were of another
 * version, out of date. Returns: (transfer full) (element-type guint64): the sessions in which that changes its row */
GArray *sc_catalog_end_busy (ScCatalog *self, const char *seat, guint64 version, GError **error);
/* What of a version a seat was ordered to have. */
typedef struct {
  guint64 version;
  char *templates; /* (owned): sc_selection_templates_to_text() */
} ScCatalogOrdered;
/* Returns: (transfer full) (element-type ScCatalogOrdered): what the seat is assigned, and what sessions that are not
 * over bring it */
GArray *sc_catalog_list_ordered (ScCatalog *self, const char *seat, GError **error);
/* @session: (out): the newest session that the seat was in, if that goes on without it, or is suspended; else 0 */
gboolean sc_catalog_find_released (ScCatalog *self, const char *seat, guint64 *session, GError **error);
/* @templates: (out) (transfer full) (nullable): what of @version the newest session was of that brought the seat to it,
 * sc_selection_templates_to_text(); NULL: no session did */
gboolean sc_catalog_find_templates (ScCatalog *self, const char *seat, guint64 version, char **templates,
                                    GError **error);
/* @session: (out): the newest session that the seat was in, if it was cancelled before the seat was done; else 0 */
gboolean sc_catalog_find_cancelled (ScCatalog *self, const char *seat, guint64 *session, GError **error);

G_END_DECLS
