/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/simulation/term.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
  gint64 from, to;
} Span;

/* A seat is to have a piece by the end of the last of these times, and can get it in any of them. */
typedef struct {
  guint16 slot, content;
  guint first, n; /* of the spans */
  gint64 deadline;
} Need;

typedef struct {
  GArray *needs, *spans;
  TermSending sending;
} Needs;

static int
compare_stays (const void *a, const void *b)
{
  const TermStay *one = a, *other = b;

  if (one->seat != other->seat)
    return one->seat < other->seat ? -1 : 1;
  return one->from < other->from ? -1 : one->from > other->from;
}

static gboolean
has_piece (const Term *term, const TermStay *stay, guint slot, guint content)
{
  return (stay->templates >> (slot % TERM_TEMPLATES) & 1) != 0 && term->content[stay->version][slot] == content;
}

/* The time until @deadline in which it was to have the piece already, and could be sent it. @stays: of the seat, up to
 * the one that has the promise */
static void
add_need (const Term *term, Needs *needs, const TermStay *stays, guint n_stays, guint slot, gint64 deadline)
{
  const TermStay *last = &stays[n_stays - 1];
  Need need = { (guint16) slot, term->content[last->version][slot], needs->spans->len, 0, deadline };

  for (guint i = n_stays; i > 0 && has_piece (term, &stays[i - 1], slot, need.content); i--) {
    Span span = { stays[i - 1].from, MIN (stays[i - 1].to, deadline) };

    g_array_append_val (needs->spans, span);
    need.n++;
  }
  g_array_append_val (needs->needs, need);
}

static gboolean
lacks_piece (const Term *term, const guint32 *known, const TermStay *stay, guint slot)
{
  guint content = term->content[stay->version][slot];

  return has_piece (term, stay, slot, content) && (known[slot] >> content & 1) == 0;
}

static gint64
get_lacking (const Term *term, const guint32 *known, const TermStay *stay)
{
  gint64 time = 0;

  for (guint slot = 0; slot < TERM_SLOTS; slot++) {
    if (lacks_piece (term, known, stay, slot))
      time += term->seconds[term->content[stay->version][slot]];
  }
  return time;
}

/* @stays: as above. Returns: whether it needs anything in the last of them */
static gboolean
collect_of_stay (const Term *term, Needs *needs, guint32 *known, const TermStay *stays, guint n_stays)
{
  const TermStay *stay = &stays[n_stays - 1];
  gint64 time = stay->begins;
  gboolean needed = FALSE;

  if (needs->sending == TERM_SENDING_LATEST)
    time += get_lacking (term, known, stay);
  for (guint slot = 0; slot < TERM_SLOTS; slot++) {
    guint content = term->content[stay->version][slot];

    if (!lacks_piece (term, known, stay, slot))
      continue;
    if (needs->sending == TERM_SENDING_IN_ORDER)
      time += term->seconds[content];
    if (stay->to - stay->from < time)
      break;
    known[slot] |= 1u << content;
    needed = TRUE;
    add_need (term, needs, stays, n_stays, slot, stay->from + time);
  }
  return needed;
}

/* Of one seat, in the order of time. */
static void
collect_of_seat (Term *term, Needs *needs, const TermStay *stays, guint n_stays)
{
  guint32 known[TERM_SLOTS];
  guint n = 0;

  for (guint slot = 0; slot < TERM_SLOTS; slot++)
    known[slot] = 1u << 1;
  for (guint i = 0; i < n_stays; i++) {
    if (stays[i].begins != G_MAXINT64)
      n += collect_of_stay (term, needs, known, stays, i + 1);
  }
  if (needs->sending == TERM_SENDING_AT_ONCE)
    term->n_promises += n;
}

static int
compare_needs (const void *a, const void *b)
{
  const Need *one = a, *other = b;

  if (one->slot != other->slot)
    return one->slot < other->slot ? -1 : 1;
  if (one->content != other->content)
    return one->content < other->content ? -1 : 1;
  return one->deadline < other->deadline ? -1 : one->deadline > other->deadline;
}

/* Whether both are there for as long as sending the piece takes. */
static gboolean
can_share (const Term *term, const Needs *needs, const Need *a, const Need *b)
{
  gint64 seconds = needs->sending == TERM_SENDING_AT_ONCE ? 0 : term->seconds[a->content];

  for (guint i = a->first; i < a->first + a->n; i++) {
    const Span *one = &g_array_index (needs->spans, Span, i);

    for (guint j = b->first; j < b->first + b->n; j++) {
      const Span *other = &g_array_index (needs->spans, Span, j);

      if (MAX (one->from, other->from) + seconds <= MIN (one->to, other->to))
        return TRUE;
    }
  }
  return FALSE;
}

static guint64
count (const Term *term, const Needs *needs, guint64 *of)
{
  g_autoptr (GPtrArray) counted = g_ptr_array_new ();
  guint64 n = 0;

  for (guint i = 0; i < needs->needs->len; i++) {
    Need *need = &g_array_index (needs->needs, Need, i);
    gboolean shared = FALSE;

    if (i > 0 && (need[-1].slot != need->slot || need[-1].content != need->content))
      g_ptr_array_set_size (counted, 0);
    for (guint j = counted->len; j > 0 && !shared; j--)
      shared = can_share (term, needs, g_ptr_array_index (counted, j - 1), need);
    if (shared)
      continue;
    g_ptr_array_add (counted, need);
    of[need->content] += term->seconds[need->content];
    n += term->seconds[need->content];
  }
  return n;
}

guint64
term_count_needed (Term *self, TermSending sending, guint64 of[TERM_VERSIONS])
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (Need));
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (Span));
  Needs needs = { all, spans, sending };
  TermStay *stays = (TermStay *) (void *) self->stays->data;

  for (guint i = 0; i < self->stays->len; i++)
    stays[i].to = MIN (stays[i].to, self->time);
  qsort (stays, self->stays->len, sizeof *stays, compare_stays);
  for (guint i = 0, end; i < self->stays->len; i = end) {
    for (end = i; end < self->stays->len && stays[end].seat == stays[i].seat;)
      end++;
    collect_of_seat (self, &needs, &stays[i], end - i);
  }
  qsort (all->data, all->len, sizeof (Need), compare_needs);
  memset (of, 0, TERM_VERSIONS * sizeof *of);
  return count (self, &needs, of);
}
