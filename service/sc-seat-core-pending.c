/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-seat-core-private.h"

static void
push_pending (ScSeatCore *self)
{
  ScSeatAction *action = sc_seat_core_push (self, SC_SEAT_ACTION_NOTE_PENDING);

  action->session = self->pending.session;
  action->version = self->pending.version;
  action->manifest = self->pending.manifest;
}

gboolean
sc_seat_core_is_pending (ScSeatCore *self, const ScSeatOrder *order)
{
  const ScSeatPending *pending = &self->pending;

  return pending->version != 0 && pending->version == order->version &&
         sc_chunk_id_equal (&pending->manifest, &order->manifest) && (order->own || pending->session == order->session);
}

void
sc_seat_core_note_pending (ScSeatCore *self)
{
  const ScSeatOrder *order = &self->order;

  self->pending.busy = FALSE;
  self->pending.retry_at = 0;
  if (sc_seat_core_is_pending (self, order))
    return;
  self->pending = (ScSeatPending){ .session = order->session, .version = order->version, .manifest = order->manifest };
  push_pending (self);
}

void
sc_seat_core_forget_pending (ScSeatCore *self)
{
  self->pending = (ScSeatPending){ 0 };
  push_pending (self);
}

void
sc_seat_core_give_console_time (ScSeatCore *self, gint64 now)
{
  if (self->pending.version != 0)
    self->pending.retry_at =
        now + SC_SEAT_RESUME_TIME + (gint64) (g_rand_double (self->random) * SC_SEAT_RESUME_SPREAD);
}

void
sc_seat_core_set_pending (ScSeatCore *self, guint64 session, guint64 version, const ScChunkId *manifest, gint64 now)
{
  self->pending = (ScSeatPending){ .session = session, .version = version, .manifest = *manifest };
  sc_seat_core_give_console_time (self, now);
}

void
sc_seat_core_go_on_by_itself (ScSeatCore *self, gint64 now)
{
  ScSeatPending *pending = &self->pending;

  if (pending->retry_at == 0 || now < pending->retry_at || self->phase != SC_SEAT_IDLE || self->quitting ||
      (pending->busy && !self->linked))
    return;
  ScSeatOrder order = { .type = pending->busy ? SC_SEAT_ORDER_LOOK : SC_SEAT_ORDER_UPDATE,
                        .version = pending->version,
                        .manifest = pending->manifest,
                        .own = TRUE,
                        .catch_up = TRUE };
  pending->retry_at = pending->busy ? now + SC_SEAT_RETRY_TIME : 0;
  sc_seat_core_give_order (self, &order);
}
