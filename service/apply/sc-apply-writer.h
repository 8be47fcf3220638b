/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "service/apply/sc-apply-saver.h"

G_BEGIN_DECLS

/**
 * ScApplyWriter:
 *
 * Reads and writes the content of a plan's files. What overwrites something that has to be saved first is held back
 * until SC_APPLY_BATCH bytes have gathered: then the undo store's logs are flushed once, and all of it is written. One
 * thread at a time.
 */
typedef struct _ScApplyWriter ScApplyWriter;

#define SC_APPLY_BATCH (16u * 1024 * 1024)          /* bytes */
#define SC_APPLY_STASH_MAX (32u * 1024 * 1024)      /* bytes on the disk at a time */
#define SC_APPLY_SYNC_INTERVAL (256u * 1024 * 1024) /* bytes written between syncs of the files */

typedef struct {
  ScApplyPlan *plan;
  ScApplyHandles *handles;
  ScApplyStash *stash;
  ScApplyUndo *undo;
  ScApplySaver *saver;
} ScApplyWriterParts;

/* All must outlive it. */
ScApplyWriter *sc_apply_writer_new (const ScApplyWriterParts *parts);
void sc_apply_writer_free (ScApplyWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScApplyWriter, sc_apply_writer_free)

/* Gives every file its place, its size if it grows, and its disk space. */
gboolean sc_apply_writer_allocate (ScApplyWriter *self, ScProgress *progress, GCancellable *cancellable,
                                   GError **error);
/* Makes the local copies, then the holes; all of it is durable afterwards. A source that turns out to be damaged makes
 * its chunk lacking. */
gboolean sc_apply_writer_copy (ScApplyWriter *self, ScProgress *progress, GCancellable *cancellable, GError **error);

/* Writes wanted chunk @index to all its places, now or with the batch; it counts as done. After an error only a new
 * plan knows what lies where. */
gboolean sc_apply_writer_put (ScApplyWriter *self, guint32 index, const guint8 *data, GError **error);
/* Writes what is held back. */
gboolean sc_apply_writer_flush (ScApplyWriter *self, GError **error);
/* To be called before a template is committed: nothing is held back any more, and what its files are going to be cut by
 * is saved. */
gboolean sc_apply_writer_prepare_commit (ScApplyWriter *self, ScApplyTemplate *template, GError **error);

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
