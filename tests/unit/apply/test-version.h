/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-frame.h"
#include "common/sc-manifest.h"

G_BEGIN_DECLS

/* A chunk as the console sends it. (g_rc_box) */
typedef struct {
  GBytes *data;
  GBytes *frame; /* (nullable): made when it is first asked for */
  ScEncoding encoding;
} TestChunk;
void test_chunk_unref (TestChunk *self);

/* A version made of files in memory. */
typedef struct {
  char *template;
  char *path;
  GBytes *data;
  gint64 mtime; /* µs */
  guint32 attributes;
} TestFile;

typedef struct {
  guint64 number;
  GPtrArray *files;     /* TestFile */
  GPtrArray *manifests; /* ScTemplateManifest, after test_version_seal() */
  ScVersionManifest *manifest;
  GHashTable *chunks; /* ScChunkId → TestChunk */
} TestVersion;

TestVersion *test_version_new (guint64 number);
void test_version_free (TestVersion *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestVersion, test_version_free)

/* Takes @data. Every version's files have a time of their own. Returns: for changes before the seal */
TestFile *test_version_add (TestVersion *self, const char *template_name, const char *path, GBytes *data);
void test_version_seal (TestVersion *self);
/* (nullable) */
const TestFile *test_version_find (const TestVersion *self, const char *template_name, const char *path);

/* Sealed, with the file disk.vmdk in the template "vm"; @pattern as for test_content() */
TestVersion *test_version_one_file (guint64 number, const char *pattern);

/* Up to three templates, the root's among them, of up to four files with content in common; sealed. */
TestVersion *test_version_random (GRand *random, guint64 number);

/* One chunk per character: '0' is zeros, any other one has a content of its own; "…:1000" makes the last chunk 1,000
 * bytes long. */
GBytes *test_content (const char *pattern);

G_END_DECLS
