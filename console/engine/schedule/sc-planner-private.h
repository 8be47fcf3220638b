/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/schedule/sc-planner.h"

G_BEGIN_DECLS

/* Between sc-planner*.c only. Times are of the monotonic clock but where they are called real. */

/* When something may be ordered (again). */
typedef struct {
  gint64 at;
  gint64 delay;  /* since it was ordered; 0: it was not */
  gboolean done; /* as far as the planner was told; it must show by @at */
} ScPlannerTry;

typedef struct {
  char *name;
  ScRoomPolicy policy;
  gboolean open;
  gint64 real_from, real_until; /* while @open is so: computed for that time */
  gint64 open_since;
  gboolean opened; /* in this call */
} Room;

typedef struct {
  guint64 id;
  ScSelection *selection;
  gboolean suspended, any_time;
  char **seats;
  GPtrArray *members; /* (element-type Seat): of @seats, found anew in each call */
  ScPlannerTry order;
} Session;

typedef struct _Group Group;

typedef struct {
  char *id;
  Room *room;
  ScSelection *wanted;
  ScPlannerSeat told; /* its pointers are not used */
  gboolean has_failed;

  Session *in;      /* that it takes part in, also a suspended one; found anew in each call */
  gboolean foreign; /* it is in one that the planner does not know */
  Group *group;     /* with others that are ready for the same, within a call */

  gboolean ready; /* nothing keeps it from a session or catch-up */
  gint64 ready_since;
  gint64 catch_at;    /* jitter */
  gboolean went_back; /* while it was ready: it has waited since then */
  ScPlannerTry order;
  gboolean catching; /* it was told to catch up, and has not come to an end with it */

  gboolean attempt;    /* an update was being tried */
  gboolean failed_now; /* it came to an end, failed */
  guint n_failed;
  gint64 failed_until;

  gboolean mismatch, idle; /* its session is not what it wants; it is between versions and nothing is done about it */
  gint64 mismatch_since, idle_since;
  ScPlannerTry back;
  gboolean going_back; /* it was ordered to, and has not come to an end with it: that is no update */

  gboolean is_busy, reminded;
  gint64 busy_from, busy_real, reminded_at;

  gboolean fetch_known, fetch;
} Seat;

typedef struct {
  guint64 id;
  ScScheduleKind kind;
  Room *room;
  gint64 next; /* real: what it was told, unless the clock was wrong then */
  gint64 told_next;
  guint8 days;
  guint16 minute;
  char *zone;
  ScPlannerTry order;
  gboolean fired; /* for that time */
} Schedule;

/* Seats that want the same. */
struct _Group {
  ScSelection *selection;
  GPtrArray *ready;  /* (element-type Seat) */
  GPtrArray *missed; /* (element-type Seat): due, but off */
  guint n_missing;   /* that are due, in rooms that are open, and not ready */
  guint n_catch_up;  /* of @ready: by their room's policy */
  gint64 prompt_since, prompt_until, gather, catch_up_since;
  gint64 failed; /* when those that wait to be tried again have waited for long enough */
  gint64 at;     /* when its session is to start; G_MAXINT64: none */
};

struct _ScPlanner {
  ScPlannerActions actions;
  gpointer data;
  GRand *rand;
  guint catch_up_seats;
  GHashTable *rooms; /* name → Room */
  GHashTable *by_id; /* id → Seat */
  GPtrArray *seats;  /* (element-type Seat) (owned) */
  GPtrArray *sessions, *schedules;
  GPtrArray *groups; /* (element-type Group), within a call */
  gint64 real, now;  /* of the last call */
  gint64 wake;       /* when it must be called again */
};

Room *sc_planner_get_room (ScPlanner *self, const char *name);
/* It must be called again at @at, or at @real. */
void sc_planner_note (ScPlanner *self, gint64 at);
void sc_planner_note_real (ScPlanner *self, gint64 real);
/* Whether it is time; else that is noted. */
gboolean sc_planner_may (ScPlanner *self, const ScPlannerTry *order);
/* What was ordered, or could not be: the next time, later each time. */
void sc_planner_ordered (ScPlanner *self, ScPlannerTry *order, gboolean done);
/* What was ordered may be seen: it may be ordered anew. */
void sc_planner_seen (ScPlannerTry *order);
/* NULL-terminated ids of @seats (element-type Seat), to be freed with g_free() */
const char **sc_planner_ids (GPtrArray *seats);

/* sc-planner-seats.c */
void sc_planner_seat_free (gpointer data);
void sc_planner_look_at_seats (ScPlanner *self);
gboolean sc_planner_seat_is_prompt (const Seat *seat);
/* Whether nothing is to be done for it, though it is behind: staff have to say so. */
gboolean sc_planner_seat_is_left (const Seat *seat);
/* When a seat that is ready and waits for others to gather has waited for long enough. */
gint64 sc_planner_seat_get_gather_end (const Seat *seat);

/* sc-planner-sessions.c */
void sc_planner_session_free (gpointer data);
void sc_planner_find_members (ScPlanner *self);
void sc_planner_end_sessions (ScPlanner *self);

/* sc-planner-groups.c */
void sc_planner_group_free (gpointer data);
void sc_planner_start_sessions (ScPlanner *self);

/* sc-planner-late.c */
void sc_planner_go_back (ScPlanner *self);
void sc_planner_remind (ScPlanner *self);
void sc_planner_catch_up (ScPlanner *self);
void sc_planner_tell_fetch (ScPlanner *self);

/* sc-planner-schedules.c */
void sc_planner_schedule_free (gpointer data);
void sc_planner_fire (ScPlanner *self);
/* When the session that it asks for can start, if that is at @next or later. Real */
gint64 sc_planner_room_get_opening (const Room *room, gint64 real);

G_END_DECLS
