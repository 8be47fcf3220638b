/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-chunk-index.h"
#include "common/sc-template-manifest.h"

G_BEGIN_DECLS

/*
 * A version's manifest names templates; a template's manifest names files and their chunks. Both are GVariants in
 * normal form, little-endian; the SHA-256 of the bytes is the identity. Types:
 *
 *   template  (ssa(stxusay))   "seatcast-template-1", name, files: path, size, mtime µs, attributes, chunker, chunk ids
 *   version   (stxssa(sayt))   "seatcast-version-1", number, created µs, author, note, templates: name, id, bytes
 *
 * Files are sorted by path, templates by name (strcmp), both unique even when case is ignored. Everything is checked
 * when bytes are parsed, so an object of these types is always sound. Immutable, so usable from all threads.
 */
#define SC_MANIFEST_MAX_TEMPLATES 4096u
#define SC_MANIFEST_NOTE_MAX 4096u  /* bytes */
#define SC_MANIFEST_AUTHOR_MAX 256u /* bytes */

typedef struct {
  const char *name;
  ScChunkId id;
  guint64 size; /* bytes */
} ScManifestTemplate;

typedef struct _ScVersionManifest ScVersionManifest;

ScVersionManifest *sc_version_manifest_parse (GBytes *bytes, GError **error);
/* Errors: %SC_ERROR_INVALID. Templates in any order; copies everything. */
ScVersionManifest *sc_version_manifest_new (guint64 number, gint64 created, const char *author, const char *note,
                                            const ScManifestTemplate *templates, guint n_templates, GError **error);
ScVersionManifest *sc_version_manifest_ref (ScVersionManifest *self);
void sc_version_manifest_unref (ScVersionManifest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScVersionManifest, sc_version_manifest_unref)

guint64 sc_version_manifest_get_number (const ScVersionManifest *self);
gint64 sc_version_manifest_get_created (const ScVersionManifest *self); /* µs since 1970, UTC */
const char *sc_version_manifest_get_author (const ScVersionManifest *self);
const char *sc_version_manifest_get_note (const ScVersionManifest *self);
const ScChunkId *sc_version_manifest_get_id (const ScVersionManifest *self);
GBytes *sc_version_manifest_get_bytes (const ScVersionManifest *self); /* (transfer none) */
guint64 sc_version_manifest_get_size (const ScVersionManifest *self);
guint sc_version_manifest_get_n_templates (const ScVersionManifest *self);
const ScManifestTemplate *sc_version_manifest_get_template (const ScVersionManifest *self, guint index);
const ScManifestTemplate *sc_version_manifest_find_template (const ScVersionManifest *self, const char *name);

/**
 * sc_version_chunks_collect:
 * @templates: (element-type ScTemplateManifest): in the version's order
 *
 * Every distinct chunk of the templates that is not all zero, in order of first appearance (template, file, position).
 * Both ends get the same index for the same version: it is what a seat's "lacks" bitmap refers to.
 */
ScChunkIndex *sc_version_chunks_collect (GPtrArray *templates);

G_END_DECLS
