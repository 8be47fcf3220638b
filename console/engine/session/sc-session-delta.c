/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-session-delta.h"

#include "common/sc-error.h"
#include "console/engine/session/sc-session-references.h"
#include "console/engine/session/sc-session-sketch.h"

#define DELTA_LEVEL 3
#define BATCH 16u             /* items that a thread takes at a time: they lie beside one another in the packs */
#define MIN_VOTES 2u          /* of a chunk that is worth a try */
#define MIN_FEATURES 4u       /* a chunk with fewer is tried against the one at its place whatever the votes say */
#define MIN_SAVED 96u         /* bytes: the reference's id in the plan, and something for the work */
#define MIN_SAVED_DIVISOR 10u /* of the frame's length */
#define NO_POSITION G_MAXUINT32

typedef struct {
  const ScSessionDeltaInput *input;
  GCancellable *cancellable;
  ScSessionReferences *references;
  ScStoreEntry *entries; /* the references that are compared, in pack order */
  guint32 n;
  ScSessionSketch *sketches; /* per entry; n = 0: not read */
  guint32 *numbers;          /* per entry: its number as a reference */
  guint32 *positions;        /* per reference: its entry, or NO_POSITION */
  ScSessionSketchIndex *index;
  ScSessionDeltas *deltas;
  gint64 deadline; /* of the phase */
  gint next;       /* (atomic): item of the phase */
  GMutex lock;     /* guards @deltas and @error while threads run */
  GError *error;
} Search;

/* One thread's. */
typedef struct {
  Search *search;
  ScFrameCoder *coder;
  guint8 frame[SC_FRAME_MAX], chunk[SC_CHUNK_SIZE], reference[SC_CHUNK_SIZE];
  guint8 out[2][SC_FRAME_MAX]; /* the better one, and the next try */
} Hand;

typedef struct {
  Search *search;
  void (*item) (Hand *hand, guint32 index);
  guint32 n;
} Phase;

void
sc_session_delta_limits_init (ScSessionDeltaLimits *self, guint32 n_frames)
{
  guint64 references = 8192 + (guint64) n_frames * 16;

  self->max_references = (guint32) MIN (references, 131072);
  self->max_time = 2 * G_TIME_SPAN_SECOND + (gint64) n_frames * SC_CHUNK_SIZE * G_TIME_SPAN_SECOND / (1 << 30);
  self->memory = SC_SESSION_DELTAS_MEMORY;
}

static void
search_clear (Search *self)
{
  sc_session_references_free (self->references);
  g_free (self->entries);
  g_free (self->sketches);
  g_free (self->numbers);
  g_free (self->positions);
  g_clear_pointer (&self->index, sc_session_sketch_index_free);
  g_clear_pointer (&self->deltas, sc_session_deltas_free);
  g_clear_error (&self->error);
  g_mutex_clear (&self->lock);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Search, search_clear)

/* The seat checks what it decodes by its hash; here the entry's checksum is enough. */
static gboolean
read_chunk (Hand *hand, const ScStoreEntry *entry, guint8 *chunk)
{
  if (!sc_store_read_frame (hand->search->input->store, entry, hand->frame, NULL))
    return FALSE;
  return sc_frame_decode (hand->coder, entry->encoding, hand->frame, entry->stored_length, NULL, 0, chunk,
                          entry->length, NULL);
}

/* the threads */

static gboolean
is_to_stop (const Search *self)
{
  return g_cancellable_is_cancelled (self->cancellable) || g_get_monotonic_time () > self->deadline;
}

static gpointer
run_hand (gpointer data)
{
  const Phase *phase = data;
  Hand *hand = g_new (Hand, 1);
  guint32 first;

  hand->search = phase->search;
  hand->coder = sc_frame_coder_new ();
  sc_frame_coder_set_level (hand->coder, DELTA_LEVEL);
  while (!is_to_stop (phase->search) && (first = (guint32) g_atomic_int_add (&phase->search->next, BATCH)) < phase->n)
    for (guint32 i = first; i < MIN (first + BATCH, phase->n); i++)
      phase->item (hand, i);
  sc_frame_coder_free (hand->coder);
  g_free (hand);
  return NULL;
}

static void
run_phase (Search *search, void (*item) (Hand *, guint32), guint32 n, gint64 deadline)
{
  Phase phase = { search, item, n };
  GThread *second;

  search->next = 0;
  search->deadline = deadline;
  second = g_thread_try_new ("session-delta", run_hand, &phase, NULL);
  run_hand (&phase);
  if (second != NULL)
    g_thread_join (second);
}

/* what the seats have */

static gint
compare_places (gconstpointer a, gconstpointer b, gpointer data)
{
  const ScStoreEntry *x = a;
  const ScStoreEntry *y = b;

  if (x->pack != y->pack)
    return x->pack < y->pack ? -1 : 1;
  return (x->offset > y->offset) - (x->offset < y->offset);
}

static gboolean
choose_references (Search *self, GError **error)
{
  g_autoptr (GArray) ids = sc_session_references_choose (self->references, self->input->limits.max_references);
  guint32 n_references = sc_session_references_get_n (self->references);

  self->n = ids->len;
  self->entries = g_new0 (ScStoreEntry, MAX (self->n, 1));
  if (self->n > 0 &&
      !sc_store_locate (self->input->store, (const ScChunkId *) (gpointer) ids->data, self->n, self->entries, error))
    return FALSE;
  g_qsort_with_data (self->entries, (gint) self->n, sizeof *self->entries, compare_places, NULL);
  self->sketches = g_new0 (ScSessionSketch, MAX (self->n, 1));
  self->numbers = g_new (guint32, MAX (self->n, 1));
  self->positions = g_new (guint32, MAX (n_references, 1));
  memset (self->positions, 0xff, n_references * sizeof *self->positions);
  for (guint32 i = 0; i < self->n; i++) {
    self->numbers[i] = sc_session_references_find (self->references, &self->entries[i].id);
    self->positions[self->numbers[i]] = i;
  }
  return TRUE;
}

static void
sketch_reference (Hand *hand, guint32 index)
{
  Search *self = hand->search;

  if (read_chunk (hand, &self->entries[index], hand->chunk))
    sc_session_sketch_of (&self->sketches[index], hand->chunk, self->entries[index].length);
}

static void
index_sketches (Search *self)
{
  gsize n_features = 0;

  for (guint32 i = 0; i < self->n; i++)
    n_features += self->sketches[i].n;
  self->index = sc_session_sketch_index_new (n_features);
  for (guint32 i = 0; i < self->n; i++)
    sc_session_sketch_index_add (self->index, i, &self->sketches[i]);
}

/* the frames */

/* A seat that lacks a chunk which it should have has something else than it says. */
static gboolean
is_doubtful (const Search *self, const ScChunkId *id, guint32 chunk)
{
  guint32 number = sc_session_references_find (self->references, id);

  return number != SC_CHUNK_INDEX_NONE && sc_session_references_are_held (self->references, number, chunk);
}

/* Entries that are worth a try for a chunk, at most 2. */
static guint
choose_candidates (const Search *self, const ScSessionSketch *sketch, guint32 chunk, guint32 candidates[2])
{
  ScSessionSketchMatch matches[SC_SESSION_SKETCH_MAX_MATCHES];
  guint n_matches = sc_session_sketch_index_find (self->index, sketch, matches);
  guint32 same = sc_session_references_find_same (self->references, chunk);
  guint32 same_entry = same != SC_CHUNK_INDEX_NONE ? self->positions[same] : NO_POSITION;
  guint32 best_votes = 0, same_votes = 0;
  guint n = 0;

  for (guint i = 0; i < n_matches; i++) {
    if (matches[i].chunk == same_entry)
      same_votes = matches[i].votes;
    if (n > 0 || matches[i].votes < MIN_VOTES ||
        !sc_session_references_serves (self->references, self->numbers[matches[i].chunk], chunk))
      continue;
    best_votes = matches[i].votes;
    candidates[n++] = matches[i].chunk;
  }
  if (same_entry != NO_POSITION && (n == 0 || candidates[0] != same_entry) &&
      (sketch->n < MIN_FEATURES || (same_votes > 0 && same_votes * 2 >= best_votes)))
    candidates[n++] = same_entry;
  return n;
}

static gboolean
is_worth_it (const ScStoreEntry *stored, gsize length)
{
  return length + MAX (MIN_SAVED, stored->stored_length / MIN_SAVED_DIVISOR) <= stored->stored_length;
}

static void
add_delta (Search *self, guint32 frame, guint32 reference, const guint8 *bytes, gsize length)
{
  guint64 saved = self->input->entries[frame].stored_length - length - sizeof (ScChunkId);

  g_mutex_lock (&self->lock);
  if (self->error == NULL)
    sc_session_deltas_add (self->deltas, frame, &self->entries[reference].id, bytes, length, saved, &self->error);
  g_mutex_unlock (&self->lock);
}

static void
encode_frame (Hand *hand, guint32 frame)
{
  Search *self = hand->search;
  const ScStoreEntry *entry = &self->input->entries[frame];
  guint32 chunk = sc_chunk_index_find (self->input->chunks, &entry->id);
  guint32 candidates[2], best = NO_POSITION;
  gsize best_length = entry->stored_length;
  guint n, turn = 0;
  ScSessionSketch sketch;

  if (sc_session_holders_get_mask (self->input->holders, chunk) == 0 || is_doubtful (self, &entry->id, chunk) ||
      !read_chunk (hand, entry, hand->chunk))
    return;
  sc_session_sketch_of (&sketch, hand->chunk, entry->length);
  n = choose_candidates (self, &sketch, chunk, candidates);
  for (guint i = 0; i < n; i++) {
    const ScStoreEntry *reference = &self->entries[candidates[i]];
    ScEncoding encoding;
    gsize length;

    if (!read_chunk (hand, reference, hand->reference))
      continue;
    length = sc_frame_encode (hand->coder, hand->chunk, entry->length, hand->reference, reference->length,
                              hand->out[turn], &encoding);
    if (encoding != SC_ENCODING_DELTA || length >= best_length)
      continue;
    best = candidates[i];
    best_length = length;
    turn = 1 - turn; /* the next try does not overwrite it */
  }
  if (best != NO_POSITION && is_worth_it (entry, best_length))
    add_delta (self, frame, best, hand->out[1 - turn], best_length);
}

static gboolean
end (Search *self, GError **error)
{
  if (g_cancellable_is_cancelled (self->cancellable)) {
    g_set_error_literal (error, SC_ERROR, SC_ERROR_CANCELLED, "the session was ended while its plan was made");
    return FALSE;
  }
  if (self->error != NULL) {
    g_propagate_error (error, g_steal_pointer (&self->error));
    return FALSE;
  }
  sc_session_deltas_seal (self->deltas);
  return TRUE;
}

ScSessionDeltas *
sc_session_delta_make (const ScSessionDeltaInput *input, GCancellable *cancellable, GError **error)
{
  g_auto (Search) self = { .input = input, .cancellable = cancellable };
  gint64 start = g_get_monotonic_time ();

  g_mutex_init (&self.lock);
  self.deltas = sc_session_deltas_new (input->store, input->limits.memory);
  self.references = sc_session_references_new (input->store, input->version, input->chunks, input->holders, error);
  if (self.references == NULL || !choose_references (&self, error))
    return NULL;
  if (self.n > 0) {
    run_phase (&self, sketch_reference, self.n, start + input->limits.max_time / 2);
    index_sketches (&self);
    run_phase (&self, encode_frame, input->n_entries, start + input->limits.max_time);
  }
  return end (&self, error) ? g_steal_pointer (&self.deltas) : NULL;
}
