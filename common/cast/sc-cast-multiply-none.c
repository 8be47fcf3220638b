/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/cast/sc-cast-multiply.h"

/* Another processor, or a compiler that does not align the stack for the widest registers (GCC for Windows, its bug
 * 54412). */
gboolean
sc_cast_multiply_gfni (guint k, guint n, const guint8 *matrix, guint8 *const *inputs, guint8 *const *outputs,
                       gsize length)
{
  return FALSE;
}
