/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/sc-scheduler-private.h"

#include "common/sc-log.h"

/* What the planner orders. That something could not be done it hears as FALSE, and orders it again later. */

/* (element-type utf8): ids, which stay @seats' */
static GPtrArray *
list_of (const char *const *seats)
{
  GPtrArray *list = g_ptr_array_new ();

  for (; *seats != NULL; seats++)
    g_ptr_array_add (list, (gpointer) *seats);
  return list;
}

/* What the seats that are to take part ask for together. */
typedef struct {
  ScDeployRequest request;
  gboolean due;
} Wishes;

static void
gather_wishes (ScScheduler *self, const char *const *seats, Wishes *wishes)
{
  for (; *seats != NULL; seats++) {
    const ScSchedulerSeat *seat = sc_scheduler_find_seat (self, *seats);

    if (seat == NULL)
      continue;
    wishes->due = wishes->due || (seat->due & SC_DUE_SESSION) != 0;
    wishes->request.wake = wishes->request.wake || !sc_seat_hub_is_online (self->hub, *seats);
    wishes->request.power_off = wishes->request.power_off || sc_scheduler_powers_off (self, seat);
    if (wishes->request.schedule == 0 && (seat->due & SC_DUE_SESSION) != 0)
      wishes->request.schedule = seat->due_schedule;
  }
}

/* Its own cap, if it has one: of the first of several that come together. */
static void
take_rate_cap (ScScheduler *self, guint64 schedule, ScDeployRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogSchedule) found = NULL;

  if (schedule == 0)
    return;
  found = sc_catalog_get_schedule (self->catalog, schedule, &error);
  if (found == NULL) {
    g_warning ("the rate of schedule %" G_GUINT64_FORMAT " is not known, so the room's and the console's hold: %s",
               schedule, error->message);
    return;
  }
  request->rate_cap_set = found->rate_cap_set;
  request->rate_cap = found->rate_cap;
}

/* Each schedule that made one of the seats due. @session: 0: it could not be started */
static void
note_session (ScScheduler *self, const char *const *seats, guint64 session, const char *error)
{
  g_autoptr (GHashTable) noted = g_hash_table_new (g_int64_hash, g_int64_equal);

  for (; *seats != NULL; seats++) {
    const ScSchedulerSeat *seat = sc_scheduler_find_seat (self, *seats);

    if (seat != NULL && seat->due_schedule != 0 && (seat->due & SC_DUE_SESSION) != 0 &&
        g_hash_table_add (noted, (gpointer) &seat->due_schedule))
      sc_scheduler_note_session (self, seat->due_schedule, session, error);
  }
}

static gboolean
start (gpointer data, ScSelection *selection, const char *const *seats, const char *const *missed)
{
  ScScheduler *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) over = list_of (seats);
  Wishes wishes = { .request = { .version = sc_selection_get_version (selection),
                                 .templates = sc_selection_get_templates (selection),
                                 .seats = seats,
                                 .by_scheduler = TRUE } };
  guint64 id;

  gather_wishes (self, seats, &wishes);
  wishes.request.origin = wishes.request.schedule != 0 ? "schedule" : wishes.due ? "assignment" : "late";
  take_rate_cap (self, wishes.request.schedule, &wishes.request);
  id = sc_sessions_deploy (self->sessions, &wishes.request, &error);
  note_session (self, seats, id, id == 0 ? error->message : NULL);
  if (id == 0) {
    g_warning ("a session that is due could not be started, which is tried again: %s", error->message);
    return FALSE;
  }
  for (guint i = 0; i < over->len; i++) {
    ScSchedulerSeat *seat = sc_scheduler_find_seat (self, g_ptr_array_index (over, i));

    if (seat != NULL)
      seat->power_off = sc_scheduler_powers_off (self, seat) ? id : 0;
  }
  for (; missed != NULL && *missed != NULL; missed++)
    g_ptr_array_add (over, (gpointer) *missed);
  sc_scheduler_set_due (self, over, SC_DUE_NOT, 0);
  sc_scheduler_mark_session (self, id);
  return TRUE;
}

/* Has those of @seats be due again that still want what the session brings. */
static void
make_due_again (ScScheduler *self, const ScCatalogSession *session, const char *const *seats)
{
  g_autoptr (ScSelection) selection = sc_selection_new_from_text (session->version, session->templates, NULL);
  g_autoptr (GPtrArray) plain = g_ptr_array_new ();
  g_autoptr (GPtrArray) off = g_ptr_array_new ();

  for (; *seats != NULL; seats++) {
    ScSchedulerSeat *seat = sc_scheduler_find_seat (self, *seats);

    if (seat == NULL || seat->met || !sc_selection_equal (seat->wanted, selection))
      continue;
    g_ptr_array_add (seat->power_off == session->id ? off : plain, seat->id);
    seat->power_off = 0;
  }
  sc_scheduler_set_due (self, plain, SC_DUE_SESSION, session->schedule);
  sc_scheduler_set_due (self, off, SC_DUE_SESSION | SC_DUE_POWER_OFF, session->schedule);
}

/* (transfer container) (element-type utf8): those of @seats that are not in @held */
static GPtrArray *
subtract (const char *const *seats, GPtrArray *held)
{
  GPtrArray *rest = g_ptr_array_new ();

  for (; *seats != NULL; seats++)
    if (!g_ptr_array_find_with_equal_func (held, *seats, g_str_equal, NULL))
      g_ptr_array_add (rest, (gpointer) *seats);
  g_ptr_array_add (rest, NULL);
  return rest;
}

/* Those that a suspended session holds go on with it. */
static gboolean
release (gpointer data, guint64 id, const char *const *seats)
{
  ScScheduler *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogSession) session = sc_catalog_get_session (self->catalog, id, &error);
  g_autoptr (GPtrArray) held = NULL;
  g_autoptr (GPtrArray) rest = NULL;

  sc_scheduler_mark_session (self, id);
  if (session == NULL || !sc_sessions_release (self->sessions, id, seats, &error)) {
    sc_log_session_warning (id, "session %" G_GUINT64_FORMAT " does not let go of seats whose window has closed: %s",
                            id, error->message);
    return FALSE;
  }
  held = sc_sessions_list_held (self->sessions, id, &error);
  if (held == NULL) {
    sc_log_session_warning (id, "who waits for the rest of session %" G_GUINT64_FORMAT " is not known: %s", id,
                            error->message);
    return TRUE;
  }
  rest = subtract (seats, held);
  make_due_again (self, session, (const char *const *) rest->pdata);
  return TRUE;
}

static gboolean
resume (gpointer data, guint64 id)
{
  ScScheduler *self = data;
  g_autoptr (GError) error = NULL;

  sc_scheduler_mark_session (self, id);
  if (sc_sessions_resume_in_window (self->sessions, id, &error))
    return TRUE;
  sc_log_session_warning (id, "session %" G_GUINT64_FORMAT " does not go on, though its window is open: %s", id,
                          error->message);
  return FALSE;
}

static gboolean
end (gpointer data, guint64 id)
{
  ScScheduler *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogSession) session = sc_catalog_get_session (self->catalog, id, &error);
  g_autoptr (GPtrArray) held = session != NULL ? sc_sessions_list_held (self->sessions, id, &error) : NULL;

  sc_scheduler_mark_session (self, id);
  g_hash_table_add (self->ending, g_memdup2 (&id, sizeof id));
  if (held == NULL || !sc_sessions_cancel (self->sessions, id, &error)) {
    g_hash_table_remove (self->ending, &id);
    sc_log_session_warning (id, "session %" G_GUINT64_FORMAT ", which nobody waits for any more, cannot be ended: %s",
                            id, error->message);
    return FALSE;
  }
  g_ptr_array_add (held, NULL);
  make_due_again (self, session, (const char *const *) held->pdata);
  return TRUE;
}

static gboolean
catch_up (gpointer data, const char *id)
{
  ScScheduler *self = data;
  ScSchedulerSeat *seat = sc_scheduler_find_seat (self, id);
  g_autoptr (GError) error = NULL;

  if (sc_sessions_catch_up (self->sessions, id, 0, &error)) {
    if (seat != NULL)
      seat->going_back = FALSE;
    return TRUE;
  }
  g_warning ("seat %s cannot catch up for now: %s", id, error->message);
  return FALSE;
}

static const char *
explain_way_back (ScScheduler *self, const char *id)
{
  const ScSchedulerSeat *seat = sc_scheduler_find_seat (self, id);
  const ScRoomPolicy *policy = seat != NULL ? sc_scheduler_get_policy (self, seat->room) : NULL;

  if (seat != NULL && seat->failed != NULL && seat->session == 0) /* a suspended one has not failed */
    return "its update failed";
  if (policy != NULL && !sc_window_is_open (&policy->window, sc_scheduler_get_real (self), NULL))
    return "its maintenance window has closed";
  return "it was left half updated";
}

static gboolean
go_back (gpointer data, const char *id, guint64 version)
{
  ScScheduler *self = data;
  g_autoptr (GError) error = NULL;
  ScSchedulerSeat *seat = sc_scheduler_find_seat (self, id);
  const char *why = explain_way_back (self, id);

  if (sc_sessions_go_back (self->sessions, id, version, why, &error)) {
    g_message ("seat %s is between two versions, since %s: it goes back to version %" G_GUINT64_FORMAT, id, why,
               version);
    if (seat != NULL)
      seat->going_back = TRUE;
    return TRUE;
  }
  g_warning ("seat %s does not go back to version %" G_GUINT64_FORMAT ": %s", id, version, error->message);
  return FALSE;
}

static void
set_fetch (gpointer data, const char *id, gboolean fetch)
{
  ScScheduler *self = data;
  ScSchedulerSeat *seat = sc_scheduler_find_seat (self, id);

  if (seat == NULL)
    return;
  seat->fetch_known = TRUE;
  seat->fetch = fetch;
  sc_scheduler_send_policy (self, seat);
}

static gboolean
fire (gpointer data, guint64 schedule, gint64 next)
{
  return sc_scheduler_fire (data, schedule, next);
}

static void
remind (gpointer data, const char *seat, gint64 since)
{
  sc_scheduler_remind (data, seat, since);
}

const ScPlannerActions sc_scheduler_actions = {
  .start = start,
  .release = release,
  .resume = resume,
  .end = end,
  .catch_up = catch_up,
  .go_back = go_back,
  .set_fetch = set_fetch,
  .fire = fire,
  .remind = remind,
};
