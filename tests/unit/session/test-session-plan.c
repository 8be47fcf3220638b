/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-store.h"

#include "common/cast/sc-cast-plan.h"
#include "common/sc-chunk-index.h"
#include "common/sc-error.h"
#include "console/engine/session/sc-session-plan.h"
#include "console/engine/session/sc-session-reader.h"

static ScSessionPlan *
make_plan (TestStore *store, guint every)
{
  g_autoptr (GBytes) bits = test_store_make_bits (store, every);
  g_autoptr (GError) error = NULL;
  ScSessionPlan *plan = sc_session_plan_new (store->store, store->chunks, bits, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (plan);
  return plan;
}

static void
test_order_and_union (void)
{
  g_autoptr (TestStore) store = test_store_new (20);
  g_autoptr (ScSessionPlan) plan = make_plan (store, 3);
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCastPlan) parsed = sc_cast_plan_parse (sc_session_plan_get_bytes (plan), &error);
  g_autoptr (ScChunkIndex) seen = sc_chunk_index_new ();
  guint32 n = sc_session_plan_get_n_frames (plan);

  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, (sc_chunk_index_size (store->chunks) + 2) / 3);
  g_assert_cmpuint (sc_cast_plan_get_n_frames (parsed), ==, n);
  g_assert_cmpuint (sc_cast_plan_get_content_length (parsed), ==, sc_session_plan_get_content_length (plan));
  for (guint32 i = 0; i < n; i++) {
    const ScStoreEntry *entry = sc_session_plan_get_entry (plan, i);
    guint32 index = sc_chunk_index_find (store->chunks, &entry->id);
    gboolean added = FALSE;
    ScCastFrame frame;

    sc_chunk_index_add (seen, &entry->id, &added);
    g_assert_true (added);
    g_assert_cmpuint (index % 3, ==, 0);
    sc_cast_plan_get_frame (parsed, i, &frame);
    g_assert_true (sc_chunk_id_equal (&frame.id, &entry->id));
    g_assert_cmpint (frame.encoding, ==, entry->encoding);
    g_assert_cmpuint (frame.offset, ==, sc_session_plan_get_offset (plan, i));
    if (i > 0) {
      const ScStoreEntry *before = sc_session_plan_get_entry (plan, i - 1);

      g_assert_true (before->pack < entry->pack || (before->pack == entry->pack && before->offset < entry->offset));
    }
  }
}

static void
test_errors (void)
{
  g_autoptr (TestStore) store = test_store_new (5);
  guint8 bytes[16] = { 0 };
  g_autoptr (GBytes) none = g_bytes_new (bytes, (sc_chunk_index_size (store->chunks) + 7) / 8);
  g_autoptr (GBytes) longer = g_bytes_new (bytes, sizeof bytes);
  g_autoptr (GBytes) bits = test_store_make_bits (store, 1);
  g_autoptr (ScChunkIndex) foreign = sc_chunk_index_new ();
  g_autoptr (GBytes) one = g_bytes_new ("\1", 1);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  ScChunkId id = { { 42 } };

  g_assert_null (sc_session_plan_new (store->store, store->chunks, none, NULL, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (sc_session_plan_new (store->store, store->chunks, longer, NULL, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_clear_error (&error);
  sc_chunk_index_add (foreign, &id, NULL);
  g_assert_null (sc_session_plan_new (store->store, foreign, one, NULL, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_cancellable_cancel (cancellable);
  g_assert_null (sc_session_plan_new (store->store, store->chunks, bits, cancellable, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_CANCELLED);
}

static ScCastLayout
make_layout (const ScSessionPlan *plan)
{
  return (ScCastLayout){ 1444, 100, 4, g_bytes_get_size (sc_session_plan_get_bytes (plan)),
                         sc_session_plan_get_content_length (plan) };
}

/* Every block of the stream, put together again, holds every frame, which decodes to its chunk. */
static void
test_blocks (void)
{
  g_autoptr (TestStore) store = test_store_new (12);
  g_autoptr (ScSessionPlan) plan = make_plan (store, 1);
  ScCastLayout layout = make_layout (plan);
  g_autoptr (ScSessionReader) reader = sc_session_reader_new (store->store, plan, &layout);
  g_autoptr (GByteArray) content = g_byte_array_new ();
  g_autoptr (GByteArray) head = g_byte_array_new ();
  g_autoptr (ScFrameCoder) coder = sc_frame_coder_new ();
  g_autofree guint8 *chunk = g_malloc (SC_CHUNK_SIZE);

  for (guint32 i = 0; i < sc_cast_layout_n_blocks (&layout); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) block = sc_session_reader_read_block (reader, i, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (g_bytes_get_size (block), ==, sc_cast_layout_block_bytes (&layout, i));
    g_byte_array_append (i < sc_cast_layout_n_plan_blocks (&layout) ? head : content, g_bytes_get_data (block, NULL),
                         (guint) g_bytes_get_size (block));
  }
  g_assert_cmpmem (head->data, head->len, g_bytes_get_data (sc_session_plan_get_bytes (plan), NULL),
                   g_bytes_get_size (sc_session_plan_get_bytes (plan)));
  g_assert_cmpuint (content->len, ==, layout.content_length);
  for (guint32 i = 0; i < sc_session_plan_get_n_frames (plan); i++) {
    const ScStoreEntry *entry = sc_session_plan_get_entry (plan, i);
    g_autoptr (GError) error = NULL;
    ScChunkId id;

    sc_frame_decode (coder, entry->encoding, content->data + sc_session_plan_get_offset (plan, i), entry->stored_length,
                     NULL, 0, chunk, entry->length, &error);
    g_assert_no_error (error);
    sc_chunk_id_of (&id, chunk, entry->length);
    g_assert_true (sc_chunk_id_equal (&id, &entry->id));
  }
}

static void
test_damaged_frame (void)
{
  g_autoptr (TestStore) store = test_store_new (12);
  g_autoptr (ScSessionPlan) plan = make_plan (store, 1);
  ScCastLayout layout = make_layout (plan);
  g_autoptr (ScSessionReader) reader = sc_session_reader_new (store->store, plan, &layout);
  guint n_failed = 0;

  test_store_damage (store, 5);
  for (guint32 i = 0; i < sc_cast_layout_n_blocks (&layout); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) block = sc_session_reader_read_block (reader, i, &error);

    g_assert_true ((block == NULL) == (error != NULL));
    if (block == NULL) {
      g_assert_error (error, SC_ERROR, SC_ERROR_CORRUPT);
      n_failed++;
    }
  }
  g_assert_cmpuint (n_failed, >=, 1);
  g_assert_cmpuint (n_failed, <=, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session-plan/order-and-union", test_order_and_union);
  g_test_add_func ("/session-plan/errors", test_errors);
  g_test_add_func ("/session-plan/blocks", test_blocks);
  g_test_add_func ("/session-plan/damaged-frame", test_damaged_frame);
  return g_test_run ();
}
