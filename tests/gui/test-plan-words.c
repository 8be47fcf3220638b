/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/words/sc-activity-words.h"
#include "console/gui/words/sc-plan-words.h"

#include <string.h>

#define HOUR G_TIME_SPAN_HOUR

/* Tuesday 24 November 2026, 12:00 UTC: the test's own zone */
static const gint64 noon = G_GINT64_CONSTANT (1795521600) * G_USEC_PER_SEC;

static void
assert_is (char *text, const char *expected)
{
  g_autofree char *owned = text;

  g_assert_cmpstr (owned, ==, expected);
}

static void
test_times (void)
{
  assert_is (sc_plan_words_time (0, noon), "");
  assert_is (sc_plan_words_time (noon + 6 * HOUR, noon), "today 18:00");
  assert_is (sc_plan_words_time (noon + 12 * HOUR, noon), "tomorrow 00:00");
  assert_is (sc_plan_words_time (noon + 60 * HOUR, noon), "Fri 27 Nov 00:00");
  assert_is (sc_plan_words_time (noon + 24 * 50 * HOUR, noon), "13 Jan 2027 12:00");
}

static void
test_days (void)
{
  assert_is (sc_plan_words_days (0), "");
  assert_is (sc_plan_words_days (0x01), "Mon");
  assert_is (sc_plan_words_days (0x03), "Mon, Tue");
  assert_is (sc_plan_words_days (0x07), "Mon–Wed");
  assert_is (sc_plan_words_days (0x1f), "Mon–Fri");
  assert_is (sc_plan_words_days (0x5d), "Mon, Wed–Fri, Sun");
  assert_is (sc_plan_words_days (0x7f), "every day");
}

static void
test_windows (void)
{
  ScRoomWindow window = { .days = 0x1f, .from = 18 * 60, .to = 6 * 60, .zone = "" };

  assert_is (sc_plan_words_window (&window), "Mon–Fri 18:00–06:00");
  assert_is (sc_plan_words_window_sentence (&window),
             "Mon–Fri, from 18:00 to 06:00 of the next day, in the console’s time zone.");
  assert_is (sc_plan_words_window_state (&window, noon), "closed");
  window.opens = noon + 6 * HOUR;
  assert_is (sc_plan_words_window_state (&window, noon), "opens today 18:00");
  window.open = TRUE;
  window.closes = noon + 18 * HOUR;
  assert_is (sc_plan_words_window_state (&window, noon), "open until tomorrow 06:00");
  window.closes = noon - HOUR; /* told before it closed, or by a clock that is behind */
  assert_is (sc_plan_words_window_state (&window, noon), "closed");
  window.closes = noon;
  assert_is (sc_plan_words_window_state (&window, noon), "closed");
  window.closes = 0;
  assert_is (sc_plan_words_window_state (&window, noon), "always open");
  window.open = FALSE;
  window.opens = noon - HOUR;
  assert_is (sc_plan_words_window_state (&window, noon), "open");
  window.to = window.from;
  assert_is (sc_plan_words_window_sentence (&window), "Mon–Fri, 24 hours from 18:00 on, in the console’s time zone.");
  window.days = 0;
  assert_is (sc_plan_words_window (&window), "at any time");
}

static void
test_next_opening (void)
{
  ScRoomWindow window = { .days = 0x01, .from = 18 * 60, .to = 6 * 60, .zone = "UTC" };

  /* the Monday after that Tuesday */
  g_assert_cmpint (sc_plan_window_next_opening (&window, noon), ==, noon + (6 * 24 + 6) * HOUR);
  window.days = 0x02;
  g_assert_cmpint (sc_plan_window_next_opening (&window, noon), ==, noon + 6 * HOUR);
  window.from = 12 * 60; /* not the one that is just now */
  g_assert_cmpint (sc_plan_window_next_opening (&window, noon), ==, noon + 7 * 24 * HOUR);
  window.zone = "Nowhere/At all";
  g_assert_cmpint (sc_plan_window_next_opening (&window, noon), ==, 0);
}

static void
check_outlook (const char *behind, const char *next, gint64 at, const char *expected)
{
  ScSeatInfo seat = { .templates = g_ptr_array_new () };

  seat.outlook = (ScSeatOutlook){ .behind = behind, .next = next, .at = at };
  assert_is (sc_plan_words_outlook (&seat, noon), expected);
  g_ptr_array_unref (seat.templates);
}

static void
test_outlook (void)
{
  check_outlook ("", "", 0, "");
  check_outlook ("not", "nothing", 0, "");
  check_outlook ("offline", "return", 0, "It is off. Catches up when it is on again.");
  check_outlook ("offline", "return", noon + 6 * HOUR,
                 "It is off. Catches up when it is on again, at the earliest: today 18:00.");
  check_outlook ("due", "session", noon + 6 * HOUR,
                 "Its session has not been yet. Takes part in a session: today 18:00.");
  check_outlook ("late", "catch-up", noon - HOUR, "It was not in its room’s session. Catches up when it is its turn.");
  check_outlook ("late", "staff", 0, "It was not in its room’s session. Waits for you: let it catch up, or deploy.");
  check_outlook ("busy", "release", 0, "Templates are in use. Goes on by itself when they are no longer in use.");
  check_outlook ("failed", "staff", 0, "Its last update failed. Waits for you: let it catch up, or deploy.");
  check_outlook ("cancelled", "staff", 0, "Its session was cancelled. Waits for you: let it catch up, or deploy.");
  check_outlook ("drifted", "staff", 0, "Its templates were changed there. Waits for you: let it catch up, or deploy.");
  check_outlook ("updating", "nothing", 0, "It is being updated.");
  check_outlook ("updating", "session", 0, "It is being updated."); /* it is in that session */
}

static void
check_activity (const char *entry, const char *expected)
{
  g_autoptr (ScJson) json = json_loads (entry, 0, NULL);

  assert_is (sc_activity_words (json), expected);
}

static void
test_activity (void)
{
  check_activity ("{\"action\":\"assign-version\",\"room\":\"Lab 1\",\"version\":4}", "Assign version 4 to Lab 1");
  check_activity ("{\"action\":\"assign-version\",\"room\":\"Lab 1\",\"version\":0}", "Assign nothing to Lab 1");
  check_activity ("{\"action\":\"room-policy\",\"room\":\"Lab 1\"}", "Change the policies of Lab 1");
  check_activity ("{\"action\":\"pin\",\"seats\":[\"pc-07\"],\"n_seats\":1,\"version\":3}", "Pin pc-07 to version 3");
  check_activity ("{\"action\":\"pin\",\"seats\":[\"pc-07\"],\"n_seats\":1,\"version\":0}", "Unpin pc-07");
  check_activity ("{\"action\":\"schedule\",\"room\":\"Lab 1\",\"version\":4}", "Plan version 4 for Lab 1");
  check_activity ("{\"action\":\"schedule\",\"detail\":\"newest rooms=Lab 1,Lab 2\"}",
                  "Plan a session for several rooms");
  check_activity ("{\"action\":\"wake\",\"room\":\"Lab 2\"}", "Wake Lab 2");
  check_activity ("{\"action\":\"version-hooks\",\"version\":4}", "Set the programs that seats run with version 4");
  check_activity ("{\"action\":\"reminder\",\"seats\":[\"pc-07\"],\"n_seats\":1}", "Templates in use for long: pc-07");
}

static void
test_reminder (void)
{
  g_autoptr (ScJson) json =
      json_pack ("{s:s, s:s, s:[s]}", "name", "pc-07", "since", "2026-11-21T12:00:00Z", "templates", "Debian 12");

  assert_is (sc_plan_words_reminder (json, noon), "Templates in use for 3 days on pc-07: Debian 12");
}

static void
test_sessions (void)
{
  ScSessionInfo session = { .origin = "late", .suspended = TRUE, .resumes = noon + 6 * HOUR };

  g_assert_cmpstr (sc_plan_words_origin (&session), ==, "For seats that came late");
  assert_is (sc_plan_words_suspended (&session, noon), "Paused until today 18:00 (maintenance window)");
  session.suspended = FALSE;
  assert_is (sc_plan_words_suspended (&session, noon), "");
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gui/plan-words/times", test_times);
  g_test_add_func ("/gui/plan-words/days", test_days);
  g_test_add_func ("/gui/plan-words/windows", test_windows);
  g_test_add_func ("/gui/plan-words/next-opening", test_next_opening);
  g_test_add_func ("/gui/plan-words/outlook", test_outlook);
  g_test_add_func ("/gui/plan-words/activity", test_activity);
  g_test_add_func ("/gui/plan-words/reminder", test_reminder);
  g_test_add_func ("/gui/plan-words/sessions", test_sessions);
  return g_test_run ();
}
