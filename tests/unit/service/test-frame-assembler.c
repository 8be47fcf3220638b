/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Frames of blocks that come in any order. */
#include "common/sc-error.h"
#include "service/sc-frame-assembler.h"

#define N_FRAMES 40u
#define SYMBOL 100u
#define BLOCK_SYMBOLS 10u /* blocks of 1,000 bytes; frames of up to 2,600 span several */

typedef struct {
  ScCastLayout layout;
  GBytes *plan;
  ScChunkId plan_id;
  GByteArray *content;
  guint32 lengths[N_FRAMES];
  ScChunkId ids[N_FRAMES];
  guint got[N_FRAMES];
  GHashTable *released;
  guint n_frames;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (ScCastPlanBuilder) builder = sc_cast_plan_builder_new ();
  g_autoptr (GRand) random = g_rand_new_with_seed (7);

  f->content = g_byte_array_new ();
  for (guint i = 0; i < N_FRAMES; i++) {
    guint8 bytes[2600];
    f->lengths[i] =
        i % 3 == 0 ? (guint32) g_rand_int_range (random, 1, 60) : (guint32) g_rand_int_range (random, 60, 2600);
    for (guint j = 0; j < f->lengths[i]; j++)
      bytes[j] = (guint8) g_rand_int (random);
    sc_chunk_id_of (&f->ids[i], bytes, f->lengths[i]);
    sc_cast_plan_builder_add (builder, &f->ids[i], SC_ENCODING_ZSTD, f->lengths[i], NULL);
    g_byte_array_append (f->content, bytes, f->lengths[i]);
  }
  f->plan = sc_cast_plan_builder_end (builder);
  sc_chunk_id_of (&f->plan_id, g_bytes_get_data (f->plan, NULL), g_bytes_get_size (f->plan));
  f->layout = (ScCastLayout){ .symbol_size = SYMBOL,
                              .block_symbols = BLOCK_SYMBOLS,
                              .window_blocks = 8,
                              .plan_length = g_bytes_get_size (f->plan),
                              .content_length = f->content->len };
  g_assert_true (sc_cast_layout_check (&f->layout, NULL));
  f->released = g_hash_table_new (NULL, NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_bytes_unref (f->plan);
  g_byte_array_unref (f->content);
  g_hash_table_unref (f->released);
}

static gboolean
on_frame (gpointer user_data, const ScCastFrame *frame, const guint8 *bytes, GBytes *owner, GError **error)
{
  const guint8 *held = g_bytes_get_data (owner, NULL);
  Fixture *f = user_data;
  ScChunkId id;

  g_assert_true (bytes >= held && bytes + frame->length <= held + g_bytes_get_size (owner));
  sc_chunk_id_of (&id, bytes, frame->length);
  for (guint i = 0; i < N_FRAMES; i++)
    if (sc_chunk_id_equal (&frame->id, &f->ids[i])) {
      g_assert_cmpuint (frame->length, ==, f->lengths[i]);
      g_assert_true (sc_chunk_id_equal (&id, &f->ids[i]));
      f->got[i]++;
      f->n_frames++;
      return TRUE;
    }
  g_assert_not_reached ();
}

static void
on_release (gpointer user_data, guint32 block)
{
  Fixture *f = user_data;
  g_assert_true (g_hash_table_add (f->released, GUINT_TO_POINTER (block)));
}

static const ScFrameAssemblerFuncs funcs = { on_frame, on_release };

static ScFrameAssembler *
new_assembler (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  ScFrameAssembler *assembler = sc_frame_assembler_new (&f->layout, &f->plan_id, &funcs, f, &error);
  g_assert_no_error (error);
  return assembler;
}

static gboolean
put (Fixture *f, ScFrameAssembler *assembler, guint32 block, GError **error)
{
  gboolean is_plan;
  guint64 offset = sc_cast_layout_block_offset (&f->layout, block, &is_plan);
  const guint8 *from = is_plan ? g_bytes_get_data (f->plan, NULL) : f->content->data;
  g_autoptr (GBytes) bytes = g_bytes_new (from + offset, sc_cast_layout_block_bytes (&f->layout, block));
  return sc_frame_assembler_put_block (assembler, block, bytes, error);
}

static void
shuffle (guint32 *blocks, guint n, guint32 seed)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  for (guint i = n; i > 1; i--) {
    guint j = (guint) g_rand_int_range (random, 0, (gint32) i);
    guint32 other = blocks[i - 1];
    blocks[i - 1] = blocks[j];
    blocks[j] = other;
  }
}

/* Content before the plan, plan in disorder: each frame comes once, each block is let go once. */
static void
test_any_order (Fixture *f, gconstpointer data)
{
  guint n = sc_cast_layout_n_blocks (&f->layout);
  g_autofree guint32 *blocks = g_new (guint32, n);

  g_assert_cmpuint (n, >, sc_cast_layout_n_plan_blocks (&f->layout) + 10);
  for (guint32 seed = 0; seed < 20; seed++) {
    g_autoptr (ScFrameAssembler) assembler = new_assembler (f);
    memset (f->got, 0, sizeof f->got);
    g_hash_table_remove_all (f->released);
    for (guint i = 0; i < n; i++)
      blocks[i] = i;
    shuffle (blocks, n, seed);
    for (guint i = 0; i < n; i++) {
      g_autoptr (GError) error = NULL;
      g_assert_true (put (f, assembler, blocks[i], &error));
      g_assert_no_error (error);
    }
    for (guint i = 0; i < N_FRAMES; i++)
      g_assert_cmpuint (f->got[i], ==, 1);
    g_assert_cmpuint (g_hash_table_size (f->released), ==, n);
  }
}

/* Blocks of content are held until the plan is there, and not let go before. */
static void
test_late_plan (Fixture *f, gconstpointer data)
{
  g_autoptr (ScFrameAssembler) assembler = new_assembler (f);
  guint32 n_plan = sc_cast_layout_n_plan_blocks (&f->layout);
  g_autoptr (GError) error = NULL;

  g_assert_true (put (f, assembler, n_plan, &error));
  g_assert_true (put (f, assembler, n_plan + 1, &error));
  g_assert_false (sc_frame_assembler_has_plan (assembler));
  g_assert_cmpuint (f->n_frames, ==, 0);
  g_assert_cmpuint (g_hash_table_size (f->released), ==, 0);
  g_assert_true (sc_frame_assembler_set_plan (assembler, f->plan, &error));
  g_assert_no_error (error);
  g_assert_true (sc_frame_assembler_has_plan (assembler));
  g_assert_cmpuint (f->n_frames, >, 0);
  g_assert_cmpuint (g_hash_table_size (f->released), ==, 2);
}

/* A block that never comes costs the frames that it holds a part of, and no others. */
static void
test_lost_neighbour (Fixture *f, gconstpointer data)
{
  g_autoptr (ScFrameAssembler) assembler = new_assembler (f);
  guint32 n = sc_cast_layout_n_blocks (&f->layout);
  guint32 lost = sc_cast_layout_n_plan_blocks (&f->layout) + 5;
  guint64 start = sc_cast_layout_block_offset (&f->layout, lost, NULL);
  guint64 end = start + sc_cast_layout_block_bytes (&f->layout, lost);
  guint64 offset = 0;
  guint missing = 0;

  for (guint32 block = 0; block < n; block++)
    if (block != lost)
      g_assert_true (put (f, assembler, block, NULL));
  g_assert_cmpuint (g_hash_table_size (f->released), ==, n - 1);
  for (guint i = 0; i < N_FRAMES; offset += f->lengths[i++]) {
    gboolean touched = offset < end && offset + f->lengths[i] > start;
    missing += touched;
    g_assert_cmpuint (f->got[i], ==, touched ? 0 : 1);
  }
  g_assert_cmpuint (missing, >, 0);
}

static void
test_wrong_plan (Fixture *f, gconstpointer data)
{
  guint32 n_plan = sc_cast_layout_n_plan_blocks (&f->layout);
  ScChunkId right = f->plan_id;
  g_autoptr (GError) error = NULL;
  gboolean ok = TRUE;

  f->plan_id.bytes[0] ^= 1;
  g_autoptr (ScFrameAssembler) assembler = new_assembler (f);
  g_assert_true (put (f, assembler, n_plan, NULL));
  for (guint32 block = 0; block < n_plan; block++)
    ok = put (f, assembler, block, &error);
  g_assert_false (ok);
  g_assert_error (error, SC_ERROR, SC_ERROR_CORRUPT);
  g_assert_false (sc_frame_assembler_has_plan (assembler));
  g_assert_cmpuint (f->n_frames, ==, 0);
  g_clear_error (&error);
  g_assert_false (sc_frame_assembler_set_plan (assembler, f->plan, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_CORRUPT);
  f->plan_id = right;
}

/* A plan that does not fit the order's lengths is refused although its hash is right. */
static void
test_plan_of_other_length (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->layout.content_length += 1;
  g_autoptr (ScFrameAssembler) assembler = new_assembler (f);
  g_assert_false (sc_frame_assembler_set_plan (assembler, f->plan, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);

  g_clear_error (&error);
  f->layout.plan_length = G_MAXINT64;
  g_assert_null (sc_frame_assembler_new (&f->layout, &f->plan_id, &funcs, f, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
}

static gboolean
refuse_frame (gpointer user_data, const ScCastFrame *frame, const guint8 *bytes, GBytes *owner, GError **error)
{
  g_set_error (error, SC_ERROR, SC_ERROR_NO_SPACE, "full");
  return FALSE;
}

static void
test_refused_frame (Fixture *f, gconstpointer data)
{
  static const ScFrameAssemblerFuncs refusing = { refuse_frame, on_release };
  g_autoptr (GError) error = NULL;
  g_autoptr (ScFrameAssembler) assembler = sc_frame_assembler_new (&f->layout, &f->plan_id, &refusing, f, NULL);
  gboolean ok = TRUE;

  g_assert_true (sc_frame_assembler_set_plan (assembler, f->plan, NULL));
  for (guint32 block = sc_cast_layout_n_plan_blocks (&f->layout); ok; block++)
    ok = put (f, assembler, block, &error);
  g_assert_error (error, SC_ERROR, SC_ERROR_NO_SPACE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/service/frame-assembler/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("any-order", test_any_order);
  ADD ("late-plan", test_late_plan);
  ADD ("lost-neighbour", test_lost_neighbour);
  ADD ("wrong-plan", test_wrong_plan);
  ADD ("plan-of-other-length", test_plan_of_other_length);
  ADD ("refused-frame", test_refused_frame);
  return g_test_run ();
}
