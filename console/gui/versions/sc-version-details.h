/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"
#include "console/gui/versions/sc-version-changes.h"
#include "console/gui/versions/sc-version-seats.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScVersionDetails:
 *
 * One version: its note in full, what it brought, the rooms that have it, its templates, and what can be done with it.
 * Files are asked of the engine when a template is opened. Uses the actions win.deploy, win.roll-back and
 * versions.compare.
 */
#define SC_TYPE_VERSION_DETAILS (sc_version_details_get_type ())
G_DECLARE_FINAL_TYPE (ScVersionDetails, sc_version_details, SC, VERSION_DETAILS, GtkBox)

/* Once, before all else. */
void sc_version_details_set_up (ScVersionDetails *self, ScConsole *console, ScVersionChanges *changes,
                                ScVersionSeats *seats);
/* @version: (nullable) */
void sc_version_details_set_version (ScVersionDetails *self, ScVersionItem *version);

G_END_DECLS
