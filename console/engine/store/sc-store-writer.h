/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/store/sc-store-private.h"

G_BEGIN_DECLS

/**
 * ScStoreWriter:
 *
 * Appends entries to packs in the order that makes a crash harmless: bytes, flush, index. Between checkpoints nothing
 * is in the index; at a checkpoint the pack is made durable and then its entries become visible in one transaction. One
 * thread; its owner is the one who is writing (sc_store_begin_writing()).
 */
typedef struct _ScStoreWriter ScStoreWriter;

ScStoreWriter *sc_store_writer_new (ScStore *store);
/* What was appended since the last checkpoint is cut off again. */
void sc_store_writer_free (ScStoreWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScStoreWriter, sc_store_writer_free)

/* Where the next entry goes to: a new pack, not the last one. */
gboolean sc_store_writer_start_pack (ScStoreWriter *self, GError **error);
/* Appends a whole entry as sc_pack_entry_write_header() made it. Makes a checkpoint first when the last one is long
 * past. */
gboolean sc_store_writer_append (ScStoreWriter *self, const ScPackEntry *entry, const guint8 *header,
                                 const guint8 *stored, GError **error);
/* Remembers a file once its chunks are in the index: in the transaction of the next checkpoint. */
void sc_store_writer_add_file (ScStoreWriter *self, const char *directory, const char *path, const ScScanInfo *info,
                               GBytes *chunks);
/* @version: (nullable): becomes visible in the same transaction */
gboolean sc_store_writer_checkpoint (ScStoreWriter *self, ScVersionManifest *version, GError **error);

/* Appends a manifest. Returns: the bytes it takes as stored, 0 on an error */
guint64 sc_store_writer_append_manifest (ScStoreWriter *self, ScPackEntryKind kind, const ScChunkId *id, GBytes *bytes,
                                         GError **error);

G_END_DECLS
