/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/cast/sc-cast-code.h"

#include "common/cast/sc-cast-multiply.h"

#include <isa-l/erasure_code.h>

#define TABLE_SIZE 32u  /* bytes that ec_init_tables() makes of one coefficient */
#define ORDER 255u      /* elements of GF(2⁸) but 0, all of which are powers of 2 */
#define POLYNOMIAL 0x1d /* ISA-L's, without x⁸ */

struct _ScCastCode {
  guint32 symbol_size;
  guint8 inverses[256]; /* in GF(2⁸), of 1 to 255 */
  guint8 logs[256];     /* to the base 2, of 1 to 255 */
  guint8 powers[ORDER]; /* of 2 */
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

static void
make_logs (ScCastCode *self)
{
  guint8 power = 1;

  for (guint i = 0; i < ORDER; i++) {
    self->powers[i] = power;
    self->logs[power] = (guint8) i;
    power = (guint8) (power << 1 ^ ((power & 0x80) != 0 ? POLYNOMIAL : 0));
  }
}

ScCastCode *
sc_cast_code_new (guint32 symbol_size)
{
  ScCastCode *self = g_new0 (ScCastCode, 1);

  self->symbol_size = symbol_size;
  /* row i of this one column is the inverse of i; ISA-L's DLL does not export gf_inv() itself */
  gf_gen_cauchy1_matrix (self->inverses, (int) sizeof self->inverses, 1);
  make_logs (self);
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
  guint8 *tables;

  if (sc_cast_multiply_gfni (k, n, self->matrix, inputs, outputs, self->symbol_size))
    return;
  tables = grown (&self->tables, &self->tables_size, (gsize) k * n * TABLE_SIZE);
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

/* The log of the product of @x + each of @others but @x itself. */
static guint
log_of_product (const ScCastCode *self, guint8 x, const guint8 *others, guint e)
{
  guint sum = 0;

  for (guint k = 0; k < e; k++)
    sum += others[k] == x ? 0 : self->logs[x ^ others[k]];
  return sum % ORDER;
}

/* The inverse of the Cauchy matrix 1 / (x_i + y_j), to self->matrix: element i, j is
 *   Π_k (x_j + y_k) (x_k + y_i) / ((x_j + y_i) Π_{k≠j} (x_j + x_k) Π_{k≠i} (y_i + y_k))
 * (S. Schechter, On the inversion of certain matrices, 1959), in e² steps and not in e³ */
static void
invert_cauchy (ScCastCode *self, const guint8 *x, const guint8 *y, guint e)
{
  guint8 *matrix = grown (&self->matrix, &self->matrix_size, (gsize) e * e);
  guint of_x[SC_CAST_MAX_SOURCE_SYMBOLS];

  for (guint j = 0; j < e; j++)
    of_x[j] = log_of_product (self, x[j], y, e) + ORDER - log_of_product (self, x[j], x, e);
  for (guint i = 0; i < e; i++) {
    guint of_y = log_of_product (self, y[i], x, e) + ORDER - log_of_product (self, y[i], y, e);

    for (guint j = 0; j < e; j++)
      matrix[i * e + j] = self->powers[(of_x[j] + of_y + ORDER - self->logs[x[j] ^ y[i]]) % ORDER];
  }
}

guint
sc_cast_code_decode (ScCastCode *self, guint n_source, guint8 *block, const guint8 *symbols)
{
  guint8 missing[SC_CAST_MAX_SOURCE_SYMBOLS], parity[SC_CAST_MAX_SOURCE_SYMBOLS];
  guint8 *sums[SC_CAST_MAX_SOURCE_SYMBOLS], *outputs[SC_CAST_MAX_SOURCE_SYMBOLS];
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
    parity[r] = symbols[missing[r]];
  }
  subtract_known (self, n_source, block, symbols, missing, e, sums);

  invert_cauchy (self, parity, missing, e);
  multiply (self, e, e, sums, outputs);
  return e;
}
