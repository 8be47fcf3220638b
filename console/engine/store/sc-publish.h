/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/store/sc-store.h"

G_BEGIN_DECLS

typedef struct {
  ScVersionManifest *version; /* (owned) */
  guint64 bytes;              /* of the version */
  guint64 read_bytes;         /* that had to be read: the rest was recognised as unchanged */
  guint64 new_chunks;         /* not in the store before */
  guint64 new_bytes;          /* of those, raw */
  guint64 stored_bytes;       /* of those, as stored */
} ScPublishResult;
void sc_publish_result_free (ScPublishResult *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScPublishResult, sc_publish_result_free)

/**
 * sc_publish:
 * @directory: any directory on any file system; its sub-directories are the templates
 * @now: µs since 1970, becomes the version's time
 *
 * Makes a version of @directory: read → hash → compress → append, on several threads; unchanged files (size, times,
 * file id) are not read again. The version exists whole or not at all; after a crash the next publish goes on with the
 * chunks that are already there. Runs on the calling thread until done; one publish at a time (%SC_ERROR_BUSY). Errors:
 * %SC_ERROR_INVALID (a name, a link, nothing to publish), %SC_ERROR_CHANGED, %SC_ERROR_NO_SPACE, %SC_ERROR_CANCELLED …
 */
ScPublishResult *sc_publish (ScStore *store, const char *directory, const char *author, const char *note, gint64 now,
                             ScProgress *progress, GCancellable *cancellable, GError **error);

G_END_DECLS
