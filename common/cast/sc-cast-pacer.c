/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/cast/sc-cast-pacer.h"

#define TOKEN_SCALE G_GINT64_CONSTANT (1000000) /* bits/s × µs */
#define MAX_RATE G_GUINT64_CONSTANT (400000000000)
#define MIN_BURST_BYTES 16384u /* some packets even at a low rate */
#define FLOOR_SHARE 10u
#define BUSY 0.75 /* of what may be sent */
#define WHOLE 0.95
#define STEP_SHARE 50u /* of what is known to be borne, each step on the way back to it */
#define GAIN_FIRST 12u /* a try is a twelfth more; where it succeeds, the next ones are bolder */
#define GAIN_BOLD 4u
#define GAIN_START 1u    /* before the first trouble: twice as much */
#define GAIN_AGAIN 2u    /* where there was trouble before: half as much more */
#define SENT_TIME 250000 /* µs over which it is measured what is sent */
#define TRY_WAIT_MAX G_GINT64_CONSTANT (60000000)

static guint64
ceiling_of (const ScCastPacer *self)
{
  return self->cap > 0 ? self->cap : MAX_RATE;
}

static guint64
floor_of (const ScCastPacer *self)
{
  guint64 floor = self->cap > 0 ? MIN (self->cap / FLOOR_SHARE, SC_CAST_PACER_FLOOR) : SC_CAST_PACER_FLOOR;

  return MAX (floor, SC_CAST_PACER_MIN_RATE);
}

static void
apply (ScCastPacer *self, guint64 rate)
{
  self->borne = CLAMP (rate, floor_of (self), MAX_RATE);
  self->rate = MIN (self->borne, ceiling_of (self));
  self->reached = MAX (self->reached, self->rate);
}

static void
note_change (ScCastPacer *self, gint64 now)
{
  self->changed = now;
  self->stepped = now;
  self->used = 0;
  self->verified = FALSE;
}

void
sc_cast_pacer_set_cap (ScCastPacer *self, guint64 cap)
{
  guint64 before = self->rate;

  self->cap = cap > 0 ? CLAMP (cap, SC_CAST_PACER_MIN_RATE, MAX_RATE) : 0;
  /* nobody knows yet what was only cut off */
  self->known = MIN (self->known, self->reached);
  apply (self, MIN (self->borne, self->reached));
  if (self->rate > before)
    note_change (self, self->updated);
}

void
sc_cast_pacer_set_link (ScCastPacer *self, guint64 link)
{
  self->link = link;
  self->known = link > 0 ? MIN (link, SC_CAST_PACER_START) : SC_CAST_PACER_START;
  self->reached = 0;
  apply (self, self->known);
}

void
sc_cast_pacer_init (ScCastPacer *self, guint64 cap, gint64 now)
{
  *self = (ScCastPacer){ .judged = TRUE, .gain = GAIN_FIRST, .try_wait = SC_CAST_PACER_TRY_WAIT };
  sc_cast_pacer_set_cap (self, cap);
  sc_cast_pacer_set_link (self, 0);
  sc_cast_pacer_restart (self, now);
}

void
sc_cast_pacer_restart (ScCastPacer *self, gint64 now)
{
  self->tokens = 0;
  self->measured = FALSE;
  self->bits = 0;
  self->held = self->idle = SC_CAST_LIMIT_TRYING;
  self->updated = self->counted = now;
  self->lowered = now - SC_CAST_PACER_STEP_TIME;
  note_change (self, now);
}

/* Nothing is known to be in the way: as often as the seats have followed the last step. */
static void
grow (ScCastPacer *self, gint64 now)
{
  if (!self->verified || !self->busy)
    return;
  self->raised = TRUE;
  self->known = self->borne;
  apply (self, self->borne + self->borne / (self->fallen ? GAIN_AGAIN : GAIN_START));
  note_change (self, now);
}

static void
begin_try (ScCastPacer *self, gint64 now)
{
  if (now < self->try_at || !self->judged || !self->busy || self->trying)
    return;
  self->trying = TRUE;
  self->raised = TRUE;
  apply (self, self->borne + self->borne / self->gain);
  note_change (self, now);
}

static void
step (ScCastPacer *self, gint64 n, gint64 now)
{
  double share = (double) self->used * 1e6 / ((double) self->rate * (double) (now - self->stepped));

  self->busy = share >= BUSY;
  self->idle = share < (self->held == SC_CAST_LIMIT_UPLINK ? WHOLE : BUSY) ? self->held : SC_CAST_LIMIT_TRYING;
  self->held = SC_CAST_LIMIT_TRYING;
  self->used = 0;
  self->stepped = now;
  if (self->borne >= ceiling_of (self))
    return;
  if (self->borne < self->known)
    apply (self, MIN (self->known, self->borne + self->known / STEP_SHARE * (guint64) MIN (n, STEP_SHARE)));
  else if (self->troubled == 0)
    grow (self, now);
  else
    begin_try (self, now);
}

static gint64
step_time (const ScCastPacer *self)
{
  return !self->fallen && self->borne >= self->known ? SC_CAST_PACER_GROW_TIME : SC_CAST_PACER_STEP_TIME;
}

void
sc_cast_pacer_advance (ScCastPacer *self, gint64 now)
{
  gint64 elapsed = now - self->updated, burst;
  gint64 steps = (now - self->stepped) / step_time (self);

  if (elapsed <= 0)
    return;
  burst = MAX ((gint64) self->rate * SC_CAST_PACER_BURST_TIME, (gint64) MIN_BURST_BYTES * 8 * TOKEN_SCALE);
  /* a long pause must not overflow the product */
  self->tokens = MIN (self->tokens + (gint64) self->rate * MIN (elapsed, TOKEN_SCALE * 2), burst);
  self->updated = now;
  if (now - self->counted >= SENT_TIME) {
    self->measured = TRUE;
    self->sent = (guint64) ((double) self->bits * 1e6 / (double) (now - self->counted));
    self->bits = 0;
    self->counted = now;
  }
  if (steps > 0)
    step (self, steps, now);
}

gint64
sc_cast_pacer_get_wait (const ScCastPacer *self, gsize bytes)
{
  gint64 missing = (gint64) bytes * 8 * TOKEN_SCALE - self->tokens;

  return missing <= 0 ? 0 : (missing + (gint64) self->rate - 1) / (gint64) self->rate;
}

void
sc_cast_pacer_take (ScCastPacer *self, gsize bytes)
{
  self->tokens -= (gint64) bytes * 8 * TOKEN_SCALE;
  self->used += bytes * 8;
  self->bits += bytes * 8;
}

void
sc_cast_pacer_note_held (ScCastPacer *self, ScCastRateLimit why)
{
  self->held = why;
}

guint64
sc_cast_pacer_get_sent (const ScCastPacer *self)
{
  return self->measured ? MIN (self->sent, self->rate) : self->rate;
}

void
sc_cast_pacer_note_clean (ScCastPacer *self, gint64 now)
{
  self->verified = TRUE;
  if (!self->trying || now - self->changed < SC_CAST_PACER_TRY_TIME)
    return;
  self->trying = FALSE;
  self->known = self->borne;
  self->gain = MAX (self->gain / 2, GAIN_BOLD);
  self->try_at = now;
  self->try_wait = MAX (self->try_wait / 2, SC_CAST_PACER_TRY_WAIT);
  if (self->borne > self->troubled + self->troubled / 4) /* what was in the way is gone */
    self->troubled = 0;
}

static void
give_up_try (ScCastPacer *self)
{
  self->trying = FALSE;
  self->try_wait = MIN (self->try_wait * 2, TRY_WAIT_MAX);
}

gboolean
sc_cast_pacer_lower (ScCastPacer *self, ScCastRateLimit cause, guint64 carried, gint64 now)
{
  guint64 rate = self->rate - self->rate / 5, known;

  /* many seats report the same trouble, and the last fall has to show its effect first */
  if (now - self->lowered < SC_CAST_PACER_STEP_TIME)
    return FALSE;
  known = carried > 0 ? carried - carried / 20 : self->rate - self->rate / 10;
  if (self->trying || (self->troubled == 0 && self->raised && self->known < self->rate)) {
    /* it was borne a moment ago */
    known = MIN (self->known, carried > 0 ? carried - carried / 50 : self->known);
    rate = known;
  } else if (carried > 0) {
    rate = MIN (rate, known);
  }
  if (self->trying)
    give_up_try (self);
  self->cause = cause;
  self->troubled = self->rate;
  self->fallen = TRUE;
  self->gain = GAIN_FIRST;
  apply (self, rate);
  self->known = MAX (known, self->borne);
  self->reached = self->known;
  self->try_at = now + self->try_wait;
  self->lowered = now;
  note_change (self, now);
  return TRUE;
}

void
sc_cast_pacer_take_back (ScCastPacer *self, guint64 rate, gint64 now)
{
  apply (self, MAX (rate, self->borne));
  self->known = self->borne;
  self->troubled = 0;
  self->fallen = FALSE; /* for nothing */
  self->try_wait = SC_CAST_PACER_TRY_WAIT;
  note_change (self, now);
}

ScCastRateLimit
sc_cast_pacer_get_limit (const ScCastPacer *self)
{
  if (self->idle != SC_CAST_LIMIT_TRYING)
    return self->idle;
  if (self->cap > 0 && self->rate >= self->cap)
    return SC_CAST_LIMIT_CAP;
  if (self->trying)
    return SC_CAST_LIMIT_TRYING;
  if (self->troubled > 0)
    return self->cause;
  return self->raised ? SC_CAST_LIMIT_TRYING : SC_CAST_LIMIT_LINK;
}
