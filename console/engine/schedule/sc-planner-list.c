/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/schedule/sc-planner-private.h"

/* More than from a repeated schedule's time to the opening that it waits for. */
#define LONGEST_WAIT (41 * G_TIME_SPAN_DAY)

void
sc_planned_free (ScPlanned *self)
{
  if (self == NULL)
    return;
  g_free (self->room);
  sc_selection_unref (self->selection);
  g_free (self);
}

static ScPlanned *
add (GPtrArray *list, ScPlannedKind kind, const Room *room, gint64 at)
{
  ScPlanned *planned = g_new0 (ScPlanned, 1);

  planned->kind = kind;
  planned->at = at;
  if (!sc_window_is_open (&room->policy.window, at, &planned->until))
    planned->until = at;
  planned->room = g_strdup (room->name);
  g_ptr_array_add (list, planned);
  return planned;
}

/* The session of a time when the window is closed is at its next opening: one for all times before that. @from may be
 * in any year, so what lies long before it is not gone through. */
static void
add_schedule (ScPlanner *self, GPtrArray *list, const Schedule *schedule, gint64 from, gint64 to, guint max)
{
  gint64 next = schedule->next;

  if (schedule->fired)
    return;
  if (schedule->kind == SC_SCHEDULE_REPEAT && from - next > LONGEST_WAIT)
    next = sc_window_next_time (schedule->days, schedule->minute, schedule->zone, from - LONGEST_WAIT);
  for (guint n = 0; next < to && n < max;) {
    gint64 at = sc_planner_room_get_opening (schedule->room, MAX (next, self->real));

    if (at >= from && at < to) {
      add (list, SC_PLANNED_SCHEDULE, schedule->room, at)->schedule = schedule->id;
      n++;
    }
    if (schedule->kind != SC_SCHEDULE_REPEAT || at == G_MAXINT64)
      break;
    next = sc_window_next_time (schedule->days, schedule->minute, schedule->zone, MAX (at, self->real));
  }
}

static ScPlanned *
find (GPtrArray *list, ScPlannedKind kind, const Seat *seat)
{
  for (guint i = 0; i < list->len; i++) {
    ScPlanned *planned = g_ptr_array_index (list, i);

    if (planned->kind == kind && planned->session == (seat->in != NULL ? seat->in->id : 0) &&
        g_strcmp0 (planned->room, seat->room->name) == 0 && sc_selection_equal (planned->selection, seat->wanted))
      return planned;
  }
  return NULL;
}

/* What keeps a seat that is off from it is not known to pass; it counts all the same. */
static void
add_seat (ScPlanner *self, GPtrArray *waiting, const Seat *seat)
{
  ScPlannedKind kind = seat->in != NULL ? SC_PLANNED_RESUME : seat->told.due ? SC_PLANNED_DUE : SC_PLANNED_GATHER;
  ScPlanned *planned;
  gint64 at;

  if (seat->wanted == NULL || seat->told.met || seat->foreign || seat->told.working || seat->told.busy ||
      (seat->in != NULL && !seat->in->suspended) || sc_planner_seat_is_left (seat))
    return;
  if (kind == SC_PLANNED_GATHER && (seat->room->policy.late == SC_LATE_ASK || seat->room->open))
    return; /* staff, or at once */
  at = sc_planner_room_get_opening (seat->room, self->real);
  if (at == G_MAXINT64)
    return;
  planned = find (waiting, kind, seat);
  if (planned == NULL) {
    planned = add (waiting, kind, seat->room, at);
    planned->session = seat->in != NULL ? seat->in->id : 0;
    planned->selection = sc_selection_ref (seat->wanted);
  }
  planned->seats++;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const ScPlanned *one = *(const ScPlanned *const *) a, *other = *(const ScPlanned *const *) b;

  if (one->at != other->at)
    return one->at < other->at ? -1 : 1;
  return g_strcmp0 (one->room, other->room);
}

/* Of many schedules the first days fill the list already: years are only gone through where they are needed. */
static void
add_schedules (ScPlanner *self, GPtrArray *list, gint64 from, gint64 to, guint max)
{
  const guint n_others = list->len;
  gint64 span = G_TIME_SPAN_DAY;

  for (;;) {
    gint64 end = to - from > span ? from + span : to;

    for (guint i = 0; i < self->schedules->len; i++)
      add_schedule (self, list, g_ptr_array_index (self->schedules, i), from, end, max);
    if (end == to || list->len - n_others >= max)
      return;
    g_ptr_array_set_size (list, (gint) n_others);
    span *= 2;
  }
}

GPtrArray *
sc_planner_list (ScPlanner *self, gint64 from, gint64 to, guint max)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_planned_free);

  for (guint i = 0; i < self->seats->len; i++)
    add_seat (self, list, g_ptr_array_index (self->seats, i));
  for (guint i = list->len; i > 0; i--) {
    const ScPlanned *planned = g_ptr_array_index (list, i - 1);

    if (planned->at < from || planned->at >= to)
      g_ptr_array_remove_index (list, i - 1);
  }
  add_schedules (self, list, from, to, max);
  g_ptr_array_sort (list, compare);
  if (list->len > max)
    g_ptr_array_set_size (list, (gint) max);
  return list;
}
