/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/gui/model/sc-console-private.h"
#include "console/gui/model/sc-operation-item.h"
#include "console/gui/model/sc-planned-item.h"
#include "console/gui/model/sc-room-item.h"
#include "console/gui/model/sc-seat-item.h"
#include "tests/gui/fake-engine.h"

#define TIMEOUT (20 * G_TIME_SPAN_SECOND)

#define wait_for(condition)                                                                                            \
  do {                                                                                                                 \
    for (gint64 end = g_get_monotonic_time () + TIMEOUT; !(condition);) {                                              \
      g_assert_cmpint (g_get_monotonic_time (), <, end);                                                               \
      if (!g_main_context_iteration (NULL, FALSE))                                                                     \
        g_usleep (1000);                                                                                               \
    }                                                                                                                  \
  } while (FALSE)

static const char one_seat[] = "{\"seats\": [{\"id\": \"a\", \"name\": \"pc-1\", \"presence\": \"online\"}]}";

static guint n_ended;

static void
on_ended (ScConsole *console, ScItem *item, gpointer data)
{
  n_ended++;
}

static ScConsole *
connected (FakeEngine *engine)
{
  ScConsole *console = sc_console_new ();

  n_ended = 0;
  g_signal_connect (console, "session-ended", G_CALLBACK (on_ended), NULL);
  g_signal_connect (console, "operation-ended", G_CALLBACK (on_ended), NULL);
  sc_console_connect (console, fake_engine_get_connection (engine));
  g_assert_cmpint (sc_console_get_state (console), ==, SC_CONSOLE_CONNECTING);
  wait_for (sc_console_get_state (console) != SC_CONSOLE_CONNECTING);
  return console;
}

static const ScSeatInfo *
seat_of (ScConsole *console)
{
  return sc_seat_item_get_info (sc_item_list_find (sc_console_get_seats (console), "a"));
}

static void
test_lists_and_events (void)
{
  g_autoptr (FakeEngine) engine = fake_engine_new ();
  g_autoptr (ScConsole) console = NULL;
  gpointer seat = NULL;

  fake_engine_answer (engine, "GET", "/v1/seats", 200, one_seat);
  console = connected (engine);
  g_assert_cmpint (sc_console_get_state (console), ==, SC_CONSOLE_CONNECTED);
  g_assert_null (sc_console_get_error (console));
  g_assert_cmpuint (sc_item_list_get_length (sc_console_get_seats (console)), ==, 1);
  seat = sc_item_list_find (sc_console_get_seats (console), "a");

  fake_engine_send_event (engine, "{\"type\": \"seat\", \"id\": \"a\", \"name\": \"pc-1\", \"presence\": \"offline\"}");
  wait_for (!seat_of (console)->online);
  g_assert_true (sc_item_list_find (sc_console_get_seats (console), "a") == seat);
  fake_engine_send_event (engine, "{\"type\": \"of a later engine\"}");
  fake_engine_send_event (engine, "{\"type\": \"room\", \"name\": \"Lab 1\"}");
  wait_for (sc_item_list_find (sc_console_get_rooms (console), "Lab 1") != NULL);
  fake_engine_send_event (engine, "{\"type\": \"room\", \"name\": \"Lab 1\", \"deleted\": true}");
  wait_for (sc_item_list_find (sc_console_get_rooms (console), "Lab 1") == NULL);
}

/* What happens while the lists are on their way is newer than these, though it comes earlier. */
static void
test_events_while_loading (void)
{
  g_autoptr (FakeEngine) engine = fake_engine_new ();
  g_autoptr (ScConsole) console = sc_console_new ();

  fake_engine_answer (engine, "GET", "/v1/seats", 200, one_seat);
  fake_engine_hold (engine, "/v1/seats");
  sc_console_connect (console, fake_engine_get_connection (engine));
  wait_for (fake_engine_count_held (engine) == 1);
  fake_engine_send_event (engine, "{\"type\": \"seat\", \"id\": \"a\", \"name\": \"pc-1\", \"presence\": \"offline\"}");
  for (guint i = 0; i < 20; i++)
    g_main_context_iteration (NULL, FALSE);
  fake_engine_release (engine);
  wait_for (sc_console_get_state (console) == SC_CONSOLE_CONNECTED);
  wait_for (!seat_of (console)->online);
}

static void
test_comes_back (void)
{
  g_autoptr (FakeEngine) engine = fake_engine_new ();
  g_autoptr (ScConsole) console = NULL;
  g_autoptr (ScJson) running = json_pack ("{s:i, s:s}", "id", 3, "state", "sending");
  g_autoptr (ScJson) cancelled = json_pack ("{s:i, s:s}", "id", 3, "state", "cancelled");
  gpointer seat = NULL;

  fake_engine_answer (engine, "GET", "/v1/seats", 200, one_seat);
  fake_engine_answer (engine, "GET", "/v1/sessions", 200,
                      "{\"sessions\": [{\"id\": 1, \"state\": \"sending\"}, {\"id\": 2, \"dry_run\": true}]}");
  console = connected (engine);
  seat = sc_item_list_find (sc_console_get_seats (console), "a");
  g_assert_cmpuint (sc_item_list_get_length (sc_console_get_sessions (console)), ==, 1);
  g_assert_cmpuint (n_ended, ==, 0);

  fake_engine_answer (engine, "GET", "/v1/sessions", 200, "{\"sessions\": [{\"id\": 1, \"state\": \"done\"}]}");
  fake_engine_drop_listeners (engine);
  wait_for (sc_console_get_state (console) == SC_CONSOLE_LOST);
  g_assert_error (sc_console_get_error (console), SC_ERROR, SC_ERROR_UNREACHABLE);
  g_assert_true (sc_item_list_find (sc_console_get_seats (console), "a") == seat); /* stale, and still shown */
  g_assert_cmpint (sc_console_get_next_attempt (console), >, 0);
  wait_for (sc_console_get_state (console) == SC_CONSOLE_CONNECTED);
  g_assert_cmpint (sc_console_get_next_attempt (console), ==, 0);
  g_assert_true (sc_item_list_find (sc_console_get_seats (console), "a") == seat);
  g_assert_cmpuint (n_ended, ==, 1); /* it ended while nobody told us */
  /* and by an answer of ours */
  sc_console_put_session (console, running);
  sc_console_put_session (console, cancelled);
  g_assert_cmpuint (n_ended, ==, 2);
}

static void
test_wrong_token (void)
{
  g_autoptr (FakeEngine) engine = fake_engine_new ();
  const ScConnection *right = fake_engine_get_connection (engine);
  g_autoptr (ScConnection) wrong = sc_connection_new (right->url, "wrong", right->fingerprint);
  g_autoptr (ScConsole) console = sc_console_new ();

  sc_console_connect (console, wrong);
  wait_for (sc_console_get_state (console) == SC_CONSOLE_REFUSED);
  g_assert_error (sc_console_get_error (console), SC_ERROR, SC_ERROR_DENIED);
  g_assert_cmpint (sc_console_get_next_attempt (console), ==, 0);
}

static void
test_operation_ends (void)
{
  g_autoptr (FakeEngine) engine = fake_engine_new ();
  g_autoptr (ScConsole) console = connected (engine);

  fake_engine_send_event (engine,
                          "{\"type\": \"operation\", \"id\": 1, \"kind\": \"publish\", \"state\": \"running\"}");
  fake_engine_send_event (engine, "{\"type\": \"operation\", \"id\": 1, \"kind\": \"publish\", \"state\": \"done\"}");
  wait_for (n_ended == 1);
  g_assert_false (sc_operation_item_is_running (sc_item_list_at (sc_console_get_operations (console), 0)));
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  GAsyncResult **answer = data;

  *answer = g_object_ref (result);
}

static void
test_requests (void)
{
  g_autoptr (FakeEngine) engine = fake_engine_new ();
  g_autoptr (ScConsole) console = sc_console_new ();
  g_autoptr (GAsyncResult) unconnected = NULL, refused = NULL;
  g_autoptr (GError) no_console = NULL, not_found = NULL;

  sc_console_request_async (console, "GET", "/v1", NULL, NULL, on_answered, &unconnected);
  wait_for (unconnected != NULL);
  g_assert_null (sc_console_request_finish (console, unconnected, &no_console));
  g_assert_error (no_console, SC_ERROR, SC_ERROR_UNREACHABLE);

  sc_console_connect (console, fake_engine_get_connection (engine));
  fake_engine_answer_error (engine, "POST", "/v1/sessions", 404, "not-found", "there is no version 9");
  sc_console_request_async (console, "POST", "/v1/sessions", NULL, NULL, on_answered, &refused);
  wait_for (refused != NULL);
  g_assert_null (sc_console_request_finish (console, refused, &not_found));
  g_assert_error (not_found, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_assert_cmpstr (not_found->message, ==, "there is no version 9");
}

/* Nothing of the console before is shown as if it were this one's. */
static void
test_another_console (void)
{
  g_autoptr (FakeEngine) first = fake_engine_new ();
  g_autoptr (FakeEngine) second = fake_engine_new ();
  g_autoptr (ScConsole) console = NULL;

  fake_engine_answer (first, "GET", "/v1", 200, "{\"name\": \"first\"}");
  fake_engine_answer (first, "GET", "/v1/seats", 200, one_seat);
  console = connected (first);
  g_assert_cmpstr (sc_console_get_name (console), ==, "first");
  g_assert_cmpint (sc_console_get_last_contact (console), !=, 0);
  g_assert_cmpuint (sc_item_list_get_length (sc_console_get_seats (console)), ==, 1);

  fake_engine_hold (second, "/v1");
  sc_console_connect (console, fake_engine_get_connection (second));
  g_assert_cmpstr (sc_console_get_name (console), ==, "");
  g_assert_cmpint (sc_console_get_last_contact (console), ==, 0);
  g_assert_cmpuint (sc_item_list_get_length (sc_console_get_seats (console)), ==, 0);
  g_assert_null (sc_console_get_settings (console));
  fake_engine_release (second);
  wait_for (sc_console_get_state (console) == SC_CONSOLE_CONNECTED);
}

/* What was asked of the one before is not answered by it, once the window shows another one. */
static void
test_answers_of_another_console (void)
{
  g_autoptr (FakeEngine) first = fake_engine_new ();
  g_autoptr (FakeEngine) second = fake_engine_new ();
  g_autoptr (ScConsole) console = connected (first);
  g_autoptr (GAsyncResult) answer = NULL, same = NULL;
  g_autoptr (ScJson) json = NULL;
  g_autoptr (GError) error = NULL;

  fake_engine_answer (first, "GET", "/v1/sessions/7", 200, "{\"id\": 7, \"state\": \"sending\", \"seats\": []}");
  fake_engine_hold (first, "/v1/");
  sc_console_request_async (console, "GET", "/v1/versions", NULL, NULL, on_answered, &same);
  wait_for (fake_engine_count_held (first) == 1);
  sc_console_connect (console, fake_engine_get_connection (first)); /* again the same */
  fake_engine_release (first);
  wait_for (same != NULL && sc_console_get_state (console) == SC_CONSOLE_CONNECTED);
  json = sc_console_request_finish (console, same, NULL);
  g_assert_nonnull (json);

  fake_engine_hold (first, "/v1/");
  fake_engine_drop_listeners (first);
  wait_for (sc_console_get_state (console) == SC_CONSOLE_LOST);
  sc_console_request_async (console, "GET", "/v1/versions", NULL, NULL, on_answered, &answer);
  sc_console_load_session (console, 7);
  wait_for (fake_engine_count_held (first) >= 2);
  sc_console_connect (console, fake_engine_get_connection (second));
  wait_for (sc_console_get_state (console) == SC_CONSOLE_CONNECTED);
  fake_engine_release (first);
  wait_for (answer != NULL);
  for (guint i = 0; i < 50; i++) {
    g_usleep (1000);
    g_main_context_iteration (NULL, FALSE);
  }
  g_assert_null (sc_console_request_finish (console, answer, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_UNREACHABLE);
  g_assert_cmpuint (sc_item_list_get_length (sc_console_get_sessions (console)), ==, 0);
}

static void
on_reminder (ScConsole *console, ScJson *reminder, gpointer name)
{
  *(char **) name = g_strdup (sc_item_text_of (reminder, "name"));
}

/* What is planned is loaded anew when it has changed, once for all that changes together. */
static void
test_schedules_change (void)
{
  g_autoptr (FakeEngine) engine = fake_engine_new ();
  g_autoptr (ScConsole) console = sc_console_new ();
  g_autofree char *name = NULL;

  g_signal_connect (console, "reminder", G_CALLBACK (on_reminder), &name);
  sc_console_connect (console, fake_engine_get_connection (engine));
  wait_for (sc_console_get_state (console) == SC_CONSOLE_CONNECTED);
  g_assert_cmpuint (fake_engine_count (engine, "GET", "/v1/planned"), ==, 1);
  fake_engine_answer (engine, "GET", "/v1/schedules", 200, "{\"schedules\":[{\"id\":3,\"room\":\"Lab 1\"}]}");
  fake_engine_answer (engine, "GET", "/v1/planned", 200,
                      "{\"planned\":[{\"kind\":\"due\",\"at\":\"2026-12-02T18:00:00Z\",\"room\":\"Lab 2\"},"
                      "{\"kind\":\"schedule\",\"at\":\"2026-12-01T22:00:00Z\",\"room\":\"Lab 1\",\"schedule\":3}]}");
  for (guint i = 0; i < 5; i++)
    fake_engine_send_event (engine, "{\"type\":\"schedules-changed\"}");
  fake_engine_send_event (engine, "{\"type\":\"room\",\"name\":\"Lab 1\"}");
  fake_engine_send_event (engine, "{\"type\":\"reminder\",\"seat\":\"seat-7\",\"name\":\"pc-07\"}");
  wait_for (sc_item_list_get_length (sc_console_get_planned (console)) == 2 &&
            sc_item_list_get_length (sc_console_get_schedules (console)) == 1 && name != NULL);
  g_assert_cmpstr (name, ==, "pc-07");
  g_assert_cmpuint (fake_engine_count (engine, "GET", "/v1/schedules"), <, 6);
  g_assert_cmpuint (fake_engine_count (engine, "GET", "/v1/planned"), <, 7);
  g_assert_cmpuint (sc_planned_item_get_info (sc_item_list_at (sc_console_get_planned (console), 0))->schedule, ==, 3);
}

/* (transfer full): a room whose window is to open */
static ScJson *
make_rooms (gboolean open, gint64 opens)
{
  g_autoptr (GDateTime) at = g_date_time_new_from_unix_utc (opens / G_USEC_PER_SEC);
  g_autofree char *text = g_date_time_format (at, "%Y-%m-%dT%H:%M:%SZ");

  return json_pack ("[{s:s, s:{s:s, s:{s:[s], s:s, s:s, s:b, s:s, s:n}}}]", "name", "Lab 1", "policy", "late",
                    "catch-up", "window", "days", "mon", "from", "18:00", "to", "06:00", "open", open, "opens", text,
                    "closes");
}

static gboolean
is_open (ScConsole *console)
{
  return sc_room_item_get_info (sc_item_list_find (sc_console_get_rooms (console), "Lab 1"))->window.open;
}

/* Nobody tells that a maintenance window opens: the window asks then, once. */
static void
test_window_opens (void)
{
  g_autoptr (FakeEngine) engine = fake_engine_new ();
  g_autoptr (ScConsole) console = connected (engine);
  g_autoptr (ScJson) rooms = NULL;
  gint64 opens = 0;

  opens = (g_get_real_time () / G_USEC_PER_SEC + 2) * G_USEC_PER_SEC;
  fake_engine_answer_json (engine, "GET", "/v1/rooms", 200, json_pack ("{s:o}", "rooms", make_rooms (TRUE, opens)));
  rooms = make_rooms (FALSE, opens);
  sc_console_put_list (console, SC_CONSOLE_LIST_ROOMS, rooms);
  g_assert_false (is_open (console));
  wait_for (is_open (console));
  g_assert_cmpint (g_get_real_time (), >=, opens);
  g_assert_cmpuint (fake_engine_count (engine, "GET", "/v1/rooms"), ==, 2);
}

/* A time that is past is not asked for again and again, but a while later: the engine's clock may be behind. */
static void
test_window_past (void)
{
  g_autoptr (FakeEngine) engine = fake_engine_new ();
  g_autoptr (ScConsole) console = connected (engine);
  g_autoptr (ScJson) rooms = make_rooms (FALSE, g_get_real_time () - 60 * G_USEC_PER_SEC);
  const gint64 later = g_get_monotonic_time () + 2 * G_USEC_PER_SEC;

  sc_console_put_list (console, SC_CONSOLE_LIST_ROOMS, rooms);
  wait_for (g_get_monotonic_time () > later);
  g_assert_cmpuint (fake_engine_count (engine, "GET", "/v1/rooms"), ==, 1);
}

/* It is asked for again, as the engine's clock may be behind. */
static void
test_window_late (void)
{
  const gint64 past = g_get_real_time () - G_USEC_PER_SEC;
  g_autoptr (FakeEngine) engine = fake_engine_new ();
  g_autoptr (ScConsole) console = connected (engine);
  g_autoptr (ScJson) rooms = make_rooms (FALSE, past);

  fake_engine_answer_json (engine, "GET", "/v1/rooms", 200, json_pack ("{s:o}", "rooms", make_rooms (TRUE, past)));
  sc_console_put_list (console, SC_CONSOLE_LIST_ROOMS, rooms);
  g_assert_false (is_open (console));
  wait_for (is_open (console));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gui/console/lists-and-events", test_lists_and_events);
  g_test_add_func ("/gui/console/events-while-loading", test_events_while_loading);
  g_test_add_func ("/gui/console/comes-back", test_comes_back);
  g_test_add_func ("/gui/console/wrong-token", test_wrong_token);
  g_test_add_func ("/gui/console/operation-ends", test_operation_ends);
  g_test_add_func ("/gui/console/schedules-change", test_schedules_change);
  g_test_add_func ("/gui/console/requests", test_requests);
  g_test_add_func ("/gui/console/another-console", test_another_console);
  g_test_add_func ("/gui/console/answers-of-another-console", test_answers_of_another_console);
  g_test_add_func ("/gui/console/window-opens", test_window_opens);
  g_test_add_func ("/gui/console/window-past", test_window_past);
  g_test_add_func ("/gui/console/window-late", test_window_late);
  return g_test_run ();
}
