/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/platform/sc-disk.h"
#include "common/sc-chunk-index.h"

G_BEGIN_DECLS

/*
 * The index file of a sealed undo log: where each record lies, so that a log of many gigabytes need not be walked
 * through to know what is in it. Little-endian:
 *
 *   0 magic "SCUNDOI1"   8 u64 count   16 u64 size of the log, bytes
 *   24 count times: id (32), u64 offset of its record in the log, ascending
 *   24 + 40 × count: u64 CRC-64 (ECMA-182, reflected) of all before
 *
 * It says nothing that the log does not say, and records are checked when they are read: without it, or with a wrong
 * one, nothing is lost but time.
 */

/* Writes @path by way of @path.new, which is synced; the rename is not durable. An old one is replaced.
 * @offsets: guint64, by the indexes of @chunks */
gboolean sc_apply_undo_index_write (ScDisk *disk, const char *path, const ScChunkIndex *chunks, const GArray *offsets,
                                    guint64 log_size, GError **error);
/* @log_size: of the log as it is: the index of any other is an error.
 * @chunks, @offsets: (inout): empty; on an error they hold what has to be thrown away. Takes no memory that the size of
 *   the index file does not account for.
 * Errors: %SC_ERROR_CORRUPT, those of the disk, so %SC_ERROR_NOT_FOUND */
gboolean sc_apply_undo_index_read (ScDisk *disk, const char *path, guint64 log_size, ScChunkIndex *chunks,
                                   GArray *offsets, GError **error);

G_END_DECLS
