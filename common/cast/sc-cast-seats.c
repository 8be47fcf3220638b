/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/cast/sc-cast-seats.h"

#include "common/cast/sc-cast-budget.h"

#include <string.h>

#define SLOW_TIME 10000000    /* µs for which a few seats may hold the rate below half of the cap */
#define PATIENCE_SHARE 25     /* of the time that the session takes at its cap */
#define PATIENCE_MIN 10000000 /* µs */
#define STRAIN_SHARE 20u      /* 1/20 of the complaints make a seat one of the causes */

void
sc_cast_seats_init (ScCastSeats *self, const ScCastLayout *layout)
{
  memset (self, 0, sizeof *self);
  self->list = g_ptr_array_new_with_free_func (g_free);
  self->by_id = g_hash_table_new (NULL, NULL);
  self->budget = sc_cast_budget_of (layout);
  self->memory = (guint64) layout->symbol_size * layout->block_symbols * layout->window_blocks * SC_CAST_MAX_WINDOWS;
}

void
sc_cast_seats_set_patience (ScCastSeats *self, const ScCastLayout *layout, guint64 cap)
{
  double bits = 8.0 * ((double) layout->plan_length + (double) layout->content_length);
  gint64 patience = MAX ((gint64) (bits * 1e6 / (double) cap / PATIENCE_SHARE), PATIENCE_MIN);

  /* who kept within it while the cap was low must not be past it because the cap rises */
  self->patience = MAX (self->patience, patience);
}

void
sc_cast_seats_clear (ScCastSeats *self)
{
  g_clear_pointer (&self->by_id, g_hash_table_unref);
  g_clear_pointer (&self->list, g_ptr_array_unref);
}

ScCastSeat *
sc_cast_seats_find (const ScCastSeats *self, guint32 id)
{
  return g_hash_table_lookup (self->by_id, GUINT_TO_POINTER (id));
}

ScCastSeat *
sc_cast_seats_activate (ScCastSeats *self, guint32 id, guint32 first_window)
{
  ScCastSeat *seat = sc_cast_seats_find (self, id);

  if (seat == NULL) {
    seat = g_new0 (ScCastSeat, 1);
    seat->id = id;
    g_ptr_array_add (self->list, seat);
    g_hash_table_insert (self->by_id, GUINT_TO_POINTER (id), seat);
    self->n_active++;
  } else if (seat->figures.state != SC_CAST_SEAT_ACTIVE) {
    self->n_active++;
  }
  seat->figures.state = SC_CAST_SEAT_ACTIVE;
  seat->first_window = first_window;
  return seat;
}

void
sc_cast_seats_drop (ScCastSeats *self, ScCastSeat *seat, ScCastSeatState state)
{
  if (seat->figures.state == SC_CAST_SEAT_ACTIVE)
    self->n_active--;
  seat->figures.state = state;
  self->dropped = TRUE;
}

gboolean
sc_cast_seats_all_heard (const ScCastSeats *self)
{
  for (guint i = 0; i < self->list->len; i++) {
    const ScCastSeat *seat = self->list->pdata[i];

    if (seat->figures.state == SC_CAST_SEAT_ACTIVE && !seat->heard)
      return FALSE;
  }
  return self->list->len > 0;
}

void
sc_cast_seats_drop_unheard (ScCastSeats *self)
{
  for (guint i = 0; i < self->list->len; i++) {
    ScCastSeat *seat = self->list->pdata[i];

    if (seat->figures.state == SC_CAST_SEAT_ACTIVE && !seat->heard)
      sc_cast_seats_drop (self, seat, SC_CAST_SEAT_UNHEARD);
  }
}

/* ---- windows and rounds ---- */

gboolean
sc_cast_seat_takes_part (const ScCastSeat *seat, guint32 window)
{
  return seat->figures.state == SC_CAST_SEAT_ACTIVE && seat->first_window <= window;
}

gboolean
sc_cast_seat_is_awaited (const ScCastSeat *seat, guint32 window)
{
  guint slot = window % SC_CAST_MAX_WINDOWS;

  return sc_cast_seat_takes_part (seat, window) && !seat->windows[slot].done && !seat->windows[slot].reported;
}

void
sc_cast_seats_start_window (ScCastSeats *self, guint32 window)
{
  for (guint i = 0; i < self->list->len; i++) {
    ScCastSeat *seat = self->list->pdata[i];

    memset (&seat->windows[window % SC_CAST_MAX_WINDOWS], 0, sizeof seat->windows[0]);
  }
}

void
sc_cast_seats_start_round (ScCastSeats *self, guint32 window)
{
  for (guint i = 0; i < self->list->len; i++)
    ((ScCastSeat *) self->list->pdata[i])->windows[window % SC_CAST_MAX_WINDOWS].reported = FALSE;
}

guint
sc_cast_seats_count_awaited (const ScCastSeats *self, guint32 window)
{
  guint n = 0;

  for (guint i = 0; i < self->list->len; i++)
    n += sc_cast_seat_is_awaited (self->list->pdata[i], window);
  return n;
}

void
sc_cast_seats_drop_awaited (ScCastSeats *self, guint32 window)
{
  for (guint i = 0; i < self->list->len; i++) {
    ScCastSeat *seat = self->list->pdata[i];

    if (sc_cast_seat_is_awaited (seat, window))
      sc_cast_seats_drop (self, seat, SC_CAST_SEAT_SILENT);
  }
}

void
sc_cast_seats_charge_waiting (ScCastSeats *self, guint32 window, gint64 time)
{
  /* where it is many, it is a matter of the room */
  if (self->n_active < 2 ||
      sc_cast_seats_count_awaited (self, window) > MAX (self->n_active / SC_CAST_BUDGET_WORST, 1u))
    return;
  for (guint i = 0; i < self->list->len; i++) {
    ScCastSeat *seat = self->list->pdata[i];

    if (!sc_cast_seat_is_awaited (seat, window))
      continue;
    seat->figures.waited += time;
    if (seat->figures.waited > self->patience)
      sc_cast_seats_drop (self, seat, SC_CAST_SEAT_SILENT);
  }
}

void
sc_cast_seat_take_report (ScCastSeat *seat, const ScCastReport *report, guint32 total)
{
  guint slot = report->window % SC_CAST_MAX_WINDOWS;

  seat->windows[slot].reported = TRUE;
  seat->windows[slot].done = seat->windows[slot].done || total == 0;
  memcpy (seat->windows[slot].deficits, report->deficits, sizeof report->deficits);
}

static void
judge_round (ScCastSeats *self, guint32 window, guint n_blocks)
{
  g_autofree ScCastClaim *claims = g_new0 (ScCastClaim, self->list->len + 1);
  guint slot = window % SC_CAST_MAX_WINDOWS;
  guint n_claims = 0, n_seats = 0;

  for (guint i = 0; i < self->list->len; i++) {
    ScCastSeat *seat = self->list->pdata[i];
    ScCastClaim *claim = &claims[n_claims];

    if (!sc_cast_seat_takes_part (seat, window))
      continue;
    n_seats++;
    if (seat->windows[slot].done)
      continue;
    claim->seat = seat;
    claim->deficits = seat->windows[slot].deficits;
    claim->charged = &seat->figures.charged;
    for (guint b = 0; b < n_blocks; b++)
      claim->total += claim->deficits[b];
    seat->figures.repairs += claim->total;
    n_claims++;
  }
  sc_cast_budget_judge (claims, n_claims, n_seats, n_blocks, self->budget);
  for (guint i = 0; i < n_claims; i++) {
    if (claims[i].over)
      sc_cast_seats_drop (self, claims[i].seat, SC_CAST_SEAT_OVER_BUDGET);
  }
}

gboolean
sc_cast_seats_close_round (ScCastSeats *self, guint32 window, guint n_blocks, guint8 *deficits)
{
  guint slot = window % SC_CAST_MAX_WINDOWS;
  gboolean lacking = FALSE;

  judge_round (self, window, n_blocks);
  memset (deficits, 0, n_blocks);
  for (guint i = 0; i < self->list->len; i++) {
    const ScCastSeat *seat = self->list->pdata[i];

    if (!sc_cast_seat_takes_part (seat, window) || seat->windows[slot].done)
      continue;
    lacking = TRUE;
    for (guint b = 0; b < n_blocks; b++)
      deficits[b] = MAX (deficits[b], seat->windows[slot].deficits[b]);
  }
  return lacking;
}

/* ---- strain ---- */

static gboolean
is_slow (const ScCastPacer *pacer)
{
  return pacer->rate < pacer->cap / 2;
}

static void
forget_strain (ScCastSeats *self)
{
  self->n_strained = 0;
  for (guint i = 0; i < self->list->len; i++)
    ((ScCastSeat *) self->list->pdata[i])->n_strained = 0;
}

static gboolean
is_cause (const ScCastSeats *self, const ScCastSeat *seat)
{
  return seat->figures.state == SC_CAST_SEAT_ACTIVE && seat->n_strained * STRAIN_SHARE >= self->n_strained;
}

/* The rate has been low for long. Where a few seats are the cause, they go; where it is many, the rate is what the
 * room can do. */
static void
judge_strain (ScCastSeats *self)
{
  guint n_causes = 0;

  for (guint i = 0; i < self->list->len; i++)
    n_causes += is_cause (self, self->list->pdata[i]);
  if (n_causes > MAX (self->n_active / SC_CAST_BUDGET_WORST, 1u) || n_causes >= self->n_active)
    return;
  for (guint i = 0; i < self->list->len; i++) {
    if (is_cause (self, self->list->pdata[i]))
      sc_cast_seats_drop (self, self->list->pdata[i], SC_CAST_SEAT_OVER_BUDGET);
  }
}

void
sc_cast_seats_note_strain (ScCastSeats *self, ScCastSeat *seat, const ScCastReport *report, ScCastPacer *pacer,
                           gint64 now)
{
  gboolean strained = report->dropped > seat->figures.dropped || report->backlog > self->memory / 2;

  seat->figures.dropped = report->dropped;
  seat->figures.received = report->received;
  seat->figures.lost = report->lost;
  seat->figures.backlog = report->backlog;
  if (!strained)
    return;
  seat->n_strained++;
  self->n_strained++;
  sc_cast_pacer_lower (pacer, now);
  if (!is_slow (pacer))
    return;
  if (self->slow_since == 0)
    self->slow_since = now;
  if (now - self->slow_since >= SLOW_TIME) {
    judge_strain (self);
    forget_strain (self);
    self->slow_since = now;
  }
}

void
sc_cast_seats_check_strain (ScCastSeats *self, const ScCastPacer *pacer)
{
  if (self->slow_since == 0 || is_slow (pacer))
    return;
  self->slow_since = 0;
  forget_strain (self);
}
