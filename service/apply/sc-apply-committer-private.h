/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "service/apply/sc-apply-committer.h"

G_BEGIN_DECLS

/* What sc-apply-committer.c (commits, removals) and sc-apply-committer-begin.c (checks, beginnings) share. */
struct _ScApplyCommitter {
  ScDisk *disk;
  ScSeatState *state;
  ScApplyUndo *undo;
  ScApplyPlan *plan;
  ScApplyHandles *handles;
  guint64 version;
};

/* Directories whose entries have changed, as a set; those of new files may be new themselves, so all up to the root. */
GHashTable *sc_apply_directories_new (void);
void sc_apply_directories_note (GHashTable *directories, const char *path);
gboolean sc_apply_committer_sync_directories (ScApplyCommitter *self, GHashTable *directories, GError **error);

gboolean sc_apply_committer_move_file (ScApplyCommitter *self, ScApplyFile *file, const char *path,
                                       GHashTable *directories, GError **error);
gboolean sc_apply_committer_drop_file (ScApplyCommitter *self, ScApplyFile *file, GHashTable *directories,
                                       GError **error);

G_END_DECLS
