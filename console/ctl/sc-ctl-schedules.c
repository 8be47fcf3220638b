/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/ctl/sc-ctl-desired.h"
#include "console/ctl/sc-ctl-table.h"
#include "console/ctl/sc-ctl-words.h"

#include "common/sc-error.h"

#include <stdio.h>

/* making one */

static gboolean
add_what (ScCtl *self, ScJson *body, GError **error)
{
  const char *text = self->arguments[0];
  guint64 version;
  if (g_str_equal (text, "newest") || g_str_equal (text, "assigned")) {
    json_object_set_new (body, "what", json_string (text));
    return TRUE;
  }
  if (!sc_ctl_parse_number (text, "version (or “newest”, or “assigned”)", &version, error))
    return FALSE;
  json_object_set_new (body, "version", json_integer ((json_int_t) version));
  return TRUE;
}

/* @text: "2026-12-01 22:00", or "22:00" for the next time that it is, both by this machine's clock. Returns: (transfer
 * full) (nullable) */
static GDateTime *
parse_time (const char *text, GError **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  gboolean only_time = strchr (text, '-') == NULL;
  g_autofree char *today = g_date_time_format (now, "%Y-%m-%d");
  g_autofree char *whole = only_time ? g_strdup_printf ("%s %s:00", today, text) : g_strdup_printf ("%s:00", text);
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (whole, zone);
  if (!time) /* with seconds, a zone */
    time = g_date_time_new_from_iso8601 (text, zone);
  if (!time) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "--at “%s” is no time: “2026-12-01 22:00”, or “22:00”", text);
    return NULL;
  }
  return only_time && g_date_time_compare (time, now) <= 0 ? g_date_time_add_days (time, 1) : g_date_time_ref (time);
}

static ScJson *
at_of_options (const ScCtlOptions *options, GError **error)
{
  g_autoptr (GDateTime) local = parse_time (options->at, error);
  g_autoptr (GDateTime) utc = local ? g_date_time_to_utc (local) : NULL;
  g_autofree char *text = utc ? g_date_time_format_iso8601 (utc) : NULL;
  return text ? json_pack ("{s:s, s:s}", "kind", "at", "at", text) : NULL;
}

/* @days: stripped */
static gboolean
check_repeat (char **days, const char *time, GError **error)
{
  const char *const known[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun", NULL };
  for (; *days; days++)
    if (!g_strv_contains (known, g_strstrip (*days))) {
      g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                   "--every “%s” is no day: write mon, tue, wed, thu, fri, sat, sun with commas between, or day",
                   *days);
      return FALSE;
    }
  if (g_regex_match_simple ("^([01][0-9]|2[0-3]):[0-5][0-9]$", time, G_REGEX_DOLLAR_ENDONLY, 0))
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "--time “%s” is no time: write HH:MM, from 00:00 to 23:59", time);
  return FALSE;
}

/* (transfer full) (nullable) */
static ScJson *
repeat_of_options (const ScCtlOptions *options, GError **error)
{
  g_auto (GStrv) days =
      g_strsplit (g_str_equal (options->every, "day") ? "mon,tue,wed,thu,fri,sat,sun" : options->every, ",", -1);
  if (!check_repeat (days, options->time, error))
    return NULL;
  ScJson *names = json_array ();
  for (gsize i = 0; days[i]; i++)
    json_array_append_new (names, json_string (days[i]));
  ScJson *when = json_pack ("{s:s, s:o, s:s}", "kind", "repeat", "days", names, "time", options->time);
  if (options->zone)
    json_object_set_new (when, "zone", json_string (options->zone));
  return when;
}

/* (transfer full) (nullable) */
static ScJson *
when_of_options (const ScCtlOptions *options, GError **error)
{
  if (options->at)
    return at_of_options (options, error);
  if (options->every)
    return repeat_of_options (options, error);
  return json_pack ("{s:s}", "kind", "window");
}

static void
add_schedule (ScCtl *self, ScCtlTable *table, ScJson *schedule)
{
  if (self->options.json) {
    sc_ctl_print_json (schedule);
    return;
  }
  gsize n_seats = json_array_size (json_object_get (schedule, "seats"));
  const char *room = sc_ctl_text_of (schedule, "room");
  sc_ctl_table_add (
      table, sc_ctl_id_of (schedule), sc_ctl_schedule_what (schedule),
      n_seats > 0 ? g_strdup_printf ("%s, %" G_GSIZE_FORMAT " seats", room, n_seats)
                  : g_strdup (*room ? room : "(no room)"),
      sc_ctl_when_in_words (json_object_get (schedule, "when")), sc_ctl_format_time (sc_ctl_text_of (schedule, "next")),
      sc_ctl_format_time (sc_ctl_text_of (schedule, "last")), g_strdup (sc_ctl_text_of (schedule, "state")),
      g_strdup (sc_ctl_text_of (schedule, "author")), g_strdup (sc_ctl_text_of (schedule, "error")));
}

static ScCtlStatus
print_schedules (ScCtl *self, ScJson *schedules, const char *when_empty)
{
  const char *const headings[] = { ">ID", "VERSION", "ROOM", "WHEN", "NEXT", "LAST", "STATE", "BY", "?ERROR", NULL };
  g_autoptr (ScCtlTable) table = sc_ctl_table_new (headings);
  gsize i;
  ScJson *schedule;
  json_array_foreach (schedules, i, schedule) add_schedule (self, table, schedule);
  return sc_ctl_print_table (self, table, when_empty);
}

ScCtlStatus
sc_ctl_schedule (ScCtl *self, GError **error)
{
  g_autoptr (ScJson) body = json_object ();
  ScJson *when = when_of_options (&self->options, error);
  if (!when)
    return SC_CTL_USAGE;
  json_object_set_new (body, "when", when);
  if (!add_what (self, body, error))
    return SC_CTL_USAGE;
  sc_ctl_add_targets (self, body);
  sc_ctl_add_templates (self, body);
  if (self->options.rate)
    json_object_set_new (body, "rate_cap_bits_per_second", json_integer ((json_int_t) (self->options.rate_mbit * 1e6)));
  g_autoptr (ScJson) answer = sc_ctl_client_request (self->client, "POST", "/v1/schedules", body, error);
  if (!answer)
    return SC_CTL_FAILED;
  ScCtlStatus status = print_schedules (self, json_object_get (answer, "schedules"), "");
  if (self->options.seats && !self->options.json && !g_str_equal (self->arguments[0], "assigned"))
    printf ("When it comes, these seats are pinned to that version, where it is not what their room is assigned then, "
            "until “pin SEAT none”.\n");
  return status;
}

/* looking at them */

ScCtlStatus
sc_ctl_schedules (ScCtl *self, GError **error)
{
  const char *path = self->options.all ? "/v1/schedules?all=true" : "/v1/schedules";
  g_autoptr (ScJson) answer = sc_ctl_client_request (self->client, "GET", path, NULL, error);
  return answer ? print_schedules (self, json_object_get (answer, "schedules"),
                                   "Nothing is scheduled: “schedule VERSION --in-window” plans a session.")
                : SC_CTL_FAILED;
}

ScCtlStatus
sc_ctl_unschedule (ScCtl *self, GError **error)
{
  guint64 number;
  if (!sc_ctl_parse_number (self->arguments[0], "schedule", &number, error))
    return SC_CTL_USAGE;
  g_autofree char *path = sc_client_path ("/v1/schedules/", self->arguments[0], "/cancel", NULL);
  g_autoptr (ScJson) body = json_object ();
  g_autoptr (ScJson) answer = sc_ctl_client_request (self->client, "POST", path, body, error);
  if (!answer)
    return SC_CTL_FAILED;
  if (self->options.json)
    sc_ctl_print_json (answer);
  else
    printf ("Schedule %" G_GUINT64_FORMAT " is cancelled; a session that it has started goes on.\n", number);
  return SC_CTL_DONE;
}

static const char *
planned_in_words (const char *kind)
{
  if (g_str_equal (kind, "schedule"))
    return "schedule";
  if (g_str_equal (kind, "due"))
    return "what is assigned";
  return g_str_equal (kind, "resume") ? "goes on" : "late seats";
}

static void
add_planned (ScCtl *self, ScCtlTable *table, ScJson *planned)
{
  if (self->options.json) {
    sc_ctl_print_json (planned);
    return;
  }
  guint64 schedule = sc_ctl_number_of (planned, "schedule");
  guint64 session = sc_ctl_number_of (planned, "session");
  const char *until = sc_ctl_text_of (planned, "until");
  const char *room = sc_ctl_text_of (planned, "room");
  sc_ctl_table_add (table, sc_ctl_format_time (sc_ctl_text_of (planned, "at")),
                    *until ? sc_ctl_format_time (until) : g_strdup (""), g_strdup (*room ? room : "(no room)"),
                    sc_ctl_schedule_what (planned), g_strdup (planned_in_words (sc_ctl_text_of (planned, "kind"))),
                    schedule > 0 ? g_strdup_printf ("%" G_GUINT64_FORMAT, schedule) : NULL,
                    session > 0 ? g_strdup_printf ("%" G_GUINT64_FORMAT, session) : NULL,
                    g_strdup_printf ("%" G_GUINT64_FORMAT, sc_ctl_number_of (planned, "seats")));
}

ScCtlStatus
sc_ctl_planned (ScCtl *self, GError **error)
{
  g_autofree char *path = g_strdup ("/v1/planned");
  if (self->options.n_days > 0) {
    g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
    g_autoptr (GDateTime) to = g_date_time_add_days (now, (int) self->options.n_days);
    g_autofree char *text = to ? g_date_time_format_iso8601 (to) : g_strdup ("");
    g_autofree char *escaped = g_uri_escape_string (text, NULL, FALSE);
    g_free (path);
    path = g_strconcat ("/v1/planned?to=", escaped, NULL);
  }
  g_autoptr (ScJson) answer = sc_ctl_client_request (self->client, "GET", path, NULL, error);
  if (!answer)
    return SC_CTL_FAILED;
  const char *const headings[] = { "FROM",       "?UNTIL",    "ROOM",   "VERSION", "WHAT",
                                   "?>SCHEDULE", "?>SESSION", ">SEATS", NULL };
  g_autoptr (ScCtlTable) table = sc_ctl_table_new (headings);
  gsize i;
  ScJson *planned;
  json_array_foreach (json_object_get (answer, "planned"), i, planned) add_planned (self, table, planned);
  return sc_ctl_print_table (self, table, "No session is planned.");
}
