/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/model/sc-room-item.h"

#include <string.h>

struct _ScRoomItem {
  ScItem parent;
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

static void
sc_room_item_update (ScItem *item, ScJson *json)
{
  ScRoomItem *self = SC_ROOM_ITEM (item);

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
