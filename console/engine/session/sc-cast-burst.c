/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-cast-burst.h"

void
sc_cast_burst_init (ScCastBurst *self, gsize datagram_size)
{
  g_return_if_fail (datagram_size >= 1 && datagram_size <= SC_MULTICAST_BURST_MAX);

  *self = (ScCastBurst){ .data = g_malloc (SC_MULTICAST_BURST_MAX), .datagram_size = datagram_size };
}

void
sc_cast_burst_clear (ScCastBurst *self)
{
  g_clear_pointer (&self->data, g_free);
}

void
sc_cast_burst_empty (ScCastBurst *self)
{
  self->length = 0;
  self->n = 0;
  self->closed = FALSE;
}

guint8 *
sc_cast_burst_get_room (ScCastBurst *self)
{
  if (self->closed || self->n == SC_MULTICAST_BURST_DATAGRAMS ||
      self->datagram_size > SC_MULTICAST_BURST_MAX - self->length)
    return NULL;
  return self->data + self->length;
}

void
sc_cast_burst_add (ScCastBurst *self, gsize length)
{
  g_return_if_fail (length >= 1 && length <= self->datagram_size && sc_cast_burst_get_room (self) != NULL);

  self->length += length;
  self->n++;
  self->closed = length < self->datagram_size;
}

ScMulticastBurst
sc_cast_burst_get (const ScCastBurst *self)
{
  return (ScMulticastBurst){ .data = self->data, .length = self->length, .datagram_size = self->datagram_size };
}
