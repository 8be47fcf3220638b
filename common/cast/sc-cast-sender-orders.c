/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/cast/sc-cast-sender-private.h"

void
sc_cast_sender_set_paused (ScCastSender *self, gboolean paused, gint64 now)
{
  gboolean resumed = self->paused && !paused;

  sc_cast_sender_note_time (self, now);
  if (paused && !self->paused)
    self->paused_at = now;
  self->paused = paused;
  if (!resumed)
    return;
  self->begun_at += now - self->paused_at;
  sc_cast_pacer_restart (&self->pacer, now);
  self->probe_at = now;
  self->probe_end = now + SC_CAST_PROBE_TIME;
  sc_cast_congestion_restart (&self->seats.congestion, now);
  for (guint32 w = self->base; w < end_window (self); w++) {
    ScCastSendWindow *window = find_window_in (self, w, SC_CAST_WINDOW_AWAIT);

    if (window != NULL)
      sc_cast_send_window_wait (window, now);
  }
}

void
sc_cast_sender_set_key (ScCastSender *self, const ScCastKey *key)
{
  g_return_if_fail (key->tag != sc_cast_sealer_get_tag (self->sealer));

  sc_cast_sealer_free (self->sealer);
  self->sealer = sc_cast_sealer_new (key);
  self->counter = 0;
}

void
sc_cast_sender_set_link (ScCastSender *self, guint64 link_bits)
{
  if (self->state == SC_CAST_SENDER_PROBING)
    sc_cast_pacer_set_link (&self->pacer, link_bits);
}

void
sc_cast_sender_set_rate_cap (ScCastSender *self, guint64 rate_cap_bits, gint64 now)
{
  sc_cast_pacer_advance (&self->pacer, now);
  sc_cast_pacer_set_cap (&self->pacer, rate_cap_bits);
  if (self->state == SC_CAST_SENDER_PROBING) /* nothing was sent that could say more than the link does */
    sc_cast_pacer_set_link (&self->pacer, self->pacer.link);
}

void
sc_cast_sender_note_heard (ScCastSender *self, gint64 at)
{
  self->heard_at = at;
}

void
sc_cast_sender_note_full (ScCastSender *self)
{
  sc_cast_pacer_note_held (&self->pacer, SC_CAST_LIMIT_UPLINK);
}

void
sc_cast_sender_get_seat_figures (ScCastSender *self, guint32 id, ScCastSeatFigures *figures)
{
  const ScCastSeat *seat = sc_cast_seats_find (&self->seats, id);

  if (seat != NULL)
    *figures = seat->figures;
  else
    *figures = (ScCastSeatFigures){ .state = SC_CAST_SEAT_REMOVED };
}

ScCastSenderState
sc_cast_sender_get_state (ScCastSender *self)
{
  return self->state;
}

void
sc_cast_sender_get_stats (ScCastSender *self, ScCastSenderStats *stats)
{
  *stats = self->stats;
  stats->rate = self->pacer.rate;
  stats->sent_rate = sc_cast_pacer_get_sent (&self->pacer);
  stats->cap = self->pacer.cap;
  stats->limit = sc_cast_pacer_get_limit (&self->pacer);
  stats->window = self->base;
  stats->n_windows = self->n_windows;
}
