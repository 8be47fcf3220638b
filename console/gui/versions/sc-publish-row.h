/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"
#include "console/gui/model/sc-operation-item.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScPublishRow:
 *
 * One publish: how far it is, with a button to cancel it; then what became of it, until it is closed.
 *
 * Signals: "closed" (): it need not be shown any more; "retry" (): the user wants to publish again
 */
#define SC_TYPE_PUBLISH_ROW (sc_publish_row_get_type ())
G_DECLARE_FINAL_TYPE (ScPublishRow, sc_publish_row, SC, PUBLISH_ROW, GtkBox)

/* @own: this window has begun it, so it can offer to begin it again */
GtkWidget *sc_publish_row_new (ScConsole *console, ScOperationItem *operation, gboolean own);
ScOperationItem *sc_publish_row_get_operation (ScPublishRow *self);
gboolean sc_publish_row_is_own (ScPublishRow *self);
/* The engine does not know of the operation any more. */
void sc_publish_row_set_lost (ScPublishRow *self);

G_END_DECLS
