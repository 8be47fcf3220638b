/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/simulation/term.h"

#include <string.h>

#define US G_TIME_SPAN_SECOND
#define LOOK_TIME 20 /* s, though nothing has changed */

gint64
term_get_real (const Term *self)
{
  return (self->time + self->skew) * US;
}

static TermSeat *
find_seat (Term *self, const char *id)
{
  return g_ptr_array_index (self->seats, g_ascii_strtoull (id + 1, NULL, 10));
}

static TermSession *
find_session (Term *self, guint64 id)
{
  for (guint i = 0; i < self->sessions->len; i++) {
    TermSession *session = g_ptr_array_index (self->sessions, i);

    if (session->id == id)
      return session;
  }
  g_assert_not_reached ();
}

/* Some orders cannot be done. */
static gboolean
refuse (Term *self, TermSeat *seat)
{
  if (g_rand_int_range (self->rand, 0, 200) != 0)
    return FALSE;
  if (seat != NULL) {
    seat->excused = TRUE;
    seat->n_refused++;
  }
  return TRUE;
}

static void
check_open (Term *self, const TermSeat *seat)
{
  g_assert_true (sc_window_is_open (&seat->room->policy.window, term_get_real (self), NULL));
}

/* Who is off has missed the session of its room, and is late from then on. */
static void
check_missed (Term *self, const TermSession *session, const TermSeat *seat)
{
  gboolean has_room = FALSE;

  if (!seat->due || seat->connected || seat->session != NULL || seat->dirty || seat->version != session->version ||
      seat->templates != session->templates)
    return;
  for (guint i = 0; i < session->seats->len && !has_room; i++) {
    const TermSeat *member = g_ptr_array_index (session->seats, i);

    has_room = member->room == seat->room && !member->failed;
  }
  if (has_room)
    g_error ("%s is off, %s has its session, and it is still due", seat->id, seat->room->name);
}

static gboolean
on_start (gpointer data, ScSelection *selection, const char *const *seats, const char *const *missed)
{
  Term *self = data;
  TermSeat *first = find_seat (self, seats[0]);
  TermSession *session;

  if (refuse (self, NULL)) {
    for (guint i = 0; seats[i] != NULL; i++)
      find_seat (self, seats[i])->excused = TRUE;
    return FALSE;
  }
  session = term_add_session (self, first->version, first->templates);
  for (guint i = 0; seats[i] != NULL; i++) {
    TermSeat *seat = find_seat (self, seats[i]);

    check_open (self, seat);
    g_assert_true (seat->connected || (seat->due && seat->wake));
    g_assert_true (term_get_selection (self, seat->version, seat->templates) == selection);
    if (!seat->connected) {
      term_chance_wake (self, seat);
      session->next = self->time + TERM_PREPARE + TERM_AWAIT;
    }
    term_session_add (session, seat);
  }
  for (guint i = 0; missed[i] != NULL; i++) {
    TermSeat *seat = find_seat (self, missed[i]);

    g_assert_true (seat->due && !seat->connected);
    seat->due = FALSE;
    seat->dirty = TRUE;
  }
  for (guint i = 0; i < self->seats->len; i++)
    check_missed (self, session, g_ptr_array_index (self->seats, i));
  return TRUE;
}

static gboolean
on_release (gpointer data, guint64 id, const char *const *seats)
{
  Term *self = data;
  TermSession *session = find_session (self, id);

  g_assert_false (session->suspended);
  if (g_strv_length ((char **) seats) == session->seats->len) { /* all: it is suspended, with them */
    term_session_stop (self, session);
    session->suspended = session->dirty = TRUE;
    self->n_suspended++;
    for (guint i = 0; i < session->seats->len; i++) {
      TermSeat *seat = g_ptr_array_index (session->seats, i);

      seat->apply_at = 0;
      seat->dirty = TRUE;
    }
    return TRUE;
  }
  self->n_released++;
  for (guint i = 0; seats[i] != NULL; i++) {
    TermSeat *seat = find_seat (self, seats[i]);

    g_assert_true (seat->session == session);
    term_session_drop (session, seat);
    seat->due = !term_seat_is_met (seat);
  }
  return TRUE;
}

static gboolean
on_resume (gpointer data, guint64 id)
{
  Term *self = data;
  TermSession *session = find_session (self, id);

  g_assert_true (session->suspended);
  if (refuse (self, NULL)) {
    for (guint i = 0; i < session->seats->len; i++)
      ((TermSeat *) g_ptr_array_index (session->seats, i))->excused = TRUE;
    return FALSE;
  }
  self->n_resumed++;
  session->suspended = FALSE;
  session->dirty = TRUE;
  session->next = self->time + TERM_PREPARE;
  return TRUE;
}

static gboolean
is_wanted (const TermSession *session)
{
  for (guint i = 0; i < session->seats->len; i++) {
    const TermSeat *seat = g_ptr_array_index (session->seats, i);

    if (seat->version == session->version && seat->templates == session->templates && !term_seat_is_met (seat))
      return TRUE;
  }
  return FALSE;
}

static gboolean
on_end (gpointer data, guint64 id)
{
  Term *self = data;
  TermSession *session = find_session (self, id);

  if (refuse (self, NULL)) {
    for (guint i = 0; i < session->seats->len; i++)
      ((TermSeat *) g_ptr_array_index (session->seats, i))->excused = TRUE;
    return FALSE;
  }
  term_session_stop (self, session);
  self->n_ended++;
  self->n_superseded += session->suspended && !is_wanted (session);
  session->over = TRUE;
  while (session->seats->len > 0) {
    TermSeat *seat = g_ptr_array_index (session->seats, 0);
    gboolean wants = seat->version == session->version && seat->templates == session->templates;

    term_session_drop (session, seat);
    seat->due = seat->due || (wants && !term_seat_is_met (seat));
  }
  return TRUE;
}

static gboolean
on_catch_up (gpointer data, const char *id)
{
  Term *self = data;
  TermSeat *seat = find_seat (self, id);

  check_open (self, seat);
  g_assert_true (seat->connected && seat->session == NULL && seat->work == TERM_IDLE && seat->fetch);
  g_assert_cmpuint (term_count_catching (self), <, SC_PLANNER_CATCH_UP_SEATS);
  if (refuse (self, seat))
    return FALSE;
  seat->work = TERM_CATCHES_UP;
  seat->fetching = FALSE;
  seat->work_at = self->time + 1;
  seat->dirty = TRUE;
  self->n_catch_ups++;
  return TRUE;
}

static gboolean
on_go_back (gpointer data, const char *id, guint64 version)
{
  Term *self = data;
  TermSeat *seat = find_seat (self, id);

  g_assert_true (seat->connected && seat->unfinished && seat->work == TERM_IDLE);
  g_assert_cmpuint (version, ==, seat->has_version);
  if (refuse (self, seat))
    return FALSE;
  seat->work = TERM_GOES_BACK;
  seat->work_at = self->time + TERM_BACK;
  seat->dirty = TRUE;
  self->n_back++;
  return TRUE;
}

static void
on_set_fetch (gpointer data, const char *id, gboolean fetch)
{
  Term *self = data;
  TermSeat *seat = find_seat (self, id);

  g_assert_true (seat->connected);
  seat->fetch = fetch;
  if (!fetch && seat->work == TERM_CATCHES_UP) {
    seat->work = TERM_IDLE;
    seat->apply_at = 0;
    seat->dirty = TRUE;
  }
}

static gboolean
on_fire (gpointer data, guint64 id, gint64 next)
{
  Term *self = data;
  TermSchedule *schedule = &g_array_index (self->schedules, TermSchedule, id - 1);

  g_assert_cmpint (schedule->next, !=, 0);
  g_assert_cmpint (schedule->next, <=, term_get_real (self));
  if (refuse (self, NULL))
    return FALSE;
  self->n_fired++;
  schedule->next = next;
  schedule->dirty = TRUE;
  if (schedule->version != 0) {
    term_assign (self, schedule->room, schedule->version, TERM_ALL);
    return TRUE;
  }
  for (guint i = 0; i < self->seats->len; i++) {
    TermSeat *seat = g_ptr_array_index (self->seats, i);

    if (seat->room == schedule->room)
      term_want (self, seat, seat->version, seat->templates, seat->session == NULL);
  }
  return TRUE;
}

static void
on_remind (gpointer data, const char *id, gint64 since)
{
  Term *self = data;
  TermSeat *seat = find_seat (self, id);

  self->n_reminders++;
  if (seat->dirty) /* the planner has not heard yet of what its own order has changed */
    return;
  g_assert_cmpint (seat->busy_until, !=, 0);
  g_assert_cmpint (self->time - seat->busy_since, >=, 12 * 3600 - 3 * 3600); /* the clock may have stepped */
}

static void
tell_seat (Term *self, TermSeat *seat)
{
  seat->dirty = FALSE;
  sc_planner_set_seat (self->planner,
                       &(ScPlannerSeat){ .id = seat->id,
                                         .room = seat->room->name,
                                         .wanted = term_get_selection (self, seat->version, seat->templates),
                                         .met = term_seat_is_met (seat),
                                         .due = seat->due,
                                         .wake = seat->wake,
                                         .online = seat->connected,
                                         .unfinished = seat->unfinished,
                                         .back = seat->unfinished ? seat->has_version : 0,
                                         .busy = seat->busy_until != 0,
                                         .busy_since = seat->busy_since * US,
                                         .working = seat->work != TERM_IDLE,
                                         .session = seat->session != NULL ? seat->session->id : 0,
                                         .failed = seat->failed ? "its disk is full" : NULL });
}

static void
tell_session (Term *self, TermSession *session)
{
  g_autofree const char **ids = g_new0 (const char *, session->seats->len + 1);

  session->dirty = FALSE;
  for (guint i = 0; i < session->seats->len; i++)
    ids[i] = ((TermSeat *) g_ptr_array_index (session->seats, i))->id;
  sc_planner_set_session (
      self->planner, &(ScPlannerSession){ .id = session->id,
                                          .selection = term_get_selection (self, session->version, session->templates),
                                          .suspended = session->suspended,
                                          .any_time = session->any_time,
                                          .seats = ids });
}

static void
tell_schedule (Term *self, TermSchedule *schedule)
{
  schedule->dirty = FALSE;
  if (schedule->next == 0) {
    sc_planner_remove_schedule (self->planner, schedule->id);
    return;
  }
  sc_planner_set_schedule (self->planner, &(ScPlannerSchedule){ .id = schedule->id,
                                                                .kind = schedule->kind,
                                                                .room = schedule->room->name,
                                                                .next = schedule->next,
                                                                .days = schedule->days,
                                                                .minute = schedule->minute,
                                                                .zone = "Europe/Berlin" });
}

/* Returns: whether there was anything */
static gboolean
tell (Term *self)
{
  gboolean any = FALSE;

  for (guint i = self->sessions->len; i > 0; i--) {
    TermSession *session = g_ptr_array_index (self->sessions, i - 1);

    any = any || session->dirty || session->over;
    if (session->over) {
      sc_planner_remove_session (self->planner, session->id);
      g_ptr_array_remove_index (self->sessions, i - 1);
    } else if (session->dirty) {
      tell_session (self, session);
    }
  }
  for (guint i = 0; i < self->schedules->len; i++) {
    TermSchedule *schedule = &g_array_index (self->schedules, TermSchedule, i);

    if (schedule->dirty)
      tell_schedule (self, schedule), any = TRUE;
  }
  for (guint i = 0; i < self->seats->len; i++) {
    TermSeat *seat = g_ptr_array_index (self->seats, i);

    if (seat->dirty)
      tell_seat (self, seat), any = TRUE;
  }
  return any;
}

void
term_start_engine (Term *self)
{
  static const ScPlannerActions actions = { on_start,   on_release,   on_resume, on_end,   on_catch_up,
                                            on_go_back, on_set_fetch, on_fire,   on_remind };

  self->planner = sc_planner_new (&actions, self, g_rand_int (self->rand));
  self->booted = self->next_call = self->time;
  self->stepped = FALSE;
  for (guint i = 0; i < self->n_rooms; i++) {
    sc_planner_set_room (self->planner, &(ScPlannerRoom){ self->rooms[i].name, &self->rooms[i].policy });
    self->rooms[i].open = FALSE;
  }
  for (guint i = 0; i < self->schedules->len; i++) {
    TermSchedule *schedule = &g_array_index (self->schedules, TermSchedule, i);

    schedule->dirty = schedule->next != 0;
  }
  for (guint i = 0; i < self->sessions->len; i++) {
    TermSession *session = g_ptr_array_index (self->sessions, i);

    session->dirty = TRUE;
    session->next = self->time + TERM_AWAIT;
  }
  for (guint i = 0; i < self->seats->len; i++) {
    TermSeat *seat = g_ptr_array_index (self->seats, i);

    seat->dirty = TRUE;
    seat->connects = seat->on ? self->time + g_rand_int_range (self->rand, 1, 50) : 0;
  }
}

/* Seats go on with what needs no engine. */
void
term_crash (Term *self, gint64 down)
{
  g_clear_pointer (&self->planner, sc_planner_free);
  self->down_until = self->time + down;
  self->n_crashes++;
  for (guint i = self->sessions->len; i > 0; i--) {
    TermSession *session = g_ptr_array_index (self->sessions, i - 1);

    term_session_stop (self, session);
    self->n_crashes_suspended += session->suspended;
    if (session->over)
      g_ptr_array_remove_index (self->sessions, i - 1);
  }
  for (guint i = 0; i < self->seats->len; i++) {
    TermSeat *seat = g_ptr_array_index (self->seats, i);

    seat->connected = seat->fetch = FALSE;
    seat->connects = seat->apply_at = 0;
    if (seat->work == TERM_CATCHES_UP)
      seat->work = TERM_IDLE;
  }
}

void
term_call (Term *self)
{
  gboolean changed = self->planner == NULL || self->stepped;

  if (self->planner == NULL && self->time >= self->down_until)
    term_start_engine (self);
  for (guint n = 0; self->planner != NULL; n++) {
    gboolean told = tell (self);
    gint64 wait;

    if (!told && self->time < self->next_call)
      break;
    changed = TRUE;
    g_assert_cmpuint (n, <, 20); /* orders bring about orders, but not for ever */
    self->stepped = FALSE;
    wait = sc_planner_advance (self->planner, term_get_real (self), (self->time - self->booted) * US);
    self->next_call = wait == G_MAXINT64 ? G_MAXINT64 : self->time + MAX ((wait + US - 1) / US, 1);
  }
  changed = term_look_at_rooms (self) || changed;
  if (changed || self->time >= self->looked + LOOK_TIME)
    term_look_at_all (self);
}
