/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/ctl/sc-ctl-client.h"

#include "console/client/sc-connection-file.h"

struct _ScCtlClient {
  ScClient *client;
  ScCtlEventFunc event_func;
  gpointer event_data;
};

ScCtlClient *
sc_ctl_client_new (const char *connection_path, GError **error)
{
  g_autofree char *path = connection_path != NULL ? g_strdup (connection_path) : sc_connection_file_find (error);
  g_autoptr (ScConnection) connection = path != NULL ? sc_connection_file_load (path, error) : NULL;

  return connection != NULL ? sc_ctl_client_new_for (connection) : NULL;
}

ScCtlClient *
sc_ctl_client_new_for (const ScConnection *connection)
{
  ScCtlClient *self = g_new0 (ScCtlClient, 1);

  self->client = sc_client_new (connection, "seatcastctl");
  return self;
}

const ScConnection *
sc_ctl_client_get_connection (ScCtlClient *self)
{
  return sc_client_get_connection (self->client);
}

void
sc_ctl_client_free (ScCtlClient *self)
{
  if (self == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->client, self);
  g_object_unref (self->client);
  g_free (self);
}

typedef struct {
  GMainLoop *loop;
  GAsyncResult *result;
} Answer;

static void
on_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  Answer *answer = data;

  answer->result = g_object_ref (result);
  g_main_loop_quit (answer->loop);
}

ScJson *
sc_ctl_client_request (ScCtlClient *self, const char *method, const char *path, ScJson *body, GError **error)
{
  /* waits in the main context, so that Ctrl-C and events are seen meanwhile */
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Answer answer = { .loop = loop };
  g_autoptr (GAsyncResult) result = NULL;

  sc_client_request_async (self->client, method, path, body, NULL, on_answered, &answer);
  g_main_loop_run (loop);
  result = answer.result;
  return sc_client_request_finish (self->client, result, error);
}

static void
on_event (ScClient *client, ScJson *event, gpointer data)
{
  ScCtlClient *self = data;

  self->event_func (event, self->event_data);
}

static void
on_closed (ScClient *client, gpointer data)
{
  on_event (client, NULL, data);
}

gboolean
sc_ctl_client_listen (ScCtlClient *self, ScCtlEventFunc func, gpointer data, GError **error)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Answer answer = { .loop = loop };
  g_autoptr (GAsyncResult) result = NULL;

  sc_client_listen_async (self->client, NULL, on_answered, &answer);
  g_main_loop_run (loop);
  result = answer.result;
  if (!sc_client_listen_finish (self->client, result, error))
    return FALSE;

  self->event_func = func;
  self->event_data = data;
  g_signal_handlers_disconnect_by_data (self->client, self);
  g_signal_connect (self->client, "event", G_CALLBACK (on_event), self);
  g_signal_connect (self->client, "closed", G_CALLBACK (on_closed), self);
  return TRUE;
}
