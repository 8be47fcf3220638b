/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/rooms/sc-wake.h"

#include "console/client/sc-client.h"
#include "console/gui/model/sc-seat-item.h"
#include "console/gui/sc-notice.h"

#include <glib/gi18n-lib.h>

#define MAX_REASONS 3u /* told in a notice */

typedef struct {
  GtkWidget *from;
  ScConsole *console;
  GCancellable *cancellable;
  GPtrArray *paths; /* (nullable): requests of seats that are still to be made, from @next on */
  guint next;
} Order;

static Order *
order_new (GtkWidget *from, ScConsole *console, GCancellable *cancellable)
{
  Order *order = g_new0 (Order, 1);

  order->from = g_object_ref (from);
  order->console = g_object_ref (console);
  order->cancellable = g_object_ref (cancellable);
  return order;
}

static void
order_free (Order *order)
{
  g_object_unref (order->from);
  g_object_unref (order->console);
  g_object_unref (order->cancellable);
  g_clear_pointer (&order->paths, g_ptr_array_unref);
  g_free (order);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Order, order_free)

/* waking */

static char *
summary_of (ScConsole *console, ScJson *answer)
{
  ScJson *failed = json_object_get (answer, "failed");
  const guint n = (guint) json_array_size (json_object_get (answer, "woken"));
  const guint n_failed = (guint) json_array_size (failed);
  GString *text = g_string_new (NULL);

  if (n > 0)
    g_string_append_printf (text,
                            g_dngettext (GETTEXT_PACKAGE, "Woken: %u seat. It appears as soon as it has started.",
                                         "Woken: %u seats. They appear as soon as they have started.", n),
                            n);
  else if (n_failed == 0)
    g_string_append (text, _ ("There is nothing to wake: no seat is off"));
  for (guint i = 0; i < n_failed && i < MAX_REASONS; i++) {
    ScJson *one = json_array_get (failed, i);
    ScSeatItem *seat = sc_item_list_find (sc_console_get_seats (console), sc_item_text_of (one, "seat"));
    const char *name = seat != NULL ? sc_seat_item_get_info (seat)->name : sc_item_text_of (one, "seat");

    g_string_append_printf (text, "%s%s: %s", text->len > 0 ? " " : "", name, sc_item_text_of (one, "error"));
  }
  if (n_failed > MAX_REASONS)
    g_string_append_printf (text,
                            g_dngettext (GETTEXT_PACKAGE, "; and %u more", "; and %u more", n_failed - MAX_REASONS),
                            n_failed - MAX_REASONS);
  return g_string_free (text, FALSE);
}

static void
on_woken (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Order) order = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = sc_console_request_finish (SC_CONSOLE (source), result, &error);
  g_autofree char *text = NULL;

  if (g_cancellable_is_cancelled (order->cancellable))
    return;
  if (answer == NULL) {
    sc_notice_show_error (order->from, _ ("No seat was woken"), error);
    return;
  }
  text = summary_of (order->console, answer);
  sc_notice_show (order->from, text);
}

void
sc_wake_room (GtkWidget *from, ScConsole *console, const char *room, GCancellable *cancellable)
{
  g_autoptr (ScJson) body = json_pack ("{s:s}", "room", room);

  sc_console_request_async (console, "POST", "/v1/wake", body, cancellable, on_woken,
                            order_new (from, console, cancellable));
}

void
sc_wake_seats (GtkWidget *from, ScConsole *console, GPtrArray *seats, GCancellable *cancellable)
{
  g_autoptr (ScJson) body = json_object ();
  ScJson *ids = json_array ();

  json_object_set_new (body, "seats", ids);
  for (guint i = 0; i < seats->len; i++)
    if (!sc_seat_item_get_info (seats->pdata[i])->online)
      json_array_append_new (ids, json_string (sc_item_get_key (seats->pdata[i])));
  if (json_array_size (ids) > 0)
    sc_console_request_async (console, "POST", "/v1/wake", body, cancellable, on_woken,
                              order_new (from, console, cancellable));
}

/* pins */

static void unpin_next (Order *order);

static void
on_unpinned (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Order) order = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = sc_console_request_finish (SC_CONSOLE (source), result, &error);

  if (g_cancellable_is_cancelled (order->cancellable))
    return;
  if (answer == NULL) {
    sc_notice_show_error (order->from, _ ("Not unpinned"), error);
    return;
  }
  sc_item_list_put (sc_console_get_seats (order->console), answer);
  order->next++;
  unpin_next (g_steal_pointer (&order));
}

/* @order: (transfer full) */
static void
unpin_next (Order *order)
{
  g_autoptr (Order) owned = order;
  g_autoptr (ScJson) body = json_pack ("{s:i}", "version", 0);
  g_autofree char *text = NULL;

  if (order->next < order->paths->len) {
    sc_console_request_async (order->console, "POST", order->paths->pdata[order->next], body, order->cancellable,
                              on_unpinned, g_steal_pointer (&owned));
    return;
  }
  text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Unpinned: %u seat has what its room has",
                                       "Unpinned: %u seats have what their room has", order->paths->len),
                          order->paths->len);
  sc_notice_show (order->from, text);
}

void
sc_unpin_seats (GtkWidget *from, ScConsole *console, GPtrArray *seats, GCancellable *cancellable)
{
  g_autoptr (Order) order = order_new (from, console, cancellable);

  order->paths = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < seats->len; i++)
    if (sc_seat_item_get_info (seats->pdata[i])->pinned)
      g_ptr_array_add (order->paths, sc_client_path ("/v1/seats/", sc_item_get_key (seats->pdata[i]), "/pin", NULL));
  if (order->paths->len > 0)
    unpin_next (g_steal_pointer (&order));
}
