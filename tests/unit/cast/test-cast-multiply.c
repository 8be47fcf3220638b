/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parity that one processor makes is another one's to decode: both ways of multiplying give the same. */
#include "common/cast/sc-cast-multiply.h"

#include <isa-l/erasure_code.h>
#include <string.h>

#define MAX_K 200u
#define MAX_N 37u
#define MAX_LENGTH 3000u
#define N_ROUNDS 150u

static guint8 *
make_rows (GRand *random, guint n, gsize length, guint8 **rows)
{
  guint8 *bytes = g_malloc (n * length);

  for (gsize i = 0; i < n * length; i++)
    bytes[i] = (guint8) g_rand_int (random);
  for (guint i = 0; i < n; i++)
    rows[i] = bytes + i * length;
  return bytes;
}

static gboolean
check (GRand *random, guint k, guint n, gsize length)
{
  guint8 *inputs[MAX_K], *outputs[MAX_N], *expected[MAX_N], *unused[MAX_N];
  g_autofree guint8 *in = make_rows (random, k, length, inputs);
  g_autofree guint8 *out = make_rows (random, n, length, outputs);
  g_autofree guint8 *right = make_rows (random, n, length, expected);
  g_autofree guint8 *matrix = make_rows (random, n, k, unused);
  g_autofree guint8 *tables = g_malloc ((gsize) k * n * 32);

  if (!sc_cast_multiply_gfni (k, n, matrix, inputs, outputs, length))
    return FALSE;
  ec_init_tables ((int) k, (int) n, matrix, tables);
  ec_encode_data ((int) length, (int) k, (int) n, tables, inputs, expected);
  g_assert_cmpmem (out, n * length, right, n * length);
  return TRUE;
}

static void
test_like_isal (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (3);

  if (!check (random, 1, 1, 64)) {
    g_test_skip ("this processor has not got GFNI and AVX-512");
    return;
  }
  for (guint n = 1; n <= 20; n++)
    check (random, 200, n, 1444);
  for (guint i = 0; i < N_ROUNDS; i++)
    check (random, (guint) g_rand_int_range (random, 1, MAX_K + 1), (guint) g_rand_int_range (random, 1, MAX_N + 1),
           (gsize) g_rand_int_range (random, 16, MAX_LENGTH));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cast/multiply/like-isal", test_like_isal);
  return g_test_run ();
}
