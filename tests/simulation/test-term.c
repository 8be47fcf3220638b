/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/simulation/term.h"

#include <stdlib.h>
#include <string.h>

/*
 * 120 days of 400 seats in eight rooms, and of the real planner. People switch seats on and off, staff publish, assign,
 * schedule and pin, the engine crashes, its clock steps, daylight saving time begins or ends, updates fail, templates
 * are in use. What is checked all the time (term-check.c, term-engine.c):
 *  - Who is on in its window for as long as its policy makes it wait (the settle time, where it is due or there when
 * the window opens; else the time of gathering, or the jitter of catching up) and TERM_BEGIN s, is sent to, and has its
 * room's version.
 *  - Nothing is sent to a seat whose window is closed by the engine's clock, but by order of staff.
 *  - No seat that is on stays between two versions: outside the window not at all, within it not for longer than
 *    SC_PLANNER_UNFINISHED_TIME without anything being done.
 *  - No seat may fetch by itself while its window is closed; few catch up at a time; who was off when its room
 *    had its session is late from then on.
 * And in the end how much was sent, compared with what a planner that knows the future would have to
 * (term_count_needed()).
 *
 * A slow term is half as long, for fewer seats; most of its versions take longer than the windows of most rooms are
 * open. So its sessions are suspended and go on, lose some of their rooms, are superseded and outlive crashes.
 */
#define DAY G_GINT64_CONSTANT (86400)
#define AUTUMN (G_GINT64_CONSTANT (1788220800)) /* 2026-09-01 */
#define SPRING (G_GINT64_CONSTANT (1769904000)) /* 2026-02-01 */
#define MOST_BYTES 1.1                          /* of several terms together */
#define MOST_BYTES_ONCE 1.15                    /* of any of them */
#define MOST_BYTES_SLOW 1.2

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
    gint64 off = day + (chance (run, run->term->slow ? 80 : 45) ? somewhen (run, 28 * 3600, 30 * 3600)
                                                                : somewhen (run, 15 * 3600, 19 * 3600));
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
  guint version = ++term->n_versions, n = (guint) (term->slow ? somewhen (run, 40, 90) : somewhen (run, 8, 20));

  g_assert_cmpuint (version, <, TERM_VERSIONS);
  term->seconds[version] = version % 4 == 2 ? 40 : 10;
  if (term->slow)
    term->seconds[version] = version % 3 == 0 ? 240 : 90;
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
    run->next_version += term->slow ? somewhen (run, DAY, 4 * DAY) : somewhen (run, 4 * DAY, 7 * DAY);
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

static void
report (Term *term, guint32 seed, guint days)
{
  g_test_message ("seed %u: %u days, %u seats, %u versions: %" G_GUINT64_FORMAT " sessions, %" G_GUINT64_FORMAT
                  " suspended (%" G_GUINT64_FORMAT " resumed, %" G_GUINT64_FORMAT " superseded), %" G_GUINT64_FORMAT
                  " partly released, %" G_GUINT64_FORMAT " ended for others; %" G_GUINT64_FORMAT
                  " catch-ups, %" G_GUINT64_FORMAT " went back",
                  seed, days, term->seats->len, term->n_versions, term->n_sessions, term->n_suspended, term->n_resumed,
                  term->n_superseded, term->n_released, term->n_ended, term->n_catch_ups, term->n_back);
  g_test_message (
      "  %" G_GUINT64_FORMAT " failed, %" G_GUINT64_FORMAT " busy, %" G_GUINT64_FORMAT " reminders, %" G_GUINT64_FORMAT
      " schedules came, %" G_GUINT64_FORMAT " crashes, %" G_GUINT64_FORMAT " suspended sessions were there then",
      term->n_failures, term->n_busy, term->n_reminders, term->n_fired, term->n_crashes, term->n_crashes_suspended);
}

typedef struct {
  guint64 sent, needed; /* s */
} Bytes;

/* Adds what was sent, and what a planner that knows the future must; and returns that ratio. */
static double
count (Term *term, Bytes *all)
{
  guint64 of[TERM_VERSIONS], needed[TERM_SENDING_LATEST + 1], sent = term->cast + term->caught_up, cut = 0;
  double ratio[TERM_SENDING_LATEST + 1];

  for (guint i = 0; i <= term->n_versions; i++)
    cut += term->cut_of[i];
  for (guint i = 0; i < G_N_ELEMENTS (needed); i++) {
    needed[i] = term_count_needed (term, (TermSending) i, of);
    ratio[i] = (double) (sent + cut) / (double) needed[i];
  }
  g_test_message ("  %" G_GUINT64_FORMAT " promises kept; %" G_GUINT64_FORMAT " s cast, %" G_GUINT64_FORMAT
                  " caught up, %" G_GUINT64_FORMAT " cut off; %" G_GUINT64_FORMAT
                  " needed at once: %.3f; in order %.3f; latest %.3f",
                  term->n_promises, term->cast, term->caught_up, cut, needed[0], ratio[0], ratio[1], ratio[2]);
  all->sent += sent + cut;
  all->needed += needed[TERM_SENDING_AT_ONCE];
  return ratio[TERM_SENDING_AT_ONCE];
}

static Term *
walk (guint32 seed, guint days, guint percent, gboolean slow)
{
  Term *term = term_new (seed, seed % 2 == 0 ? SPRING : AUTUMN, days, percent, slow);
  Run run = { .term = term,
              .people = g_rand_new_with_seed (seed),
              .switches = g_array_new (FALSE, FALSE, sizeof (Switch)) };

  live (&run);
  report (term, seed, days);
  g_rand_free (run.people);
  g_array_unref (run.switches);
  return term;
}

/* Seeds are walked by themselves where SEATCAST_TEST_SEED names one, twenty where SEATCAST_TEST_LONG is set. */
static guint
get_seeds (guint n, guint *first)
{
  const char *seed = g_getenv ("SEATCAST_TEST_SEED");

  *first = seed != NULL ? (guint) g_ascii_strtoull (seed, NULL, 10) : 1;
  if (seed != NULL)
    return *first;
  return g_getenv ("SEATCAST_TEST_LONG") != NULL ? 20 : n;
}

static void
test_term (void)
{
  guint first, last = get_seeds (2, &first);
  Bytes all = { 0 };

  for (guint seed = first; seed <= last; seed++) {
    g_autoptr (Term) term = walk (seed, 120, 100, FALSE);

    g_assert_cmpfloat (count (term, &all), <=, MOST_BYTES_ONCE);
  }
  g_test_message ("all: %.3f", (double) all.sent / (double) all.needed);
  if (first < last)
    g_assert_cmpfloat ((double) all.sent / (double) all.needed, <=, MOST_BYTES);
}

/* Most versions take longer than windows are open. */
static void
test_suspended (void)
{
  guint seed, last = get_seeds (2, &seed);
  Bytes all = { 0 };

  for (; seed <= last; seed++) {
    g_autoptr (Term) term = walk (seed, 60, 40, TRUE);

    g_assert_cmpfloat (count (term, &all), <=, MOST_BYTES_SLOW);
    g_assert_cmpuint (term->n_suspended, >=, 48);
    g_assert_cmpuint (term->n_resumed, >=, 16);
    g_assert_cmpuint (term->n_superseded, >=, 8);
    g_assert_cmpuint (term->n_released, >=, 4);
    g_assert_cmpuint (term->n_crashes_suspended, >=, 4);
  }
}

/* All are on all the time; the engine crashes in every other pause. Until everybody has it. */
static void
take_in_windows (Term *term)
{
  guint64 n_seen = 0;

  for (guint i = 0; i < term->seats->len; i++)
    term_seat_switch (term, g_ptr_array_index (term->seats, i), TRUE);
  while (term->time < term->end) {
    if (term->n_suspended > n_seen && term->n_suspended % 2 == 1)
      term_crash (term, 1200);
    n_seen = term->n_suspended;
    term_call (term);
    term_work (term);
    term->time = MIN (term_get_next (term), term->end);
  }
  for (guint i = 0; i < term->seats->len; i++)
    g_assert_cmpuint (term_seat_get_lacking (term, g_ptr_array_index (term->seats, i)), ==, 0);
}

/* A version that takes @seconds for each piece, of which there are TERM_SLOTS. */
static Term *
start_one_version (guint32 seed, gint64 start, guint seconds)
{
  Term *term = term_new (seed, start, 21, 10, TRUE);

  term->n_versions = 2;
  term->seconds[2] = seconds;
  memset (term->content[2], 2, TERM_SLOTS);
  term_start_engine (term);
  return term;
}

/* What had arrived is not sent again, and each window is used. */
static void
test_several_windows (void)
{
  static const struct {
    guint room;
    gint64 window; /* s */
  } rooms[] = { { 1, 14400 }, { 2, 5400 }, { 4, 12600 }, { 6, 14400 }, { 7, 7200 } };

  for (guint i = 0; i < G_N_ELEMENTS (rooms); i++) {
    g_autoptr (Term) term = start_one_version (i, AUTUMN, 240);
    gint64 each = rooms[i].window - SC_PLANNER_SETTLE_TIME / G_TIME_SPAN_SECOND - TERM_BEGIN - 240;

    term_assign (term, &term->rooms[rooms[i].room], 2, TERM_ALL);
    take_in_windows (term);
    g_test_message ("%s: %" G_GUINT64_FORMAT " times suspended, %" G_GUINT64_FORMAT " crashes then, %" G_GUINT64_FORMAT
                    " s sent, %" G_GUINT64_FORMAT " cut off",
                    term->rooms[rooms[i].room].name, term->n_suspended, term->n_crashes, term->cast, term->cut_of[2]);
    g_assert_cmpuint (term->cast, ==, 240 * TERM_SLOTS);
    g_assert_cmpuint (term->cut_of[2], <=, 240 * term->n_suspended);
    g_assert_cmpuint (term->n_suspended, >=, 1);
    g_assert_cmpuint (term->n_suspended, <=, 240 * TERM_SLOTS / each);
    g_assert_cmpuint (term->n_resumed, ==, term->n_suspended);
  }
}

/* A session of two rooms, one of which closes before the other: what it got in it is not sent to it again. */
static void
test_shared_windows (void)
{
  const guint64 content = G_GUINT64_CONSTANT (240) * TERM_SLOTS;
  const guint64 both = 4500 - SC_PLANNER_SETTLE_TIME / G_TIME_SPAN_SECOND - TERM_BEGIN - 240;
  g_autoptr (Term) term = start_one_version (1, AUTUMN + DAY + 2 * 3600, 240); /* 4:00; both are open until 5:15 */

  term_assign (term, &term->rooms[0], 2, TERM_ALL);
  term_assign (term, &term->rooms[4], 2, TERM_ALL);
  take_in_windows (term);
  g_test_message ("%" G_GUINT64_FORMAT " sessions, %" G_GUINT64_FORMAT " times suspended, %" G_GUINT64_FORMAT
                  " partly released; %" G_GUINT64_FORMAT " s sent, %" G_GUINT64_FORMAT " cut off",
                  term->n_sessions, term->n_suspended, term->n_released, term->cast, term->cut_of[2]);
  g_assert_cmpuint (term->n_released, ==, 1);
  g_assert_cmpuint (term->n_suspended, >=, 2);
  g_assert_cmpuint (term->cast, >=, content);
  g_assert_cmpuint (term->cast, <=, 2 * content - both);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/term/120-days-of-400-seats", test_term);
  g_test_add_func ("/term/versions-that-take-longer-than-windows", test_suspended);
  g_test_add_func ("/term/one-version-over-several-windows", test_several_windows);
  g_test_add_func ("/term/a-session-of-two-windows", test_shared_windows);
  return g_test_run ();
}
