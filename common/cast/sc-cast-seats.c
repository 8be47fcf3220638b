/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/cast/sc-cast-seats.h"

#include "common/cast/sc-cast-budget.h"

#include <string.h>

#define STUCK_ROUNDS 4u /* that have not helped a seat, at least */

void
sc_cast_seats_init (ScCastSeats *self, const ScCastLayout *layout, gint64 now)
{
  memset (self, 0, sizeof *self);
  self->list = g_ptr_array_new_with_free_func (g_free);
  self->by_id = g_hash_table_new (NULL, NULL);
  self->samples = g_ptr_array_new ();
  self->budget = sc_cast_budget_of (layout);
  sc_cast_congestion_init (&self->congestion, now);
  self->memory = (guint64) layout->symbol_size * layout->block_symbols * layout->window_blocks * SC_CAST_MAX_WINDOWS;
}

void
sc_cast_seats_clear (ScCastSeats *self)
{
  g_clear_pointer (&self->by_id, g_hash_table_unref);
  g_clear_pointer (&self->samples, g_ptr_array_unref);
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
  gboolean known = seat != NULL;

  if (!known) {
    seat = g_new0 (ScCastSeat, 1);
    seat->id = id;
    g_ptr_array_add (self->list, seat);
    g_hash_table_insert (self->by_id, GUINT_TO_POINTER (id), seat);
  }
  if (!known || seat->figures.state != SC_CAST_SEAT_ACTIVE) {
    self->n_active++;
    seat->sample = (ScCastSample){ 0 };
    g_ptr_array_add (self->samples, &seat->sample);
  }
  seat->figures.state = SC_CAST_SEAT_ACTIVE;
  seat->figures.demoted_at = 0;
  seat->first_window = first_window;
  seat->stall = 0;
  return seat;
}

void
sc_cast_seats_drop (ScCastSeats *self, ScCastSeat *seat, ScCastSeatState state, gint64 now)
{
  if (seat->figures.state == SC_CAST_SEAT_ACTIVE) {
    self->n_active--;
    sc_cast_congestion_forget (&self->congestion, &seat->sample);
    g_ptr_array_remove_fast (self->samples, &seat->sample);
  }
  seat->figures.state = state;
  seat->figures.demoted_at = now;
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
sc_cast_seats_drop_unheard (ScCastSeats *self, gint64 now)
{
  for (guint i = 0; i < self->list->len; i++) {
    ScCastSeat *seat = self->list->pdata[i];

    if (seat->figures.state == SC_CAST_SEAT_ACTIVE && !seat->heard)
      sc_cast_seats_drop (self, seat, SC_CAST_SEAT_UNHEARD, now);
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

static gboolean
is_lacking (const ScCastSeat *seat, guint32 window)
{
  return sc_cast_seat_takes_part (seat, window) && !seat->windows[window % SC_CAST_MAX_WINDOWS].done;
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
sc_cast_seats_drop_awaited (ScCastSeats *self, guint32 window, gint64 now)
{
  for (guint i = 0; i < self->list->len; i++) {
    ScCastSeat *seat = self->list->pdata[i];

    if (sc_cast_seat_is_awaited (seat, window))
      sc_cast_seats_drop (self, seat, SC_CAST_SEAT_SILENT, now);
  }
}

/* Whether what the others suffer from comes of the seat itself, not of its network. */
static gboolean
is_strained (const ScCastSeats *self, const ScCastSeatFigures *figures)
{
  return figures->backlog > self->memory / 2 || (figures->dropped > 0 && figures->dropped >= figures->lost / 2);
}

static ScCastSeatState
reason_of_waiting (const ScCastSeats *self, const ScCastSeat *seat)
{
  if (seat->stall >= seat->figures.waited / 2)
    return SC_CAST_SEAT_SILENT;
  return is_strained (self, &seat->figures) ? SC_CAST_SEAT_STRAINED : SC_CAST_SEAT_TOO_SLOW;
}

/* What share of the time each of @n seats is charged that are waited for together. */
static double
share_of (guint n, guint n_active)
{
  double few = MAX (n_active / SC_CAST_BUDGET_WORST, 1u), half = n_active / 2.0, more;

  if (n_active < 2)
    return 0;
  if (n <= few)
    return 1;
  if (n >= half)
    return 0;
  more = (SC_CAST_SILENT_TIME - SC_CAST_PATIENCE_MIN) * (n - few) / (half - few);
  return SC_CAST_PATIENCE_MIN / (SC_CAST_PATIENCE_MIN + more);
}

static guint
count_lacking (const ScCastSeats *self, guint32 window)
{
  guint n = 0;

  for (guint i = 0; i < self->list->len; i++)
    n += is_lacking (self->list->pdata[i], window);
  return n;
}

gboolean
sc_cast_seats_charge_waiting (ScCastSeats *self, guint32 window, gint64 time, gint64 whole, gint64 now)
{
  guint n_awaited = sc_cast_seats_count_awaited (self, window);
  guint n = n_awaited > 0 ? n_awaited : count_lacking (self, window);
  double charged = share_of (n, self->n_active) * (double) time;

  if (charged <= 0)
    return FALSE;
  for (guint i = 0; i < self->list->len; i++) {
    ScCastSeat *seat = self->list->pdata[i];

    if (!(n_awaited > 0 ? sc_cast_seat_is_awaited (seat, window) : is_lacking (seat, window)))
      continue;
    seat->stall += n_awaited > 0 ? (gint64) (charged + 0.5) : 0;
    seat->figures.waited += (gint64) (charged + 0.5);
    seat->wait_share += charged / (double) MAX (whole, 1);
    if (seat->figures.waited > SC_CAST_PATIENCE_MIN && seat->wait_share > SC_CAST_PATIENCE_SHARE)
      sc_cast_seats_drop (self, seat, reason_of_waiting (self, seat), now);
  }
  return TRUE;
}

void
sc_cast_seats_charge_stuck (ScCastSeats *self, guint32 window, gint64 time, gint64 now)
{
  gboolean room = count_lacking (self, window) * 2 >= self->n_active;
  guint slot = window % SC_CAST_MAX_WINDOWS;

  for (guint i = 0; i < self->list->len; i++) {
    ScCastSeat *seat = self->list->pdata[i];

    if (!is_lacking (seat, window) || seat->windows[slot].n_useless == 0)
      continue;
    seat->windows[slot].stuck += time;
    if (seat->windows[slot].n_useless >= STUCK_ROUNDS &&
        seat->windows[slot].stuck > (room ? SC_CAST_PATIENCE_STUCK_ROOM : SC_CAST_PATIENCE_STUCK))
      sc_cast_seats_drop (self, seat,
                          is_strained (self, &seat->figures) ? SC_CAST_SEAT_STRAINED : SC_CAST_SEAT_TOO_SLOW, now);
  }
}

/* Whether the repairs of the last round have helped it. */
static void
note_progress (ScCastSeat *seat, guint slot, guint32 total)
{
  if (seat->windows[slot].least != 0 && total >= seat->windows[slot].least) {
    seat->windows[slot].n_useless++;
    return;
  }
  seat->windows[slot].least = total;
  seat->windows[slot].n_useless = 0;
  seat->windows[slot].stuck = 0;
}

void
sc_cast_seat_take_report (ScCastSeat *seat, const ScCastReport *report, guint32 total)
{
  guint slot = report->window % SC_CAST_MAX_WINDOWS;

  seat->stall = 0;
  if (!seat->windows[slot].reported)
    note_progress (seat, slot, total);
  seat->windows[slot].reported = TRUE;
  seat->windows[slot].done = seat->windows[slot].done || total == 0;
  memcpy (seat->windows[slot].deficits, report->deficits, sizeof report->deficits);
}

/* What it would have needed until now had it been there from the start. */
static guint64
need_of_all (const ScCastSeat *seat, guint32 window)
{
  return (guint64) ((double) seat->figures.repairs * (window + 1.0) / (window + 1.0 - seat->first_window));
}

static void
judge_round (ScCastSeats *self, guint32 window, guint n_blocks, guint64 n_sent, gint64 now)
{
  g_autofree ScCastClaim *claims = g_new0 (ScCastClaim, self->list->len + 1);
  g_autofree guint64 *needs = g_new (guint64, self->list->len + 1);
  guint slot = window % SC_CAST_MAX_WINDOWS;
  guint n_claims = 0, n_seats = 0;
  guint64 usual, budget;

  for (guint i = 0; i < self->list->len; i++) {
    ScCastSeat *seat = self->list->pdata[i];
    ScCastClaim *claim = &claims[n_claims];

    if (!sc_cast_seat_takes_part (seat, window))
      continue;
    for (guint b = 0; b < n_blocks && !seat->windows[slot].done; b++)
      claim->total += seat->windows[slot].deficits[b];
    seat->figures.repairs += claim->total;
    needs[n_seats++] = need_of_all (seat, window);
    if (seat->windows[slot].done)
      continue;
    claim->seat = seat;
    claim->deficits = seat->windows[slot].deficits;
    claim->charged = &seat->figures.charged;
    claim->needed = needs[n_seats - 1];
    n_claims++;
  }
  usual = sc_cast_budget_usual (needs, n_seats);
  /* it is soon known that one seat alone is bad, but not that one of many is worse */
  budget = usual > SC_CAST_BUDGET_MIN ? self->budget : sc_cast_budget_until (self->budget, n_sent);
  sc_cast_budget_judge (claims, n_claims, n_seats, n_blocks, usual, budget);
  for (guint i = 0; i < n_claims; i++) {
    ScCastSeat *seat = claims[i].seat;

    if (claims[i].over)
      sc_cast_seats_drop (self, seat,
                          is_strained (self, &seat->figures) ? SC_CAST_SEAT_STRAINED : SC_CAST_SEAT_OVER_BUDGET, now);
  }
}

gboolean
sc_cast_seats_close_round (ScCastSeats *self, guint32 window, guint n_blocks, guint64 n_sent, guint8 *deficits,
                           gint64 now)
{
  guint slot = window % SC_CAST_MAX_WINDOWS;
  gboolean lacking = FALSE;

  judge_round (self, window, n_blocks, n_sent, now);
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

/* ---- figures ---- */

void
sc_cast_seats_note_figures (ScCastSeats *self, ScCastSeat *seat, const ScCastReport *report, gint64 marked,
                            ScCastPacer *pacer, gint64 now)
{
  /* one that shrinks is being caught up with */
  gboolean backlogged = report->backlog > self->memory / 2 && report->backlog >= seat->figures.backlog;

  seat->figures.received = report->received;
  seat->figures.lost = report->lost;
  seat->figures.dropped = report->dropped + report->refused;
  seat->figures.backlog = report->backlog;
  sc_cast_congestion_note (&self->congestion, &seat->sample, self->samples, report, backlogged, marked, pacer, now);
}
