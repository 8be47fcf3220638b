/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "service/apply/sc-apply-file.h"
#include "service/apply/sc-apply-undo.h"
#include "service/sc-seat-state.h"

G_BEGIN_DECLS

/**
 * ScApplyKept:
 *
 * The whole files that lie in the undo store, with the content that their step's manifest says they have. They are
 * sources of local copies, and a file of an older version can be taken back from there by a rename.
 */
typedef struct _ScApplyKept ScApplyKept;

/* Looks for the file @relative in the step. @place: (out) (nullable): where it lies; %NULL: it does not. @whole: (out):
 * whether it was all that its manifest says when it came there, as its stamp told, and not one that had been written to
 */
gboolean sc_apply_kept_lookup (ScDisk *disk, const ScApplyStep *step, const char *relative, char **place,
                               gboolean *whole, ScDiskInfo *info, GError **error);

/* @undo must outlive it. A step whose manifest is not there any more has no kept files that could be used. */
ScApplyKept *sc_apply_kept_new (ScDisk *disk, ScSeatState *state, ScApplyUndo *undo, GError **error);
void sc_apply_kept_free (ScApplyKept *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScApplyKept, sc_apply_kept_free)

/* (element-type ScApplyFile) (transfer none) */
GPtrArray *sc_apply_kept_get_files (ScApplyKept *self);
/* (nullable) (transfer none): the file @relative of the template in its open step: the original of a clone */
ScApplyFile *sc_apply_kept_find_open (ScApplyKept *self, const char *template_name, const char *relative);
/* (nullable) (transfer none): a file of the template in any step with exactly @want's content */
ScApplyFile *sc_apply_kept_find (ScApplyKept *self, const char *template_name, const ScManifestFile *want);
/* Whether the file lies there. */
gboolean sc_apply_kept_is_in_undo_store (const ScApplyFile *file);
/* Takes over a file that lies in the repository, or has just come into the undo store. */
void sc_apply_kept_add (ScApplyKept *self, ScApplyFile *file);

G_END_DECLS
