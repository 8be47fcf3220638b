/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/schedule/sc-planner-private.h"

#include <string.h>

#define PATIENCE (60 * G_TIME_SPAN_SECOND) /* until what was ordered must show */
#define FIRST_DELAY (30 * G_TIME_SPAN_SECOND)
#define MAX_DELAY (15 * G_TIME_SPAN_MINUTE)
#define LONGEST_SLEEP (60 * G_TIME_SPAN_MINUTE)

static void
room_free (gpointer data)
{
  Room *room = data;

  sc_room_policy_clear (&room->policy);
  g_free (room->name);
  g_free (room);
}

ScPlanner *
sc_planner_new (const ScPlannerActions *actions, gpointer data, guint32 seed)
{
  ScPlanner *self = g_new0 (ScPlanner, 1);

  self->actions = *actions;
  self->data = data;
  self->rand = g_rand_new_with_seed (seed);
  self->catch_up_seats = SC_PLANNER_CATCH_UP_SEATS;
  self->rooms = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, room_free);
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->seats = g_ptr_array_new_with_free_func (sc_planner_seat_free);
  self->sessions = g_ptr_array_new_with_free_func (sc_planner_session_free);
  self->schedules = g_ptr_array_new_with_free_func (sc_planner_schedule_free);
  self->groups = g_ptr_array_new_with_free_func (sc_planner_group_free);
  return self;
}

void
sc_planner_free (ScPlanner *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->groups);
  g_ptr_array_unref (self->schedules);
  g_ptr_array_unref (self->sessions);
  g_hash_table_unref (self->by_id);
  g_ptr_array_unref (self->seats);
  g_hash_table_unref (self->rooms);
  g_rand_free (self->rand);
  g_free (self);
}

void
sc_planner_set_catch_up_seats (ScPlanner *self, guint n_seats)
{
  self->catch_up_seats = MAX (n_seats, 1);
}

/* One that nobody told of yet has no window, as seats in no room. */
Room *
sc_planner_get_room (ScPlanner *self, const char *name)
{
  Room *room = g_hash_table_lookup (self->rooms, name);

  if (room == NULL) {
    room = g_new0 (Room, 1);
    room->name = g_strdup (name);
    sc_room_policy_init (&room->policy);
    room->real_until = G_MININT64;
    g_hash_table_insert (self->rooms, room->name, room);
  }
  return room;
}

static void
set_policy (Room *room, const ScRoomPolicy *policy)
{
  if (!sc_window_equal (&room->policy.window, &policy->window))
    room->real_until = G_MININT64;
  sc_room_policy_clear (&room->policy);
  sc_room_policy_copy (policy, &room->policy);
}

void
sc_planner_set_room (ScPlanner *self, const ScPlannerRoom *told)
{
  set_policy (sc_planner_get_room (self, told->name), told->policy);
}

void
sc_planner_remove_room (ScPlanner *self, const char *name)
{
  Room *room = g_hash_table_lookup (self->rooms, name);
  g_auto (ScRoomPolicy) none = { 0 };

  if (room == NULL)
    return;
  sc_room_policy_init (&none); /* seats and schedules may still name it */
  set_policy (room, &none);
}

void
sc_planner_note (ScPlanner *self, gint64 at)
{
  self->wake = MIN (self->wake, at);
}

void
sc_planner_note_real (ScPlanner *self, gint64 real)
{
  if (real != G_MAXINT64)
    sc_planner_note (self, self->now + MAX (real - self->real, 0));
}

gboolean
sc_planner_may (ScPlanner *self, const ScPlannerTry *order)
{
  if (order->at <= self->now)
    return TRUE;
  sc_planner_note (self, order->at);
  return FALSE;
}

void
sc_planner_ordered (ScPlanner *self, ScPlannerTry *order, gboolean done)
{
  if (order->delay == 0 || !order->done != !done)
    order->delay = done ? PATIENCE : FIRST_DELAY;
  else
    order->delay = MIN (2 * order->delay, MAX_DELAY);
  order->done = done;
  order->at = self->now + order->delay;
  sc_planner_note (self, order->at);
}

void
sc_planner_seen (ScPlannerTry *order)
{
  if (order->done)
    *order = (ScPlannerTry){ 0 };
}

const char **
sc_planner_ids (GPtrArray *seats)
{
  const char **ids = g_new0 (const char *, seats->len + 1);

  for (guint i = 0; i < seats->len; i++)
    ids[i] = ((const Seat *) g_ptr_array_index (seats, i))->id;
  return ids;
}

/* Windows are asked only when the answer may be another one: time has come there, or the clock was put back. */
static gboolean
look_at_room (ScPlanner *self, Room *room)
{
  gboolean was_open = room->open;
  gint64 until = G_MAXINT64;

  room->opened = FALSE;
  if (self->real < room->real_from || self->real >= room->real_until) {
    room->open = sc_window_is_open (&room->policy.window, self->real, &until);
    if (!room->open)
      until = sc_window_next_opening (&room->policy.window, self->real);
    room->real_from = self->real;
    room->real_until = until;
    room->opened = room->open && !was_open;
    if (room->opened)
      room->open_since = self->now;
  }
  sc_planner_note_real (self, room->real_until);
  return sc_window_is_set (&room->policy.window);
}

gint64
sc_planner_advance (ScPlanner *self, gint64 real, gint64 now)
{
  gboolean by_clock = self->schedules->len > 0;
  GHashTableIter iter;
  gpointer room;

  self->real = real;
  self->now = now;
  self->wake = G_MAXINT64;
  g_hash_table_iter_init (&iter, self->rooms);
  while (g_hash_table_iter_next (&iter, NULL, &room))
    by_clock = look_at_room (self, room) || by_clock;
  sc_planner_find_members (self);
  sc_planner_look_at_seats (self);
  sc_planner_tell_fetch (self); /* what stops comes first */
  sc_planner_end_sessions (self);
  sc_planner_fire (self);
  sc_planner_go_back (self);
  sc_planner_remind (self);
  sc_planner_start_sessions (self);
  sc_planner_catch_up (self);
  g_ptr_array_set_size (self->groups, 0);
  if (by_clock)
    sc_planner_note (self, now + LONGEST_SLEEP);
  return self->wake == G_MAXINT64 ? G_MAXINT64 : MAX (self->wake - now, 0);
}
