/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/schedule/sc-room-policy.h"
#include "console/engine/schedule/sc-selection.h"

G_BEGIN_DECLS

/**
 * ScPlanner:
 *
 * Brings every seat to what it is assigned: decides when a session starts, who takes part, what waits for which window,
 * who catches up, who is woken. A state machine that is driven by levels, not by edges: it is told what is so (rooms,
 * seats, sessions, schedules), compares that with what should be, and orders the next step; what an engine's crash made
 * it forget it finds out again. No sockets, no catalog, no clock of its own: @real is µs since 1970 (windows,
 * schedules; it may step), @now µs of a monotonic clock (delays). Not thread-safe; actions must not call back into it,
 * what they bring about is told later.
 *
 * The rules (docs/scheduling.md):
 *  - Nothing is sent to a room outside its maintenance window; a session that staff start by hand is their decision,
 * and goes on (any_time).
 *  - Seats that are *due* (their assignment has just been made, or a schedule has come) get a session together, as soon
 *    as their window is open and they are there: at most SC_PLANNER_SETTLE_TIME after the first of them, or
 *    SC_PLANNER_SETTLE_ALL after the last where none is missing. Those that are off and are to be woken take part from
 *    the beginning: the session wakes and awaits them. Those that are off and are not have missed it. Rooms that want
 *    the same and whose windows are open share it.
 *  - Seats that are behind and not due are *late*: their room's policy holds.
 *    Catch-up is jittered, few at a time; when SC_PLANNER_SHARE or more wait for the same they get a session,
 *    as does one whose turn has not come for SC_PLANNER_GATHER_TIME.
 *    Gather: a session for those that are there when the window opens, and one whenever a seat has waited for
 *    SC_PLANNER_GATHER_TIME since it came. Whoever else wants the same and is there takes part in any of them.
 *  - When a window closes, its seats leave their session; one without any left is suspended and goes on when the window
 *    opens, with what is still lacking then; where others want the same then it ends, for one that has all of them.
 *  - A seat that is left between two versions, outside the window, after a failed update or for
 *    SC_PLANNER_UNFINISHED_TIME without anything being done about it, is brought back to the one before, which needs no
 *    network.
 *  - A seat whose update failed is tried again with back-off, an hour at most, and when its window opens; templates in
 *    use the seat tries again itself.
 *  - A session that none of its seats wants any more ends; seats that are to have something else leave theirs.
 */
typedef struct _ScPlanner ScPlanner;

#define SC_PLANNER_SETTLE_TIME (60 * G_TIME_SPAN_SECOND) /* for others to come that want the same */
#define SC_PLANNER_SETTLE_ALL (10 * G_TIME_SPAN_SECOND)  /* when all are there */
#define SC_PLANNER_GATHER_TIME (30 * G_TIME_SPAN_MINUTE) /* late seats of one that came at this time wait */
#define SC_PLANNER_SHARE 3u                              /* seats from which on a session is cheaper than catch-up */
#define SC_PLANNER_CATCH_UP_SEATS 4u                     /* at once, unless staff set another number */
#define SC_PLANNER_CATCH_UP_SPREAD (60 * G_TIME_SPAN_SECOND) /* jitter after a return */
#define SC_PLANNER_UNFINISHED_TIME (10 * G_TIME_SPAN_MINUTE) /* between two versions, while the window is open */
#define SC_PLANNER_FAILED_TIME (5 * G_TIME_SPAN_MINUTE)      /* until a failed update is tried again, doubled each */
#define SC_PLANNER_FAILED_MAX (60 * G_TIME_SPAN_MINUTE)      /* time, at most this */

typedef struct {
  const char *name;           /* empty: the seats that are in no room: no window, catch-up */
  const ScRoomPolicy *policy; /* copied */
} ScPlannerRoom;

typedef struct {
  const char *id;
  const char *room;
  ScSelection *wanted; /* (nullable): desired state; NULL: none */
  gboolean met;        /* it has that */
  gboolean due;        /* waits for the session that its assignment asks for */
  gboolean wake;       /* it is to be woken for that, and can be */
  gboolean online;
  gboolean unfinished; /* between two versions: a template cannot be started */
  guint64 back;        /* the version that it had wholly before, to which it may go back; 0: none */
  gboolean busy;       /* lacks nothing but what is in use; it goes on by itself */
  gint64 busy_since;   /* µs since 1970; 0: not known: since the planner was told */
  gboolean drifted;    /* it has the version, but somebody changed files there: that is mended only by a session that
                          staff ask for (due), never by itself */
  gboolean held;       /* staff cancelled the session that was to bring it there: it waits for them */
  gboolean working;    /* catches up, goes back, verifies: by an order outside sessions or its own */
  guint64 session;     /* that it takes part in, also a suspended one; 0: none */
  const char *failed;  /* (nullable): why its last update failed, since its desired state is this one */
} ScPlannerSeat;

/* One that is not over; but no dry run. */
typedef struct {
  guint64 id;
  ScSelection *selection;
  gboolean suspended;       /* waits for a window; its seats are those that it had then */
  gboolean any_time;        /* windows do not count */
  const char *const *seats; /* %NULL-terminated: those that it still holds; of a suspended one, that it is for */
} ScPlannerSession;

typedef enum {
  SC_SCHEDULE_AT,     /* once, at a time; where the window is closed then, at its next opening */
  SC_SCHEDULE_WINDOW, /* once, at the window's next opening, or at once where it is open */
  SC_SCHEDULE_REPEAT, /* at a time of each of some days of the week */
} ScScheduleKind;
const char *sc_schedule_kind_to_nick (ScScheduleKind kind); /* "at", "window", "repeat" */
gboolean sc_schedule_kind_from_nick (const char *nick, ScScheduleKind *kind);

typedef struct {
  guint64 id;
  ScScheduleKind kind;
  const char *room; /* whose window counts */
  gint64 next;      /* µs since 1970; of WINDOW: from when on an opening counts */
  guint8 days;      /* of REPEAT */
  guint16 minute;
  const char *zone;
} ScPlannerSchedule;

/* Actions return FALSE when they could not be done (the reason is logged); they are tried again, with back-off. */
typedef struct {
  /* Starts a session for @seats (%NULL-terminated ids, of one or more rooms) within the windows; they are not due any
   * more once it holds them. Those of them that are off are woken. @missed: seats of these rooms that were due for it
   * too but are off: not due any more either, but late. */
  gboolean (*start) (gpointer data, ScSelection *selection, const char *const *seats, const char *const *missed);
  /* The session lets go of these seats, which keep what they have received; if it holds no other it is suspended. */
  gboolean (*release) (gpointer data, guint64 session, const char *const *seats);
  /* A suspended session goes on, with its seats. */
  gboolean (*resume) (gpointer data, guint64 session);
  /* The session is over: nobody wants it, or it is suspended and cannot go on as it is, since others want the same now
   * or not all its rooms are open. Its seats keep what they have received; those that still want it are due. */
  gboolean (*end) (gpointer data, guint64 session);
  gboolean (*catch_up) (gpointer data, const char *seat);
  gboolean (*go_back) (gpointer data, const char *seat, guint64 version);
  /* Whether the seat may fetch outside sessions: while it catches up by catch_up(), or has nothing assigned; told at
   * each connection and when it changes. */
  void (*set_fetch) (gpointer data, const char *seat, gboolean fetch);
  /* The schedule has come: assigns, makes seats due; it is told again with its next time, or removed. */
  gboolean (*fire) (gpointer data, guint64 schedule, gint64 next); /* @next: µs since 1970; 0: it was the last time */
  /* Templates of the seat have been in use past the room's deadline. @since: µs since 1970 */
  void (*remind) (gpointer data, const char *seat, gint64 since);
} ScPlannerActions;

/* @seed: of the jitter */
ScPlanner *sc_planner_new (const ScPlannerActions *actions, gpointer data, guint32 seed);
void sc_planner_free (ScPlanner *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScPlanner, sc_planner_free)
void sc_planner_set_catch_up_seats (ScPlanner *self, guint n_seats);

/* What is so now; the same again changes nothing. */
void sc_planner_set_room (ScPlanner *self, const ScPlannerRoom *room);
void sc_planner_remove_room (ScPlanner *self, const char *name);
void sc_planner_set_seat (ScPlanner *self, const ScPlannerSeat *seat);
void sc_planner_remove_seat (ScPlanner *self, const char *id);
void sc_planner_set_session (ScPlanner *self, const ScPlannerSession *session);
void sc_planner_remove_session (ScPlanner *self, guint64 id); /* it is over */
void sc_planner_set_schedule (ScPlanner *self, const ScPlannerSchedule *schedule);
void sc_planner_remove_schedule (ScPlanner *self, guint64 id);

/* Orders what is to be done now. Returns: µs until it must be called again, though nothing else happens; G_MAXINT64:
 * never. At most an hour where a window or schedule lies ahead, so that a step of the clock is noticed. */
gint64 sc_planner_advance (ScPlanner *self, gint64 real, gint64 now);

/* Why a seat is not where it should be, and what comes next: nicks of the API, words in docs/words.md. */
typedef enum {
  SC_BEHIND_NOT, /* it is, or nothing is assigned */
  SC_BEHIND_OFFLINE,
  SC_BEHIND_DUE,       /* its session has not been yet */
  SC_BEHIND_LATE,      /* it was not in its room's session */
  SC_BEHIND_BUSY,      /* templates are in use */
  SC_BEHIND_FAILED,    /* its update failed */
  SC_BEHIND_UPDATING,  /* it is being brought there */
  SC_BEHIND_DRIFTED,   /* somebody changed its templates; next is staff, or a schedule */
  SC_BEHIND_CANCELLED, /* staff cancelled its session; next is staff, or a schedule */
} ScBehind;
typedef enum {
  SC_NEXT_NOTHING,
  SC_NEXT_SESSION,  /* a session of its room, at @at */
  SC_NEXT_CATCH_UP, /* by itself, at @at or as soon as others are done */
  SC_NEXT_RETURN,   /* when it is on again */
  SC_NEXT_RELEASE,  /* when the templates are not in use any more */
  SC_NEXT_STAFF,    /* staff have to say so */
} ScNext;
const char *sc_behind_to_nick (
    ScBehind behind); /* "not", "offline", "due", "late", "busy", "failed", "updating", "drifted", "cancelled" */
const char *sc_next_to_nick (ScNext next); /* "nothing", "session", "catch-up", "return", "release", "staff" */

typedef struct {
  ScBehind behind;
  ScNext next;
  gint64 at;        /* µs since 1970 when that comes at the earliest; 0: not known, or at once */
  guint64 schedule; /* that brings it; 0: none */
} ScOutlook;
/* @outlook: (out). Of an unknown seat: NOT. @real, @now: as in the last call of sc_planner_advance() */
void sc_planner_get_outlook (ScPlanner *self, const char *seat, gint64 real, gint64 now, ScOutlook *outlook);

/* Something that will come, for lists and calendars. */
typedef enum {
  SC_PLANNED_SCHEDULE,
  SC_PLANNED_DUE,    /* the session that an assignment asks for, when the window opens */
  SC_PLANNED_RESUME, /* a suspended session goes on */
  SC_PLANNED_GATHER, /* late seats that wait for the window */
} ScPlannedKind;
const char *sc_planned_kind_to_nick (ScPlannedKind kind); /* "schedule", "due", "resume", "gather" */
typedef struct {
  ScPlannedKind kind;
  gint64 at;    /* µs since 1970 */
  gint64 until; /* when the window closes then; G_MAXINT64: never */
  char *room;   /* (owned) */
  guint64 schedule, session;
  ScSelection *selection; /* (owned) (nullable) */
  guint seats;            /* that are known to take part by now */
} ScPlanned;
void sc_planned_free (ScPlanned *self);
/* What comes between @from and @to (µs since 1970), by time, at most @max: each time of a repeated schedule, too.
 * Returns: (transfer full) (element-type ScPlanned) */
GPtrArray *sc_planner_list (ScPlanner *self, gint64 from, gint64 to, guint max);

G_END_DECLS
