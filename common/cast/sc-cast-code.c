/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/cast/sc-cast-code.h"

#include <isa-l/erasure_code.h>

#define TABLE_SIZE 32u /* bytes that ec_init_tables() makes of one coefficient */

struct _ScCastCode {
  guint32 symbol_size;
  guint8 inverses[256]; /* in GF(2⁸), of 1 to 255 */
  guint8 *matrix;       /* grown as needed; so are the others */
  gsize matrix_size;
  guint8 *tables;
  gsize tables_size;
  guint8 *scratch;
  gsize scratch_size;
};

static guint8 *
grown (guint8 **memory, gsize *size, gsize wanted)
{
  if (*size < wanted) {
    g_free (*memory);
    *memory = g_malloc (wanted);
    *size = wanted;
  }
  return *memory;
}

ScCastCode *
sc_cast_code_new (guint32 symbol_size)
{
  ScCastCode *self = g_new0 (ScCastCode, 1);

  self->symbol_size = symbol_size;
  /* row i of this one column is the inverse of i; ISA-L's DLL does not export gf_inv() itself */
  gf_gen_cauchy1_matrix (self->inverses, (int) sizeof self->inverses, 1);
  return self;
}

void
sc_cast_code_free (ScCastCode *self)
{
  if (self == NULL)
    return;
  g_free (self->matrix);
  g_free (self->tables);
  g_free (self->scratch);
  g_free (self);
}

/* @row parity symbol's index, @column a source symbol's; never equal */
static inline guint8
coefficient (const ScCastCode *self, guint row, guint column)
{
  return self->inverses[(guint8) (row ^ column)];
}

/* @n outputs from @k inputs by the coefficients in self->matrix (n rows of k) */
static void
multiply (ScCastCode *self, guint k, guint n, guint8 **inputs, guint8 **outputs)
{
  guint8 *tables = grown (&self->tables, &self->tables_size, (gsize) k * n * TABLE_SIZE);

  ec_init_tables ((int) k, (int) n, self->matrix, tables);
  ec_encode_data ((int) self->symbol_size, (int) k, (int) n, tables, inputs, outputs);
}

void
sc_cast_code_encode (ScCastCode *self, guint n_source, const guint8 *const *source, guint first, guint n,
                     guint8 *parity)
{
  guint8 *outputs[SC_CAST_MAX_SYMBOLS];
  guint8 *matrix;

  g_return_if_fail (n_source >= 1 && n_source <= SC_CAST_MAX_SOURCE_SYMBOLS);
  g_return_if_fail (first >= n_source && first + n <= SC_CAST_MAX_SYMBOLS);

  if (n == 0)
    return;
  matrix = grown (&self->matrix, &self->matrix_size, (gsize) n * n_source);
  for (guint i = 0; i < n; i++) {
    outputs[i] = parity + (gsize) i * self->symbol_size;
    for (guint j = 0; j < n_source; j++)
      matrix[i * n_source + j] = coefficient (self, first + i, j);
  }
  multiply (self, n_source, n, (guint8 **) source, outputs);
}

static void
add_to (guint8 *sum, const guint8 *other, gsize length)
{
  for (gsize i = 0; i < length; i++)
    sum[i] ^= other[i];
}

/* scratch[r] = parity[r] − what the known symbols contribute to it */
static void
subtract_known (ScCastCode *self, guint n_source, guint8 *block, const guint8 *symbols, const guint8 *missing, guint e,
                guint8 **sums)
{
  guint8 *known[SC_CAST_MAX_SOURCE_SYMBOLS];
  guint n_known = n_source - e;
  guint8 *matrix = grown (&self->matrix, &self->matrix_size, (gsize) n_source * e);
  guint column = 0;

  for (guint j = 0; j < n_source; j++) {
    if (symbols[j] != j)
      continue;
    known[column] = block + (gsize) j * self->symbol_size;
    for (guint r = 0; r < e; r++)
      matrix[r * n_known + column] = coefficient (self, symbols[missing[r]], j);
    column++;
  }
  if (n_known > 0)
    multiply (self, n_known, e, known, sums);
  for (guint r = 0; r < e; r++) {
    const guint8 *parity = block + (gsize) missing[r] * self->symbol_size;

    if (n_known > 0)
      add_to (sums[r], parity, self->symbol_size);
    else
      memcpy (sums[r], parity, self->symbol_size);
  }
}

guint
sc_cast_code_decode (ScCastCode *self, guint n_source, guint8 *block, const guint8 *symbols)
{
  guint8 missing[SC_CAST_MAX_SOURCE_SYMBOLS];
  guint8 *sums[SC_CAST_MAX_SOURCE_SYMBOLS], *outputs[SC_CAST_MAX_SOURCE_SYMBOLS];
  g_autofree guint8 *system = NULL;
  guint8 *scratch;
  guint e = 0;

  g_return_val_if_fail (n_source >= 1 && n_source <= SC_CAST_MAX_SOURCE_SYMBOLS, 0);

  for (guint i = 0; i < n_source; i++) {
    if (symbols[i] != i)
      missing[e++] = (guint8) i;
  }
  if (e == 0)
    return 0;

  scratch = grown (&self->scratch, &self->scratch_size, (gsize) e * self->symbol_size);
  for (guint r = 0; r < e; r++) {
    sums[r] = scratch + (gsize) r * self->symbol_size;
    outputs[r] = block + (gsize) missing[r] * self->symbol_size;
  }
  subtract_known (self, n_source, block, symbols, missing, e, sums);

  system = g_malloc ((gsize) e * e);
  for (guint r = 0; r < e; r++) {
    for (guint c = 0; c < e; c++)
      system[r * e + c] = coefficient (self, symbols[missing[r]], missing[c]);
  }
  /* a Cauchy matrix is regular, so this cannot fail; gf_invert_matrix() destroys its input */
  if (gf_invert_matrix (system, self->matrix, (int) e) != 0)
    g_error ("the code's matrix is singular");
  multiply (self, e, e, sums, outputs);
  return e;
}
