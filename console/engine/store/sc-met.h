/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-inventory.h"
#include "console/engine/store/sc-store.h"

G_BEGIN_DECLS

/**
 * ScMet:
 *
 * Tells whether a seat has what it is assigned. What versions consist of is remembered, because that is asked of every
 * seat whenever one of them says something. Main thread only.
 */
typedef struct _ScMet ScMet;

/* @store: outlives it */
ScMet *sc_met_new (ScStore *store);
void sc_met_free (ScMet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScMet, sc_met_free)

/**
 * sc_met_check:
 * @version: 0: nothing is assigned, which is not met
 * @templates: of it, as the catalog keeps them: a JSON array of names; "": all
 *
 * Returns: whether @inventory has the version, all its templates are current, and are exactly those. Of a version that
 * the store does not have (any more) nobody knows the templates, so its number and the states have to do.
 */
gboolean sc_met_check (ScMet *self, const ScInventory *inventory, guint64 version, const char *templates);

G_END_DECLS
