/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-item-list.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScVersionChooser:
 *
 * A button that shows a version with its note and date, and opens the list of them.
 *
 * Signals: "picked" (guint64 version): by the user
 */
#define SC_TYPE_VERSION_CHOOSER (sc_version_chooser_get_type ())
G_DECLARE_FINAL_TYPE (ScVersionChooser, sc_version_chooser, SC, VERSION_CHOOSER, GtkMenuButton)

/* @versions: ScVersionItem */
void sc_version_chooser_bind (ScVersionChooser *self, ScItemList *versions);
/* @placeholder: what is shown when @version is 0 */
void sc_version_chooser_show (ScVersionChooser *self, guint64 version, const char *placeholder);
/* Offers only versions that are older than @version; 0: all */
void sc_version_chooser_set_before (ScVersionChooser *self, guint64 version);

G_END_DECLS
