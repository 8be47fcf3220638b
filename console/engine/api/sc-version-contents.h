/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/api/sc-manifest-cache.h"
#include "console/engine/catalog/sc-catalog.h"

G_BEGIN_DECLS

/**
 * ScVersionContents:
 *
 * What versions consist of, to tell what a seat may read: 8 bytes a chunk (12 MB for 100 GB), made from the manifests
 * when somebody asks, and kept for those that ask next, up to @max_bytes, but always the last one. One that is being
 * made is waited for, not made twice. Thread-safe.
 */
typedef struct _ScVersionContents ScVersionContents;

/* Both outlive it. */
ScVersionContents *sc_version_contents_new (ScStore *store, ScManifestCache *manifests, gsize max_bytes);
void sc_version_contents_free (ScVersionContents *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScVersionContents, sc_version_contents_free)

/* What a seat may read: the chunks of some versions, or of parts of them. */
typedef struct _ScReadable ScReadable;

/* @versions: (element-type ScCatalogOrdered): those that the store has no longer count for nothing. Reads the disk.
 * (transfer full) */
ScReadable *sc_version_contents_get (ScVersionContents *self, GArray *versions, GError **error);
void sc_readable_free (ScReadable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScReadable, sc_readable_free)
gboolean sc_readable_has_chunk (const ScReadable *self, const ScChunkId *id);

/* Whether @id is the manifest of one of @versions, or of a template of one; then @manifests has it, also where it is of
 * a part. Reads the disk. Returns: FALSE with an error
 * (%SC_ERROR_DENIED) when it is not */
gboolean sc_version_contents_check_manifest (ScVersionContents *self, GArray *versions, const ScChunkId *id,
                                             GError **error);
/* Whether @bytes, which lie at @offset of @pack, are whole entries of chunks in @readable, and nothing else.
 * Errors: %SC_ERROR_DENIED; %SC_ERROR_NOT_FOUND an entry lies elsewhere now; others of the store */
gboolean sc_version_contents_check_range (ScVersionContents *self, const ScReadable *readable, guint32 pack,
                                          guint64 offset, GBytes *bytes, GError **error);
/* The same of @length bytes there, of which only the entries' headers are read. */
gboolean sc_version_contents_check_place (ScVersionContents *self, const ScReadable *readable, guint32 pack,
                                          guint64 offset, guint64 length, GError **error);

G_END_DECLS
