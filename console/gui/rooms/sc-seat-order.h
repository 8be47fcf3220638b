/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"
#include "console/gui/model/sc-seat-item.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What each seat is told by itself. */
typedef enum {
  SC_SEAT_ORDER_VERIFY,
  SC_SEAT_ORDER_STOP_VERIFYING,
  SC_SEAT_ORDER_CATCH_UP,
  SC_SEAT_ORDER_REVOKE, /* the console, of it: its certificate counts no more */
} ScSeatOrder;

/* Returns: (transfer full) (nullable): why @seat cannot be told now, with its name; NULL: it can */
char *sc_seat_order_obstacle (ScSeatOrder order, ScSeatItem *seat);

/**
 * sc_seat_order_send_async:
 * @seats: (element-type ScSeatItem) (transfer none): at least one; those that have an obstacle are not told
 *
 * Tells one after the other, so that a room of 80 does not flood the console.
 */
void sc_seat_order_send_async (ScConsole *console, ScSeatOrder order, GPtrArray *seats, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full): what to tell the user: "12 of 14 seats verify their templates. pc-3 is offline." An error
 * when no seat could be told: that of the first one. */
char *sc_seat_order_send_finish (GAsyncResult *result, GError **error);
/**
 * sc_seat_order_give:
 * @from: in whose window the user is told what came of it, unless @cancellable was cancelled; kept until then
 *
 * sc_seat_order_send_async() with what belongs to it. No seats: nothing is done.
 */
void sc_seat_order_give (GtkWidget *from, ScConsole *console, ScSeatOrder order, GPtrArray *seats,
                         GCancellable *cancellable);
/* What the error of sc_seat_order_send_finish() means: "pc-3 cannot be verified" */
char *sc_seat_order_failure (ScSeatOrder order, GPtrArray *seats);

G_END_DECLS
