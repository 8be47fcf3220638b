/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "service/apply/sc-apply-handles.h"
#include "service/apply/sc-apply-plan.h"

G_BEGIN_DECLS

/**
 * ScApplyCommitter:
 *
 * A template's way from one version to the next on disk. The order makes every crash safe (docs/apply.md):
 *
 * - begin: a step of the undo store is opened; the state says "updating" and no longer trusts the files concerned; what
 *   must go, and what is cloned, moves to the step; clones and all that is changed in place are NAME.updating
 * - commit: every file gets its size and time and is synced; it is renamed to NAME; the directories are synced; the
 *   state says "current"; the step is sealed
 *
 * So a file without the suffix is always whole, and a template is only called current when all of it is. Every step may
 * be repeated. One thread at a time.
 */
typedef struct _ScApplyCommitter ScApplyCommitter;

/* All must outlive it. @version: the number that templates bear afterwards */
ScApplyCommitter *sc_apply_committer_new (const ScApplyWorld *world, ScApplyPlan *plan, ScApplyHandles *handles,
                                          guint64 version);
void sc_apply_committer_free (ScApplyCommitter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScApplyCommitter, sc_apply_committer_free)

/* Whether the template may be changed. Changes nothing. Errors: %SC_ERROR_BUSY when a file is open elsewhere,
 * %SC_ERROR_CHANGED when one is not any more as it was when the plan was made */
gboolean sc_apply_committer_check (ScApplyCommitter *self, ScApplyTemplate *template, GError **error);
/* What must go makes way. */
gboolean sc_apply_committer_begin (ScApplyCommitter *self, ScApplyTemplate *template, GError **error);
/* Once all templates have begun, as one may need the place of another's file: what changes bears the suffix. */
gboolean sc_apply_committer_hide (ScApplyCommitter *self, ScApplyTemplate *template, GError **error);
/* The template's changes is FALSE afterwards. */
gboolean sc_apply_committer_commit (ScApplyCommitter *self, ScApplyTemplate *template, GError **error);
/* Removes a template that the version has not: its files, to the undo store, and the directories that are empty then.
 */
gboolean sc_apply_committer_remove (ScApplyCommitter *self, ScApplyTemplate *template, GError **error);

G_END_DECLS
