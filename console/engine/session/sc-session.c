/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-session-private.h"

#include "common/sc-error.h"
#include "common/sc-log.h"

#include <gio/gio.h>

#define TICK_INTERVAL 250                      /* ms: figures, timeouts, "changed" */
#define SAVE_INTERVAL (5 * G_TIME_SPAN_SECOND) /* of figures that change all the time */

/* saving and telling */

static void
mark_end (ScSession *self)
{
  ScCatalogSession *session = sc_session_core_get_session (self->core);

  self->ended = TRUE;
  for (guint i = 0; i < sc_session_core_get_n_seats (self->core); i++)
    sc_session_keeper_mark_seat (self->keeper, sc_session_core_get_seat (self->core, i, NULL));
  sc_session_keeper_mark (self->keeper);
  self->dirty = TRUE;
  sc_log_session_message (session->id, "session %" G_GUINT64_FORMAT " is %s%s%s", session->id,
                          session->suspended ? "suspended" : sc_session_state_to_nick (session->state),
                          session->error[0] != '\0' ? ": " : "", session->error);
}

/* Until the catalog has the end the session stays: else it would be shown as running for ever. */
static gboolean
end (ScSession *self)
{
  if (!self->ended)
    mark_end (self);
  self->kept = sc_session_keeper_save (self->keeper);
  if (self->kept) {
    g_clear_handle_id (&self->timer, g_source_remove);
    g_clear_handle_id (&self->over, g_source_remove);
  }
  if (self->kept || self->dirty) {
    self->dirty = FALSE;
    self->listener.changed (self->data, self);
  }
  return self->kept ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

static gboolean
on_tick (gpointer data)
{
  ScSession *self = data;
  gint64 time = sc_session_now ();

  sc_session_core_tick (self->core, time);
  sc_session_update_figures (self);
  if (sc_session_is_over (self) || sc_session_is_suspended (self))
    return end (self);
  if (time - self->saved >= SAVE_INTERVAL) {
    self->saved = time;
    sc_session_keeper_mark (self->keeper);
  }
  sc_session_keeper_save (self->keeper);
  if (self->dirty) {
    self->dirty = FALSE;
    self->listener.changed (self->data, self);
  }
  return G_SOURCE_CONTINUE;
}

static gboolean
on_over (gpointer data)
{
  ScSession *self = data;

  self->over = 0;
  on_tick (self);
  return G_SOURCE_REMOVE;
}

/* loading and planning */

static void
work_run (gpointer data, GCancellable *cancellable)
{
  ScSessionWork *work = &((ScSession *) data)->work;
  g_autoptr (GPtrArray) templates = NULL;

  if (work->wanted == NULL) {
    templates = sc_store_get_templates (work->store, work->version, &work->error);
    if (templates != NULL)
      work->chunks = sc_version_chunks_collect (templates);
    return;
  }
  sc_session_work_plan (work, cancellable);
}

static void
use_plan (ScSession *self)
{
  ScCatalogSession *session = sc_session_core_get_session (self->core);
  g_autofree char *group = sc_session_make_group (self);
  ScSessionStream stream = { .port = self->parts.config->port, .group = group };

  sc_session_make_layout (self);
  /* one that is taken up again sends the rest of what it was to send, as sc_session_view() has it */
  if (self->layout.plan_length + self->layout.content_length >= session->plan_bytes + session->content_bytes) {
    session->plan_bytes = self->layout.plan_length;
    session->content_bytes = self->layout.content_length;
    session->content_frames = sc_session_plan_get_n_frames (self->work.plan);
    session->delta_frames = sc_session_plan_get_n_deltas (self->work.plan);
    session->delta_saved = sc_session_plan_get_delta_saved (self->work.plan);
  }
  stream.layout = self->layout;
  stream.plan = *sc_session_plan_get_id (self->work.plan);
  stream.key = self->key;
  sc_session_core_planned (self->core, &stream, sc_session_now ());
  sc_cast_key_wipe (&stream.key);
}

static void
work_done (gpointer data)
{
  ScSession *self = data;

  self->dirty = TRUE;
  if (self->work.error != NULL) {
    sc_session_core_fail (self->core, self->work.error, sc_session_now ());
  } else if (self->work.wanted == NULL) {
    sc_session_core_start (self->core, sc_chunk_index_size (self->work.chunks), sc_session_now ());
  } else {
    g_clear_pointer (&self->work.chunks, sc_chunk_index_free);
    g_clear_pointer (&self->work.holders, sc_session_holders_free);
    use_plan (self);
  }
}

/* what the core orders */

static gboolean
act_send (gpointer data, const char *seat, const ScControlMessage *message)
{
  ScSession *self = data;

  return sc_seat_hub_send (self->parts.hub, seat, message);
}

static gboolean
act_sign (gpointer data, const char *seat, ScControlMessage *order, GError **error)
{
  ScSession *self = data;

  return sc_order_signer_sign (self->parts.signer, self->parts.store, self->work.version, seat, order, error);
}

static void
act_make_plan (gpointer data, GBytes *wanted)
{
  ScSession *self = data;

  /* the order follows a seat's answer or the time, so the worker that loaded is done and not calling */
  g_clear_pointer (&self->worker, sc_worker_free);
  self->work.wanted = g_bytes_ref (wanted);
  self->worker = sc_worker_new ("session-plan", work_run, work_done, self);
}

static gboolean
act_start_driver (gpointer data, const guint32 *seats, guint n_seats, GError **error)
{
  return sc_session_start_driver (data, seats, n_seats, error);
}

static void
act_stop_driver (gpointer data)
{
  ScSession *self = data;

  if (self->driver == NULL)
    return;
  sc_session_update_figures (self);
  sc_cast_driver_stop (self->driver);
  sc_session_set_streaming (self, FALSE, FALSE);
}

static void
act_add_seat (gpointer data, guint32 number)
{
  sc_cast_driver_add_seat (((ScSession *) data)->driver, number);
}

/* (nullable): of whom the seats' numbers are for now */
static ScCastDriver *
current_driver (ScSession *self)
{
  ScCastDriver *prelude = sc_session_get_manifests_driver (self);

  return prelude != NULL ? prelude : self->driver;
}

static void
act_remove_seat (gpointer data, guint32 number)
{
  ScCastDriver *driver = current_driver (data);

  if (driver != NULL)
    sc_cast_driver_remove_seat (driver, number);
}

static void
act_heard (gpointer data, guint32 number)
{
  ScCastDriver *driver = current_driver (data);

  if (driver != NULL)
    sc_cast_driver_heard (driver, number);
}

static void
act_report (gpointer data, guint32 number, const ScCastReport *report)
{
  ScCastDriver *driver = current_driver (data);

  if (driver != NULL)
    sc_cast_driver_report (driver, number, report);
}

static void
act_set_paused (gpointer data, gboolean paused)
{
  ScSession *self = data;

  sc_cast_driver_set_paused (self->driver, paused);
  sc_session_set_streaming (self, self->streaming, paused);
}

static void
act_set_key (gpointer data, const ScCastKey *key)
{
  ScSession *self = data;

  self->key = *key;
  if (self->driver != NULL)
    sc_cast_driver_set_key (self->driver, key);
  sc_log_session_message (sc_session_get_id (self), "session %" G_GUINT64_FORMAT " goes on under a new key",
                          sc_session_get_id (self));
}

static void
act_wake (gpointer data, const char *const *seats)
{
  ScSession *self = data;

  self->listener.wake (self->data, seats);
}

static void
act_changed (gpointer data, const ScCatalogSessionSeat *seat)
{
  ScSession *self = data;

  self->dirty = TRUE;
  if (seat != NULL) {
    sc_session_keeper_mark_seat (self->keeper, seat);
    self->listener.seat_changed (self->data, sc_session_core_get_session (self->core), seat);
    return;
  }
  if (sc_session_is_over (self))
    sc_session_core_get_session (self->core)->ended = g_get_real_time ();
  /* the seats' rows first: a session that is kept as over is not taken up again */
  sc_session_keeper_mark (self->keeper);
  sc_session_keeper_save (self->keeper);
  /* before any request: whoever sees the end and acts upon it must not be recorded ahead of it */
  if (!self->ended && self->over == 0 && (sc_session_is_over (self) || sc_session_is_suspended (self)))
    self->over = g_idle_add_full (G_PRIORITY_HIGH, on_over, self, NULL);
}

static const ScSessionActions actions = {
  .send = act_send,
  .sign = act_sign,
  .lacks = sc_session_note_lacks,
  .make_plan = act_make_plan,
  .start_driver = act_start_driver,
  .stop_driver = act_stop_driver,
  .add_seat = act_add_seat,
  .remove_seat = act_remove_seat,
  .heard = act_heard,
  .report = act_report,
  .set_paused = act_set_paused,
  .set_key = act_set_key,
  .changed = act_changed,
  .wake = act_wake,
  .probe = sc_session_probe,
  .make_manifests = sc_session_make_manifests,
  .start_manifests = sc_session_start_manifests,
  .stop_manifests = sc_session_stop_manifests,
  .unheard = sc_session_note_unheard,
};

/* making and ending it */

ScSession *
sc_session_new (const ScSessionParts *parts, ScCatalogSession *session, GPtrArray *rows, ScVersionManifest *version,
                const ScSessionListener *listener, gpointer data)
{
  ScSession *self = g_new0 (ScSession, 1);

  self->parts = *parts;
  self->listener = *listener;
  self->data = data;
  self->saved = sc_session_now ();
  sc_cast_key_generate (&self->key);
  self->keeper = sc_session_keeper_new (parts->catalog, session);
  self->core = sc_session_core_new (session, sc_version_manifest_get_id (version), &actions, self);
  self->before = *session;
  self->former = g_array_new (FALSE, FALSE, sizeof (ScSessionFormer));
  self->rooms = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_set_free_func (rows, NULL);
  for (guint i = 0; i < rows->len; i++) {
    ScCatalogSessionSeat *row = g_ptr_array_index (rows, i);
    const ScSessionFormer former = { .repairs = row->repairs, .charged = row->charged, .waited = row->waited };
    g_autofree char *name = NULL;
    char *room = NULL;

    g_array_append_val (self->former, former);
    sc_catalog_dup_seat_labels (parts->catalog, row->seat, &name, &room);
    g_ptr_array_add (self->rooms, room);
    sc_session_core_add_seat (self->core, g_ptr_array_index (rows, i));
  }
  g_ptr_array_unref (rows);
  self->work.store = parts->store;
  self->work.version = sc_version_manifest_ref (version);
  if (!sc_session_core_get_session (self->core)->dry_run)
    sc_session_begin_prelude (self);
  self->worker = sc_worker_new ("session-load", work_run, work_done, self);
  self->timer = g_timeout_add (TICK_INTERVAL, on_tick, self);
  return self;
}

void
sc_session_free (ScSession *self)
{
  if (self == NULL)
    return;
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_handle_id (&self->over, g_source_remove);
  sc_worker_free (self->worker);
  sc_session_end_prelude (self);
  sc_session_update_figures (self);
  sc_cast_driver_free (self->driver);
  if (!self->kept) {
    sc_session_keeper_mark (self->keeper);
    sc_session_keeper_save (self->keeper);
  }
  g_array_unref (self->former);
  g_ptr_array_unref (self->rooms);
  sc_session_keeper_free (self->keeper);
  sc_session_rates_free (self->rates);
  sc_session_core_free (self->core);
  g_clear_pointer (&self->work.chunks, sc_chunk_index_free);
  g_clear_pointer (&self->work.holders, sc_session_holders_free);
  g_clear_pointer (&self->work.plan, sc_session_plan_unref);
  g_clear_pointer (&self->work.wanted, g_bytes_unref);
  g_clear_error (&self->work.error);
  sc_version_manifest_unref (self->work.version);
  sc_cast_key_wipe (&self->key);
  g_free (self);
}

guint64
sc_session_get_id (ScSession *self)
{
  return sc_session_core_get_session (self->core)->id;
}

gboolean
sc_session_is_over (ScSession *self)
{
  return sc_session_state_is_over (sc_session_core_get_session (self->core)->state);
}

gboolean
sc_session_is_suspended (ScSession *self)
{
  return sc_session_core_get_session (self->core)->suspended;
}

gboolean
sc_session_is_kept (ScSession *self)
{
  return self->kept;
}

gboolean
sc_session_holds (ScSession *self, const char *seat)
{
  return sc_session_core_holds (self->core, seat);
}

GBytes *
sc_session_get_plan (ScSession *self, const ScChunkId *plan)
{
  /* before the layout is made, the plan is the worker's */
  if (self->layout.plan_length == 0 || sc_session_is_over (self) ||
      !sc_chunk_id_equal (sc_session_plan_get_id (self->work.plan), plan))
    return NULL;
  return sc_session_plan_get_bytes (self->work.plan);
}

void
sc_session_count_catch_up (ScSession *self, guint64 bytes)
{
  sc_session_core_get_session (self->core)->catch_up_bytes += bytes;
  self->dirty = TRUE;
}

void
sc_session_seat_online (ScSession *self, const char *seat)
{
  sc_session_core_seat_online (self->core, seat, sc_session_now ());
}

void
sc_session_seat_offline (ScSession *self, const char *seat)
{
  sc_session_note_removed (self, seat);
  sc_session_core_seat_offline (self->core, seat, sc_session_now ());
}

void
sc_session_message (ScSession *self, const char *seat, const ScControlMessage *message)
{
  self->dirty = TRUE;
  sc_session_core_message (self->core, seat, message, sc_session_now ());
}

void
sc_session_shut_out (ScSession *self, const char *seat, const char *why)
{
  ScCastKey next;

  self->dirty = TRUE;
  sc_cast_key_generate_next (&next, &self->key);
  sc_session_core_shut_out (self->core, seat, &next, why, sc_session_now ());
  sc_cast_key_wipe (&next);
}

gboolean
sc_session_pause (ScSession *self, GError **error)
{
  return sc_session_core_pause (self->core, sc_session_now (), error);
}

gboolean
sc_session_resume (ScSession *self, GError **error)
{
  return sc_session_core_resume (self->core, sc_session_now (), error);
}

gboolean
sc_session_cancel (ScSession *self, GError **error)
{
  return sc_session_core_cancel (self->core, sc_session_now (), error);
}

void
sc_session_release (ScSession *self, const char *const *seats)
{
  self->dirty = TRUE;
  sc_session_core_release (self->core, seats, sc_session_now ());
}

GPtrArray *
sc_session_list_held (ScSession *self)
{
  GPtrArray *seats = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < sc_session_core_get_n_seats (self->core); i++) {
    const char *seat = sc_session_core_get_seat (self->core, i, NULL)->seat;

    if (sc_session_core_holds (self->core, seat))
      g_ptr_array_add (seats, g_strdup (seat));
  }
  return seats;
}
