/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-time-zone.h"

#include <string.h>

#define HOUR G_GINT64_CONSTANT (3600)

typedef struct {
  const char *name, *rule;
} Zone;

static const Zone zones[] = {
#include "common/platform/sc-time-zones.inc"
};

static gint64
at (const char *text)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (text, NULL);

  g_assert_nonnull (time);
  return g_date_time_to_unix (time);
}

static gint32
offset_of (GTimeZone *zone, gint64 time)
{
  return g_time_zone_get_offset (zone, g_time_zone_find_interval (zone, G_TIME_TYPE_UNIVERSAL, time));
}

static void
assert_offset (const char *name, const char *time, int minutes)
{
  g_autoptr (GTimeZone) zone = sc_time_zone_new (name);

  g_test_message ("%s at %s", name, time);
  g_assert_nonnull (zone);
  g_assert_cmpint (offset_of (zone, at (time)), ==, minutes * 60);
}

static void
test_known_clocks (void)
{
  assert_offset ("Europe/Berlin", "2026-03-29T00:59:59Z", 60);
  assert_offset ("Europe/Berlin", "2026-03-29T01:00:00Z", 120);
  assert_offset ("Europe/Berlin", "2026-10-25T00:59:59Z", 120);
  assert_offset ("Europe/Berlin", "2026-10-25T01:00:00Z", 60);
  assert_offset ("Europe/Dublin", "2026-07-01T00:00:00Z", 60); /* its rule has winter as the exception */
  assert_offset ("Europe/Dublin", "2026-12-01T00:00:00Z", 0);
  assert_offset ("America/New_York", "2027-07-01T00:00:00Z", -240);
  assert_offset ("Asia/Kolkata", "2026-07-01T00:00:00Z", 330);
  assert_offset ("Asia/Calcutta", "2026-07-01T00:00:00Z", 330);
  assert_offset ("Australia/Lord_Howe", "2026-10-03T15:30:00Z", 660);
  assert_offset ("Pacific/Kiritimati", "2026-07-01T00:00:00Z", 840);
  assert_offset ("UTC", "2026-07-01T00:00:00Z", 0);
  assert_offset ("CET-1CEST,M3.5.0,M10.5.0/3", "2026-07-01T00:00:00Z", 120);
}

static void
test_unknown (void)
{
  static const char *const names[] = { "Europe/Nowhere", "europe", "Mars/Olympus", "CET-1CEST,M3.5" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_test_message ("%s", names[i]);
    g_assert_null (sc_time_zone_new (names[i]));
  }
}

/* What the table says is what this system's own tables do, as long as GLib knows them. */
static void
test_table (void)
{
  gint64 from = at ("2026-01-01T00:00:00Z"), until = at ("2037-01-01T00:00:00Z");

  g_assert_cmpuint (G_N_ELEMENTS (zones), >, 400);
  for (gsize i = 0; i < G_N_ELEMENTS (zones); i++) {
    g_autoptr (GTimeZone) own = sc_time_zone_new (zones[i].name);
    g_autoptr (GTimeZone) rule = g_time_zone_new_identifier (zones[i].rule);

    g_assert_true (i == 0 || strcmp (zones[i - 1].name, zones[i].name) < 0); /* it is searched by halves */
    g_test_message ("%s: %s", zones[i].name, zones[i].rule);
    g_assert_nonnull (own);
    if (rule == NULL) { /* a name of Windows */
      g_assert_true (g_str_has_suffix (zones[i].rule, " Standard Time"));
      continue;
    }
    for (gint64 time = from; time < until; time += 6 * HOUR)
      g_assert_cmpint (offset_of (own, time), ==, offset_of (rule, time));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/time-zone/known-clocks", test_known_clocks);
  g_test_add_func ("/time-zone/unknown", test_unknown);
  g_test_add_func ("/time-zone/table", test_table);
  return g_test_run ();
}
