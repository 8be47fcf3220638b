/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/cast/sc-cast-figures.h"

G_BEGIN_DECLS

/*
 * When the next packet may go, and how fast: a token bucket on the bytes of the wire, and the law by which its rate
 * follows what the seats bear. Part of the sender. Times in µs, rates in bits/s.
 *
 * The rate starts at what the slowest link says, at most 1 Gbit/s. As long as the seats follow it doubles
 * from step to step. Trouble takes it back: by a fifth, and to what was carried where that is known. From then on it
 * keeps just below what was too much, and tries more from time to time; a try that fails makes the next one wait twice
 * as long. A cap only cuts it off.
 */
#define SC_CAST_PACER_BURST_TIME 4000  /* what may go at once after a pause of the driver */
#define SC_CAST_PACER_STEP_TIME 100000 /* the rate falls at most once, and climbs once, in this time */
#define SC_CAST_PACER_GROW_TIME 50000  /* likewise before the first trouble */
#define SC_CAST_PACER_TRY_TIME 500000  /* for which a higher rate is borne before more is tried: queues fill slowly */
#define SC_CAST_PACER_TRY_WAIT 1000000 /* until the first try; doubled with each that fails */
#define SC_CAST_PACER_MIN_RATE 100000u /* nothing is sent more slowly than this */
#define SC_CAST_PACER_FLOOR 10000000u  /* trouble makes nothing slower than this, or a tenth of the cap */
#define SC_CAST_PACER_START G_GUINT64_CONSTANT (1000000000) /* beyond it the stream feels its way */

typedef struct {
  guint64 cap;           /* 0: none */
  guint64 rate;          /* what holds now */
  guint64 borne;         /* what it would be without a cap: one that is low for a while makes the seats no slower */
  guint64 reached;       /* the highest that was sent at since it last fell, at least what was known then */
  guint64 link;          /* what it started with */
  guint64 known;         /* what the seats bear for sure; climbs on to it need no try */
  guint64 troubled;      /* what was too much when it last fell; 0: never */
  ScCastRateLimit cause; /* of the last fall: %SC_CAST_LIMIT_PATH or %SC_CAST_LIMIT_SEATS */
  gboolean raised;       /* more than the start was tried */
  gboolean fallen;       /* there was trouble: it goes on with more care */
  gboolean verified;     /* the seats have followed since the last change */
  gboolean trying;
  gboolean judged;      /* whether the last fall has helped is known: until then nothing more is tried */
  gboolean busy;        /* what may be sent is sent: a higher rate would make a difference */
  ScCastRateLimit held; /* what kept from being sent, in this step, what was due; else %SC_CAST_LIMIT_TRYING */
  ScCastRateLimit idle; /* likewise in the last one, where less was sent than might be */
  guint gain;           /* of the next try: a @gain-th more */
  gint64 try_at;        /* not before */
  gint64 try_wait;
  gint64 changed; /* when the rate was last changed by more than a little */
  gint64 lowered; /* when it last fell */
  gint64 stepped; /* from when the next step of its climb is counted */
  guint64 used;   /* bits since then */
  guint64 sent;   /* bits/s, over the last quarter of a second */
  gboolean measured;
  guint64 bits;   /* that were sent since */
  gint64 counted; /* this time */
  gint64 tokens;  /* bits × 10⁶ */
  gint64 updated; /* when the tokens were counted */
} ScCastPacer;

/* @cap: 0: none */
void sc_cast_pacer_init (ScCastPacer *self, guint64 cap, gint64 now);
/* What the slowest link between the console and its seats carries, as they say themselves; 0: unknown. Only the start
 * goes by it: to be called before anything is sent. */
void sc_cast_pacer_set_link (ScCastPacer *self, guint64 link);
/* As of the last advance. A lower cap holds at once; under a higher one the rate is at most what it was before the cap
 * fell, and climbs on from there as the seats follow. 0: none */
void sc_cast_pacer_set_cap (ScCastPacer *self, guint64 cap);
void sc_cast_pacer_advance (ScCastPacer *self, gint64 now);
/* µs from the last advance until @bytes may be sent; 0: now */
gint64 sc_cast_pacer_get_wait (const ScCastPacer *self, gsize bytes);
void sc_cast_pacer_take (ScCastPacer *self, gsize bytes);
/* More might be sent and is not. @why: %SC_CAST_LIMIT_UPLINK, %SC_CAST_LIMIT_SOURCE, or %SC_CAST_LIMIT_SEATS: they are
 * waited for */
void sc_cast_pacer_note_held (ScCastPacer *self, ScCastRateLimit why);
/* The seats follow, by reports on what was sent since the last change. */
void sc_cast_pacer_note_clean (ScCastPacer *self, gint64 now);
/* The seats cannot follow. @cause: %SC_CAST_LIMIT_PATH or %SC_CAST_LIMIT_SEATS. @carried: what came through; 0:
 * unknown. Returns: whether it was lowered; not twice for the same trouble */
gboolean sc_cast_pacer_lower (ScCastPacer *self, ScCastRateLimit cause, guint64 carried, gint64 now);
/* The last falls have not helped, so the rate was not the cause: it is @rate again, as before them. */
void sc_cast_pacer_take_back (ScCastPacer *self, guint64 rate, gint64 now);
/* Forgets what was saved up, as after a pause. */
void sc_cast_pacer_restart (ScCastPacer *self, gint64 now);
/* What was really sent of late, at most the rate. */
guint64 sc_cast_pacer_get_sent (const ScCastPacer *self);
/* Why the rate is not higher. */
ScCastRateLimit sc_cast_pacer_get_limit (const ScCastPacer *self);

G_END_DECLS
