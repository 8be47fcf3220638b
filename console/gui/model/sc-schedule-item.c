/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/model/sc-schedule-item.h"

#include "console/gui/model/sc-room-item.h"

struct _ScScheduleItem {
  ScItem parent;
  ScScheduleInfo info;
};

G_DEFINE_FINAL_TYPE (ScScheduleItem, sc_schedule_item, SC_TYPE_ITEM)

static char *
sc_schedule_item_dup_key (ScJson *json)
{
  return sc_item_dup_number_key (json, "id");
}

static void
sc_schedule_item_update (ScItem *item, ScJson *json)
{
  ScScheduleInfo *info = &SC_SCHEDULE_ITEM (item)->info;
  ScJson *when = json_object_get (json, "when");

  info->id = sc_item_number_of (json, "id");
  info->what = sc_item_text_of (json, "what");
  info->version = sc_item_number_of (json, "version");
  info->templates = sc_item_names_of (json, "templates");
  info->room = sc_item_text_of (json, "room");
  info->n_seats = (guint) json_array_size (json_object_get (json, "seats"));
  info->kind = sc_item_text_of (when, "kind");
  info->at = sc_item_time_of (when, "at");
  info->days = sc_days_from_json (json_object_get (when, "days"));
  info->minute = sc_minute_from_text (sc_item_text_of (when, "time"));
  info->zone = sc_item_text_of (when, "zone");
  info->wake = sc_item_flag_of (json, "wake");
  info->power_off = sc_item_flag_of (json, "power_off");
  info->author = sc_item_text_of (json, "author");
  info->next = sc_item_time_of (json, "next");
  info->state = sc_item_text_of (json, "state");
  info->error = sc_item_text_of (json, "error");
}

/* What comes first; what has no time after that. */
static int
sc_schedule_item_compare (ScItem *a, ScItem *b)
{
  const ScScheduleInfo *left = &SC_SCHEDULE_ITEM (a)->info, *right = &SC_SCHEDULE_ITEM (b)->info;
  const gint64 left_next = left->next != 0 ? left->next : G_MAXINT64;
  const gint64 right_next = right->next != 0 ? right->next : G_MAXINT64;

  return left_next != right_next ? (left_next < right_next ? -1 : 1) : 0;
}

static void
sc_schedule_item_class_init (ScScheduleItemClass *class)
{
  SC_ITEM_CLASS (class)->dup_key = sc_schedule_item_dup_key;
  SC_ITEM_CLASS (class)->update = sc_schedule_item_update;
  SC_ITEM_CLASS (class)->compare = sc_schedule_item_compare;
}

static void
sc_schedule_item_init (ScScheduleItem *self)
{
}

const ScScheduleInfo *
sc_schedule_item_get_info (ScScheduleItem *self)
{
  return &self->info;
}
