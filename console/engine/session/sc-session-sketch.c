/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-session-sketch.h"

#include <stdlib.h>

#define SAMPLE_BITS 11 /* one place in 2^11 is a feature */
#define MAX_SAME 4u    /* chunks that are kept for a feature */
#define NO_CHUNK G_MAXUINT32

typedef struct {
  guint32 feature;
  guint32 chunk; /* NO_CHUNK: free */
} Slot;

struct _ScSessionSketchIndex {
  Slot *slots;
  gsize mask; /* of the number of slots, a power of two */
  gsize room; /* features that may still be added */
};

static guint64 gear[256];

/* splitmix64 (Vigna): any table of random numbers serves, as long as it is always the same one */
static gpointer
fill_gear (gpointer data)
{
  guint64 state = G_GUINT64_CONSTANT (0x5eacca57);

  for (guint i = 0; i < G_N_ELEMENTS (gear); i++) {
    guint64 z = state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
    gear[i] = z ^ (z >> 31);
  }
  return data;
}

static void
add_feature (ScSessionSketch *self, guint64 hash)
{
  /* the lower bits of a gear hash know only of the last bytes: all are mixed in */
  guint32 feature = (guint32) ((hash * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)) >> 32);

  /* a run of the same byte has the same hash at each place */
  for (guint i = 0; i < self->n; i++)
    if (self->features[i] == feature)
      return;
  self->features[self->n++] = feature;
}

void
sc_session_sketch_of (ScSessionSketch *self, const guint8 *chunk, gsize length)
{
  static GOnce once = G_ONCE_INIT;
  guint64 hash = 0;

  g_once (&once, fill_gear, NULL);
  self->n = 0;
  for (gsize i = 0; i < length && self->n < SC_SESSION_SKETCH_MAX; i++) {
    hash = (hash << 1) + gear[chunk[i]];
    if (G_UNLIKELY (hash >> (64 - SAMPLE_BITS) == 0))
      add_feature (self, hash);
  }
}

ScSessionSketchIndex *
sc_session_sketch_index_new (gsize n_features)
{
  ScSessionSketchIndex *self = g_new (ScSessionSketchIndex, 1);
  gsize n_slots = 64;

  while (n_slots < n_features + n_features / 2)
    n_slots *= 2;
  self->slots = g_new (Slot, n_slots);
  memset (self->slots, 0xff, n_slots * sizeof *self->slots);
  self->mask = n_slots - 1;
  self->room = n_features;
  return self;
}

void
sc_session_sketch_index_free (ScSessionSketchIndex *self)
{
  g_free (self->slots);
  g_free (self);
}

static void
add_one (ScSessionSketchIndex *self, guint32 chunk, guint32 feature)
{
  guint n_same = 0;
  gsize at = feature & self->mask;

  for (; self->slots[at].chunk != NO_CHUNK; at = (at + 1) & self->mask)
    if (self->slots[at].feature == feature && ++n_same == MAX_SAME)
      return;
  self->slots[at] = (Slot){ feature, chunk };
  self->room--;
}

void
sc_session_sketch_index_add (ScSessionSketchIndex *self, guint32 chunk, const ScSessionSketch *sketch)
{
  for (guint i = 0; i < sketch->n && self->room > 0; i++)
    add_one (self, chunk, sketch->features[i]);
}

static guint
vote (ScSessionSketchMatch *matches, guint n, guint32 chunk)
{
  for (guint i = 0; i < n; i++) {
    if (matches[i].chunk == chunk) {
      matches[i].votes++;
      return n;
    }
  }
  matches[n] = (ScSessionSketchMatch){ chunk, 1 };
  return n + 1;
}

static int
compare_matches (const void *a, const void *b)
{
  const ScSessionSketchMatch *x = a;
  const ScSessionSketchMatch *y = b;

  if (x->votes != y->votes)
    return x->votes > y->votes ? -1 : 1;
  return (x->chunk > y->chunk) - (x->chunk < y->chunk);
}

guint
sc_session_sketch_index_find (const ScSessionSketchIndex *self, const ScSessionSketch *sketch,
                              ScSessionSketchMatch *matches)
{
  guint n = 0;

  for (guint i = 0; i < sketch->n; i++) {
    guint32 feature = sketch->features[i];

    for (gsize at = feature & self->mask; self->slots[at].chunk != NO_CHUNK; at = (at + 1) & self->mask)
      if (self->slots[at].feature == feature)
        n = vote (matches, n, self->slots[at].chunk);
  }
  qsort (matches, n, sizeof *matches, compare_matches);
  return n;
}
