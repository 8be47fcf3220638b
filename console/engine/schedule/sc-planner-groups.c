/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/schedule/sc-planner-private.h"

void
sc_planner_group_free (gpointer data)
{
  Group *group = data;

  sc_selection_unref (group->selection);
  g_ptr_array_unref (group->ready);
  g_ptr_array_unref (group->missed);
  g_free (group);
}

static Group *
get_group (ScPlanner *self, ScSelection *selection)
{
  Group *group;

  for (guint i = 0; i < self->groups->len; i++) {
    group = g_ptr_array_index (self->groups, i);
    if (sc_selection_equal (group->selection, selection))
      return group;
  }
  group = g_new0 (Group, 1);
  group->selection = sc_selection_ref (selection);
  group->ready = g_ptr_array_new ();
  group->missed = g_ptr_array_new ();
  group->prompt_since = group->gather = group->catch_up_since = group->failed = group->at = G_MAXINT64;
  group->prompt_until = G_MININT64;
  g_ptr_array_add (self->groups, group);
  return group;
}

static void
add_ready (Group *group, Seat *seat)
{
  if (sc_planner_seat_is_prompt (seat)) {
    group->prompt_since = MIN (group->prompt_since, seat->ready_since);
    group->prompt_until = MAX (group->prompt_until, seat->ready_since);
  } else if (seat->room->policy.late == SC_LATE_GATHER && seat->has_failed) {
    group->failed = MIN (group->failed, sc_planner_seat_get_gather_end (seat));
  } else if (seat->room->policy.late == SC_LATE_GATHER) {
    group->gather = MIN (group->gather, sc_planner_seat_get_gather_end (seat));
  } else if (seat->room->policy.late == SC_LATE_CATCH_UP) {
    group->catch_up_since = MIN (group->catch_up_since, seat->ready_since);
    group->n_catch_up++;
  } else {
    return;
  }
  seat->group = group;
  g_ptr_array_add (group->ready, seat);
}

/* Off, or on and kept from it for now. */
static void
add_missing (Group *group, Seat *seat)
{
  group->n_missing++;
  if (!seat->told.online)
    g_ptr_array_add (group->missed, seat);
}

/* Of any open room with one that is to take part: it has its session now. */
static void
keep_missed_of_rooms (Group *group)
{
  for (guint i = group->missed->len; i > 0; i--) {
    const Seat *missed = g_ptr_array_index (group->missed, i - 1);
    gboolean found = FALSE;

    for (guint j = 0; j < group->ready->len && !found; j++)
      found = ((const Seat *) g_ptr_array_index (group->ready, j))->room == missed->room;
    if (!found)
      g_ptr_array_remove_index (group->missed, i - 1);
  }
}

static void
collect (ScPlanner *self)
{
  for (guint i = 0; i < self->seats->len; i++) {
    Seat *seat = g_ptr_array_index (self->seats, i);

    seat->group = NULL;
    if (seat->ready)
      add_ready (get_group (self, seat->wanted), seat);
    else if (seat->wanted != NULL && seat->told.due && !seat->told.met && seat->room->open && seat->in == NULL)
      add_missing (get_group (self, seat->wanted), seat);
  }
}

static void
decide (ScPlanner *self, Group *group)
{
  if (group->prompt_since != G_MAXINT64) {
    group->at = group->prompt_since + SC_PLANNER_SETTLE_TIME;
    if (group->n_missing == 0)
      group->at = MIN (group->at, group->prompt_until + SC_PLANNER_SETTLE_ALL);
  }
  group->at = MIN (group->at, group->gather);
  if (group->n_catch_up > 0 && group->ready->len >= SC_PLANNER_SHARE)
    group->at = MIN (group->at, group->catch_up_since + SC_PLANNER_SETTLE_TIME);
  else if (group->n_catch_up > 0) /* so many others catch up that its turn has not come */
    group->at = MIN (group->at, group->catch_up_since + SC_PLANNER_GATHER_TIME);
  if (group->at != G_MAXINT64 && group->at > self->now) /* else it starts now, or what keeps it says until when */
    sc_planner_note (self, group->at);
}

static gboolean
is_all_open (const Session *session)
{
  for (guint i = 0; i < session->members->len; i++) {
    const Seat *seat = g_ptr_array_index (session->members, i);

    if (!seat->told.met && !seat->room->open && !session->any_time &&
        sc_selection_equal (seat->wanted, session->selection))
      return FALSE;
  }
  return TRUE;
}

/* Suspended sessions of its seats: the one goes on, if that is all; else they end, for one that has all. Returns:
 * whether seats are left that can start one now */
static gboolean
settle_suspended (ScPlanner *self, Group *group)
{
  g_autoptr (GPtrArray) sessions = g_ptr_array_new ();
  guint n_members = 0;

  for (guint i = group->ready->len; i > 0; i--) {
    Seat *seat = g_ptr_array_index (group->ready, i - 1);

    if (seat->in == NULL)
      continue;
    if (seat->in->order.at > self->now) {
      sc_planner_note (self, seat->in->order.at);
      if (seat->in->order.done) /* as soon as it shows */
        return FALSE;
      /* the others do without */
      g_ptr_array_remove_index (group->ready, i - 1);
      continue;
    }
    n_members++;
    if (!g_ptr_array_find (sessions, seat->in, NULL))
      g_ptr_array_add (sessions, seat->in);
  }
  if (sessions->len == 0)
    return group->ready->len > 0;
  for (guint i = 0; i < sessions->len; i++) {
    Session *session = g_ptr_array_index (sessions, i);
    gboolean alone = sessions->len == 1 && n_members == group->ready->len &&
                     sc_selection_equal (session->selection, group->selection) && is_all_open (session);

    sc_planner_ordered (self, &session->order,
                        alone ? self->actions.resume (self->data, session->id)
                              : self->actions.end (self->data, session->id));
  }
  return FALSE;
}

static void
start (ScPlanner *self, Group *group)
{
  gboolean done;

  if (!settle_suspended (self, group))
    return;
  keep_missed_of_rooms (group);
  g_autofree const char **seats = sc_planner_ids (group->ready);
  g_autofree const char **missed = sc_planner_ids (group->missed);
  done = self->actions.start (self->data, group->selection, seats, missed);
  for (guint i = 0; i < group->ready->len; i++) {
    Seat *seat = g_ptr_array_index (group->ready, i);

    sc_planner_ordered (self, &seat->order, done);
    if (done)
      seat->ready = FALSE; /* should that not show, it has waited since then */
  }
}

/* A seat that is tried again has most often got all of it already: nothing is sent for it, and so nothing would be
 * saved if others did not go on waiting for more of them. */
static void
start_failed (ScPlanner *self, Group *group)
{
  for (guint i = group->ready->len; i > 0; i--) {
    const Seat *seat = g_ptr_array_index (group->ready, i - 1);

    if (!seat->has_failed || sc_planner_seat_is_prompt (seat))
      g_ptr_array_remove_index (group->ready, i - 1);
  }
  g_ptr_array_set_size (group->missed, 0);
  start (self, group);
}

void
sc_planner_start_sessions (ScPlanner *self)
{
  collect (self);
  for (guint i = 0; i < self->groups->len; i++) {
    Group *group = g_ptr_array_index (self->groups, i);

    decide (self, group);
    if (group->at <= self->now)
      start (self, group);
    else if (group->failed <= self->now)
      start_failed (self, group);
    else if (group->failed != G_MAXINT64)
      sc_planner_note (self, group->failed);
  }
}
