/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/simulation/sc-bottleneck.h"

gboolean
sc_bottleneck_pass (ScBottleneck *self, gsize length, gint64 now)
{
  guint64 waiting, time;

  if (self->rate == 0)
    return TRUE;
  waiting = (guint64) MAX (self->free - now, 0) * self->rate / 8000000;
  if (waiting + length > self->queue)
    return FALSE;
  self->bits += length * 8;
  time = self->bits * 1000000 / self->rate; /* whole µs */
  self->bits -= time * self->rate / 1000000;
  self->free = MAX (self->free, now) + (gint64) time;
  return TRUE;
}
