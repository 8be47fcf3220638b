/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScVersionsPage:
 *
 * The history of versions, one of them in detail or compared with another, and publishing.
 *
 * Actions: versions.publish, versions.compare (the selected one with the one before), versions.close-diff
 */
#define SC_TYPE_VERSIONS_PAGE (sc_versions_page_get_type ())
G_DECLARE_FINAL_TYPE (ScVersionsPage, sc_versions_page, SC, VERSIONS_PAGE, GtkBox)

GtkWidget *sc_versions_page_new (ScConsole *console);
/* Selects it; as soon as it is known, when it is not yet. */
void sc_versions_page_show_version (ScVersionsPage *self, guint64 number);

G_END_DECLS
