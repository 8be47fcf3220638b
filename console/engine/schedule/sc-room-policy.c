/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/schedule/sc-room-policy.h"

#include <gio/gio.h>
#include <string.h>

#include "common/sc-error.h"
#include "console/engine/schedule/sc-window-json.h"

#define MIN_RATE_CAP (1000ull * 1000) /* bits/s, as of sessions */
#define MAX_RATE_CAP (400ull * 1000 * 1000 * 1000)
#define MAX_ADDRESS 64u /* bytes */
#define MAX_URL 2048u
#define MAX_ZONE 64u
#define MAX_WINDOW_TEXT 256u

static const char *const late_nicks[] = { "catch-up", "gather", "ask" };

const char *
sc_late_policy_to_nick (ScLatePolicy policy)
{
  g_return_val_if_fail ((guint) policy < G_N_ELEMENTS (late_nicks), "ask");

  return late_nicks[policy];
}

gboolean
sc_late_policy_from_nick (const char *nick, ScLatePolicy *policy)
{
  for (guint i = 0; i < G_N_ELEMENTS (late_nicks); i++) {
    if (strcmp (nick, late_nicks[i]) == 0) {
      *policy = (ScLatePolicy) i;
      return TRUE;
    }
  }
  return FALSE;
}

void
sc_room_policy_init (ScRoomPolicy *self)
{
  *self = (ScRoomPolicy){
    .window = { .zone = g_strdup ("") },
    .late = SC_LATE_CATCH_UP,
    .wake_address = g_strdup (""),
    .wake_destination = g_strdup (""),
    .cache = g_strdup (""),
  };
}

void
sc_room_policy_clear (ScRoomPolicy *self)
{
  sc_window_clear (&self->window);
  g_clear_pointer (&self->wake_address, g_free);
  g_clear_pointer (&self->wake_destination, g_free);
  g_clear_pointer (&self->cache, g_free);
}

void
sc_room_policy_copy (const ScRoomPolicy *self, ScRoomPolicy *copy)
{
  *copy = *self;
  sc_window_copy (&self->window, &copy->window);
  copy->wake_address = g_strdup (self->wake_address);
  copy->wake_destination = g_strdup (self->wake_destination);
  copy->cache = g_strdup (self->cache);
}

static ScJson *
window_to_json (const ScWindow *window)
{
  g_autofree char *text = sc_window_to_text (window);
  ScJson *json;

  if (!sc_window_is_set (window))
    return json_null ();
  json = json_object ();
  json_object_set_new (json, "days", sc_window_days_to_json (window->days));
  json_object_set_new (json, "from", sc_window_minute_to_json (window->from));
  json_object_set_new (json, "to", sc_window_minute_to_json (window->to));
  json_object_set_new (json, "zone", json_string (window->zone));
  json_object_set_new (json, "text", json_string (text));
  return json;
}

ScJson *
sc_room_policy_to_json (const ScRoomPolicy *self)
{
  ScJson *json = json_object ();

  json_object_set_new (json, "window", window_to_json (&self->window));
  json_object_set_new (json, "rate_cap_bits_per_second", json_integer ((json_int_t) self->rate_cap));
  json_object_set_new (json, "late", json_string (sc_late_policy_to_nick (self->late)));
  json_object_set_new (json, "wake", json_boolean (self->wake));
  json_object_set_new (json, "power_off", json_boolean (self->power_off));
  json_object_set_new (json, "wake_address", json_string (self->wake_address));
  json_object_set_new (json, "wake_destination", json_string (self->wake_destination));
  json_object_set_new (json, "busy_deadline_hours", json_integer (self->busy_deadline));
  json_object_set_new (json, "cache", json_string (self->cache));
  return json;
}

static gboolean
refuse (GError **error, const char *member, const char *expected)
{
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "The member “%s” is not as it should be: it must be %s", member,
               expected);
  return FALSE;
}

static gboolean
parse_window (const ScJson *json, ScWindow *window, GError **error)
{
  g_auto (ScWindow) parsed = { 0 };
  const char *zone = "";

  if (json_is_null (json)) {
    parsed.zone = g_strdup ("");
  } else if (json_is_string (json)) {
    const char *text = json_string_value (json);

    if (strlen (text) > MAX_WINDOW_TEXT)
      return refuse (error, "window", "shorter");
    if (!sc_window_parse (text, &parsed, error))
      return FALSE;
  } else {
    if (!json_is_object (json))
      return refuse (error, "window",
                     "null, a text such as “mon-fri 18:00-06:00”, or an object of “days”, “from”, “to” and “zone”");
    if (!sc_window_days_from_json (json, "days", &parsed.days, error) ||
        !sc_window_minute_from_json (json, "from", &parsed.from, error) ||
        !sc_window_minute_from_json (json, "to", &parsed.to, error))
      return FALSE;
    if (json_object_get (json, "zone") != NULL)
      zone = sc_json_get_string (json, "zone", MAX_ZONE, error);
    if (zone == NULL)
      return FALSE;
    parsed.zone = g_strdup (zone);
    if (!sc_window_check (&parsed, error))
      return FALSE;
  }
  sc_window_clear (window);
  *window = parsed;
  parsed = (ScWindow){ 0 };
  return TRUE;
}

static gboolean
parse_rate (const ScJson *json, guint64 *rate, GError **error)
{
  guint64 value;

  if (!sc_json_get_uint (json, "rate_cap_bits_per_second", MAX_RATE_CAP, &value, error))
    return FALSE;
  if (value != 0 && value < MIN_RATE_CAP)
    return refuse (error, "rate_cap_bits_per_second", "0 (none), or from 1 to 400000 Mbit/s");
  *rate = value;
  return TRUE;
}

static gboolean
is_address (const char *text)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);

  return address != NULL && g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4;
}

/* An address, perhaps with a port */
static gboolean
is_destination (const char *text)
{
  const char *colon = strchr (text, ':');
  g_autofree char *address = g_strndup (text, colon != NULL ? (gsize) (colon - text) : strlen (text));
  guint64 port = 9;

  return is_address (address) &&
         (colon == NULL || (g_ascii_string_to_unsigned (colon + 1, 10, 1, G_MAXUINT16, &port, NULL)));
}

/* What seats take (sc_fetch_cache_new): of another one they would only warn in their logs. */
static gboolean
is_url (const char *text)
{
  g_autoptr (GUri) uri = g_uri_parse (text, G_URI_FLAGS_NONE, NULL);
  const char *path = uri != NULL ? g_uri_get_path (uri) : "";

  return uri != NULL && strcmp (g_uri_get_scheme (uri), "https") == 0 && (*path == '\0' || strcmp (path, "/") == 0) &&
         g_uri_get_host (uri) != NULL && *g_uri_get_host (uri) != '\0' && g_uri_get_userinfo (uri) == NULL &&
         g_uri_get_query (uri) == NULL && g_uri_get_fragment (uri) == NULL;
}

/* A string that may be empty. */
static gboolean
parse_string (const ScJson *json, const char *key, gsize max_bytes, gboolean (*is_sound) (const char *),
              const char *expected, char **value, GError **error)
{
  const char *text = sc_json_get_string (json, key, max_bytes, error);

  if (text == NULL)
    return FALSE;
  if (*text != '\0' && !is_sound (text))
    return refuse (error, key, expected);
  g_free (*value);
  *value = g_strdup (text);
  return TRUE;
}

static gboolean
parse_late (const ScJson *json, ScLatePolicy *late, GError **error)
{
  const char *nick = sc_json_get_string (json, "late", 32, error);

  if (nick == NULL)
    return FALSE;
  return sc_late_policy_from_nick (nick, late) || refuse (error, "late", "“catch-up”, “gather” or “ask”");
}

static gboolean
change_numbers (ScRoomPolicy *self, const ScJson *json, GError **error)
{
  guint64 hours = self->busy_deadline;

  if (json_object_get (json, "rate_cap_bits_per_second") != NULL && !parse_rate (json, &self->rate_cap, error))
    return FALSE;
  if (json_object_get (json, "late") != NULL && !parse_late (json, &self->late, error))
    return FALSE;
  if (json_object_get (json, "wake") != NULL && !sc_json_get_bool (json, "wake", &self->wake, error))
    return FALSE;
  if (json_object_get (json, "power_off") != NULL && !sc_json_get_bool (json, "power_off", &self->power_off, error))
    return FALSE;
  if (json_object_get (json, "busy_deadline_hours") != NULL &&
      !sc_json_get_uint (json, "busy_deadline_hours", SC_ROOM_POLICY_MAX_DEADLINE, &hours, error))
    return FALSE;
  self->busy_deadline = (guint) hours;
  return TRUE;
}

static gboolean
change_texts (ScRoomPolicy *self, const ScJson *json, GError **error)
{
  const ScJson *window = json_object_get (json, "window");

  if (window != NULL && !parse_window (window, &self->window, error))
    return FALSE;
  if (json_object_get (json, "wake_address") != NULL &&
      !parse_string (json, "wake_address", MAX_ADDRESS, is_address, "an IPv4 address of this console, or empty (none)",
                     &self->wake_address, error))
    return FALSE;
  if (json_object_get (json, "wake_destination") != NULL &&
      !parse_string (json, "wake_destination", MAX_ADDRESS, is_destination,
                     "an IPv4 address such as “192.0.2.255” or “192.0.2.255:7”, or empty (none)",
                     &self->wake_destination, error))
    return FALSE;
  return json_object_get (json, "cache") == NULL ||
         parse_string (json, "cache", MAX_URL, is_url,
                       "of the form https://HOST:PORT, such as “https://cache.example.org:8472”, or empty (none)",
                       &self->cache, error);
}

gboolean
sc_room_policy_change (ScRoomPolicy *self, const ScJson *json, GError **error)
{
  g_auto (ScRoomPolicy) changed = { 0 };

  sc_room_policy_copy (self, &changed);
  if (!change_numbers (&changed, json, error) || !change_texts (&changed, json, error))
    return FALSE;
  sc_room_policy_clear (self);
  *self = changed;
  changed = (ScRoomPolicy){ 0 };
  return TRUE;
}
