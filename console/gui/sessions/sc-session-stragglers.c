/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sessions/sc-session-stragglers.h"

#include "console/gui/words/sc-session-words.h"
#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>

#define BEHIND 0.10 /* so much less than half of the seats have: worth a word */
#define LOSSY 0.02  /* what a seat may lose before that is worth a word */

static void
straggler_free (ScStraggler *straggler)
{
  g_object_unref (straggler->seat);
  g_free (straggler->why);
  g_free (straggler);
}

static double
fraction_of (const ScSessionSeatInfo *seat)
{
  return seat->total > 0 ? (double) MIN (seat->done, seat->total) / (double) seat->total : 1.0;
}

static int
compare_fractions (gconstpointer a, gconstpointer b)
{
  double left = *(const double *) a;
  double right = *(const double *) b;

  return left < right ? -1 : left > right;
}

/* What half of the seats have at least. */
static double
find_median (ScItemList *parts)
{
  g_autoptr (GArray) fractions = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < sc_item_list_get_length (parts); i++) {
    double fraction = fraction_of (sc_session_seat_item_get_info (sc_item_list_at (parts, i)));

    g_array_append_val (fractions, fraction);
  }
  g_array_sort (fractions, compare_fractions);
  return fractions->len > 0 ? g_array_index (fractions, double, fractions->len / 2) : 0;
}

static gboolean
is_throttled (ScItemList *seats, const char *id)
{
  ScSeatItem *seat = sc_item_list_find (seats, id);

  return seat != NULL && sc_seat_item_get_info (seat)->transfer.throttled;
}

static void
add (GPtrArray *whys, char *why)
{
  g_ptr_array_add (whys, why);
}

static char *
explain_catch_up (const ScSessionSeatInfo *seat)
{
  if (*seat->reason != '\0')
    return g_strdup_printf (_ ("catches up: %s"), seat->reason);
  return g_strdup (_ ("catches up without multicast"));
}

/* (nullable): what holds up a seat that the session waits for */
static char *
explain (const ScSessionSeatInfo *seat, ScItemList *seats, double median)
{
  g_autoptr (GPtrArray) whys = g_ptr_array_new_with_free_func (g_free);
  double loss = sc_session_words_loss (seat);
  double behind = median - fraction_of (seat);

  if (!sc_session_words_is_online (seats, seat->id))
    return g_strdup (_ ("is offline"));
  if (seat->catch_up)
    add (whys, explain_catch_up (seat));
  if (loss >= LOSSY) {
    g_autofree char *percent = sc_words_percent (loss);

    add (whys, g_strdup_printf (_ ("loses %s of the packets"), percent));
  }
  if (is_throttled (seats, seat->id))
    add (whys, g_strdup (_ ("goes slowly, somebody uses it")));
  if (behind >= BEHIND) {
    g_autofree char *percent = sc_words_percent (behind);

    add (whys, g_strdup_printf (_ ("%s behind the others"), percent));
  }
  if (whys->len == 0)
    return NULL;
  g_ptr_array_add (whys, NULL);
  return g_strjoinv ("; ", (char **) whys->pdata);
}

/* @over: only those that failed are told of, under that heading */
static char *
explain_failure (const ScSessionSeatInfo *seat, gboolean over)
{
  if (*seat->reason == '\0')
    return g_strdup (_ ("failed"));
  return over ? g_strdup (seat->reason) : g_strdup_printf (_ ("failed: %s"), seat->reason);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const ScStraggler *left = *(ScStraggler *const *) a;
  const ScStraggler *right = *(ScStraggler *const *) b;
  double left_fraction = fraction_of (sc_session_seat_item_get_info (left->seat));
  double right_fraction = fraction_of (sc_session_seat_item_get_info (right->seat));

  if (left_fraction != right_fraction)
    return left_fraction < right_fraction ? -1 : 1;
  return sc_item_compare (SC_ITEM (left->seat), SC_ITEM (right->seat));
}

GPtrArray *
sc_session_find_stragglers (ScSessionItem *session, ScItemList *seats)
{
  GPtrArray *stragglers = g_ptr_array_new_with_free_func ((GDestroyNotify) straggler_free);
  ScItemList *parts = sc_session_item_get_seats (session);
  double median = find_median (parts);

  for (guint i = 0; i < sc_item_list_get_length (parts); i++) {
    ScSessionSeatItem *seat = sc_item_list_at (parts, i);
    const ScSessionSeatInfo *info = sc_session_seat_item_get_info (seat);
    char *why = NULL;
    ScStraggler *straggler;

    if (info->state == SC_TRANSFER_FAILED)
      why = explain_failure (info, sc_session_item_is_over (session));
    else if (sc_session_seat_item_is_awaited (seat))
      why = explain (info, seats, median);
    if (why == NULL)
      continue;
    straggler = g_new0 (ScStraggler, 1);
    straggler->seat = g_object_ref (seat);
    straggler->why = why;
    g_ptr_array_add (stragglers, straggler);
  }
  g_ptr_array_sort (stragglers, compare);
  return stragglers;
}
