/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-seat-inventory.h"
#include "service/sc-service-private.h"

void
sc_service_send_inventory (ScService *self, gboolean always)
{
  g_autoptr (GError) error = NULL;

  if (self->local_address == NULL)
    return;
  g_autoptr (ScInventory) inventory =
      sc_seat_inventory_build (self->state, self->disk, self->name, self->room, self->local_address, &error);
  if (inventory == NULL) {
    g_warning ("The inventory cannot be made: %s", error->message);
    return;
  }
  if (!always && self->inventory != NULL && !sc_seat_inventory_differs (self->inventory, inventory))
    return;
  g_autoptr (ScControlMessage) message = sc_control_message_new (SC_CONTROL_INVENTORY, 0);
  message->inventory = inventory;
  gboolean sent = sc_link_send (self->link, message);
  message->inventory = NULL;
  if (!sent)
    return;
  g_clear_pointer (&self->inventory, sc_inventory_free);
  self->inventory = g_steal_pointer (&inventory);
}

static guint64
free_bytes (ScService *self)
{
  g_autoptr (GError) error = NULL;
  ScDiskSpace space = { 0 };

  if (!sc_disk_space (self->disk, &space, &error))
    g_warning ("The repository's free space is unknown: %s", error->message);
  return space.free;
}

void
sc_service_tell_progress (ScService *self, guint64 session, ScTransferState state, gboolean always)
{
  g_autoptr (ScControlMessage) message = sc_control_message_new (SC_CONTROL_PROGRESS, session);
  ScSeatPhase phase = sc_seat_core_get_phase (self->core);

  message->progress.state = state;
  if (phase == SC_SEAT_PREPARING) { /* hashing: what is lacking is not known yet */
    g_auto (ScProgressState) done = { 0 };
    sc_progress_get (self->progress, &done);
    message->progress.done = done.done;
    message->progress.total = done.total;
  } else if (self->apply != NULL) {
    message->progress.done = sc_apply_get_done_bytes (self->apply);
    message->progress.total = sc_apply_get_lacks_bytes (self->apply);
    message->progress.template_name = sc_apply_dup_current_template (self->apply);
  }
  if (message->progress.template_name == NULL)
    message->progress.template_name = g_strdup ("");
  message->progress.free_bytes = free_bytes (self);

  g_autofree char *text = sc_control_message_to_json (message);
  if ((always || g_strcmp0 (text, self->told) != 0) && sc_link_send (self->link, message)) {
    g_free (self->told);
    self->told = g_steal_pointer (&text);
  }
}

void
sc_service_find_drift (ScService *self)
{
  g_autoptr (GError) error = NULL;
  guint drifted = 0;

  /* A template in the midst of an update has no stamps to compare with */
  if (sc_seat_core_get_phase (self->core) != SC_SEAT_IDLE)
    return;
  if (!sc_seat_inventory_find_drift (self->state, self->disk, &drifted, &error))
    g_warning ("The repository cannot be looked over: %s", error->message);
}

void
sc_service_answer_prepared (ScService *self, guint64 session)
{
  g_autoptr (ScControlMessage) message = sc_control_message_new (SC_CONTROL_PREPARED, session);

  message->prepared.lacks = sc_apply_get_lacks (self->apply);
  message->prepared.needs = sc_needs_copy (sc_apply_get_needs (self->apply));
  sc_link_send (self->link, message);
}
