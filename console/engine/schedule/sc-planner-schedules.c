/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/schedule/sc-planner-private.h"

#define LONGEST_PAUSE (8 * G_TIME_SPAN_DAY) /* more than between two times of a repeated one */

void
sc_planner_schedule_free (gpointer data)
{
  Schedule *schedule = data;

  g_free (schedule->zone);
  g_free (schedule);
}

static Schedule *
find (ScPlanner *self, guint64 id)
{
  for (guint i = 0; i < self->schedules->len; i++) {
    Schedule *schedule = g_ptr_array_index (self->schedules, i);

    if (schedule->id == id)
      return schedule;
  }
  return NULL;
}

void
sc_planner_set_schedule (ScPlanner *self, const ScPlannerSchedule *told)
{
  Schedule *schedule = find (self, told->id);

  if (schedule == NULL) {
    schedule = g_new0 (Schedule, 1);
    schedule->id = told->id;
    g_ptr_array_add (self->schedules, schedule);
  }
  schedule->kind = told->kind;
  schedule->room = sc_planner_get_room (self, told->room);
  schedule->days = told->days;
  schedule->minute = told->minute;
  g_free (schedule->zone);
  schedule->zone = g_strdup (told->zone);
  if (told->next != schedule->told_next) {
    schedule->next = schedule->told_next = told->next;
    schedule->fired = FALSE;
  }
}

void
sc_planner_remove_schedule (ScPlanner *self, guint64 id)
{
  Schedule *schedule = find (self, id);

  if (schedule != NULL)
    g_ptr_array_remove (self->schedules, schedule);
}

gint64
sc_planner_room_get_opening (const Room *room, gint64 real)
{
  if (sc_window_is_open (&room->policy.window, real, NULL))
    return real;
  return sc_window_next_opening (&room->policy.window, real);
}

static void
fire (ScPlanner *self, Schedule *schedule)
{
  gint64 next = 0;

  if (!sc_planner_may (self, &schedule->order))
    return;
  if (schedule->kind == SC_SCHEDULE_REPEAT) /* what was missed comes once */
    next = sc_window_next_time (schedule->days, schedule->minute, schedule->zone, self->real);
  if (next == G_MAXINT64)
    next = 0;
  schedule->fired = self->actions.fire (self->data, schedule->id, next);
  sc_planner_ordered (self, &schedule->order, schedule->fired);
  sc_planner_seen (&schedule->order);
}

void
sc_planner_fire (ScPlanner *self)
{
  for (guint i = 0; i < self->schedules->len; i++) {
    Schedule *schedule = g_ptr_array_index (self->schedules, i);

    if (schedule->fired)
      continue;
    if (schedule->kind == SC_SCHEDULE_REPEAT && schedule->next - self->real > LONGEST_PAUSE)
      schedule->next = sc_window_next_time (schedule->days, schedule->minute, schedule->zone, self->real);
    if (schedule->next > self->real)
      sc_planner_note_real (self, schedule->next);
    else if (schedule->kind != SC_SCHEDULE_WINDOW || schedule->room->open)
      fire (self, schedule);
  }
}
