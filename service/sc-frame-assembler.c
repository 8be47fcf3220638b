/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-frame-assembler.h"

#include "common/sc-error.h"

#define PLAN_MAX_BYTES (8u + (guint64) SC_CAST_PLAN_MAX_FRAMES * 68u)

/* A frame of which some bytes are here. */
typedef struct {
  guint8 *bytes;
  guint32 filled;
} Partial;

typedef struct {
  guint32 block;
  GBytes *bytes;
} HeldBlock;

struct _ScFrameAssembler {
  ScCastLayout layout;
  ScChunkId plan_id;
  ScFrameAssemblerFuncs funcs;
  gpointer user_data;
  guint8 *plan_bytes; /* NULL once the plan is known or given up */
  guint32 plan_blocks_left;
  ScCastPlan *plan;
  GQueue held;    /* HeldBlock: content from before the plan */
  GTree *partial; /* frame index → Partial, so that the oldest is found first */
};

static void
partial_free (gpointer data)
{
  Partial *partial = data;
  g_free (partial->bytes);
  g_free (partial);
}

static void
held_block_free (gpointer data)
{
  HeldBlock *held = data;
  g_bytes_unref (held->bytes);
  g_free (held);
}

static int
compare_indices (gconstpointer a, gconstpointer b, gpointer user_data)
{
  guint x = GPOINTER_TO_UINT (a), y = GPOINTER_TO_UINT (b);
  return (x > y) - (x < y);
}

ScFrameAssembler *
sc_frame_assembler_new (const ScCastLayout *layout, const ScChunkId *plan_id, const ScFrameAssemblerFuncs *funcs,
                        gpointer user_data, GError **error)
{
  if (layout->plan_length == 0 || layout->plan_length > PLAN_MAX_BYTES) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "The session's plan is said to be %" G_GUINT64_FORMAT " bytes long; the limit is %" G_GUINT64_FORMAT,
                 layout->plan_length, PLAN_MAX_BYTES);
    return NULL;
  }

  g_autoptr (ScFrameAssembler) self = g_new0 (ScFrameAssembler, 1);
  self->layout = *layout;
  self->plan_id = *plan_id;
  self->funcs = *funcs;
  self->user_data = user_data;
  self->plan_blocks_left = sc_cast_layout_n_plan_blocks (layout);
  self->partial = g_tree_new_full (compare_indices, NULL, NULL, partial_free);
  g_queue_init (&self->held);
  self->plan_bytes = g_try_malloc (layout->plan_length);
  if (self->plan_bytes == NULL) {
    g_set_error (error, SC_ERROR, SC_ERROR_SYSTEM, "No memory for the session's plan of %" G_GUINT64_FORMAT " bytes",
                 layout->plan_length);
    return NULL;
  }
  return g_steal_pointer (&self);
}

void
sc_frame_assembler_free (ScFrameAssembler *self)
{
  g_free (self->plan_bytes);
  g_clear_pointer (&self->plan, sc_cast_plan_free);
  g_queue_clear_full (&self->held, held_block_free);
  g_tree_unref (self->partial);
  g_free (self);
}

gboolean
sc_frame_assembler_has_plan (ScFrameAssembler *self)
{
  return self->plan != NULL;
}

static gboolean
find_first (gpointer key, gpointer value, gpointer data)
{
  *(gpointer *) data = key;
  return TRUE;
}

/* Adds a piece of a frame that does not lie within one block. */
static gboolean
put_piece (ScFrameAssembler *self, guint32 index, const ScCastFrame *frame, guint64 offset, const guint8 *bytes,
           guint32 length, GError **error)
{
  Partial *partial = g_tree_lookup (self->partial, GUINT_TO_POINTER (index));

  if (partial == NULL) {
    if (g_tree_nnodes (self->partial) >= (int) SC_FRAME_ASSEMBLER_MAX_PARTIAL) {
      gpointer oldest = NULL;
      g_tree_foreach (self->partial, find_first, &oldest);
      g_tree_remove (self->partial, oldest);
    }
    partial = g_new0 (Partial, 1);
    partial->bytes = g_malloc (frame->length);
    g_tree_insert (self->partial, GUINT_TO_POINTER (index), partial);
  }
  memcpy (partial->bytes + offset, bytes, length);
  partial->filled += length;
  if (partial->filled < frame->length)
    return TRUE;

  g_autoptr (GBytes) whole = g_bytes_new_take (g_steal_pointer (&partial->bytes), frame->length);
  gboolean ok = self->funcs.frame (self->user_data, frame, g_bytes_get_data (whole, NULL), whole, error);
  g_tree_remove (self->partial, GUINT_TO_POINTER (index));
  return ok;
}

static gboolean
put_content (ScFrameAssembler *self, guint32 block, GBytes *block_bytes, GError **error)
{
  gsize size;
  const guint8 *bytes = g_bytes_get_data (block_bytes, &size);
  guint64 start = sc_cast_layout_block_offset (&self->layout, block, NULL);
  guint64 end = start + size;
  guint32 n_frames = sc_cast_plan_get_n_frames (self->plan);
  gboolean ok = TRUE;

  for (guint32 i = sc_cast_plan_find_frame (self->plan, start); ok && i < n_frames; i++) {
    ScCastFrame frame;
    sc_cast_plan_get_frame (self->plan, i, &frame);
    if (frame.offset >= end)
      break;
    guint64 from = MAX (start, frame.offset);
    guint64 to = MIN (end, frame.offset + frame.length);
    if (to - from == frame.length)
      ok = self->funcs.frame (self->user_data, &frame, bytes + (from - start), block_bytes, error);
    else
      ok = put_piece (self, i, &frame, from - frame.offset, bytes + (from - start), (guint32) (to - from), error);
  }
  self->funcs.release (self->user_data, block);
  return ok;
}

gboolean
sc_frame_assembler_set_plan (ScFrameAssembler *self, GBytes *plan, GError **error)
{
  if (self->plan != NULL)
    return TRUE;

  ScChunkId id;
  sc_chunk_id_of (&id, g_bytes_get_data (plan, NULL), g_bytes_get_size (plan));
  if (!sc_chunk_id_equal (&id, &self->plan_id)) {
    g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT, "The session's plan is damaged: its SHA-256 is not the order's");
    return FALSE;
  }
  g_autoptr (ScCastPlan) parsed = sc_cast_plan_parse (plan, error);
  if (parsed == NULL)
    return FALSE;
  if (sc_cast_plan_get_content_length (parsed) != self->layout.content_length) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "The session's plan lists %" G_GUINT64_FORMAT " bytes but the order says %" G_GUINT64_FORMAT,
                 sc_cast_plan_get_content_length (parsed), self->layout.content_length);
    return FALSE;
  }
  self->plan = g_steal_pointer (&parsed);
  g_clear_pointer (&self->plan_bytes, g_free);

  gboolean ok = TRUE;
  for (HeldBlock *held = g_queue_pop_head (&self->held); held != NULL && ok;
       held = ok ? g_queue_pop_head (&self->held) : NULL) {
    ok = put_content (self, held->block, held->bytes, error);
    held_block_free (held);
  }
  return ok;
}

static gboolean
put_plan_block (ScFrameAssembler *self, guint32 block, GBytes *block_bytes, GError **error)
{
  gsize size;
  const guint8 *bytes = g_bytes_get_data (block_bytes, &size);
  guint64 offset = sc_cast_layout_block_offset (&self->layout, block, NULL);

  if (self->plan_bytes != NULL) {
    memcpy (self->plan_bytes + offset, bytes, size);
    self->plan_blocks_left--;
  }
  self->funcs.release (self->user_data, block);
  if (self->plan_bytes == NULL || self->plan_blocks_left > 0)
    return TRUE;

  g_autoptr (GBytes) plan = g_bytes_new_take (g_steal_pointer (&self->plan_bytes), self->layout.plan_length);
  return sc_frame_assembler_set_plan (self, plan, error);
}

gboolean
sc_frame_assembler_put_block (ScFrameAssembler *self, guint32 block, GBytes *bytes, GError **error)
{
  gboolean is_plan = FALSE;

  g_return_val_if_fail (block < sc_cast_layout_n_blocks (&self->layout), FALSE);
  g_return_val_if_fail (g_bytes_get_size (bytes) == sc_cast_layout_block_bytes (&self->layout, block), FALSE);
  sc_cast_layout_block_offset (&self->layout, block, &is_plan);
  if (is_plan)
    return put_plan_block (self, block, bytes, error);
  if (self->plan != NULL)
    return put_content (self, block, bytes, error);

  HeldBlock *held = g_new (HeldBlock, 1);
  held->block = block;
  held->bytes = g_bytes_ref (bytes);
  g_queue_push_tail (&self->held, held);
  return TRUE;
}
