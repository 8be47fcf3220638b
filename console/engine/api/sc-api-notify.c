/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-notify.h"

#include "console/engine/api/sc-api-json.h"
#include "console/engine/api/sc-api-rooms.h"
#include "console/engine/sc-json-text.h"

#include <string.h>

#define INTERVAL_MS 250
#define MAX_NAMED 8u /* templates that a reminder names */

struct _ScApiNotify {
  const ScApiParts *parts;
  GHashTable *changed_seats; /* ids */
  GHashTable *changed_rooms; /* names */
  GHashTable *rooms;         /* seat → the room that it was in when it was told last */
  guint source;
};

/* The rooms that the seat has left and come to are others now, too. */
static void
note_room (ScApiNotify *self, const ScCatalogSeat *seat)
{
  const char *before = g_hash_table_lookup (self->rooms, seat->inventory->seat);

  if (g_strcmp0 (before, seat->room) == 0)
    return;
  if (before != NULL)
    g_hash_table_add (self->changed_rooms, g_strdup (before));
  g_hash_table_add (self->changed_rooms, g_strdup (seat->room));
  g_hash_table_replace (self->rooms, g_strdup (seat->inventory->seat), g_strdup (seat->room));
}

static void
tell_seat (ScApiNotify *self, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogSeat) seat = sc_catalog_find_seat (self->parts->catalog, id, &error);
  g_autoptr (ScJson) json = seat != NULL ? sc_api_json_of_seat (self->parts, seat) : NULL;

  if (json == NULL) {
    g_warning ("cannot tell that seat %s changed: %s", id, error->message);
    return;
  }
  sc_events_emit (self->parts->events, "seat", json);
  note_room (self, seat);
}

static gboolean
on_due (gpointer data)
{
  ScApiNotify *self = data;
  GHashTableIter iter;
  gpointer key = NULL;

  self->source = 0;
  g_hash_table_iter_init (&iter, self->changed_seats);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    tell_seat (self, key);
  g_hash_table_remove_all (self->changed_seats);
  g_hash_table_iter_init (&iter, self->changed_rooms);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    sc_api_tell_room (self->parts, key);
  g_hash_table_remove_all (self->changed_rooms);
  return G_SOURCE_REMOVE;
}

/* What changes within a moment is told once. */
static void
tell_soon (ScApiNotify *self)
{
  if (self->source == 0)
    self->source = g_timeout_add (INTERVAL_MS, on_due, self);
}

static void
on_seat_changed (ScSeatHub *hub, const char *seat, gpointer user_data)
{
  ScApiNotify *self = user_data;

  if (!sc_events_has_clients (self->parts->events))
    return;
  g_hash_table_add (self->changed_seats, g_strdup (seat));
  tell_soon (self);
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

static void
on_seat_planned (ScScheduler *scheduler, const char *seat, gpointer user_data)
{
  on_seat_changed (NULL, seat, user_data);
}

static void
on_room_changed (ScScheduler *scheduler, const char *room, gpointer user_data)
{
  ScApiNotify *self = user_data;

  if (!sc_events_has_clients (self->parts->events))
    return;
  g_hash_table_add (self->changed_rooms, g_strdup (room));
  tell_soon (self);
}

static void
on_schedules_changed (ScScheduler *scheduler, gpointer user_data)
{
  ScApiNotify *self = user_data;
  g_autoptr (ScJson) json = json_object ();

  sc_events_emit (self->parts->events, "schedules-changed", json);
}

/* (transfer full) (element-type utf8) */
static GPtrArray *
list_busy (const ScInventory *inventory)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < inventory->templates->len; i++) {
    const ScInventoryTemplate *item = g_ptr_array_index (inventory->templates, i);

    if (item->busy)
      g_ptr_array_add (names, g_strdup (item->name));
  }
  return names;
}

static void
record_reminder (ScApiNotify *self, const ScCatalogSeat *seat, GPtrArray *templates)
{
  g_autoptr (ScActivityEntry) entry = sc_activity_entry_new ("reminder");
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < templates->len && i < MAX_NAMED; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", (const char *) g_ptr_array_index (templates, i));
  if (templates->len > MAX_NAMED)
    g_string_append_printf (text, " and %u more", templates->len - MAX_NAMED);
  sc_activity_entry_set_text (&entry->room, seat->room);
  sc_activity_entry_add_seat (entry, seat->inventory->name);
  sc_activity_entry_set_text (&entry->detail, text->str);
  entry->version = seat->assigned_version;
  entry->done = TRUE;
  sc_activity_record (self->parts->activity, entry);
}

/* Templates of the seat are in use past its room's deadline: staff may go and see. */
static void
on_reminder (ScScheduler *scheduler, const char *id, gint64 since, gpointer user_data)
{
  ScApiNotify *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogSeat) seat = sc_catalog_find_seat (self->parts->catalog, id, &error);
  g_autoptr (GPtrArray) templates = seat != NULL ? list_busy (seat->inventory) : NULL;
  g_autoptr (ScJson) json = json_object ();

  if (seat == NULL) {
    g_warning ("cannot remind staff that templates of seat %s are in use: %s", id, error->message);
    return;
  }
  record_reminder (self, seat, templates);
  sc_api_json_set_text (json, "seat", id);
  sc_api_json_set_text (json, "name", seat->inventory->name);
  sc_api_json_set_text (json, "room", seat->room);
  json_object_set_new (json, "since", sc_json_time (since));
  sc_json_set_strings (json, "templates", templates, SC_INVENTORY_MAX_TEMPLATES);
  sc_events_emit (self->parts->events, "reminder", json);
}

/* Nobody asked for it at that moment, so nobody was answered why it could not be. */
static void
on_schedule_failed (ScScheduler *scheduler, const ScCatalogSchedule *schedule, gpointer user_data)
{
  ScApiNotify *self = user_data;
  g_autoptr (ScActivityEntry) entry = sc_activity_entry_new ("schedule-failed");

  entry->version = schedule->version;
  entry->detail = g_strdup_printf ("%" G_GUINT64_FORMAT, schedule->id);
  sc_activity_entry_set_text (&entry->room, schedule->room);
  sc_activity_entry_set_text (&entry->error, schedule->error);
  sc_activity_record (self->parts->activity, entry);
}

static void
watch_scheduler (ScApiNotify *self)
{
  ScScheduler *scheduler = self->parts->scheduler;

  g_signal_connect (scheduler, "seat-changed", G_CALLBACK (on_seat_planned), self);
  g_signal_connect (scheduler, "room-changed", G_CALLBACK (on_room_changed), self);
  g_signal_connect (scheduler, "schedules-changed", G_CALLBACK (on_schedules_changed), self);
  g_signal_connect (scheduler, "schedule-failed", G_CALLBACK (on_schedule_failed), self);
  g_signal_connect (scheduler, "reminder", G_CALLBACK (on_reminder), self);
}

ScApiNotify *
sc_api_notify_new (const ScApiParts *parts)
{
  ScApiNotify *self = g_new0 (ScApiNotify, 1);

  self->parts = parts;
  self->changed_seats = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->changed_rooms = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->rooms = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  watch_scheduler (self);
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
  g_signal_handlers_disconnect_by_data (self->parts->scheduler, self);
  g_clear_handle_id (&self->source, g_source_remove);
  g_hash_table_unref (self->changed_seats);
  g_hash_table_unref (self->changed_rooms);
  g_hash_table_unref (self->rooms);
  g_free (self);
}
