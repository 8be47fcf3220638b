/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/model/sc-version-item.h"

struct _ScVersionItem {
  ScItem parent;
  ScVersionInfo info;
};

G_DEFINE_FINAL_TYPE (ScVersionItem, sc_version_item, SC_TYPE_ITEM)

static char *
sc_version_item_dup_key (ScJson *json)
{
  return sc_item_dup_number_key (json, "number");
}

static void
sc_version_item_update (ScItem *item, ScJson *json)
{
  ScVersionInfo *info = &SC_VERSION_ITEM (item)->info;

  info->number = sc_item_number_of (json, "number");
  info->id = sc_item_text_of (json, "id");
  info->author = sc_item_text_of (json, "author");
  info->note = sc_item_text_of (json, "note");
  info->created = sc_item_time_of (json, "created");
  info->size = sc_item_number_of (json, "size_bytes");
  info->n_templates = (guint) json_array_size (json_object_get (json, "templates"));
}

/* The newest first. */
static int
sc_version_item_compare (ScItem *a, ScItem *b)
{
  guint64 left = SC_VERSION_ITEM (a)->info.number, right = SC_VERSION_ITEM (b)->info.number;

  return left > right ? -1 : left < right;
}

static void
sc_version_item_class_init (ScVersionItemClass *class)
{
  SC_ITEM_CLASS (class)->dup_key = sc_version_item_dup_key;
  SC_ITEM_CLASS (class)->update = sc_version_item_update;
  SC_ITEM_CLASS (class)->compare = sc_version_item_compare;
}

static void
sc_version_item_init (ScVersionItem *self)
{
}

const ScVersionInfo *
sc_version_item_get_info (ScVersionItem *self)
{
  return &self->info;
}
