/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/schedule/sc-planner-private.h"

#include <string.h>

#define MISMATCH_TIME (5 * G_TIME_SPAN_SECOND) /* what it is told of seats and sessions comes one by one */

void
sc_planner_session_free (gpointer data)
{
  Session *session = data;

  sc_selection_unref (session->selection);
  g_strfreev (session->seats);
  g_ptr_array_unref (session->members);
  g_free (session);
}

static Session *
find (ScPlanner *self, guint64 id)
{
  for (guint i = 0; i < self->sessions->len; i++) {
    Session *session = g_ptr_array_index (self->sessions, i);

    if (session->id == id)
      return session;
  }
  return NULL;
}

void
sc_planner_set_session (ScPlanner *self, const ScPlannerSession *told)
{
  Session *session = find (self, told->id);

  if (session == NULL) {
    session = g_new0 (Session, 1);
    session->id = told->id;
    session->members = g_ptr_array_new ();
    session->seats = g_new0 (char *, 1);
    g_ptr_array_add (self->sessions, session);
  }
  if (!session->suspended != !told->suspended || !g_strv_equal ((const char *const *) session->seats, told->seats))
    sc_planner_seen (&session->order);
  if (session->selection != told->selection) {
    sc_selection_unref (session->selection);
    session->selection = sc_selection_ref (told->selection);
  }
  session->suspended = told->suspended;
  session->any_time = told->any_time;
  g_strfreev (session->seats);
  session->seats = g_strdupv ((char **) told->seats);
}

void
sc_planner_remove_session (ScPlanner *self, guint64 id)
{
  Session *session = find (self, id);

  if (session == NULL)
    return;
  for (guint i = 0; i < self->seats->len; i++) {
    Seat *seat = g_ptr_array_index (self->seats, i);

    if (seat->in == session)
      seat->in = NULL;
  }
  g_ptr_array_remove (self->sessions, session);
}

/* A session's list counts, and what the seat says, as one may be told before the other. */
void
sc_planner_find_members (ScPlanner *self)
{
  for (guint i = 0; i < self->seats->len; i++) {
    Seat *seat = g_ptr_array_index (self->seats, i);

    seat->in = NULL;
    seat->foreign = FALSE;
  }
  for (guint i = 0; i < self->sessions->len; i++) {
    Session *session = g_ptr_array_index (self->sessions, i);

    g_ptr_array_set_size (session->members, 0);
    for (guint j = 0; session->seats[j] != NULL; j++) {
      Seat *seat = g_hash_table_lookup (self->by_id, session->seats[j]);

      if (seat == NULL || (seat->in != NULL && !seat->in->suspended))
        continue;
      seat->in = session;
      g_ptr_array_add (session->members, seat);
    }
  }
  for (guint i = 0; i < self->seats->len; i++) {
    Seat *seat = g_ptr_array_index (self->seats, i);

    if (seat->told.session == 0 || seat->in != NULL)
      continue;
    seat->in = find (self, seat->told.session);
    seat->foreign = seat->in == NULL;
    if (seat->in != NULL)
      g_ptr_array_add (seat->in->members, seat);
  }
}

static void
end (ScPlanner *self, Session *session)
{
  if (sc_planner_may (self, &session->order))
    sc_planner_ordered (self, &session->order, self->actions.end (self->data, session->id));
}

/* Of those whose window is closed, and those that are to have something else now. */
static void
look_at_running (ScPlanner *self, Session *session)
{
  g_autoptr (GPtrArray) leave = g_ptr_array_new ();
  guint n_mismatch = 0;

  for (guint i = 0; i < session->members->len; i++) {
    Seat *seat = g_ptr_array_index (session->members, i);
    gboolean other = seat->mismatch && seat->mismatch_since + MISMATCH_TIME <= self->now;

    if (seat->mismatch && !other)
      sc_planner_note (self, seat->mismatch_since + MISMATCH_TIME);
    if (other)
      n_mismatch++;
    if (other || (!seat->room->open && !session->any_time))
      g_ptr_array_add (leave, seat);
  }
  if (n_mismatch > 0 && n_mismatch == session->members->len) {
    end (self, session);
  } else if (leave->len > 0 && sc_planner_may (self, &session->order)) {
    g_autofree const char **ids = sc_planner_ids (leave);

    sc_planner_ordered (self, &session->order, self->actions.release (self->data, session->id, ids));
  }
}

static gboolean
is_wanted (const Session *session)
{
  for (guint i = 0; i < session->members->len; i++) {
    const Seat *seat = g_ptr_array_index (session->members, i);

    if (!seat->told.met && sc_selection_equal (seat->wanted, session->selection))
      return TRUE;
  }
  return FALSE;
}

void
sc_planner_end_sessions (ScPlanner *self)
{
  for (guint i = 0; i < self->sessions->len; i++) {
    Session *session = g_ptr_array_index (self->sessions, i);

    if (!session->suspended)
      look_at_running (self, session);
    else if (!is_wanted (session))
      end (self, session);
  }
}
