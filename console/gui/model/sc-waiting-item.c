/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/model/sc-waiting-item.h"

struct _ScWaitingItem {
  ScItem parent;
  ScWaitingInfo info;
};

G_DEFINE_FINAL_TYPE (ScWaitingItem, sc_waiting_item, SC_TYPE_ITEM)

static char *
sc_waiting_item_dup_key (ScJson *json)
{
  return sc_item_dup_number_key (json, "id");
}

static ScJson *
array_of (ScJson *object, const char *key)
{
  ScJson *array = json_object_get (object, key);

  return json_is_array (array) ? array : NULL;
}

static void
sc_waiting_item_update (ScItem *item, ScJson *json)
{
  ScWaitingInfo *info = &SC_WAITING_ITEM (item)->info;
  ScJson *known = json_object_get (json, "known");

  info->id = sc_item_number_of (json, "id");
  info->is_duplicate = g_str_equal (sc_item_text_of (json, "state"), "duplicate");
  info->reason = sc_item_text_of (json, "reason");
  info->name = sc_item_text_of (json, "name");
  info->room = sc_item_text_of (json, "room");
  info->address = sc_item_text_of (json, "address");
  info->machine = sc_item_text_of (json, "machine");
  info->os = sc_item_text_of (json, "os");
  info->service_version = sc_item_text_of (json, "service_version");
  info->macs = array_of (json, "macs");
  info->requested = sc_item_time_of (json, "requested");
  info->asked = sc_item_time_of (json, "asked");
  info->known_name = sc_item_text_of (known, "name");
  info->known_room = sc_item_text_of (known, "room");
  info->known_last_seen = sc_item_time_of (known, "last_seen");
  info->known_online = sc_item_flag_of (known, "online");
  info->matched = array_of (known, "matched");
}

/* As the rows of a room are: by name. */
static int
sc_waiting_item_compare (ScItem *a, ScItem *b)
{
  const ScWaitingInfo *left = &SC_WAITING_ITEM (a)->info, *right = &SC_WAITING_ITEM (b)->info;
  int order = 0;

  if (left->is_duplicate != right->is_duplicate)
    return left->is_duplicate ? -1 : 1;
  order = g_utf8_collate (left->name, right->name);
  if (order != 0)
    return order;
  return left->id < right->id ? -1 : left->id > right->id;
}

static void
sc_waiting_item_class_init (ScWaitingItemClass *class)
{
  SC_ITEM_CLASS (class)->dup_key = sc_waiting_item_dup_key;
  SC_ITEM_CLASS (class)->update = sc_waiting_item_update;
  SC_ITEM_CLASS (class)->compare = sc_waiting_item_compare;
}

static void
sc_waiting_item_init (ScWaitingItem *self)
{
}

const ScWaitingInfo *
sc_waiting_item_get_info (ScWaitingItem *self)
{
  return &self->info;
}
