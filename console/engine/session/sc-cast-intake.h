/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/session/sc-cast-source.h"

G_BEGIN_DECLS

/**
 * ScCastIntake:
 *
 * Reads the blocks of a stream ahead, in order, on a thread of its own ("cast-read"), so that the thread that sends
 * them never waits for a disk. Holds at most SC_CAST_INTAKE_BLOCKS.
 */
typedef struct _ScCastIntake ScCastIntake;

#define SC_CAST_INTAKE_BLOCKS 16u /* 4.6 MB at 1,500-byte packets */

/* On the intake's own thread. */
typedef void (*ScCastIntakeReady) (gpointer data);

/* @source: (transfer full): copied, and its object freed with the intake. @ready: there is a block, or reading failed,
 * where there was nothing to take; @data outlives the intake. Starts at once. */
ScCastIntake *sc_cast_intake_new (const ScCastSource *source, guint32 n_blocks, ScCastIntakeReady ready, gpointer data);
/* Waits for what is being read. */
void sc_cast_intake_free (ScCastIntake *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScCastIntake, sc_cast_intake_free)
/* Nothing more is read. From any thread, does not wait. */
void sc_cast_intake_stop (ScCastIntake *self);

/* The next block, without waiting. @bytes: (out) (transfer full). Returns: FALSE when there is none: with @error when
 * it could not be read (said once), without it when it is not read yet or there are no more */
gboolean sc_cast_intake_take (ScCastIntake *self, guint32 *number, GBytes **bytes, GError **error);

G_END_DECLS
