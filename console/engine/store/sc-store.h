/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/platform/sc-disk.h"
#include "common/sc-frame.h"
#include "common/sc-manifest.h"
#include "common/sc-progress.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ScStore:
 *
 * The console's versions and their chunks: append-only pack files and an index that can always be rebuilt from them
 * (docs/store.md).
 *
 *   DIR/lock  DIR/index.db  DIR/packs/00000001.pack …  DIR/signatures/1 …
 *
 * A pack entry is self-describing (magic, kind, id, encoding, lengths, checksum) and holds a chunk's frame, a
 * template's manifest or a version's manifest. Order of a commit: pack, flush, index, and the version's row last. Pack
 * numbers are never used twice, and an entry never moves within its pack: ranges of packs are immutable and may be
 * cached. Thread-safe.
 */
typedef struct _ScStore ScStore;

typedef struct {
  ScChunkId id;
  guint32 pack;
  guint64 offset;        /* of the entry (its header) in the pack */
  guint32 stored_length; /* of the frame, bytes */
  guint32 length;        /* of the chunk, bytes */
  ScEncoding encoding;
} ScStoreEntry;

/* Makes the directory where there is none. Errors: %SC_ERROR_BUSY when another engine has it open, %SC_ERROR_CORRUPT */
ScStore *sc_store_open (const char *directory, GError **error);
void sc_store_close (ScStore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScStore, sc_store_close)

/* (element-type ScVersionManifest) (transfer full): oldest first */
GPtrArray *sc_store_list_versions (ScStore *self, GError **error);
/* Errors: %SC_ERROR_NOT_FOUND naming the number and how to list them */
ScVersionManifest *sc_store_get_version (ScStore *self, guint64 number, GError **error);
/* Checked against @id. */
ScTemplateManifest *sc_store_get_template (ScStore *self, const ScChunkId *id, GError **error);
GBytes *sc_store_get_manifest_bytes (ScStore *self, const ScChunkId *id, GError **error); /* of either kind */
/* (element-type ScTemplateManifest) (transfer full): of all of a version's templates, in its order */
GPtrArray *sc_store_get_templates (ScStore *self, const ScVersionManifest *version, GError **error);

/* Where chunks lie. Errors: %SC_ERROR_NOT_FOUND naming the first that is not there */
gboolean sc_store_locate (ScStore *self, const ScChunkId *ids, gsize n_ids, ScStoreEntry *entries, GError **error);
/* Reads a frame and checks its entry's checksum. @frame: room for @entry->stored_length. Errors: %SC_ERROR_CORRUPT */
gboolean sc_store_read_frame (ScStore *self, const ScStoreEntry *entry, guint8 *frame, GError **error);
/* Reads and decodes the chunk and checks its hash. @chunk: room for SC_CHUNK_SIZE; @length: (out) */
gboolean sc_store_read_chunk (ScStore *self, const ScStoreEntry *entry, ScFrameCoder *coder, guint8 *chunk,
                              gsize *length, GError **error);
/* A range of a pack, for catch-up. Errors: %SC_ERROR_NOT_FOUND, %SC_ERROR_INVALID for a range past its end */
GBytes *sc_store_read_pack (ScStore *self, guint32 pack, guint64 offset, gsize length, GError **error);
gboolean sc_store_get_pack_size (ScStore *self, guint32 pack, guint64 *size, GError **error);

/* (transfer full): an empty file in the store's directory that has no name any more, for what is too large for the
 * memory and not to outlive the process. Independent of the store once it is open. */
ScDiskFile *sc_store_open_scratch (ScStore *self, GError **error);

/* What the packs take, and what is free on their file system: bytes. Reads the disk. */
gboolean sc_store_get_size (ScStore *self, guint64 *bytes, guint64 *free_bytes, GError **error);

typedef struct {
  guint64 entries, bytes; /* looked at */
  guint64 damaged;        /* entries whose checksum or hash is wrong, or that are missing; versions that are not
                             signed well */
  GPtrArray *problems; /* (element-type utf8): one line each, at most 1,000, naming pack, offset, versions and files */
  guint64 freed_bytes; /* gc */
  guint64 versions;    /* rebuild-index, verify */
} ScStoreReport;
void sc_store_report_free (ScStoreReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScStoreReport, sc_store_report_free)

/* Reads every entry and checks it, and that every version has all it names. Damage is in the report, not an error. What
 * is damaged leaves the index: it is never offered, and publishing the same data again stores it anew. Errors of all
 * three: %SC_ERROR_BUSY while another of them or a publish runs, %SC_ERROR_CANCELLED */
ScStoreReport *sc_store_verify (ScStore *self, ScProgress *progress, GCancellable *cancellable, GError **error);
/* Frees what no version needs: whole packs, and packs that are mostly garbage by copying the rest to new ones. */
ScStoreReport *sc_store_gc (ScStore *self, ScProgress *progress, GCancellable *cancellable, GError **error);
/* Makes the index anew from the packs. */
ScStoreReport *sc_store_rebuild_index (ScStore *self, ScProgress *progress, GCancellable *cancellable, GError **error);

G_END_DECLS
