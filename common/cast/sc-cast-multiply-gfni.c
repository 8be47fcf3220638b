/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/cast/sc-cast-multiply.h"

#include <immintrin.h>

#define POLYNOMIAL 0x1d /* without x⁸ */
#define AT_ONCE 8u      /* outputs: with two registers each they leave room for the inputs */
#define WIDTH 64u       /* bytes in a register */
#define MAX_INPUTS 256u

#define TARGET __attribute__ ((target ("avx512f,avx512bw,gfni")))

/* The map “times @coefficient” as the instruction takes it: the row for bit i is byte 7 − i. */
static guint64
map_of (guint8 coefficient)
{
  guint64 map = 0;
  guint8 column = coefficient; /* what bit j of the factor adds */

  for (guint j = 0; j < 8; j++) {
    for (guint i = 0; i < 8; i++)
      if ((column >> i & 1) != 0)
        map |= G_GUINT64_CONSTANT (1) << ((7 - i) * 8 + j);
    column = (guint8) (column << 1 ^ ((column & 0x80) != 0 ? POLYNOMIAL : 0));
  }
  return map;
}

static gpointer
make_maps (gpointer nothing)
{
  guint64 *maps = g_new (guint64, 256);

  for (guint c = 0; c < 256; c++)
    maps[c] = map_of ((guint8) c);
  return maps;
}

typedef struct {
  guint k;
  guint64 maps[MAX_INPUTS][AT_ONCE]; /* of each input, for each of the outputs at once */
  guint8 *const *inputs;
} Rows;

/* @n (a constant to the compiler) outputs from byte @at on: two registers full, or one with the bytes of @mask. */
TARGET static inline __attribute__ ((always_inline)) void
multiply_two (const Rows *rows, guint n, guint8 *const *outputs, gsize at)
{
  __m512i sums[AT_ONCE][2];

  for (guint r = 0; r < n; r++)
    sums[r][0] = sums[r][1] = _mm512_setzero_si512 ();
  for (guint j = 0; j < rows->k; j++) {
    const guint8 *input = rows->inputs[j] + at;
    __m512i first = _mm512_loadu_si512 (input), second = _mm512_loadu_si512 (input + WIDTH);

#pragma GCC unroll 8
    for (guint r = 0; r < n; r++) {
      __m512i map = _mm512_set1_epi64 ((gint64) rows->maps[j][r]);
      sums[r][0] = _mm512_xor_si512 (sums[r][0], _mm512_gf2p8affine_epi64_epi8 (first, map, 0));
      sums[r][1] = _mm512_xor_si512 (sums[r][1], _mm512_gf2p8affine_epi64_epi8 (second, map, 0));
    }
  }
  for (guint r = 0; r < n; r++) {
    _mm512_storeu_si512 (outputs[r] + at, sums[r][0]);
    _mm512_storeu_si512 (outputs[r] + at + WIDTH, sums[r][1]);
  }
}

TARGET static inline __attribute__ ((always_inline)) void
multiply_one (const Rows *rows, guint n, guint8 *const *outputs, gsize at, __mmask64 mask)
{
  __m512i sums[AT_ONCE];

  for (guint r = 0; r < n; r++)
    sums[r] = _mm512_setzero_si512 ();
  for (guint j = 0; j < rows->k; j++) {
    __m512i input = _mm512_maskz_loadu_epi8 (mask, rows->inputs[j] + at);

#pragma GCC unroll 8
    for (guint r = 0; r < n; r++)
      sums[r] = _mm512_xor_si512 (
          sums[r], _mm512_gf2p8affine_epi64_epi8 (input, _mm512_set1_epi64 ((gint64) rows->maps[j][r]), 0));
  }
  for (guint r = 0; r < n; r++)
    _mm512_mask_storeu_epi8 (outputs[r] + at, mask, sums[r]);
}

TARGET static inline __attribute__ ((always_inline)) void
multiply_rows (const Rows *rows, guint n, guint8 *const *outputs, gsize length)
{
  gsize at = 0;

  for (; at + 2 * WIDTH <= length; at += 2 * WIDTH)
    multiply_two (rows, n, outputs, at);
  for (; at < length; at += WIDTH) {
    gsize left = MIN (length - at, WIDTH);
    multiply_one (rows, n, outputs, at, left == WIDTH ? ~G_GUINT64_CONSTANT (0) : (G_GUINT64_CONSTANT (1) << left) - 1);
  }
}

TARGET static void
multiply_some (const Rows *rows, guint n, guint8 *const *outputs, gsize length)
{
  switch (n) {
  case 8:
    multiply_rows (rows, 8, outputs, length);
    break;
  case 4:
    multiply_rows (rows, 4, outputs, length);
    break;
  case 2:
    multiply_rows (rows, 2, outputs, length);
    break;
  default:
    multiply_rows (rows, 1, outputs, length);
    break;
  }
}

gboolean
sc_cast_multiply_gfni (guint k, guint n, const guint8 *matrix, guint8 *const *inputs, guint8 *const *outputs,
                       gsize length)
{
  static GOnce once = G_ONCE_INIT;
  const guint64 *maps = g_once (&once, make_maps, NULL);
  Rows rows;

  if (k > MAX_INPUTS || !__builtin_cpu_supports ("gfni") || !__builtin_cpu_supports ("avx512bw"))
    return FALSE;
  rows.k = k;
  rows.inputs = inputs;
  while (n > 0) {
    guint some = n >= 8 ? 8 : n >= 4 ? 4 : n >= 2 ? 2 : 1;

    for (guint j = 0; j < k; j++)
      for (guint r = 0; r < some; r++)
        rows.maps[j][r] = maps[matrix[r * k + j]];
    multiply_some (&rows, some, outputs, length);
    matrix += some * k;
    outputs += some;
    n -= some;
  }
  return TRUE;
}
