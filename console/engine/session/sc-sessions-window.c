/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "common/sc-log.h"
#include "console/engine/catalog/sc-catalog-desired.h"
#include "console/engine/session/sc-session-core.h"
#include "console/engine/session/sc-sessions-private.h"

#define REASON_TAKEN "another session came before its maintenance window opened"
#define REASON_OTHER "it was assigned something else before its maintenance window opened"

/* letting go */

gboolean
sc_sessions_release (ScSessions *self, guint64 id, const char *const *seats, GError **error)
{
  ScSession *session;

  if (sc_sessions_is_suspended (self, id))
    return TRUE;
  session = sc_sessions_need_running (self, id, error);
  if (session == NULL)
    return FALSE;
  if (sc_session_is_over (session)) {
    g_set_error (error, SC_ERROR, SC_ERROR_STATE, "session %" G_GUINT64_FORMAT " is over", id);
    return FALSE;
  }
  sc_session_release (session, seats);
  sc_sessions_share_rates (self); /* a room's cap may hold it no more */
  return TRUE;
}

/* suspended sessions in the catalog */

static gboolean
is_waiting (const ScCatalogSessionSeat *row)
{
  return row->state <= SC_TRANSFER_APPLYING;
}

/* Its object, as long as that has not kept all of its figures. */
static gboolean
is_being_suspended (ScSessions *self, guint64 id)
{
  ScSession *session = sc_sessions_find_running (self, id);

  return session != NULL && sc_session_is_suspended (session);
}

gboolean
sc_sessions_is_suspended (ScSessions *self, guint64 id)
{
  g_autoptr (ScCatalogSession) session = NULL;

  if (sc_sessions_find_running (self, id) != NULL)
    return is_being_suspended (self, id);
  session = sc_catalog_get_session (self->catalog, id, NULL);
  return session != NULL && session->suspended;
}

static ScSessionView *
load (ScSessions *self, guint64 id, GError **error)
{
  g_autoptr (ScSessionView) view = NULL;

  if (is_being_suspended (self, id)) {
    g_set_error (error, SC_ERROR, SC_ERROR_BUSY,
                 "session %" G_GUINT64_FORMAT " is just being suspended: try again in a moment", id);
    return NULL;
  }
  view = g_new0 (ScSessionView, 1);
  view->session = sc_catalog_get_session (self->catalog, id, error);
  if (view->session == NULL)
    return NULL;
  view->seats = sc_catalog_list_session_seats (self->catalog, id, error);
  return view->seats != NULL ? g_steal_pointer (&view) : NULL;
}

static guint
count_waiting (const ScSessionView *view)
{
  guint n = 0;

  for (guint i = 0; i < view->seats->len; i++)
    n += is_waiting (g_ptr_array_index (view->seats, i));
  return n;
}

static gboolean
set_row (ScSessions *self, guint64 session, ScCatalogSessionSeat *row, ScTransferState state, const char *reason,
         GError **error)
{
  row->state = state;
  g_free (row->reason);
  row->reason = g_strdup (reason);
  return sc_catalog_save_session_seat (self->catalog, session, row, error);
}

/* As a running session ends: done when anybody is. */
static void
set_over (ScCatalogSession *session, GPtrArray *rows)
{
  session->state = SC_SESSION_CANCELLED;
  for (guint i = 0; i < rows->len; i++) {
    const ScCatalogSessionSeat *row = g_ptr_array_index (rows, i);

    if (row->state == SC_TRANSFER_DONE || row->state == SC_TRANSFER_BUSY)
      session->state = SC_SESSION_DONE;
  }
  session->suspended = FALSE;
  session->ended = g_get_real_time ();
}

/* Over when nobody waits any more. */
static gboolean
save_session (ScSessions *self, ScSessionView *view, GError **error)
{
  if (count_waiting (view) == 0)
    set_over (view->session, view->seats);
  return sc_catalog_save_session (self->catalog, view->session, error);
}

static void
tell (ScSessions *self, const ScSessionView *view)
{
  for (guint i = 0; i < view->seats->len; i++)
    sc_sessions_tell_seat (self, view->session, g_ptr_array_index (view->seats, i));
  sc_sessions_tell_changed (self, view->session->id, sc_session_state_is_over (view->session->state));
}

/* (nullable): why the seat does not go on with the session */
static const char *
find_obstacle (ScSessions *self, ScSelection *selection, const char *seat)
{
  g_autoptr (ScCatalogSeat) found = sc_catalog_find_seat (self->catalog, seat, NULL);
  g_autoptr (ScSelection) wanted = found != NULL ? sc_catalog_seat_dup_wanted (found) : NULL;

  if (sc_sessions_find_holder (self, seat) != NULL)
    return REASON_TAKEN;
  return sc_selection_equal (wanted, selection) ? NULL : REASON_OTHER;
}

/* a later session takes its seats */

static gboolean
has_row (GPtrArray *rows, const char *seat)
{
  for (guint i = 0; i < rows->len; i++)
    if (g_str_equal (((const ScCatalogSessionSeat *) g_ptr_array_index (rows, i))->seat, seat))
      return TRUE;
  return FALSE;
}

/* @changed: (out): whether it had any of them */
static gboolean
give_seats (ScSessions *self, ScSessionView *view, GPtrArray *rows, gboolean *changed, GError **error)
{
  *changed = FALSE;
  for (guint i = 0; i < view->seats->len; i++) {
    ScCatalogSessionSeat *row = g_ptr_array_index (view->seats, i);

    if (!is_waiting (row) || !has_row (rows, row->seat))
      continue;
    *changed = TRUE;
    if (!set_row (self, view->session->id, row, SC_TRANSFER_CANCELLED, REASON_TAKEN, error))
      return FALSE;
  }
  return !*changed || save_session (self, view, error);
}

GPtrArray *
sc_sessions_take_over (ScSessions *self, GPtrArray *rows, GError **error)
{
  g_autoptr (GPtrArray) sessions = sc_catalog_list_open_sessions (self->catalog, error);
  g_autoptr (GPtrArray) views = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_session_view_free);

  for (guint i = 0; sessions != NULL && i < sessions->len; i++) {
    const ScCatalogSession *session = g_ptr_array_index (sessions, i);
    g_autoptr (ScSessionView) view = session->suspended ? load (self, session->id, error) : NULL;
    gboolean changed = FALSE;

    if (!session->suspended)
      continue;
    if (view == NULL || !give_seats (self, view, rows, &changed, error))
      return NULL;
    if (changed)
      g_ptr_array_add (views, g_steal_pointer (&view));
  }
  return sessions != NULL ? g_steal_pointer (&views) : NULL;
}

void
sc_sessions_tell_views (ScSessions *self, GPtrArray *views)
{
  for (guint i = 0; i < views->len; i++)
    tell (self, g_ptr_array_index (views, i));
}

/* going on */

/* Staff had paused it before its window closed. */
static gboolean
was_paused (const ScSessionView *view)
{
  for (guint i = 0; i < view->seats->len; i++) {
    const ScCatalogSessionSeat *row = g_ptr_array_index (view->seats, i);

    if (is_waiting (row) && g_strcmp0 (row->reason, SC_SESSION_SUSPENDED_PAUSED) == 0)
      return TRUE;
  }
  return FALSE;
}

/* One that staff had paused is paused as before: an open window is not their word. */
static gboolean
save_taken_up (ScSessions *self, ScSessionView *view, ScSelection *selection, gboolean any_time, GError **error)
{
  gboolean paused = !any_time && was_paused (view);

  for (guint i = 0; i < view->seats->len; i++) {
    ScCatalogSessionSeat *row = g_ptr_array_index (view->seats, i);
    const char *obstacle = is_waiting (row) ? find_obstacle (self, selection, row->seat) : NULL;

    if (is_waiting (row) &&
        !set_row (self, view->session->id, row, obstacle != NULL ? SC_TRANSFER_CANCELLED : SC_TRANSFER_WAITING,
                  obstacle != NULL ? obstacle : "", error))
      return FALSE;
  }
  view->session->state = paused ? SC_SESSION_PAUSED : SC_SESSION_PREPARING;
  view->session->suspended = FALSE;
  view->session->any_time |= any_time;
  return save_session (self, view, error);
}

static gboolean
save_in_transaction (ScSessions *self, ScSessionView *view, ScSelection *selection, gboolean any_time, GError **error)
{
  if (!sc_catalog_begin (self->catalog, error))
    return FALSE;
  if (save_taken_up (self, view, selection, any_time, error) && sc_catalog_commit (self->catalog, error))
    return TRUE;
  sc_catalog_rollback (self->catalog);
  return FALSE;
}

gboolean
sc_sessions_take_up (ScSessions *self, guint64 id, gboolean any_time, GError **error)
{
  g_autoptr (ScSessionView) view = load (self, id, error);
  g_autoptr (ScSelection) selection = NULL;
  g_autoptr (ScVersionManifest) version = NULL;
  g_autoptr (GError) local = NULL;

  if (view == NULL)
    return FALSE;
  selection = sc_selection_new_from_text (view->session->version, view->session->templates, &local);
  if (selection != NULL)
    version = sc_sessions_compose (self, selection, &local);
  if (version == NULL) {
    sc_sessions_give_up (self, view->session, local);
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (!save_in_transaction (self, view, selection, any_time, error))
    return FALSE;
  tell (self, view);
  if (!sc_session_state_is_over (view->session->state)) {
    sc_log_session_message (id, "session %" G_GUINT64_FORMAT " goes on", id);
    sc_sessions_run (self, g_steal_pointer (&view->session), g_steal_pointer (&view->seats), version);
  }
  return TRUE;
}

gboolean
sc_sessions_resume_in_window (ScSessions *self, guint64 id, GError **error)
{
  if (sc_sessions_is_suspended (self, id))
    return sc_sessions_take_up (self, id, FALSE, error);
  if (sc_sessions_need_running (self, id, error) != NULL)
    g_set_error (error, SC_ERROR, SC_ERROR_STATE, "session %" G_GUINT64_FORMAT " does not wait for a window", id);
  return FALSE;
}

/* other ends */

static gboolean
save_cancelled (ScSessions *self, ScSessionView *view, GError **error)
{
  g_autoptr (ScSelection) selection =
      sc_selection_new_from_text (view->session->version, view->session->templates, error);

  if (selection == NULL)
    return FALSE;
  for (guint i = 0; i < view->seats->len; i++) {
    ScCatalogSessionSeat *row = g_ptr_array_index (view->seats, i);
    const char *obstacle = is_waiting (row) ? find_obstacle (self, selection, row->seat) : NULL;

    if (is_waiting (row) && !set_row (self, view->session->id, row, SC_TRANSFER_CANCELLED,
                                      obstacle != NULL ? obstacle : SC_SESSION_STOPPED, error))
      return FALSE;
  }
  set_over (view->session, view->seats);
  view->session->state = SC_SESSION_CANCELLED;
  return sc_catalog_save_session (self->catalog, view->session, error);
}

static void
send_cancelled (ScSessions *self, const ScSessionView *view)
{
  g_autoptr (ScControlMessage) message = sc_control_message_new (SC_CONTROL_LEAVE, view->session->id);

  message->leave.reason = SC_LEAVE_CANCELLED;
  for (guint i = 0; i < view->seats->len; i++) {
    const ScCatalogSessionSeat *row = g_ptr_array_index (view->seats, i);

    if (row->state == SC_TRANSFER_CANCELLED)
      sc_seat_hub_send (self->hub, row->seat, message);
  }
}

gboolean
sc_sessions_cancel_suspended (ScSessions *self, guint64 id, GError **error)
{
  g_autoptr (ScSessionView) view = load (self, id, error);

  if (view == NULL || !sc_catalog_begin (self->catalog, error))
    return FALSE;
  if (!save_cancelled (self, view, error) || !sc_catalog_commit (self->catalog, error)) {
    sc_catalog_rollback (self->catalog);
    return FALSE;
  }
  send_cancelled (self, view);
  tell (self, view);
  return TRUE;
}

static ScCatalogSessionSeat *
find_row (ScSessionView *view, const char *seat)
{
  for (guint i = 0; i < view->seats->len; i++) {
    ScCatalogSessionSeat *row = g_ptr_array_index (view->seats, i);

    if (g_str_equal (row->seat, seat))
      return row;
  }
  return NULL;
}

void
sc_sessions_note_done (ScSessions *self, const char *seat, const ScControlMessage *done)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScSessionView) view = NULL;
  ScCatalogSessionSeat *row = NULL;

  if (!sc_sessions_is_suspended (self, done->session))
    return;
  view = load (self, done->session, &error);
  if (view != NULL)
    row = find_row (view, seat);
  if (view != NULL && (row == NULL || !is_waiting (row) || view->session->version != done->done.version))
    return;
  if (row != NULL && done->done.busy->len == 0)
    row->done = row->total;
  if (row == NULL ||
      !set_row (self, done->session, row, done->done.busy->len > 0 ? SC_TRANSFER_BUSY : SC_TRANSFER_DONE, "", &error) ||
      !save_session (self, view, &error)) {
    sc_log_session_warning (done->session,
                            "that seat %s is done in session %" G_GUINT64_FORMAT " could not be kept: %s", seat,
                            done->session, error->message);
    return;
  }
  sc_sessions_tell_seat (self, view->session, row);
  sc_sessions_tell_changed (self, done->session, sc_session_state_is_over (view->session->state));
}

/* questions */

GPtrArray *
sc_sessions_list_held (ScSessions *self, guint64 id, GError **error)
{
  ScSession *running = sc_sessions_find_running (self, id);
  g_autoptr (GPtrArray) seats = NULL;
  g_autoptr (ScSessionView) view = NULL;

  if (running != NULL && !sc_session_is_suspended (running))
    return sc_session_list_held (running);
  view = sc_sessions_view (self, id, error);
  if (view == NULL)
    return NULL;
  seats = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; view->session->suspended && i < view->seats->len; i++) {
    const ScCatalogSessionSeat *row = g_ptr_array_index (view->seats, i);

    if (is_waiting (row))
      g_ptr_array_add (seats, g_strdup (row->seat));
  }
  return g_steal_pointer (&seats);
}

GArray *
sc_sessions_list_running (ScSessions *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) open = sc_catalog_list_open_sessions (self->catalog, &error);
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (guint64));

  if (open == NULL)
    g_warning ("suspended sessions are not known: %s", error->message);
  for (guint i = 0; i < self->running->len; i++) {
    ScSession *session = g_ptr_array_index (self->running, i);
    guint64 id = sc_session_get_id (session);

    if (!sc_session_is_over (session) && !sc_session_is_suspended (session))
      g_array_append_val (ids, id);
  }
  for (guint i = 0; open != NULL && i < open->len; i++) {
    const ScCatalogSession *session = g_ptr_array_index (open, i);

    if (session->suspended)
      g_array_append_val (ids, session->id);
  }
  return ids;
}
