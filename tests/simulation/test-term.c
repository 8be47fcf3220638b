/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/simulation/term.h"

#include <stdlib.h>

/*
 * 120 days of 400 seats in eight rooms, and of the real planner. People switch seats on and off, staff publish, assign,
 * schedule and pin, the engine crashes, its clock steps, daylight saving time begins or ends, updates fail, templates
 * are in use. What is checked all the time (term-engine.c):
 *  - Who is on in its window for as long as its policy makes it wait (the settle time, where it is due or there when
 * the window opens; else the time of gathering, or the jitter of catching up) and TERM_TRANSFER s, has its room's
 *    version.
 *  - Nothing is sent to a seat whose window is closed by the engine's clock, but by order of staff.
 *  - No seat that is on stays between two versions: outside the window not at all, within it not for longer than
 *    SC_PLANNER_UNFINISHED_TIME without anything being done.
 * And in the end how much was sent, compared with what a planner that knows the future would have to
 * (term_count_needed()).
 */
#define DAY G_GINT64_CONSTANT (86400)
#define AUTUMN (G_GINT64_CONSTANT (1788220800)) /* 2026-09-01 */
#define SPRING (G_GINT64_CONSTANT (1769904000)) /* 2026-02-01 */
#define MOST_BYTES 1.1

typedef struct {
  gint64 time;
  guint seat;
  gboolean on;
} Switch;

typedef struct {
  Term *term;
  GRand *people;    /* not the engine's dice: the same for each planner */
  GArray *switches; /* of Switch */
  guint next_switch;
  gint64 next_version, next_crash, next_step, next_pin;
} Run;

static int
compare_switches (const void *a, const void *b)
{
  const Switch *one = a, *other = b;

  if (one->time != other->time)
    return one->time < other->time ? -1 : 1;
  return one->seat < other->seat ? -1 : one->seat > other->seat;
}

static gint64
somewhen (Run *run, gint64 from, gint64 to)
{
  return g_rand_int_range (run->people, (gint32) from, (gint32) to);
}

static gboolean
chance (Run *run, guint percent)
{
  return g_rand_int_range (run->people, 0, 100) < (gint32) percent;
}

/* Until @until of the last time it is on, it stays so. */
static void
add_time (Run *run, guint seat, gint64 *until, gint64 from, gint64 to)
{
  Switch on = { from / 30 * 30, seat, TRUE }, off = { to / 30 * 30, seat, FALSE };

  if (on.time <= *until || off.time <= on.time)
    return;
  *until = off.time;
  g_array_append_val (run->switches, on);
  g_array_append_val (run->switches, off);
}

/* A weekday: from the morning to the afternoon, or through the night; perhaps started anew, or on for a while at any
 * time. */
static void
add_day (Run *run, guint seat, gint64 *until, gint64 day, gboolean weekend)
{
  if (!weekend || chance (run, 25)) {
    gint64 off = day + (chance (run, 45) ? somewhen (run, 28 * 3600, 30 * 3600) : somewhen (run, 15 * 3600, 19 * 3600));
    gint64 again = day + somewhen (run, 9 * 3600, 15 * 3600);

    if (chance (run, 30)) {
      add_time (run, seat, until, day + somewhen (run, 6 * 3600, 8 * 3600), again);
      add_time (run, seat, until, again + 120, off);
    } else {
      add_time (run, seat, until, day + somewhen (run, 6 * 3600, 8 * 3600), off);
    }
  }
  if (chance (run, 20)) {
    gint64 on = day + somewhen (run, 19 * 3600, 30 * 3600);

    add_time (run, seat, until, on, on + somewhen (run, 300, 5 * 3600));
  }
}

static void
make_switches (Run *run)
{
  for (guint seat = 0; seat < run->term->seats->len; seat++) {
    gint64 until = run->term->time;

    for (gint64 day = run->term->time; day < run->term->end; day += DAY) {
      guint weekday = (guint) ((day / DAY + 3) % 7);

      if (weekday == 0 && chance (run, 6)) {
        day += 6 * DAY; /* away for the week */
        continue;
      }
      add_day (run, seat, &until, day, weekday >= 5);
    }
  }
  qsort (run->switches->data, run->switches->len, sizeof (Switch), compare_switches);
}

static void
schedule (Run *run, ScScheduleKind kind, TermRoom *room, guint version, gint64 next)
{
  TermSchedule made = {
    .id = run->term->schedules->len + 1,
    .kind = kind,
    .room = room,
    .version = version,
    .next = next * G_TIME_SPAN_SECOND,
    .days = 1u << 2,
    .minute = 19 * 60,
    .dirty = TRUE,
  };

  g_array_append_val (run->term->schedules, made);
}

/* Staff want it there now, whatever the window. */
static void
deploy_now (Run *run, TermRoom *room, guint version)
{
  TermSession *session = NULL;

  term_assign (run->term, room, version, TERM_ALL);
  if (run->term->planner == NULL)
    return;
  for (guint i = 0; i < run->term->seats->len; i++) {
    TermSeat *seat = g_ptr_array_index (run->term->seats, i);

    if (seat->room != room || seat->pinned || !seat->connected || seat->session != NULL || seat->work != TERM_IDLE)
      continue;
    if (session == NULL)
      session = term_add_session (run->term, version, TERM_ALL);
    session->any_time = TRUE;
    term_session_add (session, seat);
  }
}

static void
publish (Run *run)
{
  Term *term = run->term;
  guint version = ++term->n_versions, n = (guint) somewhen (run, 8, 20);

  g_assert_cmpuint (version, <, TERM_VERSIONS);
  term->seconds[version] = version % 4 == 2 ? 40 : 10;
  for (guint slot = 0; slot < TERM_SLOTS; slot++)
    term->content[version][slot] = term->content[version - 1][slot];
  for (guint i = 0; i < n; i++)
    term->content[version][somewhen (run, 0, TERM_SLOTS)] = (guint8) version;
  for (guint i = 0; i < term->n_rooms; i++) {
    TermRoom *room = &term->rooms[i];
    guint dice = (guint) somewhen (run, 0, 20);

    if (room->late == SC_LATE_ASK || dice < 3)
      schedule (run, SC_SCHEDULE_AT, room, version, term->time + somewhen (run, 3600, 36 * 3600));
    else if (dice < 6)
      schedule (run, SC_SCHEDULE_WINDOW, room, version, term->time);
    else if (dice < 7)
      deploy_now (run, room, version);
    else if (dice < 18)
      term_assign (term, room, version, i == 3 && version % 3 == 0 ? 7 : TERM_ALL);
  }
}

static void
pin (Run *run)
{
  Term *term = run->term;
  TermSeat *seat = g_ptr_array_index (term->seats, (guint) somewhen (run, 0, term->seats->len));

  seat->pinned = !seat->pinned;
  if (seat->pinned)
    term_want (term, seat, (guint) somewhen (run, 1, term->n_versions + 1), TERM_ALL, TRUE);
  else
    term_want (term, seat, seat->room->version, seat->room->templates, TRUE);
}

/* A step of the engine's clock; what is wrong is put right in the end. */
static void
step (Run *run)
{
  Term *term = run->term;

  if (term->skew != 0) {
    term->skew = 0;
    run->next_step = term->time + somewhen (run, 5 * DAY, 15 * DAY);
  } else {
    term->skew = (chance (run, 50) ? 1 : -1) * somewhen (run, 60, chance (run, 50) ? 600 : 3 * 3600);
    run->next_step = term->time + somewhen (run, 600, 20 * 3600);
  }
  term->stepped = TRUE;
}

static void
come_about (Run *run)
{
  Term *term = run->term;

  while (run->next_switch < run->switches->len) {
    const Switch *next = &g_array_index (run->switches, Switch, run->next_switch);

    if (next->time > term->time)
      break;
    term_seat_switch (term, g_ptr_array_index (term->seats, next->seat), next->on);
    run->next_switch++;
  }
  if (term->time >= run->next_version) {
    publish (run);
    run->next_version += somewhen (run, 4 * DAY, 7 * DAY);
  }
  if (term->time >= run->next_pin) {
    pin (run);
    run->next_pin += somewhen (run, 2 * DAY, 20 * DAY);
  }
  if (term->time >= run->next_crash && term->planner != NULL) {
    term_crash (term, somewhen (run, 20, chance (run, 20) ? 5 * 3600 : 900));
    run->next_crash += somewhen (run, 3600, 8 * DAY);
  }
  if (term->time >= run->next_step)
    step (run);
}

static gint64
get_next (Run *run)
{
  gint64 next = term_get_next (run->term);

  if (run->next_switch < run->switches->len)
    next = MIN (next, g_array_index (run->switches, Switch, run->next_switch).time);
  next = MIN (MIN (next, run->next_version), MIN (run->next_pin, run->next_step));
  if (run->term->planner != NULL)
    next = MIN (next, run->next_crash);
  return MAX (next, run->term->time + 1);
}

static void
live (Run *run)
{
  Term *term = run->term;

  run->next_version = term->time + 10 * 3600;
  run->next_pin = term->time + 5 * DAY;
  run->next_crash = term->time + 2 * DAY;
  run->next_step = term->time + 9 * DAY;
  schedule (run, SC_SCHEDULE_REPEAT, &term->rooms[term->n_rooms - 1], 0, term->time + DAY);
  make_switches (run);
  term_start_engine (term);
  while (term->time < term->end) {
    come_about (run);
    term_call (term);
    term_work (term);
    term->time = MIN (get_next (run), term->end);
  }
}

static double
walk (guint32 seed, guint days, guint percent)
{
  g_autoptr (Term) term = term_new (seed, seed % 2 == 0 ? SPRING : AUTUMN, days, percent);
  Run run = { .term = term,
              .people = g_rand_new_with_seed (seed),
              .switches = g_array_new (FALSE, FALSE, sizeof (Switch)) };
  guint64 sent, needed;
  double ratio;

  live (&run);
  sent = term->cast + term->caught_up;
  needed = term_count_needed (term);
  ratio = (double) sent / (double) needed;
  g_test_message ("seed %u: %u days, %u seats, %u versions: %" G_GUINT64_FORMAT " sessions, %" G_GUINT64_FORMAT
                  " suspended, %" G_GUINT64_FORMAT " partly released, %" G_GUINT64_FORMAT
                  " ended for others; %" G_GUINT64_FORMAT " catch-ups, %" G_GUINT64_FORMAT " went back",
                  seed, days, term->seats->len, term->n_versions, term->n_sessions, term->n_suspended, term->n_released,
                  term->n_ended, term->n_catch_ups, term->n_back);
  g_test_message ("  %" G_GUINT64_FORMAT " failed, %" G_GUINT64_FORMAT " busy, %" G_GUINT64_FORMAT
                  " reminders, %" G_GUINT64_FORMAT " schedules came, %" G_GUINT64_FORMAT " crashes",
                  term->n_failures, term->n_busy, term->n_reminders, term->n_fired, term->n_crashes);
  g_test_message ("  %" G_GUINT64_FORMAT " promises kept; %" G_GUINT64_FORMAT " s cast, %" G_GUINT64_FORMAT
                  " caught up; %" G_GUINT64_FORMAT " needed: %.3f",
                  term->n_promises, term->cast, term->caught_up, needed, ratio);
  g_rand_free (run.people);
  g_array_unref (run.switches);
  return ratio;
}

static void
test_term (void)
{
  gboolean is_long = g_getenv ("SEATCAST_TEST_LONG") != NULL;
  guint n = is_long ? 20 : 2;

  for (guint seed = 1; seed <= n; seed++)
    g_assert_cmpfloat (walk (seed, 120, 100), <=, MOST_BYTES);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/term/120-days-of-400-seats", test_term);
  return g_test_run ();
}
