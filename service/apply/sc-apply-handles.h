/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "service/apply/sc-apply-file.h"

G_BEGIN_DECLS

/**
 * ScApplyHandles:
 *
 * Keeps the files that are worked on open, at most SC_APPLY_MAX_HANDLES of them; beyond that the one used least
 * recently is synced and closed. A writable file is held exclusively. One thread at a time.
 */
typedef struct _ScApplyHandles ScApplyHandles;

#define SC_APPLY_MAX_HANDLES 256u /* well below the 1,024 descriptors of a process */

ScApplyHandles *sc_apply_handles_new (ScDisk *disk);
void sc_apply_handles_free (ScApplyHandles *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScApplyHandles, sc_apply_handles_free)

/* (transfer none): valid until the next call. The file must have a place. */
ScDiskFile *sc_apply_handles_open (ScApplyHandles *self, ScApplyFile *file, GError **error);
/* Opens it exclusively, to be written to if that is possible without changing anything. Errors: %SC_ERROR_BUSY */
gboolean sc_apply_handles_claim (ScApplyHandles *self, ScApplyFile *file, GError **error);
/* As above, for writing: exclusive, and a read-only file is made writable. @create: the file may be missing.
 * Errors: %SC_ERROR_BUSY when somebody else has it open */
ScDiskFile *sc_apply_handles_open_writable (ScApplyHandles *self, ScApplyFile *file, gboolean create, GError **error);
/* Syncs it if it was written to. */
gboolean sc_apply_handles_sync (ScApplyHandles *self, ScApplyFile *file, GError **error);
void sc_apply_handles_close (ScApplyHandles *self, ScApplyFile *file);
/* Those of files whose places begin with @prefix, without a sync. */
void sc_apply_handles_close_under (ScApplyHandles *self, const char *prefix);
/* Without a sync. */
void sc_apply_handles_close_all (ScApplyHandles *self);

G_END_DECLS
