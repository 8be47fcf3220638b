/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/schedule/planner-world.h"

#include <stdlib.h>
#include <string.h>

static GString *
begin (World *self)
{
  if (self->orders->len > 0)
    g_string_append (self->orders, "; ");
  return self->orders;
}

static int
compare_ids (const void *a, const void *b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
append_ids (World *self, const char *const *seats)
{
  guint n = g_strv_length ((char **) seats);
  g_autofree const char **sorted = g_new (const char *, n + 1);

  for (guint i = 0; i < n; i++)
    sorted[i] = seats[i];
  if (n > 0)
    qsort (sorted, n, sizeof *sorted, compare_ids);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (self->orders, " %s", sorted[i]);
}

static gboolean
on_start (gpointer data, ScSelection *selection, const char *const *seats, const char *const *missed)
{
  World *self = data;

  g_assert_nonnull (seats[0]);
  g_string_append_printf (begin (self), "start %" G_GUINT64_FORMAT, sc_selection_get_version (selection));
  append_ids (self, seats);
  if (missed[0] != NULL) {
    g_string_append (self->orders, " missed");
    append_ids (self, missed);
  }
  return !self->refuse;
}

static gboolean
on_release (gpointer data, guint64 session, const char *const *seats)
{
  World *self = data;

  g_string_append_printf (begin (self), "release %" G_GUINT64_FORMAT, session);
  append_ids (self, seats);
  return !self->refuse;
}

static gboolean
on_resume (gpointer data, guint64 session)
{
  World *self = data;

  g_string_append_printf (begin (self), "resume %" G_GUINT64_FORMAT, session);
  return !self->refuse;
}

static gboolean
on_end (gpointer data, guint64 session)
{
  World *self = data;

  g_string_append_printf (begin (self), "end %" G_GUINT64_FORMAT, session);
  return !self->refuse;
}

static gboolean
on_catch_up (gpointer data, const char *seat)
{
  World *self = data;

  g_string_append_printf (begin (self), "catch-up %s", seat);
  return !self->refuse;
}

static gboolean
on_go_back (gpointer data, const char *seat, guint64 version)
{
  World *self = data;

  g_string_append_printf (begin (self), "go-back %s %" G_GUINT64_FORMAT, seat, version);
  return !self->refuse;
}

static void
on_set_fetch (gpointer data, const char *seat, gboolean fetch)
{
  World *self = data;

  if (self->fetches)
    g_string_append_printf (begin (self), "%s %s", fetch ? "fetch" : "no-fetch", seat);
}

static gboolean
on_fire (gpointer data, guint64 schedule, gint64 next)
{
  World *self = data;
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (next / SECONDS);
  g_autofree char *text = next == 0 ? g_strdup ("last") : g_date_time_format (date, "%Y-%m-%dT%H:%M");

  g_string_append_printf (begin (self), "fire %" G_GUINT64_FORMAT " %s", schedule, text);
  return !self->refuse;
}

static void
on_remind (gpointer data, const char *seat, gint64 since)
{
  World *self = data;

  g_string_append_printf (begin (self), "remind %s %" G_GINT64_FORMAT "h", seat, (self->real - since) / HOURS);
}

static void
seat_free (gpointer data)
{
  ScPlannerSeat *seat = data;

  sc_selection_unref (seat->wanted);
  g_free ((char *) seat->id);
  g_free ((char *) seat->room);
  g_free (seat);
}

World *
world_new (void)
{
  static const ScPlannerActions actions = { on_start,   on_release,   on_resume, on_end,   on_catch_up,
                                            on_go_back, on_set_fetch, on_fire,   on_remind };
  World *self = g_new0 (World, 1);

  self->real = G_GINT64_CONSTANT (1795435200) * SECONDS;
  self->now = 1000 * SECONDS;
  self->orders = g_string_new (NULL);
  self->seats = g_ptr_array_new_with_free_func (seat_free);
  self->planner = sc_planner_new (&actions, self, 1);
  return self;
}

void
world_free (World *self)
{
  sc_planner_free (self->planner);
  g_ptr_array_unref (self->seats);
  g_string_free (self->orders, TRUE);
  g_free (self);
}

void
world_room (World *self, const char *name, const char *window, ScLatePolicy late)
{
  g_auto (ScRoomPolicy) policy = { 0 };
  g_autoptr (GError) error = NULL;

  sc_room_policy_init (&policy);
  if (window != NULL) {
    sc_window_clear (&policy.window);
    sc_window_parse (window, &policy.window, &error);
    g_assert_no_error (error);
  }
  policy.late = late;
  policy.busy_deadline = 24;
  sc_planner_set_room (self->planner, &(ScPlannerRoom){ name, &policy });
}

void
world_want (World *self, ScPlannerSeat *seat, guint64 version)
{
  sc_selection_unref (seat->wanted);
  seat->wanted = version != 0 ? sc_selection_new (version, NULL) : NULL;
}

void
world_tell (World *self, const ScPlannerSeat *seat)
{
  sc_planner_set_seat (self->planner, seat);
}

ScPlannerSeat *
world_seat (World *self, const char *id, const char *room, guint64 version)
{
  ScPlannerSeat *seat = g_new0 (ScPlannerSeat, 1);

  seat->id = g_strdup (id);
  seat->room = g_strdup (room);
  seat->online = TRUE;
  world_want (self, seat, version);
  g_ptr_array_add (self->seats, seat);
  world_tell (self, seat);
  return seat;
}

ScPlannerSeat *
world_get (World *self, const char *id)
{
  for (guint i = 0; i < self->seats->len; i++) {
    ScPlannerSeat *seat = g_ptr_array_index (self->seats, i);

    if (strcmp (seat->id, id) == 0)
      return seat;
  }
  g_assert_not_reached ();
}

void
world_session (World *self, guint64 id, guint64 version, const char *seats, gboolean suspended)
{
  g_auto (GStrv) ids = g_strsplit (seats, " ", -1);
  g_autoptr (ScSelection) selection = sc_selection_new (version, NULL);

  sc_planner_set_session (self->planner, &(ScPlannerSession){ .id = id,
                                                              .selection = selection,
                                                              .suspended = suspended,
                                                              .seats = (const char *const *) ids });
  for (guint i = 0; i < self->seats->len; i++) {
    ScPlannerSeat *seat = g_ptr_array_index (self->seats, i);
    gboolean takes_part = g_strv_contains ((const char *const *) ids, seat->id);

    if (takes_part)
      seat->session = id, seat->due = FALSE;
    else if (seat->session == id)
      seat->session = 0;
    world_tell (self, seat);
  }
}

void
world_end_session (World *self, guint64 id)
{
  sc_planner_remove_session (self->planner, id);
  for (guint i = 0; i < self->seats->len; i++) {
    ScPlannerSeat *seat = g_ptr_array_index (self->seats, i);

    if (seat->session != id)
      continue;
    seat->session = 0;
    world_tell (self, seat);
  }
}

void
world_run (World *self, gint64 duration)
{
  gint64 end = self->now + duration;

  for (;;) {
    gint64 step;

    self->wait = sc_planner_advance (self->planner, self->real, self->now);
    g_assert_cmpint (self->wait, >, 0); /* what could be done now it has done: it does not ask again and again */
    step = MIN (MAX (self->wait, 1), end - self->now);
    if (step <= 0)
      return;
    self->now += step;
    self->real += step;
  }
}

void
world_run_until (World *self, const char *time)
{
  gint64 hours = strtol (time, NULL, 10), minutes = strtol (strchr (time, ':') + 1, NULL, 10);
  gint64 rest = (hours * HOURS + minutes * MINUTES - self->real % DAYS + DAYS) % DAYS;

  world_run (self, rest);
}
