/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-log.h"
#include "service/apply/sc-apply-back.h"
#include "service/sc-seat-inventory.h"
#include "service/sc-service-private.h"

void
sc_service_send_inventory (ScService *self, gboolean always)
{
  g_autoptr (GError) error = NULL;

  if (self->local_address == NULL)
    return;
  const ScSeatInventoryFacts facts = { .name = self->name,
                                       .room = self->room,
                                       .address = self->local_address,
                                       .settings = &self->settings,
                                       .busy = self->busy,
                                       .volumes = self->volumes,
                                       .generation = self->generation,
                                       .run = self->run,
                                       .back = self->back,
                                       .undo_bytes = self->undo_bytes };
  g_autoptr (ScInventory) inventory = sc_seat_inventory_build (self->state, self->disk, &facts, &error);
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

/* @path: (nullable): from the repository's root */
static char *
template_of (const char *path)
{
  const char *end = path != NULL ? strchr (path, '/') : NULL;

  if (path == NULL || *path == '\0')
    return NULL;
  return end != NULL ? g_strndup (path, (gsize) (end - path)) : g_strdup (SC_TEMPLATE_ROOT);
}

void
sc_service_tell_progress (ScService *self, guint64 session, ScTransferState state, gboolean always)
{
  g_autoptr (ScControlMessage) message = sc_control_message_new (SC_CONTROL_PROGRESS, session);
  ScSeatPhase phase = sc_seat_core_get_phase (self->core);

  message->progress.state = state;
  message->progress.throttled = sc_throttle_is_active (self->settings.throttle);
  if (phase == SC_SEAT_PREPARING || phase == SC_SEAT_VERIFYING) { /* hashing: what is lacking is not known yet */
    g_auto (ScProgressState) done = { 0 };
    sc_progress_get (self->progress, &done);
    message->progress.done = done.done;
    message->progress.total = done.total;
    message->progress.template_name = template_of (done.item);
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
  if (drifted == 0)
    return;
  sc_log_event ("Templates that were changed outside Seatcast: %u more than before; a deploy repairs them", drifted);
  sc_service_find_back (self);
}

/* ---- volumes ---- */

static void
look_at_volumes_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  ScService *self = task_data;

  sc_seat_volumes_look (self->volumes);
  g_task_return_boolean (task, TRUE);
}

static void
on_volumes (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ScService *self = user_data;

  self->looking_at_volumes = FALSE;
  sc_service_send_inventory (self, FALSE);
  sc_service_pump (self);
}

void
sc_service_look_at_volumes (ScService *self)
{
  if (self->looking_at_volumes || self->stopped != NULL)
    return;
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_volumes, self);

  g_task_set_task_data (task, self, NULL);
  g_task_run_in_thread (task, look_at_volumes_thread);
  self->looking_at_volumes = TRUE;
}

/* ---- ways back ---- */

typedef struct {
  GArray *back;
  guint64 undo_bytes;
} Back;

static void
back_free (gpointer data)
{
  Back *back = data;

  g_array_unref (back->back);
  g_free (back);
}

/* A version that leads nowhere is not kept in mind, so its manifests need not be kept either. While a template is not
 * as it should be that cannot be told: its repair may bring the way back. */
static gboolean
forget_other_versions (ScService *self, const GArray *back, GError **error)
{
  g_autoptr (GPtrArray) templates = sc_seat_state_list_templates (self->state, error);

  if (templates == NULL)
    return FALSE;
  for (guint i = 0; i < templates->len; i++)
    if (((ScSeatTemplate *) templates->pdata[i])->state != SC_TEMPLATE_CURRENT)
      return TRUE;
  return sc_seat_state_keep_versions (self->state, back, error);
}

static void
back_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  ScService *self = task_data;
  GError *error = NULL;
  guint64 undo_bytes = 0;
  GArray *list = sc_apply_back_list (self->disk, self->state, &undo_bytes, &error);

  if (list == NULL) {
    g_task_return_error (task, error);
    return;
  }
  Back *back = g_new0 (Back, 1);
  back->back = list;
  back->undo_bytes = undo_bytes;
  g_task_return_pointer (task, back, back_free);
}

static void
take_back (ScService *self, const Back *back)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->back, g_array_unref);
  self->back = g_array_ref (back->back);
  self->undo_bytes = back->undo_bytes;
  if (!forget_other_versions (self, back->back, &error))
    g_warning ("Versions that nothing leads to any more cannot be forgotten: %s", error->message);
  sc_service_send_inventory (self, FALSE);
}

/* What was found while an update was under way may have been true of no moment: its end looks again. */
static void
on_back (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ScService *self = user_data;
  g_autoptr (GError) error = NULL;
  Back *back = g_task_propagate_pointer (G_TASK (result), &error);

  self->back_running = FALSE;
  if (!self->touched && !self->back_again) {
    if (back != NULL)
      take_back (self, back);
    else
      g_warning ("It is not known what versions this seat can go back to: %s", error->message);
  }
  g_clear_pointer (&back, back_free);
  if (self->back_again && self->stopped == NULL) {
    self->back_again = FALSE;
    sc_service_find_back (self);
  }
  sc_service_pump (self);
}

void
sc_service_find_back (ScService *self)
{
  if (self->back_running) {
    self->back_again = TRUE;
    return;
  }
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_back, self);

  g_task_set_task_data (task, self, NULL);
  g_task_run_in_thread (task, back_thread);
  self->back_running = TRUE;
}

void
sc_service_answer_prepared (ScService *self, guint64 session)
{
  g_autoptr (ScControlMessage) message = sc_control_message_new (SC_CONTROL_PREPARED, session);

  message->prepared.lacks = sc_apply_get_lacks (self->apply);
  message->prepared.needs = sc_needs_copy (sc_apply_get_needs (self->apply));
  sc_link_send (self->link, message);
}
