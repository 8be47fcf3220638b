/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScVersionHooks:
 *
 * Which programs seats run before and after they commit a version, and for administrators the way to change them.
 */
#define SC_TYPE_VERSION_HOOKS (sc_version_hooks_get_type ())
G_DECLARE_FINAL_TYPE (ScVersionHooks, sc_version_hooks, SC, VERSION_HOOKS, GtkBin)

void sc_version_hooks_set_console (ScVersionHooks *self, ScConsole *console);
void sc_version_hooks_set_version (ScVersionHooks *self, guint64 version);

G_END_DECLS
