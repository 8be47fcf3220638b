/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/model/sc-planned-item.h"

struct _ScPlannedItem {
  ScItem parent;
  ScPlannedInfo info;
};

G_DEFINE_FINAL_TYPE (ScPlannedItem, sc_planned_item, SC_TYPE_ITEM)

/* It has no number of its own: what it is about, and when. */
static char *
sc_planned_item_dup_key (ScJson *json)
{
  const char *at = sc_item_text_of (json, "at");

  if (*at == '\0')
    return NULL;
  return g_strdup_printf ("%s %s %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %s",
                          sc_item_text_of (json, "kind"), at, sc_item_number_of (json, "schedule"),
                          sc_item_number_of (json, "session"), sc_item_number_of (json, "version"),
                          sc_item_text_of (json, "room"));
}

static ScPlannedItemKind
kind_of (const char *nick)
{
  if (g_str_equal (nick, "due"))
    return SC_PLANNED_ASSIGNED;
  if (g_str_equal (nick, "resume"))
    return SC_PLANNED_RESUMED;
  return g_str_equal (nick, "gather") ? SC_PLANNED_GATHERED : SC_PLANNED_SCHEDULED;
}

static void
sc_planned_item_update (ScItem *item, ScJson *json)
{
  ScPlannedInfo *info = &SC_PLANNED_ITEM (item)->info;

  info->kind = kind_of (sc_item_text_of (json, "kind"));
  info->at = sc_item_time_of (json, "at");
  info->until = sc_item_time_of (json, "until");
  info->room = sc_item_text_of (json, "room");
  info->schedule = sc_item_number_of (json, "schedule");
  info->session = sc_item_number_of (json, "session");
  info->version = sc_item_number_of (json, "version");
  info->templates = sc_item_names_of (json, "templates");
  info->seats = (guint) sc_item_number_of (json, "seats");
}

static int
sc_planned_item_compare (ScItem *a, ScItem *b)
{
  const ScPlannedInfo *left = &SC_PLANNED_ITEM (a)->info, *right = &SC_PLANNED_ITEM (b)->info;

  if (left->at != right->at)
    return left->at < right->at ? -1 : 1;
  return g_strcmp0 (left->room, right->room);
}

static void
sc_planned_item_class_init (ScPlannedItemClass *class)
{
  SC_ITEM_CLASS (class)->dup_key = sc_planned_item_dup_key;
  SC_ITEM_CLASS (class)->update = sc_planned_item_update;
  SC_ITEM_CLASS (class)->compare = sc_planned_item_compare;
}

static void
sc_planned_item_init (ScPlannedItem *self)
{
}

const ScPlannedInfo *
sc_planned_item_get_info (ScPlannedItem *self)
{
  return &self->info;
}
