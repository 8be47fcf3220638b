/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-sessions.h"

#include "common/sc-error.h"
#include "console/engine/session/sc-session.h"

#define RESUME_LOOK_BACK 1000u /* sessions looked at after a restart */

struct _ScSessions {
  GObject parent_instance;
  ScStore *store;
  ScCatalog *catalog;
  ScSeatHub *hub;
  ScSessionsConfig config;
  GPtrArray *running; /* ScSession */
  guint sweep;        /* a GSource's id: sessions that are over and kept are about to be freed */
  gint64 started;     /* µs, monotonic */
};

G_DEFINE_FINAL_TYPE (ScSessions, sc_sessions, G_TYPE_OBJECT)

static guint changed_signal;

static void
sc_sessions_finalize (GObject *object)
{
  ScSessions *self = SC_SESSIONS (object);

  g_clear_handle_id (&self->sweep, g_source_remove);
  g_signal_handlers_disconnect_by_data (self->hub, self);
  g_ptr_array_unref (self->running);
  g_object_unref (self->hub);
  g_free (self->config.group);
  g_free (self->config.interface_address);
  G_OBJECT_CLASS (sc_sessions_parent_class)->finalize (object);
}

static void
sc_sessions_class_init (ScSessionsClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sc_sessions_finalize;
  changed_signal = g_signal_new ("session-changed", SC_TYPE_SESSIONS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_UINT64);
}

static void
sc_sessions_init (ScSessions *self)
{
  self->running = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_session_free);
}

static ScSession *
find_running (ScSessions *self, guint64 id)
{
  for (guint i = 0; i < self->running->len; i++) {
    ScSession *session = g_ptr_array_index (self->running, i);

    if (sc_session_get_id (session) == id)
      return session;
  }
  return NULL;
}

static ScSession *
find_holder (ScSessions *self, const char *seat)
{
  for (guint i = 0; i < self->running->len; i++) {
    ScSession *session = g_ptr_array_index (self->running, i);

    if (sc_session_holds (session, seat))
      return session;
  }
  return NULL;
}

/* what the hub tells */

static void
on_seat_connected (ScSeatHub *hub, const char *seat, ScSessions *self)
{
  ScSession *session = find_holder (self, seat);

  if (session != NULL)
    sc_session_seat_online (session, seat);
}

static void
on_seat_gone (ScSeatHub *hub, const char *seat, ScSessions *self)
{
  ScSession *session = find_holder (self, seat);

  if (session != NULL)
    sc_session_seat_offline (session, seat);
}

/* A seat that still listens for a session that is over, because it was away at the end, is told so. */
static void
send_away (ScSessions *self, const char *seat, guint64 session)
{
  g_autoptr (ScControlMessage) message = sc_control_message_new (SC_CONTROL_LEAVE, session);

  message->leave.reason = SC_LEAVE_CANCELLED;
  sc_seat_hub_send (self->hub, seat, message);
}

static void
on_message (ScSeatHub *hub, const char *seat, const ScControlMessage *message, ScSessions *self)
{
  ScSession *session = message->session != 0 ? find_running (self, message->session) : NULL;

  if (session != NULL)
    sc_session_message (session, seat, message);
  else if (message->session != 0 && (message->type == SC_CONTROL_JOINED || message->type == SC_CONTROL_REPORT))
    send_away (self, seat, message->session);
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
on_session_changed (gpointer data, ScSession *session)
{
  ScSessions *self = data;

  if (sc_session_is_kept (session) && self->sweep == 0)
    self->sweep = g_idle_add (sweep, self);
  g_signal_emit (self, changed_signal, 0, sc_session_get_id (session));
}

static void
run (ScSessions *self, ScCatalogSession *session, GPtrArray *rows, ScVersionManifest *version)
{
  ScSessionParts parts = { self->store, self->catalog, self->hub, &self->config };
  guint64 id = session->id;

  g_ptr_array_add (self->running, sc_session_new (&parts, session, rows, version, on_session_changed, self));
  g_signal_emit (self, changed_signal, 0, id);
}

/* What cannot be taken up again is ended with the reason. */
static void
give_up (ScSessions *self, ScCatalogSession *session, const GError *reason)
{
  g_autoptr (GError) error = NULL;

  g_warning ("session %" G_GUINT64_FORMAT " cannot be resumed: %s", session->id, reason->message);
  session->state = SC_SESSION_FAILED;
  session->ended = g_get_real_time ();
  g_free (session->error);
  session->error = g_strdup (reason->message);
  if (!sc_catalog_save_session (self->catalog, session, &error))
    g_warning ("session %" G_GUINT64_FORMAT " could not be kept in the catalog: %s", session->id, error->message);
}

static void
resume_one (ScSessions *self, guint64 id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogSession) session = sc_catalog_get_session (self->catalog, id, &error);
  g_autoptr (ScVersionManifest) version = NULL;
  g_autoptr (GPtrArray) rows = NULL;

  if (session == NULL) {
    g_warning ("session %" G_GUINT64_FORMAT " cannot be resumed: %s", id, error->message);
    return;
  }
  version = sc_store_get_version (self->store, session->version, &error);
  if (version != NULL)
    rows = sc_catalog_list_session_seats (self->catalog, id, &error);
  if (rows == NULL) {
    give_up (self, session, error);
    return;
  }
  g_message ("session %" G_GUINT64_FORMAT " was running when the engine ended: it is resumed", id);
  run (self, g_steal_pointer (&session), g_steal_pointer (&rows), version);
}

void
sc_sessions_resume_all (ScSessions *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) sessions = sc_catalog_list_sessions (self->catalog, RESUME_LOOK_BACK, &error);

  if (sessions == NULL) {
    g_warning ("sessions cannot be resumed: %s", error->message);
    return;
  }
  for (guint i = sessions->len; i-- > 0;) {
    const ScCatalogSession *session = g_ptr_array_index (sessions, i);

    if (!sc_session_state_is_over (session->state) && find_running (self, session->id) == NULL)
      resume_one (self, session->id);
  }
}

/* deploying */

static gboolean
has_seat (GPtrArray *seats, const char *id)
{
  for (guint i = 0; i < seats->len; i++) {
    const ScCatalogSeat *seat = g_ptr_array_index (seats, i);

    if (g_str_equal (seat->inventory->seat, id))
      return TRUE;
  }
  return FALSE;
}

static GPtrArray *
find_named_seats (ScSessions *self, const char *const *names, GError **error)
{
  g_autoptr (GPtrArray) seats = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_catalog_seat_free);

  for (; *names != NULL; names++) {
    g_autoptr (ScCatalogSeat) seat = sc_catalog_find_seat (self->catalog, *names, error);

    if (seat == NULL)
      return NULL;
    if (!has_seat (seats, seat->inventory->seat))
      g_ptr_array_add (seats, g_steal_pointer (&seat));
  }
  if (seats->len == 0) {
    g_set_error_literal (error, SC_ERROR, SC_ERROR_INVALID, "the list of seats to deploy to is empty");
    return NULL;
  }
  return g_steal_pointer (&seats);
}

static GPtrArray *
find_room_seats (ScSessions *self, const char *room, GError **error)
{
  g_autoptr (GPtrArray) seats = sc_catalog_list_seats (self->catalog, error);

  if (seats == NULL)
    return NULL;
  for (guint i = seats->len; i-- > 0;) {
    const ScCatalogSeat *seat = g_ptr_array_index (seats, i);

    if (room != NULL && g_strcmp0 (seat->inventory->room, room) != 0)
      g_ptr_array_remove_index (seats, i);
  }
  if (seats->len == 0 && room != NULL) {
    g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND, "no seat is in room “%s”: see `seatcastctl rooms`", room);
    return NULL;
  }
  if (seats->len == 0) {
    g_set_error_literal (error, SC_ERROR, SC_ERROR_STATE,
                         "no seat has ever connected to this console: start seatcast-service on the workstations");
    return NULL;
  }
  return g_steal_pointer (&seats);
}

/* Whether a session may count on the seat. Just after the engine's start its seats are still on their way back. */
static gboolean
is_expected (ScSessions *self, const char *seat)
{
  return sc_seat_hub_is_online (self->hub, seat) || g_get_monotonic_time () - self->started < self->config.return_time;
}

/* That no other session has one of the seats, and that at least one of them is there. */
static gboolean
check_seats (ScSessions *self, GPtrArray *seats, GError **error)
{
  guint online = 0;

  for (guint i = 0; i < seats->len; i++) {
    const ScInventory *inventory = ((const ScCatalogSeat *) g_ptr_array_index (seats, i))->inventory;
    ScSession *holder = find_holder (self, inventory->seat);

    if (holder != NULL) {
      g_set_error (error, SC_ERROR, SC_ERROR_BUSY,
                   "seat %s takes part in session %" G_GUINT64_FORMAT ": wait until that is over, or cancel it",
                   inventory->name, sc_session_get_id (holder));
      return FALSE;
    }
    online += is_expected (self, inventory->seat);
  }
  if (online == 0) {
    g_set_error_literal (
        error, SC_ERROR, SC_ERROR_STATE,
        "no seat of those chosen is online: switch them on, see that seatcast-service runs, and deploy again");
    return FALSE;
  }
  return TRUE;
}

static ScCatalogSessionSeat *
make_row (ScSessions *self, const ScInventory *inventory)
{
  ScCatalogSessionSeat *row = g_new0 (ScCatalogSessionSeat, 1);

  row->seat = g_strdup (inventory->seat);
  row->version_before = inventory->version;
  if (is_expected (self, inventory->seat)) {
    row->state = SC_TRANSFER_WAITING;
    row->reason = g_strdup ("");
  } else {
    row->state = SC_TRANSFER_FAILED;
    row->reason = g_strdup_printf ("offline: when it is on, run `seatcastctl catch-up %s`", inventory->name);
  }
  return row;
}

static GPtrArray *
assign (ScSessions *self, GPtrArray *seats, guint64 version, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_catalog_session_seat_free);

  for (guint i = 0; i < seats->len; i++) {
    const ScInventory *inventory = ((const ScCatalogSeat *) g_ptr_array_index (seats, i))->inventory;

    if (!sc_catalog_assign_version (self->catalog, inventory->seat, version, error))
      return NULL;
    g_ptr_array_add (rows, make_row (self, inventory));
  }
  return g_steal_pointer (&rows);
}

static ScCatalogSession *
record (ScSessions *self, const ScDeployRequest *request, GPtrArray *rows, GError **error)
{
  g_autoptr (ScCatalogSession) session = g_new0 (ScCatalogSession, 1);

  session->version = request->version;
  session->room = g_strdup (request->room != NULL ? request->room : "");
  session->state = SC_SESSION_PREPARING;
  session->error = g_strdup ("");
  session->created = g_get_real_time ();
  session->rate_cap = request->rate_cap != 0 ? request->rate_cap : self->config.rate_cap;
  if (!sc_catalog_add_session (self->catalog, session, error))
    return NULL;
  for (guint i = 0; i < rows->len; i++)
    if (!sc_catalog_save_session_seat (self->catalog, session->id, g_ptr_array_index (rows, i), error))
      return NULL;
  return g_steal_pointer (&session);
}

/* The seats' assignments, the session and its rows: all of them are kept, or none. @rows: (out) */
static ScCatalogSession *
assign_and_record (ScSessions *self, const ScDeployRequest *request, GPtrArray *seats, GPtrArray **rows, GError **error)
{
  g_autoptr (ScCatalogSession) session = NULL;

  if (!sc_catalog_begin (self->catalog, error))
    return NULL;
  *rows = assign (self, seats, request->version, error);
  if (*rows != NULL)
    session = record (self, request, *rows, error);
  if (session == NULL || !sc_catalog_commit (self->catalog, error)) {
    sc_catalog_rollback (self->catalog);
    return NULL;
  }
  return g_steal_pointer (&session);
}

guint64
sc_sessions_deploy (ScSessions *self, const ScDeployRequest *request, GError **error)
{
  g_autoptr (ScVersionManifest) version = sc_store_get_version (self->store, request->version, error);
  g_autoptr (GPtrArray) seats = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  ScCatalogSession *session;
  guint64 id;

  if (version == NULL)
    return 0;
  seats = request->seats != NULL ? find_named_seats (self, request->seats, error)
                                 : find_room_seats (self, request->room, error);
  if (seats == NULL || !check_seats (self, seats, error))
    return 0;
  session = assign_and_record (self, request, seats, &rows, error);
  if (session == NULL)
    return 0;
  id = session->id;
  run (self, session, g_steal_pointer (&rows), version);
  return id;
}

/* orders and questions */

static ScSession *
need_running (ScSessions *self, guint64 id, GError **error)
{
  ScSession *session = find_running (self, id);
  g_autoptr (ScCatalogSession) past = NULL;

  if (session != NULL)
    return session;
  past = sc_catalog_get_session (self->catalog, id, error);
  if (past != NULL)
    g_set_error (error, SC_ERROR, SC_ERROR_STATE, "session %" G_GUINT64_FORMAT " is over (%s)", id,
                 sc_session_state_to_nick (past->state));
  return NULL;
}

gboolean
sc_sessions_pause (ScSessions *self, guint64 id, GError **error)
{
  ScSession *session = need_running (self, id, error);

  return session != NULL && sc_session_pause (session, error);
}

gboolean
sc_sessions_resume (ScSessions *self, guint64 id, GError **error)
{
  ScSession *session = need_running (self, id, error);

  return session != NULL && sc_session_resume (session, error);
}

gboolean
sc_sessions_cancel (ScSessions *self, guint64 id, GError **error)
{
  ScSession *session = need_running (self, id, error);

  return session != NULL && sc_session_cancel (session, error);
}

static gboolean
check_catch_up (ScSessions *self, const ScCatalogSeat *seat, GError **error)
{
  const ScInventory *inventory = seat->inventory;
  ScSession *holder = find_holder (self, inventory->seat);

  if (seat->assigned_version == 0) {
    g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND, "seat %s is not assigned any version: deploy one to it",
                 inventory->name);
    return FALSE;
  }
  if (holder != NULL) {
    g_set_error (error, SC_ERROR, SC_ERROR_BUSY,
                 "seat %s takes part in session %" G_GUINT64_FORMAT ", which brings it to its version", inventory->name,
                 sc_session_get_id (holder));
    return FALSE;
  }
  if (!sc_seat_hub_is_online (self->hub, inventory->seat)) {
    g_set_error (error, SC_ERROR, SC_ERROR_STATE, "seat %s is offline: switch it on and see that seatcast-service runs",
                 inventory->name);
    return FALSE;
  }
  return TRUE;
}

gboolean
sc_sessions_catch_up (ScSessions *self, const char *name, GError **error)
{
  g_autoptr (ScCatalogSeat) seat = sc_catalog_find_seat (self->catalog, name, error);
  g_autoptr (ScVersionManifest) version = NULL;
  g_autoptr (ScControlMessage) message = NULL;

  if (seat == NULL || !check_catch_up (self, seat, error))
    return FALSE;
  version = sc_store_get_version (self->store, seat->assigned_version, error);
  if (version == NULL)
    return FALSE;
  message = sc_control_message_new (SC_CONTROL_CATCH_UP, 0);
  message->version.version = seat->assigned_version;
  message->version.manifest = *sc_version_manifest_get_id (version);
  if (!sc_seat_hub_send (self->hub, seat->inventory->seat, message)) {
    g_set_error (error, SC_ERROR, SC_ERROR_STATE, "the connection of seat %s is just closing: try again",
                 seat->inventory->name);
    return FALSE;
  }
  return TRUE;
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

ScSessionView *
sc_sessions_view (ScSessions *self, guint64 id, GError **error)
{
  ScSession *running = find_running (self, id);
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
  if (view->session->state == SC_SESSION_DONE)
    view->content_sent = view->session->plan_bytes + view->session->content_bytes;
  return g_steal_pointer (&view);
}

GBytes *
sc_sessions_get_plan (ScSessions *self, const ScChunkId *plan, GError **error)
{
  for (guint i = 0; i < self->running->len; i++) {
    GBytes *bytes = sc_session_get_plan (g_ptr_array_index (self->running, i), plan);

    if (bytes != NULL)
      return g_bytes_ref (bytes);
  }
  g_set_error_literal (error, SC_ERROR, SC_ERROR_NOT_FOUND, "no running session has this plan");
  return NULL;
}

void
sc_sessions_count_catch_up (ScSessions *self, guint64 session, guint64 bytes)
{
  ScSession *running = find_running (self, session);

  if (running != NULL)
    sc_session_count_catch_up (running, bytes);
}
