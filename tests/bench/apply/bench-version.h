/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-frame.h"
#include "common/sc-manifest.h"

G_BEGIN_DECLS

/**
 * BenchVersion:
 *
 * A version of one template with one disk, made from a file that is mapped into memory; and the frames that a session
 * would send of it.
 */
typedef struct {
  GMappedFile *mapped;
  GBytes *data;
  guint64 size;         /* bytes */
  GPtrArray *templates; /* ScTemplateManifest: one */
  ScVersionManifest *manifest;
} BenchVersion;

#define BENCH_TEMPLATE "guest"
#define BENCH_FILE "disk.vmdk"

BenchVersion *bench_version_new (guint64 number, const char *path, GError **error);
void bench_version_free (BenchVersion *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BenchVersion, bench_version_free)

const ScManifestFile *bench_version_get_file (const BenchVersion *self);
/* (transfer none): chunk @index and its length in bytes */
const guint8 *bench_version_get_chunk (const BenchVersion *self, gsize index, guint32 *length);

/* One frame of what is sent. */
typedef struct {
  const ScChunkId *id; /* borrowed from the version */
  ScEncoding encoding;
  GBytes *bytes;
} BenchFrame;

/* (element-type BenchFrame) (transfer full): a frame for each distinct chunk of @lacks (bit i: distinct chunk i), in
 * the order in which it lies in the file: the order of the packs */
GArray *bench_version_encode (const BenchVersion *self, GBytes *lacks);

/* What an update from @old (nullable: from nothing) to @new changes. Bytes. */
typedef struct {
  guint64 changed;        /* of @new at places where @old has something else, holes left out */
  guint64 old_compressed; /* of @old at those places, holes included, each place compressed as the undo log does it */
} BenchChange;

void bench_version_compare (const BenchVersion *old, const BenchVersion *new, BenchChange *change);

G_END_DECLS
