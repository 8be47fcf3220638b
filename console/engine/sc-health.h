/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/catalog/sc-catalog.h"

G_BEGIN_DECLS

/**
 * ScHealth:
 *
 * Whether the engine can do its work: write its catalog, and keep what is published. Anybody may ask, so it looks at
 * most once in SC_HEALTH_INTERVAL, and says no path. Main thread only.
 */
typedef struct _ScHealth ScHealth;

#define SC_HEALTH_INTERVAL (5 * G_TIME_SPAN_SECOND)
#define SC_HEALTH_MIN_FREE (256u * 1024 * 1024) /* bytes on the disk of the engine's directory */

/* @catalog outlives it. @directory: the engine's */
ScHealth *sc_health_new (ScCatalog *catalog, const char *directory);
void sc_health_free (ScHealth *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScHealth, sc_health_free)
/* @now: µs, monotonic. Returns: (transfer full): {"status":"ok"}, or {"status":"failing","checks":{NAME: why, …}} */
ScJson *sc_health_check (ScHealth *self, gint64 now, gboolean *ok);
guint64 sc_health_get_free_bytes (ScHealth *self); /* at the last check */

G_END_DECLS
