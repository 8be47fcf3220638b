/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-notify.h"

#include "console/engine/api/sc-api-json.h"
#include "console/engine/api/sc-api-rooms.h"

#include <string.h>

#define SEAT_INTERVAL_MS 250

struct _ScApiNotify {
  const ScApiParts *parts;
  GHashTable *changed_seats; /* ids */
  GHashTable *rooms;         /* seat → the room that it was in when it was told last */
  guint seats_source;
};

/* @changed_rooms: names: gets those that the seat has left and come to */
static void
note_room (ScApiNotify *self, const ScCatalogSeat *seat, GHashTable *changed_rooms)
{
  const char *before = g_hash_table_lookup (self->rooms, seat->inventory->seat);

  if (g_strcmp0 (before, seat->room) == 0)
    return;
  if (before != NULL)
    g_hash_table_add (changed_rooms, g_strdup (before));
  g_hash_table_add (changed_rooms, g_strdup (seat->room));
  g_hash_table_replace (self->rooms, g_strdup (seat->inventory->seat), g_strdup (seat->room));
}

static gboolean
on_seats_due (gpointer data)
{
  ScApiNotify *self = data;
  g_autoptr (GHashTable) changed_rooms = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer room = NULL;
  gpointer id = NULL;

  self->seats_source = 0;
  g_hash_table_iter_init (&iter, self->changed_seats);
  while (g_hash_table_iter_next (&iter, &id, NULL)) {
    g_autoptr (GError) error = NULL;
    g_autoptr (ScCatalogSeat) seat = sc_catalog_find_seat (self->parts->catalog, id, &error);
    g_autoptr (ScJson) json = seat != NULL ? sc_api_json_of_seat (self->parts, seat) : NULL;

    if (json != NULL) {
      sc_events_emit (self->parts->events, "seat", json);
      note_room (self, seat, changed_rooms);
    } else
      g_warning ("cannot tell that seat %s changed: %s", (const char *) id, error->message);
  }
  g_hash_table_remove_all (self->changed_seats);
  g_hash_table_iter_init (&iter, changed_rooms);
  while (g_hash_table_iter_next (&iter, &room, NULL))
    sc_api_tell_room (self->parts, room);
  return G_SOURCE_REMOVE;
}

static void
on_seat_changed (ScSeatHub *hub, const char *seat, gpointer user_data)
{
  ScApiNotify *self = user_data;

  if (!sc_events_has_clients (self->parts->events))
    return;
  g_hash_table_add (self->changed_seats, g_strdup (seat));
  if (self->seats_source == 0)
    self->seats_source = g_timeout_add (SEAT_INTERVAL_MS, on_seats_due, self);
}

static void
on_session_changed (ScSessions *sessions, guint64 id, gpointer user_data)
{
  ScApiNotify *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScSessionView) view = NULL;
  g_autoptr (ScJson) json = NULL;

  if (!sc_events_has_clients (self->parts->events))
    return;
  view = sc_sessions_view (sessions, id, &error);
  if (view == NULL) {
    g_warning ("cannot tell that session %" G_GUINT64_FORMAT " changed: %s", id, error->message);
    return;
  }
  json = sc_api_json_of_session_view (self->parts, view);
  sc_events_emit (self->parts->events, "session", json);
}

static void
emit_version (ScApiNotify *self, guint64 number)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScVersionManifest) version = sc_store_get_version (self->parts->store, number, &error);
  g_autoptr (ScJson) json = version != NULL ? sc_api_json_of_version (self->parts->store, version) : NULL;

  if (json != NULL)
    sc_events_emit (self->parts->events, "version", json);
  else
    g_warning ("cannot tell that version %" G_GUINT64_FORMAT " was published or signed: %s", number, error->message);
}

/* Whether what ends so is another version, or changes what is told of one. */
static gboolean
is_of_version (const ScJson *operation)
{
  const char *kind = json_string_value (json_object_get (operation, "kind"));

  return strcmp (kind, "publish") == 0 || strcmp (kind, "sign") == 0;
}

static void
on_operation_changed (ScOperations *operations, guint64 id, gpointer user_data)
{
  ScApiNotify *self = user_data;
  g_autoptr (ScJson) json = NULL;

  if (!sc_events_has_clients (self->parts->events))
    return;
  json = sc_operations_to_json (operations, id, NULL); /* NULL when the list has dropped it since */
  if (json == NULL)
    return;
  sc_events_emit (self->parts->events, "operation", json);
  if (is_of_version (json) && strcmp (json_string_value (json_object_get (json, "state")), "done") == 0)
    emit_version (self, sc_json_get_optional_uint (json_object_get (json, "result"), "version", 0));
}

static void
learn_rooms (ScApiNotify *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) seats = sc_catalog_list_seats (self->parts->catalog, NULL, &error);

  if (seats == NULL)
    g_warning ("cannot look up which seats are in which rooms: %s", error->message);
  for (guint i = 0; seats != NULL && i < seats->len; i++) {
    const ScCatalogSeat *seat = g_ptr_array_index (seats, i);

    g_hash_table_replace (self->rooms, g_strdup (seat->inventory->seat), g_strdup (seat->room));
  }
}

static void
on_user_session_ended (ScStaff *staff, const char *session, gpointer user_data)
{
  ScApiNotify *self = user_data;

  sc_events_end_session (self->parts->events, session);
}

static void
on_users_changed (ScStaff *staff, gpointer user_data)
{
  ScApiNotify *self = user_data;
  g_autoptr (ScJson) json = json_object ();

  sc_events_emit (self->parts->events, "users-changed", json);
}

ScApiNotify *
sc_api_notify_new (const ScApiParts *parts)
{
  ScApiNotify *self = g_new0 (ScApiNotify, 1);

  self->parts = parts;
  self->changed_seats = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->rooms = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  learn_rooms (self);
  g_signal_connect (parts->hub, "seat-changed", G_CALLBACK (on_seat_changed), self);
  g_signal_connect (parts->sessions, "session-changed", G_CALLBACK (on_session_changed), self);
  g_signal_connect (parts->operations, "operation-changed", G_CALLBACK (on_operation_changed), self);
  g_signal_connect (parts->staff, "session-ended", G_CALLBACK (on_user_session_ended), self);
  g_signal_connect (parts->staff, "users-changed", G_CALLBACK (on_users_changed), self);
  return self;
}

void
sc_api_notify_free (ScApiNotify *self)
{
  if (self == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->parts->hub, self);
  g_signal_handlers_disconnect_by_data (self->parts->sessions, self);
  g_signal_handlers_disconnect_by_data (self->parts->operations, self);
  g_signal_handlers_disconnect_by_data (self->parts->staff, self);
  g_clear_handle_id (&self->seats_source, g_source_remove);
  g_hash_table_unref (self->changed_seats);
  g_hash_table_unref (self->rooms);
  g_free (self);
}
