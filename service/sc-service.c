/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-service.h"

#include "common/platform/sc-system.h"
#include "common/sc-error.h"
#include "service/sc-catch-up.h"
#include "service/sc-link.h"
#include "service/sc-prepare.h"
#include "service/sc-receive.h"
#include "service/sc-seat-core.h"
#include "service/sc-seat-inventory.h"

#define PROGRESS_INTERVAL 250u /* ms: at most 4 a second */
#define INVENTORY_INTERVAL 3u  /* s between looks at what may have changed */
#define DRIFT_INTERVAL 60u     /* s between looks at the files' metadata */
#define HEARTBEAT 5u           /* s: progress that stands still is told again this often */
#define PLAN_MAX_BYTES (1024u * 1024 * 1024)

struct _ScService {
  ScSeatState *state;
  ScDisk *disk;
  char *name, *room;
  char *interface_address; /* (nullable) */
  char *local_address;     /* of the control connection */
  ScFetch *fetch;
  ScLink *link;
  ScSeatCore *core;
  ScInventory *inventory; /* (nullable): as last sent */
  GSource *progress_timer, *second_timer;
  guint seconds;

  /* Of the order in hand */
  GCancellable *cancellable;
  gboolean step_running; /* PREPARE, BEGIN, CATCH_UP or FINISH */
  gboolean plan_fetching;
  ScProgress *progress; /* bytes hashed or copied */
  ScApply *apply;       /* (nullable) */
  ScReceive *receive;   /* (nullable) */
  char *told;           /* (nullable): PROGRESS as last sent */

  GSourceFunc stopped; /* (nullable): the service ends */
  gpointer stopped_data;
};

static void pump (ScService *self);

/* ---- telling the console ---- */

static void
send_inventory (ScService *self, gboolean always)
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

static void
tell_progress (ScService *self, guint64 session, ScTransferState state, gboolean always)
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

static gboolean
on_progress_timer (gpointer user_data)
{
  ScService *self = user_data;
  ScTransferState state = sc_seat_core_get_transfer (self->core);

  if (state != SC_TRANSFER_IDLE)
    tell_progress (self, sc_seat_core_get_session (self->core), state, FALSE);
  return G_SOURCE_CONTINUE;
}

static void
find_drift (ScService *self)
{
  g_autoptr (GError) error = NULL;
  guint drifted = 0;

  /* A template in the midst of an update has no stamps to compare with */
  if (sc_seat_core_get_phase (self->core) != SC_SEAT_IDLE)
    return;
  if (!sc_seat_inventory_find_drift (self->state, self->disk, &drifted, &error))
    g_warning ("The repository cannot be looked over: %s", error->message);
}

static gboolean
on_second (gpointer user_data)
{
  ScService *self = user_data;

  self->seconds++;
  if (self->seconds % HEARTBEAT == 0)
    g_clear_pointer (&self->told, g_free);
  if (self->seconds % DRIFT_INTERVAL == 0)
    find_drift (self);
  if (self->seconds % INVENTORY_INTERVAL == 0)
    send_inventory (self, FALSE);
  sc_seat_core_tick (self->core, g_get_monotonic_time ());
  pump (self);
  return G_SOURCE_CONTINUE;
}

static void
answer_prepared (ScService *self, guint64 session)
{
  g_autoptr (ScControlMessage) message = sc_control_message_new (SC_CONTROL_PREPARED, session);

  message->prepared.lacks = sc_apply_get_lacks (self->apply);
  message->prepared.lacks_bytes = sc_apply_get_lacks_bytes (self->apply);
  message->prepared.needed_bytes = sc_apply_get_needed_bytes (self->apply);
  message->prepared.free_bytes = free_bytes (self);
  sc_link_send (self->link, message);
}

/* ---- the steps ---- */

static void
remember_pending (ScService *self, guint64 session, guint64 version)
{
  g_autoptr (GError) error = NULL;

  if (!sc_seat_state_set_pending (self->state, session, version, &error))
    g_warning ("What is in hand cannot be noted down: %s", error->message);
}

/* When everything that STOP cut short has come to its end. */
static void
maybe_stopped (ScService *self)
{
  if (sc_seat_core_get_phase (self->core) != SC_SEAT_STOPPING || self->step_running || self->plan_fetching ||
      self->receive != NULL)
    return;
  g_clear_pointer (&self->apply, sc_apply_free);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->told, g_free);
  if (self->stopped == NULL)
    remember_pending (self, 0, 0); /* a service that merely ends goes on with it later */
  sc_seat_core_step_done (self->core, FALSE);
  send_inventory (self, FALSE);
}

/* @error: (nullable) */
static void
step_ended (ScService *self, const GError *error)
{
  self->step_running = FALSE;
  if (sc_seat_core_get_phase (self->core) == SC_SEAT_STOPPING) {
    maybe_stopped (self);
  } else if (error != NULL) {
    g_warning ("The update failed: %s", error->message);
    sc_seat_core_step_failed (self->core, error);
  } else {
    sc_seat_core_step_done (self->core, self->apply != NULL && sc_apply_is_complete (self->apply));
  }
  pump (self);
}

static void
on_prepared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ScService *self = user_data;
  g_autoptr (GError) error = NULL;

  self->apply = sc_prepare_finish (result, &error);
  step_ended (self, error);
}

static void
on_worked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_task_propagate_boolean (G_TASK (result), &error);
  step_ended (user_data, error);
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

static void
finish_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  ScService *self = task_data;
  GError *error = NULL;

  if (sc_apply_finish (self->apply, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
run_step (ScService *self, GTaskThreadFunc func)
{
  g_autoptr (GTask) task = g_task_new (NULL, self->cancellable, on_worked, self);

  g_task_set_check_cancellable (task, FALSE); /* the thread uses self: it is awaited in any case */
  g_task_set_task_data (task, self, NULL);
  g_task_run_in_thread (task, func);
  self->step_running = TRUE;
}

static void
on_caught_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  sc_catch_up_finish (result, &error);
  step_ended (user_data, error);
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
  pump (self);
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
  pump (self);
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
  g_message ("Preparing for version %" G_GUINT64_FORMAT " (session %" G_GUINT64_FORMAT ")", action->version,
             action->session);
  remember_pending (self, action->session, action->version);
  self->cancellable = g_cancellable_new ();
  g_clear_pointer (&self->progress, sc_progress_unref);
  self->progress = sc_progress_new ();
  self->step_running = TRUE;
  sc_prepare_async (self->fetch, self->disk, self->state, action->version, &action->manifest, self->progress,
                    self->cancellable, on_prepared, self);
}

static void
stop_all (ScService *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  if (self->receive != NULL)
    sc_receive_stop (self->receive, FALSE);
  maybe_stopped (self);
}

static void
send_message (ScService *self, const ScControlMessage *message)
{
  if (message->type == SC_CONTROL_DONE) {
    g_message ("Version %" G_GUINT64_FORMAT " is complete", message->done.version);
    tell_progress (self, message->session, SC_TRANSFER_APPLYING, FALSE); /* the last numbers */
    send_inventory (self, TRUE);
  }
  sc_link_send (self->link, message);
}

static void
act (ScService *self, const ScSeatAction *action)
{
  switch (action->type) {
  case SC_SEAT_ACTION_PREPARE:
    start_preparing (self, action);
    break;
  case SC_SEAT_ACTION_BEGIN:
    run_step (self, begin_thread);
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
    run_step (self, finish_thread);
    break;
  case SC_SEAT_ACTION_STOP:
    stop_all (self);
    break;
  case SC_SEAT_ACTION_SEND:
    send_message (self, action->message);
    break;
  case SC_SEAT_ACTION_ANSWER_PREPARED:
    answer_prepared (self, action->session);
    break;
  case SC_SEAT_ACTION_TELL_PROGRESS:
    tell_progress (self, action->session, action->state, TRUE);
    break;
  default:
    break;
  }
}

static void
pump (ScService *self)
{
  for (ScSeatAction *action = sc_seat_core_next_action (self->core); action != NULL;
       action = sc_seat_core_next_action (self->core)) {
    act (self, action);
    sc_seat_action_free (action);
  }
  if (self->stopped != NULL && sc_seat_core_get_phase (self->core) == SC_SEAT_IDLE) {
    g_autoptr (GSource) source = g_idle_source_new ();
    g_source_set_callback (source, self->stopped, self->stopped_data, NULL);
    g_source_attach (source, g_main_context_get_thread_default ());
    self->stopped = NULL;
  }
}

/* ---- the link ---- */

static void
on_connected (gpointer user_data, const char *local_address)
{
  ScService *self = user_data;

  g_message ("Connected to the console from %s", local_address);
  g_free (self->local_address);
  self->local_address = g_strdup (local_address);
  g_clear_pointer (&self->told, g_free);
  find_drift (self);
  send_inventory (self, TRUE);
}

static void
on_message (gpointer user_data, ScControlMessage *message)
{
  ScService *self = user_data;
  sc_seat_core_message (self->core, message, g_get_monotonic_time ());
  pump (self);
}

static void
on_lost (gpointer user_data)
{
  ScService *self = user_data;
  sc_seat_core_link_lost (self->core);
  pump (self);
}

/* ---- the whole ---- */

static GSource *
add_timer (GSource *source, GSourceFunc func, gpointer user_data)
{
  g_source_set_callback (source, func, user_data, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
  return source;
}

ScService *
sc_service_new (const ScServiceConfig *config, GError **error)
{
  static const ScLinkEvents events = { on_connected, on_message, on_lost };

  if (!g_file_test (config->repository, G_FILE_TEST_IS_DIR)) {
    g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND,
                 "The repository “%s” is not a directory: create it, or name another by --repository",
                 config->repository);
    return NULL;
  }
  g_autoptr (ScDisk) disk = sc_disk_system (config->repository, error);
  if (disk == NULL)
    return NULL;
  g_autoptr (ScSeatState) state = sc_seat_state_open (config->state_directory, error);
  if (state == NULL)
    return NULL;

  ScService *self = g_new0 (ScService, 1);
  self->disk = g_steal_pointer (&disk);
  self->state = g_steal_pointer (&state);
  self->name = config->name != NULL ? g_strdup (config->name) : sc_system_get_host_name ();
  self->room = g_strdup (config->room != NULL ? config->room : "");
  self->interface_address = g_strdup (config->interface_address);
  self->progress = sc_progress_new ();
  self->core = sc_seat_core_new ();
  self->fetch = sc_fetch_new (config->connection);
  self->link = sc_link_new (self->fetch, &events, self);
  return self;
}

void
sc_service_start (ScService *self)
{
  guint64 session, version;

  sc_seat_state_get_pending (self->state, &session, &version);
  if (version != 0)
    g_message ("The update to version %" G_GUINT64_FORMAT
               " was interrupted; it goes on, with what is here already, when the console orders it",
               version);
  self->progress_timer = add_timer (g_timeout_source_new (PROGRESS_INTERVAL), on_progress_timer, self);
  self->second_timer = add_timer (g_timeout_source_new_seconds (1), on_second, self);
  sc_link_start (self->link);
}

void
sc_service_quit (ScService *self, GSourceFunc stopped, gpointer user_data)
{
  self->stopped = stopped;
  self->stopped_data = user_data;
  sc_seat_core_quit (self->core);
  pump (self);
}

static void
clear_timer (GSource **timer)
{
  if (*timer != NULL)
    g_source_destroy (*timer);
  g_clear_pointer (timer, g_source_unref);
}

void
sc_service_free (ScService *self)
{
  clear_timer (&self->progress_timer);
  clear_timer (&self->second_timer);
  sc_link_free (self->link);
  sc_fetch_free (self->fetch);
  sc_seat_core_free (self->core);
  sc_progress_unref (self->progress);
  g_clear_pointer (&self->inventory, sc_inventory_free);
  sc_seat_state_close (self->state);
  sc_disk_free (self->disk);
  g_free (self->told);
  g_free (self->name);
  g_free (self->room);
  g_free (self->interface_address);
  g_free (self->local_address);
  g_free (self);
}
