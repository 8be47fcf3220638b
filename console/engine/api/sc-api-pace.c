/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-pace.h"

#include "console/engine/api/sc-api-listener.h"
#include "console/engine/session/sc-catch-up-pacer.h"

#define LOOK_INTERVAL G_TIME_SPAN_SECOND /* while any wait */

/* One that waits. */
typedef struct {
  ScApiRequest *request;
  SoupServerMessage *message; /* (owned) */
  char *room;
  ScApiPaceFunc go;
  gpointer data;
  GDestroyNotify free_data;
} Turn;

struct _ScApiPace {
  ScSessions *sessions;
  ScCatchUpPacer *pacer;
  GHashTable *turns; /* guint64: tickets → Turn */
  guint timer;
  gint64 looked; /* for clients that have gone, and other rates */
};

static void
turn_free (gpointer data)
{
  Turn *turn = data;

  if (turn->free_data != NULL)
    turn->free_data (turn->data);
  g_object_unref (turn->message);
  g_free (turn->room);
  g_free (turn);
}

ScApiPace *
sc_api_pace_new (ScSessions *sessions)
{
  ScApiPace *self = g_new0 (ScApiPace, 1);

  self->sessions = sessions;
  self->pacer = sc_catch_up_pacer_new (sc_sessions_get_catch_up_rate (sessions), g_get_monotonic_time ());
  self->turns = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, turn_free);
  return self;
}

/* As if it had never waited: whoever answers from now on may pause it again. */
static Turn *
end_turn (ScApiPace *self, guint64 ticket)
{
  gpointer key = NULL;
  gpointer turn = NULL;

  g_hash_table_steal_extended (self->turns, &ticket, &key, &turn);
  g_free (key);
  soup_server_message_unpause (((Turn *) turn)->message);
  return turn;
}

static void
refuse (ScApiPace *self, guint64 ticket)
{
  Turn *turn = end_turn (self, ticket);

  sc_catch_up_pacer_remove (self->pacer, ticket);
  sc_api_request_fail_status (turn->request, SOUP_STATUS_SERVICE_UNAVAILABLE, SC_ERROR_UNREACHABLE,
                              "nobody waits for this answer any more: ask again");
  turn_free (turn);
}

/* A client that waits has nothing to say: what comes from it is the end of its connection. */
static gboolean
is_gone (const Turn *turn)
{
  GSocket *socket = sc_api_listener_get_socket (turn->message);

  return socket == NULL || g_socket_is_closed (socket) || g_socket_condition_check (socket, G_IO_IN) != 0;
}

static void
drop_gone (ScApiPace *self)
{
  g_autoptr (GArray) gone = g_array_new (FALSE, FALSE, sizeof (guint64));
  GHashTableIter iter;
  gpointer ticket, turn;

  g_hash_table_iter_init (&iter, self->turns);
  while (g_hash_table_iter_next (&iter, &ticket, &turn))
    if (is_gone (turn))
      g_array_append_vals (gone, ticket, 1);
  for (guint i = 0; i < gone->len; i++)
    refuse (self, g_array_index (gone, guint64, i));
}

static void
set_rate_of (ScApiPace *self, const char *room, gint64 now)
{
  sc_catch_up_pacer_set_rate (self->pacer, sc_sessions_get_catch_up_rate (self->sessions), now);
  sc_catch_up_pacer_set_room_rate (self->pacer, room, sc_sessions_get_room_cap (self->sessions, room), now);
}

static void
set_rates (ScApiPace *self, gint64 now)
{
  GHashTableIter iter;
  gpointer turn;

  g_hash_table_iter_init (&iter, self->turns);
  while (g_hash_table_iter_next (&iter, NULL, &turn))
    set_rate_of (self, ((const Turn *) turn)->room, now);
}

static gboolean on_time (gpointer data);

static void
go_on (ScApiPace *self)
{
  gint64 now = g_get_monotonic_time ();
  guint64 ticket;

  if (now - self->looked >= LOOK_INTERVAL) {
    self->looked = now;
    drop_gone (self);
    set_rates (self, now);
  }
  while ((ticket = sc_catch_up_pacer_peek (self->pacer, now)) != 0) {
    Turn *turn = g_hash_table_lookup (self->turns, &ticket);

    if (is_gone (turn)) {
      refuse (self, ticket);
      continue;
    }
    sc_catch_up_pacer_take (self->pacer, now);
    turn = end_turn (self, ticket);
    turn->go (turn->request, turn->data);
    turn_free (turn);
  }
  g_clear_handle_id (&self->timer, g_source_remove);
  if (g_hash_table_size (self->turns) > 0) {
    gint64 wait = CLAMP (sc_catch_up_pacer_get_timeout (self->pacer) - now, 0, LOOK_INTERVAL);

    self->timer = g_timeout_add ((guint) (wait / G_TIME_SPAN_MILLISECOND) + 1, on_time, self);
  }
}

static gboolean
on_time (gpointer data)
{
  ScApiPace *self = data;

  self->timer = 0;
  go_on (self);
  return G_SOURCE_REMOVE;
}

void
sc_api_pace_wait (ScApiPace *self, ScApiRequest *request, const char *room, guint64 bytes, ScApiPaceFunc go,
                  gpointer data, GDestroyNotify free_data)
{
  guint64 ticket = sc_catch_up_pacer_add (self->pacer, request->principal.name, room, bytes);
  Turn *turn = g_new (Turn, 1);

  *turn = (Turn){ request, g_object_ref (request->message), g_strdup (room), go, data, free_data };
  g_hash_table_insert (self->turns, g_memdup2 (&ticket, sizeof ticket), turn);
  soup_server_message_pause (request->message);
  set_rate_of (self, room, g_get_monotonic_time ());
  go_on (self);
}

guint
sc_api_pace_count (ScApiPace *self)
{
  return g_hash_table_size (self->turns);
}

void
sc_api_pace_free (ScApiPace *self)
{
  GHashTableIter iter;
  gpointer ticket;

  if (self == NULL)
    return;
  for (g_hash_table_iter_init (&iter, self->turns); g_hash_table_iter_next (&iter, &ticket, NULL);
       g_hash_table_iter_init (&iter, self->turns))
    refuse (self, *(const guint64 *) ticket);
  g_clear_handle_id (&self->timer, g_source_remove);
  g_hash_table_unref (self->turns);
  sc_catch_up_pacer_free (self->pacer);
  g_free (self);
}
