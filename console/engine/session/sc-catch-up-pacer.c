/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-catch-up-pacer.h"

typedef struct {
  guint64 rate; /* bits/s */
  gint64 free;  /* from when on the next may go */
} Line;

typedef struct {
  guint64 ticket;
  char *seat, *room;
  guint64 bytes;
} Answer;

struct _ScCatchUpPacer {
  Line line;          /* of all */
  GHashTable *rooms;  /* utf8 → Line */
  GHashTable *served; /* utf8: seats → GUINT_TO_POINTER: how many answers went before their last one */
  GPtrArray *waiting; /* Answer, in the order in which they came */
  guint64 last_ticket;
  guint n_served;
};

static void
answer_free (gpointer data)
{
  Answer *answer = data;

  g_free (answer->seat);
  g_free (answer->room);
  g_free (answer);
}

ScCatchUpPacer *
sc_catch_up_pacer_new (guint64 rate, gint64 now)
{
  ScCatchUpPacer *self = g_new0 (ScCatchUpPacer, 1);

  self->line = (Line){ MAX (rate, 1), now };
  self->rooms = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->served = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->waiting = g_ptr_array_new_with_free_func (answer_free);
  return self;
}

void
sc_catch_up_pacer_free (ScCatchUpPacer *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->rooms);
  g_hash_table_unref (self->served);
  g_ptr_array_unref (self->waiting);
  g_free (self);
}

/* What has gone already takes its time at the new rate. */
static void
set_rate (Line *line, guint64 rate, gint64 now)
{
  gint64 owed = MAX (line->free - now, 0);

  rate = MAX (rate, 1);
  line->free = now + (gint64) MIN ((double) owed * (double) line->rate / (double) rate, (double) G_TIME_SPAN_DAY);
  line->rate = rate;
}

static void
use (Line *line, guint64 bytes, gint64 now)
{
  double time = (double) bytes * 8 * G_USEC_PER_SEC / (double) line->rate;

  line->free = MAX (line->free, now) + (gint64) MIN (time, (double) G_TIME_SPAN_DAY);
}

void
sc_catch_up_pacer_set_rate (ScCatchUpPacer *self, guint64 rate, gint64 now)
{
  if (rate != self->line.rate)
    set_rate (&self->line, rate, now);
}

void
sc_catch_up_pacer_set_room_rate (ScCatchUpPacer *self, const char *room, guint64 rate, gint64 now)
{
  Line *line = g_hash_table_lookup (self->rooms, room);

  if (rate == 0) {
    g_hash_table_remove (self->rooms, room);
  } else if (line == NULL) {
    line = g_new (Line, 1);
    *line = (Line){ rate, now };
    g_hash_table_insert (self->rooms, g_strdup (room), line);
  } else if (line->rate != rate) {
    set_rate (line, rate, now);
  }
}

guint64
sc_catch_up_pacer_add (ScCatchUpPacer *self, const char *seat, const char *room, guint64 bytes)
{
  Answer *answer = g_new (Answer, 1);

  *answer = (Answer){ ++self->last_ticket, g_strdup (seat), g_strdup (room), bytes };
  g_ptr_array_add (self->waiting, answer);
  return answer->ticket;
}

void
sc_catch_up_pacer_remove (ScCatchUpPacer *self, guint64 ticket)
{
  for (guint i = 0; i < self->waiting->len; i++) {
    if (((const Answer *) g_ptr_array_index (self->waiting, i))->ticket == ticket) {
      g_ptr_array_remove_index (self->waiting, i);
      return;
    }
  }
}

/* When the answer may go, for all that those that wait with it have to say. */
static gint64
time_of (const ScCatchUpPacer *self, const Answer *answer)
{
  const Line *line = g_hash_table_lookup (self->rooms, answer->room);

  return line != NULL ? MAX (line->free, self->line.free) : self->line.free;
}

static guint
served_of (const ScCatchUpPacer *self, const Answer *answer)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->served, answer->seat));
}

/* Returns: the next one's place; G_MAXUINT: none may go */
static guint
find_next (const ScCatchUpPacer *self, gint64 now)
{
  guint best = G_MAXUINT;

  for (guint i = 0; i < self->waiting->len; i++) {
    const Answer *answer = g_ptr_array_index (self->waiting, i);

    if (time_of (self, answer) <= now &&
        (best == G_MAXUINT || served_of (self, answer) < served_of (self, g_ptr_array_index (self->waiting, best))))
      best = i;
  }
  return best;
}

guint64
sc_catch_up_pacer_peek (const ScCatchUpPacer *self, gint64 now)
{
  guint next = self->line.free <= now ? find_next (self, now) : G_MAXUINT;

  return next != G_MAXUINT ? ((const Answer *) g_ptr_array_index (self->waiting, next))->ticket : 0;
}

guint64
sc_catch_up_pacer_take (ScCatchUpPacer *self, gint64 now)
{
  guint next = self->line.free <= now ? find_next (self, now) : G_MAXUINT;
  guint64 ticket;
  const Answer *answer;
  Line *line;

  if (next == G_MAXUINT)
    return 0;
  answer = g_ptr_array_index (self->waiting, next);
  line = g_hash_table_lookup (self->rooms, answer->room);
  use (&self->line, answer->bytes, now);
  if (line != NULL)
    use (line, answer->bytes, now);
  g_hash_table_replace (self->served, g_strdup (answer->seat), GUINT_TO_POINTER (++self->n_served));
  ticket = answer->ticket;
  g_ptr_array_remove_index (self->waiting, next);
  return ticket;
}

gint64
sc_catch_up_pacer_get_timeout (const ScCatchUpPacer *self)
{
  gint64 next = G_MAXINT64;

  for (guint i = 0; i < self->waiting->len; i++)
    next = MIN (next, time_of (self, g_ptr_array_index (self->waiting, i)));
  return next;
}

guint
sc_catch_up_pacer_count (const ScCatchUpPacer *self)
{
  return self->waiting->len;
}
