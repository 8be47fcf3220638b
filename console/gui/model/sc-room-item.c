/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/model/sc-room-item.h"

#include <string.h>

struct _ScRoomItem {
  ScItem parent;
  ScRoomInfo info;
  char *order; /* numbers in its name by their value */
};

G_DEFINE_FINAL_TYPE (ScRoomItem, sc_room_item, SC_TYPE_ITEM)

static void
sc_room_item_finalize (GObject *object)
{
  g_free (SC_ROOM_ITEM (object)->order);
  G_OBJECT_CLASS (sc_room_item_parent_class)->finalize (object);
}

static char *
sc_room_item_dup_key (ScJson *json)
{
  return json_is_string (json_object_get (json, "name")) ? g_strdup (sc_item_text_of (json, "name")) : NULL;
}

static const char *const day_nicks[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

guint8
sc_days_from_json (ScJson *days)
{
  guint8 found = 0;

  for (gsize i = 0; i < json_array_size (days); i++)
    for (gsize day = 0; day < G_N_ELEMENTS (day_nicks); day++)
      if (g_strcmp0 (json_string_value (json_array_get (days, i)), day_nicks[day]) == 0)
        found |= (guint8) (1u << day);
  return found;
}

ScJson *
sc_days_to_json (guint8 days)
{
  ScJson *array = json_array ();

  for (gsize day = 0; day < G_N_ELEMENTS (day_nicks); day++)
    if (days & (1u << day))
      json_array_append_new (array, json_string (day_nicks[day]));
  return array;
}

guint
sc_minute_from_text (const char *text)
{
  char *end = NULL;
  guint64 hour = g_ascii_strtoull (text, &end, 10), minute = 0;

  if (end == text || *end != ':' || hour > 23 || !g_ascii_isdigit (end[1]))
    return 0;
  minute = g_ascii_strtoull (end + 1, NULL, 10);
  return minute < 60 ? (guint) (hour * 60 + minute) : 0;
}

char *
sc_minute_to_text (guint minute)
{
  return g_strdup_printf ("%02u:%02u", minute / 60 % 24, minute % 60);
}

static void
read_window (ScRoomWindow *window, ScJson *json)
{
  window->days = sc_days_from_json (json_object_get (json, "days"));
  window->from = sc_minute_from_text (sc_item_text_of (json, "from"));
  window->to = sc_minute_from_text (sc_item_text_of (json, "to"));
  window->zone = sc_item_text_of (json, "zone");
  window->open = window->days == 0 || sc_item_flag_of (json, "open");
  window->opens = sc_item_time_of (json, "opens");
  window->closes = sc_item_time_of (json, "closes");
}

static void
read_policy (ScRoomInfo *info, ScJson *policy)
{
  read_window (&info->window, json_object_get (policy, "window"));
  info->rate_cap = sc_item_number_of (policy, "rate_cap_bits_per_second");
  info->late = sc_item_text_of (policy, "late");
  info->wake = sc_item_flag_of (policy, "wake");
  info->power_off = sc_item_flag_of (policy, "power_off");
  info->wake_address = sc_item_text_of (policy, "wake_address");
  info->wake_destination = sc_item_text_of (policy, "wake_destination");
  info->cache = sc_item_text_of (policy, "cache");
  info->busy_deadline = (guint) MIN (sc_item_number_of (policy, "busy_deadline_hours"), G_MAXUINT);
}

static void
sc_room_item_update (ScItem *item, ScJson *json)
{
  ScRoomItem *self = SC_ROOM_ITEM (item);
  ScJson *assignment = json_object_get (json, "assignment");

  self->info.version = sc_item_number_of (assignment, "version");
  self->info.templates = sc_item_names_of (assignment, "templates");
  self->info.pinned = (guint) sc_item_number_of (json, "pinned");
  self->info.due = (guint) sc_item_number_of (json, "due");
  read_policy (&self->info, json_object_get (json, "policy"));
  if (self->order == NULL)
    self->order = g_utf8_collate_key_for_filename (sc_item_get_key (item), -1);
}

/* Seats in no room come last. */
static int
sc_room_item_compare (ScItem *a, ScItem *b)
{
  gboolean a_is_none = *sc_item_get_key (a) == '\0', b_is_none = *sc_item_get_key (b) == '\0';

  if (a_is_none != b_is_none)
    return a_is_none ? 1 : -1;
  return strcmp (SC_ROOM_ITEM (a)->order, SC_ROOM_ITEM (b)->order);
}

static void
sc_room_item_class_init (ScRoomItemClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sc_room_item_finalize;
  SC_ITEM_CLASS (class)->dup_key = sc_room_item_dup_key;
  SC_ITEM_CLASS (class)->update = sc_room_item_update;
  SC_ITEM_CLASS (class)->compare = sc_room_item_compare;
}

static void
sc_room_item_init (ScRoomItem *self)
{
}

const char *
sc_room_item_get_name (ScRoomItem *self)
{
  return sc_item_get_key (SC_ITEM (self));
}

const ScRoomInfo *
sc_room_item_get_info (ScRoomItem *self)
{
  return &self->info;
}
