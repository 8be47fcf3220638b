/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/cast/sc-cast-sender-private.h"

#define STILL_TIME (2 * SC_CAST_CALL_TIME) /* between two calls: the driver itself stood still */
#define DEAF_TIME (3 * SC_CAST_CALL_TIME)  /* for which it has fed in nothing, and could not have */
#define USUAL_REPAIRS 4u                   /* rounds after which nobody lacks anything, as a rule */
#define MIN_DONE 0.01                      /* of the content, before it is known how fast it goes */

/* µs that the session takes: at the rate, or as slowly as it has gone on so far. Who makes it wait gains nothing. */
static gint64
estimate_whole (ScCastSender *self, gint64 now)
{
  double bytes = (double) self->layout.plan_length + (double) self->layout.content_length;
  double by_rate = bytes * 8e6 / (double) self->pacer.rate;
  double done = (double) self->stats.content_sent / bytes;
  double by_pace = done > MIN_DONE ? (double) (now - self->begun_at - self->stalled) / done : 0;

  return (gint64) MAX (by_rate, by_pace);
}

gboolean
sc_cast_sender_is_stalled (ScCastSender *self)
{
  return window_at (self, self->base)->phase == SC_CAST_WINDOW_AWAIT && repair_ready (self) == NULL &&
         self->source_window >= MIN (self->base + SC_CAST_MAX_WINDOWS, self->n_windows);
}

static void
charge (ScCastSender *self, gint64 time, gint64 now)
{
  const ScCastSendWindow *window = window_at (self, self->base);
  gboolean usual = window->n_repairs < USUAL_REPAIRS;

  if (self->state != SC_CAST_SENDER_SENDING || self->ending || self->base >= self->source_window)
    return;
  if (!usual)
    sc_cast_seats_charge_stuck (&self->seats, self->base, time, now);
  /* repairs go before what the others wait for */
  if (!sc_cast_sender_is_stalled (self) && (usual || window->phase != SC_CAST_WINDOW_REPAIR))
    return;
  /* it is nobody's fault that a report takes its time, nor that repairs are lost, too, unless it is so again and again
   */
  if (usual)
    time = MIN (time, now - window->await_since - 2 * self->seats.congestion.lag);
  if (time > 0 && sc_cast_seats_charge_waiting (&self->seats, self->base, time, estimate_whole (self, now), now))
    self->stalled += time;
}

/* The driver, or what brings it the reports, stood still for the last @time: that counts against nobody. */
static void
excuse (ScCastSender *self, gint64 time, gint64 now)
{
  self->probe_end += time;
  self->begun_at += time;
  sc_cast_congestion_restart (&self->seats.congestion, now);
  for (guint32 w = self->base; w < end_window (self); w++) {
    ScCastSendWindow *window = find_window_in (self, w, SC_CAST_WINDOW_AWAIT);

    if (window != NULL)
      window->await_since = MIN (window->await_since + time, now);
  }
}

void
sc_cast_sender_note_time (ScCastSender *self, gint64 now)
{
  gint64 time = now - self->noted_at;

  if (time <= 0)
    return;
  self->noted_at = now;
  if (self->paused)
    return;
  if (time > STILL_TIME || (self->heard_at != 0 && now - self->heard_at > DEAF_TIME))
    excuse (self, time, now);
  else
    charge (self, time, now);
}
