/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/model/sc-session-seat-item.h"

#include <string.h>

struct _ScSessionSeatItem {
  ScItem parent;
  ScSessionSeatInfo info;
  char *order; /* by room and name, numbers in them by their value */
};

G_DEFINE_FINAL_TYPE (ScSessionSeatItem, sc_session_seat_item, SC_TYPE_ITEM)

static void
sc_session_seat_item_finalize (GObject *object)
{
  g_free (SC_SESSION_SEAT_ITEM (object)->order);
  G_OBJECT_CLASS (sc_session_seat_item_parent_class)->finalize (object);
}

static char *
sc_session_seat_item_dup_key (ScJson *json)
{
  const char *id = sc_item_text_of (json, "id");

  return *id != '\0' ? g_strdup (id) : NULL;
}

static void
sc_session_seat_item_update (ScItem *item, ScJson *json)
{
  ScSessionSeatItem *self = SC_SESSION_SEAT_ITEM (item);
  ScSessionSeatInfo *info = &self->info;
  ScJson *needs = json_object_get (json, "needs");

  info->id = sc_item_text_of (json, "id");
  info->name = sc_item_text_of (json, "name");
  info->room = sc_item_text_of (json, "room");
  if (!sc_transfer_state_from_nick (sc_item_text_of (json, "state"), &info->state))
    info->state = SC_TRANSFER_IDLE;
  info->reason = sc_item_text_of (json, "reason");
  info->catch_up = sc_item_flag_of (json, "catch_up");
  info->version_before = sc_item_number_of (json, "version_before");
  info->total = sc_item_number_of (json, "total_bytes");
  info->done = sc_item_number_of (json, "done_bytes");
  info->repair_symbols = sc_item_number_of (json, "repair_symbols");
  info->received = sc_item_number_of (json, "received_packets");
  info->lost = sc_item_number_of (json, "lost_packets");
  info->charged = sc_item_number_of (json, "charged_symbols");
  info->dropped = sc_item_number_of (json, "dropped_packets");
  info->backlog = sc_item_number_of (json, "backlog_bytes");
  info->demotions = json_object_get (json, "demotions");
  info->needs = json_is_object (needs) ? needs : NULL;
  if (self->order == NULL) {
    g_autofree char *room = g_utf8_collate_key_for_filename (info->room, -1);
    g_autofree char *name = g_utf8_collate_key_for_filename (info->name, -1);

    self->order = g_strconcat (room, "\1", name, NULL);
  }
}

static int
sc_session_seat_item_compare (ScItem *a, ScItem *b)
{
  return strcmp (SC_SESSION_SEAT_ITEM (a)->order, SC_SESSION_SEAT_ITEM (b)->order);
}

static void
sc_session_seat_item_class_init (ScSessionSeatItemClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sc_session_seat_item_finalize;
  SC_ITEM_CLASS (class)->dup_key = sc_session_seat_item_dup_key;
  SC_ITEM_CLASS (class)->update = sc_session_seat_item_update;
  SC_ITEM_CLASS (class)->compare = sc_session_seat_item_compare;
}

static void
sc_session_seat_item_init (ScSessionSeatItem *self)
{
}

const ScSessionSeatInfo *
sc_session_seat_item_get_info (ScSessionSeatItem *self)
{
  return &self->info;
}

gboolean
sc_session_seat_item_is_awaited (ScSessionSeatItem *self)
{
  switch (self->info.state) {
  case SC_TRANSFER_IDLE:
  case SC_TRANSFER_WAITING:
  case SC_TRANSFER_RECEIVING:
  case SC_TRANSFER_REPAIRING:
  case SC_TRANSFER_APPLYING:
    return TRUE;
  default:
    return FALSE;
  }
}
