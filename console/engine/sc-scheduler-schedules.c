/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/engine/catalog/sc-catalog-rooms.h"
#include "console/engine/sc-scheduler-private.h"

static gboolean
check_what (ScScheduler *self, const ScCatalogSchedule *schedule, GError **error)
{
  g_autoptr (ScSelection) selection = NULL;

  if (schedule->what != SC_SCHEDULE_VERSION)
    return TRUE; /* it is known when it comes */
  selection = sc_selection_new_from_text (schedule->version, schedule->templates, error);
  return selection != NULL && sc_scheduler_check_selection (self, selection, error);
}

static gboolean
check_seats (ScScheduler *self, const ScCatalogSchedule *schedule, GError **error)
{
  for (guint i = 0; schedule->seats != NULL && i < schedule->seats->len; i++) {
    g_autoptr (ScCatalogSeat) seat = sc_catalog_find_seat (self->catalog, schedule->seats->pdata[i], error);

    if (seat == NULL)
      return FALSE;
    if (!g_str_equal (seat->room, schedule->room)) {
      g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                   "seat %s is in room “%s” and not in “%s”: make a schedule for the seats of each room",
                   seat->inventory->name, seat->room, schedule->room);
      return FALSE;
    }
  }
  return TRUE;
}

/* @window: (out) (nullable): of the room. */
static gboolean
load_window (ScScheduler *self, const char *room, ScWindow *window, GError **error)
{
  g_autoptr (ScCatalogRoom) found = NULL;

  if (*room == '\0')
    return TRUE;
  found = sc_catalog_load_room (self->catalog, room, error);
  if (found == NULL)
    return FALSE;
  sc_window_copy (&found->policy.window, window);
  return TRUE;
}

static gboolean
time_at (ScCatalogSchedule *schedule, gint64 now, GError **error)
{
  if (schedule->at <= now) {
    g_set_error_literal (error, SC_ERROR, SC_ERROR_INVALID,
                         "the time to begin at is past: name one that is still to come, or deploy now");
    return FALSE;
  }
  schedule->next = schedule->at;
  return TRUE;
}

static gboolean
time_of_window (ScCatalogSchedule *schedule, const ScWindow *window, gint64 now, GError **error)
{
  if (!sc_window_is_set (window)) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "room “%s” has no maintenance window to wait for: set one (“seatcastctl window”), or deploy now",
                 schedule->room);
    return FALSE;
  }
  schedule->at = now;
  schedule->next = sc_window_is_open (window, now, NULL) ? now : sc_window_next_opening (window, now);
  return TRUE;
}

static gboolean
time_again (ScCatalogSchedule *schedule, gint64 now, GError **error)
{
  g_auto (ScWindow) day = { .days = schedule->days, .from = schedule->minute, .zone = g_strdup (schedule->zone) };

  if ((schedule->days & SC_WINDOW_ALL_DAYS) == 0 || schedule->minute >= SC_WINDOW_DAY_MINUTES) {
    g_set_error_literal (error, SC_ERROR, SC_ERROR_INVALID,
                         "a session that is repeated needs days of the week and a time of the day (mon,fri 22:00)");
    return FALSE;
  }
  if (!sc_window_check (&day, error))
    return FALSE;
  schedule->next = sc_window_next_time (schedule->days, schedule->minute, schedule->zone, now);
  return TRUE;
}

static gboolean
set_next (ScScheduler *self, ScCatalogSchedule *schedule, GError **error)
{
  g_auto (ScWindow) window = { 0 };
  gint64 now = sc_scheduler_get_real (self);

  if (!load_window (self, schedule->room, &window, error))
    return FALSE;
  switch (schedule->kind) {
  case SC_SCHEDULE_AT:
    return time_at (schedule, now, error);
  case SC_SCHEDULE_WINDOW:
    return time_of_window (schedule, &window, now, error);
  case SC_SCHEDULE_REPEAT:
    return time_again (schedule, now, error);
  }
  g_assert_not_reached ();
}

static void
need_text (char **text)
{
  if (*text == NULL)
    *text = g_strdup ("");
}

gboolean
sc_scheduler_add (ScScheduler *self, ScCatalogSchedule *schedule, GError **error)
{
  need_text (&schedule->templates);
  need_text (&schedule->room);
  need_text (&schedule->zone);
  need_text (&schedule->author);
  need_text (&schedule->error);
  schedule->state = SC_SCHEDULE_PLANNED;
  schedule->created = sc_scheduler_get_real (self);
  if (!check_what (self, schedule, error) || !check_seats (self, schedule, error) ||
      !set_next (self, schedule, error) || !sc_catalog_add_schedule (self->catalog, schedule, error))
    return FALSE;
  sc_scheduler_tell_schedules (self);
  return TRUE;
}

gboolean
sc_scheduler_cancel (ScScheduler *self, guint64 id, GError **error)
{
  g_autoptr (ScCatalogSchedule) schedule = sc_catalog_get_schedule (self->catalog, id, error);

  if (schedule == NULL)
    return FALSE;
  if (schedule->state != SC_SCHEDULE_PLANNED) {
    g_set_error (error, SC_ERROR, SC_ERROR_STATE,
                 "schedule %" G_GUINT64_FORMAT " is not planned any more (%s): a session that it has started is"
                 " cancelled by “seatcastctl cancel”",
                 id, sc_schedule_state_to_nick (schedule->state));
    return FALSE;
  }
  schedule->state = SC_SCHEDULE_CANCELLED;
  schedule->next = 0;
  if (!sc_catalog_save_schedule (self->catalog, schedule, error))
    return FALSE;
  sc_scheduler_tell_schedules (self);
  return TRUE;
}
