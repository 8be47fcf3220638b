/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScVersionDiff:
 *
 * Two versions compared: the templates and files that differ, and what it takes to bring each room to the later one.
 * Uses the action versions.close-diff to go back.
 */
#define SC_TYPE_VERSION_DIFF (sc_version_diff_get_type ())
G_DECLARE_FINAL_TYPE (ScVersionDiff, sc_version_diff, SC, VERSION_DIFF, GtkBox)

/* Once, before all else. */
void sc_version_diff_set_up (ScVersionDiff *self, ScConsole *console);
/* Picks and compares; 0: none is picked yet */
void sc_version_diff_set_pair (ScVersionDiff *self, guint64 from, guint64 to);

G_END_DECLS
