/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/session/sc-sessions.h"

G_BEGIN_DECLS

/**
 * ScEngine:
 *
 * The whole engine in one directory: store, catalog, authority, token, hub, sessions, operations and the API in
 * front of them. Main thread only.
 */
typedef struct _ScEngine ScEngine;

typedef struct {
  const char *directory;
  const char *listen;       /* ADDRESS:PORT; port 0: any */
  const char *url;          /* (nullable): for the connection file; NULL: made of the host's name or the address */
  const char *const *names; /* (nullable): further names and addresses for the console's certificate */
  const char *metrics;      /* (nullable): ADDRESS:PORT for ScMetricsServer */
  const char *session_hook; /* (nullable): a program's path, for ScSessionHook */
  ScSessionsConfig sessions;
} ScEngineConfig;

/* Opens everything, listens, writes DIR/connection, resumes sessions. Errors: %SC_ERROR_BUSY when another engine runs
 * on the directory or on the port, %SC_ERROR_CORRUPT, … */
ScEngine *sc_engine_start (const ScEngineConfig *config, GError **error);
/* Running sessions keep their state in the catalog and go on at the next start. */
void sc_engine_stop (ScEngine *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScEngine, sc_engine_stop)

const char *sc_engine_get_url (ScEngine *self);
const char *sc_engine_get_connection_path (ScEngine *self);

G_END_DECLS
