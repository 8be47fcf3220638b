/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/sc-json-text.h"

ScJson *
sc_json_text (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);

  return json_string (valid);
}

ScJson *
sc_json_time (gint64 time)
{
  g_autoptr (GDateTime) epoch = g_date_time_new_from_unix_utc (0);
  g_autoptr (GDateTime) date = time != 0 ? g_date_time_add (epoch, time) : NULL;
  g_autofree char *text = date != NULL ? g_date_time_format_iso8601 (date) : NULL;

  return text != NULL ? json_string (text) : json_null ();
}
