/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/store/sc-pack.h"
#include "console/engine/store/sc-store-index.h"
#include "console/engine/store/sc-store-signatures.h"
#include "console/engine/store/sc-store.h"

G_BEGIN_DECLS

#define SC_STORE_MAX_PROBLEMS 1000u

/* Of one version (sc-store-signatures.c). */
typedef struct _ScStoreSignature ScStoreSignature;

struct _ScStore {
  char *directory;
  ScDisk *disk;
  ScDiskFile *lock_file;
  guint64 pack_limit;
  GMutex writing;       /* held by whoever changes the store: publish, verify, gc, rebuild-index */
  ScStoreIndex *index;  /* used by whoever holds @writing, and by nobody else */
  GMutex lock;          /* guards all below; never held while the disk is written to */
  ScStoreIndex *reader; /* sees what is committed, and waits for no transaction of the index */
  GHashTable *packs;    /* number → ScPack that is open */
  ScVersionSigner signer;
  ScSigningKey keys[SC_ANCHORS_MAX]; /* whose signatures are good */
  gsize n_keys;
  GHashTable *signatures; /* number → ScStoreSignature: those that were asked for */
  char *broken;           /* (nullable): why nothing may be written until the store is opened again */
};

/* @disk: (transfer full) (nullable): for tests: how the store's files are written; @pack_limit: bytes */
ScStore *sc_store_open_with (const char *directory, ScDisk *disk, guint64 pack_limit, GError **error);

/* Makes the caller the one that may change the store. Errors: %SC_ERROR_BUSY, %SC_ERROR_STATE when the store is broken
 */
gboolean sc_store_begin_writing (ScStore *self, GError **error);
void sc_store_end_writing (ScStore *self);

static inline void
sc_store_lock (ScStore *self)
{
  g_mutex_lock (&self->lock);
}

static inline void
sc_store_unlock (ScStore *self)
{
  g_mutex_unlock (&self->lock);
}

/* (transfer full): a pack, opened or as it is open already. Errors: %SC_ERROR_NOT_FOUND when gc has removed it */
ScPack *sc_store_get_pack (ScStore *self, guint32 number, GError **error);
/* Closes what is cached of a pack (0: all). */
void sc_store_drop_packs (ScStore *self, guint32 number);
gboolean sc_store_find (ScStore *self, const ScChunkId *id, ScStoreRow *row, gboolean *found, GError **error);
/* Reads, decodes and checks the hash of what a row of any kind names. */
GBytes *sc_store_read_row (ScStore *self, const ScStoreRow *row, ScFrameCoder *coder, GError **error);

/* A second connection to the index, for long lists: it sees what is committed and holds nobody up. */
ScStoreIndex *sc_store_open_reader (ScStore *self, GError **error);
/* Calls @func for the entries of one pack or (@pack 0) of all, in the order of the packs. */
typedef gboolean (*ScStoreEntryFunc) (const ScStoreRow *row, gpointer user_data, GError **error);
gboolean sc_store_foreach_entry (ScStoreIndex *reader, guint32 pack, ScStoreEntryFunc func, gpointer user_data,
                                 GError **error);

/* To be called by whoever writes, before the version comes into being; nothing while there is no signer. */
gboolean sc_store_write_signature (ScStore *self, ScVersionManifest *version, GError **error);
/* Tells a missing or wrong one. */
void sc_store_check_signature (ScStore *self, const ScVersionManifest *version, ScStoreReport *report);
/* Forgets what was read of them: the files may have been changed since. */
void sc_store_forget_signatures (ScStore *self);
/* Removes what is of none of @versions. */
gboolean sc_store_drop_signatures (ScStore *self, GPtrArray *versions, GError **error);

ScStoreReport *sc_store_report_new (void);
void sc_store_report_add (ScStoreReport *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
gboolean sc_store_check_cancelled (GCancellable *cancellable, const char *what, GError **error);

/**
 * sc_store_recover:
 * @index: the store's, or the one that shall take its place
 * @fresh: the index is empty and is made anew: nothing is cut off from packs
 *
 * Takes into the index what packs hold beyond what it knows (after a crash), and cuts off a torn tail. Called by the
 * one who is writing; nobody else uses @index.
 */
gboolean sc_store_recover (ScStore *self, ScStoreIndex *index, gboolean fresh, ScStoreReport *report,
                           ScProgress *progress, GCancellable *cancellable, GError **error);

/* Turns a manifest into its stored form: zstd when that is smaller. */
GBytes *sc_store_pack_manifest (GBytes *bytes, ScEncoding *encoding);
/* Errors: %SC_ERROR_CORRUPT */
GBytes *sc_store_unpack_manifest (ScEncoding encoding, const guint8 *stored, gsize stored_length, gsize length,
                                  GError **error);

G_END_DECLS
