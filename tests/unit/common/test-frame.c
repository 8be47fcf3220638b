/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "common/sc-frame.h"

static void
fill_text (guint8 *data, gsize length, guint32 seed)
{
  for (gsize i = 0; i < length; i++)
    data[i] = (guint8) ("a template of a virtual machine "[(i + i / 97 * seed) % 32]);
}

static void
fill_random (guint8 *data, gsize length, guint32 seed)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);

  for (gsize i = 0; i < length; i++)
    data[i] = (guint8) g_rand_int (random);
}

static void
check_round_trip (ScFrameCoder *coder, const guint8 *chunk, gsize length, const guint8 *reference, ScEncoding expected)
{
  g_autofree guint8 *frame = g_malloc (SC_FRAME_MAX);
  g_autofree guint8 *back = g_malloc (SC_CHUNK_SIZE);
  g_autoptr (GError) error = NULL;
  ScEncoding encoding;
  gsize frame_length = sc_frame_encode (coder, chunk, length, reference, SC_CHUNK_SIZE, frame, &encoding);

  g_assert_cmpint (encoding, ==, expected);
  g_assert_cmpuint (frame_length, <=, length);
  g_assert_true (
      sc_frame_decode (coder, encoding, frame, frame_length, reference, SC_CHUNK_SIZE, back, length, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (back, length, chunk, length);
}

static void
test_round_trips (void)
{
  g_autoptr (ScFrameCoder) coder = sc_frame_coder_new ();
  g_autofree guint8 *chunk = g_malloc0 (SC_CHUNK_SIZE);

  check_round_trip (coder, chunk, SC_CHUNK_SIZE, NULL, SC_ENCODING_ZERO);
  check_round_trip (coder, chunk, 1, NULL, SC_ENCODING_ZERO);
  fill_text (chunk, SC_CHUNK_SIZE, 3);
  check_round_trip (coder, chunk, SC_CHUNK_SIZE, NULL, SC_ENCODING_ZSTD);
  check_round_trip (coder, chunk, 1000, NULL, SC_ENCODING_ZSTD);
  check_round_trip (coder, chunk, 1, NULL, SC_ENCODING_RAW);
  fill_random (chunk, SC_CHUNK_SIZE, 1);
  check_round_trip (coder, chunk, SC_CHUNK_SIZE, NULL, SC_ENCODING_RAW);
}

static void
test_delta_is_small_and_needs_its_reference (void)
{
  g_autoptr (ScFrameCoder) coder = sc_frame_coder_new ();
  g_autofree guint8 *old = g_malloc (SC_CHUNK_SIZE);
  g_autofree guint8 *chunk = g_malloc (SC_CHUNK_SIZE);
  g_autofree guint8 *frame = g_malloc (SC_FRAME_MAX);
  g_autofree guint8 *back = g_malloc (SC_CHUNK_SIZE);
  g_autoptr (GError) error = NULL;
  ScEncoding encoding;
  gsize length;

  fill_random (old, SC_CHUNK_SIZE, 2);
  memcpy (chunk, old, SC_CHUNK_SIZE);
  fill_random (chunk + 5000, 500, 3);
  check_round_trip (coder, chunk, SC_CHUNK_SIZE, old, SC_ENCODING_DELTA);
  length = sc_frame_encode (coder, chunk, SC_CHUNK_SIZE, old, SC_CHUNK_SIZE, frame, &encoding);
  g_assert_cmpuint (length, <, 1000);
  g_assert_false (sc_frame_decode (coder, encoding, frame, length, NULL, 0, back, SC_CHUNK_SIZE, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_CORRUPT);
  /* the coder is sound afterwards, with and without a reference */
  check_round_trip (coder, chunk, SC_CHUNK_SIZE, NULL, SC_ENCODING_RAW);
  check_round_trip (coder, chunk, SC_CHUNK_SIZE, old, SC_ENCODING_DELTA);
}

static void
test_damage_is_refused (void)
{
  g_autoptr (ScFrameCoder) coder = sc_frame_coder_new ();
  g_autofree guint8 *chunk = g_malloc (SC_CHUNK_SIZE);
  g_autofree guint8 *frame = g_malloc (SC_FRAME_MAX);
  g_autofree guint8 *back = g_malloc (SC_CHUNK_SIZE);
  ScEncoding encoding;
  gsize length;
  const struct {
    ScEncoding encoding;
    gsize cut, chunk_length;
  } wrong[] = {
    { SC_ENCODING_ZSTD, 1, SC_CHUNK_SIZE }, { SC_ENCODING_ZSTD, 0, SC_CHUNK_SIZE - 1 }, { SC_ENCODING_ZSTD, 0, 1 },
    { SC_ENCODING_RAW, 0, SC_CHUNK_SIZE },  { (ScEncoding) 9, 0, SC_CHUNK_SIZE },
  };

  fill_text (chunk, SC_CHUNK_SIZE, 5);
  length = sc_frame_encode (coder, chunk, SC_CHUNK_SIZE, NULL, 0, frame, &encoding);
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (sc_frame_decode (coder, wrong[i].encoding, frame, length - wrong[i].cut, NULL, 0, back,
                                     wrong[i].chunk_length, &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_CORRUPT);
  }
}

/* A mix that a higher level sees more in; also when it is set after a frame that did not fit. */
static void
test_level (void)
{
  g_autoptr (ScFrameCoder) coder = sc_frame_coder_new ();
  g_autofree guint8 *chunk = g_malloc (SC_CHUNK_SIZE);
  g_autofree guint8 *noise = g_malloc (SC_CHUNK_SIZE);
  g_autofree guint8 *frame = g_malloc (SC_FRAME_MAX);
  const int levels[] = { 1, 19, 1 };
  gsize lengths[G_N_ELEMENTS (levels)];
  ScEncoding encoding;

  fill_random (noise, SC_CHUNK_SIZE, 3);
  for (gsize i = 0; i < SC_CHUNK_SIZE; i++)
    chunk[i] = (guint8) "0123456789abcdef"[noise[i / 3 % 7000] % 16];
  for (guint i = 0; i < G_N_ELEMENTS (levels); i++) {
    sc_frame_encode (coder, noise, SC_CHUNK_SIZE, NULL, 0, frame, &encoding);
    sc_frame_coder_set_level (coder, levels[i]);
    lengths[i] = sc_frame_encode (coder, chunk, SC_CHUNK_SIZE, NULL, 0, frame, &encoding);
    check_round_trip (coder, chunk, SC_CHUNK_SIZE, NULL, SC_ENCODING_ZSTD);
  }
  g_assert_cmpuint (lengths[1], <, lengths[0]);
  g_assert_cmpuint (lengths[2], ==, lengths[0]);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/frame/round-trips", test_round_trips);
  g_test_add_func ("/frame/delta-is-small-and-needs-its-reference", test_delta_is_small_and_needs_its_reference);
  g_test_add_func ("/frame/damage-is-refused", test_damage_is_refused);
  g_test_add_func ("/frame/level", test_level);
  return g_test_run ();
}
