/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-backoff.h"

guint
sc_backoff_next (ScBackoff *self, double random)
{
  guint shift = MIN (self->attempt + 1, 16u);
  guint64 bound = MIN ((guint64) self->base << shift, self->max);

  self->attempt++;
  if (bound <= self->base)
    return self->base;
  return self->base + (guint) ((double) (bound - self->base) * CLAMP (random, 0.0, 1.0));
}

void
sc_backoff_reset (ScBackoff *self)
{
  self->attempt = 0;
}

GSource *
sc_backoff_wait (guint delay, GCancellable *cancellable, GSourceFunc func, gpointer user_data)
{
  GSource *source = g_timeout_source_new (delay);

  if (cancellable != NULL) {
    g_autoptr (GSource) child = g_cancellable_source_new (cancellable);
    g_source_set_dummy_callback (child);
    g_source_add_child_source (source, child);
  }
  g_source_set_callback (source, func, user_data, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
  return source;
}
