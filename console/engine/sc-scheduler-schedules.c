/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/engine/sc-scheduler-private.h"

#define MAX_SCHEDULES 4096u /* that are planned */

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

/* A room without a window is always open: at once. */
static gboolean
time_of_window (ScCatalogSchedule *schedule, const ScWindow *window, gint64 now)
{
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
    return time_of_window (schedule, &window, now);
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
  sc_scheduler_mark_schedule (self, schedule->id);
  sc_scheduler_show_seats_of_room (self, schedule->room);
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
  sc_scheduler_mark_schedule (self, id);
  sc_scheduler_show_seats_of_room (self, schedule->room);
  return TRUE;
}

/* telling the planner */

static void
tell_schedule (ScScheduler *self, const ScCatalogSchedule *schedule)
{
  const ScPlannerSchedule told = { .id = schedule->id,
                                   .kind = schedule->kind,
                                   .room = schedule->room,
                                   .next = schedule->kind == SC_SCHEDULE_WINDOW ? schedule->at : schedule->next,
                                   .days = schedule->days,
                                   .minute = schedule->minute,
                                   .zone = schedule->zone };

  if (schedule->state != SC_SCHEDULE_PLANNED) {
    if (g_hash_table_remove (self->schedules, &schedule->id))
      sc_planner_remove_schedule (self->planner, schedule->id);
    return;
  }
  g_hash_table_add (self->schedules, g_memdup2 (&schedule->id, sizeof schedule->id));
  sc_planner_set_schedule (self->planner, &told);
}

void
sc_scheduler_read_schedule (ScScheduler *self, guint64 id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogSchedule) schedule = sc_catalog_get_schedule (self->catalog, id, &error);

  if (schedule != NULL)
    tell_schedule (self, schedule);
  else
    g_warning ("schedule %" G_GUINT64_FORMAT " cannot be read: %s", id, error->message);
}

void
sc_scheduler_read_schedules (ScScheduler *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) planned = sc_catalog_list_schedules (self->catalog, TRUE, MAX_SCHEDULES, &error);
  g_autoptr (GList) known = g_hash_table_get_keys (self->schedules);

  if (planned == NULL) {
    g_warning ("what is planned is not known: %s", error->message);
    return;
  }
  for (GList *item = known; item != NULL; item = item->next) /* a room's that was removed are not planned any more */
    sc_scheduler_mark_schedule (self, *(const guint64 *) item->data);
  for (guint i = 0; i < planned->len; i++)
    tell_schedule (self, g_ptr_array_index (planned, i));
}

static void
move_schedule (ScScheduler *self, ScCatalogSchedule *schedule)
{
  const ScRoomPolicy *policy = sc_scheduler_get_policy (self, schedule->room);
  gint64 now = sc_scheduler_get_real (self);
  gint64 next = schedule->next;
  g_autoptr (GError) error = NULL;

  if (policy == NULL)
    return;
  next = !sc_window_is_set (&policy->window) || sc_window_is_open (&policy->window, now, NULL)
             ? MAX (now, schedule->at)
             : sc_window_next_opening (&policy->window, now);
  if (next == schedule->next)
    return;
  schedule->next = next;
  if (!sc_catalog_save_schedule (self->catalog, schedule, &error))
    g_warning ("when schedule %" G_GUINT64_FORMAT " comes now could not be kept: %s", schedule->id, error->message);
  self->show_schedules = TRUE;
}

void
sc_scheduler_move_schedules (ScScheduler *self, const char *room)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) planned = sc_catalog_list_schedules (self->catalog, TRUE, MAX_SCHEDULES, &error);

  if (planned == NULL)
    g_warning ("when schedules of room “%s” come now is not known: %s", room, error->message);
  for (guint i = 0; planned != NULL && i < planned->len; i++) {
    ScCatalogSchedule *schedule = g_ptr_array_index (planned, i);

    if (schedule->kind == SC_SCHEDULE_WINDOW && g_str_equal (schedule->room, room))
      move_schedule (self, schedule);
  }
}

/* what comes of it */

static ScSelection *
select_newest (ScScheduler *self, const ScCatalogSchedule *schedule, GError **error)
{
  g_autoptr (GPtrArray) versions = sc_store_list_versions (self->store, error);

  if (versions == NULL)
    return NULL;
  if (versions->len > 0)
    return sc_selection_new_from_text (sc_version_manifest_get_number (g_ptr_array_index (versions, versions->len - 1)),
                                       schedule->templates, error);
  g_set_error_literal (error, SC_ERROR, SC_ERROR_NOT_FOUND, "there is no version yet: publish one");
  return NULL;
}

static ScSelection *
select_what (ScScheduler *self, const ScCatalogSchedule *schedule, GError **error)
{
  g_autoptr (ScSelection) selection = schedule->what == SC_SCHEDULE_NEWEST
                                          ? select_newest (self, schedule, error)
                                          : sc_selection_new_from_text (schedule->version, schedule->templates, error);

  if (selection == NULL || !sc_scheduler_check_selection (self, selection, error))
    return NULL;
  return g_steal_pointer (&selection);
}

/* Those that are named are, wherever they are now. */
static gboolean
is_of (const ScCatalogSchedule *schedule, const ScSchedulerSeat *seat)
{
  return schedule->seats->len == 0 ? g_str_equal (seat->room, schedule->room)
                                   : g_ptr_array_find_with_equal_func (schedule->seats, seat->id, g_str_equal, NULL);
}

/* What the seats have missed of what is assigned already. */
static gboolean
make_due (ScScheduler *self, const ScCatalogSchedule *schedule, ScDue due, GError **error)
{
  g_autoptr (GPtrArray) seats = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->seats);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    ScSchedulerSeat *seat = value;

    if (is_of (schedule, seat) && seat->wanted != NULL && !seat->met && seat->session == 0)
      g_ptr_array_add (seats, seat->id);
  }
  return sc_catalog_set_due (self->catalog, seats, due, schedule->id, error);
}

/* One whose room is assigned the same already is not pinned for that. */
static gboolean
assign_seat (ScScheduler *self, const ScCatalogSchedule *schedule, const char *id, ScSelection *selection, ScDue due,
             GError **error)
{
  g_autoptr (ScCatalogSeat) seat = sc_catalog_find_seat (self->catalog, id, error);
  const ScCatalogRoom *room = seat != NULL ? g_hash_table_lookup (self->rooms, seat->room) : NULL;
  g_autoptr (GPtrArray) one = g_ptr_array_new ();

  if (seat == NULL)
    return FALSE;
  if (seat->pinned || room == NULL || !sc_selection_equal (room->assigned, selection))
    return sc_catalog_pin (self->catalog, seat->inventory->seat, selection, due, schedule->id,
                           sc_scheduler_get_real (self), error);
  g_ptr_array_add (one, seat->inventory->seat);
  return sc_catalog_set_due (self->catalog, one, due, schedule->id, error);
}

static gboolean
assign (ScScheduler *self, const ScCatalogSchedule *schedule, GError **error)
{
  const ScDue due = SC_DUE_SESSION | (schedule->wake ? SC_DUE_WAKE : 0) | (schedule->power_off ? SC_DUE_POWER_OFF : 0);
  g_autoptr (ScSelection) selection = NULL;

  if (schedule->what == SC_SCHEDULE_ASSIGNED)
    return make_due (self, schedule, due, error);
  selection = select_what (self, schedule, error);
  if (selection == NULL)
    return FALSE;
  if (schedule->seats->len == 0)
    return sc_catalog_assign (self->catalog, schedule->room, selection, due, schedule->id, sc_scheduler_get_real (self),
                              error);
  for (guint i = 0; i < schedule->seats->len; i++)
    if (!assign_seat (self, schedule, g_ptr_array_index (schedule->seats, i), selection, due, error))
      return FALSE;
  return TRUE;
}

static void
take_next (ScScheduler *self, ScCatalogSchedule *schedule, gint64 next)
{
  schedule->last = sc_scheduler_get_real (self);
  schedule->next = next;
  schedule->last_session = 0;
  schedule->state = next != 0 ? SC_SCHEDULE_PLANNED : SC_SCHEDULE_DONE;
  g_free (schedule->error);
  schedule->error = g_strdup ("");
}

/* That it has come, and what of it, are kept together or not at all. */
static gboolean
keep_fired (ScScheduler *self, ScCatalogSchedule *schedule, GError **error)
{
  if (!sc_catalog_begin (self->catalog, error))
    return FALSE;
  if (assign (self, schedule, error) && sc_catalog_save_schedule (self->catalog, schedule, error) &&
      sc_catalog_commit (self->catalog, error))
    return TRUE;
  sc_catalog_rollback (self->catalog);
  return FALSE;
}

static gboolean
keep_failed (ScScheduler *self, ScCatalogSchedule *schedule, const GError *why)
{
  g_autoptr (GError) error = NULL;

  g_warning ("schedule %" G_GUINT64_FORMAT " has come, and could not be done: %s", schedule->id, why->message);
  if (schedule->next == 0)
    schedule->state = SC_SCHEDULE_FAILED;
  g_free (schedule->error);
  schedule->error = g_strdup (why->message);
  if (sc_catalog_save_schedule (self->catalog, schedule, &error)) {
    sc_scheduler_tell_failed (self, schedule);
    return TRUE;
  }
  g_warning ("that could not be kept either, so it comes again: %s", error->message);
  return FALSE;
}

gboolean
sc_scheduler_fire (ScScheduler *self, guint64 id, gint64 next)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogSchedule) schedule = sc_catalog_get_schedule (self->catalog, id, &error);

  if (schedule == NULL) {
    g_warning ("schedule %" G_GUINT64_FORMAT " has come, but cannot be read: %s", id, error->message);
    return FALSE;
  }
  take_next (self, schedule, next);
  g_message ("schedule %" G_GUINT64_FORMAT " has come", id);
  if (!keep_fired (self, schedule, &error) && !keep_failed (self, schedule, error))
    return FALSE;
  sc_scheduler_mark_schedule (self, id);
  sc_scheduler_mark_room (self, schedule->room);
  for (guint i = 0; i < schedule->seats->len; i++)
    sc_scheduler_mark_seat (self, g_ptr_array_index (schedule->seats, i)); /* it may be in another room by now */
  return TRUE;
}

void
sc_scheduler_note_session (ScScheduler *self, guint64 id, guint64 session, const char *why)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogSchedule) schedule = sc_catalog_get_schedule (self->catalog, id, &error);

  if (schedule != NULL) {
    schedule->last_session = session != 0 ? session : schedule->last_session;
    g_free (schedule->error);
    schedule->error = g_strdup (session != 0 ? "" : why);
  }
  if (schedule == NULL || !sc_catalog_save_schedule (self->catalog, schedule, &error))
    g_warning ("what came of schedule %" G_GUINT64_FORMAT " could not be kept: %s", id, error->message);
  self->show_schedules = TRUE;
}
