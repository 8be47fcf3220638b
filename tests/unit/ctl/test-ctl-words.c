/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/ctl/sc-ctl-desired.h"
#include "console/ctl/sc-ctl-words.h"

static void
check_text (char *text, const char *expected)
{
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static void
check_activity (const char *json, const char *who, const char *what, const char *result)
{
  g_autoptr (ScJson) entry = json_loads (json, 0, NULL);
  g_autofree char *found_who = sc_ctl_activity_who (entry);
  g_autofree char *found_what = sc_ctl_activity_what (entry);
  g_autofree char *found_result = sc_ctl_activity_result (entry);
  g_assert_cmpstr (found_who, ==, who);
  g_assert_cmpstr (found_what, ==, what);
  g_assert_cmpstr (found_result, ==, result);
}

static void
test_words_of_activity (void)
{
  check_activity (
      "{\"who\":\"anna@office\",\"address\":\"10.1.0.9\",\"version\":12,\"room\":\"Lab 1\",\"seats\":[\"a\",\"b\"],"
      "\"n_seats\":80,\"session\":4,\"detail\":\"\",\"done\":true,\"error\":\"\"}",
      "anna@office", "version 12, room “Lab 1”, 80 seats, session 4", "done");
  check_activity (
      "{\"who\":\"\",\"address\":\"10.1.0.9\",\"version\":0,\"room\":\"\",\"seats\":[\"a\",\"b\"],\"n_seats\":5,"
      "\"session\":0,\"detail\":\"\",\"done\":false,\"error\":\"no seat is online\"}",
      "10.1.0.9", "a, b and 3 more", "not done: no seat is online");
  check_activity ("{\"action\":\"session-end\",\"seats\":[\"a\",\"b\",\"c\",\"d\"],\"n_seats\":9,\"session\":4,"
                  "\"detail\":\"failed\","
                  "\"done\":false,\"error\":\"no seat reached it\"}",
                  "console", "a, b, c and 6 more, session 4", "failed: no seat reached it");
  check_activity ("{\"action\":\"room-rename\",\"room\":\"A\",\"detail\":\"B\",\"done\":true,\"error\":\"\"}",
                  "console", "room “A”, B", "done");
  check_activity ("{\"action\":\"session-end\",\"session\":3,\"detail\":\"done\",\"error\":\"1 of 4 seats failed\"}",
                  "console", "session 3", "done: 1 of 4 seats failed");
  check_activity ("{\"action\":\"settings\",\"detail\":\"rate_cap_bits_per_second=2500000 publish_directory=/a b\"}",
                  "console", "rate 2.5 Mbit/s, publish directory /a b", "not done");
  check_activity ("{\"action\":\"settings\",\"detail\":\"rate_cap_bits_per_second=0\"}", "console",
                  "rate as fast as the seats take it", "not done");
  check_activity ("{}", "console", "", "not done");
}

static ScJson *
json (const char *text)
{
  g_autoptr (GError) error = NULL;
  ScJson *object = sc_json_parse_object (text, strlen (text), 65536, &error);
  g_assert_no_error (error);
  return object;
}

static void
test_words_of_a_seat (void)
{
  const struct {
    const char *seat, *state, *percent;
  } cases[] = {
    { "{'presence':'offline','transfer':{'state':'idle'},'version_state':'current'}", "offline", "" },
    { "{'presence':'online','transfer':{'state':'idle'},'version_state':'current'}", "online, current", "" },
    { "{'presence':'online','transfer':{'state':'done','total_bytes':0},'version_state':'current'}", "online, current",
      "–" },
    { "{'presence':'online','transfer':{'state':'cancelled'},'version_state':'behind','templates':[{'state':'updating'}"
      ","
      "{'state':'current'},{'state':'updating'}]}",
      "online, behind, 2 templates half updated", "" },
    { "{'presence':'online','transfer':{'state':'failed','reason':'full'},'templates':[{'state':'updating'}]}",
      "failed: full, 1 template half updated", "" },
    { "{'presence':'online','transfer':{'state':'receiving','session':3,'template':'w','done_bytes':1,'total_bytes':4}"
      "}",
      "receiving w", "25 %" },
    { "{'presence':'online','transfer':{'state':'receiving','session':4,'done_bytes':0,'total_bytes':4}}", "paused",
      "0 %" },
    { "{'presence':'online','transfer':{'state':'applying','session':4}}", "applying", "" },
    { "{'presence':'online','transfer':{'state':'busy','done_bytes':2,'total_bytes':4},'version_state':'behind',"
      "'templates':[{'name':'a','state':'current','busy':true},{'name':'b','state':'current','busy':false},"
      "{'name':'c','state':'current','busy':true}]}",
      "online, behind, waits for a, c (in use)", "50 %" },
    { "{'presence':'online','transfer':{'state':'verifying','template':'w','done_bytes':1,'total_bytes':4,"
      "'throttled':true}}",
      "verifying w, slowly: somebody uses the machine", "25 %" },
  };
  g_autoptr (ScJson) sessions =
      json ("{\"sessions\":[{\"id\":4,\"state\":\"paused\"},{\"id\":3,\"state\":\"sending\"}]}");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = g_strdelimit (g_strdup (cases[i].seat), "'", '"');
    g_autoptr (ScJson) seat = json (text);
    check_text (sc_ctl_seat_state (seat, json_object_get (sessions, "sessions")), cases[i].state);
    check_text (sc_ctl_transfer_percent (json_object_get (seat, "transfer")), cases[i].percent);
  }
}

static void
test_words_of_a_session (void)
{
  g_autofree char *text = g_strdelimit (
      g_strdup ("{'seats':[{'id':'a','name':'pc-01','state':'done'},{'id':'b','name':'pc-02','state':'waiting'},"
                "{'id':'c','name':'pc-03','state':'repairing','done_bytes':2,'total_bytes':5}]}"),
      "'", '"');
  g_autofree char *list = g_strdelimit (
      g_strdup ("{'seats':[{'id':'b','presence':'offline','templates':[{'state':'updating'}]},{'id':'c','presence':"
                "'online','templates':[{'state':'updating'},{'state':'updating'}]},{'id':'other','templates':"
                "[{'state':'updating'}]}]}"),
      "'", '"');
  g_autoptr (ScJson) session = json (text);
  g_autoptr (ScJson) seats = json (list);
  check_text (sc_ctl_session_awaited (session, json_object_get (seats, "seats")),
              "pc-02 (offline), pc-03 (repairing 40 %)");
  check_text (sc_ctl_session_awaited (session, NULL), "pc-02 (preparing), pc-03 (repairing 40 %)");
  check_text (sc_ctl_session_half_updated (session, json_object_get (seats, "seats")),
              "3 templates on 2 seats are half updated: deploy again or roll back");
  g_assert_null (sc_ctl_session_half_updated (session, NULL));
  json_object_set_new (session, "state", json_string ("preparing"));
  check_text (sc_ctl_session_awaited (session, NULL), "pc-02 (preparing)");
}

static void
test_words_of_deltas (void)
{
  g_autoptr (ScJson) some = json ("{\"content_frames\":3044,\"delta_frames\":1975,\"delta_saved_bytes\":22100000}");
  g_autoptr (ScJson) one = json ("{\"content_frames\":1,\"delta_frames\":1,\"delta_saved_bytes\":60000}");
  g_autoptr (ScJson) none = json ("{\"content_frames\":3044,\"delta_frames\":0,\"delta_saved_bytes\":0}");
  check_text (sc_ctl_session_deltas (some), "1975 of 3044 frames, 22.1 MB saved");
  check_text (sc_ctl_session_deltas (one), "1 of 1 frame, 60.0 kB saved");
  g_assert_null (sc_ctl_session_deltas (none));
}

/* A seat that waits for a template in use is not one that the session waits for. */
static void
test_words_of_a_busy_seat (void)
{
  g_autoptr (ScJson) session = json ("{\"seats\":[{\"id\":\"a\",\"name\":\"pc-01\",\"state\":\"busy\"},"
                                     "{\"id\":\"b\",\"name\":\"pc-02\",\"state\":\"planned\"}]}");
  check_text (sc_ctl_session_awaited (session, NULL), "");
  json_object_set_new (session, "state", json_string ("planned"));
  g_assert_true (sc_ctl_session_is_over (session));
}

static void
test_which_sessions_went_well (void)
{
  const struct {
    const char *session;
    gboolean well;
  } cases[] = {
    { "{'state':'done','seats':[{'state':'done'},{'state':'done'}]}", TRUE },
    { "{'state':'done','seats':[{'state':'done'},{'state':'busy'}]}", TRUE },
    { "{'state':'done','seats':[{'state':'done'},{'state':'failed'}]}", FALSE },
    { "{'state':'cancelled','seats':[{'state':'done'}]}", FALSE },
    { "{'state':'finishing','seats':[{'state':'done'}]}", FALSE },
    { "{'state':'planned','dry_run':true,'seats':[{'state':'planned'},{'state':'planned'}]}", TRUE },
    { "{'state':'planned','dry_run':true,'seats':[{'state':'planned'},{'state':'failed'}]}", FALSE },
    { "{'state':'failed','dry_run':true,'seats':[{'state':'planned'}]}", FALSE },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = g_strdelimit (g_strdup (cases[i].session), "'", '"');
    g_autoptr (ScJson) session = json (text);
    g_test_message ("%s", text);
    g_assert_cmpint (sc_ctl_session_went_well (session), ==, cases[i].well);
  }
}

static void
test_words_of_needs (void)
{
  g_autoptr (ScJson) needs =
      json ("{\"missing_bytes\":0,\"ways\":{\"new\":{\"files\":1,\"bytes\":12100000},\"undo\":{\"files\":3,"
            "\"bytes\":999},\"clone\":{\"files\":0,\"bytes\":0}}}");
  check_text (sc_ctl_needs_verdict (needs), "fits");
  check_text (sc_ctl_needs_way (needs, "new"), "1 file, 12.1 MB");
  check_text (sc_ctl_needs_way (needs, "undo"), "3 files, 999 B");
  check_text (sc_ctl_needs_way (needs, "clone"), "");
  check_text (sc_ctl_needs_way (needs, "forward"), ""); /* an engine that does not say it */
  json_object_set_new (needs, "missing_bytes", json_integer (1234567890));
  check_text (sc_ctl_needs_verdict (needs), "1.2 GB missing");
}

static void
test_words_of_a_verification (void)
{
  g_autoptr (ScJson) verify = json ("{\"state\":\"done\",\"bytes\":12100000,\"n_files\":0,\"n_templates\":0}");
  check_text (sc_ctl_verify_result (verify), "every file is as it should be; 12.1 MB read");
  json_object_set_new (verify, "n_files", json_integer (1));
  json_object_set_new (verify, "n_templates", json_integer (1));
  check_text (sc_ctl_verify_result (verify), "1 file of 1 template differs; 12.1 MB read");
  json_object_set_new (verify, "n_files", json_integer (5));
  json_object_set_new (verify, "n_templates", json_integer (2));
  check_text (sc_ctl_verify_result (verify), "5 files of 2 templates differ; 12.1 MB read");
  json_object_set_new (verify, "state", json_string ("failed"));
  json_object_set_new (verify, "message", json_string ("the disk is broken"));
  check_text (sc_ctl_verify_result (verify), "failed: the disk is broken; 5 files of 2 templates differ");
  json_object_set_new (verify, "n_files", json_integer (0));
  check_text (sc_ctl_verify_result (verify), "failed: the disk is broken");
  g_autoptr (ScJson) never = json ("{\"state\":\"never\",\"message\":\"\"}");
  check_text (sc_ctl_verify_result (never), "never");
}

static void
test_words_of_a_diff (void)
{
  g_autofree char *text = g_strdelimit (
      g_strdup ("{'templates':[{'name':'a','change':'removed'},{'name':'b','change':'changed'},{'name':'c','change':"
                "'removed'},{'name':'d','change':'added'}]}"),
      "'", '"');
  g_autoptr (ScJson) diff = json (text);
  check_text (sc_ctl_diff_changes (diff), "2 templates removed (a, c), 1 added, 1 changed");
  g_autoptr (ScJson) same = json ("{\"templates\":[]}");
  check_text (sc_ctl_diff_changes (same), "");
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  sc_ctl_diff_add_removed (diff, names);
  sc_ctl_diff_add_removed (diff, names);
  g_assert_cmpuint (names->len, ==, 2);
  check_text (sc_ctl_names (names, 1), "a and 1 more");
  g_ptr_array_add (names, g_strdup ("x\033[2J"));
  check_text (sc_ctl_names (names, 3), "a, c, x?[2J");
}

typedef char *(*InWords) (ScJson *object);

/* @text: JSON with ' for " */
static void
check_words (InWords func, const char *text, const char *expected)
{
  g_autofree char *quoted = g_strdelimit (g_strdup (text), "'", '"');
  g_autoptr (ScJson) object = json_loads (quoted, JSON_DECODE_ANY, NULL);
  g_assert_nonnull (object);
  g_autofree char *words = func (object);
  g_assert_cmpstr (words, ==, expected);
}

static void
test_words_of_an_assignment (void)
{
  check_words (sc_ctl_assignment_in_words, "null", "-");
  check_words (sc_ctl_assignment_in_words, "{'version': 0, 'templates': null}", "-");
  check_words (sc_ctl_assignment_in_words, "{'version': 12, 'templates': null}", "12");
  check_words (sc_ctl_assignment_in_words, "{'version': 12, 'templates': ['Debian', 'Windows']}",
               "12 (Debian, Windows)");
}

static void
test_words_of_a_window (void)
{
  check_words (sc_ctl_window_in_words, "null", "any time");
  check_words (sc_ctl_window_in_words,
               "{'text': 'mon-fri 18:00-06:00', 'open': false, 'opens': '2026-12-01T17:00:00Z', 'closes': null}",
               "mon-fri 18:00-06:00, closed, opens 2026-12-01 18:00");
  check_words (sc_ctl_window_in_words,
               "{'text': 'mon-fri 18:00-06:00', 'open': true, 'opens': '2026-12-02T17:00:00Z',"
               " 'closes': '2026-12-02T05:00:00Z'}",
               "mon-fri 18:00-06:00, open, closes 2026-12-02 06:00");
  check_words (sc_ctl_window_in_words, "{'text': 'mon-sun 00:00-00:00', 'open': true, 'opens': null, 'closes': null}",
               "mon-sun 00:00-00:00, always open");
}

static void
test_words_of_an_outlook (void)
{
  check_words (sc_ctl_behind_in_words, "{'outlook': {'behind': 'not', 'next': 'nothing', 'at': null}}", "");
  check_words (sc_ctl_next_in_words, "{'outlook': {'behind': 'not', 'next': 'nothing', 'at': null}}", "");
  check_words (sc_ctl_behind_in_words, "{'outlook': {'behind': 'busy', 'next': 'release', 'at': null}}",
               "templates are in use");
  check_words (sc_ctl_next_in_words, "{'outlook': {'behind': 'busy', 'next': 'release', 'at': null}}",
               "when they are not in use any more");
  check_words (sc_ctl_next_in_words, "{'outlook': {'behind': 'due', 'next': 'session', 'at': '2026-12-01T17:00:00Z'}}",
               "a session, 2026-12-01 18:00");
  check_words (sc_ctl_behind_in_words, "{'outlook': {'behind': 'due', 'next': 'session', 'at': null}}",
               "its session is still to come, or to go on");
  check_words (sc_ctl_behind_in_words, "{'outlook': {'behind': 'offline', 'next': 'return', 'at': null}}", "it is off");
  check_words (sc_ctl_behind_in_words, "{'outlook': {'behind': 'offline', 'next': 'session', 'at': null}}",
               "it is off, and is woken");
  /* of an engine that knows more than we do */
  check_words (sc_ctl_behind_in_words, "{'outlook': {'behind': 'other', 'next': 'other', 'at': null}}", "");
}

static void
test_words_of_a_schedule (void)
{
  check_words (sc_ctl_when_in_words, "{'kind': 'window'}", "in the window");
  check_words (sc_ctl_when_in_words, "{'kind': 'at', 'at': '2026-12-01T21:00:00Z'}", "at 2026-12-01 22:00");
  check_words (sc_ctl_when_in_words, "{'kind': 'repeat', 'days': ['mon', 'fri'], 'time': '22:00', 'zone': ''}",
               "mon, fri 22:00");
  check_words (sc_ctl_when_in_words,
               "{'kind': 'repeat', 'days': ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], 'time': '22:00',"
               " 'zone': 'Asia/Tokyo'}",
               "every day 22:00 Asia/Tokyo");
  check_words (sc_ctl_schedule_what, "{'what': 'newest', 'version': 0}", "newest");
  check_words (sc_ctl_schedule_what, "{'what': 'version', 'version': 12, 'templates': null}", "12");
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", TRUE); /* a rule, which every system knows */
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ctl/words/seat", test_words_of_a_seat);
  g_test_add_func ("/ctl/words/session", test_words_of_a_session);
  g_test_add_func ("/ctl/words/deltas", test_words_of_deltas);
  g_test_add_func ("/ctl/words/busy-seat", test_words_of_a_busy_seat);
  g_test_add_func ("/ctl/words/went-well", test_which_sessions_went_well);
  g_test_add_func ("/ctl/words/needs", test_words_of_needs);
  g_test_add_func ("/ctl/words/verification", test_words_of_a_verification);
  g_test_add_func ("/ctl/words/diff", test_words_of_a_diff);
  g_test_add_func ("/ctl/words/activity", test_words_of_activity);
  g_test_add_func ("/ctl/words/assignment", test_words_of_an_assignment);
  g_test_add_func ("/ctl/words/window", test_words_of_a_window);
  g_test_add_func ("/ctl/words/outlook", test_words_of_an_outlook);
  g_test_add_func ("/ctl/words/schedule", test_words_of_a_schedule);
  return g_test_run ();
}
