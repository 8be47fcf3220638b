/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-chunk-index.h"
#include "common/sc-database.h"
#include "common/sc-pack-entry.h"
#include "common/platform/sc-file-scan.h"
#include "console/engine/store/sc-store.h"

G_BEGIN_DECLS

/**
 * ScStoreIndex:
 *
 * Where entries lie in the packs, the versions, and what publishing remembers of files: DIR/index.db (docs/store.md).
 * Everything but the files can be made anew from the packs. One thread at a time: ScStore's lock guards it.
 */
typedef struct _ScStoreIndex ScStoreIndex;

typedef struct {
  ScPackEntryKind kind;
  ScStoreEntry entry;
} ScStoreRow;

typedef struct {
  guint32 number;
  guint64 size; /* bytes that are durable and in the index */
} ScStorePackRow;

/* Errors: %SC_ERROR_CORRUPT when the file is damaged */
#define SC_STORE_INDEX_NAME "index.db"
ScStoreIndex *sc_store_index_open (const char *directory, const char *name, GError **error);
void sc_store_index_close (ScStoreIndex *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScStoreIndex, sc_store_index_close)

gboolean sc_store_index_begin (ScStoreIndex *self, GError **error);
gboolean sc_store_index_commit (ScStoreIndex *self, GError **error);
void sc_store_index_rollback (ScStoreIndex *self);

/* Takes the place of an entry of the same id where @replace, else leaves it. */
gboolean sc_store_index_put (ScStoreIndex *self, const ScStoreRow *row, gboolean replace, GError **error);
/* Returns: FALSE on an error; @found tells whether there is one */
gboolean sc_store_index_find (ScStoreIndex *self, const ScChunkId *id, ScStoreRow *row, gboolean *found,
                              GError **error);
gboolean sc_store_index_forget (ScStoreIndex *self, const ScChunkId *id, GError **error);
gboolean sc_store_index_forget_pack (ScStoreIndex *self, guint32 pack, GError **error);
/* Forgets everything but the number of the next pack. */
gboolean sc_store_index_clear (ScStoreIndex *self, GError **error);
/* Adds the ids of all entries. */
gboolean sc_store_index_load_ids (ScStoreIndex *self, ScChunkIndex *ids, GError **error);
/* A statement that yields entries in the order of the packs, of one pack or (@pack 0) of all, and its next row. */
ScStatement *sc_store_index_list_entries (ScStoreIndex *self, guint32 pack, GError **error);
gboolean sc_store_index_next_entry (ScStoreIndex *self, ScStatement *list, ScStoreRow *row, gboolean *has_row,
                                    GError **error);

/* (element-type ScStorePackRow): by number */
GArray *sc_store_index_list_packs (ScStoreIndex *self, GError **error);
gboolean sc_store_index_get_pack (ScStoreIndex *self, guint32 pack, guint64 *size, gboolean *found, GError **error);
gboolean sc_store_index_set_pack (ScStoreIndex *self, guint32 pack, guint64 size, GError **error);
/* The lowest number that no pack has ever had; set_pack() raises it. */
gboolean sc_store_index_get_next_pack (ScStoreIndex *self, guint32 *pack, GError **error);
gboolean sc_store_index_raise_next_pack (ScStoreIndex *self, guint32 pack, GError **error);
/* Takes over all that @other holds, in one transaction; what was prepared stays usable. */
gboolean sc_store_index_copy_from (ScStoreIndex *self, ScStoreIndex *other, GError **error);

gboolean sc_store_index_put_version (ScStoreIndex *self, ScVersionManifest *version, gboolean replace, GError **error);
/* (element-type ScVersionManifest): by number */
GPtrArray *sc_store_index_list_versions (ScStoreIndex *self, GError **error);
/* (nullable) without an error when there is none */
ScVersionManifest *sc_store_index_get_version (ScStoreIndex *self, guint64 number, GError **error);
GBytes *sc_store_index_get_version_bytes (ScStoreIndex *self, const ScChunkId *id, GError **error);
gboolean sc_store_index_get_last_version (ScStoreIndex *self, guint64 *number, GError **error);

/* The publish cache. (nullable) (transfer full): the chunk ids of a file that has not changed */
GBytes *sc_store_index_get_file (ScStoreIndex *self, const char *directory, const char *path, const ScScanInfo *info,
                                 GError **error);
gboolean sc_store_index_put_file (ScStoreIndex *self, const char *directory, const char *path, const ScScanInfo *info,
                                  GBytes *chunks, GError **error);
/* Forgets the files of @directory whose path is not a key of @keep. */
gboolean sc_store_index_keep_files (ScStoreIndex *self, const char *directory, GHashTable *keep, GError **error);
/* Forgets every file that has one of these chunks: it has to be read again. */
gboolean sc_store_index_forget_files (ScStoreIndex *self, const ScChunkIndex *chunks, GError **error);

G_END_DECLS
