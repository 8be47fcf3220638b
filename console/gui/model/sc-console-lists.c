/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the window knows of the console, and what is loaded anew when the engine says only that it has changed. */
#include "common/sc-error.h"
#include "console/gui/model/sc-activity-item.h"
#include "console/gui/model/sc-console-private.h"
#include "console/gui/model/sc-operation-item.h"
#include "console/gui/model/sc-planned-item.h"
#include "console/gui/model/sc-room-item.h"
#include "console/gui/model/sc-schedule-item.h"
#include "console/gui/model/sc-seat-item.h"
#include "console/gui/model/sc-version-item.h"
#include "console/gui/model/sc-waiting-item.h"

#define LOAD_DELAY 100u                    /* ms: what changes together is loaded once */
#define MAX_WAIT (12 * 60 * 60ll)          /* s: then it is looked anew how long it is; clocks are set */
#define LEAST_LAG (2 * G_TIME_SPAN_SECOND) /* of the engine's clock, where it is behind this one */

const ScConsoleListKind sc_console_lists[SC_CONSOLE_N_LISTS] = {
  [SC_CONSOLE_LIST_SEATS] = { "/v1/seats", "seats", "seat", NULL, sc_seat_item_get_type },
  [SC_CONSOLE_LIST_ROOMS] = { "/v1/rooms", "rooms", "room", NULL, sc_room_item_get_type },
  [SC_CONSOLE_LIST_VERSIONS] = { "/v1/versions", "versions", "version", NULL, sc_version_item_get_type },
  [SC_CONSOLE_LIST_SESSIONS] = { "/v1/sessions", "sessions", "session", NULL, sc_session_item_get_type },
  [SC_CONSOLE_LIST_OPERATIONS] = { "/v1/operations", "operations", "operation", NULL, sc_operation_item_get_type },
  [SC_CONSOLE_LIST_ACTIVITY] = { "/v1/activity", "entries", "activity", NULL, sc_activity_item_get_type },
  [SC_CONSOLE_LIST_WAITING] = { "/v1/waiting-seats", "waiting", "waiting-seat", "waiting-seats-changed",
                                sc_waiting_item_get_type },
  [SC_CONSOLE_LIST_SCHEDULES] = { "/v1/schedules", "schedules", "schedule", "schedules-changed",
                                  sc_schedule_item_get_type },
  [SC_CONSOLE_LIST_PLANNED] = { "/v1/planned", "planned", "planned", "schedules-changed", sc_planned_item_get_type },
};

typedef struct {
  ScConsole *self; /* of a request: owned */
  ScConsoleList list;
} Again;

static void
on_loaded_again (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Again *again = user_data;
  g_autoptr (ScConsole) self = again->self;
  const ScConsoleListKind *kind = &sc_console_lists[again->list];
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = sc_client_request_finish (SC_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->client != SC_CLIENT (source))
    return;
  if (answer != NULL)
    sc_console_put_list (self, again->list, json_object_get (answer, kind->member));
  else if (!g_error_matches (error, SC_ERROR, SC_ERROR_NOT_FOUND)) /* an earlier engine does not have everything */
    g_warning ("%s: what has changed cannot be shown: %s", kind->path, error->message);
}

static gboolean
on_load_due (gpointer user_data)
{
  const Again *due = user_data;
  Again *again = g_memdup2 (due, sizeof *due);

  due->self->load_sources[due->list] = 0;
  g_object_ref (again->self);
  sc_client_request_async (again->self->client, "GET", sc_console_lists[again->list].path, NULL,
                           again->self->cancellable, on_loaded_again, again);
  return G_SOURCE_REMOVE;
}

void
sc_console_load_again (ScConsole *self, ScConsoleList list)
{
  Again *due = NULL;

  if (self->load_sources[list] != 0 || self->client == NULL || self->n_loading > 0)
    return; /* it is loaded anyway */
  due = g_new (Again, 1);
  due->self = self;
  due->list = list;
  self->load_sources[list] = g_timeout_add_full (G_PRIORITY_DEFAULT, LOAD_DELAY, on_load_due, due, g_free);
}

/* µs since 1970; 0: none will */
static gint64
next_change (ScConsole *self, gint64 now)
{
  ScItemList *rooms = self->lists[SC_CONSOLE_LIST_ROOMS];
  gint64 next = 0;

  for (guint i = 0; i < sc_item_list_get_length (rooms); i++) {
    const ScRoomWindow *window = &sc_room_item_get_info (sc_item_list_at (rooms, i))->window;
    gint64 change = window->open ? window->closes : window->opens;

    if (change == 0)
      continue;
    /* The engine's clock is behind where it was past already: ever longer until it is asked again, at most twice as
     * long as the clock is behind. */
    if (change <= now)
      change = now + MAX (now - change, LEAST_LAG);
    if (next == 0 || change < next)
      next = change;
  }
  return next;
}

static gboolean
on_window_changes (gpointer user_data)
{
  ScConsole *self = user_data;

  self->window_source = 0;
  sc_console_load_again (self, SC_CONSOLE_LIST_ROOMS);
  sc_console_load_again (self, SC_CONSOLE_LIST_PLANNED);
  return G_SOURCE_REMOVE;
}

static gboolean
on_window_nearer (gpointer user_data)
{
  ScConsole *self = user_data;

  self->window_source = 0;
  sc_console_watch_windows (self);
  return G_SOURCE_REMOVE;
}

void
sc_console_watch_windows (ScConsole *self)
{
  const gint64 now = g_get_real_time (), next = next_change (self, now);
  const gint64 wait = (next - now) / G_USEC_PER_SEC + 1; /* s: rather late than before the engine's clock is there */

  g_clear_handle_id (&self->window_source, g_source_remove);
  if (next != 0)
    self->window_source = g_timeout_add_seconds ((guint) MIN (wait, MAX_WAIT),
                                                 wait > MAX_WAIT ? on_window_nearer : on_window_changes, self);
}

void
sc_console_stop_loading_again (ScConsole *self)
{
  g_clear_handle_id (&self->window_source, g_source_remove);
  for (guint i = 0; i < SC_CONSOLE_N_LISTS; i++)
    g_clear_handle_id (&self->load_sources[i], g_source_remove);
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
  return self->lists[SC_CONSOLE_LIST_SEATS];
}

ScItemList *
sc_console_get_rooms (ScConsole *self)
{
  return self->lists[SC_CONSOLE_LIST_ROOMS];
}

ScItemList *
sc_console_get_versions (ScConsole *self)
{
  return self->lists[SC_CONSOLE_LIST_VERSIONS];
}

ScItemList *
sc_console_get_sessions (ScConsole *self)
{
  return self->lists[SC_CONSOLE_LIST_SESSIONS];
}

ScItemList *
sc_console_get_operations (ScConsole *self)
{
  return self->lists[SC_CONSOLE_LIST_OPERATIONS];
}

ScItemList *
sc_console_get_activity (ScConsole *self)
{
  return self->lists[SC_CONSOLE_LIST_ACTIVITY];
}

ScItemList *
sc_console_get_waiting (ScConsole *self)
{
  return self->lists[SC_CONSOLE_LIST_WAITING];
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

ScItemList *
sc_console_get_schedules (ScConsole *self)
{
  return self->lists[SC_CONSOLE_LIST_SCHEDULES];
}

ScItemList *
sc_console_get_planned (ScConsole *self)
{
  return self->lists[SC_CONSOLE_LIST_PLANNED];
}
