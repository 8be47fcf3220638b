/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/schedule/sc-window.h"

#include <string.h>

#include "common/sc-error.h"
#include "console/engine/schedule/sc-zone.h"

#define EXAMPLE "for example “mon-fri 18:00-06:00 Europe/Berlin”, “day 22:00-04:00”, or “none”"
#define ANY_TIME "any time"
#define NO_WINDOW "none"
#define EVERY_DAY "day"
#define HORIZON 40 /* days: a weekly opening comes within them, though the change of the clock swallow one or two */

static const char *const day_names[7] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

void
sc_window_clear (ScWindow *self)
{
  g_clear_pointer (&self->zone, g_free);
  *self = (ScWindow){ 0 };
}

void
sc_window_copy (const ScWindow *self, ScWindow *copy)
{
  *copy = *self;
  copy->zone = g_strdup (self->zone);
}

gboolean
sc_window_equal (const ScWindow *a, const ScWindow *b)
{
  const char *a_zone = a->zone != NULL ? a->zone : "", *b_zone = b->zone != NULL ? b->zone : "";

  if (!sc_window_is_set (a) && !sc_window_is_set (b))
    return TRUE;
  return a->days == b->days && a->from == b->from && a->to == b->to && strcmp (a_zone, b_zone) == 0;
}

gboolean
sc_window_check (const ScWindow *self, GError **error)
{
  if ((self->days & ~SC_WINDOW_ALL_DAYS) != 0) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "A maintenance window has days that a week does not have: %s",
                 EXAMPLE);
    return FALSE;
  }
  if (self->from >= SC_WINDOW_DAY_MINUTES || self->to >= SC_WINDOW_DAY_MINUTES) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "A maintenance window opens and closes between 00:00 and 23:59: %s",
                 EXAMPLE);
    return FALSE;
  }
  return sc_zone_check (self->zone, error);
}

gboolean
sc_window_is_set (const ScWindow *self)
{
  return (self->days & SC_WINDOW_ALL_DAYS) != 0;
}

static gboolean
is_always_open (const ScWindow *self)
{
  return !sc_window_is_set (self) ||
         ((self->days & SC_WINDOW_ALL_DAYS) == SC_WINDOW_ALL_DAYS && self->from == self->to);
}

/* Days are counted from 1970-01-01, a Thursday. */
static gboolean
has_day (guint8 days, gint64 day)
{
  return (days >> (((day + 3) % 7 + 7) % 7) & 1) != 0;
}

/* The opening of @day, which may be empty: the clock was put forward over all of it. */
static gboolean
get_opening (const ScWindow *self, ScZone *zone, gint64 day, gint64 *opens, gint64 *closes)
{
  if (!has_day (self->days, day))
    return FALSE;
  *opens = sc_zone_get_time (zone, day, self->from, FALSE);
  *closes = sc_zone_get_time (zone, self->to > self->from ? day : day + 1, self->to, TRUE);
  return *opens < *closes;
}

gboolean
sc_window_is_open (const ScWindow *self, gint64 now, gint64 *closes)
{
  gint64 end = G_MININT64;

  if (is_always_open (self)) {
    if (closes != NULL)
      *closes = G_MAXINT64;
    return TRUE;
  }
  ScZone *zone = sc_zone_get (self->zone);
  gint64 today = sc_zone_get_day (zone, now);
  /* from the day before yesterday: of a window across midnight in a zone that puts its clock back */
  for (gint64 day = today - 2; day <= today + HORIZON; day++) {
    gint64 day_opens, day_closes;

    if (!get_opening (self, zone, day, &day_opens, &day_closes))
      continue;
    if (day_opens > now && (end <= now || day_opens > end))
      break;
    end = MAX (end, day_closes);
  }
  if (end <= now)
    return FALSE;
  if (closes != NULL)
    *closes = end;
  return TRUE;
}

gint64
sc_window_next_opening (const ScWindow *self, gint64 now)
{
  gint64 end = G_MININT64;

  if (is_always_open (self))
    return G_MAXINT64;
  ScZone *zone = sc_zone_get (self->zone);
  gint64 today = sc_zone_get_day (zone, now);
  for (gint64 day = today - 2; day <= today + HORIZON; day++) {
    gint64 opens, closes;

    if (!get_opening (self, zone, day, &opens, &closes))
      continue;
    if (opens > now && opens > end)
      return opens;
    end = MAX (end, closes);
  }
  return G_MAXINT64;
}

gint64
sc_window_next_time (guint8 days, guint16 minute, const char *zone_name, gint64 now)
{
  ScZone *zone = sc_zone_get (zone_name);
  gint64 today = sc_zone_get_day (zone, now);

  for (gint64 day = today - 2; day <= today + HORIZON; day++) {
    gint64 time;

    if (!has_day (days, day))
      continue;
    time = sc_zone_get_time (zone, day, minute, FALSE);
    if (time > now)
      return time;
  }
  return G_MAXINT64;
}

static void
append_days (GString *text, guint8 days)
{
  for (guint i = 0; i < 7; i++) {
    guint last = i;

    if ((days >> i & 1) == 0)
      continue;
    while (last < 6 && (days >> (last + 1) & 1) != 0)
      last++;
    if (text->len > 0)
      g_string_append_c (text, ',');
    g_string_append (text, day_names[i]);
    if (last > i + 1) {
      g_string_append_printf (text, "-%s", day_names[last]);
      i = last;
    }
  }
}

char *
sc_window_to_text (const ScWindow *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (!sc_window_is_set (self))
    return g_strdup (ANY_TIME);
  append_days (text, self->days);
  g_string_append_printf (text, " %02u:%02u-%02u:%02u", self->from / 60, self->from % 60, self->to / 60, self->to % 60);
  if (self->zone != NULL && *self->zone != '\0')
    g_string_append_printf (text, " %s", self->zone);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
parse_day (const char **text, guint *day)
{
  for (guint i = 0; i < 7; i++) {
    if (g_ascii_strncasecmp (*text, day_names[i], 3) == 0) {
      *text += 3;
      *day = i;
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
parse_days (const char **text, guint8 *days)
{
  *days = 0;
  if (g_ascii_strncasecmp (*text, EVERY_DAY " ", strlen (EVERY_DAY " ")) == 0) {
    *days = SC_WINDOW_ALL_DAYS;
    *text += strlen (EVERY_DAY);
    return TRUE;
  }
  for (;;) {
    guint first, last;

    if (!parse_day (text, &first))
      return FALSE;
    last = first;
    if (**text == '-') {
      (*text)++;
      if (!parse_day (text, &last))
        return FALSE;
    }
    for (guint i = first; i != last; i = (i + 1) % 7)
      *days |= 1u << i;
    *days |= 1u << last;
    if (**text != ',')
      return **text == ' ';
    (*text)++;
  }
}

static gboolean
parse_number (const char **text, guint max, guint *number)
{
  const char *end = *text;

  *number = 0;
  while (g_ascii_isdigit (*end) && end - *text < 2)
    *number = *number * 10 + (guint) (*end++ - '0');
  if (end == *text || *number > max)
    return FALSE;
  *text = end;
  return TRUE;
}

/* 24:00 is another name of 00:00. */
static gboolean
parse_time (const char **text, guint16 *minute)
{
  guint hours, minutes;

  if (!parse_number (text, 24, &hours) || **text != ':')
    return FALSE;
  (*text)++;
  if (!parse_number (text, 59, &minutes) || hours * 60 + minutes > SC_WINDOW_DAY_MINUTES)
    return FALSE;
  *minute = (guint16) ((hours * 60 + minutes) % SC_WINDOW_DAY_MINUTES);
  return TRUE;
}

static gboolean
parse_rest (const char *text, ScWindow *window)
{
  if (!parse_days (&text, &window->days))
    return FALSE;
  while (*text == ' ')
    text++;
  if (!parse_time (&text, &window->from) || *text != '-')
    return FALSE;
  text++;
  if (!parse_time (&text, &window->to) || (*text != ' ' && *text != '\0'))
    return FALSE;
  window->zone = g_strstrip (g_strdup (text));
  return TRUE;
}

gboolean
sc_window_parse (const char *text, ScWindow *self, GError **error)
{
  g_auto (ScWindow) window = { 0 };
  g_autofree char *excerpt = sc_error_excerpt (text);

  *self = (ScWindow){ 0 };
  while (*text == ' ')
    text++;
  if (g_ascii_strcasecmp (text, ANY_TIME) == 0 || g_ascii_strcasecmp (text, NO_WINDOW) == 0) {
    self->zone = g_strdup ("");
    return TRUE;
  }
  if (!parse_rest (text, &window)) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "“%s” is not a maintenance window: write %s", excerpt, EXAMPLE);
    return FALSE;
  }
  if (!sc_window_check (&window, error))
    return FALSE;
  *self = window;
  window = (ScWindow){ 0 };
  return TRUE;
}
