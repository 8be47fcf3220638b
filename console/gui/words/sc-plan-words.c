/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/words/sc-plan-words.h"

#include "common/platform/sc-time-zone.h"
#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define N_DAYS 7u

static GDateTime *
local_time (gint64 time)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (time / G_USEC_PER_SEC);

  return utc != NULL ? g_date_time_to_local (utc) : NULL;
}

static gboolean
is_same_day (GDateTime *a, GDateTime *b)
{
  return g_date_time_get_year (a) == g_date_time_get_year (b) &&
         g_date_time_get_day_of_year (a) == g_date_time_get_day_of_year (b);
}

char *
sc_plan_words_time (gint64 time, gint64 now)
{
  g_autoptr (GDateTime) at = time != 0 ? local_time (time) : NULL;
  g_autoptr (GDateTime) today = local_time (now);
  g_autoptr (GDateTime) tomorrow = today != NULL ? g_date_time_add_days (today, 1) : NULL;

  if (at == NULL || tomorrow == NULL)
    return g_strdup ("");
  if (is_same_day (at, today))
    /* Translators: a time of today within a sentence, as strftime() */
    return g_date_time_format (at, _ ("today %H:%M"));
  if (is_same_day (at, tomorrow))
    /* Translators: a time of tomorrow within a sentence, as strftime() */
    return g_date_time_format (at, _ ("tomorrow %H:%M"));
  if (g_date_time_get_year (at) == g_date_time_get_year (today))
    /* Translators: a day and a time within a sentence, as strftime() */
    return g_date_time_format (at, _ ("%a %-d %b %H:%M"));
  return g_date_time_format (at, _ ("%-d %b %Y %H:%M"));
}

char *
sc_plan_words_day (GDateTime *day)
{
  /* Translators: a day, as strftime() */
  return g_date_time_format (day, _ ("%a %-d %b %Y"));
}

const char *
sc_plan_words_weekday (guint day, gboolean in_full)
{
  static const char *const names[N_DAYS][2] = {
    { NC_ ("weekday", "Mon"), N_ ("Monday") },    { NC_ ("weekday", "Tue"), N_ ("Tuesday") },
    { NC_ ("weekday", "Wed"), N_ ("Wednesday") }, { NC_ ("weekday", "Thu"), N_ ("Thursday") },
    { NC_ ("weekday", "Fri"), N_ ("Friday") },    { NC_ ("weekday", "Sat"), N_ ("Saturday") },
    { NC_ ("weekday", "Sun"), N_ ("Sunday") },
  };

  return in_full ? _ (names[day % N_DAYS][1]) : g_dpgettext2 (GETTEXT_PACKAGE, "weekday", names[day % N_DAYS][0]);
}

char *
sc_plan_words_days (guint8 days)
{
  GString *text = g_string_new (NULL);

  for (guint day = 0; day < N_DAYS; day++) {
    guint last = day;

    if ((days & (1u << day)) == 0)
      continue;
    while (last + 1 < N_DAYS && (days & (1u << (last + 1))) != 0)
      last++;
    if (last < day + 2)
      last = day; /* two are told one by one */
    g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", sc_plan_words_weekday (day, FALSE));
    if (last > day)
      g_string_append_printf (text, "–%s", sc_plan_words_weekday (last, FALSE));
    day = last;
  }
  if ((days & SC_ALL_DAYS) == SC_ALL_DAYS)
    g_string_assign (text, _ ("every day"));
  return g_string_free (text, FALSE);
}

/* windows */

char *
sc_plan_words_window (const ScRoomWindow *window)
{
  g_autofree char *days = sc_plan_words_days (window->days);
  g_autofree char *from = sc_minute_to_text (window->from), *to = sc_minute_to_text (window->to);

  if (window->days == 0)
    return g_strdup (_ ("at any time"));
  return g_strdup_printf ("%s %s–%s%s%s", days, from, to, *window->zone != '\0' ? " " : "", window->zone);
}

char *
sc_plan_words_window_sentence (const ScRoomWindow *window)
{
  g_autofree char *days = sc_plan_words_days (window->days);
  g_autofree char *from = sc_minute_to_text (window->from), *to = sc_minute_to_text (window->to);
  g_autofree char *zone = *window->zone != '\0' ? g_strdup_printf (_ ("in the time zone %s"), window->zone)
                                                : g_strdup (_ ("in the console’s time zone"));

  if (window->days == 0)
    return g_strdup (_ ("No day is chosen: nothing is sent to this room by itself."));
  if (window->to == window->from)
    /* Translators: days, a time, a time zone: "Mon–Fri, 24 hours from 18:00 on, in the time zone Europe/Berlin." */
    return g_strdup_printf (_ ("%s, 24 hours from %s on, %s."), days, from, zone);
  if (window->to < window->from)
    /* Translators: days, two times, a time zone */
    return g_strdup_printf (_ ("%s, from %s to %s of the next day, %s."), days, from, to, zone);
  return g_strdup_printf (_ ("%s, from %s to %s, %s."), days, from, to, zone);
}

/* What the engine told may be older than a change that it told of. */
static gboolean
is_open (const ScRoomWindow *window, gint64 now)
{
  return window->open ? window->closes == 0 || window->closes > now : window->opens != 0 && window->opens <= now;
}

char *
sc_plan_words_window_state (const ScRoomWindow *window, gint64 now)
{
  g_autofree char *opens = sc_plan_words_time (window->opens, now), *closes = sc_plan_words_time (window->closes, now);

  if (window->days == 0)
    return g_strdup ("");
  if (is_open (window, now) != window->open) /* and what comes next is not known */
    return g_strdup (window->open ? _ ("closed") : _ ("open"));
  if (window->open)
    return *closes != '\0' ? g_strdup_printf (_ ("open until %s"), closes) : g_strdup (_ ("always open"));
  return *opens != '\0' ? g_strdup_printf (_ ("opens %s"), opens) : g_strdup (_ ("closed"));
}

gint64
sc_plan_window_next_opening (const ScRoomWindow *window, gint64 now)
{
  g_autoptr (GTimeZone) zone = *window->zone != '\0' ? sc_time_zone_new (window->zone) : g_time_zone_new_local ();
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (now / G_USEC_PER_SEC);
  g_autoptr (GDateTime) today = zone != NULL && utc != NULL ? g_date_time_to_timezone (utc, zone) : NULL;

  for (int i = 0; today != NULL && i <= (int) N_DAYS; i++) {
    g_autoptr (GDateTime) day = g_date_time_add_days (today, i);
    g_autoptr (GDateTime) at = NULL;

    if ((window->days & (1u << (g_date_time_get_day_of_week (day) - 1))) == 0)
      continue;
    at = g_date_time_new (zone, g_date_time_get_year (day), g_date_time_get_month (day),
                          g_date_time_get_day_of_month (day), (int) window->from / 60, (int) window->from % 60, 0);
    if (at != NULL && g_date_time_to_unix (at) * G_USEC_PER_SEC > now)
      return g_date_time_to_unix (at) * G_USEC_PER_SEC;
  }
  return 0;
}

/* what is assigned */

char *
sc_plan_words_templates (ScJson *names)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < json_array_size (names); i++) {
    const char *name = json_string_value (json_array_get (names, i));

    if (name != NULL)
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", sc_words_template (name));
  }
  return g_string_free (text, FALSE);
}

char *
sc_plan_words_selection (guint64 version, ScJson *templates)
{
  g_autofree char *name = sc_words_version (version);
  g_autofree char *names = sc_plan_words_templates (templates);

  if (version == 0)
    return g_strdup (_ ("Nothing"));
  /* Translators: a version, and which of its templates: "Version 4, only Debian 12" */
  return *names != '\0' ? g_strdup_printf (_ ("%s, only %s"), name, names) : g_steal_pointer (&name);
}

char *
sc_plan_words_room (const ScRoomInfo *room, gint64 now)
{
  GString *text = g_string_new (NULL);
  g_autofree char *selection = sc_plan_words_selection (room->version, room->templates);
  g_autofree char *window = sc_plan_words_window (&room->window);
  g_autofree char *state = sc_plan_words_window_state (&room->window, now);

  if (*room->late == '\0')
    return g_string_free (text, FALSE);
  g_string_append_printf (text, _ ("Assigned: %s"), selection);
  g_string_append (text, " · ");
  if (room->window.days == 0)
    g_string_append (text, _ ("No maintenance window"));
  else
    g_string_append_printf (text, _ ("Maintenance window: %s, %s"), window, state);
  if (room->pinned > 0) {
    g_string_append (text, " · ");
    g_string_append_printf (text, g_dngettext (GETTEXT_PACKAGE, "%u seat pinned", "%u seats pinned", room->pinned),
                            room->pinned);
  }
  return g_string_free (text, FALSE);
}

const char *
sc_plan_words_late (const char *late)
{
  if (strcmp (late, "gather") == 0)
    return _ ("Wait for the next session");
  return strcmp (late, "ask") == 0 ? _ ("Wait for staff") : _ ("Catch up by themselves");
}

/* seats that are behind */

static char *
busy_templates (const ScSeatInfo *seat)
{
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < seat->templates->len; i++) {
    const ScSeatTemplate *item = g_ptr_array_index (seat->templates, i);

    if (item->busy)
      g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", sc_words_template (item->name));
  }
  return g_string_free (names, FALSE);
}

/* A sentence; empty where it is not behind. */
static char *
why_behind (const ScSeatInfo *seat)
{
  const char *behind = seat->outlook.behind;

  if (strcmp (behind, "offline") == 0)
    return g_strdup (_ ("It is off."));
  if (strcmp (behind, "due") == 0)
    return g_strdup (_ ("Its session has not been yet."));
  if (strcmp (behind, "late") == 0)
    return g_strdup (_ ("It was not in its room’s session."));
  if (strcmp (behind, "updating") == 0)
    return g_strdup (_ ("It is being updated."));
  if (strcmp (behind, "failed") == 0)
    return g_strdup (_ ("Its last update failed."));
  if (strcmp (behind, "cancelled") == 0)
    return g_strdup (_ ("Its session was cancelled."));
  if (strcmp (behind, "drifted") == 0)
    return g_strdup (_ ("Its templates were changed there."));
  if (strcmp (behind, "busy") == 0) {
    g_autofree char *names = busy_templates (seat);

    return *names != '\0' ? g_strdup_printf (_ ("In use: %s."), names) : g_strdup (_ ("Templates are in use."));
  }
  return g_strdup ("");
}

char *
sc_plan_words_next (const ScSeatInfo *seat, gint64 now)
{
  const char *next = seat->outlook.next;
  gboolean later = seat->outlook.at > now;
  g_autofree char *at = later ? sc_plan_words_time (seat->outlook.at, now) : g_strdup ("");

  if (strcmp (next, "session") == 0)
    return later ? g_strdup_printf (_ ("Takes part in a session: %s"), at)
                 : g_strdup (_ ("Takes part in the next session"));
  if (strcmp (next, "catch-up") == 0)
    return later ? g_strdup_printf (_ ("Catches up: %s"), at) : g_strdup (_ ("Catches up when it is its turn"));
  if (strcmp (next, "return") == 0)
    return later ? g_strdup_printf (_ ("Catches up when it is on again, at the earliest: %s"), at)
                 : g_strdup (_ ("Catches up when it is on again"));
  if (strcmp (next, "release") == 0)
    return g_strdup (_ ("Goes on by itself when they are no longer in use"));
  if (strcmp (next, "staff") == 0)
    return g_strdup (_ ("Waits for you: let it catch up, or deploy"));
  return g_strdup ("");
}

char *
sc_plan_words_outlook (const ScSeatInfo *seat, gint64 now)
{
  g_autofree char *why = why_behind (seat);
  g_autofree char *next = sc_plan_words_next (seat, now);

  if (*why == '\0')
    return g_strdup ("");
  if (strcmp (seat->outlook.behind, "updating") == 0)
    return g_steal_pointer (&why); /* the session that it takes part in is this one */
  return *next != '\0' ? g_strdup_printf ("%s %s.", why, next) : g_steal_pointer (&why);
}

/* what is planned */

static char *
to_whom (const char *what, const char *room, guint n_seats)
{
  g_autofree char *seats = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u seat", "%u seats", n_seats), n_seats);

  if (n_seats > 0)
    /* Translators: what, how many seats, of which room: "Version 4 to 3 seats, Lab 1" */
    return g_strdup_printf (_ ("%s to %s, %s"), what, seats, sc_words_room (room));
  return g_strdup_printf (_ ("%s to %s"), what, sc_words_room (room));
}

char *
sc_plan_words_schedule_title (const ScScheduleInfo *schedule)
{
  g_autofree char *what = NULL;

  if (strcmp (schedule->what, "newest") == 0)
    what = g_strdup (_ ("The newest version"));
  else if (strcmp (schedule->what, "assigned") == 0)
    what = g_strdup (_ ("What is assigned"));
  else
    what = sc_plan_words_selection (schedule->version, schedule->templates);
  return to_whom (what, schedule->room, schedule->n_seats);
}

char *
sc_plan_words_schedule_when (const ScScheduleInfo *schedule, gint64 now)
{
  g_autofree char *next = sc_plan_words_time (schedule->next, now);
  g_autofree char *days = sc_plan_words_days (schedule->days);
  g_autofree char *clock = sc_minute_to_text (schedule->minute);
  g_autofree char *time = g_strconcat (clock, *schedule->zone != '\0' ? " " : NULL, schedule->zone, NULL);

  if (strcmp (schedule->kind, "window") == 0)
    return *next != '\0' ? g_strdup_printf (_ ("when the maintenance window opens: %s"), next)
                         : g_strdup (_ ("when the maintenance window opens"));
  if (strcmp (schedule->kind, "repeat") != 0)
    return g_steal_pointer (&next);
  /* Translators: days and a time, then the next one: "Mon, Wed 22:00, next: tomorrow 22:00" */
  return *next != '\0' ? g_strdup_printf (_ ("%s %s, next: %s"), days, time, next)
                       : g_strdup_printf ("%s %s", days, time);
}

char *
sc_plan_words_title (const ScPlannedInfo *planned, const ScScheduleInfo *schedule)
{
  g_autofree char *what = NULL;

  if (schedule != NULL)
    return sc_plan_words_schedule_title (schedule);
  what = planned->version != 0 ? sc_plan_words_selection (planned->version, planned->templates)
                               : g_strdup (_ ("What is assigned"));
  return to_whom (what, planned->room, planned->kind == SC_PLANNED_GATHERED ? planned->seats : 0);
}

char *
sc_plan_words_when (const ScPlannedInfo *planned, gint64 now)
{
  g_autofree char *at = sc_plan_words_time (planned->at, now);
  g_autofree char *until = sc_plan_words_time (planned->until, now);

  /* Translators: "today 18:00, until tomorrow 06:00" */
  return *until != '\0' ? g_strdup_printf (_ ("%s, until %s"), at, until) : g_steal_pointer (&at);
}

char *
sc_plan_words_reason (const ScPlannedInfo *planned, const ScScheduleInfo *schedule)
{
  switch (planned->kind) {
  case SC_PLANNED_ASSIGNED:
    return g_strdup (_ ("Assigned: sent when the maintenance window opens"));
  case SC_PLANNED_RESUMED:
    return g_strdup (_ ("Goes on where it was paused"));
  case SC_PLANNED_GATHERED:
    return g_strdup (_ ("For seats that came late"));
  case SC_PLANNED_SCHEDULED:
    break;
  }
  if (schedule != NULL && *schedule->author != '\0')
    return g_strdup_printf (_ ("Planned by %s"), schedule->author);
  return g_strdup (_ ("Planned"));
}

const char *
sc_plan_words_icon (ScPlannedItemKind kind)
{
  static const char *const icons[] = {
    [SC_PLANNED_SCHEDULED] = "x-office-calendar-symbolic",
    [SC_PLANNED_ASSIGNED] = "sc-behind-symbolic",
    [SC_PLANNED_RESUMED] = "media-playback-pause-symbolic",
    [SC_PLANNED_GATHERED] = "sc-waiting-symbolic",
  };

  return icons[kind];
}

static char *
room_line (const char *name, ScItemList *rooms, gint64 now)
{
  ScRoomItem *room = *name != '\0' ? sc_item_list_find (rooms, name) : NULL;
  const ScRoomWindow *window = room != NULL ? &sc_room_item_get_info (room)->window : NULL;
  g_autofree char *opens = window != NULL ? sc_plan_words_time (window->opens, now) : g_strdup ("");

  if (window == NULL || window->days == 0)
    return g_strdup_printf (_ ("%s: at once, it has no maintenance window"), sc_words_room (name));
  if (is_open (window, now))
    return g_strdup_printf (_ ("%s: at once, its maintenance window is open"), sc_words_room (name));
  if (*opens == '\0')
    return g_strdup_printf (_ ("%s: when its maintenance window opens"), sc_words_room (name));
  /* Translators: a room and a time: "Lab 1: when its maintenance window opens, today 18:00" */
  return g_strdup_printf (_ ("%s: when its maintenance window opens, %s"), sc_words_room (name), opens);
}

#define MAX_ROOMS 6u /* told one by one */

static char *
window_lines (ScDeployPlan *plan, ScItemList *rooms, gint64 now)
{
  g_autoptr (GPtrArray) names = sc_deploy_schedule_list_rooms (plan);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < names->len && i < MAX_ROOMS; i++) {
    g_autofree char *line = room_line (names->pdata[i], rooms, now);

    g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", line);
  }
  if (names->len > MAX_ROOMS) {
    guint more = names->len - MAX_ROOMS;

    g_string_append_c (text, '\n');
    g_string_append_printf (text, g_dngettext (GETTEXT_PACKAGE, "and %u more", "and %u more", more), more);
  }
  return g_string_free (text, FALSE);
}

/* Staff that deploy now do not wait for windows: those that are closed now are told. */
static char *
closed_line (ScDeployPlan *plan, ScItemList *rooms, gint64 now)
{
  g_autoptr (GPtrArray) names = sc_deploy_schedule_list_rooms (plan);
  g_autoptr (GString) text = g_string_new (NULL);
  guint n = 0;

  for (guint i = 0; i < names->len; i++) {
    ScRoomItem *room = sc_item_list_find (rooms, names->pdata[i]);
    const ScRoomWindow *window = room != NULL ? &sc_room_item_get_info (room)->window : NULL;

    if (window == NULL || window->days == 0 || is_open (window, now))
      continue;
    if (++n <= MAX_ROOMS)
      g_string_append_printf (text, "%s%s", n > 1 ? ", " : "", sc_words_room (names->pdata[i]));
  }
  if (n > MAX_ROOMS) {
    g_string_append_c (text, ' ');
    g_string_append_printf (text, g_dngettext (GETTEXT_PACKAGE, "and %u more", "and %u more", n - MAX_ROOMS),
                            n - MAX_ROOMS);
  }
  if (n == 0)
    return g_strdup ("");
  /* Translators: %s: one room, or several: "At once, although the maintenance window of Lab 1 is closed." */
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "At once, although the maintenance window of %s is closed.",
                                       "At once, although the maintenance windows of %s are closed.", n),
                          text->str);
}

static char *
repeated_line (ScDeployPlan *plan, const ScDeployWhen *when, const char *zone)
{
  g_autofree char *days = sc_plan_words_days (when->days), *time = sc_minute_to_text (when->minute);
  /* Translators: days, a time, where that is: "Planned: Mon, Thu 22:00 (Europe/Berlin), until it is cancelled." */
  g_autofree char *planned = g_strdup_printf (_ ("Planned: %s %s (%s), until it is cancelled."), days, time, zone);
  g_autofree char *version = sc_words_version (sc_deploy_plan_get_version (plan));
  g_autofree char *now = NULL;

  if (when->what == SC_DEPLOY_THIS)
    return g_steal_pointer (&planned);
  /* Translators: a version: what it needs is shown below this */
  now = g_strdup_printf (_ ("Below: %s, if it were now."), version);
  return g_strdup_printf ("%s\n%s\n%s", planned,
                          when->what == SC_DEPLOY_NEWEST ? _ ("Each time the version that is the newest then.")
                                                         : _ ("Each time what the seats are assigned then."),
                          now);
}

char *
sc_plan_words_deploy_when (ScDeployPlan *plan, const ScDeployWhen *when, ScItemList *rooms, gint64 now)
{
  g_autofree char *at = sc_plan_words_time (when->at, now);
  const char *zone = sc_deploy_schedule_get_zone (plan, rooms);

  if (when->unreadable)
    return g_strdup (_ ("That is not a time of the day; write it as HH:MM, as in 18:30."));
  switch (when->moment) {
  case SC_DEPLOY_NOW:
    return closed_line (plan, rooms, now);
  case SC_DEPLOY_AT:
    if (when->at <= now)
      return g_strdup (_ ("That time is past: choose a later one."));
    /* Translators: a time: "Planned: tomorrow 22:00. Where a room’s …" */
    return g_strdup_printf (_ ("Planned: %s. Where a room’s maintenance window is closed then, when it opens."), at);
  case SC_DEPLOY_IN_WINDOW:
    return window_lines (plan, rooms, now);
  case SC_DEPLOY_REPEATEDLY:
    if (when->days == 0)
      return g_strdup (_ ("Choose the days."));
    return repeated_line (plan, when, *zone != '\0' ? zone : _ ("the console’s time zone"));
  }
  return g_strdup ("");
}

/* sessions */

const char *
sc_plan_words_origin (const ScSessionInfo *session)
{
  if (strcmp (session->origin, "schedule") == 0)
    return _ ("Planned");
  if (strcmp (session->origin, "assignment") == 0)
    return _ ("By assignment");
  return strcmp (session->origin, "late") == 0 ? _ ("For seats that came late") : "";
}

char *
sc_plan_words_suspended (const ScSessionInfo *session, gint64 now)
{
  g_autofree char *resumes = sc_plan_words_time (session->resumes, now);

  if (!session->suspended)
    return g_strdup ("");
  return *resumes != '\0' ? g_strdup_printf (_ ("Paused until %s (maintenance window)"), resumes)
                          : g_strdup (_ ("Paused until the maintenance window opens"));
}

char *
sc_plan_words_reminder (ScJson *reminder, gint64 now)
{
  const char *name = sc_item_text_of (reminder, "name");
  g_autofree char *names = sc_plan_words_templates (json_object_get (reminder, "templates"));
  guint hours = (guint) (MAX (now - sc_item_time_of (reminder, "since"), 0) / G_TIME_SPAN_HOUR);
  guint n = hours >= 48 ? hours / 24 : MAX (hours, 1);
  g_autofree char *time = hours >= 48 ? g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u day", "%u days", n), n)
                                      : g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u hour", "%u hours", n), n);

  /* Translators: how long, a seat, templates: "Templates in use for 3 days on pc-07: Debian 12" */
  return g_strdup_printf (_ ("Templates in use for %s on %s: %s"), time, name, names);
}
