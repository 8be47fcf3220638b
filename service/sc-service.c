/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-service.h"

#include "common/platform/sc-system.h"
#include "common/platform/sc-wake.h"
#include "common/sc-error.h"
#include "common/sc-path.h"
#include "service/sc-fetch-json.h"
#include "service/sc-seat-order.h"
#include "service/sc-service-private.h"

#define PROGRESS_INTERVAL 250u /* ms: at most 4 a second */
#define INVENTORY_INTERVAL 3u  /* s between looks at what may have changed, while there is work */
#define DRIFT_INTERVAL 60u     /* s between looks at the files' metadata, and at what may have changed, always */
#define MAX_WORDS (64u * 1024) /* bytes of an answer that says why */
#define HEARTBEAT 5u           /* s: progress that stands still is told again this often */

static gboolean
on_progress_timer (gpointer user_data)
{
  ScService *self = user_data;
  ScTransferState state = sc_seat_core_get_transfer (self->core);

  if (state != SC_TRANSFER_IDLE)
    sc_service_tell_progress (self, sc_seat_core_get_session (self->core), state, FALSE);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_second (gpointer user_data)
{
  ScService *self = user_data;

  self->seconds++;
  if (self->seconds % HEARTBEAT == 0)
    g_clear_pointer (&self->told, g_free);
  if (self->seconds % INVENTORY_INTERVAL == 0)
    sc_service_send_inventory (self, FALSE);
  sc_seat_core_tick (self->core, g_get_monotonic_time ());
  sc_service_pump (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_minute (gpointer user_data)
{
  ScService *self = user_data;

  sc_seat_renewal_look (self->renewal, FALSE);
  sc_service_find_drift (self);
  if (sc_seat_volumes_is_troubled (self->volumes)) /* until that is mended */
    sc_service_look_at_volumes (self);
  sc_service_send_inventory (self, FALSE);
  return G_SOURCE_CONTINUE;
}

static GSource *
add_timer (GSource *source, GSourceFunc func, gpointer user_data)
{
  g_source_set_callback (source, func, user_data, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
  return source;
}

static void
clear_timer (GSource **timer)
{
  if (*timer != NULL)
    g_source_destroy (*timer);
  g_clear_pointer (timer, g_source_unref);
}

/* A seat with nothing to do sleeps: 80 laptops and the hypervisors on them have better uses for their processors. */
void
sc_service_adjust_timers (ScService *self)
{
  if (!sc_seat_core_wants_ticks (self->core)) {
    clear_timer (&self->progress_timer);
    clear_timer (&self->second_timer);
  } else if (self->second_timer == NULL) {
    self->progress_timer = add_timer (g_timeout_source_new (PROGRESS_INTERVAL), on_progress_timer, self);
    self->second_timer = add_timer (g_timeout_source_new_seconds (1), on_second, self);
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
  self->reconnecting = FALSE;
  sc_service_find_drift (self);
  sc_service_look_at_volumes (self);
  sc_service_send_inventory (self, TRUE);
  sc_service_send_verified (self);
  sc_seat_renewal_look (self->renewal, TRUE);
}

/* Staff see there why it is not done. */
static void
refuse_order (ScService *self, const ScControlMessage *order, const GError *error)
{
  g_autoptr (ScControlMessage) failed = sc_control_message_new (SC_CONTROL_FAILED, order->session);

  g_warning ("An order of the console is refused: %s", error->message);
  failed->failed.code = g_strdup (sc_error_nick_of (error));
  failed->failed.message = g_strdup (error->message);
  sc_link_send (self->link, failed);
}

static void
on_message (gpointer user_data, ScControlMessage *message)
{
  ScService *self = user_data;
  g_autoptr (GError) error = NULL;

  if (message->type == SC_CONTROL_WELCOME && self->events.accepted != NULL)
    self->events.accepted (self->events.user_data);
  if ((message->type == SC_CONTROL_PREPARE || message->type == SC_CONTROL_CATCH_UP) &&
      !sc_seat_order_take (message, self->identity, self->state, &error)) {
    refuse_order (self, message, error);
    sc_control_message_free (message);
    return;
  }
  if (message->type == SC_CONTROL_POLICY)
    sc_fetch_set_cache (self->fetch, message->policy.cache);
  if (message->type == SC_CONTROL_TRUST)
    sc_seat_renewal_trust (self->renewal, message->trust.anchors, message->trust.renew);
  if (message->type == SC_CONTROL_WAKE)
    sc_service_wake (self, message);
  if (message->type == SC_CONTROL_POWER_OFF)
    sc_service_power_off (self);
  sc_seat_core_message (self->core, message, g_get_monotonic_time ());
  sc_service_pump (self);
}

static void
on_lost (gpointer user_data)
{
  ScService *self = user_data;
  sc_seat_core_link_lost (self->core);
  sc_service_pump (self);
}

static void
on_words (GObject *source, GAsyncResult *result, gpointer user_data)
{
  guint status = 0;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = sc_fetch_json_finish (result, &status, &error);

  if (g_error_matches (error, SC_ERROR, SC_ERROR_CANCELLED))
    return; /* the service is gone */
  ScService *self = user_data;
  g_clear_object (&self->asking);
  if (answer == NULL || (status != SOUP_STATUS_UNAUTHORIZED && status != SOUP_STATUS_FORBIDDEN))
    return; /* it has changed its mind, or cannot be asked: the next attempt will tell */
  g_autofree char *words = sc_fetch_json_dup_error (answer, "it does not say why");
  self->events.refused (words, self->events.user_data);
}

/* Who asks for a WebSocket gets no words: they are asked for without. */
static void
on_refused (gpointer user_data)
{
  ScService *self = user_data;

  if (self->asking != NULL || self->events.refused == NULL || self->stopped != NULL)
    return;
  self->asking = g_cancellable_new ();
  sc_fetch_json_async (self->fetch, SC_LINK_PATH, NULL, MAX_WORDS, self->asking, on_words, self);
}

/* What is in hand is not disturbed: the certificate of before is still good. */
static void
on_renewed (gpointer user_data)
{
  ScService *self = user_data;

  self->reconnecting = TRUE;
  sc_service_pump (self);
}

static gint64
get_time (gpointer user_data)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

/* ---- the whole ---- */

/* Two services with a state each would undo each other's work. A full disk is no reason not to start. */
static gboolean
hold_repository (ScDisk *disk, ScDiskFile **held, GError **error)
{
  g_autoptr (GError) local = NULL;

  *held = sc_disk_open (disk, SC_PATH_PRIVATE "/lock", SC_DISK_WRITE | SC_DISK_CREATE | SC_DISK_EXCLUSIVE, &local);
  if (*held != NULL)
    return TRUE;
  if (g_error_matches (local, SC_ERROR, SC_ERROR_NO_SPACE)) {
    g_warning ("%s", local->message);
    return TRUE;
  }
  gboolean busy = g_error_matches (local, SC_ERROR, SC_ERROR_BUSY);
  g_propagate_prefixed_error (error, g_steal_pointer (&local),
                              busy ? "Is another seatcast-service running on %s? "
                                   : "The service's account must own the directory of the templates %s, and the "
                                     "service's unit, where it has one, must let it write there. ",
                              sc_disk_get_root (disk));
  return FALSE;
}

ScService *
sc_service_new (const ScServiceConfig *config, GError **error)
{
  static const ScLinkEvents events = { on_connected, on_message, on_lost, on_refused };

  if (!g_file_test (config->repository, G_FILE_TEST_IS_DIR)) {
    g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND,
                 "The directory of the templates “%s” is not there: make it, connect its disk, or set another",
                 config->repository);
    return NULL;
  }
  g_autoptr (ScDisk) disk = sc_disk_system (config->repository, error);
  if (disk == NULL)
    return NULL;
  sc_disk_set_compressing (disk, (config->accept_volume & SC_VOLUME_COMPRESSES) != 0);
  g_autoptr (ScDiskFile) held = NULL;
  if (!hold_repository (disk, &held, error))
    return NULL;
  g_autoptr (ScSeatState) state = sc_seat_state_open (config->state_directory, error);
  if (state == NULL || !sc_seat_state_set_seat (state, sc_seat_identity_get_seat (config->identity), error))
    return NULL;

  g_autoptr (GError) local = NULL;
  ScService *self = g_new0 (ScService, 1);
  const ScSeatRenewalWorld renewal = { get_time, on_renewed, self };
  self->disk = g_steal_pointer (&disk);
  self->held = g_steal_pointer (&held);
  self->state = g_steal_pointer (&state);
  self->volumes =
      sc_seat_volumes_new (config->repository, config->state_directory, config->accept_volume, sc_volume_inspect);
  self->run = g_uuid_string_random ();
  if (!sc_seat_state_raise_generation (self->state, &self->generation, &local))
    g_warning ("Whether the disk forgets at restart cannot be told: %s", local->message);
  self->name = config->name != NULL ? g_strdup (config->name) : sc_system_get_host_name ();
  self->room = g_strdup (config->room != NULL ? config->room : "");
  self->interface_address = g_strdup (config->interface_address);
  self->progress = sc_progress_new ();
  self->settings = (ScApplySettings){ config->reserve, config->undo_budget, sc_throttle_new () };
  self->core = sc_seat_core_new (g_random_int ());
  self->system = (ScServiceSystem){ sc_system_wake, sc_system_has_users, sc_system_power_off };
  if (config->events != NULL)
    self->events = *config->events;
  self->identity = config->identity;
  self->fetch = sc_fetch_new (config->connection, config->identity);
  self->renewal = sc_seat_renewal_new (self->fetch, self->identity, &renewal);
  self->link = sc_link_new (self->fetch, &events, self);
  return self;
}

void
sc_service_start (ScService *self)
{
  guint64 session, version;
  ScChunkId manifest;

  g_autofree char *hooks = sc_seat_state_dup_pending_hooks (self->state);
  sc_seat_state_get_pending (self->state, &session, &version, &manifest);
  /* What an older service had noted down nobody has signed: the console orders it anew */
  if (version != 0 && sc_seat_state_is_pending_ordered (self->state)) {
    g_message ("The update to version %" G_GUINT64_FORMAT
               " was interrupted; it goes on, with what is here already, in half a minute at the latest",
               version);
    sc_seat_core_set_pending (self->core, session, version, &manifest, hooks, g_get_monotonic_time ());
  }
  sc_service_look_at_volumes (self);
  sc_service_find_back (self);
  self->minute_timer = add_timer (g_timeout_source_new_seconds (DRIFT_INTERVAL), on_minute, self);
  sc_service_adjust_timers (self);
  sc_link_start (self->link);
}

void
sc_service_quit (ScService *self, GSourceFunc stopped, gpointer user_data)
{
  self->stopped = stopped;
  self->stopped_data = user_data;
  sc_seat_volumes_stop (self->volumes);
  sc_seat_core_quit (self->core);
  sc_service_pump (self);
}

void
sc_service_free (ScService *self)
{
  clear_timer (&self->progress_timer);
  clear_timer (&self->second_timer);
  clear_timer (&self->minute_timer);
  g_clear_pointer (&self->wakes, g_ptr_array_unref);
  sc_link_free (self->link);
  if (self->asking != NULL)
    g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  sc_seat_renewal_free (self->renewal);
  sc_fetch_free (self->fetch);
  sc_seat_core_free (self->core);
  sc_progress_unref (self->progress);
  sc_throttle_free (self->settings.throttle);
  g_clear_pointer (&self->inventory, sc_inventory_free);
  g_clear_pointer (&self->verified, sc_control_message_free);
  g_clear_pointer (&self->busy, sc_seat_busy_unref);
  g_clear_pointer (&self->back, g_array_unref);
  sc_seat_volumes_free (self->volumes);
  g_free (self->run);
  sc_seat_state_close (self->state);
  g_clear_pointer (&self->held, sc_disk_file_close);
  sc_disk_free (self->disk);
  g_free (self->told);
  g_free (self->hooks);
  g_free (self->warning);
  g_free (self->name);
  g_free (self->room);
  g_free (self->interface_address);
  g_free (self->local_address);
  g_free (self);
}
