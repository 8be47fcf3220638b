/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/cast/sc-cast-pacer.h"
#include "common/cast/sc-cast-report.h"

G_BEGIN_DECLS

/*
 * Reads from the seats' reports whether the stream is too fast, and tells the pacer. Part of the sender. It tells apart
 *
 * - what one seat loses alone (its cable): repaired, within its budget; the rate has nothing to do with it
 * - what at least half of the seats lose (of two seats both), more the faster it goes: something between them is full.
 * The rate falls to what came through. Where it helps nothing, the loss is not for the rate's sake, and the fall is
 * taken back
 * - what more than a tenth of the seats drop themselves, or cannot write: the rate falls; fewer seats may not hold the
 *   others, they pay by their budgets of repairs and time
 * - an outage, after which nobody reports for a while: what was lost in it says nothing
 *
 * A report answers a MARK, and the network keeps the order: so it covers what was sent until that MARK was, however
 * long queues and reports take. Only what lies between two reports after the last change of the rate is judged.
 */
typedef struct {
  guint32 epoch;  /* of what follows; 0: nothing yet */
  guint8 verdict; /* on its losses in the epoch: a Verdict */
  gboolean strained;
  gboolean suspect;                         /* it is one of those for whom the rate fell last */
  gboolean weighed;                         /* it has seen enough to judge the last fall by */
  guint64 received, lost, dropped, refused; /* when the epoch began for it */
  double loss;                              /* share of what was sent since then, without what it dropped itself */
} ScCastSample;

typedef struct {
  guint32 epoch;  /* one for each change of the rate, from 1 on */
  gint64 since;   /* µs: only MARKs sent later count */
  gboolean clean; /* most seats follow, by what came since then */
  guint n_lossy, n_clean, n_strained, n_suspects, n_weighed;
  double burst;      /* datagrams that get lost together */
  double ambient;    /* share that is lost at any rate */
  double before;     /* common loss that made the rate fall last; 0: whether that helped is known */
  gboolean troubled; /* it fell, and the seats have not followed since */
  gboolean judged;   /* that fall is counted among the useless ones: further reports on it say nothing new */
  guint n_useless;   /* falls in a row that have not helped */
  guint64 origin;    /* the rate before the first of them */
  gint64 heard;      /* µs: the last report of any seat */
  gint64 lag;        /* µs from a MARK to the reports on it, smoothed; 0: there were none */
} ScCastCongestion;

void sc_cast_congestion_init (ScCastCongestion *self, gint64 now);

/**
 * sc_cast_congestion_note:
 * @sample: the seat's
 * @samples: those of all active seats, this one's included
 * @backlogged: it cannot write what it has
 * @marked: µs: when the MARK that @report answers was sent first; 0: unknown, it is an old one
 */
void sc_cast_congestion_note (ScCastCongestion *self, ScCastSample *sample, const GPtrArray *samples,
                              const ScCastReport *report, gboolean backlogged, gint64 marked, ScCastPacer *pacer,
                              gint64 now);
/* The seat is not to be reckoned with any more. */
void sc_cast_congestion_forget (ScCastCongestion *self, ScCastSample *sample);
/* What came until @now is not judged: the stream was paused, its key changed, or nobody could be heard. */
void sc_cast_congestion_restart (ScCastCongestion *self, gint64 now);

G_END_DECLS
