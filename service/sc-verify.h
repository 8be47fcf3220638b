/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/platform/sc-disk.h"
#include "common/sc-progress.h"
#include "service/sc-seat-state.h"
#include "service/sc-throttle.h"

G_BEGIN_DECLS

/* A file that is not as its template's manifest says. */
typedef struct {
  char *template_name;
  char *path;            /* relative to the template */
  gboolean missing;
  guint32 damaged_chunks; /* whose hash is another one, those beyond the end included */
} ScVerifyFinding;
void sc_verify_finding_free (ScVerifyFinding *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScVerifyFinding, sc_verify_finding_free)

/**
 * sc_verify_run:
 * @progress: bytes hashed
 *
 * Reads every file of every template that is not being updated, and compares its chunks with the manifest. What differs
 * makes the template "drifted" and its file's stamp is forgotten, so the next update reads that file and only lacks the
 * damaged chunks. A drifted template that turns out to be whole again is current again, with new stamps. Holes are not
 * read. Blocks; changes no file.
 * Returns: (element-type ScVerifyFinding) (transfer full). Errors: %SC_ERROR_CANCELLED, those of disk and state
 */
GPtrArray *sc_verify_run (ScDisk *disk, ScSeatState *state, ScThrottle *throttle, ScProgress *progress,
                          GCancellable *cancellable, GError **error);

G_END_DECLS
