/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-progress.h"
#include "console/engine/store/sc-publish-scan.h"
#include "console/engine/store/sc-store-writer.h"

G_BEGIN_DECLS

/**
 * ScPublishPipeline:
 *
 * Reads files on the calling thread, hashes and compresses on a thread a processor, and appends what is new on the
 * calling thread again, in the order of reading. At most SC_PUBLISH_JOBS × 2 MiB are in memory. Holes are not read.
 */
typedef struct _ScPublishPipeline ScPublishPipeline;

#define SC_PUBLISH_JOBS 24u

typedef struct {
  guint64 new_chunks;
  guint64 new_bytes;    /* of those, raw */
  guint64 stored_bytes; /* of those, as stored, with headers */
} ScPublishCounts;

/* A file's chunks are all in the store or appended to it. Called on the calling thread, in the files' order of
 * completion. */
typedef void (*ScPublishFileFunc) (const ScPublishFile *file, GBytes *chunks, gpointer user_data);

/* @known: (transfer none): the chunks that the store has; grows */
ScPublishPipeline *sc_publish_pipeline_new (ScStoreWriter *writer, ScChunkIndex *known, ScPublishFileFunc func,
                                            gpointer user_data, ScProgress *progress, GCancellable *cancellable);
/* Waits for what is being worked on. */
void sc_publish_pipeline_free (ScPublishPipeline *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScPublishPipeline, sc_publish_pipeline_free)

/* @file must live until its ScPublishFileFunc was called. Errors: %SC_ERROR_CHANGED, %SC_ERROR_CANCELLED, those of
 * reading and storing; after an error only free() may be called */
gboolean sc_publish_pipeline_read (ScPublishPipeline *self, const ScPublishFile *file, GError **error);
/* Until everything read is appended. */
gboolean sc_publish_pipeline_drain (ScPublishPipeline *self, GError **error);
void sc_publish_pipeline_get_counts (ScPublishPipeline *self, ScPublishCounts *counts);

G_END_DECLS
