/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/platform/sc-disk.h"
#include "common/sc-chunk-index.h"
#include "common/sc-frame.h"

G_BEGIN_DECLS

/**
 * ScApplyUndoLog:
 *
 * One file to which chunks are appended, each as a pack entry (common/sc-pack-entry.h, kind CHUNK), and from which they
 * are read by number: records count from 0. No chunk is in it twice. What is appended is gathered in memory and written
 * in pieces of 1 MiB. One thread at a time.
 */
typedef struct _ScApplyUndoLog ScApplyUndoLog;

#define SC_APPLY_UNDO_LOG_MAX_RECORDS                                                                                  \
  (1u << 28) /* 16 TiB of chunks: what is behind them in a file is not looked at                                       \
              */

#define SC_APPLY_UNDO_LOG_INDEX "index" /* the file beside the log: service/apply/sc-apply-undo-index.h */

/**
 * sc_apply_undo_log_new:
 * @disk, @coder: (transfer none): outlive the log; the coder is used for writing and reading
 * @path: the log's file in a directory that exists; the file need not exist
 * @check: TRUE: every record is decoded and hashed, and those that are not whole are left out, because a crash may have
 *   torn them; FALSE: the log was sealed: what its index says is there, and without a whole one that fits to the log
 * only headers are looked at
 *
 * Reads what is there; changes nothing. Damage is no error but a message in the journal: what cannot be recognised is
 * not there.
 */
ScApplyUndoLog *sc_apply_undo_log_new (ScDisk *disk, const char *path, ScFrameCoder *coder, gboolean check,
                                       GError **error);
void sc_apply_undo_log_free (ScApplyUndoLog *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScApplyUndoLog, sc_apply_undo_log_free)

/* (transfer none): the chunks; their indexes are the records' numbers */
const ScChunkIndex *sc_apply_undo_log_get_chunks (const ScApplyUndoLog *self);
guint64 sc_apply_undo_log_get_size (const ScApplyUndoLog *self); /* bytes, with those that are not written yet */

/* @data: room for SC_CHUNK_SIZE bytes; checked by hash. Errors: %SC_ERROR_CORRUPT, those of the disk */
gboolean sc_apply_undo_log_read (ScApplyUndoLog *self, guint32 record, guint8 *data, gsize *length, GError **error);

/* Makes what was read durable (a process that was killed need not have got that far) and cuts off a torn end. */
gboolean sc_apply_undo_log_resume (ScApplyUndoLog *self, GError **error);
/* Appends a chunk that is not there yet; one of zeros is left out. On an error nothing was added. */
gboolean sc_apply_undo_log_add (ScApplyUndoLog *self, const ScChunkId *id, const guint8 *data, gsize length,
                                GError **error);
/* All that was added, and the file's name, is durable. A disk that has failed to do so once is not believed again: then
 * this and sc_apply_undo_log_add() answer %SC_ERROR_STATE, and only a new log knows what is there. */
gboolean sc_apply_undo_log_sync (ScApplyUndoLog *self, GError **error);
/* Nothing is added any more: makes what was durable, closes the file, and writes the index beside it, whose name is
 * durable when the directory is synced. Where there is no room for the index there is none. */
gboolean sc_apply_undo_log_seal (ScApplyUndoLog *self, GError **error);
/* Closes the file; to be called after sync. Reading opens it again. */
void sc_apply_undo_log_close (ScApplyUndoLog *self);

G_END_DECLS
