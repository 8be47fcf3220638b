/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/model/sc-operation-item.h"

struct _ScOperationItem {
  ScItem parent;
  ScOperationInfo info;
};

G_DEFINE_FINAL_TYPE (ScOperationItem, sc_operation_item, SC_TYPE_ITEM)

static char *
sc_operation_item_dup_key (ScJson *json)
{
  return sc_item_dup_number_key (json, "id");
}

static void
sc_operation_item_update (ScItem *item, ScJson *json)
{
  ScOperationInfo *info = &SC_OPERATION_ITEM (item)->info;

  ScJson *error = json_object_get (json, "error");

  info->id = sc_item_number_of (json, "id");
  info->kind = sc_item_text_of (json, "kind");
  info->state = sc_item_text_of (json, "state");
  info->phase = sc_item_text_of (json, "phase");
  info->item = sc_item_text_of (json, "item");
  info->done = sc_item_number_of (json, "done_bytes");
  info->total = sc_item_number_of (json, "total_bytes");
  info->error_message = json_is_object (error) ? sc_item_text_of (error, "message") : "";
  info->result = json_is_object (json_object_get (json, "result")) ? json_object_get (json, "result") : NULL;
}

/* The newest first. */
static int
sc_operation_item_compare (ScItem *a, ScItem *b)
{
  guint64 left = SC_OPERATION_ITEM (a)->info.id, right = SC_OPERATION_ITEM (b)->info.id;

  return left > right ? -1 : left < right;
}

static void
sc_operation_item_class_init (ScOperationItemClass *class)
{
  SC_ITEM_CLASS (class)->dup_key = sc_operation_item_dup_key;
  SC_ITEM_CLASS (class)->update = sc_operation_item_update;
  SC_ITEM_CLASS (class)->compare = sc_operation_item_compare;
}

static void
sc_operation_item_init (ScOperationItem *self)
{
}

const ScOperationInfo *
sc_operation_item_get_info (ScOperationItem *self)
{
  return &self->info;
}

gboolean
sc_operation_item_is_running (ScOperationItem *self)
{
  return g_str_equal (self->info.state, "running");
}
