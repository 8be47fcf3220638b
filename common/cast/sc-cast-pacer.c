/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/cast/sc-cast-pacer.h"

#define TOKEN_SCALE G_GINT64_CONSTANT (1000000) /* bits/s × µs */
#define MAX_RATE G_GUINT64_CONSTANT (400000000000)
#define MIN_BURST_BYTES 16384u /* some packets even at a low rate */
#define RAISE_SHARE 100u       /* of the cap, each step: from the floor to the cap in nine seconds */
#define FLOOR_SHARE 10u
#define FLOOR_MAX G_GUINT64_CONSTANT (100000000)   /* a generous cap says nothing about how slow the seats' disks are */
#define START_RATE G_GUINT64_CONSTANT (1000000000) /* nor how fast they are: beyond it the stream feels its way */

/* Each step of the climb. Beyond 1 Gbit/s the cap says little about what the room can do, the last trouble more. */
static guint64
step_of (const ScCastPacer *self)
{
  return MAX (MIN (self->troubled, self->cap), MIN (self->cap, START_RATE)) / RAISE_SHARE;
}

static guint64
floor_of (const ScCastPacer *self)
{
  return CLAMP (self->cap / FLOOR_SHARE, SC_CAST_PACER_MIN_RATE, FLOOR_MAX);
}

void
sc_cast_pacer_set_cap (ScCastPacer *self, guint64 cap)
{
  self->cap = CLAMP (cap, SC_CAST_PACER_MIN_RATE, MAX_RATE);
  self->rate = CLAMP (self->borne, floor_of (self), self->cap);
  self->borne = MAX (self->borne, self->rate);
}

void
sc_cast_pacer_init (ScCastPacer *self, guint64 cap, gint64 now)
{
  self->borne = START_RATE;
  self->troubled = MAX_RATE;
  sc_cast_pacer_set_cap (self, cap);
  sc_cast_pacer_restart (self, now);
}

void
sc_cast_pacer_restart (ScCastPacer *self, gint64 now)
{
  self->tokens = 0;
  self->updated = now;
  self->lowered = now - SC_CAST_PACER_STEP_TIME;
  self->raised = now;
}

void
sc_cast_pacer_advance (ScCastPacer *self, gint64 now)
{
  gint64 elapsed = now - self->updated, burst;
  gint64 steps = (now - self->raised) / SC_CAST_PACER_STEP_TIME;

  if (elapsed <= 0)
    return;
  burst = MAX ((gint64) self->rate * SC_CAST_PACER_BURST_TIME, (gint64) MIN_BURST_BYTES * 8 * TOKEN_SCALE);
  /* a long pause must not overflow the product */
  self->tokens = MIN (self->tokens + (gint64) self->rate * MIN (elapsed, TOKEN_SCALE * 2), burst);
  self->updated = now;
  if (steps > 0) {
    self->rate = MIN (self->rate + step_of (self) * (guint64) MIN (steps, RAISE_SHARE), self->cap);
    self->borne = MAX (self->borne, self->rate);
    self->raised += steps * SC_CAST_PACER_STEP_TIME;
  }
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
}

void
sc_cast_pacer_lower (ScCastPacer *self, gint64 now)
{
  /* many seats report the same trouble, and the last fall has to show its effect first */
  if (now - self->lowered < SC_CAST_PACER_STEP_TIME)
    return;
  self->troubled = self->rate;
  self->rate = MAX (self->rate / 5 * 4, floor_of (self));
  self->borne = self->rate;
  self->lowered = now;
  self->raised = now;
}
