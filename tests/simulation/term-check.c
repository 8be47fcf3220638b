/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/simulation/term.h"

#define US G_TIME_SPAN_SECOND
#define SETTLE (SC_PLANNER_SETTLE_TIME / US)
#define REFUSED_DELAY 600 /* s that an order which is refused may take longer */

/* s that the planner may have it wait */
static gint64
get_wait (const Term *self, const TermSeat *seat)
{
  if (seat->due || (seat->session != NULL && seat->session->suspended))
    return SETTLE;
  switch (seat->room->late) {
  case SC_LATE_GATHER:
    return self->time - seat->room->opened <= SETTLE ? SETTLE : SC_PLANNER_GATHER_TIME / US;
  case SC_LATE_CATCH_UP:
    return SC_PLANNER_CATCH_UP_SPREAD / US;
  default:
    return G_MAXINT64 - TERM_BEGIN;
  }
}

static void
begin_stay (Term *self, TermSeat *seat)
{
  TermStay stay = { (guint) g_ascii_strtoull (seat->id + 1, NULL, 10),
                    seat->version,
                    seat->templates,
                    self->time,
                    G_MAXINT64,
                    get_wait (self, seat) + TERM_BEGIN };

  seat->since = self->time;
  seat->begins = stay.begins;
  seat->lacks = term_seat_get_lacking (self, seat);
  seat->extra = seat->session != NULL ? term_session_get_rest (self, seat->session) : 0;
  seat->begun = seat->queued = FALSE;
  seat->stay = self->stays->len;
  seat->excused = FALSE;
  g_array_append_val (self->stays, stay);
}

guint
term_count_catching (const Term *self)
{
  guint n = 0;

  for (guint i = 0; i < self->seats->len; i++)
    n += ((const TermSeat *) g_ptr_array_index (self->seats, i))->work == TERM_CATCHES_UP;
  return n;
}

/* So many others catch up that its turn comes later, but not for ever. */
static void
look_at_queue (Term *self, TermSeat *seat)
{
  if (seat->queued || seat->begun || seat->room->late != SC_LATE_CATCH_UP ||
      self->n_catching < SC_PLANNER_CATCH_UP_SEATS)
    return;
  seat->queued = TRUE;
  seat->begins += (SC_PLANNER_GATHER_TIME - SC_PLANNER_CATCH_UP_SPREAD) / US;
  g_array_index (self->stays, TermStay, seat->stay).begins = seat->begins;
}

static void
check_promise (Term *self, TermSeat *seat)
{
  gint64 time = self->time - seat->since;
  const char *broken = NULL;

  if (seat->work == TERM_GOES_BACK && !seat->begun)
    seat->extra = MAX (seat->extra, TERM_BACK);
  seat->begun = seat->begun || seat->work == TERM_CATCHES_UP || (seat->session != NULL && seat->session->sending);
  seat->excused = seat->excused || seat->failed || seat->busy_until != 0;
  if (seat->excused || seat->begins == G_MAXINT64 || term_seat_is_met (seat))
    return;
  if (!seat->begun && time > seat->begins + seat->extra)
    broken = "nothing is sent to it";
  else if (time > seat->begins + seat->lacks + seat->extra + TERM_END)
    broken = "it is not there";
  if (broken != NULL)
    g_error ("%s in %s is on since %" G_GINT64_FORMAT " s and is to have %u: %s (due %d, session %d, work %d, "
             "unfinished %d; it lacks %u s, was to wait for %" G_GINT64_FORMAT " s)",
             seat->id, seat->room->name, time, seat->version, broken, seat->due,
             seat->session != NULL ? (int) seat->session->id : 0, seat->work, seat->unfinished,
             term_seat_get_lacking (self, seat), seat->begins);
}

/* Stays are what seats and the world do, not what the planner makes of them: but for the end of being due. */
static void
look_at_stay (Term *self, TermSeat *seat)
{
  TermStay *stay = seat->since >= 0 ? &g_array_index (self->stays, TermStay, seat->stay) : NULL;
  gboolean can = self->planner != NULL && seat->connected && seat->room->open && !self->stepped;

  if (stay != NULL && (!can || stay->version != seat->version || stay->templates != seat->templates)) {
    stay->to = self->time;
    seat->since = -1;
  }
  if (can && seat->since < 0)
    begin_stay (self, seat);
  if (!can || term_seat_is_met (seat))
    return;
  look_at_queue (self, seat);
  check_promise (self, seat);
}

/* Between two versions: nobody can start a template. */
static void
look_at_unfinished (Term *self, TermSeat *seat)
{
  gboolean left = self->planner != NULL && seat->connected && seat->unfinished && seat->work == TERM_IDLE &&
                  (seat->session == NULL || seat->session->suspended) && !self->stepped;
  gint64 limit = 30;

  if (!left || seat->between < 0 || seat->room->opened == self->time || seat->room->closed == self->time) {
    if (!left)
      seat->n_refused = 0;
    seat->between = left ? self->time : -1;
    return;
  }
  if (seat->room->open)
    limit += SC_PLANNER_UNFINISHED_TIME / US;
  limit += seat->n_refused * REFUSED_DELAY;
  if (self->time > seat->between + limit)
    g_error ("%s in %s is between two versions since %" G_GINT64_FORMAT " s", seat->id, seat->room->name,
             self->time - seat->between);
}

gboolean
term_look_at_rooms (Term *self)
{
  gboolean any = FALSE;

  for (guint i = 0; i < self->n_rooms; i++) {
    TermRoom *room = &self->rooms[i];
    gboolean open = self->planner != NULL && sc_window_is_open (&room->policy.window, term_get_real (self), NULL);

    if (open == room->open)
      continue;
    *(open ? &room->opened : &room->closed) = self->time;
    room->open = open;
    any = TRUE;
  }
  return any;
}

/* What came while the engine was down, or when its clock was wrong, has come an hour later. */
static void
look_at_schedules (const Term *self)
{
  gint64 hour = 3600 * US, up = (self->time - self->booted) * US;

  for (guint i = 0; i < self->schedules->len && self->planner != NULL && !self->stepped; i++) {
    const TermSchedule *schedule = &g_array_index (self->schedules, TermSchedule, i);

    if (schedule->next != 0 && schedule->kind != SC_SCHEDULE_WINDOW && up > hour &&
        term_get_real (self) > schedule->next + hour)
      g_error ("A schedule of %s has not come: it is late by %" G_GINT64_FORMAT " s", schedule->room->name,
               (term_get_real (self) - schedule->next) / US);
  }
}

void
term_look_at_all (Term *self)
{
  look_at_schedules (self);
  self->looked = self->time;
  self->n_catching = term_count_catching (self);
  for (guint i = 0; i < self->seats->len; i++) {
    TermSeat *seat = g_ptr_array_index (self->seats, i);

    look_at_stay (self, seat);
    look_at_unfinished (self, seat);
    if (self->planner != NULL && !self->stepped && seat->connected && seat->fetch && !seat->room->open)
      g_error ("%s may fetch though the window of %s is closed", seat->id, seat->room->name);
  }
}
