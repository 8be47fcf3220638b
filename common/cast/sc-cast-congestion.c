/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/cast/sc-cast-congestion.h"

#include <stdlib.h>

#define COMMON_LOSS 0.02 /* beyond what is lost at any rate */
/* Datagrams that get lost together: what goes in 10 ms at the present rate, at most what the sender hands over at once.
 * Evidence is counted in such bursts. */
#define BURST_TIME 0.01 /* s */
#define BURST_BITS 12000
#define BURST_MIN 8
#define BURST_MAX 44
#define EVIDENCE_LOST 3      /* before a loss is believed */
#define EVIDENCE_SEEN 6      /* likewise, of all that were sent */
#define EVIDENCE_FALL 6      /* that a seat would lose if a fall had not helped, before it is judged, … */
#define EVIDENCE_FALL_ALL 24 /* … and all of them together */
#define EVIDENCE_CLEAN 23    /* sent, before a rate is believed to be borne, … */
#define EVIDENCE_SURE 184    /* … or so many if a little too much is lost, as chance may have it */
#define STRAIN_DROPPED 200u  /* a 200th dropped by its own socket: it does not follow */
#define FEW_SEATS 10u        /* a tenth of the seats, at least one, must not hold the others */
/* Of the loss before a fall of the rate, beyond what is lost at any rate: between these it is the same */
#define SAME_MIN 0.5
#define SAME_MAX 2.0
#define USELESS 2u         /* falls after which the loss was the same: it is not for the rate's sake */
#define AMBIENT_MAX 0.9    /* what is lost at any rate */
#define ALMOST_ALL 10u     /* all seats but a tenth */
#define CLEAN_TIME 50000   /* µs at a rate, at least */
#define EPOCH_TIME 2000000 /* µs: what was long ago says little about now */
#define EPOCH_TIME_MAX 10000000
#define OUTAGE_TIME 200000 /* µs without any report beyond four times the usual */

typedef enum { VERDICT_NONE, VERDICT_CLEAN, VERDICT_LOSSY } Verdict;

static void
begin_epoch (ScCastCongestion *self, gint64 now)
{
  self->epoch++;
  self->since = now;
  self->clean = FALSE;
  self->n_lossy = self->n_clean = self->n_strained = self->n_weighed = 0;
  if (self->judged) /* what it was judged by is gone */
    self->before = 0;
}

void
sc_cast_congestion_init (ScCastCongestion *self, gint64 now)
{
  *self = (ScCastCongestion){ .heard = now };
  begin_epoch (self, now);
}

void
sc_cast_congestion_restart (ScCastCongestion *self, gint64 now)
{
  self->heard = now;
  begin_epoch (self, now);
}

/* ---- one seat ---- */

/* Returns: FALSE when there is nothing to judge yet: this report is where the epoch begins for the seat */
static gboolean
enter_epoch (ScCastCongestion *self, ScCastSample *sample, const ScCastReport *report)
{
  gboolean first = sample->epoch == 0 && self->epoch == 1; /* then all it has had counts */

  if (sample->epoch == self->epoch)
    return TRUE;
  *sample = (ScCastSample){ .epoch = self->epoch, .suspect = sample->suspect };
  if (first)
    return TRUE;
  sample->received = report->received;
  sample->lost = report->lost;
  sample->dropped = report->dropped;
  sample->refused = report->refused;
  return FALSE;
}

/* Whether more is lost of @n than what is lost at any rate, three standard deviations of chance allowed for where whole
 * bursts get lost. */
static gboolean
is_excessive (const ScCastCongestion *self, double loss, guint64 n)
{
  double usual = self->ambient + COMMON_LOSS, excess = loss - usual;

  return excess > 0 && excess * excess * (double) n > 9 * usual * (1 - usual) * self->burst;
}

static void
set_verdict (ScCastCongestion *self, ScCastSample *sample, Verdict verdict)
{
  self->n_lossy -= sample->verdict == VERDICT_LOSSY;
  self->n_clean -= sample->verdict == VERDICT_CLEAN;
  sample->verdict = verdict;
  self->n_lossy += verdict == VERDICT_LOSSY;
  self->n_clean += verdict == VERDICT_CLEAN;
}

void
sc_cast_congestion_forget (ScCastCongestion *self, ScCastSample *sample)
{
  self->n_suspects -= sample->suspect;
  sample->suspect = FALSE;
  if (sample->epoch != self->epoch)
    return;
  set_verdict (self, sample, VERDICT_NONE);
  self->n_strained -= sample->strained;
  self->n_weighed -= sample->weighed;
}

/* Numbers from outside: a counter that went back counts as nothing. */
static guint64
since (guint64 now, guint64 before)
{
  return now > before ? now - before : 0;
}

static void
judge_seat (ScCastCongestion *self, ScCastSample *sample, const ScCastReport *report, gboolean backlogged)
{
  guint64 received = since (report->received, sample->received), lost = since (report->lost, sample->lost);
  guint64 dropped = since (report->dropped, sample->dropped), refused = since (report->refused, sample->refused), n;
  Verdict verdict = VERDICT_NONE;
  double seen; /* bursts */

  if (!sample->strained && (backlogged || dropped + refused > (received + lost) / STRAIN_DROPPED)) {
    sample->strained = TRUE;
    self->n_strained++;
  }
  lost = since (lost, dropped);
  n = received + refused + lost; /* the network brought what was refused */
  seen = (double) n / self->burst;
  if (seen < EVIDENCE_SEEN)
    return;
  sample->loss = (double) lost / (double) n;
  /* sooner where it has become far worse */
  if (sample->suspect && !sample->weighed &&
      MAX (self->before, sample->loss / SAME_MAX) * seen >=
          MAX (EVIDENCE_FALL, EVIDENCE_FALL_ALL / (double) self->n_suspects)) {
    sample->weighed = TRUE;
    self->n_weighed++;
  }
  if (is_excessive (self, sample->loss, n))
    verdict = (sample->loss - self->ambient) * seen >= EVIDENCE_LOST ? VERDICT_LOSSY : VERDICT_NONE;
  else if (seen >= (sample->loss <= self->ambient + COMMON_LOSS ? EVIDENCE_CLEAN : EVIDENCE_SURE))
    verdict = VERDICT_CLEAN;
  set_verdict (self, sample, verdict);
}

/* ---- all seats ---- */

static int
compare_losses (const void *a, const void *b)
{
  const double *first = a, *second = b;

  return *first < *second ? -1 : *first > *second ? 1 : 0;
}

typedef enum { OF_LOSSY, OF_WEIGHED, OF_JUDGED } Those;

static gboolean
is_one (const ScCastSample *sample, Those those)
{
  if (those == OF_WEIGHED)
    return sample->weighed;
  return those == OF_LOSSY ? sample->verdict == VERDICT_LOSSY : sample->verdict != VERDICT_NONE;
}

/* The median. */
static double
common_loss (const ScCastCongestion *self, const GPtrArray *samples, Those those)
{
  g_autofree double *losses = g_new0 (double, samples->len + 1);
  guint n = 0;

  for (guint i = 0; i < samples->len; i++) {
    const ScCastSample *sample = samples->pdata[i];

    if (sample->epoch == self->epoch && is_one (sample, those))
      losses[n++] = sample->loss;
  }
  qsort (losses, n, sizeof *losses, compare_losses);
  return n > 0 ? (losses[(n - 1) / 2] + losses[n / 2]) / 2 : 0;
}

/* Whether the last fall of the rate has helped those for whom it fell, once most of them can tell. */
static void
judge_fall (ScCastCongestion *self, const GPtrArray *samples, ScCastPacer *pacer, gint64 now)
{
  double loss, excess, excess_before;

  if (self->n_suspects == 0) /* they are not reckoned with any more */
    self->before = 0;
  if (self->n_weighed * 2 <= self->n_suspects)
    return;
  loss = common_loss (self, samples, OF_WEIGHED);
  excess = loss - self->ambient;
  excess_before = self->before - self->ambient;
  self->judged = TRUE;
  if (excess <= excess_before * SAME_MIN || excess >= excess_before * SAME_MAX) {
    self->before = 0;
  } else if (++self->n_useless >= USELESS) {
    self->ambient = MIN (loss, AMBIENT_MAX);
    self->before = 0;
    self->troubled = FALSE;
    sc_cast_pacer_take_back (pacer, self->origin, now);
  }
}

/* Those who lose, also of falls before that have not helped. */
static void
note_suspects (ScCastCongestion *self, const GPtrArray *samples, gboolean first)
{
  self->n_suspects = 0;
  for (guint i = 0; i < samples->len; i++) {
    ScCastSample *sample = samples->pdata[i];

    sample->suspect = (sample->suspect && !first) || (sample->epoch == self->epoch && sample->verdict == VERDICT_LOSSY);
    self->n_suspects += sample->suspect;
  }
}

/* Too much is lost: it falls, and again where the last fall has not helped. Where it came from is remembered until the
 * seats follow: chance may have it that a fall seems to help. */
static void
judge_loss (ScCastCongestion *self, const GPtrArray *samples, ScCastPacer *pacer, gint64 now)
{
  gboolean first = self->before <= 0;
  double loss = common_loss (self, samples, first ? OF_LOSSY : OF_WEIGHED);
  guint64 rate = pacer->rate;

  if (!self->troubled) {
    self->n_useless = 0;
    self->origin = rate;
  }
  /* what is lost at any rate is lost of what comes through, too */
  if (!sc_cast_pacer_lower (pacer, SC_CAST_LIMIT_PATH, (guint64) ((double) rate * (1 - loss) / (1 - self->ambient)),
                            now))
    return;
  self->troubled = TRUE;
  self->judged = FALSE;
  self->before = pacer->rate < rate ? loss : 0; /* there is nothing to judge where it cannot fall any more */
  note_suspects (self, samples, first);
}

/* Half of the seats, but not one of two: that is its own. */
static gboolean
is_common (guint n, guint n_seats)
{
  return n * 2 >= n_seats && n >= MIN (n_seats, 2u);
}

static void
judge_clean (ScCastCongestion *self, ScCastPacer *pacer, gint64 now)
{
  self->clean = TRUE;
  self->troubled = FALSE;
  self->before = 0;
  sc_cast_pacer_note_clean (pacer, now);
}

/* Less is lost at any rate than was thought: by all of an epoch, as in a part of it chance may have it so. */
static void
note_ambient (ScCastCongestion *self, const GPtrArray *samples)
{
  if (self->clean && self->n_clean + self->n_lossy >= samples->len - samples->len / ALMOST_ALL)
    self->ambient = MIN (self->ambient, common_loss (self, samples, OF_JUDGED));
}

/* Nobody has reported for long although there was something to report. */
static gboolean
was_outage (ScCastCongestion *self, gint64 marked, gint64 now)
{
  gint64 silence = now - MAX (self->heard, marked), usual = self->lag, lag = now - marked;

  self->heard = now;
  /* slow to follow who is late */
  self->lag = MAX (usual == 0 ? lag : usual + (lag - usual) / (lag > usual ? 32 : 4), 1);
  return usual > 0 && silence > usual * 4 + OUTAGE_TIME;
}

void
sc_cast_congestion_note (ScCastCongestion *self, ScCastSample *sample, const GPtrArray *samples,
                         const ScCastReport *report, gboolean backlogged, gint64 marked, ScCastPacer *pacer, gint64 now)
{
  guint few = MAX (samples->len / FEW_SEATS, samples->len > 1 ? 1u : 0u);

  self->burst = CLAMP ((double) pacer->rate * BURST_TIME / BURST_BITS, BURST_MIN, BURST_MAX);
  if (self->since < pacer->changed)
    begin_epoch (self, pacer->changed);
  if (marked < self->since)
    return;
  if (was_outage (self, marked, now)) {
    begin_epoch (self, now);
    return;
  }
  if (!enter_epoch (self, sample, report))
    return;
  judge_seat (self, sample, report, backlogged);
  if (self->n_strained > few && sc_cast_pacer_lower (pacer, SC_CAST_LIMIT_SEATS, 0, now))
    self->before = 0;
  else if (self->before > 0 && !self->judged)
    judge_fall (self, samples, pacer, now);
  else if (self->before > 0 || is_common (self->n_lossy, samples->len))
    judge_loss (self, samples, pacer, now);
  else if (self->n_clean * 2 > samples->len && now - self->since >= CLEAN_TIME)
    judge_clean (self, pacer, now);
  pacer->judged = self->before <= 0 || self->judged;
  if (self->since < pacer->changed) {
    begin_epoch (self, pacer->changed);
  } else if (self->before <= 0 && now - self->since >= (self->clean && !pacer->trying ? EPOCH_TIME : EPOCH_TIME_MAX)) {
    /* a fall is judged first, however long it takes */
    note_ambient (self, samples);
    begin_epoch (self, now);
  }
}
