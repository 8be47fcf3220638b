/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/store/sc-store.h"

G_BEGIN_DECLS

/**
 * ScManifestCache:
 *
 * The manifests that seats fetched last, unpacked: all seats of a room ask for the same ones within seconds, and a copy
 * for each would be 49 MB times 80 for a template of 100 GB. One that is being read is waited for, not read twice. At
 * most @max_bytes, but always the last one. Thread-safe.
 */
typedef struct _ScManifestCache ScManifestCache;

/* @store: outlives the cache */
ScManifestCache *sc_manifest_cache_new (ScStore *store, gsize max_bytes);
void sc_manifest_cache_free (ScManifestCache *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScManifestCache, sc_manifest_cache_free)

/* (transfer full). Reads the disk. Errors: those of sc_store_get_manifest_bytes() */
GBytes *sc_manifest_cache_get (ScManifestCache *self, const ScChunkId *id, GError **error);

/* One that the store does not have: composed of a part of a version (sc_selection_apply()). */
void sc_manifest_cache_add (ScManifestCache *self, const ScChunkId *id, GBytes *bytes);

G_END_DECLS
