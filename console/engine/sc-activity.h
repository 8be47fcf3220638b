/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/catalog/sc-catalog-activity.h"
#include "console/engine/sc-events.h"
#include "console/engine/sc-operations.h"
#include "console/engine/session/sc-sessions.h"

G_BEGIN_DECLS

/**
 * ScActivity:
 *
 * Who did what: keeps entries in the catalog, where they stay for ever, and tells clients of them (event "activity").
 * Requests are recorded by the API; the ends of sessions and of publishing this object sees by itself. Main thread
 * only.
 */
typedef struct _ScActivity ScActivity;

/* All outlive it. */
ScActivity *sc_activity_new (ScCatalog *catalog, ScSessions *sessions, ScOperations *operations, ScEvents *events);
void sc_activity_free (ScActivity *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScActivity, sc_activity_free)

/* Sets @entry's id, and its time unless it has one. It is durable when this returns; that it could not be kept is
 * logged. */
void sc_activity_record (ScActivity *self, ScActivityEntry *entry);
/* As the API shows it. (transfer full) */
ScJson *sc_activity_entry_to_json (const ScActivityEntry *entry);

G_END_DECLS
