/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "service/sc-seat-hooks.h"
#include "service/sc-service-private.h"

/* The update's end: what is to run before the commit, the commits, what is to run after them. */
void
sc_service_take_hooks (ScService *self, const char *hooks)
{
  self->resumed = !self->renewed;
  self->renewed = FALSE;
  g_clear_pointer (&self->warning, g_free);
  sc_apply_set_hooked (self->apply, sc_seat_hooks_has (hooks, SC_HOOK_BEFORE_COMMIT),
                       sc_seat_hooks_has (hooks, SC_HOOK_AFTER_COMMIT));
}

static void
run (ScService *self, ScHookWhen when, guint64 version, GAsyncReadyCallback callback)
{
  g_auto (GStrv) templates = sc_apply_dup_changing (self->apply);
  const ScSeatHooksFacts facts = { version, sc_seat_identity_get_seat (self->identity), sc_disk_get_root (self->disk),
                                   (const char *const *) templates };

  self->step_running = TRUE;
  sc_seat_hooks_run_async (self->hooks, when, &facts, self->cancellable, callback, self);
}

static void
finished (ScService *self)
{
  static const char *const nobody[] = { NULL };
  const char *const *busy = self->busy != NULL ? sc_seat_busy_get_templates (self->busy) : nobody;

  self->step_running = FALSE;
  sc_seat_core_finished (self->core, busy, g_get_monotonic_time ());
  sc_service_pump (self);
}

/* The version is there, and nothing takes that back: a failure is told, and not tried again. */
static void
on_after (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ScService *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) note = NULL;

  sc_seat_hooks_run_finish (result, &error);
  if (sc_seat_core_get_phase (self->core) == SC_SEAT_STOPPING) { /* it stays pending, and runs it again */
    sc_service_step_ended (self, NULL, FALSE);
    return;
  }
  if (error != NULL) {
    g_warning ("%s", error->message);
    self->warning = g_strdup (error->message);
  }
  if (!sc_seat_state_set_pending (self->state, 0, 0, NULL, NULL, &note))
    g_warning ("That the update is done cannot be noted down: %s", note->message);
  finished (self);
}

static void
on_finished (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ScService *self = user_data;
  g_autoptr (GError) error = NULL;
  ScSeatBusy *busy = g_task_propagate_pointer (G_TASK (result), &error);
  guint64 session, version;
  ScChunkId manifest;

  if (busy != NULL) {
    g_clear_pointer (&self->busy, sc_seat_busy_unref);
    self->busy = busy;
  }
  if (busy == NULL || sc_seat_core_get_phase (self->core) == SC_SEAT_STOPPING) {
    sc_service_step_ended (self, error, FALSE);
    return;
  }
  sc_seat_state_get_pending (self->state, &session, &version, &manifest);
  if (version == 0 || *sc_seat_busy_get_templates (busy) != NULL)
    finished (self); /* nothing to run, or not all of it is there yet */
  else if (self->resumed || sc_apply_get_n_committed (self->apply) > 0)
    run (self, SC_HOOK_AFTER_COMMIT, version, on_after);
  else if (sc_seat_state_set_pending (self->state, 0, 0, NULL, NULL, &error))
    finished (self); /* it was there all the time */
  else
    sc_service_step_ended (self, error, FALSE);
}

static void
finish_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  ScService *self = task_data;
  GError *error = NULL;

  if (sc_apply_finish (self->apply, cancellable, &error))
    g_task_return_pointer (task, sc_seat_busy_new (self->disk, self->state, sc_apply_dup_busy (self->apply)),
                           (GDestroyNotify) sc_seat_busy_unref);
  else
    g_task_return_error (task, error);
}

static void
on_before (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ScService *self = user_data;
  g_autoptr (GError) error = NULL;

  if (!sc_seat_hooks_run_finish (result, &error) || sc_seat_core_get_phase (self->core) == SC_SEAT_STOPPING)
    sc_service_step_ended (self, error, FALSE);
  else
    sc_service_run_step (self, finish_thread, on_finished);
}

void
sc_service_start_finishing (ScService *self, guint64 version, const char *hooks)
{
  g_auto (GStrv) changing = sc_apply_dup_changing (self->apply);

  g_free (self->hooks);
  self->hooks = g_strdup (hooks);
  sc_apply_set_hooked (self->apply, FALSE, sc_seat_hooks_has (hooks, SC_HOOK_AFTER_COMMIT));
  if (*changing != NULL && sc_seat_hooks_has (hooks, SC_HOOK_BEFORE_COMMIT))
    run (self, SC_HOOK_BEFORE_COMMIT, version, on_before);
  else
    sc_service_run_step (self, finish_thread, on_finished);
}
