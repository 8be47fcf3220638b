/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/sc-console-names.h"

#include "common/platform/sc-own-names.h"

#define DAY_SECONDS (24 * 60 * 60)
#define SETTLE_SECONDS 5 /* a network that comes up changes several times */

struct _ScConsoleNames {
  ScAuthority *authority;
  char *url;
  char **more;
  GNetworkMonitor *monitor;
  GCancellable *cancellable;
  guint daily;
  guint settling;
  gboolean asking; /* a thread lists the names */
};

GPtrArray *
sc_console_names_list (const char *url, const char *const *more)
{
  GPtrArray *names = sc_own_names_list ();
  g_autoptr (GUri) uri = url != NULL ? g_uri_parse (url, G_URI_FLAGS_NONE, NULL) : NULL;

  if (uri != NULL)
    sc_own_names_add (names, g_uri_get_host (uri));
  for (guint i = 0; more != NULL && more[i] != NULL; i++)
    sc_own_names_add (names, more[i]);
  return names;
}

typedef struct {
  char *url;
  char **more;
} Question;

static void
question_free (gpointer data)
{
  Question *self = data;

  g_free (self->url);
  g_strfreev (self->more);
  g_free (self);
}

static void
list_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Question *question = data;

  g_task_return_pointer (task, sc_console_names_list (question->url, (const char *const *) question->more),
                         (GDestroyNotify) g_ptr_array_unref);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer data)
{
  ScConsoleNames *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) names = g_task_propagate_pointer (G_TASK (result), &error);

  if (names == NULL)
    return; /* cancelled: the engine ends, and @self is gone */
  self->asking = FALSE;
  if (!sc_authority_refresh (self->authority, names, g_get_real_time () / G_TIME_SPAN_SECOND, &error))
    g_warning ("the console's certificate was not renewed: %s; this is tried again in a day", error->message);
}

static void
look (ScConsoleNames *self)
{
  g_autoptr (GTask) task = NULL;
  Question *question = NULL;

  if (self->asking)
    return;
  self->asking = TRUE;
  question = g_new0 (Question, 1);
  question->url = g_strdup (self->url);
  question->more = g_strdupv (self->more);
  task = g_task_new (NULL, self->cancellable, on_listed, self);
  g_task_set_task_data (task, question, question_free);
  g_task_run_in_thread (task, list_in_thread);
}

static gboolean
on_day (gpointer data)
{
  look (data);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_settled (gpointer data)
{
  ScConsoleNames *self = data;

  self->settling = 0;
  look (self);
  return G_SOURCE_REMOVE;
}

static void
on_network_changed (GNetworkMonitor *monitor, gboolean available, gpointer data)
{
  ScConsoleNames *self = data;

  g_clear_handle_id (&self->settling, g_source_remove);
  self->settling = g_timeout_add_seconds (SETTLE_SECONDS, on_settled, self);
}

ScConsoleNames *
sc_console_names_watch (ScAuthority *authority, const char *url, const char *const *more)
{
  ScConsoleNames *self = g_new0 (ScConsoleNames, 1);

  self->authority = authority;
  self->url = g_strdup (url);
  self->more = g_strdupv ((char **) more);
  self->cancellable = g_cancellable_new ();
  self->monitor = g_object_ref (g_network_monitor_get_default ());
  g_signal_connect (self->monitor, "network-changed", G_CALLBACK (on_network_changed), self);
  self->daily = g_timeout_add_seconds (DAY_SECONDS, on_day, self);
  return self;
}

void
sc_console_names_free (ScConsoleNames *self)
{
  if (self == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->monitor, self);
  g_object_unref (self->monitor);
  g_clear_handle_id (&self->daily, g_source_remove);
  g_clear_handle_id (&self->settling, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  g_strfreev (self->more);
  g_free (self->url);
  g_free (self);
}
