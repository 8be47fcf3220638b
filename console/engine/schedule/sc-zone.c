/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/schedule/sc-zone.h"

#include <string.h>

#include "common/platform/sc-time-zone.h"
#include "common/sc-error.h"

#define DAY G_GINT64_CONSTANT (86400) /* s */
#define N_DAYS 256u                   /* whose offsets are remembered */

#define MAX_ZONES 64u /* that are kept */

/* GLib knows the rules of each zone up to 2037; what lies after is as 28 years before: the same days of the week, leap
 * years, and so the same changes of the clock, until 2100. */
#define LAST_KNOWN (G_GINT64_CONSTANT (2114380800)) /* 2037-01-01, s */
#define CYCLE (G_GINT64_CONSTANT (10227) * DAY)

struct _ScZone {
  GTimeZone *zone;
  struct {
    gint64 day;
    gint32 offset;
    gboolean known;
  } days[N_DAYS]; /* at the beginning of days of UTC */
};

/* Names become paths of the system's tables on some systems, where other files lie, too. */
static gboolean
is_sound (const char *name)
{
  gsize length = strlen (name);
  gboolean is_rule = strchr (name, ',') != NULL;

  if (length > SC_ZONE_MAX_BYTES || strstr (name, "..") != NULL || strstr (name, "//") != NULL)
    return FALSE;
  for (gsize i = 0; i < length; i++) {
    char c = name[i];

    if (!g_ascii_isalnum (c) && strchr (" +-_/,.:<>()", c) == NULL)
      return FALSE;
    if (c == '.' && !is_rule && name[i + 1] != ' ')
      return FALSE;
  }
  return g_ascii_isupper (name[0]) || g_ascii_isdigit (name[0]) || strchr ("+-<", name[0]) != NULL;
}

static void
zone_free (gpointer data)
{
  ScZone *self = data;

  g_time_zone_unref (self->zone);
  g_free (self);
}

static void
zones_free (gpointer zones)
{
  g_hash_table_unref (zones);
}

static GTimeZone *
look_up (const char *name)
{
  if (*name == '\0')
    return g_time_zone_new_local ();
  return is_sound (name) ? sc_time_zone_new (name) : NULL;
}

/* (nullable) */
static ScZone *
find (const char *name)
{
  static GPrivate key = G_PRIVATE_INIT (zones_free);
  GHashTable *zones = g_private_get (&key);
  ScZone *self;

  if (name == NULL)
    name = "";
  if (zones == NULL) {
    zones = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, zone_free);
    g_private_set (&key, zones);
  }
  self = g_hash_table_lookup (zones, name);
  if (self != NULL && *name != '\0')
    return self;
  g_autoptr (GTimeZone) zone = look_up (name);
  if (zone == NULL || (self != NULL && self->zone == zone))
    return self;
  if (g_hash_table_size (zones) >= MAX_ZONES)
    g_hash_table_remove_all (zones);
  self = g_new0 (ScZone, 1);
  self->zone = g_steal_pointer (&zone);
  g_hash_table_replace (zones, g_strdup (name), self);
  return self;
}

gboolean
sc_zone_check (const char *name, GError **error)
{
  if (find (name) != NULL)
    return TRUE;
  g_autofree char *excerpt = sc_error_excerpt (name);
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
               "This system does not know the time zone “%s”: use a name such as “Europe/Berlin”, or a rule such as "
               "“CET-1CEST,M3.5.0,M10.5.0/3”",
               excerpt);
  return FALSE;
}

ScZone *
sc_zone_get (const char *name)
{
  ScZone *self = find (name);

  return self != NULL ? self : find ("UTC");
}

/* s that the wall clock is ahead of UTC at @time, s since 1970 */
static gint32
get_offset (const ScZone *self, gint64 time)
{
  if (time >= LAST_KNOWN)
    time -= ((time - LAST_KNOWN) / CYCLE + 1) * CYCLE;
  return g_time_zone_get_offset (self->zone, g_time_zone_find_interval (self->zone, G_TIME_TYPE_UNIVERSAL, time));
}

static gint64
divide (gint64 a, gint64 b)
{
  return a >= 0 ? a / b : -((-a + b - 1) / b);
}

/* At the beginning of a day of UTC. */
static gint32
get_day_offset (ScZone *self, gint64 day)
{
  guint slot = (guint) ((guint64) day % N_DAYS);

  if (!self->days[slot].known || self->days[slot].day != day) {
    self->days[slot].offset = get_offset (self, day * DAY);
    self->days[slot].day = day;
    self->days[slot].known = TRUE;
  }
  return self->days[slot].offset;
}

gint64
sc_zone_get_day (ScZone *self, gint64 time)
{
  gint64 seconds = divide (time, G_TIME_SPAN_SECOND);
  gint64 day = divide (seconds, DAY);
  gint32 offset = get_day_offset (self, day);

  if (offset != get_day_offset (self, day + 1))
    offset = get_offset (self, seconds);
  return divide (seconds + offset, DAY);
}

/* The first second with the offset of @high; there is one change between @low and it. */
static gint64
find_change (const ScZone *self, gint64 low, gint64 high)
{
  gint32 offset = get_offset (self, high);

  while (high - low > 1) {
    gint64 middle = low + (high - low) / 2;

    if (get_offset (self, middle) == offset)
      high = middle;
    else
      low = middle;
  }
  return high;
}

gint64
sc_zone_get_time (ScZone *self, gint64 day, guint minute, gboolean last)
{
  gint64 wall = day * DAY + (gint64) minute * 60; /* as if it were UTC; it is within a day of that */
  gint32 before = get_day_offset (self, day - 1), after = get_day_offset (self, day + 2);
  gint64 early = wall - MAX (before, after), late = wall - MIN (before, after), time;

  if (before == after) {
    time = early;
  } else {
    gboolean early_is = get_offset (self, early) == MAX (before, after);
    gboolean late_is = get_offset (self, late) == MIN (before, after);

    if (early_is && late_is)
      time = last ? late : early;
    else if (early_is || late_is)
      time = early_is ? early : late;
    else
      time = find_change (self, (day - 1) * DAY, (day + 2) * DAY);
  }
  return time * G_TIME_SPAN_SECOND;
}
