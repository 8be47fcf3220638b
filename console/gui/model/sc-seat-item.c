/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/model/sc-seat-item.h"

#include <string.h>

struct _ScSeatItem {
  ScItem parent;
  ScSeatInfo info;
  char *order; /* by room and name, numbers in them by their value */
  ScSeatCondition condition;
  gboolean busy, drifted;
};

G_DEFINE_FINAL_TYPE (ScSeatItem, sc_seat_item, SC_TYPE_ITEM)

static void
sc_seat_item_finalize (GObject *object)
{
  ScSeatItem *self = SC_SEAT_ITEM (object);

  g_free (self->order);
  g_array_unref (self->info.back);
  g_ptr_array_unref (self->info.templates);
  G_OBJECT_CLASS (sc_seat_item_parent_class)->finalize (object);
}

static char *
sc_seat_item_dup_key (ScJson *json)
{
  const char *id = sc_item_text_of (json, "id");

  return *id != '\0' ? g_strdup (id) : NULL;
}

static void
read_transfer (ScSeatInfo *info, ScJson *json)
{
  if (!sc_transfer_state_from_nick (sc_item_text_of (json, "state"), &info->transfer.state))
    info->transfer.state = SC_TRANSFER_IDLE;
  info->transfer.session = sc_item_number_of (json, "session");
  info->transfer.done = sc_item_number_of (json, "done_bytes");
  info->transfer.total = sc_item_number_of (json, "total_bytes");
  info->transfer.rate = sc_item_number_of (json, "rate_bytes_per_second");
  info->transfer.throttled = sc_item_flag_of (json, "throttled");
  info->transfer.template_name = sc_item_text_of (json, "template");
  info->transfer.reason = sc_item_text_of (json, "reason");
}

static void
read_templates (ScSeatInfo *info, ScJson *array)
{
  gsize i = 0;
  ScJson *json = NULL;

  g_ptr_array_set_size (info->templates, 0);
  json_array_foreach (array, i, json)
  {
    ScSeatTemplate *item = g_new0 (ScSeatTemplate, 1);

    item->name = sc_item_text_of (json, "name");
    item->version = sc_item_number_of (json, "version");
    if (!sc_template_state_from_nick (sc_item_text_of (json, "state"), &item->state))
      item->state = SC_TEMPLATE_DRIFTED; /* whatever it is, it is not as it should be */
    item->busy = sc_item_flag_of (json, "busy");
    g_ptr_array_add (info->templates, item);
  }
}

static void
read_place (ScSeatInfo *info, ScJson *place)
{
  info->placed = json_is_object (place);
  info->column = info->placed ? (guint) MIN (sc_item_number_of (place, "column"), 255) : 0;
  info->row = info->placed ? (guint) MIN (sc_item_number_of (place, "row"), 255) : 0;
}

static ScVolumeTraits
read_traits (ScJson *list)
{
  ScVolumeTraits found = 0;

  for (gsize i = 0; i < MIN (json_array_size (list), SC_VOLUME_N_TRAITS); i++) {
    const char *nick = json_string_value (json_array_get (list, i));
    ScVolumeTraits trait = 0;

    if (nick != NULL && sc_volume_traits_parse ("", nick, &trait, NULL))
      found |= trait;
  }
  return found;
}

static void
read_volume (ScSeatVolume *volume, ScJson *json)
{
  volume->traits = read_traits (json_object_get (json, "traits"));
  volume->refused = read_traits (json_object_get (json, "refused"));
  volume->reason = sc_item_text_of (json, "reason");
}

static void
read_outlook (ScSeatOutlook *outlook, ScJson *json)
{
  outlook->behind = sc_item_text_of (json, "behind");
  outlook->next = sc_item_text_of (json, "next");
  outlook->at = sc_item_time_of (json, "at");
  outlook->schedule = sc_item_number_of (json, "schedule");
}

static void
read_info (ScSeatInfo *info, ScJson *json)
{
  gsize i = 0;
  ScJson *version = NULL;

  info->id = sc_item_text_of (json, "id");
  info->name = sc_item_text_of (json, "name");
  info->room = sc_item_text_of (json, "room");
  info->own_room = sc_item_text_of (json, "own_room");
  info->presence = sc_item_text_of (json, "presence");
  info->online = strcmp (info->presence, "online") == 0;
  info->version_state = sc_item_text_of (json, "version_state");
  info->version = sc_item_number_of (json, "version");
  info->assigned_version = sc_item_number_of (json, "assigned_version");
  info->assigned_templates = sc_item_names_of (json, "assigned_templates");
  info->pinned = sc_item_flag_of (json, "pinned");
  read_outlook (&info->outlook, json_object_get (json, "outlook"));
  info->free_space = sc_item_number_of (json, "free_bytes");
  info->reserve = sc_item_number_of (json, "reserve_bytes");
  info->undo = sc_item_number_of (json, "undo_bytes");
  read_volume (&info->volume, json_object_get (json, "volume"));
  read_volume (&info->state_volume, json_object_get (json, "state_volume"));
  info->forgot = sc_item_time_of (json, "forgot");
  info->total_space = sc_item_number_of (json, "total_bytes");
  info->os = sc_item_text_of (json, "os");
  info->service_version = sc_item_text_of (json, "service_version");
  info->address = sc_item_text_of (json, "address");
  info->mac = sc_item_text_of (json, "mac");
  info->link_mbps = sc_item_number_of (json, "link_mbps");
  info->last_seen = sc_item_time_of (json, "last_seen");
  g_array_set_size (info->back, 0);
  json_array_foreach (json_object_get (json, "back"), i, version)
  {
    guint64 number = (guint64) json_integer_value (version);

    g_array_append_val (info->back, number);
  }
}

static gboolean
has_template (const ScSeatInfo *info, ScTemplateState state)
{
  for (guint i = 0; i < info->templates->len; i++)
    if (((const ScSeatTemplate *) g_ptr_array_index (info->templates, i))->state == state)
      return TRUE;
  return FALSE;
}

static gboolean
has_busy_template (const ScSeatInfo *info)
{
  for (guint i = 0; i < info->templates->len; i++)
    if (((const ScSeatTemplate *) g_ptr_array_index (info->templates, i))->busy)
      return TRUE;
  return FALSE;
}

static ScSeatCondition
judge (const ScSeatItem *self)
{
  const ScSeatInfo *info = &self->info;

  if (!info->online)
    return SC_CONDITION_OFFLINE;
  switch (info->transfer.state) {
  case SC_TRANSFER_WAITING:
  case SC_TRANSFER_RECEIVING:
  case SC_TRANSFER_REPAIRING:
  case SC_TRANSFER_APPLYING:
    return SC_CONDITION_RUNNING;
  case SC_TRANSFER_VERIFYING:
    return SC_CONDITION_VERIFYING;
  case SC_TRANSFER_FAILED:
    return SC_CONDITION_FAILED;
  default:
    break;
  }
  if (self->busy)
    return SC_CONDITION_BUSY;
  if (self->drifted)
    return SC_CONDITION_DRIFTED;
  if (has_template (info, SC_TEMPLATE_UPDATING))
    return SC_CONDITION_UPDATING;
  if (strcmp (info->version_state, "behind") == 0)
    return SC_CONDITION_BEHIND;
  return strcmp (info->version_state, "current") == 0 ? SC_CONDITION_CURRENT : SC_CONDITION_UNKNOWN;
}

static char *
make_order (const ScSeatInfo *info)
{
  g_autofree char *room = g_utf8_collate_key_for_filename (info->room, -1);
  g_autofree char *name = g_utf8_collate_key_for_filename (info->name, -1);

  /* seats in no room come last, as in the list of rooms */
  return g_strconcat (*info->room != '\0' ? "1" : "2", room, "\1", name, NULL);
}

static void
sc_seat_item_update (ScItem *item, ScJson *json)
{
  ScSeatItem *self = SC_SEAT_ITEM (item);
  const ScSeatInfo before = self->info; /* its texts are still there */

  read_info (&self->info, json);
  read_transfer (&self->info, json_object_get (json, "transfer"));
  read_templates (&self->info, json_object_get (json, "templates"));
  read_place (&self->info, json_object_get (json, "place"));
  if (self->order == NULL || strcmp (before.name, self->info.name) != 0 || strcmp (before.room, self->info.room) != 0) {
    g_free (self->order);
    self->order = make_order (&self->info);
  }
  self->busy = has_busy_template (&self->info);
  self->drifted = has_template (&self->info, SC_TEMPLATE_DRIFTED) || strcmp (self->info.version_state, "drifted") == 0;
  self->condition = judge (self);
}

static int
sc_seat_item_compare (ScItem *a, ScItem *b)
{
  return strcmp (SC_SEAT_ITEM (a)->order, SC_SEAT_ITEM (b)->order);
}

static void
sc_seat_item_class_init (ScSeatItemClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sc_seat_item_finalize;
  SC_ITEM_CLASS (class)->dup_key = sc_seat_item_dup_key;
  SC_ITEM_CLASS (class)->update = sc_seat_item_update;
  SC_ITEM_CLASS (class)->compare = sc_seat_item_compare;
}

static void
sc_seat_item_init (ScSeatItem *self)
{
  self->info.back = g_array_new (FALSE, FALSE, sizeof (guint64));
  self->info.templates = g_ptr_array_new_with_free_func (g_free);
}

const ScSeatInfo *
sc_seat_item_get_info (ScSeatItem *self)
{
  return &self->info;
}

ScSeatCondition
sc_seat_item_get_condition (ScSeatItem *self)
{
  return self->condition;
}

gboolean
sc_seat_item_is_low_on_space (ScSeatItem *self)
{
  return self->info.total_space > 0 && self->info.free_space / 2 < self->info.reserve;
}

gboolean
sc_seat_item_has_unsuitable_disk (ScSeatItem *self)
{
  const ScSeatInfo *info = &self->info;
  gboolean accepted = (info->volume.traits & ~(guint) info->volume.refused & SC_VOLUME_FORGETS) != 0;
  gboolean loses_state = (info->state_volume.traits & SC_VOLUME_FORGETS) != 0 || info->forgot != 0;

  return info->volume.refused != 0 || (loses_state && !accepted);
}

gboolean
sc_seat_item_is_drifted (ScSeatItem *self)
{
  return self->drifted;
}

gboolean
sc_seat_item_is_busy (ScSeatItem *self)
{
  return self->busy;
}

gboolean
sc_seat_item_get_progress (ScSeatItem *self, double *fraction)
{
  const ScSeatInfo *info = &self->info;
  gboolean runs = self->condition == SC_CONDITION_RUNNING || self->condition == SC_CONDITION_VERIFYING;

  if (!runs || info->transfer.total == 0)
    return FALSE;
  *fraction = MIN (1.0, (double) info->transfer.done / (double) info->transfer.total);
  return TRUE;
}

gboolean
sc_seat_item_matches (ScSeatItem *self, const char *text)
{
  const ScSeatInfo *info = &self->info;
  g_autofree char *wanted = g_utf8_casefold (text, -1);
  const char *const fields[] = { info->name, info->room, info->address, info->os, info->mac };

  for (guint i = 0; i < G_N_ELEMENTS (fields) + info->templates->len; i++) {
    const char *field = i < G_N_ELEMENTS (fields)
                            ? fields[i]
                            : ((const ScSeatTemplate *) info->templates->pdata[i - G_N_ELEMENTS (fields)])->name;
    g_autofree char *folded = g_utf8_casefold (field, -1);

    if (strstr (folded, wanted) != NULL)
      return TRUE;
  }
  return FALSE;
}

gboolean
sc_seat_item_counts_as (ScSeatItem *self, ScSeatCounter counter)
{
  const ScSeatInfo *info = &self->info;

  switch (counter) {
  case SC_SEATS_ALL:
    return TRUE;
  case SC_SEATS_ONLINE:
    return info->online;
  case SC_SEATS_CURRENT:
    return strcmp (info->version_state, "current") == 0;
  case SC_SEATS_BEHIND:
    return strcmp (info->version_state, "behind") == 0;
  case SC_SEATS_RUNNING:
    return self->condition == SC_CONDITION_RUNNING || self->condition == SC_CONDITION_VERIFYING;
  case SC_SEATS_FAILED:
    return self->condition == SC_CONDITION_FAILED;
  case SC_SEATS_DRIFTED:
    return self->drifted;
  case SC_SEATS_BUSY:
    return self->busy;
  case SC_SEATS_LOW_SPACE:
    return sc_seat_item_is_low_on_space (self);
  case SC_SEATS_UNSUITABLE_DISK:
    return sc_seat_item_has_unsuitable_disk (self);
  case SC_SEATS_OFFLINE:
    return !info->online;
  case SC_N_SEAT_COUNTERS:
    break;
  }
  g_return_val_if_reached (FALSE);
}
