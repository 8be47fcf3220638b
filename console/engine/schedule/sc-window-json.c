/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/schedule/sc-window-json.h"

#include <string.h>

#include "common/sc-error.h"

static const char *const day_names[7] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

ScJson *
sc_window_days_to_json (guint8 days)
{
  ScJson *list = json_array ();

  for (guint i = 0; i < G_N_ELEMENTS (day_names); i++)
    if ((days >> i & 1) != 0)
      json_array_append_new (list, json_string (day_names[i]));
  return list;
}

ScJson *
sc_window_minute_to_json (guint16 minute)
{
  g_autofree char *text = g_strdup_printf ("%02u:%02u", minute / 60, minute % 60);

  return json_string (text);
}

static gboolean
refuse (GError **error, const char *member, const char *expected)
{
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "The member “%s” is not as it should be: it must be %s", member,
               expected);
  return FALSE;
}

gboolean
sc_window_days_from_json (const ScJson *object, const char *key, guint8 *days, GError **error)
{
  g_autoptr (GPtrArray) names = sc_json_get_strings (object, key, 7, 3, error);

  if (names == NULL)
    return FALSE;
  *days = 0;
  for (guint i = 0; i < names->len; i++) {
    guint day = 0;

    while (day < 7 && strcmp (names->pdata[i], day_names[day]) != 0)
      day++;
    if (day == 7)
      return refuse (error, key, "an array of “mon”, “tue”, “wed”, “thu”, “fri”, “sat”, “sun”");
    *days |= 1u << day;
  }
  return *days != 0 || refuse (error, key, "an array of one day of the week at least");
}

gboolean
sc_window_minute_from_json (const ScJson *object, const char *key, guint16 *minute, GError **error)
{
  const char *text = sc_json_get_string (object, key, 5, error);

  if (text == NULL)
    return FALSE;
  if (strlen (text) != 5 || !g_ascii_isdigit (text[0]) || !g_ascii_isdigit (text[1]) || text[2] != ':' ||
      !g_ascii_isdigit (text[3]) || !g_ascii_isdigit (text[4]))
    return refuse (error, key, "a time such as “18:00”");
  guint hours = (guint) (text[0] - '0') * 10 + (guint) (text[1] - '0');
  guint minutes = (guint) (text[3] - '0') * 10 + (guint) (text[4] - '0');
  if (hours > 23 || minutes > 59)
    return refuse (error, key, "a time from “00:00” to “23:59”");
  *minute = (guint16) (hours * 60 + minutes);
  return TRUE;
}
