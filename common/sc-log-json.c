/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-log-json.h"

#include <string.h>

#include "common/sc-json.h"

#define PREFIX "SEATCAST_"
#define MAX_FIELD 256u /* bytes */

const char *
sc_log_level_to_nick (GLogLevelFlags level)
{
  if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL))
    return "critical";
  if (level & G_LOG_LEVEL_WARNING)
    return "warning";
  if (level & (G_LOG_LEVEL_INFO | G_LOG_LEVEL_DEBUG))
    return "debug";
  return "message";
}

void
sc_log_append_time (GString *line, gint64 time)
{
  g_autoptr (GDateTime) second = g_date_time_new_from_unix_utc (time / G_USEC_PER_SEC);
  g_autofree char *text = second != NULL ? g_date_time_format (second, "%Y-%m-%dT%H:%M:%S") : g_strdup ("-");

  g_string_append_printf (line, "%s.%03dZ", text, (int) (time % G_USEC_PER_SEC / 1000));
}

static void
set (ScJson *object, const char *key, const char *text, gsize max)
{
  g_autofree char *part = g_strndup (text, strnlen (text, max));
  g_autofree char *valid = g_utf8_make_valid (part, -1);

  json_object_set_new (object, key, json_string (valid));
}

/* What a member is called must not be one of those that every line has. */
static void
set_field (ScJson *object, const GLogField *field)
{
  g_autofree char *key = NULL;
  g_autofree char *text = NULL;

  if (!g_str_has_prefix (field->key, PREFIX))
    return;
  key = g_ascii_strdown (field->key + strlen (PREFIX), -1);
  text = field->length < 0 ? g_strdup (field->value) : g_strndup (field->value, (gsize) field->length);
  if (json_object_get (object, key) == NULL)
    set (object, key, text, MAX_FIELD);
}

char *
sc_log_to_json (gint64 time, GLogLevelFlags level, const char *domain, const char *text, const GLogField *fields,
                gsize n_fields)
{
  g_autoptr (ScJson) object = json_object ();
  g_autoptr (GString) stamp = g_string_new (NULL);

  sc_log_append_time (stamp, time);
  json_object_set_new (object, "time", json_string (stamp->str));
  json_object_set_new (object, "level", json_string (sc_log_level_to_nick (level)));
  set (object, "domain", domain != NULL ? domain : "", MAX_FIELD);
  set (object, "message", text, SC_LOG_MAX_TEXT);
  for (gsize i = 0; i < n_fields; i++)
    set_field (object, &fields[i]);
  return sc_json_to_text (object);
}
