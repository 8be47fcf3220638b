/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/simulation/term.h"

#include <string.h>

static const TermRoom rooms[] = {
  { .name = "evening", .window = "mon-fri 18:00-06:00 Europe/Berlin", .late = SC_LATE_GATHER, .n_seats = 88 },
  { .name = "overseas", .window = "mon-sun 22:00-02:00 America/New_York", .late = SC_LATE_GATHER, .n_seats = 60 },
  { .name = "noon", .window = "mon-fri 12:00-13:30 Europe/Berlin", .late = SC_LATE_GATHER, .n_seats = 50 },
  { .name = "weekend", .window = "sat,sun 00:00-00:00 Australia/Lord_Howe", .late = SC_LATE_GATHER, .n_seats = 60 },
  { .name = "night",
    .window = "mon-sun 01:45-05:15 CET-1CEST,M3.5.0,M10.5.0/3",
    .late = SC_LATE_GATHER,
    .n_seats = 60,
    .wake = TRUE },
  { .name = "open", .late = SC_LATE_GATHER, .n_seats = 40 },
  { .name = "at-once", .slow_window = "mon-fri 15:00-19:00 Europe/Berlin", .late = SC_LATE_CATCH_UP, .n_seats = 16 },
  { .name = "asks", .window = "mon-fri 18:00-20:00 UTC", .late = SC_LATE_ASK, .n_seats = 26 },
};

static void
session_free (gpointer data)
{
  TermSession *session = data;

  g_ptr_array_unref (session->seats);
  g_array_unref (session->plan);
  g_free (session);
}

static void
seat_free (gpointer data)
{
  TermSeat *seat = data;

  g_free (seat->known);
  g_free (seat);
}

static void
init_room (TermRoom *room, guint percent, gboolean slow)
{
  const char *window = slow && room->slow_window != NULL ? room->slow_window : room->window;
  g_autoptr (GError) error = NULL;

  sc_room_policy_init (&room->policy);
  if (window != NULL) {
    sc_window_clear (&room->policy.window);
    sc_window_parse (window, &room->policy.window, &error);
    g_assert_no_error (error);
  }
  room->policy.late = room->late;
  room->policy.busy_deadline = 12;
  room->n_seats = MAX (room->n_seats * percent / 100, 4);
  room->version = 1;
  room->templates = TERM_ALL;
}

Term *
term_new (guint32 seed, gint64 start, guint days, guint percent, gboolean slow)
{
  Term *self = g_new0 (Term, 1);

  self->rand = g_rand_new_with_seed (seed);
  self->slow = slow;
  self->time = start;
  self->end = start + (gint64) days * 86400;
  self->n_versions = 1;
  self->seconds[1] = 1;
  memset (self->content[1], 1, TERM_SLOTS);
  self->n_rooms = G_N_ELEMENTS (rooms);
  self->rooms = g_memdup2 (rooms, sizeof rooms);
  self->seats = g_ptr_array_new_with_free_func (seat_free);
  self->sessions = g_ptr_array_new_with_free_func (session_free);
  self->schedules = g_array_new (FALSE, TRUE, sizeof (TermSchedule));
  self->stays = g_array_new (FALSE, TRUE, sizeof (TermStay));
  for (guint i = 0; i < self->n_rooms; i++) {
    init_room (&self->rooms[i], percent, slow);
    for (guint j = 0; j < self->rooms[i].n_seats; j++) {
      TermSeat *seat = g_new0 (TermSeat, 1);

      g_snprintf (seat->id, sizeof seat->id, "s%u", self->seats->len);
      seat->room = &self->rooms[i];
      seat->version = seat->has_version = 1;
      seat->templates = seat->has_templates = TERM_ALL;
      seat->since = seat->between = -1;
      seat->known = g_new (guint32, TERM_SLOTS);
      for (guint k = 0; k < TERM_SLOTS; k++)
        seat->known[k] = 1u << 1;
      g_ptr_array_add (self->seats, seat);
    }
  }
  return self;
}

void
term_free (Term *self)
{
  sc_planner_free (self->planner);
  for (guint i = 0; i < self->n_rooms; i++)
    sc_room_policy_clear (&self->rooms[i].policy);
  for (guint i = 0; i < TERM_VERSIONS; i++)
    for (guint j = 0; j <= TERM_ALL; j++)
      sc_selection_unref (self->selections[i][j]);
  g_ptr_array_unref (self->sessions);
  g_ptr_array_unref (self->seats);
  g_array_unref (self->schedules);
  g_array_unref (self->stays);
  g_free (self->rooms);
  g_rand_free (self->rand);
  g_free (self);
}

gboolean
term_seat_is_met (const TermSeat *seat)
{
  return seat->has_version == seat->version && seat->has_templates == seat->templates && !seat->unfinished;
}

gboolean
term_seat_lacks (const Term *self, const TermSeat *seat, guint slot, guint version, guint templates)
{
  return (templates >> (slot % TERM_TEMPLATES) & 1) != 0 &&
         (seat->known[slot] >> self->content[version][slot] & 1) == 0;
}

guint
term_seat_get_lacking (const Term *self, const TermSeat *seat)
{
  guint seconds = 0;

  for (guint i = 0; i < TERM_SLOTS; i++) {
    if (term_seat_lacks (self, seat, i, seat->version, seat->templates))
      seconds += self->seconds[self->content[seat->version][i]];
  }
  return seconds;
}

ScSelection *
term_get_selection (Term *self, guint version, guint templates)
{
  static const char *const names[TERM_TEMPLATES] = { "a", "b", "c", "d" };
  const char *chosen[TERM_TEMPLATES + 1] = { NULL };
  guint n = 0;

  if (self->selections[version][templates] == NULL) {
    for (guint i = 0; i < TERM_TEMPLATES && templates != TERM_ALL; i++) {
      if ((templates >> i & 1) != 0)
        chosen[n++] = names[i];
    }
    self->selections[version][templates] = sc_selection_new (version, n > 0 ? chosen : NULL);
  }
  return self->selections[version][templates];
}

void
term_want (Term *self, TermSeat *seat, guint version, guint templates, gboolean due)
{
  if (seat->version != version || seat->templates != templates) {
    seat->failed = FALSE;
    seat->busy_until = 0;
    seat->apply_at = 0;
  }
  seat->version = version;
  seat->templates = templates;
  seat->due = due && !term_seat_is_met (seat);
  seat->wake = seat->room->wake;
  seat->dirty = TRUE;
}

void
term_assign (Term *self, TermRoom *room, guint version, guint templates)
{
  room->version = version;
  room->templates = templates;
  for (guint i = 0; i < self->seats->len; i++) {
    TermSeat *seat = g_ptr_array_index (self->seats, i);

    if (seat->room == room && !seat->pinned)
      term_want (self, seat, version, templates, TRUE);
  }
}

TermSession *
term_add_session (Term *self, guint version, guint templates)
{
  TermSession *session = g_new0 (TermSession, 1);

  session->id = ++self->last_id;
  session->version = version;
  session->templates = templates;
  session->seats = g_ptr_array_new ();
  session->plan = g_array_new (FALSE, FALSE, sizeof (guint16));
  session->next = self->time + TERM_PREPARE;
  session->dirty = TRUE;
  g_ptr_array_add (self->sessions, session);
  self->n_sessions++;
  return session;
}

void
term_session_add (TermSession *session, TermSeat *seat)
{
  g_assert_null (seat->session);
  seat->session = session;
  seat->due = FALSE;
  seat->dirty = session->dirty = TRUE;
  g_ptr_array_add (session->seats, seat);
}

void
term_session_drop (TermSession *session, TermSeat *seat)
{
  g_ptr_array_remove (session->seats, seat);
  seat->session = NULL;
  seat->apply_at = 0;
  seat->dirty = session->dirty = TRUE;
}

void
term_seat_switch (Term *self, TermSeat *seat, gboolean on)
{
  if (seat->on == on)
    return;
  seat->on = on;
  seat->wakes = 0;
  seat->connected = FALSE;
  seat->connects = on ? self->time + g_rand_int_range (self->rand, 5, 40) : 0;
  seat->work = TERM_IDLE;
  seat->apply_at = 0;
  seat->fetch = FALSE;
  seat->dirty = TRUE;
}

void
term_chance_wake (Term *self, TermSeat *seat)
{
  if (!seat->on && g_rand_int_range (self->rand, 0, 10) < 8)
    seat->wakes = self->time + g_rand_int_range (self->rand, 5, 20);
}

/* All that a seat needs has arrived, and was written. */
static void
commit (Term *self, TermSeat *seat)
{
  gint32 dice = g_rand_int_range (self->rand, 0, 100);

  seat->apply_at = 0;
  seat->work = TERM_IDLE;
  seat->unfinished = FALSE;
  seat->dirty = TRUE;
  if (seat->busy_until == 0 && dice < 2) {
    seat->failed = TRUE;
    self->n_failures++;
  } else if (seat->busy_until == 0 && dice < 5) {
    seat->busy_since = self->time;
    seat->busy_until = self->time + g_rand_int_range (self->rand, 1800, 30 * 3600);
    seat->failed = FALSE;
    self->n_busy++;
  } else {
    seat->busy_until = 0;
    seat->failed = FALSE;
    seat->has_version = seat->version;
    seat->has_templates = seat->templates;
  }
  if (seat->session != NULL)
    term_session_drop (seat->session, seat);
}

/* Nothing may be sent to a seat whose window is closed, but for what staff started by hand. */
static void
check_may_send (const Term *self, const TermSeat *seat, gboolean any_time)
{
  g_assert_true (self->stepped || any_time || seat->room->open);
}

static guint
get_seconds (const Term *self, guint version, guint slot)
{
  return self->seconds[self->content[version][slot]];
}

static void
make_plan (Term *self, TermSession *session)
{
  guint seconds = 0;

  g_array_set_size (session->plan, 0);
  session->position = 0;
  for (guint16 slot = 0; slot < TERM_SLOTS; slot++) {
    for (guint i = 0; i < session->seats->len; i++) {
      const TermSeat *seat = g_ptr_array_index (session->seats, i);

      if (seat->connected && term_seat_lacks (self, seat, slot, session->version, session->templates)) {
        g_array_append_val (session->plan, slot);
        seconds += get_seconds (self, session->version, slot);
        break;
      }
    }
  }
  if (session->plan->len > 0)
    session->next = self->time + get_seconds (self, session->version, g_array_index (session->plan, guint16, 0));
  for (guint i = 0; i < session->seats->len; i++) {
    TermSeat *seat = g_ptr_array_index (session->seats, i);

    seat->extra += seconds;
  }
}

gint64
term_session_get_rest (const Term *self, const TermSession *session)
{
  gint64 seconds = 0;

  for (guint i = session->position; i < session->plan->len && session->sending; i++)
    seconds += get_seconds (self, session->version, g_array_index (session->plan, guint16, i));
  return seconds;
}

void
term_session_stop (Term *self, TermSession *session)
{
  if (session->sending && session->position < session->plan->len) {
    guint slot = g_array_index (session->plan, guint16, session->position), content;

    content = self->content[session->version][slot];
    self->cut_of[content] += self->seconds[content] - (guint64) (session->next - self->time);
  }
  session->sending = FALSE;
}

/* One that has come meanwhile did not get the beginning. */
static void
send_piece (Term *self, TermSession *session)
{
  guint slot = g_array_index (session->plan, guint16, session->position++);
  guint seconds = get_seconds (self, session->version, slot);

  self->cast += seconds;
  self->sent_of[self->content[session->version][slot]] += seconds;
  for (guint i = 0; i < session->seats->len; i++) {
    TermSeat *seat = g_ptr_array_index (session->seats, i);

    if (seat->connected && seat->connected_at <= self->time - seconds)
      seat->known[slot] |= 1u << self->content[session->version][slot];
  }
  if (session->position < session->plan->len)
    session->next =
        self->time + get_seconds (self, session->version, g_array_index (session->plan, guint16, session->position));
}

/* Who is there has begun to write; who has all of it commits. Returns: whether anybody is still at it */
static gboolean
look_at_members (Term *self, TermSession *session)
{
  gboolean busy = FALSE;

  for (guint i = session->seats->len; i > 0; i--) {
    TermSeat *seat = g_ptr_array_index (session->seats, i - 1);

    if (!seat->connected || seat->work == TERM_GOES_BACK) {
      busy = busy || seat->on || seat->wakes != 0;
      continue;
    }
    if (seat->version != session->version || seat->templates != session->templates)
      continue; /* it is to have something else; whoever plans sees to that */
    busy = TRUE;
    if (!seat->unfinished && !term_seat_is_met (seat))
      seat->unfinished = seat->dirty = TRUE;
    if (term_seat_is_met (seat))
      term_session_drop (session, seat);
    else if (seat->apply_at == 0 && term_seat_get_lacking (self, seat) == 0)
      seat->apply_at = self->time + TERM_APPLY;
    else if (seat->apply_at != 0 && self->time >= seat->apply_at)
      commit (self, seat);
  }
  return busy;
}

static void
work_session (Term *self, TermSession *session)
{
  gboolean busy;

  for (guint i = 0; i < session->seats->len && session->sending; i++)
    check_may_send (self, g_ptr_array_index (session->seats, i), session->any_time);
  if (self->time < session->next)
    return;
  if (!session->sending) {
    session->sending = TRUE;
    make_plan (self, session);
  } else if (session->position < session->plan->len) {
    send_piece (self, session);
  }
  busy = look_at_members (self, session);
  if (session->position < session->plan->len)
    return;
  make_plan (self, session); /* of those that came back meanwhile */
  if (session->plan->len == 0 && !busy) {
    session->over = TRUE; /* who is off has missed it */
    while (session->seats->len > 0)
      term_session_drop (session, g_ptr_array_index (session->seats, 0));
  }
}

/* The piece that has arrived, then the next one. */
static void
work_catch_up (Term *self, TermSeat *seat)
{
  gboolean had = FALSE;

  check_may_send (self, seat, FALSE);
  if (self->time < seat->work_at)
    return;
  if (!seat->unfinished)
    seat->unfinished = seat->dirty = TRUE;
  for (guint slot = 0; slot < TERM_SLOTS; slot++) {
    guint seconds = get_seconds (self, seat->version, slot);

    if (!term_seat_lacks (self, seat, slot, seat->version, seat->templates))
      continue;
    if (had || !seat->fetching) {
      seat->fetching = TRUE;
      seat->work_at = self->time + seconds;
      return;
    }
    seat->known[slot] |= 1u << self->content[seat->version][slot];
    self->caught_up += seconds;
    self->sent_of[self->content[seat->version][slot]] += seconds;
    had = TRUE;
  }
  if (seat->apply_at == 0)
    seat->apply_at = self->time + TERM_APPLY;
  else if (self->time >= seat->apply_at)
    commit (self, seat);
}

static void
work_seat (Term *self, TermSeat *seat)
{
  if (seat->wakes != 0 && self->time >= seat->wakes)
    term_seat_switch (self, seat, TRUE);
  if (seat->connects != 0 && self->time >= seat->connects && self->planner != NULL) {
    seat->connects = 0;
    seat->connected_at = self->time;
    seat->connected = seat->dirty = TRUE;
  }
  if (seat->busy_until != 0 && self->time >= seat->busy_until && seat->connected) {
    seat->has_version = seat->version;
    seat->has_templates = seat->templates;
    seat->busy_until = 0;
    seat->dirty = TRUE;
  }
  if (seat->work == TERM_GOES_BACK && self->time >= seat->work_at) {
    seat->work = TERM_IDLE;
    seat->unfinished = FALSE;
    seat->dirty = TRUE;
  }
  if (seat->work == TERM_CATCHES_UP)
    work_catch_up (self, seat);
}

void
term_work (Term *self)
{
  for (guint i = 0; i < self->seats->len; i++)
    work_seat (self, g_ptr_array_index (self->seats, i));
  for (guint i = 0; i < self->sessions->len && self->planner != NULL; i++) {
    TermSession *session = g_ptr_array_index (self->sessions, i);

    if (!session->suspended && !session->over)
      work_session (self, session);
  }
}

static gint64
get_seat_next (const Term *self, const TermSeat *seat)
{
  gint64 next = G_MAXINT64;

  if (self->planner != NULL && seat->dirty)
    return self->time + 1;
  if (seat->wakes != 0)
    next = seat->wakes;
  if (self->planner != NULL && seat->connects != 0)
    next = MIN (next, seat->connects);
  if (seat->work != TERM_IDLE)
    next = MIN (next, seat->apply_at != 0 ? seat->apply_at : seat->work_at);
  if (seat->connected && seat->busy_until != 0)
    next = MIN (next, seat->busy_until);
  return next;
}

/* Who commits; who is awaited is looked at as a seat. */
static gint64
get_session_next (const Term *self, const TermSession *session)
{
  gint64 next = G_MAXINT64;

  if (session->dirty || session->over)
    return self->time + 1;
  if (session->suspended)
    return G_MAXINT64;
  if (session->next > self->time)
    return session->next;
  for (guint i = 0; i < session->seats->len; i++) {
    const TermSeat *seat = g_ptr_array_index (session->seats, i);

    if (seat->connected && seat->work == TERM_IDLE)
      next = MIN (next, MAX (seat->apply_at, self->time + 1));
  }
  return next;
}

gint64
term_get_next (const Term *self)
{
  gint64 next = self->planner != NULL ? self->next_call : self->down_until;

  for (guint i = 0; i < self->seats->len; i++)
    next = MIN (next, get_seat_next (self, g_ptr_array_index (self->seats, i)));
  for (guint i = 0; i < self->sessions->len && self->planner != NULL; i++)
    next = MIN (next, get_session_next (self, g_ptr_array_index (self->sessions, i)));
  return MAX (next, self->time + 1);
}
