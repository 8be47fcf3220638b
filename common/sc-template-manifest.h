/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-chunk.h"

G_BEGIN_DECLS

/* A template's manifest names its files and their chunks: see sc-manifest.h for the format. */
#define SC_MANIFEST_MAX_BYTES (1024u * 1024 * 1024) /* chunk ids of 2 TB in one template */
#define SC_MANIFEST_MAX_FILES 65536u
#define SC_MANIFEST_CHUNKER "fixed-64k"

/* Files that lie directly in the repository, outside any directory, form the template of this name. */
#define SC_TEMPLATE_ROOT "."

typedef enum {
  SC_FILE_READ_ONLY = 1 << 0,
} ScFileAttributes;

typedef struct {
  const char *path;        /* relative to the template's directory */
  guint64 size;            /* bytes */
  gint64 mtime;            /* µs since 1970, UTC */
  guint32 attributes;      /* ScFileAttributes */
  const ScChunkId *chunks; /* sc_chunk_count (size) of them */
  gsize n_chunks;
} ScManifestFile;

typedef struct _ScTemplateManifest ScTemplateManifest;

/* Errors: %SC_ERROR_INVALID, naming the rule that is broken */
ScTemplateManifest *sc_template_manifest_parse (GBytes *bytes, GError **error);
ScTemplateManifest *sc_template_manifest_ref (ScTemplateManifest *self);
void sc_template_manifest_unref (ScTemplateManifest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScTemplateManifest, sc_template_manifest_unref)

const char *sc_template_manifest_get_name (const ScTemplateManifest *self);
const ScChunkId *sc_template_manifest_get_id (const ScTemplateManifest *self);
GBytes *sc_template_manifest_get_bytes (const ScTemplateManifest *self); /* (transfer none) */
guint64 sc_template_manifest_get_size (const ScTemplateManifest *self);  /* sum of the files' sizes, bytes */
guint sc_template_manifest_get_n_files (const ScTemplateManifest *self);
const ScManifestFile *sc_template_manifest_get_file (const ScTemplateManifest *self, guint index);
const ScManifestFile *sc_template_manifest_find_file (const ScTemplateManifest *self,
                                                      const char *path); /* (nullable) */

typedef struct _ScTemplateManifestBuilder ScTemplateManifestBuilder;

ScTemplateManifestBuilder *sc_template_manifest_builder_new (const char *name);
void sc_template_manifest_builder_free (ScTemplateManifestBuilder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScTemplateManifestBuilder, sc_template_manifest_builder_free)
/* Files in any order; copies everything. @n_chunks must be sc_chunk_count (@size). */
void sc_template_manifest_builder_add (ScTemplateManifestBuilder *self, const char *path, guint64 size, gint64 mtime,
                                       guint32 attributes, const ScChunkId *chunks, gsize n_chunks);
/* Errors: %SC_ERROR_INVALID for names that break a rule or that differ only in case */
ScTemplateManifest *sc_template_manifest_builder_end (ScTemplateManifestBuilder *self, GError **error);

G_END_DECLS
