/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-seat-core-private.h"

static void
push_pending (ScSeatCore *self)
{
  ScSeatAction *action = sc_seat_core_push (self, SC_SEAT_ACTION_NOTE_PENDING);

  action->session = self->pending.session;
  action->version = self->pending.version;
  action->manifest = self->pending.manifest;
  action->hooks = g_strdup (self->pending.hooks);
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
  if (sc_seat_core_is_pending (self, order) && g_strcmp0 (self->pending.hooks, order->hooks) == 0)
    return;
  sc_seat_core_clear_pending (self);
  self->pending = (ScSeatPending){ .session = order->session,
                                   .version = order->version,
                                   .manifest = order->manifest,
                                   .hooks = sc_seat_core_ref_hooks (order->hooks) };
  push_pending (self);
}

void
sc_seat_core_clear_pending (ScSeatCore *self)
{
  g_clear_pointer (&self->pending.hooks, g_ref_string_release);
  self->pending = (ScSeatPending){ 0 };
}

void
sc_seat_core_forget_pending (ScSeatCore *self)
{
  sc_seat_core_clear_pending (self);
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
sc_seat_core_set_pending (ScSeatCore *self, guint64 session, guint64 version, const ScChunkId *manifest,
                          const char *hooks, gint64 now)
{
  sc_seat_core_clear_pending (self);
  self->pending = (ScSeatPending){ .session = session,
                                   .version = version,
                                   .manifest = *manifest,
                                   .hooks = hooks != NULL && *hooks != '\0' ? g_ref_string_new (hooks) : NULL };
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
                        .hooks = sc_seat_core_ref_hooks (pending->hooks),
                        .own = TRUE,
                        .catch_up = TRUE };
  pending->retry_at = pending->busy ? now + SC_SEAT_RETRY_TIME : 0;
  sc_seat_core_give_order (self, &order);
}

/* ---- whether it may fetch ---- */

gboolean
sc_seat_core_may_fetch (ScSeatCore *self, const ScSeatOrder *order)
{
  if (order->own && !order->ordered)
    return self->linked && self->fetch;
  return !order->held; /* an order is obeyed; the end of a session's is told by LEAVE */
}

void
sc_seat_core_hold (ScSeatCore *self)
{
  if (sc_seat_core_is_pending (self, &self->order)) {
    self->pending.busy = FALSE; /* what was in use lacks something: to look whether it still is would not help */
    self->pending.retry_at = 0; /* until the console lets it */
  }
  if (self->linked)
    sc_seat_core_tell (self, &self->order, SC_TRANSFER_WAITING);
  sc_seat_core_stop (self);
}

void
sc_seat_core_set_fetch (ScSeatCore *self, gboolean fetch, gint64 now)
{
  ScSeatOrder *order = sc_seat_core_current_order (self);
  gboolean outside = order != NULL && order->type != SC_SEAT_ORDER_VERIFY && order->session == 0;
  gboolean before = self->fetch;

  self->fetch = fetch;
  if (outside)
    order->held = !fetch;
  /* in PREPARING and BEGINNING the step's end sees it; beyond REPAIRING nothing is fetched */
  if (outside && !fetch && order == &self->order && self->phase == SC_SEAT_REPAIRING)
    sc_seat_core_hold (self);
  if (fetch && !before && !self->pending.busy)
    sc_seat_core_give_console_time (self, now);
}
