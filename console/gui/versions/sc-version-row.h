/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-version-item.h"
#include "console/gui/words/sc-version-words.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A version in the history. */
#define SC_TYPE_VERSION_ROW (sc_version_row_get_type ())
G_DECLARE_FINAL_TYPE (ScVersionRow, sc_version_row, SC, VERSION_ROW, GtkListBoxRow)

GtkWidget *sc_version_row_new (ScVersionItem *version);
/* (transfer none) */
ScVersionItem *sc_version_row_get_version (ScVersionRow *self);
/* @change: (nullable): not known yet */
void sc_version_row_set_change (ScVersionRow *self, const ScVersionChange *change);
/* How many seats have it, of all. */
void sc_version_row_set_seats (ScVersionRow *self, guint n, guint total);

G_END_DECLS
