/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the window asks of the console beside its lists. */
#include "common/sc-error.h"
#include "console/gui/model/sc-console-private.h"

/* Whether what @client answers is said of the console that is shown. */
static gboolean
is_shown (ScConsole *self, ScClient *client)
{
  ScClient *shown = sc_console_get_client (self);

  return shown != NULL &&
         g_str_equal (sc_client_get_connection (shown)->fingerprint, sc_client_get_connection (client)->fingerprint);
}

static void
on_session_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ScConsole) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) session = sc_client_request_finish (SC_CLIENT (source), result, &error);

  if (!is_shown (self, SC_CLIENT (source)))
    return;
  if (session != NULL)
    sc_console_put_session (self, session);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_warning ("a session cannot be shown: %s", error->message);
}

void
sc_console_load_session (ScConsole *self, guint64 id)
{
  g_autofree char *path = g_strdup_printf ("/v1/sessions/%" G_GUINT64_FORMAT, id);
  ScClient *client = sc_console_get_client (self);

  if (client != NULL)
    sc_client_request_async (client, "GET", path, NULL, sc_console_get_cancellable (self), on_session_loaded,
                             g_object_ref (self));
}

static void
on_requested (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = sc_client_request_finish (SC_CLIENT (source), result, &error);

  if (!is_shown (g_task_get_source_object (task), SC_CLIENT (source)))
    g_task_return_new_error (task, SC_ERROR, SC_ERROR_UNREACHABLE,
                             "another console was connected to meanwhile: what became of it only %s knows",
                             sc_client_get_connection (SC_CLIENT (source))->url);
  else if (answer != NULL)
    g_task_return_pointer (task, g_steal_pointer (&answer), (GDestroyNotify) json_decref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
sc_console_request_async (ScConsole *self, const char *method, const char *path, ScJson *body,
                          GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  ScClient *client = sc_console_get_client (self);

  g_task_set_source_tag (task, sc_console_request_async);
  if (client != NULL)
    sc_client_request_async (client, method, path, body, cancellable, on_requested, g_steal_pointer (&task));
  else
    g_task_return_new_error (task, SC_ERROR, SC_ERROR_UNREACHABLE, "no console is connected: connect to one first");
}

ScJson *
sc_console_request_finish (ScConsole *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, sc_console_request_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
