/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-session-shares.h"
#include "console/engine/session/sc-sessions-private.h"

#define CATCH_UP_SHARE 4u /* of the console's cap, unless staff set a rate */

/* The lower of two caps, of which 0 is none. */
static guint64
lower_cap (guint64 a, guint64 b)
{
  if (a == 0 || b == 0)
    return MAX (a, b);
  return MIN (a, b);
}

void
sc_sessions_share_rates (ScSessions *self)
{
  g_autofree ScSessionShare *shares = g_new0 (ScSessionShare, self->running->len);
  g_autofree ScSession **sending = g_new0 (ScSession *, self->running->len);
  guint n = 0;

  for (guint i = 0; i < self->running->len; i++) {
    ScSession *session = g_ptr_array_index (self->running, i);

    if (!sc_session_is_sending (session))
      continue;
    shares[n].cap = sc_session_get_rate_cap (session);
    shares[n].rooms = sc_session_list_rooms (session);
    sending[n++] = session;
  }
  sc_session_shares_compute (shares, n, self->config.rate_cap, self->room_caps);
  for (guint i = 0; i < n; i++) {
    sc_session_set_rate (sending[i], shares[i].rate);
    g_ptr_array_unref (shares[i].rooms);
  }
}

/* Those that wait for a window. */
static void
set_caps_of_suspended (ScSessions *self, guint64 former, guint64 rate_cap)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) sessions = sc_catalog_list_open_sessions (self->catalog, &error);

  for (guint i = 0; sessions != NULL && i < sessions->len; i++) {
    ScCatalogSession *session = g_ptr_array_index (sessions, i);

    if (!session->suspended || session->rate_cap != former || sc_sessions_find_running (self, session->id) != NULL)
      continue;
    session->rate_cap = rate_cap;
    if (!sc_catalog_save_session (self->catalog, session, &error))
      break;
  }
  if (error != NULL)
    g_warning ("suspended sessions keep the former rate cap: %s", error->message);
}

void
sc_sessions_set_rate_cap (ScSessions *self, guint64 rate_cap)
{
  guint64 former = self->config.rate_cap;

  self->config.rate_cap = rate_cap;
  for (guint i = 0; i < self->running->len; i++) {
    ScSession *session = g_ptr_array_index (self->running, i);

    /* that of one that was given none is the console's */
    if (sc_session_get_rate_cap (session) == former)
      sc_session_set_rate_cap (session, rate_cap);
  }
  set_caps_of_suspended (self, former, rate_cap);
  sc_sessions_share_rates (self);
}

void
sc_sessions_set_room_cap (ScSessions *self, const char *room, guint64 rate_cap)
{
  if (rate_cap == sc_sessions_get_room_cap (self, room))
    return;
  if (rate_cap != 0)
    g_hash_table_replace (self->room_caps, g_strdup (room), g_memdup2 (&rate_cap, sizeof rate_cap));
  else
    g_hash_table_remove (self->room_caps, room);
  sc_sessions_share_rates (self);
}

guint64
sc_sessions_get_room_cap (ScSessions *self, const char *room)
{
  const guint64 *rate_cap = g_hash_table_lookup (self->room_caps, room);

  return rate_cap != NULL ? *rate_cap : 0;
}

guint64
sc_sessions_get_share (ScSessions *self, const ScCatalogSession *session)
{
  ScSession *running = sc_sessions_find_running (self, session->id);
  guint64 share = lower_cap (session->rate_cap, self->config.rate_cap);

  if (running != NULL && sc_session_is_sending (running))
    return sc_session_get_rate (running);
  for (guint i = 0; session->rooms != NULL && i < session->rooms->len; i++)
    share = lower_cap (share, sc_sessions_get_room_cap (self, g_ptr_array_index (session->rooms, i)));
  return share;
}

void
sc_sessions_set_catch_up_rate (ScSessions *self, guint64 rate)
{
  self->catch_up_rate = rate;
}

guint64
sc_sessions_get_catch_up_rate (ScSessions *self)
{
  guint64 cap = self->config.rate_cap != 0 ? self->config.rate_cap : SC_SESSIONS_ASSUMED_RATE;

  return self->catch_up_rate != 0 ? self->catch_up_rate : MAX (cap / CATCH_UP_SHARE, 1);
}
