/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/rooms/sc-seat-order.h"

#include "common/sc-error.h"
#include "console/client/sc-client.h"
#include "console/gui/sc-notice.h"

#include <glib/gi18n-lib.h>

#define MAX_REASONS 3u /* told in a notice */

typedef struct {
  ScConsole *console;
  ScSeatOrder order;
  GPtrArray *seats; /* ScSeatItem */
  guint next, n_told;
  GPtrArray *reasons; /* why a seat was not told, a sentence each */
  GError *error;      /* the first one */
} Sending;

static void
sending_free (Sending *sending)
{
  g_object_unref (sending->console);
  g_ptr_array_unref (sending->seats);
  g_ptr_array_unref (sending->reasons);
  g_clear_error (&sending->error);
  g_free (sending);
}

static gboolean
is_transferring (const ScSeatInfo *info)
{
  return info->transfer.state == SC_TRANSFER_WAITING || info->transfer.state == SC_TRANSFER_RECEIVING ||
         info->transfer.state == SC_TRANSFER_REPAIRING || info->transfer.state == SC_TRANSFER_APPLYING;
}

static char *
transfer_obstacle (const ScSeatInfo *info)
{
  g_autofree char *session = g_strdup_printf ("%" G_GUINT64_FORMAT, info->transfer.session);

  if (info->transfer.session != 0)
    return g_strdup_printf (_ ("%s takes part in session %s"), info->name, session);
  return g_strdup_printf (_ ("%s is being updated"), info->name);
}

static char *
catch_up_obstacle (const ScSeatInfo *info)
{
  if (info->assigned_version == 0)
    return g_strdup_printf (_ ("%s is assigned no version: deploy one to it"), info->name);
  if (info->version == info->assigned_version && g_str_equal (info->version_state, "current"))
    return g_strdup_printf (_ ("%s is current"), info->name);
  return NULL;
}

char *
sc_seat_order_obstacle (ScSeatOrder order, ScSeatItem *seat)
{
  const ScSeatInfo *info = sc_seat_item_get_info (seat);
  gboolean verifying = info->transfer.state == SC_TRANSFER_VERIFYING;

  if (order == SC_SEAT_ORDER_REVOKE)
    return NULL;
  if (!info->online)
    return g_strdup_printf (_ ("%s is offline"), info->name);
  if (order == SC_SEAT_ORDER_STOP_VERIFYING)
    return verifying ? NULL : g_strdup_printf (_ ("%s is not verifying"), info->name);
  if (is_transferring (info))
    return transfer_obstacle (info);
  if (verifying)
    return g_strdup_printf (_ ("%s is verifying"), info->name);
  return order == SC_SEAT_ORDER_CATCH_UP ? catch_up_obstacle (info) : NULL;
}

/* Seats that cannot be told at all leave the queue first, with their reason. */
static void
drop_obstacles (Sending *sending, GPtrArray *seats)
{
  for (guint i = 0; i < seats->len; i++) {
    char *obstacle = sc_seat_order_obstacle (sending->order, seats->pdata[i]);

    if (obstacle == NULL) {
      g_ptr_array_add (sending->seats, g_object_ref (seats->pdata[i]));
      continue;
    }
    if (sending->error == NULL)
      sending->error = g_error_new_literal (SC_ERROR, SC_ERROR_STATE, obstacle);
    g_ptr_array_add (sending->reasons, obstacle);
  }
}

static void send_next (GTask *task);

static void
on_told (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = sc_console_request_finish (SC_CONSOLE (source), result, &error);
  Sending *sending = g_task_get_task_data (task);
  const ScSeatInfo *info = sc_seat_item_get_info (sending->seats->pdata[sending->next++]);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  if (answer != NULL) {
    sending->n_told++;
  } else {
    /* before what the window knew itself: nobody could expect this */
    g_ptr_array_insert (sending->reasons, 0, g_strdup_printf ("%s: %s", info->name, error->message));
    if (sending->error == NULL)
      sending->error = g_steal_pointer (&error);
  }
  send_next (g_steal_pointer (&task));
}

/* "pc-07", "14 seats", "12 of 14 seats" */
static char *
who_was_told (Sending *sending)
{
  guint n = sending->n_told, n_all = sending->n_told + sending->reasons->len;

  if (n_all == 1)
    return g_strdup (sc_seat_item_get_info (sending->seats->pdata[0])->name);
  if (n == n_all)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u seat", "%u seats", n), n);
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u of %u seat", "%u of %u seats", n_all), n, n_all);
}

static char *
summary_of (Sending *sending)
{
  g_autofree char *who = who_was_told (sending);
  GString *text = g_string_new (NULL);

  if (sending->order == SC_SEAT_ORDER_VERIFY)
    g_string_append_printf (text, _ ("Told to verify: %s"), who);
  else if (sending->order == SC_SEAT_ORDER_STOP_VERIFYING)
    g_string_append_printf (text, _ ("Told to stop verifying: %s"), who);
  else if (sending->order == SC_SEAT_ORDER_REVOKE)
    g_string_append_printf (text, _ ("Shut out until approved again: %s"), who);
  else
    g_string_append_printf (text, _ ("Told to catch up: %s"), who);
  for (guint i = 0; i < sending->reasons->len && i < MAX_REASONS; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "; " : ". ", (char *) sending->reasons->pdata[i]);
  if (sending->reasons->len > MAX_REASONS) {
    guint more = sending->reasons->len - MAX_REASONS;

    g_string_append_printf (text, g_dngettext (GETTEXT_PACKAGE, "; and %u more", "; and %u more", more), more);
  }
  return g_string_free (text, FALSE);
}

/* @task: (transfer full) */
static void
send_next (GTask *task)
{
  static const char *const verbs[] = { "/verify", "/verify/cancel", "/catch-up", "/revoke" };
  g_autoptr (GTask) owned = task;
  Sending *sending = g_task_get_task_data (task);
  g_autofree char *path = NULL;

  if (sending->next == sending->seats->len) {
    if (sending->n_told > 0)
      g_task_return_pointer (task, summary_of (sending), g_free);
    else
      g_task_return_error (task, g_steal_pointer (&sending->error));
    return;
  }
  path = sc_client_path ("/v1/seats/", sc_item_get_key (sending->seats->pdata[sending->next]), verbs[sending->order],
                         NULL);
  sc_console_request_async (sending->console, "POST", path, NULL, g_task_get_cancellable (task), on_told,
                            g_steal_pointer (&owned));
}

void
sc_seat_order_send_async (ScConsole *console, ScSeatOrder order, GPtrArray *seats, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Sending *sending = g_new0 (Sending, 1);

  g_return_if_fail (seats->len > 0);
  sending->console = g_object_ref (console);
  sending->order = order;
  sending->seats = g_ptr_array_new_with_free_func (g_object_unref);
  sending->reasons = g_ptr_array_new_with_free_func (g_free);
  g_task_set_task_data (task, sending, (GDestroyNotify) sending_free);
  drop_obstacles (sending, seats);
  send_next (task);
}

char *
sc_seat_order_send_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

char *
sc_seat_order_failure (ScSeatOrder order, GPtrArray *seats)
{
  const char *name = sc_seat_item_get_info (seats->pdata[0])->name;

  if (seats->len == 1) {
    if (order == SC_SEAT_ORDER_VERIFY)
      return g_strdup_printf (_ ("The seat %s cannot be verified"), name);
    if (order == SC_SEAT_ORDER_STOP_VERIFYING)
      return g_strdup_printf (_ ("The seat %s cannot be stopped"), name);
    if (order == SC_SEAT_ORDER_REVOKE)
      return g_strdup_printf (_ ("The seat %s cannot be shut out"), name);
    return g_strdup_printf (_ ("The seat %s cannot catch up"), name);
  }
  if (order == SC_SEAT_ORDER_VERIFY)
    return g_strdup_printf (_ ("None of the %u seats can be verified"), seats->len);
  if (order == SC_SEAT_ORDER_STOP_VERIFYING)
    return g_strdup_printf (_ ("None of the %u seats can be stopped"), seats->len);
  if (order == SC_SEAT_ORDER_REVOKE)
    return g_strdup_printf (_ ("None of the %u seats can be shut out"), seats->len);
  return g_strdup_printf (_ ("None of the %u seats can catch up"), seats->len);
}

typedef struct {
  GtkWidget *from;
  GCancellable *cancellable;
  ScSeatOrder order;
  GPtrArray *seats;
} Given;

static void
given_free (Given *given)
{
  g_object_unref (given->from);
  g_object_unref (given->cancellable);
  g_ptr_array_unref (given->seats);
  g_free (given);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Given, given_free)

static void
on_given (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Given) given = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = sc_seat_order_send_finish (result, &error);
  g_autofree char *failure = sc_seat_order_failure (given->order, given->seats);

  if (g_cancellable_is_cancelled (given->cancellable))
    return;
  if (text != NULL)
    sc_notice_show (given->from, text);
  else
    sc_notice_show_error (given->from, failure, error);
}

void
sc_seat_order_give (GtkWidget *from, ScConsole *console, ScSeatOrder order, GPtrArray *seats, GCancellable *cancellable)
{
  Given *given = NULL;

  if (seats->len == 0)
    return;
  given = g_new0 (Given, 1);
  given->from = g_object_ref (from);
  given->cancellable = g_object_ref (cancellable);
  given->order = order;
  given->seats = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < seats->len; i++)
    g_ptr_array_add (given->seats, g_object_ref (seats->pdata[i]));
  sc_seat_order_send_async (console, order, given->seats, cancellable, on_given, given);
}
