/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-connection.h"
#include "console/gui/model/sc-item-list.h"
#include "console/gui/model/sc-session-item.h"

G_BEGIN_DECLS

typedef enum {
  SC_CONSOLE_IDLE,       /* no console was named yet */
  SC_CONSOLE_CONNECTING, /* for the first time */
  SC_CONSOLE_CONNECTED,
  SC_CONSOLE_LOST,    /* tries again by itself; the lists show what was last known */
  SC_CONSOLE_REFUSED, /* wrong token or certificate: trying again would not help */
} ScConsoleState;

/**
 * ScConsole:
 *
 * One engine as the window knows it: the lists, kept up to date by the engine's events, and the connection, which comes
 * back by itself. Main thread only; nothing blocks.
 *
 * Signals: "state-changed" (); "settings-changed" (); "session-ended" (ScSessionItem *): one that was seen running;
 * "operation-ended" (ScOperationItem *); "users-changed" (), "authority-changed" (): what is known of them is old;
 * "dry-run" (ScJson *session): a dry run, which is in no list, goes on; "reminder" (ScJson *): templates of a seat are
 * in use for long; "forgotten" (): what follows is another
 * console's; none is connected yet
 */
#define SC_TYPE_CONSOLE (sc_console_get_type ())
G_DECLARE_FINAL_TYPE (ScConsole, sc_console, SC, CONSOLE, GObject)

ScConsole *sc_console_new (void);
/* Leaves the console before, if any, and forgets its lists unless it is the same. */
void sc_console_connect (ScConsole *self, const ScConnection *connection);
/* Ends the wait for the next attempt. */
void sc_console_retry (ScConsole *self);

ScConsoleState sc_console_get_state (ScConsole *self);
const GError *sc_console_get_error (ScConsole *self);            /* (nullable): why it is lost or refused */
gint64 sc_console_get_last_contact (ScConsole *self);            /* monotonic µs; 0: never */
gint64 sc_console_get_next_attempt (ScConsole *self);            /* monotonic µs; 0: none is planned, or it runs */
const ScConnection *sc_console_get_connection (ScConsole *self); /* (nullable) */
const char *sc_console_get_name (ScConsole *self);               /* the engine's host name; empty at first */

ScItemList *sc_console_get_seats (ScConsole *self);      /* ScSeatItem, by room and name */
ScItemList *sc_console_get_rooms (ScConsole *self);      /* ScRoomItem, by name */
ScItemList *sc_console_get_versions (ScConsole *self);   /* ScVersionItem, newest first */
ScItemList *sc_console_get_sessions (ScConsole *self);   /* ScSessionItem, newest first, without dry runs */
ScItemList *sc_console_get_operations (ScConsole *self); /* ScOperationItem, newest first */
ScItemList *sc_console_get_activity (ScConsole *self);   /* ScActivityItem, newest first; what was loaded so far */
ScItemList *sc_console_get_waiting (ScConsole *self);    /* ScWaitingItem: seats that wait for staff */
ScItemList *sc_console_get_schedules (ScConsole *self);  /* ScScheduleItem: those that are planned */
ScItemList *sc_console_get_planned (ScConsole *self);    /* ScPlannedItem, by time: what comes in the next weeks */
ScJson *sc_console_get_settings (ScConsole *self);       /* (nullable) (transfer none) the API's Settings */
ScJson *sc_console_get_me (ScConsole *self);             /* (nullable) (transfer none) the API's Me: see ScMe */

/* Loads a session with its seats into the list; while it runs, events keep it up to date. A failure is warned of. */
void sc_console_load_session (ScConsole *self, guint64 id);

/* Takes over what an answer says of a session, as if an event had said it: "session-ended" comes when it is over. */
void sc_console_put_session (ScConsole *self, ScJson *json);

/* As sc_client_request_async(), of the console that is connected. Errors: %SC_ERROR_UNREACHABLE when none is, or
 * another one when the answer comes */
void sc_console_request_async (ScConsole *self, const char *method, const char *path, ScJson *body,
                               GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
ScJson *sc_console_request_finish (ScConsole *self, GAsyncResult *result, GError **error);

G_END_DECLS
