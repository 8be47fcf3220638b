/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/gui/planning-lab.h"

#define HOUR 3600
#define DAY (24 * HOUR)

char *
planning_lab_time (gint64 when)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (g_get_real_time () / G_USEC_PER_SEC + when);

  return g_date_time_format (time, "%Y-%m-%dT%H:%M:%S.000000Z");
}

static ScJson *
time_of (gint64 when)
{
  g_autofree char *text = planning_lab_time (when);

  return json_string (text);
}

ScJson *
planning_lab_room (const char *name, gboolean window, int version)
{
  ScJson *policy = json_pack ("{s:n, s:i, s:s, s:b, s:b, s:s, s:s, s:i, s:s}", "window", "rate_cap_bits_per_second", 0,
                              "late", "catch-up", "wake", FALSE, "power_off", FALSE, "wake_address", "",
                              "wake_destination", "", "busy_deadline_hours", 0, "cache", "");

  if (window)
    json_object_set_new (policy, "window",
                         json_pack ("{s:[s, s, s, s, s], s:s, s:s, s:s, s:b, s:o, s:o}", "days", "mon", "tue", "wed",
                                    "thu", "fri", "from", "18:00", "to", "06:00", "zone", "Europe/Berlin", "open",
                                    FALSE, "opens", time_of (5 * HOUR), "closes", time_of (17 * HOUR)));
  return json_pack ("{s:s, s:i, s:o, s:i, s:i, s:o}", "name", name, "seats", 20, "assignment",
                    version == 0 ? json_null () : json_pack ("{s:i, s:n}", "version", version, "templates"), "pinned",
                    window ? 2 : 0, "due", 0, "policy", policy);
}

ScJson *
planning_lab_schedule (int id, const char *room, const char *when, gint64 next)
{
  return json_pack ("{s:i, s:s, s:i, s:n, s:s, s:[], s:{s:s, s:n, s:[s, s], s:s, s:s}, s:b, s:b, s:s, s:o, s:s, s:s}",
                    "id", id, "what", "version", "version", 4, "templates", "room", room, "seats", "when", "kind", when,
                    "at", "days", "mon", "thu", "time", "22:00", "zone", "", "wake", TRUE, "power_off", FALSE, "author",
                    "anna", "next", time_of (next), "state", "planned", "error", "");
}

static ScJson *
planned_of (const char *kind, gint64 at, gint64 until, const char *room, int schedule, int session)
{
  return json_pack ("{s:s, s:o, s:o, s:s, s:i, s:i, s:i, s:n, s:i}", "kind", kind, "at", time_of (at), "until",
                    until != 0 ? time_of (until) : json_null (), "room", room, "schedule", schedule, "session", session,
                    "version", 4, "templates", "seats", 3);
}

static ScJson *
answer_planned (const char *path, ScJson *body, guint *status, gpointer data)
{
  return json_pack (
      "{s:[o, o, o, o, o, o]}", "planned", planned_of ("resume", 5 * HOUR, 17 * HOUR, "Lab 1", 0, 12),
      planned_of ("gather", 5 * HOUR, 17 * HOUR, "Lab 1", 0, 0), planned_of ("schedule", 26 * HOUR, 0, "Lab 2", 7, 0),
      planned_of ("schedule", 2 * DAY, 0, "Lab 1", 8, 0), planned_of ("schedule", 5 * DAY, 0, "Lab 1", 8, 0),
      planned_of ("schedule", 9 * DAY, 0, "Lab 1", 8, 0));
}

static gboolean
is_connected (gpointer data)
{
  return sc_console_get_state (data) == SC_CONSOLE_CONNECTED;
}

static ScJson *
list_versions (void)
{
  g_autoptr (ScConsole) model = sc_console_new ();
  ScJson *versions = json_array ();

  gui_fixture_put_versions (model, 4);
  for (guint i = 0; i < 4; i++)
    json_array_append (versions, sc_item_get_json (sc_item_list_at (sc_console_get_versions (model), i)));
  return versions;
}

void
planning_lab_begin (PlanningLab *lab)
{
  static const char *const conditions[] = { "current", "offline", "behind", "busy", "current", "offline" };
  ScJson *seats = json_array ();

  for (guint i = 1; i <= G_N_ELEMENTS (conditions); i++)
    json_array_append_new (seats, gui_fixture_seat (i, i <= 4 ? "Lab 1" : "Lab 2", conditions[i - 1]));
  lab->engine = fake_engine_new ();
  fake_engine_answer_json (lab->engine, "GET", "/v1/seats", 200, json_pack ("{s:o}", "seats", seats));
  fake_engine_answer_json (lab->engine, "GET", "/v1/versions", 200, json_pack ("{s:o}", "versions", list_versions ()));
  fake_engine_answer_json (
      lab->engine, "GET", "/v1/rooms", 200,
      json_pack ("{s:[o, o]}", "rooms", planning_lab_room ("Lab 1", TRUE, 4), planning_lab_room ("Lab 2", FALSE, 0)));
  fake_engine_answer_json (lab->engine, "GET", "/v1/schedules", 200,
                           json_pack ("{s:[o, o]}", "schedules", planning_lab_schedule (7, "Lab 2", "at", 26 * HOUR),
                                      planning_lab_schedule (8, "Lab 1", "repeat", 2 * DAY)));
  fake_engine_forget (lab->engine, "GET", "/v1/planned");
  fake_engine_answer_with (lab->engine, "GET", "/v1/planned", answer_planned, lab);
  lab->console = sc_console_new ();
  sc_console_connect (lab->console, fake_engine_get_connection (lab->engine));
  gui_fixture_wait (is_connected, lab->console, "a connection");
}

void
planning_lab_clear (PlanningLab *lab)
{
  gui_fixture_settle ();
  g_clear_object (&lab->console);
  fake_engine_free (lab->engine);
}

typedef struct {
  PlanningLab *lab;
  const char *method, *path;
} Asked;

static gboolean
is_asked (gpointer data)
{
  const Asked *asked = data;

  return fake_engine_count (asked->lab->engine, asked->method, asked->path) > 0;
}

void
planning_lab_wait_asked (PlanningLab *lab, const char *method, const char *path)
{
  Asked asked = { lab, method, path };

  gui_fixture_wait (is_asked, &asked, path);
  gui_fixture_settle ();
}
