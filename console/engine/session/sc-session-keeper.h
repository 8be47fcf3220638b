/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/catalog/sc-catalog.h"
#include "console/engine/session/sc-session-rates.h"

G_BEGIN_DECLS

/**
 * ScSessionKeeper:
 *
 * What of a session's row and its seats' rows is still to be saved in the catalog. Main thread only.
 */
typedef struct _ScSessionKeeper ScSessionKeeper;

/* @catalog and @session outlive it. */
ScSessionKeeper *sc_session_keeper_new (ScCatalog *catalog, const ScCatalogSession *session);
void sc_session_keeper_free (ScSessionKeeper *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScSessionKeeper, sc_session_keeper_free)

/* @rates: (nullable): saved with the session's row; outlive it */
void sc_session_keeper_set_rates (ScSessionKeeper *self, const ScSessionRates *rates);
void sc_session_keeper_mark (ScSessionKeeper *self);                                       /* the session's row */
void sc_session_keeper_mark_seat (ScSessionKeeper *self, const ScCatalogSessionSeat *row); /* outlives it too */
/* Saves all that is marked, or nothing. What could not be saved stays marked, to be tried again; that it failed is
 * logged once, until it succeeds. Returns: whether nothing is left to save */
gboolean sc_session_keeper_save (ScSessionKeeper *self);

G_END_DECLS
