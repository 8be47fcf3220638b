/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-file-watch.h"

typedef struct {
  GSource source;
  GFileMonitor *monitor;
} Watch;

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  g_source_set_ready_time (source, -1);
  return callback != NULL ? callback (user_data) : G_SOURCE_CONTINUE;
}

static void
finalize (GSource *source)
{
  Watch *self = (Watch *) source;

  if (self->monitor == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->monitor, self);
  g_file_monitor_cancel (self->monitor);
  g_object_unref (self->monitor);
}

static void
on_changed (GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event, gpointer user_data)
{
  g_source_set_ready_time (user_data, 0);
}

GSource *
sc_file_watch_new (const char *path)
{
  static GSourceFuncs funcs = { NULL, NULL, dispatch, finalize, NULL, NULL };
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  GFileMonitor *monitor = g_file_monitor_file (file, G_FILE_MONITOR_WATCH_MOVES, NULL, &error);

  if (monitor == NULL) {
    g_warning ("Changes of “%s” are seen at the next start only: %s", path, error->message);
    return NULL;
  }
  GSource *source = g_source_new (&funcs, sizeof (Watch));
  ((Watch *) source)->monitor = monitor;
  g_signal_connect (monitor, "changed", G_CALLBACK (on_changed), source);
  return source;
}
