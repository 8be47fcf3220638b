/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-sessions-private.h"

#include "common/sc-error.h"
#include "common/sc-log.h"
#include "console/engine/session/sc-session-rates.h"
#include "console/engine/store/sc-store-signatures.h"

G_DEFINE_FINAL_TYPE (ScSessions, sc_sessions, G_TYPE_OBJECT)

enum { SIGNAL_CHANGED, SIGNAL_ENDED, SIGNAL_SEAT_STATE, SIGNAL_GOING_BACK, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
sc_sessions_finalize (GObject *object)
{
  ScSessions *self = SC_SESSIONS (object);

  g_clear_handle_id (&self->sweep, g_source_remove);
  g_signal_handlers_disconnect_by_data (self->hub, self);
  g_ptr_array_unref (self->running);
  g_hash_table_unref (self->verifying);
  g_hash_table_unref (self->behind);
  g_hash_table_unref (self->room_caps);
  g_hash_table_unref (self->ways_back);
  g_object_unref (self->hub);
  g_free (self->config.group);
  g_free (self->config.interface_address);
  G_OBJECT_CLASS (sc_sessions_parent_class)->finalize (object);
}

static void
sc_sessions_class_init (ScSessionsClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sc_sessions_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("session-changed", SC_TYPE_SESSIONS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_UINT64);
  signals[SIGNAL_ENDED] = g_signal_new ("session-ended", SC_TYPE_SESSIONS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, G_TYPE_UINT64);
  signals[SIGNAL_SEAT_STATE] = g_signal_new ("seat-state", SC_TYPE_SESSIONS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                             G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_POINTER);
  signals[SIGNAL_GOING_BACK] = g_signal_new ("going-back", SC_TYPE_SESSIONS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                             G_TYPE_NONE, 3, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE, G_TYPE_UINT64,
                                             G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
sc_sessions_init (ScSessions *self)
{
  self->running = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_session_free);
  self->verifying = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->behind = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->room_caps = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->ways_back = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) sc_selection_unref);
}

ScSession *
sc_sessions_find_running (ScSessions *self, guint64 id)
{
  for (guint i = 0; i < self->running->len; i++) {
    ScSession *session = g_ptr_array_index (self->running, i);

    if (sc_session_get_id (session) == id && !(sc_session_is_suspended (session) && sc_session_is_kept (session)))
      return session;
  }
  return NULL;
}

ScSession *
sc_sessions_find_holder (ScSessions *self, const char *seat)
{
  for (guint i = 0; i < self->running->len; i++) {
    ScSession *session = g_ptr_array_index (self->running, i);

    if (sc_session_holds (session, seat))
      return session;
  }
  return NULL;
}

/* what the hub tells */

/* A seat that still listens for a session that is over, because it was away at the end, is told so. */
static void
send_away (ScSessions *self, const char *seat, guint64 session, ScLeaveReason reason)
{
  g_autoptr (ScControlMessage) message = sc_control_message_new (SC_CONTROL_LEAVE, session);

  message->leave.reason = reason;
  sc_seat_hub_send (self->hub, seat, message);
}

/* A seat that was away when its session was cancelled, or let go of it, would go on with it by itself. */
static void
remind (ScSessions *self, const char *seat)
{
  g_autoptr (GError) error = NULL;
  guint64 cancelled = 0;
  guint64 released = 0;

  if (!sc_catalog_find_cancelled (self->catalog, seat, &cancelled, &error) ||
      !sc_catalog_find_released (self->catalog, seat, &released, &error))
    g_warning ("it is not known whether seat %s was in a cancelled session: %s", seat, error->message);
  if (cancelled != 0)
    send_away (self, seat, cancelled, SC_LEAVE_CANCELLED);
  else if (released != 0)
    send_away (self, seat, released, SC_LEAVE_SUSPENDED);
}

static void
on_seat_connected (ScSeatHub *hub, const char *seat, ScSessions *self)
{
  ScSession *session = sc_sessions_find_holder (self, seat);

  sc_sessions_tell_trust_to (self, seat);
  if (session != NULL)
    sc_session_seat_online (session, seat);
  else
    remind (self, seat);
}

static void
on_seat_gone (ScSeatHub *hub, const char *seat, ScSessions *self)
{
  ScSession *session = sc_sessions_find_holder (self, seat);

  if (session != NULL)
    sc_session_seat_offline (session, seat);
  sc_sessions_verify_broke (self, seat);
}

/* Outside any session the seat has come to the version wholly: to what sessions had left it busy with, too. */
static void
end_busy (ScSessions *self, const char *seat, const ScControlMessage *done)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) changed = NULL;

  for (guint i = 0; i < self->running->len; i++)
    if (!sc_session_holds (g_ptr_array_index (self->running, i), seat))
      sc_session_message (g_ptr_array_index (self->running, i), seat, done);
  changed = sc_catalog_end_busy (self->catalog, seat, done->done.version, &error);
  if (changed == NULL)
    g_warning ("that seat %s is not busy any more could not be kept: %s", seat, error->message);
  for (guint i = 0; changed != NULL && i < changed->len; i++)
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0, g_array_index (changed, guint64, i));
}

static void
on_message (ScSeatHub *hub, const char *seat, const ScControlMessage *message, ScSessions *self)
{
  ScSession *session = message->session != 0 ? sc_sessions_find_running (self, message->session) : NULL;

  if (message->type == SC_CONTROL_VERIFIED)
    sc_sessions_verified (self, seat, message->verified);
  else if (message->type == SC_CONTROL_DONE && message->session == 0 && message->done.busy->len == 0)
    end_busy (self, seat, message);
  else if (session != NULL)
    sc_session_message (session, seat, message);
  else if (message->session != 0 && (message->type == SC_CONTROL_JOINED || message->type == SC_CONTROL_REPORT))
    send_away (self, seat, message->session, SC_LEAVE_CANCELLED);
  else if (message->type == SC_CONTROL_DONE && message->session != 0)
    sc_sessions_note_done (self, seat, message);
}

ScSessions *
sc_sessions_new (ScStore *store, ScCatalog *catalog, ScSeatHub *hub, const ScSessionsConfig *config)
{
  ScSessions *self = g_object_new (SC_TYPE_SESSIONS, NULL);

  self->store = store;
  self->catalog = catalog;
  self->hub = g_object_ref (hub);
  self->config = *config;
  self->started = g_get_monotonic_time ();
  self->config.group = g_strdup (config->group);
  self->config.interface_address = g_strdup (config->interface_address);
  g_signal_connect (hub, "seat-connected", G_CALLBACK (on_seat_connected), self);
  g_signal_connect (hub, "seat-gone", G_CALLBACK (on_seat_gone), self);
  g_signal_connect (hub, "message", G_CALLBACK (on_message), self);
  return self;
}

const ScSessionsConfig *
sc_sessions_get_config (ScSessions *self)
{
  return &self->config;
}

void
sc_sessions_set_wake (ScSessions *self, ScSessionsWake wake, gpointer data)
{
  self->wake = wake;
  self->wake_data = data;
}

/* running sessions */

static gboolean
sweep (gpointer data)
{
  ScSessions *self = data;

  self->sweep = 0;
  for (guint i = self->running->len; i-- > 0;) {
    if (sc_session_is_kept (g_ptr_array_index (self->running, i)))
      g_ptr_array_remove_index (self->running, i);
  }
  return G_SOURCE_REMOVE;
}

static void
on_seat_changed (gpointer data, const ScCatalogSession *session, const ScCatalogSessionSeat *seat)
{
  ScSessions *self = data;

  if (seat->state == SC_TRANSFER_FAILED && session->dry_run)
    sc_seat_hub_restore (self->hub, seat->seat, session->id);
  else if (seat->state == SC_TRANSFER_FAILED)
    sc_seat_hub_fail (self->hub, seat->seat, session->id, seat->reason);
  sc_sessions_tell_seat (self, session, seat);
}

static void
on_session_changed (gpointer data, ScSession *session)
{
  ScSessions *self = data;

  if (sc_session_is_kept (session) && self->sweep == 0)
    self->sweep = g_idle_add (sweep, self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, sc_session_get_id (session));
  if (sc_session_is_kept (session) && sc_session_is_over (session))
    g_signal_emit (self, signals[SIGNAL_ENDED], 0, sc_session_get_id (session));
}

static void
on_sending_changed (gpointer data, ScSession *session)
{
  sc_sessions_share_rates (data);
}

static void
on_wake (gpointer data, const char *const *seats)
{
  ScSessions *self = data;

  if (self->wake != NULL)
    self->wake (self->wake_data, seats);
}

static const ScSessionListener session_listener = {
  .changed = on_session_changed,
  .seat_changed = on_seat_changed,
  .sending_changed = on_sending_changed,
  .wake = on_wake,
};

void
sc_sessions_tell_seat (ScSessions *self, const ScCatalogSession *session, const ScCatalogSessionSeat *seat)
{
  g_signal_emit (self, signals[SIGNAL_SEAT_STATE], 0, session, seat);
}

void
sc_sessions_tell_going_back (ScSessions *self, const char *seat, guint64 version, const char *why)
{
  g_signal_emit (self, signals[SIGNAL_GOING_BACK], 0, seat, version, why);
}

void
sc_sessions_run (ScSessions *self, ScCatalogSession *session, GPtrArray *rows, ScVersionManifest *version)
{
  ScSessionParts parts = { self->store, self->catalog, self->hub, &self->config, &self->signer };
  guint64 id = session->id;

  g_ptr_array_add (self->running, sc_session_new (&parts, session, rows, version, &session_listener, self));
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, id);
}

void
sc_sessions_tell_changed (ScSessions *self, guint64 id, gboolean ended)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, id);
  if (ended)
    g_signal_emit (self, signals[SIGNAL_ENDED], 0, id);
}

static gboolean
give_up_seat (ScSessions *self, guint64 session, ScCatalogSessionSeat *row, const GError *reason, GError **error)
{
  if (row->state > SC_TRANSFER_APPLYING)
    return TRUE; /* its end was kept */
  row->state = SC_TRANSFER_FAILED;
  g_free (row->reason);
  row->reason = g_strdup (reason->message);
  return sc_catalog_save_session_seat (self->catalog, session, row, error);
}

/* What cannot be taken up again is ended with the reason. */
void
sc_sessions_give_up (ScSessions *self, ScCatalogSession *session, const GError *reason)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = sc_catalog_list_session_seats (self->catalog, session->id, &error);
  gboolean kept = rows != NULL;

  sc_log_session_warning (session->id, "session %" G_GUINT64_FORMAT " cannot be resumed: %s", session->id,
                          reason->message);
  session->state = SC_SESSION_FAILED;
  session->suspended = FALSE;
  session->ended = g_get_real_time ();
  g_free (session->error);
  session->error = g_strdup (reason->message);
  for (guint i = 0; kept && i < rows->len; i++)
    kept = give_up_seat (self, session->id, g_ptr_array_index (rows, i), reason, &error);
  if (!kept || !sc_catalog_save_session (self->catalog, session, &error))
    sc_log_session_warning (session->id, "session %" G_GUINT64_FORMAT " could not be kept in the catalog: %s",
                            session->id, error->message);
  else
    g_signal_emit (self, signals[SIGNAL_ENDED], 0, session->id);
}

static void
resume_one (ScSessions *self, guint64 id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogSession) session = sc_catalog_get_session (self->catalog, id, &error);
  g_autoptr (ScSelection) selection = NULL;
  g_autoptr (ScVersionManifest) version = NULL;
  g_autoptr (GPtrArray) rows = NULL;

  if (session == NULL) {
    sc_log_session_warning (id, "session %" G_GUINT64_FORMAT " cannot be resumed: %s", id, error->message);
    return;
  }
  if (session->dry_run)
    g_set_error_literal (&error, SC_ERROR, SC_ERROR_CANCELLED,
                         "the engine ended while it asked the seats: start the dry run again");
  else
    selection = sc_selection_new_from_text (session->version, session->templates, &error);
  if (selection != NULL)
    version = sc_sessions_compose (self, selection, &error);
  if (version != NULL)
    rows = sc_catalog_list_session_seats (self->catalog, id, &error);
  if (rows == NULL) {
    sc_sessions_give_up (self, session, error);
    return;
  }
  sc_log_session_message (id, "session %" G_GUINT64_FORMAT " was running when the engine ended: it is resumed", id);
  sc_sessions_run (self, g_steal_pointer (&session), g_steal_pointer (&rows), version);
}

void
sc_sessions_resume_all (ScSessions *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) sessions = sc_catalog_list_open_sessions (self->catalog, &error);

  if (sessions == NULL) {
    g_warning ("sessions cannot be resumed: %s", error->message);
    return;
  }
  for (guint i = 0; i < sessions->len; i++) {
    const ScCatalogSession *session = g_ptr_array_index (sessions, i);

    if (!session->suspended && sc_sessions_find_running (self, session->id) == NULL)
      resume_one (self, session->id);
  }
}

/* orders and questions */

ScSession *
sc_sessions_need_running (ScSessions *self, guint64 id, GError **error)
{
  ScSession *session = sc_sessions_find_running (self, id);
  g_autoptr (ScCatalogSession) past = NULL;

  if (session != NULL && !sc_session_is_suspended (session))
    return session;
  past = session == NULL ? sc_catalog_get_session (self->catalog, id, error) : NULL;
  if (session != NULL || (past != NULL && past->suspended))
    g_set_error (error, SC_ERROR, SC_ERROR_STATE,
                 "session %" G_GUINT64_FORMAT
                 " waits for its rooms' maintenance window: resume it to have it go on at once, or cancel it",
                 id);
  else if (past != NULL)
    g_set_error (error, SC_ERROR, SC_ERROR_STATE, "session %" G_GUINT64_FORMAT " is over (%s)", id,
                 sc_session_state_to_nick (past->state));
  return NULL;
}

gboolean
sc_sessions_pause (ScSessions *self, guint64 id, GError **error)
{
  ScSession *session = sc_sessions_need_running (self, id, error);

  return session != NULL && sc_session_pause (session, error);
}

gboolean
sc_sessions_resume (ScSessions *self, guint64 id, GError **error)
{
  ScSession *session;

  if (sc_sessions_is_suspended (self, id))
    return sc_sessions_take_up (self, id, TRUE, error);
  session = sc_sessions_need_running (self, id, error);
  return session != NULL && sc_session_resume (session, error);
}

gboolean
sc_sessions_cancel (ScSessions *self, guint64 id, GError **error)
{
  ScSession *session;

  if (sc_sessions_is_suspended (self, id))
    return sc_sessions_cancel_suspended (self, id, error);
  session = sc_sessions_need_running (self, id, error);
  return session != NULL && sc_session_cancel (session, error);
}

void
sc_session_view_free (ScSessionView *self)
{
  if (self == NULL)
    return;
  sc_catalog_session_free (self->session);
  g_clear_pointer (&self->seats, g_ptr_array_unref);
  g_free (self);
}

/* What a session that does not run has sent: of one that was interrupted, what its rates say, for what was sent again
 * is in these, too. */
static guint64
find_content_sent (ScSessions *self, const ScCatalogSession *session)
{
  guint64 all = session->plan_bytes + session->content_bytes;
  g_autoptr (ScJson) json = session->suspended ? sc_catalog_get_rates (self->catalog, session->id, NULL) : NULL;
  g_autoptr (ScSessionRates) rates = json != NULL ? sc_session_rates_new_from_json (json, 0, 0, NULL) : NULL;

  if (session->state == SC_SESSION_DONE)
    return all;
  return rates != NULL ? MIN (sc_session_rates_get_content (rates), all) : 0;
}

ScSessionView *
sc_sessions_view (ScSessions *self, guint64 id, GError **error)
{
  ScSession *running = sc_sessions_find_running (self, id);
  g_autoptr (ScSessionView) view = NULL;

  if (running != NULL)
    return sc_session_view (running);
  view = g_new0 (ScSessionView, 1);
  view->session = sc_catalog_get_session (self->catalog, id, error);
  if (view->session == NULL)
    return NULL;
  view->seats = sc_catalog_list_session_seats (self->catalog, id, error);
  if (view->seats == NULL)
    return NULL;
  view->content_sent = find_content_sent (self, view->session);
  return g_steal_pointer (&view);
}

ScJson *
sc_sessions_get_rates (ScSessions *self, guint64 id, GError **error)
{
  ScSession *running = sc_sessions_find_running (self, id);
  g_autoptr (ScCatalogSession) session = sc_catalog_get_session (self->catalog, id, error);
  g_autoptr (ScJson) rates = running != NULL ? sc_session_get_rates (running) : NULL;
  g_autoptr (ScSessionRates) none = NULL;
  g_autoptr (GError) local_error = NULL;

  if (session == NULL)
    return NULL;
  if (rates == NULL)
    rates = sc_catalog_get_rates (self->catalog, id, &local_error);
  if (local_error != NULL) {
    g_propagate_error (error, g_steal_pointer (&local_error));
    return NULL;
  }
  if (rates != NULL)
    return g_steal_pointer (&rates);
  none = sc_session_rates_new (session->created, 0);
  return sc_session_rates_to_json (none);
}

GBytes *
sc_sessions_get_plan (ScSessions *self, const ScChunkId *plan, const char *seat, GError **error)
{
  for (guint i = 0; i < self->running->len; i++) {
    ScSession *session = g_ptr_array_index (self->running, i);
    GBytes *bytes = sc_session_get_plan (session, plan);

    if (bytes != NULL && (seat == NULL || sc_session_holds (session, seat)))
      return g_bytes_ref (bytes);
  }
  g_set_error_literal (error, SC_ERROR, SC_ERROR_NOT_FOUND, "no running session has this plan");
  return NULL;
}

void
sc_sessions_count_catch_up (ScSessions *self, guint64 session, const char *seat, guint64 bytes)
{
  ScSession *running = sc_sessions_find_running (self, session);

  if (running != NULL && (seat == NULL || sc_session_holds (running, seat)))
    sc_session_count_catch_up (running, bytes);
}
