/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-backoff.h"
#include "console/client/sc-client.h"
#include "console/gui/model/sc-console.h"

G_BEGIN_DECLS

typedef enum {
  SC_CONSOLE_LIST_SEATS,
  SC_CONSOLE_LIST_ROOMS,
  SC_CONSOLE_LIST_VERSIONS,
  SC_CONSOLE_LIST_SESSIONS,
  SC_CONSOLE_LIST_OPERATIONS,
  SC_CONSOLE_LIST_ACTIVITY,
  SC_CONSOLE_LIST_WAITING,
  SC_CONSOLE_LIST_SCHEDULES,
  SC_CONSOLE_LIST_PLANNED,
  SC_CONSOLE_N_LISTS,
  SC_CONSOLE_LOAD_SETTINGS = SC_CONSOLE_N_LISTS, /* what else is asked for when a connection begins */
  SC_CONSOLE_LOAD_NAME,
  SC_CONSOLE_LOAD_ME,
} ScConsoleList;

typedef struct {
  const char *path;
  const char *member; /* of the answer, an array */
  const char *event;  /* the type of events about one of it */
  const char *news;   /* (nullable): the type of events that only say that it has changed */
  GType (*item_type) (void);
} ScConsoleListKind;
extern const ScConsoleListKind sc_console_lists[SC_CONSOLE_N_LISTS];

struct _ScConsole {
  GObject parent;
  ScClient *client;
  GCancellable *cancellable; /* of the connection and what it loads */
  ScItemList *lists[SC_CONSOLE_N_LISTS];
  guint load_sources[SC_CONSOLE_N_LISTS]; /* each loads its list again */
  guint window_source;                    /* until the next maintenance window opens or closes */
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

/* sc-console.c */
ScClient *sc_console_get_client (ScConsole *self);          /* (nullable) (transfer none) */
GCancellable *sc_console_get_cancellable (ScConsole *self); /* (nullable) (transfer none): of the connection */
void sc_console_put_list (ScConsole *self, ScConsoleList list, ScJson *array);

/* sc-console-lists.c */
/* Soon, once for all that ask meanwhile. */
void sc_console_load_again (ScConsole *self, ScConsoleList list);
/* Rooms are loaded again when the first of their maintenance windows opens or closes: the engine tells nobody. */
void sc_console_watch_windows (ScConsole *self);
/* Nothing is loaded again any more. */
void sc_console_stop_loading_again (ScConsole *self);

G_END_DECLS
