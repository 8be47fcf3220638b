/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-chunk-index.h"
#include "common/sc-error.h"

static void
test_id_is_sha256 (void)
{
  ScChunkId id, parsed;
  char hex[SC_CHUNK_ID_HEX_LENGTH + 1];
  g_autoptr (GError) error = NULL;

  sc_chunk_id_of (&id, "abc", 3); /* FIPS 180-4, example */
  sc_chunk_id_to_hex (&id, hex);
  g_assert_cmpstr (hex, ==, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  g_assert_true (sc_chunk_id_from_hex (&parsed, hex, &error));
  g_assert_no_error (error);
  g_assert_true (sc_chunk_id_equal (&id, &parsed));
}

static void
test_hex_is_strict (void)
{
  static const char *const wrong[] = { "", "ab", "zz7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                                       "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad0" };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;
    ScChunkId id;

    g_assert_false (sc_chunk_id_from_hex (&id, wrong[i], &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  }
}

static void
test_count_and_length (void)
{
  g_assert_cmpuint (sc_chunk_count (0), ==, 0);
  g_assert_cmpuint (sc_chunk_count (1), ==, 1);
  g_assert_cmpuint (sc_chunk_count (SC_CHUNK_SIZE), ==, 1);
  g_assert_cmpuint (sc_chunk_count (SC_CHUNK_SIZE + 1), ==, 2);
  g_assert_cmpuint (sc_chunk_count (G_MAXUINT64), ==, G_MAXUINT64 / SC_CHUNK_SIZE + 1);
  g_assert_cmpuint (sc_chunk_length (SC_CHUNK_SIZE + 1, 0), ==, SC_CHUNK_SIZE);
  g_assert_cmpuint (sc_chunk_length (SC_CHUNK_SIZE + 1, 1), ==, 1);
}

static void
test_zeros (void)
{
  g_autofree guint8 *data = g_malloc0 (SC_CHUNK_SIZE);
  ScChunkId zeros, of_data;

  g_assert_true (sc_chunk_is_zero (data, SC_CHUNK_SIZE));
  for (gsize length = 1; length <= SC_CHUNK_SIZE; length = length * 3 + 1) {
    sc_chunk_id_of_zeros (&zeros, length);
    sc_chunk_id_of (&of_data, data, length);
    g_assert_true (sc_chunk_id_equal (&zeros, &of_data));
  }
  data[SC_CHUNK_SIZE - 1] = 1;
  g_assert_false (sc_chunk_is_zero (data, SC_CHUNK_SIZE));
  g_assert_true (sc_chunk_is_zero (data, SC_CHUNK_SIZE - 1));
}

static void
test_index_keeps_order_and_finds (void)
{
  g_autoptr (ScChunkIndex) index = sc_chunk_index_new ();
  const guint n = 100000;

  for (guint i = 0; i < n; i++) {
    ScChunkId id;
    gboolean added;

    sc_chunk_id_of (&id, &i, sizeof i);
    g_assert_cmpuint (sc_chunk_index_find (index, &id), ==, SC_CHUNK_INDEX_NONE);
    g_assert_cmpuint (sc_chunk_index_add (index, &id, &added), ==, i);
    g_assert_true (added);
    g_assert_cmpuint (sc_chunk_index_add (index, &id, &added), ==, i);
    g_assert_false (added);
  }
  g_assert_cmpuint (sc_chunk_index_size (index), ==, n);
  for (guint i = 0; i < n; i++) {
    ScChunkId id;

    sc_chunk_id_of (&id, &i, sizeof i);
    g_assert_cmpuint (sc_chunk_index_find (index, &id), ==, i);
    g_assert_true (sc_chunk_id_equal (sc_chunk_index_get (index, i), &id));
  }
}

/* Ids that all want the same slot must still be told apart. */
static void
test_index_survives_collisions (void)
{
  g_autoptr (ScChunkIndex) index = sc_chunk_index_new ();

  for (guint i = 0; i < 2000; i++) {
    ScChunkId id = { { 0 } };

    memcpy (id.bytes + 8, &i, sizeof i);
    g_assert_cmpuint (sc_chunk_index_add (index, &id, NULL), ==, i);
  }
  for (guint i = 0; i < 2000; i++) {
    ScChunkId id = { { 0 } };

    memcpy (id.bytes + 8, &i, sizeof i);
    g_assert_cmpuint (sc_chunk_index_find (index, &id), ==, i);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chunk/id-is-sha256", test_id_is_sha256);
  g_test_add_func ("/chunk/hex-is-strict", test_hex_is_strict);
  g_test_add_func ("/chunk/count-and-length", test_count_and_length);
  g_test_add_func ("/chunk/zeros", test_zeros);
  g_test_add_func ("/chunk-index/keeps-order-and-finds", test_index_keeps_order_and_finds);
  g_test_add_func ("/chunk-index/survives-collisions", test_index_survives_collisions);
  return g_test_run ();
}
