/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/model/sc-activity-item.h"

struct _ScActivityItem {
  ScItem parent;
  ScActivityInfo info;
};

G_DEFINE_FINAL_TYPE (ScActivityItem, sc_activity_item, SC_TYPE_ITEM)

static char *
sc_activity_item_dup_key (ScJson *json)
{
  return sc_item_dup_number_key (json, "id");
}

static void
sc_activity_item_update (ScItem *item, ScJson *json)
{
  ScActivityInfo *info = &SC_ACTIVITY_ITEM (item)->info;

  info->id = sc_item_number_of (json, "id");
  info->time = sc_item_time_of (json, "time");
  info->who = sc_item_text_of (json, "who");
  info->role = sc_item_text_of (json, "role");
  info->address = sc_item_text_of (json, "address");
  info->hash = sc_item_text_of (json, "hash");
  info->action = sc_item_text_of (json, "action");
  info->version = sc_item_number_of (json, "version");
  info->session = sc_item_number_of (json, "session");
  info->room = sc_item_text_of (json, "room");
  info->detail = sc_item_text_of (json, "detail");
  info->seats = json_is_array (json_object_get (json, "seats")) ? json_object_get (json, "seats") : NULL;
  info->n_seats = sc_item_number_of (json, "n_seats");
  info->done = sc_item_flag_of (json, "done");
  info->error = sc_item_text_of (json, "error");
}

/* The newest first. */
static int
sc_activity_item_compare (ScItem *a, ScItem *b)
{
  guint64 left = SC_ACTIVITY_ITEM (a)->info.id, right = SC_ACTIVITY_ITEM (b)->info.id;

  return left > right ? -1 : left < right;
}

static void
sc_activity_item_class_init (ScActivityItemClass *class)
{
  SC_ITEM_CLASS (class)->dup_key = sc_activity_item_dup_key;
  SC_ITEM_CLASS (class)->update = sc_activity_item_update;
  SC_ITEM_CLASS (class)->compare = sc_activity_item_compare;
}

static void
sc_activity_item_init (ScActivityItem *self)
{
}

const ScActivityInfo *
sc_activity_item_get_info (ScActivityItem *self)
{
  return &self->info;
}
