/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "service/sc-apply-handles.h"
#include "service/sc-apply-plan.h"

G_BEGIN_DECLS

/**
 * ScApplyWriter:
 *
 * Reads and writes the content of a plan's files. One thread at a time.
 */
typedef struct _ScApplyWriter ScApplyWriter;

/* All must outlive it. */
ScApplyWriter *sc_apply_writer_new (ScApplyPlan *plan, ScApplyHandles *handles, ScApplyStash *stash);
void sc_apply_writer_free (ScApplyWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScApplyWriter, sc_apply_writer_free)

/* Gives every file its place, its size if it grows, and its disk space. */
gboolean sc_apply_writer_allocate (ScApplyWriter *self, ScProgress *progress, GCancellable *cancellable,
                                   GError **error);
/* Makes the local copies, then the holes; all of it is durable afterwards. A source that turns out to be damaged makes
 * its chunk lacking. */
gboolean sc_apply_writer_copy (ScApplyWriter *self, ScProgress *progress, GCancellable *cancellable, GError **error);

/* Writes wanted chunk @index to all its places. On an error it stays wanted. */
gboolean sc_apply_writer_put (ScApplyWriter *self, guint32 index, const guint8 *data, GError **error);

/**
 * sc_apply_writer_read_reference:
 * @index: the wanted chunk that a frame of is to be decoded: its own places are looked at first
 * @data: room for SC_CHUNK_SIZE bytes
 *
 * Errors: %SC_ERROR_NOT_FOUND when this seat has not got the chunk @reference, or not any more
 */
gboolean sc_apply_writer_read_reference (ScApplyWriter *self, guint32 index, const ScChunkId *reference, guint8 *data,
                                         gsize *length, GError **error);

G_END_DECLS
