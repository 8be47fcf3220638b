/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/cast/sc-cast-layout.h"

G_BEGIN_DECLS

/*
 * What one seat may cost the others (docs/protocol.md, "Repair budget"). A seat is charged only with the repairs
 * that it alone causes: what it lacks beyond what all but the worst tenth of the seats lack of the same block. It is
 * charged before the repairs are sent. Loss that is common to all costs nobody anything here, however high it is: where
 * it comes in bursts each seat in turn lacks what no other does, so the budget is for what a seat has needed in all
 * beyond what the median seat has, and half of that for chance.
 */
#define SC_CAST_BUDGET_SHARE 25u /* 1/25 = 4 % of the session's source symbols */
#define SC_CAST_BUDGET_MIN 1024u /* symbols: a short session tolerates a hiccup too */
#define SC_CAST_BUDGET_WORST 10u /* 1/10 of the seats are charged, … */
#define SC_CAST_BUDGET_FEW 3u    /* … and so many even of fewer than 30, but for one no more than a quarter */
#define SC_CAST_BUDGET_CHANCE 2u /* 1/2 of what the others need */

/* A seat's report of a round. */
typedef struct {
  const guint8 *deficits;
  guint32 total;    /* of the deficits */
  guint64 needed;   /* symbols that the seat has asked for, these included; of a late one as if it had been there */
  guint64 *charged; /* the seat's account, symbols */
  gpointer seat;
  gboolean over; /* (out): its repairs would exceed the budget */
} ScCastClaim;

guint64 sc_cast_budget_of (const ScCastLayout *layout);
/* What of it a seat may have used up when @n_sent source symbols are sent: twice its share of these, and a quarter of
 * the whole at once, for an outage. A seat that will be past it is so early. */
guint64 sc_cast_budget_until (guint64 budget, guint64 n_sent);

/* @needs: symbols that each seat has asked for; they are reordered. Returns: what the median seat has needed, of two
 * the better one */
guint64 sc_cast_budget_usual (guint64 *needs, guint n_seats);

/**
 * sc_cast_budget_judge:
 * @claims: the reports that lack something; they are reordered
 * @n_seats: seats that take part in the window, those that lack nothing included
 * @usual: sc_cast_budget_usual() of these
 */
void sc_cast_budget_judge (ScCastClaim *claims, guint n_claims, guint n_seats, guint n_blocks, guint64 usual,
                           guint64 budget);

G_END_DECLS
