/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/cast/sc-cast-layout.h"

G_BEGIN_DECLS

/**
 * ScCastCode:
 *
 * Systematic Reed–Solomon code over GF(2⁸) (ISA-L's field). Symbol i < n_source of a block is source; symbol i ≥
 * n_source is Σⱼ source[j] / (i ⊕ j): row i of ISA-L's gf_gen_cauchy1_matrix() for that n_source (Cauchy: every
 * square submatrix is regular, so any n_source symbols of the block give it back). A row depends on its own index
 * only, so each parity symbol can be made by itself, on demand. Holds scratch memory: one per thread.
 */
typedef struct _ScCastCode ScCastCode;

ScCastCode *sc_cast_code_new (guint32 symbol_size);
void sc_cast_code_free (ScCastCode *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScCastCode, sc_cast_code_free)

/**
 * sc_cast_code_encode:
 * @source: @n_source (1 … SC_CAST_MAX_SOURCE_SYMBOLS) pointers to symbols
 * @first: index of the first parity symbol to make, ≥ @n_source; @first + @n ≤ SC_CAST_MAX_SYMBOLS
 * @parity: room for @n symbols, one after the other
 */
void sc_cast_code_encode (ScCastCode *self, guint n_source, const guint8 *const *source, guint first, guint n,
                          guint8 *parity);

/**
 * sc_cast_code_decode:
 * @block: @n_source slots of a symbol each, all filled
 * @symbols: which symbol each slot holds: slot i either symbol i or any parity symbol, all different
 *
 * Puts the missing source symbols into their slots, where parity was. Only the e×e system of the e missing symbols
 * is solved: the known ones' part is subtracted from e parity symbols first. Returns: e
 */
guint sc_cast_code_decode (ScCastCode *self, guint n_source, guint8 *block, const guint8 *symbols);

G_END_DECLS
