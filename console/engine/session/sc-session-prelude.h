/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/catalog/sc-catalog.h"
#include "console/engine/session/sc-cast-driver.h"

G_BEGIN_DECLS

typedef struct _ScSession ScSession;

/**
 * ScSessionPrelude:
 *
 * What comes before a session's seats are asked what they lack, as far as it touches the world: probes of two sizes,
 * and the manifests that several seats lack, sent to them at once. Each under a key of its own. The core decides
 * (sc-session-core-listen.c); these functions are a part of ScSession. Main thread only.
 */
typedef struct _ScSessionPrelude ScSessionPrelude;

/* Beyond it a manifest waits for HTTPS: nothing is known yet of what the seats and the network bear. */
#define SC_SESSION_MANIFESTS_RATE G_GUINT64_CONSTANT (100000000) /* bits/s on the wire */

/* Tells the core that there is one. Before the start. */
void sc_session_begin_prelude (ScSession *session);
/* No more manifests are sent: frees what they took. Waits for its threads; not from within what it calls. Who comes
 * late is still probed. */
void sc_session_end_manifests (ScSession *session);
/* The session is over. Waits for its threads; not from within what it calls. */
void sc_session_end_prelude (ScSession *session);
/* (nullable): of the manifests, while they are sent */
ScCastDriver *sc_session_get_manifests_driver (ScSession *session);
/* The session's share of the network is another one. */
void sc_session_update_manifests_rate (ScSession *session);

/* The core's orders, of ScSessionActions. */
guint32 sc_session_probe (gpointer session, guint32 *smallest);
void sc_session_make_manifests (gpointer session, const GArray *manifests, guint32 symbol_size);
gboolean sc_session_start_manifests (gpointer session, const guint32 *seats, guint n_seats);
void sc_session_stop_manifests (gpointer session);
void sc_session_note_unheard (gpointer session, ScCatalogSessionSeat *seat);

G_END_DECLS
