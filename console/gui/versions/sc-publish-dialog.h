/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScPublishDialog:
 *
 * Asks for what a new version needs, begins to publish it, and closes; what the engine answers against it is told in
 * the dialog. How far it is ScPublishArea shows.
 *
 * Signals: "begun" (ScPublishDialog *, ScJson *operation, ScJson *request): the API's Operation and PublishRequest
 */
#define SC_TYPE_PUBLISH_DIALOG (sc_publish_dialog_get_type ())
G_DECLARE_FINAL_TYPE (ScPublishDialog, sc_publish_dialog, SC, PUBLISH_DIALOG, GtkDialog)

/* @request: (nullable): a PublishRequest to begin with, such as that of a publish that has failed */
GtkWidget *sc_publish_dialog_new (ScConsole *console, GtkWindow *parent, ScJson *request);

G_END_DECLS
