/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "service/apply/sc-apply-handles.h"
#include "service/apply/sc-apply-plan.h"

G_BEGIN_DECLS

/**
 * ScApplySaver:
 *
 * Saves what an update is about to overwrite in the undo store's logs: the write-ahead rule. A log that does not fit
 * after all is given up, with all that its step keeps: the update goes on, forward only. One thread at a time.
 */
typedef struct _ScApplySaver ScApplySaver;

/* All must outlive it. @reserve: bytes that stay free */
ScApplySaver *sc_apply_saver_new (ScDisk *disk, ScApplyPlan *plan, ScApplyHandles *handles, ScApplyUndo *undo,
                                  guint64 reserve);
void sc_apply_saver_free (ScApplySaver *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScApplySaver, sc_apply_saver_free)

/* To be called before chunk @chunk of @file is overwritten, punched or cut. @held: set to TRUE (else left as it is)
 * when that has to wait for sc_apply_saver_sync() */
gboolean sc_apply_saver_save (ScApplySaver *self, ScApplyFile *file, guint32 chunk, gboolean *held, GError **error);
/* The disk is full: the way back makes room, with all that its open steps keep. @given_up: (out): whether there was any
 */
gboolean sc_apply_saver_give_up (ScApplySaver *self, gboolean *given_up, GError **error);
/* What was saved is durable, or given up. */
gboolean sc_apply_saver_sync (ScApplySaver *self, GError **error);

G_END_DECLS
