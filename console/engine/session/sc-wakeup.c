/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-wakeup.h"

struct _ScWakeup {
  GSource *source;
  ScWakeupFunc func;
  gpointer data;
};

static gboolean
wakeup_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  /* before the call: a ring during it must lead to another one */
  g_source_set_ready_time (source, -1);
  return callback (data);
}

static GSourceFuncs wakeup_funcs = { .dispatch = wakeup_dispatch };

static gboolean
wakeup_call (gpointer data)
{
  ScWakeup *self = data;

  self->func (self->data);
  return G_SOURCE_CONTINUE;
}

ScWakeup *
sc_wakeup_new (ScWakeupFunc func, gpointer data)
{
  ScWakeup *self = g_new0 (ScWakeup, 1);

  self->func = func;
  self->data = data;
  self->source = g_source_new (&wakeup_funcs, sizeof (GSource));
  g_source_set_static_name (self->source, "seatcast wakeup");
  g_source_set_callback (self->source, wakeup_call, self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());
  return self;
}

void
sc_wakeup_ring (ScWakeup *self)
{
  g_source_set_ready_time (self->source, 0);
}

void
sc_wakeup_free (ScWakeup *self)
{
  if (self == NULL)
    return;
  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_free (self);
}
