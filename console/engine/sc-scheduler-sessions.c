/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/sc-scheduler-private.h"

#include "common/sc-log.h"

/* what is so */

static void
let_go (ScScheduler *self, guint64 session, const char *id)
{
  ScSchedulerSeat *seat = sc_scheduler_find_seat (self, id);

  if (seat == NULL)
    return;
  if (seat->session == session)
    seat->session = 0;
  seat->asked = FALSE;
  sc_scheduler_mark_live (self, id);
}

/* The seats of @ids are held by the session; of those that it held before, the others are not any more. */
static void
take_held (ScScheduler *self, const ScCatalogSession *session, GPtrArray *ids)
{
  GHashTable *before = g_hash_table_lookup (self->held, &session->id);
  GHashTable *held = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) begun = g_ptr_array_new ();
  g_autoptr (ScSelection) selection = sc_selection_new_from_text (session->version, session->templates, NULL);
  GHashTableIter iter;
  gpointer id;

  for (guint i = 0; i < ids->len; i++) {
    ScSchedulerSeat *seat = sc_scheduler_find_seat (self, g_ptr_array_index (ids, i));

    g_hash_table_add (held, g_strdup (g_ptr_array_index (ids, i)));
    if (before != NULL && g_hash_table_remove (before, g_ptr_array_index (ids, i)) && seat != NULL &&
        (seat->session == session->id || seat->asked)) {
      if (!session->dry_run && (seat->due & SC_DUE_SESSION) != 0 && sc_selection_equal (seat->wanted, selection))
        g_ptr_array_add (begun, seat->id); /* it was assigned once more what is on its way to it */
      continue;
    }
    if (seat == NULL)
      continue;
    seat->asked = session->dry_run;
    if (!session->dry_run) {
      seat->session = session->id;
      seat->going_back = FALSE;
      if (g_str_equal (session->origin, "staff"))
        g_clear_pointer (&seat->failed, g_free); /* they have it done anew, whatever was */
      if ((seat->due & SC_DUE_SESSION) != 0)
        g_ptr_array_add (begun, seat->id);
    }
    sc_scheduler_mark_live (self, seat->id);
  }
  if (before != NULL) {
    g_hash_table_iter_init (&iter, before);
    while (g_hash_table_iter_next (&iter, &id, NULL))
      let_go (self, session->id, id);
  }
  sc_scheduler_set_due (self, begun, SC_DUE_NOT, 0); /* also of those whose session began just before a crash */
  g_hash_table_replace (self->held, g_memdup2 (&session->id, sizeof session->id), held);
}

static void
forget_session (ScScheduler *self, guint64 id)
{
  GHashTable *held = g_hash_table_lookup (self->held, &id);
  GHashTableIter iter;
  gpointer seat;

  sc_planner_remove_session (self->planner, id);
  if (held == NULL)
    return;
  g_hash_table_iter_init (&iter, held);
  while (g_hash_table_iter_next (&iter, &seat, NULL))
    let_go (self, id, seat);
  g_hash_table_remove (self->held, &id);
}

static void
tell_session (ScScheduler *self, const ScCatalogSession *session, GPtrArray *held)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScSelection) selection = sc_selection_new_from_text (session->version, session->templates, &error);
  ScPlannerSession told = {
    .id = session->id, .selection = selection, .suspended = session->suspended, .any_time = session->any_time
  };

  if (selection == NULL) {
    sc_log_session_warning (session->id, "session %" G_GUINT64_FORMAT " is not looked after: %s", session->id,
                            error->message);
    return;
  }
  g_ptr_array_add (held, NULL);
  told.seats = (const char *const *) held->pdata;
  sc_planner_set_session (self->planner, &told);
}

void
sc_scheduler_read_session (ScScheduler *self, guint64 id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogSession) session = sc_catalog_get_session (self->catalog, id, &error);
  g_autoptr (GPtrArray) held = NULL;

  if (session != NULL && sc_session_state_is_over (session->state)) {
    forget_session (self, id);
    return;
  }
  if (session != NULL)
    held = sc_sessions_list_held (self->sessions, id, &error);
  if (held == NULL) {
    sc_log_session_warning (id, "how session %" G_GUINT64_FORMAT " stands is not known: %s", id, error->message);
    return;
  }
  take_held (self, session, held);
  if (!session->dry_run)
    tell_session (self, session, held);
}

void
sc_scheduler_read_sessions (ScScheduler *self)
{
  g_autoptr (GArray) running = sc_sessions_list_running (self->sessions);
  g_autoptr (GList) known = g_hash_table_get_keys (self->held);

  /* also those that are known, and may be over by now */
  for (GList *item = known; item != NULL; item = item->next)
    sc_scheduler_mark_session (self, *(const guint64 *) item->data);
  for (guint i = 0; i < running->len; i++)
    sc_scheduler_mark_session (self, g_array_index (running, guint64, i));
}

/* what comes after a session */

/* Staff have said that it is not to be: nobody is brought there by themselves, unless they have said something else
 * since. */
static void
hold_cancelled (ScScheduler *self, const ScCatalogSession *session, GPtrArray *rows)
{
  g_autoptr (GPtrArray) seats = g_ptr_array_new ();
  g_autoptr (ScSelection) selection = sc_selection_new_from_text (session->version, session->templates, NULL);

  for (guint i = 0; i < rows->len; i++) {
    const ScCatalogSessionSeat *row = g_ptr_array_index (rows, i);
    const ScSchedulerSeat *seat;

    if (row->state != SC_TRANSFER_CANCELLED || g_strcmp0 (row->reason, SC_SESSION_STOPPED) != 0)
      continue;
    sc_scheduler_read_seat (self, row->seat);
    seat = sc_scheduler_find_seat (self, row->seat);
    if (seat != NULL && (seat->session == 0 || seat->session == session->id) && (seat->due & SC_DUE_SESSION) == 0 &&
        sc_selection_equal (seat->wanted, selection))
      g_ptr_array_add (seats, row->seat);
  }
  sc_scheduler_set_due (self, seats, SC_DUE_HELD, 0);
}

/* It is known whose assignment asked for it: the engine was not started anew since the session began. */
static gboolean
knows_whom (ScScheduler *self, const ScCatalogSession *session, GPtrArray *rows)
{
  for (guint i = 0; i < rows->len; i++) {
    const ScSchedulerSeat *seat =
        sc_scheduler_find_seat (self, ((const ScCatalogSessionSeat *) g_ptr_array_index (rows, i))->seat);

    if (seat != NULL && seat->power_off == session->id)
      return TRUE;
  }
  return FALSE;
}

/* Whether it was this seat whose assignment asked for it, and not another one's that took part, too. */
static gboolean
is_to_power_off (ScScheduler *self, const ScCatalogSession *session, ScSchedulerSeat *seat, gboolean known)
{
  const ScRoomPolicy *policy = sc_scheduler_get_policy (self, seat->room);

  return g_str_equal (session->origin, "staff") || seat->power_off == session->id ||
         (!known && session->rooms->len <= 1) || (policy != NULL && policy->power_off);
}

static void
power_off (ScScheduler *self, const ScCatalogSession *session, GPtrArray *rows)
{
  g_autoptr (ScControlMessage) message = sc_control_message_new (SC_CONTROL_POWER_OFF, 0);
  gboolean known = knows_whom (self, session, rows);

  for (guint i = 0; i < rows->len; i++) {
    const ScCatalogSessionSeat *row = g_ptr_array_index (rows, i);
    ScSchedulerSeat *seat = sc_scheduler_find_seat (self, row->seat);

    if (seat == NULL || row->state != SC_TRANSFER_DONE || !is_to_power_off (self, session, seat, known))
      continue;
    seat->power_off = 0;
    if ((seat->due & SC_DUE_SESSION) == 0)
      sc_seat_hub_send (self->hub, seat->id, message); /* one that has gone is off, or will be by somebody's hand */
  }
}

static void
on_ended (ScSessions *sessions, guint64 id, ScScheduler *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogSession) session = sc_catalog_get_session (self->catalog, id, &error);
  g_autoptr (GPtrArray) rows = session != NULL ? sc_catalog_list_session_seats (self->catalog, id, &error) : NULL;
  gboolean by_planner = g_hash_table_remove (self->ending, &id);

  sc_scheduler_mark_session (self, id);
  if (rows == NULL) {
    sc_log_session_warning (id, "what is to come after session %" G_GUINT64_FORMAT " is not known: %s", id,
                            error->message);
    return;
  }
  if (session->dry_run)
    return;
  if (session->state == SC_SESSION_CANCELLED && !by_planner)
    hold_cancelled (self, session, rows);
  if (session->power_off && session->state != SC_SESSION_CANCELLED)
    power_off (self, session, rows);
}

/* what the sessions tell */

static void
on_session_changed (ScSessions *sessions, guint64 id, ScScheduler *self)
{
  sc_scheduler_mark_session (self, id);
}

/* Of one that is off, or has lost its connection, only the session has failed: it is late, but it did nothing wrong. */
static void
on_seat_state (ScSessions *sessions, const ScCatalogSession *session, const ScCatalogSessionSeat *row,
               ScScheduler *self)
{
  ScSchedulerSeat *seat = sc_scheduler_find_seat (self, row->seat);

  if (seat == NULL || session->dry_run || row->state != SC_TRANSFER_FAILED ||
      !sc_seat_hub_is_online (self->hub, row->seat))
    return;
  g_free (seat->failed);
  seat->failed = g_strdup (row->reason);
  sc_scheduler_mark_live (self, row->seat);
}

void
sc_scheduler_watch_sessions (ScScheduler *self)
{
  g_signal_connect (self->sessions, "session-changed", G_CALLBACK (on_session_changed), self);
  g_signal_connect (self->sessions, "session-ended", G_CALLBACK (on_ended), self);
  g_signal_connect (self->sessions, "seat-state", G_CALLBACK (on_seat_state), self);
}
