/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/model/sc-console-private.h"

#include "common/sc-backoff.h"
#include "common/sc-error.h"
#include "console/gui/model/sc-activity-item.h"
#include "console/gui/model/sc-operation-item.h"
#include "console/gui/model/sc-room-item.h"
#include "console/gui/model/sc-seat-item.h"
#include "console/gui/model/sc-version-item.h"
#include "console/gui/model/sc-waiting-item.h"

#include <string.h>

typedef enum {
  LIST_SEATS,
  LIST_ROOMS,
  LIST_VERSIONS,
  LIST_SESSIONS,
  LIST_OPERATIONS,
  LIST_ACTIVITY,
  LIST_WAITING,
  N_LISTS,
  LOAD_SETTINGS = N_LISTS, /* what else is asked for when a connection begins */
  LOAD_NAME,
  LOAD_ME,
} List;

static const struct {
  const char *path;
  const char *member; /* of the answer, an array */
  const char *event;  /* the type of events about one of it */
  GType (*item_type) (void);
} lists[N_LISTS] = {
  [LIST_SEATS] = { "/v1/seats", "seats", "seat", sc_seat_item_get_type },
  [LIST_ROOMS] = { "/v1/rooms", "rooms", "room", sc_room_item_get_type },
  [LIST_VERSIONS] = { "/v1/versions", "versions", "version", sc_version_item_get_type },
  [LIST_SESSIONS] = { "/v1/sessions", "sessions", "session", sc_session_item_get_type },
  [LIST_OPERATIONS] = { "/v1/operations", "operations", "operation", sc_operation_item_get_type },
  [LIST_ACTIVITY] = { "/v1/activity", "entries", "activity", sc_activity_item_get_type },
  [LIST_WAITING] = { "/v1/waiting-seats", "waiting", "waiting-seat", sc_waiting_item_get_type },
};

struct _ScConsole {
  GObject parent;
  ScClient *client;
  GCancellable *cancellable; /* of the connection and what it loads */
  ScItemList *lists[N_LISTS];
  ScJson *settings;
  ScJson *me; /* (nullable): who the engine takes the user for */
  char *name;

  ScConsoleState state;
  GError *error;
  ScBackoff backoff;
  guint retry_source;
  gint64 next_attempt, last_contact; /* monotonic µs */
  guint n_loading;                   /* answers that are still to come before what is shown is whole */
  GPtrArray *waiting_events;         /* ScJson: came meanwhile; newer than the answers, or as old */
};

G_DEFINE_FINAL_TYPE (ScConsole, sc_console, G_TYPE_OBJECT)

enum {
  SIGNAL_STATE_CHANGED,
  SIGNAL_SETTINGS_CHANGED,
  SIGNAL_USERS_CHANGED,
  SIGNAL_AUTHORITY_CHANGED,
  SIGNAL_SESSION_ENDED,
  SIGNAL_OPERATION_ENDED,
  SIGNAL_DRY_RUN,
  SIGNAL_FORGOTTEN,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void begin_attempt (ScConsole *self);

static void
stop (ScConsole *self)
{
  g_clear_handle_id (&self->retry_source, g_source_remove);
  self->next_attempt = 0;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_ptr_array_set_size (self->waiting_events, 0);
  self->n_loading = 0;
}

static void
drop_client (ScConsole *self)
{
  stop (self);
  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data (self->client, self);
  g_clear_object (&self->client);
}

static void
sc_console_finalize (GObject *object)
{
  ScConsole *self = SC_CONSOLE (object);

  drop_client (self);
  for (guint i = 0; i < N_LISTS; i++)
    g_object_unref (self->lists[i]);
  g_clear_pointer (&self->settings, json_decref);
  g_clear_pointer (&self->me, json_decref);
  g_ptr_array_unref (self->waiting_events);
  g_clear_error (&self->error);
  g_free (self->name);
  G_OBJECT_CLASS (sc_console_parent_class)->finalize (object);
}

static guint
new_signal (const char *name, GType argument)
{
  if (argument == G_TYPE_NONE)
    return g_signal_new (name, SC_TYPE_CONSOLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  return g_signal_new (name, SC_TYPE_CONSOLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, argument);
}

static void
sc_console_class_init (ScConsoleClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sc_console_finalize;
  signals[SIGNAL_STATE_CHANGED] = new_signal ("state-changed", G_TYPE_NONE);
  signals[SIGNAL_SETTINGS_CHANGED] = new_signal ("settings-changed", G_TYPE_NONE);
  signals[SIGNAL_USERS_CHANGED] = new_signal ("users-changed", G_TYPE_NONE);
  signals[SIGNAL_AUTHORITY_CHANGED] = new_signal ("authority-changed", G_TYPE_NONE);
  signals[SIGNAL_SESSION_ENDED] = new_signal ("session-ended", SC_TYPE_SESSION_ITEM);
  signals[SIGNAL_OPERATION_ENDED] = new_signal ("operation-ended", SC_TYPE_OPERATION_ITEM);
  signals[SIGNAL_DRY_RUN] = new_signal ("dry-run", G_TYPE_POINTER);
  signals[SIGNAL_FORGOTTEN] = new_signal ("forgotten", G_TYPE_NONE);
}

static void
sc_console_init (ScConsole *self)
{
  const ScBackoff backoff = SC_BACKOFF_INIT;

  self->backoff = backoff;
  self->name = g_strdup ("");
  self->waiting_events = g_ptr_array_new_with_free_func ((GDestroyNotify) json_decref);
  for (guint i = 0; i < N_LISTS; i++)
    self->lists[i] = sc_item_list_new (lists[i].item_type ());
}

ScConsole *
sc_console_new (void)
{
  return g_object_new (SC_TYPE_CONSOLE, NULL);
}

static void
set_state (ScConsole *self, ScConsoleState state, const GError *error)
{
  g_autoptr (GError) old = g_steal_pointer (&self->error);

  self->state = state;
  self->error = error != NULL ? g_error_copy (error) : NULL;
  g_signal_emit (self, signals[SIGNAL_STATE_CHANGED], 0);
}

static gboolean
on_retry_due (gpointer data)
{
  ScConsole *self = data;

  self->retry_source = 0;
  begin_attempt (self);
  return G_SOURCE_REMOVE;
}

static void
lose (ScConsole *self, const GError *error)
{
  guint delay = 0;

  stop (self);
  if (g_error_matches (error, SC_ERROR, SC_ERROR_DENIED)) {
    set_state (self, SC_CONSOLE_REFUSED, error);
    return;
  }
  delay = sc_backoff_next (&self->backoff, g_random_double ());
  self->next_attempt = g_get_monotonic_time () + delay * (gint64) G_TIME_SPAN_MILLISECOND;
  self->retry_source = g_timeout_add (delay, on_retry_due, self);
  set_state (self, SC_CONSOLE_LOST, error);
}

void
sc_console_put_session (ScConsole *self, ScJson *json)
{
  g_autofree char *key = sc_item_dup_number_key (json, "id");
  ScSessionItem *session = key != NULL ? sc_item_list_find (self->lists[LIST_SESSIONS], key) : NULL;
  gboolean ran = session != NULL && !sc_session_item_is_over (session);

  if (sc_item_flag_of (json, "dry_run")) {
    g_signal_emit (self, signals[SIGNAL_DRY_RUN], 0, json);
    return;
  }
  session = sc_item_list_put (self->lists[LIST_SESSIONS], json);
  if (ran && session != NULL && sc_session_item_is_over (session))
    g_signal_emit (self, signals[SIGNAL_SESSION_ENDED], 0, session);
}

static void
put_operation (ScConsole *self, ScJson *json)
{
  g_autofree char *key = sc_item_dup_number_key (json, "id");
  ScOperationItem *operation = key != NULL ? sc_item_list_find (self->lists[LIST_OPERATIONS], key) : NULL;
  gboolean ran = operation != NULL && sc_operation_item_is_running (operation);

  operation = sc_item_list_put (self->lists[LIST_OPERATIONS], json);
  if (ran && operation != NULL && !sc_operation_item_is_running (operation))
    g_signal_emit (self, signals[SIGNAL_OPERATION_ENDED], 0, operation);
}

static void
put_settings (ScConsole *self, ScJson *json)
{
  g_clear_pointer (&self->settings, json_decref);
  self->settings = json_incref (json);
  g_signal_emit (self, signals[SIGNAL_SETTINGS_CHANGED], 0);
}

static void
put_one (ScConsole *self, List list, ScJson *json)
{
  if (list == LIST_SESSIONS)
    sc_console_put_session (self, json);
  else if (list == LIST_OPERATIONS)
    put_operation (self, json);
  else if (sc_item_flag_of (json, "deleted"))
    sc_item_list_remove (self->lists[list], sc_item_text_of (json, "name"));
  else
    sc_item_list_put (self->lists[list], json);
}

static void put_list (ScConsole *self, List list, ScJson *array);

static void
on_loaded_again (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ScConsole) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = sc_client_request_finish (SC_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->client != SC_CLIENT (source))
    return;
  if (answer != NULL)
    put_list (self, LIST_WAITING, json_object_get (answer, lists[LIST_WAITING].member));
  else
    g_warning ("what waits cannot be shown: %s", error->message);
}

/* Of what events only say that it has changed. */
static void
load_waiting_again (ScConsole *self)
{
  sc_client_request_async (self->client, "GET", lists[LIST_WAITING].path, NULL, self->cancellable, on_loaded_again,
                           g_object_ref (self));
}

static void
apply_event (ScConsole *self, ScJson *event)
{
  g_autofree char *type = g_strdup (sc_item_text_of (event, "type"));

  json_object_del (event, "type"); /* what is left is as in the lists */
  if (strcmp (type, "settings") == 0)
    put_settings (self, event);
  if (strcmp (type, "users-changed") == 0)
    g_signal_emit (self, signals[SIGNAL_USERS_CHANGED], 0);
  if (strcmp (type, "ca-changed") == 0)
    g_signal_emit (self, signals[SIGNAL_AUTHORITY_CHANGED], 0);
  if (strcmp (type, "waiting-seats-changed") == 0)
    load_waiting_again (self);
  for (guint i = 0; i < N_LISTS; i++)
    if (strcmp (type, lists[i].event) == 0)
      put_one (self, i, event);
}

static void
on_event (ScClient *client, ScJson *event, gpointer data)
{
  ScConsole *self = data;

  self->last_contact = g_get_monotonic_time ();
  if (self->n_loading > 0)
    g_ptr_array_add (self->waiting_events, json_incref (event));
  else
    apply_event (self, event);
}

static void
on_closed (ScClient *client, gpointer data)
{
  ScConsole *self = data;
  g_autoptr (GError) error = g_error_new (SC_ERROR, SC_ERROR_UNREACHABLE, "the console at %s has ended the connection",
                                          sc_client_get_connection (client)->url);

  lose (self, error);
}

/* Sessions and operations may have ended while nobody told us, and dry runs are no sessions to the user. */
static void
put_list (ScConsole *self, List list, ScJson *array)
{
  g_autoptr (ScJson) rest = json_array ();
  gsize i = 0;
  ScJson *json = NULL;

  json_array_foreach (array, i, json)
  {
    if (list == LIST_SESSIONS && sc_item_flag_of (json, "dry_run"))
      continue;
    if (list == LIST_SESSIONS || list == LIST_OPERATIONS)
      put_one (self, list, json);
    json_array_append (rest, json);
  }
  sc_item_list_put_all (self->lists[list], rest);
}

static void
end_loading (ScConsole *self)
{
  g_autoptr (GPtrArray) events = g_steal_pointer (&self->waiting_events);

  self->waiting_events = g_ptr_array_new_with_free_func ((GDestroyNotify) json_decref);
  for (guint i = 0; i < events->len; i++)
    apply_event (self, g_ptr_array_index (events, i));
  sc_backoff_reset (&self->backoff);
  set_state (self, SC_CONSOLE_CONNECTED, NULL);
}

typedef struct {
  ScConsole *self;
  List what;
} Load;

static void
take_answer (ScConsole *self, List what, ScJson *answer)
{
  if (what == LOAD_SETTINGS)
    put_settings (self, answer);
  else if (what == LOAD_ME) {
    g_clear_pointer (&self->me, json_decref);
    self->me = json_incref (answer);
  } else if (what == LOAD_NAME) {
    g_free (self->name);
    self->name = g_strdup (sc_item_text_of (answer, "name"));
  } else
    put_list (self, what, json_object_get (answer, lists[what].member));
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Load *load = user_data;
  g_autoptr (ScConsole) self = load->self;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = sc_client_request_finish (SC_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->n_loading == 0)
    return; /* of an attempt that is over */
  if (answer != NULL)
    take_answer (self, load->what, answer);
  else if (!g_error_matches (error, SC_ERROR, SC_ERROR_NOT_FOUND)) { /* an earlier engine does not have everything */
    lose (self, error);
    return;
  }
  self->last_contact = g_get_monotonic_time ();
  if (--self->n_loading == 0)
    end_loading (self);
}

static void
load (ScConsole *self, List what, const char *path)
{
  Load *load = g_new (Load, 1);

  load->self = g_object_ref (self);
  load->what = what;
  self->n_loading++;
  sc_client_request_async (self->client, "GET", path, NULL, self->cancellable, on_loaded, load);
}

static void
on_listening (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ScConsole) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean listening = sc_client_listen_finish (SC_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->client != SC_CLIENT (source))
    return;
  if (!listening) {
    lose (self, error);
    return;
  }
  /* events come from now on: what the lists miss of the changes meanwhile, these bring */
  for (guint i = 0; i < N_LISTS; i++)
    load (self, i, lists[i].path);
  load (self, LOAD_SETTINGS, "/v1/settings");
  load (self, LOAD_NAME, "/v1");
  load (self, LOAD_ME, "/v1/me");
}

static void
begin_attempt (ScConsole *self)
{
  stop (self);
  self->cancellable = g_cancellable_new ();
  sc_client_listen_async (self->client, self->cancellable, on_listening, g_object_ref (self));
}

/* Nothing of the console before is to be taken for the next one's. */
static void
forget (ScConsole *self)
{
  for (guint i = 0; i < N_LISTS; i++)
    sc_item_list_put_all (self->lists[i], NULL);
  g_clear_pointer (&self->settings, json_decref);
  g_clear_pointer (&self->me, json_decref);
  g_free (self->name);
  self->name = g_strdup ("");
  self->last_contact = 0;
  g_signal_emit (self, signals[SIGNAL_FORGOTTEN], 0);
}

void
sc_console_connect (ScConsole *self, const ScConnection *connection)
{
  gboolean same = self->client != NULL &&
                  strcmp (sc_client_get_connection (self->client)->fingerprint, connection->fingerprint) == 0;

  drop_client (self);
  if (!same)
    forget (self);
  self->client = sc_client_new (connection, "seatcast-console");
  g_signal_connect (self->client, "event", G_CALLBACK (on_event), self);
  g_signal_connect (self->client, "closed", G_CALLBACK (on_closed), self);
  sc_backoff_reset (&self->backoff);
  set_state (self, SC_CONSOLE_CONNECTING, NULL);
  begin_attempt (self);
}

void
sc_console_retry (ScConsole *self)
{
  if (self->client == NULL || self->state == SC_CONSOLE_CONNECTED)
    return;
  sc_backoff_reset (&self->backoff);
  begin_attempt (self);
  g_signal_emit (self, signals[SIGNAL_STATE_CHANGED], 0); /* no attempt is waited for any more */
}

ScConsoleState
sc_console_get_state (ScConsole *self)
{
  return self->state;
}

const GError *
sc_console_get_error (ScConsole *self)
{
  return self->error;
}

gint64
sc_console_get_last_contact (ScConsole *self)
{
  return self->last_contact;
}

gint64
sc_console_get_next_attempt (ScConsole *self)
{
  return self->next_attempt;
}

const ScConnection *
sc_console_get_connection (ScConsole *self)
{
  return self->client != NULL ? sc_client_get_connection (self->client) : NULL;
}

const char *
sc_console_get_name (ScConsole *self)
{
  return self->name;
}

ScClient *
sc_console_get_client (ScConsole *self)
{
  return self->client;
}

GCancellable *
sc_console_get_cancellable (ScConsole *self)
{
  return self->cancellable;
}

ScItemList *
sc_console_get_seats (ScConsole *self)
{
  return self->lists[LIST_SEATS];
}

ScItemList *
sc_console_get_rooms (ScConsole *self)
{
  return self->lists[LIST_ROOMS];
}

ScItemList *
sc_console_get_versions (ScConsole *self)
{
  return self->lists[LIST_VERSIONS];
}

ScItemList *
sc_console_get_sessions (ScConsole *self)
{
  return self->lists[LIST_SESSIONS];
}

ScItemList *
sc_console_get_operations (ScConsole *self)
{
  return self->lists[LIST_OPERATIONS];
}

ScItemList *
sc_console_get_activity (ScConsole *self)
{
  return self->lists[LIST_ACTIVITY];
}

ScItemList *
sc_console_get_waiting (ScConsole *self)
{
  return self->lists[LIST_WAITING];
}

ScJson *
sc_console_get_settings (ScConsole *self)
{
  return self->settings;
}

ScJson *
sc_console_get_me (ScConsole *self)
{
  return self->me;
}
