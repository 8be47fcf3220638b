/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/model/sc-user-item.h"

struct _ScUserItem {
  ScItem parent;
  ScUserInfo info;
};

G_DEFINE_FINAL_TYPE (ScUserItem, sc_user_item, SC_TYPE_ITEM)

static char *
sc_user_item_dup_key (ScJson *json)
{
  const char *name = sc_item_text_of (json, "name");

  return *name != '\0' ? g_strdup (name) : NULL;
}

static void
sc_user_item_update (ScItem *item, ScJson *json)
{
  ScUserInfo *info = &SC_USER_ITEM (item)->info;

  info->name = sc_item_text_of (json, "name");
  info->role = sc_item_text_of (json, "role");
  info->disabled = sc_item_flag_of (json, "disabled");
  info->signed_in = sc_item_time_of (json, "signed_in");
}

static void
sc_user_item_class_init (ScUserItemClass *class)
{
  SC_ITEM_CLASS (class)->dup_key = sc_user_item_dup_key;
  SC_ITEM_CLASS (class)->update = sc_user_item_update;
}

static void
sc_user_item_init (ScUserItem *self)
{
}

const ScUserInfo *
sc_user_item_get_info (ScUserItem *self)
{
  return &self->info;
}
