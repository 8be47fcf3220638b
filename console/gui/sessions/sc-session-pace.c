/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sessions/sc-session-pace.h"

#define STEP (G_USEC_PER_SEC / 2)              /* between samples that are kept: 64 of them are half a minute */
#define LEAST_TIME (4 * G_USEC_PER_SEC)        /* of less, the pace tells nothing */
#define STILL_TIME (10 * G_USEC_PER_SEC)       /* nothing has moved for so long: nobody knows when it goes on */
#define LONGEST (99LL * 3600 * G_USEC_PER_SEC) /* more is no estimate */

static guint
index_of (const ScSessionPace *self, guint age)
{
  return (self->next + SC_SESSION_PACE_SAMPLES - 1 - age) % SC_SESSION_PACE_SAMPLES;
}

void
sc_session_pace_reset (ScSessionPace *self)
{
  self->n = 0;
  self->next = 0;
}

void
sc_session_pace_add (ScSessionPace *self, gint64 now, double fraction)
{
  if (self->n > 0 && fraction < self->samples[index_of (self, 0)].fraction)
    sc_session_pace_reset (self);
  if (self->n > 0 && now - self->samples[index_of (self, 0)].time < STEP)
    return;
  self->samples[self->next].time = now;
  self->samples[self->next].fraction = fraction;
  self->next = (self->next + 1) % SC_SESSION_PACE_SAMPLES;
  self->n = MIN (self->n + 1, SC_SESSION_PACE_SAMPLES);
}

static gint64
round_to (gint64 time, gint64 unit)
{
  return (time + unit / 2) / unit * unit;
}

/* Since when it has been where it is now. */
static gint64
still_since (const ScSessionPace *self)
{
  double fraction = self->samples[index_of (self, 0)].fraction;
  gint64 since = self->samples[index_of (self, 0)].time;

  for (guint age = 1; age < self->n && self->samples[index_of (self, age)].fraction >= fraction; age++)
    since = self->samples[index_of (self, age)].time;
  return since;
}

gint64
sc_session_pace_get_left (const ScSessionPace *self, gint64 now)
{
  guint last;
  guint first;
  double moved;
  double left;

  if (self->n < 2 || now - still_since (self) > STILL_TIME)
    return -1;
  last = index_of (self, 0);
  first = index_of (self, self->n - 1);
  moved = self->samples[last].fraction - self->samples[first].fraction;
  if (moved <= 0 || self->samples[last].time - self->samples[first].time < LEAST_TIME)
    return -1;
  left = (1 - self->samples[last].fraction) / moved * (double) (self->samples[last].time - self->samples[first].time);
  left -= (double) (now - self->samples[last].time);
  if (left > (double) LONGEST)
    return -1;
  if (left >= 3600.0 * G_USEC_PER_SEC)
    return round_to ((gint64) left, 300 * G_USEC_PER_SEC);
  if (left >= 120.0 * G_USEC_PER_SEC)
    return round_to ((gint64) left, 60 * G_USEC_PER_SEC);
  return MAX (round_to ((gint64) left, 10 * G_USEC_PER_SEC), 10 * G_USEC_PER_SEC);
}
