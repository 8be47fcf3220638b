/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/schedule/sc-planner-private.h"

#define BACK_DELAY (60 * G_TIME_SPAN_SECOND)
#define MAX_BACK_DELAY (60 * G_TIME_SPAN_MINUTE)
#define HOUR (G_GINT64_CONSTANT (3600) * G_TIME_SPAN_SECOND)

/* Once; then, as it did not help, with back-off. */
void
sc_planner_go_back (ScPlanner *self)
{
  for (guint i = 0; i < self->seats->len; i++) {
    Seat *seat = g_ptr_array_index (self->seats, i);

    if (!seat->idle || seat->told.back == 0)
      continue;
    /* one that has failed has minutes until it is tried again, and finds then what it has received by now */
    if (seat->room->open && !seat->has_failed && seat->idle_since + SC_PLANNER_UNFINISHED_TIME > self->now) {
      sc_planner_note (self, seat->idle_since + SC_PLANNER_UNFINISHED_TIME);
      continue;
    }
    if (!sc_planner_may (self, &seat->back))
      continue;
    seat->back.delay = seat->back.delay == 0 ? BACK_DELAY : MIN (2 * seat->back.delay, MAX_BACK_DELAY);
    seat->back.at = self->now + seat->back.delay;
    sc_planner_note (self, seat->back.at);
    if (self->actions.go_back (self->data, seat->id, seat->told.back)) {
      seat->went_back = seat->ready;
      seat->ready = FALSE; /* it is at work now */
      seat->going_back = TRUE;
    }
  }
}

static void
look_at_busy (ScPlanner *self, Seat *seat)
{
  gint64 deadline = seat->room->policy.busy_deadline * HOUR, at;

  if (!seat->is_busy) {
    seat->is_busy = TRUE;
    seat->reminded = FALSE;
    seat->busy_real = seat->told.busy_since != 0 ? seat->told.busy_since : self->real;
    seat->busy_from = self->now - MAX (self->real - seat->busy_real, 0);
  }
  if (deadline == 0)
    return;
  at = (seat->reminded ? seat->reminded_at : seat->busy_from) + deadline;
  if (at <= self->now) {
    self->actions.remind (self->data, seat->id, seat->busy_real);
    seat->reminded = TRUE;
    seat->reminded_at = self->now;
    at = self->now + deadline;
  }
  sc_planner_note (self, at);
}

void
sc_planner_remind (ScPlanner *self)
{
  for (guint i = 0; i < self->seats->len; i++) {
    Seat *seat = g_ptr_array_index (self->seats, i);

    if (seat->told.busy && seat->wanted != NULL && !seat->told.met)
      look_at_busy (self, seat);
    else
      seat->is_busy = FALSE;
  }
}

static void
tell_fetch (ScPlanner *self, Seat *seat)
{
  gboolean fetch =
      seat->room->open && (seat->wanted == NULL || seat->catching || (seat->told.working && !seat->told.met));

  if (!seat->told.online || (seat->fetch_known && seat->fetch == fetch))
    return;
  seat->fetch_known = TRUE;
  seat->fetch = fetch;
  self->actions.set_fetch (self->data, seat->id, fetch);
}

void
sc_planner_tell_fetch (ScPlanner *self)
{
  for (guint i = 0; i < self->seats->len; i++)
    tell_fetch (self, g_ptr_array_index (self->seats, i));
}

static gboolean
catches_up (const Seat *seat)
{
  return seat->catching || (seat->told.working && seat->wanted != NULL && !seat->told.met && seat->in == NULL);
}

/* Whether it is to do so by itself: no session for its like is about to start. */
static gboolean
waits_for_catch_up (ScPlanner *self, const Seat *seat)
{
  return seat->ready && seat->group != NULL && !sc_planner_seat_is_prompt (seat) &&
         seat->room->policy.late == SC_LATE_CATCH_UP && seat->order.at <= self->now &&
         seat->group->ready->len < SC_PLANNER_SHARE && seat->group->at > self->now + SC_PLANNER_SETTLE_TIME;
}

static int
compare_catch_at (gconstpointer a, gconstpointer b)
{
  gint64 a_at = (*(const Seat *const *) a)->catch_at, b_at = (*(const Seat *const *) b)->catch_at;

  return a_at < b_at ? -1 : a_at > b_at;
}

void
sc_planner_catch_up (ScPlanner *self)
{
  g_autoptr (GPtrArray) waiting = g_ptr_array_new ();
  guint n = 0;

  for (guint i = 0; i < self->seats->len; i++) {
    Seat *seat = g_ptr_array_index (self->seats, i);

    if (catches_up (seat))
      n++;
    else if (waits_for_catch_up (self, seat))
      g_ptr_array_add (waiting, seat);
  }
  g_ptr_array_sort (waiting, compare_catch_at);
  for (guint i = 0; i < waiting->len && n < self->catch_up_seats; i++) {
    Seat *seat = g_ptr_array_index (waiting, i);
    gboolean done;

    if (seat->catch_at > self->now) {
      sc_planner_note (self, seat->catch_at);
      break;
    }
    seat->catching = TRUE;
    tell_fetch (self, seat);
    done = self->actions.catch_up (self->data, seat->id);
    sc_planner_ordered (self, &seat->order, done);
    seat->catching = done;
    tell_fetch (self, seat);
    if (done)
      n++;
  }
}
