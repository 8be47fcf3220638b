/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/catalog/sc-catalog-schedules.h"
#include "tests/unit/engine/engine-client.h"

/* Schedules, what is planned, wake-up and hooks over the API. The scheduler's clock stands still at NOW. */

#define NOW G_GINT64_CONSTANT (1790000000000000) /* 2026-09-21 14:13:20 UTC, a Monday */
#define AT "{\"kind\":\"at\",\"at\":\"2026-12-01T22:00:00+01:00\"}"
#define REPEAT "{\"kind\":\"repeat\",\"days\":[\"tue\",\"mon\"],\"time\":\"22:00\",\"zone\":\"UTC\"}"
#define ROOM "/v1/rooms/" FIXTURE_ROOM

static gint64
get_now (gpointer data)
{
  return NOW;
}

static void
set_up (EngineFixture *fixture, gconstpointer data)
{
  engine_fixture_set_up (fixture, data);
  sc_scheduler_set_clocks (fixture->parts.scheduler, get_now, get_now, NULL);
  sc_scheduler_start (fixture->parts.scheduler);
}

static void
post (EngineFixture *fixture, const char *path, const char *body, guint status)
{
  g_autoptr (ScJson) answer = engine_fixture_json (fixture, "POST", path, body, status);
}

/* Returns: (transfer full): the only one that comes of @body */
static ScJson *
add (EngineFixture *fixture, const char *body)
{
  g_autoptr (ScJson) answer = engine_ask (fixture, "POST", "/v1/schedules", body, 201, "NewSchedules");
  const ScJson *schedules = json_object_get (answer, "schedules");

  g_assert_cmpuint (json_array_size (schedules), ==, 1);
  return json_incref (json_array_get (schedules, 0));
}

/* @expected: "id room seats" of each, with semicolons between */
static void
assert_schedules (const ScJson *answer, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);
  size_t i;
  json_t *schedule;

  json_array_foreach (json_object_get (answer, "schedules"), i, schedule)
  {
    g_string_append_printf (
        text, "%s%lld %s %" G_GSIZE_FORMAT, i > 0 ? "; " : "", json_integer_value (json_object_get (schedule, "id")),
        json_string_value (json_object_get (schedule, "room")), json_array_size (json_object_get (schedule, "seats")));
  }
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_at (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) schedule = NULL;
  g_autoptr (ScJson) again = NULL;

  schedule = add (fixture, "{\"version\":1,\"templates\":[\"old\"],\"room\":\"" FIXTURE_ROOM "\",\"when\":" AT
                           ",\"wake\":true,\"rate_cap_bits_per_second\":5000000}");
  engine_assert_json (json_object_get (schedule, "when"),
                      "{\"at\":\"2026-12-01T21:00:00Z\",\"days\":null,\"kind\":\"at\",\"time\":null,\"zone\":null}");
  engine_assert_json (json_object_get (schedule, "next"), "\"2026-12-01T21:00:00Z\"");
  engine_assert_json (json_object_get (schedule, "templates"), "[\"old\"]");
  engine_assert_json (json_object_get (schedule, "what"), "\"version\"");
  engine_assert_json (json_object_get (schedule, "wake"), "true");
  engine_assert_json (json_object_get (schedule, "power_off"), "false");
  engine_assert_json (json_object_get (schedule, "rate_cap_bits_per_second"), "5000000");
  engine_assert_json (json_object_get (schedule, "author"), "\"local administrator\"");
  engine_assert_json (json_object_get (schedule, "state"), "\"planned\"");
  engine_assert_json (json_object_get (schedule, "created"), "\"2026-09-21T14:13:20Z\"");
  again = engine_ask (fixture, "GET", "/v1/schedules/1", NULL, 200, "Schedule");
  g_assert_true (json_equal (schedule, again));
}

static void
test_repeat (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) schedule =
      add (fixture, "{\"what\":\"newest\",\"seats\":[\"" FIXTURE_SEAT_NAME "\"],\"when\":" REPEAT "}");

  engine_assert_json (json_object_get (schedule, "when"), "{\"at\":null,\"days\":[\"mon\",\"tue\"],\"kind\":\"repeat\","
                                                          "\"time\":\"22:00\",\"zone\":\"UTC\"}");
  engine_assert_json (json_object_get (schedule, "next"), "\"2026-09-21T22:00:00Z\"");
  engine_assert_json (json_object_get (schedule, "version"), "0");
  engine_assert_json (json_object_get (schedule, "rate_cap_bits_per_second"), "null"); /* the console's */
  engine_assert_json (json_object_get (schedule, "seats"), "[\"" FIXTURE_SEAT "\"]");
  engine_assert_json (json_object_get (schedule, "room"), "\"" FIXTURE_ROOM "\"");
}

/* 0 is not the same as none said. */
static void
test_without_cap (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) schedule =
      add (fixture, "{\"version\":1,\"room\":\"" FIXTURE_ROOM "\",\"when\":" AT ",\"rate_cap_bits_per_second\":0}");

  engine_assert_json (json_object_get (schedule, "rate_cap_bits_per_second"), "0");
}

static void
test_window (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) schedule = NULL;
  g_autoptr (ScJson) at_once = add (fixture, "{\"what\":\"assigned\",\"when\":{\"kind\":\"window\"}}");

  engine_assert_json (json_object_get (at_once, "next"), "\"2026-09-21T14:13:20Z\""); /* no window to wait for */
  post (fixture, ROOM "/policy", "{\"window\":\"wed 18:00-22:00 UTC\"}", 200);
  schedule = add (fixture, "{\"what\":\"assigned\",\"when\":{\"kind\":\"window\"}}");
  engine_assert_json (json_object_get (schedule, "next"), "\"2026-09-23T18:00:00Z\"");
  engine_assert_json (json_object_get (schedule, "what"), "\"assigned\"");
}

/* One for each room; if one cannot be made, none is. */
static void
test_several (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) rooms = NULL;
  g_autoptr (ScJson) all = NULL;
  g_autoptr (ScJson) planned = NULL;
  g_autoptr (ScJson) listed = NULL;

  post (fixture, "/v1/rooms", "{\"name\":\"Lab 2\"}", 201);
  post (fixture, ROOM "/policy", "{\"window\":\"wed 18:00-22:00 UTC\"}", 200);
  engine_ask_in_vain (fixture, "/v1/schedules",
                      "{\"version\":1,\"rooms\":[\"" FIXTURE_ROOM "\",\"nowhere\"],\"when\":" AT "}", 404, "not-found",
                      "nowhere");
  all = engine_ask (fixture, "GET", "/v1/schedules?all=true", NULL, 200, "ScheduleList");
  assert_schedules (all, "");
  rooms = engine_ask (fixture, "POST", "/v1/schedules",
                      "{\"version\":1,\"rooms\":[\"Lab 2\",\"" FIXTURE_ROOM "\",\"Lab 2\"],\"when\":" AT "}", 201,
                      "NewSchedules");
  assert_schedules (rooms, "1 Lab 2 0; 2 " FIXTURE_ROOM " 0");
  planned = engine_ask (fixture, "POST", "/v1/schedules", "{\"version\":1,\"when\":" REPEAT "}", 201, "NewSchedules");
  assert_schedules (planned, "3 " FIXTURE_ROOM " 0; 4 Lab 2 0");
  listed = engine_ask (fixture, "GET", "/v1/schedules", NULL, 200, "ScheduleList");
  assert_schedules (listed, "3 " FIXTURE_ROOM " 0; 4 Lab 2 0; 1 Lab 2 0; 2 " FIXTURE_ROOM " 0"); /* the next first */
}

static void
test_refused (EngineFixture *fixture, gconstpointer data)
{
  static const struct {
    const char *body;
    guint status;
    const char *says;
  } wrong[] = {
    { "{\"version\":1}", 400, "when" },
    { "{\"version\":1,\"when\":\"now\"}", 400, "when" },
    { "{\"version\":1,\"when\":{}}", 400, "kind" },
    { "{\"version\":1,\"when\":{\"kind\":\"soon\"}}", 400, "soon" },
    { "{\"version\":1,\"when\":{\"kind\":\"at\"}}", 400, "at" },
    { "{\"version\":1,\"when\":{\"kind\":\"at\",\"at\":\"tomorrow\"}}", 400, "RFC 3339" },
    { "{\"version\":1,\"when\":{\"kind\":\"at\",\"at\":\"2026-12-01T22:00:00\"}}", 400, "zone" },
    { "{\"version\":1,\"when\":{\"kind\":\"at\",\"at\":\"2026-09-21T14:13:19Z\"}}", 400, "past" },
    { "{\"version\":1,\"when\":{\"kind\":\"at\",\"at\":\"2026-12-01T22:00:00Z\",\"zone\":\"UTC\"}}", 400, "zone" },
    { "{\"version\":1,\"when\":{\"kind\":\"window\",\"at\":\"2026-12-01T22:00:00Z\"}}", 400, "at" },
    { "{\"version\":1,\"when\":{\"kind\":\"repeat\",\"days\":[],\"time\":\"22:00\"}}", 400, "days" },
    { "{\"version\":1,\"when\":{\"kind\":\"repeat\",\"days\":[\"Monday\"],\"time\":\"22:00\"}}", 400, "days" },
    { "{\"version\":1,\"when\":{\"kind\":\"repeat\",\"days\":[\"mon\"],\"time\":\"24:00\"}}", 400, "time" },
    { "{\"version\":1,\"when\":{\"kind\":\"repeat\",\"days\":[\"mon\"]}}", 400, "time" },
    { "{\"version\":1,\"when\":{\"kind\":\"repeat\",\"days\":[\"mon\"],\"time\":\"22:00\",\"zone\":\"Moon/Tycho\"}}",
      400, "Moon/Tycho" },
    { "{\"when\":" AT "}", 400, "version" },
    { "{\"version\":0,\"when\":" AT "}", 400, "newest" },
    { "{\"version\":99,\"when\":" AT "}", 404, "99" },
    { "{\"version\":2,\"templates\":[\"old\"],\"when\":" AT "}", 404, "old" },
    { "{\"what\":\"oldest\",\"when\":" AT "}", 400, "oldest" },
    { "{\"what\":\"newest\",\"version\":2,\"when\":" AT "}", 400, "newest" },
    { "{\"what\":\"assigned\",\"templates\":[\"new\"],\"when\":" AT "}", 400, "assigned" },
    { "{\"version\":1,\"room\":\"nowhere\",\"when\":" AT "}", 404, "nowhere" },
    { "{\"version\":1,\"room\":\"\",\"when\":" AT "}", 404, NULL },
    { "{\"version\":1,\"seats\":[\"pc-9\"],\"when\":" AT "}", 404, "pc-9" },
    { "{\"version\":1,\"seats\":[],\"when\":" AT "}", 400, "seats" },
    { "{\"version\":1,\"seats\":[\"pc-1\"],\"room\":\"" FIXTURE_ROOM "\",\"when\":" AT "}", 400, "only one" },
    { "{\"version\":1,\"wake\":null,\"when\":" AT "}", 400, "wake" },
    { "{\"version\":1,\"rate_cap_bits_per_second\":-1,\"when\":" AT "}", 400, "rate_cap_bits_per_second" },
    { "{\"version\":1,\"rate_cap_bits_per_second\":999999,\"when\":" AT "}", 400, "Mbit/s" },
    { "{\"version\":1,\"every\":1,\"when\":" AT "}", 400, "every" },
  };
  g_autoptr (ScJson) all = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    engine_ask_in_vain (fixture, "/v1/schedules", wrong[i].body, wrong[i].status,
                        wrong[i].status == 404 ? "not-found" : "invalid", wrong[i].says);
  all = engine_ask (fixture, "GET", "/v1/schedules?all=true", NULL, 200, "ScheduleList");
  assert_schedules (all, "");
}

/* More rooms than a request may name. */
static void
test_capped (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (GString) body = g_string_new ("{\"version\":1,\"when\":" AT ",\"rooms\":[\"" FIXTURE_ROOM "\"");

  for (guint i = 0; i < 256; i++)
    g_string_append (body, ",\"" FIXTURE_ROOM "\"");
  g_string_append (body, "]}");
  engine_ask_in_vain (fixture, "/v1/schedules", body->str, 400, "invalid", "rooms");
}

static void
test_cancel (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) first = add (fixture, "{\"version\":1,\"when\":" AT "}");
  g_autoptr (ScJson) cancelled = NULL;
  g_autoptr (ScJson) planned = NULL;
  g_autoptr (ScJson) all = NULL;
  EngineClient client;

  engine_client_start (fixture, &client);
  cancelled = engine_ask (fixture, "POST", "/v1/schedules/1/cancel", NULL, 200, "Schedule");
  engine_assert_json (json_object_get (cancelled, "state"), "\"cancelled\"");
  engine_assert_json (json_object_get (cancelled, "next"), "null");
  engine_client_expect (&client, "{\"type\":\"schedules-changed\"}");
  engine_ask_in_vain (fixture, "/v1/schedules/1/cancel", "{}", 409, "state", NULL);
  engine_ask_in_vain (fixture, "/v1/schedules/9/cancel", "{}", 404, "not-found", "9");
  engine_ask_in_vain (fixture, "/v1/schedules/1/cancel", "{\"now\":true}", 400, "invalid", "now");
  planned = engine_ask (fixture, "GET", "/v1/schedules", NULL, 200, "ScheduleList");
  assert_schedules (planned, "");
  all = engine_ask (fixture, "GET", "/v1/schedules?all=true", NULL, 200, "ScheduleList");
  assert_schedules (all, "1 " FIXTURE_ROOM " 0");
  engine_client_stop (&client);
}

/* Each time of a repeated one, within what is asked for. */
static void
test_planned (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) schedule =
      add (fixture, "{\"version\":2,\"templates\":[\"new\"],\"room\":\"" FIXTURE_ROOM "\",\"when\":" REPEAT "}");
  g_autoptr (ScJson) week = engine_ask (fixture, "GET", "/v1/planned?from=2026-10-05T00:00:00Z&to=2026-10-12T00:00:00Z",
                                        NULL, 200, "PlannedList");
  const ScJson *planned = json_object_get (week, "planned");
  const ScJson *first = json_array_get (planned, 0);

  g_assert_cmpuint (json_array_size (planned), ==, 2);
  engine_assert_json (json_object_get (first, "kind"), "\"schedule\"");
  engine_assert_json (json_object_get (first, "at"), "\"2026-10-05T22:00:00Z\"");
  engine_assert_json (json_object_get (first, "until"), "null");
  engine_assert_json (json_object_get (first, "room"), "\"" FIXTURE_ROOM "\"");
  engine_assert_json (json_object_get (first, "schedule"), "1");
  engine_assert_json (json_object_get (first, "what"), "\"version\"");
  engine_assert_json (json_object_get (first, "version"), "2");
  engine_assert_json (json_object_get (first, "templates"), "[\"new\"]");
  engine_assert_json (json_object_get (first, "seats"), "1");
  engine_assert_json (json_object_get (json_array_get (planned, 1), "at"), "\"2026-10-06T22:00:00Z\"");
}

/* What a schedule brings, for how many, and when its session really begins. */
static void
test_planned_what (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) newest = NULL;
  g_autoptr (ScJson) again = NULL;
  g_autoptr (ScJson) list = NULL;
  const ScJson *first;

  post (fixture, ROOM "/policy", "{\"window\":\"wed 18:00-22:00 UTC\"}", 200);
  newest = add (fixture, "{\"what\":\"newest\",\"seats\":[\"" FIXTURE_SEAT_NAME
                         "\"],\"when\":{\"kind\":\"at\",\"at\":\"2026-10-05T22:00:00Z\"}}");
  engine_assert_json (json_object_get (newest, "next"), "\"2026-10-07T18:00:00Z\"");
  engine_assert_json (json_object_get (json_object_get (newest, "when"), "at"), "\"2026-10-05T22:00:00Z\"");
  again = engine_ask (fixture, "GET", "/v1/schedules/1", NULL, 200, "Schedule");
  g_assert_true (json_equal (newest, again));
  json_decref (add (fixture, "{\"what\":\"assigned\",\"room\":\"" FIXTURE_ROOM
                             "\",\"when\":{\"kind\":\"at\",\"at\":\"2026-10-14T19:00:00Z\"}}"));
  json_decref (add (fixture, "{\"version\":2,\"room\":\"" FIXTURE_ROOM
                             "\",\"when\":{\"kind\":\"at\",\"at\":\"2026-10-21T19:00:00Z\"}}"));
  post (fixture, "/v1/seats/" FIXTURE_SEAT "/pin", "{\"version\":1}", 200);
  list = engine_ask (fixture, "GET", "/v1/planned?from=2026-10-05T00:00:00Z", NULL, 200, "PlannedList");
  first = json_array_get (json_object_get (list, "planned"), 0);
  engine_assert_json (json_object_get (first, "at"), "\"2026-10-07T18:00:00Z\"");
  engine_assert_json (json_object_get (first, "what"), "\"newest\"");
  engine_assert_json (json_object_get (first, "version"), "0");
  engine_assert_json (json_object_get (first, "seats"), "1");
  first = json_array_get (json_object_get (list, "planned"), 1);
  engine_assert_json (json_object_get (first, "what"), "\"assigned\"");
  engine_assert_json (json_object_get (first, "seats"), "1"); /* it lacks that */
  first = json_array_get (json_object_get (list, "planned"), 2);
  engine_assert_json (json_object_get (first, "version"), "2");
  engine_assert_json (json_object_get (first, "seats"), "0"); /* it is pinned */
}

static void
test_planned_refused (EngineFixture *fixture, gconstpointer data)
{
  static const char *const wrong[] = {
    "from=yesterday",
    "to=",
    "from=2026-10-05T00:00:00Z&to=2026-10-04T00:00:00Z",
    "from=2026-10-05T00:00:00Z&to=2027-11-10T00:00:00Z",
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autofree char *path = g_strdup_printf ("/v1/planned?%s", wrong[i]);

    json_decref (engine_ask (fixture, "GET", path, NULL, 400, "Error"));
  }
}

/* Of the fixture's seat no address is known that a packet could be for. */
static void
test_wake (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) room = NULL;
  g_autoptr (ScJson) seats = NULL;
  const ScJson *failed;

  room = engine_ask (fixture, "POST", "/v1/wake", "{\"room\":\"" FIXTURE_ROOM "\"}", 200, "Woken");
  engine_assert_json (json_object_get (room, "woken"), "[]");
  failed = json_array_get (json_object_get (room, "failed"), 0);
  engine_assert_json (json_object_get (failed, "seat"), "\"" FIXTURE_SEAT "\"");
  engine_assert_json (json_object_get (failed, "name"), "\"" FIXTURE_SEAT_NAME "\"");
  g_assert_cmpuint (json_string_length (json_object_get (failed, "error")), >, 0);
  seats = engine_ask (fixture, "POST", "/v1/wake", "{\"seats\":[\"" FIXTURE_SEAT_NAME "\"]}", 200, "Woken");
  g_assert_true (json_equal (room, seats));

  engine_ask_in_vain (fixture, "/v1/wake", "{}", 400, "invalid", NULL);
  engine_ask_in_vain (fixture, "/v1/wake", "{\"room\":\"" FIXTURE_ROOM "\",\"seats\":[\"pc-1\"]}", 400, "invalid",
                      NULL);
  engine_ask_in_vain (fixture, "/v1/wake", "{\"room\":\"nowhere\"}", 404, "not-found", "nowhere");
  engine_ask_in_vain (fixture, "/v1/wake", "{\"seats\":[\"pc-9\"]}", 404, "not-found", "pc-9");
}

#define HOOK "{\"os\":\"any\",\"run\":[\"/usr/bin/check\",\"--all\"],\"timeout_seconds\":60,\"when\":\"before-commit\"}"

static void
test_hooks (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) none = engine_ask (fixture, "GET", "/v1/versions/1/hooks", NULL, 200, "VersionHooks");
  g_autoptr (ScJson) set = NULL;
  g_autoptr (ScJson) again = NULL;
  g_autoptr (ScJson) cleared = NULL;

  engine_assert_json (none, "{\"author\":\"\",\"changed\":null,\"hooks\":[]}");
  set = engine_ask (fixture, "POST", "/v1/versions/1/hooks", "{\"hooks\":[" HOOK "]}", 200, "VersionHooks");
  engine_assert_json (json_object_get (set, "hooks"), "[" HOOK "]");
  engine_assert_json (json_object_get (set, "author"), "\"local administrator\"");
  again = engine_ask (fixture, "GET", "/v1/versions/1/hooks", NULL, 200, "VersionHooks");
  g_assert_true (json_equal (set, again));

  engine_ask_in_vain (fixture, "/v1/versions/1/hooks", "{\"hooks\":[{\"when\":\"before-commit\"}]}", 400, "invalid",
                      NULL);
  engine_ask_in_vain (fixture, "/v1/versions/1/hooks", "{}", 400, "invalid", "hooks");
  engine_ask_in_vain (fixture, "/v1/versions/9/hooks", "{\"hooks\":[]}", 404, "not-found", "9");
  cleared = engine_ask (fixture, "POST", "/v1/versions/1/hooks", "{\"hooks\":[]}", 200, "VersionHooks");
  engine_assert_json (json_object_get (cleared, "hooks"), "[]");
}

static void
assert_newest (EngineFixture *fixture, const char *action, guint64 version, const char *room, const char *detail)
{
  g_autoptr (ScJson) list = engine_ask (fixture, "GET", "/v1/activity?max=1", NULL, 200, "ActivityList");
  const ScJson *entry = json_array_get (json_object_get (list, "entries"), 0);

  g_assert_cmpstr (json_string_value (json_object_get (entry, "action")), ==, action);
  g_assert_cmpuint ((guint64) json_integer_value (json_object_get (entry, "version")), ==, version);
  g_assert_cmpstr (json_string_value (json_object_get (entry, "room")), ==, room);
  g_assert_cmpstr (json_string_value (json_object_get (entry, "detail")), ==, detail);
}

static void
test_activity (EngineFixture *fixture, gconstpointer data)
{
  ScCatalogSchedule failed = {
    .id = 7, .version = 2, .room = (char *) FIXTURE_ROOM, .error = (char *) "no seat is on"
  };

  post (fixture, "/v1/schedules",
        "{\"version\":1,\"templates\":[\"old\"],\"room\":\"" FIXTURE_ROOM "\",\"power_off\":true,\"when\":" AT "}",
        201);
  assert_newest (fixture, "schedule", 1, FIXTURE_ROOM, "1: at 2026-12-01T22:00:00+01:00 templates=old power-off");
  post (fixture, "/v1/schedules", "{\"what\":\"newest\",\"when\":" REPEAT "}", 201);
  assert_newest (fixture, "schedule", 0, "", "2: newest repeat days=tue,mon 22:00 UTC");
  post (fixture, "/v1/schedules/2/cancel", NULL, 200);
  assert_newest (fixture, "schedule-cancel", 0, "", "2");
  post (fixture, "/v1/wake", "{\"room\":\"" FIXTURE_ROOM "\"}", 200);
  assert_newest (fixture, "wake", 0, FIXTURE_ROOM, "0 woken, 1 failed");
  post (fixture, "/v1/versions/2/hooks", "{\"hooks\":[" HOOK "]}", 200);
  assert_newest (fixture, "version-hooks", 2, "", "before-commit /usr/bin/check");
  post (fixture, "/v1/versions/2/hooks", "{\"hooks\":[]}", 200);
  assert_newest (fixture, "version-hooks", 2, "", "none");
  g_signal_emit_by_name (fixture->parts.scheduler, "schedule-failed", &failed);
  assert_newest (fixture, "schedule-failed", 2, FIXTURE_ROOM, "7");
}

#define ADD(path, func) g_test_add (path, EngineFixture, NULL, set_up, func, engine_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/api-schedules/at", test_at);
  ADD ("/api-schedules/repeat", test_repeat);
  ADD ("/api-schedules/without-cap", test_without_cap);
  ADD ("/api-schedules/window", test_window);
  ADD ("/api-schedules/several", test_several);
  ADD ("/api-schedules/refused", test_refused);
  ADD ("/api-schedules/capped", test_capped);
  ADD ("/api-schedules/cancel", test_cancel);
  ADD ("/api-schedules/planned", test_planned);
  ADD ("/api-schedules/planned-what", test_planned_what);
  ADD ("/api-schedules/planned-refused", test_planned_refused);
  ADD ("/api-schedules/wake", test_wake);
  ADD ("/api-schedules/hooks", test_hooks);
  ADD ("/api-schedules/activity", test_activity);
  return g_test_run ();
}
