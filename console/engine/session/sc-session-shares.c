/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-session-shares.h"

/* The sessions that a cap holds: those with seats in @room; NULL: all; or the one alone. */
typedef struct {
  guint64 cap;
  const char *room; /* (nullable) */
  const ScSessionShare *only;
} Limit;

typedef struct {
  ScSessionShare *shares;
  gboolean *done; /* per share: it is held by a cap that is used up */
  guint n;
  GArray *limits; /* Limit */
} Sharing;

static gboolean
holds (const Limit *limit, const ScSessionShare *share)
{
  if (limit->only != NULL)
    return limit->only == share;
  return limit->room == NULL || g_ptr_array_find_with_equal_func (share->rooms, limit->room, g_str_equal, NULL);
}

/* What each of those that still grow can get of it; G_MAXUINT64: none grows. */
static guint64
room_in (const Sharing *self, const Limit *limit)
{
  guint64 used = 0;
  guint growing = 0;

  for (guint i = 0; i < self->n; i++) {
    if (!holds (limit, &self->shares[i]))
      continue;
    used += self->shares[i].rate;
    growing += !self->done[i];
  }
  return growing == 0 ? G_MAXUINT64 : (limit->cap - MIN (used, limit->cap)) / growing;
}

static guint64
least_room (const Sharing *self)
{
  guint64 least = G_MAXUINT64;

  for (guint i = 0; i < self->limits->len; i++)
    least = MIN (least, room_in (self, &g_array_index (self->limits, Limit, i)));
  return least;
}

static void
grow (Sharing *self, guint64 step)
{
  for (guint i = 0; i < self->n; i++)
    if (!self->done[i])
      self->shares[i].rate += step;
}

static void
mark_done (Sharing *self)
{
  g_autofree gboolean *held = g_new0 (gboolean, self->n);

  for (guint i = 0; i < self->limits->len; i++) {
    const Limit *limit = &g_array_index (self->limits, Limit, i);

    if (room_in (self, limit) > 0)
      continue;
    for (guint k = 0; k < self->n; k++)
      held[k] |= holds (limit, &self->shares[k]);
  }
  for (guint k = 0; k < self->n; k++)
    self->done[k] |= held[k];
}

void
sc_session_shares_compute (ScSessionShare *shares, guint n_shares, guint64 cap, GHashTable *room_caps)
{
  g_autoptr (GArray) limits = g_array_new (FALSE, FALSE, sizeof (Limit));
  g_autofree gboolean *done = g_new0 (gboolean, n_shares);
  Sharing self = { shares, done, n_shares, limits };
  GHashTableIter iter;
  gpointer room, room_cap;
  guint64 step;

  if (cap != 0)
    g_array_append_vals (limits, &(Limit){ .cap = cap }, 1);
  g_hash_table_iter_init (&iter, room_caps);
  while (g_hash_table_iter_next (&iter, &room, &room_cap))
    g_array_append_vals (limits, &(Limit){ .cap = *(const guint64 *) room_cap, .room = room }, 1);
  for (guint i = 0; i < n_shares; i++) {
    shares[i].rate = 0;
    if (shares[i].cap != 0)
      g_array_append_vals (limits, &(Limit){ .cap = shares[i].cap, .only = &shares[i] }, 1);
  }
  /* each turn uses up at least one cap */
  while ((step = least_room (&self)) != G_MAXUINT64) {
    grow (&self, step);
    mark_done (&self);
  }
  for (guint i = 0; i < n_shares; i++)
    shares[i].rate = done[i] ? MAX (shares[i].rate, 1) : 0;
}
