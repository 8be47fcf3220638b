/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Has the console wake those that are off. @from: in whose window the user is told what came of it, unless @cancellable
 * was cancelled; kept until then */
void sc_wake_room (GtkWidget *from, ScConsole *console, const char *room, GCancellable *cancellable);
/* @seats: (element-type ScSeatItem): those of them that are off; none: nothing is done */
void sc_wake_seats (GtkWidget *from, ScConsole *console, GPtrArray *seats, GCancellable *cancellable);
/* Takes the pins off those of them that have one, in the same way. */
void sc_unpin_seats (GtkWidget *from, ScConsole *console, GPtrArray *seats, GCancellable *cancellable);

G_END_DECLS
