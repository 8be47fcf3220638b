/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/platform/sc-disk.h"
#include "common/sc-progress.h"
#include "service/sc-seat-state.h"
#include "service/sc-throttle.h"

G_BEGIN_DECLS

/* A file that is not as its template's manifest says, or of which that cannot be told. */
typedef struct {
  char *template_name;
  char *path;             /* relative to the template */
  gboolean missing;       /* no file is there; a link or a directory in its place is none */
  gboolean in_use;        /* another program does not let it be read, or changed it meanwhile */
  guint32 damaged_chunks; /* whose hash is another one or that the disk does not give, those beyond the end included */
} ScVerifyFinding;
void sc_verify_finding_free (ScVerifyFinding *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScVerifyFinding, sc_verify_finding_free)

/**
 * sc_verify_run:
 * @throttle: (nullable): what is all zero is not counted, as that is holes in a repository
 * @progress: bytes of all files; what is missing counts when its turn comes
 *
 * Reads every file of every template that is not being updated, and compares its chunks with the manifest. What differs
 * makes the template "drifted" at once and its file's stamp is forgotten, so the next update reads that file and only
 * lacks the damaged chunks; a file that could not be opened for others is left as it was. A template that turns out to
 * be whole is current, with new stamps, whatever it was. One whose manifest is lost cannot be compared: it is drifted,
 * and all of it is read by the next update; that is told in the log. Times and attributes are not compared: updates see
 * to them.
 *
 * Blocks; changes no file. Must not run while an update does: what it says of a template that is begun meanwhile would
 * be wrong; the service runs one at a time. Other programs may do to the files what they like.
 * Returns: (element-type ScVerifyFinding) (transfer full). Errors: %SC_ERROR_CANCELLED, those of the disk when a file
 * cannot be opened, those of the state; what was found until then is remembered in @state
 */
GPtrArray *sc_verify_run (ScDisk *disk, ScSeatState *state, ScThrottle *throttle, ScProgress *progress,
                          GCancellable *cancellable, GError **error);

G_END_DECLS
