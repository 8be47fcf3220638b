/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/rooms/sc-room-health.h"

#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>

#define MAX_THINGS 2u

/* Worst first. */
static const struct {
  ScSeatCounter counter;
  ScSeatCondition condition; /* whose icon and colour it has */
} things[] = {
  { SC_SEATS_FAILED, SC_CONDITION_FAILED }, { SC_SEATS_RUNNING, SC_CONDITION_RUNNING },
  { SC_SEATS_BUSY, SC_CONDITION_BUSY },     { SC_SEATS_DRIFTED, SC_CONDITION_DRIFTED },
  { SC_SEATS_BEHIND, SC_CONDITION_BEHIND }, { SC_SEATS_OFFLINE, SC_CONDITION_OFFLINE },
};

static void
append_thing (GString *text, ScSeatCondition condition, guint count)
{
  if (condition == SC_CONDITION_FAILED)
    g_string_append_printf (text, _ ("%u failed"), count);
  else if (condition == SC_CONDITION_RUNNING)
    g_string_append_printf (text, _ ("%u running"), count);
  else if (condition == SC_CONDITION_BUSY)
    g_string_append_printf (text, _ ("%u in use"), count);
  else if (condition == SC_CONDITION_DRIFTED)
    g_string_append_printf (text, _ ("%u drifted"), count);
  else if (condition == SC_CONDITION_BEHIND)
    g_string_append_printf (text, _ ("%u behind"), count);
  else
    g_string_append_printf (text, _ ("%u offline"), count);
}

char *
sc_room_health_words (ScSeatCensus *census, const char *room)
{
  guint n_seats = sc_seat_census_count (census, room, SC_SEATS_ALL), n_things = 0;
  GString *text = g_string_new (NULL);

  if (n_seats == 0)
    g_string_append (text, _ ("No seats"));
  for (guint i = 0; i < G_N_ELEMENTS (things) && n_things < MAX_THINGS; i++) {
    guint count = sc_seat_census_count (census, room, things[i].counter);

    if (count == 0)
      continue;
    if (n_things++ > 0)
      g_string_append (text, " · ");
    append_thing (text, things[i].condition, count);
  }
  if (n_seats > 0 && n_things == 0)
    g_string_append (text, sc_seat_census_count (census, room, SC_SEATS_CURRENT) == n_seats
                               ? _ ("All current")
                               : _ ("No version assigned"));
  return g_string_free (text, FALSE);
}

/* SC_N_CONDITIONS: there are no seats */
static ScSeatCondition
find_worst (ScSeatCensus *census, const char *room)
{
  guint n_seats = sc_seat_census_count (census, room, SC_SEATS_ALL);

  for (guint i = 0; i < G_N_ELEMENTS (things); i++)
    if (sc_seat_census_count (census, room, things[i].counter) > 0)
      return things[i].condition;
  if (n_seats == 0)
    return SC_N_CONDITIONS;
  return sc_seat_census_count (census, room, SC_SEATS_CURRENT) == n_seats ? SC_CONDITION_CURRENT : SC_CONDITION_UNKNOWN;
}

const char *
sc_room_health_icon (ScSeatCensus *census, const char *room)
{
  ScSeatCondition worst = find_worst (census, room);

  return worst == SC_N_CONDITIONS ? "sc-room-symbolic" : sc_words_condition_icon (worst);
}

const char *
sc_room_health_class (ScSeatCensus *census, const char *room)
{
  ScSeatCondition worst = find_worst (census, room);

  return worst == SC_N_CONDITIONS ? NULL : sc_words_condition_class (worst);
}
