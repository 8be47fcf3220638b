/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"

G_BEGIN_DECLS

typedef enum {
  SC_CONNECTOR_IDLE,     /* it has done its part: ask the ScConsole */
  SC_CONNECTOR_LOOKING,  /* whether the engine on this machine answers */
  SC_CONNECTOR_STARTING, /* the engine on this machine */
  SC_CONNECTOR_UNKNOWN,  /* the console that was named by its URL is not known yet: the user must say its token */
  SC_CONNECTOR_FAILED,   /* sc_connector_get_error() */
} ScConnectorState;

/* All may be NULL. */
typedef struct {
  const char *connection_file; /* named by the user */
  const char *url;             /* named by the user */
  const char *program;         /* seatcast-consoled; NULL: it is searched for */
  const char *directory;       /* of the engine that is started here; NULL: sc_connection_file_get_engine_directory() */
  const char *listen;          /* of that engine; NULL: 0.0.0.0:8470, where an administrator expects it */
} ScConnectorConfig;

/**
 * ScConnector:
 *
 * Finds the console that a window shows, and starts the engine on this machine when there is none: the user's own, in
 * his directory. An engine that somebody else looks after (a system service, a copied connection file) is never
 * replaced by an empty one; the user is told instead, and may want one of his own. Main thread only.
 *
 * Signals: "changed" (): the state; "engine-started" (): one has been started
 */
#define SC_TYPE_CONNECTOR (sc_connector_get_type ())
G_DECLARE_FINAL_TYPE (ScConnector, sc_connector, SC, CONNECTOR, GObject)

ScConnector *sc_connector_new (ScConsole *console, const ScConnectorConfig *config);

/* Looks for the console; also to try again, whatever the state. */
void sc_connector_start (ScConnector *self);
/* The user wants his own engine on this machine, whatever other connection file is there. */
void sc_connector_start_engine (ScConnector *self);
/* The user names another console; what was under way is left. */
void sc_connector_connect (ScConnector *self, const ScConnection *connection);

ScConnectorState sc_connector_get_state (ScConnector *self);
const GError *sc_connector_get_error (ScConnector *self); /* (nullable) */
/* The URL of %SC_CONNECTOR_UNKNOWN. (nullable) */
const char *sc_connector_get_url (ScConnector *self);
/* (nullable) (transfer full): what the engine that was started, or could not be started, writes to */
char *sc_connector_get_log (ScConnector *self);
/* The console is on this machine, does not answer, and is not the user's own to start. */
gboolean sc_connector_is_local_engine_down (ScConnector *self);

/* "https://console:8470" of what people write: "console", "console:8470", with spaces around and a slash behind.
 * Returns: (nullable) (transfer full): NULL when it is no address of a console */
char *sc_connector_url_of_text (const char *text);

G_END_DECLS
