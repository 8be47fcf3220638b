/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/sc-activity.h"

#include "common/sc-log.h"
#include "console/engine/sc-json-text.h"

struct _ScActivity {
  ScCatalog *catalog;
  ScSessions *sessions;
  ScOperations *operations;
  ScEvents *events;
  GHashTable *publishing; /* guint64: operations that run */
};

static void
set_number (ScJson *object, const char *key, guint64 number)
{
  json_object_set_new (object, key, json_integer ((json_int_t) MIN (number, (guint64) G_MAXINT64)));
}

ScJson *
sc_activity_entry_to_json (const ScActivityEntry *entry)
{
  ScJson *json = json_object ();

  set_number (json, "id", entry->id);
  json_object_set_new (json, "time", sc_json_time (entry->time));
  json_object_set_new (json, "who", sc_json_text (entry->who));
  json_object_set_new (json, "role", sc_json_text (entry->role));
  json_object_set_new (json, "address", sc_json_text (entry->address));
  json_object_set_new (json, "action", sc_json_text (entry->action));
  set_number (json, "version", entry->version);
  json_object_set_new (json, "room", sc_json_text (entry->room));
  sc_json_set_strings (json, "seats", entry->seats, SC_ACTIVITY_MAX_SEATS);
  set_number (json, "n_seats", entry->n_seats);
  set_number (json, "session", entry->session);
  json_object_set_new (json, "detail", sc_json_text (entry->detail));
  json_object_set_new (json, "done", json_boolean (entry->done));
  json_object_set_new (json, "error", sc_json_text (entry->error));
  json_object_set_new (json, "result", entry->done ? json_string ("done") : sc_json_text (entry->error));
  json_object_set_new (json, "hash", sc_json_text (entry->hash));
  return json;
}

void
sc_activity_record (ScActivity *self, ScActivityEntry *entry)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) json = NULL;

  if (entry->time == 0)
    entry->time = g_get_real_time ();
  if (!sc_catalog_add_activity (self->catalog, entry, &error)) {
    g_warning ("that “%s” was asked for or has ended could not be kept: %s", entry->action, error->message);
    return;
  }
  /* a log that is kept elsewhere holds the chain: what is changed here later does not fit it any more */
  g_message ("activity %" G_GUINT64_FORMAT ", %s: hash %s", entry->id, entry->action, entry->hash);
  if (!sc_events_has_clients (self->events))
    return;
  json = sc_activity_entry_to_json (entry);
  sc_events_emit (self->events, "activity", json);
}

static void
add_seats (ScActivity *self, ScActivityEntry *entry, GPtrArray *rows)
{
  for (guint i = 0; i < rows->len; i++) {
    g_autofree char *name = NULL;
    g_autofree char *room = NULL;

    if (i < SC_ACTIVITY_MAX_SEATS)
      sc_catalog_dup_seat_labels (self->catalog, ((const ScCatalogSessionSeat *) g_ptr_array_index (rows, i))->seat,
                                  &name, &room);
    sc_activity_entry_add_seat (entry, name);
  }
}

/* "1 of 4 seats failed"; (nullable) NULL: none did */
static char *
describe_failures (GPtrArray *rows)
{
  guint n = 0;

  for (guint i = 0; i < rows->len; i++)
    n += ((const ScCatalogSessionSeat *) g_ptr_array_index (rows, i))->state == SC_TRANSFER_FAILED;
  return n > 0 ? g_strdup_printf ("%u of %u seat%s failed", n, rows->len, rows->len == 1 ? "" : "s") : NULL;
}

static void
on_session_ended (ScSessions *sessions, guint64 id, ScActivity *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScSessionView) view = sc_sessions_view (sessions, id, &error);
  g_autoptr (ScActivityEntry) entry = sc_activity_entry_new ("session-end");
  g_autofree char *failures = NULL;

  if (view == NULL) {
    sc_log_session_warning (id, "the end of session %" G_GUINT64_FORMAT " could not be recorded: %s", id,
                            error->message);
    return;
  }
  entry->time = view->session->ended;
  entry->session = id;
  entry->version = view->session->version;
  entry->done = view->session->state != SC_SESSION_FAILED;
  sc_activity_entry_set_text (&entry->room, view->session->room);
  sc_activity_entry_set_text (&entry->detail, sc_session_state_to_nick (view->session->state));
  failures = describe_failures (view->seats);
  sc_activity_entry_set_text (&entry->error, *view->session->error != '\0' ? view->session->error : failures);
  add_seats (self, entry, view->seats);
  sc_activity_record (self, entry);
}

static void
record_publish (ScActivity *self, const ScJson *operation, const char *state)
{
  g_autoptr (ScActivityEntry) entry = sc_activity_entry_new ("publish-end");

  entry->version = sc_json_get_optional_uint (json_object_get (operation, "result"), "version", 0);
  entry->done = g_str_equal (state, "done");
  sc_activity_entry_set_text (&entry->detail, state);
  sc_activity_entry_set_text (&entry->error,
                              json_string_value (json_object_get (json_object_get (operation, "error"), "message")));
  sc_activity_record (self, entry);
}

static void
on_operation_changed (ScOperations *operations, guint64 id, ScActivity *self)
{
  g_autoptr (ScJson) json = sc_operations_to_json (operations, id, NULL); /* NULL when the list has dropped it since */
  const char *state = json_string_value (json_object_get (json, "state"));

  if (json == NULL || !g_str_equal (json_string_value (json_object_get (json, "kind")), "publish"))
    return;
  if (g_str_equal (state, "running"))
    g_hash_table_add (self->publishing, g_memdup2 (&id, sizeof id));
  else if (g_hash_table_remove (self->publishing, &id))
    record_publish (self, json, state);
}

/* Of sessions that were over just before the last engine ended. */
static void
make_up_for_ends (ScActivity *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) sessions = sc_catalog_list_ends_to_tell (self->catalog, &error);

  if (sessions == NULL)
    g_warning ("it is not known which sessions' ends are to be recorded: %s", error->message);
  for (guint i = 0; sessions != NULL && i < sessions->len; i++)
    on_session_ended (self->sessions, g_array_index (sessions, guint64, i), self);
}

ScActivity *
sc_activity_new (ScCatalog *catalog, ScSessions *sessions, ScOperations *operations, ScEvents *events)
{
  ScActivity *self = g_new0 (ScActivity, 1);

  self->catalog = catalog;
  self->sessions = sessions;
  self->operations = operations;
  self->events = events;
  self->publishing = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  make_up_for_ends (self);
  g_signal_connect (sessions, "session-ended", G_CALLBACK (on_session_ended), self);
  g_signal_connect (operations, "operation-changed", G_CALLBACK (on_operation_changed), self);
  return self;
}

void
sc_activity_free (ScActivity *self)
{
  if (self == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->sessions, self);
  g_signal_handlers_disconnect_by_data (self->operations, self);
  g_hash_table_unref (self->publishing);
  g_free (self);
}
