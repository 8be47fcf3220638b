/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "common/sc-log.h"
#include "service/sc-catch-up.h"
#include "service/sc-prepare.h"
#include "service/sc-service-private.h"

#define PLAN_MAX_BYTES (1024u * 1024 * 1024)

static void
note_pending (ScService *self, const ScSeatAction *action)
{
  g_autoptr (GError) error = NULL;

  guint64 session = 0, version = 0;
  ScChunkId manifest;

  g_clear_pointer (&self->busy, sc_seat_busy_unref); /* it was the last update's */
  sc_seat_state_get_pending (self->state, &session, &version, &manifest);
  self->renewed = version != action->version || !sc_chunk_id_equal (&manifest, &action->manifest);
  if (action->version == 0)
    g_message ("The console has cancelled the update that was pending; what is here of it stays");
  if (!sc_seat_state_set_pending (self->state, action->session, action->version, &action->manifest, action->hooks,
                                  &error))
    g_warning ("What is in hand cannot be noted down: %s", error->message);
}

static void
end_of_order (ScService *self)
{
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->told, g_free);
  sc_seat_core_step_done (self->core, FALSE);
  sc_service_send_inventory (self, FALSE);
  if (self->touched && self->stopped == NULL)
    sc_service_find_back (self);
  self->touched = FALSE;
}

/* Gets the update as its data. */
static void
put_away_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  ScApply *apply = task_data;
  g_autoptr (GError) error = NULL;

  if (!sc_apply_flush (apply, &error))
    g_warning ("What came last may have to come again: %s", error->message);
  sc_apply_free (apply);
  g_task_return_boolean (task, TRUE);
}

static void
on_put_away (GObject *source, GAsyncResult *result, gpointer user_data)
{
  sc_service_step_ended (user_data, NULL, FALSE);
}

static void
put_away (ScService *self)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_put_away, self);

  g_task_set_task_data (task, g_steal_pointer (&self->apply), NULL);
  g_task_run_in_thread (task, put_away_thread);
  self->step_running = TRUE;
}

/* When everything that STOP cut short has come to its end. */
static void
maybe_stopped (ScService *self)
{
  if (sc_seat_core_get_phase (self->core) != SC_SEAT_STOPPING || self->step_running || self->plan_fetching ||
      self->receive != NULL || self->prelude != NULL)
    return;
  if (self->apply != NULL)
    put_away (self);
  else
    end_of_order (self);
}

void
sc_service_step_ended (ScService *self, const GError *error, gboolean complete)
{
  self->step_running = FALSE;
  if (sc_seat_core_get_phase (self->core) == SC_SEAT_STOPPING) {
    maybe_stopped (self);
  } else if (error != NULL) {
    g_warning ("%s failed: %s",
               sc_seat_core_get_phase (self->core) == SC_SEAT_VERIFYING ? "The verification" : "The update",
               error->message);
    sc_seat_core_step_failed (self->core, error);
  } else {
    sc_seat_core_step_done (self->core, complete);
  }
  sc_service_pump (self);
}

static void
on_prepared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ScService *self = user_data;
  g_autoptr (GError) error = NULL;

  self->apply = sc_prepare_finish (result, &error);
  sc_service_send_inventory (self, FALSE); /* the volume was looked at */
  sc_service_step_ended (self, error, self->apply != NULL && sc_apply_get_lacks_bytes (self->apply) == 0);
}

static void
on_begun (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ScService *self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean begun = g_task_propagate_boolean (G_TASK (result), &error);

  sc_service_step_ended (self, error, begun && sc_apply_is_complete (self->apply));
}

static void
begin_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  ScService *self = task_data;
  GError *error = NULL;

  if (sc_apply_begin (self->apply, self->progress, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
sc_service_start_work (ScService *self)
{
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_clear_pointer (&self->progress, sc_progress_unref);
  self->progress = sc_progress_new ();
}

void
sc_service_run_step (ScService *self, GTaskThreadFunc func, GAsyncReadyCallback callback)
{
  g_autoptr (GTask) task = g_task_new (NULL, self->cancellable, callback, self);

  g_task_set_check_cancellable (task, FALSE); /* the thread uses self: it is awaited in any case */
  g_task_set_task_data (task, self, NULL);
  g_task_run_in_thread (task, func);
  self->step_running = TRUE;
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ScService *self = user_data;
  gboolean released = g_task_propagate_boolean (G_TASK (result), NULL);

  /* the inventory is to say so, as it is the console that lets it fetch what is lacking */
  if (released && sc_seat_core_get_phase (self->core) == SC_SEAT_LOOKING)
    g_clear_pointer (&self->busy, sc_seat_busy_unref);
  sc_service_step_ended (self, NULL, released);
}

/* Gets them as its data: the service may forget them meanwhile, when the console cancels what is pending. */
static void
look_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_task_return_boolean (task, sc_seat_busy_is_released (task_data));
}

static void
start_looking (ScService *self)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_looked, self);

  sc_service_start_work (self);
  g_task_set_task_data (task, sc_seat_busy_ref (self->busy), (GDestroyNotify) sc_seat_busy_unref);
  g_task_run_in_thread (task, look_thread);
  self->step_running = TRUE;
}

static void
on_caught_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  sc_catch_up_finish (result, &error);
  sc_service_step_ended (user_data, error, error == NULL);
}

static void
on_plan (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ScService *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) plan = sc_fetch_finish (self->fetch, result, &error);

  self->plan_fetching = FALSE;
  if (sc_seat_core_get_phase (self->core) == SC_SEAT_STOPPING) {
    maybe_stopped (self);
  } else if (plan != NULL && self->receive != NULL) {
    sc_receive_set_plan (self->receive, plan);
  } else if (plan == NULL) {
    g_warning ("The session's plan cannot be had (%s): all is left to catch-up", error->message);
    sc_seat_core_stream_ended (self->core);
  }
  sc_service_pump (self);
}

static void
fetch_plan (ScService *self, const ScChunkId *plan)
{
  char hex[SC_CHUNK_ID_HEX_LENGTH + 1];
  sc_chunk_id_to_hex (plan, hex);
  g_autofree char *path = g_strconcat ("/v1/plans/", hex, NULL);
  ScFetchRequest request = { .path = path, .max_bytes = PLAN_MAX_BYTES, .hash = plan };

  if (self->plan_fetching)
    return;
  self->plan_fetching = TRUE;
  sc_fetch_async (self->fetch, &request, self->cancellable, on_plan, self);
}

static void
receive_stopped (ScService *self)
{
  g_clear_pointer (&self->receive, sc_receive_free);
  if (sc_seat_core_get_phase (self->core) == SC_SEAT_STOPPING)
    maybe_stopped (self);
  else if (sc_seat_core_get_phase (self->core) == SC_SEAT_DRAINING)
    sc_seat_core_step_done (self->core, sc_apply_is_complete (self->apply));
}

static void
on_receive (ScReceive *receive, const ScReceiveEvent *event, gpointer user_data)
{
  ScService *self = user_data;

  switch (event->type) {
  case SC_RECEIVE_HEARD:
    sc_seat_core_heard (self->core);
    break;
  case SC_RECEIVE_REPORT:
    sc_seat_core_report (self->core, &event->report);
    break;
  case SC_RECEIVE_NEED_PLAN:
    if (!g_cancellable_is_cancelled (self->cancellable))
      fetch_plan (self, sc_receive_get_plan_id (receive));
    break;
  case SC_RECEIVE_COMPLETE:
    sc_seat_core_complete (self->core);
    break;
  case SC_RECEIVE_ENDED:
    sc_seat_core_stream_ended (self->core);
    break;
  case SC_RECEIVE_FAILED:
    g_warning ("Receiving failed: %s", event->error->message);
    sc_seat_core_stream_failed (self->core, event->error);
    break;
  case SC_RECEIVE_STOPPED:
    receive_stopped (self);
    break;
  default:
    break;
  }
  sc_service_pump (self);
}

static void
on_prelude (ScPrelude *prelude, const ScPreludeEvent *event, gpointer user_data)
{
  ScService *self = user_data;

  switch (event->type) {
  case SC_PRELUDE_LISTENING:
    sc_seat_core_listening (self->core, event->lacks);
    break;
  case SC_PRELUDE_HEARD:
    sc_seat_core_probed (self->core, event->payload);
    break;
  case SC_PRELUDE_REPORT:
    sc_seat_core_report (self->core, &event->report);
    break;
  case SC_PRELUDE_STOPPED:
    g_clear_pointer (&self->prelude, sc_prelude_free);
    maybe_stopped (self);
    break;
  default:
    break;
  }
  sc_service_pump (self);
}

/* A seat that cannot listen says so by hearing nothing. */
static void
start_listening (ScService *self, const ScControlMessage *listen)
{
  const char *address = self->interface_address != NULL ? self->interface_address : self->local_address;
  g_autoptr (GError) error = NULL;

  sc_service_start_work (self);
  self->prelude = sc_prelude_new (listen, address, self->state, on_prelude, self, &error);
  if (self->prelude != NULL)
    return;
  g_warning ("Multicast cannot be listened to: %s", error->message);
  sc_seat_core_listening (self->core, NULL);
}

static void
start_receiving (ScService *self, const ScControlMessage *join)
{
  const char *address = self->interface_address != NULL ? self->interface_address : self->local_address;
  g_autoptr (GError) error = NULL;
  ScChunkSink sink;

  sc_chunk_sink_init_apply (&sink, self->apply);
  self->receive = sc_receive_new (join, address, &sink, on_receive, self, &error);
  if (self->receive == NULL) {
    g_warning ("The session cannot be joined: %s", error->message);
    sc_seat_core_step_failed (self->core, error);
    return;
  }
  g_message ("Listening to %s:%u on %s", join->join.group, join->join.port, address);
  sc_seat_core_step_done (self->core, FALSE);
}

static void
start_catch_up (ScService *self, guint64 session)
{
  ScChunkSink sink;

  sc_chunk_sink_init_apply (&sink, self->apply);
  self->step_running = TRUE;
  sc_catch_up_async (self->fetch, &sink, session, self->cancellable, on_caught_up, self);
}

static void
start_preparing (ScService *self, const ScSeatAction *action)
{
  sc_log_session_message (action->session,
                          "Preparing for version %" G_GUINT64_FORMAT " (session %" G_GUINT64_FORMAT ")",
                          action->version, action->session);
  sc_service_start_work (self);
  const ScPrepareWorld world = { self->fetch, self->disk, self->state, &self->settings, self->volumes };

  self->step_running = TRUE;
  sc_prepare_async (&world, action->version, &action->manifest, self->progress, self->cancellable, on_prepared, self);
}

static void
stop_all (ScService *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  if (self->receive != NULL)
    sc_receive_stop (self->receive, FALSE);
  if (self->prelude != NULL)
    sc_prelude_stop (self->prelude);
  maybe_stopped (self);
}

static void
tell_done (const ScControlMessage *message)
{
  guint n_busy = message->done.busy->len;

  if (n_busy == 0)
    sc_log_event ("Version %" G_GUINT64_FORMAT " is complete", message->done.version);
  else
    sc_log_event ("Version %" G_GUINT64_FORMAT
                  " is complete but for the templates in use, %u in all, such as “%s”: these follow when they are not",
                  message->done.version, n_busy, (const char *) message->done.busy->pdata[0]);
}

static void
send_message (ScService *self, ScControlMessage *message)
{
  if (message->type == SC_CONTROL_DONE) {
    message->done.warning = g_steal_pointer (&self->warning);
    tell_done (message);
    sc_service_tell_progress (self, message->session, SC_TRANSFER_APPLYING, FALSE); /* the last numbers */
    sc_service_send_inventory (self, TRUE);
  }
  sc_link_send (self->link, message);
}

static void
tell_stopped (const ScSeatAction *action)
{
  if (action->state == SC_TRANSFER_CANCELLED)
    sc_log_session_message (action->session, "The console ended session %" G_GUINT64_FORMAT "; what is here stays",
                            action->session);
  else
    g_message ("The console lets nothing be sent now; what is here stays, and the update goes on later");
}

static void
act (ScService *self, const ScSeatAction *action)
{
  switch (action->type) {
  case SC_SEAT_ACTION_PREPARE:
    start_preparing (self, action);
    break;
  case SC_SEAT_ACTION_BEGIN:
    self->touched = TRUE;
    sc_service_take_hooks (self, action->hooks);
    sc_service_run_step (self, begin_thread, on_begun);
    break;
  case SC_SEAT_ACTION_RECEIVE:
    start_receiving (self, action->join);
    break;
  case SC_SEAT_ACTION_DRAIN:
    sc_receive_stop (self->receive, TRUE);
    break;
  case SC_SEAT_ACTION_CATCH_UP:
    start_catch_up (self, action->session);
    break;
  case SC_SEAT_ACTION_FINISH:
    sc_service_start_finishing (self, action->version, action->hooks);
    break;
  case SC_SEAT_ACTION_LOOK:
    start_looking (self);
    break;
  case SC_SEAT_ACTION_VERIFY:
    self->touched = TRUE;
    sc_service_start_verifying (self);
    break;
  case SC_SEAT_ACTION_LISTEN:
    start_listening (self, action->listen);
    break;
  case SC_SEAT_ACTION_STOP:
    stop_all (self);
    break;
  case SC_SEAT_ACTION_SEND:
    send_message (self, action->message);
    break;
  case SC_SEAT_ACTION_ANSWER_PREPARED:
    sc_service_answer_prepared (self, action->session);
    break;
  case SC_SEAT_ACTION_ANSWER_VERIFIED:
    sc_service_send_inventory (self, TRUE);
    sc_service_send_verified (self);
    break;
  case SC_SEAT_ACTION_NOTE_PENDING:
    note_pending (self, action);
    break;
  case SC_SEAT_ACTION_ADD_KEY:
    if (self->receive != NULL)
      sc_receive_add_key (self->receive, &action->join->join.key);
    break;
  case SC_SEAT_ACTION_TELL_PROGRESS:
    tell_stopped (action);
    sc_service_tell_progress (self, action->session, action->state, TRUE);
    break;
  default:
    break;
  }
}

void
sc_service_pump (ScService *self)
{
  for (ScSeatAction *action = sc_seat_core_next_action (self->core); action != NULL;
       action = sc_seat_core_next_action (self->core)) {
    act (self, action);
    sc_seat_action_free (action);
  }
  if (self->minute_timer != NULL)
    sc_service_adjust_timers (self);
  if (self->reconnecting && self->stopped == NULL && sc_seat_core_get_phase (self->core) == SC_SEAT_IDLE) {
    self->reconnecting = FALSE;
    sc_link_reconnect (self->link);
  }
  if (self->stopped != NULL && sc_seat_core_get_phase (self->core) == SC_SEAT_IDLE && !self->back_running &&
      !self->looking_at_volumes && !self->power_running) {
    g_autoptr (GSource) source = g_idle_source_new ();
    g_source_set_callback (source, self->stopped, self->stopped_data, NULL);
    g_source_attach (source, g_main_context_get_thread_default ());
    self->stopped = NULL;
  }
}
