/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-time-zone.h"
#include "common/sc-error.h"
#include "console/engine/schedule/sc-window.h"

#define MINUTE (60 * G_TIME_SPAN_SECOND)
#define BERLIN_RULE "CET-1CEST,M3.5.0,M10.5.0/3"

static gint64
at (const char *text)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (text, NULL);

  g_assert_nonnull (time);
  return g_date_time_to_unix (time) * G_TIME_SPAN_SECOND;
}

static char *
say (gint64 time)
{
  g_autoptr (GDateTime) date = time == G_MAXINT64 ? NULL : g_date_time_new_from_unix_utc (time / G_TIME_SPAN_SECOND);

  return date == NULL ? g_strdup ("never") : g_date_time_format (date, "%Y-%m-%dT%H:%M:%SZ");
}

static void
assert_time (gint64 time, const char *expected)
{
  g_autofree char *text = say (time);

  g_assert_cmpstr (text, ==, expected);
}

/* From @now on: the next opening and when that one closes. */
static void
assert_opening (const char *text, const char *now, const char *opens, const char *closes)
{
  g_auto (ScWindow) window = { 0 };
  g_autoptr (GError) error = NULL;
  gint64 end = 0, opening;

  g_test_message ("%s from %s on", text, now);
  sc_window_parse (text, &window, &error);
  g_assert_no_error (error);
  opening = sc_window_next_opening (&window, at (now));
  assert_time (opening, opens);
  g_assert_false (sc_window_is_open (&window, opening - 1, NULL));
  g_assert_true (sc_window_is_open (&window, opening, &end));
  assert_time (end, closes);
  g_assert_true (sc_window_is_open (&window, end - 1, NULL));
  g_assert_false (sc_window_is_open (&window, end, NULL));
}

static void
test_without_a_window (void)
{
  g_auto (ScWindow) window = { 0 };
  gint64 closes = 0;

  g_assert_false (sc_window_is_set (&window));
  g_assert_true (sc_window_is_open (&window, at ("2026-11-23T12:00:00Z"), &closes));
  g_assert_cmpint (closes, ==, G_MAXINT64);
  g_assert_cmpint (sc_window_next_opening (&window, 0), ==, G_MAXINT64);
}

static void
test_plain (void)
{
  assert_opening ("mon-fri 18:00-22:00 UTC", "2026-11-23T12:00:00Z", "2026-11-23T18:00:00Z", "2026-11-23T22:00:00Z");
  /* also where it is open now, the next one */
  assert_opening ("mon-fri 18:00-22:00 UTC", "2026-11-23T18:00:00Z", "2026-11-24T18:00:00Z", "2026-11-24T22:00:00Z");
  assert_opening ("mon-fri 18:00-22:00 UTC", "2026-11-27T22:00:00Z", "2026-11-30T18:00:00Z", "2026-11-30T22:00:00Z");
  assert_opening ("mon 18:00-22:00 Europe/Berlin", "2026-11-23T17:30:00Z", "2026-11-30T17:00:00Z",
                  "2026-11-30T21:00:00Z");
  assert_opening ("sun 00:00-00:00 UTC", "2026-11-23T12:00:00Z", "2026-11-29T00:00:00Z", "2026-11-30T00:00:00Z");
}

static void
test_across_midnight (void)
{
  assert_opening ("fri 22:00-06:00 Europe/Berlin", "2026-11-23T12:00:00Z", "2026-11-27T21:00:00Z",
                  "2026-11-28T05:00:00Z");
  assert_opening ("sun 22:00-06:00 UTC", "2026-11-23T12:00:00Z", "2026-11-29T22:00:00Z", "2026-11-30T06:00:00Z");
  /* far from Greenwich, where the day is another one */
  assert_opening ("mon 20:00-04:00 Pacific/Kiritimati", "2026-11-23T12:00:00Z", "2026-11-30T06:00:00Z",
                  "2026-11-30T14:00:00Z");
  assert_opening ("mon 20:00-04:00 Pacific/Honolulu", "2026-11-23T12:00:00Z", "2026-11-24T06:00:00Z",
                  "2026-11-24T14:00:00Z");
}

static void
test_openings_that_touch_are_one (void)
{
  assert_opening ("fri-sun 00:00-00:00 UTC", "2026-11-23T12:00:00Z", "2026-11-27T00:00:00Z", "2026-11-30T00:00:00Z");
  assert_opening ("fri-sun 00:00-00:00 UTC", "2026-11-28T12:00:00Z", "2026-12-04T00:00:00Z", "2026-12-07T00:00:00Z");
  assert_opening ("mon-sat 12:00-12:00 Europe/Berlin", "2026-10-22T12:00:00Z", "2026-10-26T11:00:00Z",
                  "2026-11-01T11:00:00Z");

  g_auto (ScWindow) always = { .days = SC_WINDOW_ALL_DAYS, .from = 18 * 60, .to = 18 * 60, .zone = g_strdup ("UTC") };
  gint64 closes = 0;
  g_assert_true (sc_window_is_open (&always, at ("2026-11-23T12:00:00Z"), &closes));
  g_assert_cmpint (closes, ==, G_MAXINT64);
  g_assert_cmpint (sc_window_next_opening (&always, at ("2026-11-23T12:00:00Z")), ==, G_MAXINT64);
}

/* 2026-03-29 and 2026-10-25 in Europe; 03-08 and 11-01 in the United States; 04-05 and 10-04 at Lord Howe, by half an
 * hour */
static void
test_clock_put_forward (void)
{
  assert_opening ("sat 18:00-06:00 Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-28T17:00:00Z",
                  "2026-03-29T04:00:00Z"); /* 11 h */
  assert_opening ("sat 18:00-06:00 " BERLIN_RULE, "2026-03-28T12:00:00Z", "2026-03-28T17:00:00Z",
                  "2026-03-29T04:00:00Z");
  assert_opening ("sat 20:00-08:00 America/New_York", "2026-03-07T12:00:00Z", "2026-03-08T01:00:00Z",
                  "2026-03-08T12:00:00Z");
  assert_opening ("sat 20:00-08:00 Australia/Lord_Howe", "2026-10-03T00:00:00Z", "2026-10-03T09:30:00Z",
                  "2026-10-03T21:00:00Z"); /* 11½ h */
}

static void
test_times_that_are_left_out (void)
{
  /* opens at the moment of the change, closes then */
  assert_opening ("sun 02:30-05:00 Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z",
                  "2026-03-29T03:00:00Z");
  assert_opening ("sat 22:00-02:30 Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-28T21:00:00Z",
                  "2026-03-29T01:00:00Z");
  assert_opening ("sun 02:30-05:00 " BERLIN_RULE, "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z",
                  "2026-03-29T03:00:00Z");
  assert_opening ("sun 02:15-05:00 Australia/Lord_Howe", "2026-10-03T00:00:00Z", "2026-10-03T15:30:00Z",
                  "2026-10-03T18:00:00Z");
  /* nothing is left of it: a week later */
  assert_opening ("sun 02:10-02:50 Europe/Berlin", "2026-03-28T12:00:00Z", "2026-04-05T00:10:00Z",
                  "2026-04-05T00:50:00Z");
  /* the hour between two openings is the one that is left out: they touch */
  assert_opening ("sat-sun 03:00-02:00 Europe/Berlin", "2026-03-27T12:00:00Z", "2026-03-28T02:00:00Z",
                  "2026-03-30T00:00:00Z");
  /* midnight is left out in some places */
  assert_opening ("sun 00:00-06:00 America/Santiago", "2026-09-05T12:00:00Z", "2026-09-06T04:00:00Z",
                  "2026-09-06T09:00:00Z");
}

static void
test_clock_put_back (void)
{
  assert_opening ("sat 18:00-06:00 Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-24T16:00:00Z",
                  "2026-10-25T05:00:00Z"); /* 13 h */
  assert_opening ("sat 18:00-06:00 " BERLIN_RULE, "2026-10-24T12:00:00Z", "2026-10-24T16:00:00Z",
                  "2026-10-25T05:00:00Z");
  assert_opening ("sat 20:00-08:00 America/New_York", "2026-10-31T12:00:00Z", "2026-11-01T00:00:00Z",
                  "2026-11-01T13:00:00Z");
  assert_opening ("sat 20:00-08:00 Australia/Lord_Howe", "2026-04-04T00:00:00Z", "2026-04-04T09:00:00Z",
                  "2026-04-04T21:30:00Z");
}

static void
test_times_that_come_twice (void)
{
  /* of opening the first counts, of closing the last */
  assert_opening ("sun 02:30-05:00 Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z",
                  "2026-10-25T04:00:00Z");
  assert_opening ("sat 22:00-02:30 Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-24T20:00:00Z",
                  "2026-10-25T01:30:00Z");
  assert_opening ("sun 02:10-02:50 Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T00:10:00Z",
                  "2026-10-25T01:50:00Z");
  assert_opening ("sun 01:10-01:50 America/New_York", "2026-10-31T12:00:00Z", "2026-11-01T05:10:00Z",
                  "2026-11-01T06:50:00Z");
  assert_opening ("sun 01:40-01:50 Australia/Lord_Howe", "2026-04-04T00:00:00Z", "2026-04-04T14:40:00Z",
                  "2026-04-04T15:20:00Z");
}

/* GLib's tables end in 2037; rules do not. */
static void
test_years_to_come (void)
{
  assert_opening ("mon 18:00-22:00 Europe/Berlin", "2045-07-01T12:00:00Z", "2045-07-03T16:00:00Z",
                  "2045-07-03T20:00:00Z");
  assert_opening ("mon 18:00-22:00 " BERLIN_RULE, "2045-12-30T12:00:00Z", "2046-01-01T17:00:00Z",
                  "2046-01-01T21:00:00Z");
  assert_opening ("sat 18:00-06:00 Europe/Berlin", "2040-03-24T12:00:00Z", "2040-03-24T17:00:00Z",
                  "2040-03-25T04:00:00Z");
}

static void
test_next_time (void)
{
  guint8 weekdays = 0x1f, sunday = 0x40;

  assert_time (sc_window_next_time (weekdays, 22 * 60, "UTC", at ("2026-11-23T21:59:00Z")), "2026-11-23T22:00:00Z");
  assert_time (sc_window_next_time (weekdays, 22 * 60, "UTC", at ("2026-11-23T22:00:00Z")), "2026-11-24T22:00:00Z");
  assert_time (sc_window_next_time (weekdays, 22 * 60, "UTC", at ("2026-11-27T22:00:00Z")), "2026-11-30T22:00:00Z");
  assert_time (sc_window_next_time (sunday, 150, "Europe/Berlin", at ("2026-03-28T12:00:00Z")), "2026-03-29T01:00:00Z");
  assert_time (sc_window_next_time (sunday, 150, "Europe/Berlin", at ("2026-10-24T12:00:00Z")), "2026-10-25T00:30:00Z");
  /* only once */
  assert_time (sc_window_next_time (sunday, 150, "Europe/Berlin", at ("2026-10-25T00:30:00Z")), "2026-11-01T01:30:00Z");
  g_assert_cmpint (sc_window_next_time (0, 0, "UTC", 0), ==, G_MAXINT64);
}

static void
test_own_zone (void)
{
  g_autofree char *before = g_strdup (g_getenv ("TZ"));

  g_setenv ("TZ", BERLIN_RULE, TRUE);
  assert_opening ("mon 18:00-22:00", "2026-11-23T12:00:00Z", "2026-11-23T17:00:00Z", "2026-11-23T21:00:00Z");
  g_setenv ("TZ", "UTC", TRUE);
  assert_opening ("mon 18:00-22:00", "2026-11-23T12:00:00Z", "2026-11-23T18:00:00Z", "2026-11-23T22:00:00Z");
  if (before != NULL)
    g_setenv ("TZ", before, TRUE);
  else
    g_unsetenv ("TZ");
}

static void
test_text (void)
{
  static const char *const same[] = {
    "mon-fri 18:00-06:00 Europe/Berlin", "mon,wed-fri 18:00-06:00", "mon,tue 00:00-00:00 UTC", "any time",
    "sat,sun 09:05-23:59 " BERLIN_RULE,  "mon-sun 22:30-05:15 UTC",
  };
  static const char *const others[][2] = {
    { "MON-Fri  8:00-24:00", "mon-fri 08:00-00:00" },
    { " fri-mon 1:00-2:00  UTC ", "mon,fri-sun 01:00-02:00 UTC" },
    { "tue,mon,tue 18:00-06:00", "mon,tue 18:00-06:00" },
    { "Any Time", "any time" },
    { "none", "any time" },
    { " None", "any time" },
    { "day 22:00-4:00 UTC", "mon-sun 22:00-04:00 UTC" },
    { "Day 0:00-24:00", "mon-sun 00:00-00:00" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (same) + G_N_ELEMENTS (others); i++) {
    gboolean is_same = i < G_N_ELEMENTS (same);
    g_auto (ScWindow) window = { 0 };
    g_autoptr (GError) error = NULL;

    sc_window_parse (is_same ? same[i] : others[i - G_N_ELEMENTS (same)][0], &window, &error);
    g_assert_no_error (error);
    g_autofree char *text = sc_window_to_text (&window);
    g_assert_cmpstr (text, ==, is_same ? same[i] : others[i - G_N_ELEMENTS (same)][1]);
    g_auto (ScWindow) copy = { 0 };
    sc_window_copy (&window, &copy);
    g_assert_true (sc_window_equal (&window, &copy));
    copy.days ^= 1;
    g_assert_false (sc_window_equal (&window, &copy));
  }
}

static void
test_text_that_is_none (void)
{
  static const char *const wrong[] = {
    "",
    "mon",
    "mon 18:00",
    "mon 18:00-",
    "mon- 18:00-19:00",
    "monday 18:00-19:00",
    ",mon 18:00-19:00",
    "mon 25:00-19:00",
    "mon 18:60-19:00",
    "mon 24:30-19:00",
    "mon 18:00-19:00x",
    "mon 18:00-19:00 Nowhere/Else",
    "mon 18:00-19:00 ../../../etc/passwd",
    "mon 18:00-19:00 /etc/passwd",
    "mon 18:00-19:00 tzdata.zi",
    "mon 18:00-19:00 Europe",
    "mon 18:00-19:00 zone.tab",
    "any times",
    "none 18:00-19:00",
    "day",
    "day,mon 18:00-19:00",
    "days 18:00-19:00",
    "18:00-19:00",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_auto (ScWindow) window = { 0 };
    g_autoptr (GError) error = NULL;

    g_test_message ("“%s”", wrong[i]);
    g_assert_false (sc_window_parse (wrong[i], &window, &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  }
  g_assert_false (sc_window_check (&(ScWindow){ .days = 0x80, .zone = (char *) "" }, NULL));
  g_assert_false (sc_window_check (&(ScWindow){ .days = 1, .from = 1440, .zone = (char *) "" }, NULL));
  g_assert_false (sc_window_check (&(ScWindow){ .days = 1, .to = 1440, .zone = (char *) "" }, NULL));
}

/* By the wall clock alone; it differs only where an hour comes twice. */
static gboolean
is_open_by_the_clock (const ScWindow *window, gint64 wall)
{
  gint64 day = wall / 1440, minute = wall % 1440;
  gboolean today = (window->days >> (day + 3) % 7 & 1) != 0, yesterday = (window->days >> (day + 2) % 7 & 1) != 0;

  if (window->to > window->from)
    return today && minute >= window->from && minute < window->to;
  return (today && minute >= window->from) || (yesterday && minute < window->to);
}

/* Two years by minute: what is_open(), closes and next_opening() say of all that lies ahead comes about. */
static void
walk_two_years (const char *text)
{
  g_auto (ScWindow) window = { 0 };
  g_autoptr (GError) error = NULL;
  gint64 start = at ("2025-12-31T00:00:00Z"), closes = 0, next = start;
  gboolean was_open = FALSE;
  gint32 offset = 0;
  guint differ = 0, n_openings = 0;

  sc_window_parse (text, &window, &error);
  g_assert_no_error (error);
  g_autoptr (GTimeZone) zone = sc_time_zone_new (window.zone);
  for (gint64 now = start; now < start + 731 * G_TIME_SPAN_DAY; now += MINUTE) {
    gint64 now_closes = 0, now_next = sc_window_next_opening (&window, now);
    gboolean open = sc_window_is_open (&window, now, &now_closes);

    g_assert_cmpint (now_next, >, now);
    if (now == start)
      was_open = FALSE, next = open ? now : now_next;
    if (now >= next) { /* it opens */
      g_assert_true (open);
      g_assert_false (was_open && now < closes);
      g_assert_true (now == start || now == next);
      n_openings++;
    } else {
      g_assert_cmpint (now_next, ==, next);
      g_assert_true (open == (was_open && now < closes));
      g_assert_true (!open || now_closes == closes);
    }
    g_assert_true (!open || (now_closes > now && now_closes < now_next));
    if (now % (30 * MINUTE) == 0) /* when clocks change */
      offset = g_time_zone_get_offset (
          zone, g_time_zone_find_interval (zone, G_TIME_TYPE_UNIVERSAL, now / G_TIME_SPAN_SECOND));
    if (open != is_open_by_the_clock (&window, now / MINUTE + offset / 60)) {
      g_assert_true (open);
      differ++;
    }
    was_open = open, closes = now_closes, next = now_next;
  }
  g_assert_cmpuint (n_openings, >, 100);
  g_assert_cmpuint (differ, <=, 2 * 60);
  g_test_message ("%s: %u openings, %u minutes of hours that come twice", text, n_openings, differ);
}

static void
test_two_years_by_minute (void)
{
  walk_two_years ("mon-fri 18:00-06:00 Europe/Berlin");
  walk_two_years ("sat-sun 02:30-02:10 America/New_York");
  walk_two_years ("mon-sun 01:45-02:15 Australia/Lord_Howe");
  walk_two_years ("tue,thu,sun 02:20-02:40 " BERLIN_RULE);
  walk_two_years ("fri-sun 23:30-00:30 America/Santiago");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/window/without-a-window", test_without_a_window);
  g_test_add_func ("/window/plain", test_plain);
  g_test_add_func ("/window/across-midnight", test_across_midnight);
  g_test_add_func ("/window/openings-that-touch-are-one", test_openings_that_touch_are_one);
  g_test_add_func ("/window/clock-put-forward", test_clock_put_forward);
  g_test_add_func ("/window/times-that-are-left-out", test_times_that_are_left_out);
  g_test_add_func ("/window/clock-put-back", test_clock_put_back);
  g_test_add_func ("/window/times-that-come-twice", test_times_that_come_twice);
  g_test_add_func ("/window/years-to-come", test_years_to_come);
  g_test_add_func ("/window/next-time", test_next_time);
  g_test_add_func ("/window/own-zone", test_own_zone);
  g_test_add_func ("/window/text", test_text);
  g_test_add_func ("/window/text-that-is-none", test_text_that_is_none);
  g_test_add_func ("/window/two-years-by-minute", test_two_years_by_minute);
  return g_test_run ();
}
