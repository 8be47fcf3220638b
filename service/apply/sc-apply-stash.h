/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/platform/sc-disk.h"
#include "common/sc-chunk-index.h"

G_BEGIN_DECLS

/**
 * ScApplyStash:
 *
 * Chunks that an update needs elsewhere and is about to overwrite, saved first (the model is the stash of Android's
 * block-image updater). One file beneath the repository, so on the same volume: .seatcast/stash, a sequence of records:
 * chunk id (32 bytes), u32 length (little-endian), the chunk. What a crash left of it whole is used by the next plan; a
 * torn record is recognised and passed over, a torn end overwritten. One thread at a time.
 */
typedef struct _ScApplyStash ScApplyStash;

#define SC_APPLY_STASH_RECORD_SIZE (36u + SC_CHUNK_SIZE) /* at most, bytes */

/* Reads and checks what is there; makes nothing. */
ScApplyStash *sc_apply_stash_new (ScDisk *disk, GError **error);
void sc_apply_stash_free (ScApplyStash *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScApplyStash, sc_apply_stash_free)

/* Whether there is no file, not even with nothing of use. */
gboolean sc_apply_stash_is_empty (const ScApplyStash *self);
/* Returns: the record's number, or SC_CHUNK_INDEX_NONE */
guint32 sc_apply_stash_find (const ScApplyStash *self, const ScChunkId *id);
/* @data: room for SC_CHUNK_SIZE bytes; checked by hash. Errors: %SC_ERROR_CORRUPT */
gboolean sc_apply_stash_read (ScApplyStash *self, guint32 record, guint8 *data, gsize *length, GError **error);
/* Returns: FALSE on an error, after which the record is not there. Not durable until sc_apply_stash_sync() */
gboolean sc_apply_stash_add (ScApplyStash *self, const ScChunkId *id, const guint8 *data, gsize length, guint32 *record,
                             GError **error);
gboolean sc_apply_stash_sync (ScApplyStash *self, GError **error);
/* Removes the file; the stash is empty afterwards. */
gboolean sc_apply_stash_remove (ScApplyStash *self, GError **error);

G_END_DECLS
