/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-needs.h"
#include "service/apply/sc-apply-template.h"

G_BEGIN_DECLS

/**
 * ScApplyWays:
 *
 * The way of each file (docs/apply.md): the one that keeps most of the way back and still fits. Beyond what the files
 * themselves grow by, `clone` takes the changed chunks, `undo` the changed chunks compressed (estimated from a sample),
 * `forward` nothing but the stash. Files are served in the plan's order until the space is used up.
 */
typedef struct {
  guint64 growth;      /* bytes: what the files take beyond what they have; there is no way without it */
  guint64 clones;      /* bytes of disk space that clones will take */
  guint64 moved;       /* bytes that overwriting takes on a disk that moves what is written */
  guint64 log;         /* bytes that these will take there, as estimated */
  guint64 evictable;   /* bytes of old steps that may go, and of what a crash left in the undo store */
  gboolean resumes;    /* a template is between two versions: it may use the reserve to become whole */
  guint64 free;        /* bytes */
  guint64 reserve;     /* bytes */
  GPtrArray *to_evict; /* (owned) (element-type ScApplyStep): old steps that must go to make room */
} ScApplyWays;

typedef struct {
  ScDisk *disk;
  ScApplyUndo *undo;
  ScApplyKept *kept;
  GPtrArray *templates; /* ScApplyTemplate, settled */
  guint64 growth;       /* bytes */
  guint64 reserve;      /* bytes */
} ScApplyWaysInput;

/* Sets each wanted file's way, and base where it is a clone. Errors: those of the disk */
gboolean sc_apply_ways_choose (ScApplyWays *self, const ScApplyWaysInput *input, GError **error);
void sc_apply_ways_clear (ScApplyWays *self);

/* Whether the file lies whole in the step. */
gboolean sc_apply_ways_is_kept_in (const ScApplyStep *step, const ScApplyFile *file);
/* Extra disk space at the peak, bytes. */
guint64 sc_apply_ways_get_peak (const ScApplyWays *self);
/* Bytes that the update may take: free, plus what may be evicted, less the reserve. */
guint64 sc_apply_ways_get_room (const ScApplyWays *self);
/* What is missing for the most modest way, bytes; 0: it fits. */
guint64 sc_apply_ways_get_missing (const ScApplyWays *self);

G_END_DECLS
