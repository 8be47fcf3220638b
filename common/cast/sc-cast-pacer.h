/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * When the next packet may go: a token bucket on the bytes of the wire whose rate falls by a fifth when the seats
 * cannot follow and climbs back slowly (additive increase, multiplicative decrease). Part of the sender. Times in µs.
 */
#define SC_CAST_PACER_BURST_TIME 4000  /* µs: what may go at once after a pause of the driver */
#define SC_CAST_PACER_STEP_TIME 100000 /* µs: the rate falls at most once, and climbs once, in this time */
#define SC_CAST_PACER_MIN_RATE 100000u /* bits/s: nothing is sent more slowly than this */

typedef struct {
  guint64 cap;   /* bits/s */
  guint64 rate;  /* bits/s, cap/10 … cap */
  guint64 borne; /* bits/s: what the seats bore last, ≥ rate: a cap that was low for a while makes them no slower */
  guint64 troubled; /* bits/s: the rate that was too much when it last fell */
  gint64 tokens;    /* bits × 10⁶ */
  gint64 updated;   /* when the tokens were counted */
  gint64 lowered;   /* when the rate last fell */
  gint64 raised;    /* from when the next step of its climb is counted */
} ScCastPacer;

void sc_cast_pacer_init (ScCastPacer *self, guint64 cap, gint64 now);
/* As of the last advance. A lower cap holds at once; under a higher one the rate is what it was before the cap fell. */
void sc_cast_pacer_set_cap (ScCastPacer *self, guint64 cap);
void sc_cast_pacer_advance (ScCastPacer *self, gint64 now);
/* µs from the last advance until @bytes may be sent; 0: now */
gint64 sc_cast_pacer_get_wait (const ScCastPacer *self, gsize bytes);
void sc_cast_pacer_take (ScCastPacer *self, gsize bytes);
/* The seats cannot follow. */
void sc_cast_pacer_lower (ScCastPacer *self, gint64 now);
/* Forgets what was saved up, as after a pause. */
void sc_cast_pacer_restart (ScCastPacer *self, gint64 now);

G_END_DECLS
