/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"
#include "console/gui/model/sc-version-item.h"
#include "console/gui/words/sc-version-words.h"

G_BEGIN_DECLS

/**
 * ScVersionChanges:
 *
 * What each version brought, asked of the engine only for versions that somebody looks at, a few at a time: comparing
 * reads whole manifests. Versions never change, so an answer is kept for ever.
 *
 * Signals: "changed" (): more is known
 */
#define SC_TYPE_VERSION_CHANGES (sc_version_changes_get_type ())
G_DECLARE_FINAL_TYPE (ScVersionChanges, sc_version_changes, SC, VERSION_CHANGES, GObject)

ScVersionChanges *sc_version_changes_new (ScConsole *console);
/* (nullable) (transfer none): NULL while it is not known */
const ScVersionChange *sc_version_changes_get (ScVersionChanges *self, ScVersionItem *version);
/* @versions: (element-type ScVersionItem): those that are looked at now, instead of what was said before; what was not
 * begun for others is not begun any more */
void sc_version_changes_want (ScVersionChanges *self, GPtrArray *versions);

G_END_DECLS
