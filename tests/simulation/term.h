/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/schedule/sc-planner.h"

G_BEGIN_DECLS

/*
 * A simulated term: what the planner drives, in virtual time of whole seconds. Content is pieces of equal size: a slot
 * of a template in one of the versions that changed it. Seats keep each piece that they ever got. A transfer moves a
 * piece a second; a session sends what any of its seats lacks, to all of them that are on.
 *
 * What is durable is here; the planner is freed at each crash of the engine, and told anew what is so.
 */
#define TERM_TEMPLATES 4u
#define TERM_SLOTS 100u /* TERM_SLOTS / TERM_TEMPLATES each */
#define TERM_VERSIONS 32u
#define TERM_ALL ((1u << TERM_TEMPLATES) - 1) /* templates */

#define TERM_PREPARE 5 /* s, until a session sends */
#define TERM_AWAIT 60  /* s, for seats that are woken, or come back to a new engine */
#define TERM_APPLY 20  /* s, until what has arrived is committed */
#define TERM_BACK 60   /* s, of going back */
#define TERM_BEGIN 75  /* s after its wait, until something is sent to a seat: prepare, others that are woken */
#define TERM_END 60    /* s more than what it lacks takes, until that is committed */

typedef struct _TermSession TermSession;

typedef struct {
  const char *name, *window; /* (nullable) */
  const char *slow_window;   /* (nullable): that it has instead in a slow term */
  ScLatePolicy late;
  guint n_seats;
  gboolean wake;
  ScRoomPolicy policy;
  guint version, templates; /* assigned */
  gboolean open;            /* by the engine's clock */
  gint64 opened, closed;
} TermRoom;

typedef enum { TERM_IDLE, TERM_CATCHES_UP, TERM_GOES_BACK } TermWork;

typedef struct {
  char id[8];
  TermRoom *room;
  guint version, templates; /* desired; 0: none */
  gboolean pinned, due, wake;
  guint has_version, has_templates; /* committed */
  guint32 *known;                   /* of each slot: the versions whose piece it has */
  gboolean on, connected;
  gint64 connects; /* when it does */
  gint64 connected_at;
  gint64 wakes; /* 0: it is not being woken */
  gboolean unfinished, failed, fetch;
  gint64 busy_until; /* 0: not busy */
  gint64 busy_since;
  TermSession *session;
  TermWork work;
  gboolean fetching;        /* a piece is on its way */
  gint64 work_at, apply_at; /* 0: it does not apply */
  gboolean dirty;           /* the planner is to be told */

  gint64 since;  /* since when nothing keeps it from its version but the planner; -1: something does */
  gint64 begins; /* s until it must be sent to then; G_MAXINT64: nothing is promised */
  gint64 lacks;  /* s that what it lacked then takes */
  gboolean begun;
  guint stay;       /* in the list */
  gint64 extra;     /* s that its sessions send; of what only others lack, too */
  gboolean queued;  /* it had to wait for others that catch up */
  gboolean excused; /* it failed, is busy, an order was refused */
  gint64 between;   /* since when it is between versions and nothing is done about it; -1: it is not so */
  guint n_refused;  /* meanwhile */
} TermSeat;

struct _TermSession {
  guint64 id;
  guint version, templates;
  gboolean suspended, any_time, sending, over;
  gint64 next;      /* when it begins to send, or has sent a piece */
  GPtrArray *seats; /* (element-type TermSeat): that it holds */
  GArray *plan;     /* of guint16: slots */
  guint position;
  gboolean dirty;
};

/* A stretch of time in which a seat could be sent what it is to have. */
typedef struct {
  guint seat, version, templates;
  gint64 from, to;
  gint64 begins; /* s until it is sent to, at the latest; G_MAXINT64: nothing was promised */
} TermStay;

typedef struct {
  GRand *rand;
  ScPlanner *planner; /* NULL: the engine is down */
  gint64 time, end;   /* s since 1970 */
  gint64 skew;        /* s that the engine's clock is ahead */
  gint64 booted;      /* monotonic 0 */
  gint64 next_call, looked;
  gboolean slow;
  gboolean stepped; /* the clock, and the engine has not noticed */
  gint64 down_until;
  guint8 content[TERM_VERSIONS][TERM_SLOTS]; /* which version's piece a version has */
  guint n_versions;
  guint seconds[TERM_VERSIONS]; /* that a piece of a version takes */
  TermRoom *rooms;
  guint n_rooms, n_catching;
  GPtrArray *seats, *sessions; /* (owned) */
  GArray *schedules;           /* of TermSchedule */
  guint64 last_id;
  ScSelection *selections[TERM_VERSIONS][TERM_ALL + 1];
  GArray *stays; /* of TermStay */

  /* what came of it */
  guint64 cast, caught_up, /* s */ n_sessions, n_catch_ups, n_back, n_reminders, n_crashes, n_failures, n_busy;
  guint64 n_promises, n_suspended, n_resumed, n_superseded, n_crashes_suspended, n_released, n_ended, n_fired;
  guint64 sent_of[TERM_VERSIONS], cut_of[TERM_VERSIONS]; /* s, of the content that came with a version; of pieces that
                                                            a session had begun when it was stopped */
} Term;

typedef struct {
  guint64 id;
  ScScheduleKind kind;
  TermRoom *room;
  guint version; /* 0: what is assigned */
  gint64 next;   /* µs by the engine's clock; 0: it is over */
  guint8 days;
  guint16 minute;
  gboolean dirty;
} TermSchedule;

/* term.c: seats, sessions, transfers */
/* @slow: whether most versions take longer than windows are open, so that sessions are suspended all the time */
Term *term_new (guint32 seed, gint64 start, guint days, guint percent, gboolean slow);
void term_free (Term *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Term, term_free)
gboolean term_seat_is_met (const TermSeat *seat);
gboolean term_seat_lacks (const Term *self, const TermSeat *seat, guint slot, guint version, guint templates);
/* s that what it lacks takes; 0: it lacks nothing */
guint term_seat_get_lacking (const Term *self, const TermSeat *seat);
ScSelection *term_get_selection (Term *self, guint version, guint templates);
/* One second of transfers and seats' work */
void term_work (Term *self);
/* When something comes about without anybody's doing: s */
gint64 term_get_next (const Term *self);
void term_seat_switch (Term *self, TermSeat *seat, gboolean on);
void term_want (Term *self, TermSeat *seat, guint version, guint templates, gboolean due);
void term_assign (Term *self, TermRoom *room, guint version, guint templates);
TermSession *term_add_session (Term *self, guint version, guint templates);
void term_session_add (TermSession *session, TermSeat *seat);
void term_session_drop (TermSession *session, TermSeat *seat);
/* s that what it has planned and not sent yet takes */
gint64 term_session_get_rest (const Term *self, const TermSession *session);
/* It sends no more for now; what it had sent of the piece that it was at is lost, and counted. */
void term_session_stop (Term *self, TermSession *session);
void term_chance_wake (Term *self, TermSeat *seat);

/* term-engine.c: the engine around the planner: its start, what it tells, what it is ordered */
void term_start_engine (Term *self);
void term_crash (Term *self, gint64 down);
/* Tells it what has changed, and calls it if it is time. Then it is checked. */
void term_call (Term *self);
gint64 term_get_real (const Term *self);

/* term-check.c: what is promised */
/* Returns: whether one has opened or closed */
gboolean term_look_at_rooms (Term *self);
void term_look_at_all (Term *self);
guint term_count_catching (const Term *self);

/* term-bound.c */
/* How the planner that knows the future is taken to send what a seat lacks. */
typedef enum {
  TERM_SENDING_AT_ONCE,  /* in no time: all of it by the end of the seat's wait */
  TERM_SENDING_IN_ORDER, /* from the end of the wait on, one piece after another in the order of sessions; who leaves
                            meanwhile is to get as many as fit */
  TERM_SENDING_LATEST,   /* each piece at the end of the time that all of them take from the end of the wait on, and
                            only to who is on for as long */
} TermSending;

/**
 * term_count_needed:
 *
 * How much (in s of pieces) a planner must send that knows the future, if it promises the seats the same: who is on in
 * its window for as long as its policy makes it wait, and TERM_BEGIN, is sent to by then. A lower bound, piece by
 * piece: of the seats that must be sent a piece by that promise those are counted, by the end of it, that no
 * transmission could serve together with one that was counted before, as they are never both there. It is what greedy
 * stabbing of intervals finds, where each seat has several of them: a piece may come in any stay before, too.
 *
 * How long sending takes can be left out, or not (TermSending). AT_ONCE is a bound for planners whose transmissions
 * are moments; where they last, waiting for a seat while another is being served costs less, so one that knows the
 * future may do with less than that. IN_ORDER is a bound for those that send without pause, in the order of sessions,
 * from when they must. LATEST is one for every planner that keeps the promise, but none can do with so little, as
 * seats that are still awaited are taken to be served meanwhile. But for AT_ONCE, who shares a piece must be there for
 * as long as it takes.
 *
 * @of: (out): the same of each version's content. Returns: of all
 */
guint64 term_count_needed (Term *self, TermSending sending, guint64 of[TERM_VERSIONS]);

G_END_DECLS
