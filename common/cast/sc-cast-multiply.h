/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * sc_cast_multiply_gfni:
 * @matrix: @n rows of @k coefficients, in GF(2⁸) with the polynomial x⁸+x⁴+x³+x²+1, which is ISA-L's
 * @inputs: @k of @length bytes each
 * @outputs: (out): @n of @length bytes each; none may be an input
 *
 * Each output is the sum of the inputs times the coefficients of its row: what ec_encode_data() of ISA-L does, with the
 * processor's own instruction for affine maps over GF(2) (GFNI, AVX-512), which a multiplication is. That needs an
 * eighth of ISA-L's tables, and many outputs at once.
 *
 * Returns: FALSE, and nothing is done, where the processor has not got them
 */
gboolean sc_cast_multiply_gfni (guint k, guint n, const guint8 *matrix, guint8 *const *inputs, guint8 *const *outputs,
                                gsize length);

G_END_DECLS
