/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/cast/sc-cast-code.h"

#include <isa-l/erasure_code.h>
#include <string.h>

#define SIZE 100u

typedef struct {
  guint8 block[SC_CAST_MAX_SOURCE_SYMBOLS * SIZE];
  const guint8 *source[SC_CAST_MAX_SOURCE_SYMBOLS];
  guint8 parity[SC_CAST_MAX_SYMBOLS * SIZE];
} Block;

static Block *
block_new (guint k, ScCastCode *code)
{
  Block *self = g_new0 (Block, 1);

  for (guint i = 0; i < k * SIZE; i++)
    self->block[i] = (guint8) g_test_rand_int ();
  for (guint i = 0; i < k; i++)
    self->source[i] = self->block + i * SIZE;
  sc_cast_code_encode (code, k, self->source, k, SC_CAST_MAX_SYMBOLS - k, self->parity);
  return self;
}

/* The rows are ISA-L's own: what another implementation of this code would send. */
static void
test_matrix (void)
{
  g_autoptr (ScCastCode) code = sc_cast_code_new (SIZE);
  guint8 matrix[SC_CAST_MAX_SYMBOLS * SC_CAST_MAX_SOURCE_SYMBOLS];
  const guint ks[] = { 1, 7, 200 };

  for (guint n = 0; n < G_N_ELEMENTS (ks); n++) {
    guint k = ks[n];
    g_autofree Block *block = block_new (k, code);

    gf_gen_cauchy1_matrix (matrix, SC_CAST_MAX_SYMBOLS, (int) k);
    for (guint row = k; row < SC_CAST_MAX_SYMBOLS; row++) {
      guint8 expected = 0;

      for (guint j = 0; j < k; j++)
        expected ^= gf_mul (matrix[row * k + j], block->source[j][SIZE - 1]);
      g_assert_cmpuint (block->parity[(row - k + 1) * SIZE - 1], ==, expected);
    }
  }
}

/* A parity symbol is the same whether it is made alone or with others. */
static void
test_on_demand (void)
{
  g_autoptr (ScCastCode) code = sc_cast_code_new (SIZE);
  g_autofree Block *block = block_new (20, code);
  guint8 one[SIZE];

  for (guint i = 20; i < SC_CAST_MAX_SYMBOLS; i++) {
    sc_cast_code_encode (code, 20, block->source, i, 1, one);
    g_assert_cmpmem (one, SIZE, block->parity + (i - 20) * SIZE, SIZE);
  }
}

/* Loses @e random source symbols of @k and puts random parity in their place. */
static void
check_decode (ScCastCode *code, guint k, guint e)
{
  g_autofree Block *block = block_new (k, code);
  g_autofree guint8 *work = g_memdup2 (block->block, k * SIZE);
  guint8 symbols[SC_CAST_MAX_SOURCE_SYMBOLS], used[SC_CAST_MAX_SYMBOLS] = { 0 };

  for (guint i = 0; i < k; i++)
    symbols[i] = (guint8) i;
  for (guint n = 0; n < e;) {
    guint slot = (guint) g_test_rand_int_range (0, (gint) k);
    guint parity = (guint) g_test_rand_int_range ((gint) k, SC_CAST_MAX_SYMBOLS);

    if (symbols[slot] != slot || used[parity])
      continue;
    symbols[slot] = (guint8) parity;
    used[parity] = 1;
    memcpy (work + slot * SIZE, block->parity + (parity - k) * SIZE, SIZE);
    n++;
  }
  g_assert_cmpuint (sc_cast_code_decode (code, k, work, symbols), ==, e);
  g_assert_cmpmem (work, k * SIZE, block->block, k * SIZE);
}

static void
test_decode (void)
{
  g_autoptr (ScCastCode) code = sc_cast_code_new (SIZE);
  const guint ks[] = { 1, 2, 3, 10, 64, 127, 128, 200 };

  for (guint n = 0; n < G_N_ELEMENTS (ks); n++) {
    guint k = ks[n], most = MIN (k, SC_CAST_MAX_SYMBOLS - k);

    for (guint i = 0; i < 20; i++)
      check_decode (code, k, (guint) g_test_rand_int_range (0, (gint) most + 1));
    check_decode (code, k, most);
    check_decode (code, k, 0);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cast/code/matrix", test_matrix);
  g_test_add_func ("/cast/code/on-demand", test_on_demand);
  g_test_add_func ("/cast/code/decode", test_decode);
  return g_test_run ();
}
