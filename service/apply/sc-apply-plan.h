/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-progress.h"
#include "service/apply/sc-apply-sources.h"
#include "service/apply/sc-apply-stash.h"
#include "service/apply/sc-apply-wanted.h"
#include "service/apply/sc-apply-ways.h"
#include "service/sc-throttle.h"

G_BEGIN_DECLS

/**
 * ScApplyPlan:
 *
 * What is right already, what can be copied on this seat, and what is lacking. Making one changes nothing.
 */
typedef struct {
  GPtrArray *templates;    /* ScApplyTemplate (owned): the version's in its order, then those that it has not */
  GPtrArray *files;        /* ScApplyFile: of all templates, in that order */
  ScApplyWanted *wanted;   /* (owned) */
  ScApplySources *sources; /* (owned) */
  ScApplyWays ways;
} ScApplyPlan;

/* What a plan is made with; all but the world's parts may be %NULL. */
typedef struct {
  ScApplyWorld world;
  ScApplyStash *stash;
  guint64 reserve; /* bytes that stay free */
  ScThrottle *throttle;
  ScProgress *progress; /* bytes hashed */
  GCancellable *cancellable;
} ScApplyPlanInput;

/* @templates: (element-type ScTemplateManifest). Errors: %SC_ERROR_CANCELLED, those of disk and state */
ScApplyPlan *sc_apply_plan_new (const ScApplyPlanInput *input, GPtrArray *templates, GError **error);
void sc_apply_plan_free (ScApplyPlan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScApplyPlan, sc_apply_plan_free)

/* (transfer full): without the templates that are busy */
ScNeeds *sc_apply_plan_get_needs (const ScApplyPlan *self);
/* @index: of a wanted chunk that is to be copied here. Returns: TRUE when it lies in a file that is written to in place
 * without an undo log, where the copy of another chunk is going to overwrite it: @killer (out) is that chunk */
gboolean sc_apply_plan_find_killer (const ScApplyPlan *self, guint32 index, guint32 *killer);

/* Errors: %SC_ERROR_CANCELLED. @cancellable: (nullable) */
gboolean sc_apply_check_cancelled (GCancellable *cancellable, GError **error);

G_END_DECLS
