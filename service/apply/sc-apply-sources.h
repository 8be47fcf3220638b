/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "service/apply/sc-apply-file.h"

G_BEGIN_DECLS

/**
 * ScApplySources:
 *
 * Where on this seat a chunk lies: one place per distinct chunk, preferably one that the update does not overwrite. An
 * open-addressing table of 4-byte numbers, so at most 16 bytes a chunk. Zero chunks are left out. Immutable once built.
 */
typedef struct _ScApplySources ScApplySources;

#define SC_APPLY_SOURCE_NONE G_MAXUINT32

/* @files: (element-type ScApplyFile): must outlive the sources; sets their first. Errors: %SC_ERROR_INVALID beyond 2³²
 * chunks */
ScApplySources *sc_apply_sources_new (GPtrArray *files, GError **error);
void sc_apply_sources_free (ScApplySources *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScApplySources, sc_apply_sources_free)

/* Returns: the number of a place, or SC_APPLY_SOURCE_NONE */
guint32 sc_apply_sources_find (const ScApplySources *self, const ScChunkId *id);
/* What a number means. */
ScApplyFile *sc_apply_sources_get (const ScApplySources *self, guint32 source, guint32 *chunk);

G_END_DECLS
