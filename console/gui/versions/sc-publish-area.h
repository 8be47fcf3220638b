/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScPublishArea:
 *
 * A row for each publish that runs, whoever has begun it, and for what became of those that this window has begun.
 *
 * Signals: "published" (guint64 version): one that this window has begun is done; "retry" (): the user wants to publish
 * again
 */
#define SC_TYPE_PUBLISH_AREA (sc_publish_area_get_type ())
G_DECLARE_FINAL_TYPE (ScPublishArea, sc_publish_area, SC, PUBLISH_AREA, GtkBox)

/* Once, before all else. */
void sc_publish_area_set_up (ScPublishArea *self, ScConsole *console);
/* This window has begun @operation: the API's Operation. */
void sc_publish_area_begin (ScPublishArea *self, ScJson *operation);

G_END_DECLS
