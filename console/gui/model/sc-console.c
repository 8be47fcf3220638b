/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/model/sc-console-private.h"

#include "common/sc-error.h"
#include "console/gui/model/sc-operation-item.h"

#include <string.h>

G_DEFINE_FINAL_TYPE (ScConsole, sc_console, G_TYPE_OBJECT)

enum {
  SIGNAL_STATE_CHANGED,
  SIGNAL_SETTINGS_CHANGED,
  SIGNAL_USERS_CHANGED,
  SIGNAL_AUTHORITY_CHANGED,
  SIGNAL_SESSION_ENDED,
  SIGNAL_OPERATION_ENDED,
  SIGNAL_DRY_RUN,
  SIGNAL_REMINDER,
  SIGNAL_FORGOTTEN,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void begin_attempt (ScConsole *self);

static void
stop (ScConsole *self)
{
  g_clear_handle_id (&self->retry_source, g_source_remove);
  sc_console_stop_loading_again (self);
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
  for (guint i = 0; i < SC_CONSOLE_N_LISTS; i++)
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
  signals[SIGNAL_REMINDER] = new_signal ("reminder", G_TYPE_POINTER);
  signals[SIGNAL_FORGOTTEN] = new_signal ("forgotten", G_TYPE_NONE);
}

static void
sc_console_init (ScConsole *self)
{
  const ScBackoff backoff = SC_BACKOFF_INIT;

  self->backoff = backoff;
  self->name = g_strdup ("");
  self->waiting_events = g_ptr_array_new_with_free_func ((GDestroyNotify) json_decref);
  for (guint i = 0; i < SC_CONSOLE_N_LISTS; i++)
    self->lists[i] = sc_item_list_new (sc_console_lists[i].item_type ());
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
  ScSessionItem *session = key != NULL ? sc_item_list_find (self->lists[SC_CONSOLE_LIST_SESSIONS], key) : NULL;
  gboolean ran = session != NULL && !sc_session_item_is_over (session);
  gboolean waited = session != NULL && sc_session_item_get_info (session)->suspended;

  if (sc_item_flag_of (json, "dry_run")) {
    g_signal_emit (self, signals[SIGNAL_DRY_RUN], 0, json);
    return;
  }
  session = sc_item_list_put (self->lists[SC_CONSOLE_LIST_SESSIONS], json);
  if (session != NULL &&
      (!ran || sc_session_item_is_over (session) || waited != sc_session_item_get_info (session)->suspended))
    sc_console_load_again (self, SC_CONSOLE_LIST_PLANNED); /* when it goes on, or what it was, is another one */
  if (ran && session != NULL && sc_session_item_is_over (session))
    g_signal_emit (self, signals[SIGNAL_SESSION_ENDED], 0, session);
}

static void
put_operation (ScConsole *self, ScJson *json)
{
  g_autofree char *key = sc_item_dup_number_key (json, "id");
  ScOperationItem *operation = key != NULL ? sc_item_list_find (self->lists[SC_CONSOLE_LIST_OPERATIONS], key) : NULL;
  gboolean ran = operation != NULL && sc_operation_item_is_running (operation);

  operation = sc_item_list_put (self->lists[SC_CONSOLE_LIST_OPERATIONS], json);
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
put_one (ScConsole *self, ScConsoleList list, ScJson *json)
{
  if (list == SC_CONSOLE_LIST_SESSIONS)
    sc_console_put_session (self, json);
  else if (list == SC_CONSOLE_LIST_OPERATIONS)
    put_operation (self, json);
  else if (sc_item_flag_of (json, "deleted"))
    sc_item_list_remove (self->lists[list], sc_item_text_of (json, "name"));
  else
    sc_item_list_put (self->lists[list], json);
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
  if (strcmp (type, "reminder") == 0)
    g_signal_emit (self, signals[SIGNAL_REMINDER], 0, event);
  if (strcmp (type, "room") == 0)
    sc_console_load_again (self, SC_CONSOLE_LIST_PLANNED); /* its window may be another one */
  for (guint i = 0; i < SC_CONSOLE_N_LISTS; i++)
    if (strcmp (type, sc_console_lists[i].event) == 0)
      put_one (self, i, event);
    else if (g_strcmp0 (type, sc_console_lists[i].news) == 0)
      sc_console_load_again (self, i);
  if (strcmp (type, "room") == 0)
    sc_console_watch_windows (self);
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
void
sc_console_put_list (ScConsole *self, ScConsoleList list, ScJson *array)
{
  g_autoptr (ScJson) rest = json_array ();
  gsize i = 0;
  ScJson *json = NULL;

  json_array_foreach (array, i, json)
  {
    if (list == SC_CONSOLE_LIST_SESSIONS && sc_item_flag_of (json, "dry_run"))
      continue;
    if (list == SC_CONSOLE_LIST_SESSIONS || list == SC_CONSOLE_LIST_OPERATIONS)
      put_one (self, list, json);
    json_array_append (rest, json);
  }
  sc_item_list_put_all (self->lists[list], rest);
  if (list == SC_CONSOLE_LIST_ROOMS)
    sc_console_watch_windows (self);
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
  ScConsoleList what;
} Load;

static void
take_answer (ScConsole *self, ScConsoleList what, ScJson *answer)
{
  if (what == SC_CONSOLE_LOAD_SETTINGS)
    put_settings (self, answer);
  else if (what == SC_CONSOLE_LOAD_ME) {
    g_clear_pointer (&self->me, json_decref);
    self->me = json_incref (answer);
  } else if (what == SC_CONSOLE_LOAD_NAME) {
    g_free (self->name);
    self->name = g_strdup (sc_item_text_of (answer, "name"));
  } else
    sc_console_put_list (self, what, json_object_get (answer, sc_console_lists[what].member));
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
load (ScConsole *self, ScConsoleList what, const char *path)
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
  for (guint i = 0; i < SC_CONSOLE_N_LISTS; i++)
    load (self, i, sc_console_lists[i].path);
  load (self, SC_CONSOLE_LOAD_SETTINGS, "/v1/settings");
  load (self, SC_CONSOLE_LOAD_NAME, "/v1");
  load (self, SC_CONSOLE_LOAD_ME, "/v1/me");
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
  for (guint i = 0; i < SC_CONSOLE_N_LISTS; i++)
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
