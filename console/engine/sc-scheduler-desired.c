/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/catalog/sc-catalog-rooms.h"
#include "console/engine/sc-scheduler-private.h"

/* What staff want: durable before anybody hears of it. */

gboolean
sc_scheduler_check_selection (ScScheduler *self, ScSelection *selection, GError **error)
{
  g_autoptr (ScVersionManifest) version =
      sc_store_get_version (self->store, sc_selection_get_version (selection), error);
  g_autoptr (ScVersionManifest) part = version != NULL ? sc_selection_apply (selection, version, error) : NULL;

  return part != NULL;
}

gboolean
sc_scheduler_assign (ScScheduler *self, const char *room, ScSelection *selection, ScDue due, GError **error)
{
  g_autoptr (GPtrArray) rooms = NULL;

  if ((selection != NULL && !sc_scheduler_check_selection (self, selection, error)) ||
      !sc_catalog_assign (self->catalog, room, selection, due, 0, sc_scheduler_get_real (self), error))
    return FALSE;
  if (room != NULL) {
    sc_scheduler_mark_room (self, room);
    return TRUE;
  }
  rooms = sc_catalog_list_rooms (self->catalog, NULL);
  for (guint i = 0; rooms != NULL && i < rooms->len; i++)
    sc_scheduler_mark_room (self, g_ptr_array_index (rooms, i));
  sc_scheduler_mark_room (self, "");
  return TRUE;
}

gboolean
sc_scheduler_pin (ScScheduler *self, const char *seat, ScSelection *selection, ScDue due, GError **error)
{
  if ((selection != NULL && !sc_scheduler_check_selection (self, selection, error)) ||
      !sc_catalog_pin (self->catalog, seat, selection, due, 0, sc_scheduler_get_real (self), error))
    return FALSE;
  sc_scheduler_mark_seat (self, seat);
  return TRUE;
}

gboolean
sc_scheduler_set_policy (ScScheduler *self, const char *room, const ScRoomPolicy *policy, GError **error)
{
  if (!sc_catalog_save_room_policy (self->catalog, room, policy, error))
    return FALSE;
  sc_scheduler_mark_room (self, room);
  g_hash_table_add (self->rooms_to_move, g_strdup (room));
  return TRUE;
}
