/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/cast/sc-cast-plan.h"
#include "common/sc-error.h"

static ScChunkId
id_of (guint8 number)
{
  ScChunkId id;

  for (guint i = 0; i < sizeof id.bytes; i++)
    id.bytes[i] = (guint8) (number + i);
  return id;
}

static GBytes *
make_plan (void)
{
  g_autoptr (ScCastPlanBuilder) builder = sc_cast_plan_builder_new ();
  ScChunkId a = id_of (1), b = id_of (2), c = id_of (3);

  sc_cast_plan_builder_add (builder, &a, SC_ENCODING_ZSTD, 1000, NULL);
  sc_cast_plan_builder_add (builder, &b, SC_ENCODING_DELTA, 1, &a);
  sc_cast_plan_builder_add (builder, &c, SC_ENCODING_RAW, 65536, NULL);
  return sc_cast_plan_builder_end (builder);
}

static void
test_round_trip (void)
{
  g_autoptr (GBytes) bytes = make_plan ();
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCastPlan) plan = sc_cast_plan_parse (bytes, &error);
  ScChunkId a = id_of (1), b = id_of (2), c = id_of (3);
  ScCastFrame frame;

  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 8 + 36 + 68 + 36);
  g_assert_cmpuint (sc_cast_plan_get_n_frames (plan), ==, 3);
  g_assert_cmpuint (sc_cast_plan_get_content_length (plan), ==, 66537);
  sc_cast_plan_get_frame (plan, 0, &frame);
  g_assert_true (sc_chunk_id_equal (&frame.id, &a));
  g_assert_cmpint (frame.encoding, ==, SC_ENCODING_ZSTD);
  sc_cast_plan_get_frame (plan, 1, &frame);
  g_assert_true (sc_chunk_id_equal (&frame.id, &b));
  g_assert_true (sc_chunk_id_equal (&frame.reference, &a));
  g_assert_cmpuint (frame.offset, ==, 1000);
  g_assert_cmpuint (frame.length, ==, 1);
  sc_cast_plan_get_frame (plan, 2, &frame);
  g_assert_true (sc_chunk_id_equal (&frame.id, &c));
  g_assert_cmpuint (frame.offset, ==, 1001);

  g_assert_cmpuint (sc_cast_plan_find_frame (plan, 0), ==, 0);
  g_assert_cmpuint (sc_cast_plan_find_frame (plan, 999), ==, 0);
  g_assert_cmpuint (sc_cast_plan_find_frame (plan, 1000), ==, 1);
  g_assert_cmpuint (sc_cast_plan_find_frame (plan, 1001), ==, 2);
  g_assert_cmpuint (sc_cast_plan_find_frame (plan, 66536), ==, 2);
}

static void
test_builder_again (void)
{
  g_autoptr (ScCastPlanBuilder) builder = sc_cast_plan_builder_new ();
  ScChunkId a = id_of (1);
  g_autoptr (GBytes) first = NULL;
  g_autoptr (GBytes) second = NULL;
  g_autoptr (ScCastPlan) plan = NULL;

  sc_cast_plan_builder_add (builder, &a, SC_ENCODING_RAW, 5, NULL);
  first = sc_cast_plan_builder_end (builder);
  second = sc_cast_plan_builder_end (builder);
  plan = sc_cast_plan_parse (second, NULL);
  g_assert_nonnull (plan);
  g_assert_cmpuint (sc_cast_plan_get_n_frames (plan), ==, 0);
  g_assert_cmpuint (g_bytes_get_size (first), ==, 8 + 36);
}

static void
assert_refused (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;

  g_assert_null (sc_cast_plan_parse (bytes, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
}

/* A plan cut anywhere, or longer, or with a forbidden field, is refused whole. */
static void
test_damaged (void)
{
  g_autoptr (GBytes) bytes = make_plan ();
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  g_autofree guint8 *copy = g_malloc0 (size + 1);

  for (gsize n = 0; n < size; n++)
    assert_refused (data, n);
  memcpy (copy, data, size);
  assert_refused (copy, size + 1);
  copy[0] = 'X';
  assert_refused (copy, size);
  memcpy (copy, data, size);
  memset (copy + 4, 0xff, 4); /* 4 G frames */
  assert_refused (copy, size);
  memcpy (copy, data, size);
  copy[11] = 0; /* zero frames never travel */
  assert_refused (copy, size);
  copy[11] = 0x70; /* an encoding of the future */
  assert_refused (copy, size);
  memcpy (copy, data, size);
  copy[10] = 1; /* longer than a chunk */
  assert_refused (copy, size);
  memcpy (copy, data, size);
  copy[8] = copy[9] = 0; /* no bytes */
  assert_refused (copy, size);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cast/plan/round-trip", test_round_trip);
  g_test_add_func ("/cast/plan/builder-again", test_builder_again);
  g_test_add_func ("/cast/plan/damaged", test_damaged);
  return g_test_run ();
}
