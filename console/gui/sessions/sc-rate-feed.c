/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sessions/sc-rate-feed.h"

#include "console/client/sc-client.h"

#define INTERVAL_SECONDS 1

struct _ScRateFeed {
  ScConsole *console;
  ScRateFeedFunc changed;
  gpointer data;
  ScSessionItem *session;
  ScRateSeries *series;
  GCancellable *cancellable; /* (nullable): of the request that runs */
  gboolean asked_over;       /* the request that runs, or the last one, was made after the end */
  gboolean active;
  guint timer;
};

static void
stop (ScRateFeed *self)
{
  if (self->cancellable != NULL) {
    g_cancellable_cancel (self->cancellable);
    self->asked_over = FALSE;
  }
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->timer, g_source_remove);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  ScRateFeed *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) json = sc_console_request_finish (SC_CONSOLE (source), result, &error);
  ScRateSeries *series;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* @self may be gone */
  g_clear_object (&self->cancellable);
  series = json != NULL ? sc_rate_series_parse (json, &error) : NULL;
  if (series != NULL) {
    g_clear_pointer (&self->series, sc_rate_series_unref);
    self->series = series;
  }
  self->changed (self->data, self->series, error);
}

static void
fetch (ScRateFeed *self)
{
  gboolean over = sc_session_item_is_over (self->session);
  g_autofree char *path = NULL;

  if (self->cancellable != NULL || (over && self->asked_over) ||
      sc_console_get_state (self->console) != SC_CONSOLE_CONNECTED)
    return;
  self->asked_over = over;
  self->cancellable = g_cancellable_new ();
  path = sc_client_path ("/v1/sessions/", sc_item_get_key (SC_ITEM (self->session)), "/rates", NULL);
  sc_console_request_async (self->console, "GET", path, NULL, self->cancellable, on_answer, self);
}

static gboolean
on_due (gpointer data)
{
  ScRateFeed *self = data;

  fetch (self);
  if (!self->asked_over)
    return G_SOURCE_CONTINUE;
  self->timer = 0;
  return G_SOURCE_REMOVE;
}

static void
start (ScRateFeed *self)
{
  if (!self->active || self->session == NULL || self->timer != 0)
    return;
  fetch (self);
  if (!self->asked_over)
    self->timer = g_timeout_add_seconds (INTERVAL_SECONDS, on_due, self);
}

ScRateFeed *
sc_rate_feed_new (ScConsole *console, ScRateFeedFunc changed, gpointer data)
{
  ScRateFeed *self = g_new0 (ScRateFeed, 1);

  self->console = g_object_ref (console);
  self->changed = changed;
  self->data = data;
  return self;
}

void
sc_rate_feed_free (ScRateFeed *self)
{
  if (self == NULL)
    return;
  stop (self);
  g_clear_pointer (&self->series, sc_rate_series_unref);
  g_clear_object (&self->session);
  g_object_unref (self->console);
  g_free (self);
}

void
sc_rate_feed_follow (ScRateFeed *self, ScSessionItem *session)
{
  if (session == self->session)
    return;
  stop (self);
  g_set_object (&self->session, session);
  g_clear_pointer (&self->series, sc_rate_series_unref);
  self->asked_over = FALSE;
  self->changed (self->data, NULL, NULL);
  start (self);
}

void
sc_rate_feed_set_active (ScRateFeed *self, gboolean active)
{
  if (active == self->active)
    return;
  self->active = active;
  if (active)
    start (self);
  else
    stop (self);
}
