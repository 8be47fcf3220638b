/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/sc-scheduler.h"
#include "console/engine/sc-waker.h"
#include "console/engine/store/sc-met.h"

G_BEGIN_DECLS

/* What the files of ScScheduler share: sc-scheduler.c (its life, when it looks and orders), sc-scheduler-desired.c
 * (what staff want), sc-scheduler-known.c (what is so: rooms and seats), sc-scheduler-sessions.c (the same of sessions,
 * and what comes after them), sc-scheduler-schedules.c (what is planned, and what comes of it), sc-scheduler-actions.c
 * (what the planner orders) and sc-scheduler-wake.c.
 *
 * What is heard only marks what may have changed; the planner is told of it in one go (sc_scheduler_take_up()), a
 * moment later or before it is asked. So nothing that an order of the planner's brings about reaches it within that
 * order, and of what says something often, little is read. */

/* What the planner was told of a seat, and what that follows from. */
typedef struct {
  char *id, *room, *mac;
  char *address; /* that it had when it was connected last */
  ScSelection *wanted;
  gint64 assigned;
  ScDue due;
  guint64 due_schedule;
  gboolean met, unfinished, drifted;
  gboolean has_busy; /* templates are in use whose update waits */
  gint64 busy_since; /* µs since 1970, of one that was so before the engine was started; 0: the planner knows */
  guint64 back;      /* the version that it had wholly before, of one that is unfinished; 0: none */
  gboolean forward;  /* that is what it is to have, and all that is unfinished is on its way there */

  guint64 busy_version; /* to which it has brought all but what is in use; 0: not known */
  guint64 session;      /* that holds it, also a suspended one */
  gboolean asked;       /* by a dry run */
  guint64 power_off;    /* the session after which it is to be powered off */
  char *failed;         /* (nullable) */
  gboolean going_back;  /* it was ordered to: if it fails, that is no update */
  gboolean online, working;
  gboolean came_to_end;        /* with something outside sessions, since the planner was told of it */
  gboolean fetch_known, fetch; /* as the planner said */
  gboolean policy_sent;        /* over this connection: */
  gboolean sent_fetch;
  char *sent_cache;
  ScOutlook told; /* by "seat-changed" */
} ScSchedulerSeat;

struct _ScScheduler {
  GObject parent_instance;
  ScStore *store;
  ScCatalog *catalog;
  ScSeatHub *hub;
  ScSessions *sessions;
  ScMet *met;
  ScPlanner *planner;
  ScWaker *waker;
  ScSchedulerClock real, now;
  gpointer clock_data;
  gboolean started;
  guint run_soon, timer, read_again; /* GSource ids */

  GHashTable *rooms;           /* name → ScCatalogRoom; "": those that are in none */
  GHashTable *seats;           /* id → ScSchedulerSeat */
  GHashTable *held;            /* guint64: session → GHashTable: set of ids */
  GHashTable *ending;          /* set of guint64: sessions that the planner, and not staff, has end */
  GHashTable *schedules;       /* guint64: id → NULL: those that the planner knows */
  GHashTable *local_addresses; /* room → the console's address that its seats connected to last */

  /* what may have changed since the planner was told */
  gboolean all;
  GHashTable *rooms_to_read, *seats_to_read, *seats_to_tell; /* sets of utf8 */
  GHashTable *rooms_to_move;                                 /* the same: rooms whose window may be another one */
  GHashTable *sessions_to_read, *schedules_to_read;          /* sets of guint64 */
  /* whom to tell of what has changed */
  GHashTable *seats_to_show; /* set of ids */
  GHashTable *rooms_to_show;
  gboolean show_schedules;
};

extern const ScPlannerActions sc_scheduler_actions;

/* sc-scheduler.c */
void sc_scheduler_tell_failed (ScScheduler *self, const ScCatalogSchedule *schedule); /* emits "schedule-failed" */
void sc_scheduler_remind (ScScheduler *self, const char *seat, gint64 since);         /* emits "reminder" */
gint64 sc_scheduler_get_real (ScScheduler *self);                                     /* µs since 1970 */
/* Has the planner told and asked, soon. */
void sc_scheduler_run_soon (ScScheduler *self);
void sc_scheduler_take_up (ScScheduler *self);
void sc_scheduler_mark_seat (ScScheduler *self, const char *seat);     /* to be read */
void sc_scheduler_mark_live (ScScheduler *self, const char *seat);     /* what is not in the catalog */
void sc_scheduler_mark_session (ScScheduler *self, guint64 session);   /* to be read */
void sc_scheduler_mark_schedule (ScScheduler *self, guint64 schedule); /* to be read, and shown */
void sc_scheduler_mark_room (ScScheduler *self, const char *room);     /* to be read, and shown with all its seats */
void sc_scheduler_show_seats_of_room (ScScheduler *self, const char *room); /* what comes next for them has changed */

/* sc-scheduler-known.c */
ScSchedulerSeat *sc_scheduler_find_seat (ScScheduler *self, const char *seat);     /* (nullable) */
const ScRoomPolicy *sc_scheduler_get_policy (ScScheduler *self, const char *room); /* (nullable) */
void sc_scheduler_seat_free (gpointer data);
void sc_scheduler_read_all (ScScheduler *self);
void sc_scheduler_read_room (ScScheduler *self, const char *room);
void sc_scheduler_read_seat (ScScheduler *self, const char *seat);
void sc_scheduler_tell_seat (ScScheduler *self, const char *seat);
/* Of those that are to be told: nothing is due for who has it already. */
void sc_scheduler_end_waits (ScScheduler *self);
void sc_scheduler_watch_hub (ScScheduler *self);
/* As the planner and the room say, unless it was sent over this connection already. */
void sc_scheduler_send_policy (ScScheduler *self, ScSchedulerSeat *seat);
gboolean sc_scheduler_wakes (ScScheduler *self, const ScSchedulerSeat *seat);
gboolean sc_scheduler_powers_off (ScScheduler *self, const ScSchedulerSeat *seat);
/* Has failed to keep in the catalog who is due; logged. @seats: ids */
gboolean sc_scheduler_set_due (ScScheduler *self, GPtrArray *seats, ScDue due, guint64 schedule);

/* sc-scheduler-sessions.c */
void sc_scheduler_watch_sessions (ScScheduler *self);
void sc_scheduler_read_session (ScScheduler *self, guint64 session);
void sc_scheduler_read_sessions (ScScheduler *self);

/* sc-scheduler-schedules.c */
void sc_scheduler_read_schedule (ScScheduler *self, guint64 schedule);
void sc_scheduler_read_schedules (ScScheduler *self);
gboolean sc_scheduler_fire (ScScheduler *self, guint64 schedule, gint64 next);
/* A session was started for the schedule, or (@session 0) could not be. */
void sc_scheduler_note_session (ScScheduler *self, guint64 schedule, guint64 session, const char *error);
/* The room's window is another one. */
void sc_scheduler_move_schedules (ScScheduler *self, const char *room);

/* sc-scheduler-desired.c: that the version has all that is selected of it. Errors: %SC_ERROR_NOT_FOUND */
gboolean sc_scheduler_check_selection (ScScheduler *self, ScSelection *selection, GError **error);

/* sc-scheduler-wake.c */
void sc_scheduler_on_wake (gpointer data, const char *const *seats);

G_END_DECLS
