/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/schedule/sc-planner-private.h"

/* The planned session of its room that comes first; what it brings is not known here. */
static const Schedule *
find_schedule (ScPlanner *self, const Room *room, gint64 real, gint64 *at)
{
  const Schedule *first = NULL;

  *at = G_MAXINT64;
  for (guint i = 0; i < self->schedules->len; i++) {
    const Schedule *schedule = g_ptr_array_index (self->schedules, i);
    gint64 opening;

    if (schedule->room != room || schedule->fired)
      continue;
    opening = sc_planner_room_get_opening (room, MAX (schedule->next, real));
    if (opening < *at) {
      *at = opening;
      first = schedule;
    }
  }
  return first;
}

/* Also where its window was changed, or time has passed, since the planner looked. */
static gboolean
is_open (const Room *room, gint64 real)
{
  if (real >= room->real_from && real < room->real_until)
    return room->open;
  return sc_window_is_open (&room->policy.window, real, NULL);
}

/* When, by the rules, it is brought there without anybody doing anything: real; 0: at once */
static gint64
get_time (const Seat *seat, gint64 real, gint64 now)
{
  gint64 wait = 0;

  if (!is_open (seat->room, real))
    return sc_planner_room_get_opening (seat->room, real);
  if (seat->has_failed && !seat->told.due)
    wait = MAX (seat->failed_until - now, 0);
  if (sc_planner_seat_is_prompt (seat))
    wait = 0;
  else if (seat->room->policy.late == SC_LATE_GATHER)
    wait = seat->ready ? MAX (sc_planner_seat_get_gather_end (seat) - now, 0) : wait + SC_PLANNER_GATHER_TIME;
  return wait > 0 ? real + wait : 0;
}

static ScBehind
get_reason (const Seat *seat)
{
  const ScPlannerSeat *told = &seat->told;

  if ((seat->in != NULL && !seat->in->suspended) || seat->foreign || told->working || seat->catching)
    return SC_BEHIND_UPDATING;
  if (sc_planner_seat_is_left (seat))
    return told->held ? SC_BEHIND_CANCELLED : SC_BEHIND_DRIFTED;
  if (!told->online)
    return SC_BEHIND_OFFLINE;
  if (told->busy)
    return SC_BEHIND_BUSY;
  if (sc_planner_seat_is_prompt (seat))
    return SC_BEHIND_DUE;
  return seat->has_failed ? SC_BEHIND_FAILED : SC_BEHIND_LATE;
}

static ScNext
get_next (const Seat *seat, ScBehind behind)
{
  gboolean prompt = sc_planner_seat_is_prompt (seat);

  switch (behind) {
  case SC_BEHIND_UPDATING:
    return seat->in != NULL || seat->foreign ? SC_NEXT_SESSION : SC_NEXT_CATCH_UP;
  case SC_BEHIND_CANCELLED:
  case SC_BEHIND_DRIFTED:
    return SC_NEXT_STAFF;
  case SC_BEHIND_OFFLINE:
    return seat->told.due && seat->told.wake ? SC_NEXT_SESSION : SC_NEXT_RETURN;
  case SC_BEHIND_BUSY:
    return SC_NEXT_RELEASE;
  default:
    if (prompt || seat->room->policy.late == SC_LATE_GATHER)
      return SC_NEXT_SESSION;
    return seat->room->policy.late == SC_LATE_ASK ? SC_NEXT_STAFF : SC_NEXT_CATCH_UP;
  }
}

void
sc_planner_get_outlook (ScPlanner *self, const char *id, gint64 real, gint64 now, ScOutlook *outlook)
{
  const Seat *seat = g_hash_table_lookup (self->by_id, id);
  const Schedule *schedule;
  gint64 planned;

  *outlook = (ScOutlook){ SC_BEHIND_NOT, SC_NEXT_NOTHING, 0, 0 };
  if (seat == NULL || seat->wanted == NULL || seat->told.met)
    return;
  outlook->behind = get_reason (seat);
  outlook->next = get_next (seat, outlook->behind);
  if (outlook->behind == SC_BEHIND_UPDATING || outlook->next == SC_NEXT_RELEASE)
    return;
  if (outlook->next != SC_NEXT_STAFF && outlook->next != SC_NEXT_RETURN)
    outlook->at = get_time (seat, real, now);
  else if (outlook->next == SC_NEXT_RETURN && !is_open (seat->room, real))
    outlook->at = sc_planner_room_get_opening (seat->room, real); /* before, returning does not help */
  schedule = find_schedule (self, seat->room, real, &planned);
  if (schedule == NULL || outlook->next == SC_NEXT_RETURN)
    return;
  if (outlook->next == SC_NEXT_STAFF || (outlook->at != 0 && planned < outlook->at)) {
    outlook->next = SC_NEXT_SESSION;
    outlook->at = planned;
    outlook->schedule = schedule->id;
  }
}
