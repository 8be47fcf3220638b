/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-datagram-batch.h"

#include <string.h>

/* What is longer stays where it is: moving it would cost more than the room it wastes is worth. */
#define MOVED_MAX (SC_DATAGRAM_SLOT / 4)

ScDatagramBatch *
sc_datagram_batch_new (void)
{
  ScDatagramBatch *self = g_new0 (ScDatagramBatch, 1);

  self->memory = g_malloc_n (SC_DATAGRAM_BATCH_SLOTS, SC_DATAGRAM_SLOT);
  return self;
}

void
sc_datagram_batch_free (ScDatagramBatch *self)
{
  if (self == NULL)
    return;
  g_free (self->memory);
  g_free (self);
}

guint
sc_datagram_batch_get_room (const ScDatagramBatch *self)
{
  gsize slots = (SC_DATAGRAM_BATCH_SLOTS * SC_DATAGRAM_SLOT - self->filled) / SC_DATAGRAM_SLOT;

  return MIN ((guint) slots, SC_DATAGRAM_BATCH_MAX_BURSTS - self->n_bursts);
}

void
sc_datagram_batch_add (ScDatagramBatch *self, const guint8 *data, gsize length, gsize segment)
{
  gsize offset = (gsize) (data - self->memory);

  g_return_if_fail (self->n_bursts < SC_DATAGRAM_BATCH_MAX_BURSTS);
  g_return_if_fail (offset >= self->filled && length <= SC_DATAGRAM_SLOT &&
                    offset + length <= SC_DATAGRAM_BATCH_SLOTS * SC_DATAGRAM_SLOT);

  if (length <= MOVED_MAX && offset > self->filled) {
    memmove (self->memory + self->filled, data, length);
    offset = self->filled;
  }
  self->bursts[self->n_bursts++] = (ScDatagramBurst){
    .offset = (guint32) offset,
    .length = (guint32) length,
    .segment = (guint32) (segment > 0 && segment < length ? segment : MAX (length, 1)),
  };
  self->filled = offset + length;
}

void
sc_datagram_batch_clear (ScDatagramBatch *self)
{
  self->filled = 0;
  self->n_bursts = 0;
}

void
sc_datagram_batch_foreach (const ScDatagramBatch *self, ScDatagramFunc func, gpointer user_data)
{
  for (guint i = 0; i < self->n_bursts; i++) {
    const ScDatagramBurst *burst = &self->bursts[i];
    const guint8 *data = self->memory + burst->offset;
    guint32 at = 0;

    do {
      func (data + at, MIN (burst->segment, burst->length - at), user_data);
      at += burst->segment;
    } while (at < burst->length); /* an empty datagram is one, too */
  }
}
