/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/schedule/sc-planner-private.h"

#include <string.h>

void
sc_planner_seat_free (gpointer data)
{
  Seat *seat = data;

  sc_selection_unref (seat->wanted);
  g_free (seat->id);
  g_free (seat);
}

static void
set_wanted (Seat *seat, ScSelection *wanted)
{
  if (sc_selection_equal (seat->wanted, wanted))
    return;
  sc_selection_unref (seat->wanted);
  seat->wanted = wanted != NULL ? sc_selection_ref (wanted) : NULL;
  seat->ready = seat->went_back = seat->catching = seat->attempt = seat->failed_now = FALSE;
  seat->n_failed = 0;
  seat->failed_until = 0;
  seat->order = (ScPlannerTry){ 0 };
}

/* Whether what was ordered shows. */
static gboolean
has_moved (const ScPlannerSeat *before, const ScPlannerSeat *after)
{
  return before->session != after->session || !before->working != !after->working || !before->met != !after->met ||
         !before->due != !after->due || !before->online != !after->online;
}

/* An update that was tried has come to an end when the seat is in no session and works no more. */
static void
note_failure (Seat *seat, const ScPlannerSeat *told)
{
  gboolean trying = told->session != 0 || seat->catching || (told->working && !seat->going_back);

  if (told->failed == NULL)
    seat->n_failed = 0, seat->failed_now = FALSE;
  else if (!trying && (seat->attempt || !seat->has_failed))
    seat->failed_now = TRUE;
  seat->attempt = trying;
  seat->has_failed = told->failed != NULL;
}

void
sc_planner_set_seat (ScPlanner *self, const ScPlannerSeat *told)
{
  Seat *seat = g_hash_table_lookup (self->by_id, told->id);

  if (seat == NULL) {
    seat = g_new0 (Seat, 1);
    seat->id = g_strdup (told->id);
    g_hash_table_insert (self->by_id, seat->id, seat);
    g_ptr_array_add (self->seats, seat);
  }
  Room *room = sc_planner_get_room (self, told->room);
  if (room != seat->room)
    seat->ready = FALSE;
  seat->room = room;
  set_wanted (seat, told->wanted);
  if (has_moved (&seat->told, told))
    sc_planner_seen (&seat->order);
  if (seat->catching && (told->met || told->session != 0 || (seat->told.working && !told->working)))
    seat->catching = FALSE;
  note_failure (seat, told);
  if ((seat->told.working && !told->working) || told->session != 0 || seat->catching || !told->online)
    seat->going_back = FALSE;
  if (!told->online)
    seat->fetch_known = FALSE;
  if (!told->unfinished)
    seat->back = (ScPlannerTry){ 0 };
  seat->told = *told;
  seat->told.id = seat->told.room = seat->told.failed = NULL;
  seat->told.wanted = NULL;
}

void
sc_planner_remove_seat (ScPlanner *self, const char *id)
{
  Seat *seat = g_hash_table_lookup (self->by_id, id);

  if (seat == NULL)
    return;
  g_hash_table_remove (self->by_id, id);
  g_ptr_array_remove (self->seats, seat);
}

gboolean
sc_planner_seat_is_prompt (const Seat *seat)
{
  return seat->told.due || (seat->in != NULL && seat->in->suspended);
}

gboolean
sc_planner_seat_is_left (const Seat *seat)
{
  return !sc_planner_seat_is_prompt (seat) && (seat->told.drifted || seat->told.held);
}

gint64
sc_planner_seat_get_gather_end (const Seat *seat)
{
  gboolean came_first = seat->ready_since <= seat->room->open_since + SC_PLANNER_SETTLE_TIME;

  return seat->ready_since + (came_first ? SC_PLANNER_SETTLE_TIME : SC_PLANNER_GATHER_TIME);
}

static gboolean
is_ready (ScPlanner *self, const Seat *seat)
{
  const ScPlannerSeat *told = &seat->told;

  if (seat->wanted == NULL || told->met || told->busy || told->working || seat->foreign ||
      (seat->in != NULL && !seat->in->suspended) || sc_planner_seat_is_left (seat))
    return FALSE;
  if (!told->online && !(told->due && told->wake))
    return FALSE;
  if (!seat->room->open && !(seat->in != NULL && seat->in->any_time))
    return FALSE;
  if (!told->due && seat->has_failed && seat->failed_until > self->now) {
    sc_planner_note (self, seat->failed_until);
    return FALSE;
  }
  return sc_planner_may (self, &seat->order);
}

static void
look_at_failure (ScPlanner *self, Seat *seat)
{
  if (seat->failed_now) {
    gint64 delay = SC_PLANNER_FAILED_TIME << MIN (seat->n_failed, 8);

    seat->failed_now = FALSE;
    seat->n_failed++;
    seat->failed_until = self->now + MIN (delay, SC_PLANNER_FAILED_MAX);
  }
  if (seat->room->opened)
    seat->failed_until = self->now;
}

static void
look_at_seat (ScPlanner *self, Seat *seat)
{
  gboolean ready, mismatch, idle;

  /* an order that has had no effect: it may be given anew */
  if (seat->catching && !seat->told.working && seat->order.at <= self->now)
    seat->catching = FALSE;
  look_at_failure (self, seat);
  ready = is_ready (self, seat);
  if (!seat->told.online || !seat->room->open)
    seat->went_back = FALSE;
  if (ready && !seat->ready && !seat->went_back) {
    seat->ready_since = self->now;
    seat->catch_at = self->now + g_rand_int_range (self->rand, 0, (gint32) SC_PLANNER_CATCH_UP_SPREAD);
  }
  seat->ready = ready;
  if (ready)
    seat->went_back = FALSE;
  mismatch = seat->in != NULL && !seat->in->suspended && seat->wanted != NULL &&
             !sc_selection_equal (seat->in->selection, seat->wanted);
  if (mismatch && !seat->mismatch)
    seat->mismatch_since = self->now;
  seat->mismatch = mismatch;
  idle = seat->told.unfinished && seat->told.online && !seat->told.working && !seat->told.busy && !seat->foreign &&
         (seat->in == NULL || seat->in->suspended);
  if (idle && !seat->idle)
    seat->idle_since = self->now;
  seat->idle = idle;
}

void
sc_planner_look_at_seats (ScPlanner *self)
{
  for (guint i = 0; i < self->seats->len; i++)
    look_at_seat (self, g_ptr_array_index (self->seats, i));
}
