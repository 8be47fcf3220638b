/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/platform/sc-program.h"

G_BEGIN_DECLS

/* What the implementations of ScProgram share: the last SC_PROGRAM_MAX_OUTPUT bytes of what was written. */
void sc_program_keep_output (GByteArray *output, const guint8 *data, gsize length);
/* Takes over nothing. (transfer full) */
ScProgramEnd *sc_program_end_new (int status, gboolean timed_out, const GByteArray *output);

G_END_DECLS
